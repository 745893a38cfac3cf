"""What a run keeps of itself: how it ended, states to start again from, and networks put together from a state."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from ._integrator import Step
from ._network import Network
from ._state import State

__all__ = ["FlowStatus", "Records", "assemble", "seen"]

Floats = NDArray[np.float64]

# States kept to start again from, and the most memory they may take.
MOST_STATES = 64
MOST_BYTES = 2**28


class FlowStatus(Enum):
    """How a run of the gradient flow ended; the value is a sentence that says what happened and what to do."""

    STATIONARY = "Ended at a stationary point: the least Clarke gradient is below gtol times its peak."
    T_MAX = "Stopped at t_max, before the gradient fell to gtol times its peak; extend() goes on from there."
    STEP_LIMIT = "Stopped after max_steps steps; extend() goes on from there."
    TIME_LIMIT = "Stopped at time_limit; extend() goes on from there."
    INTERRUPTED = "Interrupted; what was computed is kept, and extend() goes on from there."
    NOT_FINITE = (
        "Stopped: numbers left the range of float64; rescale X, y or the initial weights so that their products are "
        "ordinary numbers."
    )
    NO_STEP = (
        "Stopped: no step is short enough for the residuals to agree with themselves; raise rtol, and check that X and "
        "y are of ordinary size."
    )
    STUCK = (
        "Stopped: a neuron met more hyperplanes than a step can hold, which happens where very many nearly coincide; "
        "merge samples that are equal up to rounding, or accept what is computed."
    )


@dataclass(frozen=True, eq=False)
class Records:
    """The states from which a run can be gone through again: thinned as it grows, each a whole step's beginning."""

    states: tuple[State, ...] = ()
    stride: int = 1
    seen: int = 0

    def add(self, state: State) -> "Records":
        """With one more state, if its turn has come."""
        states, stride = self.states, self.stride
        if self.seen % stride == 0:
            states = (*states, state)
            size = sum(a.nbytes for a in states[0].arrays().values())
            if len(states) > max(2, min(MOST_STATES, MOST_BYTES // max(size, 1))):
                states, stride = states[::2], 2 * stride
        return Records(states, stride, self.seen + 1)

    def before(self, time: float) -> State:
        """The last state kept that is not after `time`."""
        return [state for state in self.states if state.time <= time][-1]


def assemble(initial: Network, W: Floats, a: Floats) -> Network:
    """The whole network: neurons with w = 0 have not moved."""
    moving = initial.W.any(axis=1)
    if moving.all():
        return Network(W, a)
    whole, outer = initial.W.copy(), initial.a.copy()
    whole[moving], outer[moving] = W, a
    return Network(whole, outer)


def seen(initial: Network, step: Step, time: float) -> Network:
    """The network at one of the times at which a step looked."""
    z = step.seen[:, np.searchsorted(step.looks, time)]
    return assemble(initial, np.ascontiguousarray(z[:, :-1]), np.ascontiguousarray(z[:, -1]))
