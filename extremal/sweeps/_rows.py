"""The rows of a sweep: one for each point of the grid and each repetition, with a seed of its own.

The seed of a row is a hash of the sweep's seed, the parameters and the repetition, and of nothing else. So it does not
depend on the order or the size of the grid, nor on the number of repetitions: rows that are added later leave the
others as they are. It is 63 bits of SHA-256; among a million rows, two have the same seed with probability 10⁻⁷.
"""

import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from ..data._real import is_frame
from ..errors import InvalidTypeError, InvalidValueError
from ._identity import canonical_text, digest, plain

__all__ = ["RESERVED", "Row", "make_rows", "names_of", "read_grid", "takes_rng", "takes_scratch"]

# Columns of the table that are neither parameters nor results.
RESERVED = ("repetition", "seed", "status", "error", "traceback", "seconds", "version")
# Part of every hash; another number would give other seeds.
_FORMAT = 1
_EXPECTED = "a dict from names to lists of values, a list of dicts, or a DataFrame with one column a parameter"


@dataclass(frozen=True, eq=False)
class Row:
    """One call of the task: what goes in, and where its result belongs."""

    index: int
    parameters: dict[str, Any]
    repetition: int
    seed: int
    key: str
    text: str


def read_grid(grid: Any) -> list[dict[str, Any]]:
    """
    List the points of a grid.

    Parameters
    ----------
    grid : dict from str to iterable, iterable of dict, or DataFrame
        A dict stands for the product of its lists, the last name running fastest.

    Returns
    -------
    list of dict
        The parameters of each point, numpy scalars as Python numbers.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For anything else, and for names that a sweep uses itself.

    Examples
    --------
    >>> read_grid({"n": [10, 20], "law": ["gaussian", "sphere"]})[1]
    {'n': 10, 'law': 'sphere'}
    """
    if isinstance(grid, Mapping):
        _check_names(grid)
        axes = [_axis(name, values) for name, values in grid.items()]
        return [dict(zip(grid, map(plain, point), strict=True)) for point in itertools.product(*axes)]
    if is_frame(grid):
        grid = grid.to_dict("records")
    if isinstance(grid, str | bytes) or not isinstance(grid, Iterable):
        raise InvalidTypeError(f"grid is {grid!r} of type {type(grid).__name__}; expected {_EXPECTED}")
    points = list(grid)
    for i, point in enumerate(points):
        if not isinstance(point, Mapping):
            raise InvalidTypeError(f"grid[{i}] is {point!r} of type {type(point).__name__}; expected {_EXPECTED}")
        _check_names(point)
    return [{name: plain(value) for name, value in point.items()} for point in points]


def make_rows(points: list[dict[str, Any]], repetitions: int, seed: int) -> list[Row]:
    """
    Give every point and repetition its seed and its key.

    Parameters
    ----------
    points : list of dict
        From `read_grid`.
    repetitions : int
        Rows for each point.
    seed : int
        The seed of the sweep.

    Returns
    -------
    list of Row
        By point, then by repetition.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        Two points are the same, or a parameter cannot be identified.
    """
    _check_count(repetitions, "repetitions", 1, "the rows of each point of the grid")
    _check_count(seed, "seed", 0, "the seed of the sweep")
    rows: list[Row] = []
    first: dict[str, int] = {}
    for i, point in enumerate(points):
        text = canonical_text(point)
        if first.setdefault(text, i) != i:
            raise InvalidValueError(
                f"points {first[text]} and {i} of the grid are the same, {point!r}, and would give the same rows; "
                "expected each point once: use repetitions= to run it more often"
            )
        for repetition in range(int(repetitions)):
            key = digest([_FORMAT, int(seed), text, repetition])
            rows.append(Row(len(rows), point, repetition, int(key[:16], 16) >> 1, key, text))
    return rows


def names_of(points: list[dict[str, Any]]) -> list[str]:
    """Names of all parameters, in order of appearance."""
    return list(dict.fromkeys(name for point in points for name in point))


def takes_rng(task: Callable[..., Any], points: list[dict[str, Any]]) -> bool:
    """
    Tell whether the task takes ``rng``, and refuse a grid that does not fit its signature.

    Parameters
    ----------
    task : callable
        Its parameters are those of the grid, and ``rng`` or ``**kwargs`` if it draws random numbers.
    points : list of dict
        From `read_grid`.

    Returns
    -------
    bool
        Whether it is called with ``rng=``.

    Raises
    ------
    InvalidTypeError
        The task is not callable, or not with these parameters.
    """
    if not callable(task):
        raise InvalidTypeError(f"task is {task!r} of type {type(task).__name__}; expected a function")
    if inspect.iscoroutinefunction(task):
        raise InvalidTypeError(f"task is the coroutine {task!r}; expected a function that returns its results")
    try:
        signature = inspect.signature(task)
    except (TypeError, ValueError):  # some builtins have none
        return False
    kinds = inspect.Parameter
    draws = any(
        p.kind is kinds.VAR_KEYWORD or (p.name == "rng" and p.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY))
        for p in signature.parameters.values()
    )
    extra = {"rng": None} if draws else {}
    for names in dict.fromkeys(tuple(point) for point in points):
        try:
            signature.bind(**dict.fromkeys(names), **extra)
        except TypeError as error:
            called = ", ".join([f"{name}=" for name in names] + [f"{name}=" for name in extra])
            raise InvalidTypeError(
                f"the task{signature} cannot be called with ({called}) ({error}); expected one parameter of the "
                "task for each name of the grid, and rng if it draws random numbers"
            ) from error
    return draws


def takes_scratch(task: Callable[..., Any]) -> bool:
    """Tell whether the task takes ``scratch``, a path for unfinished work."""
    try:
        return "scratch" in inspect.signature(task).parameters
    except (TypeError, ValueError):
        return False


def _axis(name: str, values: Any) -> list[Any]:
    if isinstance(values, str | bytes | Mapping | Set) or not isinstance(values, Iterable):
        hint = "sets have no order: sort it" if isinstance(values, Set) else f"write [{values!r}] for one value"
        raise InvalidTypeError(
            f"grid[{name!r}] is {values!r} of type {type(values).__name__}; expected a list of values: {hint}"
        )
    return list(values)


def _check_names(point: Mapping[Any, Any]) -> None:
    for name in point:
        if not isinstance(name, str):
            raise InvalidTypeError(f"{name!r} is a name of the grid; expected strings, the names of parameters")
        if name in RESERVED:
            raise InvalidValueError(
                f"{name!r} is a name of the grid and a column that the table has anyway; expected other names than "
                f"{', '.join(RESERVED)}: rename this parameter of the task"
            )
        if name == "rng":
            raise InvalidValueError("'rng' is a name of the grid; the sweep passes it: use seed= and repetitions=")
        if name == "scratch":
            raise InvalidValueError("'scratch' is a name of the grid; the sweep passes it: use scratch=")


def _check_count(value: Any, name: str, least: int, meaning: str) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise InvalidTypeError(f"{name} is {value!r} of type {type(value).__name__}; expected an integer, {meaning}")
    if value < least:
        raise InvalidValueError(f"{name} is {value}; expected {least} or more, {meaning}")
