"""D(w) as a finite sum: over the rows of an empirical law, where it is the law; or over one large sample of a law.

The sample of a Monte Carlo law is drawn once, from the law's own seed, and serves every w (common random numbers): the
same w gives the same bits, and D(w) − D(w') has less noise than its terms. The noise of the labels is integrated out.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..geometry import D
from ._population import Population, unit_rows

if TYPE_CHECKING:
    from ._law import Law

__all__ = ["FinitePopulation", "MonteCarloPopulation"]

# Rows of the sample, and directions, in one block of products.
ROWS, DIRECTIONS = 2**13, 2**8


def _size(X: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """The average length of y x."""
    return float(np.mean(np.abs(y) * np.linalg.norm(X, axis=1)))


class FinitePopulation(Population):
    """Rows with equal probability; their signs are exact, and rows with w·x = 0 are inactive."""

    method = "finite sum"
    smooth = False

    def __init__(self, X: NDArray[np.float64], y: NDArray[np.float64]):
        self.X, self.y = X, y
        self.size, self.terms = _size(X, y), len(X)

    def D(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """The average of y x over the rows with w·x > 0."""
        return D(self.X, self.y, w)


class MonteCarloPopulation(Population):
    """The average over a sample of the law, with standard errors."""

    method = "Monte Carlo"
    exact = False
    smooth = False

    def __init__(self, X: NDArray[np.float64], y: NDArray[np.float64]):
        self.X, self.y = X, y
        self.size, self.terms = _size(X, y), len(X)

    @classmethod
    def of(cls, law: "Law") -> "MonteCarloPopulation":
        """Draw the sample that stands for a law."""
        X = law.inputs.sample(law.samples, law.seed)
        return cls(X, law.teacher(X) + law.noise_mean)

    def coarse(self) -> "MonteCarloPopulation":
        """The first part of the sample, where less will do."""
        return MonteCarloPopulation(self.X[: 2 * ROWS], self.y[: 2 * ROWS])

    def D(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """The average of y x 1{w·x>0} over the sample."""
        total = np.zeros(w.shape)
        w = unit_rows(w)
        for rows in range(0, len(self.X), ROWS):
            X = self.X[rows : rows + ROWS]
            z = self.y[rows : rows + ROWS, None] * X
            for part in range(0, len(w), DIRECTIONS):
                total[part : part + DIRECTIONS] += (w[part : part + DIRECTIONS] @ X.T > 0).astype(np.float64) @ z
        return total / len(self.X)

    def errors(self, w: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Standard deviations over the sample, divided by the square root of its size."""
        n = len(self.X)
        square, square_of_G = np.zeros(w.shape), np.zeros(len(w))
        unit = unit_rows(w)
        for rows in range(0, n, ROWS):
            X, y = self.X[rows : rows + ROWS], self.y[rows : rows + ROWS]
            z2 = (y[:, None] * X) ** 2
            for part in range(0, len(w), DIRECTIONS):
                inner = np.maximum(unit[part : part + DIRECTIONS] @ X.T, 0.0)
                square[part : part + DIRECTIONS] += (inner > 0).astype(np.float64) @ z2
                square_of_G[part : part + DIRECTIONS] += inner**2 @ y**2
        mean = self.D(unit)
        mean_of_G = (unit * mean).sum(axis=1)
        length = np.linalg.norm(w, axis=1)
        error = np.sqrt(np.maximum(square / n - mean**2, 0.0) / (n - 1))
        return error, length * np.sqrt(np.maximum(square_of_G / n - mean_of_G**2, 0.0) / (n - 1))
