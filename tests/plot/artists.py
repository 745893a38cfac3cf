"""Find what was drawn."""

from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex

COLOURS = {
    "maximum": "#d55e00",
    "minimum": "#0072b2",
    "saddle": "#009e73",
    "zero": "#666666",
    "degenerate": "#cc79a7",
}


def scatters(ax):
    """Scatters by label."""
    return {c.get_label(): c for c in ax.collections if isinstance(c, PathCollection)}


def by_colour(ax):
    """Scatters by the colour of their markers."""
    return {to_hex(c.get_facecolor()[0]): c for c in scatters(ax).values()}


def lines(ax):
    """Segments of the data hyperplanes."""
    (found,) = [c for c in ax.collections if isinstance(c, LineCollection) and c.get_label().startswith("data hyper")]
    return found


def cones(ax):
    """Polygons of the activation cones."""
    (found,) = [c for c in ax.collections if isinstance(c, PolyCollection)]
    return found


def curve(ax, label):
    """Points of a line with a label, shape (m, 2)."""
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found.get_xydata()
