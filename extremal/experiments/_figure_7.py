"""Figure 7: in dimension 10 the threshold is further out, roughly as d³."""

from dataclasses import replace
from typing import Any

from ._conduct import Run, conduct
from ._experiment import Experiment
from ._figure_2 import SETUPS as LOSSES
from ._setup import Setup

__all__ = ["SETUPS", "figure_7"]

SETUPS: dict[str, Setup] = {
    "quick": replace(LOSSES["quick"], d=10, sizes=(64, 256, 1024, 4096, 16_384), repetitions=3),
    "paper": replace(LOSSES["paper"], d=10, sizes=(500, 1000, 2000, 3000, 5000, 7000, 10_000, 20_000, 50_000)),
}


def figure_7(
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
    Measure the losses in dimension 10, and the shift of the threshold from dimension 5 (Fig. 7).

    Parameters
    ----------
    preset, by, seed, confidence, executor, store, progress, **changes
        As in `figure_2`. The runs in dimension 5 are those of `figure_2`, with the same changes but for d and sizes.

    Returns
    -------
    Experiment

    Notes
    -----
    Claims: at the largest n the network does not interpolate, and its test loss is close to the noise level; the n up
    to which half of the runs interpolate is larger than in dimension 5. "Roughly as d³" would be a factor of 8, which
    the measured factor and its interval may be compared with.

    Examples
    --------
    >>> from extremal.experiments import figure_7
    >>> result = figure_7(sizes=(8, 400), repetitions=2, width=50, iterations=2000)
    >>> sorted(set(result.table["d"]))
    [5, 10]
    """
    run = Run(preset, SETUPS, seed, confidence, executor, store, progress, changes, by)
    d = run.setup.d
    five = replace(run.setup, d=5, sizes=LOSSES["paper" if preset == "paper" else "quick"].sizes)
    if "sizes" in changes:
        five = replace(five, sizes=run.setup.sizes)
    sizes = {d: run.setup.sizes, 5: five.sizes}
    points = run.setup.points(run.seed) + (five.points(run.seed) if d != 5 else [])
    measured = run.measured(run.losses(points), 3)
    last = run.setup.sizes[-1]
    shift = measured.shift(lambda where: sizes[where["d"]], {"d": 5}, {"d": d})
    claims = [
        measured.does_not_interpolate(last, f", d = {d}", d=d),
        measured.near(last, f", d = {d}", d=d),
        measured.decide(
            f"threshold, d = {d} over d = 5", shift, (1.0, float("inf")), f"above 1; d³: {(d / 5) ** 3:g}", "no shift"
        ),
    ]
    return conduct(
        run,
        measured,
        claims,
        figure="Figure 7",
        title=f"Figure 7: losses against n in dimension {d}",
        kind="losses",
        by="d",
        series={d: f"d = {d}"} | ({5: "d = 5"} if d != 5 else {}),
        sizes=lambda where: sizes[where["d"]],
    )
