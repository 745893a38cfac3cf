"""Serial, threads, processes, loky and dask give the same bits; workers that are killed take no other row with them."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from extremal.errors import InvalidTypeError
from extremal.sweeps import sweep
from tests.sweeps.tasks import GRID, bits, deadly, draw, fragile, lines, slow, who

ROOT = Path(__file__).parents[2]


def processes(workers=2):
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


@pytest.fixture(scope="module")
def serial():
    return bits(sweep(draw, GRID, repetitions=2))


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """A grid of which two rows fail, and its serial table."""
    broken = tmp_path_factory.mktemp("failing") / "broken"
    broken.write_text("1 4")
    grid = {"i": range(6), "broken": [str(broken)]}
    return grid, bits(sweep(fragile, grid))


@pytest.mark.parametrize("with_store", [False, True])
def test_threads(serial, failing, with_store, tmp_path):
    with ThreadPoolExecutor(4) as executor:
        store = tmp_path / "s" if with_store else None
        assert bits(sweep(draw, GRID, executor, store, repetitions=2)) == serial
        assert bits(sweep(fragile, failing[0], executor)) == failing[1]
        assert executor.submit(int).result() == 0


def test_processes(serial, failing, tmp_path):
    with processes() as executor:
        assert bits(sweep(draw, GRID, executor, tmp_path / "s", repetitions=2)) == serial
        assert bits(sweep(fragile, failing[0], executor)) == failing[1]
        assert executor.submit(int).result() == 0
        for task in (lambda a: a, partial(lambda a: a)):
            with pytest.raises(InvalidTypeError, match=r"cannot be sent .* loky"):
                sweep(task, {"a": [1]}, executor)
        # a parameter that cannot be sent is a row
        table = sweep(kind_of, {"x": [1, lambda: 0, 2]}, executor)
        assert table["status"].tolist() == ["done", "failed", "done"]
        assert "ickl" in table["error"][1]
    assert bits(sweep(draw, GRID, None, tmp_path / "s", repetitions=2)) == serial


def kind_of(x):
    return type(x).__name__


FORKED = """
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
from extremal.sweeps import sweep
from tests.sweeps.tasks import GRID, bits, draw

with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as executor:
    table = sweep(draw, GRID, executor, sys.argv[1], progress=True, repetitions=2)
