"""Beyond the paper: Figure 2 with leaky ReLU activations."""

from dataclasses import replace
from typing import Any

from ..errors import InvalidValueError
from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._setup import Setup

__all__ = ["SETUPS", "leaky"]

SETUPS: dict[str, Setup] = {
    "quick": replace(LOSSES["quick"], leak=0.1, sizes=(64, 128, 256, 512, 1024, 4096)),
    "paper": replace(LOSSES["paper"], leak=0.1),
}


def leaky(
    preset: str = "quick",
    *,
    by: str = "sgd",
    seed: int = 0,
    confidence: float = 0.95,
    executor: Any = None,
    store: Any = None,
    progress: bool = False,
    **changes: Any,
) -> Experiment:
    """
    Measure what a leaky ReLU changes in Fig. 2.

    Parameters
    ----------
    preset, by, seed, confidence, executor, store, progress, **changes
        As in `figure_2`. The runs without a leak are those of `figure_2` with the same changes.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims: the theory holds for every positively homogeneous activation (appendix A.2), so at the largest n the network
    does not interpolate either, and its test loss is close to the noise level. How the threshold moves is measured and
    not predicted: `thresholds` of the verdict has both.

    Examples
    --------
    >>> from extremal.experiments import leaky
    >>> list(leaky(sizes=(8, 400), repetitions=2, width=50, iterations=2000).series.values())
    ['leak 0.1', 'ReLU']
    """
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes, by)
    leak = run.setup.leak
    if leak == 0:
        raise InvalidValueError("leak is 0; expected a slope in (0, 1) to compare with the ReLU, such as 0.1")
    points = run.setup.points(run.seed) + replace(run.setup, leak=0.0).points(run.seed)
    measured = run.measured(run.losses(points), 2)
    last = run.setup.sizes[-1]
    claims = [measured.does_not_interpolate(last, leak=leak), measured.near(last, leak=leak)]
    return conduct(
        run,
        measured,
        claims,
        figure="Leaky ReLU",
        title=f"Losses against n, leaky ReLU with slope {leak:g}",
        kind="losses",
        by="leak",
        series={leak: f"leak {leak:g}", 0.0: "ReLU"},
    )
