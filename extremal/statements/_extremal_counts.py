r"""Section 4: under Assumption 4.1 and for n ≥ n*, exactly two extremal vectors, D_n(β*) and D_n(−β*) (Eq. 19).

n* = Θ(d³ log d).

For each (d, n) the share of samples with exactly two extremal vectors, with Clopper and Pearson's interval; and, for
linear teachers, the share in which these are D_n(β*) and D_n(−β*). At the largest n of the grid a share is

- supported if its interval is above `level`;
- contradicted if its interval is below `level` and the share has not risen significantly over a grid that spans a
  factor of `SPAN` at least: the statement is about n ≥ n*, and a share that still rises may get there;
- inconclusive otherwise.

Whether the law satisfies Assumption 4.1 is asked of the law itself; where it does not, nothing is supported.
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..data._arguments import as_number
from ..errors import InvalidValueError
from ._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim, hypothesis, rows_claim
from ._frames import frame, numbers
from ._intervals import clopper_pearson, mean_interval
from ._settings import Settings, read_settings
from ._tasks import count_row
from ._verdict import Verdict, conclude

__all__ = ["extremal_counts"]

DIMENSIONS = (2, 3, 4)
SPAN = 10


def extremal_counts(
    law: Any = "assumption41",
    n: Sequence[int] = (10, 30, 100, 300, 1000),
    d: Sequence[int] | None = None,
    repetitions: int = 60,
    *,
    teacher: str = "linear",
    noise: Any = 0.3,
    confidence: float = 0.95,
    level: float = 0.9,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check that under Assumption 4.1 the number of extremal vectors falls to exactly two.

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
    level : float
        Share of samples above which two vectors is supported.
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, repetitions, mean, low, high (of the expected number), share_two, share_low, share_high.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Examples
    --------
    >>> from extremal.statements import extremal_counts
    >>> extremal_counts(n=(10, 100, 400), d=2, repetitions=60).status
    'supported'
    """
    settings = read_settings(
        law, n, d, repetitions, teacher, noise, confidence, seed, executor, store, progress, dimensions=DIMENSIONS
    )
    level = as_number(level, "level", "a probability between 0 and 1, such as 0.9", above=0.0)
    if level >= 1:
        raise InvalidValueError(f"level is {level!r}; expected a probability between 0 and 1, such as 0.9")
    table = settings.run(count_row)
    count, two, predicted = (numbers(table, name) for name in ("count", "two", "predicted"))
    rows, shares, eq19 = [], {}, {}
    for k, size, which in settings.split(table):
        mine = which[~np.isnan(count[which])]
        mean, low, high = mean_interval(count[mine], count[mine], settings.confidence)
        shares[k, size], eq19[k, size] = two[mine], predicted[mine]
        pairs = int(two[mine].sum())
        interval = clopper_pearson(pairs, len(mine), settings.confidence)
        rows.append((k, size, len(mine), mean, low, high, pairs / len(mine) if len(mine) else np.nan, *interval))
    linear = [k for k in settings.laws if not np.isnan(eq19[k, settings.sizes[-1]]).any()]
    joint = settings.level(len(settings.laws) + len(linear))
    claims = [hypothesis("hypothesis", _assumption(settings), "Assumption 4.1")]
    claims += [_claim(settings, f"exactly two, d = {k}", k, shares, level, joint) for k in settings.laws]
    claims += [_claim(settings, f"they are D_n(±β*), d = {k}", k, eq19, level, joint) for k in linear]
    claims.append(rows_claim(table, "complete", "complete: all extremal vectors proved to be found"))
    names = ("d", "n", "repetitions", "mean", "low", "high", "share_two", "share_low", "share_high")
    return conclude("Section 4: two extremal vectors", settings, claims, table, frame(names, rows))


def _assumption(settings: Settings) -> bool | None:
    known = [law.assumptions(rng=settings.seed).holds for law in settings.laws.values()]
    return False if False in known else None if None in known else True


def _claim(settings: Settings, name: str, k: int, shares: dict, least: float, level: float) -> Claim:
    first, last = settings.sizes[0], settings.sizes[-1]
    share, low, high = _share(shares[k, last], level)
    _, _, before = _share(shares[k, first], level)
    words = f"share above {least:g} for large n"
    if low > least:
        return Claim(name, SUPPORTED, share, low, high, words, f"[{low:.3g}, {high:.3g}] at n = {last}")
    if high < least and last >= SPAN * first and not low > before:
        reason = f"[{low:.3g}, {high:.3g}] at n = {last}, and no significant rise from n = {first} on"
        return Claim(name, CONTRADICTED, share, low, high, words, reason)
    reason = f"[{low:.3g}, {high:.3g}] at n = {last}: n* may be larger, or the repetitions too few"
    return Claim(name, INCONCLUSIVE, share, low, high, words, reason)


def _share(draws: np.ndarray, level: float) -> tuple[float, float, float]:
    low, high = clopper_pearson(int(draws.sum()), len(draws), level)
    return float(draws.mean()) if len(draws) else np.nan, low, high
