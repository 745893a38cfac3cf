"""Lower bounds of Δ_n: its value at directions, drawn and then moved uphill.

Each value is that of one activation cone at one direction inside it, so every one is a lower bound; which directions
are tried is luck.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ._planes import Planes
from ._target import Target

__all__ = ["Sighting", "climb", "drawn", "values_at"]

# Pairs (direction, hyperplane) to evaluate in the first draw, and in one round of the ascent.
DRAWN, ROUND = 2_000_000, 200_000
# The most directions drawn, and tried from one place, if hyperplanes are few.
MOST, COPIES = 2048, 64
# Rounds, and what a round without success does to the length of the steps, which start at FIRST_STEP radians.
ROUNDS, SHRINK, FIRST_STEP = 24, 0.75, 0.2


class Sighting:
    """The best value seen so far, and where."""

    def __init__(self, d: int):
        self.value = -np.inf
        self.direction = np.eye(d)[0]
        self.D: NDArray[np.float64] | None = None

    def offer(
        self, values: NDArray[np.float64], directions: NDArray[np.float64], D: NDArray[np.float64] | None = None
    ) -> None:
        """Keep the largest value; D is the element of 𝒟_n there, None for that of the cone."""
        if len(values) and values.max() > self.value:
            best = int(values.argmax())
            self.value, self.direction, self.D = float(values[best]), directions[best].copy(), D


def values_at(planes: Planes, target: Target, w: NDArray[np.float64]) -> NDArray[np.float64]:
    """‖D_n(w) − D(w)‖ less its rounding error, for unit rows w; −inf where w is too close to a hyperplane."""
    if not len(w):
        return np.zeros(0)
    products = w @ planes.normals.T
    values = np.linalg.norm(planes.vectors(products > 0) - target.evaluate(w), axis=1) - planes.error
    values[np.abs(products).min(axis=1, initial=np.inf) <= planes.tolerance] = -np.inf
    return values


def _effort(d: int) -> int:
    """ROUND in dimension 5 and above, a quarter of it for each dimension less: there the cover is quick by itself."""
    return ROUND >> max(0, 2 * (5 - d))


def drawn(planes: Planes, d: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Random unit vectors with their negatives, in blocks of pairs (direction, hyperplane)."""
    size = min(MOST, max(1, _effort(d) // (2 * max(1, len(planes)))))
    for _ in range(max(1, min(DRAWN // ROUND, MOST // size))):
        w = rng.standard_normal((size, d))
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        yield np.vstack([w, -w])


def climb(
    planes: Planes, target: Target, seeds: NDArray[np.float64], sighting: Sighting, rng: np.random.Generator
) -> None:
    """Move directions uphill by random steps that shrink."""
    d = seeds.shape[1]
    place, value = seeds, values_at(planes, target, seeds)
    sighting.offer(value, place)
    copies = min(COPIES, _effort(d) // (max(1, len(planes)) * len(seeds)))
    if not copies:
        # so many hyperplanes that the cover is the better use of the time
        return
    step = np.full(len(seeds), FIRST_STEP)
    for _ in range(ROUNDS):
        tries = place[:, None] + (step[:, None, None] / np.sqrt(d)) * rng.standard_normal((len(place), copies, d))
        tries /= np.linalg.norm(tries, axis=2, keepdims=True)
        found = values_at(planes, target, tries.reshape(-1, d)).reshape(len(place), copies)
        best = found.argmax(axis=1)
        better = found.max(axis=1) > value
        place = np.where(better[:, None], tries[np.arange(len(place)), best], place)
        value = np.maximum(value, found.max(axis=1))
        step[~better] *= SHRINK
    sighting.offer(value, place)
