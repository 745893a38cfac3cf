"""The arrangement behind a data set: distinct hyperplanes, their generators, scales and exact counterparts.

Rows that are parallel share a hyperplane x_k^⊥ and are merged; rows with x_k = 0 or y_k = 0 act nowhere and are left
out. A hyperplane k contributes to D

    above_k g_k  where a_k·w > 0,     below_k g_k  where a_k·w < 0,     c g_k with c in [low_k, high_k]  where = 0,

where [low_k, high_k] is the sum of the intervals of the merged rows, so each keeps a multiplier of its own (the
definition of 𝒟_n, section 2.1). With leak α a row counts α times on its inactive side. Always
low + high = above + below.

Rows are scaled by powers of two, which is exact and changes no sign; D carries the common scale 2^exponent / n.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd

import numpy as np

from ...data import Dataset
from ...errors import InvalidValueError
from ..exact._exact import RowSpace, dyadic, exact_rank_basis
from ..hyperplanes._parallel import group_parallel

__all__ = ["Arrangement", "arrange"]

# The largest spread of |y_k|‖x_k‖ that double precision can carry beside the rounding-error bounds.
LARGEST_SPREAD = 2.0**960
# The largest and least sizes 2^±e of y_k x_k for which D is a float.
LARGEST_EXPONENT = 1000


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Distinct hyperplanes of a data set with the weights they act with.

    Attributes
    ----------
    data : Dataset
    leak : float
    a, g : ndarray (m, r)
        Activation rows and generators in coordinates of the row space (the data rows themselves at full rank).
    below, above, low, high : ndarray (m,)
        Weights on the two sides and on the hyperplane.
    constant : ndarray (r,)
        What acts everywhere (only at leak 1).
    exponent : int
        D in the units of the data is 2^exponent / n times D here.
    representative : ndarray (m,)
        The data row that gives each hyperplane.
    hyperplane, side : ndarray (n,)
        For each data row its hyperplane (−1: acts nowhere) and whether it points along (+1) or against (−1) it.
    basis : RowSpace or None
        The coordinates of the row space, for rank-deficient data.
    bases : dict
        Independent subsets of zero sets found so far.
    """

    data: Dataset
    leak: float
    a: np.ndarray
    g: np.ndarray
    below: np.ndarray
    above: np.ndarray
    low: np.ndarray
    high: np.ndarray
    constant: np.ndarray
    exponent: int
    representative: np.ndarray
    hyperplane: np.ndarray
    side: np.ndarray
    basis: RowSpace | None = field(repr=False)
    bases: dict[bytes, list[int]] = field(default_factory=dict, repr=False)

    @property
    def m(self) -> int:
        """Number of distinct hyperplanes."""
        return len(self.a)

    @property
    def rank(self) -> int:
        """Rank of the active rows."""
        return self.a.shape[1]

    @cached_property
    def total(self) -> np.ndarray:
        """T with 𝒟(−w) = T − 𝒟(w)."""
        return 2.0 * self.constant + (self.low + self.high) @ self.g

    @cached_property
    def size(self) -> float:
        """Σ_k of the largest norm that hyperplane k can contribute: the scale of all rounding errors."""
        weight = np.max(np.abs([self.below, self.above, self.low, self.high]), axis=0)
        return float(weight @ np.linalg.norm(self.g, axis=1) + np.linalg.norm(self.constant))

    @cached_property
    def error(self) -> float:
        """Bound on the rounding error of u·D, ‖u‖ = 1, for any sum of contributions.

        Each of at most n additions and 2r + 16 operations on a term is off by 2^-53 of at most `size`; the factor 4
        leaves room for differences of two such sums.
        """
        return 2.0**-51 * (self.data.n + 2 * self.rank + 16) * self.size

    @cached_property
    def tolerance(self) -> float:
        """Bound on the rounding error of a_k·v / ‖v‖ (‖a_k‖ ≤ √r), with 8 ulps for a_k's own."""
        return 2.0**-51 * (self.rank + 8) * np.sqrt(self.rank)

    @cached_property
    def exact(self) -> "ExactArrangement":
        """The same hyperplanes in integers."""
        return ExactArrangement.of(self)


