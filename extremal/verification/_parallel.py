"""Several measurements at a time: threads wait for the rows of each, and an executor computes them."""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import Any

from ..sweeps._executors import _client_of
from ..sweeps._tasks import FAILED
from ._statement import Measurement

__all__ = ["Broken", "measure_all"]

# Measurements under way at a time where there is an executor. Each waits for rows of its own, so that while one draws
# to its end, or compiles, the others keep the workers busy.
AT_A_TIME = 4
# The groups, in the order in which their kernels are compiled: the longest first, and those that use the kernels of
# another after it.
BY_COMPILATION = ("Training", "Extremal vectors", "Concentration", "Experiments")
# Seconds after the submission of the first row of a gate, after which the others wait no more for it: compilation takes
# less, and a claim on a row lasts longer.
PATIENCE = 60.0
# Seconds between looks at whether a gate was shut: a thread that waits there must not hold up the end of the program.
LOOK = 0.2


class Broken(KeyboardInterrupt):
    """
    The executor has broken, or was shut down, while it had work.

    A sweep takes it as Ctrl-C: it keeps what is finished, gives up its claims, and does not call the rows failed that
    were lost, so that the same call with the same store computes them.
    """


def measure_all(
    measure: Callable[[Measurement, Any], Any], wanted: dict[Measurement, str], executor: Any, progress: bool
) -> dict[Measurement, Any]:
    """
    Measure, several at a time if there is an executor.

    Parameters
    ----------
    measure : callable
        Called with a measurement and what its rows are submitted to, or None.
    wanted : dict of str
        The measurements, each with its group.
    executor : executor, dask Client or None
        What computes.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    dict
        What was measured.

    Raises
    ------
    Broken
        The executor broke.
    """
    from tqdm import tqdm

    found: dict[Measurement, Any] = {}
    with tqdm(total=len(wanted), disable=not progress, unit="check", dynamic_ncols=True) as bar:

        def keep(measurement: Measurement, result: Any) -> None:
            found[measurement] = result
            verdict = getattr(result, "verdict", result)
            # the verdict of a control alone would be taken for the statement's
            bar.set_postfix_str(f"{verdict.statement}{', control' if measurement.words else ''}", refresh=False)
            bar.update()

        if executor is None:
            for measurement in wanted:
                keep(measurement, measure(measurement, None))
            return found
        # threads that wait for rows; the rows are computed by the executor
        threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="extremal-verify")
        door = _Door(executor)
        groups = {group: _Gate(door) for group in wanted.values()}
        gates = {measurement: _Gate(groups[group]) for measurement, group in wanted.items()}
        # dask takes its client alone, which cannot be wrapped
        wrapped = type(executor).__module__.split(".")[0] != "distributed"
        opened = not _is_closed(executor)
        try:
            futures = {threads.submit(measure, m, gates[m] if wrapped else executor): m for m in _in_turn(wanted)}
            while futures:
                done, _ = wait(futures, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    if opened and _is_closed(executor) and _has_failed(result):
                        raise Broken("the dask Client was closed")
                    keep(futures.pop(future), result)
        except Exception as error:
            if opened and _is_closed(executor):
                raise _broken(error) from error
            raise
        finally:
            for gate in (*groups.values(), *gates.values()):
                gate.shut = True
            threads.shutdown(wait=False, cancel_futures=True)
    return found


def _in_turn(wanted: dict[Measurement, str]) -> list[Measurement]:
    """One of each group first: they compile side by side."""
    first = {group: measurement for measurement, group in reversed(wanted.items())}
    leaders = [first[group] for group in BY_COMPILATION if group in first]
    return [*leaders, *(m for m in wanted if m not in leaders)]


class _Gate:
    """
    The way of rows to an executor, for those of a group and within it for those of a measurement.

    The first row goes alone: it compiles what the others use, which then load it instead of compiling it once more in
    each process. Once the gate is shut it takes no more work, so that the sweep before it ends.
    """

    def __init__(self, executor: Any):
        self.executor = executor
        self.shut = False
        self.lock = Lock()
        self.first: Any = None
        self.opens = 0.0
        self._max_workers = getattr(executor, "_max_workers", None)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Pass work on."""
        with self.lock:
            self.check()
            if self.first is None:
                self.first = self.executor.submit(function, *arguments)
                self.opens = time.monotonic() + PATIENCE
                return self.first
        if isinstance(self.first, Future):
            while not self.first.done() and (left := self.opens - time.monotonic()) > 0:
                wait([self.first], timeout=min(left, LOOK))
                self.check()
        self.check()
        return self.executor.submit(function, *arguments)

    def check(self) -> None:
        """Raise an error if this gate, or the one behind it, is shut."""
        if self.shut:
            raise RuntimeError("verify was stopped")
        if isinstance(self.executor, _Gate):
            self.executor.check()


class _Door:
    """The executor, behind all gates: it tells that it broke from a row that fails."""

    def __init__(self, executor: Any):
        self.executor = executor
        self.taken = False
        self._max_workers = getattr(executor, "_max_workers", None)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Pass work on."""
        try:
            future = self.executor.submit(function, *arguments)
        except (BrokenExecutor, RuntimeError) as error:
            if not self.taken:  # it was never open, and the sweep says so
                raise
            raise _broken(error) from error
        self.taken = True
        return _Row(future) if isinstance(future, Future) else future


class _Row(Future[Any]):
    """The future of a row; it is interrupted, and has not failed, if the executor broke or dropped it."""

    def __init__(self, inner: Future[Any]):
        super().__init__()
        self.inner = inner
        inner.add_done_callback(self._end)

    def cancel(self) -> bool:
        """Drop the row, if it has not begun."""
        return self.inner.cancel()

    def _end(self, inner: Future[Any]) -> None:
        error = CancelledError("dropped") if inner.cancelled() else inner.exception()
        if error is None:
            self.set_result(inner.result())
        else:
            lost = isinstance(error, (BrokenExecutor, CancelledError))
            self.set_exception(_broken(error) if lost else error)


def _is_closed(executor: Any) -> bool:
    """Whether it is a dask Client that has no scheduler any more."""
    return getattr(_client_of(executor), "status", None) in ("closing", "closed")


def _has_failed(result: Any) -> bool:
    return bool((getattr(result, "verdict", result).table["status"] == FAILED).any())


def _broken(error: BaseException) -> Broken:
    broken = Broken(f"{type(error).__name__}: {error}")
    broken.__cause__ = error
    return broken
