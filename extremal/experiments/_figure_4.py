"""Figure 4: Figure 2 with GeLU activations."""

from dataclasses import replace
from typing import Any

from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._setup import Setup

__all__ = ["SETUPS", "figure_4", "losses_above"]

SETUPS: dict[str, Setup] = {
    # a run costs three times as much as with the ReLU
    "quick": replace(LOSSES["quick"], activation="gelu", sizes=(64, 128, 256, 512, 1024, 4096, 8192), repetitions=4),
    "paper": replace(LOSSES["paper"], activation="gelu"),
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
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes)
    return losses_above(run, "Figure 4", "Figure 4: losses against n, GeLU")


def losses_above(run: Run, figure: str, title: str) -> Experiment:
    """Check what is claimed of the largest n: no interpolation, and a test loss close to the noise level."""
    measured = run.measured(run.losses(), 2)
    last = run.setup.sizes[-1]
    claims = [measured.does_not_interpolate(last), measured.near(last)]
    return conduct(run, measured, claims, figure=figure, title=title, kind="losses")
