"""Vectors and matrices of laws, checked; and the manners of what holds them: read-only arrays, small pickles."""

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data._real import check_finite, real_array
from ..errors import InvalidValueError

__all__ = ["Frozen", "as_covariance", "as_matrix", "as_vector", "locked"]

# A covariance is refused as singular if its condition number is above the inverse of d times this.
SINGULAR = 2.0**-48
# Entries (i, j) and (j, i) of a covariance may differ by this share of the largest entry: rounding, not a mistake.
ASYMMETRY = 1e-10


class Frozen:
    """A frozen dataclass whose pickle holds its fields alone, and whose arrays stay read-only."""

    def __getstate__(self) -> dict[str, Any]:
        return {item.name: self.__dict__[item.name] for item in fields(self)}  # type: ignore[arg-type]

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, locked(value) if isinstance(value, np.ndarray) else value)


def locked(array: NDArray[Any]) -> NDArray[Any]:
    """Make an array read-only."""
    array.flags.writeable = False
    return array


def as_vector(value: Any, name: str, d: int | None = None) -> NDArray[np.float64]:
    """Check a vector of d finite numbers; read-only."""
    expected = f"an array of {'d' if d is None else d} real numbers"
    result = real_array(value, name, expected)
    if result.ndim != 1 or result.size == 0 or (d is not None and result.size != d):
        raise InvalidValueError(f"{name} has shape {result.shape}; expected {expected}")
    check_finite(result, name)
    return locked(result)


def as_matrix(value: Any, name: str, expected: str) -> NDArray[np.float64]:
    """Check a non-empty matrix of finite numbers; read-only."""
    result = real_array(value, name, expected)
    if result.ndim != 2 or result.size == 0:
        raise InvalidValueError(f"{name} has shape {result.shape}; expected {expected}")
    check_finite(result, name)
    return locked(result)


def as_covariance(value: Any, d: int) -> NDArray[np.float64]:
    """Check a symmetric positive definite (d, d) matrix; read-only, and symmetric to the last bit."""
    expected = f"a symmetric positive definite matrix of shape ({d}, {d})"
    given = as_matrix(value, "cov", expected)
    if given.shape != (d, d):
        raise InvalidValueError(f"cov has shape {given.shape}; expected {expected}")
    if np.abs(given - given.T).max() > ASYMMETRY * np.abs(given).max():
        raise InvalidValueError(f"cov is not symmetric; expected {expected}: pass (cov + cov.T) / 2 if that is meant")
    cov = given / 2 + given.T / 2
    smallest, *_, largest = np.linalg.eigvalsh(cov) if d > 1 else (cov[0, 0], cov[0, 0])
    if not smallest > d * SINGULAR * max(largest, 0.0):
        raise InvalidValueError(
            f"cov has the eigenvalue {smallest:.3g} (its largest is {largest:.3g}); expected {expected}: "
            "inputs within a subspace are a law on that subspace, in fewer coordinates"
        )
    return locked(cov)
