r"""Gradient flow θ̇ ∈ −∂L(θ) of a two-layer ReLU network, to a stationary point and with a known error (Eq. 4)."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..data import Dataset, as_dataset
from ..data._arguments import as_generator, as_number
from ..errors import InvalidTypeError, InvalidValueError
from ._initialisation import initialise
from ._integrator import Integrator
from ._network import Network
from ._proceed import proceed
from ._records import FlowStatus, Records
from ._rows import rows_of
from ._trajectory import Trajectory

__all__ = ["flow"]


def flow(
    X: ArrayLike | Dataset,
    y: ArrayLike | None = None,
    *,
    width: int | None = None,
    scale: float | None = None,
    init: Any = "dominated",
    leak: float = 0.0,
    rtol: float = 1e-6,
    gtol: float = 1e-6,
    t_max: float | None = None,
    max_steps: int | None = None,
    time_limit: float | None = None,
    save_at: ArrayLike | None = None,
    observe: Callable[[float, Network], Any] | None = None,
    rng: Any = None,
    progress: bool = False,
) -> Trajectory:
    r"""
    Train a two-layer ReLU network by gradient flow.

    Parameters
    ----------
    X : array_like of shape (n, d) or Dataset
        One sample a row.
    y : array_like of shape (n,), optional
        Labels; left out if X is a `Dataset`.
    width : int
        Number m of neurons. The cost follows the activation cones that are occupied, not m.
    scale : float
        λ > 0 of Eq. 2: the size of the initial weights.
    init : {"theorem", "dominated", "balanced", "gaussian"}, Network, or pair (W̃, ã)
        See `extremal.training.initialise`. A Network without `scale` is taken as it is.
    leak : float
        Slope α in [0, 1) of the leaky ReLU on the inactive side; 0 is the ReLU.
    rtol : float
        Error that a step may make in a neuron's weights, relative to them: between 1e-12 and 0.2. Below 1e-3 every
        hyperplane is stopped at; from there on a neuron may pass many at once, within the tolerance.
    gtol : float
        Stop where the least Clarke gradient is below `gtol` times the largest so far, at the ends of two steps in a
        row. 0: never.
    t_max, max_steps, time_limit : optional
        Stop at this time of the flow, after so many steps, or after so many seconds; the status says which.
    save_at : array_like, optional
        Times at which to observe. By default, with `observe`, the ends of the steps.
    observe : callable (t, network) -> value, optional
        What to keep at those times; by default the networks, if `save_at` is given.
    rng : Generator, int or None
        Source of the initial weights.
    progress : bool
        Show a progress bar on stderr once two seconds have passed.

    Returns
    -------
    Trajectory
        With `network`, `times`, `losses`, `gradients`, `status`, `at(t)`, `extend`, `save`.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data or arguments that cannot be used.

    Notes
    -----
    Within a step the residuals are polynomials in time. Given them every neuron moves exactly: by Taylor series to
    rounding, with every hyperplane it meets located. Where both sides of a hyperplane push toward it, the neuron slides
    along it (Filippov), on up to d − 1 at once; where both push away, which side it takes is not determined by Eq. 4,
    and it keeps the side that it came from. a_j² − ‖w_j‖² (Lemma F.1) is kept to rounding. A neuron with w_j = 0 stays
    there, which is one of the solutions.

    See Also
    --------
    extremal.early_alignment : only the directions, with the residuals frozen at y.

    Examples
    --------
    >>> import extremal
    >>> from extremal.laws import Assumption41, Law, Linear
    >>> beta = [1.0, 0.0, 0.0]
    >>> X, y = Law(Assumption41(beta), Linear(beta), noise=0.3).sample(500, rng=0)
    >>> run = extremal.flow(X, y, width=100, scale=1e-3, init="theorem", rng=0)
    >>> run.status.name, int(run.cones[-1])
    ('STATIONARY', 2)
    """
    data = as_dataset(X, y)
    leak = as_number(leak, "leak", "a slope in [0, 1)", least=0.0)
    if leak >= 1.0:
        raise InvalidValueError(f"leak is {leak!r}; expected a slope in [0, 1)")
    initial = _initial(data, width, scale, init, rng)
    if leak > 0 and not initial.W.any(axis=1).all():
        raise InvalidValueError(
            "init has a neuron with w = 0; expected w_j ≠ 0 with leak > 0, where it cannot stay at 0"
        )
    rtol = as_number(rtol, "rtol", "a relative error from 1e-12 to 0.2, such as 1e-6", least=1e-12)
    if rtol > 0.2:
        raise InvalidValueError(f"rtol is {rtol!r}; expected a relative error from 1e-12 to 0.2, such as 1e-6")
    gtol = as_number(gtol, "gtol", "a number, 0 or more, such as 1e-6", least=0.0)
    moving = initial.W.any(axis=1)
    integrator = Integrator(rows_of(data, leak), rtol)
    state = integrator.begin(np.ascontiguousarray(initial.W[moving]), np.ascontiguousarray(initial.a[moving]))
    start = Trajectory(
        X=data.X,
        y=data.y,
        initial=initial,
        network=initial,
        times=np.zeros(1),
        losses=np.array([state.loss]),
        gradients=np.array([state.gradient]),
        cones=np.array([state.cones]),
        crossings=np.array([0]),
        sliding=np.array([0]),
        peak=state.gradient,
        status=FlowStatus.T_MAX,
        observations=(),
        observed=np.empty(0),
        rtol=rtol,
        gtol=gtol,
        leak=leak,
        _state=state,
        _records=Records().add(state),
    )
    return proceed(start, t_max, max_steps, time_limit, save_at, observe, progress)


def _initial(data: Dataset, width: int | None, scale: float | None, init: Any, rng: Any) -> Network:
    if isinstance(init, Network) and scale is None:
        if init.dimension != data.d or width not in (None, init.width):
            raise InvalidValueError(
                f"init has {init.width} neurons in dimension {init.dimension}; expected "
                f"{init.width if width is None else width} in dimension {data.d}"
            )
        return init
    if scale is None:
        raise InvalidTypeError(
            "scale is missing; expected λ > 0 of Eq. 2, such as 1e-3, or init=Network(W, a) to start from as it is"
        )
    if width is None and not isinstance(init, str):
        width = len(init.W if isinstance(init, Network) else np.atleast_1d(init[1]))
    if width is None:
        raise InvalidTypeError("width is missing; expected the number of neurons m, an integer, 1 or more")
    return initialise(width, data.d, scale, init, as_generator(rng))
