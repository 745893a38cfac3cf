"""The training loss after a warm restart with a falling learning rate (Figure 6)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..experiments import read_numbers
from ..statements._frames import column, numbers
from ._losses import check_experiment, note
from ._series import make_axes
from ._style import SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_curves"]


def plot_curves(experiment: Any, *, ax: "Axes | None" = None) -> "Axes":
    """
    Draw the training loss against iterations after the restart, one line a run, from zero up.

    A marker is the loss of a run at the restart.

    Parameters
    ----------
    experiment : Experiment
        Of `extremal.experiments.figure_6`.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    InvalidTypeError
        `experiment` is none, or another.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.experiments import figure_6
    >>> from extremal.plot import plot_curves
    >>> result = figure_6(sizes=(400,), repetitions=2, width=50, iterations=2000, more=400)
    >>> len(plot_curves(result, ax=Figure().subplots()).get_lines())
    3
    """
    from matplotlib.ticker import FuncFormatter

    check_experiment(experiment, ("curves",))
    ax = make_axes(ax)
    level = experiment.setup.level
    for i, n in enumerate(experiment.setup.sizes):
        rows = experiment.table[experiment.table["n"] == n]
        marker, colour = SERIES[i % len(SERIES)]
        for j, (at, curve) in enumerate(zip(column(rows, "curve_at"), column(rows, "curve"), strict=True)):
            label = f"training loss, n = {n}" if j == 0 else f"_run {j}, n = {n}"
            ax.plot(read_numbers(at), read_numbers(curve) / level, color=colour, linewidth=1.1, alpha=0.85, label=label)
        style: dict[str, Any] = {"s": 30, "marker": marker, "facecolors": "white", "edgecolors": colour, "zorder": 3}
        before = numbers(rows, "before") / level
        ax.scatter(np.zeros(len(before)), before, label=f"at the restart, n = {n}", **style)
    ax.axhline(1.0, color="#000000", linewidth=0.8, linestyle=(0, (1, 2)), label="noise level σ²/2")
    ax.set_ylim(0.0, max(1.15, 1.05 * ax.get_ylim()[1]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}".replace(",", " ")))
    ax.set_xlabel("iterations after the restart")
    ax.set_ylabel("training loss over the noise level")
    note(ax, experiment)
    ax.legend(fontsize=8, frameon=True, framealpha=0.9, edgecolor="none", loc="best")
    return ax
