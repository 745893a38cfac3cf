r"""Proposition 3.1: if E‖yx‖⁴ < ∞, extremal vectors are within ε of solutions of Eq. 6 for n ≥ n*(ε).

That has probability 1 − O(1/n), for every ε.

Measured is, in each sample, the largest distance from one of its extremal vectors to the nearest solution of Eq. 6.
Only samples of which `find` proved that it has all vectors count as settled. ε is in units of the longest solution.

- *Decay*, for each d: the slope of log E distance on log n. The proposition gives no rate, only convergence;
  predicted is at most `SHRINKING`, and the alternative is 0. (Theorem 3.1 suggests about −½.)
- *n\*(ε)*, for each d and the smallest ε: the least n of the grid from which on the lower confidence limit of the
  share of samples within ε exceeds `level`. It exists on the grid, or the claim is inconclusive.

Where not all solutions of Eq. 6 are known, distances to those that are known can only be larger than the true ones,
so that what shrinks still supports; what does not then contradicts nothing.
"""

import os
from collections.abc import Sequence
from math import inf, nan
from typing import Any

import numpy as np

from ..data._arguments import as_number
from ..errors import InvalidValueError
from ._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim, decide, rows_claim
from ._frames import frame, numbers
from ._intervals import clopper_pearson, mean_interval
from ._moments import moments_claim
from ._settings import Settings, read_settings
from ._slopes import cell_of, slopes
from ._tasks import distance_row, solutions
from ._verdict import Verdict, conclude

__all__ = ["proposition_3_1"]

DIMENSIONS = (2, 3, 4)
# Slower powers of n are not called convergence.
SHRINKING = -0.1
FITS = ("d", "slope", "slope_low", "slope_high", "intercept", "predicted")


