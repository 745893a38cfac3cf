"""Teachers: the noiseless labels f(x), linear, a sum of ReLU neurons, or any function."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data._arguments import as_count, as_generator
from ..data._real import check_finite, real_array
from ..errors import InvalidTypeError, InvalidValueError
from ._checks import Frozen, as_matrix, as_vector, locked

__all__ = ["Function", "Linear", "ReLU", "Teacher"]


class Teacher(Frozen):
    """A function f of the inputs; called with X of shape (n, d) it gives shape (n,)."""

    @property
    def dimension(self) -> int | None:
        """The dimension of its inputs, None if it takes any."""
        return None

    def __call__(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate f at each row of X."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, repr=False)
class Linear(Teacher):
    """
    The linear teacher f(x) = x·β (Eq. 7).

    Parameters
    ----------
    beta : array_like of shape (d,)
        β.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.laws import Linear
    >>> Linear([1.0, -2.0])(np.array([[1.0, 1.0], [2.0, 0.0]]))
    array([-1.,  2.])
    """

    beta: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", as_vector(self.beta, "beta"))

    @property
    def dimension(self) -> int:
        """Length of β."""
        return int(self.beta.size)

    def __call__(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate x·β at each row."""
        return X @ self.beta

    def __repr__(self) -> str:
        return f"Linear(d={self.beta.size}, ‖beta‖={np.linalg.norm(self.beta):.4g})"


@dataclass(frozen=True, eq=False, repr=False)
class ReLU(Teacher):
    """
    A sum of ReLU neurons, f(x) = Σ c_i σ(u_i·x).

    Parameters
    ----------
    weights : array_like of shape (k, d) or (d,)
        The u_i, one a row; one vector for one neuron. None of them 0.
    signs : array_like of shape (k,), optional
        The c_i: any numbers, of which ±1 are the usual ones; by default all 1.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.laws import ReLU
    >>> teacher = ReLU([[1.0, 0.0], [0.0, 1.0]], [1, -1])
    >>> teacher(np.array([[2.0, 3.0], [2.0, -3.0]]))
    array([-1.,  2.])
    """

    weights: NDArray[np.float64]
    signs: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        expected = "an array of shape (k, d), one neuron a row, or (d,) for one neuron"
        given = real_array(self.weights, "weights", expected)
        weights = as_matrix(given[None, :] if given.ndim == 1 else given, "weights", expected)
        k = len(weights)
        dead = ~weights.any(axis=1)
        if dead.any():
            raise InvalidValueError(f"weights[{int(dead.argmax())}] is 0; expected neurons that are not: leave it out")
        signs = np.ones(k) if self.signs is None else np.atleast_1d(real_array(self.signs, "signs", f"{k} numbers"))
        if signs.shape != (k,):
            raise InvalidValueError(f"signs has shape {signs.shape}; expected ({k},), one number for each neuron")
        check_finite(signs, "signs")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "signs", locked(signs))

    @classmethod
    def random(cls, k: int, d: int, rng: Any = None) -> "ReLU":
        """
        Draw a teacher with Gaussian parameters, as in Fig. 8.

        Parameters
        ----------
        k, d : int
            Neurons and dimension.
        rng : Generator, int or None
            Source of the parameters: u_i ~ N(0, I_d), then c_i ~ N(0, 1).

        Returns
        -------
        ReLU
            A teacher of k neurons.

        Examples
        --------
        >>> from extremal.laws import ReLU
        >>> ReLU.random(5, 3, rng=0)
        ReLU(k=5, d=3)
        """
        count, dimension = (
            as_count(k, "k", "a number of neurons, 1 or more"),
            as_count(d, "d", "a dimension, 1 or more"),
        )
        generator = as_generator(rng)
        weights = generator.standard_normal((count, dimension))
        return cls(weights, generator.standard_normal(count))

    @property
    def dimension(self) -> int:
        """Length of the u_i."""
        return int(self.weights.shape[1])

    @cached_property
    def coefficients(self) -> NDArray[np.float64]:
        """The c_i, shape (k,)."""
        return np.ones(len(self.weights)) if self.signs is None else self.signs

    def __call__(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate Σ c_i σ(u_i·x) at each row."""
        return np.maximum(X @ self.weights.T, 0.0) @ self.coefficients

    def __repr__(self) -> str:
        return f"ReLU(k={self.weights.shape[0]}, d={self.weights.shape[1]})"


@dataclass(frozen=True, eq=False, repr=False)
class Function(Teacher):
    """
    Any teacher, as a vectorised function; D(w) is then Monte Carlo with a standard error.

    Parameters
    ----------
    f : callable
        Takes X of shape (n, d), one input a row, and gives n numbers. A law with it can be pickled if f can.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.laws import Function
    >>> Function(lambda X: np.sin(X[:, 0]))(np.zeros((2, 3)))
    array([0., 0.])
    """

    f: Callable[[NDArray[np.float64]], ArrayLike]

    def __post_init__(self) -> None:
        if not callable(self.f):
            raise InvalidTypeError(f"f is {self.f!r}; expected a function of X, shape (n, d), that gives n numbers")

    def __call__(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate f, and check what it gives."""
        expected = f"{len(X)} numbers, one for each row of X"
        result = real_array(self.f(X), "f(X)", expected)
        if result.shape == (len(X), 1):
            result = result[:, 0]
        if result.shape != (len(X),):
            raise InvalidValueError(
                f"f(X) has shape {result.shape} for X of shape {X.shape}; expected {expected}: f takes all rows at once"
            )
        check_finite(result, "f(X)")
        return result

    def __repr__(self) -> str:
        return f"Function({getattr(self.f, '__name__', type(self.f).__name__)})"
