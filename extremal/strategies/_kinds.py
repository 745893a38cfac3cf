"""The kinds of data sets: each has its property by construction, so that nothing is drawn in vain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from types import MappingProxyType

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from numpy.typing import NDArray

from ._general import in_general_position
from ._numbers import NONZERO, SMALL, SMALL_NONZERO, Numbers, directed, sixteenths

__all__ = ["KINDS", "TABLE", "Kind"]

Pair = tuple[NDArray[np.float64], NDArray[np.float64]]

# General position looks at every d − 1 of the earlier rows: above this number of them it takes too long.
SUBSETS = 5_000


def _integers(numbers: Numbers, n: int, d: int) -> Pair:
    X = directed(np.rint(numbers.array(n, d, SMALL)))
    y = numbers.labels(n, SMALL_NONZERO)
    return X, np.where(np.rint(y) == 0, np.sign(y), np.rint(y))


def _general(numbers: Numbers, n: int, d: int) -> Pair:
    return in_general_position(numbers.array(n, d)), numbers.labels(n)


def _copies(numbers: Numbers, n: int, d: int, factors: list[float]) -> Pair:
    """Draw rows of which some are multiples of others."""
    base = numbers.rows(numbers.draw(st.integers(1, n - 1)), d)
    left = n - len(base)
    sources = numbers.draw(st.lists(st.integers(0, len(base) - 1), min_size=left, max_size=left))
    with np.errstate(over="ignore"):
        copies = base[sources] * numbers.choices(left, factors)[:, None]
    assume(bool(np.isfinite(copies).all()))
    return np.vstack([base, copies])[numbers.order(n)], numbers.labels(n)


def _duplicates(numbers: Numbers, n: int, d: int) -> Pair:
    return _copies(numbers, n, d, [1.0])


def _antipodal(numbers: Numbers, n: int, d: int) -> Pair:
    return _copies(numbers, n, d, [-1.0])


def _collinear(numbers: Numbers, n: int, d: int) -> Pair:
    return _copies(numbers, n, d, [2.0, -2.0, 4.0, -4.0])


def _zero_labels(numbers: Numbers, n: int, d: int) -> Pair:
    X, y = numbers.rows(n, d), numbers.labels(n)
    y[numbers.some(n)] = 0.0
    return X, y


def _zero_rows(numbers: Numbers, n: int, d: int) -> Pair:
    X = numbers.rows(n, d)
    X[numbers.some(n)] = 0.0
    return X, numbers.labels(n)


def _walls(numbers: Numbers, n: int, d: int) -> Pair:
    """
    Place an extremal vector on the hyperplane of one row, with multiplier η = 0, 1/2 or 1.

    The row is c e_1; the others have positive entries but the first, and labels of one sign, so that all of them are
    active at D. The last one's first entry makes the first entry of D = Σ z_k + η z_0 vanish.
    """
    X, y = sixteenths(numbers.array(n, d)), sixteenths(numbers.labels(n))
    y = np.where(y == 0, 1.0, y)
    X[1:, 1:] = np.where(X[1:, 1:] == 0, 1.0, np.abs(X[1:, 1:]))
    X[0, 1:] = 0.0
    X[0, 0] = X[0, 0] or 1.0
    y[1:] = np.abs(y[1:])
    y[-1] = 1.0
    eta = numbers.draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]))
    rest = sum((Fraction(x) * Fraction(t) for x, t in zip(X[1:-1, 0], y[1:-1], strict=True)), Fraction(0))
    place = -rest - eta * Fraction(X[0, 0]) * Fraction(y[0])
    X[-1, 0] = float(place)
    assume(Fraction(X[-1, 0]) == place)
    X *= numbers.choices(d, [1.0, -1.0])
    y *= numbers.draw(st.sampled_from([1.0, -1.0]))
    rows = numbers.order(n)
    return X[rows][:, numbers.order(d)], y[rows]


def _orthogonal(numbers: Numbers, n: int, d: int) -> Pair:
    r"""Draw multiples of axes, or of the rows of a reflection: \|v\|² I − 2 v vᵀ."""
    v = np.array(numbers.draw(st.lists(st.integers(-2, 2), min_size=d, max_size=d)), dtype=float)
    frame = v @ v * np.eye(d) - 2.0 * np.outer(v, v) if v.any() else np.eye(d)
    scales = sixteenths(numbers.array(n, 1, NONZERO))
    return frame[numbers.order(d)[:n]] * np.where(scales == 0, 1.0, scales), numbers.labels(n)


def _half_space(numbers: Numbers, n: int, d: int) -> Pair:
    """Turn the rows to the side u·x ≥ 0 of a hyperplane: no row is active at w = −u."""
    X = numbers.rows(n, d)
    u = directed(numbers.draw(st.lists(SMALL, min_size=d, max_size=d).map(np.array))[None, :])[0]
    for k, row in enumerate(X):
        if sum(Fraction(a) * Fraction(b) for a, b in zip(row, u, strict=True)) < 0:
            X[k] = -row
    return X, numbers.labels(n)


def _assumption41(numbers: Numbers, n: int, d: int) -> Pair:
    """Draw x = s e_1 + v as in `extremal.laws.Assumption41` with ε = 1/10, and y = b x·e_1 + η with b > 0."""
    s = numbers.choices(n, [1.0, -1.0]) * numbers.choices(n, [1.0, 17 / 16, 15 / 16])
    v = numbers.array(n, d - 1)
    for row in v:
        while sum(Fraction(entry) ** 2 for entry in row) > d + 1:
            row /= 2.0
    X = np.column_stack([s, v])
    if numbers.values is not None:
        return X, numbers.labels(n)
    b = numbers.draw(st.sampled_from([1.0, 2.0, 0.5]))
    return X, b * s + numbers.choices(n, [k / 16 for k in (0, 1, -1, 2, -2, 3, -3, 4, -4)])


@dataclass(frozen=True)
class Kind:
    """
    A kind of data sets.

    Parameters
    ----------
    meaning : str
        What all data sets of the kind have.
    build : callable
        Makes (X, y) out of `Numbers`, n and d.
    least_n, least_d : int
        The smallest sizes.
    wide : bool
        Whether n ≤ d.
    subsets : bool
        Whether all choices of d rows are looked at, so that there must not be too many.
    """

    meaning: str
    build: Callable[[Numbers, int, int], Pair]
    least_n: int = 1
    least_d: int = 1
    wide: bool = False
    subsets: bool = False

    def takes(self, n: int | None, d: int | None) -> bool:
        """Whether there are data sets of the kind with these sizes; None is any size."""
        if (n is not None and n < self.least_n) or (d is not None and d < self.least_d):
            return False
        if n is None or d is None:
            return True
        if self.wide and n > d:
            return False
        return not self.subsets or comb(n - 1, min(d, n) - 1) <= SUBSETS

    def needs(self) -> str:
        """The sizes, in words."""
        if self.wide:
            return "n ≤ d"
        if self.subsets:
            return f"at most {SUBSETS} choices of d − 1 rows out of n − 1"
        return f"n ≥ {self.least_n} and d ≥ {self.least_d}"


# A failure shrinks to the first kind that shows it.
TABLE: dict[str, Kind] = {
    "integers": Kind("X and y are small integers", _integers),
    "general": Kind("general position: every d rows are independent (all rows, if n < d)", _general, subsets=True),
    "duplicates": Kind("some row occurs twice or more often, with labels of its own", _duplicates, least_n=2),
    "antipodal": Kind("some row is −1 times another one", _antipodal, least_n=2),
    "collinear": Kind("some row is a multiple of another one, by ±2 or ±4", _collinear, least_n=2),
    "zero labels": Kind("some labels are 0", _zero_labels),
    "walls": Kind("an extremal vector D ≠ 0 lies exactly on the hyperplane of a row", _walls, least_n=2, least_d=2),
    "orthogonal": Kind("rows are orthogonal to each other, and not 0; n ≤ d", _orthogonal, wide=True),
    "half-space": Kind("all rows lie in a closed half-space, so that D = 0 is extremal (a dead cone)", _half_space),
    "assumption41": Kind("in the support of laws.Assumption41(e_1), with y = b x·e_1 + η and b > 0", _assumption41),
    "zero rows": Kind("some rows are 0", _zero_rows),
}

KINDS: Mapping[str, str] = MappingProxyType({name: kind.meaning for name, kind in TABLE.items()})
