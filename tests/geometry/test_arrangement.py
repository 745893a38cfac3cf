"""Hyperplanes of a data set: exact merging of parallel rows, scales, and coordinates of the row space."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import extremal
from extremal.geometry.critical._arrangement import arrange
from tests.matching import assert_matches_oracle, names
from tests.oracles.brute_force import hyperplanes, rational
from tests.strategies import datasets


def of(X, y=None, leak=0.0):
    X = np.asarray(X, dtype=float)
    return arrange(extremal.Dataset(X, np.ones(len(X)) if y is None else y), leak)


@pytest.mark.parametrize("factor", [1.0, 3.0, -0.5, -1.0, 2.0**-300, -(2.0**400), 5.0])
def test_exact_multiples_are_merged(factor):
    x = np.array([3.0, -5.0, 7.0])
    arr = of([x, [1, 1, 1], factor * x])
    assert arr.m == 2
    assert arr.hyperplane.tolist() == [0, 1, 0]
    assert arr.side.tolist() == [1, 1, np.sign(factor)]
    assert arr.representative.tolist() == [0, 1]


def test_nearly_parallel_floats_are_not_merged():
    """0.1 · 3 is not 0.3: these rows look parallel and are not."""
    x = np.array([0.1, 0.2, 0.7])
    assert of([x, 3 * x]).m == 2
    assert of([[0.1, 0.3], [0.2, 0.6], [0.3, 0.9]]).m == 2  # 0.3, 0.9 are not thrice 0.1, 0.3
    assert of([[1.0, 1.0], [1.0, np.nextafter(1.0, 2.0)]]).m == 2
    # Quotients that are equal in floats, rows that are not parallel.
    rows = [[k + 0.1, (k + 0.1) / 3] for k in range(40)]
    exact = len({Fraction(a) / Fraction(b) for a, b in rows})
    quotients = len({b / a for a, b in rows})
    assert quotients < exact
    assert of(rows).m == exact


@pytest.mark.parametrize(
    "rows",
    [
        [[1e300, 1e-300], [1e300, 2e-300]],
        [[1e300, 1e-300], [-1e300, 2e-300], [1e300, 0.0]],
        [[1.0, 5e-324], [1.0, 0.0]],
        [[2.0**-1000, 5e-324], [2.0**-1000, 1e-323], [2.0**1000, 0.0]],
    ],
)
def test_no_entry_is_too_small_to_tell_rows_apart(rows):
    """Scaling must not lose an entry and merge rows that differ in it: such data is answered exactly or refused."""
    rows, y = np.array(rows), np.ones(len(rows))
    try:
        res = extremal.find(rows, y)
    except extremal.InvalidValueError:
        return
    assert of(rows).m == len(rows)
    assert_matches_oracle(res, rows, y)


@given(datasets(max_n=8))
def test_the_oracle_merges_the_same_rows(data):
    X, y = data
    arr = of(X, y)
    acting = [k for k in range(len(X)) if y[k] and X[k].any()]
    assert (arr.hyperplane >= 0).nonzero()[0].tolist() == acting
    normals, where = hyperplanes(rational(X[acting])) if acting else ([], [])
    assert arr.m == len(normals)
    assert arr.hyperplane[acting].tolist() == [j for j, _ in where]
    assert arr.side[acting].tolist() == [s for _, s in where]
    assert arr.rank == max(1, np.linalg.matrix_rank(X[acting])) if acting else True


@given(datasets(), st.sampled_from([0.0, 0.5, -0.5, 3.0]))
def test_the_weights_are_consistent(data, leak):
    X, y = data
    arr = of(X, y, leak)
    np.testing.assert_allclose(arr.low + arr.high, arr.above + arr.below, atol=1e-15 * max(1.0, arr.size))
    assert (arr.low <= arr.high).all()
    for weight in (arr.above, arr.below):
        assert (weight >= arr.low - 1e-15 * arr.size).all()
        assert (weight <= arr.high + 1e-15 * arr.size).all()
    if not arr.m:
        return
    exact = arr.exact
    assert (exact.low + exact.high == exact.above + exact.below).all()
    # D on both sides of everything, in the units of the data, exactly.
    unit = Fraction(2) ** exact.exponent / len(X)
    rows = rational(X)
    for side, share in ((1, exact.above), (-1, exact.below)):
        for k in range(arr.m):
            D = [Fraction(0)] * X.shape[1]
            for i in np.flatnonzero(arr.hyperplane == k):
                weight = Fraction(1) if side * arr.side[i] > 0 else Fraction(leak)
                D = [a + weight * Fraction(y[i]) * t / len(X) for a, t in zip(D, rows[i], strict=True)]
            assert [unit * t for t in share[k]] == D


@given(datasets("rank_deficient"))
def test_coordinates_of_the_row_space(data):
    X, y = data
    arr = of(X, y)
    if arr.basis is None:
        return
    assert arr.rank < X.shape[1]
    # x_k · w for w = basis.vector(τ), up to the positive scale of row k, a power of two
    directions = [arr.basis.vector(tau) for tau in np.eye(arr.rank)]
    for k in range(arr.m):
        x = X[arr.representative[k]].tolist()
        products = np.array([float(sum(Fraction(a) * b for a, b in zip(x, w, strict=True))) for w in directions])
        scale = 2.0 ** np.rint(np.log2(np.linalg.norm(arr.a[k]) / np.linalg.norm(products)))
        np.testing.assert_allclose(arr.a[k], scale * products, atol=1e-12)
    assert np.linalg.norm(arr.a, axis=1).max() <= np.sqrt(arr.rank)
    gram = arr.a @ arr.g.T
    np.testing.assert_allclose(gram, gram.T, atol=1e-9 * np.abs(gram).max())


@pytest.mark.parametrize(
    "X",
    [
        [[1, 0, 1e10], [0, 1, 1e10], [1, 1, 2e10]],
        [[1, 0, 1e16], [0, 1, 1e16], [1, 1, 2e16], [1, -1, 0]],
        [[1e-140, 1e140], [2e-140, 2e140]],
        [[1e-100, 1e100, 0], [0, 1e-100, 1e100]],
    ],
)
def test_rank_deficient_data_in_very_different_units(X):
    X, y = np.array(X, dtype=float), np.array([1.0, 1.0, -1.0, 2.0])[: len(X)]
    for method in ("search", "enumerate"):
        assert_matches_oracle(extremal.find(X, y, method=method), X, y)


@pytest.mark.parametrize("x_scale", [1e-150, 1e-75, 1.0, 3.7e80, 1e150])
@pytest.mark.parametrize("y_scale", [1e-150, 1.0, 1e150])
def test_scales(x_scale, y_scale):
    """D scales with x and y; patterns do not change. Powers of two change no bit."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 3)), rng.standard_normal(30)
    base = extremal.find(X, y)
    two = extremal.find(X * 2.0**300, y * 2.0**-250)
    np.testing.assert_array_equal(two.vectors, base.vectors * 2.0**50)
    res = extremal.find(X * x_scale, y * y_scale)
    assert res.complete
    assert names(res) == names(base)
    np.testing.assert_allclose(res.vectors, base.vectors * (x_scale * y_scale), rtol=1e-9)
    np.testing.assert_allclose(res.directions, base.directions, atol=1e-9)
    assert res.residuals.max() < 1e-14
    assert res.audit.holds == base.audit.holds


