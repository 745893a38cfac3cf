"""The Clarke subdifferential of G_n (section 2.2): a zonotope, 𝒟_n(w) = ∂G_n(w).

    𝒟_n(w) = { (1/n) Σ_k η_k y_k x_k : η_k = 1 if w·x_k > 0, η_k = α if w·x_k < 0, η_k ∈ [α, 1] if w·x_k = 0 }

with the slope α = `leak` of the activation at negative arguments, 0 for the ReLU. Every point on its
hyperplane has a multiplier of its own, also when rows are equal or opposite.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...data import Dataset, as_dataset, as_directions
from ...errors import InvalidValueError
from ..exact._signs import activation_signs
from ._function import as_leak, generators
from ._zonotope import Zonotope

__all__ = ["subdifferential", "zonotope_of"]


def subdifferential(X: ArrayLike | Dataset, y: ArrayLike, w: ArrayLike, *, leak: float = 0.0) -> Zonotope:
    """
    Compute 𝒟_n(w), the Clarke subdifferential of G_n at w, section 2.2.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row.
    y : array_like of shape (n,) or (n, 1)
        Labels.
    w : array_like of shape (d,)
        A direction, not zero. Only the signs of w·x_k matter; they are exact, with floats read as the dyadic
        rationals that they are.
    leak : float, optional
        Slope α of the activation at negative arguments.

    Returns
    -------
    Zonotope
        In units of y·x. One generator (1 − α) y_k x_k / n for each k with w·x_k = 0, in the order of the
        rows. G_n(w) is w·v for every v in it, and D ≠ 0 is extremal exactly if D ∈ 𝒟_n(±D) (Definition 2.1).

    Raises
    ------
    InvalidValueError, InvalidTypeError
        w = 0, or w of another shape than (d,); data that are not finite real numbers of matching shapes; a
        leak that is not a finite number; points y_k x_k / n outside the range of floats.

    See Also
    --------
    D : the base point for leak 0, for many w at once.

    Examples
    --------
    >>> from extremal.geometry import subdifferential
    >>> zonotope = subdifferential([[1.0, 0.0], [0.0, 2.0]], [1.0, -3.0], [1.0, 0.0])
    >>> print(zonotope.base, zonotope.generators)
    [0.5 0. ] [[ 0. -3.]]
    >>> zonotope.nearest([0.0, 0.0])
    array([0.5, 0. ])
    """
    data, slope = as_dataset(X, y), as_leak(leak)
    direction = as_directions(w, data.d)
    if direction.ndim != 1:
        raise InvalidValueError(f"w has shape {direction.shape}; expected ({data.d},): ask for one direction at a time")
    if not direction.any():
        raise InvalidValueError(
            "w is zero; expected a direction: Definition 2.1 looks at w on the unit sphere, and every "
            "hyperplane meets 0"
        )
    return zonotope_of(data, activation_signs(data.X, direction[None, :])[0], slope)


def zonotope_of(data: Dataset, signs: NDArray[np.int8], slope: float) -> Zonotope:
    """Compute 𝒟_n on the face with the given activation pattern (n,)."""
    z, exponent = generators(data)
    base = (signs > 0) @ z + slope * ((signs <= 0) @ z)
    with np.errstate(over="ignore", under="ignore"):
        base, moving = np.ldexp(base, exponent), np.ldexp((1.0 - slope) * z[signs == 0], exponent)
    if not (np.isfinite(base).all() and np.isfinite(moving).all()):
        raise InvalidValueError(
            "sums of y_k x_k / n leave the range of floats; scale X or y down by a power of two, which scales 𝒟_n alike"
        )
    return Zonotope(moving, base)
