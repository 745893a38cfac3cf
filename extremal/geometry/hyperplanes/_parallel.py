"""Rows that share a hyperplane: exactly parallel ones, along or against each other."""

from math import gcd

import numpy as np

from ..exact._exact import dyadic

__all__ = ["group_parallel"]


def group_parallel(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Group exactly parallel rows (none zero): group of each row, its side, and the first row of each group.

    Parallel rows have their largest entry in the same place, and dividing by it gives the same real numbers, hence
    the same floats; the few that agree in floats are compared exactly.
    """
    pivot = np.argmax(np.abs(x), axis=1)
    head = x[np.arange(len(x)), pivot]
    key = np.ascontiguousarray(np.column_stack([x / head[:, None] + 0.0, pivot]))
    _, first, group, counts = np.unique(
        key.view(np.dtype((np.void, key.dtype.itemsize * key.shape[1]))).ravel(),
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    group = group.ravel()
    side = np.ones(len(x), dtype=np.int8)
    if len(first) < len(x):
        order = np.argsort(group, kind="stable")
        starts = np.concatenate([[0], np.cumsum(counts)])
        extra = len(first)
        for c in np.flatnonzero(counts > 1):
            members = order[starts[c] : starts[c + 1]]
            numbers, _ = dyadic(x[members])
            seen: dict[tuple[int, ...], int] = {}
            for k, row in zip(members, numbers, strict=True):
                divisor = gcd(*row)
                sign = 1 if head[k] > 0 else -1
                direction = tuple(sign * v // divisor for v in row)
                if direction not in seen:
                    seen[direction] = extra if seen else int(c)
                    extra += bool(len(seen) > 1)
                group[k] = seen[direction]
    # Number the groups by their first row, which represents them.
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    group = rank[group.ravel()]
    first = first[order]
    side[np.sign(head) != np.sign(head[first[group]])] = -1
    return group, side, first
