"""The KKT conditions on a face (section 2.1): one candidate a face, judged by certified floats or exactly.

On a face with zero set Z and signs σ elsewhere the only candidate is D = Π_{Z^⊥} S, S the sum of what the hyperplanes
off Z contribute. It is extremal with sign s iff

    (i)  sign(s x_k·D) = σ_k for every k off Z, and
    (ii) D − S = Σ_{k∈Z} c_k x_k with every c_k in [low_k, high_k].

A comparison counts in floats only if it beats its rounding error by the bound stated here; whatever is closer is
decided in rational arithmetic. w = sD/‖D‖ then lies on the face, so a face need not be known to exist.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..exact._box import box_multipliers
from ..exact._exact import reduced_rows, solve
from ._arrangement import Arrangement

__all__ = ["Critical", "Judge"]

# Below this eigenvalue of the Gram matrix of the zero rows (of norm 1/2 to √r) floats are not trusted.
WORST_CONDITION = 1e-5


@dataclass(frozen=True, eq=False)
class Critical:
    """A critical point found: its sign, the face it lies on, D = 2^exponent / n · point, and its multipliers.

    `theta` (m,) places each c_k between low_k (0) and high_k (1); 0 off the face. `independent` says that the zero
    rows are, so that theta is unique; `strict` that no multiplier is at an end, proved.
    """

    sign: int
    pattern: np.ndarray
    point: np.ndarray
    theta: np.ndarray
    independent: bool
    strict: bool
    direction: np.ndarray | None = None


class Judge:
    """Decides candidates of one arrangement, each at most once."""

    def __init__(self, arrangement: Arrangement):
        self.arrangement = arrangement
        self.found: dict[tuple[int, bytes], Critical | None] = {}
        self.zero: Critical | None = None
        self.settled: set[tuple[bytes, bytes, int]] = set()

    def __iter__(self) -> Iterator[Critical]:
        yield from (c for c in self.found.values() if c is not None)
        if self.zero is not None:
            yield self.zero

    @property
    def count(self) -> int:
        """Number of critical points found."""
        return sum(c is not None for c in self.found.values()) + (self.zero is not None)

    def fresh(self) -> "Judge":
        """A judge of the same arrangement that knows only whether D = 0 is extremal."""
        other = Judge(self.arrangement)
        other.zero = self.zero
        return other

    def merge(self, other: "Judge") -> None:
        """Take over what another judge of the same arrangement found."""
        self.found.update(other.found)
        if self.zero is None:
            self.zero = other.zero

    def nonzero(self, pattern: np.ndarray, sign: int) -> None:
        """Judge the candidate D ≠ 0 of a face, all signs given (m,), and keep it if it is extremal."""
        key = (sign, np.asarray(pattern, dtype=np.int8).tobytes())
        if key in self.found:
            return
        if not _weights(self.arrangement, pattern).any() and not self.arrangement.constant.any():
            # Nothing acts off the zero rows, exactly: the candidate is D = 0.
            self.found[key] = None
            return
        verdict = self._in_floats(pattern, sign)
        if verdict is None:
            verdict = self._exactly(pattern, sign)
        self.found[key] = verdict if isinstance(verdict, Critical) else None

    # -- floats ---------------------------------------------------------------------------------------------------

    def _in_floats(self, pattern, sign) -> "Critical | bool | None":
        """A Critical point, False, or None where rounding leaves it open."""
        arr = self.arrangement
        zero = np.flatnonzero(pattern == 0)
        base = arr.constant + _weights(arr, pattern) @ arr.g
        fit = fit_zero_rows(arr, zero, base[None])
        if fit is None:
            return None
        (d,), bound = fit.points, fit.bound
        c, bound_c = fit.multipliers, fit.multipliers_bound
        c = c if c is None else c[0]
        aligned = sign * (arr.a @ d) * pattern
        off = pattern != 0
        margin = aligned[off].min(initial=np.inf)
        if margin < -bound:
            return False
        if c is None:
            return None
        low, high = arr.low[zero], arr.high[zero]
        inside = min((c - low).min(initial=np.inf), (high - c).min(initial=np.inf))
        if inside < -bound_c:
            return False
        if margin <= bound or inside <= bound_c or np.linalg.norm(d) <= bound:
            return None
        theta = np.zeros(arr.m)
        theta[zero] = (c - low) / (high - low)
        return Critical(sign, pattern.astype(np.int8), self._point(pattern, zero), theta, True, True)

    def _point(self, pattern, zero) -> np.ndarray:
        """D in the coordinates of the data, by orthogonal projection (QR)."""
        arr = self.arrangement
        data = arr.data
        _, exponents = np.frexp(np.abs(data.X).max(axis=1))
        side = np.where(arr.hyperplane >= 0, pattern[arr.hyperplane] * arr.side, 0) if arr.m else np.zeros(data.n)
        weight = np.where(side > 0, 1.0, np.where(side < 0, arr.leak, 0.0))
        mantissa, y_exponents = np.frexp(data.y)
        scaled = np.ldexp(data.X, -exponents[:, None])
        total = (weight * np.ldexp(mantissa, y_exponents + exponents - arr.exponent)) @ scaled
        if arr.leak == 1.0:
            total = np.ldexp(mantissa, y_exponents + exponents - arr.exponent) @ scaled
        if len(zero):
            q, _ = np.linalg.qr(scaled[arr.representative[zero]].T)
            for _ in range(2):  # twice is enough for full orthogonality
                total = total - q @ (q.T @ total)
        return total

    # -- rationals ------------------------------------------------------------------------------------------------

    def _exactly(self, pattern, sign) -> "Critical | bool":
        arr = self.arrangement
        exact = arr.exact
        total = self._sum(pattern)
        zero = [int(k) for k in np.flatnonzero(pattern == 0)]
        basis = [zero[i] for i in independent(arr, np.array(zero, dtype=np.int64))]
        coefficients: list[Fraction] = []
        point = [Fraction(v) for v in total]
        if basis:
            rows = exact.rows[basis]
            coefficients = solve(rows @ rows.T, rows @ total)
            for c, row in zip(coefficients, rows, strict=True):
                point = [p - c * x for p, x in zip(point, row, strict=True)]
        if not any(point):
            return False
        if not self._signs_agree(point, pattern, sign, zero):
            return False
        change = [p - t for p, t in zip(point, total, strict=True)]
        theta = self._multipliers(zero, change, basis, coefficients)
        if theta is None:
            return False
        values = np.zeros(arr.m)
        values[zero] = [float(t) for t in theta]
        return Critical(
            sign,
            pattern.astype(np.int8),
            self._to_float(point),
            values,
            len(basis) == len(zero),
            len(basis) == len(zero) and all(0 < t < 1 for t in theta),
        )

    def _sum(self, pattern) -> np.ndarray:
        exact = self.arrangement.exact
        return exact.constant + exact.above[pattern > 0].sum(axis=0) + exact.below[pattern < 0].sum(axis=0)

    def _signs_agree(self, point, pattern, sign, zero) -> bool:
        """Whether sign(s x_k·D) is the pattern: floats first, exactly where they are in doubt."""
        arr = self.arrangement
        largest = max(abs(p) for p in point)
        unit = np.array([float(p / largest) for p in point])
        x = arr.data.X[arr.representative]
        x = np.ldexp(x, -np.frexp(np.abs(x).max(axis=1))[1][:, None]) if arr.m else x
        value = sign * (x @ unit)
        doubtful = np.abs(value) <= 2.0**-50 * (x.shape[1] + 4) * x.shape[1]
        if np.any(np.sign(value[~doubtful]) != pattern[~doubtful]):
            return False
        for k in np.flatnonzero(doubtful):
            exact = sum((int(v) * p for v, p in zip(arr.exact.rows[k], point, strict=True)), Fraction(0)) * sign
            if (exact > 0) - (exact < 0) != pattern[k]:
                return False
        return True

    def _multipliers(self, zero, change, basis, coefficients) -> list[Fraction] | None:
        """Positions θ_k in [0, 1] with Σ (low_k + θ_k (high_k − low_k)) = change, or None."""
        exact = self.arrangement.exact
        if len(basis) == len(zero):
            theta = []
            for c, k in zip(coefficients, zero, strict=True):
                j = next(j for j, v in enumerate(exact.rows[k]) if v)
                low, high = Fraction(exact.low[k][j]), Fraction(exact.high[k][j])
                t = (-c * exact.rows[k][j] - low) / (high - low)
                if not 0 <= t <= 1:
                    return None
                theta.append(t)
            return theta
        return self._combination(zero, change)

    def _combination(self, zero, target) -> list[Fraction] | None:
        exact = self.arrangement.exact
        if not any(target) and not (exact.low[zero] * exact.high[zero] > 0).any():
            # 0 is a combination with every weight 0.
            return [self._position_of_zero(k) for k in zero]
        spans = exact.high[zero] - exact.low[zero]
        rest = [Fraction(t - v) for t, v in zip(target, exact.low[zero].sum(axis=0), strict=True)]
        return box_multipliers([[Fraction(v) for v in span] for span in spans], rest)

    def _position_of_zero(self, k: int) -> Fraction:
        exact = self.arrangement.exact
        j = next(j for j, v in enumerate(exact.rows[k]) if v)
        return Fraction(-exact.low[k][j], exact.high[k][j] - exact.low[k][j])

    def _to_float(self, point) -> np.ndarray:
        shift = self.arrangement.exact.exponent - self.arrangement.exponent
        factor = Fraction(2) ** shift
        return np.array([float(p * factor) for p in point])

    def zero_multipliers(self, pattern: np.ndarray) -> list[Fraction] | None:
        """Exact multipliers that make 0 an element of 𝒟 on a face, or None if it is none."""
        zero = [int(k) for k in np.flatnonzero(pattern == 0)]
        target = [-v for v in self._sum(pattern)]
        if not zero:
            return None if any(target) else []
        return self._combination(zero, target)

    def accept_zero(self, pattern: np.ndarray, multipliers, direction: np.ndarray) -> None:
        """Keep D = 0 with a direction (d,) of the face on which it was proved to lie in 𝒟."""
        theta = np.zeros(self.arrangement.m)
        theta[pattern == 0] = [float(t) for t in multipliers]
        self.zero = Critical(
            0, pattern.astype(np.int8), np.zeros(self.arrangement.data.d), theta, False, False, direction
        )


def _weights(arr: Arrangement, pattern: np.ndarray) -> np.ndarray:
    return np.where(pattern > 0, arr.above, np.where(pattern < 0, arr.below, 0.0))


@dataclass(frozen=True, eq=False)
class Fit:
    """Candidates D (F, r) of one zero set, and c (F, q) with D = base + Σ c_k g_k, None if it is not unique.

    `bound` bounds the errors of a·D, `multipliers_bound` those of c.
    """

    points: np.ndarray
    multipliers: np.ndarray | None
    bound: float
    multipliers_bound: float


def fit_zero_rows(arr: Arrangement, zero: np.ndarray, bases: np.ndarray) -> Fit | None:
    """Candidates D = base + Σ c_k g_k with a_k·D = 0 on the zero rows, for several bases (F, r) of one zero set.

    None if the zero rows are so nearly dependent that floats cannot be trusted.
    """
    root = np.sqrt(arr.rank)
    if not len(zero):
        return Fit(bases, np.zeros((len(bases), 0)), 2 * arr.error * root, 0.0)
    rows, smallest = zero, _smallest(arr, zero)
    if smallest < WORST_CONDITION:
        # Rows that depend on others, exactly, constrain nothing more.
        rows = zero[independent(arr, zero)]
        if len(rows) == len(zero):
            return None
        smallest = _smallest(arr, rows)
        if smallest < WORST_CONDITION:
            return None
    c = -np.linalg.solve(arr.a[rows] @ arr.g[rows].T, arr.a[rows] @ bases.T).T
    # Rounding in base (arr.error), amplified by the solve; the perturbation theory of a q × q system of norm ≤ q r.
    amplified = 8.0 * arr.error * len(rows) * arr.rank
    return Fit(
        bases + c @ arr.g[rows],
        c if rows is zero else None,
        root * amplified / smallest,
        amplified / smallest**1.5,
    )


def _smallest(arr: Arrangement, rows: np.ndarray) -> float:
    """Smallest eigenvalue of the Gram matrix of some rows."""
    if len(rows) > arr.rank:
        return 0.0
    gram = arr.a[rows] @ arr.g[rows].T
    return float(np.linalg.eigvalsh((gram + gram.T) / 2)[0])


def independent(arr: Arrangement, zero: np.ndarray) -> list[int]:
    """Positions in `zero` of rows that are a basis of their span, exactly."""
    key = zero.tobytes()
    if key not in arr.bases:
        arr.bases[key] = reduced_rows(arr.exact.rows[zero])[2]
    return arr.bases[key]
