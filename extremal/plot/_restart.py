"""The training loss after a warm restart with a falling learning rate (Figure 6)."""

from typing import TYPE_CHECKING, Any

from ..experiments import read_numbers
from ._losses import check_experiment, note
from ._series import make_axes
from ._style import SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_curves"]


def plot_curves(experiment: Any, *, ax: "Axes | None" = None) -> "Axes":
    """
    Draw the training loss against iterations after the restart, one line a run, from zero up.

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
    check_experiment(experiment, ("curves",))
    ax = make_axes(ax)
    level = experiment.setup.level
    for i, n in enumerate(experiment.setup.sizes):
        rows = experiment.table[experiment.table["n"] == n]
        for j, (at, curve) in enumerate(zip(rows["curve_at"], rows["curve"], strict=True)):
            label = f"training loss, n = {n}" if j == 0 else f"_run {j}, n = {n}"
            style: dict[str, Any] = {"color": SERIES[i % len(SERIES)][1], "linewidth": 1.1, "alpha": 0.85}
            ax.plot(read_numbers(at), read_numbers(curve) / level, label=label, **style)
    ax.axhline(1.0, color="#000000", linewidth=0.8, linestyle=(0, (1, 2)), label="noise level σ²/2")
    ax.set_ylim(0.0, max(1.15, 1.05 * ax.get_ylim()[1]))
    ax.set_xlabel("iterations after the restart")
    ax.set_ylabel("training loss over the noise level")
    note(ax, experiment)
    ax.legend(fontsize=8, frameon=False, loc="lower right")
    return ax
