"""Assumption 4.1: exact answers for known laws, tests for the others, on laws that satisfy it and laws that do not."""

import numpy as np
import pytest

from extremal.errors import InvalidTypeError, InvalidValueError
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
)
from extremal.laws._sample_tests import gap, isotropy, symmetry, tail
from tests.laws.examples import NEURON, uniform_noise

E1 = np.array([1.0, 0.0, 0.0])
GOOD = Law(Assumption41(E1), Linear(E1), 0.3)


def skewed_noise(n, rng):
    return rng.exponential(size=n)


def shifted_noise(n, rng):
    return rng.uniform(-1.0, 1.0, size=n) + 0.03  # 6.6 standard errors at n = 2^14


def cauchy_noise(n, rng):
    return rng.standard_cauchy(n)


def test_the_law_that_satisfies_it():
    report = GOOD.assumptions()
    assert report.holds
    assert report.exact
    assert report.failed == report.unknown == ()
    assert [item.name for item in report.items] == ["7a", "7b", "1", "2", "3", "4", "5a", "5b"]
    assert report["3"].value == pytest.approx(np.sqrt(3) * 0.9 / np.sqrt(0.81 + 4))
    assert report["4"].value == pytest.approx(0.01 / 3)
    assert report["4"].threshold == pytest.approx(report["3"].value / np.sqrt(3))
    assert all(item.how == "exact" for item in report.items)


