r"""Where a probability that rises with n crosses one half, and how that place depends on other parameters.

In each series (such as one for each d) the outcome at n is 1 with probability 1/(1 + e^{−b(log n − t)}), b ≥ 0: e^t is
the threshold, where the probability is ½. Of the likelihood, the largest value over b is left as a function of t, the
profile of the series. An interval for t, or for a linear combination Σ c_i t_i over the series such as a log-log slope,
is what the likelihood-ratio test at its level does not reject (one degree of freedom). It exists for outcomes that b =
∞ fits (all 0 up to some n and all 1 from there), where an expansion around the estimate does not.

Outcomes that are not decided count as 0 and as 1: the interval covers both. An end at the border of what is looked at,
a factor `BEYOND` beyond the grid, is infinite.

As a check without a model, `bracket` gives the largest n at which Clopper and Pearson's interval is below ½, and the
smallest at which it is above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, nan

import numpy as np
from numpy.typing import NDArray

from ._intervals import clopper_pearson

__all__ = ["Series", "bracket", "combination", "threshold"]

Floats = NDArray[np.float64]
# A factor in n on each side of the grid.
BEYOND = 4.0
# Points in t, and steepnesses b: from nearly flat to a jump between two neighbours of any grid.
POINTS = 300
STEEPNESS = np.concatenate([np.zeros(1), np.geomspace(0.2, 500.0, 30)])


@dataclass(frozen=True)
class Series:
    """Outcomes by n: trials, and the fewest and most successes that there can be."""

    n: tuple[int, ...]
    trials: tuple[int, ...]
    sure: tuple[int, ...]
    possible: tuple[int, ...]

    @property
    def grid(self) -> Floats:
        """The values of t that are looked at."""
        return np.linspace(log(self.n[0] / BEYOND), log(self.n[-1] * BEYOND), POINTS)

    def profile(self, successes: Sequence[int]) -> Floats:
        """The log-likelihood at each t of the grid, for the best b."""
        x = np.log(self.n)
        good = np.asarray(successes, dtype=float)
        bad = np.asarray(self.trials, dtype=float) - good
        z = STEEPNESS[:, None, None] * (x - self.grid[:, None])
        # log p = −log(1 + e^{−z}) and log(1 − p) = −log(1 + e^z)
        values = -(good * np.logaddexp(0.0, -z) + bad * np.logaddexp(0.0, z)).sum(axis=2)
        return np.asarray(values.max(axis=0))

    def profiles(self) -> tuple[Floats, Floats]:
        """Those of the most and of the fewest successes: thresholds are lowest and highest."""
        return self.profile(self.possible), self.profile(self.sure)


def threshold(series: Series, level: float) -> tuple[float, float, float]:
    """
    Estimate where the probability is ½.

    Parameters
    ----------
    series : Series
        Outcomes by n.
    level : float
        Of the interval.

    Returns
    -------
    n, low, high : float
        0 and infinity where the data sets no limit; the estimate is nan if it is beyond the grid.

    Examples
    --------
    >>> n, low, high = threshold(Series((10, 20, 40, 80), (20,) * 4, (0, 4, 17, 20), (0, 4, 17, 20)), 0.95)
    >>> round(n), round(low), round(high)
    (27, 23, 32)
    """
    estimate, low, high = combination([series], np.ones(1), level)
    n = exp(estimate) if series.n[0] < exp(estimate) < series.n[-1] else nan
    return n, 0.0 if low == -inf else exp(low), inf if high == inf else exp(high)


def bracket(series: Series, level: float) -> tuple[float, float]:
    """Find the largest n with a share surely below ½, and the smallest from which it is above; nan without one."""
    below, above = nan, nan
    cells = [
        (n, *clopper_pearson(sure, trials, level, possible))
        for n, trials, sure, possible in zip(series.n, series.trials, series.sure, series.possible, strict=True)
    ]
    for n, _, high in cells:
        if high < 0.5:
            below = float(n)
    for n, low, _ in reversed(cells):
        if not low > 0.5:
            break
        above = float(n)
    return below, above


def combination(series: Sequence[Series], c: Floats, level: float) -> tuple[float, float, float]:
    """
    Estimate Σ c_i t_i over several series, t_i being the logarithm of the threshold of each.

    Parameters
    ----------
    series : sequence of k Series
        Independent.
    c : ndarray of shape (k,)
        Not 0.
    level : float
        Of the interval.

    Returns
    -------
    estimate, low, high : float
        Infinite where the data sets no limit.
    """
    from scipy.stats import chi2

    slack = float(chi2.ppf(level, 1)) / 2
    middles, ends = [], []
    for extreme in (0, 1):
        # the lowest combination has low thresholds where c > 0 and high ones where c < 0
        chosen = [s.profiles()[extreme if weight > 0 else 1 - extreme] for s, weight in zip(series, c, strict=True)]
        places = [weight * s.grid for s, weight in zip(series, c, strict=True)]
        # flat tops (nothing between two n) count by their middle
        middles.append(sum(float(u[p >= p.max() - 1e-9].mean()) for u, p in zip(places, chosen, strict=True)))
        outer = [int(np.argmin(u) if extreme == 0 else np.argmax(u)) for u in places]
        open_ = any(p[i] >= p.max() - slack for p, i in zip(chosen, outer, strict=True))
        sums, values, width = _combine(places, chosen)
        kept = sums[values >= sum(float(p.max()) for p in chosen) - slack]
        sign = -1.0 if extreme == 0 else 1.0
        ends.append(sign * inf if open_ else float((kept.min() if extreme == 0 else kept.max()) + sign * width))
    return float(sum(middles)) / 2, ends[0], ends[1]


def _combine(places: Sequence[Floats], profiles: Sequence[Floats]) -> tuple[Floats, Floats, float]:
    """The largest Σ profiles for each value of Σ places, the values being up to `width` off."""
    sums, values, width = places[0], profiles[0], abs(float(places[0][1] - places[0][0]))
    for u, p in zip(places[1:], profiles[1:], strict=True):
        together = np.add.outer(sums, u).ravel()
        least, step = together.min(), np.ptp(together) / (2 * POINTS)
        cell = np.minimum(((together - least) / step).astype(int), 2 * POINTS - 1)
        found = np.full(2 * POINTS, -inf)
        np.maximum.at(found, cell, np.add.outer(values, p).ravel())
        sums, values = least + (np.arange(2 * POINTS) + 0.5) * step, found
        width += step
    return sums, values, width
