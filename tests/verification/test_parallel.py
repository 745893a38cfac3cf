"""Several measurements at a time: who goes first, and what happens to the rest."""

import threading
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from types import SimpleNamespace

import pandas as pd
import pytest

from extremal.errors import InvalidValueError
from extremal.sweeps import sweep
from extremal.verification import STATEMENTS, Measurement, _parallel
from extremal.verification._parallel import Broken, _Door, _Gate, _in_turn, measure_all


def named(name):
    return Measurement(lambda **arguments: name, {})


def spans_of(rows):
    """A function that keeps when its calls began and ended."""

    def work(name):
        begin = time.perf_counter()
        time.sleep(0.05)
        rows[name] = (begin, time.perf_counter())
        return name

    return work


def test_the_first_row_goes_alone_and_the_others_together():
    rows = {}
    with ThreadPoolExecutor(4) as executor:
        gate = _Gate(executor)
        futures = [gate.submit(spans_of(rows), name) for name in "abc"]
        assert [future.result() for future in futures] == ["a", "b", "c"]
    assert min(rows["b"][0], rows["c"][0]) >= rows["a"][1]
    assert rows["c"][0] < rows["b"][1]


def test_a_measurement_waits_for_the_first_of_its_group_and_for_its_own():
    rows = {}
    work = spans_of(rows)
    with ThreadPoolExecutor(4) as executor:
        group = _Gate(executor)
        one, other = _Gate(group), _Gate(group)
        futures = [gate.submit(work, name) for gate, name in ((one, "a"), (other, "b"), (other, "c"), (one, "d"))]
        for future in futures:
            future.result()
    assert rows["b"][0] >= rows["a"][1]
    assert rows["c"][0] >= rows["b"][1]


def test_a_first_row_that_fails_lets_the_others_pass():
    with ThreadPoolExecutor(2) as executor:
        gate = _Gate(executor)
        assert isinstance(gate.submit(lambda: 1 / 0).exception(), ZeroDivisionError)
        assert gate.submit(lambda: 7).result() == 7


class Sleeping:
    """An executor whose rows do not end."""

    def __init__(self):
        self.futures = []

    def submit(self, function, *arguments):
        self.futures.append(Future())
        return self.futures[-1]


def test_a_shut_gate_takes_nothing_not_even_a_first_row():
    executor = Sleeping()
    gate = _Gate(executor)
    gate.shut = True
    with pytest.raises(RuntimeError, match="stopped"):
        gate.submit(lambda: 0)
    group = _Gate(executor)
    group.shut = True
    with pytest.raises(RuntimeError, match="stopped"):
        _Gate(group).submit(lambda: 0)
    assert not executor.futures


@pytest.mark.parametrize(("at", "shut"), [("own", "own"), ("own", "group"), ("group", "group")])
def test_who_waits_sees_that_a_gate_was_shut(at, shut):
    """The interpreter waits for such a thread when it ends."""
    group = _Gate(Sleeping())
    own, other = _Gate(group), _Gate(group)
    own.submit(lambda: 0)
    waits = own if at == "own" else other  # the other one's first row waits for that of the group
    errors = []

    def second():
        try:
            waits.submit(lambda: 0)
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=second, daemon=True)
    thread.start()
    thread.join(0.05)
    assert thread.is_alive()
    (own if shut == "own" else group).shut = True
    thread.join(5)
    assert not thread.is_alive()
    assert errors == ["verify was stopped"]


def test_patience_is_for_a_gate_and_not_for_each_row(monkeypatch):
    monkeypatch.setattr(_parallel, "PATIENCE", 0.4)
    gate = _Gate(_Gate(Sleeping()))
    start = time.monotonic()
    for _ in range(6):
        gate.submit(lambda: 0)
    assert 0.3 < time.monotonic() - start < 1.2


def test_groups_are_shut_when_all_is_over(monkeypatch):
    made = []

    class Kept(_Gate):
        def __init__(self, executor):
            super().__init__(executor)
            made.append(self)

    monkeypatch.setattr(_parallel, "_Gate", Kept)
    result = SimpleNamespace(statement="a", status="supported")
    with ThreadPoolExecutor(2) as executor:
        measure_all(lambda *_: result, {named("a"): "one", named("b"): "another"}, executor, progress=False)
    assert len(made) == 4
    assert all(gate.shut for gate in made)


def double(k):
    return 2 * k


