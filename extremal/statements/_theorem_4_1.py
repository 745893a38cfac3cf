r"""Theorem 4.1: the flow converges to h(x) = σ(β_{n,+}·x) − σ(−β_{n,−}·x), the two halves' least-squares estimators.

For data of Assumption 4.1, weights of Eq. 8, λ ≤ λ* = Θ(1/d), every width m and n ≥ n* = Θ(d³ log d), with probability
1 − O(d²/n + 2^{−m}); the constants are not known. 2^{1−m} is the probability that all a_j have one sign: then one half
is not fitted. Claims are about the other runs, the rest is counted in `summary`.

*Convergence*, for each d: at the largest n of the grid, the share of runs that converge to the formula. It is supported
if its interval (Clopper and Pearson) is above `level`; contradicted if it is below and the share has not risen
significantly over a grid that spans a factor of `SPAN` at least, since the theorem is about n ≥ n*; inconclusive
otherwise. When a run counts as converged, and when as not: `extremal.statements._flows`.

*The threshold*: the n where the share crosses one half, for each d (`extremal.statements._thresholds`), and the slope
of its logarithm on log d. n* is an upper bound: predicted is at most the slope of log(d³ log d) on the same d, and the
alternative that must be excluded is one power of d more.

*Width*: the same shares at the largest n for other widths, all d together: the theorem has one n* for all m.
"""

import os
from collections.abc import Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data._arguments import as_count, as_number
from ..errors import InvalidTypeError, InvalidValueError
from ..laws import Linear
from ..sweeps import sweep
from ..training._initialisation import check_dominated, conditions, initialise
from ..training._network import Network
from ._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim, decide, hypothesis
from ._flows import converge_row
from ._frames import column, frame, numbers
from ._intervals import clopper_pearson
from ._settings import Settings, read_settings
from ._slopes import coefficients
from ._thresholds import Series, bracket, combination, threshold
from ._verdict import Verdict, conclude

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["assumption", "eight", "read_init", "share_claim", "theorem_4_1"]

DIMENSIONS = (2, 3, 4)
SPAN = 10
FITS = ("parameter", "slope", "slope_low", "slope_high", "predicted")
NAMES = (
    *("d", "n", "m", "repetitions", "one_sign", "converged", "undecided", "share", "share_low", "share_high"),
    *("farthest_converged", "nearest_other", "aligned"),
)


