"""Laws as objects: samples, seeds, pickles, words for bad arguments, names."""

import copy
import pickle

import numpy as np
import pytest
from scipy import stats

import extremal.laws
from extremal.errors import ExtremalError, InvalidTypeError, InvalidValueError
from extremal.laws import (
    Assumption41,
    Ball,
    Correlated,
    Empirical,
    Function,
    Gaussian,
    Law,
    Linear,
    RademacherMixture,
    ReLU,
    Sampler,
    Sphere,
    StudentT,
    named,
)
from tests.laws.examples import BETA, COV, EVERY, INPUTS, NETWORK, sine, uniform_noise


@pytest.mark.parametrize("name", EVERY)
def test_the_same_seed_gives_the_same_bits(name):
    law = EVERY[name]
    X, y = law.sample(50, 7)
    again = law.sample(50, np.random.default_rng(7))
    np.testing.assert_array_equal(X, again[0])
    np.testing.assert_array_equal(y, again[1])
    assert X.shape == (50, 3)
    assert y.shape == (50,)
    assert not np.array_equal(y, law.sample(50, 8)[1])
    assert not np.array_equal(law.sample(50)[1], law.sample(50)[1])


@pytest.mark.parametrize("name", EVERY)
def test_pickles_hold_the_fields_alone(name):
    law = EVERY[name]
    before = pickle.dumps(law)
    law.D([1.0, 0.0, 0.0])
    law.second_moment()
    assert pickle.dumps(law) == before  # nothing that was computed since
    for copied in (pickle.loads(before), copy.deepcopy(law)):
        np.testing.assert_array_equal(copied.D([1.0, 2.0, 0.0]), law.D([1.0, 2.0, 0.0]))
        np.testing.assert_array_equal(copied.sample(20, 1)[1], law.sample(20, 1)[1])
        arrays = [v for part in (copied.inputs, copied.teacher) for v in vars(part).values()]
        assert not any(v.flags.writeable for v in arrays if isinstance(v, np.ndarray) and v.base is None)
        assert repr(copied) == repr(law)


@pytest.mark.parametrize("name", EVERY)
def test_reprs_are_short(name):
    assert len(repr(EVERY[name])) < 130