FAILURES = {
    "gaussian": (Law(Gaussian(3), Linear(E1)), ("3",)),
    "scaled": (Law(Gaussian(3, 2 * np.eye(3)), Linear(E1)), ("3", "4")),
    "correlated": (Law(Correlated(3, 0.5), Linear(E1)), ("3", "4")),
    "sphere": (Law(Sphere(3), Linear(E1)), ("2", "3")),
    "ball": (Law(Ball(3), Linear(E1)), ("3",)),
    "mixture": (Law(RademacherMixture(3, E1), Linear(E1)), ("3", "4")),
    "student": (Law(StudentT(3, 5), Linear(E1)), ("3", "4", "5a")),
    "student without moments": (Law(StudentT(3, 2), Linear(E1)), ("3", "4", "5a")),
    "no density": (Law(Assumption41(E1, 0.0), Linear(E1)), ("2",)),
    "other axis": (Law(Assumption41(E1), Linear([1.0, 1.0, 0.0])), ("3",)),
    "mean": (Law(Assumption41(E1), Linear(E1), 0.3, noise_mean=0.1), ("7b",)),
    "neuron": (Law(Assumption41(E1), ReLU(E1)), ("7a",)),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_fails_is_named(name):
    law, failed = FAILURES[name]
    report = law.assumptions()
    assert report.failed == failed
    assert report.holds is False
    assert report.exact


def test_one_dimension():
    assert Law(Assumption41([2.0]), Linear([1.0])).assumptions().holds
    assert Law(Gaussian(1), Linear([1.0])).assumptions()["3"].holds  # |x β| = |x||β|


@pytest.mark.parametrize("eps", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("tilt", [0.0, 0.1, 0.3, 2.0])
def test_the_margin_is_the_least(eps, tilt):
    """Item 3's value: no draw is below it, and the worst corner of the support attains it."""
    beta = np.array([1.0, tilt, 0.0])
    law = Law(Assumption41(E1, eps), Linear(beta))
    margin = law.assumptions()["3"].value
    X = law.sample(50_000, 1)[0]
    corner = np.array([1 - eps, -2.0, 0.0]) if tilt else np.array([1 - eps, 0.0, 2.0])
    ratio = np.sqrt(3) * np.abs(np.vstack([X, corner]) @ beta) / np.linalg.norm(beta)
    ratio /= np.linalg.norm(np.vstack([X, corner]), axis=1)
    assert ratio.min() >= margin - 1e-12
    if margin > 0:
        assert ratio.min() == pytest.approx(margin)
    else:
        assert ratio.min() < 0.01


def test_a_given_c():
    c = GOOD.assumptions()["3"].value
    assert GOOD.assumptions(c=0.99 * c).holds
    report = GOOD.assumptions(c=1.01 * c)
    assert report.failed == ("3",)
    small = GOOD.assumptions(c=0.005)  # then item 4 leaves less room than ε²/3
    assert small.failed == ("4",)


def test_a_sampled_law_that_satisfies_it():
    """Only the density and sub-Gaussian tails are left open: no sample shows them."""
    for inputs in (Empirical(GOOD.inputs.sample(3000, 0)), Sampler(3, GOOD.inputs.sample)):
        report = Law(inputs, Linear(E1), uniform_noise).assumptions()
        assert report.failed == ()
        assert report.unknown == ("2", "5a")
        assert report.holds is None
        assert not report.exact
        assert report["1"].p_value > 1e-3
        assert report["3"].p_value < 1e-3
        assert report["4"].standard_error > 0


BROKEN = {
    "not symmetric": (Sampler(3, lambda n, rng: rng.exponential(size=(n, 3))), "1"),
    "repeated": (Sampler(3, lambda n, rng: rng.integers(-3, 4, size=(n, 3)) + 0.5), "2"),
    "no gap": (Sampler(3, Gaussian(3).sample), "3"),
    "scaled": (Sampler(3, Gaussian(3, 3 * np.eye(3)).sample), "4"),
    "heavy tails": (Sampler(3, StudentT(3, 2.5).sample), "5a"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_measured_failures(name):
    inputs, item = BROKEN[name]
    report = Law(inputs, Linear(E1)).assumptions()
    assert report[item].holds is False
    assert report[item].how == "measured"


def test_noise_is_measured():
    report = Law(Assumption41(E1), Linear(E1), skewed_noise).assumptions()
    assert report.failed == ("7b",)
    report = Law(Assumption41(E1), Linear(E1), shifted_noise).assumptions()
    assert report.failed == ("7b",)
    assert 0 < report["7b"].p_value < 1e-3
    report = Law(Assumption41(E1), Linear(E1), cauchy_noise).assumptions()
    assert report["5b"].holds is False
    assert Law(Assumption41(E1), Linear(E1), uniform_noise).assumptions().holds


def test_functions_may_be_linear():
    report = Law(Assumption41(E1), Function(lambda X: 2 * X[:, 0])).assumptions()
    assert report.holds
    assert report["7a"].how == "measured"
    assert report["3"].value == pytest.approx(GOOD.assumptions()["3"].value)
    assert Law(Assumption41(E1), Function(lambda X: X[:, 0] ** 2)).assumptions().failed == ("7a",)
    assert Law(Gaussian(3), NEURON).assumptions()["3"].holds is None


def test_the_symmetry_test_has_its_level():
    """p ≤ 1/10 in 400 symmetric samples: 40 ± 6 are expected, beyond 40 ± 30 with probability below 1e-5."""
    rng = np.random.default_rng(0)
    rejected = sum(symmetry(rng.standard_t(3, size=(25, 2)), rng) <= 0.1 for _ in range(400))
    assert 10 <= rejected <= 70


def test_the_symmetry_test_sees_shapes_too():
    rng = np.random.default_rng(1)
    x = rng.chisquare(4, size=(4000, 1)) - 4  # centred, and skewed
    assert symmetry(x, rng) < 1e-3
    assert symmetry(np.vstack([x[:500], -x[:500]]), rng) > 0.9


def test_other_tests_on_samples():
    assert gap(np.ones((5, 2)), np.array([1.0, 0.0])) == (1.0, None)  # too few rows
    assert gap(np.zeros((5, 2)), np.array([1.0, 0.0]))[0] == np.inf
    value, error = isotropy(Gaussian(2, [[2.0, 0], [0, 1.0]]).sample(40_000, 0))
    assert abs(value - 1) < 3 * error < 0.1
    for df in (1.0, 3.0):
        index, error = tail(np.abs(np.random.default_rng(2).standard_t(df, size=100_000)))
        # Hill's estimator has a bias of some percent besides
        assert abs(index - df) < 3 * error + 0.1 * df
    assert tail(np.ones(100))[0] == np.inf
    assert tail(np.zeros(100))[0] == np.inf


def test_the_table():
    lines = repr(GOOD.assumptions()).splitlines()
    assert lines[0] == "Assumption 4.1 holds"
    assert len(lines) == 9
    assert max(map(len, lines)) <= 110
    assert repr(FAILURES["sphere"][0].assumptions()).startswith("Assumption 4.1 fails (2, 3)\n")
    assert repr(Law(Sampler(3, GOOD.inputs.sample), Linear(E1)).assumptions()).startswith("Assumption 4.1 cannot be")
    with pytest.raises(KeyError, match="did you mean '7a'"):
        GOOD.assumptions()["7A"]
    with pytest.raises(KeyError, match="no item '6'"):
        GOOD.assumptions()["6"]


def test_arguments():
    law = Law(Sampler(3, GOOD.inputs.sample), Linear(E1))
    assert repr(law.assumptions(rng=5)) == repr(law.assumptions(rng=5))
    with pytest.raises(InvalidValueError, match="c is 0"):
        law.assumptions(c=0)
    with pytest.raises(InvalidTypeError, match="n is 'many'"):
        law.assumptions(n="many")
    with pytest.raises(InvalidValueError, match="n is 3"):
        law.assumptions(n=3)
