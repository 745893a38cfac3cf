"""What laws return: expectations with their standard errors."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Estimate", "PopulationValue"]


@dataclass(frozen=True)
class Estimate:
    """
    A number and its standard error: 0 if it is exact up to rounding.

    `value` is infinite where the expectation is, and nan (with an infinite standard error) where it was sampled and the
    sample gives no reason to believe that it is finite.
    """

    value: float
    standard_error: float = 0.0

    @property
    def exact(self) -> bool:
        """Whether the value is no sample's average."""
        return self.standard_error == 0.0

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return f"{self.value:.6g}" if self.exact else f"{self.value:.6g} ± {self.standard_error:.2g}"


@dataclass(frozen=True, eq=False, repr=False)
class PopulationValue:
    """
    D(w) and G(w), and how far they can be trusted.

    Attributes
    ----------
    D : ndarray of shape (..., d)
        E[1{w·x > 0} y x].
    G : ndarray of shape (...)
        E[y σ(w·x)] = w·D.
    standard_error : ndarray of shape (..., d)
        Of each entry of D; zeros where the value is exact up to rounding.
    G_standard_error : ndarray of shape (...)
        Of G.
    exact : bool
        Whether there is no sampling in it.
    method : str
        "constant", "closed form", "finite sum" or "Monte Carlo".
    """

    D: NDArray[np.float64]
    G: NDArray[np.float64]
    standard_error: NDArray[np.float64] = field(repr=False)
    G_standard_error: NDArray[np.float64] = field(repr=False)
    exact: bool
    method: str

    def __repr__(self) -> str:
        largest = float(self.standard_error.max(initial=0.0))
        error = "" if self.exact else f", standard errors up to {largest:.2g}"
        with np.printoptions(precision=4, threshold=8):
            return f"PopulationValue(D={self.D}, G={self.G}, {self.method}{error})"
