"""Faces of the plane by sorting angles, against the general enumeration and the oracle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extremal
from extremal.geometry.critical._arrangement import arrange
from extremal.geometry.critical._planar import planar_faces
from extremal.geometry.hyperplanes._faces import face_signs
from tests.matching import assert_matches_oracle, names
from tests.strategies import integer_rows, labels, scales


def faces_of(X):
    arr = arrange(extremal.Dataset(X, np.ones(len(X))), 0.0)
    listed = [tuple(p) for block in planar_faces(arr) for p in block.tolist()]
    expected = [tuple(p) for p in face_signs(arr.data.X[arr.representative]).tolist()]
    return arr, listed, {p for p in expected if any(p)}


@given(st.integers(3, 9).flatmap(lambda n: integer_rows(n, 2)))
def test_the_same_faces_as_the_general_enumeration(X):
    arr = arrange(extremal.Dataset(X, np.ones(len(X))), 0.0)
    if arr.m < 3 or arr.rank < 2:
        return
    arr, listed, expected = faces_of(X)
    assert len(listed) == 4 * arr.m == len(set(listed))
    assert set(listed) == expected


def test_general_position():
    _, listed, expected = faces_of(np.random.default_rng(0).standard_normal((50, 2)))
    assert len(listed) == 4 * 50
    assert set(listed) == expected


def test_nearly_parallel_rows_are_ordered_exactly():
    # Directions that differ by less than the rounding of their angles.
    X = np.array([[1.0, 0.1 + k * 2.0**-56] for k in (3, 0, 5, 1, 4, 2)] + [[-1.0, 2.0**-60], [1.0, 2.0**-61]])
    arr, listed, expected = faces_of(X)
    assert arr.m == 8
    assert set(listed) == expected


def test_rank_two_in_space():
    X = np.random.default_rng(1).integers(-3, 4, (12, 2)) @ np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]])
    X = X[X.any(axis=1)]
    _, listed, expected = faces_of(X)
    assert set(listed) == expected


@settings(max_examples=30)
@given(st.data())
def test_d_two(data):
    n = data.draw(st.integers(3, 7))
    X, y = data.draw(integer_rows(n, 2)), data.draw(labels(n))
    res = extremal.find(X, y, method="enumerate")
    assert_matches_oracle(res, X, y)
    assert names(extremal.find(X, y, method="search")) == names(res)


@pytest.mark.parametrize("seed", range(10))
def test_d_two_with_many_rows(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((200, 2)) if seed % 2 else rng.integers(-9, 10, (200, 2))
    y = rng.standard_normal(200)
    a, b = extremal.find(X, y, method="search"), extremal.find(X, y, method="enumerate")
    assert a.complete
    assert b.complete
    assert names(a) == names(b)
    if seed % 2:
        assert a.audit.applicable == b.audit.applicable
        assert a.audit.holds == b.audit.applicable


@settings(max_examples=30)
@given(st.data())
def test_d_one(data):
    n = data.draw(st.integers(1, 5))
    X = data.draw(integer_rows(n, 1, st.integers(-2, 2))) * data.draw(scales(100))
    y = data.draw(labels(n, st.integers(-2, 2)))
    for method in ("enumerate", "search", "auto"):
        assert_matches_oracle(extremal.find(X, y, method=method), X, y)


def test_d_one_by_hand():
    res = extremal.find([[1.0], [-2.0], [3.0]], [1.0, 1.0, -1.0])
    # w = 1: D = (1 - 3)/3 < 0, sign -1. w = -1: D = -2/3, sign +1.
    assert sorted((v.sign, round(float(v.D[0]) * 3, 12)) for v in res) == [(-1, -2.0), (1, -2.0)]
    assert res.audit.expected == 2
    assert res.audit.holds


def test_angles_that_floats_cannot_order():
    """Rows an ulp apart have equal or swapped arctan2; only the exact order gives each face once and no others."""
    rng = np.random.default_rng(0)
    ulps = rng.permutation([(i, j) for i in range(6) for j in range(6) if (i + 1) * (j + 2) % 3])
    X = 1.0 + ulps * 2.0**-52
    X[:, 0] -= 2.0**-50
    X *= rng.choice([-1.0, 1.0], len(X))[:, None]
    arr = arrange(extremal.Dataset(X, np.ones(len(X))))
    assert arr.m > 10
    angles = np.arctan2(*(X * np.sign(X[:, :1])).T[::-1])
    assert len(np.unique(angles)) < arr.m
    found = np.concatenate(list(planar_faces(arr)))
    assert len(found) == 4 * arr.m
    expected = face_signs(X[arr.representative])
    assert {tuple(row) for row in found.tolist()} == {tuple(row) for row in expected.tolist()}
