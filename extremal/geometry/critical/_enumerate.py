"""Every face, one after another: the oracle for small n, and the last resort of the search on a small leaf.

Faces are grouped by zero set, their candidates D = Π_{Z^⊥} S computed together, and the few that rounding cannot
reject go to the judge. Faces in the plane are found by sorting angles instead.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import comb

import numpy as np

from ..exact._face_point import face_point
from ..hyperplanes._faces import face_signs
from ._arrangement import Arrangement
from ._judge import Judge, fit_zero_rows
from ._limits import Limits, Outcome
from ._planar import planar_faces
from ._result import Status, Unresolved

__all__ = ["estimated_faces", "run_enumeration", "settle_lineality", "solve_faces"]

# Numbers in one block of candidates × hyperplanes.
BLOCK = 2**16
# Rows that a first look at dead cones takes.
FEW_ROWS = 2000
# A face this wide has a point that linear programming in floats can be trusted with.
WIDE = 1e-6
# Signs (one byte each) of all faces that are held in memory at most.
MOST_SIGNS = 2_000_000_000


def estimated_faces(m: int, r: int) -> int:
    """Number of faces of dimension 1 to r of m hyperplanes in general position in R^r (section 4 of the theory)."""
    total = 0
    for j in range(1, r + 1):
        rest = m - (r - j)
        if rest >= 1:
            total += comb(m, r - j) * 2 * sum(comb(rest - 1, i) for i in range(j))
        elif rest == 0:
            total += 1
    return total


def run_enumeration(judge: Judge, limits: Limits) -> Outcome:
    """Judge every face of the arrangement."""
    arr = judge.arrangement
    count = estimated_faces(arr.m, arr.rank)
    if count * max(1, arr.m) > MOST_SIGNS and arr.rank > 2:
        return Outcome(Status.TOO_MANY_FACES, Unresolved((), 1.0), 0)
    if arr.rank == 2 and arr.m > 2:
        blocks = planar_faces(arr)
    else:
        patterns = face_signs(arr.data.X[arr.representative])
        count = len(patterns)
        blocks = iter([patterns])
    nodes = 0
    rows = np.arange(arr.m)
    certain = np.zeros(arr.m, dtype=np.int8)
    settle_lineality(judge)

    def direction(pattern):
        return face_direction(arr, pattern)

    for patterns in blocks:
        wanted = patterns
        if limits.max_nodes is not None:
            wanted = patterns[: max(0, limits.max_nodes - nodes)]
        nodes += solve_faces(judge, wanted, rows, certain, (1, -1), direction, limits)
        stopped = limits.reached(nodes)
        if nodes < count and stopped is not None:
            return Outcome(stopped, Unresolved((), 1.0 - nodes / count), nodes)
    return Outcome(Status.PROVED, Unresolved(), nodes)


def settle_lineality(judge: Judge) -> None:
    """Settle D = 0 for the w orthogonal to every acting row, if there are any."""
    arr = judge.arrangement
    if judge.zero is not None or (arr.m and arr.basis is None):
        return
    pattern = np.zeros(arr.m, dtype=np.int8)
    multipliers = judge.zero_multipliers(pattern)
    if multipliers is not None:
        judge.accept_zero(pattern, multipliers, face_direction(arr, pattern))


def solve_faces(
    judge: Judge,
    patterns: np.ndarray,
    rows: np.ndarray,
    certain: np.ndarray,
    signs: Sequence[int],
    zero_direction: Callable[[np.ndarray], "np.ndarray | None"] | None = None,
    limits: Limits | None = None,
) -> int:
    """Judge the candidates of faces; returns how many faces were settled before a limit of time.

    Parameters
    ----------
    judge : Judge
    patterns : ndarray (F, u)
        Signs on the hyperplanes `rows`.
    rows : ndarray (u,)
    certain : ndarray (m,)
        The signs of the other hyperplanes, the same on all these faces.
    signs : sequence of {+1, −1}
        The signs for which a nonzero D is sought.
    zero_direction : callable, optional
        Given the full pattern of a face with 0 in its 𝒟, returns a direction (d,) of the face, or None if the face is
        empty. Without it D = 0 is not sought.
    limits : Limits, optional
    """
    arr = judge.arrangement
    outside = certain.copy()
    outside[rows] = 0
    fixed = arr.constant + (np.where(outside > 0, arr.above, np.where(outside < 0, arr.below, 0.0)) @ arr.g)
    order = np.lexsort((patterns == 0).T) if len(rows) else np.arange(len(patterns))
    patterns = patterns[order]
    zero_sets = patterns == 0
    change = np.ones(len(patterns), dtype=bool)
    change[1:] = (zero_sets[1:] != zero_sets[:-1]).any(axis=1)
    starts = np.append(np.flatnonzero(change), len(patterns))
    step = max(1, BLOCK // max(1, len(rows)))
    done = 0
    for first, last in pairwise(starts):
        zero = rows[zero_sets[first]]
        for start in range(first, last, step):
            if limits is not None and limits.reached(0) is not None:
                return done
            part = patterns[start : min(last, start + step)]
            _solve_block(judge, part, rows, zero, fixed, certain, signs, zero_direction)
            done += len(part)
    return done


def settle_dead_cone(judge: Judge) -> None:
    """Settle D = 0 if some cone has no point that acts: a linear program, its answer checked by certified signs."""
    from scipy.optimize import linprog

    arr = judge.arrangement
    if judge.zero is not None or arr.constant.any() or not ((arr.below == 0) | (arr.above == 0)).all():
        return
    side = np.where(arr.below == 0, -1.0, 1.0)
    turned = side[:, None] * arr.a
    w = np.zeros(arr.rank)
    # Some of the rows first: they mostly show that there is no such cone.
    for rows in (turned[:: max(1, arr.m // FEW_ROWS)], turned):
        # maximise t subject to side_k a_k·w ≥ t, |w_j| ≤ 1
        result = linprog(
            np.append(np.zeros(arr.rank), -1.0),
            A_ub=np.column_stack([-rows, np.ones(len(rows))]),
            b_ub=np.zeros(len(rows)),
            bounds=[(-1, 1)] * arr.rank + [(None, 1)],
            method="highs",
        )
        if result.x is None or result.x[-1] <= 0:
            return
        w = result.x[:-1]
        if len(rows) == arr.m:
            break
    if (turned @ w > arr.tolerance * np.linalg.norm(w)).all():
        if arr.basis is not None:
            w = np.array([float(v) for v in arr.basis.vector(w)])
        judge.accept_zero(side.astype(np.int8), [], w / np.linalg.norm(w))


def _solve_block(judge, patterns, rows, zero, fixed, certain, signs, zero_direction) -> None:
    arr = judge.arrangement
    bases = (
        fixed
        + (patterns > 0) @ (arr.above[rows, None] * arr.g[rows])
        + (patterns < 0) @ (arr.below[rows, None] * arr.g[rows])
    )
    fit = fit_zero_rows(arr, zero, bases)

    def full(pattern):
        result = certain.copy()
        result[rows] = pattern
        return result

    fits = np.ones(len(patterns), dtype=bool)
    if fit is not None:
        c, bound_c = fit.multipliers, fit.multipliers_bound
        if c is not None:
            fits = ((c >= arr.low[zero] - bound_c) & (c <= arr.high[zero] + bound_c)).all(axis=1)
        values = fit.points @ arr.a[rows].T
    for sign in signs:
        open_ = fits if fit is None else fits & ((sign * values * patterns >= -fit.bound).all(axis=1))
        for i in np.flatnonzero(open_):
            judge.nonzero(full(patterns[i]), sign)
    if zero_direction is None:
        return
    open_ = fits if fit is None else np.linalg.norm(fit.points, axis=1) <= 2 * fit.bound
    for i in np.flatnonzero(open_):
        if judge.zero is not None:
            return
        pattern = full(patterns[i])
        multipliers = judge.zero_multipliers(pattern)
        if multipliers is not None:
            direction = zero_direction(pattern)
            if direction is not None:
                judge.accept_zero(pattern, multipliers, direction)


def face_direction(arr: Arrangement, pattern: np.ndarray) -> np.ndarray:
    """A unit vector of R^d on a face that is known to exist, up to rounding: well inside where the face is wide."""
    from scipy.optimize import linprog

    x = arr.data.X[arr.representative]
    if not len(x):
        return np.eye(arr.data.d)[0]
    x = np.ldexp(x, -np.frexp(np.abs(x).max(axis=1))[1][:, None])
    d = x.shape[1]
    off = pattern != 0
    if off.any():
        # maximise t subject to σ_k x_k·w ≥ t off the face's zero rows, x_k·w = 0 on them, |w_j| ≤ 1
        signed = -pattern[off, None] * x[off]
        result = linprog(
            np.append(np.zeros(d), -1.0),
            A_ub=np.column_stack([signed, np.ones(len(signed))]),
            b_ub=np.zeros(len(signed)),
            A_eq=np.column_stack([x[~off], np.zeros((~off).sum())]) if (~off).any() else None,
            b_eq=np.zeros((~off).sum()) if (~off).any() else None,
            bounds=[(-1, 1)] * d + [(None, 1)],
            method="highs",
        )
        if result.x is not None and result.x[-1] > WIDE:
            return result.x[:d] / np.linalg.norm(result.x[:d])
    point = face_point([[int(v) for v in row] for row in arr.exact.rows], pattern.tolist())
    largest = max(abs(v) for v in point)
    w = np.array([float(v / largest) for v in point])
    return w / np.linalg.norm(w)
