"""Tables of results, and columns of tables in which rows may have failed."""

from collections.abc import Iterable, Sequence
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["column", "frame", "numbers"]


def frame(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> "pd.DataFrame":
    """
    Make a table of rows.

    Parameters
    ----------
    names : sequence of str
        The columns.
    rows : sequence of tuple
        Their values.

    Returns
    -------
    DataFrame
    """
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(names))


def column(table: "pd.DataFrame", name: str) -> list[Any]:
    """Return a column as objects, None where a row has no such result."""
    if name not in table:
        return [None] * len(table)
    return [None if value is None or value is not value else value for value in _objects(table[name])]


def _objects(values: "pd.Series") -> Iterable[Any]:
    missing = values.isna().to_numpy()
    return (None if gone else value for value, gone in zip(values.tolist(), missing, strict=True))


def numbers(table: "pd.DataFrame", name: str) -> np.ndarray:
    """Return a column as floats, nan where a row has no such result."""
    return np.array([nan if value is None else float(value) for value in column(table, name)], dtype=float)
