"""The store: killed at any moment and continued, shared by processes at once, and files that are something else."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from extremal.errors import ExtremalError
from extremal.sweeps import _owners, _store, sweep
from tests.sweeps.tasks import GRID, bits, draw, fragile, lines, log, slow

ROOT = Path(__file__).parents[2]
ROWS = 40


def start(store, folder, rows=ROWS, threads=0):
    """A process that sweeps when `go` is called; imports take longer than the sweep."""
    code = [sys.executable, "-m", "tests.sweeps.tasks", store, folder, rows, threads]
    process = subprocess.Popen(
        list(map(str, code)), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline() == b"ready\n"
    return process


def go(process):
    process.stdin.write(b"\n")
    process.stdin.flush()


def end(process):
    """Its errors, if it was not killed."""
    _, err = process.communicate(timeout=60)
    return err.decode()


def the_table(folder, rows=ROWS, store=None):
    return sweep(slow, {"folder": [str(folder)], "i": range(rows)}, store=store, seed=7)


def content(store):
    connection = sqlite3.connect(store)
    try:
        return connection.execute("SELECT * FROM rows ORDER BY key").fetchall()
    finally:
        connection.close()


# ---- continuing


def test_the_second_call_computes_nothing(tmp_path):
    first = the_table(tmp_path, store=tmp_path / "s")
    before = content(tmp_path / "s")
    again = the_table(tmp_path, store=str(tmp_path / "s"))
    assert lines(tmp_path) == [str(i) for i in range(ROWS)]
    assert content(tmp_path / "s") == before
    assert bits(first) == bits(again)
    assert first["seconds"].tolist() == again["seconds"].tolist()  # the first measurement is kept


def test_a_grid_grows_and_other_rows_are_left_alone(tmp_path):
    def small(store):
        return sweep(draw, {**GRID, "n": [5, 2]}, Eager(), store, repetitions=2)

    def large(store):
        return sweep(draw, GRID, Eager(), store, repetitions=3)

    store = tmp_path / "s"
    assert bits(small(store)) == bits(small(None))
    before = content(store)
    assert bits(large(store)) == bits(large(None))
    assert set(before) < set(content(store))
    assert bits(small(store)) == bits(small(None))
    assert len(content(store)) == 4 * 3 * 2 * 3
    assert len(sweep(draw, GRID, Eager(), store, seed=1)) == 24
    assert len(content(store)) == 4 * 3 * 2 * 4


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_moments_and_continued(seed, tmp_path):
    rng = np.random.default_rng(seed)
    store = tmp_path / "s"
    threads = 2 * (seed % 2)
    process = start(store, tmp_path, threads=threads)
    go(process)
    deadline = time.monotonic() + 60
    while len(lines(tmp_path)) < 1 and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(rng.uniform(0, 0.2))
    process.send_signal(signal.SIGKILL)
    # not waited for yet: a zombie is dead, too
    connection = sqlite3.connect(store)
    finished = [int(i) for (i,) in connection.execute("SELECT json_extract(parameters, '$.i') FROM rows "
                                                      "WHERE status = 'done'")]  # fmt: skip
    connection.close()
    began = time.monotonic()
    table = the_table(tmp_path, store=store)
    assert time.monotonic() - began < _owners.LEASE / 4  # the kernel was asked
    end(process)
    counts = Counter(map(int, lines(tmp_path)))
    assert set(counts) == set(range(ROWS))
    assert all(counts[i] == 1 for i in finished)
    assert sum(counts.values()) <= ROWS + (2 * threads or 1)  # only rows that were under way are computed again
    assert bits(table) == bits(the_table(tmp_path))


HALF = """
import os, signal, sys
from extremal.sweeps._store import FileStore

