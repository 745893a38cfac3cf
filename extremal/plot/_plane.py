"""The plane, d = 2: the unit disc cut into activation cones, and G_n around the unit circle.

G_n is positively homogeneous, so its values on the circle say all. A cone is cut into slices by angle; each has
the colour of G_n at the unit vector in its middle. The dark curve is the graph of G_n around the circle: outside
it where G_n > 0, inside where G_n < 0. The extremal vectors lie on the curve, in their directions w.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ._height import Height, height_of
from ._points import Points
from ._style import SHORT_LINE, axis_name, diverging, draw_legend, draw_markers, line_style, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["disc", "draw_plane", "slices"]

# How far the curve of G_n goes from the unit circle, at most.
SWING = 0.4
# How far the data hyperplanes stand out.
STUB = 0.06
# Room for the legend.
LEGEND = 0.5
# More hyperplanes than this are drawn at the rim only: in the middle they would cover the cones.
MOST_LINES, FAINTEST = 100, 0.25
# What a label on the ring around the circle takes, in radians.
LABEL_ANGLE = 0.25
# Corners of the polygon that stands for the disc.
CORNERS = 720
# Angles of slices closer than this, in radians, are one: about a thousandth of a pixel.
CLOSE = 1e-5
# Corners of G_n that the curve goes through exactly.
MOST_CORNERS = 4000


def draw_plane(ax: "Axes", data: Dataset, points: Points, kwargs: dict[str, Any]) -> None:
    """
    Draw the unit disc with its activation cones, G_n, and extremal vectors.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    data : Dataset
        In dimension 2.
    points : Points
        Extremal vectors.
    kwargs : dict
        For ``Axes.scatter``.
    """
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.colors import Normalize

    height = height_of(data, points.leak)
    rays = _rays(height)
    angles = np.linspace(-np.pi, np.pi, 721)
    angles = np.unique(np.concatenate([angles, rays[:: len(rays) // MOST_CORNERS + 1]]))
    w = _units(angles)
    heights = height(w)
    top = float(np.abs(heights).max()) or 1.0
    unit, scale = height.scale(top)

    polygons, middles = slices(rays)
    cones = PolyCollection(
        [polygon.exterior.coords for polygon in polygons],
        array=unit * height(_units(middles)),
        cmap=diverging(),
        norm=Normalize(-unit * top, unit * top),
        edgecolors="face",  # hides the seams between slices
        linewidths=0.4,
        zorder=1,
        label="_activation cones",
    )
    ax.add_collection(cones)
    normals = height.normals
    ends = np.column_stack([-normals[:, 1], normals[:, 0]]) * (1 + STUB)
    lines, style = np.stack([-ends, ends], axis=1), line_style(len(normals))
    if len(normals) > MOST_LINES:
        lines = np.concatenate([np.stack([end / (1 + STUB), end], axis=1) for end in (ends, -ends)])
        style["alpha"] = max(style["alpha"], FAINTEST)
    if len(lines):
        ax.add_collection(LineCollection(lines.tolist(), zorder=2, **style))
    ax.plot(w[:, 0], w[:, 1], color="#000000", linewidth=0.9, zorder=3, label="unit circle, $G_n = 0$")
    curve = w * (1 + SWING * heights / top)[:, None]
    ax.plot(curve[:, 0], curve[:, 1], color="white", linewidth=3.6, zorder=3.5, label="_edge of the curve")
    ax.plot(curve[:, 0], curve[:, 1], color="#222222", linewidth=1.8, zorder=4, label="$G_n$ around the circle")

    at = points.directions * (1 + SWING * height(points.directions) / top)[:, None]
    draw_markers(ax, at[:, 0], at[:, 1], points, kwargs)
    _label(ax, points, at)

    limit = 1 + SWING + 0.45
    ax.set(xlim=(-limit, limit), ylim=(-limit - LEGEND, limit), aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    ax.set(xlabel=axis_name(data, 0), ylabel=axis_name(data, 1))
    ax.set_title(f"$G_n$ on the unit disc, n = {data.n}: {points.count}", fontsize=10)
    ax.figure.colorbar(cones, ax=ax, shrink=0.7, pad=0.03).set_label(scale)
    draw_legend(ax, 2)


def disc() -> Any:
    """Give the polygon that stands for the unit disc, a shapely Polygon."""
    import shapely

    return shapely.Polygon(_units(2 * np.pi * np.arange(CORNERS) / CORNERS))


def slices(rays: NDArray[np.float64], width: float = np.pi / 180) -> tuple[list[Any], NDArray[np.float64]]:
    """
    Cut the unit disc along rays, and what lies between two rays into slices.

    Parameters
    ----------
    rays : ndarray of shape (m,)
        Angles at which the disc is cut, in radians.
    width : float, optional
        The largest angle of a slice, below π.

    Returns
    -------
    polygons : list of shapely.Polygon
        Which cover `disc()` and overlap in their boundaries only. None is crossed by a ray.
    middles : ndarray of shape (number of polygons,)
        The angle in the middle of each.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.plot._plane import slices
    >>> polygons, middles = slices(np.array([0.0, np.pi]), width=np.pi / 2)
    >>> len(polygons), np.round(middles / np.pi, 2).tolist()
    (4, [0.25, 0.75, 1.25, 1.75])
    """
    import shapely

    cuts = np.sort(np.mod(rays, 2 * np.pi)) if len(rays) else np.zeros(1)
    cuts = cuts[np.diff(cuts, prepend=-np.inf) > CLOSE]
    if len(cuts) > 1 and cuts[0] + 2 * np.pi - cuts[-1] <= CLOSE:
        cuts = cuts[:-1]
    gaps = np.diff(cuts, append=cuts[0] + 2 * np.pi)
    parts = np.maximum(np.ceil(gaps / width - 1e-9), 1).astype(int)
    within = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    step = np.repeat(gaps / parts, parts)
    start = np.repeat(cuts, parts) + within * step
    # wedges that reach well over the circle: 0 and three points far out, so that a half-disc is fine too
    far = np.stack([4 * _units(start + share * step) for share in (0, 0.5, 1)], axis=1)
    wedges = shapely.polygons(np.concatenate([np.zeros((len(start), 1, 2)), far], axis=1))
    whole = disc()
    shapely.prepare(whole)
    return list(shapely.intersection(wedges, whole)), start + step / 2


def _label(ax: "Axes", points: Points, at: NDArray[np.float64]) -> None:
    """Write the values G_n(w) on a ring around the circle, unless they are too many to be read."""
    if len(points) * LABEL_ANGLE > 2 * np.pi:
        return
    w = points.directions
    around = _spread(np.arctan2(w[:, 1], w[:, 0]), LABEL_ANGLE)
    for place, point, value in zip((1 + SWING + 0.27) * _units(around), at, points.values, strict=True):
        ax.annotate(
            short(value),
            (float(point[0]), float(point[1])),
            xytext=(float(place[0]), float(place[1])),
            ha="center",
            va="center",
            fontsize=8,
            zorder=5,
            arrowprops=dict(SHORT_LINE),
            bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"},
        )


def _rays(height: Height) -> NDArray[np.float64]:
    """Give the angles of both rays of every data hyperplane."""
    normals = height.normals
    angles = np.arctan2(normals[:, 0], -normals[:, 1])
    return np.concatenate([angles, np.where(angles > 0, angles - np.pi, angles + np.pi)])


def _units(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _spread(angles: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Move angles apart, each as little as that takes, until neighbours differ by `gap`."""
    order = np.argsort(angles)
    moved = angles[order]
    if len(moved) < 2:
        return angles
    for _ in range(400):
        step = np.diff(moved, append=moved[0] + 2 * np.pi)
        push = np.clip(gap - step, 0, None) / 2
        moved = moved - push + np.roll(push, 1)
    out = np.empty_like(moved)
    out[order] = moved
    return out
