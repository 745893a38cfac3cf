r"""Theorem 3.1: E Δ_n = O( √( (d log n / n) · E‖y x‖² ) ).

Two things are tested.

*The rate*, for each d: the slope of log(E Δ_n/√log n) on log n. The theorem predicts at most −½. It is an upper
bound, and need not be sharp: one pattern alone has E ‖D_n − D‖ ~ n^{−1/2}, so the slope of log E Δ_n is at least −½
in the limit, and if the logarithm is superfluous (by chaining it is, for a fixed d and n → ∞) that of log(E Δ_n/√log
n) is −½ minus the slope of ½ log log n on the grid, about 1/(2 log n). The predicted range is from there to −½, and
`BAND` wider on each side for terms of lower order. Named alternatives: slopes beyond by ⅙ above (n^{−1/3}) or ¼
below.

*The bound*: E Δ_n divided by √(d log n/n · E‖yx‖²) does not grow. The coefficients of its logarithm on log n and log
d, in one fit over all cells, are predicted to be 0 or less, with the same slack; alternatives: n^{1/6}, √d.

Slopes and their intervals: `extremal.statements._slopes`.
"""

import os
from collections.abc import Sequence
from math import inf, isfinite, log, nan, sqrt
from typing import Any

import numpy as np

from ..data._arguments import as_number
from ..errors import InvalidValueError
from ._claims import Claim, decide, rows_claim
from ._frames import frame, numbers
from ._intervals import mean_interval
from ._moments import second_moments
from ._settings import Settings, read_gap, read_settings
from ._slopes import Cell, cell_of, coefficients, slopes
from ._tasks import deviation_row
from ._verdict import Verdict, conclude

__all__ = ["theorem_3_1"]

DIMENSIONS = (2, 3, 4)
# Terms of lower order: what a slope on n of about 100 to 1000 may differ from its limit.
BAND = 0.08
# Alternatives, as distances from the predicted slopes.
SLOWER, FASTER, WITH_D = 1 / 6, 1 / 4, 1 / 2
# A Monte Carlo E‖yx‖² is taken to be this many standard errors from the truth, at most.
ERRORS = 3.0
FITS = ("d", "slope", "slope_low", "slope_high", "intercept", "predicted")


def theorem_3_1(
    law: Any = "gaussian",
    n: Sequence[int] = (100, 200, 400, 800),
    d: Sequence[int] | None = None,
    repetitions: int = 20,
    *,
    teacher: str = "linear",
    noise: Any = 0.3,
    confidence: float = 0.95,
    gap: float = 0.05,
    rate: float = -0.5,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check Theorem 3.1: E Δ_n = O(√(d log n/n · E‖yx‖²)), the rate and the bound.

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
    gap : float
        Relative width of the bracket of each Δ_n.
    rate : float
        The exponent of n to test: −½ is the theorem's, another is there to be contradicted.
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, repetitions, mean, low, high (of E Δ_n, the brackets' widths included), scale
        = √(d log n/n · E‖yx‖²), ratio, ratio_low, ratio_high. `fits`: d, slope, slope_low, slope_high, intercept,
        predicted.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Notes
    -----
    If E‖yx‖² is infinite the bound says nothing: its claims are inconclusive, and the mean of Δ_n is itself uncertain.

    Examples
    --------
    >>> from extremal.statements import theorem_3_1
    >>> theorem_3_1(n=(25, 100, 400), d=(2, 3), repetitions=30).status
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
        fewest_sizes=2,
    )
    rate = as_number(rate, "rate", "an exponent of n, such as -0.5")
    if settings.sizes[0] < 2:
        raise InvalidValueError(f"n is {n!r}; expected sample sizes of 2 or more, for log n to be positive")
    table = settings.run(deviation_row, gap=read_gap(gap))
    moments, claims = second_moments(settings)
    lower, upper = numbers(table, "lower"), numbers(table, "upper")
    rows, cells = [], {}
    for k, size, which in settings.split(table):
        mean, low, high = mean_interval(lower[which], upper[which], settings.confidence)
        second = moments[k].value
        scale = sqrt(k * log(size) / size * second) if isfinite(second) else inf if second == inf else nan
        count = int((~np.isnan(lower[which])).sum())
        rows.append((k, size, count, mean, low, high, scale, mean / scale, low / scale, high / scale))
        cells[k, size] = cell_of(lower[which], upper[which])
    names = ("d", "n", "repetitions", "mean", "low", "high", "scale", "ratio", "ratio_low", "ratio_high")
    total = len(settings.laws) + 1 + (len(settings.laws) > 1)
    level = settings.level(total)
    found, fits = _rates(settings, cells, rate, level)
    claims += found + _growth(settings, cells, moments, level)
    claims.append(rows_claim(table, "settled", f"certified to a gap of {gap:g}"))
    return conclude("Theorem 3.1", settings, claims, table, frame(names, rows), frame(FITS, fits))


def _rates(settings: Settings, cells: dict, rate: float, level: float) -> tuple[list[Claim], list[tuple]]:
    x = np.log(settings.sizes)
    design = np.column_stack([np.ones(len(x)), x])
    # what is left of the slope if E Δ_n has no logarithm
    superfluous = float(coefficients(design, np.ones(len(x)))[1] @ np.log(np.log(settings.sizes))) / 2
    claims, fits = [], []
    for k in settings.laws:
        scaled = [_shifted(cells[k, size], -log(log(size)) / 2) for size in settings.sizes]
        intercept, slope = slopes(scaled, design, level)
        predicted = (rate - superfluous - BAND, rate + BAND)
        words = f"{rate:g}, from {rate - superfluous:.3f} if the log is superfluous, ± {BAND:g}"
        against = f"{rate + SLOWER:.3g} and {rate - superfluous - FASTER:.3g}"
        excluded = (rate - superfluous - FASTER, rate + SLOWER)
        claims.append(decide(f"rate, d = {k}", slope, predicted, excluded, words, against))
        fits.append((k, *slope, intercept[0], rate))
    return claims, fits


def _growth(settings: Settings, cells: dict, moments: dict, level: float) -> list[Claim]:
    several = len(settings.laws) > 1
    scaled, design = [], []
    for k, size in settings.cells:
        value, error = moments[k].value, moments[k].standard_error
        known = isfinite(value) and value > 0
        shift = -log(k * log(size) / size * value) / 2 if known else nan
        scaled.append(_shifted(cells[k, size], shift, ERRORS * error / value / 2 if known else nan))
        design.append([1.0, log(size), log(k)] if several else [1.0, log(size)])
    fit = slopes(scaled, np.array(design), level)
    claims = []
    for name, interval, most, against in zip(
        ("growth in n", "growth in d"), fit[1:], (SLOWER, WITH_D), ("n^(1/6)", "d^(1/2)"), strict=False
    ):
        words = f"exponent of the ratio at most 0, + {BAND:g}"
        claims.append(decide(name, interval, (-inf, BAND), (-inf, most), words, against))
    return claims


def _shifted(cell: Cell, by: float, half: float = 0.0) -> Cell:
    return Cell(cell.log + by, cell.half + half, cell.variance, cell.count)
