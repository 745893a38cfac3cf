"""A vector on a face of the arrangement, exactly: zero on the given hyperplanes, of given sign on the others."""

from collections.abc import Sequence
from fractions import Fraction

from ._integers import dot, null_space
from ._thin import interior_vector

__all__ = ["face_point"]


def face_point(rows: Sequence[Sequence[int]], signs: Sequence[int]) -> list[Fraction]:
    """
    Find w ≠ 0 with sign(row · w) as given, for a face that is known to exist.

    Parameters
    ----------
    rows : sequence of m rows of d int
    signs : sequence of m signs

    Returns
    -------
    list of d Fraction
    """
    d = len(rows[0])
    basis = null_space([list(row) for row, s in zip(rows, signs, strict=True) if s == 0], d)
    # In coordinates of the flat the face is an open cone.
    restricted = [[s * dot(row, b) for b in basis] for row, s in zip(rows, signs, strict=True) if s != 0]
    if not restricted:
        return [Fraction(v) for v in basis[0]]
    inside, _ = interior_vector(restricted)
    return [sum((c * b[j] for c, b in zip(inside, basis, strict=True)), Fraction(0)) for j in range(d)]
