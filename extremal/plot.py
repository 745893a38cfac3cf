"""Figures of extremal vectors.

The only module that knows matplotlib. In the plane the whole of G_n fits into one picture: a curve around the
unit circle, outside it where G_n > 0 and inside where G_n < 0, with its critical points. In any other
dimension the figure shows the spectrum: the critical values G_n(w) in descending order, with their kinds and
Morse indices.

The colours are Okabe and Ito's, which are told apart by colour-blind readers; kinds differ in marker as well.
"""

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .data import Dataset, as_dataset
from .errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_extremal", "save_extremal"]

# kind: marker, colour, word in the plural
_STYLES = {
    "maximum": ("^", "#D55E00", "maxima"),
    "minimum": ("v", "#0072B2", "minima"),
    "saddle": ("D", "#009E73", "saddles"),
    "zero": ("o", "#666666", "D = 0"),
    "degenerate": ("s", "#CC79A7", "degenerate"),
}
# More labels than this cannot be read.
_MOST_LABELS = 40
# What a label on the ring around the circle takes, in radians.
_LABEL_ANGLE = 0.25
# How far the curve of G_n goes from the unit circle.
_SWING = 0.45


def plot_extremal(
    res: Any, X: ArrayLike | Dataset, y: ArrayLike | None = None, *, ax: "Axes | None" = None, **kwargs: Any
) -> "Axes":
    """
    Draw extremal vectors: the circle for d = 2, the spectrum of critical values otherwise.

    Parameters
    ----------
    res : result of ``extremal.find``
        The extremal vectors, k of them.
    X : array_like of shape (n, d), or Dataset
        The samples that they belong to.
    y : array_like of shape (n,), optional
        The labels; None if X is a Dataset.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.
    **kwargs
        Passed on to ``Axes.scatter`` for the markers, such as ``s`` for their size.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        `X` and `y` are not valid data, or `res` belongs to another dimension.

    Examples
    --------
    >>> import extremal
    >>> from extremal.data import three_points
    >>> from extremal.plot import plot_extremal
    >>> data = three_points()
    >>> ax = plot_extremal(extremal.find(data.X, data.y), data)  # doctest: +SKIP
    """
    data = as_dataset(X, y)
    try:
        directions = np.asarray(res.directions, dtype=float).reshape(-1, data.d)
        kinds = [str(kind) for kind in res.kinds]
        values = np.asarray(res.values, dtype=float)
        indices = np.asarray(res.indices, dtype=int)
    except AttributeError as error:
        raise InvalidTypeError(f"res is {type(res).__name__}; expected a result of extremal.find") from error
    except ValueError as error:
        raise InvalidValueError(
            f"res has directions of another dimension than X, which has {data.d}"
        ) from error
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=_size(data, len(values)), layout="constrained")[1]
    if data.d == 2:
        _circle(ax, data, float(getattr(res, "leak", 0.0)), directions, kinds, values, indices, kwargs)
    else:
        _spectrum(ax, data, kinds, values, indices, kwargs)
    return ax


def save_extremal(
    res: Any, X: ArrayLike | Dataset, y: ArrayLike | None = None, *, path: str | PathLike[str]
) -> None:
    """
    Draw extremal vectors into a file, without a display.

    Parameters
    ----------
    res : result of ``extremal.find``
        The extremal vectors.
    X : array_like of shape (n, d), or Dataset
        The samples that they belong to.
    y : array_like of shape (n,), optional
        The labels; None if X is a Dataset.
    path : str or path
        The file; its suffix is the format: png, svg, pdf.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As for `plot_extremal`.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import extremal
    >>> from extremal.data import three_points
    >>> from extremal.plot import save_extremal
    >>> data = three_points()
    >>> save_extremal(extremal.find(data.X, data.y), data, path="figure.svg")  # doctest: +SKIP
    """
    from matplotlib.figure import Figure

    data = as_dataset(X, y)
    figure = Figure(
        figsize=_size(data, len(res)), layout="constrained"
    )  # no pyplot: the canvas is Agg's or the file's
    plot_extremal(res, data, ax=figure.subplots())
    figure.savefig(path, dpi=150)


