"""Exact membership in a zonotope, guided by a solution in floats.

Floats are read as the dyadic rationals that they are. The guess is used, never believed: a point is outside
if the direction from the nearest point separates it in exact arithmetic; it is inside if exact multipliers
near the guess lie in [0, 1]; whatever is left goes through the exact simplex method.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..exact._box import box_multipliers

__all__ = ["member"]

# Guessed multipliers this close to 0 or 1 are taken to be 0 or 1. It steers only, and decides nothing.
SNAP = 1e-12

Vector = list[Fraction]


def member(
    base: NDArray[np.float64],
    generators: NDArray[np.float64],
    point: NDArray[np.float64],
    guess: NDArray[np.float64],
) -> bool:
    """
    Decide whether point = base + Σ_k t_k g_k with every t_k in [0, 1].

    Parameters
    ----------
    base, point : ndarray of shape (d,)
        Points.
    generators : ndarray of shape (m, d)
        The vectors g_k.
    guess : ndarray of shape (m,)
        Multipliers whose point is about the nearest one.

    Returns
    -------
    bool
        The exact answer.
    """
    used = generators.any(axis=1)
    g = [[Fraction(a) for a in row] for row in generators[used].tolist()]
    guess = np.where(guess < SNAP, 0.0, np.where(guess > 1 - SNAP, 1.0, guess))[used]
    t = [Fraction(a) for a in guess.tolist()]
    target = [Fraction(a) - Fraction(b) for a, b in zip(point.tolist(), base.tolist(), strict=True)]
    rest = [v - sum(c * row[i] for c, row in zip(t, g, strict=True) if c) for i, v in enumerate(target)]
    # outside if rest·target is above rest·Σ t_k g_k for every t in the box
    heights = (_dot(rest, row) for row in g)
    if _dot(rest, target) > sum(h for h in heights if h > 0):
        return False
    # inside if a few multipliers, those with most room first, can be moved so that nothing is left
    chosen = _independent(g, np.argsort(-np.minimum(guess, 1 - guess), kind="stable").tolist())
    moves = _combination([g[k] for k in chosen], rest)
    if moves is None:
        return False  # not even in the span
    if all(0 <= t[k] + move <= 1 for k, move in zip(chosen, moves, strict=True)):
        return True
    return box_multipliers(g, target, (guess > 0.5).tolist()) is not None


def _dot(a: Vector, b: Vector) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))


def _independent(vectors: list[Vector], order: list[int]) -> list[int]:
    """Choose indices of a basis of the span, the first ones in order that will do."""
    chosen: list[int] = []
    echelon: list[tuple[int, Vector]] = []
    for k in order:
        row = vectors[k]
        for pivot, other in echelon:
            if row[pivot]:
                row = [a - row[pivot] * b for a, b in zip(row, other, strict=True)]
        pivot = next((i for i, a in enumerate(row) if a), -1)
        if pivot >= 0:
            chosen.append(k)
            echelon.append((pivot, [a / row[pivot] for a in row]))
            if len(chosen) == len(row):
                break
    return chosen


def _combination(basis: list[Vector], v: Vector) -> Vector | None:
    """Solve Σ_j c_j basis_j = v by elimination; None if v is not in the span of the independent vectors."""
    rows = [[b[i] for b in basis] + [a] for i, a in enumerate(v)]
    size = len(basis)
    for j in range(size):
        pivot = next(i for i in range(j, len(rows)) if rows[i][j])
        rows[j], rows[pivot] = rows[pivot], rows[j]
        rows[j] = [a / rows[j][j] for a in rows[j]]
        for i, row in enumerate(rows):
            if i != j and row[j]:
                rows[i] = [a - row[j] * b for a, b in zip(row, rows[j], strict=True)]
    return None if any(row[size] for row in rows[size:]) else [row[size] for row in rows[:size]]