@dataclass(frozen=True, eq=False)
class ExactArrangement:
    """Integer counterparts: rows and contributions of every hyperplane in R^d, all on one scale.

    `rows[k]` is a positive multiple of the k-th representative; `below[k]`, `above[k]`, `low[k]`, `high[k]` are the
    contributions as vectors; D in the units of the data is 2^exponent / n times D here.
    """

    rows: np.ndarray
    below: np.ndarray
    above: np.ndarray
    low: np.ndarray
    high: np.ndarray
    constant: np.ndarray
    exponent: int

    @classmethod
    def of(cls, arrangement: Arrangement) -> "ExactArrangement":
        """Read the floats of the data as the dyadic rationals they are."""
        data = arrangement.data
        n, d = data.X.shape
        x, x_exponent = dyadic(data.X)
        y, y_exponent = dyadic(data.y)
        (leak,), leak_exponent = dyadic(np.array([arrangement.leak]))
        one = 1 << -leak_exponent if leak_exponent < 0 else 1
        if leak_exponent > 0:
            leak <<= leak_exponent
            leak_exponent = 0
        active = x * y[:, None] * one
        inactive = x * y[:, None] * leak
        m = arrangement.m
        parts = {name: np.zeros((m, d), dtype=object) for name in ("below", "above", "low", "high")}
        constant = np.zeros(d, dtype=object)
        for k in range(n):
            h = arrangement.hyperplane[k]
            if h < 0:
                if arrangement.leak == 1.0:
                    constant += active[k]
                continue
            on, off = active[k], inactive[k]
            forward = arrangement.side[k] > 0
            parts["above"][h] += on if forward else off
            parts["below"][h] += off if forward else on
            # `low` and `high` are ordered along the representative: the sign of (1 − α) y_k and the row's side say how.
            rising = (data.y[k] > 0) == (arrangement.leak < 1.0)
            larger, smaller = (on, off) if rising == forward else (off, on)
            parts["high"][h] += larger
            parts["low"][h] += smaller
        rows = x[arrangement.representative]
        for k in range(m):
            divisor = gcd(*rows[k])
            rows[k] = rows[k] // divisor
        return cls(rows, **parts, constant=constant, exponent=x_exponent + y_exponent + leak_exponent)


