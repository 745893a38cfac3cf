"""
One step of the gradient flow, with the error it makes.

Within a step the residuals are polynomials in time, through their values at Lobatto nodes. Given them, every neuron
moves exactly (`_flow_kernels`), whatever it meets on the way; the residuals that result at the nodes are put back until
they agree (Anderson's iteration), which makes the step a collocation of order 6 wherever the motion is smooth. The
error of a step is measured where the polynomial is not held: the true residuals there give D to within some δ, and a
neuron's state is then wrong by about ∫ ‖δ‖ dt relative to itself. That is kept below `rtol`.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ._rows import Rows
from ._state import Moves, State, reform, regroup

__all__ = ["Integrator", "Step"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Forces = list[tuple[Integers, Floats, Floats]]

# Lobatto nodes on [0, 1] (the extrema of the Legendre polynomial of degree 3, and the ends); where the error is read.
NODES = np.array([0.0, 0.5 - 0.5 / np.sqrt(5.0), 0.5 + 0.5 / np.sqrt(5.0), 1.0])
CHECK = 0.5
TIMES = np.array([NODES[1], CHECK, NODES[2], 1.0])
# where the nodes are among TIMES
HELD = np.array([0, 2, 3])
COEFFICIENTS = np.linalg.inv(np.vander(NODES, increasing=True))
MIDDLE = np.vander([CHECK], len(NODES), increasing=True)[0] @ COEFFICIENTS
# Work is cut into so many parts whatever the number of cores: sums then do not depend on it.
PARTS = 4
# Fewer units than this are moved by one thread: the time is 0.6 to 0.9 times that with threads for m = 10 to 40.
FEW = 32
# Share of the tolerance that the iteration may leave, below LOOSE and from it on.
AGREEMENT, LOOSELY = 0.1, 0.5
# Units whose masses sum to less than this share move only after the others agree.
LIGHT = 0.02
ITERATIONS, MANY, DEPTH = 8, 4, 4
# Hyperplanes that a unit meets in a step, from which on meeting them is what costs.
BUSY = 10
# The longest step, as a bound on ‖D‖ × length; steps grow by at most GROWTH.
LONGEST = 16.0
GROWTH = 3.0
SAFETY = 0.85
# Kinks in so small a share at the beginning of a step do not shorten it.
SOON = 1e-6
# From this tolerance on neurons pass many hyperplanes at once; the share of the tolerance that a piece may take.
LOOSE, MIDPOINT = 1e-3, 0.3
# A step on which the iteration did not agree is shortened by this.
SHORTER = 0.4
NONE = np.empty(0)
# Room for the events of heavy neurons in one part of a step, and the numbers of one: `_flow_kernels`.
LOGGED, EVENT = 2048, 5


@dataclass(frozen=True)
class Step:
    """
    An accepted step: the states at its ends, and the forces in between.

    `forces` lists (units, J, B): coefficients in τ, times the length of the step, by which these units moved. `looks`
    are those times within it at which the neurons were to be seen; `seen` (m, looks, d + 1) has their (w, a).
    """

    begin: State
    end: State
    forces: Forces
    failed: bool
    iterations: int
    rejected: int
    looks: Floats
    seen: Floats


@dataclass(frozen=True)
class Collocation:
    """(h, V) at the nodes of a step, and what is known of them: see `Integrator._collocate`."""

    values: Floats
    moves: Moves
    logs: list[Floats]
    forces: Forces
    agreed: bool
    change: float
    error: float
    surprise: float
    iterations: int


class Integrator:
    """Steps of the flow on one data set; reproducible, whatever the number of threads."""

    def __init__(self, rows: Rows, rtol: float):
        self.rows = rows
        self.rtol = rtol
        self.coarse = MIDPOINT * rtol if rtol >= LOOSE else 0.0
        self.agreement = LOOSELY if rtol >= LOOSE else AGREEMENT
        random = np.random.Generator(np.random.PCG64(20241008))
        self.table = random.integers(1, 2**64, size=(rows.count, 4), dtype=np.uint64, endpoint=False)
        self.pool: ThreadPoolExecutor | None = None
        total = float(rows.weights.sum())
        # the mass of a network that fits the labels, by order of magnitude
        self.fitting = float(np.sqrt((rows.weights * rows.targets**2).sum() / total)) if total > 0 else 0.0
        # how much a row of h can change D
        self.stiffest = float(rows.weights.max(initial=0.0)) / rows.n
        self.metric = np.sqrt(np.append(rows.weights.sum(axis=0), np.full(rows.columns.shape[0], total)) / rows.n)

    @contextmanager
    def threads(self) -> Iterator[None]:
        """Keep threads for the steps within."""
        with ThreadPoolExecutor(min(PARTS, os.cpu_count() or 1)) as self.pool:
            yield
        self.pool = None

    # numbers out of range are seen, and reported, as a loss or a gradient that is not finite
    @np.errstate(all="ignore")
    def begin(self, W: Floats, a: Floats) -> State:
        """The state at time 0; every w_j ≠ 0."""
        from ._flow_kernels import patterns

        m, d = W.shape
        Z, nz = np.full((m, d), -1), np.zeros(m, dtype=np.int64)
        keys = np.zeros((m, 2), dtype=np.uint64)
        patterns(self.rows.columns, W, a, Z, nz, self.table, keys)
        size = d + 1
        state = State(
            time=0.0,
            length=0.0,
            W=W,
            a=a,
            Z=Z,
            nz=nz,
            keys=keys,
            undominated=a**2 < np.einsum("jc,jc->j", W, W),
            unit=np.zeros(m, dtype=np.int64),
            order=np.arange(m),
            start=np.array([0, m]),
            P=np.zeros((0, size, size)),
            Q=np.zeros((0, size, size)),
            center=np.zeros((0, size)),
            half=np.zeros((0, size)),
            h=np.zeros(self.rows.count),
            V=np.zeros(d),
            past=np.zeros((len(NODES), self.rows.count + d)),
            before=0.0,
            excess=1.0,
            loss=0.0,
            gradient=0.0,
            cones=0,
            crossings=0,
            sliding=0,
        )
        state = regroup(state, np.ones(0, dtype=bool))
        # a sweep of length 0 reads h, V and the gradient off the state
        h, V = np.zeros((len(TIMES), self.rows.count)), np.zeros((len(TIMES), d))
        units = np.arange(len(state.P))
        self._sweep(state, units, np.zeros((1, self.rows.count)), np.zeros((1, d)), TIMES, h, V, Moves.of(state), [])
        J, B = self.rows.forces(h[0], V[0])
        loss = self.rows.loss(h[0], V[0])
        moves = Moves.of(state)
        tiny = 1e-12 / max(float(self.rows.size(J, B)), 1e-300)
        self._sweep(state, units, tiny * J[None], tiny * B[None], TIMES, np.zeros_like(h), np.zeros_like(V), moves, [])
        speed = float(self.rows.size(J, B))
        return replace(
            state,
            h=h[0],
            V=V[0],
            loss=loss,
            gradient=float(np.sqrt(moves.square.sum())) / tiny,
            length=0.1 / speed if speed > 0 else 1.0,
        )

    def _sweep(
        self,
        state: State,
        units: Integers,
        J: Floats,
        B: Floats,
        times: Floats,
        h: Floats,
        V: Floats,
        moves: Moves,
        logs: list[Floats],
        looks: Floats = NONE,
        keep: float = np.inf,
        room: int = LOGGED,
    ) -> None:
        """Move the units through the step under the forces J, B; add their h and V at the times."""
        from ._flow_kernels import sweep

        parts = [np.ascontiguousarray(units[i::PARTS]) for i in range(PARTS)]
        parts = [part for part in parts if len(part)]
        rows = self.rows
        moves.square[units] = 0.0
        moves.reason[units] = 0
        results = [(np.zeros_like(h), np.zeros_like(V), np.zeros(EVENT * room + 1)) for _ in parts]

        def run(i: int) -> None:
            sweep(
                parts[i],
                state.order,
                state.start,
                state.W,
                state.a,
                state.undominated,
                state.Z,
                state.nz,
                state.P,
                state.Q,
                state.center,
                state.half,
                rows.columns,
                rows.normals,
                np.ascontiguousarray(J),
                np.ascontiguousarray(B),
                len(J),
                times,
                looks,
                self.table,
                keep,
                self.coarse,
                moves.W,
                moves.a,
                moves.Z,
                moves.nz,
                moves.keys,
                moves.moved,
                moves.P,
                moves.Q,
                moves.square,
                moves.crossed,
                moves.reason,
                moves.seen,
                *results[i],
            )

        if self.pool is None or len(units) < FEW:
            for i in range(len(parts)):
                run(i)
        else:
            list(self.pool.map(run, range(len(parts))))
        for part_h, part_V, log in results:
            h += part_h
            V += part_V
            logs.append(log[1 : 1 + EVENT * int(log[0])].reshape(-1, EVENT))

    @np.errstate(all="ignore")
    def step(self, state: State, looks: Floats = NONE) -> Step:
        """Take one step, as long as the error allows; see the neurons at those of the times `looks` that are within."""
        rows = self.rows
        light, heavy = self._parts(state)
        length, rejected = state.length, 0
        pace = state.gradient / max(float(np.sqrt(np.trace(state.Q, axis1=1, axis2=2).sum())), 1e-300)
        speed = float(rows.size(*rows.forces(state.h, state.V)))
        while True:
            # near a stationary point errors are to be small beside what still moves
            rtol = self.rtol * min(1.0, max(1e-6, np.sqrt(200.0 * length * pace)))
            within = looks[(looks > state.time) & (looks < state.time + length)]
            found = self._collocate(state, light, heavy, length, rtol, (within - state.time) / length)
            if found.agreed and (found.error <= rtol or length * speed < rtol):
                break
            if not np.isfinite(found.change) or length * speed < 1e-13:
                return Step(state, state, found.forces, True, found.iterations, rejected, within, found.moves.seen)
            length *= self._shorten(found.logs, found.error / rtol) if found.error > rtol else SHORTER
            rejected += 1
        end = self._finish(state, found.moves, found.values, length)
        excess = max(found.error / rtol, 1e-12)
        factor = SAFETY * excess ** (-1 / len(NODES))
        if state.before > 0:
            # if the error of steps of the same length grows, it will go on to (Gustafsson's predictive controller)
            factor *= min(1.0, length / state.before * (state.excess / excess) ** (1 / len(NODES)))
        factor = min(1.0 if rejected else GROWTH, max(0.4, factor))
        if found.iterations >= MANY:
            factor = min(factor, 1.0 if found.iterations == MANY else 0.8)
        if int(found.moves.crossed[light].sum()) > BUSY * len(state.P) and found.surprise > 0.0:
            # light units that cross much are what costs: steps so short that they need to move only once
            factor = min(factor, max(0.5, SAFETY * (self.agreement * rtol / found.surprise) ** (1 / len(NODES))))
        following = length * factor
        speed = float(rows.size(*rows.forces(end.h, end.V)))
        if speed > 0:
            following = min(following, LONGEST / speed)
        end = replace(end, length=following, excess=excess)
        stuck = bool(found.moves.reason.any())
        return Step(state, end, found.forces, stuck, found.iterations, rejected, within, found.moves.seen)

    def _parts(self, state: State) -> tuple[Integers, Integers]:
        """The light units, the smallest as long as their masses sum to little, and the heavy ones."""
        mass = np.trace(state.Q, axis1=1, axis2=2)
        ranked = np.argsort(mass, kind="stable")
        few = np.searchsorted(np.cumsum(mass[ranked]), LIGHT * max(mass.sum(), self.fitting), side="right")
        return np.sort(ranked[:few]), np.sort(ranked[few:])

    def _collocate(
        self, state: State, light: Integers, heavy: Integers, length: float, rtol: float, looks: Floats = NONE
    ) -> "Collocation":
        """
        Find the (h, V) at the nodes that the motion under their polynomial gives back.

        Heavy units move in every iteration, light ones at first and whenever the heavy ones agree with what they have.
        The iteration is Anderson's: the residuals of the last few are combined to the least.
        """
        rows, tolerance = self.rows, self.agreement * rtol
        count = rows.count
        values = np.empty((len(NODES), count + state.V.shape[0]))
        values[0, :count], values[0, count:] = state.h, state.V
        values[1:] = self._predict(state, length)
        moves = Moves.of(state, len(looks))
        light_h, light_V = np.zeros((len(TIMES), count)), np.zeros((len(TIMES), state.V.shape[0]))
        heavy_h, heavy_V = np.zeros_like(light_h), np.zeros_like(light_V)
        logs: list[Floats] = []
        # how far the forces have moved since the light units did
        stale, change, surprise, before, error = np.inf, np.inf, 0.0, np.inf, 0.0
        past: list[tuple[Floats, Floats]] = []
        agreed, iterations = False, 0
        forces: Forces = [(light, NONE, NONE), (heavy, NONE, NONE)]
        while not agreed and iterations < ITERATIONS:
            iterations += 1
            J, B = self._polynomials(values, length, tolerance)
            if len(light) and (iterations == 1 or not len(heavy) or (change <= tolerance < stale)):
                light_h[:], light_V[:] = 0.0, 0.0
                self._sweep(state, light, J, B, TIMES, light_h, light_V, moves, [], looks)
                forces[0] = (light, J, B)
                stale = 0.0
                past.clear()
            if len(heavy):
                heavy_h[:], heavy_V[:] = 0.0, 0.0
                logs = []
                forces[1] = (heavy, J, B)
                kink = self._kink(length, rtol)
                self._sweep(state, heavy, J, B, TIMES, heavy_h, heavy_V, moves, logs, looks, kink)
            new = np.hstack([light_h + heavy_h, light_V + heavy_V])
            held = new[HELD]
            change = length * float(rows.size(*self._difference(held, values[1:])).max())
            error = length * float(rows.size(*self._difference(new[1], MIDDLE[1:] @ held + MIDDLE[0] * values[0])))
            surprise = change if iterations == 1 else surprise
            stale += change
            agreed = change <= tolerance and (not len(light) or stale <= tolerance)
            if not np.isfinite(change) or (change > 0.9 * before and iterations > 5):
                break
            if not agreed and error > 4.0 * rtol and change < 0.25 * error:
                # too long a step, as is plain already
                break
            before = change
            values[1:] = held if agreed else self._mix(past, values[1:], held)
        return Collocation(values, moves, logs, forces, agreed, change, error, surprise, iterations)

    def _mix(self, past: list[tuple[Floats, Floats]], given: Floats, got: Floats) -> Floats:
        """The next iterate of Anderson's method, from what went in and what came out so far."""
        past.append((got - given, got))
        del past[:-DEPTH]
        if len(past) == 1:
            return got
        residuals = np.array([(residual * self.metric).ravel() for residual, _ in past])
        last = residuals[-1]
        gamma = np.linalg.lstsq((last - residuals[:-1]).T, last, rcond=1e-10)[0]
        result = got.copy()
        for share, (_, other) in zip(gamma, past[:-1], strict=True):
            result -= share * (got - other)
        return result

    def _kink(self, length: float, rtol: float) -> float:
        """The kinks of a row of h, in its slope, that a step of this length cannot be blind to."""
        return 0.05 * rtol / (max(length, 1e-300) * max(self.stiffest, 1e-300))

    def _difference(self, one: Floats, other: Floats) -> tuple[Floats, Floats]:
        """The difference of the forces of two (h, V)."""
        count = self.rows.count
        J1, B1 = self.rows.forces(one[..., :count], one[..., count:])
        J2, B2 = self.rows.forces(other[..., :count], other[..., count:])
        return J1 - J2, B1 - B2

    def _polynomials(self, values: Floats, length: float, tolerance: float) -> tuple[Floats, Floats]:
        """Coefficients in τ of the forces, times the length, from (h, V) at the nodes."""
        count = self.rows.count
        J, B = self.rows.forces(values[:, :count], values[:, count:])
        J, B = length * (COEFFICIENTS @ J), length * (COEFFICIENTS @ B)
        # what the neurons would not notice need not be added up
        sizes = self.rows.size(J, B)
        terms = len(J)
        while terms > 1 and sizes[terms - 1] < 1e-2 * tolerance:
            terms -= 1
        return J[:terms], B[:terms]

    def _predict(self, state: State, length: float) -> Floats:
        """(h, V) at the nodes after the first: the last step's polynomial continued."""
        if state.before == 0.0:
            return np.tile(np.concatenate([state.h, state.V]), (len(NODES) - 1, 1))
        ratio = length / state.before
        times = 1.0 + NODES[1:] * ratio
        return np.vander(times, len(NODES), increasing=True) @ state.past

    def _shorten(self, logs: list[Floats], excess: float) -> float:
        """By what factor to shorten a step whose error is too large: to the next kink of h, or by the order."""
        factor = min(0.8, max(0.1, 0.9 * excess ** (-1 / len(NODES))))
        events = np.concatenate(logs)[:, 0] if logs else np.empty(0)
        events = np.sort(events[events > SOON])
        if not len(events):
            return factor
        first = float(events[0])
        if first > 0.02:
            return min(first, 0.999) if first > factor else max(first, 0.02)
        # a burst at the beginning: to its end, which is where the first gap is much longer than what is before it
        gaps = np.diff(np.append(events, 1.0))
        after = np.flatnonzero(gaps > np.maximum(4.0 * events, SOON))
        last = float(events[after[0]]) if len(after) else 1.0
        return min(1.001 * last, factor)

    def _finish(self, state: State, moves: Moves, values: Floats, length: float) -> State:
        """The state at the end of an accepted step."""
        count = self.rows.count
        moved = moves.moved.astype(bool)
        # units that moved neuron by neuron restart from where they are; the others keep their neurons and a propagator
        P, Q = np.where(moved[:, None, None], state.P, moves.P), np.where(moved[:, None, None], state.Q, moves.Q)
        P[moved] = np.eye(P.shape[1])
        if moved.any():
            neurons = moved[state.unit]
            nz = np.where(neurons, moves.nz, state.nz)
            state = replace(
                state,
                W=np.where(neurons[:, None], moves.W, state.W),
                a=np.where(neurons, moves.a, state.a),
                keys=np.where(neurons[:, None], moves.keys, state.keys),
                Z=np.where(neurons[:, None], moves.Z, state.Z),
                nz=nz,
                sliding=int((nz > 0).sum()),
            )
        h, V = values[-1, :count], values[-1, count:]
        end = replace(
            state,
            time=state.time + length,
            P=P,
            Q=Q,
            h=h,
            V=V,
            past=COEFFICIENTS @ values,
            before=length,
            loss=self.rows.loss(h, V),
            gradient=float(np.sqrt(moves.square.sum())) / length,
            crossings=state.crossings + int(moves.crossed[moved].sum()),
        )
        if moved.any():
            end = regroup(end, ~moved) if moves.crossed[moved].any() else reform(end, np.flatnonzero(moved))
        return end

    def measure(self, step: Step, share: float) -> tuple[float, float]:
        """The loss and the gradient at a share in (0, 1) of an accepted step."""
        state = step.begin
        moves = Moves.of(state)
        h, V = np.zeros((1, self.rows.count)), np.zeros((1, state.V.shape[0]))
        for units, J, B in step.forces:
            if len(units):
                scale = share ** np.arange(1, len(J) + 1)[:, None]
                self._sweep(state, units, scale * J, scale * B, np.ones(1), h, V, moves, [])
        gradient = float(np.sqrt(moves.square.sum())) / (share * (step.end.time - state.time))
        return self.rows.loss(h[0], V[0]), gradient

    def events(self, step: Step) -> Floats:
        """
        List what happened in an accepted step, in order of time: rows of time, neuron, hyperplane, and what.

        What: 0 crosses, 1 begins to slide, 2 ceases to, 3 reaches w = 0 (hyperplane −1).
        """
        state = step.begin
        logs: list[Floats] = []
        h, V = np.zeros((1, self.rows.count)), np.zeros((1, state.V.shape[0]))
        # an event lets go of fewer than d hyperplanes and takes up as many
        room = 2 * state.W.shape[1] * (step.end.crossings - state.crossings)
        moves = Moves.of(state)
        for units, J, B in step.forces:
            if len(units):
                self._sweep(state, units, J, B, np.ones(1), h, V, moves, logs, NONE, -1.0, room)
        found = np.concatenate(logs) if logs else np.zeros((0, EVENT))
        found = found[np.lexsort([found[:, 3], found[:, 0]])]
        times = state.time + found[:, 0] * (step.end.time - state.time)
        return np.column_stack([times, found[:, 3], found[:, 2], found[:, 4]])
