"""Ordinary least squares on all samples and on the two halves S_±, and the network of Theorem 4.1 that they make.

S_± = {k : ±x_k·β* > 0} for the linear teacher β* of Eq. 7; samples with x_k·β* = 0 exactly are in neither. Theorem 4.1
says that the flow ends at h(x) = σ(β_{n,+}·x) − σ(−β_{n,−}·x), β_{n,±} being the estimators on the halves.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import Dataset, as_dataset
from ..errors import InvalidValueError
from ..geometry.exact._signs import activation_signs
from ..laws import Linear
from ..laws._checks import as_vector
from ._network import Network

__all__ = ["ols", "two_ols", "two_ols_network"]


def ols(X: ArrayLike | Dataset, y: ArrayLike | None = None) -> NDArray[np.float64]:
    """
    Compute the ordinary least-squares estimator, without an intercept.

    Parameters
    ----------
    X : array_like of shape (n, d), or Dataset
        Samples, one a row.
    y : array_like of shape (n,), optional
        Labels; left out if X is a `Dataset`.

    Returns
    -------
    ndarray of shape (d,)
        The β that minimises ‖Xβ − y‖, of least norm if there are several; in units of y/x.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data that cannot be used.

    Examples
    --------
    >>> from extremal.training import ols
    >>> ols([[1.0, 0.0], [0.0, 2.0], [0.0, 2.0]], [3.0, 2.0, 4.0]).round(12)
    array([3. , 1.5])
    """
    data = as_dataset(X, y)
    return _solve(data.X, data.y)


def two_ols(
    X: ArrayLike | Dataset, y: ArrayLike | None = None, teacher: ArrayLike | Linear | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Compute the least-squares estimators on the two sides of the teacher's hyperplane.

    Parameters
    ----------
    X : array_like of shape (n, d), or Dataset
        Samples, one a row.
    y : array_like of shape (n,), optional
        Labels; left out if X is a `Dataset`.
    teacher : array_like of shape (d,), or laws.Linear
        β*, or any vector in its activation cone.

    Returns
    -------
    beta_plus, beta_minus : ndarray of shape (d,)
        Minimum-norm least squares on S_+ = {x·β* > 0} and S_− = {x·β* < 0}; 0 on an empty half. In units of y/x.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data or a teacher that cannot be used; a teacher that is 0.

    See Also
    --------
    two_ols_network : the function that Theorem 4.1 builds of them.

    Examples
    --------
    >>> from extremal.training import two_ols
    >>> two_ols([[1.0], [2.0], [-1.0]], [1.0, 2.0, 3.0], teacher=[1.0])
    (array([1.]), array([-3.]))
    """
    data = as_dataset(X, y)
    if isinstance(teacher, Linear):
        teacher = teacher.beta
    beta = as_vector(teacher, "teacher", data.d)
    if not beta.any():
        raise InvalidValueError("teacher is 0; expected a vector that has two sides")
    (signs,) = activation_signs(data.X, beta[None])
    plus, minus = (_solve(data.X[signs == side], data.y[signs == side]) for side in (1, -1))
    return plus, minus


def two_ols_network(beta_plus: ArrayLike, beta_minus: ArrayLike) -> Network:
    """
    Build h(x) = σ(β_+·x) − σ(−β_−·x), the limit in Theorem 4.1, as a balanced network of two neurons.

    Parameters
    ----------
    beta_plus, beta_minus : array_like of shape (d,)
        β_{n,+} and β_{n,−}.

    Returns
    -------
    Network
        w_1 = β_+/√‖β_+‖, a_1 = √‖β_+‖; w_2 = −β_−/√‖β_−‖, a_2 = −√‖β_−‖.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For vectors that are not of one length.

    Examples
    --------
    >>> from extremal.training import two_ols_network
    >>> two_ols_network([2.0, 0.0], [1.0, 0.0])([[1.0, 5.0], [-1.0, 5.0]]).round(12)
    array([ 2., -1.])
    """
    plus = as_vector(beta_plus, "beta_plus")
    minus = as_vector(beta_minus, "beta_minus", plus.size)
    return balanced(np.array([plus, -minus]), np.array([1.0, -1.0]))


def balanced(V: NDArray[np.float64], signs: NDArray[Any]) -> Network:
    """The network Σ_j signs_j σ(V_j·x) with |a_j| = ‖w_j‖: w = v/√‖v‖, a = ±√‖v‖."""
    norms = np.linalg.norm(V, axis=1)
    roots = np.sqrt(norms)
    return Network(V / np.where(roots > 0, roots, 1.0)[:, None], signs * roots)


def _solve(X: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(X) == 0:
        return np.zeros(X.shape[1])
    # Scaled by powers of two, so that squares neither overflow nor vanish.
    exponents = [int(np.frexp(np.abs(part).max())[1]) for part in (X, y)]
    scaled = np.linalg.lstsq(np.ldexp(X, -exponents[0]), np.ldexp(y, -exponents[1]), rcond=None)[0]
    return np.ldexp(scaled, exponents[1] - exponents[0])
