"""Vectors of floats inside cones that are thinner than the rounding of their directions.

Near points where many hyperplanes almost meet there are cones of relative width 10^-30, and rounding a point
inside to floats leaves them.  Still they contain vectors of integers below 2^53, which floats are: with u
inside the cone {w : a_k · w > 0} the ellipsoid Σ_k (a_k · δ / a_k · u)² < t² around t u, Dikin's, lies in it,
and a lattice basis that is reduced for this quadratic form (Lenstra, Lenstra & Lovász 1982) leads to an
integer vector near its centre (Babai's nearest plane), for t about as small as any.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from ._exact import feasible
from ._integers import Row, dot

__all__ = ["interior_vector"]

# Integers below 2^53 are floats.
SIGNIFICAND = 53

# Of the Lovász condition; any number between 1/4 and 1 will do.
LOVASZ = Fraction(3, 4)


def interior_vector(rows: list[Row]) -> tuple[list[Fraction], bool]:
    """Find w with row · w > 0 for every row, of entries that are floats if possible.

    Parameters
    ----------
    rows : list of n lists of d int
        Of a cone that is not empty.

    Returns
    -------
    w : list of d Fraction
        Inside the cone.
    found : bool
        Whether the entries of w are integers of at most 53 bits.
    """
    d = len(rows[0])
    # row · w ≥ max |row_j|, with w = u − v and slacks, u, v and slacks ≥ 0.
    slack = [[-1 if i == k else 0 for i in range(len(rows))] for k in range(len(rows))]
    matrix = [[*row, *(-a for a in row), *s] for row, s in zip(rows, slack, strict=True)]
    point = feasible(matrix, [max(map(abs, row)) for row in rows])
    if point is None:
        raise ValueError("the rows have no common open half-space, so they bound no cone")
    centre = [u - v for u, v in zip(point[:d], point[d : 2 * d], strict=True)]
    scale = max(map(abs, centre))
    centre = [a / scale for a in centre]
    heights = [sum((a * b for a, b in zip(row, centre, strict=True)), Fraction(0)) for row in rows]
    weights = [[Fraction(a) / h for a in row] for row, h in zip(rows, heights, strict=True)]
    form = [[sum((w[i] * w[j] for w in weights), Fraction(0)) for j in range(d)] for i in range(d)]
    basis = _reduced(form)
    gram = _Gram(form, basis)
    for bits in range(SIGNIFICAND + 1):
        target = [a * (1 << bits) for a in centre]
        w = gram.nearest(target)
        if max(map(abs, w)) < 1 << SIGNIFICAND and all(dot(row, w) > 0 for row in rows):
            return [Fraction(a) for a in w], True
    return centre, False


class _Gram:
    """Gram-Schmidt coefficients of a lattice basis for a quadratic form, exact."""

    def __init__(self, form: list[list[Fraction]], basis: list[Row]) -> None:
        self.form, self.basis = form, basis
        self.star: list[list[Fraction]] = []
        self.norms: list[Fraction] = []
        for b in basis:
            star = [Fraction(a) for a in b]
            for s, norm in zip(self.star, self.norms, strict=True):
                factor = self.product(b, s) / norm
                star = [a - factor * c for a, c in zip(star, s, strict=True)]
            self.star.append(star)
            self.norms.append(self.product(star, star))

    def product(self, left: Sequence[int | Fraction], right: Sequence[int | Fraction]) -> Fraction:
        """Evaluate the bilinear form."""
        images = [sum((f * b for f, b in zip(line, right, strict=True)), Fraction(0)) for line in self.form]
        return sum((a * c for a, c in zip(left, images, strict=True)), Fraction(0))

    def coefficient(self, vector: Sequence[int | Fraction], k: int) -> Fraction:
        """Project a vector to the k-th direction."""
        return self.product(vector, self.star[k]) / self.norms[k]

    def nearest(self, target: list[Fraction]) -> Row:
        """Find a lattice vector near the target: Babai's nearest plane."""
        rest = list(target)
        result = [0] * len(target)
        for k in reversed(range(len(self.basis))):
            factor = round(self.coefficient(rest, k))
            rest = [a - factor * b for a, b in zip(rest, self.basis[k], strict=True)]
            result = [a + factor * b for a, b in zip(result, self.basis[k], strict=True)]
        return result


def _reduced(form: list[list[Fraction]]) -> list[Row]:
    """Basis of Z^d that is reduced for the form: Lenstra, Lenstra & Lovász, exact."""
    common = lcm(*(a.denominator for line in form for a in line))
    form = [[a * common for a in line] for line in form]
    d = len(form)
    basis = [[int(i == j) for j in range(d)] for i in range(d)]
    gram = _Gram(form, basis)
    k = 1
    while k < d:
        for j in reversed(range(k)):
            factor = round(gram.coefficient(basis[k], j))
            if factor:
                basis[k] = [a - factor * b for a, b in zip(basis[k], basis[j], strict=True)]
        mu = gram.coefficient(basis[k], k - 1)
        if gram.norms[k] >= (LOVASZ - mu**2) * gram.norms[k - 1]:
            k += 1
        else:
            basis[k - 1], basis[k] = basis[k], basis[k - 1]
            gram = _Gram(form, basis)
            k = max(k - 1, 1)
    return basis
