"""Exact mode: rational input, exact vectors, and agreement with the float path and the oracle."""

from decimal import Decimal
from fractions import Fraction as F

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import extremal
from tests.oracles.brute_force import extremal_vectors
from tests.strategies import datasets


@given(datasets(), st.integers(1, 12), st.integers(1, 12))
def test_exact_vectors_of_rational_data(data, p, q):
    """Data over a common denominator: D is the integer data's over p q, exactly, and the oracle's."""
    X, y = data
    rows = [[F(v) / p for v in row] for row in X.tolist()]
    labels = [F(v) / q for v in y.tolist()]
    try:
        res = extremal.find(rows, labels, exact=True)
    except extremal.InvalidValueError:
        # Floats with many bits over 3, say: refused, never rounded.
        assert any(v.denominator > 1000 for row in [*rows, labels] for v in row)
        return
    expected = {(s, tuple(F(v) / (p * q) for v in D)) for s, D in extremal_vectors(X, y)}
    assert {(v.sign, v.exact) for v in res} == expected
    for v in res:
        assert v.exact == v.certify().D
        assert v.D.tolist() == [float(t) for t in v.exact]


@given(datasets())
def test_floats_are_exact_too(data):
    X, y = data
    res, plain = extremal.find(X, y, exact=True), extremal.find(X, y)
    assert [v.sign for v in res] == [v.sign for v in plain]
    scale = np.abs(y) @ np.linalg.norm(X, axis=1) / len(y) + 1e-300
    np.testing.assert_allclose(res.vectors, plain.vectors, rtol=0, atol=1e-13 * scale)
    assert all(v.exact is None for v in plain)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([[F(1, 3), 0], [0, F(1, 7)]], [F(2, 5), -1]),
        (sympy.Matrix([[sympy.Rational(1, 3), 0], [0, sympy.Rational(1, 7)]]), [sympy.Rational(2, 5), -1]),
        (np.array([[F(1, 3), F(0)], [F(0), F(1, 7)]], dtype=object), np.array([F(2, 5), F(-1)], dtype=object)),
    ],
)
def test_the_kinds_of_input(X, y):
    res = extremal.find(X, y, exact=True)
    assert {(v.sign, v.exact) for v in res} == {(1, (F(1, 15), F(0))), (-1, (F(0), F(-1, 14))), (0, (F(0), F(0)))}
    assert np.allclose(res.values, [1 / 14 * -1, 1 / 15, 0])


def test_decimals_are_what_they_say():
    assert extremal.find([[Decimal("0.1")]], [Decimal("0.3")], exact=True)[0].exact == (F(3, 100),)
    assert extremal.find([[0.1]], [0.3], exact=True)[0].exact == (F(0.1) * F(0.3),)


@pytest.mark.parametrize(
    ("X", "y", "error", "match"),
    [
        ([[sympy.sqrt(2)]], [1], TypeError, r"X\[0, 0\] is sqrt\(2\) of type Pow; exact mode needs rational"),
        ([["1/3"]], [1], TypeError, r"X\[0, 0\] is '1/3' of type str"),
        ([[1]], [float("nan")], ValueError, r"y\[0\] is nan; expected a finite"),
        ([[F(1, 3**40)], [1]], [1, 1], ValueError, "common denominator of X is 12157665459056928801"),
        ([[1], [2]], [F(1, 3)], ValueError, "2"),
        ([[1j]], [1], TypeError, r"X\[0, 0\] is 1j of type complex"),
    ],
)
def test_what_is_not_rational_is_refused(X, y, error, match):
    with pytest.raises(extremal.ExtremalError, match=match) as caught:
        extremal.find(X, y, exact=True)
    assert isinstance(caught.value, error)
