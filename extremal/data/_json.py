"""Results as plain values, which any JSON writer takes: what is not a finite number is null.

JSON has no word for nan and infinity, and strict readers refuse the words that Python writes for them.
"""

import math
from enum import Enum
from typing import Any

__all__ = ["plain"]


def plain(value: Any) -> Any:
    """
    Turn arrays, tables and numpy numbers into what JSON knows.

    Parameters
    ----------
    value : object
        Dicts, lists, tuples, arrays and DataFrames are gone through; what is left is a number, a word, or written as
        one.

    Returns
    -------
    dict, list, str, int, float, bool or None
        Arrays as nested lists, a DataFrame as a list of its rows, an Enum as its value, other objects as text. Floats
        that are not finite are None. ``json.dumps(..., allow_nan=False)`` takes it.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.data._json import plain
    >>> plain({"values": np.array([1.0, np.inf]), "ends": (np.int64(1), None)})
    {'values': [1.0, None], 'ends': [1, None]}
    """
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if hasattr(value, "columns") and hasattr(value, "to_dict"):
        return [plain(row) for row in value.to_dict("records")]
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else str(value)
