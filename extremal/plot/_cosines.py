"""Histograms of the cosines between neurons and the OLS estimator (Figure 3)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..experiments import read_numbers
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
    table, summary = experiment.table, experiment.summary
    first = next(iter(experiment.series))
    sizes = sorted(set(table["n"]))
    for n, (_, colour), hatch in zip(dict.fromkeys((sizes[0], sizes[-1])), SERIES[1::-1], ("", "///"), strict=False):
        rows = table[table["n"] == n]
        if experiment.by is not None:
            rows = rows[rows[experiment.by] == first]
        counts = [read_numbers(text) for text in rows["cosines"]]
        counts = [c for c in counts if c.size]
        if not counts:
            continue
        total = np.sum(counts, axis=0)
        share = float(summary[(summary["n"] == n) & (summary["series"] == first)]["aligned"].iloc[0])
        edges = np.linspace(-1.0, 1.0, total.size + 1)
        label = f"n = {n}: {share:.0%} with |cos| ≥ 0.95"
        style: dict[str, Any] = {"facecolor": f"{colour}40", "edgecolor": colour, "linewidth": 1.3}
        ax.stairs(total / total.sum(), edges, fill=True, label=label, hatch=hatch, **style)
    ax.set_xlim(-1.0, 1.0)
    ax.set_yscale("log")
    ax.set_xlabel("cosine between a neuron and β_OLS")
    ax.set_ylabel("share of the neurons")
    note(ax, experiment)
    ax.legend(fontsize=8, frameon=True, framealpha=0.9, edgecolor="none", loc="upper center")
    return ax
