"""Data sets of `extremal.strategies`: each kind occurs and has its property; planted bugs are found and shrunk."""

from fractions import Fraction as F
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import extremal
from extremal.strategies import KINDS, datasets
from tests.oracles.brute_force import dot, extremal_vectors, rational

GENERATE = settings(max_examples=500, deadline=None, database=None, phases=[Phase.generate], derandomize=True)
SHRINK = settings(max_examples=1000, deadline=None, database=None, derandomize=True)


def determinant(rows):
    """The sum over permutations, in rational arithmetic."""
    total = F(0)
    for p in permutations(range(len(rows))):
        sign = (-1) ** sum(p[i] > p[j] for i, j in combinations(range(len(p)), 2))
        term = F(sign)
        for row, column in zip(rows, p, strict=True):
            term *= row[column]
        total += term
    return total


def independent(rows):
    """Some minor does not vanish."""
    return any(
        determinant([[row[i] for i in columns] for row in rows])
        for columns in combinations(range(len(rows[0])), len(rows))
    )


def general_position(X, y):
    k = min(X.shape)
    rows = [[int(t) for t in row] for row in (16 * X).tolist()]
    return np.array_equal(16 * X, np.rint(16 * X)) and all(independent(chosen) for chosen in combinations(rows, k))


def has_copies(*factors):
    return lambda X, y: any(
        np.array_equal(a, factor * b) for a, b in permutations(X[X.any(axis=1)], 2) for factor in factors
    )


def on_a_wall(X, y):
    rows = [x for x in rational(X) if any(x)]
    return any(s and any(dot(x, D) == 0 for x in rows) for s, D in extremal_vectors(X, y))


def orthogonal(X, y):
    return X.any(axis=1).all() and all(dot(a, b) == 0 for a, b in combinations(rational(X), 2))


def in_a_half_space(X, y):
    """A linear program for each facet of the cube: w with X w ≤ 0 and one entry ±1."""
    n, d = X.shape
    for i in range(d):
        for value in (1.0, -1.0):
            bounds = [(value, value) if j == i else (-1.0, 1.0) for j in range(d)]
            if linprog(np.zeros(d), A_ub=X, b_ub=np.zeros(n), bounds=bounds).status == 0:
                return True
    return False


def in_the_support(X, y):
    """|s| within ε = 1/10 of 1, v in the ball of radius √(d+1); item 3 of the assumption follows."""
    d = X.shape[1]
    for first, *rest in rational(X):
        square = sum((t * t for t in rest), F(0))
        if abs(abs(first) - 1) > F(1, 10) or square > d + 1:
            return False
        c_squared = F(81, 100) * d / (F(81, 100) + d + 1)
        assert d == 1 or first**2 * d >= c_squared * (first**2 + square)
    return True


SHOWS = {
    "integers": lambda X, y: np.array_equal(X, np.rint(X)) and np.array_equal(y, np.rint(y)),
    "general": general_position,
    "duplicates": has_copies(1),
    "antipodal": has_copies(-1),
    "collinear": has_copies(2, -2, 4, -4),
    "zero labels": lambda X, y: not y.all(),
    "walls": on_a_wall,
    "orthogonal": orthogonal,
    "half-space": in_a_half_space,
    "assumption41": in_the_support,
    "zero rows": lambda X, y: not X.any(axis=1).all(),
}


def test_every_kind_is_described():
    assert SHOWS.keys() == KINDS.keys()
    assert all(KINDS.values())
    with pytest.raises(TypeError):
        KINDS["new"] = "kinds cannot be changed"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_its_property(kind):
    sizes = set()
    # the oracle of "walls" visits 3^n faces
    n = {"walls": st.integers(2, 4)}.get(kind)
    d = {"walls": st.integers(2, 3)}.get(kind)

    @given(datasets(kind=kind, n=n, d=d))
    def check(data):
        X, y = data
        assert X.dtype == y.dtype == np.float64
        assert X.flags.c_contiguous
        assert y.shape == X.shape[:1]
        assert 1 <= X.shape[0] <= 12
        assert 1 <= X.shape[1] <= 4
        assert SHOWS[kind](X, y)
        assert kind == "zero rows" or X.any(axis=1).all()
        assert kind in ("zero labels", "assumption41") or y.all()
        sixteen = 16 * 32 * np.concatenate([X.ravel(), y])  # few digits: halves of 1/16 at most
        assert np.array_equal(sixteen, np.rint(sixteen))
        assert not np.signbit(X[X == 0]).any()
        sizes.add(X.shape)

    check()
    assert len(sizes) > 3


@pytest.mark.parametrize("kind", KINDS)
def test_default_options_reach_every_kind(kind):
    def shows(data):
        return (kind != "walls" or max(data[0].shape) <= 4) and SHOWS[kind](*data)

    find(datasets(), shows, settings=GENERATE)


