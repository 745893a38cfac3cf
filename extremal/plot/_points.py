"""What a figure takes from a result of `find`: directions, kinds, values, Morse indices."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidTypeError, InvalidValueError

__all__ = ["Points", "points_of"]


@dataclass(frozen=True, eq=False)
class Points:
    """
    Extremal vectors to draw, k of them in dimension d.

    Attributes
    ----------
    directions : ndarray of shape (k, d)
        Unit vectors w with D ∈ 𝒟_n(w).
    kinds : tuple of k str
        The kinds.
    values : ndarray of shape (k,)
        G_n(w).
    indices : ndarray of shape (k,)
        Morse indices, −1 where undefined.
    leak : float
        Slope of the activation at negative arguments.
    complete : bool
        Whether it is proved that none is missing.
    """

    directions: NDArray[np.float64]
    kinds: tuple[str, ...]
    values: NDArray[np.float64]
    indices: NDArray[np.int64]
    leak: float
    complete: bool

    def __len__(self) -> int:
        return len(self.values)

    @property
    def count(self) -> str:
        """How many there are, and whether that is all: for a title."""
        number = "1 extremal vector" if len(self) == 1 else f"{len(self)} extremal vectors"
        return number if self.complete else f"{number} found, search incomplete"


def points_of(res: Any, d: int) -> Points:
    """
    Read a result of `find`.

    Parameters
    ----------
    res : object
        With the arrays `directions`, `kinds`, `values` and `indices`.
    d : int
        The dimension of its data.

    Returns
    -------
    Points
        The same, checked.

    Raises
    ------
    InvalidTypeError
        It is not a result.
    InvalidValueError
        It belongs to data of another dimension.
    """
    try:
        directions = np.asarray(res.directions, dtype=float)
        values = np.asarray(res.values, dtype=float)
        kinds = tuple(str(kind) for kind in res.kinds)
        indices = np.asarray(res.indices, dtype=np.int64)
    except AttributeError as error:
        raise InvalidTypeError(f"res is {type(res).__name__}; expected a result of extremal.find") from error
    if directions.shape != (len(values), d):
        raise InvalidValueError(
            f"res has directions of shape {directions.shape}, of another dimension than X, which has {d} columns; "
            "expected the data that the result was found for"
        )
    leak, complete = float(getattr(res, "leak", 0.0)), bool(getattr(res, "complete", True))
    return Points(directions, kinds, values, indices, leak, complete)
