"""Vectors of floats inside cones that are thinner than the rounding of their directions.

Near points where many hyperplanes almost meet there are cones of relative width 10^-30, and rounding a point
inside to floats leaves them.  Still they contain vectors of integers below 2^53, which floats are: with u
inside the cone {w : a_k · w > 0} the ellipsoid Σ_k (a_k · δ / a_k · u)² < t² around t u, Dikin's, lies in it,
and a lattice basis that is reduced for this quadratic form (Lenstra, Lenstra & Lovász 1982) leads to an
integer vector near its centre (Babai's nearest plane), for t about as small as any.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from ._exact import feasible
from ._integers import Row, dot

__all__ = ["interior_vector"]

# Integers below 2^53 are floats.
SIGNIFICAND = 53

# Binary digits of the quadratic form's factors.
GUIDE = 40


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
    # One more in the diagonal keeps the form positive definite when the near walls do not span.
    form = [[sum(w[i] * w[j] for w in weights) + (i == j) for j in range(d)] for i in range(d)]
    # The way from the target to the lattice does not depend on t, and the ellipsoid grows with it: the
    # largest t.
    w = _nearest(form, _reduced(form), [a << SIGNIFICAND - 1 for a in point], common)
    found = max(map(abs, w)) < 1 << SIGNIFICAND and all(dot(row, w) > 0 for row in rows)
    return ([Fraction(a) for a in w], True) if found else (centre, False)


def _centre(rows: list[Row]) -> list[Fraction]:
    """Find a vector inside the cone by exact linear programming, with more and more of the rows."""
    d = len(rows[0])
    chosen = list(range(min(d, len(rows))))
    while True:
        # row · w ≥ max |row_j|, with w = u − v and slacks, u, v and slacks ≥ 0.
        matrix = [[*rows[k], *(-a for a in rows[k]), *(-int(i == k) for i in chosen)] for k in chosen]
        point = feasible(matrix, [max(map(abs, rows[k])) for k in chosen])
        if point is None:
            raise ValueError("the rows have no common open half-space, so they bound no cone")
        w = [u - v for u, v in zip(point[:d], point[d : 2 * d], strict=True)]
        short = [sum(a * b for a, b in zip(row, w, strict=True)) / Fraction(max(map(abs, row))) for row in rows]
        worst = min(range(len(rows)), key=short.__getitem__)
        if short[worst] > 0:
            return w
        chosen.append(worst)


def _orthogonalise(form: list[Row], vectors: list[Row]) -> tuple[Row, list[Row]]:
    """Gram-Schmidt in integers: the leading minors of the Gram matrix, and scaled coefficients λ_ij, j ≤ i.

    With orthogonal vectors b*_j, λ_ij = minors[j + 1] · ⟨b_i, b*_j⟩ / ⟨b*_j, b*_j⟩ and λ_jj = minors[j + 1].
    """
    images = [[dot(line, vector) for line in form] for vector in vectors]
    minors: Row = [1]
    scaled: list[Row] = []
    for i, vector in enumerate(vectors):
        row: Row = []
        for j in range(i + 1):
            value = dot(vector, images[j])
            for k in range(j):
                other = row if j == i else scaled[j]
                value = (minors[k + 1] * value - row[k] * other[k]) // minors[k]
            row.append(value)
        scaled.append(row)
        minors.append(row[i])
    return minors, scaled


def _nearest_integer(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)


def _reduced(form: list[Row]) -> list[Row]:
    """Reduce the standard basis of Z^d for the form: Lenstra, Lenstra & Lovász, in integers, constant 3/4."""
    d = len(form)
    basis = [[int(i == j) for j in range(d)] for i in range(d)]
    minors, scaled = _orthogonalise(form, basis)
    k = 1
    while k < d:
        for j in reversed(range(k)):
            factor = _nearest_integer(scaled[k][j], minors[j + 1])
            basis[k] = [a - factor * b for a, b in zip(basis[k], basis[j], strict=True)]
            scaled[k][: j + 1] = [a - factor * b for a, b in zip(scaled[k], scaled[j], strict=False)]
        if 4 * (minors[k + 1] * minors[k - 1] + scaled[k][k - 1] ** 2) >= 3 * minors[k] ** 2:
            k += 1
        else:
            basis[k - 1], basis[k] = basis[k], basis[k - 1]
            minors, scaled = _orthogonalise(form, basis)
            k = max(k - 1, 1)
    return basis


def _nearest(form: list[Row], basis: list[Row], target: Row, unit: int) -> Row:
    """Find an integer vector near target / unit: Babai's nearest plane."""
    d = len(basis)
    minors, scaled = _orthogonalise(form, [*basis, target])
    rest = scaled[d]
    result = [0] * d
    for j in reversed(range(d)):
        factor = _nearest_integer(rest[j], minors[j + 1] * unit)
        rest[: j + 1] = [a - factor * unit * b for a, b in zip(rest, scaled[j], strict=False)]
        result = [a + factor * b for a, b in zip(result, basis[j], strict=True)]
    return result
