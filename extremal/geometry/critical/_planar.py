"""Faces of an arrangement in the plane, by sorting the angles of its lines: 4m faces in O(m log m)."""

from collections.abc import Iterator
from functools import cmp_to_key

import numpy as np

from ._arrangement import Arrangement

__all__ = ["planar_faces"]

# Faces in one block times hyperplanes.
BLOCK = 2**22


def planar_faces(arr: Arrangement) -> Iterator[np.ndarray]:
    """Blocks (F, m) of sign vectors of the rays and cells of m distinct lines in the plane, going around once.

    Each line x_k^⊥ is crossed at two opposite rays, where the sign of k passes through 0. The order of the rays is that
    of the row directions; it is found in floats and corrected where a cross product is too small to trust.
    """
    order, upper = _sorted_lines(arr)
    m = len(order)
    # Start in the cell just before the ray at which the first line, in order, turns positive.
    signs = np.empty(m, dtype=np.int8)
    signs[order] = -upper[order]
    step = max(1, BLOCK // (4 * m))
    for half in (1, -1):
        for start in range(0, m, step):
            part = order[start : start + step]
            block = np.repeat(half * signs[None], 2 * len(part), axis=0)
            for i, k in enumerate(part):
                block[2 * i :, k] = 0
                block[2 * i + 1 :, k] = half * upper[k]
                signs[k] = upper[k]
            yield block
        signs[order] = -upper[order]


def _sorted_lines(arr: Arrangement) -> tuple[np.ndarray, np.ndarray]:
    """Lines by the angle of their row, turned to the upper half-plane; `upper` says which were kept as they are."""
    a = arr.a
    turned = (a[:, 1] < 0) | ((a[:, 1] == 0) & (a[:, 0] < 0))
    upper = np.where(turned, -1, 1).astype(np.int8)
    points = a * upper[:, None]
    order = np.argsort(np.arctan2(points[:, 1], points[:, 0]), kind="stable")
    following = points[order]
    cross = following[:-1, 0] * following[1:, 1] - following[:-1, 1] * following[1:, 0]
    if arr.basis is None and (cross > 2.0**-48).all():
        return order, upper
    # Nearly equal angles: compare exactly, in two coordinates in which the rows are independent.
    rows = arr.exact.rows
    pair = arr.basis.pivots if arr.basis is not None else [0, 1]
    exact = [(int(row[pair[0]]), int(row[pair[1]])) for row in rows]
    upper = np.array([-1 if p[1] < 0 or (p[1] == 0 and p[0] < 0) else 1 for p in exact], dtype=np.int8)
    exact = [(s * p[0], s * p[1]) for s, p in zip(upper.tolist(), exact, strict=True)]

    def compare(i: int, j: int) -> int:
        turn = exact[i][0] * exact[j][1] - exact[i][1] * exact[j][0]
        return (turn < 0) - (turn > 0)

    return np.array(sorted(order.tolist(), key=cmp_to_key(compare))), upper
