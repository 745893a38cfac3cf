"""The population vector D(w) = E[1{w·x>0} y x] of Eq. 6: what its evaluators share, and which one a law gets.

The noise is independent of x, so only its mean enters: D(w) = E[1{w·x>0} f(x) x] + E[η] E[1{w·x>0} x]. D has degree 0
in w; at w = 0 no x is active, and D(0) = 0 as in `extremal.D`. Where x and −x have the same law and f is odd, the two
sides of the hyperplane w^⊥ contribute the same, so that for f(x) = x·β

    D(w) = ½ E[x xᵀ] β      for every w ≠ 0.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidValueError
from ._teachers import Linear, ReLU

if TYPE_CHECKING:
    from ._law import Law

__all__ = ["Population", "population_of", "unit_rows"]


class Population:
    """
    D(w) for rows w, and how it varies.

    Attributes
    ----------
    method : str
        A word for how it is computed.
    exact : bool
        Whether there is no sampling in it.
    constant : ndarray of shape (d,) or None
        The value for every w ≠ 0, if there is only one.
    lipschitz : float or None
        A bound on ‖D(w) − D(w')‖ / angle(w, w').
    curvature : float or None
        A bound on ‖d²D(w + te)/dt²‖ ‖w‖² for unit vectors e.
    size : float
        A bound on the sum of the lengths of the terms that D(w) is computed from: they may cancel.
    terms : int
        How many they are.
    smooth : bool
        Whether D is differentiable at almost every w (and not piecewise constant).
    """

    method = "closed form"
    exact = True
    smooth = True
    constant: NDArray[np.float64] | None = None
    lipschitz: float | None = None
    curvature: float | None = None
    size: float
    terms = 1

    @property
    def rounding(self) -> float:
        """A bound on the rounding error of D(w), that of w included."""
        return 2.0**-50 * (self.terms + 16) * (self.size + (self.lipschitz or 0.0))

    def D(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """D at each row of w, shape (m, d)."""
        raise NotImplementedError

    def errors(self, w: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Standard errors of D, shape (m, d), and of w·D, shape (m,)."""
        return np.zeros(w.shape), np.zeros(len(w))

    def local_lipschitz(self, w: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """A bound for pairs within the caps of these radii around the rows of w, shape (m,)."""
        return None if self.lipschitz is None else np.full(len(w), self.lipschitz)


class Constant(Population):
    """One vector for every w ≠ 0."""

    method = "constant"
    lipschitz = 0.0

    def __init__(self, value: NDArray[np.float64], size: float):
        self.constant, self.size = value, size

    def D(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """The vector, or 0 where w = 0."""
        return w.any(axis=1, keepdims=True) * np.asarray(self.constant)


def population_of(law: "Law") -> Population:
    """Choose how D(w) is computed: a closed form, a finite sum, or Monte Carlo."""
    from ._closed import EllipticalPopulation, MixturePopulation
    from ._elliptical import Elliptical
    from ._inputs import Empirical, RademacherMixture
    from ._sampled import FinitePopulation, MonteCarloPopulation

    inputs, teacher, mean = law.inputs, law.teacher, law.noise_mean
    if isinstance(inputs, Empirical):
        return FinitePopulation(inputs.X, teacher(inputs.X) + mean)
    if not isinstance(teacher, Linear | ReLU):
        return MonteCarloPopulation.of(law)
    zero = not (teacher.beta.any() if isinstance(teacher, Linear) else teacher.coefficients.any())
    if isinstance(inputs, Elliptical):
        silent = mean == 0 and not callable(law.noise) and law.noise == 0
        order = 2 if not zero else 0 if silent else 1
        if not np.isfinite(inputs.ratio(order)):
            raise InvalidValueError(
                f"D(w) does not exist for {inputs!r}: E‖y x‖ is infinite, since x has no moment of order {order}; "
                f"expected df above {order}"
            )
    constant, size = np.zeros(law.d), 0.0
    if isinstance(teacher, Linear) and not zero:
        if not inputs.symmetric or inputs.second_moments is None:
            return MonteCarloPopulation.of(law)
        constant = 0.5 * inputs.second_moments @ teacher.beta
        size = float(np.sqrt(law.d) * (np.abs(inputs.second_moments) @ np.abs(teacher.beta)).max())
    if mean == 0 and (zero or isinstance(teacher, Linear)):
        return Constant(constant, size)
    neurons = (teacher.weights, teacher.coefficients) if isinstance(teacher, ReLU) and not zero else None
    if isinstance(inputs, Elliptical):
        return EllipticalPopulation(inputs, constant, size, neurons, mean)
    if isinstance(inputs, RademacherMixture):
        return MixturePopulation(inputs, constant, size, neurons, mean)
    return MonteCarloPopulation.of(law)


def unit_rows(w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide rows by their lengths, whatever the size of their entries; rows of zeros stay."""
    size = np.abs(w).max(axis=-1, keepdims=True, initial=0.0)
    scaled = w / np.where(size > 0, size, 1.0)
    length = np.linalg.norm(scaled, axis=-1, keepdims=True)
    return scaled / np.where(length > 0, length, 1.0)
