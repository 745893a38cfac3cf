"""Nice numbers, multiples of 1/16 that shrink to small integers, and the rows and labels made of them."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

__all__ = ["GRID", "NONZERO", "SMALL", "SMALL_NONZERO", "Numbers", "directed", "sixteenths"]


def _floats(low: int, high: int, divisor: int = 1) -> SearchStrategy[float]:
    return st.integers(low, high).map(lambda k: k / divisor)


# Integers come first: a failure shrinks to them.
GRID = _floats(-4, 4) | _floats(-64, 64, 16)
NONZERO = _floats(1, 4) | _floats(-4, -1) | _floats(1, 64, 16) | _floats(-64, -1, 16)
SMALL = _floats(-3, 3)
SMALL_NONZERO = _floats(1, 3) | _floats(-3, -1)

# Where exactness needs it, numbers are cut off here: products of two multiples of 1/16 of this size are exact.
LARGEST = 2.0**20


def sixteenths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to multiples of 1/16, of size 2^20 or less."""
    return np.rint(16.0 * np.clip(values, -LARGEST, LARGEST)) / 16.0 + 0.0


def directed(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put e_1 in the place of zero rows."""
    result = rows + 0.0
    result[~result.any(axis=1), 0] = 1.0
    return result


@dataclass(frozen=True)
class Numbers:
    """
    What a data set is made of.

    Parameters
    ----------
    draw : callable
        Draws from a strategy.
    elements, values : SearchStrategy or None
        Of the entries of X and of the labels; None leaves them to the kind.
    """

    draw: DrawFn
    elements: SearchStrategy[float] | None = None
    values: SearchStrategy[float] | None = None

    def array(self, n: int, d: int, default: SearchStrategy[float] = GRID) -> NDArray[np.float64]:
        """Draw an array of shape (n, d)."""
        entries = default if self.elements is None else self.elements
        drawn = self.draw(st.lists(entries, min_size=n * d, max_size=n * d))
        return np.array(drawn, dtype=float).reshape(n, d) + 0.0

    def rows(self, n: int, d: int, default: SearchStrategy[float] = GRID) -> NDArray[np.float64]:
        """Draw n rows that are not zero, shape (n, d)."""
        return directed(self.array(n, d, default))

    def labels(self, n: int, default: SearchStrategy[float] = NONZERO) -> NDArray[np.float64]:
        """Draw n labels, which are not zero unless the option `labels` has zeros."""
        values = default if self.values is None else self.values
        return np.array(self.draw(st.lists(values, min_size=n, max_size=n)), dtype=float) + 0.0

    def choices(self, n: int, among: list[float]) -> NDArray[np.float64]:
        """Draw n numbers from a list."""
        return np.array(self.draw(st.lists(st.sampled_from(among), min_size=n, max_size=n)), dtype=float)

    def some(self, n: int) -> list[int]:
        """Draw a set of indices below n that is not empty."""
        return sorted(self.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=n)))

    def order(self, n: int) -> list[int]:
        """Draw an order of 0, …, n − 1."""
        return list(self.draw(st.permutations(range(n))))
