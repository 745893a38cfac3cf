"""Exact elimination against Fractions, expansions by minors and the defining equations."""

from fractions import Fraction
from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extremal.geometry.exact import _integers
from extremal.geometry.exact._thin import interior_vector
from tests.oracles import arrangements

entries = st.one_of(st.integers(-2, 2), st.integers(-(10**30), 10**30))
often = settings(max_examples=100, deadline=None, derandomize=True)


def matrices(n, d):
    return st.lists(st.lists(entries, min_size=d, max_size=d), min_size=n, max_size=n)


@often
@given(st.integers(1, 4).flatmap(lambda n: matrices(n, n)))
def test_determinant(rows):
    assert _integers.determinant(rows) == arrangements._determinant([[Fraction(a) for a in row] for row in rows])


@often
@given(st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(lambda s: matrices(*s)))
def test_null_space_and_rank(rows):
    d = len(rows[0])
    rank = _integers.rank(rows)
    assert rank == arrangements._rank(rows)
    basis = _integers.null_space(rows, d)
    assert len(basis) == d - rank
    assert not basis or arrangements._rank(basis) == len(basis)
    for vector in basis:
        assert gcd(*vector) == 1
        assert all(_integers.dot(row, vector) == 0 for row in rows)
    assert _integers.null_vector(rows, d) == (basis[0] if len(basis) == 1 else None)


@often
@given(st.integers(1, 4).flatmap(lambda n: st.tuples(matrices(n, n), st.lists(entries, min_size=n, max_size=n))))
def test_solve_signs(system):
    rows, target = system
    determinant = _integers.determinant(rows)
    if not determinant:
        with pytest.raises(ZeroDivisionError):
            _integers.solve_signs(rows, target)
        return
    for k, s in enumerate(_integers.solve_signs(rows, target)):
        replaced = _integers.determinant([target if j == k else row for j, row in enumerate(rows)])
        assert s == _integers.sign(replaced) * _integers.sign(determinant)


@often
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
def test_integer_rows_are_positive_multiples(values):
    (row,) = _integers.integer_rows(np.array([values]))
    exact = [Fraction(v) for v in values]
    lead = next((k for k, a in enumerate(exact) if a), None)
    if lead is None:
        assert not any(row)
    else:
        factor = row[lead] / exact[lead]
        assert factor > 0
        assert [a * factor for a in exact] == row
        assert gcd(*row) == 1


def test_no_rows():
    assert _integers.rank([]) == 0
    assert _integers.determinant([]) == 1
    assert _integers.null_space([], 2) == [[1, 0], [0, 1]]


@pytest.mark.parametrize("bits", [10, 30, 45])
def test_a_vector_of_floats_inside_a_thin_cone(bits):
    """The cone between planes that meet at an angle of 2^-bits, cut by two more."""
    unit = 1 << bits
    rows = [[unit, 1, -unit], [-unit, 1, unit], [3 * unit, -2, -3 * unit + 1], [1, 1, 1]]
    w, found = interior_vector(rows)
    assert found
    assert all(sum(a * b for a, b in zip(row, w, strict=True)) > 0 for row in rows)
    assert all(float(a) == a for a in w)


def test_an_empty_cone_is_refused():
    with pytest.raises(ValueError, match="no common open half-space"):
        interior_vector([[1, 0], [-1, 0]])
