"""Histograms of the cosines between neurons and the OLS estimator (Figure 3)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..experiments import read_numbers
from ..statements._frames import column
from ._losses import check_experiment, note
from ._series import make_axes
from ._style import SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_cosines"]


def plot_cosines(experiment: Any, *, ax: "Axes | None" = None) -> "Axes":
    """
    Draw how the cosines between neurons and the OLS estimator are spread, at the smallest and at the largest n.

    Parameters
    ----------
    experiment : Experiment
        Of `extremal.experiments.figure_3`, or another whose rows have cosines. All runs at one n count together.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    InvalidTypeError
        `experiment` is none.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.experiments import figure_3
    >>> from extremal.plot import plot_cosines
    >>> result = figure_3(sizes=(8, 400), repetitions=2, width=50, iterations=2000)
    >>> plot_cosines(result, ax=Figure().subplots()).get_ylabel()
    'share of the neurons'
    """
    check_experiment(experiment, ("cosines", "losses", "regimes"))
    ax = make_axes(ax)
    first = next(iter(experiment.series))
    table, summary = experiment.table, experiment.summary
    if experiment.by is not None:
        table = table[table[experiment.by] == first]
    rows = summary[summary["series"] == first].set_index("n")
    for i, n in enumerate(dict.fromkeys((rows.index.min(), rows.index.max()))):
        counts = [read_numbers(text) for text in column(table[table["n"] == n], "cosines") if text is not None]
        if not counts:
            continue
        total = np.sum(counts, axis=0)
        colour = SERIES[1 - i][1]
        label = f"n = {n}: {100 * rows.loc[n, 'aligned']:.0f} % with |cos| ≥ 0.95"
        style: dict[str, Any] = {"facecolor": f"{colour}40", "edgecolor": colour, "linewidth": 1.4}
        edges = np.linspace(-1.0, 1.0, total.size + 1)
        ax.stairs(total / total.sum(), edges, fill=True, label=label, hatch=("", "///")[i], **style)
    ax.set_xlim(-1.0, 1.0)
    ax.set_ylim(0.0, None)
    ax.set_xlabel("cosine between a neuron and β_OLS")
    ax.set_ylabel("share of the neurons")
    note(ax, experiment)
    if ax.patches:
        ax.legend(fontsize=8, frameon=True, framealpha=0.9, edgecolor="none", loc="upper center")
    return ax
