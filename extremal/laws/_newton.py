"""Critical points of G on the sphere: Newton's method on many directions at once, ascent where D is not smooth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._population import Population, unit_rows
from ._sampled import MonteCarloPopulation

__all__ = ["Candidates", "candidates"]

ASCENT_STEPS = 60
# Where D is a sum over a sample: steps on part of it, then on all of it.
COARSE_STEPS, FINE_STEPS = 100, 20
# Ends of the first steps this near to each other go on as one.
COARSE_ANGLE = 0.03
NEWTON_STEPS = 60
# Longest Newton step, as an angle.
LONGEST_STEP = 0.5
# Step of the central differences of D: their error is about h² for smooth D, and 1e-16/h from rounding.
H = 1e-5
# A residual below this is a solution in floating point; rounding in D is some 1e-15 of its scale.
SMALL = 1e-9
# Solutions at a smaller angle are one. Newton ends within about SMALL/(curvature) of a solution.
SAME_ANGLE = 1e-5
# A critical point is degenerate if a curvature of G there is below this share of the scale of D.
FLAT = 1e-6
# Sampled D: solutions up to this many standard errors, apart by less than that, are one.
ERRORS = 6.0


@dataclass(frozen=True)
class Candidates:
    """Directions w, D(w), signs, residuals and whether a solution is nondegenerate, one a row."""

    w: NDArray[np.float64]
    D: NDArray[np.float64]
    signs: NDArray[np.int64]
    residuals: NDArray[np.float64]
    nondegenerate: NDArray[np.bool]

    @classmethod
    def at(
        cls,
        w: NDArray[np.float64],
        D: NDArray[np.float64],
        scale: float = 0.0,
        zero: float = SMALL,
        nondegenerate: bool | NDArray[np.bool] = True,
    ) -> "Candidates":
        """Judge directions by their D; below `zero` times the scale D counts as 0."""
        length = np.linalg.norm(D, axis=1)
        scale = max(scale, float(length.max(initial=0.0))) or 1.0
        value = np.einsum("ij,ij->i", w, D)
        across = np.linalg.norm(D - value[:, None] * w, axis=1)
        null = length <= zero * scale
        signs = np.where(null, 0, np.sign(value)).astype(np.int64)
        flags = np.broadcast_to(np.asarray(nondegenerate), length.shape).copy()
        return cls(w, D, signs, np.where(null, length, across) / scale, flags)

    @property
    def values(self) -> NDArray[np.float64]:
        """G(w)."""
        return np.einsum("ij,ij->i", self.w, self.D)

    def take(self, rows: list[int]) -> "Candidates":
        """Some of the rows."""
        return Candidates(self.w[rows], self.D[rows], self.signs[rows], self.residuals[rows], self.nondegenerate[rows])


def candidates(population: Population, starts: NDArray[np.float64]) -> Candidates:
    """
    Solve Eq. 6 from many starts.

    Parameters
    ----------
    population : Population
        Gives D.
    starts : ndarray of shape (m, d)
        Unit vectors.

    Returns
    -------
    Candidates
        Distinct solutions.
    """
    scale = float(np.linalg.norm(population.D(starts), axis=1).max(initial=0.0)) or 1.0
    if isinstance(population, MonteCarloPopulation):
        coarse = population.coarse()
        rough = [(_ascent(coarse, starts, sign, 0, COARSE_STEPS), sign) for sign in (1.0, -1.0)]
        w = np.vstack([_ascent(population, _thinned(w), sign, COARSE_STEPS // 2, FINE_STEPS) for w, sign in rough])
        D = population.D(w)
        errors = np.linalg.norm(population.errors(w)[0], axis=1) / scale
        found = Candidates.at(w, D, scale, ERRORS * float(errors.max()))
        # two limits of one solution can each be off by the error
        return _distinct(found, found.residuals <= ERRORS * errors, 4 * ERRORS * float(errors.max()), scale)
    ends = [_ascent(population, starts, sign, 0, ASCENT_STEPS) for sign in (1.0, -1.0)]
    w = _newton(population, np.vstack([starts, *ends]), scale)
    flat = _curvatures(population, w) < FLAT * scale
    found = Candidates.at(w, population.D(w), scale, nondegenerate=~flat)
    return _distinct(found, found.residuals <= SMALL, SAME_ANGLE, scale)


def _ascent(population: Population, w: NDArray[np.float64], sign: float, first: int, steps: int) -> NDArray[np.float64]:
    for step in range(first, first + steps):
        target = unit_rows(sign * population.D(w))
        moved = w + 2.0 / (step + 2.0) * (target - w) * target.any(axis=1, keepdims=True)
        # a step to the opposite point can end at 0: stay
        w = unit_rows(np.where(np.linalg.norm(moved, axis=1, keepdims=True) > 1e-9, moved, w))
    return w


def _thinned(w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Drop unit rows that are near an earlier one."""
    kept: list[int] = []
    for i in range(len(w)):
        if not kept or np.linalg.norm(w[kept] - w[i], axis=1).min() > COARSE_ANGLE:
            kept.append(i)
    return w[kept]


