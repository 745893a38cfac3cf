r"""Lemmas F.1 to F.6: the steps of the proof of Theorem 4.1, each measured on runs of the flow.

On every run `extremal.training.phases` measures what the lemmas say. For each lemma, the share of runs in which all
that it predicts holds, at the largest n and the smallest λ of the grid, all d together, is claimed to be above `level`
(of the runs with neurons of both signs; a run in which a step was not reached counts as possible). Lemma F.1 has no
exceptions: one run that breaks it contradicts it.

*cones* is the proof's statement between the lemmas: from τ on neurons are in the cones of ±β*, and no activation
changes.

*F.2, alignment*: 1 − (w_j/a_j)·D_±/‖D_±‖ = O(λ^ε) at τ. The slope of the logarithm of its largest value over the
neurons, in the mean over runs, on log λ is predicted to be at least ε. The alternative is 0.
"""

import os
from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from ..data._arguments import as_count, as_number
from ..errors import InvalidTypeError, InvalidValueError
from ..sweeps import sweep
from ._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim, decide, hypothesis, rows_claim
from ._flows import lemmas_row
from ._frames import column, frame, numbers
from ._intervals import clopper_pearson
from ._settings import Settings, read_settings
from ._slopes import cell_of, slopes
from ._theorem_4_1 import assumption, check_teacher, eight, read_init, share_claim
from ._verdict import Verdict, conclude

__all__ = ["balance_claim", "lemmas_f"]

DIMENSIONS = (2, 3)
STEPS = ("F.1", "F.2", "cones", "F.3", "F.4", "F.5", "F.6")
FITS = ("d", "slope", "slope_low", "slope_high", "intercept", "predicted")
NUMBERS = ("drift", "growth", "shrinking", "tilt", "met", "apart", "constant", "rate", "fit")
# The worst of each over runs: the largest, but for these the smallest.
SMALLEST = ("shrinking", "constant", "rate", "fit")


