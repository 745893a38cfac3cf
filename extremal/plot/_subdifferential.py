"""The Clarke subdifferential 𝒟_n(w) at one point w, section 2.2: a point, a segment or a polygon.

𝒟_n(w) = D_n(w) + Σ_{k : w·x_k = 0} [0, 1] z_k with z_k = y_k x_k / n lies in the hyperplane {v : w·v = G_n(w)}. Its
element D nearest to 0 lies on the line of w exactly if D is extremal (Definition 2.1).

d = 2: a closed thin line goes through the values of D_n in all cones, around the circle; its edges are the
subdifferentials at the data hyperplanes. d = 3: the picture is the plane orthogonal to w, with 0 and the line of w
seen end on at the origin.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import Dataset, as_dataset, as_directions
from ..errors import InvalidTypeError, InvalidValueError
from ..geometry import Zonotope
from ..geometry.clarke._function import as_leak
from ._clarke import ClarkePoint, values_around
from ._height import Height, height_of
from ._style import axis_name, draw_legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

__all__ = ["plot_subdifferential"]

# Angles to a data hyperplane, in radians, that a figure takes for 0: directions found in floats miss by 1e-16.
TIE = 1e-9
# Room for the legend, relative to half the side of the picture.
LEGEND = 0.36
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#999999"


def plot_subdifferential(
    X: ArrayLike | Dataset,
    y: ArrayLike | None,
    w: ArrayLike,
    ax: "Axes | None" = None,
    *,
    leak: float = 0.0,
    tol: float = TIE,
    **kwargs: Any,
) -> "Axes":
    r"""
    Draw the Clarke subdifferential 𝒟_n(w), with 0, its element D nearest to 0, and the ray of w.

    Parameters
    ----------
    X : array_like of shape (n, d), or Dataset
        The samples, d = 2 or 3.
    y : array_like of shape (n,)
        The labels; None if X is a Dataset.
    w : array_like of shape (d,)
        The point. For d = 2 it may be 0, where every sample is a tie.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.
    leak : float, optional
        Slope α of the activation at negative arguments.
    tol : float, optional
        A sample is a tie if w is so close to its hyperplane, in radians; 0 takes exact ties only.
    **kwargs
        Passed on to ``Axes.scatter`` for the marker of D.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        Data that are not valid or not of dimension 2 or 3, a direction of another shape, w = 0 for d = 3.

    See Also
    --------
    extremal.subdifferential : the same set, exact, in any dimension.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_subdifferential
    >>> ax = plot_subdifferential([[1.0, 0.0], [0.0, 2.0]], [1.0, -3.0], [1.0, 0.0], Figure().subplots())
    >>> print(ax.get_title())
    $\mathcal{D}_n(w)$, 1 tie: D is extremal, sign +1
    """
    data = as_dataset(X, y)
    if data.d not in (2, 3):
        raise InvalidValueError(
            f"X has {data.d} columns; the subdifferential is drawn for d = 2 and 3: use extremal.subdifferential"
        )
    direction = as_directions(w, data.d)
    if direction.shape != (data.d,):
        raise InvalidValueError(f"w has shape {direction.shape}; expected ({data.d},), one point")
    if data.d == 3 and not direction.any():
        raise InvalidValueError("w is zero; expected a direction for d = 3, as the figure is the plane orthogonal to w")
    if isinstance(tol, bool) or not isinstance(tol, (int, float, np.floating, np.integer)):
        raise InvalidTypeError(f"tol is {tol!r}; expected an angle ≥ 0 in radians")
    if not 0 <= tol < np.inf:
        raise InvalidValueError(f"tol is {tol!r}; expected an angle ≥ 0 in radians")
    height = height_of(data, as_leak(leak))
    point = ClarkePoint.at(data, height, direction, float(tol))
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=(6.0, 5.6), layout="constrained")[1]
    if data.d == 2:
        _draw_plane(ax, data, height, point, kwargs)
    else:
        _draw_section(ax, point, kwargs)
    ax.set_title(f"$\\mathcal{{D}}_n(w)$, {point.words}", fontsize=10)
    return ax


def _draw_plane(ax: "Axes", data: Dataset, height: Height, point: ClarkePoint, kwargs: dict[str, Any]) -> None:
    """Draw 𝒟_n(w) for d = 2, among the subdifferentials of all w."""
    around = point.unit * values_around(height)
    ax.plot(around[:, 0], around[:, 1], color=GREY, linewidth=0.8, zorder=1, label="$\\mathcal{D}_n$ of all w")
    if len(around) <= 60:
        ax.plot(around[:, 0], around[:, 1], "o", color=GREY, markersize=3, zorder=1, label="_values in the cones")
    shape = point.zonotope.polygon()
    _draw_shape(ax, shape, "$\\mathcal{D}_n(w)$")
    seen = np.vstack([around, _corners(shape), np.zeros((1, 2))])
    if point.w.any():
        length = 0.3 * float(np.ptp(seen, axis=0).max()) + float(np.linalg.norm(point.nearest))
        tip = length * point.w
        seen = np.vstack([seen, tip, -tip])
        line: dict[str, Any] = {"color": "#444444", "linewidth": 1.0, "zorder": 2}
        ax.plot([-tip[0], 0], [-tip[1], 0], linestyle="--", label="_opposite ray", **line)
        ax.plot([0, tip[0]], [0, tip[1]], label="ray of w", **line)
        arrow = {"arrowstyle": "-|>", "color": "#444444", "linewidth": 1.0, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (float(tip[0]), float(tip[1])), (0, 0), arrowprops=arrow, zorder=2)
    _draw_points(ax, point.zonotope.base, point.nearest, kwargs)
    _frame(ax, seen)
    more = ", relative" if point.relative else ""
    ax.set(xlabel=axis_name(data, 0, letter="D") + more, ylabel=axis_name(data, 1, letter="D") + more)
    draw_legend(ax, 2)


def _draw_section(ax: "Axes", point: ClarkePoint, kwargs: dict[str, Any]) -> None:
    """Draw 𝒟_n(w) for d = 3 in the plane orthogonal to w."""
    axes = _orthogonal(point.w)
    flat = Zonotope(point.zonotope.generators @ axes.T, axes @ point.zonotope.base)
    shape = flat.polygon()
    _draw_shape(ax, shape, "$\\mathcal{D}_n(w)$")
    ax.plot(
        0,
        0,
        "o",
        markerfacecolor="none",
        markeredgecolor="#444444",
        markersize=11,
        zorder=4,
        label="line of w, end on",
        linestyle="none",
    )
    _draw_points(ax, flat.base, axes @ point.nearest, kwargs)
    _frame(ax, np.vstack([_corners(shape), np.zeros((1, 2))]))
    more = ", relative" if point.relative else ""
    ax.set(xlabel=f"D · ({_vector(axes[0])}){more}", ylabel=f"D · ({_vector(axes[1])}){more}")
    draw_legend(ax, 2)


def _corners(shape: "BaseGeometry") -> NDArray[np.float64]:
    """Give two opposite corners of the box around a shape."""
    return np.array(shape.bounds).reshape(2, 2)


def _frame(ax: "Axes", seen: NDArray[np.float64]) -> None:
    """Choose a square that holds some points, and room below for the legend."""
    low, high = seen.min(axis=0), seen.max(axis=0)
    (x, y), half = (low + high) / 2, 0.6 * (float((high - low).max()) or 1.0)
    ax.set(xlim=(x - half, x + half), ylim=(y - (1 + LEGEND) * half, y + half), aspect="equal")


def _draw_shape(ax: "Axes", shape: "BaseGeometry", label: str) -> None:
    """Draw a shapely point, segment or polygon."""
    from matplotlib.patches import Polygon

    if shape.geom_type == "Polygon":
        corners = np.asarray(shape.exterior.coords)  # type: ignore[attr-defined]
        ax.add_patch(
            Polygon(corners, facecolor=(*_rgb(BLUE), 0.25), edgecolor=BLUE, linewidth=2.0, zorder=3, label=label)
        )
    else:
        x, y = np.asarray(shape.coords).T
        marker = "o" if shape.geom_type == "Point" else None
        ax.plot(
            x,
            y,
            color=BLUE,
            linewidth=4.0,
            marker=marker,
            markersize=11,
            zorder=3,
            label=label,
            solid_capstyle="round",
            linestyle="none" if marker else "-",
        )


def _draw_points(ax: "Axes", base: NDArray[np.float64], nearest: NDArray[np.float64], kwargs: dict[str, Any]) -> None:
    """Draw 0, D_n(w) and the element nearest to 0."""
    ax.plot([0, nearest[0]], [0, nearest[1]], ":", color=ORANGE, linewidth=1.5, zorder=3.5, label="_from 0 to D")
    ax.plot(0, 0, "+", color="#000000", markersize=10, markeredgewidth=1.6, zorder=5, label="0", linestyle="none")
    ax.plot(
        base[0],
        base[1],
        "s",
        color="white",
        markeredgecolor=BLUE,
        markersize=6,
        zorder=5,
        linestyle="none",
        label="$D_n(w)$, active samples only",
    )
    style: dict[str, Any] = {
        "s": 90,
        "marker": "*",
        "color": ORANGE,
        "edgecolors": "white",
        "linewidths": 0.6,
        "zorder": 6,
        "label": "D, nearest to 0",
    }
    ax.scatter([nearest[0]], [nearest[1]], **(style | kwargs))


def _orthogonal(w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two orthonormal vectors orthogonal to w, shape (2, 3), right-handed with it."""
    first = np.eye(3)[np.argmin(np.abs(w))]
    first = first - (first @ w) * w
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(w, first)])


def _rgb(colour: str) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    return to_rgb(colour)


def _vector(v: NDArray[np.float64]) -> str:
    return ", ".join(f"{a:.2f}".replace("-", "−") for a in v + 0.0)
