"""Theorem 4.1 and Lemmas F: supported where they should be, and not where they should not. Seeds are fixed."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.laws import Assumption41, Law, Linear, ReLU, named
from extremal.statements import _flows
from extremal.statements._flows import support_bound
from extremal.statements._lemmas_f import balance_claim, lemmas_f
from extremal.statements._settings import Settings
from extremal.statements._theorem_4_1 import share_claim, theorem_4_1
from extremal.statements._thresholds import Series, bracket, combination, threshold
from extremal.training import Network, initialise, ols, two_ols, two_ols_network

SMALL = {"n": (8, 80), "d": 2, "repetitions": 25, "width": 20}


def claim(verdict, name):
    return next(item for item in verdict.claims if item.name == name)


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    store = tmp_path_factory.mktemp("rows") / "rows.sqlite"
    return theorem_4_1(**SMALL, store=store), store


def test_theorem_4_1_is_supported(verdict):
    found, _ = verdict
    assert found.status == "supported"
    last = found.summary.query("n == 80").iloc[0]
    assert last["share"] == 1.0
    assert last["farthest_converged"] < 1e-6
    assert last["aligned"] == 1.0
    first = found.summary.query("n == 8").iloc[0]
    assert first["share"] < 0.9
    assert first["nearest_other"] > 10 * last["farthest_converged"]
    row = found.thresholds.iloc[0]
    assert row["low"] < row["high"] < 80
    assert row["above"] == 80


def test_a_store_resumes_and_processes_agree(verdict, monkeypatch):
    found, store = verdict
    with ProcessPoolExecutor(2) as pool:
        few = theorem_4_1(**SMALL | {"n": (80,), "repetitions": 4}, executor=pool)
    rows = found.table.query("n == 80").head(4)
    np.testing.assert_array_equal(few.table["distance"], rows["distance"])

    def never(*args, **kwargs):
        raise AssertionError("computed again")

    monkeypatch.setattr(_flows, "flow", never)
    again = theorem_4_1(**SMALL, store=store)
    assert again.to_frame().equals(found.to_frame())


def test_another_formula_is_contradicted(monkeypatch):
    """The whole sample's estimator on both sides is near, and not what the flow ends at."""
    monkeypatch.setattr(_flows, "two_ols", lambda X, y, beta: (ols(X, y), ols(X, y)))
    wrong = theorem_4_1(**SMALL | {"repetitions": 8})
    assert wrong.status == "contradicted"
    assert wrong.summary["nearest_other"].iloc[-1] > 1e-3


def test_halves_the_wrong_way_round_are_contradicted(monkeypatch):
    monkeypatch.setattr(_flows, "two_ols", lambda X, y, beta: two_ols(X, y, beta)[::-1])
    assert theorem_4_1(**SMALL | {"repetitions": 8}).status == "contradicted"


def test_too_few_samples_support_nothing():
    found = theorem_4_1(n=(8, 12), d=4, repetitions=6, width=10, max_steps=300)
    assert found.status == "inconclusive"
    assert claim(found, "converges, d = 4").measured < 0.4
    assert claim(found, "hypothesis").status == "supported"


def test_gaussian_inputs_are_contradicted():
    """Item 3 of Assumption 4.1 does not hold."""
    found = theorem_4_1("gaussian", n=(12, 120), d=3, repetitions=8, width=20, max_steps=400)
    assert claim(found, "hypothesis").status == "inconclusive"
    assert claim(found, "converges, d = 3").status == "contradicted"
    assert found.status == "contradicted"


def test_a_large_scale_is_contradicted():
    found = theorem_4_1(n=(8, 80), d=2, repetitions=10, width=20, scale=4.0)
    assert claim(found, "converges, d = 2").status == "contradicted"
    assert found.summary["share"].iloc[-1] < 0.5


def test_small_widths():
    """All a_j have one sign in 2^{1−m} of the runs; the others converge."""
    found = theorem_4_1(n=80, d=2, repetitions=20, width=3, widths=(2, 1), level=0.5)
    two = found.summary.query("m == 2").iloc[0]
    assert 3 <= two["one_sign"] <= 17
    assert two["share"] == 1.0
    assert found.summary.query("m == 1")["one_sign"].item() == 20
    assert claim(found, "converges, m = 1").status == "inconclusive"
    ends = found.table.query("m == 2 and not both")
    assert not ends["converged"].any()
    assert (ends["distance"] > 0.5).all()


