"""Directions, networks and laws of `extremal.strategies`."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from extremal import Network
from extremal.laws import Assumption41, Law, Linear
from extremal.laws._named import NAMES, TEACHERS
from extremal.strategies import directions, laws, networks

GENERATE = settings(max_examples=500, deadline=None, database=None, phases=[Phase.generate], derandomize=True)
SHRINK = settings(max_examples=200, deadline=None, database=None, derandomize=True)


@given(directions() | directions(d=6) | directions(d=st.just(2)))
def test_directions_have_length_one(w):
    assert w.ndim == 1
    assert 1 <= w.size <= 6
    assert abs(np.linalg.norm(w) - 1) < 1e-15
    assert not np.signbit(w[w == 0]).any()


@pytest.mark.parametrize("d", [1, 2, 5])
def test_directions_shrink_to_the_first_axis(d):
    assert np.array_equal(find(directions(d=d), lambda w: True, settings=SHRINK), np.eye(d)[0])


@pytest.mark.parametrize("x", [(1, -1), (2, 1), (0, 1)])
def test_directions_on_the_walls_of_small_integers_occur(x):
    find(directions(d=2), lambda w: sum(F(a) * b for a, b in zip(w, x, strict=True)) == 0, settings=GENERATE)


def dominations(network):
    """|a_j| ≥ ‖w_j‖ for each neuron, exactly."""
    squares = [sum(F(t) ** 2 for t in w) for w in network.W.tolist()]
    return [F(a) ** 2 >= square for a, square in zip(network.a.tolist(), squares, strict=True)]


@given(st.data())
def test_networks(data):
    scale = data.draw(st.sampled_from([1.0, 1e-3, 1e-100, 1e100, 0.1]))
    dominated = data.draw(st.sampled_from([None, True, False]))
    network = data.draw(networks(scale=scale, dominated=dominated))
    assert isinstance(network, Network)
    assert 1 <= network.width <= 8
    assert 1 <= network.dimension <= 4
    # 4, and twice that in dimension 4 where a is lifted to ‖w‖
    assert np.abs(network.W).max() <= 4 * scale
    assert np.abs(network.a).max() <= 9 * scale
    if dominated is not None:
        assert all(dominations(network)) == dominated


def test_sizes_of_networks_are_kept():
    network = find(networks(m=3, d=st.just(2)), lambda network: True, settings=SHRINK)
    assert network.W.shape == (3, 2)


@pytest.mark.parametrize(
    "condition",
    [
        lambda network: not network.a.all(),
        lambda network: not network.W.any(axis=1).all(),
        lambda network: (network.a > 0).any() and (network.a < 0).any(),
        lambda network: all(dominations(network)) and network.W.all(),
        lambda network: not any(dominations(network)) and network.width > 1,
        lambda network: network.width > 1 and (network.W[0] == network.W).all() and network.W.any(),
    ],
)
def test_free_networks_reach(condition):
    find(networks(), condition, settings=GENERATE)


@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_equality_in_the_domination_occurs(scale):
    drawn = networks(dominated=True, scale=scale, d=2)
    find(drawn, lambda network: (np.abs(network.a) == np.abs(network.W).max(axis=1)).any(), settings=GENERATE)


@given(laws(), st.integers(0, 2**32 - 1))
def test_laws_draw_samples(law, seed):
    assert isinstance(law, Law)
    X, y = law.sample(5, seed)
    assert X.shape == (5, law.d)
    assert 1 <= law.d <= 4
    assert np.isfinite(y).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("teacher", TEACHERS)
def test_names_of_laws(name, teacher):
    @settings(max_examples=5)
    @given(laws(name=name, teacher=teacher, d=3, noise=0.5))
    def check(law):
        assert law.d == 3
        assert law.noise == 0.5
        kinds.add((type(law.inputs).__name__.lower(), type(law.teacher).__name__))

    kinds = set()
    check()
    ((inputs, kind),) = kinds
    assert name[:4] in inputs or (name, inputs) == ("mixture", "rademachermixture")
    assert kind == ("Linear" if teacher == "linear" else "ReLU")


def test_linear_teachers_go_with_assumption_4_1():
    @given(laws(name="assumption41", teacher="linear"))
    def check(law):
        assert isinstance(law.inputs, Assumption41)
        assert isinstance(law.teacher, Linear)
        assert np.allclose(law.teacher.beta / np.linalg.norm(law.teacher.beta), law.inputs.axis, rtol=0, atol=1e-12)

    check()


def test_laws_have_parameters():
    find(laws(name="gaussian", d=2), lambda law: law.inputs.cov is not None, settings=GENERATE)
    find(laws(name="correlated", d=3), lambda law: law.inputs.rho < 0, settings=GENERATE)
    find(laws(d=st.integers(2, 3)), lambda law: law.d == 3 and law.noise > 0, settings=GENERATE)
