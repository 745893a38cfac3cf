"""The certified search: cover the sphere by simplicial cones and throw away whole cones, with proof.

A nonzero extremal vector of sign s with w in a cone C has sD in C, and D lies in an enclosure of 𝒟 on C. A cone is
dropped when a vector u of its dual cone separates the enclosure from it by more than the rounding error; otherwise it
is split, and a cone with few uncertain rows is solved outright. Nothing is dropped for being small: what floats cannot
settle goes to exact arithmetic, and what a limit cuts off is reported as unresolved.
"""

import time
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, CancelledError
from dataclasses import dataclass
from math import gamma, pi

import numpy as np

from ..exact._exact import feasible
from ..hyperplanes._faces import face_signs
from ._arrangement import Arrangement
from ._enumerate import estimated_faces, settle_dead_cone, settle_lineality, solve_faces
from ._judge import Judge
from ._limits import Limits, Outcome, Progress
from ._result import Region, Status, Unresolved

__all__ = ["run_search"]

# Basis vectors of the first cones are rounded to integers of this many bits, which leaves the splits 41 more.
BASIS_BITS = 11
# A cone with up to rank + LEAF_SPARE rows is solved by going through its sign patterns in the kernel.
LEAF_SPARE = 1
# Candidates that one leaf may leave for each hypothesis.
FOUND = 12
# Rows up to which a cone is handed to the enumeration of faces, and the splits without progress that bring it there.
STALL_ROWS = {2: 400, 3: 60, 4: 28, 5: 18, 6: 14}
STALL_SPLITS = 4
# More faces than this are not enumerated for one cone.
MOST_FACES = 400_000
# Seconds between looks at the clock.
SLICE = 0.05


class _Stack:
    """The regions still to examine, in the arrays that the kernel works on."""

    def __init__(self, arr: Arrangement, basis: np.ndarray, orthants: Sequence[int]):
        r, m = arr.rank, arr.m
        roots = len(orthants)
        self.roots = roots
        capacity = roots + 64 * r
        self.vertices = np.zeros((capacity, r, r))
        self.fixed = np.zeros((capacity, r))
        self.alive = np.zeros(capacity, dtype=np.int64)
        self.dead = np.zeros(capacity, dtype=np.int64)
        self.first = np.zeros(capacity, dtype=np.int64)
        self.last = np.zeros(capacity, dtype=np.int64)
        self.stall = np.zeros(capacity, dtype=np.int64)
        self.depth = np.zeros(capacity, dtype=np.int64)
        self.rows = np.zeros(max(64, (roots + 8) * m), dtype=np.int32)
        self.masks = np.zeros(len(self.rows), dtype=np.uint32)
        # Regions on the stack, records, regions examined.
        self.state = np.zeros(3, dtype=np.int64)
        place = 0
        may_be_dead = not arr.constant.any() and bool((arr.low <= 0).all() and (arr.high >= 0).all())
        for number, orthant in enumerate(orthants):
            flips = np.array([1] + [1 - 2 * ((orthant >> i) & 1) for i in range(r - 1)])
            vertices = basis * flips[:, None]
            positive, negative = vertex_signs(arr, vertices)
            plus, minus = positive.all(axis=1), negative.all(axis=1)
            uncertain = np.flatnonzero(~plus & ~minus)
            self.vertices[number] = vertices
            self.fixed[number] = arr.constant + arr.above[plus] @ arr.g[plus] + arr.below[minus] @ arr.g[minus]
            self.alive[number] = 63
            if may_be_dead:
                acts = (arr.above[plus] != 0).any() or (arr.below[minus] != 0).any()
                acts_opposite = (arr.below[plus] != 0).any() or (arr.above[minus] != 0).any()
                self.dead[number] = (0 if acts else 1) | (0 if acts_opposite else 2)
            self.first[number] = place
            self.rows[place : place + len(uncertain)] = uncertain
            weights = 1 << np.arange(r)
            self.masks[place : place + len(uncertain)] = (
                positive[uncertain] @ weights | (negative[uncertain] @ weights) << 16
            )
            place += len(uncertain)
            self.last[number] = place
        self.state[0] = roots

    def arrays(self):
        return (
            self.vertices,
            self.fixed,
            self.alive,
            self.dead,
            self.first,
            self.last,
            self.stall,
            self.depth,
            self.rows,
            self.masks,
        )

    def grow_stack(self) -> None:
        for name in ("vertices", "fixed", "alive", "dead", "first", "last", "stall", "depth"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old)]))

    def grow_rows(self) -> None:
        self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
        self.masks = np.concatenate([self.masks, np.zeros_like(self.masks)])

    def share_done(self) -> float:
        """Share of the work done, counting a split as halving."""
        top = self.state[0]
        return 1.0 - float((0.5 ** self.depth[:top]).sum()) / self.roots


