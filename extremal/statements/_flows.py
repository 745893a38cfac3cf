r"""One run of the gradient flow on a fresh sample: the tasks of the statements about training.

*When a run has converged to h(x) = σ(β_{n,+}·x) − σ(−β_{n,−}·x).* By balancedness (Lemma F.1) a neuron of Eq. 8 has
a_j² ≥ ¾ λ²/m for ever. Where the Clarke gradient is below γ, every neuron thus has ‖D‖ ≤ 1.2 γ √m/λ for its D in
𝒟_n(w_j, θ). The runs go on until γ is `QUIET` λ/√m times its peak, so that no neuron, whatever its size, grows at more
than about `QUIET` times the speed of the early alignment: what is still small at the end is not on its way.

Then h is compared with the formula: at the training inputs, at `FRESH` new ones, and, where the support is known, over
all of it by a bound in closed form. Where the hyperplane of β_{n,±} itself meets the support, neurons that differ by
about λ in direction leave a thin wedge there in which h is not the formula; the bound sees it and the new inputs may
not, and the run counts as undecided.

*When it cannot.* The loss does not grow along the flow. A run whose loss is below that of the formula, by more than its
error, converges to something else; it is stopped there.
"""

from math import inf, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..geometry import find
from ..laws import Assumption41, Law, Linear
from ..training._flow import flow
from ..training._least_squares import two_ols, two_ols_network
from ..training._network import Network
from ..training._phases import phases
from ..training._trajectory import FlowStatus, Trajectory

__all__ = ["converge_row", "lemmas_row", "support_bound"]

# Growth rates below this share of the peak's are taken for none. Those of neurons outside of the two clusters are of
# the order of the noise over √n, a hundredth.
QUIET = 1e-4
# New inputs to compare at.
FRESH = 4096
# A loss this share below the formula's is not its own: 100 times what rtol lets the loss be wrong by.
BELOW = 1e-4
# Whatever λ: distances at the end are a hundred times gtol or so.
LARGEST = 1e-8
# The errors of the steps leave gradients of about 1e-4 rtol times their peak: less is not asked for.
FINEST = 1e-3
# Regions for `find` to look at, so that it ends.
NODES = 200_000
# Steps between two looks at the loss.
LOOK = 40


def converge_row(
    law: Law, d: int, n: int, m: int, scale: float, init: Any, tolerance: float, most: int, rng: np.random.Generator
) -> dict[str, float | int | bool | str | None]:
    """
    Train on a sample, and compare the limit with Theorem 4.1.

    Parameters
    ----------
    law : Law
        With a linear teacher.
    d, n : int
        Dimension and size of the sample.
    m : int
        Width.
    scale : float
        λ.
    init : str or Network
        As in `extremal.training.initialise`.
    tolerance : float
        Relative distance up to which two functions are the same.
    most : int
        Steps.
    rng : Generator
        Source of the sample, the weights, and the inputs to compare at.

    Returns
    -------
    dict
        ``converged`` (None if it is not decided), ``distance`` (the largest difference at training and new inputs,
        relative to the largest value of the formula), ``bound`` (of the same over the whole support; nan if that is not
        known), ``both`` (there are positive and negative neurons), ``aligned`` (share of neurons that end in the cone
        that the theorem says), ``excess`` (L/L(formula) − 1), ``outcome``, ``steps``, ``time``.
    """
    for_data, for_weights, for_inputs = rng.spawn(3)
    X, y = law.sample(n, for_data)
    assert isinstance(law.teacher, Linear)
    beta = law.teacher.beta
    plus, minus = two_ols(X, y, beta)
    formula = two_ols_network(plus, minus)
    least = formula.loss(X, y)
    run = _train(X, y, m, scale, init, most, least, for_weights)
    side = np.sign(X @ beta)
    aligned = _aligned(run, side)
    gap = _gap(run.network, plus, minus)
    both = bool((run.initial.a > 0).any() and (run.initial.a < 0).any())
    while both and run.stationary and gap > tolerance and aligned.all() and run.gtol > FINEST * run.rtol:
        # on the way to the formula, and slow: X_± is nearly rank deficient
        run = run.extend(gtol=run.gtol / 10, max_steps=len(run.times) - 1 + most)
        aligned, gap = _aligned(run, side), _gap(run.network, plus, minus)
    points = np.vstack([X, law.sample(FRESH, for_inputs)[0]])
    expected = formula(points)
    size = float(np.abs(expected).max())
    distance = float(np.abs(run.network(points) - expected).max())
    bound = support_bound(law, run.network, plus, minus)
    if size > 0:
        distance, bound = distance / size, bound / size
    loss = float(run.losses[-1])
    converged: bool | None = None
    if loss < least * (1 - BELOW):
        converged = False
    elif run.stationary and not (both and aligned.all() and gap > tolerance):
        converged = None if distance <= tolerance < bound else distance <= tolerance
    return {
        "converged": converged,
        "distance": distance,
        "bound": bound,
        "both": both,
        "aligned": float(aligned.mean()),
        "excess": loss / least - 1 if least > 0 else inf,
        "outcome": run.status.name,
        "steps": len(run.times) - 1,
        "time": float(run.times[-1]),
    }


