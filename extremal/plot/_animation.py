"""A training run as a film: the directions of neurons on their map, and the loss beside it.

What does not move is drawn once and put behind every frame as a picture, so that a frame costs as much as its dots.
"""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import as_count, as_number
from ..errors import InvalidTypeError, InvalidValueError
from ..geometry.critical._limits import Progress
from ..training import Trajectory
from ._clock import check_trajectory, marks_of
from ._history import History, history_of, norms_and_units, vectors_of
from ._maps import Map, draw_legend_below, map_of
from ._points import Points
from ._style import KINDS, short
from ._training import GRADIENT, LOSS, SIGNS, plot_loss

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure

__all__ = ["animate"]

# Suffixes, and matplotlib's writers for them.
WRITERS = {".mp4": "ffmpeg", ".gif": "pillow"}
# Dots an inch: the pixels of a frame are even numbers, as codecs want them.
DPI = 100
# Height of a film, and width of its right half, in inches.
HEIGHT, RIGHT = 5.0, 5.4
# Neurons that are shown, and the areas of their dots.
NEURONS, SMALLEST, LARGEST = 1000, 9.0, 60.0
# Colours of a gif that are the most frequent ones of its first and last frame: white has to stay white.
EXACT = 64


def animate(
    trajectory: Any,
    path: str | PathLike[str],
    *,
    seconds: float = 8.0,
    fps: int = 20,
    phases: Any = None,
    vectors: Any = None,
    progress: bool = False,
) -> None:
    r"""
    Write a film of a training run: the directions of its neurons, with the loss beside them.

    Parameters
    ----------
    trajectory : Trajectory
        From `extremal.flow`; it is gone through once more.
    path : str or path
        The file: .mp4, for which ffmpeg has to be installed, or .gif.
    seconds : float
        How long the film is.
    fps : int
        Frames a second.
    phases : Phases, or sequence of (time, label), optional
        Moments to mark, as in `plot_loss`.
    vectors : result of ``extremal.find``, optional
        The extremal vectors to show. By default `find` is called.
    progress : bool
        Show a progress bar on stderr once two seconds have passed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        The suffix is another one, there is no ffmpeg for .mp4, or the other arguments cannot be used.
    OSError
        The file cannot be written. A file that is there is replaced only by a whole film.

    Notes
    -----
    The map is that of `plot_alignment`. On the circle (d = 2) neurons with a_j > 0 are just outside it and those with
    a_j < 0 just inside. The area of a dot grows with \|a_j\| ‖w_j‖. Frames are evenly spaced on the axis of time of the
    loss. At most 1 000 neurons are shown, spread evenly over their indices.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import extremal
    >>> from extremal.data import three_points
    >>> from extremal.plot import animate
    >>> run = extremal.flow(three_points(), width=8, scale=0.01, t_max=20, rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "film.gif"
    ...     animate(run, path, seconds=0.5, fps=10)
    ...     path.exists()
    True
    """
    check_trajectory(trajectory)
    path = _check_path(path)
    seconds = as_number(seconds, "seconds", "a number of seconds, more than 0", above=0.0)
    fps = as_count(fps, "fps", "frames a second, an integer, 1 or more")
    marks_of(trajectory, phases)
    frames = max(2, round(seconds * fps))
    history = history_of(trajectory, number=frames, most=NEURONS, progress=progress)
    points = vectors_of(history, vectors)
    figure, moving, show = _stage(trajectory, history, points, map_of(history, points), phases)
    _freeze(figure, moving)
    _write(figure, show, frames, fps, path, progress)


def _check_path(path: Any) -> Path:
    """Refuse files that cannot be written, before anything is computed."""
    from matplotlib.animation import writers

    if not isinstance(path, str | PathLike):
        raise InvalidTypeError(f"path is of type {type(path).__name__}; expected the name of a file, .mp4 or .gif")
    path = Path(path)
    name = WRITERS.get(path.suffix.lower())
    if name is None:
        raise InvalidValueError(f"path is {str(path)!r}, which ends in {path.suffix!r}; expected .mp4 or .gif")
    if not writers.is_available(name):
        raise InvalidValueError(
            f"path is {str(path)!r}, and {name}, which writes {path.suffix}, was not found; install it, or pass a path "
            "that ends in .gif"
        )
    return path


