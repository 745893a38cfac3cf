"""Exact linear algebra on the dyadic rationals that floats are: small systems, ranks, feasibility.

Everything here is for the few cases that rounding leaves open, so it favours plain Fractions over speed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

__all__ = ["RowSpace", "dyadic", "exact_rank_basis", "feasible", "reduced_rows", "solve"]


def dyadic(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Integers (object array) and an exponent with values = integers · 2^exponent, exactly."""
    flat = np.asarray(values, dtype=np.float64)
    mantissa, exponent = np.frexp(flat)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    used = whole != 0
    if not used.any():
        return np.zeros(flat.shape, dtype=object), 0
    lowest = int(exponent[used].min()) - 53
    shift = np.where(used, exponent - 53 - lowest, 0)
    result = np.empty(flat.shape, dtype=object)
    result.ravel()[:] = [int(w) << int(s) for w, s in zip(whole.ravel(), shift.ravel(), strict=True)]
    return result, lowest


def reduced_rows(rows: Sequence[Sequence] | np.ndarray) -> tuple[list[list[Fraction]], list[int], list[int]]:
    """Reduced row echelon form, its pivot columns, and the indices of the rows that raised the rank."""
    echelon: list[list[Fraction]] = []
    pivots: list[int] = []
    kept: list[int] = []
    for index, row in enumerate(rows):
        work = [Fraction(v) for v in row]
        for line, pivot in zip(echelon, pivots, strict=True):
            if work[pivot]:
                factor = work[pivot]
                work = [a - factor * b for a, b in zip(work, line, strict=True)]
        if not any(work):
            continue
        # The largest entry, so that the entries of the form stay small.
        pivot = max(range(len(work)), key=lambda j: abs(work[j]))
        head = work[pivot]
        work = [v / head for v in work]
        for i, line in enumerate(echelon):
            if line[pivot]:
                factor = line[pivot]
                echelon[i] = [a - factor * b for a, b in zip(line, work, strict=True)]
        echelon.append(work)
        pivots.append(pivot)
        kept.append(index)
    return echelon, pivots, kept


def solve(matrix: Sequence[Sequence], right: Sequence) -> list[Fraction]:
    """The solution of a regular square system."""
    size = len(right)
    work = [[Fraction(v) for v in row] + [Fraction(b)] for row, b in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if work[i][column])
        work[column], work[pivot] = work[pivot], work[column]
        head = work[column][column]
        work[column] = [v / head for v in work[column]]
        for i in range(size):
            factor = work[i][column]
            if i != column and factor:
                work[i] = [a - factor * b for a, b in zip(work[i], work[column], strict=True)]
    return [row[size] for row in work]


def feasible(matrix: Sequence[Sequence], right: Sequence) -> list[Fraction] | None:
    """A point of {x : matrix x = right, x ≥ 0}, or None if there is none: phase one of the simplex method.

    Bland's rule, so it ends.
    """
    width = len(matrix[0]) if len(matrix) else 0
    table = [[Fraction(v) for v in row] for row in matrix]
    values = [Fraction(b) for b in right]
    basis = []
    for i in range(len(table)):
        if values[i] < 0:
            table[i] = [-v for v in table[i]]
            values[i] = -values[i]
        # Artificial variables are numbered beyond the real ones and never re-enter.
        basis.append(width + i)
    while True:
        artificial = [i for i, b in enumerate(basis) if b >= width]
        if not any(values[i] for i in artificial):
            break
        basic = set(basis)
        entering = next(
            (j for j in range(width) if j not in basic and sum((table[i][j] for i in artificial), Fraction(0)) > 0),
            None,
        )
        if entering is None:
            return None
        # The infeasibility is bounded below, so some row stops the entering variable.
        _, _, row = min((values[i] / line[entering], basis[i], i) for i, line in enumerate(table) if line[entering] > 0)
        head = table[row][entering]
        table[row] = [v / head for v in table[row]]
        values[row] = values[row] / head
        for i in range(len(table)):
            factor = table[i][entering]
            if i != row and factor:
                table[i] = [a - factor * b for a, b in zip(table[i], table[row], strict=True)]
                values[i] -= factor * values[row]
        basis[row] = entering
    point = [Fraction(0)] * width
    for i, b in enumerate(basis):
        if b < width:
            point[b] = values[i]
    return point


@dataclass(frozen=True, eq=False)
class RowSpace:
    """Coordinates of the row space L of rank-deficient data, in which the problem keeps its form.

    With pivot columns J and the reduced echelon form T, every row is x = T^T x_J, and w in L is w = T^T τ, so
    x·w = x_J·Mτ with M = T T^T. A float Cholesky factor F of M (any invertible matrix serves) turns this into
    x·w = (F^{-1} M x_J)·(F^T τ) and D = Σ c_k x_k into F^T Σ c_k x_{k,J}: two sets of rows that nearly agree, each
    correctly rounded from exact values.
    """

    echelon: list[list[Fraction]]
    pivots: list[int]
    factor: np.ndarray

    def coordinates(self, x: np.ndarray, exponents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Activation rows F^{-1} M x_J and generators F^T x_J of the rows 2^-exponent x."""
        size = len(self.pivots)
        gram = [
            [sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0)) for b in self.echelon] for a in self.echelon
        ]
        factor = [[Fraction(float(v)) for v in row] for row in self.factor]
        columns = [solve(factor, [gram[i][j] for i in range(size)]) for j in range(size)]
        activation = np.empty((len(x), size))
        generators = np.empty((len(x), size))
        scaled = np.ldexp(x, -exponents[:, None])
        for k, row in enumerate(scaled):
            entries = [Fraction(float(row[j])) for j in self.pivots]
            for i in range(size):
                activation[k, i] = float(sum((columns[j][i] * entries[j] for j in range(size)), Fraction(0)))
                generators[k, i] = float(sum((factor[j][i] * entries[j] for j in range(size)), Fraction(0)))
        return activation, generators

    def vector(self, coordinates: np.ndarray) -> list[Fraction]:
        """The vector w = T^T τ of R^d with F^T τ = coordinates, exactly."""
        transposed = [[Fraction(float(v)) for v in column] for column in self.factor.T]
        tau = solve(transposed, [Fraction(float(v)) for v in coordinates])
        return [
            sum((t * row[j] for t, row in zip(tau, self.echelon, strict=True)), Fraction(0))
            for j in range(len(self.echelon[0]))
        ]


def exact_rank_basis(x: np.ndarray) -> RowSpace | None:
    """The row space of x (no row zero), or None if the rows span R^d."""
    d = x.shape[1]
    numbers = [dyadic(row)[0] for row in x]
    echelon: list[list[Fraction]] = []
    pivots: list[int] = []
    for row in numbers:
        # Rows in the span so far are x = T^T x_J; only the others go into the echelon form.
        known = [
            sum((line[j] * row[p] for line, p in zip(echelon, pivots, strict=True)), Fraction(0)) for j in range(d)
        ]
        if known != list(row):
            echelon, pivots, _ = reduced_rows([*echelon, list(row)])
            if len(echelon) == d:
                break
    if len(echelon) == d:
        return None
    t = np.array([[float(v) for v in row] for row in echelon])
    return RowSpace(echelon, pivots, np.linalg.cholesky(t @ t.T))
