"""`verify`: names, results, controls, sharing, stores, executors and Ctrl-C."""

import json
import pickle
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from dataclasses import replace

import numpy as np
import pytest

import extremal
from extremal.errors import ExtremalError, InvalidTypeError, InvalidValueError
from extremal.statements import Verdict, cover_counts
from extremal.verification import STATEMENTS, Measurement, Statement, StatementCheck, Verification, _parallel, _verify
from extremal.verification._registry import choose
from extremal.verification._statement import GROUPS

NUMBERED = {
    *("definition-2.1", "cover", "lemma-c.1", "theorem-3.1", "theorem-d.1", "corollary-d.1", "proposition-3.1"),
    *("two-vectors", "theorem-4.1", *(f"lemma-f.{k}" for k in range(1, 7)), *(f"figure-{k}" for k in range(1, 9))),
    "appendix-a.4",
}


@pytest.fixture(scope="module")
def found():
    return extremal.verify(["cover", "lemma-c.1"])


def test_every_numbered_statement_is_there():
    assert {s.name for s in STATEMENTS} == NUMBERED
    assert len(STATEMENTS) == len(NUMBERED)
    assert {s.group for s in STATEMENTS} == set(GROUPS)
    assert all(s.control.words and s.text.endswith((".", "wards.")) for s in STATEMENTS)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("theorem-3.1", ["theorem-3.1"]),
        ("Theorem 3.1", ["theorem-3.1"]),
        ("thm3.1", ["theorem-3.1"]),
        ("prop. 3.1", ["proposition-3.1"]),
        ("F.3", ["lemma-f.3"]),
        ("f3", ["lemma-f.3"]),
        ("4.1", ["theorem-4.1"]),
        ("2.1", ["definition-2.1"]),
        ("fig2", ["figure-2"]),
        ("Figure 2", ["figure-2"]),
        ("eq. 19", ["two-vectors"]),
        ("Cover's count", ["cover"]),
        ("A.4", ["appendix-a.4"]),
        ("lemmas F", [f"lemma-f.{k}" for k in range(1, 7)]),
        (["4.1", "cover", "cover"], ["cover", "theorem-4.1"]),
    ],
)
def test_names(name, names):
    assert [s.name for s in choose(name)] == names


def test_all_is_none_and_figures_are_experiments():
    assert choose(None) == choose("all") == STATEMENTS
    assert {s.group for s in choose("figures")} == {"Experiments"}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"statement": "therem-3.1"}, InvalidValueError, r"did you mean 'theorem-3.1'\?"),
        ({"statement": "3.1"}, InvalidValueError, "number of several; expected 'theorem-3.1' or 'proposition-3.1'"),
        ({"statement": []}, InvalidValueError, "no statement was named"),
        ({"statement": [3.1]}, InvalidTypeError, "statement is 3.1; expected a name"),
        ({"statement": 3.1}, InvalidTypeError, "statement is 3.1 of type float; expected a name such as"),
        ({"statement": STATEMENTS[1]}, InvalidTypeError, "the Statement 'cover' of type Statement; expected a name"),
        ({"statement": [STATEMENTS[1]]}, InvalidTypeError, "the Statement 'cover'; expected a name"),
        ({"statement": "cover", "preset": "quik"}, InvalidValueError, "did you mean 'quick'"),
        ({"statement": "cover", "seed": -1}, InvalidValueError, "seed"),
        ({"statement": "cover", "controls": 1}, InvalidTypeError, "controls is 1"),
        ({"statement": "cover", "progress": None}, InvalidTypeError, "progress is None"),
        ({"statement": "cover", "store": __file__}, InvalidValueError, "a file; expected a folder"),
        ({"statement": "cover", "store": 3}, InvalidTypeError, "store is 3 of type int; expected a folder"),
        (
            {"statement": "cover", "executor": 3},
            InvalidTypeError,
            "executor is 3 of type int; expected None, an object",
        ),
        ({"statement": "cover", "executor": "processes"}, InvalidTypeError, "executor is 'processes' of type str"),
        ({"statement": "cover", "executor": ProcessPoolExecutor}, InvalidTypeError, "of type type; expected None"),
    ],
)
def test_bad_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        extremal.verify(**arguments)


def test_what_a_check_says(found):
    assert [check.statement for check in found] == ["Cover's count", "Lemma C.1"]
    assert len(found) == 2
    check = found["cover"]
    assert check is found[0] is found["Cover's count"]
    assert check.status == check.verdict.status == "supported"
    assert check.control.status == "contradicted"
    assert check.fails
    assert check.measured["equal, d = 3"] == 1.0
    assert check.predicted["equal, d = 3"] == "C(n, d) cones in every sample"
    assert (check.confidence, check.seed) == (0.95, 0)
    assert check.seconds > 0
    # the same as the statement by itself
    alone = cover_counts()
    assert alone.to_frame().equals(check.verdict.to_frame())
    assert found.counts == {"supported": 2, "contradicted": 0, "inconclusive": 0}