def _hessian(population: Population, w: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """D at unit rows w, and the matrix P D'(w) P − (w·D) P of the critical points' equation P D = 0."""
    m, d = w.shape
    steps = H * np.eye(d)
    ahead = population.D((w[:, None] + steps).reshape(-1, d)).reshape(m, d, d)
    behind = population.D((w[:, None] - steps).reshape(-1, d)).reshape(m, d, d)
    J = (ahead - behind) / (2 * H)  # J[:, j] = ∂D/∂w_j
    J = 0.5 * (J + np.swapaxes(J, 1, 2))
    D = population.D(w)
    P = np.eye(d) - w[:, :, None] * w[:, None, :]
    value = np.einsum("ij,ij->i", w, D)
    return D, P @ J @ P - value[:, None, None] * P


def _newton(population: Population, w: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    w = w.copy()
    active = np.arange(len(w))
    for _ in range(NEWTON_STEPS):
        if not len(active):
            break
        D, M = _hessian(population, w[active])
        across = D - np.einsum("ij,ij->i", w[active], D)[:, None] * w[active]
        size = np.linalg.norm(across, axis=1)
        step = -np.einsum("ijk,ik->ij", np.linalg.pinv(M, rcond=1e-9, hermitian=True), across)
        length = np.linalg.norm(step, axis=1, keepdims=True)
        step *= np.minimum(1.0, LONGEST_STEP / np.maximum(length, 1e-300))
        go = size > 1e-15 * scale
        w[active[go]] = unit_rows(w[active[go]] + step[go])
        active = active[go & (length[:, 0] > 1e-14)]
    return w


def _curvatures(population: Population, w: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest curvature, in size, of G on the sphere at unit rows w."""
    _, M = _hessian(population, w)
    sizes = np.sort(np.abs(np.linalg.eigvalsh(M)), axis=1)
    return sizes[:, 1]  # one eigenvalue, that of w itself, is 0


def _distinct(found: Candidates, good: NDArray[np.bool], angle: float, scale: float) -> Candidates:
    """Keep the best of solutions that are one: near each other, or of one family, or all with D = 0."""
    kept: list[int] = []
    for i in np.argsort(found.residuals, kind="stable").tolist():
        if good[i] and not any(_same(found, i, j, angle, scale) for j in kept):
            kept.append(i)
    return found.take(kept)


def _same(found: Candidates, i: int, j: int, angle: float, scale: float) -> bool:
    if found.signs[i] != found.signs[j]:
        return False
    if found.signs[i] == 0 or float(np.linalg.norm(found.w[i] - found.w[j])) <= angle:
        return True
    flat = not (found.nondegenerate[i] or found.nondegenerate[j])
    return flat and abs(found.values[i] - found.values[j]) <= FLAT * scale
