"""Unit vectors: integer vectors, divided by their length."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from ._arguments import Option, as_size, draw_size
from ._numbers import directed

__all__ = ["directions"]

MOST_COLUMNS = 4


def directions(*, d: int | SearchStrategy[int] | None = None) -> SearchStrategy[NDArray[np.float64]]:
    """
    Draw a unit vector w.

    Parameters
    ----------
    d : int or strategy, optional
        Dimension; by default from 1 to 4.

    Returns
    -------
    SearchStrategy
        Of float64 arrays of shape (d,), ‖w‖ = 1 up to rounding. Each is v/‖v‖ for a vector v of integers, often small
        ones: axes (exactly), and w·x = 0 for x of small integers, are common. Failures shrink to
        e_1 = (1, 0, …, 0), exactly.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If d is not a dimension.

    Examples
    --------
    >>> from extremal.strategies import directions
    >>> from hypothesis import find
    >>> find(directions(d=3), lambda w: True)
    array([1., 0., 0.])
    """
    return _directions(as_size(d, "d", "a dimension"))


@st.composite
def _directions(draw: DrawFn, size: Option[int]) -> NDArray[np.float64]:
    d = draw_size(draw, size, MOST_COLUMNS)
    entries = draw(st.sampled_from([st.integers(-2, 2), st.integers(-64, 64)]))
    v = directed(np.array([draw(st.lists(entries, min_size=d, max_size=d))], dtype=float))[0]
    return v / np.linalg.norm(v) + 0.0
