"""Solve a leaf of a proof exactly: every sign pattern of the hyperplanes that cut a cone.

On the face with zero set Z and signs σ elsewhere the only candidate is D = Π_{Z^⊥} S. It counts for the cone C if
sD ∈ C, the signs s x_k·D are σ, and D − S is a combination of the zero rows with multipliers in range. Everything is in
integers: F holds the facet normals of C, P a multiple of the projection Π.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import gcd, lcm

import numpy as np

from ..exact._box import box_multipliers
from ..exact._exact import feasible, reduced_rows, solve

__all__ = ["Leaf"]


class Leaf:
    """A cone cut by few hyperplanes.

    Parameters
    ----------
    x, on, off : ndarray (n, d) of int
        Rows, and what they contribute where they are active and where they are not.
    rows : ndarray of int
        The rows whose hyperplanes cut the cone.
    vertices : list of list of int
        The vertices of the cone.
    """

    def __init__(self, x: np.ndarray, on: np.ndarray, off: np.ndarray, rows: np.ndarray, vertices: list[list[int]]):
        self.x, self.on, self.off, self.vertices = x, on, off, vertices
        self.dimension = len(vertices)
        groups: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        for k in rows.tolist():
            divisor = gcd(*x[k])
            turn = 1 if next(v for v in x[k] if v) > 0 else -1
            groups.setdefault(tuple(turn * v // divisor for v in x[k]), []).append((k, turn))
        self.groups = list(groups.values())
        shape = (len(groups), self.dimension)
        self.normals = np.array(list(groups), dtype=object).reshape(shape)
        zeros = np.zeros(self.dimension, dtype=object)
        self.above = np.array(
            [sum((on[k] if turn > 0 else off[k] for k, turn in g), zeros) for g in self.groups], dtype=object
        ).reshape(shape)
        self.below = np.array(
            [sum((off[k] if turn > 0 else on[k] for k, turn in g), zeros) for g in self.groups], dtype=object
        ).reshape(shape)
        columns = list(zip(*vertices, strict=True))
        self.facets = _integers(
            [solve(columns, [int(i == j) for i in range(self.dimension)]) for j in range(self.dimension)]
        ).T

    def extremal(self, base: np.ndarray, side: int, signs: list[int]) -> Iterator[tuple[int, dict[int, int]]]:
        """The extremal vectors D ≠ 0 with w in the cone (side 1) or its negative (−1), as sign and signs of `rows`.

        `base` is what the other rows contribute there.
        """
        for zero, projection, scale in self._zero_sets:
            free = [g for g in range(len(self.groups)) if g not in zero]
            onto = self.facets @ projection
            height = onto @ base
            above, below = self.above[free] @ onto.T, self.below[free] @ onto.T
            possible = [
                s
                for s in signs
                if (s * side * height + np.maximum(s * side * above, s * side * below).sum(axis=0) >= 0).all()
            ]
            if not possible:
                continue
            choices = np.array(list(product((1, -1), repeat=len(free))), dtype=object).reshape(
                2 ** len(free), len(free)
            )
            totals = base + ((1 + choices) // 2) @ self.above[free] + ((1 - choices) // 2) @ self.below[free]
            points = totals @ projection.T
            values = choices * (points @ self.normals[free].T)
            coordinates = totals @ onto.T
            for s in possible:
                fits = (
                    (s * side * coordinates >= 0).all(axis=1) & (s * values > 0).all(axis=1) & (points != 0).any(axis=1)
                )
                for i in np.flatnonzero(fits):
                    if self._combines(zero, totals[i], points[i], scale):
                        yield s, self._pattern(zero, free, choices[i])

    def zero(self, base: np.ndarray, side: int) -> bool:
        """Whether 0 ∈ 𝒟(w) for some w in the cone (side 1) or its negative (−1)."""
        for zero, projection, scale in self._zero_sets:
            free = [g for g in range(len(self.groups)) if g not in zero]
            for choice in product((1, -1), repeat=len(free)):
                total = base.copy()
                for sign, g in zip(choice, free, strict=True):
                    total = total + (self.above[g] if sign > 0 else self.below[g])
                if (projection @ total).any():
                    continue
                if self._combines(zero, total, 0 * total, scale) and self._meets(zero, free, choice, side):
                    return True
        return False

    @cached_property
    def _zero_sets(self) -> list[tuple[tuple[int, ...], np.ndarray, int]]:
        """Sets of hyperplanes of rank below d, with P and the integer c for which P / c projects off their span."""
        result = []
        for chosen in product((False, True), repeat=len(self.groups)):
            zero = tuple(g for g, c in enumerate(chosen) if c)
            kept = reduced_rows(self.normals[list(zero)])[2]
            if len(kept) < self.dimension:
                result.append((zero, *_projection(self.normals[[zero[i] for i in kept]], self.dimension)))
        return result

    def _combines(self, zero, total, point, scale) -> bool:
        """Whether the candidate less the total is a combination of the zero rows with multipliers in range."""
        members = [k for g in zero for k, _ in self.groups[g]]
        target = [Fraction(int(p), scale) - int(t) for p, t in zip(point, total, strict=True)]
        if not members:
            return not any(target)
        rest = [t - int(v) for t, v in zip(target, self.off[members].sum(axis=0), strict=True)]
        return (
            box_multipliers([[Fraction(v) for v in row] for row in self.on[members] - self.off[members]], rest)
            is not None
        )

    def _pattern(self, zero, free, choice) -> dict[int, int]:
        pattern = {k: 0 for g in zero for k, _ in self.groups[g]}
        pattern.update({k: int(s) * turn for s, g in zip(choice, free, strict=True) for k, turn in self.groups[g]})
        return pattern

    def _meets(self, zero, free, choice, side) -> bool:
        """Whether the face with these signs meets the cone: exact linear programming in the cone's coordinates."""
        edges = side * self.normals @ np.array(self.vertices, dtype=object).T
        matrix = [list(edges[g]) + [0] * len(free) for g in zero]
        for place, (sign, g) in enumerate(zip(choice, free, strict=True)):
            matrix.append([sign * e for e in edges[g]] + [-int(i == place) for i in range(len(free))])
        right = [0] * len(zero) + [1] * len(free)
        if not free:
            matrix.append([1] * self.dimension)
            right.append(1)
        return feasible(matrix, right) is not None


def _integers(rows: list[list[Fraction]]) -> np.ndarray:
    """A positive multiple of a rational matrix, in integers."""
    common = lcm(*(v.denominator for row in rows for v in row))
    return np.array([[int(v * common) for v in row] for row in rows], dtype=object)


def _projection(normals: np.ndarray, dimension: int) -> tuple[np.ndarray, int]:
    """Integers P and c with P / c the orthogonal projection onto the complement of independent rows."""
    identity = np.array([[int(i == j) for j in range(dimension)] for i in range(dimension)], dtype=object)
    if not len(normals):
        return identity, 1
    gram = normals @ normals.T
    size = range(len(normals))
    inverse = [solve(gram, [int(i == j) for i in size]) for j in size]
    common = lcm(*(v.denominator for row in inverse for v in row))
    whole = np.array([[int(v * common) for v in row] for row in inverse], dtype=object)
    return common * identity - normals.T @ whole @ normals, common
