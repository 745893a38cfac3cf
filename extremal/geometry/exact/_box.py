"""Multipliers in a box, in rational arithmetic: the solutions of v = Σ_k t_k g_k with 0 ≤ t_k ≤ 1.

This is membership in a zonotope, as in D ∈ 𝒟_n(w) of Definition 2.1. Phase 1 of the simplex method for
bounded variables: d rows whatever the number of generators, and Bland's rule, so it ends on degenerate data.
"""

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["box_multipliers"]


def box_multipliers(
    generators: Sequence[Sequence[Fraction]],
    target: Sequence[Fraction],
    start: Sequence[bool] | None = None,
) -> list[Fraction] | None:
    """
    Solve Σ_k t_k g_k = target with every t_k in [0, 1].

    Parameters
    ----------
    generators : sequence of m sequences of d Fraction
        The vectors g_k.
    target : sequence of d Fraction
        The vector v.
    start : sequence of m bool, optional
        The corner of the box to start from. A good guess saves nearly all of the work; it does not decide
        whether there is a solution.

    Returns
    -------
    list of m Fraction, or None
        Exact multipliers, or None if there are none. At most d of them are neither 0 nor 1.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> from extremal.geometry.exact._box import box_multipliers
    >>> box_multipliers([[F(1), F(0)], [F(1), F(1)]], [F(1), F(1, 2)])
    [Fraction(1, 2), Fraction(1, 2)]
    >>> box_multipliers([[F(1), F(0)], [F(1), F(1)]], [F(1), F(2)]) is None
    True
    """
    m, d = len(generators), len(target)
    mirrored = list(start) if start is not None else [False] * m  # where t_k stands for 1 − t_k
    columns = [[-a for a in g] if flip else g for g, flip in zip(generators, mirrored, strict=True)]
    at_start = [g for g, flip in zip(generators, mirrored, strict=True) if flip]
    value = [v - sum((g[i] for g in at_start), Fraction(0)) for i, v in enumerate(target)]
    # Row i: Σ_k table[i][k] t_k + (basic variable) = value[i] ≥ 0. At first the basic variable of row i is
    # the artificial one, number m + i, which has no upper bound and never comes back.
    table = [[-g[i] if v < 0 else g[i] for g in columns] for i, v in enumerate(value)]
    value = [abs(v) for v in value]
    basis = list(range(m, m + d))
    step_count = 0
    while any(basis[i] >= m and value[i] for i in range(d)):
        artificial = [i for i in range(d) if basis[i] >= m]
        gains = [sum(table[i][k] for i in artificial) for k in range(m)]
        # the steepest column first, which is fast; the first that helps (Bland) later, which always ends
        entering = gains.index(max(gains)) if step_count < m else next((k for k in range(m) if gains[k] > 0), 0)
        if not gains or gains[entering] <= 0:
            return None
        step_count += 1
        step, leaving = _ratio_test(table, value, basis, entering, m)
        if leaving is None:  # t_k runs from one bound to the other
            _mirror_column(table, value, entering, step)
            mirrored[entering] = not mirrored[entering]
            continue
        if table[leaving][entering] < 0:  # the basic variable leaves at its upper bound
            mirrored[basis[leaving]] = not mirrored[basis[leaving]]
            table[leaving] = [-a for a in table[leaving]]
            table[leaving][basis[leaving]] = Fraction(1)
            value[leaving] = 1 - value[leaving]
        _pivot(table, value, leaving, entering)
        basis[leaving] = entering
    solution = [Fraction(0)] * m
    for i, k in enumerate(basis):
        if k < m:
            solution[k] = value[i]
    return [1 - t if flipped else t for t, flipped in zip(solution, mirrored, strict=True)]


def _ratio_test(
    table: list[list[Fraction]], value: list[Fraction], basis: list[int], entering: int, m: int
) -> tuple[Fraction, int | None]:
    """Find how far t_entering can rise from 0 and the row that stops it, of the least variable at a tie."""
    step, leaving = Fraction(1), None
    for i, row in enumerate(table):
        a = row[entering]
        if a > 0:
            limit = value[i] / a
        elif a < 0 and basis[i] < m:
            limit = (1 - value[i]) / -a
        else:
            continue
        if limit < step or (limit == step and (leaving is None or basis[i] < basis[leaving])):
            step, leaving = limit, i
    return step, leaving


def _mirror_column(table: list[list[Fraction]], value: list[Fraction], k: int, step: Fraction) -> None:
    for i, row in enumerate(table):
        value[i] -= row[k] * step
        row[k] = -row[k]


def _pivot(table: list[list[Fraction]], value: list[Fraction], leaving: int, entering: int) -> None:
    pivot = table[leaving][entering]
    row = table[leaving] = [a / pivot for a in table[leaving]]
    value[leaving] /= pivot
    for i, other in enumerate(table):
        factor = other[entering]
        if i != leaving and factor:
            table[i] = [a - factor * b if b else a for a, b in zip(other, row, strict=True)]
            value[i] -= factor * value[leaving]
