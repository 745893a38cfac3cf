r"""Theorem D.1: P( Δ_n ≥ C √(M (d log n + log 1/δ)/n) ) ≤ δ + P( (1/n) Σ ‖y_k x_k‖² > M ), with a universal C.

The theorem allows any M. Here M is, in each repetition, M_n = (1/n) Σ ‖y_k x_k‖² itself, so that the last probability
is 0 and the tail is that of Δ_n/√M_n. That is more than the theorem claims for a fixed M; it is what its proof gives,
which works conditionally on the ‖y_k x_k‖. It also makes sense whatever moments there are.

For each (d, n, δ) the quantile of level 1 − δ of Δ_n/√M_n, with an interval between order statistics, is divided by
√((d log n + log 1/δ)/n). A universal C exists only if this ratio is bounded; tested is that it does not grow:

- in n and d: the coefficients of log ratio on log n and on log d in one fit, at most 0, + `BAND`; alternatives
  n^{1/6}, √d;
- in 1/δ: for δ → 0 at fixed n and d the prediction grows as √log 1/δ, and before that it is nearly constant while the
  quantile already grows. So the quantile itself is fitted on log log 1/δ, and predicted to have an exponent of at
  most ½ (a Gaussian tail), + `BAND`; alternative 1 (an exponential tail).

The intervals of the coefficients are percentiles of a bootstrap over repetitions, which keeps the dependence between
quantiles of the same sample; the brackets' half-widths are added.
"""

import os
from collections.abc import Sequence
from math import inf, log, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import as_number
from ..errors import InvalidValueError
from ._claims import Claim, decide, rows_claim
from ._frames import frame, numbers
from ._intervals import quantile_interval
from ._settings import Settings, read_gap, read_settings
from ._slopes import coefficients
from ._tasks import deviation_row
from ._verdict import Verdict, conclude

__all__ = ["theorem_d1"]

DIMENSIONS = (2, 3)
# Terms of lower order.
BAND = 0.08
# Alternatives to no growth in n and in d, and to an exponent of 1/2 in log 1/δ.
WITH_N, WITH_D, EXPONENTIAL = 1 / 6, 1 / 2, 1.0
RESAMPLES = 1000


def theorem_d1(
    law: Any = "gaussian",
    n: Sequence[int] = (50, 200, 800),
    d: Sequence[int] | None = None,
    repetitions: int = 80,
    *,
    teacher: str = "linear",
    noise: Any = 0.3,
    confidence: float = 0.95,
    delta: Sequence[float] = (0.5, 0.2, 0.1, 0.05),
    gap: float = 0.05,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check Theorem D.1: Δ_n/√M exceeds C √((d log n + log 1/δ)/n) with probability at most δ.

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
    delta : sequence of float
        Tail probabilities, each at least 2 divided by the repetitions.
    gap : float
        Relative width of the bracket of each Δ_n.
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, delta, quantile, low, high (of Δ_n/√M_n), scale = √((d log n + log 1/δ)/n), ratio.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.

    Notes
    -----
    M is (1/n) Σ ‖y_k x_k‖² of each sample, so that it is never exceeded.

    Examples
    --------
    >>> from extremal.statements import theorem_d1
    >>> theorem_d1(n=(50, 200), d=2, repetitions=60, delta=(0.5, 0.2, 0.1)).summary.columns.tolist()
    ['d', 'n', 'delta', 'quantile', 'low', 'high', 'scale', 'ratio']
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
        fewest_repetitions=20,
    )
    deltas = _deltas(delta, settings.repetitions)
    table = settings.run(deviation_row, gap=read_gap(gap))
    root = np.sqrt(numbers(table, "moment"))
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = numbers(table, "lower") / root, numbers(table, "upper") / root
    rows = []
    for k, size, which in settings.split(table):
        for tail in deltas:
            found = quantile_interval(lower[which], upper[which], 1 - tail, settings.confidence)
            scale = _scale(k, size, tail)
            rows.append((k, size, tail, *found, scale, found[0] / scale))
    names = ("d", "n", "delta", "quantile", "low", "high", "scale", "ratio")
    claims = _growth(settings, deltas, lower, upper, [which for _, _, which in settings.split(table)])
    claims.append(rows_claim(table, "settled", f"certified to a gap of {gap:g}"))
    return conclude("Theorem D.1", settings, claims, table, frame(names, rows))