def proposition_3_1(
    law: Any = "gaussian",
    n: Sequence[int] = (50, 200, 800, 3200),
    d: Sequence[int] | None = None,
    repetitions: int = 60,
    *,
    teacher: str = "linear",
    noise: Any = 0.3,
    confidence: float = 0.95,
    eps: Sequence[float] = (1.0, 0.5, 0.25),
    level: float = 0.9,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check Proposition 3.1: extremal vectors approach the solutions of Eq. 6 as n grows.

    Parameters
    ----------
    law : str, Law, or callable
        A name for `extremal.laws.named`; a law, which has its own dimension; or a function d -> Law (of a module, if
        processes run it).
    n : sequence of int
        Sample sizes.
    d : sequence of int, optional
        Dimensions; by default 2, 3, 4, or that of the law.
    repetitions : int
        Samples for each (d, n).
    teacher, noise
        For `extremal.laws.named`.
    confidence : float
        Of all claims together.
    eps : sequence of float
        Distances, in units of the longest solution of Eq. 6.
    level : float
        Share of samples that n*(ε) asks to be within ε.
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, repetitions, mean, low, high (of the expected distance), largest. `thresholds`: eps, d, n_star
        (nan where it is beyond the grid). `fits`: d, slope, slope_low, slope_high, intercept, predicted (nan: the
        proposition has no rate).

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Examples
    --------
    >>> from extremal.statements import proposition_3_1
    >>> proposition_3_1(n=(50, 400), d=2, repetitions=20).summary[["d", "n", "repetitions"]]
       d    n  repetitions
    0  2   50           20
    1  2  400           20
    """
    settings = read_settings(
        law,
        n,
        d,
        repetitions,
        teacher,
        noise,
        confidence,
        seed,
        executor,
        store,
        progress,
        dimensions=DIMENSIONS,
        fewest_sizes=2,
    )
    expected = "distances above 0, in units of the longest solution of Eq. 6"
    scales = sorted(as_number(e, "eps", expected, above=0.0) for e in ([eps] if np.isscalar(eps) else eps))
    level = as_number(level, "level", "a probability between 0 and 1, such as 0.9", above=0.0)
    if not scales or level >= 1:
        raise InvalidValueError(f"eps is {eps!r} and level is {level!r}; expected {expected}, and a level below 1")
    table = settings.run(distance_row)
    distance = numbers(table, "distance")
    claims = [moments_claim(settings, 4)]
    joint = settings.level(2 * len(settings.laws))
    rows, thresholds, fits, cells = [], [], [], {}
    for k, size, which in settings.split(table):
        mine = distance[which][~np.isnan(distance[which])]
        cells[k, size] = mine
        mean, low, high = mean_interval(mine, mine, settings.confidence)
        rows.append((k, size, len(mine), mean, low, high, float(mine.max()) if len(mine) else nan))
    for k, made in settings.laws.items():
        complete, unit = _population(made)
        claim, fit = _decay(settings, k, cells, complete, joint)
        claims.append(claim)
        fits.append(fit)
        for e in scales:
            thresholds.append((e, k, _n_star(settings, k, cells, e * unit, level, settings.confidence)))
        claims.append(_reached(settings, k, cells, scales[0], unit, level, joint))
    claims.append(rows_claim(table, "complete", "complete: all extremal vectors proved to be found"))
    names = ("d", "n", "repetitions", "mean", "low", "high", "largest")
    return conclude(
        "Proposition 3.1",
        settings,
        claims,
        table,
        frame(names, rows),
        frame(FITS, fits),
        frame(("eps", "d", "n_star"), thresholds),
    )


def _population(law: Any) -> tuple[bool, float]:
    """Whether all solutions of Eq. 6 are known, and the length of the longest; nan if there are none."""
    try:
        known = solutions(law)
    except InvalidValueError:  # D(w) does not exist; every row has failed
        return False, nan
    lengths = np.linalg.norm(known.vectors, axis=1)
    return known.complete, float(lengths.max()) if len(lengths) and lengths.max() > 0 else nan


def _decay(settings: Settings, k: int, cells: dict, complete: bool, level: float) -> tuple[Claim, tuple]:
    design = np.column_stack([np.ones(len(settings.sizes)), np.log(settings.sizes)])
    intercept, slope = slopes([cell_of(cells[k, size], cells[k, size]) for size in settings.sizes], design, level)
    words = f"slope at most {SHRINKING:g}"
    claim = decide(f"decay, d = {k}", slope, (-inf, SHRINKING), (-inf, 0.0), words, "no decay (0)")
    if not complete and claim.status == CONTRADICTED:
        reason = "the distances do not shrink, but not all solutions of Eq. 6 are known"
        claim = Claim(claim.name, INCONCLUSIVE, claim.measured, claim.low, claim.high, words, reason)
    return claim, (k, *slope, intercept[0], nan)


def _within(settings: Settings, k: int, cells: dict, size: int, eps: float, level: float) -> tuple[float, float, float]:
    mine = cells[k, size]
    if not len(mine) or eps != eps:
        return nan, nan, nan
    near = int((mine <= eps).sum())
    return near / len(mine), *clopper_pearson(near, len(mine), level)


def _n_star(settings: Settings, k: int, cells: dict, eps: float, least: float, level: float) -> float:
    """Find the least n from which on the lower limit is above `least`."""
    found = nan
    for size in reversed(settings.sizes):
        if not _within(settings, k, cells, size, eps, level)[1] > least:
            break
        found = float(size)
    return found


def _reached(settings: Settings, k: int, cells: dict, eps: float, unit: float, least: float, level: float) -> Claim:
    size = settings.sizes[-1]
    share, low, high = _within(settings, k, cells, size, eps * unit, level)
    name, words = f"within {eps:g}, d = {k}", f"share above {least:g} from some n on"
    if low > least:
        first = _n_star(settings, k, cells, eps * unit, least, level)
        return Claim(name, SUPPORTED, share, low, high, words, f"from n = {first:g} on")
    reason = f"at n = {size} the share may be {low:.3g}: n* may be larger, or the repetitions too few"
    return Claim(name, INCONCLUSIVE, share, low, high, words, reason)
