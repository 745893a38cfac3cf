"""How statements run: executors, stores, arguments, and rows that fail or prove too little."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from extremal import statements
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.statements import _tasks
from tests.statements.laws import SAMPLED, gaussian, student

SMALL = {
    "lemma_c1": {"n": (4,), "d": 2},
    "theorem_3_1": {"n": (20, 40), "d": (1, 2)},
    "theorem_d1": {"n": (20, 40), "d": (1, 2), "repetitions": 40, "delta": (0.5, 0.2)},
    "corollary_d1": {"n": (20, 40), "d": 2, "repetitions": 20},
    "proposition_3_1": {"n": (20, 40), "d": 2, "repetitions": 5},
    "cover_counts": {"n": (4,), "d": 2, "repetitions": 5},
    "extremal_counts": {"n": (10, 40), "d": 2, "repetitions": 5},
}


def same(a, b):
    for left, right in ((a.summary, b.summary), (a.fits, b.fits), (a.thresholds, b.thresholds)):
        assert (left is None) == (right is None)
        if left is not None:
            pd.testing.assert_frame_equal(left, right, check_exact=True)
    pd.testing.assert_frame_equal(a.to_frame(), b.to_frame(), check_exact=True)
    assert a.status == b.status


@pytest.mark.parametrize("name", SMALL)
def test_threads_give_the_same_verdict(name):
    statement = getattr(statements, name)
    with ThreadPoolExecutor(2) as pool:
        same(statement(**SMALL[name]), statement(**SMALL[name], executor=pool))


def test_processes_and_functions_of_d_give_the_same_verdict():
    small = SMALL["theorem_3_1"] | {"repetitions": 3}
    with ProcessPoolExecutor(2) as pool:
        same(statements.theorem_3_1(gaussian, **small), statements.theorem_3_1(gaussian, **small, executor=pool))


def test_seeds_matter():
    first, second = (statements.theorem_3_1(**SMALL["theorem_3_1"], seed=seed) for seed in (0, 1))
    assert first.summary["mean"].tolist() != second.summary["mean"].tolist()


def test_a_store_resumes_and_is_shared(tmp_path, monkeypatch):
    """A verdict from a store computes nothing, and another statement about Δ_n uses the same rows."""
    store = tmp_path / "rows.sqlite"
    first = statements.theorem_d1(**SMALL["theorem_d1"], store=store)

    def never(*args, **kwargs):
        raise AssertionError("computed again")

    monkeypatch.setattr(_tasks, "deviation", never)
    same(first, statements.theorem_d1(**SMALL["theorem_d1"], store=store))
    other = statements.theorem_3_1(n=(20, 40), d=(1, 2), repetitions=40, store=store)
    assert other.table["lower"].tolist() == first.table["lower"].tolist()
    more = statements.theorem_3_1(n=(20, 40, 80), d=(1, 2), repetitions=40, store=store)
    assert (more.table["status"] == "failed").sum() == 80


def test_rows_that_fail_are_counted(monkeypatch):
    original = _tasks.deviation

    def fragile(X, y, law, **kwargs):
        if len(X) == 40 and X[0, 0] > 0:
            raise ZeroDivisionError("broken")
        return original(X, y, law, **kwargs)

    monkeypatch.setattr(_tasks, "deviation", fragile)
    verdict = statements.theorem_3_1(n=(20, 40), d=2, repetitions=12)
    failed = int((verdict.table["status"] == "failed").sum())
    assert 0 < failed < 12
    assert len(verdict.table) == 24
    assert verdict.summary["repetitions"].tolist() == [12, 12 - failed]
    rows = verdict.claims[-1]
    assert (rows.name, rows.status) == ("rows", "inconclusive")
    assert f"{failed} of 24 rows failed" in rows.reason
    assert "ZeroDivisionError: broken" in rows.reason
    assert verdict.status != "supported"


def test_a_failed_row_alone_keeps_an_exact_statement_from_support(monkeypatch):
    original = _tasks.count_cones
    monkeypatch.setattr(_tasks, "count_cones", lambda X: original(X) if X[0, 0] < 1.5 else 1 / 0)
    verdict = statements.cover_counts(n=(5, 7), d=2, repetitions=40)
    assert [item.status for item in verdict.claims] == ["supported", "inconclusive"]


@pytest.mark.parametrize("name", ["theorem_3_1", "theorem_d1", "corollary_d1", "proposition_3_1"])
def test_all_rows_may_fail(name):
    """df < 2: there is no D(w)."""
    arguments = {key: value for key, value in SMALL[name].items() if key != "d"}
    verdict = getattr(statements, name)(student(1.5), **arguments)
    assert verdict.status == "inconclusive"
    assert (verdict.table["status"] == "failed").all()
    assert "df" in verdict.claims[-1].reason
    assert (verdict.summary["repetitions"] == 0).all() if "repetitions" in verdict.summary else True


@pytest.mark.parametrize("name", ["theorem_3_1", "theorem_d1", "corollary_d1"])
def test_lower_bounds_alone_support_nothing(name, monkeypatch):
    original = _tasks.deviation
    monkeypatch.setattr(_tasks, "deviation", lambda X, y, law, gap: original(X, y, law, method="sample"))
    verdict = getattr(statements, name)(**SMALL[name])
    assert verdict.status == "inconclusive"
    assert verdict.claims[-1].status == "inconclusive"
    if name == "theorem_3_1":
        assert np.isinf(verdict.summary["high"]).all()
        assert np.isinf(verdict.fits["slope_high"]).all()


def test_a_sampled_law_supports_nothing():
    verdict = statements.theorem_3_1(SAMPLED, n=(10, 20), repetitions=2)
    assert verdict.status == "inconclusive"
    assert verdict.table["outcome"].unique().tolist() == ["SAMPLED_LAW"]


def test_laws():
    law = gaussian(2)
    by_law = statements.cover_counts(law, n=(5,), repetitions=2)
    assert by_law.summary["d"].tolist() == [2]
    assert by_law.law == repr(law)
    assert statements.cover_counts(law, n=(5,), d=2, repetitions=2).summary["d"].tolist() == [2]
    assert statements.cover_counts(gaussian, n=5, d=(3, 1), repetitions=2).summary["d"].tolist() == [1, 3]
    named = statements.cover_counts("sphere", n=5, d=3, repetitions=2)
    assert named.law == "sphere inputs, linear teacher, noise 0.3; d = 3"


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"law": "gausian"}, InvalidValueError, "did you mean 'gaussian'"),
        ({"law": 3}, InvalidTypeError, "expected a name"),
        ({"law": gaussian(2), "d": 3}, InvalidValueError, "dimension 2"),
        ({"law": lambda d: gaussian(d + 1)}, InvalidValueError, "expected a Law in dimension"),
        ({"n": ()}, InvalidValueError, "sample sizes"),
        ({"n": (10, 10)}, InvalidValueError, "distinct"),
        ({"n": (10,)}, InvalidValueError, "at least 2"),
        ({"n": (1, 10)}, InvalidValueError, "log n"),
        ({"n": "ten"}, InvalidTypeError, "sample sizes"),
        ({"d": 0}, InvalidValueError, "dimensions"),
        ({"repetitions": 1}, InvalidValueError, "2 or more"),
        ({"confidence": 1.0}, InvalidValueError, "between 0 and 1"),
        ({"seed": -1}, InvalidValueError, "0 or more"),
        ({"rate": "fast"}, InvalidTypeError, "exponent"),
        ({"gap": 0.0}, InvalidValueError, "gap"),
    ],
)
def test_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        statements.theorem_3_1(**arguments)


def test_more_arguments():
    with pytest.raises(InvalidValueError, match="raise repetitions"):
        statements.theorem_d1(repetitions=20, delta=(0.5, 0.01))
    with pytest.raises(InvalidValueError, match="constant"):
        statements.corollary_d1(constant=0.0)
    with pytest.raises(InvalidValueError, match="eps"):
        statements.proposition_3_1(eps=(0.0,))
    with pytest.raises(InvalidValueError, match="level"):
        statements.extremal_counts(level=1.0)
