"""Tests on a sample of what Assumption 4.1 asks of a law."""

from math import erfc, exp, inf, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["centred", "gap", "is_linear", "isotropy", "symmetry", "tail"]

# Sign flips of the symmetry test: its least p-value is 1/(FLIPS + 1), below the level of the report.
FLIPS = 1999
# Directions in which it looks, and the most rows it uses.
FEATURES, ROWS = 64, 4096
# Below this many rows a gap around a hyperplane cannot be told from chance.
FEWEST = 30
# Linear up to rounding: ‖f − Xβ‖ against ‖f‖.
LINEAR_MISFIT = 1e-9


def is_linear(X: NDArray[np.float64], f: NDArray[np.float64]) -> tuple[NDArray[np.float64] | None, float]:
    """
    Fit f by x·β.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Inputs.
    f : ndarray of shape (n,)
        Noiseless labels.

    Returns
    -------
    beta : ndarray of shape (d,), or None
        None if f is not linear on the sample, or if the sample does not determine it.
    misfit : float
        ‖f − Xβ‖/‖f‖.
    """
    beta, _, rank, _ = np.linalg.lstsq(X, f, rcond=None)
    size = float(np.linalg.norm(f))
    misfit = float(np.linalg.norm(f - X @ beta)) / size if size else 0.0
    settled = misfit <= LINEAR_MISFIT and rank == X.shape[1] and len(X) > X.shape[1]
    return (np.asarray(beta, dtype=np.float64) if settled else None), misfit


def centred(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """
    Test that a mean is 0, by the normal approximation.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Independent draws.

    Returns
    -------
    mean, standard_error, p_value : float
        The p-value is two-sided.
    """
    mean, error = float(values.mean()), float(values.std(ddof=1) / sqrt(len(values)))
    if error == 0:
        return mean, 0.0, 1.0 if mean == 0 else 0.0
    return mean, error, erfc(abs(mean) / error / sqrt(2))


def symmetry(X: NDArray[np.float64], rng: np.random.Generator) -> float:
    """
    Test that x and −x have the same law, by random sign flips.

    Under the hypothesis the signs of the rows can be drawn anew, so the p-value is exact for every n. The statistic is
    Σ_j (Σ_k sin(t_j·x_k))² over random t_j: the characteristic function's imaginary part, which vanishes everywhere
    only for symmetric laws.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Inputs; the first 4096 are used.
    rng : Generator
        Source of flips and directions.

    Returns
    -------
    float
        The p-value.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.laws._sample_tests import symmetry
    >>> rng = np.random.default_rng(0)
    >>> symmetry(rng.exponential(size=(500, 2)), rng)
    0.0005
    """
    X = X[:ROWS]
    spread = np.median(np.abs(X), axis=0)
    spread = np.where(spread > 0, spread, np.maximum(np.abs(X).max(axis=0), 1e-300))
    t = rng.standard_normal((FEATURES, X.shape[1])) / spread / sqrt(X.shape[1])
    # several scales: differences of location show at the small ones, of shape at the large ones
    t *= np.geomspace(0.1, 2.0, FEATURES)[:, None]
    S = np.sin(X @ t.T)
    observed = float(np.sum(S.sum(axis=0) ** 2))
    flips = 2.0 * rng.integers(0, 2, size=(FLIPS, len(X))) - 1.0
    drawn = np.sum((flips @ S) ** 2, axis=1)
    return (1 + int(np.sum(drawn >= observed * (1 - 1e-12)))) / (FLIPS + 1)


def gap(X: NDArray[np.float64], beta: NDArray[np.float64]) -> tuple[float, float | None]:
    """
    Measure how near inputs come to the hyperplane β^⊥.

    If √d |x·β|/(‖x‖‖β‖) has a density that does not vanish at 0, as large there as up to its median m, the least of n
    values exceeds t with probability about exp(−nt/2m): the p-value. Small means that there is a gap.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Inputs; rows of zeros are left out.
    beta : ndarray of shape (d,)
        Normal of the hyperplane.

    Returns
    -------
    smallest : float
        The least of √d |x·β|/(‖x‖‖β‖).
    p_value : float or None
        None for fewer than 30 rows.
    """
    length = np.linalg.norm(X, axis=1)
    X, length = X[length > 0], length[length > 0]
    if not len(X):
        return inf, None
    values = np.sqrt(X.shape[1]) * np.abs(X @ beta) / length / np.linalg.norm(beta)
    smallest, median = float(values.min()), float(np.median(values))
    if len(X) < FEWEST:
        return smallest, None
    return smallest, exp(-len(X) * smallest / (2 * median)) if median else 1.0


def isotropy(X: NDArray[np.float64]) -> tuple[float, float]:
    """
    Estimate ‖E[x xᵀ] − I‖.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Inputs.

    Returns
    -------
    value, standard_error : float
        The error is that of the variance along the eigenvector in question, plus the typical ‖XᵀX/n − E xxᵀ‖ of the
        directions not looked at.
    """
    n, d = X.shape
    moments = X.T @ X / n
    values, vectors = np.linalg.eigh(moments - np.eye(d))
    j = int(np.abs(values).argmax())
    spread = float(np.std((X @ vectors[:, j]) ** 2)) / sqrt(n)
    return float(abs(values[j])), spread * sqrt(d)


def tail(sizes: NDArray[np.float64]) -> tuple[float, float]:
    """
    Estimate a tail index, the a of P(size > t) ~ t^−a, by Hill's estimator on the √n largest.

    Parameters
    ----------
    sizes : ndarray of shape (n,)
        Sizes, 0 or more.

    Returns
    -------
    index, standard_error : float
        Infinite index for sizes that are all the same; moments below the index are finite. Light tails give a large
        number.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.laws._sample_tests import tail
    >>> index, error = tail(np.abs(np.random.default_rng(0).standard_cauchy(10_000)))
    >>> abs(index - 1) < 3 * error
    True
    """
    count = max(2, int(sqrt(len(sizes))))
    largest = np.sort(sizes)[-count - 1 :]
    if len(largest) <= count or largest[0] <= 0:
        return inf, 0.0
    mean = float(np.mean(np.log(largest[1:] / largest[0])))
    return (1 / mean, 1 / mean / sqrt(count)) if mean > 0 else (inf, 0.0)
