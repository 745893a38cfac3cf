"""Arguments of `extremal.train`, checked: errors say what was given, what was expected and what to do."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidTypeError, InvalidValueError

__all__ = ["as_batches", "as_iterations"]


def as_iterations(value: Any, name: str, last: int) -> NDArray[np.int64]:
    """Check iterations between 0 and `last`; sorted, each once."""
    expected = f"integers from 0 to {last}, the iterations of the run"
    given = np.asarray(value)
    if given.size == 0:
        return np.empty(0, dtype=np.int64)
    if given.dtype.kind not in "iu":
        raise InvalidTypeError(f"{name} is {value!r}; expected {expected}")
    if given.ndim > 1:
        raise InvalidValueError(f"{name} has shape {given.shape}; expected {expected}, in one row")
    if given.min() < 0 or given.max() > last:
        wrong = given.min() if given.min() < 0 else given.max()
        raise InvalidValueError(f"{name} holds {wrong}; expected {expected}")
    return np.unique(given).astype(np.int64)


def as_batches(value: Any, n: int, batch: int | None = None) -> NDArray[np.int64]:
    """Check batches: rows of samples' numbers."""
    size = "batch" if batch is None else batch
    expected = f"an array of integers of shape (iterations, {size}), numbers of samples from 0 to {n - 1}"
    try:
        given = np.asarray(value)
    except ValueError as error:
        raise InvalidValueError(f"batches is ragged; expected {expected}") from error
    if given.dtype.kind not in "iu":
        raise InvalidTypeError(f"batches has dtype {given.dtype}; expected {expected}")
    if given.ndim != 2 or given.shape[1] == 0 or (batch is not None and given.shape[1] != batch):
        raise InvalidValueError(f"batches has shape {given.shape}; expected {expected}")
    if given.size and (given.min() < 0 or given.max() >= n):
        wrong = given.min() if given.min() < 0 else given.max()
        raise InvalidValueError(f"batches holds {wrong}; expected {expected}")
    return np.array(given, dtype=np.int64, order="C")
