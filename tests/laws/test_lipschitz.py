"""Lipschitz bounds of D(w): never exceeded by pairs, and not far from what pairs attain."""

import numpy as np
import pytest

from extremal.errors import InvalidValueError
from extremal.laws import Ball, Gaussian, Law, Linear, RademacherMixture, ReLU
from tests.laws.examples import CLOSED, COV, EVERY, NEURON, OTHERS, directions

# Rounding of D and of angles near 1e-4.
SLACK = 1 + 1e-7


def angle(a, b):
    return 2 * np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1))


def moved(w, radius, seed):
    """Points at angles up to `radius` from the unit rows w."""
    rng = np.random.default_rng(seed)
    t = rng.standard_normal(w.shape)
    t -= np.sum(t * w, axis=1, keepdims=True) * w
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    theta = radius * rng.uniform(0.01, 1, size=(len(w), 1))
    return np.cos(theta) * w + np.sin(theta) * t


def rates(law, a, b):
    return np.linalg.norm(law.D(a) - law.D(b), axis=1) / angle(a, b)


@pytest.mark.parametrize("name", CLOSED)
def test_no_pair_exceeds_the_bound(name):
    law = CLOSED[name]
    w = directions(2000)
    for radius in (1e-3, 0.3, 3.0):
        assert (rates(law, w, moved(w, radius, 1)) <= law.lipschitz * SLACK + 1e-9).all()


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("radius", [1e-3, 0.1, 0.7, 1.6])
def test_no_pair_within_a_cap_exceeds_its_bound(name, radius):
    law = CLOSED[name]
    w = directions(400, seed=2)
    bound = law.local_lipschitz(w, radius)
    assert (bound <= law.lipschitz).all()
    for seed in range(3):
        a, b = moved(w, radius, 3 + seed), moved(w, radius, 30 + seed)
        assert (rates(law, a, b) <= bound * SLACK + 1e-9).all()


@pytest.mark.parametrize("inputs", [Gaussian(3), Ball(3), RademacherMixture(3, [2.0, 0.0, 0.0], 0.5)])
def test_the_bound_is_attained_by_one_neuron(inputs):
    """At w ⊥ u moving towards u, for two clusters with u along their axis."""
    law = Law(inputs, ReLU([1.5, 0.0, 0.0]))
    a, b = np.array([[0.0, 1.0, 0.0]]), np.array([[1e-4, 1.0, 0.0]])
    assert rates(law, a, b / np.linalg.norm(b))[0] == pytest.approx(law.lipschitz, rel=1e-6)


@pytest.mark.parametrize("teacher", [NEURON, ReLU([[1.0, 0.0, 0.0], [1.0, 0.2, 0.0]])])
@pytest.mark.parametrize("cov", [None, COV])
def test_the_bound_is_not_vacuous(teacher, cov):
    law = Law(Gaussian(3, cov), teacher)
    w = directions(20_000)
    # κ(A) = 2.1 and ‖A‖ enter the bound at directions that need not be those of the neuron
    assert rates(law, w, moved(w, 1e-3, 1)).max() > law.lipschitz / (1.2 if cov is None else 4)


def test_local_bounds_of_small_caps_are_the_norm_of_the_derivative():
    """Isotropic inputs: at radius 0 there is nothing left to lose."""
    law = CLOSED["gaussian, network, mean"]
    h = 1e-5
    for w in directions(10, seed=5):
        J = np.array([(law.D(w + h * e) - law.D(w - h * e)) / (2 * h) for e in np.eye(3)])
        assert law.local_lipschitz(w, 0.0) == pytest.approx(np.linalg.norm(J, 2), rel=1e-6)


def test_local_bounds_see_that_neurons_compensate():
    """σ(u·x) − σ(−u·x) is linear: D is constant, which the sum of the neurons' bounds does not see."""
    law = Law(Gaussian(3), ReLU([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]], [1.0, -1.0]))
    assert law.local_lipschitz([0.3, 0.4, 0.5], 0.0) < 1e-15
    assert law.local_lipschitz([0.3, 0.4, 0.5], 0.01) < 0.01 < law.lipschitz


@pytest.mark.parametrize("name", [name for name in CLOSED if "mixture" not in name and "linear" not in name])
def test_lines_bend_no_more_than_the_curvature(name):
    """Second differences of D along straight lines, times ‖w‖²; a step is 6e-5 of ‖w‖."""
    law, h = CLOSED[name], 1e-4
    w, e = 1.7 * directions(4000, seed=8), directions(4000, seed=9)
    second = np.linalg.norm(law.D(w + h * e) - 2 * law.D(w) + law.D(w - h * e), axis=1) / h**2
    assert (second * 1.7**2 <= law.population.curvature * (1 + 1e-3) + 1e-6).all()


def test_the_curvature_is_not_vacuous():
    law, h = Law(Gaussian(3), ReLU([1.0, 0.0, 0.0])), 1e-4
    w, e = directions(20_000, seed=8), directions(20_000, seed=9)
    second = np.linalg.norm(law.D(w + h * e) - 2 * law.D(w) + law.D(w - h * e), axis=1) / h**2
    assert second.max() > law.population.curvature / 3


def test_where_no_bound_is_known():
    for name, law in OTHERS.items():
        assert (law.lipschitz is None) == (name != "assumption41")
        assert (law.local_lipschitz([1, 0, 0], 0.1) is None) == (name != "assumption41")
    assert all(law.lipschitz == 0.0 for name, law in CLOSED.items() if name.endswith("linear"))
    assert all(np.isfinite(law.lipschitz) for law in CLOSED.values())


def test_local_bounds_have_the_shape_of_their_arguments():
    law = Law(Gaussian(3), NEURON)
    assert law.local_lipschitz(directions(4), 0.1).shape == (4,)
    assert law.local_lipschitz(directions(4)[:, None], [0.1, 0.2]).shape == (4, 2)
    assert np.ndim(law.local_lipschitz([1, 0, 0], 0.1)) == 0
    np.testing.assert_array_equal(EVERY["gaussian, linear"].local_lipschitz(directions(2), 1.0), [0, 0])
    with pytest.raises(InvalidValueError, match="w is 0"):
        law.local_lipschitz([0, 0, 0], 0.1)
    with pytest.raises(InvalidValueError, match="0 or more"):
        law.local_lipschitz([1, 0, 0], -0.1)


def test_one_dimension():
    for inputs in (Gaussian(1), RademacherMixture(1, [2.0], 0.1)):
        for signs in ([1.0, 2.0], [1.0, -2.0]):
            law = Law(inputs, ReLU([[2.0], [-1.0]], signs), noise_mean=-0.3)
            change = abs(law.D([1.0]) - law.D([-1.0]))[0]
            assert change <= np.pi * law.lipschitz
    assert Law(Gaussian(1), Linear([1.0])).lipschitz == 0
