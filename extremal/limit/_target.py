"""What D_n is compared with: the population's D(w), a constant, or a user's function with its Lipschitz constant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import as_number
from ..data._real import check_finite, real_array
from ..errors import InvalidTypeError, InvalidValueError
from ..laws import Law

__all__ = ["Target", "as_target"]


@dataclass(frozen=True, eq=False)
class Target:
    """
    D(w) on the unit sphere, and how fast it turns.

    Attributes
    ----------
    evaluate : callable
        Unit vectors (m, d) to D(w) (m, d).
    constant : ndarray of shape (d,) or None
        The value, if it does not depend on w.
    lipschitz : float or None
        Bounds ‖D(w) − D(w')‖ / angle(w, w'); None if no bound is known.
    local : callable or None
        Unit vectors (m, d) and angles (m,) to Lipschitz constants (m,) on these caps.
    curvature : float or None
        Bounds ‖d²D(w + t e)/dt²‖ · ‖w‖² for unit e, D of degree 0 in w.
    exact : bool
        False if the values are a sample's.
    size, rounding : float
        Bounds on ‖D(w)‖ and on the rounding error of `evaluate`.
    """

    evaluate: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    constant: NDArray[np.float64] | None
    lipschitz: float | None
    local: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]] | None = None
    curvature: float | None = None
    exact: bool = True
    size: float = 0.0
    rounding: float = 0.0

    def slope(self, centres: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float64]:
        """Lipschitz constants (m,) on caps."""
        if self.local is not None:
            return self.local(centres, radii)
        return np.full(len(centres), np.inf if self.lipschitz is None else self.lipschitz)

    def scaled(self, factor: float) -> "Target":
        """D(w) times a positive number."""
        local = self.local
        return Target(
            lambda w: factor * self.evaluate(w),
            None if self.constant is None else factor * self.constant,
            None if self.lipschitz is None else factor * self.lipschitz,
            None if local is None else lambda w, radii: factor * local(w, radii),
            None if self.curvature is None else factor * self.curvature,
            self.exact,
            factor * self.size,
            factor * self.rounding,
        )


def as_target(law: Any, d: int, lipschitz: Any) -> Target:
    """
    Accept a Law, a vector (d,), or a function of unit vectors (m, d).

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For anything else, or of another dimension.
    """
    if lipschitz is not None:
        expected = "a bound on ‖D(w) − D(w')‖ / angle(w, w'), 0 or more, or None"
        lipschitz = as_number(lipschitz, "lipschitz", expected, least=0.0)
    if isinstance(law, Law):
        if law.d != d:
            raise InvalidValueError(
                f"the law draws inputs in dimension {law.d} and X has d = {d} columns; expected equal"
            )
        population = law.population
        known = population.lipschitz if lipschitz is None else lipschitz
        local: Any = law.local_lipschitz if lipschitz is None and known is not None and known > 0 else None
        constant = population.constant
        return Target(
            law.D,
            constant,
            0.0 if constant is not None else known,
            local,
            population.curvature,
            population.exact,
            population.size,
            population.rounding,
        )
    if isinstance(law, type):
        raise InvalidTypeError(
            f"law is the class {law.__name__}; expected an object, such as Law(Gaussian(5), teacher)"
        )
    if callable(law):
        checked = _Checked(law, d)
        at_axes = float(np.sqrt(d) * np.abs(checked(np.vstack([np.eye(d), -np.eye(d)]))).max())
        return Target(checked, None, lipschitz, size=at_axes + np.pi * (lipschitz or 0.0))
    value = real_array(law, "law", "a Law, a vector of d numbers, or a function of unit vectors (m, d)")
    if value.shape != (d,):
        raise InvalidTypeError(
            f"law is {law!r} of shape {value.shape}; expected a Law from extremal.laws, a constant D of shape ({d},), "
            "or a function that maps unit vectors (m, d) to D(w) (m, d)"
        )
    check_finite(value, "law")
    return Target(lambda w: np.broadcast_to(value, w.shape), value, 0.0, size=float(np.sqrt(d) * np.abs(value).max()))


class _Checked:
    """A user's D(w), its results checked."""

    def __init__(self, function: Callable[[Any], Any], d: int):
        self.function, self.d = function, d

    def __call__(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        result = real_array(self.function(w.copy()), "law(w)", "an array of real numbers")
        if result.shape != w.shape:
            raise InvalidValueError(
                f"law(w) has shape {result.shape} for w of shape {w.shape}; expected the same: D(w) for every row of w"
            )
        check_finite(result, "law(w)")
        return result