def theorem_4_1(
    law: Any = "assumption41",
    n: Sequence[int] = (8, 16, 32, 64, 128),
    d: Sequence[int] | None = None,
    repetitions: int = 25,
    *,
    width: int = 50,
    widths: Sequence[int] = (),
    scale: float = 1e-3,
    init: Any = "theorem",
    teacher: str = "linear",
    noise: Any = 0.3,
    confidence: float = 0.95,
    level: float = 0.8,
    tolerance: float = 1e-5,
    max_steps: int = 1000,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    r"""
    Check Theorem 4.1: gradient flow ends at σ(β_{n,+}·x) − σ(−β_{n,−}·x) once n is large enough.

    Parameters
    ----------
    law : str, Law, or callable
        A name for `extremal.laws.named`; a law, which has its own dimension; or a function d -> Law (of a module, if
        processes run it). The teacher must be linear (Eq. 7).
    n : sequence of int
        Sample sizes, from below the threshold to above it.
    d : sequence of int, optional
        Dimensions; by default 2, 3, 4, or that of the law.
    repetitions : int
        Runs for each (d, n).
    width : int
        m.
    widths : sequence of int
        Other widths, for which the largest n is run too.
    scale : float
        λ.
    init : str, Network, or pair (W̃, ã)
        "theorem" is Eq. 8. With another dominated one nothing is supported; one that is not dominated is refused.
    teacher, noise
        For `extremal.laws.named`.
    confidence : float
        Of all claims together.
    level : float
        Share of runs above which convergence is supported.
    tolerance : float
        Distance, relative to the largest value of the formula, up to which h is the formula. Runs that converge to it
        end near 1e-7, others above 1e-3 with few exceptions; see `summary`.
    max_steps : int
        Most steps of a run; one that needs more is undecided.
    seed : int
        The same seed gives the same verdict, wherever it is computed.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    Verdict
        `summary`: d, n, m, repetitions, one_sign (runs whose a_j have one sign; they are left out of what follows),
        converged, undecided, share, share_low, share_high, farthest_converged and nearest_other (relative distances;
        over the whole support where that is known), aligned (mean share of neurons that end in the cone that the proof
        says). `thresholds`: d, n_star, low, high, and below and above: the largest n with a share surely below ½ and
        the smallest from which it is surely above. `fits`: the log-log slope of n_star on d, and that of d³ log d.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used; initial weights without domination (Eq. 3); a teacher that is not linear.

    Examples
    --------
    >>> from extremal.statements import theorem_4_1
    >>> theorem_4_1(n=(10, 100), d=2, repetitions=25).summary[["n", "repetitions"]]
         n  repetitions
    0   10           25
    1  100           25
    """
    settings = read_settings(
        law, n, d, repetitions, teacher, noise, confidence, seed, executor, store, progress, dimensions=DIMENSIONS
    )
    level = as_number(level, "level", "a probability between 0 and 1, such as 0.8", above=0.0)
    if level >= 1:
        raise InvalidValueError(f"level is {level!r}; expected a probability between 0 and 1, such as 0.8")
    tolerance = as_number(tolerance, "tolerance", "a relative distance above 0, such as 1e-5", above=0.0)
    scale = as_number(scale, "scale", "a number λ > 0, such as 1e-3", above=0.0)
    width = as_count(width, "width", "the width m, an integer, 1 or more")
    most = as_count(max_steps, "max_steps", "a number of steps, an integer, 1 or more")
    others = _widths(widths, width)
    check_teacher(settings)
    init = read_init(init, settings, (width, *others), scale)
    common = {"scale": scale, "init": init, "tolerance": tolerance, "most": most}
    last = settings.sizes[-1]
    grid = [{"law": settings.laws[k], "d": k, "n": size, "m": width, **common} for k, size in settings.cells]
    grid += [{"law": settings.laws[k], "d": k, "n": last, "m": m, **common} for m in others for k in settings.laws]
    table = sweep(
        converge_row,
        grid,
        settings.executor,
        settings.store,
        settings.progress,
        repetitions=settings.repetitions,
        seed=settings.seed,
    )
    rows = [_summary(table, point["d"], point["n"], point["m"], settings.confidence) for point in grid]
    summary = frame(NAMES, rows)
    dimensions = list(settings.laws)
    several = len(dimensions) > 1 and len(settings.sizes) > 1
    joint = settings.level(len(dimensions) + len(others) + several)
    claims = [hypothesis("hypothesis", assumption(settings), "Assumption 4.1")]
    claims.append(hypothesis("initial weights", eight(init, scale), "Eq. 8"))
    for k in dimensions:
        counts = [_counts(table, [k], size, width) for size in (settings.sizes[0], last)]
        claims.append(share_claim(settings, f"converges, d = {k}", counts[0], counts[1], level, joint))
    for m in others:
        counts = [_counts(table, dimensions, last, m)] * 2
        claims.append(share_claim(settings, f"converges, m = {m}", counts[0], counts[1], level, joint))
    series = {k: _series(table, settings.sizes, k, width) for k in dimensions}
    thresholds = [(k, *threshold(s, settings.confidence), *bracket(s, settings.confidence)) for k, s in series.items()]
    fits = []
    if several:
        claim, fit = _exponent(series, joint)
        claims.append(claim)
        fits.append(fit)
    claims.append(_decided(table))
    return conclude(
        "Theorem 4.1",
        settings,
        claims,
        table,
        summary,
        frame(FITS, fits),
        frame(("d", "n_star", "low", "high", "below", "above"), thresholds),
    )


def _widths(widths: Any, width: int) -> list[int]:
    expected = "widths, distinct integers, 1 or more"
    listed = [widths] if isinstance(widths, int | np.integer) else widths
    try:
        items = [as_count(item, "widths", expected) for item in listed]
    except TypeError as error:
        raise InvalidTypeError(f"widths is {widths!r}; expected {expected}") from error
    if len(set(items)) < len(items):
        raise InvalidValueError(f"widths is {widths!r}; expected {expected}")
    return [m for m in items if m != width]


def check_teacher(settings: Settings) -> None:
    """Refuse teachers without β*."""
    for made in settings.laws.values():
        if not isinstance(made.teacher, Linear) or not made.teacher.beta.any():
            raise InvalidValueError(
                f"the teacher of the law is {made.teacher!r}; expected a linear one that is not 0: the theorem is "
                "about y = x·β* + η (Eq. 7)"
            )


def read_init(init: Any, settings: Settings, widths: Sequence[int], scale: float) -> Any:
    """
    Check initial weights: the name of a dominated kind, or weights that are dominated, then as a Network.

    Parameters
    ----------
    init : str, Network, or pair
        As given by the user.
    settings : Settings
        With the dimensions.
    widths : sequence of int
        All widths.
    scale : float
        λ.

    Returns
    -------
    str or Network
        What `initialise` takes.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If it cannot be used, or breaks the domination of Eq. 3.
    """
    if isinstance(init, str):
        if init == "gaussian":
            raise InvalidValueError(
                "init is 'gaussian', which breaks the domination |a_j| ≥ ‖w_j‖ (Eq. 3) that the theorem needs; "
                "expected 'theorem' (Eq. 8), or 'dominated' or 'balanced', for which the theorem says nothing"
            )
        for k in settings.laws:
            initialise(1, k, scale, init, 0)
        return init
    if isinstance(init, tuple | list) and len(init) == 2:
        init = Network(init[0], init[1])
    for k in settings.laws:
        for m in widths:
            initialise(m, k, scale, init)
    check_dominated(init)
    return init


def eight(init: Any, scale: float) -> bool:
    """Whether initial weights are such as Eq. 8 draws."""
    if isinstance(init, str):
        return init == "theorem"
    return conditions(init, np.sqrt(init.width)).theorem


def assumption(settings: Settings) -> bool | None:
    """Whether all laws are known to satisfy Assumption 4.1."""
    known = [law.assumptions(rng=settings.seed).holds for law in settings.laws.values()]
    return False if False in known else None if None in known else True


def _which(table: "pd.DataFrame", dimensions: Sequence[int], size: int, m: int) -> np.ndarray:
    """The rows of a cell that are done, and in which both signs occur."""
    both = np.array([value is True for value in column(table, "both")])
    cell = table["d"].isin(dimensions).to_numpy() & (table["n"] == size).to_numpy() & (table["m"] == m).to_numpy()
    return np.flatnonzero(cell & both)


def _counts(table: "pd.DataFrame", dimensions: Sequence[int], size: int, m: int) -> tuple[int, int, int]:
    """Runs that converged, that may have, and all."""
    converged = [column(table, "converged")[i] for i in _which(table, dimensions, size, m)]
    sure = sum(value is True for value in converged)
    return sure, sure + sum(value is None for value in converged), len(converged)


def _summary(table: "pd.DataFrame", k: int, size: int, m: int, confidence: float) -> tuple[Any, ...]:
    sure, possible, trials = _counts(table, [k], size, m)
    which = _which(table, [k], size, m)
    cell = (table["d"] == k).to_numpy() & (table["n"] == size).to_numpy() & (table["m"] == m).to_numpy()
    one = sum(column(table, "both")[i] is False for i in np.flatnonzero(cell))
    converged = numbers(table, "converged")[which]
    # the bound over the support where there is one
    distance = numbers(table, "distance")[which]
    bound = np.fmax(distance, numbers(table, "bound")[which])
    near, far = bound[converged == 1], distance[converged == 0]
    low, high = clopper_pearson(sure, trials, confidence, possible)
    return (
        *(k, size, m, int(cell.sum()), one, sure, possible - sure, sure / trials if trials else nan, low, high),
        float(near.max()) if len(near) else nan,
        float(far.min()) if len(far) else nan,
        float(numbers(table, "aligned")[which].mean()) if trials else nan,
    )


def share_claim(
    settings: Settings, name: str, first: tuple[int, int, int], last: tuple[int, int, int], least: float, level: float
) -> Claim:
    """
    Decide whether a share is large at the largest n.

    Parameters
    ----------
    settings : Settings
        With the sizes.
    name : str
        Of the claim.
    first, last : (sure, possible, trials)
        Successes at the smallest and the largest n.
    least : float
        The share to exceed.
    level : float
        Of the intervals.

    Returns
    -------
    Claim
    """
    words = f"share above {least:g} for large n"
    sizes = settings.sizes
    sure, possible, trials = last
    if not trials:
        return Claim(name, INCONCLUSIVE, nan, 0.0, 1.0, words, "there are no runs with neurons of both signs")
    share = sure / trials
    low, high = clopper_pearson(sure, trials, level, possible)
    before = clopper_pearson(first[0], first[2], level, first[1])[1]
    if low > least:
        return Claim(name, SUPPORTED, share, low, high, words, f"[{low:.3g}, {high:.3g}] at n = {sizes[-1]}")
    if high < least and sizes[-1] >= SPAN * sizes[0] and not low > before:
        reason = f"[{low:.3g}, {high:.3g}] at n = {sizes[-1]}, and no significant rise from n = {sizes[0]} on"
        return Claim(name, CONTRADICTED, share, low, high, words, reason)
    reason = f"[{low:.3g}, {high:.3g}] at n = {sizes[-1]}: n* may be larger, or the repetitions too few"
    return Claim(name, INCONCLUSIVE, share, low, high, words, reason)


def _series(table: "pd.DataFrame", sizes: Sequence[int], k: int, m: int) -> Series:
    counts = [(size, *_counts(table, [k], size, m)) for size in sizes]
    return Series(
        tuple(size for size, *_ in counts),
        tuple(trials for _, _, _, trials in counts),
        tuple(sure for _, sure, _, _ in counts),
        tuple(possible for _, _, possible, _ in counts),
    )


def _exponent(series: dict[int, Series], level: float) -> tuple[Claim, tuple[Any, ...]]:
    """The log-log slope of the threshold on d, against that of d³ log d."""
    x = np.log(list(series))
    c = coefficients(np.column_stack([np.ones(len(x)), x]), np.ones(len(x)))[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        cubic = 3.0 + float(c @ np.log(x))  # d = 1: log d = 0, and no prediction
    interval = combination(list(series.values()), c, level)
    words = f"exponent at most {cubic:.2f}, that of d³ log d on these d"
    if not isfinite(cubic):
        words, cubic = "no prediction, since log d = 0 for d = 1", nan
    claim = decide("threshold against d", interval, (-np.inf, cubic), (-np.inf, cubic + 1), words, "one power more")
    if not isfinite(cubic):
        claim = Claim(claim.name, INCONCLUSIVE, *interval, words, "d = 1 is on the grid")
    return claim, ("d", *interval, cubic)


def _decided(table: "pd.DataFrame") -> Claim:
    done = (table["status"] == "done").to_numpy()
    known = np.array([value is not None for value in column(table, "converged")])
    share = float((done & known).mean())
    words = "decided: converged to the formula, or not"
    failed, open_ = int((~done).sum()), int((done & ~known).sum())
    if not failed and open_ == 0:
        return Claim("rows", SUPPORTED, 1.0, 1.0, 1.0, words, f"all {len(table)} rows are")
    reason = f"{failed} of {len(table)} rows failed and {open_} are not; intervals allow for the latter"
    if failed:
        reason += f"; the first: {table['error'][~done].iloc[0]}"
        return Claim("rows", INCONCLUSIVE, share, share, share, words, reason)
    return Claim("rows", SUPPORTED, share, share, share, words, reason)
