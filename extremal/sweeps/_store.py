"""Rows kept in a file: a SQLite database in which every row is claimed before it is computed, and finished once.

Each step, some rows finished and some claimed, is one transaction, so a process that is killed at any moment leaves
whole rows and its own claims, which another takes over. Of two results of one row the first is kept.

The journal is SQLite's rollback journal, synchronised at every step (journal_mode TRUNCATE, synchronous FULL): a
finished row survives the loss of power. The write-ahead log would wait for the disk once a step and not four times; but
it needs memory shared by all who write, so it excludes what a cluster does, several machines and one file on a network
drive.
"""

import math
import os
import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import InvalidTypeError, InvalidValueError, MissingFileError
from ._claims import Step
from ._encoding import decode, encode
from ._owners import BEAT, Pulses, new_owner, retire
from ._rows import Row
from ._tasks import FAILED, Outcome

__all__ = ["FileStore"]

CLAIMED = "claimed"
# Marks the file as ours ("EXSW"), and the layout of its tables.
_APPLICATION, _LAYOUT = 0x45585357, 1
# Seconds to wait for another process to finish its step.
_PATIENCE = 120.0
# Seconds between two attempts, drawn so that two processes do not keep step.
_AGAIN = (0.001, 0.01)
_BATCH = 500
_TABLES = (
    "CREATE TABLE task (module TEXT NOT NULL, name TEXT NOT NULL)",
    "CREATE TABLE owners (owner TEXT PRIMARY KEY, beats INTEGER NOT NULL)",
    """CREATE TABLE rows (
        key TEXT PRIMARY KEY, parameters TEXT NOT NULL, repetition INTEGER NOT NULL, seed INTEGER NOT NULL,
        status TEXT NOT NULL, results TEXT, error TEXT, traceback TEXT, seconds REAL, version TEXT, owner TEXT NOT NULL
    )""",
)
_COLUMNS = "status, results, error, traceback, seconds, version, owner"


