"""The state of a run between two steps: neurons in units of one activation pattern, each with one propagator."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Moves", "State", "reform", "regroup"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class State:
    """
    Everything that the next step depends on.

    Neurons are in units of one pattern; z = (w, a) of a neuron is the propagator P of its unit times (W, a).
    """

    time: float
    length: float  # of the next step
    W: Floats  # (m, d)
    a: Floats  # (m,)
    Z: Integers  # (m, d) hyperplanes slid on, −1 where fewer
    nz: Integers  # (m,)
    keys: NDArray[np.uint64]  # (m, 2) of the patterns
    undominated: NDArray[np.bool_]  # (m,) a² < ‖w‖², so that a may change its sign
    unit: Integers  # (m,)
    order: Integers  # (m,) neurons by unit
    start: Integers  # (units + 1,)
    P: Floats  # (units, d + 1, d + 1)
    Q: Floats  # (units, d + 1, d + 1) Σ z zᵀ
    center: Floats  # (units, d + 1)
    half: Floats  # (units, d + 1)
    h: Floats  # (rows,)
    V: Floats  # (d,)
    past: Floats  # (nodes, rows + d): coefficients of h and V in the last step
    before: float  # length of the last step, 0 at the start
    excess: float  # its error as a share of what was allowed
    loss: float
    gradient: float
    cones: int
    crossings: int
    sliding: int

    def parameters(self) -> tuple[Floats, Floats]:
        """W (m, d) and a (m,) now."""
        z = np.einsum("jrc,jc->jr", self.P[self.unit], np.column_stack([self.W, self.a]))
        # a neuron alone has the propagator 1; avoid −0 and rounding for it
        return np.ascontiguousarray(z[:, :-1]), np.ascontiguousarray(z[:, -1])

    def arrays(self) -> dict[str, NDArray]:
        """The fields as arrays, for a file."""
        return {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray]) -> "State":
        """Read the fields back; numbers keep their type."""
        read: dict[str, Any] = {}
        for f in fields(cls):
            value = arrays[f.name]
            read[f.name] = value.item() if value.ndim == 0 else value
        return cls(**read)


@dataclass
class Moves:
    """What a sweep writes: see `_flow_kernels.sweep`."""

    W: Floats
    a: Floats
    Z: Integers
    nz: Integers
    keys: NDArray[np.uint64]
    moved: NDArray[np.uint8]
    P: Floats
    Q: Floats
    square: Floats
    crossed: Integers
    reason: Integers
    seen: Floats  # (m, looks, d + 1)

    @classmethod
    def of(cls, state: State, looks: int = 0) -> "Moves":
        """Room for the moves from a state, and for looks at the neurons on the way."""
        units, size = state.center.shape
        return cls(
            W=np.empty_like(state.W),
            a=np.empty_like(state.a),
            Z=np.empty_like(state.Z),
            nz=np.empty_like(state.nz),
            keys=np.empty_like(state.keys),
            moved=np.zeros(units, dtype=np.uint8),
            P=np.empty((units, size, size)),
            Q=np.empty((units, size, size)),
            square=np.zeros(units),
            crossed=np.zeros(units, dtype=np.int64),
            reason=np.zeros(units, dtype=np.int64),
            seen=np.empty((len(state.a), looks, size)),
        )


def reform(state: State, units: Integers) -> State:
    """Boxes and second moments of units whose neurons moved one by one and met nothing."""
    from ._flow_kernels import form_units

    P, Q, center, half = state.P.copy(), state.Q.copy(), state.center.copy(), state.half.copy()
    wide = np.zeros(len(P), dtype=bool)
    form_units(units, state.order, state.start, state.W, state.a, P, Q, center, half, wide)
    state = replace(state, P=P, Q=Q, center=center, half=half)
    return regroup(state, np.ones(len(P), dtype=bool)) if wide.any() else state


def regroup(state: State, quiet: NDArray[np.bool_]) -> State:
    """Put the neurons into units by their patterns; a quiet unit that stays as it is keeps its propagator."""
    from ._flow_kernels import form_units

    m = len(state.a)
    negative = state.a < 0
    ranks = np.lexsort([negative, state.keys[:, 1], state.keys[:, 0]])
    keys, negative = state.keys[ranks], negative[ranks]
    new = np.ones(m, dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    cones = int(new.sum())
    new[1:] |= negative[1:] != negative[:-1]
    size = state.W.shape[1] + 1
    while True:
        unit = np.empty(m, dtype=np.int64)
        unit[ranks] = np.cumsum(new) - 1
        start = np.append(np.flatnonzero(new), m)
        units = len(start) - 1
        old = state.unit[ranks]
        # units of the same neurons as before
        sizes = np.diff(start)
        lead = old[start[:-1]]
        same = np.zeros(units, dtype=bool)
        if len(quiet):
            same = quiet[lead] & (np.bincount(state.unit, minlength=len(quiet))[lead] == sizes)
            same &= np.minimum.reduceat(old, start[:-1]) == np.maximum.reduceat(old, start[:-1])
        P, Q = np.zeros((units, size, size)), np.zeros((units, size, size))
        center, half = np.zeros((units, size)), np.zeros((units, size))
        for array, source in ((P, state.P), (Q, state.Q), (center, state.center), (half, state.half)):
            array[same] = source[lead[same]]
        W, a = state.W, state.a
        fresh = ~same[unit]
        if len(quiet) and (fresh & quiet[state.unit]).any():
            # neurons of a quiet unit that get company: apply their propagator
            W, a = W.copy(), a.copy()
            which = np.flatnonzero(fresh & quiet[state.unit])
            z = np.einsum("jrc,jc->jr", state.P[state.unit[which]], np.column_stack([state.W[which], state.a[which]]))
            W[which], a[which] = z[:, :-1], z[:, -1]
        wide = np.zeros(units, dtype=bool)
        form_units(np.flatnonzero(~same), ranks, start, W, a, P, Q, center, half, wide)
        if not wide.any():
            break
        # states too far apart for one box: every neuron on its own
        new |= wide[np.cumsum(new) - 1]
    return replace(
        state, W=W, a=a, unit=unit, order=ranks, start=start, P=P, Q=Q, center=center, half=half, cones=cones
    )
