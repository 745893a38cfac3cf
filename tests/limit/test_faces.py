"""Enumeration of the faces of least dimension, where many rows vanish and where the rank is short."""

import numpy as np
import pytest

from extremal import deviation
from extremal.limit._faces import clarke_supremum, cone_supremum, count_minimal_faces
from tests.oracles.deviation import constant_supremum


def short(n, d, rank, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.integers(-9, 10, (n, rank)) @ rng.integers(-3, 4, (rank, d))
    return X.astype(float), rng.standard_normal(n)


@pytest.mark.parametrize(("n", "d", "rank"), [(9, 3, 2), (11, 4, 2), (12, 4, 3), (12, 5, 4), (5, 7, 5), (12, 3, 1)])
def test_rows_of_lower_rank(n, d, rank):
    X, y = short(n, d, rank)
    c = np.linspace(-1, 1, d)
    truth = constant_supremum(X, y, c)
    found = deviation(X, y, c, method="enumerate")
    assert found.lower <= truth * (1 + 1e-13)
    assert found.upper >= truth * (1 - 1e-13)
    assert X @ found.direction == pytest.approx(0, abs=1e-12 * np.abs(X).max())


@pytest.mark.parametrize(("n", "d", "rank"), [(60, 4, 2), (38, 4, 3), (40, 5, 4)])
def test_many_rows_of_lower_rank(n, d, rank):
    """y_k x_k / n, rounded, has full rank and tens of thousands of vertices; the rows have not."""
    X, y = short(n, d, rank)
    c = np.ones(d)
    found = deviation(X, y, c)
    assert found.exact
    # every corner of the zonotope is a subset: climb from random ones
    rng = np.random.default_rng(1)
    z = y[:, None] * X / n
    best = 0.0
    for u in rng.standard_normal((2000, d)):
        best = max(best, float(np.linalg.norm(z[z @ u > 0].sum(axis=0) - c)))
    assert 0.99 * found.upper <= best <= found.upper


def test_few_rows_in_a_large_space_are_not_enumerated_for_ever():
    """The zonotope of 40 independent rows has 2^40 vertices."""
    X, y = np.random.default_rng(0).standard_normal((40, 50)), np.ones(40)
    assert count_minimal_faces(X) > 10**9
    assert not deviation(X, y, np.zeros(50)).exact
    assert deviation(X[:11, :12], y[:11], np.zeros(12)).exact


def test_a_pencil_of_many_planes():
    """20 planes through one line, one across: more rows vanish on the line than corners are gone through."""
    rng = np.random.default_rng(3)
    X = np.zeros((21, 3))
    X[:20, :2] = rng.integers(-9, 10, (20, 2))
    X[20] = [1.0, 1.0, 1.0]
    y, c = rng.standard_normal(21), np.array([0.1, 0.2, 0.3])
    z = y[:, None] * X / 21
    exact = clarke_supremum(X, z, c).value
    best = 0.0
    for theta in np.linspace(0, 2 * np.pi, 4001)[:-1]:
        for end in (0.0, 1.0):
            on = z @ [np.cos(theta), np.sin(theta), 0.0] > 0
            on[20] = False
            best = max(best, float(np.linalg.norm(z[on].sum(axis=0) + end * z[20] - c)))
    assert exact >= best - 1e-12
    assert exact == pytest.approx(best, rel=1e-12)
    found = deviation(X, y, c, method="search", gap=0.02, max_nodes=20_000)
    assert found.lower <= exact + 1e-12
    assert found.upper >= exact - 1e-12


def test_cones_and_clarke_agree_in_general_position():
    rng = np.random.default_rng(4)
    X, y, c = rng.standard_normal((11, 3)), rng.standard_normal(11), rng.standard_normal(3)
    z = y[:, None] * X / 11
    one, two = cone_supremum(X, z, c), clarke_supremum(X, z, c)
    assert one.value == pytest.approx(two.value, rel=1e-13)
    assert two.count == count_minimal_faces(X) == 110
    for found in (one, two):
        assert np.linalg.norm(found.direction) == pytest.approx(1)
        assert np.linalg.norm(found.D - c) == pytest.approx(found.value)


@pytest.mark.parametrize("scale", [1e-250, 1e-170, 1e170, 1e250])
def test_squares_beyond_the_range_of_floats(scale):
    rng = np.random.default_rng(5)
    X, y, c = rng.standard_normal((10, 2)), rng.standard_normal(10), np.array([0.1, 0.2])
    base, scaled = deviation(X, y, c), deviation(scale * X, y, scale * c)
    assert scaled.exact
    assert scaled.lower / scale == pytest.approx(base.lower, rel=1e-12)
