"""Figure 8: a teacher of five ReLU neurons, the same at every n. The transition is slower than with a linear one."""

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from ..data._arguments import as_choice
from ..statements._intervals import mean_interval
from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._measured import Measured
from ._setup import Setup

__all__ = ["SETUPS", "figure_8"]

SETUPS: dict[str, Setup] = {
    "quick": replace(LOSSES["quick"], teacher="relu5"),
    "paper": replace(LOSSES["paper"], teacher="relu5"),
}
# The teachers.
NAMES = {"relu5": "5-ReLU teacher", "neuron": "one neuron", "linear": "linear teacher"}


def figure_8(
    preset: str = "quick",
    *,
    by: str = "sgd",
    seed: int = 0,
    confidence: float = 0.95,
    executor: Any = None,
    store: Any = None,
    progress: bool = False,
    reference: str = "linear",
    **changes: Any,
) -> Experiment:
    """
    Measure the losses with a teacher of five ReLU neurons with Gaussian parameters (Fig. 8).

    Parameters
    ----------
    preset, by, seed, confidence, executor, store, progress, **changes
        As in `figure_2`. The runs with a linear teacher are those of `figure_2` with the same changes.
    reference : str
        The teacher to compare with.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims: at the smallest n the network interpolates, at the largest it does not, and its test loss is close to the
    noise level; and the transition is slower: at the n just above the largest at which most runs interpolate, the test
    loss is above that with a linear teacher.

    Examples
    --------
    >>> from extremal.experiments import figure_8
    >>> result = figure_8(sizes=(8, 400), repetitions=2, width=50, iterations=2000)
    >>> list(result.series.values())
    ['5-ReLU teacher', 'linear teacher']
    """
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes, by)
    teacher = run.setup.teacher
    as_choice(reference, "reference", NAMES)
    other = replace(run.setup, teacher=reference)
    points = run.setup.points(run.seed) + (other.points(run.seed) if teacher != reference else [])
    measured = run.measured(run.losses(points), 4)
    first, last = run.setup.sizes[0], run.setup.sizes[-1]
    where = {"teacher": teacher}
    claims = [
        measured.interpolates(first, **where),
        measured.does_not_interpolate(last, **where),
        measured.near(last, **where),
        measured.decide(
            *_slower(measured, run.setup.sizes, teacher, reference), (1.0, inf), "above 1", "no difference"
        ),
    ]
    return conduct(
        run,
        measured,
        claims,
        figure="Figure 8",
        title="Figure 8: losses against n, 5-ReLU teacher",
        kind="losses",
        by="teacher",
        series={name: NAMES[name] for name in dict.fromkeys((teacher, reference))},
    )


def _slower(
    measured: Measured, sizes: tuple[int, ...], teacher: str, reference: str
) -> tuple[str, tuple[float, float, float]]:
    """The test loss over that with the other teacher, where interpolation has just ended."""
    fitted = [n for n in sizes if _share(measured, n, teacher) > 0.5]
    after = [n for n in sizes if not fitted or n > fitted[-1]] or [sizes[-1]]
    n = after[0]
    losses = [measured.values["test"][measured.cell(n, teacher=name)] for name in (teacher, reference)]
    logs = [np.log(np.maximum(values, 1e-300)) for values in losses]
    count = min(map(len, logs))
    difference = logs[0][:count] - logs[1][:count]
    mean, low, high = mean_interval(difference, difference, measured.each)
    return f"test loss over {NAMES[reference]}'s, n = {n}", (np.exp(mean), np.exp(low), np.exp(min(high, 700.0)))


def _share(measured: Measured, n: int, teacher: str) -> float:
    series = measured.series((n,), teacher=teacher)
    return 1.0 - series.sure[0] / series.trials[0] if series.trials[0] else 0.0
