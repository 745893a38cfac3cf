"""Maps of the directions of neurons: the circle (d = 2), the sphere by two charts (d = 3), else a plane.

A map draws what does not move, places directions, and draws the paths that directions take.

On the circle a path has the time for its radius, so that paths which end in one direction do not cover each other. The
radius grows like the square root of the share of the axis of time, as directions change at the beginning. G_n is the
colour of a ring around the circle. In more than three dimensions (and in one) directions are projected onto the plane
of D_+ and of the leading one among what remains of the neurons' directions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ._clock import Clock
from ._height import Height, height_of
from ._history import Floats, History, leading_pair, norms_and_units
from ._points import Points
from ._sphere import chart, draw_sphere
from ._style import axis_name, diverging, draw_legend, draw_markers, line_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MIDDLE", "Circle", "Map", "Plane", "Sphere", "draw_legend_below", "map_of", "share_of"]

# The ring of G_n around the circle, and where the extremal vectors are on it.
RING, MIDDLE = (1.05, 1.19), 1.12
# Radius of the time 0 on the circle.
CENTRE = 0.25
# Neurons with a_j > 0 are so far outside the circle, the others inside, where they are shown at one time.
ASIDE = 0.055
# More hyperplanes than this are drawn at the ring only, no fainter than that.
MOST_LINES, FAINTEST = 100, 0.25
# Slices of the ring, and steps between two times on the circle.
SLICES, STEPS = 1440, 4
# How much of their colour the charts of G_n have under paths.
PALE = 0.55
# Share of a figure's width that its one Axes has before there is a layout.
ALONE = 0.775


class Map(Protocol):
    """What the maps share."""

    @property
    def title(self) -> str:
        """What is drawn."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a figure, in inches."""

    @property
    def columns(self) -> int:
        """Columns of the legend."""

    @property
    def bottom(self) -> float:
        """Where the picture ends."""

    @property
    def row(self) -> float:
        """Room that a row of the legend takes below it."""

    def draw(self, ax: "Axes", points: Points, clock: Clock | None = None) -> None:
        """Draw the background and the extremal vectors; with a clock, what shows the time too."""

    def place(self, units: Floats, signs: NDArray[np.int64]) -> Floats:
        """Place directions (s, d), shape (s, 2)."""

    def path(self, units: Floats, shares: Floats) -> list[Floats]:
        """Draw the path of one neuron (t, d) at shares of the axis of time (t,) as lines."""


@dataclass(frozen=True, eq=False)
class Circle:
    """The unit circle, d = 2."""

    data: Dataset
    leak: float
    title: str = "directions on the unit circle"
    size: tuple[float, float] = (6.6, 6.3)
    columns: int = 2
    bottom: float = -1.24
    row: float = 0.115

    def draw(self, ax: "Axes", points: Points, clock: Clock | None = None) -> None:
        """Draw the ring of G_n, the data hyperplanes and the extremal vectors."""
        from matplotlib.collections import LineCollection

        height = height_of(self.data, self.leak)
        _draw_ring(ax, height)
        normals = height.normals
        if len(normals):
            ends = np.column_stack([-normals[:, 1], normals[:, 0]])
            inner = 0.0 if clock is None else CENTRE
            style = line_style(len(normals))
            if len(normals) > MOST_LINES:
                inner, style["alpha"] = 1.0, max(style["alpha"], FAINTEST)
            rays = np.concatenate([np.stack([inner * end, RING[1] * end], axis=1) for end in (ends, -ends)])
            ax.add_collection(LineCollection(rays.tolist(), zorder=2, **style))
        angles = np.linspace(0, 2 * np.pi, 721)
        w = np.column_stack([np.cos(angles), np.sin(angles)])
        ax.plot(*w.T, color="#000000", linewidth=0.8, zorder=3, label="_unit circle")
        if clock is not None:
            self._draw_times(ax, clock, w)
        at = MIDDLE * points.directions
        draw_markers(ax, at[:, 0], at[:, 1], points, {"zorder": 7})
        limit = RING[1] + 0.08
        ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
        ax.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1), xlabel=axis_name(self.data, 0), ylabel=axis_name(self.data, 1))

    def _draw_times(self, ax: "Axes", clock: Clock, w: Floats) -> None:
        """Draw the circles of some times, and write the times on them."""
        box = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 7, "color": "#555555", "bbox": box}
        for time in (0.0, *_nice_times(clock)):
            radius = float(_radii(clock.forward(time)))
            ax.plot(*(radius * w.T), color="#999999", linewidth=0.6, zorder=2.5, label="_time")
            if time > 0:
                ax.text(0, -radius, f"t = {time:g}", zorder=4.5, **style)

    def place(self, units: Floats, signs: NDArray[np.int64]) -> Floats:
        """Place positive neurons just outside the circle, negative ones just inside."""
        return units * (1.0 + ASIDE * np.sign(signs))[:, None]

    def path(self, units: Floats, shares: Floats) -> list[Floats]:
        """Draw a path in polar coordinates: the angle is the direction, the radius the time."""
        lines = []
        for part in _runs(np.isfinite(units[:, 0])):
            angles = np.unwrap(np.arctan2(units[part, 1], units[part, 0]))
            radii = _radii(shares[part])
            at = np.arange(len(radii))
            fine = np.linspace(0, len(radii) - 1, STEPS * (len(radii) - 1) + 1)
            angles, radii = np.interp(fine, at, angles), np.interp(fine, at, radii)
            lines.append(radii[:, None] * np.column_stack([np.cos(angles), np.sin(angles)]))
        return lines