def test_checks_by_name(found):
    assert found["C.1"] is found["Lemma C.1"] is found[1]
    with pytest.raises(KeyError, match=r"'F\.1' was not measured; what was: cover, lemma-c\.1"):
        found["F.1"]
    with pytest.raises(KeyError, match="'figures' is the name of several statements; expected that of one"):
        found["figures"]
    with pytest.raises(InvalidValueError, match=r"did you mean 'lemma-c.1'\?"):
        found["lema-c.1"]


def test_an_empty_one(found):
    empty = Verification((), "quick", 0, "1.2.3", 0.0)
    assert list(empty.to_frame().columns) == list(found.to_frame().columns)
    assert len(empty.to_frame()) == 0
    assert empty.versions == ()
    with pytest.raises(KeyError, match="what was: nothing"):
        empty["cover"]


def test_rows_of_another_version_are_told(found):
    """A store may be older than the package."""
    now = extremal.__version__
    assert found.versions == (now,)
    assert found.to_json()["versions"] == [now]
    assert "rows of version" not in repr(found)
    check = found[0]
    for name in ("result", "counter"):
        verdict = getattr(check, name)
        old = replace(verdict, table=verdict.table.assign(version="0.0.1"))
        mixed = replace(found, checks=(replace(check, **{name: old}), found[1]))
        assert mixed.versions == tuple(sorted(("0.0.1", now)))
        assert mixed.to_json()["versions"] == list(mixed.versions)
        assert f"rows of version {', '.join(mixed.versions)}, this is {now}" in repr(mixed).split("\n")[0]
        assert "rows of version" in mixed._repr_html_()


def test_results_show_themselves(found):
    lines = repr(found).split("\n")
    assert lines[0].startswith("2 statements, preset quick, seed 0")
    assert lines[1].split() == ["Cover's", "count", "supported", "control", "fails"]
    assert "control: inputs in {−1, 1}², which have no density: fails, as it must" in repr(found[1])
    page = found._repr_html_()
    assert page.count("<tr>") == 3
    assert "Cover&#x27;s count" in page
    frame = found.to_frame()
    assert frame["statement"].nunique() == 2
    assert set(frame["control"]) == {"contradicted"}
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert [item["name"] for item in document["statements"]] == ["cover", "lemma-c.1"]
    assert document["statements"][0]["control"]["fails"] is True
    assert len(document["statements"][0]["claims"]) == 5


def test_without_controls():
    (check,) = extremal.verify("cover", controls=False)
    assert check.control is None
    assert check.fails is None
    assert check.status == "supported"
    assert check.to_json()["control"] is None


def small(name, measurement, control, part=()):
    return Statement(name, name, "Training", "It holds.", measurement, control, part)


def test_a_control_that_passes_makes_the_check_inconclusive(monkeypatch):
    """Where the case that must fail does not, the check has shown nothing."""
    good = Measurement(cover_counts, {"n": (3, 6), "d": 2, "repetitions": 40})
    monkeypatch.setattr(_verify, "choose", lambda names: (small("x", good, replace(good, words="the same")),))
    (check,) = extremal.verify("x")
    assert check.verdict.status == "supported"
    assert check.fails is False
    assert check.status == "inconclusive"
    assert "passes, so that the check shows nothing" in repr(check)
    # everywhere, the status is that of the check and not of its verdict
    found = Verification((check,), "quick", 0, "1.2.3", 0.0)
    assert set(found.to_frame()["verdict"]) == {"inconclusive"}
    assert set(found.to_frame()["status"]) == {"supported"}
    document = found.to_json()
    assert document["counts"] == {"supported": 0, "contradicted": 0, "inconclusive": 1}
    assert document["statements"][0]["status"] == "inconclusive"
    assert document["statements"][0]["control"]["fails"] is False
    assert repr(found).split("\n")[1].split() == ["x", "inconclusive", "control", "passes"]
    assert ">inconclusive</td>" in found._repr_html_()


def test_a_control_that_shows_nothing():
    """It neither fails nor passes."""
    check = StatementCheck(
        small("F.1", None, replace(STATEMENTS[0].control, words="other")),
        verdict_of(claim("F.1", "supported")),
        verdict_of(claim("F.1", "inconclusive")),
        0,
    )
    assert check.fails is None
    found = Verification((check,), "quick", 0, "1.2.3", 0.0)
    assert repr(found).split("\n")[1].split() == ["F.1", "inconclusive", "control", "inconclusive"]


