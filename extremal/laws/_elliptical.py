r"""Elliptical laws of x: x = A · R · u, with u uniform on the unit sphere and the radius R ≥ 0 independent of it.

Expectations of functions that are homogeneous of degree p are those under N(0, I) in the whitened coordinates A⁻¹x,
times E R^p / E χ_d^p. That is how one closed form serves all of them.
"""

from dataclasses import dataclass
from functools import cached_property
from math import exp, inf, lgamma, log, sqrt

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import as_choice, as_count, as_number
from ..errors import InvalidValueError
from ._checks import as_covariance, locked
from ._inputs import Inputs, uniform_ball

__all__ = ["Ball", "Correlated", "Elliptical", "Gaussian", "Sphere", "StudentT"]

_DIMENSION = "a dimension, 1 or more"


class Elliptical(Inputs):
    """x = A · R · u; subclasses give the shape Σ = A Aᵀ and the moments of R."""

    symmetric = density = sub_gaussian = True

    @property
    def shape(self) -> NDArray[np.float64] | None:
        """Σ = A Aᵀ, shape (d, d); None for the identity."""
        return None

    def radial(self, p: float) -> float:
        """E R^p, infinite where it does not exist."""
        return gaussian_radial(self.d, p)

    def ratio(self, p: float) -> float:
        """E R^p / E χ_d^p: what an expectation of degree p is multiplied by."""
        return self.radial(p) / gaussian_radial(self.d, p)

    @cached_property
    def transform(self) -> NDArray[np.float64]:
        """A, the lower Cholesky factor of Σ, shape (d, d)."""
        return locked(np.eye(self.d) if self.shape is None else np.linalg.cholesky(self.shape))

    @cached_property
    def stretch(self) -> tuple[float, float]:
        """The largest and the smallest singular value of A."""
        if self.shape is None:
            return 1.0, 1.0
        values = np.linalg.svd(self.transform, compute_uv=False)
        return float(values[0]), float(values[-1])

    @property
    def isotropic(self) -> bool:
        """Whether Σ is a multiple of the identity."""
        return self.shape is None or bool(np.all(self.shape == self.shape[0, 0] * np.eye(self.d)))

    @property
    def second_moments(self) -> NDArray[np.float64]:
        """(E R²/d) Σ."""
        ratio = self.ratio(2)
        if ratio == inf:
            return np.full((self.d, self.d), inf)
        return ratio * (np.eye(self.d) if self.shape is None else self.shape)

    def _stretched(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        return z if self.shape is None else z @ self.transform.T


@dataclass(frozen=True, eq=False, repr=False)
class Gaussian(Elliptical):
    """
    Gaussian inputs, x ~ N(0, cov).

    Parameters
    ----------
    d : int
        Dimension.
    cov : array_like of shape (d, d), optional
        Covariance, positive definite; by default the identity.

    Examples
    --------
    >>> from extremal.laws import Gaussian
    >>> Gaussian(3)
    Gaussian(d=3)
    """

    d: int
    cov: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "d", as_count(self.d, "d", _DIMENSION))
        if self.cov is not None:
            object.__setattr__(self, "cov", as_covariance(self.cov, self.d))

    @property
    def shape(self) -> NDArray[np.float64] | None:
        """The covariance; None for the identity."""
        return self.cov

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return self._stretched(rng.standard_normal((n, self.d)))

    def __repr__(self) -> str:
        return f"Gaussian(d={self.d}{'' if self.cov is None else ', cov=...'})"


@dataclass(frozen=True, eq=False, repr=False)
class Correlated(Elliptical):
    r"""
    Gaussian inputs of variance 1 with one number for their correlations.

    Parameters
    ----------
    d : int
        Dimension.
    rho : float
        The correlation, above −1/(d − 1) and below 1; for "autoregressive" between −1 and 1.
    pattern : {"equal", "autoregressive"}
        E[x_i x_j] is rho for every i ≠ j, or rho^\|i − j\|.

    Examples
    --------
    >>> from extremal.laws import Correlated
    >>> Correlated(3, 0.5).second_moments
    array([[1. , 0.5, 0.5],
           [0.5, 1. , 0.5],
           [0.5, 0.5, 1. ]])
    """

    d: int
    rho: float
    pattern: str = "equal"

    def __post_init__(self) -> None:
        d = as_count(self.d, "d", _DIMENSION)
        as_choice(self.pattern, "pattern", ("equal", "autoregressive"))
        lowest = -1.0 / (d - 1) if self.pattern == "equal" and d > 1 else -1.0
        expected = f"a correlation above {lowest:.4g} and below 1"
        rho = as_number(self.rho, "rho", expected, above=lowest)
        if rho >= 1:
            raise InvalidValueError(f"rho is {self.rho!r}; expected {expected}")
        object.__setattr__(self, "d", d)
        object.__setattr__(self, "rho", rho)
        as_covariance(self.shape, d)  # near its limits it is singular to working precision

    @cached_property
    def shape(self) -> NDArray[np.float64]:  # type: ignore[override]
        """The covariance."""
        if self.pattern == "equal":
            return locked(np.full((self.d, self.d), self.rho) + (1.0 - self.rho) * np.eye(self.d))
        steps = np.abs(np.subtract.outer(np.arange(self.d), np.arange(self.d)))
        return locked(self.rho**steps)

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return self._stretched(rng.standard_normal((n, self.d)))

    def __repr__(self) -> str:
        pattern = "" if self.pattern == "equal" else f", {self.pattern!r}"
        return f"Correlated(d={self.d}, rho={self.rho:g}{pattern})"


