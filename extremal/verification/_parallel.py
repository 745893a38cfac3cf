"""Several measurements at a time: threads wait for the rows of each, and an executor computes them."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import Any

from ._statement import Measurement

__all__ = ["measure_all"]

# Measurements under way at a time where there is an executor. Each waits for rows of its own, so that while one draws
# to its end, or compiles, the others keep the workers busy.
AT_A_TIME = 4
# The groups, in the order in which their kernels are compiled: the longest first, and those that use the kernels of
# another after it.
BY_COMPILATION = ("Training", "Extremal vectors", "Concentration", "Experiments")
# Seconds that the rows of a group wait for its first one: compilation takes less, and a claim on a row lasts longer.
PATIENCE = 60.0


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
    """
    from tqdm import tqdm

    found: dict[Measurement, Any] = {}
    with tqdm(total=len(wanted), disable=not progress, unit="check", dynamic_ncols=True) as bar:

        def keep(measurement: Measurement, result: Any) -> None:
            found[measurement] = result
            verdict = getattr(result, "verdict", result)
            bar.set_postfix_str(f"{verdict.statement}: {verdict.status}", refresh=False)
            bar.update()

        if executor is None:
            for measurement in wanted:
                keep(measurement, measure(measurement, None))
            return found
        # threads that wait for rows; the rows are computed by the executor
        threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="extremal-verify")
        groups = {group: _Gate(executor) for group in wanted.values()}
        gates = {measurement: _Gate(groups[group]) for measurement, group in wanted.items()}
        # dask takes its client alone, which cannot be wrapped
        wrapped = type(executor).__module__.split(".")[0] != "distributed"
        try:
            futures = {threads.submit(measure, m, gates[m] if wrapped else executor): m for m in _in_turn(wanted)}
            while futures:
                done, _ = wait(futures, return_when=FIRST_COMPLETED)
                for future in done:
                    keep(futures.pop(future), future.result())
        finally:
            for gate in gates.values():
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
        self._max_workers = getattr(executor, "_max_workers", None)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Pass work on."""
        with self.lock:
            if self.first is None:
                self.first = self.executor.submit(function, *arguments)
                return self.first
        if isinstance(self.first, Future):
            wait([self.first], timeout=PATIENCE)
        if self.shut:
            raise RuntimeError("verify was stopped")
        return self.executor.submit(function, *arguments)
