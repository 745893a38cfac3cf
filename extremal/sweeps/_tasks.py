"""One row, computed: what happens in a worker, with only plain Python values in the answer.

An exception of the task is an outcome like any other. Numbers keep their values exactly: integers of any size, floats
with the signs of zeros. All nans are one nan, whose sign and payload depend on the processor.
"""

import math
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..geometry.critical._limits import raising_interrupts
from ._identity import plain
from ._rows import RESERVED

__all__ = ["DONE", "FAILED", "Outcome", "failure", "run", "version"]

DONE, FAILED = "done", "failed"
_EXPECTED = "numbers, strings, booleans or None"


@dataclass(frozen=True, eq=False)
class Outcome:
    """How a row ended: its results by name, or its error."""

    status: str
    results: dict[str, Any]
    error: str | None
    traceback: str | None
    seconds: float
    version: str


class _Unusable(Exception):
    """The task returned something that does not fit into a table."""


def run(
    task: Callable[..., Any],
    parameters: dict[str, Any],
    seed: int,
    draws: bool,
    taken: tuple[str, ...],
    scratch: str | None = None,
) -> Outcome:
    """
    Call the task once.

    Parameters
    ----------
    task : callable
        Returns a dict of plain values, or one value.
    parameters : dict
        Its keyword arguments.
    seed : int
        Seed of its generator.
    draws : bool
        Whether it takes ``rng``.
    taken : tuple of str
        Names of all parameters of the sweep, which results may not have.
    scratch : str, optional
        A path for unfinished work, for a task that takes ``scratch``.

    Returns
    -------
    Outcome
        Done or failed.
    """
    extra: dict[str, Any] = {"rng": np.random.default_rng(seed)} if draws else {}
    if scratch is not None:
        extra["scratch"] = scratch
    start = time.perf_counter()
    try:
        with raising_interrupts():
            returned = task(**parameters, **extra)
        seconds = time.perf_counter() - start
        results = _results(returned, taken)
    except _Unusable as error:
        return Outcome(FAILED, {}, _printable(str(error)), None, seconds, version())
    except (Exception, SystemExit) as error:
        seconds = time.perf_counter() - start
        # without this frame: the text is the same wherever the task ran
        return failure(error, error.__traceback__ and error.__traceback__.tb_next, seconds)
    return Outcome(DONE, results, None, None, seconds, version())


def failure(error: BaseException, where: Any, seconds: float = math.nan) -> Outcome:
    """
    Keep an exception as an outcome.

    Parameters
    ----------
    error : BaseException
        What was raised.
    where : traceback or None
        From the frame on that the reader should see.
    seconds : float
        How long it took; nan if it is not known.

    Returns
    -------
    Outcome
        A failed one.
    """
    try:
        message = f"{type(error).__name__}: {error}".removesuffix(": ")
    except Exception:  # its __str__ is broken too
        message = type(error).__name__
    lines = traceback.format_exception(type(error), error, where)
    return Outcome(FAILED, {}, _printable(message), _printable("".join(lines)), seconds, version())


def version() -> str:
    """The version of the package that runs here, which may be a worker on another machine."""
    # not an import: the door is always loaded by the time that one of its rooms is
    return str(sys.modules[__name__.partition(".")[0]].__version__)


def _results(returned: Any, taken: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(returned, Mapping):
        if returned is None:
            raise _Unusable(f"the task returned None; expected a dict of {_EXPECTED}, or one number")
        returned = {"value": returned}
    results = {}
    for name, value in returned.items():
        if not isinstance(name, str):
            raise _Unusable(f"the task returned a dict with the name {name!r}; expected strings")
        if name in RESERVED:
            raise _Unusable(
                f"the task returned a value named {name!r}, a column that the table has anyway; expected other names "
                f"than {', '.join(RESERVED)}"
            )
        if name in taken:
            raise _Unusable(f"the task returned a value named {name!r}, as a parameter is; expected other names")
        results[str(name)] = _value(name, value)
    return results


def _value(name: str, value: Any) -> Any:
    given = value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    value = plain(value)
    if isinstance(value, np.floating) and (float(value) == value or np.isnan(value)):
        value = float(value)
    if isinstance(value, str):
        return str.__str__(value)  # an enum of strings is its value
    kind: Any
    for kind in (bool, int, float, complex):
        if isinstance(value, kind):
            return _one_nan(kind(value))
    if value is None:
        return None
    shape = f" of shape {given.shape}" if isinstance(given, np.ndarray) else ""
    raise _Unusable(
        f"the task returned {name!r} of type {type(given).__name__}{shape}; expected {_EXPECTED}: return the numbers "
        "in it under names of their own"
    )


def _one_nan(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return math.nan
    if isinstance(value, complex):
        return complex(_one_nan(value.real), _one_nan(value.imag))
    return value


def _printable(text: str) -> str:
    """Text that every file and database takes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
