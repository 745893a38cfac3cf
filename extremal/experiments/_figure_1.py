"""Figure 1: the three regimes as n grows, drawn from measured losses instead of by hand."""

from dataclasses import replace
from typing import Any

from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._setup import Setup

__all__ = ["SETUPS", "figure_1"]

# Fewer neurons than in Fig. 2, so that there are sizes n beyond the number m (d + 1) of parameters.
SETUPS: dict[str, Setup] = {
    "quick": replace(LOSSES["quick"], width=256),
    "paper": replace(LOSSES["paper"], width=1000, sizes=(100, 300, 1000, 3000, 10_000, 30_000)),
}


def figure_1(
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
    Measure the regimes of Fig. 1: interpolation, none although there are parameters enough, too few parameters.

    Parameters
    ----------
    preset, by, seed, confidence, executor, store, progress, **changes
        As in `figure_2`.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims: at the smallest n the network interpolates and its test loss is far above the noise level; at the largest n
    below m (d + 1), the number of parameters, it does not interpolate; beyond it, its test loss is close to the noise
    level. The paper's Fig. 1 is a drawing; its widths are not given.

    Examples
    --------
    >>> from extremal.experiments import figure_1
    >>> figure_1(sizes=(8, 100, 400), repetitions=2, width=50, iterations=2000).kind
    'regimes'
    """
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes, by)
    setup = run.setup
    measured = run.measured(run.losses(), 4)
    parameters = setup.width * (setup.d + 1)
    first, last = setup.sizes[0], setup.sizes[-1]
    claims = [measured.interpolates(first), measured.far(first)]
    within = [n for n in setup.sizes if first < n < parameters]
    if within:
        claims.append(measured.does_not_interpolate(within[-1], f" below {parameters} parameters"))
    claims.append(measured.near(last))
    title = "Figure 1: regimes as n grows, measured"
    return conduct(run, measured, claims, figure="Figure 1", title=title, kind="regimes")