@given(datasets(kind="assumption41"))
def test_labels_under_assumption_4_1_are_linear_with_bounded_noise(data):
    X, y = data
    assert any((np.abs(y - b * X[:, 0]) <= 0.25).all() for b in (0.5, 1.0, 2.0))


@given(datasets(kind="walls", n=st.integers(2, 4), d=2))
def test_walls_have_a_vector_that_is_certified_and_has_a_boundary(data):
    X, y = data
    assert any(v.boundary.size and v.certify() for v in extremal.find(X, y) if v.sign)


@given(datasets(kind="half-space", d=2))
def test_half_spaces_have_the_zero_vector(data):
    assert any(v.sign == 0 for v in extremal.find(*data))


def test_the_largest_default_sizes_in_general_position():
    @settings(max_examples=3)
    @given(datasets(kind="general", n=12, d=4) | datasets(kind="general", n=12, d=4, elements=st.just(0)))
    def check(data):
        assert general_position(*data)

    check()


def test_any_floats_may_be_elements_and_labels():
    numbers = st.floats(allow_nan=False, allow_infinity=False)

    @given(datasets(elements=numbers, labels=numbers, n=st.integers(1, 5)))
    def check(data):
        assert all(np.isfinite(part).all() for part in data)

    check()


@pytest.mark.parametrize("kind", ["general", "walls", "orthogonal", "half-space", "assumption41"])
def test_kinds_keep_their_property_with_elements_and_labels_of_ones_own(kind):
    elements, labels = st.sampled_from([0.0, 0.1, 1.0, -3.0]), st.sampled_from([0.3, -1.0])
    sizes = {"n": st.integers(1, 4), "d": st.integers(1, 3)}

    @settings(max_examples=15)
    @given(datasets(kind=kind, elements=elements, labels=labels, **sizes))
    def check(data):
        X, y = data
        if kind == "general":
            assert all(independent(chosen) for chosen in combinations(rational(X), min(X.shape)))
        else:
            assert SHOWS[kind](X, y)

    check()


def test_elements_and_labels_are_used():
    X, y = find(datasets(kind="duplicates", n=3, d=2, elements=7, labels=-0.5), lambda data: True, settings=SHRINK)
    assert (X == 7).all()
    assert (y == -0.5).all()


@pytest.mark.parametrize("kind", KINDS)
def test_data_shrink_to_few_small_integers(kind):
    X, y = find(datasets(kind=kind), lambda data: True, settings=settings(SHRINK, max_examples=20))
    assert X.shape[0] <= 2
    assert X.shape[1] <= 2
    assert set(np.abs(np.concatenate([X.ravel(), y]))) <= {0.0, 1.0, 2.0}


def lines(X):
    """How many distinct lines the rows of the plane are normal to."""
    rows = X[X.any(axis=1)]
    return sum(all(a[0] * b[1] != a[1] * b[0] for b in rows[:k]) for k, a in enumerate(rows))


def test_a_count_that_is_wrong_for_duplicates_is_found_out():
    def wrong(X):
        copies = len(X) - len(np.unique(X, axis=0))
        return 2 * (lines(X) + copies)

    data = datasets(d=2).filter(lambda data: data[0].any())
    X, _ = find(data, lambda data: wrong(data[0]) != extremal.count_cones(data[0]), settings=SHRINK)
    assert len(X) <= 3
    assert len(np.unique(X, axis=0)) < len(X)
    assert np.abs(X).max() <= 1


@pytest.mark.parametrize(
    ("loses", "shape"),
    [
        (lambda res, X, y: bool((y == 0).any()) and len(res) > 0, (1, 1)),
        (lambda res, X, y: any(v.boundary.size for v in res if v.sign), (2, 2)),
        (lambda res, X, y: any(v.sign == 0 for v in res), (1, 1)),
        (lambda res, X, y: not X.any(axis=1).all() and len(res) > 0, (1, 1)),
    ],
    ids=["a label is 0", "on a wall", "D = 0", "a row is 0"],
)
def test_a_find_that_misses_vectors_is_found_out(loses, shape):
    """The fake loses all vectors in one case; it returns fewer than `extremal.find`."""

    def fake(X, y):
        res = extremal.find(X, y)
        return [] if loses(res, X, y) else list(res)

    sizes = {"n": st.integers(1, 6), "d": st.integers(1, 3)}
    X, y = find(datasets(**sizes), lambda data: len(fake(*data)) < len(extremal.find(*data)), settings=SHRINK)
    assert X.shape <= shape
    assert np.abs(np.concatenate([X.ravel(), y])).max() <= 1
