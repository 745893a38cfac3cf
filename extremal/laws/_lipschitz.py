r"""How fast D(w) turns: bounds on ‖D(w) − D(w')‖ / angle(w, w').

D is the gradient of G(w) = E[y σ(w·x)], so its derivative on the sphere is a symmetric matrix on the tangent space, and
integrating its norm along the geodesic from w to w' gives the bound.

*One neuron, Gaussian inputs.* With t_u the unit tangent at w towards u and P the projector on the tangent space,

    dD = (‖u‖ sin φ / 2π) (t_u t_uᵀ + P) dw,

positive semidefinite and of norm ‖u‖ sin φ/π. For Σ c_i σ(u_i·x) the terms of c_i > 0 and of c_i < 0 are semidefinite
of either sign, hence the norm of the sum is at most the larger of the two sums of norms. The mean of the noise adds
(mean/√2π) P.

*Elliptical inputs.* In whitened coordinates q = Aᵀw the derivative is A J(q̂) Aᵀ/‖Aᵀw‖, of norm at most
‖A‖² ‖J(q̂)‖/σ_min(A).

*On a cap* of radius r around w: the angles from q̂ stay within κr, κ = ‖A‖/σ_min(A); ‖Aᵀw'‖ ≥ cos r ‖Aᵀw‖ − sin r ‖A‖;
and sin φ_i is at most its largest value on [φ_i − κr, φ_i + κr]. Moreover the covariant derivative of one neuron's
sin φ (t tᵀ + P) along a unit tangent τ, with a = τ·t and τ' = τ − a t, is −cos φ (a (P + t tᵀ) + τ' tᵀ + t τ'ᵀ), whose
eigenvalues besides a are those of [[2a, b], [b, a]], a² + b² = 1, so that its norm is at most 2|cos φ|. Hence

    ‖J‖ ≤ ‖J(q̂)‖ + κr Σ |c_i| ‖u_i‖ max|cos φ_i| / π      on the cap,

which is what sees that neurons compensate each other. Caps with r < π/2 are convex, so the bound holds for their pairs.

*Second derivatives* along straight lines q + te, ‖e‖ = 1, at ‖q‖ = 1, with c = e·q, s² + c² = 1. D has degree 0, so
that at any q they are divided by ‖q‖². That of q/‖q‖ has the norm s √(4c² + s²) ≤ 1.16. For one neuron
with x = u − (u·q)q the first derivative is F/2π, F = x (x·e)/‖x‖ + ‖x‖ (e − c q), ‖F‖ ≤ 2‖u‖s; as e varies over a line,
‖dx‖ ≤ ‖u‖s, so that the first term changes by at most (1 + s)‖u‖s, the norm in the second by ‖u‖s, of which F holds s
times as much, the projection by s, and the factor 1/‖q‖ adds |c| ‖F‖: together at most
‖u‖ 2s (1 + |c| + s)/2π ≤ 0.69 ‖u‖. In whitened coordinates a line stays a line, e grows by at most ‖A‖, and
‖Aᵀw‖ ≥ σ_min ‖w‖: the bound is ‖A‖³/σ_min² times the sum.

*Two clusters.* d D/dw = E[δ(w·x) f(x) x xᵀ], and x ↦ −x turns σ(u·x) into ½|u·x|. With p(w) ≤ 1/(s√2π) the density
of w·x at 0, and x's component along a unit vector, given w·x = 0, no larger in its third moment than ‖mean‖ + s g,
Hölder's inequality gives ½ ‖u‖ E|‖mean‖ + s g|³/(s√2π) for a neuron; it is attained at w ⊥ u ∥ mean.
"""

from math import erf, exp, inf, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ._angles import angles
from ._inputs import RademacherMixture
from ._population import unit_rows

__all__ = ["EllipticalSlope", "mixture_lipschitz"]

# Bounds on the norms of these second derivatives, for ‖u‖ = 1.
NEURON_BEND, UNIT_BEND = 0.69, 1.16


