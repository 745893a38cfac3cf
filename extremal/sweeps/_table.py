"""The table of a sweep: one row a call, in the order of the grid, with dtypes that depend on the values alone."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InvalidValueError
from ._identity import INT64
from ._rows import Row
from ._tasks import Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["make_table"]

# Integers beyond are not all floats.
_SAFE = 2**53


def make_table(names: Sequence[str], rows: Sequence[Row], outcomes: Sequence[Outcome]) -> "pd.DataFrame":
    """
    Lay out rows and outcomes.

    Parameters
    ----------
    names : sequence of str
        The parameters.
    rows : sequence of n Row
        What was asked.
    outcomes : sequence of n Outcome
        What came out.

    Returns
    -------
    DataFrame of n rows
        Parameters, repetition, seed, results in order of appearance, status, error, traceback, seconds, version.

    Raises
    ------
    InvalidValueError
        A result in the store has the name of a parameter.
    """
    import pandas as pd

    results = list(dict.fromkeys(name for outcome in outcomes for name in outcome.results))
    for name in results:
        if name in names:
            raise InvalidValueError(
                f"{name!r} is a parameter in this grid and a result of rows in the store; expected different names: "
                "leave the parameter out where it does not matter, or use a new store"
            )
    columns: dict[str, Any] = {}
    for name in names:
        columns[name] = _column([row.parameters.get(name) for row in rows])
    columns["repetition"] = np.array([row.repetition for row in rows], dtype=np.int64)
    columns["seed"] = np.array([row.seed for row in rows], dtype=np.int64)
    for name in results:
        columns[name] = _column([outcome.results.get(name) for outcome in outcomes])
    for name in ("status", "error", "traceback"):
        columns[name] = _objects([getattr(outcome, name) for outcome in outcomes])
    columns["seconds"] = np.array([outcome.seconds for outcome in outcomes], dtype=np.float64)
    columns["version"] = _objects([outcome.version for outcome in outcomes])
    return pd.DataFrame(columns)


def _column(values: list[Any]) -> Any:
    """
    Choose a dtype that holds every value exactly; None is a missing value.

    Booleans, integers (int64), floats and complex numbers have numpy's dtypes; with missing values, booleans and
    integers have pandas' nullable ones, and the others nan. Integers and floats together are floats if that rounds
    none. All else is object.
    """
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    missing = any(value is None for value in values)
    integers = [value for value in values if type(value) is int]
    if kinds == {bool}:
        return pd.array(values, dtype="boolean") if missing else np.array(values, dtype=np.bool)
    if kinds == {int} and all(value in INT64 for value in integers):
        return pd.array(values, dtype="Int64") if missing else np.array(values, dtype=np.int64)
    if kinds and kinds <= {float, int, complex} and kinds != {int} and all(abs(v) <= _SAFE for v in integers):
        dtype = np.complex128 if complex in kinds else np.float64
        return np.array([math.nan if value is None else value for value in values], dtype=dtype)
    return _objects(values)


def _objects(values: list[Any]) -> Any:
    import pandas as pd

    column = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):  # one by one: numpy would take sequences apart
        column[i] = value
    return pd.Series(column, dtype=object)  # said explicitly: pandas would look for a dtype of its own
