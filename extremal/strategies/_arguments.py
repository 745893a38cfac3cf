"""Options that are a value or a strategy of values: values are checked at the call, strategies at each draw."""

from collections.abc import Iterable
from numbers import Real
from typing import Any, TypeAlias, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..data._arguments import as_choice as as_word
from ..data._arguments import as_count, as_number
from ..errors import InvalidTypeError, InvalidValueError

__all__ = ["as_choice", "as_flag", "as_numbers", "as_size", "draw_from", "draw_size", "with_default"]

T = TypeVar("T")

# An option after its check: a value, a strategy whose draws are checked, or None for the default.
Option: TypeAlias = T | SearchStrategy[T] | None


def as_size(value: Any, name: str, what: str) -> Option[int]:
    """Check an integer that is at least 1, or a strategy of them."""
    expected = f"{what}, 1 or more, or a strategy of them such as st.integers(1, 5)"
    if value is None:
        return None
    if isinstance(value, SearchStrategy):
        return value.map(lambda drawn: as_count(drawn, f"a draw of {name}", expected))
    if isinstance(value, tuple | list | range):
        raise InvalidTypeError(
            f"{name} is {value!r}; expected {expected}: for several sizes pass st.integers(least, most) or "
            "st.sampled_from(sizes)"
        )
    return as_count(value, name, expected)


def as_numbers(
    value: Any, name: str, what: str = "a finite real number", least: float = -np.inf, most: float = np.inf
) -> SearchStrategy[float] | None:
    """Make a strategy of finite floats out of a number or a strategy of numbers."""
    expected = f"{what}, or a strategy of them such as st.sampled_from([1.0, 2.0])"

    def check(given: Any, name: str) -> float:
        number = as_number(given, name, expected, least=least)
        if number > most:
            raise InvalidValueError(f"{name} is {given!r}; expected {expected}")
        return number

    if value is None:
        return None
    if isinstance(value, SearchStrategy):
        return value.map(lambda drawn: check(drawn, f"a draw of {name}"))
    if not isinstance(value, Real) and isinstance(value, Iterable) and not isinstance(value, str | bytes):
        raise InvalidTypeError(
            f"{name} is {value!r}; expected {expected}: to choose among values pass st.sampled_from(values)"
        )
    return st.just(check(value, name))


def as_choice(value: Any, name: str, known: Iterable[str]) -> Option[str]:
    """Check one of the known names, or a strategy of them."""
    names = tuple(known)

    def check(given: Any, name: str) -> str:
        return as_word(given, name, names, ", or a strategy of them")

    if value is None:
        return None
    if isinstance(value, SearchStrategy):
        return value.map(lambda drawn: check(drawn, f"a draw of {name}"))
    return check(value, name)


def as_flag(value: Any, name: str) -> Option[bool]:
    """Check True or False, or a strategy of them."""
    expected = "expected True, False, None for either, or a strategy of them such as st.booleans()"

    def check(given: Any, name: str) -> bool:
        if not isinstance(given, bool | np.bool_):
            raise InvalidTypeError(f"{name} is {given!r}; {expected}")
        return bool(given)

    if value is None:
        return None
    if isinstance(value, SearchStrategy):
        return value.map(lambda drawn: check(drawn, f"a draw of {name}"))
    return check(value, name)


def with_default(option: Option[T], default: SearchStrategy[T]) -> T | SearchStrategy[T]:
    """Put a default in the place of None; the truth value of a strategy says nothing."""
    return default if option is None else option


def draw_from(draw: DrawFn, option: T | SearchStrategy[T]) -> T:
    """Draw from a strategy; a value stands for itself."""
    return draw(option) if isinstance(option, SearchStrategy) else option


def draw_size(draw: DrawFn, option: Option[int], default: int, low: int = 1, high: int | None = None) -> int:
    """Draw a size from low to high; without an option, from low to `default` where low and high leave room."""
    if isinstance(option, int):
        return option
    if option is None:
        top = max(low, default if high is None else min(high, default))
        return draw(st.integers(low, top))
    return draw(option.filter(lambda size: low <= size and (high is None or size <= high)))
