"""Definition 2.1: what is asked of a sample, each time in a case in which it is not so."""

from dataclasses import replace

import numpy as np
import pytest

import extremal
from extremal.errors import InvalidValueError
from extremal.laws import Gaussian, Law, Linear, Sampler
from extremal.statements import _tasks, definition_2_1
from extremal.statements._lemmas_f import balance_claim

LAW = Law(Gaussian(2), Linear([1.0, 0.0]), noise=1.0)
CHECKS = ("certified", "complete", "same", "audit")


def row(degenerate=False, tampered=False, law=LAW, n=12, seed=0):
    return _tasks.extremal_row(law, 2, n, degenerate, tampered, np.random.default_rng(seed))


def test_a_sample_keeps_all_and_both_methods_are_asked(monkeypatch):
    asked = []

    def find(X, y, *, method):
        asked.append((method, X, y))
        return extremal.find(X, y, method=method)

    monkeypatch.setattr(_tasks, "find", find)
    found = row()
    assert all(found[name] for name in CHECKS)
    assert [method for method, *_ in asked] == ["search", "enumerate"]


def test_degenerate_samples_are(monkeypatch):
    seen = []

    def find(X, y, *, method):
        seen.append((X, y))
        return extremal.find(X, y, method=method)

    monkeypatch.setattr(_tasks, "find", find)
    row(degenerate=True)
    X, y = seen[0]
    np.testing.assert_array_equal(2 * X, np.round(2 * X))
    np.testing.assert_array_equal(X[-2], X[0])
    np.testing.assert_array_equal(X[-1], -X[0])
    assert y[1] == 0
    assert len(y) == 14


def test_an_incomplete_search_is_not_complete(monkeypatch):
    monkeypatch.setattr(
        _tasks, "find", lambda X, y, *, method: extremal.find(X, y, method="ascent" if method == "search" else method)
    )
    assert row()["complete"] is False


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("degenerate", [False, True])
def test_every_sample_that_is_spoiled_is_noticed(degenerate, seed):
    found = row(degenerate, tampered=True, seed=seed)
    assert found["certified"] is False
    assert found["same"] is False
    assert found["audit"] in (False, None)


def test_a_vector_that_is_listed_twice_is_noticed(monkeypatch):
    def find(X, y, *, method):
        found = extremal.find(X, y, method=method)
        return replace(found, items=(*found, found[0])) if method == "search" else found

    monkeypatch.setattr(_tasks, "find", find)
    assert row()["same"] is False


def test_few_samples_do_not_support():
    """As long as the interval has 0.9 in it, which a tenth of samples that break it would not show."""
    status = {}
    for repetitions in (38, 60):
        verdict = definition_2_1(n=(5,), d=2, repetitions=repetitions)
        claim = next(claim for claim in verdict.claims if claim.name == "same, as drawn")
        # Clopper and Pearson's lower end for all of `repetitions`, with the seventh part of 5 % on two sides
        assert claim.low == pytest.approx((0.05 / 7 / 2) ** (1 / repetitions), rel=1e-12)
        status[repetitions] = claim.status
    assert status == {38: "inconclusive", 60: "supported"}


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ((10, 10, 10), "supported"),
        ((9, 9, 10), "contradicted"),
        ((9, 10, 10), "inconclusive"),
        ((0, 0, 0), "inconclusive"),
    ],
)
def test_the_balance_of_all_runs(counts, status):
    assert balance_claim(counts, 0.99).status == status


def test_suprema_that_overflow_are_no_agreement():
    def far(n, rng):
        return 1e200 * rng.standard_normal((n, 2))

    law = Law(Sampler(2, far), Linear([1e200, 0.0]), noise=0.0)
    with np.errstate(all="ignore"), pytest.raises(InvalidValueError, match="not finite"):
        _tasks.suprema_row(law, 2, 5, np.random.default_rng(0))
