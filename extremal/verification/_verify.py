"""`verify`: measure the statements, each with a control that must fail, several at a time."""

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from ..data._arguments import as_choice, as_count
from ..errors import InvalidTypeError, InvalidValueError
from ..sweeps._tasks import version
from ._check import StatementCheck
from ._registry import choose
from ._statement import PRESETS, Measurement
from ._verification import Verification

__all__ = ["verify"]

# Measurements under way at a time where there is an executor. Each waits for rows of its own, so that while one draws
# to its end, or compiles, the others keep the workers busy.
AT_A_TIME = 4
# The groups, in the order in which their kernels are compiled: the longest first, and those that use the kernels of
# another after it.
BY_COMPILATION = ("Training", "Extremal vectors", "Concentration", "Experiments")
# Seconds that the rows of a group wait for its first one: compilation takes less, and a claim on a row lasts longer.
PATIENCE = 60.0


def verify(
    statement: str | Iterable[str] | None = None,
    preset: str = "quick",
    *,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    controls: bool = True,
    progress: bool = False,
) -> Verification:
    """
    Check the paper's numbered statements, each with a control: a case in which the same check must fail.

    Parameters
    ----------
    statement : str or iterable of str, optional
        Such as "theorem-3.1", "Theorem 3.1", "F.3" or "fig2"; "lemmas-f" and "figures" stand for several. By default
        all of them.
    preset : {"quick", "full"}
        "quick" takes two minutes on two cores. "full" has larger grids and the experiments' own quick setting, and
        takes about an hour.
    seed : int
        The same seed gives the same verdicts, wherever they are computed.
    executor : executor or dask Client, optional
        As in `extremal.sweep`; with one, several statements are measured at a time. By default everything is computed
        here, one after the other. It is not shut down.
    store : str or path, optional
        A folder that keeps finished rows; the same call continues from there.
    controls : bool
        Whether to measure the controls.
    progress : bool
        Show a bar on stderr with what is done and the time left.

    Returns
    -------
    Verification
        A sequence of checks with ``statement``, ``status``, ``measured``, ``predicted``, ``confidence``, ``seed`` and
        ``seconds``; ``to_frame()``, ``to_json()``, and ``save("report.html")``.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used; an unknown name comes with the nearest known one.
    KeyboardInterrupt
        Ctrl-C. Rows that are finished are in the store.

    Notes
    -----
    "supported" means that all claims of the statement are, with intervals that hold together with the confidence given,
    and that the control is not. "contradicted" means that an interval excludes what is predicted. A statement that is
    asymptotic is checked on a grid of moderate sizes: a verdict is evidence on that grid, and no proof.

    Examples
    --------
    >>> import extremal
    >>> found = extremal.verify("cover")
    >>> found[0].status, found[0].control.status
    ('supported', 'contradicted')
    """
    start = time.perf_counter()
    chosen = choose(statement)
    as_choice(preset, "preset", PRESETS)
    seed = as_count(seed, "seed", "an integer, 0 or more", 0)
    for name, flag in (("controls", controls), ("progress", progress)):
        if not isinstance(flag, bool):
            raise InvalidTypeError(f"{name} is {flag!r} of type {type(flag).__name__}; expected True or False")
    if store is not None and Path(store).is_file():
        raise InvalidValueError(f"store is {str(store)!r}, a file; expected a folder, which may be new")
    # statements share measurements, and each is made once
    wanted = {m: s.group for s in chosen for m in ((s.measurement, s.control) if controls else (s.measurement,))}
    with TemporaryDirectory() as own:
        folder = Path(own if store is None else store)
        folder.mkdir(parents=True, exist_ok=True)

        def measure(measurement: Measurement, executor: Any) -> Any:
            function = measurement.function
            shared = {"seed": seed, "executor": executor, "store": _store_of(function, folder)}
            return function(**measurement.arguments(preset), **shared)

        found = _measure_all(measure, wanted, executor, progress)
    checks = tuple(StatementCheck(s, found[s.measurement], found.get(s.control), seed) for s in chosen)
    return Verification(checks, preset, seed, version(), time.perf_counter() - start)


def _store_of(function: Callable[..., Any], folder: Path) -> Path:
    """A file a statement; experiments have a folder, in which they share rows."""
    experiment = function.__module__.split(".")[1] == "experiments"
    return folder / "experiments" if experiment else folder / f"{function.__name__}.sqlite"


def _measure_all(
    measure: Callable[[Measurement, Any], Any], wanted: dict[Measurement, str], executor: Any, progress: bool
) -> dict[Measurement, Any]:
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