def test_a_preset_has_its_own_arguments(monkeypatch):
    one = Measurement(cover_counts, {"n": 3, "d": 1, "repetitions": 2}, {"n": 4, "d": 1, "repetitions": 3})
    other = replace(one, quick={"n": 5, "d": 1, "repetitions": 2}, full={"n": 6, "d": 1, "repetitions": 3})
    monkeypatch.setattr(_verify, "choose", lambda names: (small("x", one, other),))
    for preset, n, control, repetitions in (("quick", 3, 5, 2), ("full", 4, 6, 3)):
        (check,) = extremal.verify("x", preset)
        assert set(check.verdict.table["n"]) == {n}
        assert set(check.control.table["n"]) == {control}
        assert set(check.verdict.table["repetition"]) == set(range(repetitions))


def claim(name, status):
    return extremal.statements.Claim(name, status, 1.0, 0.5, 1.0, "1", "because")


def verdict_of(*claims, status="contradicted"):
    empty = cover_counts(n=3, d=1, repetitions=1)
    return Verdict("several", status, claims, empty.table, empty.summary, "law", 0, 0.95, 1.0)


def test_statements_that_share_runs_have_their_own_claims():
    whole = verdict_of(
        claim("hypothesis", "supported"),
        claim("F.1", "supported"),
        claim("F.2", "contradicted"),
        claim("F.2, alignment, d = 2", "supported"),
        claim("F.20", "contradicted"),
        claim("rows", "supported"),
    )
    one, two = (StatementCheck(small(name, None, None, (name,)), whole, None, 0) for name in ("F.1", "F.2"))
    assert [c.name for c in one.claims] == ["hypothesis", "F.1", "rows"]
    assert one.status == "supported"
    assert [c.name for c in two.claims] == ["hypothesis", "F.2", "F.2, alignment, d = 2", "rows"]
    assert two.status == "contradicted"
    assert two.key.name == "F.2"
    assert one.key.name == "F.1"


def test_a_control_does_not_fail_by_a_hypothesis_alone():
    """That the assumption does not hold is known before anything is measured."""
    counter = verdict_of(
        claim("hypothesis", "inconclusive"), claim("F.1", "supported"), claim("moments", "inconclusive")
    )
    check = StatementCheck(small("F.1", None, None), verdict_of(claim("F.1", "supported")), counter, 0)
    assert check.fails is False
    # one that is inconclusive itself has not failed
    for status, fails in (("inconclusive", None), ("contradicted", True)):
        counter = verdict_of(claim("hypothesis", "inconclusive"), claim("F.1", status))
        assert StatementCheck(small("F.1", None, None), counter, counter, 0).fails is fails


def test_shared_measurements_are_made_once(monkeypatch):
    calls = []

    def counted(**arguments):
        calls.append(arguments["seed"])
        return cover_counts(n=3, d=1, repetitions=1, seed=arguments["seed"])

    counted.__module__ = "extremal.statements"
    shared = Measurement(counted)
    statements = tuple(small(name, shared, shared) for name in "abc")
    monkeypatch.setattr(_verify, "choose", lambda names: statements)
    assert len(extremal.verify("a", seed=5)) == 3
    assert calls == [5]