def _stage(
    trajectory: Trajectory, history: History, points: Points, picture: Map, phases: Any
) -> tuple["Figure", "list[Artist]", Callable[[int], None]]:
    """Draw the map and the loss; give what moves, and how to show a frame."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width = HEIGHT * picture.size[0] / picture.size[1]
    # whole inches and tenths: even numbers of pixels
    figure = Figure(figsize=(round(width + RIGHT, 1), HEIGHT), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(width, RIGHT))
    picture.draw(left, points)
    groups, show_neurons = _draw_dots(left, history, picture)
    left.set_title(f"{history.shown}: {picture.title}", fontsize=10)
    draw_legend_below(left, picture)
    plot_loss(trajectory, phases=phases, ax=right)
    right.set_title("")
    # not the title, whose place depends on what is hidden later
    words = right.text(0.5, 1.02, " ", transform=right.transAxes, ha="center", va="bottom", fontsize=10)
    line = right.axvline(0.0, color="#000000", linewidth=1.0, zorder=4)
    losses = np.interp(history.times, trajectory.times, trajectory.losses)
    (dot,) = right.plot([], [], marker="o", color="#000000", markersize=5, zorder=5)

    def show(frame: int) -> None:
        time, loss = float(history.times[frame]), float(losses[frame])
        show_neurons(frame)
        line.set_xdata([time, time])
        dot.set_data([time], [loss])
        words.set_text(f"t = {time:.{_digits(history.clock.end)}f}, loss {short(loss)}")

    show(0)
    return figure, [*groups, line, dot, words], show


def _draw_dots(ax: "Axes", history: History, picture: Map) -> tuple["list[PathCollection]", Callable[[int], None]]:
    """Draw the neurons, one scatter a sign; give them, and how to move them."""
    norms, units = norms_and_units(history.W)
    sizes = np.sqrt(norms * np.abs(history.a))
    areas = SMALLEST + (LARGEST - SMALLEST) * sizes / (float(sizes.max(initial=0.0)) or 1.0)
    groups: list[PathCollection] = []
    chosen: list[NDArray[np.bool_]] = []
    for sign, (colour, words) in SIGNS.items():
        these = history.signs == sign
        if not these.any():
            continue
        number = history.counts[sign]
        label = f"{number} neuron{'s' if number > 1 else ''}, {words}"
        style: dict[str, Any] = {"color": colour, "edgecolors": "white", "linewidths": 0.5, "zorder": 8}
        groups.append(ax.scatter(np.zeros(these.sum()), np.zeros(these.sum()), label=label, **style))
        chosen.append(these)

    def show(frame: int) -> None:
        for scatter, these in zip(groups, chosen, strict=True):
            # neurons with w = 0 have no direction: nan is not drawn
            scatter.set_offsets(picture.place(units[frame, these], history.signs[these]))
            scatter.set_sizes(areas[frame, these])

    return groups, show


def _freeze(figure: "Figure", moving: "list[Artist]") -> None:
    """Put a picture of all that does not move behind it, and hide it."""
    canvas: Any = figure.canvas
    # the layout needs one drawing to know the sizes of what is in it, and keeps room for what moves
    figure.draw_without_rendering()
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for artist in moving:
        artist.set_visible(False)
    canvas.draw()
    background = np.asarray(canvas.buffer_rgba()).copy()
    for ax in figure.axes:
        for artist in ax.get_children():
            artist.set_visible(False)
    for artist in moving:
        artist.set_visible(True)
    figure.figimage(background, zorder=-10)


def _write(figure: "Figure", show: Callable[[int], None], frames: int, fps: int, path: Path, progress: bool) -> None:
    """Write the frames into a file beside `path`, which then takes its place."""
    part = path.with_name(f".{path.stem}.part{path.suffix.lower()}")
    try:
        with Progress(progress) as bar:

            def draw(frame: int) -> None:
                show(frame)
                bar.reach(frame / frames, f"frame {frame + 1} of {frames}")

            (_write_gif if path.suffix.lower() == ".gif" else _write_video)(figure, draw, frames, fps, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_video(figure: "Figure", draw: Callable[[int], None], frames: int, fps: int, path: Path) -> None:
    """Write the frames with matplotlib's writer for the suffix."""
    from matplotlib.animation import writers

    writer: Any = writers[WRITERS[path.suffix]](fps=fps)
    with writer.saving(figure, path, DPI):
        for frame in range(frames):
            draw(frame)
            writer.grab_frame()


def _write_gif(figure: "Figure", draw: Callable[[int], None], frames: int, fps: int, path: Path) -> None:
    """Write the frames in colours that all share, so that of each frame only what changes is in the file."""
    from PIL import Image

    canvas: Any = figure.canvas

    def picture(frame: int) -> Any:
        draw(frame)
        canvas.draw()
        return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())

    palette = _common_palette(picture(0), picture(frames - 1))
    images = (picture(i).quantize(palette=palette, dither=Image.Dither.NONE) for i in range(frames))
    next(images).save(path, save_all=True, append_images=images, duration=round(1000 / fps), loop=0)


def _common_palette(first: Any, last: Any) -> Any:
    """Choose 256 colours for two images: those of markers and lines, the most frequent ones, and a share-out."""
    from matplotlib.colors import to_rgb
    from PIL import Image

    both = Image.new("RGB", (first.width, 2 * first.height))
    both.paste(first)
    both.paste(last, (0, first.height))
    strong = 255 * np.array([to_rgb(colour) for colour in (LOSS, GRADIENT, *(kind[1] for kind in KINDS.values()))])
    # half way to white, for their edges
    chosen = np.concatenate([strong, (strong + 255) / 2]).round().astype(int)
    values, counts = np.unique(np.asarray(both).reshape(-1, 3), axis=0, return_counts=True)
    chosen = np.concatenate([chosen, values[np.argsort(-counts)[:EXACT]]])
    shared = both.quantize(256 - len(chosen), method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chosen.ravel().tolist(), *shared][:768])
    return palette


def _digits(end: float) -> int:
    """Choose the decimals of a time, so that a hundredth of the run is seen."""
    return int(np.clip(2 - np.floor(np.log10(end)), 0, 6)) if end > 0 else 0
