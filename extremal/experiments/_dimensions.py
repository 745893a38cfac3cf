"""Beyond the paper: the threshold against the dimension, for d = 3 to 8."""

from dataclasses import replace
from math import inf, isfinite
from typing import Any

from ..data._arguments import as_count
from ..errors import InvalidTypeError, InvalidValueError
from ..statements._frames import frame
from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._measured import cubic, exponent
from ._setup import Setup

__all__ = ["SETUPS", "thresholds"]

SETUPS: dict[str, Setup] = {
    "quick": replace(
        LOSSES["quick"],
        sizes=(8, 16, 32, 64, 128, 256, 512, 1024, 2048),
        repetitions=5,
        width=256,
        iterations=500_000,
    ),
    "paper": replace(LOSSES["paper"], sizes=(25, 50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800), repetitions=3),
}
DIMENSIONS = {"quick": (3, 4, 5, 6, 8), "paper": (3, 4, 5, 6, 7, 8)}


def thresholds(
    preset: str = "quick",
    *,
    dimensions: Any = None,
    by: str = "sgd",
    seed: int = 0,
    confidence: float = 0.95,
    executor: Any = None,
    store: Any = None,
    progress: bool = False,
    **changes: Any,
) -> Experiment:
    """
    Measure the n up to which half of the runs interpolate, against the dimension.

    Parameters
    ----------
    preset, by, seed, confidence, executor, store, progress, **changes
        As in `figure_2`, but d.
    dimensions : sequence of int, optional
        Two or more; by default up to 8.

    Returns
    -------
    Experiment
        ``verdict.thresholds`` has a row for each d, ``verdict.fits`` the log-log slope.

    Notes
    -----
    Claims: the threshold grows with d, and not faster than d³ log d, the paper's bound. The slope depends on how long
    one trains: on a finite run, what takes longer does not interpolate yet.

    Examples
    --------
    >>> from extremal.experiments import thresholds
    >>> thresholds(dimensions=(2, 3), sizes=(4, 100), repetitions=2, width=30, iterations=2000).kind
    'thresholds'
    """
    if "d" in changes:
        raise InvalidTypeError("d was given; expected dimensions=(3, 4, ...), two or more")
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes, by)
    chosen = DIMENSIONS[preset] if dimensions is None else dimensions
    try:
        listed = sorted({as_count(d, "dimensions", "dimensions, integers, 1 or more") for d in chosen})
    except TypeError as error:
        raise InvalidTypeError(f"dimensions is {dimensions!r}; expected integers such as (3, 4, 5)") from error
    if len(listed) < 2:
        raise InvalidValueError(f"dimensions is {dimensions!r}; expected two or more, such as (3, 4, 5)")
    points = [point for d in listed for point in replace(run.setup, d=d).points(run.seed)]
    measured = run.measured(run.losses(points), 2)

    def sizes(_: Any) -> tuple[int, ...]:
        return run.setup.sizes

    slope = exponent(measured, sizes, listed)
    bound = cubic(listed)
    claims = [
        measured.decide("slope against d", slope, (1e-9, inf), "above 0", "a threshold that does not grow"),
        measured.soften(measured.below("slope against d, bound", slope, bound)),
    ]
    experiment = conduct(
        run,
        measured,
        claims,
        figure="Thresholds",
        title="Where interpolation ends, against the dimension",
        kind="thresholds",
        by="d",
        series={d: f"d = {d}" for d in listed},
    )
    verdict = experiment.verdict
    places = verdict.thresholds.assign(d=listed) if verdict.thresholds is not None else None
    fits = frame(("exponent", "low", "high", "cubic"), [(*slope, bound if isfinite(bound) else float("nan"))])
    return replace(experiment, verdict=replace(verdict, thresholds=places, fits=fits))
