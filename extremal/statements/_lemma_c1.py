r"""Lemma C.1: for continuous marginals of x, sup ‖D − D(w)‖ over w and D ∈ 𝒟_n(w) is the supremum over cones.

Two enumerations that share nothing but the samples: the cones, with D_n on each; and the faces of least dimension,
with all vertices of the zonotope 𝒟_n there. D(w), which is continuous, is constant near a face for the purpose of the
lemma, so the comparison is with constants c: 0, and D(w) for d random w. The two suprema are equal for every c
exactly if the convex hulls of the two sets of vectors are.

The lemma holds almost surely, so one sample in which the suprema differ by more than rounding contradicts it. If rows
of a sample are parallel or otherwise dependent, which has probability 0 under the hypothesis, they do differ: 𝒟_n
lets two equal rows, or two opposite ones, be active independently of each other.
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim, rows_claim
from ._frames import column, frame, numbers
from ._intervals import clopper_pearson
from ._settings import read_settings
from ._tasks import suprema_row
from ._verdict import Verdict, conclude

__all__ = ["lemma_c1"]

DIMENSIONS = (2, 3)
# Both are sums of n terms of floats; 2^10 times the rounding error of one addition.
ROUNDING = 2.0**-42
# A lemma that fails for a tenth of the samples must not pass.
LEAST_SHARE = 0.9


def lemma_c1(
    law: Any = "gaussian",
    n: Sequence[int] = (4, 6, 9, 12),
    d: Sequence[int] | None = None,
    repetitions: int = 20,
    *,
    teacher: str = "linear",
    noise: Any = 0.3,
    confidence: float = 0.95,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check Lemma C.1: the supremum over the Clarke subdifferential is that over activation cones.

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
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, repetitions, equal (samples in which the two agree up to rounding), general (samples in general
        position), largest (relative excess of the Clarke supremum).

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Examples
    --------
    >>> from extremal.statements import lemma_c1
    >>> lemma_c1(n=(4, 6), d=2).status
    'supported'
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
        fewest_repetitions=1,
    )
    table = settings.run(suprema_row)
    excess, general = numbers(table, "excess"), np.array([value is True for value in column(table, "general")])
    level = settings.level(len(settings.laws))
    rows, claims = [], []
    for k, size, which in settings.split(table):
        known = which[~np.isnan(excess[which])]
        equal = int((np.abs(excess[known]) <= ROUNDING).sum())
        largest = float(excess[known].max()) if len(known) else np.nan
        rows.append((k, size, len(known), equal, int(general[known].sum()), largest))
    for k in settings.laws:
        mine = np.flatnonzero((table["d"].to_numpy() == k) & ~np.isnan(excess))
        agree = np.abs(excess[mine]) <= ROUNDING
        claims.append(_claim(k, agree, general[mine], excess[mine], level))
    claims.append(rows_claim(table, None, "computed"))
    names = ("d", "n", "repetitions", "equal", "general", "largest")
    return conclude("Lemma C.1", settings, claims, table, frame(names, rows))


def _claim(k: int, agree: np.ndarray, general: np.ndarray, excess: np.ndarray, level: float) -> Claim:
    name, words, trials = f"equal, d = {k}", "equal in every sample", len(agree)
    low, high = clopper_pearson(int(agree.sum()), trials, level)
    share = float(agree.mean()) if trials else np.nan
    if not agree.all():
        dependent = int((~general & ~agree).sum())
        reason = (
            f"{trials - int(agree.sum())} of {trials} samples differ, by up to {np.abs(excess).max():.2g}; in "
            f"{dependent} of these rows depend on each other, which continuous marginals exclude"
        )
        return Claim(name, CONTRADICTED, share, low, high, words, reason)
    if low > LEAST_SHARE:
        return Claim(name, SUPPORTED, share, low, high, words, f"all {trials} samples agree up to rounding")
    reason = f"all {trials} samples agree, too few to exclude that a tenth do not"
    return Claim(name, INCONCLUSIVE, share, low, high, words, reason)