def lemmas_f(
    law: Any = "assumption41",
    n: Sequence[int] = (400,),
    d: Sequence[int] | None = None,
    repetitions: int = 20,
    *,
    width: int = 50,
    scales: Sequence[float] = (1e-2, 1e-4),
    init: Any = "theorem",
    epsilon: float = 0.25,
    epsilon_2: float = 0.1,
    epsilon_3: float = 0.1,
    teacher: str = "linear",
    noise: Any = 0.3,
    confidence: float = 0.95,
    level: float = 0.8,
    max_steps: int = 1000,
    leak: float = 0.0,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check Lemmas F.1 to F.6, the steps of the proof of Theorem 4.1.

    Parameters
    ----------
    law : str, Law, or callable
        A name for `extremal.laws.named`; a law, which has its own dimension; or a function d -> Law (of a module, if
        processes run it). The teacher must be linear (Eq. 7).
    n : sequence of int
        Sample sizes.
    d : sequence of int, optional
        Dimensions; by default 2, 3, or that of the law.
    repetitions : int
        Runs for each (d, n, λ).
    width : int
        m.
    scales : sequence of float
        λ, each below 1.
    init : str, Network, or pair (W̃, ã)
        As in `theorem_4_1`.
    epsilon, epsilon_2, epsilon_3 : float
        As in `extremal.training.phases`.
    teacher, noise
        For `extremal.laws.named`.
    confidence : float
        Of all claims together.
    level : float
        Share of runs above which a lemma is supported.
    max_steps : int
        Most steps of a run.
    leak : float
        Slope of the activation where it is inactive. The lemmas are about 0, and F.3 does not hold for others: each
        half of the data moves the neurons of the other.
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, scale, repetitions, the share of runs in which each step holds, and the worst value over the
        runs of drift, growth, shrinking, tilt, met, apart, constant, rate, fit (see the columns of `table`).

    Raises
    ------
    InvalidTypeError, InvalidValueError
        As in `theorem_4_1`.

    Examples
    --------
    >>> from extremal.statements import lemmas_f
    >>> lemmas_f(n=200, d=2, repetitions=2, scales=(1e-3,)).measured["F.1"]
    1.0
    """
    settings = read_settings(
        law, n, d, repetitions, teacher, noise, confidence, seed, executor, store, progress, dimensions=DIMENSIONS
    )
    level = as_number(level, "level", "a probability between 0 and 1, such as 0.8", above=0.0)
    if level >= 1:
        raise InvalidValueError(f"level is {level!r}; expected a probability between 0 and 1, such as 0.8")
    lambdas = _scales(scales)
    width = as_count(width, "width", "the width m, an integer, 1 or more")
    most = as_count(max_steps, "max_steps", "a number of steps, an integer, 1 or more")
    check_teacher(settings)
    init = read_init(init, settings, (width,), lambdas[0])
    common = {"init": init, "epsilon": epsilon, "epsilon_2": epsilon_2, "epsilon_3": epsilon_3, "most": most}
    common["leak"] = as_number(leak, "leak", "a slope in [0, 1)", least=0.0)
    if leak >= 1:
        raise InvalidValueError(f"leak is {leak!r}; expected a slope in [0, 1)")
    grid = [
        {"law": settings.laws[k], "d": k, "n": size, "m": width, "scale": scale, **common}
        for k, size in settings.cells
        for scale in lambdas
    ]
    table = sweep(
        lemmas_row,
        grid,
        settings.executor,
        settings.store,
        settings.progress,
        repetitions=settings.repetitions,
        seed=settings.seed,
    )
    both = np.array([value is True for value in column(table, "both")])
    held = {step: column(table, step) for step in STEPS}
    rows = []
    for k, size in settings.cells:
        for scale in lambdas:
            which = np.flatnonzero(_cell(table, [k], size, scale) & both)
            shares = [
                float(np.mean([held[step][i] is True for i in which])) if len(which) else np.nan for step in STEPS
            ]
            worst = [_worst(name, numbers(table, name)[which]) for name in NUMBERS]
            rows.append((k, size, scale, len(which), *shares, *worst))
    summary = frame(("d", "n", "scale", "repetitions", *STEPS, *NUMBERS), rows)
    several = len(lambdas) > 1
    joint = settings.level(len(STEPS) + several * len(settings.laws))
    claims = [hypothesis("hypothesis", assumption(settings), "Assumption 4.1")]
    claims.append(hypothesis("initial weights", eight(init, lambdas[0]), "Eq. 8"))
    dimensions = list(settings.laws)
    first, last = (
        _cell(table, dimensions, size, lambdas[0]) & both for size in (settings.sizes[0], settings.sizes[-1])
    )
    for step in STEPS:
        if step == "F.1":
            done = (table["status"] == "done").to_numpy()
            claims.append(balance_claim(_count(held[step], done), joint))
        else:
            counts = _count(held[step], first), _count(held[step], last)
            claims.append(share_claim(settings, step, *counts, level, joint))
    fits = []
    if several:
        for k in dimensions:
            claim, fit = _alignment(settings, table, both, k, lambdas, epsilon, joint)
            claims.append(claim)
            fits.append(fit)
    claims.append(rows_claim(table, None, "computed"))
    return conclude("Lemmas F.1 to F.6", settings, claims, table, summary, frame(FITS, fits) if fits else None)


def _scales(scales: Any) -> list[float]:
    expected = "distinct numbers λ between 0 and 1, such as (1e-2, 1e-4)"
    listed = [scales] if np.isscalar(scales) else scales
    try:
        items = [as_number(item, "scales", expected, above=0.0) for item in listed]
    except TypeError as error:
        raise InvalidTypeError(f"scales is {scales!r}; expected {expected}") from error
    if not items or len(set(items)) < len(items) or max(items) >= 1:
        raise InvalidValueError(f"scales is {scales!r}; expected {expected}")
    return sorted(items)


def _cell(table: Any, dimensions: Sequence[int], size: int, scale: float) -> np.ndarray:
    found = table["d"].isin(dimensions) & (table["n"] == size) & (table["scale"] == scale)
    return np.asarray(found.to_numpy(), dtype=bool)


def _count(held: Sequence[Any], which: np.ndarray) -> tuple[int, int, int]:
    values = [held[i] for i in np.flatnonzero(which).tolist()]
    sure = sum(value is True for value in values)
    return sure, sure + sum(value is None for value in values), len(values)


def _worst(name: str, values: np.ndarray) -> float:
    values = values[~np.isnan(values)]
    if not len(values):
        return np.nan
    return float(values.min() if name in SMALLEST else values.max())


def balance_claim(counts: tuple[int, int, int], level: float) -> Claim:
    """
    Decide Lemma F.1, which is exact: it holds in every run, whatever the data.

    Parameters
    ----------
    counts : (sure, possible, trials)
        Runs that keep it, that may keep it, and all.
    level : float
        Of the interval.

    Returns
    -------
    Claim
    """
    sure, possible, trials = counts
    words = "in every run"
    low, high = clopper_pearson(sure, trials, level, possible)
    share = sure / trials if trials else np.nan
    if possible < trials:
        return Claim("F.1", CONTRADICTED, share, low, high, words, f"{trials - possible} of {trials} runs break it")
    if not trials or sure < trials:
        reason = f"of {trials} runs {trials - sure} are undecided" if trials else "there are no runs"
        return Claim("F.1", INCONCLUSIVE, share, low, high, words, reason)
    return Claim("F.1", SUPPORTED, share, low, high, words, f"all {trials} runs keep it")


def _alignment(
    settings: Settings, table: Any, both: np.ndarray, k: int, lambdas: Sequence[float], epsilon: float, level: float
) -> tuple[Claim, tuple[Any, ...]]:
    tilt = numbers(table, "tilt")
    cells = []
    for scale in lambdas:
        mine = tilt[_cell(table, [k], settings.sizes[-1], scale) & both]
        cells.append(cell_of(mine, mine))
    design = np.column_stack([np.ones(len(lambdas)), np.log(lambdas)])
    intercept, slope = slopes(cells, design, level)
    words = f"exponent of λ at least ε = {epsilon:g}"
    claim = decide(f"F.2, alignment, d = {k}", slope, (epsilon, inf), (0.0, inf), words, "none (0)")
    return claim, (k, *slope, intercept[0], epsilon)
