"""`verify`: measure the statements, each with a control that must fail."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..data._arguments import as_choice, as_count
from ..errors import ExtremalError, InvalidTypeError, InvalidValueError
from ..sweeps._executors import make_pool
from ..sweeps._tasks import run, version
from ._check import StatementCheck
from ._parallel import Broken, measure_all
from ._registry import choose
from ._statement import PRESETS, Measurement
from ._verification import Verification

__all__ = ["verify"]


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
        takes about 20 minutes.
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
    ExtremalError
        The executor broke. Rows that are finished are in the store.
    KeyboardInterrupt
        Ctrl-C. Rows that are finished are in the store.

    Notes
    -----
    "supported" means that all claims of the statement are, with intervals that hold together with the confidence given,
    and that the control fails: there the interval of a claim excludes what is predicted. "contradicted" means that an
    interval does so here; of a figure that is smaller than the paper's it is "inconclusive". A statement that is
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
    if store is not None and not isinstance(store, (str, os.PathLike)):
        raise InvalidTypeError(f"store is {store!r} of type {type(store).__name__}; expected a folder, or None")
    if store is not None and Path(store).is_file():
        raise InvalidValueError(f"store is {str(store)!r}, a file; expected a folder, which may be new")
    make_pool(run, run, executor, None)  # for its errors: further in an executor is wrapped
    # statements share measurements, and each is made once
    wanted = {m: s.group for s in chosen for m in ((s.measurement, s.control) if controls else (s.measurement,))}
    finished: set[Measurement] = set()
    # threads that were interrupted may still write to the folder when it is deleted
    with TemporaryDirectory(ignore_cleanup_errors=True) as own:
        folder = Path(own if store is None else store)
        folder.mkdir(parents=True, exist_ok=True)

        def measure(measurement: Measurement, executor: Any) -> Any:
            function = measurement.function
            shared = {"seed": seed, "executor": executor, "store": _store_of(function, folder)}
            result = function(**measurement.arguments(preset), **shared)
            finished.add(measurement)
            return result

        try:
            found = measure_all(measure, wanted, executor, progress)
        except Broken as error:
            kept = _kept(len(finished), len(wanted), store)
            raise ExtremalError(f"the executor broke ({error}); expected one that lasts: {kept}") from error.__cause__
        except KeyboardInterrupt as stop:
            # the sweep's own note may name the folder that is deleted here
            notes = getattr(stop, "__notes__", [])
            notes[:] = [note for note in notes if store is not None or folder.name not in note]
            stop.add_note(_kept(len(finished), len(wanted), store))
            raise
    checks = tuple(StatementCheck(s, found[s.measurement], found.get(s.control), seed) for s in chosen)
    return Verification(checks, preset, seed, version(), time.perf_counter() - start)


def _kept(finished: int, wanted: int, store: str | os.PathLike[str] | None) -> str:
    """What is left of a call that was stopped."""
    done = f"{finished} of {wanted} measurements were finished"
    if store is None:
        return f'{done} and are lost; with store="DIR" the same call would continue'
    return f"{done}; all rows that were finished are kept in {str(store)!r}, from where the same call continues"


def _store_of(function: Callable[..., Any], folder: Path) -> Path:
    """A file a statement; experiments have a folder, in which they share rows."""
    experiment = function.__module__.split(".")[1] == "experiments"
    return folder / "experiments" if experiment else folder / f"{function.__name__}.sqlite"