@dataclass(frozen=True, eq=False, repr=False)
class Sphere(Elliptical):
    """
    Uniform on a sphere.

    Parameters
    ----------
    d : int
        Dimension.
    radius : float, optional
        By default √d, for which E[x xᵀ] = I.

    Examples
    --------
    >>> from extremal.laws import Sphere
    >>> Sphere(4)
    Sphere(d=4, radius=2)
    """

    d: int
    radius: float | None = None
    density = False

    def __post_init__(self) -> None:
        _set_radius(self, 0)

    def radial(self, p: float) -> float:
        """E R^p = radius^p."""
        return _power(self.radius, p)

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        g = rng.standard_normal((n, self.d))
        return g * (self.radial(1) / np.linalg.norm(g, axis=1, keepdims=True))

    def __repr__(self) -> str:
        return f"Sphere(d={self.d}, radius={self.radius:.4g})"


@dataclass(frozen=True, eq=False, repr=False)
class Ball(Elliptical):
    """
    Uniform in a ball.

    Parameters
    ----------
    d : int
        Dimension.
    radius : float, optional
        By default √(d + 2), for which E[x xᵀ] = I.

    Examples
    --------
    >>> from extremal.laws import Ball
    >>> Ball(2)
    Ball(d=2, radius=2)
    """

    d: int
    radius: float | None = None

    def __post_init__(self) -> None:
        _set_radius(self, 2)

    def radial(self, p: float) -> float:
        """E R^p = radius^p d/(d + p)."""
        return _power(self.radius, p) * self.d / (self.d + p)

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return uniform_ball(n, self.d, float(self.radius), rng)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"Ball(d={self.d}, radius={self.radius:.4g})"


@dataclass(frozen=True, eq=False, repr=False)
class StudentT(Elliptical):
    """
    Multivariate Student t: x = g √(df/χ²_df), with g ~ N(0, cov); moments of order df and above are infinite.

    Parameters
    ----------
    d : int
        Dimension.
    df : float
        Degrees of freedom, positive.
    cov : array_like of shape (d, d), optional
        Covariance of g, by default the identity. That of x is df/(df − 2) times as large, and infinite for df ≤ 2.

    Examples
    --------
    >>> from extremal.laws import StudentT
    >>> StudentT(2, 4).second_moments
    array([[2., 0.],
           [0., 2.]])
    """

    d: int
    df: float
    cov: NDArray[np.float64] | None = None
    sub_gaussian = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "d", as_count(self.d, "d", _DIMENSION))
        object.__setattr__(self, "df", as_number(self.df, "df", "degrees of freedom above 0", above=0.0))
        if self.cov is not None:
            object.__setattr__(self, "cov", as_covariance(self.cov, self.d))

    @property
    def shape(self) -> NDArray[np.float64] | None:
        """Covariance of g; None for the identity."""
        return self.cov

    def radial(self, p: float) -> float:
        """E R^p = df^{p/2} E χ_d^p E χ_df^{−p}, infinite for p ≥ df."""
        return gaussian_radial(self.d, p) * self.ratio(p)

    def ratio(self, p: float) -> float:
        """df^{p/2} E χ_df^{−p}."""
        return sqrt(self.df) ** p * gaussian_radial(self.df, -p) if p < self.df else inf

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        g = self._stretched(rng.standard_normal((n, self.d)))
        return g * np.sqrt(self.df / rng.chisquare(self.df, size=n))[:, None]

    def __repr__(self) -> str:
        return f"StudentT(d={self.d}, df={self.df:g}{'' if self.cov is None else ', cov=...'})"


def gaussian_radial(d: float, p: float) -> float:
    """E χ_d^p = 2^{p/2} Γ((d + p)/2)/Γ(d/2), p > −d."""
    if p == 2:
        return float(d)
    if p == 4:
        return float(d * (d + 2))
    if p == -2:
        return 1.0 / (d - 2)
    if p == -4:
        return 1.0 / ((d - 2) * (d - 4))
    return exp(p / 2 * log(2.0) + lgamma((d + p) / 2) - lgamma(d / 2))


def _power(radius: float | None, p: float) -> float:
    with np.errstate(over="ignore", under="ignore"):
        return float(np.float64(radius) ** p)


def _set_radius(law: Sphere | Ball, more: int) -> None:
    d = as_count(law.d, "d", _DIMENSION)
    radius = sqrt(d + more) if law.radius is None else as_number(law.radius, "radius", "a radius above 0", above=0.0)
    object.__setattr__(law, "d", d)
    object.__setattr__(law, "radius", radius)