print(bits(table) == bits(sweep(draw, GRID, repetitions=2)))
"""


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
def test_forked_processes_and_an_open_store(tmp_path):
    """In a process of its own, where warnings are errors: neither the bar nor the store has started a thread."""
    command = [sys.executable, "-W", "error", "-c", FORKED, tmp_path / "s"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "True\n", done.stderr


def test_a_killed_process_of_a_pool_is_a_failed_row_and_the_others_survive(tmp_path):
    grid = {"i": range(20), "folder": [str(tmp_path)]}
    with processes() as executor:
        table = sweep(deadly, grid, executor, tmp_path / "s", in_flight=2)
    failed = table["status"] == "failed"
    assert failed[5]
    assert "BrokenProcessPool" in table["error"][5]
    not_run = table["error"].map(lambda error: error is not None and error.startswith("not run"))
    assert (failed & ~not_run).sum() <= 2  # those that were under way
    assert not_run[7:].all()
    assert (~failed).sum() >= 3
    # a new pool computes what the broken one never took; the failed rows wait for retry
    again = sweep(deadly, grid, None, tmp_path / "s")
    assert (again["status"] == "failed").tolist() == (failed & ~not_run).tolist()
    done = sweep(deadly, grid, None, tmp_path / "s", retry=True)
    assert bits(done) == bits(sweep(deadly, grid))


def test_loky(serial, failing, tmp_path):
    loky = pytest.importorskip("loky", reason="loky is optional")
    executor = loky.get_reusable_executor(max_workers=2)
    try:
        assert bits(sweep(draw, GRID, executor, tmp_path / "s", repetitions=2)) == serial
        assert bits(sweep(fragile, failing[0], executor)) == failing[1]
        shift = 0.5
        table = sweep(lambda a, rng: a + shift + rng.random(), {"a": [1, 2]}, executor)
        assert bits(table) == bits(sweep(lambda a, rng: a + shift + rng.random(), {"a": [1, 2]}))
        grid = {"i": range(12), "folder": [str(tmp_path)]}
        table = sweep(deadly, grid, executor, tmp_path / "deadly", in_flight=2)
        assert table["status"][5] == "failed"
        assert "TerminatedWorkerError" in table["error"][5]
        executor = loky.get_reusable_executor(max_workers=2)
        table = sweep(deadly, grid, executor, tmp_path / "deadly", retry=True)
        assert bits(table) == bits(sweep(deadly, grid))
    finally:
        executor.shutdown(kill_workers=True)


@pytest.fixture(scope="module")
def client():
    """Two workers on this machine, processes of their own, that speak TCP as on a cluster."""
    distributed = pytest.importorskip("distributed", reason="dask is optional")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            protocol="tcp://",
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_dask(client, serial, failing, tmp_path, monkeypatch):
    submitted, submit = [], client.submit
    monkeypatch.setattr(client, "submit", lambda *args, **kwargs: submitted.append(kwargs) or submit(*args, **kwargs))
    assert bits(sweep(draw, GRID, client, tmp_path / "s", repetitions=2)) == serial
    # also with dask's default, which takes calls with equal arguments for one
    for executor in (client.get_executor(pure=False), client.get_executor()):
        assert bits(sweep(draw, GRID, executor, repetitions=2)) == serial
        assert bits(sweep(fragile, failing[0], executor)) == failing[1]
    assert len(submitted) == 3 * 48 + 2 * 6
    assert all(kwargs["pure"] is False for kwargs in submitted)
    assert bits(sweep(lambda a, rng: a + rng.random(), {"a": [1, 2]}, client)) == bits(
        sweep(lambda a, rng: a + rng.random(), {"a": [1, 2]})
    )
    assert client.submit(int).result() == 0
    assert not sweep(who, {"i": range(4), "wait": [0]}, client)["pid"].isin([os.getpid()]).any()


def test_dask_with_a_worker_killed_in_the_middle(client, tmp_path):
    rows = 60
    grid = {"folder": [str(tmp_path)], "i": range(rows)}
    pid = next(iter(client.run(os.getpid).values()))
    killed = []

    def kill():
        deadline = time.monotonic() + 60
        while len(lines(tmp_path)) < 10 and time.monotonic() < deadline:
            time.sleep(0.002)
        killed.append(len(lines(tmp_path)))
        os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    table = sweep(slow, grid, client, tmp_path / "s", in_flight=8)
    thread.join()
    assert 10 <= killed[0] < rows
    assert table["status"].tolist() == ["done"] * rows
    assert bits(table) == bits(sweep(slow, grid))


SCRIPT = """
import os, sys, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from extremal.sweeps import sweep
from tests.sweeps.tasks import log

def task(folder, i, rng):
    time.sleep(0.02)
    log(folder, i)
    return rng.random()

if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    grid, store = {"folder": [folder], "i": range(500)}, os.path.join(folder, "s")
    if kind == "serial":
        sweep(task, grid, store=store)
    else:
        with {"threads": ThreadPoolExecutor, "processes": ProcessPoolExecutor}[kind](2) as executor:
            sweep(task, grid, executor, store)
"""


@pytest.mark.parametrize("kind", ["serial", "threads", "processes"])
def test_ctrl_c_as_a_terminal_sends_it(kind, tmp_path):
    """To the whole group of processes, with workers that know nothing of it."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    process = subprocess.Popen(
        [sys.executable, script, kind, tmp_path], env=environment, stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while len(lines(tmp_path)) < 12 and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in err.decode()
    assert "the same call continues from there" in err.decode()
    assert process.returncode != 0
    connection = sqlite3.connect(tmp_path / "s")
    found = dict(connection.execute("SELECT status, count(*) FROM rows GROUP BY status"))
    connection.close()
    assert set(found) == {"done"}
    assert 5 <= found["done"] < 500
