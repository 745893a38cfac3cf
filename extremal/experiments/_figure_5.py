"""Figure 5: Figure 4 with Adam instead of SGD."""

from dataclasses import replace
from typing import Any

from ._conduct import Run
from ._experiment import Experiment
from ._figure_4 import SETUPS as GELU
from ._figure_4 import losses_above
from ._setup import Setup

__all__ = ["SETUPS", "figure_5"]

SETUPS: dict[str, Setup] = {
    "quick": replace(GELU["quick"], optimizer="adam", lr=0.001, iterations=500_000),
    "paper": replace(GELU["paper"], optimizer="adam", lr=0.001),
}


def figure_5(
    preset: str = "quick",
    *,
    seed: int = 0,
    confidence: float = 0.95,
    executor: Any = None,
    store: Any = None,
    progress: bool = False,
    **changes: Any,
) -> Experiment:
    """
    Measure training and test loss against the number of samples with GeLU activations and Adam (Fig. 5).

    Parameters
    ----------
    preset, seed, confidence, executor, store, progress, **changes
        As in `figure_2`.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims: those of `figure_4`.

    Examples
    --------
    >>> from extremal.experiments import figure_5
    >>> figure_5(sizes=(8, 400), repetitions=2, width=50, iterations=2000).setup.optimizer
    'adam'
    """
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes)
    return losses_above(run, "Figure 5", "Figure 5: losses against n, GeLU and Adam")
