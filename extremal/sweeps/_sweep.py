"""`sweep`: a function over a grid of parameters."""

import math
import os
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import InvalidTypeError, InvalidValueError
from ._claims import NoStore, Store
from ._executors import Pool, Refused, make_pool
from ._identity import task_name
from ._owners import BEAT, Heart
from ._progress import Progress
from ._rows import Row, make_rows, names_of, read_grid, takes_rng, takes_scratch
from ._scratch import Scratch
from ._store import FileStore
from ._table import make_table
from ._tasks import DONE, FAILED, Outcome, run, version

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["sweep"]

# Seconds between two looks at the rows that another process computes.
_SOON, _LATE = 0.05, 1.0


def sweep(
    task: Callable[..., Any],
    grid: Any,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
    *,
    repetitions: int = 1,
    seed: int = 0,
    retry: bool = False,
    in_flight: int | None = None,
    scratch: str | os.PathLike[str] | None = None,
) -> "pd.DataFrame":
    r"""
    Call a function on every point of a grid, and return a table.

    Every row has a seed of its own, derived from `seed`, its parameters and its repetition. So the same call gives the
    same table, whatever computes it and in whatever order, and a row is reproduced alone by
    ``task(**parameters, rng=np.random.default_rng(row.seed))``.

    Parameters
    ----------
    task : callable
        ``task(**parameters, rng=generator)``; `rng` is left out if the function does not take it. Returns a dict of
        numbers, strings, booleans or None, which become columns, or one of them, which becomes the column ``value``.
        It must not change its parameters.
    grid : dict from str to list, list of dict, or DataFrame
        The parameters. A dict stands for the product of its lists, the last one running fastest. Values are numbers,
        strings, booleans, None, or objects that can be pickled, such as laws. Numpy scalars become Python numbers.
    executor : executor or dask Client, optional
        Anything with ``submit(function, *arguments)`` that returns futures: threads and processes of
        `concurrent.futures`, loky, dask. By default rows are computed here, one after the other. It is not shut down.
    store : str or path, optional
        A file that keeps every finished row. The same call continues where an earlier one stopped, killed or not;
        several at once, also on several machines, share the rows; a larger grid computes only what is new.
    progress : bool
        Show a bar on stderr with the rows, the failures and the time left.
    repetitions : int
        Rows for each point of the grid.
    seed : int
        The seed of the sweep.
    retry : bool
        Compute rows again that the store holds as failed.
    in_flight : int, optional
        Most rows to hand to the executor at a time. By default twice its workers, and for dask at least 64.
    scratch : str or path, optional
        A folder for the unfinished work of long rows. A task with the parameter ``scratch`` gets a path in it, the same
        whenever the row is computed again, and may write checkpoints to files whose names begin with it. They are
        deleted when the row is done.

    Returns
    -------
    DataFrame
        One row for each point and repetition, in the order of the grid: the parameters, ``repetition`` (from 0),
        ``seed``, the results, ``status`` ("done" or "failed"), ``error`` and ``traceback`` (None if done),
        ``seconds`` (a measurement, the one column that differs between runs; nan if a worker was lost) and
        ``version`` (of this package, when the row was computed).

    Raises
    ------
    InvalidTypeError, InvalidValueError
        Arguments that cannot be used; the store is another file, or holds rows of another function.
    MissingFileError
        The folder of the store is not there.
    KeyboardInterrupt
        Ctrl-C. Rows that are finished are in the store.

    Notes
    -----
    An exception of the task is not raised; its row has the status "failed". So has a row whose worker was lost, and one
    that returned what no table holds. A failed row stays failed until a call with ``retry=True``. If the executor
    breaks, rows that it never took are "failed" in the table, but not in the store.

    Parameters are compared by value and kind: 1 and 1.0 are different, and an object is its class and content. The
    store knows the task by its module and name; neither its code nor what it reads besides its parameters is compared.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.sweeps import sweep
    >>> def mean(n, rng):
    ...     return rng.standard_normal(n).mean()
    >>> table = sweep(mean, {"n": [10, 1000]}, repetitions=2)
    >>> table[["n", "repetition", "status"]]
          n  repetition status
    0    10           0   done
    1    10           1   done
    2  1000           0   done
    3  1000           1   done
    >>> row = table.iloc[3]
    >>> bool(mean(row.n, np.random.default_rng(row.seed)) == row["value"])
    True
    """
    points = read_grid(grid)
    draws = takes_rng(task, points)
    rows = make_rows(points, repetitions, seed)
    pool = make_pool(run, task, executor, in_flight)
    for name, flag in (("progress", progress), ("retry", retry)):
        if not isinstance(flag, bool):
            raise InvalidTypeError(f"{name} is {flag!r} of type {type(flag).__name__}; expected True or False")
    names = names_of(points)
    kept: Store = NoStore() if store is None else FileStore(store, _name(task), retry)
    parts = Scratch(scratch if takes_scratch(task) else None)

    def arguments(row: Row) -> tuple[Any, ...]:
        return task, row.parameters, row.seed, draws, tuple(names), parts.of(row.key)

    work = _Work(rows, pool, kept, Progress(progress, len(rows)), arguments, parts)
    work.do()
    return make_table(names, rows, [work.outcomes[row.key] for row in rows])


