"""Write down a proof: the search once more, slowly, with every excluding vector kept.

What this writes is not trusted: `check` verifies it without any of the search's code.
"""

import numpy as np

from ...errors import InvalidValueError
from ..critical._arrangement import Arrangement, arrange
from ..critical._result import ExtremalVectors
from ._format import CLOSED, LEAF, OPEN, SPLIT, Proof, digest_of

__all__ = ["prove"]

BASIS_BITS = 11
# Rows of a leaf beyond the dimension.
SPARE = 1
LARGEST = 2.0**52


def prove(result: ExtremalVectors, max_nodes: int = 200_000) -> Proof:
    """
    Write down why no extremal vector is missing from a result.

    Parameters
    ----------
    result : ExtremalVectors
        The claimed vectors and their data, whose acting rows must span R^d.
    max_nodes : int
        Cones after which the rest is left open.

    Returns
    -------
    Proof

    Raises
    ------
    InvalidValueError
        If the acting rows do not span R^d.
    """
    arr = arrange(result.data, result.leak)
    if arr.basis is not None or arr.m == 0:
        raise InvalidValueError(
            "a proof by cones needs rows with y_k ≠ 0 that span R^d; these do not. Drop dependent columns first."
        )
    patterns = np.zeros((len(result), result.data.n), dtype=np.int8)
    for i, v in enumerate(result):
        patterns[i] = np.where(v.active, 1, -1)
        patterns[i, v.boundary] = 0
    prover = _Prover(arr, any(v.sign == 0 for v in result), max_nodes)
    prover.run()
    r = arr.rank
    return Proof(
        digest_of(result.data.X, result.data.y, np.array([result.leak])),
        prover.basis,
        np.array(prover.kind, dtype=np.int8),
        np.array(prover.ends, dtype=np.int8).reshape(-1, 2),
        np.array(prover.factors).reshape(-1, 2),
        np.array(prover.counts, dtype=np.int32),
        np.array(prover.vectors).reshape(-1, r),
        np.array(prover.excluded, dtype=np.uint8),
        result.signs.astype(np.int8),
        patterns,
        np.array(result.directions).reshape(-1, r),
    )


