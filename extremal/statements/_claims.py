"""Claims, each decided by an interval: what a verdict consists of.

A claim compares a number that was measured with what the statement predicts. It carries an interval, and the intervals
of the claims of one verdict hold together with probability `confidence` (Bonferroni). It is

- contradicted if the interval has no point in common with the predicted range;
- supported if the interval has, and also excludes the alternatives that are named with the claim;
- inconclusive otherwise: more repetitions, or a wider grid, would be needed.

A statement is contradicted if one claim is, supported if all are, and inconclusive otherwise. So a wrong statement is
called supported, or a right one contradicted, with probability at most 1 − confidence, as far as the intervals are
valid; each says in its module what it rests on.

What is decided is the statement's conclusion for the law in question. Where a law breaks the hypothesis the statement
is silent: it can then not be supported, and "contradicted" means that the conclusion does need the hypothesis.
"""

from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np

from ._frames import column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CONTRADICTED", "INCONCLUSIVE", "SUPPORTED", "Claim", "decide", "hypothesis", "rows_claim"]

SUPPORTED, CONTRADICTED, INCONCLUSIVE = "supported", "contradicted", "inconclusive"


@dataclass(frozen=True)
class Claim:
    """
    One number, compared with a prediction.

    Attributes
    ----------
    name : str
        What was measured.
    status : str
        "supported", "contradicted" or "inconclusive".
    measured, low, high : float
        The estimate and its interval; nan where nothing could be measured.
    predicted : str
        What the statement says.
    reason : str
        Why the status is what it is.
    softened : bool
        The interval excludes what is predicted, but the setting is too small for that to count: the status is
        "inconclusive".
    """

    name: str
    status: str
    measured: float
    low: float
    high: float
    predicted: str
    reason: str
    softened: bool = False


def decide(
    name: str,
    interval: tuple[float, float, float],
    predicted: tuple[float, float],
    excluded: tuple[float, float],
    words: str,
    against: str,
) -> Claim:
    """
    Decide a claim by its interval.

    Parameters
    ----------
    name : str
        Of the claim.
    interval : (estimate, low, high)
        What was measured.
    predicted : (float, float)
        The range that the statement allows, slack for lower orders included.
    excluded : (float, float)
        Alternatives below and above that the interval must exclude; infinite where there is none.
    words, against : str
        The prediction and the alternatives in words.

    Returns
    -------
    Claim

    Examples
    --------
    >>> decide("slope", (-0.5, -0.55, -0.45), (-0.6, -0.4), (-1.0, 0.0), "-0.5", "0").status
    'supported'
    """
    measured, low, high = (float(v) for v in interval)
    if any(map(isnan, (measured, low, high))):
        return Claim(name, INCONCLUSIVE, measured, low, high, words, "there are no numbers to measure it with")
    shown = f"[{low:.3g}, {high:.3g}]"
    if high < predicted[0] or low > predicted[1]:
        side = f"below {predicted[0]:.3g}" if high < predicted[0] else f"above {predicted[1]:.3g}"
        return Claim(name, CONTRADICTED, measured, low, high, words, f"{shown} is all {side}")
    if low > excluded[0] and high < excluded[1]:
        return Claim(name, SUPPORTED, measured, low, high, words, f"{shown} agrees and excludes {against}")
    return Claim(name, INCONCLUSIVE, measured, low, high, words, f"{shown} agrees but does not exclude {against}")


def hypothesis(name: str, holds: bool | None, words: str) -> Claim:
    """
    Say whether an assumption holds; where it does not, the statement says nothing, and nothing is supported.

    Parameters
    ----------
    name : str
        Of the claim.
    holds : bool or None
        None if it is not known.
    words : str
        The assumption.

    Returns
    -------
    Claim
        Supported or inconclusive.
    """
    if holds:
        return Claim(name, SUPPORTED, 1.0, 1.0, 1.0, words, "the law is known to satisfy it")
    if holds is None:
        return Claim(name, INCONCLUSIVE, nan, nan, nan, words, "it is not known whether the law satisfies it")
    return Claim(name, INCONCLUSIVE, 0.0, 0.0, 0.0, words, "the law does not satisfy it: the statement is silent")


def rows_claim(table: "pd.DataFrame", settled: str | None, words: str) -> Claim:
    """
    Count rows that failed or proved too little.

    Parameters
    ----------
    table : DataFrame
        Of a sweep.
    settled : str or None
        A column of booleans that must be true.
    words : str
        What a row is expected to be.

    Returns
    -------
    Claim
        Supported if all rows are settled, else inconclusive: nothing is left out silently.
    """
    done = (table["status"] == "done").to_numpy()
    good = done.copy()
    if settled is not None:
        good &= np.array([value is not None and value == True for value in column(table, settled)])  # noqa: E712
    share = float(good.mean())
    failed, open_ = int((~done).sum()), int((done & ~good).sum())
    if share == 1.0:
        return Claim("rows", SUPPORTED, 1.0, 1.0, 1.0, words, f"all {len(table)} rows are")
    reason = f"{failed} of {len(table)} rows failed and {open_} are not"
    if failed:
        reason += f"; the first: {table['error'][~done].iloc[0]}"
    return Claim("rows", INCONCLUSIVE, share, share, share, words, reason)