def vertex_signs(arr: Arrangement, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Certified signs (m, r) of a_k·v_i: which are positive, which negative."""
    value = arr.a @ vertices.T
    bound = arr.tolerance * np.linalg.norm(vertices, axis=1)
    return value > bound, value < -bound


@dataclass
class _Part:
    """What came of searching some of the first cones; `stopped` is the limit that ended it, if one did."""

    judge: Judge
    left: list[Region]
    nodes: int
    stopped: Status | None


def run_search(judge: Judge, limits: Limits, rng: np.random.Generator, progress: Progress, executor=None) -> Outcome:
    """Search all of the sphere; candidates go to the judge."""
    arr = judge.arrangement
    r = arr.rank
    settle_lineality(judge)
    settle_dead_cone(judge)
    basis = np.rint(np.linalg.qr(rng.standard_normal((r, r)))[0] * 2.0**BASIS_BITS)
    orthants = range(2 ** (r - 1))
    if executor is None:
        parts = [_search_part(judge, limits, basis, orthants, progress)]
    else:
        parts = _search_parts(judge, limits, basis, orthants, progress, executor)
        for part in parts:
            judge.merge(part.judge)
    stops = [part.stopped for part in parts if part.stopped is not None]
    known = 63 if judge.zero is None else 15
    left = [
        Region(region.vertices, region.hypotheses & known)
        for part in parts
        for region in part.left
        if region.hypotheses & known
    ]
    status = Status.PROVED if not left else stops[0] if stops else Status.TOO_DEGENERATE
    return Outcome(status, Unresolved(tuple(left), _share(left, r)), sum(part.nodes for part in parts))


def _search_parts(judge, limits, basis, orthants, progress, executor) -> list[_Part]:
    """Search every first cone as a task of its own. A part that dies with its worker is left unresolved."""
    share = None if limits.max_nodes is None else limits.max_nodes // len(orthants)
    own = limits.share(share)
    tasks = [executor.submit(_search_part, judge.fresh(), own, basis, [orthant], None) for orthant in orthants]
    parts = []
    for orthant, task in zip(orthants, tasks, strict=True):
        try:
            part = task.result()
        except (KeyboardInterrupt, CancelledError, BrokenExecutor):
            whole = _Stack(judge.arrangement, basis, [orthant])
            part = _Part(judge.fresh(), [Region(whole.vertices[0].copy(), 63)], 0, Status.INTERRUPTED)
        parts.append(part)
        progress.reach(len(parts) / len(tasks), f"{sum(p.nodes for p in parts)} regions")
    return parts


def _search_part(
    judge: Judge, limits: Limits, basis: np.ndarray, orthants: Sequence[int], progress: Progress | None
) -> _Part:
    from . import _search_kernels as kernels

    arr = judge.arrangement
    r = arr.rank
    stack = _Stack(arr, basis, orthants)
    leaf_rows = r + LEAF_SPARE
    record = _records(r, leaf_rows)
    room = _room(r, leaf_rows)
    left: list[Region] = []
    budget = 16
    while True:
        before, clock = int(stack.state[2]), time.monotonic()
        if limits.max_nodes is not None:
            budget = max(0, min(budget, limits.max_nodes - before))
        reason = kernels.search(
            arr.a,
            arr.g,
            arr.below,
            arr.above,
            arr.low,
            arr.high,
            arr.total,
            arr.tolerance,
            arr.error,
            leaf_rows,
            STALL_ROWS.get(r, leaf_rows),
            STALL_SPLITS * r,
            judge.zero is not None,
            stack.arrays(),
            record,
            stack.state,
            budget,
            room,
        )
        for i in range(int(stack.state[1])):
            if limits.reached(0) is None and record[0][i] == kernels.CANDIDATE:
                _judge_candidate(judge, record, i)
            elif limits.reached(0) is not None or not _solve_region(judge, record[2][i], int(record[1][i]), limits):
                left.append(Region(record[2][i].copy(), int(record[1][i])))
        stack.state[1] = 0
        nodes = int(stack.state[2])
        if reason == kernels.STACK_FULL:
            stack.grow_stack()
        elif reason == kernels.BUFFER_FULL:
            stack.grow_rows()
        elif reason == kernels.BUDGET_SPENT:
            speed = (nodes - before) / max(time.monotonic() - clock, 1e-9)
            budget = int(max(16, min(8 * budget, speed * SLICE)))
        if progress is not None:
            progress.reach(stack.share_done(), f"{nodes} regions, {judge.count} vectors")
        stopped = limits.reached(nodes)
        if reason == kernels.DONE or stopped is not None:
            break
    left += [Region(stack.vertices[n].copy(), int(stack.alive[n])) for n in range(int(stack.state[0]))]
    return _Part(judge, left, nodes, stopped)


def _records(r: int, leaf_rows: int, capacity: int = 1024):
    return (
        np.zeros(capacity, dtype=np.int64),
        np.zeros(capacity, dtype=np.int64),
        np.zeros((capacity, r, r)),
        np.zeros(capacity, dtype=np.int64),
        np.zeros((capacity, leaf_rows), dtype=np.int32),
        np.zeros((capacity, leaf_rows), dtype=np.int8),
        np.zeros((capacity, r)),
    )


def _room(r: int, leaf_rows: int):
    """Scratch arrays of the kernel."""
    u = leaf_rows

    def vectors(*counts):
        return tuple(np.zeros(c) for c in counts)

    test = (*vectors(r, r, r, r), *(np.zeros((r, r)) for _ in range(3)))
    leaf = (
        np.zeros((u + 1, r)),
        np.zeros((u + 1, r)),
        np.zeros((r, r)),
        np.zeros(r),
        np.zeros(r, dtype=np.int64),
        np.zeros(u + 1, dtype=np.int64),
        np.zeros(u + 1),
        np.zeros(u + 1, dtype=np.int64),
        np.zeros(u + 1, dtype=np.bool_),
        np.zeros(u + 1, dtype=np.bool_),
        np.zeros((u, r)),
        *vectors(r, r, r),
    )
    local = (
        np.zeros((u, r)),
        np.zeros((u, r)),
        *vectors(u, u, u, u, r),
        np.zeros((FOUND, u), dtype=np.int8),
        np.zeros((FOUND, r)),
    )
    return test, leaf, local


def _certain(arr: Arrangement, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signs (m,) on the cone, 0 where it is cut, and the hyperplanes that cut it."""
    positive, negative = vertex_signs(arr, vertices)
    signs = np.subtract(positive.all(axis=1), negative.all(axis=1), dtype=np.int8)
    return signs, np.flatnonzero(signs == 0)


def _judge_candidate(judge: Judge, record, i) -> None:
    arr = judge.arrangement
    bit, count = int(record[1][i]), int(record[3][i])
    pattern = np.sign(arr.a @ record[2][i].sum(axis=0)).astype(np.int8)
    if bit & 0b101100:
        pattern = -pattern
    pattern[record[4][i, :count]] = record[5][i, :count]
    judge.nonzero(pattern, 1 if bit & 0b010101 else -1)


def _solve_region(judge: Judge, vertices: np.ndarray, hypotheses: int, limits: Limits) -> bool:
    """Settle the open hypotheses of one cone by its faces; False if they are too many or time is up."""
    arr = judge.arrangement
    certain, rows = _certain(arr, vertices)
    if estimated_faces(len(rows), arr.rank) > MOST_FACES:
        return False
    patterns = None
    for opposite in (False, True):
        signs_there = -certain if opposite else certain
        # The faces around one ray are the same for all the cones that meet there.
        keys = {s: (rows.tobytes(), signs_there.tobytes(), s) for s in (1, -1)}
        bits = {1: 4 if opposite else 1, -1: 8 if opposite else 2}
        signs = [s for s in (1, -1) if hypotheses & bits[s] and keys[s] not in judge.settled]
        zero = bool(hypotheses & (32 if opposite else 16)) and judge.zero is None
        if not signs and not zero:
            continue
        if patterns is None:
            patterns = face_signs(arr.data.X[arr.representative[rows]])
        cone = -vertices if opposite else vertices

        def direction(pattern, cone=cone):
            return _direction_in_cone(arr, pattern, rows, cone)

        done = solve_faces(judge, patterns, rows, signs_there, signs, direction if zero else None, limits.share(None))
        if done < len(patterns):
            return False
        judge.settled.update(keys[s] for s in signs)
    return True


def _direction_in_cone(arr: Arrangement, pattern, rows, vertices) -> np.ndarray | None:
    """A point of the cone with the given signs on `rows`, by exact linear programming, or None if there is none."""
    from fractions import Fraction

    if arr.basis is not None:
        edges = np.array([arr.basis.vector(v) for v in vertices], dtype=object)
    else:
        edges = np.array([[Fraction(float(e)) for e in v] for v in vertices], dtype=object)
    products = arr.exact.rows[rows].dot(edges.T) if len(rows) else np.zeros((0, len(vertices)), dtype=object)
    strict = [k for k in range(len(rows)) if pattern[rows[k]] != 0]
    matrix, right = [], []
    for k in range(len(rows)):
        slack = [Fraction(0)] * len(strict)
        if k in strict:
            slack[strict.index(k)] = Fraction(-1)
        sign = int(pattern[rows[k]]) or 1
        matrix.append([sign * p for p in products[k]] + slack)
        right.append(1 if k in strict else 0)
    if not strict:
        matrix.append([Fraction(1)] * len(vertices))
        right.append(1)
    point = feasible(matrix, right)
    if point is None:
        return None
    w = sum((point[i] * edges[i] for i in range(len(vertices))), np.zeros(arr.data.d, dtype=object))
    largest = max(abs(v) for v in w)
    w = np.array([float(v / largest) for v in w])
    return w / np.linalg.norm(w)


def _share(regions: list[Region], r: int) -> float:
    """Share of the sphere S^{r−1} that regions cover: their solid angles, each by 256 points of its simplex."""
    if not regions:
        return 0.0
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(r), size=256)
    total = 0.0
    for region in regions:
        v = region.vertices / np.linalg.norm(region.vertices, axis=1, keepdims=True)
        sides = bool(region.hypotheses & 0b010011) + bool(region.hypotheses & 0b101100)
        density = np.mean(np.linalg.norm(weights @ v, axis=1) ** -float(r))
        total += sides * abs(np.linalg.det(v)) / gamma(r) * density
    return float(min(1.0, total / (2 * pi ** (r / 2) / gamma(r / 2))))
