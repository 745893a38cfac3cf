"""Signs of w·x_k, certified: the activation pattern A_n(w) = (sign(w·x_k))_k of section 2.1.

A float is read as the dyadic rational that it is, so "w lies on the hyperplane x_k^⊥" is a statement about
exact numbers. Three steps, each only for what the one before left open:

1. a floating-point product with a bound on its rounding error;
2. rows with few bits, such as small integers, for which that product has no rounding error at all;
3. integers of any length: a float is an integer times a power of two, and so is a row of floats.
"""

from collections.abc import Iterator
from operator import mul

import numpy as np
from numpy.typing import NDArray

__all__ = ["activation_signs", "chunks", "integers", "normalised_rows"]

# A sum of d products, in any order and with or without fused operations, is off by at most d·u/(1 − d·u)
# times Σ|w_i x_i|, u = 2^-53, and Σ|w_i x_i| < d for rows scaled into (−1, 1). d·(d + 4)·2^-52 is more than
# twice that; the rest covers what scaling loses to underflow, 2^-1074 an entry.
UNIT = 2.0**-52

# Bits of a float's significand: products and sums whose bits fit are exact.
SIGNIFICAND = 53

# Numbers in one block of a product (directions × samples): 8 MiB of float64.
BLOCK = 2**20


def chunks(rows: int, columns: int) -> Iterator[slice]:
    """Cut `rows` into slices so that a (slice, columns) array stays within one block."""
    step = max(1, BLOCK // max(1, columns))
    for start in range(0, rows, step):
        yield slice(start, min(rows, start + step))


def normalised_rows(A: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """
    Scale every row by a power of two to a largest entry in [1/2, 1).

    Parameters
    ----------
    A : ndarray of shape (m, d)
        Finite numbers.

    Returns
    -------
    scaled : ndarray of shape (m, d)
        Row i of A is 2^exponents[i] · scaled[i], up to underflow of entries below 2^-1000 of the largest.
    exponents : ndarray of shape (m,)
        Zero for rows of zeros.
    """
    _, exponents = np.frexp(np.abs(A).max(axis=1, initial=0.0))
    exponents = exponents.astype(np.int64)
    return np.ldexp(A, -exponents[:, None]), exponents


def activation_signs(X: NDArray[np.float64], W: NDArray[np.float64]) -> NDArray[np.int8]:
    """
    Signs of w·x_k, exact.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Samples, finite.
    W : ndarray of shape (m, d)
        Directions, finite.

    Returns
    -------
    ndarray of shape (m, n)
        int8, in {−1, 0, 1}.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.geometry.exact._signs import activation_signs
    >>> activation_signs(np.array([[0.1, 0.3], [3.0, -1.0]]), np.array([[0.3, -0.1], [1.0, 3.0]]))
    array([[0, 1],
           [1, 0]], dtype=int8)
    """
    d = X.shape[1]
    rows, row_exponents = normalised_rows(X)
    directions, direction_exponents = normalised_rows(W)
    products = directions @ rows.T
    result = (products > 0).view(np.int8) - (products < 0).view(np.int8)
    doubtful = np.abs(products, out=products) < d * (d + 4) * UNIT
    if doubtful.any():
        i, k = np.nonzero(doubtful)
        bits = _bits(X, rows, row_exponents)[k] + _bits(W, directions, direction_exponents)[i]
        inexact = bits + d.bit_length() > SIGNIFICAND
        i, k = i[inexact], k[inexact]
        samples = {j: integers(X[j]) for j in np.unique(k).tolist()}
        weights = {j: integers(W[j]) for j in np.unique(i).tolist()}
        exact = [sum(map(mul, samples[q], weights[p])) for p, q in zip(i.tolist(), k.tolist(), strict=True)]
        result[i, k] = [(t > 0) - (t < 0) for t in exact]
    return result


def _bits(A: NDArray[np.float64], scaled: NDArray[np.float64], exponents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Width of each row of A in bits: its entries are integers up to 2^width, times one power of two.

    A row of zeros is given a width so small that its products count as exact whatever they meet.
    """
    mantissa, exponent = np.frexp(scaled)
    integers = np.ldexp(np.abs(mantissa), SIGNIFICAND).astype(np.int64)
    lowest = exponent - SIGNIFICAND + np.frexp((integers & -integers).astype(np.float64))[1] - 1
    width = -np.where(integers == 0, 0, lowest).min(axis=1, initial=0).astype(np.int64)
    unchanged = (np.ldexp(scaled, exponents[:, None]) == A).all(axis=1)
    width[~integers.any(axis=1)] = -2 * SIGNIFICAND
    return np.where(unchanged, width, SIGNIFICAND + 1)


def integers(row: NDArray[np.float64]) -> list[int]:
    """Multiply a row by the least power of two that makes it whole."""
    ratios = [value.as_integer_ratio() for value in row.tolist()]
    scale = max(denominator for _, denominator in ratios)
    return [numerator * (scale // denominator) for numerator, denominator in ratios]
