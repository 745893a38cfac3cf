"""Whether hyperplanes have a point of a simplicial cone in common: decided in exact arithmetic.

There 𝒟_n lets each of them take either end, so that the longest vector of the enclosure is an element of it.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..geometry.exact._exact import feasible
from ..geometry.exact._signs import integers

__all__ = ["common_point"]


def common_point(rows: NDArray[np.float64], vertices: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """
    Find w ≠ 0 in the cone of the rows of `vertices` with rows @ w = 0.

    Parameters
    ----------
    rows : ndarray of shape (q, d)
        Normals, read as the dyadic rationals they are.
    vertices : ndarray of shape (d, d)
        Independent vectors of integers.

    Returns
    -------
    ndarray of shape (d,) or None
        A unit vector, rounded; None if there is none.
    """
    edges = [[int(e) for e in v] for v in vertices]
    matrix = [
        [Fraction(sum(a * e for a, e in zip(integers(row), edge, strict=True))) for edge in edges] for row in rows
    ]
    matrix.append([Fraction(1)] * len(edges))
    point = feasible(matrix, [0] * len(rows) + [1])
    if point is None:
        return None
    w = np.array([float(sum(p * edge[j] for p, edge in zip(point, edges, strict=True))) for j in range(len(edges))])
    return w / np.linalg.norm(w)
