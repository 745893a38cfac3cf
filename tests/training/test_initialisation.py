"""Initial weights: their laws, and the conditions of Eq. 2, 3 and 8 at their edges."""

import numpy as np
import pytest
from scipy import stats

from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.training import Network, check_dominated, conditions, initialise

# Chance that a correct sampler fails one test of a distribution.
FAILURE = 1e-4


@pytest.mark.parametrize(
    ("init", "three", "eight"),
    [("theorem", True, True), ("dominated", True, False), ("balanced", True, False), ("gaussian", False, False)],
)
@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("scale", [1e-8, 1e-3, 1.0, 50.0])
def test_which_conditions_hold(init, three, eight, d, scale):
    network = initialise(400, d, scale, init, rng=0)
    found = conditions(network, scale)
    assert (found.dominated, found.theorem) == (three, eight)
    if init != "gaussian":
        assert found.bounded
        assert found.bound == pytest.approx(0.0, abs=1e-12)
        check_dominated(network)
    else:
        with pytest.raises(InvalidValueError, match=r"neuron \d+ has"):
            check_dominated(network)


@pytest.mark.parametrize(("init", "radius"), [("theorem", 0.5), ("dominated", 1.0)])
@pytest.mark.parametrize("d", [1, 3])
def test_uniform_in_the_ball(init, radius, d):
    network = initialise(4000, d, 2.0, init, rng=1)
    outer, inner = network.a * np.sqrt(4000) / 2, network.W * np.sqrt(4000) / 2
    assert np.abs(outer) == pytest.approx(1.0)
    assert stats.binomtest(int((outer > 0).sum()), 4000).pvalue > FAILURE
    norms = np.linalg.norm(inner, axis=1)
    # P(‖w̃‖ ≤ s) = (s/radius)^d
    assert stats.kstest((norms / radius) ** d, "uniform").pvalue > FAILURE
    assert stats.binomtest(int((inner[:, 0] > 0).sum()), 4000).pvalue > FAILURE
    if d == 3:
        # Archimedes: one coordinate of a uniform unit vector in R^3 is uniform
        assert stats.kstest(inner[:, 1] / norms, stats.uniform(-1, 2).cdf).pvalue > FAILURE


def test_balanced_and_gaussian():
    network = initialise(2000, 4, 1e-3, "balanced", rng=2)
    assert network.balancedness == pytest.approx(np.zeros(2000), abs=1e-20)
    # the variance of the experiments, 10⁻⁵/√m, is λ² = 10⁻⁵ √m
    m = 2500
    network = initialise(m, 5, np.sqrt(1e-5 * np.sqrt(m)), "gaussian", rng=3)
    everything = np.concatenate([network.W.ravel(), network.a]) / np.sqrt(1e-5 / np.sqrt(m))
    assert stats.kstest(everything, "norm").pvalue > FAILURE


def test_scale_and_seed():
    one, two = (initialise(10, 3, scale, rng=7) for scale in (1.0, 0.25))
    assert np.array_equal(0.25 * one.W, two.W)
    assert np.array_equal(0.25 * one.a, two.a)
    again = initialise(10, 3, 1.0, rng=np.random.default_rng(7))
    assert np.array_equal(one.W, again.W)
    assert not np.array_equal(one.W, initialise(10, 3, 1.0, rng=8).W)


def test_a_users_own_weights():
    W, a = [[1.0, 0.0], [0.0, 2.0], [0.0, 0.0], [1.0, 1.0]], [1.0, -2.0, 0.0, 5.0]
    for init in ((W, a), [W, a], Network(W, a)):
        network = initialise(4, 2, 0.5, init)
        assert np.array_equal(network.W, np.array(W) / 4)
        assert np.array_equal(network.a, np.array(a) / 4)
    with pytest.raises(InvalidValueError, match="4 neurons in dimension 2; expected 3 in dimension 2"):
        initialise(3, 2, 0.5, (W, a))


def test_margins_by_hand():
    # m = 4, λ = 2: ã = a, w̃ = w
    network = Network([[0.5], [-0.25], [1.5], [0.0]], [1.0, -1.0, 1.0, 1.0])
    found = conditions(network, 2.0)
    assert (found.dominated, found.bounded, found.theorem, found.worst) == (False, True, False, 2)
    assert found.domination == pytest.approx(-0.5)
    assert found.strong_domination == pytest.approx(-1.0)
    assert found.bound == pytest.approx(0.0)
    assert repr(found) == "<conditions: Eq. 3 fails (neuron 2 is not dominated), Eq. 8 fails>"
    with pytest.raises(InvalidValueError, match=r"neuron 2 has \|a\| = 1 and ‖w‖ = 1.5"):
        check_dominated(network)
    # the edges count as holding
    edge = conditions(Network([[0.5], [-0.5]], [1.0, -1.0]), np.sqrt(2.0))
    assert edge.theorem
    assert edge.dominated
    # another λ makes the outer weights too large, and the order of neurons does not matter
    larger = conditions(Network([[0.5], [-0.5]], [1.0, -1.0]), 1.0)
    assert (larger.dominated, larger.bounded, larger.theorem) == (True, False, False)
    assert larger.bound == pytest.approx(-1.0)
    # ã = ½ is dominated and bounded, and no draw of Eq. 8
    assert not conditions(([[0.0]], [0.5]), 1.0).theorem


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((0, 2, 1.0), InvalidValueError, "m is 0"),
        ((2.0, 2, 1.0), InvalidTypeError, "m is 2.0"),
        ((2, 0, 1.0), InvalidValueError, "d is 0"),
        ((2, 2, 0.0), InvalidValueError, "scale is 0.0; expected a number λ > 0"),
        ((2, 2, -1.0), InvalidValueError, "scale is -1.0"),
        ((2, 2, np.nan), InvalidValueError, "scale is nan"),
        ((2, 2, "small"), InvalidTypeError, "scale is 'small'"),
        ((2, 2, 1.0, "xavier"), InvalidValueError, "init is 'xavier'; expected one of 'theorem'"),
        ((2, 2, 1.0, "Theorm"), InvalidValueError, r"or a pair \(W, a\) \(did you mean 'theorem'\?\)"),
        ((2, 2, 1.0, 3), InvalidTypeError, "init is of type int"),
        ((2, 2, 1.0, (np.ones((2, 2)), np.ones(3))), InvalidValueError, "one outer weight"),
        ((16, 2, 5e-324), InvalidValueError, "vanish"),
        ((1, 1, 1e300, ([[1e300]], [1.0])), InvalidValueError, "overflow"),
        ((2, 2, 1.0, "theorem", "seed"), InvalidTypeError, "rng"),
    ],
)
def test_bad_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        initialise(*arguments)
