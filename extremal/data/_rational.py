"""Data given as exact rational numbers, turned into floats without rounding by a common denominator.

Integers, Fractions, sympy rationals and Decimals are what they say; floats are the dyadic rationals they are.
"""

from decimal import Decimal
from fractions import Fraction
from math import isfinite, lcm
from numbers import Integral, Rational, Real
from typing import Any

import numpy as np

from ..errors import InvalidTypeError, InvalidValueError
from ._dataset import Dataset, as_dataset

__all__ = ["rational_dataset"]


def rational_dataset(X: Any, y: Any = None) -> tuple[Dataset, Fraction]:
    """
    Read samples and labels exactly.

    Parameters
    ----------
    X : array_like of shape (n, d) or Dataset
        Rational numbers: int, Fraction, Decimal, float, sympy.Rational.
    y : array_like of shape (n,) or (n, 1)

    Returns
    -------
    data : Dataset
        The samples and labels, each times a common denominator where floats cannot hold them.
    unit : Fraction
        y_k x_k of the data given is `unit` times that of `data`.

    Raises
    ------
    InvalidTypeError
        If a number is not rational.
    InvalidValueError
        If a number is not finite, or the common denominator makes numbers that floats cannot hold.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from extremal.data import rational_dataset
    >>> data, unit = rational_dataset([[Fraction(1, 3)], [Fraction(1, 2)]], [1, 1])
    >>> data.X.ravel().tolist(), unit
    ([2.0, 3.0], Fraction(1, 6))
    """
    if isinstance(X, Dataset):
        data = as_dataset(X, y)
        return data, Fraction(1)
    samples, x_unit = _floats(_objects(X), "X")
    labels, y_unit = _floats(_objects(y), "y")
    return as_dataset(samples, labels), x_unit * y_unit


def _objects(values: Any) -> np.ndarray:
    if hasattr(values, "to_numpy"):
        return values.to_numpy(dtype=object)
    if hasattr(values, "tolist") and not isinstance(values, np.ndarray):
        values = values.tolist()  # a sympy matrix
    return np.array(values, dtype=object)


def _floats(values: np.ndarray, name: str) -> tuple[np.ndarray, Fraction]:
    """Floats, and the number that all of them have to be multiplied by."""
    exact = [_fraction(v, name, place) for place, v in np.ndenumerate(values)]
    denominator = 1
    if any(not _is_float(v) for v in exact):
        denominator = lcm(*(v.denominator for v in exact))
        if any(not _is_float(v * denominator) for v in exact):
            raise InvalidValueError(
                f"the common denominator of {name} is {denominator}, and times it some numbers have more than 53 bits; "
                "exact mode needs numbers with a small common denominator."
            )
    result = np.array([float(v * denominator) for v in exact], dtype=np.float64).reshape(values.shape)
    return result, Fraction(1, denominator)


def _is_float(value: Fraction) -> bool:
    try:
        return Fraction(float(value)) == value
    except OverflowError:
        return False


def _fraction(value: Any, name: str, place: tuple[int, ...]) -> Fraction:
    """One number as a Fraction, or an error that names its place."""
    where = f"{name}[{', '.join(map(str, place))}]" if place else name
    if isinstance(value, bool | np.bool_ | Integral):
        return Fraction(int(value))
    if isinstance(value, Rational):
        return Fraction(value)
    if isinstance(value, Decimal | Real):
        if not isfinite(value):
            raise InvalidValueError(f"{where} is {value}; expected a finite number.")
        return Fraction(value) if isinstance(value, Decimal) else Fraction(float(value))
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))
    raise InvalidTypeError(
        f"{where} is {value!r} of type {type(value).__name__}; exact mode needs rational numbers "
        "(int, Fraction, Decimal, float or sympy.Rational)."
    )
