"""Arguments that are one number, a count, a word or a source of randomness, checked.

Errors say what was given and what was expected, and for a word which of the known ones is nearest.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from math import isfinite
from numbers import Integral, Real
from typing import Any

import numpy as np

from ..errors import InvalidTypeError, InvalidValueError

__all__ = ["as_choice", "as_count", "as_generator", "as_number", "check_executor", "did_you_mean", "nearest"]

# Words are near if difflib finds them this much alike, from 0 to 1: one slip in a short word, several in a long one.
ALIKE = 0.5


def nearest(word: Any, options: Iterable[str], alike: float = ALIKE) -> str | None:
    """
    Find the option that a word was meant to be.

    Parameters
    ----------
    word : object
        What was given; only a str can be near to anything.
    options : iterable of str
        The known words.
    alike : float
        How much alike they have to be, from 0 to 1.

    Returns
    -------
    str or None
        The nearest option, whatever the case and with dashes, underscores and spaces alike; None if none is near.

    Examples
    --------
    >>> from extremal.data._arguments import nearest
    >>> nearest("Gausian", ["gaussian", "sphere"]), nearest("xyz", ["gaussian", "sphere"])
    ('gaussian', None)
    """
    if not isinstance(word, str):
        return None
    folded = {_fold(option): option for option in reversed(tuple(options))}
    near = get_close_matches(_fold(word), list(folded), 1, alike)
    return folded[near[0]] if near else None


def did_you_mean(word: Any, options: Iterable[str]) -> str:
    """Write " (did you mean 'this'?)", or nothing if no option is near."""
    near = nearest(word, options)
    return "" if near is None else f" (did you mean {near!r}?)"


def as_choice(value: Any, name: str, options: Iterable[str], more: str = "") -> str:
    """
    Check one of a few words.

    Parameters
    ----------
    value : object
        What was given.
    name : str
        Of the argument.
    options : iterable of str
        The words.
    more : str
        What else may be given, for the message.

    Returns
    -------
    str
        The value.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        It is not a str, or another one; the message lists the words, and says which one is nearest.

    Examples
    --------
    >>> from extremal.data._arguments import as_choice
    >>> as_choice("auto", "method", ("auto", "search"))
    'auto'
    """
    known = tuple(options)
    expected = f"expected one of {', '.join(map(repr, known))}{more}"
    if not isinstance(value, str):
        raise InvalidTypeError(f"{name} is {value!r} of type {type(value).__name__}; {expected}")
    if value not in known:
        raise InvalidValueError(f"{name} is {value!r}; {expected}{did_you_mean(value, known)}")
    return value


def _fold(word: str) -> str:
    return word.casefold().replace("_", " ").replace("-", " ").strip()


def check_executor(executor: Any) -> None:
    """Check that work can be submitted; None is not asked."""
    if isinstance(executor, type) or not callable(getattr(executor, "submit", None)):
        raise InvalidTypeError(
            f"executor is {executor!r} of type {type(executor).__name__}; expected None, an object with a method "
            "submit, such as concurrent.futures.ProcessPoolExecutor(), or a dask Client"
        )


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
