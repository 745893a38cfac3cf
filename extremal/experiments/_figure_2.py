"""Figure 2: training and test loss against n. Below a threshold the network interpolates, above it is close to OLS."""

from dataclasses import replace
from typing import Any

from ._conduct import Run, conduct
from ._experiment import Experiment
from ._setup import Setup

__all__ = ["SETUPS", "figure_2", "smaller_rate"]

SETUPS = {
    "quick": Setup((64, 128, 256, 512, 1024, 2048, 4096, 8192), 6, width=512, iterations=1_000_000, lr=0.02),
    "paper": Setup((50, 100, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 10_000), 3),
}


def figure_2(
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
    Measure training and test loss against the number of samples (Fig. 2).

    Parameters
    ----------
    preset : {"quick", "paper"}
        The setting to start from; see `Setup`.
    by : {"sgd", "flow"}
        Trained by SGD, or by gradient flow for as long as the steps of SGD add up to. The quick setting has then an
        eighth of the neurons, a quarter of the time and a quarter of the samples.
    seed : int
        Seed of the sweep; also draws the parameters of the teacher "relu5".
    confidence : float
        Probability with which all intervals of the claims hold together.
    executor : executor or dask Client, optional
        As in `extremal.sweep`.
    store : str or path, optional
        A folder that keeps finished rows and checkpoints; the same call continues from there, and figures share rows.
    progress : bool
        Show a bar on stderr with the runs and the time left.
    **changes
        Fields of `Setup` with other values, such as ``width=2000``.

    Returns
    -------
    Experiment

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Notes
    -----
    Claims: at the smallest n the network interpolates and its test loss is far above the noise level σ²/2; at the
    largest n it does not interpolate, and its test loss is close to it. What the words mean in numbers is in
    `docs/experiments.md`. In settings smaller than the paper's a claim that fails is inconclusive.

    Examples
    --------
    >>> from extremal.experiments import figure_2
    >>> result = figure_2(sizes=(8, 400), repetitions=2, width=50, iterations=2000)
    >>> result.preset, len(result.table)
    ('quick, changed', 4)
    """
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes, by)
    measured = run.measured(run.losses(), 4)
    first, last = run.setup.sizes[0], run.setup.sizes[-1]
    claims = [
        measured.interpolates(first),
        measured.far(first),
        measured.does_not_interpolate(last),
        measured.near(last),
    ]
    word = "SGD" if by == "sgd" else "gradient flow"
    title = f"Figure 2: losses against n, {word}"
    return conduct(run, measured, claims, figure="Figure 2", title=title, kind="losses")


SMALLER: dict[str, Setup] = {
    "quick": replace(SETUPS["quick"], sizes=(8192,), lr=0.004, iterations=5_000_000),
    "paper": replace(SETUPS["paper"], sizes=(3000,), lr=0.001, iterations=80_000_000),
}


def smaller_rate(
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
    Train from scratch with a smaller learning rate, for the same time (footnote of appendix A.4).

    Parameters
    ----------
    preset, seed, confidence, executor, store, progress, **changes
        As in `figure_2`.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims, at every n of the setting: the network does not interpolate, and its test loss is close to the noise level.
    So it is not large steps that keep it from interpolating.

    Examples
    --------
    >>> from extremal.experiments import smaller_rate
    >>> len(smaller_rate(sizes=(400,), repetitions=2, width=50, iterations=2000).verdict.claims)
    2
    """
    run = Run(preset, SMALLER, seed, confidence, executor, store, progress, changes)
    measured = run.measured(run.losses(), 2 * len(run.setup.sizes))
    claims = []
    for n in run.setup.sizes:
        claims += [measured.does_not_interpolate(n), measured.near(n)]
    title = "Appendix A.4: losses with a smaller learning rate"
    return conduct(run, measured, claims, figure="Appendix A.4", title=title, kind="losses", thresholds=False)
