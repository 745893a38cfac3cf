"""The cases that must fail are what they say."""

import numpy as np
import pytest

import extremal
from extremal.verification import STATEMENTS, StatementCheck
from extremal.verification import _controls as controls

# Those of the other figures have the same change, at more cost.
CHEAP = [s for s in STATEMENTS if s.name not in ("figure-1", "figure-4", "figure-5", "figure-7")]
FEWER = {"lemma-f": {"repetitions": 4}, "figure": {"repetitions": 4}}


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    return tmp_path_factory.mktemp("stores")


@pytest.mark.parametrize("statement", CHEAP, ids=lambda statement: statement.name)
def test_the_case_that_must_fail_does(statement, stores):
    """The interval of a claim excludes what is predicted: too few runs to tell anything would not do."""
    control = statement.control
    fewer = next((more for name, more in FEWER.items() if statement.name.startswith(name)), {})
    if control.function is controls.descent_balance:
        fewer = {}
    given = {**control.arguments("quick"), **fewer}
    result = control.function(**given, store=stores / control.function.__name__)
    check = StatementCheck(statement, result, result, 0)
    assert check.fails is True, check.control
    assert {claim.status for claim in check.control.claims} >= {"contradicted"}


def test_the_shifted_law_hides_its_mean():
    law = controls.shifted(2)
    X, y = law.sample(200_000, rng=0)
    assert abs((y - X[:, 0]).mean() - 0.5) < 0.01
    # D(w) as if the noise were centred, ½ E[1{w·x>0} x] short of the truth: 0.5/√(2π) along w
    truth = extremal.D(X, y, np.array([1.0, 0.0]))
    np.testing.assert_allclose(truth - law.D(np.array([1.0, 0.0])), [0.5 / np.sqrt(2 * np.pi), 0], atol=0.01)


def test_signs_are_degenerate():
    X, _ = controls.SIGNS.sample(8, rng=0)
    assert extremal.count_cones(X) < extremal.cover_count(8, 2)


def test_noise_has_no_teacher():
    X, y = controls.noise_only(3).sample(50_000, rng=0)
    assert np.abs(X.T @ y / len(y)).max() < 0.02


def test_gradient_descent_does_not_keep_the_balance():
    verdict = controls.descent_balance(repetitions=3)
    assert verdict.status == "contradicted"
    assert (verdict.table["drift"] > 1e-6).all()
    # the drift is of the order of the step
    smaller = controls.descent_balance(repetitions=3, lr=0.005)
    ratio = verdict.table["drift"].to_numpy() / smaller.table["drift"].to_numpy()
    assert (ratio > 2).all()
