"""Solutions of Eq. 6: every one has a small residual, known lists are complete, searches find what is known."""

import numpy as np
import pytest

import extremal
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.laws import (
    Assumption41,
    Ball,
    Empirical,
    Function,
    Gaussian,
    Law,
    Linear,
    RademacherMixture,
    ReLU,
    Sphere,
    StudentT,
)
from tests.laws.examples import BETA, CLOSED, COV, EVERY, INPUTS, NEURON, OTHERS, directions, uniform_noise


def check(law, found, tolerance=1e-8):
    """Eq. 6 itself, from D alone."""
    scale = np.linalg.norm(law.D(directions(200, law.d)), axis=1).max()
    D = law.D(found.directions)
    np.testing.assert_allclose(found.vectors, D, atol=tolerance * scale)
    np.testing.assert_allclose(np.linalg.norm(found.directions, axis=1), 1, atol=1e-12)
    for vector, w, sign in zip(D, found.directions, found.signs, strict=True):
        length = np.linalg.norm(vector)
        if sign == 0:
            assert length <= tolerance * scale
        else:
            np.testing.assert_allclose(vector / scale, sign * length * w / scale, atol=tolerance)
    assert (np.diff(np.abs(found.values)) <= 1e-9 * scale).all()
    assert len(found) == len(found.signs) == len(found.residuals) == len(found.nondegenerate)
    assert not found.vectors.flags.writeable


@pytest.mark.parametrize("name", CLOSED)
def test_solutions_solve(name):
    law = CLOSED[name]
    found = law.extremal()
    assert len(found) >= 2
    check(law, found)
    assert (found.residuals <= 1e-9).all()


@pytest.mark.parametrize("name", INPUTS)
def test_linear_teachers_have_two(name):
    found = Law(INPUTS[name], Linear(BETA), uniform_noise).extremal()
    assert found.complete
    D = 0.5 * INPUTS[name].second_moments @ BETA
    np.testing.assert_allclose(found.vectors, [D, D], rtol=1e-14)
    np.testing.assert_array_equal(found.signs, [1, -1])
    np.testing.assert_allclose(found.directions, np.array([D, -D]) / np.linalg.norm(D), rtol=1e-14)


def test_no_teacher_at_all():
    found = Law(Gaussian(3), Linear([0.0, 0.0, 0.0]), 1.0).extremal()
    assert found.complete
    np.testing.assert_array_equal(found.signs, [0])
    np.testing.assert_array_equal(found.nondegenerate, [False])


@pytest.mark.parametrize("inputs", [Gaussian(3), Gaussian(3, 2 * np.eye(3)), Sphere(3), Ball(3, 1.0), StudentT(3, 5)])
@pytest.mark.parametrize("sign", [1.0, -2.0])
def test_one_neuron_has_two(inputs, sign):
    law = Law(inputs, ReLU(NEURON.weights, [sign]))
    found = law.extremal()
    assert found.complete
    check(law, found)
    u = NEURON.weights[0]
    moment = inputs.second_moments[0, 0]
    np.testing.assert_allclose(found.vectors, [sign * moment * u / 2, np.zeros(3)], atol=1e-14)
    np.testing.assert_array_equal(found.signs, [np.sign(sign), 0])
    np.testing.assert_allclose(found.directions, np.array([u, -u]) / np.linalg.norm(u))


def test_the_search_finds_what_is_known():
    """The same law twice: as one neuron, with its closed form, and as two halves of it, which are searched for."""
    known = Law(Gaussian(4), ReLU([1.0, 2.0, 0.0, -1.0])).extremal()
    half = [0.5, 1.0, 0.0, -0.5]
    searched = Law(Gaussian(4), ReLU([half, half])).extremal()
    assert not searched.complete
    assert known.complete
    np.testing.assert_array_equal(searched.signs, known.signs)
    np.testing.assert_allclose(searched.vectors, known.vectors, atol=1e-9)


