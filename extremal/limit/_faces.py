"""Suprema over all cones and over all of the Clarke subdifferential by enumeration, for few samples (Lemma C.1).

With a constant c in place of D(w),

    sup over cones        max over activation cones of ‖D_n − c‖,
    sup over the Clarke   the same over the elements of every 𝒟_n(w).

𝒟_n(w) grows as w moves to a face of smaller dimension, so the second is reached on the faces of least dimension, and
there at a vertex of the zonotope. In general position its vertices are the D_n of the cones around the face, and the
two agree; rows that depend on each other can make the second larger.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from ..geometry import cover_count, faces
from ..geometry.hyperplanes._faces import cone_arrays, reduce_rows

__all__ = ["Supremum", "clarke_supremum", "cone_supremum", "count_minimal_faces"]

# Zero sets up to this size have all their 2^|Z| corners gone through; beyond, the vertices are enumerated.
CORNERS = 10
# Vertices of one large zonotope that take as long as a face.
VERTICES = 16


@dataclass(frozen=True, eq=False)
class Supremum:
    """A largest ‖D − c‖, the direction and the D that have it, and how many faces were gone through."""

    value: float
    direction: NDArray[np.float64]
    D: NDArray[np.float64]
    count: int


def count_minimal_faces(X: NDArray[np.float64]) -> int:
    """Bound the number of faces of least dimension; if rank < d there is one, which counts by its vertices."""
    reduced = reduce_rows(X, points=False)
    if reduced.planes is None:
        return 1
    m, d = int(reduced.group.max()) + 1, X.shape[1]
    if reduced.rank < d:
        return 1 + cover_count(m, reduced.rank) // VERTICES
    return 2 * comb(m, d - 1) if d > 1 else cover_count(m, 1)


def cone_supremum(X: NDArray[np.float64], z: NDArray[np.float64], c: NDArray[np.float64]) -> Supremum:
    """
    The largest ‖D_n(w) − c‖ over activation cones.

    Parameters
    ----------
    X, z : ndarray of shape (n, d)
        Samples, and y_k x_k / n.
    c : ndarray of shape (d,)
        What D_n is compared with.

    Returns
    -------
    Supremum
    """
    arrays = cone_arrays(X)
    D = (arrays.signs > 0).astype(np.float64) @ z
    values = np.linalg.norm(D - c, axis=1)
    best = int(values.argmax())
    w = arrays.witnesses[best]
    return Supremum(float(values[best]), w / np.linalg.norm(w), D[best], len(D))


def clarke_supremum(X: NDArray[np.float64], z: NDArray[np.float64], c: NDArray[np.float64]) -> Supremum:
    """
    The largest ‖D − c‖ over D ∈ 𝒟_n(w), w ≠ 0, by the faces of least dimension; the cones play no part in it.

    Parameters
    ----------
    X, z : ndarray of shape (n, d)
        Samples, and y_k x_k / n.
    c : ndarray of shape (d,)
        What D is compared with.

    Returns
    -------
    Supremum
    """
    acts = z.any(axis=1)
    X, z = X[acts], z[acts]
    rank = reduce_rows(X, points=False).rank if len(X) else 0
    best = Supremum(-np.inf, np.eye(X.shape[1])[0], np.zeros(X.shape[1]), 0)
    count = 0
    for face in faces(X, max(1, X.shape[1] - rank)) if len(X) else ():
        count += 1
        base = z[face.signs > 0].sum(axis=0)
        generators = z[face.signs == 0]
        D, value = _farthest(base, X[face.signs == 0], generators, c)
        if value > best.value:
            best = Supremum(value, face.witness / np.linalg.norm(face.witness), D, 0)
    if not count:
        return Supremum(float(np.linalg.norm(c)), best.direction, best.D, 0)
    return Supremum(best.value, best.direction, best.D, count)


def _farthest(base, rows, generators, c) -> tuple[NDArray[np.float64], float]:
    """The vertex of a zonotope that is farthest from c; the rows tell its generators' dependencies exactly."""
    m = len(generators)
    if m <= CORNERS:
        corners = ((np.arange(2**m)[:, None] >> np.arange(m)) & 1).astype(np.float64)
    else:
        # A vertex is the farthest point in a direction u: it has the generators y_k x_k with y_k x_k·u > 0.
        pivot = np.abs(rows).argmax(axis=1)[:, None]
        labels = np.sign(np.take_along_axis(generators, pivot, 1) * np.sign(np.take_along_axis(rows, pivot, 1)))
        corners = (cone_arrays(rows).signs * labels[:, 0] > 0).astype(np.float64)
    points = base + corners @ generators
    distances = np.linalg.norm(points - c, axis=1)
    best = int(distances.argmax())
    return points[best], float(distances[best])
