"""Counts against closed forms, Zaslavsky's theorem, Euler's relation and each other."""

from math import comb, factorial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.geometry.hyperplanes._counting import (
    characteristic_polynomial,
    count_cones,
    count_faces,
    cover_count,
    general_position_count,
)
from tests.oracles import arrangements
from tests.strategies import KINDS, datasets

thorough = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def roots(*values):
    """Coefficients of Π (t − value), exact."""
    result = [1]
    for value in values:
        result = [a - value * b for a, b in zip([*result, 0], [0, *result], strict=True)]
    return tuple(result)


def test_cover_counts():
    assert cover_count(20, 5) == 10_072
    assert cover_count(50, 3) == 2_452
    assert cover_count(50, 5) == 463_052
    assert cover_count(60, 5) == 978_812
    assert cover_count(1, 1) == 2
    assert cover_count(5, 5) == cover_count(5, 9) == 32
    assert cover_count(np.int64(100), 100) == 2**100
    # Cover's recursion: a new hyperplane cuts as many cells as its own arrangement has.
    for n in range(1, 12):
        for d in range(2, 8):
            assert cover_count(n + 1, d) == cover_count(n, d) + cover_count(n, d - 1)


@pytest.mark.parametrize("arguments", [(0, 3), (3, 0), (-2, 3)])
def test_counts_below_one_are_refused(arguments):
    for function in (cover_count, general_position_count):
        with pytest.raises(InvalidValueError, match="expected at least 1"):
            function(*arguments)


@pytest.mark.parametrize("arguments", [(2.0, 3), (3, "3"), (True, 3), (None, 1)])
def test_counts_that_are_not_integers_are_refused(arguments):
    for function in (cover_count, general_position_count):
        with pytest.raises(InvalidTypeError, match="expected an integer"):
            function(*arguments)


@pytest.mark.parametrize("dim", [0, 4])
def test_dimensions_out_of_range_are_refused(dim):
    with pytest.raises(InvalidValueError, match="dim is"):
        general_position_count(5, 3, dim)
    with pytest.raises(InvalidValueError, match="dim is"):
        count_faces(np.eye(3), dim)


@pytest.mark.parametrize(("n", "d"), [(1, 1), (1, 4), (3, 3), (2, 3), (6, 3), (8, 4), (6, 5), (40, 2), (15, 4)])
def test_enumeration_has_the_counts_of_general_position(n, d):
    X = np.random.default_rng([n, d]).standard_normal((n, d))
    if d == 1:
        X = X[:1]
    assert count_cones(X) == cover_count(n, d)
    for j in range(1, d + 1):
        assert count_faces(X, j) == general_position_count(n, d, j)
    assert count_faces(X) == general_position_count(n, d)
    polynomial = characteristic_polynomial(X)
    assert sum(map(abs, polynomial)) == cover_count(n, d)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_braid_arrangement(n):
    X = arrangements.braid(n)
    assert characteristic_polynomial(X) == roots(*range(n))
    assert count_cones(X) == factorial(n)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_type_b_arrangement(n):
    X = arrangements.type_b(n)
    assert characteristic_polynomial(X) == roots(*range(1, 2 * n, 2))
    assert count_cones(X) == 2**n * factorial(n)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_coordinate_hyperplanes(n):
    assert characteristic_polynomial(np.eye(n)) == roots(*[1] * n)
    for j in range(1, n + 1):
        assert count_faces(np.eye(n), j) == comb(n, j) * 2**j


@pytest.mark.parametrize(
    ("X", "count"),
    [
        (arrangements.permutohedron(6), 5040),
        (arrangements.resonance(4), 370),
        (arrangements.resonance(5), 11_292),
        (arrangements.threshold(5), 1882),
        (arrangements.threshold(6), 94_572),
    ],
)
def test_known_arrangements(X, count):
    assert count_cones(X) == count
    assert sum(map(abs, characteristic_polynomial(X))) == count


def test_braid_faces_are_ordered_partitions():
    """Faces of the braid arrangement of n letters of dimension j: ordered partitions into j blocks."""
    X = arrangements.braid(5)
    stirling = {1: 1, 2: 15, 3: 25, 4: 10, 5: 1}
    for j, number in stirling.items():
        assert count_faces(X, j) == number * factorial(j)


def test_no_hyperplanes():
    assert characteristic_polynomial(np.zeros((2, 3))) == (1, 0, 0, 0)
    assert count_cones(np.zeros((2, 3))) == 1
    assert [count_faces(np.zeros((2, 3)), j) for j in (1, 2, 3)] == [0, 0, 1]


@thorough
@given(datasets(max_n=8, max_d=4))
def test_zaslavsky_and_euler(data):
    X, _ = data
    d = X.shape[1]
    assert count_cones(X) == sum(map(abs, characteristic_polynomial(X)))
    # The faces with the origin, if that is one, are a decomposition of R^d into cells.
    total = sum((-1) ** j * count_faces(X, j) for j in range(1, d + 1))
    assert total + (np.linalg.matrix_rank(X) == d) == (-1) ** d


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_degeneracy(kind):
    @settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(datasets(kind, max_n=9, max_d=4))
    def check(data):
        assert count_cones(data[0]) == sum(map(abs, characteristic_polynomial(data[0])))

    check()