kept = FileStore(sys.argv[1], ("tests.sweeps.tasks", "slow"), False)
kept.connection.execute("PRAGMA cache_size = 1")
kept.connection.execute("PRAGMA cache_spill = ON")
kept.connection.execute("BEGIN IMMEDIATE")
kept.connection.executemany(
    "INSERT INTO rows (key, parameters, repetition, seed, status, owner) VALUES (?, ?, 0, 0, 'claimed', '?')",
    [(str(i), "x" * 4000) for i in range(500)],
)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_in_the_middle_of_a_step(tmp_path):
    """Half of a transaction is in the file, and its journal beside it."""
    store = tmp_path / "s"
    done = subprocess.run([sys.executable, "-c", HALF, store], cwd=ROOT, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert store.stat().st_size > 2**20
    assert Path(f"{store}-journal").stat().st_size > 0
    table = the_table(tmp_path, 3, store)
    assert table["status"].tolist() == ["done"] * 3
    assert len(content(store)) == 3


def test_processes_at_once_share_the_rows(tmp_path):
    store = tmp_path / "s"
    processes = [start(store, tmp_path, 60) for _ in range(2)]
    for process in processes:
        go(process)
    table = the_table(tmp_path, 60, store)  # and a third
    assert [end(process) for process in processes] == ["", ""]
    assert sorted(map(int, lines(tmp_path))) == list(range(60))
    assert bits(table) == bits(the_table(tmp_path, 60))
    connection = sqlite3.connect(store)
    assert connection.execute("SELECT count(DISTINCT owner) FROM rows").fetchone()[0] >= 2
    assert connection.execute("SELECT count(*) FROM owners").fetchone()[0] == 0
    connection.close()


def test_threads_at_once_share_the_rows(tmp_path):
    tables = []

    def work():
        tables.append(the_table(tmp_path, store=tmp_path / "s"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(int, lines(tmp_path))) == list(range(ROWS))
    assert len(tables) == 4
    assert all(bits(table) == bits(tables[0]) for table in tables)


# ---- claims


def claims(store, owner):
    """A store in which one row of `the_table` is claimed by `owner`, with a pulse."""
    connection = sqlite3.connect(store)
    key = connection.execute("SELECT key FROM rows WHERE json_extract(parameters, '$.i') = 1").fetchone()[0]
    connection.execute("UPDATE rows SET status = 'claimed', results = NULL, owner = ? WHERE key = ?", (owner, key))
    connection.execute("INSERT INTO owners VALUES (?, 0)", (owner,))
    connection.commit()
    connection.close()


def owner_with(**changes):
    owner = _owners.new_owner()
    _owners.retire(owner)
    return _owners.json.dumps({**_owners.json.loads(owner), **changes}, sort_keys=True)


DEAD = {
    "no such process": lambda: {"pid": 2**22 + 1},
    "another process of the same number": lambda: {"pid": os.getppid(), "started": "1"},
    "a call in this process that is over": dict,
    "this number, before": lambda: {"started": "1"},
    "no /proc there": lambda: {"pid": 2**22 + 1, "started": None},
}


@pytest.mark.parametrize("kind", DEAD)
def test_claims_of_the_dead_are_taken_over_at_once(kind, tmp_path):
    store = tmp_path / "s"
    before = the_table(tmp_path, 3, store)
    claims(store, owner_with(**DEAD[kind]()))
    began = time.monotonic()
    assert bits(the_table(tmp_path, 3, store)) == bits(before)
    assert time.monotonic() - began < 10
    assert Counter(lines(tmp_path)) == {"0": 1, "1": 2, "2": 1}


def test_a_claim_whose_owner_left_is_taken_over(tmp_path):
    store = tmp_path / "s"
    before = the_table(tmp_path, 3, store)
    claims(store, owner_with(host="elsewhere"))
    connection = sqlite3.connect(store)
    connection.execute("DELETE FROM owners")
    connection.commit()
    connection.close()
    assert bits(the_table(tmp_path, 3, store)) == bits(before)


def test_an_owner_elsewhere_without_a_pulse_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(_owners, "LEASE", 0.4)
    store = tmp_path / "s"
    before = the_table(tmp_path, 3, store)
    claims(store, owner_with(host="elsewhere"))
    began = time.monotonic()
    assert bits(the_table(tmp_path, 3, store)) == bits(before)
    assert 0.4 <= time.monotonic() - began < 10


def test_an_owner_elsewhere_with_a_pulse_is_waited_for(tmp_path, monkeypatch):
    """Its row is finished by it, and is not computed here, however long it takes."""
    monkeypatch.setattr(_owners, "LEASE", 0.4)
    store = tmp_path / "s"
    before = the_table(tmp_path, 3, store)
    kept = content(store)
    owner = owner_with(host="elsewhere")
    claims(store, owner)

    def elsewhere():
        connection = sqlite3.connect(store, timeout=30)
        for _ in range(15):
            time.sleep(0.1)
            connection.execute("UPDATE owners SET beats = beats + 1 WHERE owner = ?", (owner,))
            connection.commit()
        marks = ", ".join("?" * len(kept[0]))
        connection.executemany(f"INSERT OR REPLACE INTO rows VALUES ({marks})", kept)
        connection.commit()
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    table = the_table(tmp_path, 3, store)
    thread.join()
    assert bits(table) == bits(before)
    assert Counter(lines(tmp_path)) == {"0": 1, "1": 1, "2": 1}


def test_the_pulse_beats_while_a_row_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr(_owners, "BEAT", 0.05)
    monkeypatch.setattr(_store, "BEAT", 0.05)
    store = tmp_path / "s"

    def task():
        time.sleep(0.6)
        connection = sqlite3.connect(store, timeout=30)
        beats = connection.execute("SELECT beats FROM owners").fetchone()[0]
        connection.close()
        return beats

    assert sweep(task, {}, store=store)["value"][0] >= 3
    assert not [thread for thread in threading.enumerate() if "heart" in thread.name]


def test_the_first_result_is_kept(tmp_path):
    """Another process took over a claim that was alive after all, and was faster."""
    store = tmp_path / "s"

    def task(i):
        connection = sqlite3.connect(store, timeout=30)
        connection.execute("UPDATE rows SET status = 'done', results = '{\"value\": 7}', version = '0', seconds = 1.0")
        connection.commit()
        connection.close()
        return 8

    table = sweep(task, {"i": [1]}, store=store)
    assert table["value"].tolist() == [7]
    assert table["version"].tolist() == ["0"]
    assert content(store)[0][5] == '{"value": 7}'


def test_an_error_in_the_loop_gives_claims_back(tmp_path):
    class Broken:
        def submit(self, *arguments):
            raise RuntimeError("closed")

    with pytest.raises(ValueError, match="takes no work"):
        sweep(draw, GRID, Broken(), tmp_path / "s")
    assert content(tmp_path / "s") == []


# ---- failed rows


def test_failed_rows_stay_until_retry(tmp_path):
    store, broken = tmp_path / "s", tmp_path / "broken"

    def run(text, **kwargs):
        broken.write_text(text)
        return sweep(fragile, {"i": range(5), "broken": [str(broken)]}, store=store, **kwargs)

    first = run("1 3")
    assert first["status"].tolist() == ["done", "failed", "done", "failed", "done"]
    assert first["error"][3] == "ZeroDivisionError: i is 3"
    assert "raise ZeroDivisionError" in first["traceback"][3]
    assert bits(run("")) == bits(first)
    second = run("3", retry=True)
    assert second["status"].tolist() == ["done", "done", "done", "failed", "done"]
    third = run("", retry=True)
    assert third["status"].tolist() == ["done"] * 5
    assert third["seed"].tolist() == first["seed"].tolist()
    store.unlink()
    assert bits(run("")) == bits(third)


def test_a_row_that_fails_again_is_tried_once_a_call(tmp_path):
    calls = []

    def task(i):
        calls.append(i)
        raise ValueError

    for _ in range(2):
        sweep(task, {"i": range(3)}, store=tmp_path / "s", retry=True)
    assert calls == [0, 1, 2] * 2


def test_a_row_that_another_process_has_tried_again_is_not_tried_once_more(tmp_path):
    store, calls = tmp_path / "s", []

    def task(i):
        calls.append(i)
        if i == 0 and calls.count(0) == 2:  # while this row is tried again, the other one is, too, elsewhere
            connection = sqlite3.connect(store, timeout=30)
            connection.execute("UPDATE rows SET owner = 'elsewhere', error = 'again' WHERE status = 'failed'")
            connection.commit()
            connection.close()
        raise ValueError("first")

    for retry in (False, True):
        table = sweep(task, {"i": [0, 1]}, store=store, retry=retry)
    assert calls == [0, 1, 0]
    assert table["error"].tolist() == ["ValueError: first", "again"]


def test_versions_are_those_of_the_rows(tmp_path, monkeypatch):
    import extremal

    sweep(draw, GRID, Eager(), tmp_path / "s")
    old = extremal.__version__
    monkeypatch.setattr(extremal, "__version__", "9.9")
    table = sweep(draw, GRID, Eager(), tmp_path / "s", repetitions=2)
    assert table["version"].tolist() == [old, "9.9"] * 24


# ---- files


def other_database(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE experiments (x)")
    connection.commit()
    connection.close()


def other_task(path):
    sweep(slow, {"folder": [str(path.parent)], "i": [1]}, store=path)


def newer(path):
    other_draw(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()


def other_draw(path):
    sweep(draw, {"n": [1], "scale": [1.0], "kind": ["a"]}, store=path)


FILES = {
    "text": (lambda path: path.write_text("a,b\n" * 400), "not a SQLite file"),
    "a short text": (lambda path: path.write_text("a"), "not a SQLite file"),
    "another database": (other_database, "not of rows of a sweep"),
    "another task": (other_task, r"rows of the task tests.sweeps.tasks.slow, .* tests.sweeps.tasks.draw"),
    "a newer layout": (newer, "layout 9"),
    "a folder": (lambda path: path.mkdir(), "is a folder"),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_that_are_something_else_are_left_as_they_are(kind, tmp_path):
    make, part = FILES[kind]
    path = tmp_path / "s"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ValueError, match=part) as caught:
        sweep(draw, GRID, store=path)
    assert isinstance(caught.value, ExtremalError)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not _owners._active


def test_paths_that_are_none(tmp_path):
    for path in ("", ":memory:"):
        with pytest.raises(ValueError, match="None to keep nothing"):
            sweep(draw, GRID, store=path)
    with pytest.raises(TypeError, match="store is 5"):
        sweep(draw, GRID, store=5)
    with pytest.raises(FileNotFoundError, match="create it first"):
        sweep(draw, GRID, store=tmp_path / "no" / "s")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written(tmp_path):
    other_draw(tmp_path / "s")
    (tmp_path / "s").chmod(stat.S_IREAD)
    with pytest.raises(ValueError, match="cannot be written"):
        sweep(draw, GRID, store=tmp_path / "s")


def test_a_database_that_may_not_be_written(tmp_path, monkeypatch):
    other_draw(tmp_path / "s")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **kwargs: connect(f"file:{path}?mode=ro", uri=True, **kwargs))
    with pytest.raises(ValueError, match="cannot be written"):
        sweep(draw, GRID, store=tmp_path / "s")


def test_an_empty_file_is_a_new_store(tmp_path):
    (tmp_path / "s").touch()
    assert bits(sweep(draw, GRID, store=tmp_path / "s")) == bits(sweep(draw, GRID))


class Eager:
    """An executor that computes at once; so rows are written many at a time."""

    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


def test_a_damaged_file_is_an_error_in_words(tmp_path):
    path = tmp_path / "s"
    sweep(draw, GRID, Eager(), store=path, repetitions=10, in_flight=240)
    data = bytearray(path.read_bytes())
    data[8192:] = b"\x55" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(ValueError, match="cannot be used"):
        sweep(draw, GRID, Eager(), store=path, repetitions=20, in_flight=240)


def test_bound_arguments_and_objects_belong_to_the_task(tmp_path):
    class Times:
        def __init__(self, k):
            self.k = k

        def __call__(self, i):
            return self.k * i

        def of(self, i):
            return self.k * i

    def call(task):
        return sweep(task, {"i": [3]}, store=tmp_path / "s")["value"][0]

    for one, same, other in (
        (partial(pow, exp=2), partial(pow, exp=2), partial(pow, exp=3)),
        (Times(2), Times(2), Times(3)),
        (Times(2).of, Times(2).of, Times(3).of),
    ):
        first = call_as_i(call, one)
        assert call_as_i(call, same) == first
        with pytest.raises(ValueError, match="a file for each task"):
            call_as_i(call, other)
        (tmp_path / "s").unlink()
    with pytest.raises(TypeError, match="cannot be identified for the store"):
        call(Times(threading.Lock()))


def call_as_i(call, task):
    """Tasks of the test above take i; pow takes base."""
    return call(partial(power, task=task)) if isinstance(task, partial) else call(task)


def power(i, task):
    return task(i)


def test_a_script_may_become_a_module(tmp_path):
    def function(module):
        names = {"__name__": module}
        exec("def task(i):\n    return i", names)
        return names["task"]

    for module in ("__main__", "experiment", "__main__"):
        assert len(sweep(function(module), {"i": [1]}, store=tmp_path / "s")) == 1
    (tmp_path / "s").unlink()
    sweep(function("experiment"), {"i": [1]}, store=tmp_path / "s")
    with pytest.raises(ValueError, match=r"holds rows of the task experiment\.task"):
        sweep(function("other"), {"i": [1]}, store=tmp_path / "s")


def test_the_store_can_be_read_with_any_tool(tmp_path):
    sweep(slow, {"folder": [str(tmp_path)], "i": [1, 2]}, store=tmp_path / "s")
    log(tmp_path, "")
    connection = sqlite3.connect(tmp_path / "s")
    query = "SELECT json_extract(parameters, '$.i'), json_extract(results, '$.i2') FROM rows ORDER BY 1"
    assert connection.execute(query).fetchall() == [(1, 1), (2, 4)]
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] in ("delete", "truncate")
    connection.close()
