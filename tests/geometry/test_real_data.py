"""Real data and instances whose answer is known."""

import numpy as np
import pytest

import extremal
from extremal.data import diabetes, iris
from tests.matching import assert_matches_oracle, assert_valid, names


def test_standardised_iris():
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True)
    res = extremal.find((X - X.mean(0)) / X.std(0), y - 1.0)
    assert res.complete
    assert len(res) > 0
    assert_valid(res)


def test_raw_iris_has_dead_cones_zero_labels_and_duplicates():
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True)
    y = y - 1.0
    assert (X > 0).all()
    assert (y == 0).any()
    assert len(np.unique(X, axis=0)) < len(X)
    res = extremal.find(X, y)
    assert res.complete
    assert 0 in res.signs
    assert (X[y != 0] @ next(v for v in res if v.sign == 0).w <= 0).all()
    assert_valid(res)


def test_diabetes_columns_three_to_seven():
    data = diabetes()
    assert (data.n, data.d) == (442, 5)
    res = extremal.find(data)
    assert res.complete
    assert not res.audit.applicable or res.audit.holds
    assert_valid(res)


def test_the_readers_give_the_same_data():
    assert iris().d == 4


def test_three_points():
    """Cells by hand: every x_k has x_k2 = 1, so w = (0, 1) has all active: D = Σ y_k x_k / 3 up to its own signs.

    All three rows active: 3D = (−0.825 − 0.05 + 0.1, 2) = (−0.775, 2), and x_k·D > 0 for each k: extremal, +1.
    No row active: D = 0, a dead cone. Rows 1 and 2 alone: 3D = (−0.875, 1.2) makes row 3 active too, and so on:
    nothing else survives.
    """
    X, y = np.array([[-0.75, 1.0], [-0.5, 1.0], [0.125, 1.0]]), np.array([1.1, 0.1, 0.8])
    for method in ("search", "enumerate", "auto"):
        res = extremal.find(X, y, method=method)
        assert res.complete
        assert res.signs.tolist() == [1, 0]
        assert res.kinds.tolist() == ["maximum", "zero"]
        np.testing.assert_allclose(res.vectors, [[-0.775 / 3, 2 / 3], [0, 0]], atol=1e-15)
        assert res[0].active.all()
        assert not res[1].active.any()
        assert_matches_oracle(res, X, y)


@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 2), (3, 3), (4, 4), (3, 5), (6, 6)])
@pytest.mark.parametrize("method", ["search", "enumerate"])
def test_orthogonal_rows(n, d, method):
    """2^n₊ + 2^n₋ − 1 vectors: D_S = Σ_S z_k for S in the rows of one label's sign, the empty S shared."""
    rng = np.random.default_rng(n)
    X = np.eye(d)[rng.permutation(d)[:n]] * rng.choice([1.0, -2.0, 0.25], n)[:, None]
    y = rng.choice([1.0, -1.0, 3.0], n)
    res = extremal.find(X, y, method=method)
    assert res.complete
    plus, minus = int((y > 0).sum()), int((y < 0).sum())
    assert len(res) == 2**plus + 2**minus - 1
    expected = {(0,) * (d + 1)}
    for s, rows in ((1, np.flatnonzero(y > 0)), (-1, np.flatnonzero(y < 0))):
        for bits in range(1, 2 ** len(rows)):
            chosen = rows[[bits >> i & 1 == 1 for i in range(len(rows))]]
            expected.add((s, *(y[chosen] @ X[chosen] / n).tolist()))
    assert {(v.sign, *(v.D + 0.0).tolist()) for v in res} == expected


@pytest.mark.parametrize("labels", ["ones", "alternating", "sum", "random"])
def test_the_grid(labels):
    """{−1, 0, 1}^3 without 0: 26 rows on 13 hyperplanes, in which many share a line."""
    X = np.array([[a, b, c] for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1) if a or b or c], dtype=float)
    y = {
        "ones": np.ones(26),
        "alternating": np.where(np.arange(26) % 2, 1.0, -1.0),
        "sum": X.sum(axis=1),
        "random": np.random.default_rng(0).integers(-2, 3, 26).astype(float),
    }[labels]
    a, b = (extremal.find(X, y, method=m) for m in ("search", "enumerate"))
    assert a.complete
    assert b.complete
    assert names(a) == names(b)
    assert_valid(a)
