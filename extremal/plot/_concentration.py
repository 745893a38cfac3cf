r"""Δ_n, the largest deviation of D_n from the population: its mean (Theorem 3.1) and its tail (Theorem D.1) as n grows.

Theorem 3.1 bounds E Δ_n by a multiple of √(d log n / n · E‖y x‖²), so that the slope of log(E Δ_n / √log n) on log n is
at most −½. Theorem D.1 bounds the quantile of level 1 − δ of Δ_n/√M_n, where M_n = (1/n) Σ ‖y_k x_k‖², by a multiple
of √((d log n + log 1/δ)/n).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from ._series import Series, draw_band, finish, label_sizes, make_axes, rows_by_dimension, scale_values
from ._style import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_rate", "plot_tail"]

GREY = "#555555"
# How much of its colour the line of the largest δ has; that of the smallest has all.
FAINTEST = 0.35
# Room for one line of the legend, relative to the height of what is drawn.
LEGEND = 0.05


def plot_rate(verdict: Any, *, ax: "Axes | None" = None) -> "Axes":
    r"""
    Draw E Δ_n against n with confidence bands, the fitted rates and the predicted one.

    Parameters
    ----------
    verdict : Verdict
        Of `extremal.statements.theorem_3_1`.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidTypeError
        `verdict` is on another statement.

    Notes
    -----
    Both axes are logarithmic. The slope is that of log(E Δ_n / √log n) on log n; so the lines are multiples of
    n^slope √log n, and not quite straight. Each predicted line goes through the middle of the fitted one.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_rate
    >>> from extremal.statements import theorem_3_1
    >>> verdict = theorem_3_1(n=(50, 100, 200), d=2, repetitions=10)
    >>> plot_rate(verdict, ax=Figure().subplots()).get_ylabel()
    '$\\mathbb{E}\\,\\Delta_n$'
    """
    names = ("slope", "slope_low", "slope_high", "intercept", "predicted")
    everything = rows_by_dimension(verdict, ("n", "mean", "low", "high"), "theorem_3_1")
    fits = {fit.d: fit for fit in rows_by_dimension(verdict, names, "theorem_3_1", "fits")}
    ax = make_axes(ax)
    rates: list[float] = []
    for series in everything:
        slope = f"d = {series.d}"
        fit = fits.get(series.d)
        if fit is not None and np.isfinite(fit["slope"][0]):
            value, low, high = (short(float(fit[name][0])) for name in names[:3])
            slope += f": slope {value} [{low}, {high}]"
        draw_band(ax, series, slope, linestyle="none")
        if fit is not None:
            rates += _draw_rates(ax, series, fit)
    if rates:
        words = ", ".join("−½" if rate == -0.5 else short(rate) for rate in dict.fromkeys(rates))
        ax.plot([], [], color=GREY, linewidth=1.2, label="fitted")
        ax.plot([], [], color=GREY, linewidth=1.4, linestyle=(0, (4, 2)), label=f"predicted: slope {words}")
    label_sizes(ax, np.concatenate([np.empty(0), *(series["n"] for series in everything)]))
    _limit_values(ax, everything, ("mean", "low", "high"), below=LEGEND * (len(everything) + 3))
    ax.set_ylabel("$\\mathbb{E}\\,\\Delta_n$")
    finish(ax, verdict, "slope of log($\\mathbb{E}\\,\\Delta_n\\,/\\sqrt{\\log n}$) on log n", loc="lower left")
    return ax


def _draw_rates(ax: "Axes", series: Series, fit: Series) -> list[float]:
    """Draw the fitted and the predicted line of one dimension; give the predicted slope, if there is one."""
    slope, intercept, predicted = (float(fit[name][0]) for name in ("slope", "intercept", "predicted"))
    if not len(series["n"]) or not np.isfinite([slope, intercept]).all():
        return []
    n = np.geomspace(series["n"][0], series["n"][-1], 50)
    log_n = np.log(n)
    style: dict[str, Any] = {"color": series.colour, "zorder": 3}
    values = np.exp(intercept + slope * log_n) * np.sqrt(log_n)
    ax.plot(n, values, linewidth=1.2, label=f"_fit, d = {series.d}", **style)
    if not np.isfinite(predicted):
        return []
    middle = (log_n[0] + log_n[-1]) / 2
    values = np.exp(intercept + slope * middle + predicted * (log_n - middle)) * np.sqrt(log_n)
    ax.plot(n, values, linewidth=1.4, linestyle=(0, (4, 2)), label=f"_predicted, d = {series.d}", **style)
    return [predicted]


def plot_tail(verdict: Any, *, ax: "Axes | None" = None) -> "Axes":
    r"""
    Draw the tail quantiles of Δ_n/√M_n against the scale that Theorem D.1 predicts.

    Parameters
    ----------
    verdict : Verdict
        Of `extremal.statements.theorem_d1`.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidTypeError
        `verdict` is on another statement.

    Notes
    -----
    Both axes are logarithmic. Each line has one d and one δ, and n decreases along it, from left to right; it is darker
    for smaller δ. Bars are intervals of the quantiles. The theorem says that one line "C × predicted" is above all of
    them; drawn is the lowest such line.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_tail
    >>> from extremal.statements import theorem_d1
    >>> verdict = theorem_d1(n=(50, 100, 200), d=2, repetitions=40)
    >>> plot_tail(verdict, ax=Figure().subplots()).get_xlabel()
    'predicted scale $\\sqrt{(d\\,\\log n + \\log 1/\\delta)\\,/\\,n}$'
    """
    names = ("scale", "n", "delta", "quantile", "low", "high", "ratio")
    everything = rows_by_dimension(verdict, names, "theorem_d1")
    ax = make_axes(ax)
    deltas = np.unique([delta for series in everything for delta in series["delta"]])[::-1]
    for series in everything:
        for i, delta in enumerate(deltas):
            rows = series.where(series["delta"] == delta)
            shade = FAINTEST + (1 - FAINTEST) * (i + 1) / len(deltas)
            _draw_quantiles(ax, rows, delta, shade, last=i + 1 == len(deltas))
    ratios = [r for series in everything for r in series["ratio"] if np.isfinite(r)]
    if ratios:
        scale = np.concatenate([series["scale"] for series in everything])
        ends = np.array([0.9 * scale.min(), 1.1 * scale.max()])
        label = f"{short(max(ratios))} × predicted"
        ax.plot(ends, max(ratios) * ends, color=GREY, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1, label=label)
        scale_values(ax.xaxis, *(float(end) for end in ends))
    _limit_values(ax, everything, ("quantile", "low", "high"))
    ax.set_xlabel("predicted scale $\\sqrt{(d\\,\\log n + \\log 1/\\delta)\\,/\\,n}$")
    ax.set_ylabel("quantile of $\\Delta_n\\,/\\sqrt{M_n}$")
    words = ", ".join(short(float(delta)) for delta in deltas)
    finish(ax, verdict, f"light to dark: δ = {words}" if len(deltas) > 1 else f"δ = {words}", loc="upper left")
    return ax


def _draw_quantiles(ax: "Axes", rows: Series, delta: float, shade: float, last: bool) -> None:
    """Draw the quantiles of one d and one δ, with their intervals."""
    from matplotlib.colors import to_rgb

    colour = tuple(1 - shade * (1 - np.array(to_rgb(rows.colour))))
    label = f"d = {rows.d}" if last else f"_d = {rows.d}, δ = {delta:g}"
    style: dict[str, Any] = {"color": colour, "zorder": 3 + shade}
    x, quantile = rows["scale"], rows["quantile"]
    ax.vlines(x, rows["low"], rows["high"], linewidth=2.6, alpha=0.45, label="_intervals", **style)
    ax.plot(x, quantile, marker=rows.marker, markersize=4.5, linewidth=1.2, label=label, **style)


def _limit_values(ax: "Axes", everything: list[Series], names: tuple[str, ...], *, below: float = 0.0) -> None:
    """Choose the limits of y by what is positive and finite."""
    values = np.array([v for series in everything for name in names for v in series[name]])
    values = values[np.isfinite(values) & (values > 0)]
    if len(values):
        scale_values(ax.yaxis, 0.85 * float(values.min()), 1.18 * float(values.max()), below=below)