class EllipticalSlope:
    """
    Bounds on the derivative of D(w) for ReLU neurons under an elliptical law.

    Parameters
    ----------
    units : ndarray of shape (k, d)
        The directions of the Aᵀu_i.
    heights : ndarray of shape (k,)
        c_i ‖Aᵀu_i‖ E R²/d.
    mean : float
        What multiplies P: mean of the noise · E R/E χ_d / √2π.
    largest, smallest : float
        Singular values of A.
    """

    def __init__(
        self, units: NDArray[np.float64], heights: NDArray[np.float64], mean: float, largest: float, smallest: float
    ):
        self.units, self.heights, self.mean = units, heights, mean
        self.largest, self.smallest = largest, smallest
        bend = NEURON_BEND * float(np.abs(heights).sum()) + UNIT_BEND * abs(mean)
        self.curvature = largest**3 / smallest**2 * bend
        self.everywhere = largest**2 / smallest * float(self._two_sums(np.ones((1, len(units))))[0])

    def _two_sums(self, sines: NDArray[np.float64]) -> NDArray[np.float64]:
        """The larger of the sums of norms over c_i > 0 and over c_i < 0, for rows of sines."""
        plus = sines @ np.maximum(self.heights, 0.0) / pi + max(self.mean, 0.0)
        minus = sines @ np.maximum(-self.heights, 0.0) / pi + max(-self.mean, 0.0)
        return np.maximum(plus, minus)

    def within(self, image: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Bound the derivative on caps.

        Parameters
        ----------
        image : ndarray of shape (m, d)
            Aᵀw for the unit vectors w in the middle.
        radius : ndarray of shape (m,)
            Angles.

        Returns
        -------
        ndarray of shape (m,)
            A Lipschitz constant on each cap.
        """
        length = np.linalg.norm(image, axis=1)
        q = unit_rows(image)
        reach = np.minimum(self.largest / self.smallest * radius, pi)[:, None]
        shortest = np.maximum(np.cos(radius) * length - np.sin(radius) * self.largest, self.smallest)
        phi = angles(q, self.units)
        low, high = np.maximum(phi - reach, 0.0), np.minimum(phi + reach, pi)
        sines = np.where((low <= pi / 2) & (high >= pi / 2), 1.0, np.maximum(np.sin(low), np.sin(high)))
        cosines = np.maximum(np.abs(np.cos(low)), np.abs(np.cos(high)))
        beside = self._norm(q, phi) + reach[:, 0] * (cosines @ np.abs(self.heights)) / pi
        bound = self.largest**2 / shortest * np.minimum(self._two_sums(sines), beside)
        return np.where(radius < pi / 2, np.minimum(bound, self.everywhere), self.everywhere)

    def _norm(self, q: NDArray[np.float64], phi: NDArray[np.float64]) -> NDArray[np.float64]:
        """‖J(q̂)‖ at unit rows q."""
        sines = np.sin(phi)
        tangents = self.units[None] - np.cos(phi)[:, :, None] * q[:, None]  # sin φ_i t_i
        weights = self.heights / np.maximum(sines, 1e-300) / (2 * pi)
        weights = np.where(sines > 1e-12, weights, 0.0)  # there sin φ (t tᵀ + P) is 0 up to rounding
        J = np.swapaxes(tangents * weights[:, :, None], 1, 2) @ tangents
        diagonal = sines @ self.heights / (2 * pi) + self.mean
        J += diagonal[:, None, None] * (np.eye(q.shape[1]) - q[:, :, None] * q[:, None, :])
        return np.abs(np.linalg.eigvalsh(J)).max(axis=1)


def mixture_lipschitz(inputs: RademacherMixture, heights: NDArray[np.float64], mean: float) -> float:
    """The bound for two clusters; `heights` holds c_i ‖u_i‖, `mean` is that of the noise."""
    s, m = inputs.scale, float(np.linalg.norm(inputs.mean))
    z = m / s
    third = s**3 * ((z**3 + 3 * z) * erf(z / sqrt(2)) + 2 * (z**2 + 2) * exp(-z * z / 2) / sqrt(2 * pi))
    plus = 0.5 * third * float(np.maximum(heights, 0.0).sum()) + max(mean, 0.0) * (m**2 + s**2)
    minus = 0.5 * third * float(np.maximum(-heights, 0.0).sum()) + max(-mean, 0.0) * (m**2 + s**2)
    bound = max(plus, minus) / (s * sqrt(2 * pi))
    return bound if bound < inf else inf
