"""Data sets (X, y), degenerate on purpose: the kind is drawn first, then the sizes, then the numbers."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from ..errors import InvalidValueError
from ._arguments import Option, as_choice, as_numbers, as_size, draw_from, draw_size
from ._kinds import KINDS, TABLE, Kind
from ._numbers import Numbers

__all__ = ["datasets"]

# Sizes of the defaults.
MOST_ROWS, MOST_COLUMNS = 12, 4


def datasets(
    *,
    n: int | SearchStrategy[int] | None = None,
    d: int | SearchStrategy[int] | None = None,
    kind: str | SearchStrategy[str] | None = None,
    elements: float | SearchStrategy[float] | None = None,
    labels: float | SearchStrategy[float] | None = None,
) -> SearchStrategy[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """
    Draw a data set (X, y), with degeneracies that samples of a continuous law do not have.

    Parameters
    ----------
    n : int or strategy, optional
        Number of samples; by default from 1 to 12.
    d : int or strategy, optional
        Dimension; by default from 1 to 4.
    kind : str or strategy, optional
        One of ``extremal.strategies.KINDS``, which says what each of them means, or a strategy of them; by
        default any one that is possible with n and d.
    elements : float or strategy, optional
        Entries of X, before the kind has its way; by default multiples of 1/16 from −4 to 4, often integers. Where
        exactness needs it ("walls", "orthogonal") they are rounded to multiples of 1/16.
    labels : float or strategy, optional
        Labels, before the kind has its way; by default nonzero multiples of 1/16 from −4 to 4, often integers. "walls"
        rounds them too, and gives all but one the same sign.

    Returns
    -------
    SearchStrategy
        Of pairs of float64 arrays, X of shape (n, d) and y of shape (n,). Rows of X are not zero but in the kind
        "zero rows"; labels are not zero but in the kind "zero labels", by chance in "assumption41", and where
        `labels` has zeros.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        At the call, for options that cannot be used, or a kind that does not exist with these sizes; at a draw, if a
        strategy that was passed in draws what cannot be used.

    Notes
    -----
    Nothing is seeded: each number is drawn by hypothesis, and each kind is built rather than searched for. Failures
    shrink to few rows, few columns and small integers. Of sizes that are strategies, those that the kind excludes are
    filtered out.

    Examples
    --------
    The vectors that `find` returns solve the fixed-point equation of Definition 2.1:

    >>> import extremal
    >>> from extremal.strategies import datasets
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=10, database=None)
    ... @given(datasets(kind="duplicates", n=4, d=2))
    ... def test(data):
    ...     X, y = data
    ...     for vector in extremal.find(X, y):
    ...         assert vector.certify()
    >>> test()
    """
    rows = as_size(n, "n", "a number of samples")
    columns = as_size(d, "d", "a dimension")
    name = as_choice(kind, "kind", KINDS)
    numbers = as_numbers(elements, "elements"), as_numbers(labels, "labels")
    fixed = [size if isinstance(size, int) else None for size in (rows, columns)]
    if isinstance(name, str):
        if not TABLE[name].takes(*fixed):
            sizes = ", ".join(f"{what} = {size}" for what, size in zip("nd", fixed, strict=True) if size is not None)
            raise InvalidValueError(
                f"kind is {name!r} and {sizes}; expected {TABLE[name].needs()}: choose other sizes or another kind"
            )
    else:
        possible = [key for key, entry in TABLE.items() if entry.takes(*fixed)]
        name = st.sampled_from(possible) if name is None else name.filter(lambda drawn: drawn in possible)
    return _datasets(rows, columns, name, *numbers)


@st.composite
def _datasets(
    draw: DrawFn,
    rows: Option[int],
    columns: Option[int],
    name: str | SearchStrategy[str],
    elements: SearchStrategy[float] | None,
    labels: SearchStrategy[float] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    kind = TABLE[draw_from(draw, name)]
    n, d = _sizes(draw, kind, rows, columns)
    X, y = kind.build(Numbers(draw, elements, labels), n, d)
    return np.ascontiguousarray(X, dtype=float) + 0.0, np.asarray(y, dtype=float) + 0.0


def _sizes(draw: DrawFn, kind: Kind, rows: Option[int], columns: Option[int]) -> tuple[int, int]:
    """Draw n and d, the one that is asked for first; orthogonal rows need n ≤ d."""
    if kind.wide and rows is not None and columns is None:
        n = draw_size(draw, rows, MOST_ROWS)
        return n, draw_size(draw, None, MOST_COLUMNS, low=n)
    low = rows if kind.wide and isinstance(rows, int) else kind.least_d
    d = draw_size(draw, columns, MOST_COLUMNS, low=low)
    n = draw_size(draw, rows, MOST_ROWS, low=kind.least_n, high=d if kind.wide else None)
    if not kind.takes(n, d):
        raise InvalidValueError(f"n = {n} and d = {d} were drawn; this kind of data sets needs {kind.needs()}")
    return n, d
