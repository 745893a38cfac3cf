r"""Laws of the inputs x ∈ R^d: what every one of them can say, and those that are not elliptical.

A law of inputs draws samples, and says what is known of it without drawing any: whether x and −x have the same law,
whether it has a density, whether it is sub-Gaussian, and E[x xᵀ]. None means that it is not known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import as_features
from ..data._arguments import as_count, as_generator, as_number
from ..errors import InvalidTypeError, InvalidValueError
from ._checks import Frozen, as_vector, locked

__all__ = ["Assumption41", "Empirical", "Inputs", "RademacherMixture", "Sampler", "uniform_ball"]


class Inputs(Frozen):
    """
    The law of x.

    Attributes
    ----------
    d : int
        The dimension.
    symmetric : bool or None
        Whether x and −x have the same law.
    density : bool or None
        Whether the law is absolutely continuous on R^d.
    sub_gaussian : bool or None
        Whether every x·u has Gaussian tails.
    """

    d: int
    symmetric: bool | None = None
    density: bool | None = None
    sub_gaussian: bool | None = None

    def sample(self, n: int, rng: Any = None) -> NDArray[np.float64]:
        """
        Draw n independent inputs.

        Parameters
        ----------
        n : int
            How many.
        rng : Generator, int or None
            The same seed gives the same bits.

        Returns
        -------
        ndarray of shape (n, d)
            One input a row.
        """
        return self._draw(as_count(n, "n", "a number of samples, 1 or more"), as_generator(rng))

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        raise NotImplementedError

    @property
    def second_moments(self) -> NDArray[np.float64] | None:
        """E[x xᵀ], shape (d, d); infinite where it does not exist, None if it is not known."""
        return None


@dataclass(frozen=True, eq=False, repr=False)
class RademacherMixture(Inputs):
    """
    Two clusters, one the mirror image of the other: x = ε · mean + scale · g, ε = ±1 and g ~ N(0, I).

    Parameters
    ----------
    d : int
        Dimension.
    mean : array_like of shape (d,)
        Centre of the cluster ε = +1.
    scale : float
        Standard deviation of each cluster, positive.

    Examples
    --------
    >>> from extremal.laws import RademacherMixture
    >>> RademacherMixture(2, [3.0, 0.0], 0.5).second_moments
    array([[9.25, 0.  ],
           [0.  , 0.25]])
    """

    d: int
    mean: NDArray[np.float64]
    scale: float = 1.0
    symmetric = density = sub_gaussian = True

    def __post_init__(self) -> None:
        d = as_count(self.d, "d", "a dimension, 1 or more")
        object.__setattr__(self, "d", d)
        object.__setattr__(self, "mean", as_vector(self.mean, "mean", d))
        object.__setattr__(self, "scale", as_number(self.scale, "scale", "a standard deviation above 0", above=0.0))

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        signs = 2.0 * rng.integers(0, 2, size=n) - 1.0
        return signs[:, None] * self.mean + self.scale * rng.standard_normal((n, self.d))

    @property
    def second_moments(self) -> NDArray[np.float64]:
        """Mean meanᵀ + scale² I."""
        return np.outer(self.mean, self.mean) + self.scale**2 * np.eye(self.d)

    def __repr__(self) -> str:
        return f"RademacherMixture(d={self.d}, ‖mean‖={np.linalg.norm(self.mean):.4g}, scale={self.scale:g})"


@dataclass(frozen=True, eq=False, repr=False)
class Assumption41(Inputs):
    r"""
    A law of x that satisfies Assumption 4.1 for y = x·β + η: away from the hyperplane β^⊥, and nearly isotropic.

    x = s β/‖β‖ + B v with the columns of B an orthonormal basis of β^⊥, s uniform on [−1−ε, −1+ε] ∪ [1−ε, 1+ε] and v
    uniform in the ball of radius √(d+1) of R^{d−1}. So E[x xᵀ] = I + (ε²/3) ββᵀ/‖β‖², and \|x·β\| ≥ c ‖x‖‖β‖/√d with
    c = (1−ε) √d / √((1−ε)² + d + 1). For d = 1 there is no v: x = ±s, and c = 1.

    Parameters
    ----------
    beta : array_like of shape (d,)
        Normal of the hyperplane that x avoids; its length does not matter. A linear teacher satisfies item 3 surely
        if it is along beta.
    eps : float
        ε, at least 0 and below 1; with ε = 0 there is no density.

    Examples
    --------
    >>> from extremal.laws import Assumption41
    >>> X = Assumption41([0.0, 2.0, 0.0]).sample(1000, rng=0)
    >>> bool(abs(X[:, 1]).min() >= 0.9)
    True
    """

    beta: NDArray[np.float64]
    eps: float = 0.1
    d: int = field(init=False)
    symmetric = sub_gaussian = True

    def __post_init__(self) -> None:
        beta = as_vector(self.beta, "beta")
        if not beta.any():
            raise InvalidValueError("beta is 0; expected the normal of the hyperplane that x avoids")
        eps = as_number(self.eps, "eps", "a number from 0 to less than 1", least=0.0)
        if eps >= 1:
            raise InvalidValueError(f"eps is {self.eps!r}; expected a number from 0 to less than 1")
        object.__setattr__(self, "beta", beta)
        object.__setattr__(self, "eps", eps)
        object.__setattr__(self, "d", beta.size)

    @property
    def density(self) -> bool:  # type: ignore[override]
        """Whether the law has a density: not for ε = 0."""
        return self.eps > 0

    @cached_property
    def axis(self) -> NDArray[np.float64]:
        """β/‖β‖, shape (d,)."""
        scaled = self.beta / np.abs(self.beta).max()
        return locked(scaled / np.linalg.norm(scaled))

    @cached_property
    def complement(self) -> NDArray[np.float64]:
        """B: an orthonormal basis of β^⊥ as columns, shape (d, d − 1), by a Householder reflection."""
        h = self.axis.copy()
        h[0] += 1.0 if h[0] >= 0 else -1.0
        return locked((np.eye(self.d) - 2.0 * np.outer(h, h) / (h @ h))[:, 1:])

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        signs = 2.0 * rng.integers(0, 2, size=n) - 1.0
        s = signs * rng.uniform(1.0 - self.eps, 1.0 + self.eps, size=n)
        result = np.outer(s, self.axis)
        if self.d > 1:
            result += uniform_ball(n, self.d - 1, np.sqrt(self.d + 1.0), rng) @ self.complement.T
        return result

    @property
    def second_moments(self) -> NDArray[np.float64]:
        """I + (ε²/3) ββᵀ/‖β‖²."""
        return np.eye(self.d) + self.eps**2 / 3 * np.outer(self.axis, self.axis)

    def __repr__(self) -> str:
        return f"Assumption41(d={self.d}, eps={self.eps:g})"


@dataclass(frozen=True, eq=False, repr=False)
class Empirical(Inputs):
    """
    The rows of a data set, each with the same probability.

    Expectations are finite sums, D(w) is piecewise constant, and rows with w·x = 0 are left out of it, as in
    `extremal.D`.

    Parameters
    ----------
    X : array_like of shape (n, d)
        The rows.

    Examples
    --------
    >>> from extremal.laws import Empirical
    >>> Empirical([[1.0, 0.0], [0.0, 2.0]]).second_moments
    array([[0.5, 0. ],
           [0. , 2. ]])
    """

    X: NDArray[np.float64]
    d: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "X", as_features(self.X))
        object.__setattr__(self, "d", int(self.X.shape[1]))

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return self.X[rng.integers(0, len(self.X), size=n)]

    @property
    def second_moments(self) -> NDArray[np.float64]:
        """Xᵀ X / n."""
        return self.X.T @ self.X / len(self.X)

    def __repr__(self) -> str:
        return f"Empirical(n={len(self.X)}, d={self.d})"


@dataclass(frozen=True, eq=False, repr=False)
class Sampler(Inputs):
    """
    Any law of inputs, given by a function that draws from it. Nothing else is known: expectations are Monte Carlo.

    Parameters
    ----------
    d : int
        Dimension.
    draw : callable
        ``draw(n, rng)`` gives an array of shape (n, d).

    Examples
    --------
    >>> from extremal.laws import Sampler
    >>> Sampler(3, lambda n, rng: rng.exponential(size=(n, 3))).sample(2, rng=0).shape
    (2, 3)
    """

    d: int
    draw: Callable[[int, np.random.Generator], ArrayLike]

    def __post_init__(self) -> None:
        object.__setattr__(self, "d", as_count(self.d, "d", "a dimension, 1 or more"))
        if not callable(self.draw):
            raise InvalidTypeError(f"draw is {self.draw!r}; expected a function (n, rng) -> array of shape (n, d)")

    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        X = as_features(self.draw(n, rng))
        if X.shape != (n, self.d):
            raise InvalidValueError(f"draw gave an array of shape {X.shape}; expected ({n}, {self.d})")
        return X

    def __repr__(self) -> str:
        return f"Sampler(d={self.d}, {getattr(self.draw, '__name__', type(self.draw).__name__)})"


def uniform_ball(n: int, d: int, radius: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """
    Draw uniformly from a ball.

    Parameters
    ----------
    n, d : int
        How many, in which dimension.
    radius : float
        Of the ball.
    rng : Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (n, d)
        One point a row.
    """
    g = rng.standard_normal((n, d))
    size = rng.uniform(size=n) ** (1.0 / d)
    return radius * size[:, None] * g / np.linalg.norm(g, axis=1, keepdims=True)
