"""One candidate a face: certified floats and fractions give the same verdict, and floats abstain near ties."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extremal
from extremal.geometry.critical import _judge
from extremal.geometry.critical._arrangement import arrange
from extremal.geometry.critical._judge import Critical, Judge
from tests.oracles.brute_force import extremal_vectors
from tests.strategies import datasets


def judge_of(X, y, leak=0.0):
    return Judge(arrange(extremal.Dataset(np.array(X, dtype=float), y), leak))


def patterns(judge):
    return [np.array(p, dtype=np.int8) for p in product((1, 0, -1), repeat=judge.arrangement.m)]


@settings(max_examples=60)
@given(datasets(max_n=4), st.sampled_from([0.0, 0.25, -1.0]))
def test_floats_and_fractions_agree(data, leak):
    X, y = data
    judge = judge_of(X, y, leak)
    accepted = 0
    for pattern in patterns(judge):
        for sign in (1, -1):
            floats, exact = judge._in_floats(pattern, sign), judge._exactly(pattern, sign)
            if floats is None:
                continue
            assert bool(floats) == bool(exact)
            if floats:
                accepted += 1
                np.testing.assert_allclose(floats.point, exact.point, atol=1e-13 * judge.arrangement.size)
                np.testing.assert_allclose(floats.theta, exact.theta, atol=1e-8)
                assert (floats.independent, floats.strict) == (exact.independent, exact.strict) == (True, True)


@settings(max_examples=60)
@given(datasets(max_n=4))
def test_every_pattern_judged_is_the_definition(data):
    """All sign vectors, realisable or not: w = sD/‖D‖ is its own witness."""
    X, y = data
    judge = judge_of(X, y)
    for pattern in patterns(judge):
        for sign in (1, -1):
            judge.nonzero(pattern, sign)
    expected = [(s, D) for s, D in extremal_vectors(X, y) if s]
    assert judge.count == len(expected)


def test_generic_candidates_are_decided_by_floats(monkeypatch):
    rng = np.random.default_rng(0)
    monkeypatch.setattr(Judge, "_exactly", lambda *_: pytest.fail("asked for fractions"))
    res = extremal.find(rng.standard_normal((30, 3)), rng.standard_normal(30), method="search")
    assert res.complete
    assert res.audit.holds


@pytest.mark.parametrize("ulps", [-2, -1, 0, 1, 2])
def test_a_tie_broken_in_the_last_bit(ulps):
    """D·x_0 is a multiple of 2^-52: floats abstain, and the verdicts on the three faces around change with its sign."""
    X = np.array([[1.0, 0.0], [1.0 + ulps * 2.0**-52, 1.0], [-1.0, 1.0]])
    judge = judge_of(X, np.ones(3))
    verdicts = {}
    for first in (1, 0, -1):
        pattern = np.array([first, 1, 1], dtype=np.int8)
        if first < 1 and abs(ulps) < 2:
            assert judge._in_floats(pattern, 1) is None
        verdicts[first] = bool(judge._exactly(pattern, 1))
    # Without row 0 the first coordinate of 3D is ulps · 2^-52; with it, that plus 1.
    assert verdicts[-1] == (ulps < 0)
    assert verdicts[0] == (ulps <= 0)
    assert verdicts[1]


def test_a_tie_at_the_end_of_a_multiplier():
    # D = (0, 2)/3 on the hyperplane of row 0 needs c = −(x_1 + x_2)_1, an end of [0, 1] at 0 and at 1.
    for first, inside in [(-1.0, True), (0.0, True), (-1.0 - 2.0**-52, False), (2.0**-54, False), (-0.5, True)]:
        X = np.array([[1.0, 0.0], [first - 0.25, 1.0], [0.25, 1.0]])
        judge = judge_of(X, np.ones(3))
        pattern = np.array([0, 1, 1], dtype=np.int8)
        judge.nonzero(pattern, 1)
        assert judge.count == inside
        if first in (-1.0, 0.0):
            (critical,) = judge
            assert not critical.strict
            assert critical.theta[0] == -first


def test_the_order_of_dependent_zero_rows_does_not_matter():
    # Three hyperplanes through one line: multipliers exist but are not unique.
    X = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [-0.5, -0.5, 1.0]]
    judge = judge_of(X, np.ones(4))
    pattern = np.array([0, 0, 0, 1], dtype=np.int8)
    assert judge._in_floats(pattern, 1) is None
    (critical,) = [judge._exactly(pattern, 1)]
    assert isinstance(critical, Critical)
    assert not critical.independent
    np.testing.assert_allclose((critical.theta[:, None] * np.array(X))[:3].sum(axis=0), [0.5, 0.5, 0.0])
    judge = judge_of([*X[:3], [0.5, 0.5, 1.0]], np.ones(4))
    assert judge._exactly(pattern, 1) is False


def test_nearly_dependent_zero_rows_are_not_left_to_floats():
    X = [[1.0, 0.0, 0.0], [1.0, 1e-7, 0.0], [-1.0, -1e-8, 1.0]]
    judge = judge_of(X, np.ones(3))
    assert judge._in_floats(np.array([0, 0, 1], dtype=np.int8), 1) is None
    judge.nonzero(np.array([0, 0, 1], dtype=np.int8), 1)
    assert judge.count == (1 if (1, (0, 0, 1)) in _exact_patterns(X) else 0)


def _exact_patterns(X):
    rows = np.array(X)
    found = set()
    for s, D in extremal_vectors(rows, np.ones(len(rows))):
        if s:
            found.add(
                (
                    s,
                    tuple(
                        int(np.sign(s * sum(a * b for a, b in zip(map(float, x), map(float, D), strict=True))))
                        for x in rows
                    ),
                )
            )
    return found


def test_a_candidate_is_judged_once(monkeypatch):
    calls = []
    inner = Judge._in_floats
    monkeypatch.setattr(Judge, "_in_floats", lambda *a: calls.append(1) or inner(*a))
    judge = judge_of(np.eye(2), np.ones(2))
    pattern = np.array([1, 1], dtype=np.int8)
    for _ in range(3):
        judge.nonzero(pattern, 1)
        judge.nonzero(pattern.astype(np.int64), 1)
    assert len(calls) == 1
    judge.nonzero(pattern, -1)
    assert len(calls) == 2
    assert judge.count == 1


def test_merging_judges():
    a, b = judge_of(np.eye(2), np.ones(2)), judge_of(np.eye(2), np.ones(2))
    a.nonzero(np.array([1, 1], dtype=np.int8), 1)
    b.nonzero(np.array([1, 0], dtype=np.int8), 1)
    b.accept_zero(np.array([-1, -1], dtype=np.int8), [], np.array([-1.0, 0.0]))
    a.merge(b)
    assert a.count == 3
    assert a.zero is b.zero
    assert b.fresh().zero is b.zero
    assert b.fresh().count == 1


def test_zero_multipliers():
    judge = judge_of([[1.0, 0.0], [-1.0, 1.0], [0.0, -1.0]], np.ones(3))
    assert judge.zero_multipliers(np.zeros(3, dtype=np.int8)) is not None  # 0 = x_0 + x_1 + x_2 or no row at all
    assert judge.zero_multipliers(np.array([1, 1, 1], dtype=np.int8)) == []
    assert judge.zero_multipliers(np.array([1, 1, -1], dtype=np.int8)) is None
    assert judge.zero_multipliers(np.array([1, 0, -1], dtype=np.int8)) is None
    assert judge.zero_multipliers(np.array([1, 0, 0], dtype=np.int8)) == [1, 1]


def test_the_condition_threshold_matters():
    assert 1e-8 < _judge.WORST_CONDITION < 1e-2