def test_saddles_and_families_by_symmetry():
    """|u·x|: two maxima, and a circle of minima on the equator, of which one is listed."""
    found = Law(Gaussian(3), ReLU([[1.0, 0, 0], [-1.0, 0, 0]])).extremal()
    np.testing.assert_array_equal(found.nondegenerate, [True, True, False])
    np.testing.assert_allclose(found.values, [0.5, 0.5, 1 / np.pi], atol=1e-12)
    # with a covariance the circle breaks up into saddles and minima: Σ (−1)^index = 2 needs as many of either
    assert len(Law(Gaussian(3, COV), ReLU([[1.0, 0, 0], [-1.0, 0, 0]])).extremal()) == 6


def test_a_grid_of_the_circle_sees_no_more():
    """d = 2: the tangential part of D changes sign exactly at the solutions."""
    for seed in range(6):
        law = Law(Gaussian(2, [[2.0, 0.3], [0.3, 0.5]]), ReLU.random(4, 2, seed))
        angles = np.linspace(0, 2 * np.pi, 20_001)[:-1]
        w = np.column_stack([np.cos(angles), np.sin(angles)])
        across = np.einsum("ij,ij->i", law.D(w), np.column_stack([-w[:, 1], w[:, 0]]))
        changes = np.flatnonzero(np.sign(across) != np.sign(np.roll(across, -1)))
        found = law.extremal()
        assert len(found) == len(changes)
        at = np.sort(np.arctan2(found.directions[:, 1], found.directions[:, 0]) % (2 * np.pi))
        assert np.abs(at - angles[changes]).max() < 4e-4


@pytest.mark.parametrize("signs", [[1.0, 2.0], [1.0, -1.0]])
def test_one_dimension(signs):
    law = Law(Gaussian(1), ReLU([[2.0], [-1.0]], signs))
    found = law.extremal()
    assert found.complete
    np.testing.assert_array_equal(np.sort(found.directions[:, 0]), [-1, 1])
    check(law, found)
    np.testing.assert_allclose(found.vectors, law.D(found.directions))


def test_rows_are_left_to_find():
    X = Gaussian(3).sample(40, 0)
    found = Law(Empirical(X), Linear(BETA), uniform_noise).extremal()
    expected = extremal.find(X, X @ BETA)
    assert found.complete
    assert found.method == "find"
    np.testing.assert_array_equal(found.vectors, expected.vectors)
    np.testing.assert_array_equal(found.signs, expected.signs)


@pytest.mark.parametrize("name", ["assumption41, neuron", "function"])
def test_sampled_laws(name):
    law = OTHERS[name]
    found = law.extremal(starts=8)
    assert not found.complete
    assert found.method == "ascent"
    # sin(x₁) has its two solutions at ±e₁, the neuron one and a zero: sampled with an error of some 1 %
    u = np.array([1.0, 0, 0]) if name == "function" else NEURON.weights[0] / np.linalg.norm(NEURON.weights)
    nonzero = found.directions[found.signs != 0]
    assert np.abs(nonzero @ u).min() > 0.98
    assert +1 in found.signs


def test_a_function_is_solved_like_the_teacher_that_it_is():
    exact = Law(RademacherMixture(2, [1.0, 0.0]), ReLU([1.0, 1.0])).extremal()
    sampled = Law(RademacherMixture(2, [1.0, 0.0]), Function(lambda X: np.maximum(X.sum(axis=1), 0))).extremal(starts=6)
    np.testing.assert_allclose(sampled.vectors[0], exact.vectors[0], atol=0.02)


def test_arguments_and_repr():
    law = EVERY["covariance, network"]
    np.testing.assert_array_equal(law.extremal(rng=3).vectors, law.extremal(rng=3).vectors)
    assert len(law.extremal(starts=1)) >= 1
    with pytest.raises(InvalidValueError, match="starts is 0"):
        law.extremal(starts=0)
    with pytest.raises(InvalidTypeError, match=r"starts is 2\.5"):
        law.extremal(starts=2.5)
    with pytest.raises(InvalidTypeError, match="rng is 'a'"):
        law.extremal(rng="a")
    assert "perhaps not all; Newton" in repr(law.extremal())
    assert repr(Law(Assumption41([1.0, 0.0]), Linear([1.0, 0.0])).extremal()).startswith("<2 extremal vectors of Eq. 6")
