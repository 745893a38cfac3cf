"""Basins of early alignment: the share of directions that goes to each extremal vector, and which ones go there."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import as_directions
from ..errors import InvalidTypeError, InvalidValueError
from ._history import norms_and_units
from ._maps import MIDDLE, Circle, Map, Sphere, draw_legend_below, share_of
from ._points import Points, points_of
from ._series import make_axes
from ._style import KINDS, SERIES, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..training._alignment import Alignment

__all__ = ["plot_basins"]

# Basins that have a colour of their own; the smaller ones share grey.
COLOURS = [colour for _, colour in SERIES[:6]]
GREY, UNKNOWN = "#999999", "#DDDDDD"
# Bars that are drawn; the smaller ones are added up.
MOST_BARS = 16
# Axes below this share of a figure's width are narrow, such as one of two panels.
NARROW = 0.8
# Directions on the circle are strokes between these radii.
STROKE = (0.8, 1.0)


def plot_basins(
    alignment: Any, directions: ArrayLike | None = None, *, confidence: float = 0.95, ax: "Axes | None" = None
) -> "Axes":
    r"""
    Draw the share of directions that leads to each extremal vector, or where they start.

    Parameters
    ----------
    alignment : Alignment
        From `extremal.early_alignment`.
    directions : array_like of shape (m, d), optional
        Where the neurons started, as they were passed on. For d = 2 and d = 3 they are then drawn on the circle or the
        sphere, with a colour for each limit. Otherwise there is a bar for each limit.
    confidence : float
        Of each interval, as in `Alignment.basins`.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        `alignment` is not one, `directions` has another shape, or `confidence` is not between 0 and 1.

    Notes
    -----
    Limits are listed by descending share, with its interval. Only those that some direction leads to are shown; on the
    circle and the sphere the six largest basins have colours of their own.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from extremal.data import three_points
    >>> from extremal.plot import plot_basins
    >>> from extremal import early_alignment
    >>> w0 = np.random.default_rng(0).normal(size=(100, 2))
    >>> ax = plot_basins(early_alignment(three_points(), w0=w0), ax=Figure().subplots())
    >>> ax.get_xlabel()
    'share of the directions, with 95 % intervals'
    """
    if not all(hasattr(alignment, name) for name in ("limits", "vectors", "basins", "sign")):
        raise InvalidTypeError(
            f"alignment is of type {type(alignment).__name__}; expected what extremal.early_alignment returns"
        )
    table = alignment.basins(confidence)
    data = alignment.vectors.data
    points = points_of(alignment.vectors, data.d)
    basins = table[table["count"] > 0].sort_values("count", ascending=False, kind="stable")
    if directions is not None:
        w = np.atleast_2d(as_directions(directions, data.d))
        if w.shape != (len(alignment.limits), data.d):
            raise InvalidValueError(
                f"directions has shape {np.shape(directions)}; expected ({len(alignment.limits)}, {data.d}), the "
                "directions that alignment belongs to"
            )
        if data.d in (2, 3):
            picture: Map = Circle(data, points.leak) if data.d == 2 else Sphere(data, points.leak)
            return _draw_map(ax, alignment, w, points, basins, picture)
    ax = make_axes(ax)
    _draw_bars(ax, alignment, points, basins, confidence)
    return ax


def _draw_bars(ax: "Axes", alignment: "Alignment", points: Points, basins: Any, confidence: float) -> None:
    """Draw a bar for each limit, the largest on top, with the interval of its share."""
    from matplotlib.ticker import PercentFormatter

    shown = basins.iloc[:MOST_BARS]
    place = np.arange(len(shown))
    colours = [KINDS[kind][1] for kind in shown["kind"]]
    ax.barh(place, shown["share"], color=colours, alpha=0.75, height=0.62, zorder=2)
    for y, low, high in zip(place, shown["low"], shown["high"], strict=True):
        ax.errorbar(
            (low + high) / 2, y, xerr=(high - low) / 2, color="#222222", capsize=3, linewidth=1.2, fmt="none", zorder=3
        )
    names = [_name(points, int(i)) for i in shown["index"]]
    rest = len(basins) - len(shown)
    if rest > 0:
        share = float(basins["share"].iloc[MOST_BARS:].sum())
        ax.barh(len(shown), share, color=GREY, height=0.62, zorder=2)
        names.append(f"{rest} more")
    unknown = int((alignment.limits < 0).sum())
    if unknown:
        ax.barh(len(names), unknown / len(alignment.limits), color=UNKNOWN, height=0.62, zorder=2)
        names.append("not known")
    ax.set_yticks(range(len(names)), names, fontsize=8)
    ax.set_ylim(max(len(names), 1) - 0.4, -0.6)
    ax.set_xlim(0, min(1.0, 1.12 * max(float(shown["high"].max()) if len(shown) else 1.0, 0.05)))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    ax.set_xlabel(f"share of the directions, with {_percent(confidence)} intervals")
    ax.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_title(_title(alignment, points), fontsize=10)


def _draw_map(
    ax: "Axes | None", alignment: "Alignment", w: NDArray[np.float64], points: Points, basins: Any, picture: Map
) -> "Axes":
    """Draw the directions where they start, in the colour of their limit, and the limits in the same colour."""
    from matplotlib.collections import LineCollection

    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=picture.size, layout="constrained")[1]
    none = Points(np.empty((0, w.shape[1])), (), np.empty(0), np.empty(0, dtype=np.int64), points.leak, True)
    picture.draw(ax, none)
    units = norms_and_units(w)[1]
    at = picture.place(units, np.zeros(len(w), dtype=np.int64))
    groups = []
    for rank, row in enumerate(basins.itertuples()):
        interval = f"[{100 * row.low:.3g}, {100 * row.high:.3g}]"
        words = f"{_name(points, int(row.index))}: {_percent(row.share)} {interval}"
        if rank < len(COLOURS):
            groups.append((COLOURS[rank], np.array([row.index]), words))
    rest = basins["index"].to_numpy()[len(COLOURS) :]
    if len(rest):
        share = float(basins["share"].iloc[len(COLOURS) :].sum())
        groups.append((GREY, rest, f"{len(rest)} more: {_percent(share)}"))
    if (alignment.limits < 0).any():
        groups.append((UNKNOWN, np.array([-1]), "not known"))
    for colour, limits, words in groups:
        chosen = np.isin(alignment.limits, limits) & np.isfinite(units[:, 0])
        if isinstance(picture, Circle):
            strokes = np.stack([radius * at[chosen] for radius in STROKE], axis=1)
            width = float(np.clip(400 / len(w), 0.6, 3.0))
            ax.add_collection(
                LineCollection(strokes.tolist(), colors=colour, linewidths=width, zorder=3, label="_" + words)
            )
        else:
            size = float(np.clip(20000 / len(w), 4.0, 24.0)) * share_of(ax, picture)
            ax.scatter(at[chosen, 0], at[chosen, 1], s=size, color=colour, linewidths=0, zorder=3, label="_" + words)
        ends = points.directions[limits[limits >= 0]]
        if isinstance(picture, Circle):
            ends = MIDDLE * ends
        elif len(ends):
            ends = picture.place(ends, np.zeros(len(ends), dtype=np.int64))
        marker = KINDS[points.kinds[limits[0]]][0] if len(limits) == 1 and limits[0] >= 0 else "o"
        style: dict[str, Any] = {"marker": marker, "color": colour, "edgecolors": "black", "linewidths": 1.0}
        if len(ends):
            ax.scatter(ends[:, 0], ends[:, 1], s=80, zorder=7, label=words, **style)
        else:
            ax.scatter([], [], s=40, label=words, **style)
    title, share = _title(alignment, points), share_of(ax, picture)
    ax.set_title(title if share > NARROW else title.replace(": ", ":\n"), fontsize=10)
    # two entries side by side are as wide as both charts
    draw_legend_below(ax, picture, columns=2 if isinstance(picture, Sphere) and share > NARROW else 1)
    return ax


def _name(points: Points, i: int) -> str:
    """Name an extremal vector by its kind and its value."""
    kind = "D = 0" if points.kinds[i] == "zero" else points.kinds[i]
    return kind if points.kinds[i] == "zero" else f"{kind}, $G_n$ = {short(float(points.values[i]))}"


def _title(alignment: "Alignment", points: Points) -> str:
    m, sign = len(alignment.limits), "$a_j > 0$" if alignment.sign > 0 else "$a_j < 0$"
    reached = len(np.unique(alignment.limits[alignment.limits >= 0]))
    words = f"{m} direction{'s' if m != 1 else ''}, {sign}"
    return f"{words}: limits are {reached} of {points.count}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