class _Work:
    """One call of `sweep`, under way."""

    def __init__(
        self,
        rows: list[Row],
        pool: Pool,
        store: Store,
        progress: Progress,
        arguments: Callable[[Row], tuple[Any, ...]],
        scratch: "Scratch",
    ):
        self.rows = rows
        self.pool = pool
        self.store = store
        self.progress = progress
        self.arguments = arguments
        self.scratch = scratch
        self.outcomes: dict[str, Outcome] = {}
        self.queue: deque[Row] = deque()
        self.busy: list[Row] = []  # computed by other processes
        self.fresh: list[tuple[Row, Outcome]] = []  # ended, and not yet in the store
        self.running = 0
        self.submitted = 0
        self.refused: str | None = None
        self.pause = _SOON

    def do(self) -> None:
        """Bring every row to its end."""
        heart = None
        try:
            self.outcomes.update(self.store.load(self.rows))
            self.queue.extend(row for row in self.rows if row.key not in self.outcomes)
            self.progress.start(len(self.outcomes), sum(o.status == FAILED for o in self.outcomes.values()))
            while (self.queue or self.busy or self.running or self.fresh) and not self._is_over():
                self._step()
                if self.pool.blocking and heart is None and not isinstance(self.store, NoStore):
                    heart = Heart(self.store.beat)
                self._collect()
                self.store.beat()
            self._give_up()
        except KeyboardInterrupt as stop:
            self._interrupted(stop)
            raise
        finally:
            self.progress.close()
            if heart is not None:
                heart.stop()
            self._leave()

    def _is_over(self) -> bool:
        return self.refused is not None and not self.running and not self.fresh

    def _step(self) -> None:
        """Store what has ended, claim what is next, and submit it."""
        free = 0 if self.refused is not None else self.pool.window() - self.running
        if self.busy and not self.queue and free > 0:
            self.queue.extend(self.busy)
            self.busy.clear()
        step = self.store.advance(self.fresh, self.queue, free)
        self.fresh.clear()
        self.busy.extend(step.busy)
        self._end(step.finished)
        for i, row in enumerate(step.mine):
            try:
                self.pool.submit(row, *self.arguments(row))
            except Refused as error:
                if not self.submitted:
                    raise InvalidValueError(
                        f"the executor takes no work ({error}); expected one that is open: make a new one"
                    ) from error
                self.refused = str(error)
                self.queue.extendleft(reversed(step.mine[i:]))
                return
            self.running += 1
            self.submitted += 1

    def _collect(self) -> None:
        """Wait for a row to end, here or elsewhere."""
        if self.running:
            self.fresh = self.pool.collect(self.pause if self.busy else BEAT)
            self.running -= len(self.fresh)
        elif self.busy and not self.fresh:
            time.sleep(self.pause)
        self.pause = _SOON if self.fresh else min(1.5 * self.pause, _LATE)

    def _end(self, finished: list[tuple[Row, Outcome]]) -> None:
        new = [(row, outcome) for row, outcome in finished if row.key not in self.outcomes]
        self.outcomes.update((row.key, outcome) for row, outcome in new)
        for row, outcome in finished:
            if outcome.status == DONE:
                self.scratch.clear(row.key)
        self.progress.add(len(new), sum(outcome.status == FAILED for _, outcome in new))

    def _give_up(self) -> None:
        """Rows that a broken executor never took; others may have finished some in the meantime."""
        left = [*self.queue, *self.busy]
        found = self.store.load(left) if left else {}
        error = f"not run: the executor takes no more work ({self.refused}); call sweep again with a new one"
        for row in left:
            outcome = found.get(row.key, Outcome(FAILED, {}, error, None, math.nan, version()))
            self._end([(row, outcome)])

    def _interrupted(self, stop: KeyboardInterrupt) -> None:
        """Keep what is finished."""
        self._end(self.store.advance([*self.fresh, *self.pool.salvage()], deque(), 0).finished)
        done = f"{len(self.outcomes)} of {len(self.rows)} rows are finished"
        if isinstance(self.store, FileStore):
            stop.add_note(f"{done} and kept in {self.store.path!r}: the same call continues from there.")
        else:
            stop.add_note(f"{done} and lost: with store='rows.sqlite', the same call continues from there.")

    def _leave(self) -> None:
        """Give up claims, whatever happened, and even if Ctrl-C is pressed meanwhile."""
        try:
            self.pool.cancel()
            self.store.close()
        except KeyboardInterrupt:
            self.store.close()
            raise


def _name(task: Any) -> tuple[str, str]:
    try:
        return task_name(task)
    except (TypeError, AttributeError, RecursionError) as error:
        raise InvalidTypeError(
            f"the task {task!r} cannot be identified for the store ({error}); expected a function: pass what it needs "
            "as parameters"
        ) from error