class FileStore:
    """
    Rows kept in a SQLite file.

    Parameters
    ----------
    path : str or path
        The file. It is made if it is not there.
    task : tuple of str
        Module and name of the function whose rows it holds.
    retry : bool
        Compute rows again that had failed when they were loaded.

    Raises
    ------
    MissingFileError
        The folder is not there.
    InvalidValueError, InvalidTypeError
        The file is something else, belongs to another task, or cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], task: tuple[str, str], retry: bool):
        self.path = _checked(path)
        self.retry = retry
        self.again: dict[str, str] = {}
        self.pulses = Pulses()
        self.lock = threading.Lock()  # the heart beats from a thread of its own
        self.last_beat = time.monotonic()
        self.owner = new_owner()
        self.dice = random.Random(self.owner)
        try:
            with self._explained():
                self.connection = sqlite3.connect(self.path, timeout=0.0, isolation_level=None, check_same_thread=False)
            try:
                self._set_up(task)
            except BaseException:
                self.connection.close()
                raise
        except BaseException:
            retire(self.owner)
            raise

    def load(self, rows: Sequence[Row]) -> dict[str, Outcome]:
        """Outcomes that are there already, by key; with `retry`, without those that failed."""
        found = {}
        with self.lock, self._transaction() as connection:
            for start in range(0, len(rows), _BATCH):
                keys = [row.key for row in rows[start : start + _BATCH]]
                marks = ", ".join("?" * len(keys))
                query = f"SELECT key, {_COLUMNS} FROM rows WHERE status != '{CLAIMED}' AND key IN ({marks})"
                for key, *columns in connection.execute(query, keys):
                    if self.retry and columns[0] == FAILED:
                        self.again[key] = columns[-1]  # who failed: another failure will have another owner
                    else:
                        found[key] = decode(columns)
        return found

    def advance(self, finished: Sequence[tuple[Row, Outcome]], queue: deque[Row], limit: int) -> Step:
        """
        Finish rows and claim others, in one transaction.

        Parameters
        ----------
        finished : sequence of (Row, Outcome)
            What was computed since the last step.
        queue : deque of Row
            Rows to look at, from the left; they leave it one by one.
        limit : int
            Most rows to claim.

        Returns
        -------
        Step
            `mine` are claimed. `busy` are claimed by another call that is alive. `finished` are those given, and those
            of the queue that someone has finished; each with the outcome that is kept.
        """
        step = Step()
        if not finished and (limit <= 0 or not queue):
            return step
        with self.lock, self._transaction() as connection:
            for row, outcome in finished:
                step.finished.append((row, self._finish(connection, row, outcome)))
            while queue and len(step.mine) < limit:
                self._look(connection, queue.popleft(), step)
        return step

    def beat(self) -> None:
        """Raise our counter, if it is time to."""
        if time.monotonic() - self.last_beat >= BEAT:
            with self.lock, self._transaction() as connection:
                connection.execute("UPDATE owners SET beats = beats + 1 WHERE owner = ?", (self.owner,))
                self.last_beat = time.monotonic()

    def close(self) -> None:
        """Give up every claim and close the file."""
        try:
            with self.lock, self._transaction() as connection:
                connection.execute(f"DELETE FROM rows WHERE owner = ? AND status = '{CLAIMED}'", (self.owner,))
                connection.execute("DELETE FROM owners WHERE owner = ?", (self.owner,))
        finally:
            retire(self.owner)
            self.connection.close()

    def _set_up(self, task: tuple[str, str]) -> None:
        with self._explained():
            self._insist("PRAGMA synchronous = FULL")
            self._insist("PRAGMA cache_spill = OFF")  # nothing is written before the step is whole
        with self._transaction() as connection:
            empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not empty and self._pragma("application_id") != _APPLICATION:
                raise InvalidValueError(
                    f"store {self.path!r} is a SQLite database, but not of rows of a sweep; expected a file that "
                    "sweep made, or a new name: it was not changed"
                )
            if empty:
                for statement in _TABLES:
                    connection.execute(statement)
                connection.execute("INSERT INTO task VALUES (?, ?)", task)
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                connection.execute(f"PRAGMA user_version = {_LAYOUT}")
            layout = self._pragma("user_version")
            if layout != _LAYOUT:
                raise InvalidValueError(
                    f"store {self.path!r} has layout {layout}; this version of extremal reads layout {_LAYOUT}: use "
                    "the version that made it, or a new file"
                )
            module, name = connection.execute("SELECT module, name FROM task").fetchone()
            # a script is __main__ when it is run, and has a name when it is imported
            moved = module != task[0] and "__main__" not in (module, task[0])
            if name != task[1] or moved:
                raise InvalidValueError(
                    f"store {self.path!r} holds rows of the task {module}.{name}, and this task is "
                    f"{task[0]}.{task[1]}; expected a file for each task: it was not changed"
                )
            connection.execute("INSERT INTO owners VALUES (?, 0)", (self.owner,))
        with self._explained():
            self._insist("PRAGMA journal_mode = TRUNCATE")

    def _pragma(self, name: str) -> int:
        return int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])

    def _look(self, connection: sqlite3.Connection, row: Row, step: Step) -> None:
        """Claim a row, or see what became of it."""
        found = connection.execute(f"SELECT {_COLUMNS} FROM rows WHERE key = ?", (row.key,)).fetchone()
        if found is None:
            connection.execute(
                "INSERT INTO rows (key, parameters, repetition, seed, status, owner) VALUES (?, ?, ?, ?, ?, ?)",
                (row.key, row.text, row.repetition, row.seed, CLAIMED, self.owner),
            )
            step.mine.append(row)
            return
        status, owner = found[0], found[-1]
        if status == CLAIMED and self._alive(connection, owner):
            step.busy.append(row)
        elif status == CLAIMED or (status == FAILED and self.again.get(row.key) == owner):
            connection.execute(
                "UPDATE rows SET status = ?, results = NULL, error = NULL, traceback = NULL, seconds = NULL, "
                "version = NULL, owner = ? WHERE key = ?",
                (CLAIMED, self.owner, row.key),
            )
            step.mine.append(row)
        else:
            step.finished.append((row, decode(found)))

    def _finish(self, connection: sqlite3.Connection, row: Row, outcome: Outcome) -> Outcome:
        """Keep an outcome, unless there is one."""
        found = connection.execute(f"SELECT {_COLUMNS} FROM rows WHERE key = ?", (row.key,)).fetchone()
        if found is not None and found[0] != CLAIMED:
            return decode(found)
        seconds = None if math.isnan(outcome.seconds) else outcome.seconds
        identity = (row.key, row.text, row.repetition, row.seed)
        result = (outcome.status, encode(outcome.results), outcome.error, outcome.traceback)
        connection.execute(
            f"INSERT OR REPLACE INTO rows (key, parameters, repetition, seed, {_COLUMNS}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*identity, *result, seconds, outcome.version, self.owner),
        )
        return outcome

    def _alive(self, connection: sqlite3.Connection, owner: str) -> bool:
        if owner == self.owner:
            return True
        found = connection.execute("SELECT beats FROM owners WHERE owner = ?", (owner,)).fetchone()
        return self.pulses.alive(owner, None if found is None else found[0])

    def _insist(self, statement: str) -> None:
        """Execute it as soon as no other process is in the way; SQLite itself asks too rarely to get a turn."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self.connection.execute(statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(self.dice.uniform(*_AGAIN))
            else:
                return

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._explained():
            try:
                self._insist("BEGIN IMMEDIATE")
                yield self.connection
                self._insist("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            text = str(error)
            if "not a database" in text:
                raise _not_sqlite(self.path) from error
            if "readonly" in text or "unable to open" in text:
                wrong = f"cannot be written ({text}); expected a file and a folder that may be written"
            else:
                wrong = f"cannot be used ({text}); rows that were finished before are kept, if the file is whole"
            raise InvalidValueError(f"store {self.path!r} {wrong}") from error


def _checked(path: Any) -> str:
    if not isinstance(path, str | os.PathLike):
        raise InvalidTypeError(f"store is {path!r} of type {type(path).__name__}; expected the path of a file, or None")
    text = os.fsdecode(path)
    if text in ("", ":memory:"):
        raise InvalidValueError(f"store is {text!r}; expected the path of a file, or None to keep nothing")
    file = Path(text)
    if file.is_dir():
        raise InvalidValueError(f"store {text!r} is a folder; expected a file, such as {str(file / 'rows.sqlite')!r}")
    if not file.parent.is_dir():
        raise MissingFileError(f"store {text!r}: there is no folder {str(file.parent)!r}; create it first")
    # SQLite takes a file of a few bytes for an empty database; the smallest database has 512
    if file.exists() and 0 < file.stat().st_size < 512:
        raise _not_sqlite(text)
    return text


def _not_sqlite(path: str) -> InvalidValueError:
    return InvalidValueError(
        f"store {path!r} is not a SQLite file; expected a file that sweep made, or a new name: it was not changed"
    )
