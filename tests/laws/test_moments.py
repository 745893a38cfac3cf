"""E‖y x‖²: closed forms against samples; infinite moments are never a finite number."""

import numpy as np
import pytest

from extremal.laws import (
    Assumption41,
    Empirical,
    Estimate,
    Function,
    Gaussian,
    Law,
    Linear,
    ReLU,
    Sampler,
    StudentT,
)
from extremal.laws._elliptical import gaussian_radial
from tests.laws.examples import BETA, COV, EVERY, INPUTS, NETWORK, sine, uniform_noise


def cubed(X):
    return X[:, 0] ** 3


def heavy(n, rng):
    return rng.standard_cauchy(n)


@pytest.mark.parametrize("name", [name for name in EVERY if "student" not in name])
def test_a_sample_agrees(name):
    # 46 laws, each beyond 5 with probability 6e-7
    law = EVERY[name]
    X, y = law.sample(200_000, 7)
    values = y**2 * np.sum(X**2, axis=1)
    exact = law.second_moment()
    error = np.hypot(values.std() / np.sqrt(len(values)), exact.standard_error)
    assert abs(values.mean() - exact.value) < 5 * error
    assert exact.standard_error <= 0.02 * exact.value


@pytest.mark.parametrize("teacher", [Linear(BETA), NETWORK])
def test_student_is_gaussian_times_a_radius(teacher):
    """Given χ² the input is Gaussian: E‖f x‖² = E[(df/χ²)²] times the Gaussian's."""
    gaussian, student = (
        Law(Gaussian(3, COV), teacher).second_moment(),
        Law(StudentT(3, 9, COV), teacher).second_moment(),
    )
    assert student.value == pytest.approx(gaussian.value * 9**2 / (7 * 5))


def test_by_hand():
    assert Law(Gaussian(5), Linear([1, 0, 0, 0, 0]), 0.3).second_moment().value == pytest.approx(7 + 0.09 * 5)
    # E σ(x₁)²‖x‖² is half of E x₁²‖x‖²
    assert Law(Gaussian(5), ReLU([1, 0, 0, 0, 0])).second_moment().value == pytest.approx(3.5)
    law = Law(Assumption41([1.0, 0.0], 0.0), Linear([1.0, 0.0]))  # s = ±1, v uniform on [−√3, √3]
    assert law.second_moment().value == pytest.approx(2.0)


def test_infinite_moments():
    x1 = Linear([1.0, 0.0])
    assert Law(StudentT(2, 4.0), x1).second_moment().value == np.inf
    assert Law(StudentT(2, 4.0), ReLU([1.0, 0.0])).second_moment().value == np.inf
    assert np.isfinite(Law(StudentT(2, 4.1), x1).second_moment().value)
    # with nothing but noise, two moments are enough; with nothing at all, none
    assert Law(StudentT(2, 2.0), Linear([0.0, 0.0]), 0.1).second_moment().value == np.inf
    assert Law(StudentT(2, 3.0), Linear([0.0, 0.0]), 0.1).second_moment().value == pytest.approx(0.01 * 6)
    assert Law(StudentT(2, 1.0), Linear([0.0, 0.0])).second_moment().value == 0
    assert Law(StudentT(2, 2.0), Function(sine), 0.1).second_moment().value == np.inf


@pytest.mark.parametrize(
    "law",
    [
        Law(Gaussian(2), Linear([1.0, 0.0]), heavy),
        Law(StudentT(2, 3.0), Function(cubed)),
        Law(Sampler(2, StudentT(2, 2.0).sample), Linear([1.0, 0.0])),
    ],
    ids=["noise", "function", "inputs"],
)
def test_sampled_infinite_moments_are_nan(law):
    estimate = law.second_moment()
    assert np.isnan(estimate.value)
    assert estimate.standard_error == np.inf


def test_sampled_noise_has_an_error():
    estimate = Law(Gaussian(2), Linear([1.0, 0.0]), uniform_noise).second_moment()
    assert abs(estimate.value - (4 + 2 / 3)) < 5 * estimate.standard_error < 0.05
    assert not estimate.exact


def test_finite_sums():
    X = Gaussian(3).sample(40, 0)
    estimate = Law(Empirical(X), Linear(BETA), 0.5, noise_mean=0.2).second_moment()
    size = np.sum(X**2, axis=1)
    assert estimate.value == pytest.approx(np.mean(((X @ BETA + 0.2) ** 2 + 0.25) * size))
    assert estimate.exact


def test_estimates_write_themselves():
    assert repr(Estimate(2.0)) == "2"
    assert repr(Estimate(2.0, 0.125)) == "2 ± 0.12"
    assert float(Estimate(2.0)) == 2.0


@pytest.mark.parametrize("name", INPUTS)
def test_second_moments_of_inputs(name):
    X = INPUTS[name].sample(200_000, 3)
    products = X[:, :, None] * X[:, None, :]
    error = products.std(axis=0) / np.sqrt(len(X))
    # 54 numbers, each beyond 5 with probability 6e-7
    assert (np.abs(products.mean(axis=0) - INPUTS[name].second_moments) < 5 * error + 1e-12).all()


def test_radial_moments():
    for p in (1, 2, 3, 4):
        for d in (1, 2, 5):
            draws = np.linalg.norm(np.random.default_rng(p).standard_normal((100_000, d)), axis=1) ** p
            assert abs(draws.mean() - gaussian_radial(d, p)) < 5 * draws.std() / np.sqrt(len(draws))
    assert StudentT(2, 5).radial(2) == pytest.approx(2 * 5 / 3)
