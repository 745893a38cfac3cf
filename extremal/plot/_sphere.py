"""Space, d = 3: the unit sphere by two charts, one a hemisphere.

The charts are Lambert's azimuthal equal-area projection. The left one shows w_3 ≥ 0, the right one w_3 < 0, each
as seen from outside with w_2 upwards: the sphere unfolds at the point w = (1, 0, 0), where the two discs face each
other. G_n on the sphere is evaluated at every pixel, so that every cone shows how G_n varies within it; the data
hyperplanes are great circles.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ._height import Height, height_of
from ._points import Points
from ._style import axis_name, diverging, draw_legend, draw_markers, line_style, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["chart", "draw_sphere", "great_circles", "unchart"]

# The centre of a chart is this far from the middle of the figure; a chart has radius 1.
OFFSET = 1.12
# Pixels along a side of a chart, at most and at least, and evaluations of σ in all.
FINE, COARSE, WORK = 480, 120, 5e7
# The picture goes so far beyond the rim, which then cuts it smoothly.
BEYOND = 1.03
# Points of half a great circle.
ARC = 61
# More values than this are not written.
MOST_LABELS = 24
# Size of a written value, as a part of the chart's radius: width of a character, height.
LETTER, LINE = 0.05, 0.085


def draw_sphere(ax: "Axes", data: Dataset, points: Points, kwargs: dict[str, Any]) -> None:
    """
    Draw the unit sphere with its activation cones, G_n, and extremal vectors.

    Parameters
    ----------
    ax : Axes
        Where to draw; its coordinates are those of `chart`.
    data : Dataset
        In dimension 3.
    points : Points
        Extremal vectors.
    kwargs : dict
        For ``Axes.scatter``.
    """
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize
    from matplotlib.patches import Circle

    height = height_of(data, points.leak)
    heights = _pixels(height, int(np.clip(np.sqrt(WORK / data.n), COARSE, FINE)))
    top = max(float(np.abs(heights).max()), float(np.abs(height(points.directions)).max(initial=0.0))) or 1.0
    unit, scale = height.scale(top)
    norm, colours = Normalize(-unit * top, unit * top), diverging()
    for shift, values in zip((-OFFSET, OFFSET), heights, strict=True):
        image = ax.imshow(
            unit * values,
            origin="lower",
            extent=(shift - BEYOND, shift + BEYOND, -BEYOND, BEYOND),
            cmap=colours,
            norm=norm,
            interpolation="bilinear",
            zorder=1,
        )
        image.set_clip_path(Circle((shift, 0), 1, transform=ax.transData))
        ax.add_patch(Circle((shift, 0), 1, fill=False, edgecolor="#000000", linewidth=1.0, zorder=3))
    normals = height.normals
    if len(normals):
        ax.add_collection(LineCollection(great_circles(normals).tolist(), zorder=2, **line_style(len(normals))))

    at = chart(points.directions)
    draw_markers(ax, at[:, 0], at[:, 1], points, kwargs)
    if len(points) <= MOST_LABELS:
        _label(ax, points, at)
    _axes(ax, data)
    limit = OFFSET + 1 + 0.14
    ax.set(xlim=(-limit, limit), ylim=(-1.42, 1.3), aspect="equal")
    ax.set_title(f"$G_n$ on the unit sphere, n = {data.n}: {points.count}", fontsize=10)
    ax.figure.colorbar(image, ax=ax, shrink=0.75, pad=0.02).set_label(scale)
    draw_legend(ax, 6)


def chart(w: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Map unit vectors to the two charts.

    Parameters
    ----------
    w : ndarray of shape (..., 3)
        Unit vectors.

    Returns
    -------
    ndarray of shape (..., 2)
        In the left disc where w_3 ≥ 0, else in the right one; areas on the sphere are doubled areas there.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.plot._sphere import chart
    >>> chart(np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]]))
    array([[-1.12,  0.  ],
           [ 1.12,  0.  ],
           [-0.12,  0.  ]])
    """
    return _project(w, w[..., 2] >= 0)


def _project(w: NDArray[np.float64], north: Any) -> NDArray[np.float64]:
    """Map unit vectors to the chart of a hemisphere that they lie in or on the rim of."""
    flat = w[..., :2] / np.sqrt(1 + np.abs(w[..., 2:]))
    side = np.where(north, 1.0, -1.0)
    return np.stack([side * flat[..., 0] - OFFSET * side, flat[..., 1]], axis=-1)


