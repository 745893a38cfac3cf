"""Colours, markers and words that all figures share.

The colours of the kinds are Okabe and Ito's, which are told apart by colour-blind readers; kinds differ in
marker as well. G_n and cosines have a diverging scale from purple to orange, white at 0 and symmetric about it.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ._points import Points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

__all__ = [
    "KINDS",
    "SERIES",
    "SHORT_LINE",
    "axis_name",
    "diverging",
    "draw_legend",
    "draw_markers",
    "line_style",
    "plain",
    "short",
]

# kind: marker, colour, word in the plural
KINDS = {
    "maximum": ("^", "#D55E00", "maxima"),
    "minimum": ("v", "#0072B2", "minima"),
    "saddle": ("D", "#009E73", "saddles"),
    "zero": ("o", "#666666", "D = 0"),
    "degenerate": ("s", "#CC79A7", "degenerate"),
}
# Marker and colour of one dimension d after the other, of the same palette.
SERIES = (
    ("o", "#0072B2"),
    ("s", "#D55E00"),
    ("^", "#009E73"),
    ("D", "#CC79A7"),
    ("v", "#E69F00"),
    ("P", "#56B4E9"),
    ("X", "#000000"),
)
# Up to so many markers, each has this size.
SIZES = ((40, 62.0), (150, 26.0), (np.inf, 13.0))
# Maxima and minima are drawn over saddles, which are often many.
ORDER = {"minimum": 6.2, "maximum": 6.3}
# The part of the diverging map that is used: its darkest ends would swallow markers and lines.
DARKEST_LOW, DARKEST_HIGH = 0.2, 0.8
SHORT_LINE = {"arrowstyle": "-", "color": "#000000", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 4}


def diverging() -> "Colormap":
    """Give the diverging colour map: purple below 0, white at 0, orange above."""
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    colours = colormaps["PuOr_r"](np.linspace(DARKEST_LOW, DARKEST_HIGH, 255))
    return LinearSegmentedColormap.from_list("extremal", colours.tolist(), N=255)


def line_style(number: int) -> dict[str, Any]:
    """Choose how to draw `number` data hyperplanes: the more, the fainter."""
    return {
        "colors": "#333333",
        "linewidths": 0.7 if number <= 100 else 0.4,
        "alpha": float(np.clip(4 / max(number, 1) ** 0.6, 0.05, 0.7)),
        "label": "data hyperplanes" if number != 1 else "data hyperplane",
    }


def draw_markers(
    ax: "Axes", x: NDArray[np.float64], y: NDArray[np.float64], points: Points, kwargs: dict[str, Any]
) -> None:
    """
    Draw one scatter a kind, with its number and its Morse indices in the legend.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    x, y : ndarray of shape (k,)
        Where the vectors are drawn.
    points : Points
        The vectors.
    kwargs : dict
        For ``Axes.scatter``; they go before the defaults.
    """
    names = np.array(points.kinds, dtype=str)
    size = next(size for most, size in SIZES if len(points) <= most)
    for kind, (marker, colour, word) in KINDS.items():
        chosen = names == kind
        number = int(chosen.sum())
        if number == 0:
            continue
        label = word if kind == "zero" else f"{number} {word if number > 1 else kind}"
        known = points.indices[chosen][points.indices[chosen] >= 0]
        if known.size:
            low, high = known.min(), known.max()
            label += f", index {low}" if low == high else f", index {low} to {high}"
        style: dict[str, Any] = {
            "s": size,
            "marker": marker,
            "color": colour,
            "edgecolors": "white",
            "linewidths": 1.2 if len(points) <= SIZES[0][0] else 0.4,
            "zorder": ORDER.get(kind, 6.0),
        }
        ax.scatter(x[chosen], y[chosen], label=label, **(style | kwargs))


def draw_legend(ax: "Axes", columns: int) -> None:
    """
    Put the legend into the room at the bottom of an Axes; faint lines are not faint in it.

    Parameters
    ----------
    ax : Axes
        With artists that have labels.
    columns : int
        Number of columns.
    """
    from matplotlib.lines import Line2D

    legend = ax.legend(loc="lower center", ncols=columns, fontsize=8, frameon=False)
    for handle in legend.legend_handles:
        if isinstance(handle, Line2D) and handle.get_linestyle() != "None":
            # that of a collection of lines has its alpha within the colour, where get_alpha does not see it
            handle.set(alpha=1.0, linewidth=max(float(handle.get_linewidth()), 1.0))
        elif handle is not None and handle.get_alpha() is not None:
            handle.set_alpha(1.0)


def axis_name(data: Dataset, j: int, *, letter: str = "w") -> str:
    """Name a coordinate axis, with the feature's name if there is one."""
    symbol = f"${letter}_{j + 1}$"
    return f"{symbol} ({plain(data.features[j])})" if data.features and data.features[j] else symbol


def short(value: float) -> str:
    """Write a number in three digits."""
    return f"{value:.3g}".replace("-", "−")


def plain(name: str) -> str:
    """Keep matplotlib from reading dollar signs as mathematics."""
    return name.replace("$", r"\$")
