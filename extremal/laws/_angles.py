"""Angles between unit vectors, accurate at every size."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["angles"]


def angles(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Angles between unit vectors, by Kahan's formula: its error is a few roundings also near 0 and π.

    Parameters
    ----------
    a : ndarray of shape (m, d)
        Rows of length 1.
    b : ndarray of shape (k, d)
        Rows of length 1.

    Returns
    -------
    ndarray of shape (m, k)
        In [0, π].

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.laws._angles import angles
    >>> angles(np.eye(2), np.array([[1.0, 1e-9]]))
    array([[1.00000000e-09],
           [1.57079633e+00]])
    """
    less = np.linalg.norm(a[:, None, :] - b[None, :, :], axis=2)
    more = np.linalg.norm(a[:, None, :] + b[None, :, :], axis=2)
    return 2.0 * np.arctan2(less, more)
