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

# Binary digits of the quadratic form's factors.
GUIDE = 40

# Of the Lovász condition; any number between 1/4 and 1 will do.
LOVASZ = Fraction(3, 4)


def interior_vector(rows: list[Row], centre: list[Fraction] | None = None) -> tuple[list[Fraction], bool]:
    """Find w with row · w > 0 for every row, of entries that are floats if possible.

    Parameters
    ----------
    rows : list of n lists of d int
        Of a cone that is not empty.
    centre : list of d Fraction, optional
        A vector inside; by default linear programming finds one.

    Returns
    -------
    w : list of d Fraction
        Inside the cone.
    found : bool
        Whether the entries of w are integers of at most 53 bits.
    """
    d = len(rows[0])
    if centre is None:
        centre = _centre(rows)
    scale = max(map(abs, centre))
    centre = [a / scale for a in centre]
    common = lcm(*(a.denominator for a in centre))
    point = [int(a * common) for a in centre]
    heights = [dot(row, point) for row in rows]
    # The walls that are near decide; the others, as the rounding of the form, may only spoil the guess.
    near = sorted(range(len(rows)), key=lambda k: Fraction(heights[k], max(map(abs, rows[k]))))[: 4 * d]
    weights = [[(a * common << GUIDE) // heights[k] for a in rows[k]] for k in near]
    form = [[sum(w[i] * w[j] for w in weights) for j in range(d)] for i in range(d)]
    # The way from the target to the lattice does not depend on t, and the ellipsoid grows with it: the largest t.
    w = _reduced(form).nearest([a * (1 << SIGNIFICAND - 1) for a in centre])
    found = max(map(abs, w)) < 1 << SIGNIFICAND and all(dot(row, w) > 0 for row in rows)
    return ([Fraction(a) for a in w], True) if found else (centre, False)


def _centre(rows: list[Row]) -> list[Fraction]:
    """Find a vector inside the cone by exact linear programming, with more and more of the rows."""
    d = len(rows[0])
    chosen = list(range(min(d, len(rows))))
    while True:
        # row · w ≥ max |row_j|, with w = u − v and slacks, u, v and slacks ≥ 0.
        matrix = [
            [*rows[k], *(-a for a in rows[k]), *(-int(i == k) for i in chosen)] for k in chosen
        ]
        point = feasible(matrix, [max(map(abs, rows[k])) for k in chosen])
        if point is None:
            raise ValueError("the rows have no common open half-space, so they bound no cone")
        w = [u - v for u, v in zip(point[:d], point[d : 2 * d], strict=True)]
        short = [
            sum(a * b for a, b in zip(row, w, strict=True)) / Fraction(max(map(abs, row))) for row in rows
        ]
        worst = min(range(len(rows)), key=short.__getitem__)
        if short[worst] > 0:
            return w
        chosen.append(worst)


class _Gram:
    """Gram-Schmidt coefficients of a lattice basis for a quadratic form, exact."""

    def __init__(self, form: list[list[int]], basis: list[Row]) -> None:
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


def _reduced(form: list[list[int]]) -> _Gram:
    """Reduce the standard basis of Z^d for the form: Lenstra, Lenstra & Lovász, exact."""
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
    return gram
