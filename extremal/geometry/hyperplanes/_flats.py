"""The flats of an arrangement, each with its ray and covector, streamed and exact.

A *flat* is a set F of rows that contains every row in its linear span.  A *flag* of generic vectors c_0, …,
c_{r-1}, r the rank of all rows, gives each flat of rank ρ < r one ray: with i = r − 1 − ρ,

    v_F spans {w : x_k · w = 0 for k in F, c_0 · w = … = c_{i-1} · w = 0},    c_i · v_F > 0,

and one covector s_F = (sign(x_k · v_F))_k, which is 0 exactly on F.  A *simple* flat has ρ rows; then

    c_{i+1} = Σ_{k in F} λ_k x_k + Σ_{j ≤ i} μ_j c_j

has one solution, and s_F with λ's signs put in place of its zeros is a cell (`_covectors` says which).

A flat is met once, as the choice of rows that is its first basis in the order of the rows.  All signs are
those of integer determinants, decided by a floating-point filter, then modulo primes, then in integers of any
length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from math import comb
from typing import NamedTuple

import numpy as np

from ..exact._integers import Row, dot, eliminate, integer_rows, null_vector, rank, sign, solve_signs
from ..exact._thin import interior_vector

__all__ = ["DEGENERATE", "SIMPLE", "Below", "Flats", "Hyperplanes", "NotGenericError"]

SIMPLE, DEGENERATE, UNCERTAIN = 0, 1, 2

# Flag vectors are integers of this many bits: a ray is orthogonal to one of them by accident with probability
# about 2^-40, and then the enumeration goes on with another flag.
FLAG_BITS = 40

# Beyond this many primes (about 2000 bits) the exact tests are done one by one in Python's integers.
MOST_PRIMES = 64

# Entries in one block of signs.
BLOCK_ENTRIES = 1 << 21


class Flats(NamedTuple):
    """K flats of the m rows that were asked about.

    `signs` (K, m) and `vectors` (K, r) hold, for a SIMPLE flat, its cell and a point of it, and for a
    DEGENERATE one its covector and ray; `sets` (K, ρ) the first basis; `status` (K,) which of the two it is.
    """

    signs: np.ndarray
    sets: np.ndarray
    status: np.ndarray
    vectors: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """Boolean (K, m): the rows of each flat."""
        zero = self.signs == 0
        simple = np.flatnonzero(self.status == SIMPLE)
        zero[simple[:, None], self.sets[simple]] = True
        return zero


class Below(NamedTuple):
    """Flats in ascending rank, their rows (K, m) and their ranks (K,); `sets` is padded with −1."""

    flats: Flats
    rows: np.ndarray
    ranks: np.ndarray


class NotGenericError(Exception):
    """A flag vector is orthogonal to a ray, or a multiplier vanishes: another flag is needed."""


@cache
def _primes(count: int) -> tuple[int, ...]:
    """Return the largest primes below 2^31."""
    found: list[int] = []
    candidate = 2**31 - 1
    while len(found) < count:
        # Miller-Rabin with these bases is a proof below 3 · 10^9.
        odd, twos = candidate - 1, 0
        while odd % 2 == 0:
            odd, twos = odd // 2, twos + 1
        powers = ([pow(a, odd << t, candidate) for t in range(twos)] for a in (2, 3, 5, 7))
        if all(power[0] == 1 or candidate - 1 in power for power in powers):
            found.append(candidate)
        candidate -= 2
    return tuple(found)


@cache
def _random_flag(width: int, attempt: int) -> tuple[tuple[int, ...], ...]:
    """Reproducible random vectors (width, width)."""
    top = 1 << FLAG_BITS
    rows = np.random.default_rng([20241002, attempt]).integers(-top, top, size=(width, width))
    return tuple(map(tuple, rows.tolist()))


def _floats(row: Row) -> list[float]:
    """Scale to a largest entry in [1/2, 1]; division of integers rounds correctly whatever their size."""
    scale = 1 << max((abs(a).bit_length() for a in row), default=0)
    return [a / scale for a in row]


@dataclass(frozen=True, eq=False)
class Hyperplanes:
    """Nonzero integer rows, no two parallel, of full column rank r, with a flag.

    Attributes
    ----------
    integers : list of m rows of r int
    width : int
        r ≥ 1.
    attempt : int
        Which flag.
    points : bool
        Whether faces below the cells need points too.
    """

    integers: list[Row]
    width: int
    attempt: int = 0
    points: bool = True
    _memory: dict[bytes, Below] = field(default_factory=dict, repr=False)

    @cached_property
    def rows(self) -> np.ndarray:
        """The rows as floats (m, r), each scaled by a power of two."""
        return np.array([_floats(row) for row in self.integers]).reshape(len(self.integers), self.width)

    @cached_property
    def flag_integers(self) -> list[Row]:
        """The generic vectors c_0, …, c_{r-1}."""
        return [list(row) for row in _random_flag(self.width, self.attempt)]

    @cached_property
    def flag(self) -> np.ndarray:
        """The flag as floats, exact up to one power of two."""
        return np.array(self.flag_integers, dtype=float) / (1 << FLAG_BITS)

    @cached_property
    def _residues(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows modulo enough primes that only a minor that is 0 is divisible by all of them."""
        # Hadamard: a minor of r rows is below (√r · largest entry)^r.
        bits = max(abs(a).bit_length() for row in self.integers for a in row)
        count = int(self.width * (bits + 0.5 * np.log2(self.width)) / 30.9) + 2
        primes = _primes(count) if count <= MOST_PRIMES else ()
        residues = [[[a % p for a in row] for row in self.integers] for p in primes]
        shape = (len(primes), len(self.integers), self.width)
        return np.array(residues, dtype=np.int64).reshape(shape), np.array(primes, dtype=np.int64)

    @cached_property
    def _lowest(self) -> tuple[np.ndarray, np.ndarray]:
        """The cell and ray of the flat of rank 0, which has no rows."""
        vector = null_vector(self.flag_integers[:-1], self.width)
        if vector is None:
            raise NotGenericError
        side = sign(dot(self.flag_integers[-1], vector))
        signs = [side * sign(dot(row, vector)) for row in self.integers]
        if not side or not all(signs):
            raise NotGenericError
        return np.array(signs, dtype=np.int8), side * np.array(_floats(vector))

    def flats(self, index: np.ndarray, rho: int) -> Iterator[Flats]:
        """Flats of rank `rho` < r of the rows in `index`, each once; `sets` holds positions in `index`."""
        m = len(index)
        if rho == 0:
            signs, vector = self._lowest
            yield Flats(signs[index][None], np.zeros((1, 0), np.int64), np.zeros(1, np.int8), vector[None])
            return
        from ._faces_kernels import flat_block  # numba takes half a second to import

        capacity = min(max(BLOCK_ENTRIES // m, m), comb(m, rho) + m)
        residues, primes = self._residues
        residues = np.ascontiguousarray(residues[:, index])
        rows = self.rows[index]
        state = np.arange(rho, dtype=np.int64)
        state[-1] = 0
        while state[-1] == 0:
            block = Flats(
                np.empty((capacity, m), dtype=np.int8),
                np.empty((capacity, rho), dtype=np.int64),
                np.empty(capacity, dtype=np.int8),
                np.empty((capacity, self.width)),
            )
            count = flat_block(rows, self.flag, residues, primes, rho, state, *block)
            block = Flats(*(part[:count] for part in block))
            keep = np.ones(count, dtype=bool)
            for k in np.flatnonzero(block.status == UNCERTAIN).tolist():
                keep[k] = self._resolve(index, block, k)
            yield block if keep.all() else Flats(*(part[keep] for part in block))

    def _resolve(self, index: np.ndarray, block: Flats, k: int) -> bool:
        """Decide one choice of rows exactly, in place; False if it is not the first basis of a flat."""
        rho = block.sets.shape[1]
        head = self.width - 1 - rho
        chosen = block.sets[k].tolist()
        basis = [self.integers[index[a]] for a in chosen]
        vector = null_vector(basis + self.flag_integers[:head], self.width)
        if vector is None:
            if rank(basis) < rho:
                return False
            raise NotGenericError
        side = sign(dot(self.flag_integers[head], vector))
        if not side:
            raise NotGenericError
        vector = [side * a for a in vector]
        heights = [dot(self.integers[a], vector) for a in index]
        extra = [a for a, height in enumerate(heights) if not height and a not in chosen]
        block.signs[k] = [sign(height) for height in heights]
        for a in extra:
            row = self.integers[index[a]]
            before = [self.integers[index[b]] for b in chosen if b < a]
            if rank([*before, row]) > len(before):
                if rank([*basis, row]) > rho:
                    raise NotGenericError
                return False
        block.vectors[k] = _floats(vector)
        block.status[k] = DEGENERATE if extra else SIMPLE
        if not extra:
            frame = basis + self.flag_integers[: head + 1]
            pattern = solve_signs(frame, self.flag_integers[head + 1])[:rho]
            if not all(pattern):
                raise NotGenericError
            block.signs[k, chosen] = pattern
            if self.points:
                point = self._exact_point(index, frame, pattern, vector, heights)
                block.vectors[k] = self._rounded(index, block.signs[k], point)
        return True

    def _exact_point(
        self, index: np.ndarray, frame: list[Row], pattern: list[int], vector: Row, heights: list[int]
    ) -> Row:
        """Find a point of a thin cell: from the ray along the edges, half way to the first wall."""
        size = len(frame)
        target = pattern + [0] * (size - len(pattern))
        # The sum of the edges solves frame · edge = target; elimination gives it times the pivot.
        reduced, _, pivot = eliminate([[*row, t] for row, t in zip(frame, target, strict=True)])
        edge = [sign(pivot) * row[size] for row in reduced]
        up, down = max(map(abs, vector)), max(map(abs, edge))
        bounded = False
        for a, height in zip(index, heights, strict=True):
            along = dot(self.integers[a], edge)
            if height * along < 0 and (not bounded or abs(height) * down < up * abs(along)):
                up, down, bounded = abs(height), abs(along), True
        return [2 * down * v + up * e for v, e in zip(vector, edge, strict=True)]

    def _rounded(self, index: np.ndarray, signs: np.ndarray, point: Row) -> list[float]:
        """Round a point of a cell, to another point of it if rounding would leave the cell."""
        floats = _floats(point)
        (row,) = integer_rows(np.array([floats]))
        rows = [self.integers[a] for a in index]
        if all(s * dot(a, row) > 0 for s, a in zip(signs.tolist(), rows, strict=True)):
            return floats
        inward = [[s * b for b in a] for s, a in zip(signs.tolist(), rows, strict=True)]
        w, _ = interior_vector(inward, [Fraction(a) for a in point])
        unit = Fraction(2) ** max(map(abs, w)).__ceil__().bit_length()
        return [float(a / unit) for a in w]

    def flats_below(self, index: np.ndarray, rho: int, most: float = np.inf) -> Below | None:
        """Flats G < F of the flat F = `index` of rank `rho`; None if there are more than `most`.

        The last ones asked for are remembered: the faces in one flat ask for the same ones again and again.
        """
        key = index.tobytes()
        if key not in self._memory:
            found: list[tuple[int, Flats]] = []
            total = 0
            for t in range(rho - 1, -1, -1):
                for block in self.flats(index, t):
                    total += len(block.status)
                    if total > most:
                        return None
                    found.append((t, block))
            found.sort(key=lambda item: item[0])
            rows = np.concatenate([block.rows for _, block in found])
            ranks = np.repeat([t for t, _ in found], [len(block.status) for _, block in found])
            padded = []
            for t, block in found:
                sets = np.full((len(block.status), rho), -1)
                sets[:, :t] = block.sets
                padded.append(block._replace(sets=sets))
            self._memory.clear()
            whole = Flats(*(np.concatenate(part) for part in zip(*padded, strict=True)))
            self._memory[key] = Below(whole, rows, ranks)
        return self._memory[key]