@dataclass(frozen=True, eq=False)
class Sphere:
    """The unit sphere by two charts, d = 3."""

    data: Dataset
    leak: float
    title: str = "directions on the unit sphere"
    size: tuple[float, float] = (9.0, 4.9)
    columns: int = 4
    bottom: float = -1.18
    row: float = 0.15

    def draw(self, ax: "Axes", points: Points, clock: Clock | None = None) -> None:
        """Draw G_n in pale colours, the data hyperplanes and the extremal vectors."""
        none = Points(np.empty((0, 3)), (), np.empty(0), np.empty(0, dtype=np.int64), self.leak, True)
        draw_sphere(ax, self.data, none, {})
        for image in ax.images:
            image.set_alpha(PALE)
        for lines in ax.collections:
            lines.set_alpha(PALE * float(lines.get_alpha() or 1.0))
        at = chart(points.directions)
        draw_markers(ax, at[:, 0], at[:, 1], points, {"zorder": 7})

    def place(self, units: Floats, signs: NDArray[np.int64]) -> Floats:
        """Place directions in the charts."""
        return chart(units)

    def path(self, units: Floats, shares: Floats) -> list[Floats]:
        """Draw a path, cut where it goes from one chart to the other."""
        lines = []
        for part in _runs(np.isfinite(units[:, 0])):
            w = units[part]
            north = w[:, 2] >= 0
            over = np.flatnonzero(north[1:] != north[:-1])
            if len(over):
                lengths = np.abs(w[:, 2])
                share = (lengths[over] / (lengths[over] + lengths[over + 1] + 1e-300))[:, None]
                rim = norms_and_units((1 - share) * w[over, :2] + share * w[over + 1, :2])[1]
                # −0.0 counts as w_3 ≥ 0: the least number below it does not
                sides = np.where(north[over], 0.0, -5e-324), np.where(north[over], -5e-324, 0.0)
                before, after = (np.column_stack([rim, side]) for side in sides)
                pieces = np.split(w, over + 1)
                for i in range(len(over)):
                    pieces[i] = np.vstack([pieces[i], before[i]])
                    pieces[i + 1] = np.vstack([after[i], pieces[i + 1]])
            else:
                pieces = [w]
            lines += [chart(piece) for piece in pieces]
        return lines


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane that directions are projected onto, in any dimension."""

    basis: Floats
    names: tuple[str, str]
    title: str
    size: tuple[float, float] = (6.4, 6.3)
    columns: int = 2
    bottom: float = -1.06
    row: float = 0.105

    def draw(self, ax: "Axes", points: Points, clock: Clock | None = None) -> None:
        """Draw the unit circle and the projected extremal vectors."""
        angles = np.linspace(0, 2 * np.pi, 721)
        ax.plot(np.cos(angles), np.sin(angles), color="#000000", linewidth=0.8, zorder=1, label="_unit circle")
        ax.axhline(0, color="#DDDDDD", linewidth=0.6, zorder=0)
        ax.axvline(0, color="#DDDDDD", linewidth=0.6, zorder=0)
        at = points.directions @ self.basis.T
        draw_markers(ax, at[:, 0], at[:, 1], points, {"zorder": 7})
        ax.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        ax.set(xlabel=self.names[0], ylabel=self.names[1])

    def place(self, units: Floats, signs: NDArray[np.int64]) -> Floats:
        """Project directions."""
        return units @ self.basis.T

    def path(self, units: Floats, shares: Floats) -> list[Floats]:
        """Draw the projected path."""
        return [units[part] @ self.basis.T for part in _runs(np.isfinite(units[:, 0]))]


def map_of(history: History, points: Points) -> Map:
    """Choose the map for the dimension of a history."""
    d = history.data.d
    if d == 2:
        return Circle(history.data, history.leak)
    if d == 3:
        return Sphere(history.data, history.leak)
    if d == 1:
        return Plane(np.array([[1.0], [0.0]]), (axis_name(history.data, 0), ""), "directions on the line")
    first = leading_pair(points)
    units = norms_and_units(history.W)[1].reshape(-1, d)
    units = units[np.isfinite(units[:, 0])]
    axis, name = next(((D, s) for D, s in zip(first, "+-", strict=True) if D is not None), (None, ""))
    if axis is None:
        _, _, axes = np.linalg.svd(np.vstack([units, np.eye(d)]), full_matrices=False)
        return Plane(
            axes[:2], ("leading direction", "second direction"), "projected onto the plane of their leading directions"
        )
    rest = units - (units @ axis)[:, None] * axis
    # the identity gives directions where the neurons have none
    tiny = 1e-6 * (np.eye(d) - np.outer(axis, axis))
    values, axes = np.linalg.svd(np.vstack([rest, tiny]), full_matrices=False)[1:]
    share = values[0] ** 2 / np.sum(values**2)
    symbol = f"$D_{name}$"
    return Plane(
        np.stack([axis, axes[0]]),
        (f"along {symbol}", f"along the leading remaining direction ({100 * share:.0f} % of the rest)"),
        f"projected onto the plane of {symbol}\nand the leading remaining direction",
    )


def draw_legend_below(ax: "Axes", picture: Map, columns: int | None = None) -> None:
    """
    Make room below a map, and put the legend there.

    Parameters
    ----------
    ax : Axes
        With the map.
    picture : Map
        Says how much room a row takes in a figure of its own; in a narrower Axes it takes more.
    columns : int, optional
        Of the legend; by default those of the map.
    """
    columns = picture.columns if columns is None else columns
    rows = -(-len(ax.get_legend_handles_labels()[1]) // columns)
    ax.set_ylim(picture.bottom - picture.row / share_of(ax, picture) * rows - 0.05)
    draw_legend(ax, columns)


def share_of(ax: "Axes", picture: Map) -> float:
    """Give the width of an Axes as a share of the one that a figure for this map alone has, at most 1."""
    width = ax.get_window_extent().width / ax.figure.dpi
    return float(np.clip(width / (ALONE * picture.size[0]), 0.1, 1.0))


def _radii(shares: Any) -> Any:
    """Give the radii on the circle for shares of the axis of time."""
    return CENTRE + (1 - CENTRE) * np.sqrt(shares)


def _nice_times(clock: Clock) -> list[float]:
    """Choose up to three round times whose circles have room."""
    kept: list[float] = []
    for radius in (0.46, 0.64, 0.82):
        time = float(clock.inverse(((radius - CENTRE) / (1 - CENTRE)) ** 2))
        if time > 0:
            unit = 10.0 ** np.floor(np.log10(time))
            nice = float(min((f * unit for f in (1.0, 2.0, 3.0, 5.0, 10.0)), key=lambda t: abs(np.log(t / time))))
            if nice < clock.end and nice not in kept:
                kept.append(nice)
    return kept


def _draw_ring(ax: "Axes", height: Height) -> Any:
    """Draw G_n around the circle as a ring, with a colour bar."""
    from matplotlib.colors import Normalize

    edges = np.linspace(0, 2 * np.pi, SLICES + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    heights = height(np.column_stack([np.cos(middles), np.sin(middles)]))
    top = float(np.abs(heights).max()) or 1.0
    unit, scale = height.scale(top)
    radii = np.array(RING)[:, None]
    ring = ax.pcolormesh(
        radii * np.cos(edges),
        radii * np.sin(edges),
        unit * heights[None],
        cmap=diverging(),
        norm=Normalize(-unit * top, unit * top),
        zorder=1,
        label="_ring",
    )
    ax.figure.colorbar(ring, ax=ax, shrink=0.7, pad=0.03).set_label(scale)
    return ring


def _runs(there: NDArray[np.bool_]) -> list[slice]:
    """Give the runs of True."""
    edges = np.flatnonzero(np.diff(there.astype(np.int8), prepend=0, append=0))
    return [slice(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