class _Prover:
    """Grows the lists of a proof in preorder."""

    def __init__(self, arr: Arrangement, zero_known: bool, max_nodes: int):
        self.arr = arr
        self.zero_known = zero_known
        self.max_nodes = max_nodes
        r = arr.rank
        self.basis = np.rint(np.linalg.qr(np.random.default_rng(0).standard_normal((r, r)))[0] * 2.0**BASIS_BITS)
        self.kind: list[int] = []
        self.ends: list[tuple[int, int]] = []
        self.factors: list[tuple[float, float]] = []
        self.counts: list[int] = []
        self.vectors: list[np.ndarray] = []
        self.excluded: list[int] = []

    def run(self) -> None:
        arr, r = self.arr, self.arr.rank
        stack = []
        for number in reversed(range(2 ** (r - 1))):
            flips = np.array([1] + [1 - 2 * ((number >> i) & 1) for i in range(r - 1)])
            vertices = self.basis * flips[:, None]
            stack.append(
                self._region(
                    vertices,
                    np.arange(arr.m),
                    self._signs(vertices, np.arange(arr.m)),
                    arr.constant.copy(),
                    15 if self.zero_known else 63,
                    self._may_be_dead(),
                )
            )
        while stack:
            stack.extend(self._step(*stack.pop()))

    def _may_be_dead(self) -> int:
        arr = self.arr
        return 3 if not arr.constant.any() and (arr.low <= 0).all() and (arr.high >= 0).all() else 0

    def _signs(self, points: np.ndarray, rows: np.ndarray) -> np.ndarray:
        value = self.arr.a[rows] @ points.T
        bound = self.arr.tolerance * np.linalg.norm(points, axis=1)
        return np.subtract(value > bound, value < -bound, dtype=np.int8)

    def _region(self, vertices, rows, signs, fixed, alive, dead):
        """Move the rows that are certain on the cone into `fixed`."""
        arr = self.arr
        plus, minus = (signs == 1).all(axis=1), (signs == -1).all(axis=1)
        on, off = rows[plus], rows[minus]
        fixed = fixed + arr.above[on] @ arr.g[on] + arr.below[off] @ arr.g[off]
        if arr.above[on].any() or arr.below[off].any():
            dead &= ~1
        if arr.below[on].any() or arr.above[off].any():
            dead &= ~2
        keep = ~plus & ~minus
        return vertices, rows[keep], signs[keep], fixed, alive, dead

    def _step(self, vertices, rows, signs, fixed, alive, dead) -> list:
        """Exclude what can be excluded; then close, leave, or split the region and return the children, last first."""
        before = len(self.vectors)
        alive = self._exclude(vertices, rows, fixed, alive, dead)
        self.counts.append(len(self.vectors) - before)
        self.ends.append((0, 0))
        self.factors.append((0.0, 0.0))
        if not alive:
            self.kind.append(CLOSED)
            return []
        if len(rows) <= self.arr.rank + SPARE:
            self.kind.append(LEAF)
            return []
        unit = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
        cosines = unit @ unit.T + 2.0 * np.tri(len(unit))
        low, high = divmod(int(np.argmin(cosines)), len(unit))
        sizes = np.linalg.norm(vertices, axis=1)
        ratio = 2.0 ** np.rint(np.log2(sizes[high] / sizes[low]))
        factors = (max(1.0, ratio), max(1.0, 1.0 / ratio))
        middle = factors[0] * vertices[low] + factors[1] * vertices[high]
        if np.abs(middle).max() > LARGEST or len(self.kind) >= self.max_nodes:
            self.kind.append(OPEN)
            return []
        self.kind.append(SPLIT)
        self.ends[-1] = (low, high)
        self.factors[-1] = factors
        column = self._signs(middle[None], rows)[:, 0]
        children = []
        for place in (high, low):
            v, s = vertices.copy(), signs.copy()
            v[place] = middle
            s[:, place] = column
            children.append(self._region(v, rows, s, fixed, alive, dead))
        return children

    def _exclude(self, vertices, rows, fixed, alive, dead) -> int:
        """Try excluding vectors on the open hypotheses, and keep those that exclude something."""
        arr = self.arr
        g, low, high, total = arr.g[rows], arr.low[rows], arr.high[rows], arr.total
        unit = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
        centre = unit.sum(axis=0)
        centre /= np.linalg.norm(centre)
        middle = fixed + 0.5 * (low + high) @ g

        def attempt(u: np.ndarray, mask: int) -> None:
            nonlocal alive
            heights = g @ u
            ends = np.stack([low * heights, high * heights])
            lower, upper = ends.min(axis=0).sum(), ends.max(axis=0).sum()
            base, shift, error = float(fixed @ u), float(total @ u), arr.error
            strict = not len(heights) or np.abs(heights).min() > 1e-14
            killed = 0
            if base + upper < -error or (dead & 1 and strict and upper <= 0):
                killed |= 1
            if base + lower > error or (dead & 1 and strict and lower >= 0):
                killed |= 2
            if base + upper - shift < -error or (dead & 2 and strict and lower >= 0):
                killed |= 4
            if base + lower - shift > error or (dead & 2 and strict and upper <= 0):
                killed |= 8
            if base + upper < -error or base + lower > error:
                killed |= 16
            if base + upper - shift < -error or base + lower - shift > error:
                killed |= 32
            killed &= alive & mask
            if killed:
                alive &= ~killed
                self.vectors.append(u)
                self.excluded.append(killed)

        for which in range(4):
            if alive >> which & 1:
                s = 1.0 if which % 2 == 0 else -1.0
                q = s * (middle - total if which >= 2 else middle)
                u = _dual(unit, centre, (q @ centre) * centre - q)
                if u is not None:
                    attempt(u, 63)
        for opposite in (0, 1):
            if alive & (16 << opposite):
                u = total - middle if opposite else middle
                if np.linalg.norm(u) > 0:
                    attempt(u / np.linalg.norm(u), 48)
        if (dead & 1 and alive & 3) or (dead & 2 and alive & 12):
            for facet in np.linalg.inv(unit).T:
                u = _dual(unit, centre, facet)
                if u is not None:
                    attempt(u, 63)
        return alive


def _dual(unit: np.ndarray, centre: np.ndarray, u: np.ndarray) -> np.ndarray | None:
    """Lift u by a multiple of the centre into the dual cone, with room for rounding."""
    size = np.linalg.norm(u)
    rise = unit @ centre
    if size == 0 or rise.min() <= 0:
        return None
    u = u / size
    alpha = float(np.max(-(unit @ u) / rise))
    u = u + (alpha + 1e-13 * (1 + abs(alpha))) * centre
    u /= np.linalg.norm(u)
    return u if (unit @ u).min() > 4.5e-16 * (len(unit) + 4) else None