class Brittle:
    """Threads that break at a row: what is under way is lost, and nothing more is taken."""

    def __init__(self, threads, at, lose=True):
        self.threads, self.left, self.lose = threads, at, lose
        self._max_workers = 1

    def submit(self, function, *arguments):
        self.left -= 1
        if self.left < 0 and not self.lose:
            raise BrokenExecutor("a worker died")
        future = self.threads.submit(function, *arguments)
        if self.left < 0:
            future = Future()
            future.set_exception(BrokenExecutor("a worker died"))
        return future


@pytest.mark.parametrize("lose", [True, False])
def test_a_sweep_keeps_what_was_finished_when_the_executor_breaks(tmp_path, lose):
    """And no row is called failed that was lost: the same call computes it."""
    store = tmp_path / "rows.sqlite"
    with ThreadPoolExecutor(1) as threads, pytest.raises(Broken, match="BrokenExecutor: a worker died"):
        sweep(double, {"k": list(range(9))}, _Door(Brittle(threads, 5, lose)), store)
    with ThreadPoolExecutor(1) as threads:
        brittle = Brittle(threads, 4)
        table = sweep(double, {"k": list(range(9))}, _Door(brittle), store)
    assert list(table["value"]) == list(range(0, 18, 2))
    assert brittle.left >= 0  # five were there


@pytest.mark.parametrize(("before", "error"), [("running", Broken), ("closed", InvalidValueError)])
@pytest.mark.parametrize("how", ["no work is taken", "rows are lost"])
def test_a_dask_client_that_is_closed(monkeypatch, before, error, how):
    """Dask takes no wrapped client, so that it is asked afterwards."""
    client = SimpleNamespace(status=before)
    monkeypatch.setattr(_parallel, "_client_of", lambda executor: client)

    def measure(measurement, executor):
        if how == "rows are lost" and client.status == "running":
            client.status = "closed"
            table = pd.DataFrame({"status": ["done", "failed"]})
            return SimpleNamespace(statement="a", status="inconclusive", table=table)
        client.status = "closed"
        raise InvalidValueError("the executor takes no work")

    with pytest.raises(error):
        measure_all(measure, {named("a"): "one"}, SimpleNamespace(), progress=False)


def test_an_executor_that_was_never_open_is_none_that_broke():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        _Door(executor).submit(double, 1)


def test_a_row_ends_as_its_future_does():
    inner = Sleeping()
    door = _Door(inner)
    done, failed, dropped = (door.submit(double, 1) for _ in range(3))
    inner.futures[0].set_result(3)
    inner.futures[1].set_exception(ZeroDivisionError("by a row"))
    assert dropped.cancel()
    assert inner.futures[2].cancelled()
    assert done.result(0) == 3
    assert isinstance(failed.exception(0), ZeroDivisionError)
    # an interrupt, and no failure of the row, which a sweep would store
    assert isinstance(dropped.exception(0), Broken)


def test_one_of_each_group_is_first():
    wanted = {m: s.group for s in STATEMENTS for m in (s.measurement, s.control)}
    order = _in_turn(wanted)
    assert len(order) == len(set(order)) == len(wanted)
    assert [wanted[m] for m in order[:4]] == ["Training", "Extremal vectors", "Concentration", "Experiments"]
    own = {named("a"): "of its own", named("b"): "Training"}
    assert [own[m] for m in _in_turn(own)] == ["Training", "of its own"]


def test_an_error_ends_all_and_is_raised():
    def measure(measurement, executor):
        if measurement is bad:
            raise ZeroDivisionError("by a measurement")
        return executor.submit(lambda: SimpleNamespace(statement="a", status="supported")).result()

    bad = named("bad")
    wanted = {named("a"): "one", bad: "one", named("b"): "another"}
    with ThreadPoolExecutor(2) as executor, pytest.raises(ZeroDivisionError, match="by a measurement"):
        measure_all(measure, wanted, executor, progress=False)


def test_measurements_of_a_group_wait_for_its_first_row():
    rows = {}
    work = spans_of(rows)

    def measure(measurement, executor):
        name = executor.submit(work, measurement.function()).result()
        return SimpleNamespace(statement=name, status="supported")

    wanted = {named("a"): "one", named("b"): "one", named("c"): "another"}
    with ThreadPoolExecutor(4) as executor:
        found = measure_all(measure, wanted, executor, progress=False)
    assert sorted(result.statement for result in found.values()) == ["a", "b", "c"]
    first, second = sorted(rows[name] for name in "ab")
    assert second[0] >= first[1]
    assert rows["c"][0] < first[1]
