"""Where interpolation ends against the dimension."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._losses import check_experiment, note
from ._series import make_axes, scale_values
from ._style import SERIES, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_thresholds"]

Floats = NDArray[np.float64]


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
    # where the sizes of the grid set no limit, an interval goes on to beyond them
    border = (sizes[0] / 2, sizes[-1] * 2)
    low, high = (np.clip(table[name].to_numpy(dtype=float), *border) for name in ("low", "high"))
    known = np.isfinite(n) & (n > 0)
    colour = SERIES[0][1]
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.vlines(d, low, high, color=colour, linewidth=1.4, label="interval")
    for ends, limit, marker in ((low, border[0], "v"), (high, border[1], "^")):
        open_ = ends == limit
        ax.plot(d[open_], ends[open_], marker, color=colour, markersize=6, label=f"_no limit {marker}")
    style: dict[str, Any] = {"color": colour, "markersize": 7, "markeredgecolor": "white", "zorder": 3}
    ax.plot(d[known], n[known], "o", label="half interpolate", **style)
    if known.sum() > 1:
        _draw_slopes(ax, d, d[known], n[known], experiment.verdict.fits)
    scale_values(ax.yaxis, 0.8 * float(low.min()), 1.25 * float(high.max()))
    ax.xaxis.set_major_locator(FixedLocator(list(d)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.set_xlabel("dimension d")
    ax.set_ylabel("n at which half of the runs interpolate")
    note(ax, experiment)
    ax.legend(fontsize=8, frameon=True, framealpha=0.9, edgecolor="none", loc="upper left")
    return ax


def _draw_slopes(ax: "Axes", d: Floats, known: Floats, n: Floats, fits: Any) -> None:
    """The slope that is measured and that of d³ log d, both through the middle of the thresholds that are known."""
    x = np.geomspace(d[0], d[-1], 60)
    middle, height = np.exp(np.log(known).mean()), np.exp(np.log(n).mean())
    slope, ends = float(np.polyfit(np.log(known), np.log(n), 1)[0]), ""
    if fits is not None:
        slope = float(fits["exponent"].iloc[0])
        low, high = (short(float(fits[name].iloc[0])).replace("inf", "∞") for name in ("low", "high"))
        ends = f" [{low}, {high}]"
    ax.plot(x, height * (x / middle) ** slope, color="#0072B2", linewidth=1.2, label=f"slope {short(slope)}{ends}")
    if d[0] > 1:
        reference = np.exp(np.log(known**3 * np.log(known)).mean())
        style: dict[str, Any] = {"color": "#555555", "linewidth": 1.0, "linestyle": (0, (4, 2))}
        ax.plot(x, height * x**3 * np.log(x) / reference, label="slope of d³ log d", **style)
