"""D(w) against integrals, samples, and its own definition as a gradient."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

import extremal
from extremal.errors import InvalidValueError
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
    Sampler,
    Sphere,
    StudentT,
)
from extremal.laws._closed import positive_quadrant
from tests.laws.examples import BETA, CLOSED, EVERY, NETWORK, NEURON, OTHERS, directions, sine

PLANE = np.array([[1.5, 0.4], [0.4, 0.6]])


def gaussian_density(x, cov=None):
    cov = np.eye(2) if cov is None else cov
    return np.exp(-0.5 * x @ np.linalg.solve(cov, x)) / (2 * np.pi * np.sqrt(np.linalg.det(cov)))


def student_density(x, df=5.0):
    # the density of the bivariate t (Kotz & Nadarajah 2004, Eq. 1.1)
    return (1 + x @ np.linalg.solve(PLANE, x) / df) ** (-(df + 2) / 2) / (2 * np.pi * np.sqrt(np.linalg.det(PLANE)))


MEAN = np.array([1.0, -0.5])
DENSITIES = {
    "gaussian": (Gaussian(2, PLANE), lambda x: gaussian_density(x, PLANE), np.inf),
    "student": (StudentT(2, 5.0, PLANE), student_density, np.inf),
    "ball": (Ball(2, 1.5), lambda x: 1 / (np.pi * 1.5**2), 1.5),
    "mixture": (
        RademacherMixture(2, MEAN, 0.8),
        lambda x: 0.5 * (gaussian_density((x - MEAN) / 0.8) + gaussian_density((x + MEAN) / 0.8)) / 0.64,
        np.inf,
    ),
}


def by_quadrature(density, radius, f, w):
    """E[1{w·x>0} f(x) x] in polar coordinates, for f homogeneous of degree p plus a constant: no closed form used."""
    middle = np.arctan2(w[1], w[0])
    # Gauss-Legendre between the kinks of f, which lie on the multiples of 15 degrees here
    nodes, weights = np.polynomial.legendre.leggauss(10)
    edges = np.union1d(
        np.array([middle - np.pi / 2, middle + np.pi / 2]),
        [a for a in np.arange(-24, 25) * np.pi / 12 if abs(a - middle) < np.pi / 2],
    )
    total = np.zeros(2)
    for low, high in pairwise(edges):
        for node, weight in zip(nodes, weights, strict=True):
            angle = (low + high) / 2 + (high - low) / 2 * node
            e = np.array([np.cos(angle), np.sin(angle)])
            value = integrate.quad_vec(lambda r, e=e: r * f(r * e) * density(r * e) * r, 0, radius, epsabs=1e-11)[0]
            total += weight * (high - low) / 2 * value * e
    return total


def unit(degrees):
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


@pytest.mark.parametrize("name", DENSITIES)
def test_closed_forms_agree_with_quadrature(name):
    inputs, density, radius = DENSITIES[name]
    # hyperplanes of the neurons at multiples of 15 degrees
    teacher = ReLU([1.3 * unit(30), 0.7 * unit(165)], [1.0, -2.0])
    law = Law(inputs, teacher, noise_mean=0.5)
    for degrees in (45, 100, 210):
        w = unit(degrees)
        expected = by_quadrature(density, radius, lambda x: teacher(x[None])[0] + 0.5, w)
        np.testing.assert_allclose(law.D(3.7 * w), expected, atol=2e-8)


@pytest.mark.parametrize("name", ["gaussian", "mixture"])
def test_linear_teachers_agree_with_quadrature(name):
    inputs, density, radius = DENSITIES[name]
    beta = np.array([1.0, 2.0])
    expected = by_quadrature(density, radius, lambda x: x @ beta, unit(45))
    np.testing.assert_allclose(Law(inputs, Linear(beta)).D(unit(45)), expected, atol=2e-8)


def scores(law, w, n, seed):
    """How many standard errors D_n(w) of a sample, evaluated by extremal.D, is off D(w)."""
    X, y = law.sample(n, seed)
    z = y[:, None] * X
    value = law.evaluate(w)
    active = X @ w.T > 0
    variance = np.stack([(z * a[:, None]).var(axis=0) for a in active.T]) / n
    return (extremal.D(X, y, w) - value.D) / np.sqrt(variance + value.standard_error**2)


@pytest.mark.parametrize("name", EVERY)
def test_a_sample_agrees(name):
    # 15 numbers a law and 58 laws, each beyond 5.5 with probability 4e-8: all pass with probability 0.99997
    assert np.abs(scores(EVERY[name], directions(5), 60_000, 1)).max() < 5.5


@pytest.mark.parametrize("name", ["student covariance, network, mean", "mixture, network, mean"])
def test_a_million_samples_agree(name):
    assert np.abs(scores(CLOSED[name], directions(2, seed=2), 10**6, 3)).max() < 5.5


@pytest.mark.parametrize("name", CLOSED)
def test_D_is_the_gradient_of_G(name):
    law, w, h = CLOSED[name], directions(6, seed=4), 1e-5
    np.testing.assert_allclose(law.G(w), np.sum(w * law.D(w), axis=1), atol=1e-13)
    for j, e in enumerate(np.eye(3)):
        slope = (law.G(w + h * e) - law.G(w - h * e)) / (2 * h)
        np.testing.assert_allclose(slope, law.D(w)[:, j], atol=1e-8)


def test_one_neuron_by_hand():
    law = Law(Gaussian(2), ReLU([2.0, 0.0]))
    np.testing.assert_allclose(law.D([1.0, 0.0]), [1.0, 0.0], atol=1e-15)
    np.testing.assert_allclose(law.D([0.0, 5.0]), [0.5, 1 / np.pi], atol=1e-15)
    np.testing.assert_allclose(law.D([-1.0, 0.0]), [0.0, 0.0], atol=1e-15)


@pytest.mark.parametrize("name", [name for name in CLOSED if "linear" not in name])
def test_close_to_a_neuron_nothing_is_lost(name):
    """D at an angle of 1e-7 from u (and from −u) is D at u up to the slope times the angle."""
    law = CLOSED[name]
    for u in law.teacher.weights:
        for side in (u, -u):
            w = side / np.linalg.norm(side)
            near = w + 1e-7 * np.array([0.6, -0.3, 0.4])
            assert np.linalg.norm(law.D(near) - law.D(w)) <= 1e-7 * law.lipschitz
            assert np.isfinite(law.D(w)).all()


def test_mixtures_become_gaussian():
    w = directions(20)
    near = Law(RademacherMixture(3, [1e-9, 0, 0]), NETWORK, noise_mean=0.3).D(w)
    np.testing.assert_allclose(near, Law(Gaussian(3), NETWORK, noise_mean=0.3).D(w), atol=1e-8)


def test_positive_quadrant_against_known_values():
    from scipy.stats import multivariate_normal

    rng = np.random.default_rng(0)
    for h, k, rho in rng.uniform(-1, 1, size=(20, 3)) * [3, 3, 1]:
        exact = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([h, k])
        value = positive_quadrant(*(np.array([v]) for v in (h, k, rho, np.sqrt(1 - rho**2))))
        assert abs(value[0] - exact) < 1e-8
    assert positive_quadrant(*(np.array([v]) for v in (0.0, 0.0, 0.5, np.sqrt(0.75))))[0] == pytest.approx(1 / 3)


@pytest.mark.parametrize("name", EVERY)
def test_shapes_scale_and_zero(name):
    law = EVERY[name]
    w = directions(6).reshape(2, 3, 3)
    D = law.D(w)
    assert D.shape == (2, 3, 3)
    assert law.G(w).shape == (2, 3)
    assert np.ndim(law.G(w[0, 0])) == 0
    for scale in (1e-280, 1e280):
        np.testing.assert_allclose(law.D(scale * w), D, rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(law.D(np.zeros(3)), np.zeros(3))  # as extremal.D
    assert law.D(np.zeros((0, 3))).shape == (0, 3)
    value = law.evaluate(w)
    np.testing.assert_array_equal(value.D, D)
    assert value.standard_error.shape == (2, 3, 3)
    assert value.G_standard_error.shape == (2, 3)
    assert value.exact == (value.standard_error.max() == 0)
    assert len(repr(value)) < 700


def test_which_values_are_exact():
    assert all(law.evaluate([1, 0, 0]).exact for law in CLOSED.values())
    methods = {name: law.evaluate([1, 0, 0]).method for name, law in OTHERS.items()}
    assert methods == {
        "assumption41": "constant",
        "assumption41, neuron": "Monte Carlo",
        "empirical": "finite sum",
        "function": "Monte Carlo",
    }


def test_empirical_laws_are_finite_sums():
    X = Gaussian(3).sample(50, 0)
    law = Law(Empirical(X), Linear(BETA), noise_mean=0.25)
    w = np.vstack([directions(5), np.cross(X[:3], X[3:6])])  # the last ones lie on hyperplanes
    np.testing.assert_array_equal(law.D(w), extremal.D(X, X @ BETA + 0.25, w))


def test_monte_carlo_is_one_sample_for_all_directions():
    law, again = (Law(Gaussian(3), Function(sine), samples=5000, seed=3) for _ in range(2))
    w = directions(400)
    np.testing.assert_array_equal(law.D(w), again.D(w))
    # blocks of directions of other sizes go through other products: equal up to rounding
    np.testing.assert_allclose(law.D(w[7]), law.D(w)[7], atol=1e-14)
    assert not np.array_equal(law.D(w), Law(Gaussian(3), Function(sine), samples=5000, seed=4).D(w))


def test_monte_carlo_errors_are_standard_errors():
    """Over 200 seeds the variance of the scores is 1 ± 0.1: off by 0.5 with probability below 1e-6."""
    w = np.array([[1.0, 0.3, 0.0]])
    exact = Law(Gaussian(3), NEURON)
    laws = [Law(Sampler(3, Gaussian(3).sample), NEURON, samples=1000, seed=s) for s in range(200)]
    values = [law.evaluate(w) for law in laws]
    D = np.array([(v.D - exact.D(w)) / v.standard_error for v in values])
    G = np.array([(v.G - exact.G(w)) / v.G_standard_error for v in values])
    assert np.abs(D.var(axis=0) - 1).max() < 0.5
    assert abs(G.var() - 1) < 0.5


def test_monte_carlo_errors_by_definition():
    """Inputs far from 0, so that means and standard deviations are not alike."""

    def far(n, rng):
        return 5.0 + rng.standard_normal((n, 3))

    law = Law(Sampler(3, far), NETWORK, samples=1000)
    X = law.inputs.sample(1000, law.seed)
    for w in directions(5):
        z = (X @ w > 0)[:, None] * law.teacher(X)[:, None] * X
        value = law.evaluate(2 * w)
        np.testing.assert_allclose(value.D, z.mean(axis=0), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(value.standard_error, z.std(axis=0, ddof=1) / np.sqrt(1000), rtol=1e-9, atol=1e-14)
        error = (z @ (2 * w)).std(ddof=1) / np.sqrt(1000)
        np.testing.assert_allclose(value.G_standard_error, error, rtol=1e-9, atol=1e-14)


def test_student_without_second_moment():
    law = Law(StudentT(2, 2.0), Linear([1.0, 0.0]))
    for call in (lambda: law.D([1, 0]), lambda: law.G([1, 0]), lambda: law.lipschitz, law.extremal):
        with pytest.raises(InvalidValueError, match=r"does not exist .* df above 2"):
            call()
    assert law.sample(10, 0)[0].shape == (10, 2)
    # with nothing but noise a first moment is enough
    np.testing.assert_array_equal(Law(StudentT(2, 1.5), Linear([0, 0]), 0.1).D([1, 0]), [0, 0])
    with pytest.raises(InvalidValueError, match="df above 1"):
        Law(StudentT(2, 1.0), Linear([0, 0]), 0.1).D([1, 0])


@pytest.mark.parametrize("inputs", [Gaussian(1), Sphere(1), Ball(1), StudentT(1, 5), RademacherMixture(1, [0.5])])
def test_one_dimension(inputs):
    law = Law(inputs, ReLU([[2.0], [-1.0]], [1.0, 3.0]), noise_mean=0.2)
    X = inputs.sample(200_000, 0)
    y = law.teacher(X) + 0.2
    # averages of 200 000: 0.1 is more than ten standard errors
    np.testing.assert_allclose(law.D([[1.0], [-1.0]]), extremal.D(X, y, [[1.0], [-1.0]]), atol=0.1)
    law = Law(Assumption41([1.0]), Linear([2.0]))
    assert law.D([3.0])[0] == pytest.approx(1 + 0.01 / 3)


@pytest.mark.parametrize("angle", [1e-6, 1e-8, 1e-10, 1e-13, 1e-15, 0.0])
def test_two_clusters_are_smooth_next_to_a_neuron(angle):
    """At angles where the parts of the closed form are ill-conditioned, the whole must not be."""
    u = np.array([0.6, 0.8])
    law = Law(RademacherMixture(2, [0.7, -0.2], 1.0), ReLU(u))
    turned = np.array([np.cos(angle) * u[0] - np.sin(angle) * u[1], np.sin(angle) * u[0] + np.cos(angle) * u[1]])
    change = np.linalg.norm(law.D(turned) - law.D(u))
    assert change <= law.lipschitz * angle + 1e-14
