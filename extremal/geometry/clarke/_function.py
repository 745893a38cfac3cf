"""The function G_n and its slope D_n (sections 2.1 and 2.2), at the initialisation θ = 0.

    G_n(w) = (1/n) Σ_k y_k σ(w·x_k),      D_n(w) = (1/n) Σ_{k: w·x_k > 0} y_k x_k,

with σ(t) = max(t, 0), or max(t, 0) + α min(t, 0) with the slope α = `leak` on the inactive side. G_n is
continuous, piecewise linear and positively homogeneous; G_n(w) = w·D_n(w). At a tie, w·x_k = 0, the point k
adds nothing to D_n(w): for leak 0 the value is one element of the Clarke subdifferential; `subdifferential`
is all of it.
"""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...data import Dataset, as_dataset, as_directions
from ...errors import InvalidTypeError, InvalidValueError
from ..exact._signs import activation_signs, chunks, normalised_rows

__all__ = ["D", "G", "as_leak", "generators"]

# Slopes nearer to 0 than this, or beyond its inverse, are refused.
SMALLEST_LEAK = 2.0**-100

# Sizes of y_k x_k that need no common scale: 2^±900 leaves room for sums and for factors of every size.
SAFE_EXPONENT = 900


def G(X: ArrayLike | Dataset, y: ArrayLike, w: ArrayLike, *, leak: float = 0.0) -> NDArray[np.float64]:
    """
    Evaluate G_n(w) = (1/n) Σ_k y_k σ(w·x_k), section 2.2.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row.
    y : array_like of shape (n,) or (n, 1)
        Labels.
    w : array_like of shape (..., d)
        Directions; they need not have length one, and G_n(t w) = t G_n(w) for t ≥ 0.
    leak : float, optional
        Slope α of the activation at negative arguments: 0 is the ReLU, −1 the absolute value, 1 linear.

    Returns
    -------
    ndarray of shape (...)
        In units of y·x·w. Off by rounding, at most about (n + d)·10⁻¹⁶ times ‖w‖ (1/n) Σ|y_k| ‖x_k‖; a value
        outside the range of floats is ±inf or 0.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        Data or directions that are not finite real numbers, a last axis of w that is not d, a leak that is
        not a finite number.

    Examples
    --------
    >>> import extremal.geometry as geometry
    >>> X, y = [[1.0, 0.0], [0.0, 2.0]], [1.0, -3.0]
    >>> print(geometry.G(X, y, [[1, 1], [1, 0], [-1, -1]]))
    [-2.5  0.5  0. ]
    """
    data, slope = as_dataset(X, y), as_leak(leak)
    directions = as_directions(w, data.d)
    rows, row_exponents = normalised_rows(data.X)
    labels, label_exponents = np.frexp(data.y)
    exponents = row_exponents + label_exponents
    common = _common_exponent(data, exponents)
    weights = np.ldexp(labels, exponents - common) / data.n
    flat, flat_exponents = normalised_rows(directions.reshape(-1, data.d))
    result = np.empty(len(flat))
    for part in chunks(len(flat), data.n):
        inner = flat[part] @ rows.T
        active = np.maximum(inner, 0.0)
        if slope:
            active += slope * np.minimum(inner, 0.0)
        result[part] = active @ weights
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(result, flat_exponents + common).reshape(directions.shape[:-1])[()]


def D(X: ArrayLike | Dataset, y: ArrayLike, w: ArrayLike, *, leak: float = 0.0) -> NDArray[np.float64]:
    """
    Evaluate D_n(w) = (1/n) Σ_{k: w·x_k > 0} y_k x_k, section 2.1, the gradient of G_n off the hyperplanes.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row.
    y : array_like of shape (n,) or (n, 1)
        Labels.
    w : array_like of shape (..., d)
        Directions; only the signs of w·x_k matter, and they are certified.
    leak : float, optional
        Slope α of the activation at negative arguments: the points with w·x_k < 0 count α times.

    Returns
    -------
    ndarray of shape (..., d)
        In units of y·x. Points with w·x_k = 0 exactly (floats are read as the dyadic rationals that they are)
        add nothing; D_n(0) = 0.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        Data or directions that are not finite real numbers, a last axis of w that is not d, a leak that is
        not a finite number.

    See Also
    --------
    subdifferential : all of 𝒟_n(w), ties included.

    Examples
    --------
    >>> import extremal.geometry as geometry
    >>> X, y = [[1.0, 0.0], [0.0, 2.0]], [1.0, -3.0]
    >>> print(geometry.D(X, y, [[1, 1], [1, 0], [-1, -1]]))
    [[ 0.5 -3. ]
     [ 0.5  0. ]
     [ 0.   0. ]]
    """
    data, slope = as_dataset(X, y), as_leak(leak)
    directions = as_directions(w, data.d)
    z, common = generators(data)
    flat = directions.reshape(-1, data.d)
    result = np.empty(flat.shape)
    for part in chunks(len(flat), data.n):
        signs = activation_signs(data.X, flat[part])
        weights = (signs > 0).astype(np.float64)
        if slope:
            weights[signs < 0] = slope
        result[part] = weights @ z
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(result, common).reshape(directions.shape)


def generators(data: Dataset) -> tuple[NDArray[np.float64], int]:
    """
    Compute z_k = y_k x_k / n without overflow.

    Parameters
    ----------
    data : Dataset
        n samples in dimension d.

    Returns
    -------
    z : ndarray of shape (n, d)
        z_k is 2^exponent · z[k].
    exponent : int
        0 unless the sizes of y_k x_k leave the comfortable range of floats.
    """
    rows, row_exponents = normalised_rows(data.X)
    labels, label_exponents = np.frexp(data.y)
    exponents = row_exponents + label_exponents
    common = _common_exponent(data, exponents)
    # + 0.0 turns −0.0 into 0.0
    return np.ldexp(labels[:, None] * rows / data.n + 0.0, (exponents - common)[:, None]), common


def as_leak(leak: Any) -> float:
    """
    Check the slope of the activation at negative arguments.

    Parameters
    ----------
    leak : object
        What a caller passed.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    InvalidTypeError
        It is not a real number.
    InvalidValueError
        It is not finite, or neither 0 nor within a factor 2^100 of 1.
    """
    if isinstance(leak, bool) or not isinstance(leak, Real):
        raise InvalidTypeError(
            f"leak is {leak!r}; expected a real number: 0 for the ReLU, 0.01 for a leaky ReLU, −1 for the "
            "absolute value"
        )
    try:
        value = float(leak)
    except OverflowError:
        value = np.inf
    if not np.isfinite(value):
        raise InvalidValueError(f"leak is {str(leak)[:24]}; expected a finite slope, such as 0 (the ReLU)")
    if value and not SMALLEST_LEAK <= abs(value) <= 1 / SMALLEST_LEAK:
        raise InvalidValueError(
            f"leak is {value!r}; expected 0 or a slope of size 2^-100 to 2^100, beside which 1 is not lost to rounding"
        )
    return value


def _common_exponent(data: Dataset, exponents: NDArray[np.int64]) -> int:
    used = (data.y != 0) & data.X.any(axis=1)
    if not used.any():
        return 0
    largest = int(exponents[used].max())
    return largest - min(max(largest, -SAFE_EXPONENT), SAFE_EXPONENT)
