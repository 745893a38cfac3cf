"""A certified bracket of Δ_n by covering the sphere with simplicial cones: branch and bound.

A cone is dropped when a bound of ‖D − D(w)‖ over it, with D in an enclosure of the Clarke subdifferential, is at most
(1 + gap) times the best value seen at a direction; else it is split. The upper end of the bracket is the largest bound
of a dropped cone. Limits leave cones unexamined; those are bounded as they are, so the bracket holds whenever it stops.
"""

import time
from dataclasses import dataclass

import numpy as np

from ..geometry.critical._limits import Limits, Progress
from ..geometry.critical._result import Status
from ._ascent import Sighting, climb, drawn, values_at
from ._common_point import common_point
from ._planes import Planes
from ._target import Target

__all__ = ["Bracket", "look_around", "run_cover"]

# Basis vectors of the first cones are rounded to integers of this many bits, which leaves the splits 41 more.
BASIS_BITS = 11
# Regions, and rows in them, that one call of the kernel takes on at most.
BATCH, BATCH_ROWS = 1024, 2_000_000
# Directions that are moved uphill before the cover begins.
SEEDS = 8
# Regions per batch in which the hyperplanes may have a point in common.
LEAVES = 8


@dataclass(frozen=True)
class Bracket:
    """What a cover found: the upper end, whether every cone was dropped, what stopped it, the regions examined."""

    upper: float
    settled: bool
    stopped: Status | None
    nodes: int


class _Stack:
    """The regions still to examine, in the arrays that the kernel works on; children share their parent's rows."""

    def __init__(self, planes: Planes, basis: np.ndarray):
        d, m = planes.normals.shape[1], len(planes)
        self.roots = self.top = 2**d
        capacity = self.roots + 64 * BATCH
        self.vertices = np.zeros((capacity, d, d))
        self.fixed = np.zeros((capacity, d))
        self.first, self.last, self.depth = np.zeros((3, capacity), dtype=np.int64)
        for orthant in range(self.roots):
            self.vertices[orthant] = basis * np.array([1 - 2 * ((orthant >> i) & 1) for i in range(d)])[:, None]
        self.fixed[: self.roots] = planes.start
        self.last[: self.roots] = m
        self.rows = np.zeros(m + BATCH_ROWS, dtype=np.int32)
        self.rows[:m] = np.arange(m)

    def arrays(self) -> tuple[np.ndarray, ...]:
        return self.vertices, self.fixed, self.first, self.last, self.depth, self.rows

    def batch(self) -> int:
        """How many of the topmost regions to take, with room for their children."""
        lengths = (self.last - self.first)[max(0, self.top - BATCH) : self.top][::-1]
        total = np.cumsum(lengths)
        count = max(1, int(np.searchsorted(total, BATCH_ROWS, side="right")))
        while self.top + count > len(self.first):
            for name in ("vertices", "fixed", "first", "last", "depth"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.zeros_like(old)]))
        if self.last[self.top - 1] + total[count - 1] > len(self.rows):
            self.rows = np.concatenate(
                [self.rows, np.zeros(max(len(self.rows), int(total[count - 1])), dtype=np.int32)]
            )
        return count

    def share_done(self) -> float:
        """Share of the work done, counting a split as halving."""
        return 1.0 - float((0.5 ** self.depth[: self.top]).sum()) / self.roots


def run_cover(
    planes: Planes,
    target: Target,
    gap: float,
    limits: Limits,
    sighting: Sighting,
    rng: np.random.Generator,
    progress: Progress,
) -> Bracket:
    """Bracket the supremum to a relative gap; what is seen on the way goes to `sighting`."""
    from . import _cover_kernels as kernels

    d = planes.normals.shape[1]
    basis = np.rint(np.linalg.qr(rng.standard_normal((d, d)))[0] * 2.0**BASIS_BITS)
    stack = _Stack(planes, basis)
    arrays = (
        np.ascontiguousarray(planes.normals.T),
        planes.step,
        planes.most - planes.least,
    )
    room, scratch = _room(d, len(planes)), _scratch(d, len(planes))
    counts = np.zeros(4)
    leaves = (
        np.zeros((LEAVES, d, d)),
        np.zeros((LEAVES, 8), dtype=np.int64),
        np.zeros(LEAVES, dtype=np.int64),
        np.zeros(LEAVES),
    )
    leader = sighting.direction.copy()
    stopped = None
    budget = 64
    while stack.top > 0:
        clock = time.monotonic()
        count = min(stack.batch(), budget)
        stopped = stopped or limits.reached(int(counts[2]))
        if limits.max_nodes is not None and not stopped:
            count = min(count, limits.max_nodes - int(counts[2]))
        chosen = slice(stack.top - count, stack.top)
        values, slack = _limits_on(target, stack.vertices[chosen])
        # Once a limit is reached every region left is bounded, whatever the bound, and none is split.
        factor = np.inf if stopped else 1.0 + gap
        before = sighting.value
        stack.top, value = kernels.cover(
            arrays,
            planes.tolerance,
            planes.error,
            stack.arrays(),
            stack.top,
            count,
            values,
            slack,
            before,
            factor,
            leader,
            counts,
            leaves,
            room,
            scratch,
        )
        if value > before:
            sighting.offer(np.array([value]), leader[None] / np.linalg.norm(leader))
        _visit(planes, target, leaves, int(counts[3]), sighting)
        counts[3] = 0.0
        if sighting.value > before and not stopped:
            climb(planes, target, sighting.direction[None], sighting, rng)
        if time.monotonic() - clock < 0.05:
            budget = min(2 * budget, BATCH)
        progress.reach(stack.share_done(), f"{int(counts[2])} regions, {sighting.value:.4g}")
    upper = max(float(counts[0]), float(counts[1]), sighting.value)
    return Bracket(upper, counts[1] <= (1.0 + gap) * sighting.value, stopped, int(counts[2]))


