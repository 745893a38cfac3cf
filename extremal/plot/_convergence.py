"""Extremal vectors as n grows: their number (section 4), their distance from the population's (Proposition 3.1).

Under Assumption 4.1 their number falls to exactly two, D_n(β*) and D_n(−β*). Proposition 3.1: for every ε there is
n*(ε) so that for n ≥ n*(ε), with high probability, each of them is within ε of a solution of Eq. 6.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from ._series import draw_band, finish, label_sizes, make_axes, rows_by_dimension, scale_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_counts", "plot_distance"]

# Counts that span more than this factor are drawn on a logarithmic axis.
WIDE = 6.0
# Diameters of the first ring and from each to the next, in points.
RING, STEP = 9.0, 3.5


def plot_counts(verdict: Any, *, ax: "Axes | None" = None) -> "Axes":
    r"""
    Draw the mean number of extremal vectors against n, with confidence bands.

    Parameters
    ----------
    verdict : Verdict
        Of `extremal.statements.extremal_counts`.
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
    A ring of its colour is around a dimension's marker where every sample has exactly two.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_counts
    >>> from extremal.statements import extremal_counts
    >>> verdict = extremal_counts(n=(10, 100), d=2, repetitions=5)
    >>> plot_counts(verdict, ax=Figure().subplots()).get_ylabel()
    'extremal vectors, mean'
    """
    everything = rows_by_dimension(verdict, ("n", "mean", "low", "high", "share_two"), "extremal_counts")
    ax = make_axes(ax)
    ax.axhline(2.0, color="#000000", linewidth=1.0, linestyle=(0, (4, 2)), zorder=1, label="two")
    ring: dict[str, Any] = {"facecolors": "none", "linewidths": 1.1, "zorder": 5}
    for i, series in enumerate(everything):
        draw_band(ax, series, f"d = {series.d}")
        settled = series.where(series["share_two"] == 1.0)
        # one around the other: where several dimensions have two, their markers coincide
        size = (RING + STEP * i) ** 2
        label = f"_two in every sample, d = {series.d}"
        ax.scatter(settled["n"], settled["mean"], s=size, edgecolors=series.colour, label=label, **ring)
    if any((series["share_two"] == 1.0).any() for series in everything):
        ax.scatter([], [], s=RING**2, edgecolors="#555555", label="two in every sample", **ring)
    label_sizes(ax, np.concatenate([np.empty(0), *(series["n"] for series in everything)]))
    values = np.array([2.0, *(v for series in everything for name in ("mean", "low", "high") for v in series[name])])
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    if high > WIDE * low > 0:
        scale_values(ax.yaxis, low / 1.25, 1.2 * high)
    else:
        ax.set_ylim(max(low - 0.15 * max(high - low, 1.0), 0.0), high + 0.15 * max(high - low, 1.0))
    ax.set_ylabel("extremal vectors, mean")
    finish(ax, verdict)
    return ax


def plot_distance(verdict: Any, *, ax: "Axes | None" = None) -> "Axes":
    r"""
    Draw the largest distance from an extremal vector to the population's against n, with n*(ε).

    Parameters
    ----------
    verdict : Verdict
        Of `extremal.statements.proposition_3_1`.
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
    Both axes are logarithmic. Lines are means over the samples with confidence bands, dotted lines the largest of
    all samples. A star is on the line of d where n = n*(ε), for each ε of the verdict, in units of the longest
    solution of Eq. 6; the legend has the numbers, with a dash where n*(ε) is beyond the grid.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_distance
    >>> from extremal.statements import proposition_3_1
    >>> verdict = proposition_3_1(n=(50, 400), d=2, repetitions=5)
    >>> plot_distance(verdict, ax=Figure().subplots()).get_ylabel()
    'largest distance to a solution of Eq. 6'
    """
    everything = rows_by_dimension(verdict, ("n", "mean", "low", "high", "largest"), "proposition_3_1")
    thresholds = {s.d: s for s in rows_by_dimension(verdict, ("eps", "n_star"), "proposition_3_1", "thresholds")}
    ax = make_axes(ax)
    stars: list[tuple[float, float]] = []
    eps = np.unique([e for found in thresholds.values() for e in found["eps"]])[::-1]
    for series in everything:
        label, found = f"d = {series.d}", thresholds.get(series.d)
        if found is not None and len(eps):
            known = dict(zip(found["eps"], found["n_star"], strict=True))
            reached = [float(known.get(e, np.nan)) for e in eps]
            label += ": n*(ε) = " + ", ".join(f"{n:g}" if np.isfinite(n) else "–" for n in reached)
            stars += [
                (n, mean)
                for n, mean in zip(series["n"], series["mean"], strict=True)
                if n in reached and np.isfinite(mean)
            ]
        draw_band(ax, series, label)
        ax.plot(
            series["n"],
            series["largest"],
            ":",
            color=series.colour,
            linewidth=1.2,
            zorder=3,
            label=f"_largest, d = {series.d}",
        )
    if everything:
        ax.plot([], [], ":", color="#555555", linewidth=1.2, label="largest of all samples")
    if stars:
        x, y = np.array(stars).T
        style: dict[str, Any] = {"s": 110, "marker": "*", "color": "#F0E442", "edgecolors": "#000000"}
        ax.scatter(x, y, linewidths=0.7, zorder=6, label="n*(ε)", **style)
    label_sizes(ax, np.concatenate([np.empty(0), *(series["n"] for series in everything)]))
    values = np.array([v for series in everything for name in ("mean", "low", "largest") for v in series[name]])
    values = values[np.isfinite(values) & (values > 0)]
    if len(values):
        scale_values(ax.yaxis, 0.8 * float(values.min()), 1.25 * float(values.max()), above=0.12)
    ax.set_ylabel("largest distance to a solution of Eq. 6")
    finish(ax, verdict, "ε = " + ", ".join(f"{e:g}" for e in eps) if len(eps) else None)
    return ax
