"""Where rows are computed: here, one after the other, or by anything with ``submit(...)`` → ``.result()``.

A pool never holds more rows than its window, a few for each worker. It never shuts down an executor.
"""

import os
import pickle
import queue
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from concurrent.futures import CancelledError as Cancelled
from typing import Any, Protocol

from ..data._arguments import check_executor
from ..errors import InvalidTypeError, InvalidValueError
from ._rows import Row
from ._tasks import Outcome, failure

__all__ = ["Pool", "Refused", "make_pool"]

# Rows held for each worker: one that runs and one that waits for it.
_EACH = 2
# A cluster that grows with its queue must see one.
_CLUSTER_LEAST = 64
# Seconds for which a cluster's size is taken as known.
_SIZE_VALID = 5.0


class Refused(Exception):
    """The executor takes no more work."""


class Pool(Protocol):
    """What computes rows."""

    #: Whether `collect` computes in this thread.
    blocking: bool

    def window(self) -> int:
        """Most rows to hold at a time."""

    def submit(self, row: Row, *arguments: Any) -> None:
        """Take a row."""

    def collect(self, timeout: float | None) -> list[tuple[Row, Outcome]]:
        """Rows that have ended; waits for one."""

    def salvage(self) -> list[tuple[Row, Outcome]]:
        """Results that are there already; waits for none."""

    def cancel(self) -> None:
        """Drop the rows that have not begun."""


class Serial:
    """Compute in this thread, one row at a time."""

    blocking = True

    def __init__(self, function: Callable[..., Outcome]):
        self.function = function
        self.held: tuple[Row, tuple[Any, ...]] | None = None

    def window(self) -> int:
        """One."""
        return 1

    def submit(self, row: Row, *arguments: Any) -> None:
        """Keep the row."""
        self.held = (row, arguments)

    def collect(self, timeout: float | None) -> list[tuple[Row, Outcome]]:
        """Compute it."""
        if self.held is None:
            return []
        (row, arguments), self.held = self.held, None
        return [(row, self.function(*arguments))]

    def salvage(self) -> list[tuple[Row, Outcome]]:
        """Find nothing: a result is handed over as soon as it is there."""
        return []

    def cancel(self) -> None:
        """Drop it."""
        self.held = None


class Parallel:
    """Compute by an executor."""

    def __init__(self, function: Callable[..., Outcome], executor: Any, in_flight: int | None):
        self.function = function
        self.executor = executor
        self.in_flight = in_flight
        self.client = _client_of(executor)
        self.extra = {} if self.client is None else {"pure": False}
        self.futures: dict[Any, Row] = {}
        self.ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.size, self.size_at = 0, -_SIZE_VALID
        self.blocking = False

    def window(self) -> int:
        """What was asked for, or by the number of workers."""
        if self.in_flight is not None:
            return self.in_flight
        if time.monotonic() - self.size_at >= _SIZE_VALID:
            self.size_at = time.monotonic()
            if self.client is not None:
                self.size = max(_EACH * sum(self.client.nthreads().values()), _CLUSTER_LEAST)
            else:
                self.size = _EACH * (getattr(self.executor, "_max_workers", None) or os.cpu_count() or 1)
        return self.size

    def submit(self, row: Row, *arguments: Any) -> None:
        """Send the row to the executor."""
        try:
            future = self.executor.submit(self.function, *arguments, **self.extra)
        except (BrokenExecutor, RuntimeError) as error:
            raise Refused(f"{type(error).__name__}: {error}") from error
        except Exception as error:
            if self.client is not None and self.client.status in ("closing", "closed"):
                raise Refused(f"{type(error).__name__}: {error}") from error
            # these arguments cannot be sent; others may
            future = _Ended(error)
        self.futures[future] = row
        if hasattr(future, "add_done_callback"):
            future.add_done_callback(self.ended.put)
        else:
            self.blocking = True

    def collect(self, timeout: float | None) -> list[tuple[Row, Outcome]]:
        """Rows that have ended, in the order in which they did; waits for one."""
        if not self.futures:
            return []
        futures = []
        if self.blocking:  # futures that know nothing but result(): the oldest first
            futures.append(next(iter(self.futures)))
        else:
            try:
                futures.append(self.ended.get(timeout=timeout))
                while True:
                    futures.append(self.ended.get_nowait())
            except queue.Empty:
                pass
        # a future leaves only when its outcome is there: Ctrl-C loses none
        outcomes = [(self.futures[future], _outcome(future)) for future in futures]
        for future in futures:
            del self.futures[future]
        return outcomes

    def salvage(self) -> list[tuple[Row, Outcome]]:
        """Results that are there already; what was lost with a worker is left to be computed again."""
        done = [future for future in self.futures if hasattr(future, "done") and future.done()]
        found = [future for future in done if not future.cancelled() and future.exception() is None]
        return [(self.futures[future], _outcome(future)) for future in found]

    def cancel(self) -> None:
        """Drop the rows that have not begun; one that runs cannot be stopped, and its result is dropped."""
        for future in self.futures:
            if hasattr(future, "cancel"):
                future.cancel()


class _Ended:
    """A future that failed before it began."""

    def __init__(self, error: Exception):
        self.error = error

    def result(self) -> Outcome:
        raise self.error

    def add_done_callback(self, call: Callable[[Any], None]) -> None:
        call(self)


def make_pool(function: Callable[..., Outcome], task: Any, executor: Any, in_flight: int | None) -> Pool:
    """
    Wrap an executor.

    Parameters
    ----------
    function : callable
        Computes a row; importable by workers.
    task : callable
        The user's function, which goes with each row.
    executor : None, executor, or dask Client
        None computes here.
    in_flight : int or None
        Most rows to submit at a time.

    Returns
    -------
    Pool
        Serial or parallel.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        Not an executor, or the task cannot be sent to its workers.
    """
    if in_flight is not None:
        if isinstance(in_flight, bool) or not isinstance(in_flight, int):
            raise InvalidTypeError(f"in_flight is {in_flight!r}; expected an integer, or None")
        if in_flight < 1:
            raise InvalidValueError(f"in_flight is {in_flight}; expected 1 or more, or None")
    if executor is None:
        return Serial(function)
    check_executor(executor)
    client = _client_of(executor)
    if client is not None:
        if client.asynchronous:
            raise InvalidValueError("the dask Client is asynchronous; expected one made with asynchronous=False")
        executor = client.get_executor(pure=False) if executor is client else executor
    if isinstance(executor, ProcessPoolExecutor):
        try:
            pickle.dumps(task)
        except Exception as error:
            raise InvalidTypeError(
                f"the task {task!r} cannot be sent to the processes of {type(executor).__name__} ({error}); expected a "
                "function at the top level of a module: move it into one, or use loky.get_reusable_executor() or "
                "dask, which send functions of notebooks and lambdas too"
            ) from error
    return Parallel(function, executor, in_flight)


def _client_of(executor: Any) -> Any:
    """The dask Client that an executor is, or stands for."""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    if isinstance(executor, distributed.Client):
        return executor
    made_by_client = isinstance(executor, distributed.cfexecutor.ClientExecutor)
    return executor._client if made_by_client else None


def _outcome(future: Any) -> Outcome:
    """What a future holds; if a worker or the way to it was lost, a failed row."""
    try:
        outcome = future.result()
    except KeyboardInterrupt:
        raise
    except (Exception, Cancelled) as error:
        return failure(error, error.__traceback__)
    if not isinstance(outcome, Outcome):
        return failure(TypeError(f"the executor returned {outcome!r} in place of the row's outcome"), None)
    return outcome
