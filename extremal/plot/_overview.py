"""The overview of a training run in one file: loss, sizes, directions, cosines."""

from os import PathLike
from typing import Any

from ._alignment import draw_paths
from ._clock import check_trajectory, marks_of
from ._history import history_of, leading_pair, vectors_of
from ._maps import map_of
from ._save import DPI
from ._training import NEURONS, TIMES, draw_neurons, plot_loss

__all__ = ["save_training"]

# Width and height of a panel, in inches, and how much wider the column with the map is for the two charts of d = 3.
WIDTH, HEIGHT, WIDE = 5.6, 4.8, 1.6


def save_training(
    trajectory: Any, path: str | PathLike[str], *, phases: Any = None, vectors: Any = None, progress: bool = False
) -> None:
    """
    Draw four panels of a training run into a file, without a display.

    Above, the loss with the gradient, and the norms of the neurons; below, their cosines with D₊ and D₋, and their
    directions on the circle, the sphere or a plane.

    Parameters
    ----------
    trajectory : Trajectory
        From `extremal.flow`; it is gone through once more.
    path : str or path
        The file; its suffix is the format: png, svg, pdf.
    phases : Phases, or sequence of (time, label), optional
        Moments to mark, as in `plot_loss`.
    vectors : result of ``extremal.find``, optional
        The extremal vectors. By default `find` is called.
    progress : bool
        Show a progress bar on stderr once two seconds have passed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As for `plot_loss`, `plot_neurons` and `plot_alignment`.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import extremal
    >>> from extremal.data import three_points
    >>> from extremal.plot import save_training
    >>> run = extremal.flow(three_points(), width=8, scale=0.01, t_max=20, rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "figure.svg"
    ...     save_training(run, path)
    ...     path.exists()
    True
    """
    from matplotlib.figure import Figure

    check_trajectory(trajectory)
    marks = marks_of(trajectory, phases)
    history = history_of(trajectory, number=TIMES, most=NEURONS, power=2.0, progress=progress)
    points = vectors_of(history, vectors)
    picture = map_of(history, points)
    wide = WIDE if history.data.d == 3 else 1.0
    figure = Figure(figsize=(WIDTH * (1 + wide), 2 * HEIGHT), layout="constrained")
    panels = figure.subplots(2, 2, width_ratios=(1.0, wide))
    plot_loss(trajectory, phases=phases, ax=panels[0, 0])
    pair = leading_pair(points)
    draw_neurons(panels[0, 1], history, "norms", pair, marks, times_of_marks=False)
    draw_neurons(panels[1, 0], history, "cosines", pair, marks, times_of_marks=False)
    draw_paths(panels[1, 1], history, points, picture, {})
    figure.savefig(path, dpi=DPI)
