"""Any dimension: the spectrum of critical values with kinds, over the cosines between the vectors.

The critical values G_n(w) = ±‖D‖ stand in descending order; column j of the matrix below belongs to the j-th of
them and has the cosines between its D and the others'. D = 0 has no direction: its row and column stay blank.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ._points import Points
from ._style import diverging, draw_markers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["cosines", "draw_spectrum"]

# More labels than this cannot be read.
MOST_LABELS = 40
# Cosines are written into the matrix for so many vectors, and it is drawn at all for so many.
MOST_NUMBERS, MOST_COLUMNS = 16, 1000
# Colours with less luminance than this take white letters.
DARK = 0.18


def draw_spectrum(ax: "Axes", data: Dataset, points: Points, kwargs: dict[str, Any]) -> None:
    """
    Draw the critical values in descending order and, below, the cosines between the vectors.

    Parameters
    ----------
    ax : Axes
        For the values. The matrix takes the lower part of its place, as a colour bar would.
    data : Dataset
        The data.
    points : Points
        Extremal vectors.
    kwargs : dict
        For ``Axes.scatter``.
    """
    from matplotlib.ticker import MaxNLocator

    k = len(points)
    order = np.argsort(-points.values, kind="stable")
    place = np.empty(k)
    place[order] = np.arange(1, k + 1)
    ax.axhline(0.0, color="#000000", linewidth=0.8, zorder=1)
    ax.vlines(place, 0.0, points.values, color="#BBBBBB", linewidth=1.0 if k <= 80 else 0.4, zorder=2)
    draw_markers(ax, place, points.values, points, kwargs)
    few = 0 < k <= MOST_LABELS
    if few:
        _label(ax, place, points)
    ax.margins(x=0.03, y=0.16)
    ax.set_ylabel("$G_n(w)$")
    if k:
        ax.set_xlim(0.4 - 0.01 * k, k * 1.01 + 0.6)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend(loc="best", fontsize=8, frameon=True, framealpha=0.9, edgecolor="none")
    if not np.any(points.values):
        ax.set_yticks([0.0])
    numbers = "; numbers: Morse index" if few else ""
    ax.set_title(f"n = {data.n}, d = {data.d}: {points.count}{numbers}", fontsize=10)
    words = "extremal vectors, in descending order of $G_n(w)$"
    if data.d > 1 and 2 <= k <= MOST_COLUMNS:  # on the line all cosines are ±1
        lower = _matrix(ax, cosines(points)[np.ix_(order, order)])
        lower.set_xlabel(words)
    else:
        ax.set_xlabel(words)


def cosines(points: Points) -> NDArray[np.float64]:
    """
    Compute the cosines between extremal vectors.

    Parameters
    ----------
    points : Points
        Extremal vectors, k of them.

    Returns
    -------
    ndarray of shape (k, k)
        cos(D_i, D_j), where D = ±‖D‖ w with the sign of G_n(w); nan for D = 0.
    """
    signs = np.where(np.array(points.kinds, dtype=str) == "zero", 0.0, np.sign(points.values))
    units = np.where(signs != 0, signs, np.nan)[:, None] * points.directions
    return np.clip(units @ units.T, -1.0, 1.0)


def _label(ax: "Axes", place: NDArray[np.float64], points: Points) -> None:
    for x, value, index in zip(place, points.values, points.indices, strict=True):
        ax.annotate(
            str(index) if index >= 0 else "–",
            (x, value),
            xytext=(0, 8 if value >= 0 else -8),
            textcoords="offset points",
            ha="center",
            va="bottom" if value >= 0 else "top",
            fontsize=8,
        )


def _matrix(ax: "Axes", values: NDArray[np.float64]) -> "Axes":
    """Draw the matrix of cosines under the spectrum, column under column."""
    from matplotlib.ticker import MaxNLocator

    k = len(values)
    lower = _below(ax)
    image = lower.imshow(
        values,
        cmap=diverging().with_extremes(bad="#DDDDDD"),
        vmin=-1,
        vmax=1,
        aspect="auto",
        interpolation="nearest" if k <= 200 else "auto",
        extent=(0.5, k + 0.5, k + 0.5, 0.5),
    )
    lower.set_xlim(ax.get_xlim())
    ax.tick_params(labelbottom=False)
    for axis in (lower.xaxis, lower.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, nbins=20 if k <= 20 else 8))
    if k <= MOST_NUMBERS:
        for i, j in np.ndindex(k, k):
            if np.isfinite(values[i, j]):
                rgb = np.array(image.to_rgba(values[i, j])[:3]) ** 2.2
                colour = "#FFFFFF" if rgb @ [0.2126, 0.7152, 0.0722] < DARK else "#000000"
                number = f"{values[i, j]:.2f}".replace("-", "−")
                lower.text(j + 1, i + 1, number, ha="center", va="center", fontsize=7, color=colour)
    bar = lower.inset_axes((1.015, 0.0, 0.02, 1.0))
    lower.figure.colorbar(image, cax=bar).set_label("cos(D, D')")
    return lower


def _below(ax: "Axes") -> "Axes":
    """Split the place of an Axes: it keeps the upper part."""
    spec = ax.get_subplotspec()
    if spec is not None:
        halves = spec.subgridspec(2, 1, hspace=0.06)
        ax.set_subplotspec(halves[0])
        return ax.figure.add_subplot(halves[1], sharex=ax)
    x, y, width, height = ax.get_position(original=True).bounds
    ax.set_position((x, y + 0.52 * height, width, 0.48 * height))
    return ax.figure.add_axes((x, y, width, 0.48 * height), sharex=ax)