@pytest.mark.parametrize("spread", [1e-100, 1e-200, 1e-280])
def test_rows_of_very_different_size(spread):
    X = np.array([[1.0, 2.0], [-2.0, 1.0], [spread, 3 * spread], [-spread, spread]])
    y = np.array([1.0, -1.0, 2.0, 1.0])
    for method in ("search", "enumerate"):
        assert_matches_oracle(extremal.find(X, y, method=method), X, y)


def test_a_spread_that_floats_cannot_carry_is_refused():
    with pytest.raises(extremal.InvalidValueError, match=r"spans more than 2\^960 \(rows 1 and 0\)"):
        extremal.find([[1e200, 0.0], [0.0, 1e-200]], [1.0, 1.0])


@pytest.mark.parametrize("leak", [5e-324, 1e-320, 1e300, 1e308])
def test_an_extreme_leak_is_answered_exactly_or_refused(leak):
    X, y = np.array([[1.0, 0.0], [1.0, 1.0], [-1.0, 1.0]]), np.array([1.0, 2.0, 3.0])
    for method in ("search", "enumerate"):
        try:
            res = extremal.find(X, y, leak=leak, method=method)
        except extremal.InvalidValueError:
            continue
        assert_matches_oracle(res, X, y, leak)


@pytest.mark.parametrize(("x", "y"), [(1e200, 1e200), (1e-200, 1e-200)])
def test_vectors_that_floats_cannot_hold_are_refused(x, y):
    with pytest.raises(extremal.InvalidValueError, match="scale"):
        extremal.find([[x, 0.0], [0.0, x]], [y, -y])


def test_leak_one_has_no_hyperplanes():
    arr = of([[1.0, 2.0], [3.0, 4.0]], [1.0, -1.0], leak=1.0)
    assert arr.m == 0
    assert arr.constant.any()


@pytest.mark.parametrize("y", [[0.0, 0.0], [1.0, 1.0]])
def test_nothing_acts(y):
    X = np.zeros((2, 3)) if y[0] else np.eye(3)[:2]
    for method in ("search", "enumerate", "auto"):
        res = extremal.find(X, y, method=method)
        assert res.complete
        assert names(res) == {(0,)}