def _visit(planes: Planes, target: Target, leaves, count: int, sighting: Sighting) -> None:
    """Check exactly whether the hyperplanes that cut a cone have a point of it in common: D is free on them there."""
    vertices, rows, counts, values = leaves
    for place in np.argsort(-values[:count], kind="stable"):
        if values[place] > sighting.value:
            free = rows[place, : counts[place]]
            w = common_point(planes.representative[free], vertices[place])
            if w is not None:
                c = target.evaluate(w[None])[0]
                D = planes.farthest(w, free, c)
                # The point of the common line is at most 2^-50 from w.
                error = planes.error + 2.0**-50 * (target.lipschitz or 0.0)
                value = max(values[place], float(np.linalg.norm(D - c)) - error)
                sighting.offer(np.array([value]), w[None], D)


def look_around(planes: Planes, target: Target, sighting: Sighting, rng: np.random.Generator) -> None:
    """Draw directions and move the best uphill: a good value drops many cones."""
    d = planes.normals.shape[1]
    kept = np.zeros((0, d))
    known = np.zeros(0)
    for w in drawn(planes, d, rng):
        values = values_at(planes, target, w)
        kept, known = np.vstack([kept, w]), np.concatenate([known, values])
        best = np.argsort(-known, kind="stable")[:SEEDS]
        kept, known = kept[best], known[best]
    climb(planes, target, kept, sighting, rng)


def _limits_on(target: Target, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """D(w) to compare with on each cone, at its centre and at its vertices, and how far off that may be.

    The comparison is with one value, at the centre, and its Lipschitz constant; or with the affine function through
    the values at the unit vertices v_i. For w = Σ λ_i v_i the latter is off by ½ Σ λ_i ‖v_i − w‖² times a bound of the
    second derivative at the points of the simplex, curvature/‖w‖². With ρ the largest angle between the centre and
    a vertex, ‖w‖ ≥ cos ρ, and Σ λ_i ‖v_i − w‖² = 1 − ‖w‖² ≤ sin² ρ.
    """
    d = vertices.shape[1]
    if target.constant is not None:
        return np.broadcast_to(target.constant, (1, d + 1, d)).copy(), np.zeros((1, 2))
    v = vertices / np.linalg.norm(vertices, axis=2, keepdims=True)
    centres = v.sum(axis=1)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    # The angle by its chord, which stays accurate when it is small.
    chords = np.linalg.norm(v - centres[:, None], axis=2).max(axis=1)
    radii = 2.0 * np.arcsin(np.minimum(0.5 * chords, 1.0)) * (1.0 + 1e-12) + 1e-15
    turn = target.slope(centres, radii) * radii
    values = np.repeat(target.evaluate(centres)[:, None], d + 1, axis=1)
    slack = np.column_stack([turn, turn])
    if target.curvature is not None:
        bend = np.where(radii < 1.5, 0.5 * target.curvature * np.tan(np.minimum(radii, 1.5)) ** 2, np.inf)
        better = np.flatnonzero(bend < turn)
        values[better, 1:] = target.evaluate(v[better].reshape(-1, d)).reshape(-1, d, d)
        slack[better, 0] = bend[better]
    return values, slack


def _room(d: int, m: int):
    children = 2 * BATCH
    rows = m + BATCH_ROWS
    return (
        np.zeros((children, d, d)),
        np.zeros((children, d)),
        *np.zeros((3, children), dtype=np.int64),
        np.zeros(rows, dtype=np.int32),
        np.zeros(m, dtype=np.int32),
        np.zeros((d, m)),
        *(np.zeros(m) for _ in range(5)),
        np.zeros((d, d)),
        *(np.zeros(d) for _ in range(4)),
        np.zeros((d, d)),
    )


def _scratch(d: int, m: int):
    return (
        *(np.zeros(m) for _ in range(4)),
        *(np.zeros(d) for _ in range(4)),
        np.zeros((d, d)),
        np.zeros(d),
        *(np.zeros((d, d)) for _ in range(3)),
        np.zeros((d, d, d)),
        np.zeros((d * (d + 1) // 2, m)),
    )