def _scale(k: int, size: int, tail: float) -> float:
    return sqrt((k * log(size) + log(1 / tail)) / size)


def _deltas(delta: Any, repetitions: int) -> tuple[float, ...]:
    expected = f"probabilities between 0 and 1, at least 2/repetitions = {2 / repetitions:.3g}, two or more of them"
    items = [as_number(item, "delta", expected, above=0.0) for item in ([delta] if np.isscalar(delta) else delta)]
    if len(set(items)) < max(2, len(items)) or max(items) >= 1 or min(items) < 2 / repetitions:
        raise InvalidValueError(f"delta is {delta!r}; expected {expected}: raise repetitions for smaller ones")
    return tuple(sorted(items, reverse=True))


def _growth(
    settings: Settings,
    deltas: tuple[float, ...],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    parts: list[NDArray[np.int64]],
) -> list[Claim]:
    several = len(settings.laws) > 1
    sizes = np.array([[log(size), log(k)] for k, size in settings.cells for _ in deltas])
    tails = np.array([log(log(1 / tail)) for _ in settings.cells for tail in deltas])
    scales = np.array([log(_scale(k, size, tail)) for k, size in settings.cells for tail in deltas])
    # the ratio on n and d, with a constant for each δ; the quantile on δ, with a constant for each (d, n)
    by_tail = np.tile(np.eye(len(deltas)), (len(settings.cells), 1))
    by_cell = np.repeat(np.eye(len(settings.cells)), len(deltas), axis=0)
    ones = np.ones(len(tails))
    in_sizes = coefficients(np.hstack([sizes[:, : 2 if several else 1], by_tail]), ones)
    in_tails = coefficients(np.hstack([tails[:, None], by_cell]), ones)
    maps = [(in_sizes[0], scales)] + [(in_sizes[1], scales)] * several + [(in_tails[0], 0.0 * scales)]
    names = ["growth in n"] + ["growth in d"] * several + ["growth in log 1/δ"]
    most = [0.0] + [0.0] * several + [0.5]
    against = [WITH_N] + [WITH_D] * several + [EXPONENTIAL]
    level = settings.level(len(maps))
    logs, half, resampled = _quantiles(settings, deltas, lower, upper, parts)
    claims = []
    for (c, scale), name, limit, other in zip(maps, names, most, against, strict=True):
        estimate = float(c @ (logs - scale))
        ends = np.quantile(resampled @ c, [(1 - level) / 2, (1 + level) / 2]) - float(c @ scale)
        open_ = float(np.abs(c) @ half) if np.isfinite(half).all() else inf if not np.isnan(half).any() else nan
        interval = (estimate, float(ends[0]) - open_, float(ends[1]) + open_)
        what = "the quantile" if limit else "the ratio"
        words = f"exponent of {what} at most {limit:g}, + {BAND:g}"
        claims.append(decide(name, interval, (-inf, limit + BAND), (-inf, other), words, f"{other:.3g}"))
    return claims


def _quantiles(settings: Settings, deltas, lower, upper, parts) -> tuple[NDArray, NDArray, NDArray]:
    """Logarithms of the quantiles (m,), what the brackets leave open (m,), and resampled logarithms (b, m)."""
    rng = np.random.default_rng([settings.seed, RESAMPLES])
    levels = [1 - tail for tail in deltas]
    logs, halves, drawn = [], [], []
    for which in parts:
        low, high = lower[which], upper[which]
        kept = ~np.isnan(low)
        low, high = low[kept], high[kept]
        if len(low) < 2 or not (low > 0).all():
            logs.append(np.full(len(deltas), nan))
            halves.append(np.full(len(deltas), nan))
            drawn.append(np.full((RESAMPLES, len(deltas)), nan))
            continue
        ends = np.log(np.quantile(low, levels)), np.log(np.quantile(np.where(np.isfinite(high), high, low), levels))
        logs.append((ends[0] + ends[1]) / 2)
        halves.append((ends[1] - ends[0]) / 2 if np.isfinite(high).all() else np.full(len(deltas), inf))
        middle = np.where(np.isfinite(high), np.sqrt(low * high), low)
        picks = rng.integers(0, len(low), size=(RESAMPLES, len(low)))
        drawn.append(np.log(np.quantile(middle[picks], levels, axis=1)).T)
    return np.concatenate(logs), np.concatenate(halves), np.hstack(drawn)
