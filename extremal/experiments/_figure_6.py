"""Figure 6: training goes on with a learning rate that falls. The loss settles, and not at zero."""

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from ..data._arguments import as_count
from ..statements._intervals import mean_interval
from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._runs import read_numbers, restart_row
from ._setup import Setup

__all__ = ["SETUPS", "figure_6"]

SETUPS: dict[str, Setup] = {
    "quick": replace(LOSSES["quick"], sizes=(8192,)),
    "paper": replace(LOSSES["paper"], sizes=(3000,)),
}
# The paper's schedule: factor, and the share of the second part after which it applies again.
FACTOR, STEPS = 0.85, 40
# The loss at the end is at least this share of that at the restart.
KEPT = 0.5
# The loss has settled if it changes by at most this share over the last quarter of the second part.
SETTLED = 0.01


def figure_6(
    preset: str = "quick",
    *,
    more: int | None = None,
    seed: int = 0,
    confidence: float = 0.95,
    executor: Any = None,
    store: Any = None,
    progress: bool = False,
    **changes: Any,
) -> Experiment:
    """
    Restart from the end of training with a learning rate that is multiplied by 0.85 again and again (Fig. 6).

    Parameters
    ----------
    preset, seed, confidence, executor, store, progress, **changes
        As in `figure_2`.
    more : int, optional
        Iterations after the restart: 40 times 50 000, or a quarter of those before if that is less.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims: the training loss settles (it changes by at most 1 % over the last quarter) at no less than half of the
    noise level, and at no less than half of what it was at the restart. So the network does not stay away from
    interpolation because of large steps. At an n at which training from scratch interpolates, the claims on the level
    fail.

    Examples
    --------
    >>> from extremal.experiments import figure_6
    >>> figure_6(sizes=(400,), repetitions=2, width=50, iterations=2000, more=400).kind
    'curves'
    """
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes)
    most = min(STEPS * 50_000, max(run.setup.iterations // 4, 1))
    more = most if more is None else as_count(more, "more", "iterations after the restart, an integer, 1 or more")
    points = [
        point | {"factor": FACTOR, "every": max(1, more // STEPS), "more": more} for point in run.setup.points(run.seed)
    ]
    measured = run.measured(run.rows(restart_row, points, "restart"), 3 * len(points))
    claims = []
    for n in run.setup.sizes:
        claims.append(measured.does_not_interpolate(n))
        claims.append(
            measured.decide(
                f"training loss over that at the restart, n = {n}",
                measured.quotient("train", "before", n),
                (KEPT, inf),
                f"at least {KEPT:g}",
                "a loss that falls",
            )
        )
        changes_ = [_change(measured.table["curve"].iloc[i]) for i in measured.cell(n)]
        values = np.array(changes_, dtype=float)
        interval = mean_interval(values, values, measured.each)
        claims.append(
            measured.decide(
                f"change over the last quarter, n = {n}", interval, (0.0, SETTLED), f"at most {SETTLED:g}", "more"
            )
        )
    title = "Figure 6: warm restart with a falling learning rate"
    return conduct(run, measured, claims, figure="Figure 6", title=title, kind="curves", thresholds=False)


def _change(curve: Any) -> float:
    """The largest relative difference between the end of a curve and its last quarter."""
    losses = read_numbers(curve)
    last = losses[-max(2, len(losses) // 4) :]
    return float(np.abs(last / last[-1] - 1).max())
