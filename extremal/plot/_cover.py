r"""The number of activation cones: Cover's formula, and what an enumeration finds."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..geometry import cover_count
from ._series import finish, label_sizes, make_axes, rows_by_dimension, scale_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_cover"]


def plot_cover(verdict: Any, *, ax: "Axes | None" = None) -> "Axes":
    r"""
    Draw the number of activation cones against n: Cover's formula as a line, enumerations as points.

    Parameters
    ----------
    verdict : Verdict
        Of `extremal.statements.cover_counts`.
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
    Both axes are logarithmic. Where samples of one size have different numbers of cones, there is a marker at the least
    and one at the largest number, and a bar between them.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_cover
    >>> from extremal.statements import cover_counts
    >>> verdict = cover_counts(n=(3, 6), d=(2, 3), repetitions=2)
    >>> plot_cover(verdict, ax=Figure().subplots()).get_ylabel()
    'activation cones'
    """
    everything = rows_by_dimension(verdict, ("n", "cover", "least", "most"), "cover_counts")
    ax = make_axes(ax)
    seen = []
    for series in everything:
        n, least, most = series["n"], series["least"], series["most"]
        sizes = np.unique(np.geomspace(n[0], n[-1], 60).astype(int))
        formula = np.array([cover_count(int(size), series.d) for size in sizes], dtype=float)
        line: dict[str, Any] = {"color": series.colour, "linewidth": 1.3, "zorder": 3}
        ax.plot(sizes, formula, label=f"_formula, d = {series.d}", **line)
        apart = least < most
        ax.vlines(n[apart], least[apart], most[apart], color=series.colour, linewidth=1.0, label="_range", zorder=3)
        points: dict[str, Any] = {"color": series.colour, "marker": series.marker, "linestyle": "none", "zorder": 4}
        points |= {"markersize": 6.0, "markeredgecolor": "white", "markeredgewidth": 0.6}
        ax.plot(n, most, label=f"d = {series.d}", **points)
        ax.plot(n[apart], least[apart], label=f"_least, d = {series.d}", **points)
        seen += [formula, least, most]
    if everything:
        ax.plot([], [], color="#555555", linewidth=1.3, label="C(n, d)")
    label_sizes(ax, np.concatenate([np.empty(0), *(series["n"] for series in everything)]))
    values = np.concatenate([np.empty(0), *seen])
    values = values[np.isfinite(values) & (values > 0)]
    if len(values):
        scale_values(ax.yaxis, 0.7 * float(values.min()), 1.5 * float(values.max()))
    ax.set_ylabel("activation cones")
    finish(ax, verdict, "points: by enumeration", loc="upper left")
    return ax
