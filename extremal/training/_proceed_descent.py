"""Going on with a run of SGD or Adam until something stops it."""

import time
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data._arguments import as_count, as_number
from ..errors import InvalidValueError
from ..geometry.critical._limits import Limits, Progress, interruptible
from ..geometry.critical._result import Status
from ._arguments_train import as_iterations
from ._optimiser import Position, copy

if TYPE_CHECKING:
    from ._descent import Descent

__all__ = ["plan", "proceed"]

# Seconds between looks at Ctrl-C, the clock and the progress bar.
LOOK = 0.2
# States kept to go through parts of the run again, and the most memory they may take.
MOST_STATES = 32
MOST_BYTES = 2**26
# Records: at most so many, and so few of them that they cost about as much as the steps, but not fewer than these.
MOST_RECORDS, FEWEST_RECORDS = 200, 10

_NAMES = ("iterations", "times", "losses", "gradients", "rates")


def plan(record: Any, begin: int, goal: int, n: int, batch: int) -> np.ndarray:
    """The iterations to record, from `begin` to `goal`."""
    if record is None:
        # a record costs n/batch steps
        count = int(np.clip((goal - begin) * batch // n, FEWEST_RECORDS, MOST_RECORDS))
        return np.unique(np.linspace(begin, goal, count + 1).round().astype(np.int64))
    if np.ndim(record) == 0:
        every = as_count(record, "record", "an integer k for every k iterations, an array of iterations, or None")
        asked = np.arange(-(-begin // every) * every, goal, every, dtype=np.int64)
    else:
        asked = as_iterations(record, "record", goal)
        asked = asked[asked >= begin]
    return np.unique(np.concatenate([[begin], asked, [goal]]))


def proceed(
    run: "Descent",
    goal: Any,
    record: Any,
    save_at: Any,
    stop_below: float | None,
    time_limit: float | None,
    checkpoint: "str | PathLike[str] | None",
    checkpoint_every: float,
    progress: bool,
) -> "Descent":
    """Go on from the state of a run until something stops it."""
    goal = as_count(goal, "iterations", "the number of iterations, an integer, 0 or more", 0)
    if goal < run.iteration:
        raise InvalidValueError(
            f"iterations is {goal}, and the run has taken {run.iteration}; expected at least as many: they count from "
            "the beginning of the run"
        )
    if run.batches is not None and goal > len(run.batches):
        raise InvalidValueError(
            f"iterations is {goal}, and there are batches for {len(run.batches)}; expected one row for each iteration"
        )
    if stop_below is not None:
        stop_below = as_number(stop_below, "stop_below", "a training loss above 0, or None", above=0.0)
    if time_limit is not None:
        time_limit = as_number(time_limit, "time_limit", "a number of seconds, 0 or more, or None", least=0.0)
    every = as_number(checkpoint_every, "checkpoint_every", "a number of seconds, 0 or more", least=0.0)
    saving = np.empty(0, dtype=np.int64) if save_at is None else as_iterations(save_at, "save_at", goal)
    begin, settings = run.iteration, run.settings
    planned = run._plan
    if record is not None:
        planned = np.union1d(planned[planned <= begin], plan(record, begin, goal, len(run.y), settings.batch))
    elif goal < run._goal:
        planned = np.union1d(planned[planned <= goal], [goal])
    elif goal > run._goal:
        planned = np.union1d(planned, plan(None, run._goal, goal, len(run.y), settings.batch))
    return _Going(run, goal, planned, saving, stop_below, Limits(None, time_limit), checkpoint, every).go(progress)


class _Going:
    """A run that is going on."""

    def __init__(
        self,
        run: "Descent",
        goal: int,
        planned: np.ndarray,
        saving: np.ndarray,
        stop_below: float | None,
        limits: Limits,
        checkpoint: "str | PathLike[str] | None",
        checkpoint_every: float,
    ):
        self.run, self.goal, self.planned, self.stop_below, self.limits = run, goal, planned, stop_below, limits
        self.checkpoint, self.checkpoint_every = checkpoint, checkpoint_every
        self.optimiser = run.optimiser()
        self.position = copy(run._position)
        begin = self.position.iteration
        # a record where the run was stopped is not one of an uninterrupted run
        stay = np.isin(run.iterations, planned)
        self.lines = list(zip(*(getattr(run, name)[stay].tolist() for name in _NAMES), strict=True))
        self.kept, self.stride = list(run._kept), run._stride
        self.finite = run._position
        again = {int(k) for k in run.saved_at}
        self.saved = list(zip(run.saved_at.tolist(), run.saved, strict=True))
        self.saving = {int(k) for k in saving if k >= begin} - again
        self.events = np.unique(np.concatenate([planned, saving, [goal]]))
        self.written = time.monotonic()

    def go(self, progress: bool) -> "Descent":
        """Go on until something stops it."""
        count, begin = 1, self.position.iteration
        status = None
        with interruptible(self.limits), Progress(progress) as bar:
            while True:
                at = self.position.iteration
                status = self.look(at)
                if status is not None:
                    break
                if self.checkpoint is not None and time.monotonic() - self.written >= self.checkpoint_every:
                    if not np.isfinite(self.position.P).all():
                        status = "NOT_FINITE"
                        break
                    self.result("INTERRUPTED").save(self.checkpoint)
                    self.written = time.monotonic()
                next_event = int(self.events[np.searchsorted(self.events, at, side="right")])
                taken = min(count, next_event - at)
                before = time.perf_counter()
                self.position, finite = self.optimiser.advance(self.position, taken)
                if not finite:
                    status = "NOT_FINITE"
                    break
                seconds = time.perf_counter() - before
                if seconds > 2 * LOOK:  # a first call may have compiled its kernels
                    count = max(1, count // 4, int(taken * LOOK / seconds))
                elif seconds < LOOK / 2 and taken == count:
                    count = min(2 * count, self.optimiser.most())
                share = (self.position.iteration - begin) / max(self.goal - begin, 1)
                bar.reach(share, f"iteration {self.position.iteration}, loss {self.lines[-1][2]:.4g}")
            if status in ("TIME_LIMIT", "INTERRUPTED") and not self.recorded() and not self.note():
                status = "NOT_FINITE"
        if status == "NOT_FINITE":
            self.position = self.finite
            self.saved = [pair for pair in self.saved if pair[0] <= self.position.iteration]
            if not self.recorded():
                self.note()
        result = self.result(status)
        if self.checkpoint is not None:
            result.save(self.checkpoint)
        return result

    def recorded(self) -> bool:
        """Whether there is a record of where it is."""
        return bool(self.lines) and self.lines[-1][0] == self.position.iteration

    def look(self, at: int) -> str | None:
        """Record and save what is due, and find a reason to stop."""
        if not self.recorded() and self.planned[np.searchsorted(self.planned, at)] == at:
            if not self.note():
                return "NOT_FINITE"
            self.keep()
        if at in self.saving:
            if not np.isfinite(self.position.P).all():
                return "NOT_FINITE"
            self.saving.remove(at)
            self.saved.append((at, self.optimiser.network(self.position)))
        if self.stop_below is not None and self.recorded() and self.lines[-1][2] < self.stop_below:
            return "BELOW"
        if at >= self.goal:
            return "DONE"
        reached = self.limits.reached(0)
        return None if reached is None else {Status.TIME_LIMIT: "TIME_LIMIT"}.get(reached, "INTERRUPTED")

    def note(self) -> bool:
        """Record where it is, if that is finite."""
        position = self.position
        loss, gradient = self.optimiser.measure(position)
        if not np.isfinite(loss + gradient) or not np.isfinite(position.P).all():
            return False
        rate = self.optimiser.rate(position.iteration)
        self.lines.append((position.iteration, position.time, loss, gradient, rate))
        self.finite = copy(position)
        return True

    def keep(self) -> None:
        """Keep the state at every few records."""
        index = int(np.searchsorted(self.planned, self.finite.iteration))
        if index % self.stride == 0 or not self.kept:
            self.kept.append(self.finite)
            if len(self.kept) > max(2, min(MOST_STATES, MOST_BYTES // max(self.finite.nbytes, 1))):
                self.kept, self.stride = self.kept[::2], 2 * self.stride

    def result(self, status: str) -> "Descent":
        """The run so far."""
        position: Position = copy(self.position)
        columns = np.array(self.lines, dtype=np.float64).reshape(-1, len(_NAMES)).T
        arrays: dict[str, Any] = {name: column.copy() for name, column in zip(_NAMES, columns, strict=True)}
        arrays["iterations"] = arrays["iterations"].astype(np.int64)
        self.saved.sort(key=lambda pair: pair[0])
        return replace(
            self.run,
            network=self.optimiser.network(position),
            status=type(self.run.status)[status],
            saved=tuple(network for _, network in self.saved),
            saved_at=np.array([at for at, _ in self.saved], dtype=np.int64),
            _goal=self.goal,
            _plan=self.planned,
            _position=position,
            _kept=tuple(self.kept),
            _stride=self.stride,
            **arrays,
        )