def test_initial_weights_must_be_dominated():
    with pytest.raises(InvalidValueError, match="domination"):
        theorem_4_1(**SMALL, init="gaussian")
    with pytest.raises(InvalidValueError, match="domination"):
        theorem_4_1(**SMALL, init=(np.ones((20, 2)), np.full(20, 0.5)))
    with pytest.raises(InvalidValueError, match="init is 'other'"):
        theorem_4_1(**SMALL, init="other")
    with pytest.raises(InvalidValueError, match="expected 20 in dimension 2"):
        theorem_4_1(**SMALL, init=(np.zeros((3, 2)), np.ones(3)))
    dominated = theorem_4_1(**SMALL | {"n": 80, "repetitions": 3}, init="dominated")
    assert claim(dominated, "initial weights").status == "inconclusive"
    drawn = initialise(20, 2, np.sqrt(20), "theorem", 0)
    given = theorem_4_1(**SMALL | {"n": 80, "repetitions": 3}, init=drawn)
    assert claim(given, "initial weights").status == "supported"


def test_arguments():
    with pytest.raises(InvalidValueError, match=r"Eq\. 7"):
        theorem_4_1(Law(Assumption41([1.0, 0.0]), ReLU([1.0, 0.0]), 0.1), **SMALL | {"d": None})
    for bad, names in (({"level": 1.0}, "level"), ({"scale": 0.0}, "scale"), ({"width": 0}, "width")):
        with pytest.raises(InvalidValueError, match=names):
            theorem_4_1(**SMALL | bad)
    with pytest.raises(InvalidValueError, match="widths"):
        theorem_4_1(**SMALL, widths=(3, 3))
    with pytest.raises(InvalidTypeError, match="widths"):
        theorem_4_1(**SMALL, widths=None)
    with pytest.raises(InvalidValueError, match="scales"):
        lemmas_f(scales=(1.0,))


def test_the_bound_over_the_support():
    """Above what is found by sampling the support, and equal to it for neurons in the two cones."""
    rng = np.random.default_rng(0)
    inputs = Assumption41([3.0, 4.0, 0.0], eps=0.2)
    law = Law(inputs, Linear(np.array([3.0, 4.0, 0.0]) / 5), noise=0.1)
    axis = inputs.axis
    points = inputs.sample(20_000, rng)
    # the rim, where linear functions are largest
    turns = rng.standard_normal((20_000, 3))
    turns -= np.outer(turns @ axis, axis)
    rim = 2.0 * turns / np.linalg.norm(turns, axis=1, keepdims=True)
    rim = np.vstack([rim + s * axis for s in (-1.2, -0.8, 0.8, 1.2)])
    points = np.vstack([points, rim])
    for spread, tight in [(0.02, True)] * 6 + [(1.0, False)] * 2:
        near = rng.uniform(0.5, 4.0) * axis + 0.1 * rng.standard_normal((2, 3))
        formula = two_ols_network(*near)
        signs = np.array([1.0, 1.0, -1.0, -1.0])
        W = signs[:, None] * (axis + spread * rng.standard_normal((4, 3)))
        network = Network(W, signs)
        largest = np.abs(network(points) - formula(points)).max()
        bound = support_bound(law, network, *near)
        assert bound >= largest
        assert (bound < largest * 1.001) == tight
    assert np.isnan(support_bound(named("gaussian", 3), network, *near))
    other = Law(inputs, Linear([1.0, 0.0, 0.0]), noise=0.1)
    assert np.isnan(support_bound(other, network, *near))


def test_thresholds_cover_the_truth():
    rng = np.random.default_rng(1)
    n = (5, 8, 12, 18, 27, 40, 60)
    hits, slopes = 0, 0
    x = np.log([2, 3, 4])
    c = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    for _ in range(40):
        series = []
        for k in (2, 3, 4):
            share = 1 / (1 + np.exp(-3 * (np.log(n) - np.log(1.5 * k**2))))
            good = tuple(rng.binomial(16, share).tolist())
            series.append(Series(n, (16,) * 7, good, good))
        _, low, high = threshold(series[0], 0.95)
        hits += low <= 6 <= high
        _, low, high = combination(series, c, 0.95)
        slopes += low <= 2 <= high
        assert high - low < 2.5
    # 38 expected of 40; P(Bin(40, 0.95) < 33) < 1e-3
    assert min(hits, slopes) >= 33