def arrange(data: Dataset, leak: float = 0.0) -> Arrangement:
    """Build the arrangement of a data set.

    Raises
    ------
    InvalidValueError
        If the rows that act differ in size by more than double precision can carry.
    """
    n, d = data.X.shape
    acting = (data.y != 0) & (data.X != 0).any(axis=1)
    index = np.flatnonzero(acting)
    hyperplane = np.full(n, -1, dtype=np.int64)
    side = np.ones(n, dtype=np.int8)
    if not len(index):
        empty = np.zeros((0, 1))
        none = np.zeros(0)
        return Arrangement(
            data,
            leak,
            empty,
            empty,
            none,
            none,
            none,
            none,
            np.zeros(1),
            0,
            np.zeros(0, dtype=np.int64),
            hyperplane,
            side,
            None,
        )
    row_exponent = np.frexp(np.abs(data.X[index]).max(axis=1))[1]
    mantissa, y_exponent = np.frexp(data.y[index])
    exponents = row_exponent + y_exponent
    exponent = int(exponents.max())
    if float(exponents.max() - exponents.min()) > np.log2(LARGEST_SPREAD):
        small, large = index[exponents.argmin()], index[exponents.argmax()]
        raise InvalidValueError(
            f"|y_k|·‖x_k‖ spans more than 2^960 (rows {small} and {large}), which double precision cannot compare; "
            "drop or rescale the rows that are too small to matter."
        )
    if not -LARGEST_EXPONENT <= exponent <= LARGEST_EXPONENT:
        raise InvalidValueError(
            f"y_k x_k is of size 2^{exponent}, and sums of such vectors leave the range of floats; "
            "scale X or y by a power of two, which scales every extremal vector alike."
        )
    x = np.ldexp(data.X[index], -row_exponent[:, None])
    if (np.ldexp(x, row_exponent[:, None]) != data.X[index]).any():
        k = index[(np.ldexp(x, row_exponent[:, None]) != data.X[index]).any(axis=1)][0]
        raise InvalidValueError(
            f"row {k} has entries of sizes that differ by more than 2^1000, which double precision cannot compare; "
            "set the small ones to zero or rescale the columns."
        )
    weight = np.ldexp(mantissa, exponents - exponent)  # y_k x_k = 2^exponent · weight · x
    if leak == 1.0:
        linear = weight @ x
        return Arrangement(
            data,
            leak,
            np.zeros((0, d)),
            np.zeros((0, d)),
            *(np.zeros(0),) * 4,
            linear,
            exponent,
            np.zeros(0, dtype=np.int64),
            hyperplane,
            side,
            None,
        )
    group, sides, first = group_parallel(x)
    hyperplane[index] = group
    side[index] = sides
    m = len(first)
    representative = index[first]
    g = x[first]
    above, below, low, high = np.empty((4, m))
    alone = first[np.bincount(group, minlength=m) == 1]
    on, off = weight[alone], leak * weight[alone]
    above[group[alone]], below[group[alone]] = on, off
    low[group[alone]], high[group[alone]] = np.minimum(on, off), np.maximum(on, off)
    for k, merged in _merged_weights(data, leak, index, group, sides, representative, row_exponent[first], exponent):
        above[k], below[k], low[k], high[k] = merged
    basis = None
    a = g
    if not _certainly_full_rank(x):
        basis = exact_rank_basis(data.X[representative])
        if basis is not None:
            a, g = basis.coordinates(data.X[representative], row_exponent[first])
            if np.abs(a - g).max() > 1e-8:
                raise InvalidValueError(
                    "the rows do not span R^d, and the coordinates of their span are too uneven for double precision; "
                    "rescale the columns of X to similar sizes."
                )
            # As at full rank, the largest entry of a row is below 1.
            _, extra = np.frexp(np.maximum(np.abs(a), np.abs(g)).max(axis=1))
            a, g = np.ldexp(a, -extra[:, None]), np.ldexp(g, -extra[:, None])
            above, below, low, high = (np.ldexp(v, extra) for v in (above, below, low, high))
    return Arrangement(
        data,
        leak,
        np.ascontiguousarray(a),
        np.ascontiguousarray(g),
        below,
        above,
        low,
        high,
        np.zeros(g.shape[1]),
        exponent,
        representative,
        hyperplane,
        side,
        basis,
    )


def _merged_weights(data, leak, index, group, sides, representative, row_exponents, exponent):
    """Weights above, below, low, high of the hyperplanes that several rows share: exact sums, rounded once.

    Contributions may cancel, and a sum that is not 0 must not become 0.
    """
    alpha = Fraction(leak)
    order = np.argsort(group, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(group[order])) + 1, len(order))
    start = 0
    for end in ends.tolist():
        members, start = order[start:end], end
        if len(members) == 1:
            continue
        k = int(group[members[0]])
        row = data.X[representative[k]]
        pivot = int(np.argmax(np.abs(row)))
        # y x = 2^exponent · weight · g with g = 2^-row_exponent · representative
        unit = Fraction(float(row[pivot])) * Fraction(2) ** (exponent - int(row_exponents[k]))
        sums = [Fraction(0)] * 4
        for i in members.tolist():
            on = Fraction(float(data.y[index[i]])) * Fraction(float(data.X[index[i], pivot])) / unit
            off = alpha * on
            parts = (on, off) if sides[i] > 0 else (off, on)
            for place, part in enumerate((*parts, min(on, off), max(on, off))):
                sums[place] += part
        rounded = [float(v) for v in sums]
        if any(v and not r for v, r in zip(sums, rounded, strict=True)):
            raise InvalidValueError(
                f"the labels of the rows parallel to row {representative[k]} cancel to less than 2^-1000 of "
                "their size, which double precision cannot compare; merge these rows."
            )
        yield k, rounded


def _certainly_full_rank(x: np.ndarray) -> bool:
    """Whether the smallest singular value is above what rounding could have made of 0."""
    n, d = x.shape
    if n < d:
        return False
    values = (
        np.linalg.svd(x, compute_uv=False)
        if n * d * d < 1e6
        else np.sqrt(np.maximum(np.linalg.eigvalsh(x.T @ x)[::-1], 0.0))
    )
    return bool(values[-1] > 1e-6 * values[0])
