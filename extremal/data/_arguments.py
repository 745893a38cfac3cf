"""Arguments that are one number, a count or a source of randomness, checked: errors say what was given and expected."""

from math import isfinite
from numbers import Integral, Real
from typing import Any

import numpy as np

from ..errors import InvalidTypeError, InvalidValueError

__all__ = ["as_count", "as_generator", "as_number"]


def as_number(value: Any, name: str, expected: str, above: float = -np.inf, least: float = -np.inf) -> float:
    """Check a finite real number that is more than `above` and at least `least`."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise InvalidTypeError(f"{name} is {value!r} of type {type(value).__name__}; expected {expected}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not isfinite(number) or number <= above or number < least:
        raise InvalidValueError(f"{name} is {value!r}; expected {expected}")
    return number


def as_count(value: Any, name: str, expected: str, least: int = 1) -> int:
    """Check an integer that is at least `least`."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise InvalidTypeError(f"{name} is {value!r} of type {type(value).__name__}; expected {expected}")
    if value < least:
        raise InvalidValueError(f"{name} is {value!r}; expected {expected}")
    return int(value)


def as_generator(rng: Any) -> np.random.Generator:
    """Make a Generator of a Generator, a seed or None."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(f"rng is {rng!r}; expected a Generator, a seed (an integer ≥ 0) or None") from error