def test_thresholds_beyond_the_grid_and_between_two_sizes():
    n, trials = (10, 20, 40, 80), (20,) * 4
    jump = Series(n, trials, (0, 0, 20, 20), (0, 0, 20, 20))
    place, low, high = threshold(jump, 0.95)
    assert place == pytest.approx(np.sqrt(800), rel=0.02)
    assert 10 < low < 20.5
    assert 39 < high < 80
    assert bracket(jump, 0.95) == (20, 40)
    never = Series(n, trials, (0,) * 4, (0,) * 4)
    place, low, high = threshold(never, 0.95)
    assert np.isnan(place)
    assert low > 75
    assert high == np.inf
    always = Series(n, trials, trials, trials)
    assert threshold(always, 0.95)[1] == 0.0
    open_ = Series(n, trials, (0, 0, 5, 20), (0, 15, 20, 20))
    assert threshold(open_, 0.95)[1] < threshold(jump, 0.95)[1]
    assert threshold(open_, 0.95)[2] > threshold(jump, 0.95)[2]
    assert np.isnan(bracket(Series((10,), (4,), (2,), (2,)), 0.95)).all()


def test_claims_about_shares():
    settings = Settings({2: None}, (10, 100), 30, 0, 0.95, None, None, False, 0.0, "")
    words = {
        ((0, 0, 30), (30, 30, 30)): "supported",
        ((0, 0, 30), (0, 0, 30)): "contradicted",
        ((0, 0, 30), (15, 15, 30)): "inconclusive",  # it rises
        ((0, 0, 30), (0, 30, 30)): "inconclusive",  # nothing is decided
        ((0, 0, 5), (5, 5, 5)): "inconclusive",  # too few
        ((0, 0, 0), (0, 0, 0)): "inconclusive",
    }
    for (first, last), status in words.items():
        assert share_claim(settings, "share", first, last, 0.8, 0.95).status == status


def test_the_exponent_can_be_contradicted():
    from extremal.statements._theorem_4_1 import _exponent

    n = tuple(2**k for k in range(2, 16))

    def steps(power):
        made = {}
        for k in (4, 6, 8):
            good = tuple(40 * int(size > 2 * (k / 4) ** power * 8) for size in n)
            made[k] = Series(n, (40,) * len(n), good, good)
        return made

    assert _exponent(steps(2), 0.95)[0].status == "supported"
    assert _exponent(steps(9), 0.95)[0].status == "contradicted"


def test_lemmas_f():
    found = lemmas_f(n=200, d=2, repetitions=8, scales=(1e-2, 1e-5), width=10, level=0.4)
    assert {item.name: item.status for item in found.claims if item.status != "supported"} == {}
    small = found.summary.query("scale == 1e-5").iloc[0]
    assert small["cones"] == 1.0
    assert small["met"] < 1.0
    assert small["drift"] < 1e-12
    assert small["constant"] >= 1.0
    assert found.fits["slope_low"].item() > 0.25


def test_one_run_that_breaks_lemma_f1_contradicts_it():
    assert balance_claim((30, 30, 30), 0.95).status == "supported"
    assert balance_claim((29, 29, 30), 0.95).status == "contradicted"
    assert balance_claim((29, 30, 30), 0.95).status == "inconclusive"


def test_lemmas_f_fail_without_the_assumption():
    found = lemmas_f("gaussian", n=(10, 100), d=3, repetitions=5, scales=1e-3, width=10, max_steps=150)
    assert found.status == "contradicted"
    assert claim(found, "F.1").status == "supported"
    assert claim(found, "cones").status == "contradicted"


def test_a_leak_couples_the_halves():
    """Lemma F.3 is about ReLU: with a slope on the inactive side each half of the data moves the other's neurons."""
    given = {"n": 100, "d": 2, "repetitions": 2, "scales": 1e-3, "width": 6}
    for leak, share in ((0.0, 1.0), (0.1, 0.0)):
        verdict = lemmas_f(**given, leak=leak)
        assert verdict.measured["F.3"] == share
        assert verdict.measured["F.1"] == 1.0
    for bad in (1.0, -0.1, "much"):
        with pytest.raises((InvalidValueError, InvalidTypeError), match="leak"):
            lemmas_f(**given, leak=bad)