def _aligned(run: Trajectory, side: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which neurons are active on their half of the sample, and on no other input."""
    return np.asarray((np.sign(run.network.W @ run.X.T) == np.sign(run.initial.a)[:, None] * side).all(axis=1))


def _gap(network: Network, plus: NDArray[np.float64], minus: NDArray[np.float64]) -> float:
    """How far Σ a_j w_j over I_± are from β_{n,±}, relative to the larger of them."""
    size = max(np.linalg.norm(plus), np.linalg.norm(minus))
    gap = max(np.linalg.norm(network.sums()[0] - plus), np.linalg.norm(network.sums()[1] - minus))
    return float(gap / size) if size > 0 else float(gap)


def _tolerances(m: int, scale: float) -> dict[str, Any]:
    """gtol, and an rtol with which it can be reached."""
    gtol = min(QUIET * scale / sqrt(m), LARGEST)
    return {"gtol": gtol, "rtol": float(np.clip(gtol / FINEST, 1e-12, 1e-6))}


def _train(
    X: NDArray[np.float64], y: NDArray[np.float64], m: int, scale: float, init: Any, most: int, least: float, rng: Any
) -> Trajectory:
    """Run until nothing moves, or the loss has fallen below `least`."""
    run = flow(X, y, width=m, scale=scale, init=init, max_steps=min(LOOK, most), rng=rng, **_tolerances(m, scale))
    steps = LOOK
    while run.status is FlowStatus.STEP_LIMIT and steps < most and run.losses[-1] >= least * (1 - BELOW):
        steps += LOOK
        run = run.extend(max_steps=min(steps, most))
    return run


def support_bound(law: Law, network: Network, plus: NDArray[np.float64], minus: NDArray[np.float64]) -> float:
    r"""
    Bound \|h(x) − σ(β_+·x) + σ(−β_−·x)\| over the support of the law of x.

    On the half x·β* > 0 of the support of `extremal.laws.Assumption41` a linear function g·x is at most (1 ± ε) g·β̂ +
    R ‖g − (g·β̂)β̂‖. If positive neurons are active there and negative ones are not, h is linear, and the bound is
    attained. Others add at most what they are off by, each.

    Parameters
    ----------
    law : Law
        With a linear teacher.
    network : Network
        h.
    plus, minus : ndarray of shape (d,)
        β_+ and β_−.

    Returns
    -------
    float
        nan if the support is not known to be of this kind.
    """
    inputs = law.inputs
    assert isinstance(law.teacher, Linear)
    beta = law.teacher.beta
    if not isinstance(inputs, Assumption41) or abs(abs(beta @ inputs.axis) - np.linalg.norm(beta)) > 1e-12:
        return nan
    axis = np.sign(beta @ inputs.axis) * inputs.axis
    radius = sqrt(inputs.d + 1.0) if inputs.d > 1 else 0.0

    def largest(g: NDArray[np.float64]) -> NDArray[np.float64]:
        along = g @ axis
        reach = np.linalg.norm(g - along[..., None] * axis, axis=-1)
        return np.asarray(along * (1.0 + np.sign(along) * inputs.eps) + radius * reach)

    # what is active on the wrong half, or not on the right one
    ways = np.where(network.a > 0, -1.0, 1.0)[:, None] * network.W
    wrong = float(np.abs(network.a) @ np.maximum(largest(ways), 0.0))
    wrong += float(np.maximum(largest(-np.array([plus, minus])), 0.0).sum())
    gaps = np.array(network.sums()) - [plus, minus]
    return wrong + float(np.maximum(largest(gaps), largest(-gaps)).max())


def lemmas_row(
    law: Law,
    d: int,
    n: int,
    m: int,
    scale: float,
    init: Any,
    epsilon: float,
    epsilon_2: float,
    epsilon_3: float,
    most: int,
    leak: float,
    rng: np.random.Generator,
) -> dict[str, float | int | bool | str | None]:
    """
    Train on a sample, and go through the proof of Theorem 4.1.

    Parameters
    ----------
    law : Law
        With a linear teacher.
    d, n : int
        Dimension and size of the sample.
    m : int
        Width.
    scale : float
        λ.
    init : str or Network
        As in `extremal.training.initialise`.
    epsilon, epsilon_2, epsilon_3 : float
        As in `extremal.training.phases`.
    most : int
        Steps of the flow.
    leak : float
        Of the activation.
    rng : Generator
        Source of the sample and the weights.

    Returns
    -------
    dict
        ``F.1`` to ``F.6`` and ``cones`` (what `Phases.holds` says), ``both``, and the worst over the two clusters of:
        ``drift`` of a² − ‖w‖², ``growth`` and ``shrinking`` (largest and smallest ln(|a(τ)/a(0)|)/ln(1/λ)), ``tilt`` =
        1 − (w/a)·D/‖D‖ at τ, ``met`` (the last time that a hyperplane is met, over τ), ``apart`` (of joint and half
        systems), ``constant`` and ``rate`` (over their bound κ), ``fit`` (r² of the exponential).
    """
    for_data, for_weights, _ = rng.spawn(3)
    X, y = law.sample(n, for_data)
    assert isinstance(law.teacher, Linear)
    own = {"leak": leak, "rng": for_weights, **_tolerances(m, scale)}
    run = flow(X, y, width=m, scale=scale, init=init, max_steps=most, **own)
    known = find(X, y, leak=leak, max_nodes=NODES)
    found = phases(
        run, law.teacher, epsilon=epsilon, epsilon_2=epsilon_2, epsilon_3=epsilon_3, scale=scale, extremal=known
    )
    a = run.initial.a

    def both(quantity: str) -> NDArray[np.float64]:
        return np.array([found.value(quantity, side) for side in ("+", "−")])

    kappa = np.array([found.bounds[side] for side in ("+", "−")])
    with np.errstate(divide="ignore", invalid="ignore"):
        constant = both("least ‖∇L‖²/(L − min L) after τ_3") / kappa
        rate = both("slowest mean rate of L − min L from τ_3") / kappa
    return {
        **found.holds,
        "both": bool((a > 0).any() and (a < 0).any()),
        "drift": found.value("change of a² − ‖w‖², relative to a² + ‖w‖²"),
        "growth": -float(both("exponent of λ in |a(τ)/a(0)|, smallest").min()),
        "shrinking": -float(both("exponent of λ in |a(τ)/a(0)|, largest").max()),
        "tilt": float(both("1 − (w/a)·D/‖D‖ at τ, largest").max()),
        "met": found.value("last time that a neuron meets a hyperplane") / found.tau,
        "apart": float(both("Σ a w of the half system − of the joint one, relative to β_n").max()),
        "constant": float(constant.min()),
        "rate": float(rate.min()),
        "fit": float(both("r² of the fit of its logarithm").min()),
        "outcome": run.status.name,
    }
