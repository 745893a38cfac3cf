"""Exact linear algebra over the integers.

A finite float is a dyadic rational, so a row of floats times a suitable power of two is a row of integers.
Scaling a row by a positive number moves none of the signs that this package is about: those of ``x_k · w``,
of determinants of rows and of the coefficients with which one row depends on others.  Everything here is
therefore exact, and no tolerance occurs.

Elimination is fraction-free (Bareiss 1968): every intermediate number is a minor of the matrix, so the
divisions leave no remainder and the entries grow no faster than Hadamard's bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd

import numpy as np

Row = list[int]

__all__ = [
    "Row",
    "determinant",
    "dot",
    "eliminate",
    "integer_rows",
    "null_space",
    "null_vector",
    "primitive",
    "rank",
    "sign",
    "solve_signs",
]


def sign(value: int) -> int:
    """Sign of an exact number, in {-1, 0, 1}."""
    return (value > 0) - (value < 0)


def dot(left: Sequence[int], right: Sequence[int]) -> int:
    """Exact inner product of two integer vectors."""
    return sum(a * b for a, b in zip(left, right, strict=True))


def primitive(row: Sequence[int]) -> Row:
    """Divide a row by the greatest common divisor of its entries; its direction stays."""
    divisor = gcd(*row) if row else 0
    return [a // divisor for a in row] if divisor > 1 else list(row)


def integer_rows(X: np.ndarray) -> list[Row]:
    """Read each row of floats as a primitive row of integers with the same direction.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Finite floats; every one is the dyadic rational that it is.

    Returns
    -------
    list of n lists of d int
        ``X[k]`` times a positive rational number, with coprime entries; a row of zeros stays one.

    Examples
    --------
    >>> import numpy as np
    >>> integer_rows(np.array([[0.5, -0.75], [0.0, 0.0]]))
    [[2, -3], [0, 0]]
    """
    rows = []
    for row in X.tolist():
        ratios = [value.as_integer_ratio() for value in row]
        # The denominators are powers of two: the largest is their least common multiple.
        common = max((q for _, q in ratios), default=1)
        rows.append(primitive([p * (common // q) for p, q in ratios]))
    return rows


def eliminate(rows: Iterable[Sequence[int]]) -> tuple[list[Row], list[int], int]:
    """Fraction-free Gauss-Jordan elimination.

    Returns
    -------
    reduced : list of rows
        One row for each pivot: ``pivot`` in its own pivot column, 0 in the other pivot columns.
    columns : list of int
        The pivot columns, in the order of the rows of `reduced`.
    pivot : int
        The common pivot, up to sign the minor of the pivot rows and columns (1 if there is none).
    """
    work = [list(row) for row in rows]
    columns: list[int] = []
    previous = 1
    top = 0
    width = len(work[0]) if work else 0
    for column in range(width):
        found = next((k for k in range(top, len(work)) if work[k][column]), None)
        if found is None:
            continue
        work[top], work[found] = work[found], work[top]
        base = work[top]
        pivot = base[column]
        for k, row in enumerate(work):
            if k == top:
                continue
            factor = row[column]
            # Exact division: each result is a minor of the input (Sylvester's identity).
            work[k] = [(pivot * a - factor * b) // previous for a, b in zip(row, base, strict=True)]
        columns.append(column)
        previous = pivot
        top += 1
        if top == len(work):
            break
    return work[:top], columns, previous


def rank(rows: Iterable[Sequence[int]]) -> int:
    """Exact rank of integer rows."""
    return len(eliminate(rows)[1])


def determinant(rows: Sequence[Sequence[int]]) -> int:
    """Exact determinant of a square integer matrix (Bareiss)."""
    work = [list(row) for row in rows]
    size = len(work)
    previous, parity = 1, 1
    for top in range(size):
        found = next((k for k in range(top, size) if work[k][top]), None)
        if found is None:
            return 0
        if found != top:
            work[top], work[found] = work[found], work[top]
            parity = -parity
        base, pivot = work[top], work[top][top]
        for row in work[top + 1 :]:
            factor = row[top]
            for j in range(top + 1, size):
                row[j] = (pivot * row[j] - factor * base[j]) // previous
        previous = pivot
    return parity * previous


def null_space(rows: Sequence[Sequence[int]], width: int) -> list[Row]:
    """Primitive integer basis of ``{w : row · w = 0 for every row}`` in dimension `width`."""
    reduced, columns, pivot = eliminate(rows)
    basis = []
    for free in sorted(set(range(width)) - set(columns)):
        vector = [0] * width
        vector[free] = pivot
        for row, column in zip(reduced, columns, strict=True):
            vector[column] = -row[free]
        basis.append(primitive(vector))
    return basis


def null_vector(rows: Sequence[Sequence[int]], width: int) -> Row | None:
    """Return the direction that is orthogonal to every row, or None unless it is unique up to scale."""
    basis = null_space(rows, width)
    return basis[0] if len(basis) == 1 else None


def solve_signs(basis: Sequence[Sequence[int]], target: Sequence[int]) -> list[int]:
    """Signs of the coefficients of `target` in a basis of integer rows.

    Parameters
    ----------
    basis : d rows of d int
        Linearly independent.
    target : d int

    Returns
    -------
    list of d int
        Signs of λ in ``target = Σ_k λ_k basis[k]``.
    """
    size = len(basis)
    augmented = [[row[j] for row in basis] + [target[j]] for j in range(size)]
    reduced, columns, pivot = eliminate(augmented)
    if columns != list(range(size)):
        raise ZeroDivisionError("solve_signs needs linearly independent rows")
    return [sign(row[size]) * sign(pivot) for row in reduced]
