"""Several measurements at a time: who goes first, and what happens to the rest."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from extremal.verification import STATEMENTS, Measurement
from extremal.verification._parallel import _Gate, _in_turn, measure_all


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


def test_a_shut_gate_takes_nothing():
    with ThreadPoolExecutor(2) as executor:
        gate = _Gate(executor)
        gate.submit(lambda: 0)
        gate.shut = True
        with pytest.raises(RuntimeError, match="stopped"):
            gate.submit(lambda: 0)


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