def _size(data: Dataset, number: int) -> tuple[float, float]:
    """Choose the size of a figure, in inches."""
    return (6.4, 6.0) if data.d == 2 else (min(12.0, 6.4 + 0.04 * number), 4.4)


def _circle(
    ax: "Axes",
    data: Dataset,
    leak: float,
    directions: NDArray[np.float64],
    kinds: list[str],
    values: NDArray[np.float64],
    indices: NDArray[np.int_],
    kwargs: dict[str, Any],
) -> None:
    """Draw G_n around the unit circle."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    rows, weights = _scaled(data)
    lengths = np.hypot(rows[:, 0], rows[:, 1])
    walls = rows[lengths > 0] / lengths[lengths > 0, None]
    # corners of G_n lie on the data hyperplanes: take them into the sample, so that they are drawn sharp
    corners = np.arctan2(walls[:, 0], -walls[:, 1]) if len(walls) <= 2000 else np.empty(0)
    angles = np.linspace(-np.pi, np.pi, 1441)
    angles = np.unique(np.concatenate([angles, corners, np.arctan2(-np.sin(corners), -np.cos(corners))]))
    w = np.column_stack([np.cos(angles), np.sin(angles)])
    heights = _height(w, rows, weights, leak)
    top = float(np.abs(heights).max()) or 1.0

    reach = 1 + _SWING
    ends = np.column_stack([-walls[:, 1], walls[:, 0]]) * (reach + 0.1)
    alpha = float(np.clip(12 / max(len(walls), 1), 0.08, 0.8))
    ax.add_collection(
        LineCollection(
            np.stack([-ends, ends], axis=1).tolist(),
            colors="#999999",
            linewidths=0.7,
            alpha=alpha,
            zorder=1,
            label="data hyperplanes",
        )
    )
    ax.plot(w[:, 0], w[:, 1], color="#000000", linewidth=0.9, zorder=2, label="unit circle, $G_n = 0$")

    curve = w * (1 + _SWING * heights / top)[:, None]
    # the exact scale goes to the colour bar: the heights above are relative to the largest |y_k x_k|
    unit, scale = _unit(data), "$G_n(w)$"
    if not 1e-290 < top * unit < 1e290:
        unit, scale = 1 / top, "$G_n(w)$ / max $|G_n|$"
    norm = Normalize(-top * unit, top * unit)
    # a dark edge under the colours: the middle of the scale is almost white
    ax.plot(curve[:, 0], curve[:, 1], color="#444444", linewidth=5.0, solid_joinstyle="round", zorder=2.5)
    strip = LineCollection(
        np.stack([curve[:-1], curve[1:]], axis=1).tolist(),
        array=unit * (heights[:-1] + heights[1:]) / 2,
        cmap="PuOr_r",
        norm=norm,
        linewidths=3.8,
        capstyle="round",
        zorder=3,
        label="_curve of G_n",
    )
    ax.add_collection(strip)

    at = directions * (1 + _SWING * _height(directions, rows, weights, leak) / top)[:, None]
    _markers(ax, at[:, 0], at[:, 1], kinds, indices, kwargs)
    if len(values) * _LABEL_ANGLE <= 2 * np.pi:
        around = _spread(np.arctan2(directions[:, 1], directions[:, 0]), _LABEL_ANGLE)
        for angle, point, value in zip(around, at, values, strict=True):
            place = (reach + 0.27) * np.array([np.cos(angle), np.sin(angle)])
            leader = {"arrowstyle": "-", "color": "#000000", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 4}
            ax.annotate(
                _short(value),
                point,
                xytext=(float(place[0]), float(place[1])),
                ha="center",
                va="center",
                fontsize=8,
                zorder=4,
                arrowprops=leader,
                bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"},
            )
    limit = reach + 0.45
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    first, second = data.features or ("", "")
    ax.set_xlabel(f"$w_1$ ({_plain(first)})" if first else "$w_1$")
    ax.set_ylabel(f"$w_2$ ({_plain(second)})" if second else "$w_2$")
    ax.set_title(f"$G_n$ around the unit circle, n = {data.n}: {_count(len(values))}", fontsize=10)
    bar = ax.figure.colorbar(strip, ax=ax, shrink=0.7, pad=0.03)
    bar.set_label(scale)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=3, fontsize=8, frameon=False)


def _spectrum(
    ax: "Axes",
    data: Dataset,
    kinds: list[str],
    values: NDArray[np.float64],
    indices: NDArray[np.int_],
    kwargs: dict[str, Any],
) -> None:
    """Draw the critical values in descending order."""
    from matplotlib.ticker import MaxNLocator

    order = np.argsort(-values, kind="stable")
    place = np.empty(len(values))
    place[order] = np.arange(1, len(values) + 1)
    ax.axhline(0.0, color="#000000", linewidth=0.8, zorder=1)
    ax.vlines(place, 0.0, values, color="#BBBBBB", linewidth=1.0 if len(values) <= 80 else 0.4, zorder=2)
    _markers(ax, place, values, kinds, indices, kwargs)
    few = len(values) <= _MOST_LABELS
    if few:
        for x, value, index in zip(place, values, indices, strict=True):
            ax.annotate(
                str(index) if index >= 0 else "–",
                (x, value),
                xytext=(0, 9 if value >= 0 else -9),
                textcoords="offset points",
                ha="center",
                va="bottom" if value >= 0 else "top",
                fontsize=8,
            )
    ax.margins(x=0.03, y=0.14)
    ax.set_xlabel("extremal vectors, in descending order of $G_n(w)$")
    ax.set_ylabel("$G_n(w)$")
    if len(values):
        ax.set_xlim(0.4 - 0.02 * len(values), len(values) * 1.02 + 0.6)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(values) == 0 or not np.any(values):
        ax.set_yticks([0.0])
    numbers = "; numbers: Morse index" if few and len(values) else ""
    ax.set_title(f"n = {data.n}, d = {data.d}: {_count(len(values))}{numbers}", fontsize=10)
    if len(values):
        ax.legend(loc="best", fontsize=8, frameon=True, framealpha=0.9, edgecolor="none")


def _markers(
    ax: "Axes",
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    kinds: list[str],
    indices: NDArray[np.int_],
    kwargs: dict[str, Any],
) -> None:
    """Draw one scatter a kind, with its number and its Morse indices in the legend."""
    size = 52 if len(kinds) <= 80 else 20
    for kind, (marker, colour, word) in _STYLES.items():
        chosen = np.array([other == kind for other in kinds], dtype=bool)
        if not chosen.any():
            continue
        label = word if kind == "zero" else f"{chosen.sum()} {word if chosen.sum() > 1 else kind}"
        known = indices[chosen][indices[chosen] >= 0]
        if known.size:
            low, high = known.min(), known.max()
            label += f", index {low}" if low == high else f", index {low} to {high}"
        style: dict[str, Any] = {
            "s": size,
            "marker": marker,
            "color": colour,
            "edgecolors": "white",
            "linewidths": 0.8,
            "zorder": 5,
        }
        ax.scatter(x[chosen], y[chosen], label=label, **(style | kwargs))


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


def _unit(data: Dataset) -> float:
    """Give the factor that `_scaled` took out of G_n; 0 or inf where floats end."""
    return float(np.abs(data.X).max()) * float(np.abs(data.y).max()) or 1.0


def _scaled(data: Dataset) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scale samples and weights y_k / n to at most one."""
    size, labels = np.abs(data.X).max() or 1.0, np.abs(data.y).max() or 1.0
    return data.X / size, data.y / labels / data.n


def _height(
    w: NDArray[np.float64], rows: NDArray[np.float64], weights: NDArray[np.float64], leak: float
) -> NDArray[np.float64]:
    """Evaluate G_n at directions (k, d), for scaled rows and weights."""
    out = np.empty(len(w))
    for start in range(0, len(w), 256):  # in blocks: the table of w·x_k can be large
        t = w[start : start + 256] @ rows.T
        out[start : start + 256] = np.where(t > 0, t, leak * t) @ weights
    return out


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _count(number: int) -> str:
    return "1 extremal vector" if number == 1 else f"{number} extremal vectors"


def _plain(name: str) -> str:
    """Keep matplotlib from reading dollar signs as mathematics."""
    return name.replace("$", r"\$")
