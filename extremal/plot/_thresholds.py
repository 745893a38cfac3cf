"""Where interpolation ends against the dimension."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ._losses import check_experiment, note
from ._series import make_axes
from ._style import SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_thresholds"]


def plot_thresholds(experiment: Any, *, ax: "Axes | None" = None) -> "Axes":
    """
    Draw the n at which half of the runs interpolate against d, with the slope that is measured and that of d³ log d.

    Parameters
    ----------
    experiment : Experiment
        Of `extremal.experiments.thresholds`.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. An arrow is an interval that the grid does not close.

    Raises
    ------
    InvalidTypeError
        `experiment` is none, or another.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.experiments import thresholds
    >>> from extremal.plot import plot_thresholds
    >>> result = thresholds(dimensions=(2, 3), sizes=(4, 16, 64), repetitions=2, width=30, iterations=2000)
    >>> plot_thresholds(result, ax=Figure().subplots()).get_xlabel()
    'dimension d'
    """
    from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

    check_experiment(experiment, ("thresholds",))
    ax = make_axes(ax)
    table = experiment.verdict.thresholds
    sizes = experiment.setup.sizes
    d, n = (table[name].to_numpy(dtype=float) for name in ("d", "n"))
    low = np.clip(table["low"].to_numpy(dtype=float), sizes[0] / 2, sizes[-1] * 2)
    high = np.clip(table["high"].to_numpy(dtype=float), sizes[0] / 2, sizes[-1] * 2)
    known = np.isfinite(n)
    colour = SERIES[0][1]
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.vlines(d, low, high, color=colour, linewidth=1.4, label="interval")
    ax.plot(d[known], n[known], "o", color=colour, markersize=7, markeredgecolor="white", label="half interpolate")
    if known.sum() > 1:
        fits = experiment.verdict.fits
        x = np.linspace(d[0], d[-1], 60)
        middle, height = np.exp(np.log(d[known]).mean()), np.exp(np.log(n[known]).mean())
        slope = np.polyfit(np.log(d[known]), np.log(n[known]), 1)[0]
        words = f"slope {slope:.2f}"
        if fits is not None:
            words += f" [{fits['low'].iloc[0]:.2f}, {fits['high'].iloc[0]:.2f}]"
        ax.plot(x, height * (x / middle) ** slope, color=colour, linewidth=1.2, label=words)
        if d[0] > 1:
            bound = x**3 * np.log(x)
            reference = np.exp(np.log(d[known] ** 3 * np.log(d[known])).mean())
            style: dict[str, Any] = {"color": "#555555", "linewidth": 1.0, "linestyle": (0, (4, 2))}
            ax.plot(x, height * bound / reference, label="slope of d³ log d", **style)
    ax.xaxis.set_major_locator(FixedLocator(list(d)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.set_xlabel("dimension d")
    ax.set_ylabel("n at which half of the runs interpolate")
    note(ax, experiment)
    ax.legend(fontsize=8, frameon=True, framealpha=0.9, edgecolor="none", loc="upper left")
    return ax
