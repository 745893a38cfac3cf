r"""Cover (1965): n samples in general position have C(n, d) = 2 Σ_{i<d} binom(n − 1, i) activation cones.

The formula against an enumeration that does not use it. Samples from a law with a density are in general position
almost surely, so one sample with another number contradicts; degenerate samples have fewer.
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim, rows_claim
from ._frames import frame, numbers
from ._intervals import clopper_pearson
from ._settings import read_settings
from ._tasks import cones_row
from ._verdict import Verdict, conclude

__all__ = ["cover_counts"]

DIMENSIONS = (1, 2, 3, 4)
# A formula that fails for a tenth of the samples must not pass.
LEAST_SHARE = 0.9


def cover_counts(
    law: Any = "gaussian",
    n: Sequence[int] = (2, 5, 10, 20),
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
    Check Cover's number of activation cones against enumeration.

    Parameters
    ----------
    law : str, Law, or callable
        A name for `extremal.laws.named`; a law, which has its own dimension; or a function d -> Law (of a module, if
        processes run it).
    n : sequence of int
        Sample sizes.
    d : sequence of int, optional
        Dimensions; by default 1, 2, 3, 4, or that of the law.
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
        `summary`: d, n, repetitions, cover (the formula), least, most (by enumeration), equal (samples).

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Examples
    --------
    >>> from extremal.statements import cover_counts
    >>> cover_counts(n=(3, 6), d=(2, 3), repetitions=30).status
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
    table = settings.run(cones_row)
    count, cover = numbers(table, "count"), numbers(table, "cover")
    known = ~np.isnan(count)
    level = settings.level(len(settings.laws))
    rows, claims = [], []
    for k, size, which in settings.split(table):
        mine = which[known[which]]
        least, most = (float(count[mine].min()), float(count[mine].max())) if len(mine) else (np.nan, np.nan)
        formula = float(cover[mine][0]) if len(mine) else np.nan
        rows.append((k, size, len(mine), formula, least, most, int((count[mine] == cover[mine]).sum())))
    for k in settings.laws:
        mine = np.flatnonzero((table["d"].to_numpy() == k) & known)
        equal, trials = int((count[mine] == cover[mine]).sum()), len(mine)
        low, high = clopper_pearson(equal, trials, level)
        share = equal / trials if trials else np.nan
        if equal < trials:
            status, reason = CONTRADICTED, f"{trials - equal} of {trials} samples have another number of cones"
        elif low > LEAST_SHARE:
            status, reason = SUPPORTED, f"all {trials} samples have exactly this number"
        else:
            status, reason = INCONCLUSIVE, f"all {trials} samples agree, too few to exclude that a tenth do not"
        claims.append(Claim(f"equal, d = {k}", status, share, low, high, "C(n, d) cones in every sample", reason))
    claims.append(rows_claim(table, None, "computed"))
    names = ("d", "n", "repetitions", "cover", "least", "most", "equal")
    return conclude("Cover's count", settings, claims, table, frame(names, rows))
