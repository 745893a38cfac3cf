r"""Corollary D.1: with a fourth moment, Δ_n ≤ C √(d log n/n · E‖yx‖²) but for O(1/n) of the probability.

C is fixed beforehand: given, or, for each d, the quantile `CALIBRATED` of Δ_n/√(d log n/n · E‖yx‖²) in the first half
of the repetitions with the smallest n, which then count no more. A failure is a Δ_n above C times the scale; where
the bracket leaves that open, it counts as a failure for the upper confidence limit and as none for the lower one.

The corollary bounds the failure probability p_n by K/n, K depending on Var‖yx‖²/E[‖yx‖²]². With K from the smallest n,
the quotient of p at the largest n by p at the smallest, each an average over d, is predicted to be at most the inverse
quotient of the n, times `SLACK` for terms of lower order. The alternative is that p does not decrease. The repetitions
can hardly tell 1/n from 1/√n; the claim is a decay that is compatible with 1/n.

If C is so large that nothing fails there is no decay to see, and the claim is inconclusive. If it is too small the
corollary does not hold with it: the scale falls more slowly than Δ_n by √log n only, and p_n as a small power of n.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from math import inf, isfinite, log, nan, sqrt
from typing import Any

import numpy as np

from ..data._arguments import as_number
from ..errors import InvalidValueError
from ._claims import decide, rows_claim
from ._frames import frame, numbers
from ._intervals import clopper_pearson, ratio_interval
from ._moments import moments_claim
from ._settings import read_gap, read_settings
from ._tasks import deviation_row
from ._verdict import Verdict, conclude

__all__ = ["corollary_d1"]

DIMENSIONS = (2, 3)
# Enough failures at the smallest n for their decay to show.
CALIBRATED = 0.9
# Terms of lower order in p_n = O(1/n).
SLACK = 2.0


def corollary_d1(
    law: Any = "gaussian",
    n: Sequence[int] = (25, 100, 400),
    d: Sequence[int] | None = None,
    repetitions: int = 150,
    *,
    teacher: str = "linear",
    noise: Any = 0.3,
    confidence: float = 0.95,
    constant: float | None = None,
    gap: float = 0.05,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check Corollary D.1: Δ_n ≤ C √(d log n/n · E‖yx‖²), but for a probability that falls as 1/n.

    Parameters
    ----------
    law : str, Law, or callable
        A name for `extremal.laws.named`; a law, which has its own dimension; or a function d -> Law (of a module, if
        processes run it).
    n : sequence of int
        Sample sizes.
    d : sequence of int, optional
        Dimensions; by default 2, 3, or that of the law.
    repetitions : int
        Samples for each (d, n).
    teacher, noise
        For `extremal.laws.named`.
    confidence : float
        Of all claims together.
    constant : float, optional
        C. By default it is set by half of the repetitions with the smallest n, for each d.
    gap : float
        Relative width of the bracket of each Δ_n.
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, repetitions, failures, share (of repetitions without failure), share_low, share_high, constant.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Notes
    -----
    The corollary supposes E‖yx‖⁴ < ∞, for a linear teacher eight moments of x. Where it is infinite, or not known to be
    finite, nothing is supported.

    Examples
    --------
    >>> from extremal.statements import corollary_d1
    >>> corollary_d1(n=(50, 200), d=2, repetitions=20, constant=5.0).summary["failures"].tolist()
    [0, 0]
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
        fewest_repetitions=10,
    )
    if settings.sizes[0] < 2:
        raise InvalidValueError(f"n is {n!r}; expected sample sizes of 2 or more, for log n to be positive")
    if constant is not None:
        constant = as_number(constant, "constant", "C, a number above 0, or None", above=0.0)
    table = settings.run(deviation_row, gap=read_gap(gap))
    lower, upper, repetition = (numbers(table, name) for name in ("lower", "upper", "repetition"))
    moments = {k: made.second_moment().value for k, made in settings.laws.items()}
    claims = [moments_claim(settings, 4)]
    rows, ends, C = [], {}, nan
    for k, size, which in settings.split(table):
        scale = sqrt(k * log(size) / size * moments[k]) if isfinite(moments[k]) else nan
        if size == settings.sizes[0]:
            C = constant if constant is not None else nan
            if constant is None:
                first = upper[which][repetition[which] < settings.repetitions // 2] / scale
                first = first[~np.isnan(first)]
                C = float(np.quantile(first, CALIBRATED, method="higher")) if len(first) else nan
                which = which[repetition[which] >= settings.repetitions // 2]
        known = ~np.isnan(lower[which])
        trials = int(known.sum()) if isfinite(C * scale) else 0
        sure = int((lower[which] > C * scale).sum())
        possible = int((upper[which] > C * scale).sum())
        low, high = clopper_pearson(sure, trials, settings.confidence, possible) if trials else (nan, nan)
        share = 1 - possible / trials if trials else nan
        rows.append((k, size, trials, possible, share, 1 - high, 1 - low, C))
        ends[k, size] = (sure, possible, trials)
    least, most = settings.sizes[0], settings.sizes[-1]
    before, after = (_total([ends[k, size] for k in settings.laws]) for size in (least, most))
    interval = ratio_interval(*before, *after, settings.confidence)
    bound = SLACK * least / most
    words = f"p({most})/p({least}) ≤ {SLACK:g} · {least}/{most} = {bound:.3g}"
    claim = decide("decay", interval, (0.0, bound), (-inf, 1.0), words, "no decay")
    if before[2] and after[2] and not before[1] + after[1]:
        claim = replace(claim, reason="no failures: C is too large for their decay to show; pass a smaller constant")
    claims.append(claim)
    claims.append(rows_claim(table, "certified", "certified"))
    names = ("d", "n", "repetitions", "failures", "share", "share_low", "share_high", "constant")
    return conclude("Corollary D.1", settings, claims, table, frame(names, rows))


def _total(counts: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Sum (sure failures, possible failures, repetitions)."""
    sure, possible, trials = (sum(column) for column in zip(*counts, strict=True))
    return sure, possible, trials
