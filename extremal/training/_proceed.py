"""Going on with a run from the state it is in, until something stops it."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, log
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data import Dataset
from ..data._arguments import as_count, as_number
from ..data._real import check_finite, real_array
from ..errors import InvalidTypeError, InvalidValueError
from ..geometry.critical._limits import Limits, Progress, interruptible
from ..geometry.critical._result import Status
from ._integrator import Integrator, Step
from ._network import Network
from ._records import FlowStatus, assemble, seen
from ._rows import rows_of
from ._state import State

if TYPE_CHECKING:
    from ._trajectory import Trajectory

__all__ = ["integrator_of", "proceed"]

_NAMES = ("times", "losses", "gradients", "cones", "crossings", "sliding")
_STOPS = {
    Status.NODE_LIMIT: FlowStatus.STEP_LIMIT,
    Status.TIME_LIMIT: FlowStatus.TIME_LIMIT,
    Status.INTERRUPTED: FlowStatus.INTERRUPTED,
}


def integrator_of(run: "Trajectory") -> Integrator:
    """The integrator that a run is computed with."""
    return Integrator(rows_of(Dataset(run.X, run.y), run.leak), run.rtol)


def proceed(
    run: "Trajectory",
    t_max: float | None,
    max_steps: int | None,
    time_limit: float | None,
    save_at: Any,
    observe: Callable[[float, Network], Any] | None,
    progress: bool,
) -> "Trajectory":
    """Go on from the state of a run until something stops it."""
    end = inf if t_max is None else as_number(t_max, "t_max", "a time of the flow, 0 or more, or None", least=0.0)
    if max_steps is not None:
        max_steps = as_count(max_steps, "max_steps", "an integer, 0 or more, or None for no limit", 0)
    if time_limit is not None:
        time_limit = as_number(time_limit, "time_limit", "a number of seconds, 0 or more, or None", least=0.0)
    if run.gtol == 0 and t_max is None and max_steps is None and time_limit is None:
        raise InvalidValueError("gtol is 0 and there is no t_max, max_steps or time_limit; expected one to stop at")
    if observe is not None and not callable(observe):
        raise InvalidTypeError(f"observe is {observe!r}; expected a function (t, network) -> value")
    watch = _Watch(run, _read_times(save_at, run._state.time), observe)
    integrator = integrator_of(run)
    state, records, peak = run._state, run._records, run.peak
    limits = Limits(max_steps, time_limit)
    lines = [(state.time, state.loss, state.gradient, state.cones, state.crossings, state.sliding)]
    steps = records.seen - 1
    # it is stationary if it is so at the ends of two steps: the gradient also dips on the way past a saddle
    before = float(run.gradients[-2]) if len(run.gradients) > 1 else inf
    status, cut = None, None
    with interruptible(limits), integrator.threads(), Progress(progress) as bar:
        while status is None:
            watch.state(state)
            if not np.isfinite(state.gradient + state.loss):
                status = FlowStatus.NOT_FINITE
            elif state.gradient <= run.gtol * peak and (state.gradient == 0 or before <= run.gtol * peak):
                status = FlowStatus.STATIONARY
            elif state.time >= end:
                status = FlowStatus.T_MAX
            else:
                reached = limits.reached(steps)
                status = None if reached is None else _STOPS[reached]
            if status is not None:
                break
            step = integrator.step(state, watch.looks(state.time, end))
            if step.failed:
                if step.end is not step.begin:
                    status = FlowStatus.STUCK
                else:
                    status = FlowStatus.NO_STEP if np.isfinite(step.forces[-1][1]).all() else FlowStatus.NOT_FINITE
                break
            watch.step(step, end)
            if step.end.time > end:
                cut, status = step, FlowStatus.T_MAX
                break
            before, state = state.gradient, step.end
            steps += 1
            records = records.add(state)
            peak = max(peak, state.gradient)
            lines.append((state.time, state.loss, state.gradient, state.cones, state.crossings, state.sliding))
            bar.reach(
                _share(run, state.time, end, state.gradient, peak), f"t = {state.time:.4g}, loss {state.loss:.4g}"
            )
    if cut is None:
        network = run.initial if state.time == 0 else assemble(run.initial, *state.parameters())
    else:
        network = seen(run.initial, cut, end)
        loss, gradient = integrator.measure(cut, (end - state.time) / (cut.end.time - state.time))
        lines.append((end, loss, gradient, state.cones, state.crossings, state.sliding))
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(run, name)[:-1], values])
        for name, values in zip(_NAMES, zip(*lines, strict=True), strict=True)
    }
    return replace(
        run,
        network=network,
        peak=peak,
        status=status,
        observations=run.observations + tuple(watch.values),
        observed=np.append(run.observed, watch.times),
        _state=state,
        _records=records,
        **columns,
    )


def _read_times(save_at: Any, begin: float) -> np.ndarray | None:
    if save_at is None:
        return None
    times = np.atleast_1d(real_array(save_at, "save_at", "times of the flow, 0 or more"))
    check_finite(times, "save_at")
    if times.ndim != 1 or (times < 0).any():
        raise InvalidValueError(f"save_at is {save_at!r}; expected times of the flow, 0 or more, in one row")
    times = np.unique(times)
    return times[times > begin] if begin > 0 else times


class _Watch:
    """Observes the run at the times asked for, or at the end of every step."""

    def __init__(self, run: "Trajectory", save_at: np.ndarray | None, observe: Callable[[float, Network], Any] | None):
        self.initial = run.initial
        self.save_at = save_at
        self.observe = (lambda t, network: network) if observe is None else observe
        self.every = observe is not None and save_at is None
        # the state that a run is extended from was seen before
        self.seen = run._state.time if len(run.times) > 1 or run._state.time > 0 else -1.0
        self.times: list[float] = []
        self.values: list[Any] = []

    def see(self, time: float, network: Network) -> None:
        self.times.append(time)
        self.values.append(self.observe(time, network))

    def state(self, state: State) -> None:
        """The beginning of a step."""
        if state.time > self.seen and (
            self.every or (self.save_at is not None and bool((self.save_at == state.time).any()))
        ):
            self.see(state.time, assemble(self.initial, *state.parameters()))

    def looks(self, begin: float, end: float) -> np.ndarray:
        """The times after `begin` at which to see the neurons, if a step goes past them."""
        times = np.empty(0) if self.save_at is None else self.save_at[self.save_at > begin]
        return np.append(times[times < end], end) if end < inf else times

    def step(self, step: Step, end: float) -> None:
        """The times within a step, its ends left out unless the run is cut there."""
        for time in step.looks[step.looks <= end]:
            if self.every or (self.save_at is not None and bool((self.save_at == time).any())):
                self.see(float(time), seen(self.initial, step, time))


def _share(run: "Trajectory", time: float, end: float, gradient: float, peak: float) -> float:
    """A guess of how much is done."""
    share = time / end if end < inf else 0.0
    if run.gtol > 0 and 0 < gradient < peak:
        share = max(share, log(peak / gradient) / log(1 / run.gtol))
    return min(share, 1.0)
