r"""Closed forms of D(w) for ReLU teachers: elliptical inputs, and two Gaussian clusters.

*Elliptical.* For g ~ N(0, I), a neuron σ(u·g) and φ the angle between w and u,

    E[1{w·g>0} σ(u·g) g] = (1/2π) [ (π − φ) u + ‖u‖ sin φ · w/‖w‖ ],      E[1{w·g>0} g] = w/‖w‖ / √(2π).

For x = A R u the first has degree 2 and the second degree 1, so D(w) is A times their sum at Aᵀw and Aᵀu_i, multiplied
by E R²/d and by E R/E χ_d.

*Two clusters.* Given ε the input is s(ν + g) with ν = ε·mean/s; Stein's lemma E[h(g) g] = E[∇h(g)], applied to
h = 1{a>0} b_+ with a = ŵ·(ν + g) and b = û·(ν + g), leaves the law of (a, b), a bivariate normal with the means h, k
and the correlation ρ = ŵ·û:

    E[1{a>0} b_+ (ν + g)] = ν E[1{a>0} b_+] + ŵ E[δ(a) b_+] + û P(a>0, b>0),
    E[1{a>0} b_+] = k P(a>0, b>0) + ρ ϕ(h) Φ(m/t) + ϕ(k) Φ((h − ρk)/t),      E[δ(a) b_+] = ϕ(h) [m Φ(m/t) + t ϕ(m/t)]

with m = k − ρh, t = √(1−ρ²), and P(a>0, b>0) by Owen's function T.
"""

from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ..geometry.exact._signs import chunks
from ._angles import angles
from ._elliptical import Elliptical
from ._inputs import RademacherMixture
from ._lipschitz import EllipticalSlope, mixture_lipschitz
from ._population import Population, unit_rows

__all__ = ["EllipticalPopulation", "MixturePopulation"]

Neurons = tuple[NDArray[np.float64], NDArray[np.float64]]


