"""The paths of neurons as they align: on the circle, on the sphere, or projected onto a plane."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..data import Dataset
from ..data._arguments import as_number
from ._history import History, history_of, norms_and_units, vectors_of
from ._maps import Map, draw_legend_below, map_of
from ._points import Points
from ._style import short
from ._training import SIGNS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PATHS", "TIMES", "draw_paths", "plot_alignment"]

# Neurons whose paths are drawn, and times at which they are looked at.
PATHS, TIMES = 150, 120
# Up to so many paths, each has this width and opacity.
STYLES = ((20, 1.4, 0.9), (60, 1.0, 0.65), (np.inf, 0.8, 0.45))


def plot_alignment(
    run: Any,
    X: ArrayLike | Dataset | None = None,
    y: ArrayLike | None = None,
    *,
    vectors: Any = None,
    until: float | None = None,
    ax: "Axes | None" = None,
    progress: bool = False,
    **kwargs: Any,
) -> "Axes":
    r"""
    Draw the directions of neurons as they align with extremal vectors.

    Parameters
    ----------
    run : Trajectory, or sequence of Network
        From `extremal.flow`, which is then gone through once more; or one network at several times.
    X : array_like of shape (n, d), or Dataset, optional
        The training data, if `run` is a sequence of networks. A Dataset may also give names to the features of a run.
    y : array_like of shape (n,), optional
        The labels; None if X is a Dataset.
    vectors : result of ``extremal.find``, optional
        The extremal vectors to show. By default `find` is called.
    until : float, optional
        The last time to show. By default the end of the run.
    ax : matplotlib Axes, optional
        Where to draw; a colour bar takes part of its place. By default a new figure of its own.
    progress : bool
        Show a progress bar on stderr once two seconds have passed.
    **kwargs
        Passed on to ``LineCollection`` for the paths, such as ``linewidths``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        `run` is neither a run nor networks of one shape, or `vectors` belong to another dimension.

    Notes
    -----
    Paths have the colour of the sign of a_j at the beginning: positive neurons climb G_n, negative ones descend. Small
    rings mark their beginnings, full dots their ends.

    - d = 2: the angle is the direction and the radius the time. Data hyperplanes are thin lines; the ring around the
      circle has the colour of G_n, and the extremal vectors w are on it.
    - d = 3: two charts of the sphere, as in `plot_extremal`.
    - d > 3: the projection onto the plane of D_+, at which G_n is largest, and of the direction that holds most of what
      remains of the neurons' directions.

    At most 150 neurons are drawn, spread evenly over their indices.

    Examples
    --------
    >>> import extremal
    >>> from matplotlib.figure import Figure
    >>> from extremal.data import three_points
    >>> from extremal.plot import plot_alignment
    >>> data = three_points()
    >>> run = extremal.flow(data, width=8, scale=0.01, t_max=20, rng=0)
    >>> plot_alignment(run, data, ax=Figure().subplots()).get_xlabel()
    '$w_1$ (x)'
    """
    if until is not None:
        until = as_number(until, "until", "a time of the run, above 0", above=0.0)
    history = history_of(run, X, y, number=TIMES, most=PATHS, power=2.0, until=until, progress=progress)
    points = vectors_of(history, vectors)
    picture = map_of(history, points)
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=picture.size, layout="constrained")[1]
    draw_paths(ax, history, points, picture, kwargs)
    return ax


def draw_paths(ax: "Axes", history: History, points: Points, picture: Map, kwargs: dict[str, Any]) -> None:
    """Draw a map with the paths of a history's neurons."""
    from matplotlib.collections import LineCollection

    history = history.fewer(PATHS)
    picture.draw(ax, points, history.clock if history.timed else None)
    units = norms_and_units(history.W)[1]
    shares = history.clock.forward(history.times)
    width, alpha = next(style for most, *style in STYLES if len(history.signs) <= most)
    for sign, (colour, words) in SIGNS.items():
        chosen = np.flatnonzero(history.signs == sign)
        paths = [lines for j in chosen if (lines := picture.path(units[:, j], shares))]
        if not paths:
            continue
        number = history.counts[sign]
        style: dict[str, Any] = {"colors": colour, "linewidths": width, "alpha": alpha, "zorder": 4}
        label = f"{number} neuron{'s' if number > 1 else ''}, {words}"
        pieces = [line.tolist() for lines in paths for line in lines]
        ax.add_collection(LineCollection(pieces, label=f"_{label}", **(style | kwargs)))
        ax.plot([], [], color=colour, linewidth=1.6, label=label)
        starts, ends = (np.array([lines[i][i] for lines in paths]) for i in (0, -1))
        mark: dict[str, Any] = {"edgecolors": colour, "zorder": 5}
        ax.scatter(starts[:, 0], starts[:, 1], s=9, facecolors="white", linewidths=0.7, label="_beginnings", **mark)
        ax.scatter(ends[:, 0], ends[:, 1], s=16, facecolors=colour, linewidths=0.0, label="_ends", **mark)
    ax.set_title(f"{history.shown}: {picture.title}{_span(history)}", fontsize=10)
    draw_legend_below(ax, picture)


def _span(history: History) -> str:
    """Say which times are shown, and that they are the radius on the circle."""
    if not history.timed:
        return f", {len(history.times)} times"
    span = f"t = 0 to {short(history.clock.end)}"
    return f"; {span} outwards" if history.data.d == 2 else f"; {span}"