def unchart(points: NDArray[np.float64], north: bool) -> NDArray[np.float64]:
    """
    Map points of a chart back to the sphere.

    Parameters
    ----------
    points : ndarray of shape (..., 2)
        Relative to the middle of the figure; at most √2 from the chart's centre.
    north : bool
        Whether they belong to the left chart, w_3 ≥ 0.

    Returns
    -------
    ndarray of shape (..., 3)
        Unit vectors; beyond the rim they lie on the other hemisphere.
    """
    side = 1.0 if north else -1.0
    first, second = side * (points[..., 0] + OFFSET * side), points[..., 1]
    square = first**2 + second**2
    stretch = np.sqrt(np.maximum(2 - square, 0))
    return np.stack([first * stretch, second * stretch, side * (1 - square)], axis=-1)


def great_circles(normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Draw the great circles orthogonal to unit vectors, half of each in either chart.

    Parameters
    ----------
    normals : ndarray of shape (n, 3)
        Unit vectors.

    Returns
    -------
    ndarray of shape (2n, 61, 2)
        Curves from rim to rim: those of the left chart, then those of the right one.
    """
    # p on the rim and q at the top of the upper half: both orthogonal to the normal
    p = np.column_stack([-normals[:, 1], normals[:, 0], np.zeros(len(normals))])
    flat = np.linalg.norm(p, axis=1, keepdims=True)
    p = np.where(flat > 0, p / np.where(flat > 0, flat, 1.0), [1.0, 0.0, 0.0])
    q = np.cross(normals, p)
    q *= np.where(q[:, 2:] < 0, -1.0, 1.0)
    angles = np.linspace(0, np.pi, ARC)[None, :, None]
    upper = np.cos(angles) * p[:, None] + np.sin(angles) * q[:, None]
    lower = np.cos(angles) * p[:, None] - np.sin(angles) * q[:, None]
    return np.concatenate([_project(upper, True), _project(lower, False)])


def _pixels(height: Height, side: int) -> NDArray[np.float64]:
    """Evaluate G_n at the centres of the pixels of both charts, shape (2, side, side), rows upwards."""
    ticks = BEYOND * (2 * np.arange(side) + 1 - side) / side
    w = unchart(np.stack(np.meshgrid(ticks - OFFSET, ticks), axis=-1), north=True)
    north = height(w.reshape(-1, 3)).reshape(side, side)
    # σ(t) − σ(−t) = (1 + α) t gives G_n at −w, which is w's pixel of the other chart upside down
    south = north - (1 + height.leak) * (w @ (height.weights @ height.rows))
    return np.stack([north, south[::-1]])


def _axes(ax: "Axes", data: Dataset) -> None:
    """Name the poles and the coordinate axes on the rims instead of the frame."""
    ax.set(xticks=[], yticks=[], frame_on=False)
    first, second, third = (axis_name(data, j) for j in range(3))
    for side, sign in ((-1.0, "≥"), (1.0, "<")):
        ax.text(side * OFFSET, 1.17, f"{third} {sign} 0", ha="center", va="bottom", fontsize=9)
        ax.plot(side * OFFSET, 0, marker="+", color="#000000", markersize=5, zorder=3)
        ax.text(side * OFFSET, 1.03, f"+{second}", ha="center", va="bottom", fontsize=8)
        ax.text(side * OFFSET, -1.03, f"−{second}", ha="center", va="top", fontsize=8)
        ax.text(side * (OFFSET + 1.08), 0, f"−{first}", ha="center", va="center", fontsize=8, rotation=90)
    ax.text(0, 0, f"+{first}", ha="center", va="center", fontsize=8, rotation=90)


def _label(ax: "Axes", points: Points, at: NDArray[np.float64]) -> None:
    """Write the values beside their markers, where they cover neither markers nor each other."""
    words = [short(value) for value in points.values]
    taken = [(x - 0.05, y - 0.05, x + 0.05, y + 0.05) for x, y in at.tolist()]
    for (x, y), word in zip(at.tolist(), words, strict=True):
        width = LETTER * len(word)
        for dx, dy in ((0, 0.12), (0, -0.12), (0.07 + width / 2, 0), (-0.07 - width / 2, 0), (0.1, 0.12), (-0.1, 0.12)):
            box = (x + dx - width / 2, y + dy - LINE / 2, x + dx + width / 2, y + dy + LINE / 2)
            if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
                taken.append(box)
                style = {"boxstyle": "round,pad=0.08", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}
                ax.text(x + dx, y + dy, word, ha="center", va="center", fontsize=7, zorder=5, bbox=style)
                break
