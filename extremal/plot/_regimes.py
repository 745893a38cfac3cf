"""The regimes as n grows (Figure 1), from measured losses."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ._losses import check_experiment, draw_losses
from ._series import make_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_regimes"]

# Room above the losses for the names of the regimes, as a share of the height.
HEADROOM = 0.22
# A regime that has less than this share of the width is named in the legend alone.
NARROW = 0.17
# name, its lines at the top, colour
REGIMES = (
    ("interpolation", "interpolation:\ntempered\noverfitting", "#D55E00"),
    ("simplicity bias", "simplicity bias:\nparameters enough,\nno interpolation", "#0072B2"),
    ("too few parameters", "too few\nparameters", "#999999"),
)


def plot_regimes(experiment: Any, *, ax: "Axes | None" = None) -> "Axes":
    """
    Draw Figure 1 from measured losses: interpolation, none in spite of parameters enough, too few parameters.

    Parameters
    ----------
    experiment : Experiment
        Of `extremal.experiments.figure_1`, or another with losses against n. With several series, the regimes are
        those of the first.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    InvalidTypeError
        `experiment` is none, or has no losses against n.

    Notes
    -----
    Interpolation ends where half of the runs interpolate, and parameters are enough up to n = m (d + 1). A regime that
    has no room on the axis is in the legend alone, and one that is not on it at all is left out.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.experiments import figure_1
    >>> from extremal.plot import plot_regimes
    >>> result = figure_1(sizes=(8, 100, 400), repetitions=2, width=50, iterations=2000)
    >>> plot_regimes(result, ax=Figure().subplots()).get_xlabel()
    'samples n'
    """
    check_experiment(experiment, ("losses", "regimes"))
    ax = make_axes(ax)
    draw_losses(ax, experiment)
    low, high = ax.get_xlim()
    bottom, top = ax.get_ylim()
    ax.set_ylim(bottom, top * (top / bottom) ** (HEADROOM / (1 - HEADROOM)))
    parameters = experiment.setup.width * (experiment.setup.d + 1)
    ends = np.clip([_interpolates_up_to(experiment), parameters, high], low, high)
    begin = low
    for (name, lines, colour), end in zip(REGIMES, ends, strict=True):
        if end <= begin:
            continue
        ax.axvspan(begin, end, color=colour, alpha=0.10, linewidth=0, zorder=0, label=name)
        if np.log(end / begin) >= NARROW * np.log(high / low):
            style: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 8, "color": "#333333"}
            ax.text(np.sqrt(begin * end), 0.975, lines, transform=ax.get_xaxis_transform(), **style)
        begin = end
    ax.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax


def _interpolates_up_to(experiment: Any) -> float:
    """The n at which half of the runs interpolate; infinite if they do at every n, 0 if they do at none."""
    places = experiment.verdict.thresholds
    if places is not None and np.isfinite(places["n"].iloc[0]):
        return float(places["n"].iloc[0])
    summary = experiment.summary
    rows = summary[summary["series"] == next(iter(experiment.series))]
    most = rows["interpolates"].to_numpy() >= 0.5
    return np.inf if most.all() else float(rows["n"].to_numpy()[most].max(initial=0.0))
