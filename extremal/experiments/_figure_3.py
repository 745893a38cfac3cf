"""Figure 3: how many neurons point along the OLS estimator at the end, at a small and at a large n."""

from dataclasses import replace
from typing import Any

from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._setup import Setup

__all__ = ["SETUPS", "figure_3"]

# Runs of Fig. 2, with which rows are shared.
SETUPS: dict[str, Setup] = {
    "quick": replace(LOSSES["quick"], sizes=(128, 8192)),
    "paper": replace(LOSSES["paper"], sizes=(300, 10_000)),
}
# The paper counts 69 % of the neurons as not aligned at its small n, and 91 % as aligned at its large one.
SMALL, LARGE = 0.5, 0.8


def figure_3(
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
    Measure the cosines between the neurons and the OLS estimator at the end of training (Fig. 3).

    Parameters
    ----------
    preset, by, seed, confidence, executor, store, progress, **changes
        As in `figure_2`.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims: at the smallest n fewer than half of the neurons have a cosine of at least 0.95 in absolute value, at the
    largest n more than 80 % have. The paper's counts are 31 % and 91 %, with a cut that is lost in our copy.

    Examples
    --------
    >>> from extremal.experiments import figure_3
    >>> figure_3(sizes=(8, 400), repetitions=2, width=50, iterations=2000).kind
    'cosines'
    """
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes, by)
    measured = run.measured(run.losses(), 2)
    first, last = run.setup.sizes[0], run.setup.sizes[-1]
    claims = [
        measured.decide(
            f"share aligned, n = {first}", measured.mean("aligned", first), (0.0, SMALL), f"below {SMALL:g}", "most"
        ),
        measured.decide(
            f"share aligned, n = {last}", measured.mean("aligned", last), (LARGE, 2.0), f"above {LARGE:g}", "fewer"
        ),
    ]
    title = "Figure 3: cosines between neurons and the OLS estimator"
    return conduct(run, measured, claims, figure="Figure 3", title=title, kind="cosines", thresholds=False)
