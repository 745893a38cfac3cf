"""Counts of cones and faces: Cover's formula, enumeration, and Zaslavsky's theorem (section 4 of the theory).

*Cover 1965.*  n hyperplanes through 0 in R^d in general position have C(n, d) = 2 Σ_{i<d} binom(n−1, i)
cells. *Zaslavsky 1975.*  Any central arrangement has Σ_i |a_i| = |χ(−1)| cells, χ(t) = Σ_i a_i t^i its
characteristic polynomial.  χ comes from deletion and restriction alone, χ(A) = χ(A − H) − χ(A restricted to
H), without a sign, a float or a flat: it shares nothing with the enumeration that it checks.
"""

from __future__ import annotations

from math import comb
from operator import index as as_index

import numpy as np
from numpy.typing import ArrayLike

from ...data import as_features
from ...errors import InvalidTypeError, InvalidValueError
from ..exact._integers import Row, integer_rows, primitive, rank
from ._covectors import face_blocks
from ._faces import as_dimension, reduce_rows

__all__ = ["characteristic_polynomial", "count_cones", "count_faces", "cover_count", "general_position_count"]

Polynomial = list[int]  # coefficients by ascending power


def _positive(value: object, name: str, meaning: str) -> int:
    """Check a count that must be an integer ≥ 1."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = as_index(value)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidTypeError(f"{name} is {value!r}; expected an integer, {meaning}") from None
    if number < 1:
        raise InvalidValueError(f"{name} is {number}; expected at least 1, {meaning}")
    return number


def cover_count(n: int, d: int) -> int:
    """Cover's number of activation cones of n samples in general position in R^d.

    C(n, d) = 2 Σ_{i=0}^{d−1} binom(n − 1, i), the number of sign patterns of (w · x_k)_k without a zero.

    Parameters
    ----------
    n : int
        Number of samples, at least 1; any d of them are taken to be independent.
    d : int
        Their dimension, at least 1.

    Returns
    -------
    int
        Exact, of any size; 2^n for n ≤ d.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not an integer or is below 1.

    References
    ----------
    T. M. Cover (1965), Geometrical and statistical properties of systems of linear inequalities.

    Examples
    --------
    >>> from extremal.geometry import cover_count
    >>> cover_count(20, 5), cover_count(3, 10)
    (10072, 8)
    """
    n = _positive(n, "n", "the number of samples")
    d = _positive(d, "d", "the dimension")
    return 2 * sum(comb(n - 1, i) for i in range(min(n, d)))


def general_position_count(n: int, d: int, dim: int | None = None) -> int:
    """Count the faces of n samples in general position in R^d.

    binom(n, d − j) · C(n − d + j, j) faces of dimension j: choose the hyperplanes that contain the face, then
    count the cells that the others cut out of their intersection.

    Parameters
    ----------
    n, d : int
        As in `cover_count`.
    dim : int, optional
        The dimension j, 1 to d; by default the sum over all of them.

    Returns
    -------
    int
        Exact.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If an argument is not an integer or is out of range.

    Examples
    --------
    >>> from extremal.geometry import general_position_count
    >>> [general_position_count(6, 3, j) for j in (1, 2, 3)], general_position_count(6, 3)
    ([30, 60, 32], 122)
    """
    n = _positive(n, "n", "the number of samples")
    d = _positive(d, "d", "the dimension")
    total = 0
    for j in range(1, d + 1) if dim is None else [as_dimension(dim, d)]:
        others = n - d + j
        # Without another hyperplane the intersection is one face; with fewer than d − j there is no
        # intersection.
        total += comb(n, d - j) * (cover_count(others, j) if others > 0 else 1)
    return total


def count_cones(X: ArrayLike) -> int:
    """Exact number of activation cones, by enumeration; no cone is kept.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row, in general position or not.

    Returns
    -------
    int
        Equal to `cover_count(n, d)` in general position.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As in `cones`.

    Examples
    --------
    >>> from extremal.geometry import count_cones
    >>> count_cones([[1, 0], [1, 1], [2, 2], [0, 0]])
    4
    """
    X = as_features(X)
    return count_faces(X, X.shape[1])


def count_faces(X: ArrayLike, dim: int | None = None) -> int:
    """Exact number of faces, by enumeration; no face is kept.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row, in general position or not.
    dim : int, optional
        Dimension of the faces, 1 to d; by default all of these.

    Returns
    -------
    int
        Equal to `general_position_count(n, d, dim)` in general position.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As in `faces`.

    Examples
    --------
    >>> from extremal.geometry import count_faces
    >>> count_faces([[1, 0, 0], [0, 1, 0]]), count_faces([[1, 0, 0], [0, 1, 0]], dim=1)
    (9, 1)
    """
    X = as_features(X)
    d = X.shape[1]
    reduced = reduce_rows(X, points=False)
    total = 0
    for j in range(1, d + 1) if dim is None else [as_dimension(dim, d)]:
        if d - j == reduced.rank:
            total += 1
        elif d - j < reduced.rank:
            assert reduced.planes is not None
            total += 2 * sum(len(block.signs) for block in face_blocks(reduced.planes, d - j))
    return total


def characteristic_polynomial(X: ArrayLike) -> tuple[int, ...]:
    """Characteristic polynomial of the arrangement of the hyperplanes x_k^⊥, exact.

    By Zaslavsky's theorem the sum of the absolute values of its coefficients is the number of activation
    cones.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row.  Parallel rows count once, and rows of zeros not at all.

    Returns
    -------
    tuple of d + 1 int
        Coefficients by descending power of t, as for `numpy.polyval`; the first one is 1.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As in `cones`.

    Notes
    -----
    Deletion and restriction with a memory: up to about n^{d−2} restrictions, meant for some dozens of rows.

    References
    ----------
    T. Zaslavsky (1975), Facing up to arrangements.

    Examples
    --------
    The arrangement of permutations of three things, (t − 0)(t − 1)(t − 2):

    >>> from extremal.geometry import characteristic_polynomial
    >>> characteristic_polynomial([[1, -1, 0], [0, 1, -1], [1, 0, -1]])
    (1, -3, 2, 0)
    """
    X = as_features(X)
    rows = _distinct(integer_rows(X))
    return tuple(reversed(_polynomial(rows, X.shape[1], {})))


def _distinct(rows: list[Row]) -> tuple[tuple[int, ...], ...]:
    """One primitive row, its first entry positive, for each hyperplane."""
    found: dict[tuple[int, ...], None] = {}
    for row in rows:
        lead = next((a for a in row if a), 0)
        if lead:
            found[tuple(a if lead > 0 else -a for a in primitive(row))] = None
    return tuple(sorted(found))


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    product = [0] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            product[i + j] += a * b
    return product


def _polynomial(rows: tuple[tuple[int, ...], ...], width: int, memory: dict) -> Polynomial:
    """χ by deletion and restriction: χ(A) = t^width − Σ_k χ(the rows before k restricted to x_k^⊥)."""
    if (rows, width) in memory:
        return memory[rows, width]
    count = len(rows)
    size = rank(rows)
    if size == count:  # independent rows: t^(width − count) (t − 1)^count
        result = [0] * (width - count) + [(-1) ** (count - i) * comb(count, i) for i in range(count + 1)]
    elif size == 2:  # a pencil of lines: (t − 1)(t − count + 1)
        result = [0] * (width - 2) + _times([-1, 1], [1 - count, 1])
    else:
        result = [0] * width + [1]
        for k, base in enumerate(rows):
            pivot = next(j for j in range(width) if base[j])
            restricted = []
            for row in rows[:k]:
                full = [base[pivot] * a - row[pivot] * b for a, b in zip(row, base, strict=True)]
                restricted.append(full[:pivot] + full[pivot + 1 :])
            for i, a in enumerate(_polynomial(_distinct(restricted), width - 1, memory)):
                result[i] -= a
    memory[rows, width] = result
    return result
