"""Figures 4 and 5: Figure 2 with GeLU activations, trained by SGD and by Adam."""

from dataclasses import replace
from typing import Any

from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._setup import Setup

__all__ = ["SETUPS_4", "SETUPS_5", "figure_4", "figure_5"]

SETUPS_4: dict[str, Setup] = {
    # a run costs three times as much as with the ReLU
    "quick": replace(LOSSES["quick"], activation="gelu", sizes=(64, 128, 256, 512, 1024, 4096, 8192), repetitions=4),
    "paper": replace(LOSSES["paper"], activation="gelu"),
}
SETUPS_5: dict[str, Setup] = {
    "quick": replace(SETUPS_4["quick"], optimizer="adam", lr=0.001, iterations=500_000),
    "paper": replace(SETUPS_4["paper"], optimizer="adam", lr=0.001),
}


def figure_4(
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
    Measure training and test loss against the number of samples with GeLU activations (Fig. 4).

    Parameters
    ----------
    preset, seed, confidence, executor, store, progress, **changes
        As in `figure_2`.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims: at the largest n the network does not interpolate, and its test loss is close to the noise level. The paper
    adds that interpolation is harder than with the ReLU: compare the thresholds with those of `figure_2`.

    Examples
    --------
    >>> from extremal.experiments import figure_4
    >>> figure_4(sizes=(8, 400), repetitions=2, width=50, iterations=2000).setup.activation
    'gelu'
    """
    run = Run(preset, SETUPS_4, seed, confidence, executor, store, progress, changes)
    return _losses(run, "Figure 4", "Figure 4: losses against n, GeLU")


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
    run = Run(preset, SETUPS_5, seed, confidence, executor, store, progress, changes)
    return _losses(run, "Figure 5", "Figure 5: losses against n, GeLU and Adam")


def _losses(run: Run, figure: str, title: str) -> Experiment:
    measured = run.measured(run.losses(), 2)
    last = run.setup.sizes[-1]
    claims = [measured.does_not_interpolate(last), measured.near(last)]
    return conduct(run, measured, claims, figure=figure, title=title, kind="losses")