def test_what_was_passed_is_copied_and_kept_as_it_is():
    beta = np.array([1.0, 2.0])
    teacher = Linear(beta)
    beta[0] = 7.0
    assert teacher.beta[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        teacher.beta[0] = 3.0
    with pytest.raises(AttributeError):
        teacher.beta = beta
    assert Gaussian(3, COV.tolist()).cov.dtype == np.float64


def test_noise():
    X, y = Law(Gaussian(3), Linear(BETA), 0.5, noise_mean=2.0).sample(100_000, 0)
    noise = y - X @ BETA
    # five standard errors: 6e-7
    assert abs(noise.mean() - 2) < 5 * 0.5 / np.sqrt(100_000)
    assert abs(noise.std() - 0.5) < 5 * 0.5 / np.sqrt(200_000)
    X, y = Law(Gaussian(3), Linear(BETA), uniform_noise).sample(1000, 0)
    assert np.abs(y - X @ BETA).max() <= 1
    X, y = Law(Gaussian(3), Linear(BETA)).sample(10, 0)
    np.testing.assert_allclose(y, X @ BETA, atol=1e-14)


def test_laws_of_inputs_are_what_they_say():
    """Kolmogorov-Smirnov against the known one-dimensional laws; each p-value is below 1e-4 with that probability."""
    n = 20_000

    def p_value(values, law):
        return stats.kstest(values, law).pvalue

    u = np.array([1.0, -2.0, 0.5])
    assert p_value(Gaussian(3, COV).sample(n, 1) @ u, stats.norm(scale=np.sqrt(u @ COV @ u)).cdf) > 1e-4
    assert p_value(StudentT(3, 4, COV).sample(n, 2) @ u / np.sqrt(u @ COV @ u), stats.t(4).cdf) > 1e-4
    ball = Ball(3, 2.0).sample(n, 3)
    assert p_value((np.linalg.norm(ball, axis=1) / 2) ** 3, stats.uniform.cdf) > 1e-4
    sphere = Sphere(3, 2.0).sample(n, 4)
    np.testing.assert_allclose(np.linalg.norm(sphere, axis=1), 2.0)
    assert p_value(sphere[:, 1], stats.uniform(-2, 4).cdf) > 1e-4  # Archimedes
    beta = np.array([1.0, 2.0, -2.0])
    law = Assumption41(beta, 0.2)
    X = law.sample(n, 5)
    s = X @ beta / 3
    assert p_value(np.abs(s), stats.uniform(0.8, 0.4).cdf) > 1e-4
    v = X @ law.complement
    np.testing.assert_allclose(law.complement.T @ law.complement, np.eye(2), atol=1e-15)
    np.testing.assert_allclose(law.complement.T @ beta, 0, atol=1e-15)
    assert p_value((np.linalg.norm(v, axis=1) / 2) ** 2, stats.uniform.cdf) > 1e-4
    assert stats.binomtest(int((s > 0).sum()), n).pvalue > 1e-4
    mixture = RademacherMixture(3, [3.0, 0, 0], 0.5).sample(n, 6)
    assert p_value(np.abs(mixture[:, 0]), stats.norm(3, 0.5).cdf) > 1e-4


def test_defaults_are_isotropic():
    for inputs in (Gaussian(4), Sphere(4), Ball(4), Assumption41(np.ones(4), 0.0)):
        np.testing.assert_allclose(inputs.second_moments, np.eye(4), atol=1e-15)
    np.testing.assert_allclose(Correlated(3, 0.5, "autoregressive").second_moments[0], [1, 0.5, 0.25])


def test_teachers():
    X = Gaussian(3).sample(6, 0)
    expected = sum(c * np.maximum(X @ u, 0) for u, c in zip(NETWORK.weights, NETWORK.signs, strict=True))
    np.testing.assert_allclose(NETWORK(X), expected)
    np.testing.assert_array_equal(ReLU.random(4, 3, 5).weights, ReLU.random(4, 3, 5).weights)
    assert ReLU([1.0, 2.0]).weights.shape == (1, 2)
    np.testing.assert_array_equal(Function(lambda X: X[:, :1])(X), X[:, 0])


BAD = {
    "dimension": (lambda: Gaussian(0), InvalidValueError, "d is 0; expected a dimension"),
    "dimension type": (lambda: Gaussian(2.0), InvalidTypeError, "d is 2.0 of type float"),
    "bool": (lambda: Sphere(True), InvalidTypeError, "d is True"),
    "cov shape": (lambda: Gaussian(2, np.eye(3)), InvalidValueError, r"cov has shape \(3, 3\).*\(2, 2\)"),
    "cov symmetric": (lambda: Gaussian(2, [[1, 2], [0, 1]]), InvalidValueError, "not symmetric"),
    "cov singular": (lambda: Gaussian(2, np.ones((2, 2))), InvalidValueError, "eigenvalue"),
    "cov negative": (lambda: StudentT(1, 5, [[-1.0]]), InvalidValueError, "eigenvalue -1"),
    "cov nan": (lambda: Gaussian(1, [[np.nan]]), InvalidValueError, "nan"),
    "rho": (lambda: Correlated(3, -0.5), InvalidValueError, "rho is -0.5; expected a correlation above -0.5"),
    "rho 1": (lambda: Correlated(3, 1.0), InvalidValueError, "below 1"),
    "pattern": (lambda: Correlated(3, 0.1, "block"), InvalidValueError, "one of 'equal', 'autoregressive'"),
    "near pattern": (lambda: Correlated(3, 0.1, "autoregresive"), InvalidValueError, "did you mean 'autoregressive'"),
    "radius": (lambda: Sphere(3, -1), InvalidValueError, "radius is -1"),
    "df": (lambda: StudentT(3, 0), InvalidValueError, "df is 0"),
    "mean": (lambda: RademacherMixture(2, [1.0]), InvalidValueError, r"mean has shape \(1,\); expected an array of 2"),
    "scale": (lambda: RademacherMixture(1, [1.0], 0.0), InvalidValueError, "scale is 0.0"),
    "beta 0": (lambda: Assumption41([0.0, 0.0]), InvalidValueError, "beta is 0"),
    "eps": (lambda: Assumption41([1.0], 1.0), InvalidValueError, "eps is 1.0; expected a number from 0 to less than 1"),
    "eps type": (lambda: Assumption41([1.0], "small"), InvalidTypeError, "eps is 'small'"),
    "rows": (lambda: Empirical([1.0, 2.0]), InvalidValueError, "one sample a row"),
    "draw": (lambda: Sampler(2, 3), InvalidTypeError, "draw is 3"),
    "draw shape": (lambda: Sampler(2, lambda n, rng: np.ones((n, 3))).sample(4), InvalidValueError, r"\(4, 3\)"),
    "beta shape": (lambda: Linear([[1.0]]), InvalidValueError, r"beta has shape \(1, 1\)"),
    "beta none": (lambda: Linear(None), InvalidTypeError, "beta is None"),
    "dead neuron": (lambda: ReLU([[1.0], [0.0]]), InvalidValueError, r"weights\[1\] is 0"),
    "signs": (lambda: ReLU([[1.0], [2.0]], [1.0]), InvalidValueError, r"signs has shape \(1,\); expected \(2,\)"),
    "neurons": (lambda: ReLU.random(0, 3), InvalidValueError, "k is 0"),
    "function": (lambda: Function(3), InvalidTypeError, "f is 3"),
    "function shape": (lambda: Function(np.sum)(np.ones((4, 2))), InvalidValueError, r"f\(X\) has shape \(\)"),
    "function nan": (lambda: Function(lambda X: X[:, 0] * np.nan)(np.ones((4, 2))), InvalidValueError, "nan"),
    "inputs": (lambda: Law(np.ones((3, 2)), Linear([1.0, 2.0])), InvalidTypeError, r"Empirical\(X\)"),
    "teacher": (lambda: Law(Gaussian(2), [1.0, 2.0]), InvalidTypeError, r"Linear\(beta\)"),
    "two dimensions": (lambda: Law(Gaussian(2), Linear([1.0])), InvalidValueError, "dimension 1 and .* dimension 2"),
    "noise": (lambda: Law(Gaussian(1), Linear([1.0]), -1), InvalidValueError, "noise is -1"),
    "noise inf": (lambda: Law(Gaussian(1), Linear([1.0]), np.inf), InvalidValueError, "noise is inf"),
    "noise text": (lambda: Law(Gaussian(1), Linear([1.0]), "some"), InvalidTypeError, "noise is 'some'"),
    "noise shape": (
        lambda: Law(Gaussian(1), Linear([1.0]), lambda n, rng: 0.0).sample(3),
        InvalidValueError,
        r"noise\(3, rng\) has shape \(\)",
    ),
    "samples": (lambda: Law(Gaussian(1), Linear([1.0]), samples=1), InvalidValueError, "samples is 1"),
    "seed": (lambda: Law(Gaussian(1), Linear([1.0]), seed=-1), InvalidValueError, "seed is -1"),
    "n": (lambda: Gaussian(1).sample(0), InvalidValueError, "n is 0"),
    "rng": (lambda: Gaussian(1).sample(1, "x"), InvalidTypeError, "rng is 'x'"),
    "w": (lambda: Law(Gaussian(2), Linear([1.0, 0.0])).D([1.0]), InvalidValueError, "w has shape"),
    "w nan": (lambda: Law(Gaussian(1), Linear([1.0])).G([np.nan]), InvalidValueError, "nan"),
    "name": (lambda: named("gausian", 2), InvalidValueError, "'assumption41'.*did you mean 'gaussian'"),
    "name type": (lambda: named(3, 2), InvalidTypeError, "name is 3"),
    "teacher name": (lambda: named("ball", 2, "relu"), InvalidValueError, "did you mean 'relu5'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments(case):
    call, kind, words = BAD[case]
    with pytest.raises(kind, match=words) as caught:
        call()
    assert isinstance(caught.value, ExtremalError)


@pytest.mark.parametrize("name", ["gaussian", "correlated", "sphere", "ball", "mixture", "student", "assumption41"])
@pytest.mark.parametrize("teacher", ["linear", "neuron", "relu5"])
def test_named(name, teacher):
    law = named(name, 3, teacher, rng=0)
    assert law.noise == 0.3
    assert law.sample(5, 0)[0].shape == (5, 3)
    assert law.inputs.second_moments.shape == (3, 3)
    np.testing.assert_array_equal(named(name.upper(), 3, teacher, rng=0).sample(5, 0)[1], law.sample(5, 0)[1])


def test_names_cover_the_page():
    assert set(extremal.laws.__all__) == {name for name in vars(extremal.laws) if not name.startswith("_")}
    assert set(INPUTS) <= {"gaussian", "covariance", "equal", "autoregressive", "sphere", "ball", "student"} | {
        "student covariance",
        "mixture",
    }


def test_lambdas_say_so_when_they_are_pickled():
    law = Law(Gaussian(2), Function(lambda X: X[:, 0]))
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(law)
    assert pickle.loads(pickle.dumps(Law(Gaussian(2), Function(sine), uniform_noise))).d == 2


def test_extreme_sizes():
    assert Sphere(3, 1e200).second_moments[0, 0] == np.inf
    law = Law(Gaussian(3, 1e-200 * np.eye(3)), Linear(BETA))
    np.testing.assert_allclose(law.D([1.0, 0, 0]), 0.5e-200 * BETA)
    assert np.isfinite(Law(Sphere(3, 1e60), Linear(BETA)).second_moment().value)