class EllipticalPopulation(Population):
    """A constant vector, plus ReLU neurons under an elliptical law, plus the mean of the noise."""

    def __init__(
        self, inputs: Elliptical, constant: NDArray[np.float64], size: float, neurons: Neurons | None, mean: float
    ):
        self.inputs, self.shift = inputs, constant
        weights, signs = neurons if neurons is not None else (np.zeros((0, inputs.d)), np.zeros(0))
        whitened = weights @ inputs.transform
        norms = np.linalg.norm(whitened, axis=1)
        self.units = unit_rows(whitened)
        self.heights = signs * norms * (inputs.ratio(2) if neurons is not None else 0.0)
        self.mean = mean * inputs.ratio(1) / sqrt(2 * pi) if mean else 0.0
        self.slope = EllipticalSlope(self.units, self.heights, self.mean, *inputs.stretch)
        self.lipschitz = self.slope.everywhere
        self.curvature = self.slope.curvature
        self.size = size + inputs.stretch[0] * (float(np.abs(self.heights).sum()) + abs(self.mean))
        self.terms = len(self.units) + 1

    def D(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """D at each row of w."""
        result = np.empty(w.shape)
        for part in chunks(len(w), (len(self.units) + 1) * w.shape[1]):
            result[part] = self._block(w[part])
        return result

    def _block(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        # normalised first: the product with A neither overflows nor vanishes
        q = unit_rows(unit_rows(w) @ self.inputs.transform)
        phi = angles(q, self.units)
        whitened = ((pi - phi) * self.heights) @ self.units / (2 * pi)
        whitened += (np.sin(phi) @ self.heights / (2 * pi) + self.mean)[:, None] * q
        result = whitened @ self.inputs.transform.T + self.shift
        return np.where(w.any(axis=1, keepdims=True), result, 0.0)

    def local_lipschitz(self, w: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64]:
        """A bound on each cap; see `EllipticalSlope`."""
        result = np.empty(len(w))
        for part in chunks(len(w), (len(self.units) + w.shape[1]) * w.shape[1]):
            image = unit_rows(w[part]) @ self.inputs.transform
            result[part] = self.slope.within(image, radius[part])
        return result


class MixturePopulation(Population):
    """A constant vector, plus ReLU neurons under two Gaussian clusters, plus the mean of the noise."""

    def __init__(
        self,
        inputs: RademacherMixture,
        constant: NDArray[np.float64],
        size: float,
        neurons: Neurons | None,
        mean: float,
    ):
        self.shift, self.mean, self.scale = constant, mean, inputs.scale
        weights, signs = neurons if neurons is not None else (np.zeros((0, inputs.d)), np.zeros(0))
        norms = np.linalg.norm(weights, axis=1)
        self.units, self.heights = unit_rows(weights), signs * norms
        self.centre = inputs.mean / inputs.scale
        self.lipschitz = mixture_lipschitz(inputs, self.heights, mean)
        # both ≤ 1, along ≤ ‖ν‖ + 1, height ≤ ‖ν‖ + 2
        reach = 1.0 + float(np.linalg.norm(self.centre))
        self.size = size + 4.0 * self.scale**2 * reach**2 * float(np.abs(self.heights).sum())
        self.size += abs(mean) * self.scale * reach
        self.terms = len(self.units) + 1

    def D(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """D at each row of w."""
        result = np.empty(w.shape)
        for part in chunks(len(w), (len(self.units) + 1) * w.shape[1]):
            q = unit_rows(w[part])
            half = 0.5 * (self._cluster(q, self.centre) + self._cluster(q, -self.centre))
            result[part] = np.where(w[part].any(axis=1, keepdims=True), half + self.shift, 0.0)
        return result

    def _cluster(self, q: NDArray[np.float64], nu: NDArray[np.float64]) -> NDArray[np.float64]:
        """E[1{w·x>0} (f(x) + mean) x] for x = scale · (ν + g), rows of q of length 1."""
        from scipy.special import ndtr

        phi = angles(q, self.units)
        rho, t = np.cos(phi), np.maximum(np.sin(phi), 1e-300)
        h, k = (q @ nu)[:, None], (self.units @ nu)[None, :]
        m = k - rho * h
        with np.errstate(over="ignore"):  # ±∞ at parallel directions is the right limit
            ratio = m / t
        # (h − ρk)/t, so that the rounding error of `ratio` where t is small cancels between the two
        other = t * h - rho * ratio
        both = positive_quadrant(np.broadcast_to(h, phi.shape), np.broadcast_to(k, phi.shape), rho, t)
        height = k * both + rho * _density(h) * ndtr(ratio) + _density(k) * ndtr(other)
        along = _density(h) * (m * ndtr(ratio) + t * _density(ratio))
        s, c = self.scale, self.heights
        result = s**2 * ((both * c) @ self.units + (along @ c)[:, None] * q + (height @ c)[:, None] * nu)
        if self.mean:
            result += self.mean * s * (ndtr(h) * nu + _density(h) * q)
        return result


def positive_quadrant(
    h: NDArray[np.float64], k: NDArray[np.float64], rho: NDArray[np.float64], t: NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    P(a > 0, b > 0) for a bivariate normal (Owen 1956).

    Parameters
    ----------
    h, k : ndarray
        Means of a and b, whose variances are 1.
    rho : ndarray
        Correlation.
    t : ndarray
        √(1 − ρ²), positive.

    Returns
    -------
    ndarray
        Of the same shape.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.laws._closed import positive_quadrant
    >>> float(positive_quadrant(*(np.array([v]) for v in (0.0, 0.0, 0.0, 1.0)))[0])
    0.25
    """
    from scipy.special import ndtr, owens_t

    # continuous in h and k: 0 is a limit from above
    h, k = np.where(h == 0, 1e-300, h), np.where(k == 0, 1e-300, k)
    with np.errstate(over="ignore"):
        first, second = (k - rho * h) / h / t, (h - rho * k) / k / t
    value = 0.5 * (ndtr(h) + ndtr(k)) - owens_t(h, first) - owens_t(k, second) - np.where((h < 0) != (k < 0), 0.5, 0.0)
    return np.clip(value, 0.0, 1.0)


def _density(x: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(under="ignore", over="ignore"):
        return np.exp(-0.5 * x * x) / sqrt(2 * pi)
