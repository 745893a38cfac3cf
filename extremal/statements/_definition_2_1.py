r"""Definition 2.1: D is extremal if D ∈ 𝒟_n(w) for a unit vector w, and D = 0 or A_n(D) = ±A_n(w).

The search of `extremal.find` on draws:

*certified*: in rational arithmetic every vector found is extremal, from the data, a sign and a pattern alone;
*complete*: no vector is missing, by the search's own account;
*same*: the enumeration of all faces finds the same vectors, to the last digit of their fractions. It visits every face
and excludes none by bounds; how one face is solved and judged it has in common with the search;
*audit*: Σ (−1)^index over the vectors is the Euler characteristic 1 + (−1)^{d−1} of the sphere, where all of them are
nondegenerate and none is 0. One vector that is missing breaks it.

Each sample is taken as drawn and, from the same draw, degenerate: on a grid of halves, with a row twice, its negative,
and a label 0. What holds without exception must hold in every sample.
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..sweeps import sweep
from ._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim, rows_claim
from ._frames import column, frame
from ._intervals import clopper_pearson
from ._settings import read_settings
from ._tasks import extremal_row
from ._verdict import Verdict, conclude

__all__ = ["definition_2_1"]

DIMENSIONS = (2, 3, 4)
# What fails for a tenth of the samples must not pass.
LEAST_SHARE = 0.9
# What is asked of a sample, and in words.
CHECKS = {
    "certified": "all vectors have an exact certificate",
    "complete": "proved complete",
    "same": "enumeration finds the same vectors",
    "audit": "Σ (−1)^index = 1 + (−1)^(d−1)",
}


def definition_2_1(
    law: Any = "gaussian",
    n: Sequence[int] = (6, 20),
    d: Sequence[int] | None = None,
    repetitions: int = 20,
    *,
    teacher: str = "linear",
    noise: Any = 1.0,
    confidence: float = 0.95,
    tampered: bool = False,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check that `extremal.find` returns the extremal vectors of Definition 2.1, all of them and no others.

    Parameters
    ----------
    law : str, Law, or callable
        A name for `extremal.laws.named`; a law, which has its own dimension; or a function d -> Law (of a module, if
        processes run it).
    n : sequence of int
        Sample sizes, small enough for an enumeration of all faces.
    d : sequence of int, optional
        Dimensions; by default 2, 3, 4, or that of the law.
    repetitions : int
        Samples for each (d, n), each as drawn and degenerate.
    teacher, noise
        For `extremal.laws.named`.
    confidence : float
        Of all claims together.
    tampered : bool
        Leave out the last vector, and flip one sample in the pattern of each of the others: there to be contradicted.
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, degenerate, repetitions, mean number of vectors, and for each check the number of samples in
        which it holds; ``applicable`` counts those that have an audit.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Examples
    --------
    >>> from extremal.statements import definition_2_1
    >>> definition_2_1(n=(4, 8), d=2, repetitions=20).status
    'supported'
    >>> definition_2_1(n=8, d=2, repetitions=4, tampered=True).status
    'contradicted'
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
    grid = [
        {"law": settings.laws[k], "d": k, "n": size, "degenerate": degenerate, "tampered": bool(tampered)}
        for degenerate in (False, True)
        for k, size in settings.cells
    ]
    table = sweep(
        extremal_row,
        grid,
        settings.executor,
        settings.store,
        settings.progress,
        repetitions=settings.repetitions,
        seed=settings.seed,
    )
    kind = np.array([value is True for value in column(table, "degenerate")])
    # few degenerate samples have an audit: it is one claim for all
    by_kind = [name for name in CHECKS if name != "audit"]
    level = settings.level(2 * len(by_kind) + 1)
    claims = [
        _claim(f"{name}, {'degenerate' if degenerate else 'as drawn'}", table[kind == degenerate], name, level)
        for degenerate in (False, True)
        for name in by_kind
    ]
    claims.append(_claim("audit", table, "audit", level))
    claims.append(rows_claim(table, None, "computed"))
    rows = []
    for degenerate in (False, True):
        for k, size, which in settings.split(table):
            mine = table.iloc[which[kind[which] == degenerate]]
            held = [sum(value is True for value in column(mine, name)) for name in CHECKS]
            applicable = sum(value is not None for value in column(mine, "audit"))
            vectors = [float(value) for value in column(mine, "vectors") if value is not None]
            rows.append((k, size, degenerate, len(mine), float(np.mean(vectors or [np.nan])), *held, applicable))
    names = ("d", "n", "degenerate", "repetitions", "mean", *CHECKS, "applicable")
    return conclude("Definition 2.1", settings, claims, table, frame(names, rows))


def _claim(name: str, table: Any, check: str, level: float) -> Claim:
    held = [bool(value) for value in column(table, check) if value is not None]
    equal, trials = sum(held), len(held)
    low, high = clopper_pearson(equal, trials, level)
    share = equal / trials if trials else np.nan
    if not trials:
        status, reason = INCONCLUSIVE, "there is no sample to which it applies"
    elif equal < trials:
        status, reason = CONTRADICTED, f"{trials - equal} of {trials} samples break it"
    elif low > LEAST_SHARE:
        status, reason = SUPPORTED, f"all {trials} samples keep it"
    else:
        status, reason = INCONCLUSIVE, f"all {trials} samples keep it, too few to exclude that a tenth do not"
    return Claim(name, status, share, low, high, CHECKS[check], reason)
