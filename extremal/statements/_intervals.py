"""Intervals for shares, means and quantiles.

- *Shares*: Clopper and Pearson (1934), exact for any sample size.
- *Ratios of two shares*: of the failures of both together, how many are the second's, is binomial given their sum if
  the counts are Poisson (Przyborowski and Wilenski, 1940). Binomial counts spread less, so the interval is
  conservative.
- *Quantiles*: between two order statistics, whose ranks come from the binomial law; exact for any law of the data.
  With few repetitions no order statistic is far enough out, and that end is infinite.
- *Means*: Student's t. It supposes that the mean of the repetitions is nearly Gaussian. Δ_n is a norm concentrated
  around its mean (a relative standard deviation of 0.15 to 0.35), which is so from about 20 repetitions on.

Where a number is known up to a bracket only, the low end is that of the lower ends, and the high end that of the upper
ends.
"""

from math import inf, nan, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["clopper_pearson", "mean_interval", "quantile_interval", "ratio_interval"]


def clopper_pearson(successes: int, trials: int, level: float, possible: int | None = None) -> tuple[float, float]:
    """
    Bound a probability.

    Parameters
    ----------
    successes, trials : int
        What was counted.
    level : float
        Probability with which the interval covers, at least.
    possible : int, optional
        Most successes there can have been, where some are not decided; the upper end is then of that number.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> low, high = clopper_pearson(0, 100, 0.95)
    >>> low, round(high, 4)
    (0.0, 0.0362)
    """
    from scipy.stats import beta

    if trials == 0:
        return 0.0, 1.0
    most = successes if possible is None else possible
    tail = (1.0 - level) / 2
    low = beta.ppf(tail, successes, trials - successes + 1) if successes > 0 else 0.0
    high = beta.ppf(1 - tail, most + 1, trials - most) if most < trials else 1.0
    return float(low), float(high)


def ratio_interval(
    sure: int, possible: int, trials: int, other_sure: int, other_possible: int, other_trials: int, level: float
) -> tuple[float, float, float]:
    """
    Bound q/p, the ratio of the probabilities of two kinds of trials.

    Parameters
    ----------
    sure, possible, trials : int
        Fewest and most successes of the first kind (p), and its trials.
    other_sure, other_possible, other_trials : int
        Those of the second kind (q).
    level : float
        Of the interval.

    Returns
    -------
    ratio, low, high : float
        nan where there may be no success at all.

    Examples
    --------
    >>> ratio, low, high = ratio_interval(10, 10, 100, 0, 0, 100, 0.95)
    >>> ratio, low, round(high, 3)
    (0.0, 0.0, 0.446)
    """
    if not trials or not other_trials or not sure + other_sure:
        return nan, nan, nan

    def odds(share: float) -> float:
        return share / (1 - share) * trials / other_trials if share < 1 else inf

    low = odds(clopper_pearson(other_sure, possible + other_sure, level)[0])
    high = odds(clopper_pearson(other_possible, sure + other_possible, level)[1])
    return odds(other_possible / (possible + other_possible)), low, high


def mean_interval(lower: NDArray[np.float64], upper: NDArray[np.float64], level: float) -> tuple[float, float, float]:
    """
    Bound an expectation.

    Parameters
    ----------
    lower, upper : ndarray of shape (r,)
        Brackets of the draws; nan where a draw is missing.
    level : float
        Of the interval.

    Returns
    -------
    mean, low, high : float
        Of the middles of the brackets (of the lower ends where the upper are infinite).
    """
    from scipy.stats import t

    kept = ~np.isnan(lower)
    lower, upper = lower[kept], upper[kept]
    if len(lower) == 0:
        return nan, nan, nan
    finite = bool(np.isfinite(upper).all())
    mean = float((lower + upper).mean() / 2) if finite else float(lower.mean())
    if len(lower) == 1:
        return mean, -inf, inf
    factor = float(t.ppf((1 + level) / 2, len(lower) - 1)) / sqrt(len(lower))
    low = float(lower.mean() - factor * lower.std(ddof=1))
    return mean, low, float(upper.mean() + factor * upper.std(ddof=1)) if finite else inf


def quantile_interval(
    lower: NDArray[np.float64], upper: NDArray[np.float64], p: float, level: float
) -> tuple[float, float, float]:
    """
    Bound a quantile by order statistics.

    Parameters
    ----------
    lower, upper : ndarray of shape (r,)
        Brackets of the draws; nan where a draw is missing.
    p : float
        Which quantile, between 0 and 1.
    level : float
        Probability with which the interval covers, at least, whatever the law.

    Returns
    -------
    quantile, low, high : float
        The ends are 0 (the draws are lengths) and infinity where the draws are too few.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(1.0, 101.0)
    >>> quantile_interval(x, x, 0.5, 0.95)
    (50.5, 40.0, 61.0)
    """
    from scipy.stats import binom

    kept = ~np.isnan(lower)
    lower, upper = np.sort(lower[kept]), np.sort(upper[kept])
    count = len(lower)
    if count == 0:
        return nan, nan, nan
    tail = (1.0 - level) / 2
    # P(x_(i) > q) = P(B ≤ i − 1) with B ~ Bin(count, p) the number of draws up to q
    i = int(binom.ppf(tail, count, p))
    j = int(binom.ppf(1 - tail, count, p)) + 1
    with np.errstate(invalid="ignore"):
        middle = np.where(np.isfinite(upper), (lower + upper) / 2, lower)
    estimate = float(np.quantile(middle, p))
    return estimate, float(lower[i - 1]) if i >= 1 else 0.0, float(upper[j - 1]) if j <= count else inf
