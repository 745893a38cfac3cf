r"""What is measured on the rows of an experiment, and how a claim about it is decided.

A run interpolates if its training loss is below `INTERPOLATES` times the noise level σ²/2. Ratios of losses are
compared on a logarithmic scale: the mean over the repetitions of log(loss/level), with Student's interval. So an
outlier does not carry the mean, and with few repetitions the interval is wide. The threshold is the n at which half of
the runs interpolate, with the interval of `extremal.statements` for it.

The paper's words fix no numbers for "close to the noise level" or "does not interpolate"; the bounds here are choices,
named below, and were set before the runs at full size.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, inf, isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from ..statements._claims import CONTRADICTED, INCONCLUSIVE, Claim, decide
from ..statements._frames import frame, numbers
from ..statements._intervals import mean_interval
from ..statements._thresholds import Series, combination, threshold

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Measured", "cubic", "exponent"]

# Shares of the noise level: a training loss below this interpolates; one above that does not.
INTERPOLATES, OVERFITS_NOT = 0.05, 0.5
# Test losses, relative to the noise level: at most this is near it, and this and more is far from it.
NEAR, FAR = 1.25, 1.5
# A loss of exactly 0 has a logarithm all the same.
TINY = 1e-300


class Measured:
    """
    The rows of an experiment, by sample size.

    Parameters
    ----------
    table : DataFrame
        Of a sweep over `losses_row` or a like task.
    level : float
        σ²/2.
    confidence : float
        Of all claims together.
    claims : int
        How many there will be.
    small : str
        Why a claim that fails is not yet a contradiction; empty at full size.
    """

    def __init__(self, table: "pd.DataFrame", level: float, confidence: float, claims: int, small: str):
        self.table = table
        self.level = level
        self.confidence = confidence
        self.each = 1.0 - (1.0 - confidence) / claims
        self.small = small
        self.values = {name: numbers(table, name) for name in ("n", "train", "test", "aligned", "before")}
        self.done = (table["status"] == "done").to_numpy()

    def cell(self, n: int, **where: Any) -> np.ndarray:
        """Positions of the runs that are done, at n and with these values in other columns."""
        chosen = self.done & (self.values["n"] == n)
        for name, value in where.items():
            chosen = chosen & (self.table[name] == value).to_numpy()
        return np.flatnonzero(chosen)

    def ratio(self, name: str, n: int, level: float | None = None, **where: Any) -> tuple[float, float, float]:
        """The geometric mean of a loss over the noise level, with its interval."""
        return _geometric(self.values[name][self.cell(n, **where)] / self.level, self.each if level is None else level)

    def quotient(self, name: str, other: str, n: int) -> tuple[float, float, float]:
        """The geometric mean of one loss over another of the same run, with its interval."""
        cell = self.cell(n)
        return _geometric(self.values[name][cell] / np.maximum(self.values[other][cell], TINY), self.each)

    def mean(self, name: str, n: int, level: float | None = None, **where: Any) -> tuple[float, float, float]:
        """The mean of a share, with its interval."""
        values = self.values[name][self.cell(n, **where)]
        mean, low, high = mean_interval(values, values, self.each if level is None else level)
        return mean, max(low, 0.0), min(high, 1.0)

    def interpolates(self, n: int, **where: Any) -> Claim:
        """Whether the training loss is next to nothing at n."""
        words = f"at most {INTERPOLATES:g} of the noise level"
        return self.decide(
            f"training loss, n = {n}", self.ratio("train", n, **where), (0.0, INTERPOLATES), words, "no interpolation"
        )

    def does_not_interpolate(self, n: int, name: str = "", **where: Any) -> Claim:
        """Whether the training loss stays near the noise level at n: not far below, nor above, as if diverged."""
        words = f"{OVERFITS_NOT:g} to {NEAR:g} of the noise level"
        interval = self.ratio("train", n, **where)
        return self.decide(
            f"training loss, n = {n}{name}", interval, (OVERFITS_NOT, NEAR), words, "a fit of the noise, or none at all"
        )

    def near(self, n: int, name: str = "", **where: Any) -> Claim:
        """Whether the test loss is close to the noise level at n."""
        words = f"at most {NEAR:g} times the noise level"
        return self.decide(
            f"test loss, n = {n}{name}", self.ratio("test", n, **where), (0.0, NEAR), words, "larger losses"
        )

    def far(self, n: int, **where: Any) -> Claim:
        """Whether the test loss is far above the noise level at n."""
        words = f"at least {FAR:g} times the noise level"
        return self.decide(f"test loss, n = {n}", self.ratio("test", n, **where), (FAR, inf), words, "smaller losses")

    def decide(
        self, name: str, interval: tuple[float, float, float], range_: tuple[float, float], words: str, against: str
    ) -> Claim:
        """Decide a claim by its interval: supported inside of the range, contradicted outside of it."""
        low = -inf if range_[0] <= 0 else range_[0]
        return self.soften(decide(name, interval, (low, range_[1]), (low, range_[1]), words, against))

    def below(self, name: str, interval: tuple[float, float, float], bound: float) -> Claim:
        """Decide whether an interval is below a bound that may not be known."""
        if isnan(bound):
            return Claim(name, INCONCLUSIVE, *interval, "no prediction", "the bound is not defined on this grid")
        return decide(name, interval, (-inf, bound), (-inf, bound), f"at most {bound:.3g}", "more")

    def soften(self, claim: Claim) -> Claim:
        """A claim that fails in a smaller setting than the paper's is inconclusive."""
        if claim.status != CONTRADICTED or not self.small:
            return claim
        return replace(claim, status=INCONCLUSIVE, reason=f"{claim.reason}; {self.small}", softened=True)

    def series(self, sizes: Sequence[int], **where: Any) -> Series:
        """At each n the runs that do not interpolate: a probability that rises with n."""
        trials, failures = [], []
        for n in sizes:
            losses = self.values["train"][self.cell(n, **where)]
            trials.append(len(losses))
            failures.append(int((losses >= INTERPOLATES * self.level).sum()))
        return Series(tuple(sizes), tuple(trials), tuple(failures), tuple(failures))

    def threshold(self, sizes: Sequence[int], **where: Any) -> tuple[float, float, float]:
        """The n at which half of the runs interpolate, with an interval of `confidence` alone."""
        if len(sizes) < 2 or min(self.series(sizes, **where).trials) < 1:
            return nan, 0.0, inf
        return threshold(self.series(sizes, **where), self.confidence)

    def shift(self, sizes: Any, low: dict[str, Any], high: dict[str, Any]) -> tuple[float, float, float]:
        """The threshold of one series over that of another, with its interval; sizes(where) are those of a series."""
        pair = [self.series(sizes(where), **where) for where in (low, high)]
        if any(min(series.trials, default=0) < 1 or len(series.n) < 2 for series in pair):
            return nan, 0.0, inf
        estimate, least, most = combination(pair, np.array([-1.0, 1.0]), self.each)
        return exp(estimate), exp(least) if least > -inf else 0.0, exp(most) if most < inf else inf

    def summary(self, by: str | None, names: dict[Any, str], sizes: Any) -> "pd.DataFrame":
        """One row for each n of each series: geometric means over the noise level, and shares."""
        rows = []
        for value in names:
            where = {} if by is None else {by: value}
            for n in sizes(where):
                which = self.cell(n, **where)
                losses = [self.ratio(name, n, self.confidence, **where) for name in ("train", "test")]
                geometric = [
                    float(np.exp(np.log(np.maximum(numbers(self.table, name)[which], TINY)).mean()) / self.level)
                    if len(which)
                    else nan
                    for name in ("ols_train", "ols_test")
                ]
                aligned = self.mean("aligned", n, self.confidence, **where)
                fitted = self.values["train"][which] < INTERPOLATES * self.level
                share = float(fitted.mean()) if len(which) else nan
                rows.append((value, n, len(which), *losses[0], *losses[1], *geometric, share, *aligned))
        columns = "series n runs train train_low train_high test test_low test_high ols_train ols_test"
        columns += " interpolates aligned aligned_low aligned_high"
        return frame(columns.split(), rows)


def _geometric(ratios: np.ndarray, level: float) -> tuple[float, float, float]:
    """The geometric mean of positive numbers, with its interval."""
    logs = np.log(np.maximum(ratios, TINY))
    mean, low, high = (inf if v > 700.0 else exp(v) for v in mean_interval(logs, logs, level))
    return mean, low, high


def exponent(measured: Measured, sizes: Any, dimensions: Sequence[int]) -> tuple[float, float, float]:
    """The log-log slope of the threshold against d, with its interval."""
    x = np.log(np.array(dimensions, dtype=float))
    c = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    series = [measured.series(sizes({"d": d}), d=d) for d in dimensions]
    if any(min(s.trials, default=0) < 1 or len(s.n) < 2 for s in series):
        return nan, -inf, inf
    return combination(series, c, measured.each)


def cubic(dimensions: Sequence[int]) -> float:
    """The slope of d³ log d over these d."""
    x = np.log(np.array(dimensions, dtype=float))
    c = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    return 3.0 + float(c @ np.log(x)) if min(dimensions) > 1 else nan