def test_a_store_resumes_and_executors_agree(found, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        first = extremal.verify(["cover", "lemma-c.1"], executor=executor, store=tmp_path / "new" / "store")
        assert executor.submit(int, 3).result() == 3  # it is still open
    again = extremal.verify(["cover", "lemma-c.1"], store=tmp_path / "new" / "store")
    for a, b, c in zip(first, again, found, strict=True):
        assert a.verdict.to_frame().equals(b.verdict.to_frame())
        assert a.verdict.to_frame().equals(c.verdict.to_frame())
        # rows from the store: not even their times differ
        np.testing.assert_array_equal(a.verdict.table["seconds"], b.verdict.table["seconds"])


class Pickling:
    """An executor to which everything can be sent, and which computes nothing."""

    def __init__(self):
        self.tasks = set()

    def submit(self, function, *arguments):
        pickle.loads(pickle.dumps((function, *arguments)))
        self.tasks.add(arguments[0].__module__)
        future = Future()
        future.set_exception(ZeroDivisionError("nothing is computed"))
        return future


def test_all_rows_can_be_sent_to_processes():
    """The sweeps cannot tell that an executor is one of processes: it is behind a gate."""
    executor = Pickling()
    found = extremal.verify(executor=executor)
    assert {error for check in found for error in check.verdict.table["error"]} == {
        "ZeroDivisionError: nothing is computed"
    }
    assert found.counts["inconclusive"] == len(STATEMENTS)
    assert {name.split(".")[1] for name in executor.tasks} == {"statements", "experiments", "verification"}
    for statement in STATEMENTS:
        for measurement in (statement.measurement, statement.control):
            pickle.dumps((measurement.function, measurement.quick, measurement.full))


class Breaking:
    """Threads that die after some rows."""

    def __init__(self, threads, rows):
        self.threads, self.left = threads, rows

    def submit(self, function, *arguments):
        self.left -= 1
        if self.left < 0:
            raise BrokenExecutor("a worker died")
        return self.threads.submit(function, *arguments)


@pytest.mark.parametrize("names", ["cover", ["cover", "lemma-c.1", "theorem-3.1"]])
def test_an_executor_that_breaks_is_one_error(names, tmp_path):
    with ThreadPoolExecutor(2) as threads:
        with pytest.raises(ExtremalError, match=r"the executor broke \(BrokenExecutor: a worker died\)") as lost:
            extremal.verify(names, executor=Breaking(threads, 20))
        assert 'lost; with store="DIR"' in str(lost.value)
        assert isinstance(lost.value.__cause__, BrokenExecutor)
        with pytest.raises(ExtremalError, match="the executor broke") as kept:
            extremal.verify(names, executor=Breaking(threads, 20), store=tmp_path)
        assert f"kept in {str(tmp_path)!r}" in str(kept.value)
    found = extremal.verify(names, store=tmp_path)
    assert all(set(check.verdict.table["status"]) == {"done"} for check in found)


def test_an_executor_that_is_not_open():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(InvalidValueError, match=r"takes no work .* expected one that is open"):
        extremal.verify(["cover", "lemma-c.1"], executor=executor)


def stops(k):
    if k == 3:
        raise KeyboardInterrupt
    return k


@pytest.mark.parametrize("kept", [True, False])
def test_ctrl_c_says_what_is_kept(monkeypatch, tmp_path, kept):
    def stopping(**arguments):
        return extremal.sweep(stops, {"k": list(range(5))}, store=arguments["store"])

    stopping.__module__ = "extremal.statements"
    good = Measurement(cover_counts, {"n": 3, "d": 1, "repetitions": 1})
    monkeypatch.setattr(_verify, "choose", lambda names: (small("x", good, Measurement(stopping)),))
    with pytest.raises(KeyboardInterrupt) as stop:
        extremal.verify("x", store=tmp_path if kept else None)
    notes = stop.value.__notes__
    if kept:
        assert notes[0].startswith("3 of 5 rows are finished and kept in ")
        assert notes[1] == (
            "1 of 2 measurements were finished; all rows that were finished are kept in "
            f"{str(tmp_path)!r}, from where the same call continues"
        )
    else:  # no word of a folder that is deleted
        assert notes == [
            '1 of 2 measurements were finished and are lost; with store="DIR" the same call would continue'
        ]


def test_ctrl_c_does_not_wait_for_what_has_not_begun(monkeypatch):
    """The executor stays open, the threads behind `verify` end, and the interrupt comes through."""
    begun = threading.Event()

    def slow(**arguments):
        begun.set()
        return extremal.sweep(_wait, {"k": list(range(500))}, arguments["executor"])

    slow.__module__ = "extremal.statements"
    monkeypatch.setattr(_verify, "choose", lambda names: (small("x", Measurement(slow), Measurement(slow)),))

    def interrupted(*args, **kwargs):
        if threading.current_thread() is not threading.main_thread():
            return wait(*args, **kwargs)
        begun.wait(10)
        raise KeyboardInterrupt

    monkeypatch.setattr(_parallel, "wait", interrupted)
    start = time.monotonic()
    with ThreadPoolExecutor(2) as executor:
        with pytest.raises(KeyboardInterrupt):
            extremal.verify("x", executor=executor)
        # while the executor is open: when it shuts down, it ends them anyway
        ends = time.monotonic() + 5
        while time.monotonic() < ends and any("extremal-verify" in t.name for t in threading.enumerate()):
            time.sleep(0.05)
        assert not any("extremal-verify" in t.name for t in threading.enumerate())
        executor.submit(int, 3).result()
    assert time.monotonic() - start < 15  # 500 rows would take 25 s


def _wait(k):
    time.sleep(0.1)
    return k


@pytest.mark.parametrize("name", ["", ".", "---", " "])
def test_a_name_without_letters_names_nothing(name):
    with pytest.raises(InvalidValueError, match="names nothing"):
        choose(name)
