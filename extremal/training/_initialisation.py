"""Initial weights a_j = λ m^{-1/2} ã_j, w_j = λ m^{-1/2} w̃_j (Eq. 2), and the conditions the paper puts on them.

Domination (Eq. 3) is |ã_j| ≥ ‖w̃_j‖ for every j and (1/m) Σ ã_j² ≤ 1; it keeps the signs of the a_j for ever.
Theorem 4.1 asks for Eq. 8: ã_j uniform on {−1, 1}, w̃_j uniform on the ball of radius ½, so that |ã_j| ≥ 2 ‖w̃_j‖. (The
paper's text fixes the factor; the ball is the usual choice.) The experiments' Gaussian weights satisfy neither.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import as_choice, as_count, as_generator, as_number
from ..data._json import plain
from ..errors import InvalidTypeError, InvalidValueError
from ._network import Network

__all__ = ["Conditions", "check_dominated", "conditions", "initialise"]

INITS = ("theorem", "dominated", "balanced", "gaussian")

# Radius of the ball that w̃_j is drawn from under Eq. 8, ã_j being ±1.
THEOREM_RADIUS = 0.5

# Conditions may fail by this share of |ã_j|: norms and scaling round, and "balanced" has equality in Eq. 3.
ROUNDING = 1e-12


def initialise(m: int, d: int, scale: float, init: Any = "dominated", rng: Any = None) -> Network:
    r"""
    Draw the initial weights of a network (Eq. 2).

    Parameters
    ----------
    m : int
        Width.
    d : int
        Dimension of the inputs.
    scale : float
        λ > 0.
    init : {"theorem", "dominated", "balanced", "gaussian"}, Network, or pair (W̃, ã)
        Before scaling by λ m^{-1/2}:

        - "theorem": Eq. 8; ã_j = ±1 with probability ½ each, w̃_j uniform in the ball of radius ½;
        - "dominated": the same with radius 1, so Eq. 3 holds and Eq. 8 does not;
        - "balanced": ã_j = ±1, w̃_j uniform on the unit sphere, so a_j² = ‖w_j‖²; Eq. 3 holds with equality;
        - "gaussian": every weight N(0, 1), that is N(0, λ²/m) after scaling. The variance 10⁻⁵/√m of the paper's
          experiments is λ² = 10⁻⁵ √m: λ ≈ 0.0316 for m = 10 000. Eq. 3 does not hold;
        - a `Network` or a pair of arrays (m, d) and (m,): these numbers, scaled as the others are; conditions are not
          checked (see `conditions`).
    rng : Generator, int or None
        Source of randomness. The same seed gives the same weights, whatever λ is.

    Returns
    -------
    Network
        The scaled weights.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        λ ≤ 0, m or d below 1, an unknown name, arrays of other shapes, or weights that underflow to 0 or overflow.

    Examples
    --------
    >>> from extremal.training import conditions, initialise
    >>> network = initialise(100, 3, scale=1e-3, init="theorem", rng=0)
    >>> network
    <Network: m = 100, d = 3>
    >>> conditions(network, scale=1e-3)
    <conditions: Eq. 3 holds, Eq. 8 holds>
    """
    m = as_count(m, "m", "the width, an integer, 1 or more")
    d = as_count(d, "d", "the dimension of the inputs, an integer, 1 or more")
    scale = as_number(scale, "scale", "a number λ > 0, such as 1e-3", above=0.0)
    if isinstance(init, str):
        init = as_choice(init, "init", INITS, ", a Network, or a pair (W, a)")
        W, a = _draw(m, d, init, as_generator(rng))
    else:
        given = _as_network(init)
        W, a = given.W, given.a
        if W.shape != (m, d):
            raise InvalidValueError(
                f"init has {W.shape[0]} neurons in dimension {W.shape[1]}; expected {m} in dimension {d}"
            )
    factor = scale / np.sqrt(m)
    with np.errstate(over="ignore", under="ignore"):
        W_scaled, a_scaled = factor * W, factor * a
        lost = not factor or (not a_scaled.any() and a.any()) or (not W_scaled.any() and W.any())
        large = not (np.isfinite(W_scaled).all() and np.isfinite(a_scaled).all())
    if lost or large:
        what = "overflow" if large else "vanish"
        raise InvalidValueError(f"scale is {scale!r}, with which weights {what} in float64; expected something milder")
    return Network(W_scaled, a_scaled)


def _draw(m: int, d: int, init: str, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if init == "gaussian":
        weights = rng.standard_normal((m, d + 1))
        return weights[:, :d], weights[:, d]
    a = np.where(rng.random(m) < 0.5, -1.0, 1.0)
    W = rng.standard_normal((m, d))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    if init != "balanced":
        radius = THEOREM_RADIUS if init == "theorem" else 1.0
        W *= radius * rng.random((m, 1)) ** (1.0 / d)
    return W, a


def _as_network(init: Any) -> Network:
    if isinstance(init, Network):
        return init
    if isinstance(init, tuple | list) and len(init) == 2:
        return Network(init[0], init[1])
    raise InvalidTypeError(
        f"init is of type {type(init).__name__}; expected one of {', '.join(map(repr, INITS))}, a Network, or a pair "
        "(W, a) of arrays of shapes (m, d) and (m,)"
    )


@dataclass(frozen=True, eq=False, repr=False)
class Conditions:
    """
    The paper's conditions on initial weights, and by how much they hold.

    Attributes
    ----------
    dominated : bool
        |ã_j| ≥ ‖w̃_j‖ for every j (Eq. 3, first half).
    bounded : bool
        (1/m) Σ ã_j² ≤ 1 (Eq. 3, second half): λ is as large as the weights.
    theorem : bool
        |ã_j| = 1 and ‖w̃_j‖ ≤ ½ for every j: weights that Eq. 8 can have drawn.
    domination : float
        min_j |ã_j| − ‖w̃_j‖, negative where domination fails.
    bound : float
        1 − (1/m) Σ ã_j².
    strong_domination : float
        min_j ½ |ã_j| − ‖w̃_j‖, negative where Eq. 8 fails.
    worst : int
        The neuron with the least |a_j| − ‖w_j‖.
    """

    dominated: bool
    bounded: bool
    theorem: bool
    domination: float
    bound: float
    strong_domination: float
    worst: int

    def to_json(self) -> dict[str, Any]:
        """
        Give what holds, and by how much, as plain values.

        Returns
        -------
        dict
            The attributes.
        """
        return {name: plain(value) for name, value in asdict(self).items()}

    def __repr__(self) -> str:
        failing = [] if self.dominated else [f"neuron {self.worst} is not dominated"]
        if not self.bounded:
            failing.append("Σ ã_j² > m")
        three = "Eq. 3 holds" if not failing else f"Eq. 3 fails ({', '.join(failing)})"
        return f"<conditions: {three}, Eq. 8 {'holds' if self.theorem else 'fails'}>"


def conditions(network: Any, scale: float) -> Conditions:
    """
    Check Eq. 3 and Eq. 8 on initial weights.

    Parameters
    ----------
    network : Network or pair (W, a)
        Weights as they are, scaled: ã_j = a_j √m/λ, w̃_j = w_j √m/λ.
    scale : float
        λ > 0 of Eq. 2.

    Returns
    -------
    Conditions
        Each condition as a bool and as a margin. Rounding errors of 10⁻¹² are forgiven.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For weights or a scale that cannot be used.

    Examples
    --------
    >>> from extremal.training import Network, conditions
    >>> conditions(Network([[1.0, 0.0], [0.0, 3.0]], [1.0, 2.0]), scale=1.0)
    <conditions: Eq. 3 fails (neuron 1 is not dominated, Σ ã_j² > m), Eq. 8 fails>
    """
    network = _as_network(network)
    scale = as_number(scale, "scale", "a number λ > 0, such as 1e-3", above=0.0)
    root = np.sqrt(network.width)
    outer, inner = np.abs(network.a) / scale * root, np.linalg.norm(network.W / scale, axis=1) * root
    slack = ROUNDING * outer
    mean = float(np.mean(outer**2))
    eight = (np.abs(outer - 1.0) <= ROUNDING) & (inner <= THEOREM_RADIUS * outer + slack)
    return Conditions(
        dominated=bool((inner <= outer + slack).all()),
        bounded=mean <= 1.0 + ROUNDING,
        theorem=bool(eight.all()),
        domination=float((outer - inner).min()),
        bound=1.0 - mean,
        strong_domination=float((THEOREM_RADIUS * outer - inner).min()),
        worst=int((outer - inner).argmin()),
    )


def check_dominated(network: Any) -> None:
    """
    Refuse weights that break the domination |a_j| ≥ ‖w_j‖ of Eq. 3; λ plays no part in it.

    Parameters
    ----------
    network : Network or pair (W, a)
        Weights.

    Raises
    ------
    InvalidValueError
        If a neuron is not dominated; the message names the first one. Rounding errors of 10⁻¹² are forgiven.

    Examples
    --------
    >>> from extremal.training import check_dominated
    >>> check_dominated(([[1.0, 0.0]], [1.0]))
    >>> check_dominated(([[1.0, 1.0]], [1.0]))
    Traceback (most recent call last):
    extremal.errors.InvalidValueError: neuron 0 has |a| = 1 and ‖w‖ = 1.41421; expected |a_j| ≥ ‖w_j‖ for ...
    """
    network = _as_network(network)
    outer, inner = np.abs(network.a), np.linalg.norm(network.W, axis=1)
    broken = inner > outer * (1.0 + ROUNDING)
    if broken.any():
        j = int(broken.argmax())
        raise InvalidValueError(
            f"neuron {j} has |a| = {outer[j]:.6g} and ‖w‖ = {inner[j]:.6g}; expected |a_j| ≥ ‖w_j‖ for every neuron "
            "(domination, Eq. 3): use init='dominated' or 'theorem', or scale W down"
        )
