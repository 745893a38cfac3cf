"""Δ_n: the bracket against enumeration of all faces, on all kinds of data; its statuses, limits and messages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import extremal
from extremal import DeviationStatus, deviation
from extremal.laws import Empirical, Function, Gaussian, Law, Linear, ReLU
from extremal.limit._faces import clarke_supremum, cone_supremum
from extremal.limit._planes import planes_of
from extremal.limit._target import as_target


def linear(d, noise=0.3):
    return Law(Gaussian(d), Linear(np.eye(d)[0]), noise=noise)


def largest_at_rays(X, y, c):
    """Independent of the package: every line in which d − 1 rows vanish, every corner of the zonotope there."""
    from itertools import combinations

    n, d = X.shape
    z = y[:, None] * X / n
    best = 0.0
    for rows in combinations(range(n), d - 1):
        null = np.linalg.svd(X[list(rows)])[2][-1] if rows else np.ones(1)
        for w in (null, -null):
            products = X @ w
            products[list(rows)] = 0.0
            base = z[products > 1e-12].sum(axis=0)
            for corner in range(2 ** len(rows)):
                chosen = [k for i, k in enumerate(rows) if corner >> i & 1]
                best = max(best, float(np.linalg.norm(base + z[chosen].sum(axis=0) - c)))
    return best


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_all_agree_in_general_position(d, seed):
    rng = np.random.default_rng(seed)
    n = 9
    X, y, c = rng.standard_normal((n, d)), rng.standard_normal(n), 0.3 * rng.standard_normal(d)
    truth = largest_at_rays(X, y, c)
    exact = deviation(X, y, c, method="enumerate")
    assert exact.exact
    assert exact.lower <= truth + 1e-12
    assert exact.upper >= truth - 1e-12
    found = deviation(X, y, c, method="search", gap=0.01)
    assert found.lower <= truth + 1e-12
    assert found.upper >= truth - 1e-12
    assert found.gap <= 0.01
    assert found.status is DeviationStatus.BRACKET
    z = y[:, None] * X / n
    assert cone_supremum(X, z, c).value == pytest.approx(truth, rel=1e-12)


@st.composite
def degenerate(draw):
    d = draw(st.integers(1, 3))
    n = draw(st.integers(1, 8))
    entries = st.integers(-2, 2)
    X = draw(st.lists(st.lists(entries, min_size=d, max_size=d), min_size=n, max_size=n))
    y = draw(st.lists(entries, min_size=n, max_size=n))
    c = draw(st.lists(st.sampled_from([0.0, 0.25, -1.0]), min_size=d, max_size=d))
    return np.array(X, dtype=float), np.array(y, dtype=float), np.array(c)


@given(degenerate())
def test_degenerate_data_are_ordinary(drawn):
    X, y, c = drawn
    exact = deviation(X, y, c, method="enumerate")
    found = deviation(X, y, c, method="search", max_nodes=20_000)
    assert found.lower <= exact.upper + 1e-12
    assert found.upper >= exact.lower - 1e-12


def test_opposite_rows_make_the_clarke_set_larger():
    X = np.array([[1.0, 0.0], [-1.0, 0.0], [0.3, 1.0]])
    y = np.array([1.0, -1.0, 0.5])
    z = y[:, None] * X / 3
    c = np.zeros(2)
    cone, clarke = cone_supremum(X, z, c).value, clarke_supremum(X, z, c).value
    assert clarke > cone + 0.1
    found = deviation(X, y, c, method="search")
    assert found.lower == pytest.approx(clarke, rel=0.01)


@pytest.mark.parametrize("budget", [0, 1, 10, 100, 1000])
def test_the_bracket_holds_whenever_it_stops(budget):
    X, y = linear(3).sample(200, rng=1)
    whole = deviation(X, y, linear(3))
    part = deviation(X, y, linear(3), max_nodes=budget)
    assert part.lower <= whole.upper
    assert part.upper >= whole.lower
    assert part.status in (DeviationStatus.NODE_LIMIT, DeviationStatus.BRACKET)
    at_once = deviation(X, y, linear(3), time_limit=0.0)
    assert at_once.status is DeviationStatus.TIME_LIMIT
    assert whole.lower <= at_once.upper < np.inf


@pytest.mark.parametrize(
    "law",
    [
        Law(Gaussian(2), ReLU([1.0, 0.5]), noise=0.3),
        Law(Gaussian(2), ReLU.random(4, 2, rng=3), noise=0.3),
        Law(Gaussian(2, [[2.0, 0.5], [0.5, 1.0]]), ReLU([1.0, -0.5]), noise=0.1, noise_mean=0.5),
    ],
)
def test_a_limit_that_turns(law):
    """In the plane: every arc between two rows, 400 directions on each."""
    X, y = law.sample(60, rng=2)
    angles = np.arctan2(X[:, 1], X[:, 0])
    edges = np.unique(np.concatenate([angles + np.pi / 2, angles - np.pi / 2]) % (2 * np.pi))
    truth = 0.0
    for low, high in zip(edges, np.append(edges[1:], edges[0] + 2 * np.pi), strict=True):
        theta = np.linspace(low, high, 402)[1:-1]
        w = np.column_stack([np.cos(theta), np.sin(theta)])
        inside = extremal.D(X, y, w[200])
        truth = max(truth, float(np.linalg.norm(inside - law.D(w), axis=1).max()))
    result = deviation(X, y, law, gap=0.005)
    assert result.lower <= truth * (1 + 1e-3)
    assert result.upper >= truth - 1e-12
    assert result.gap <= 0.005
    # the same D(w) as a function, with a Lipschitz constant alone
    again = deviation(X, y, law.D, lipschitz=law.lipschitz, gap=0.02)
    assert again.upper >= truth - 1e-12
    assert again.lower <= truth * (1 + 1e-3)


@pytest.mark.parametrize("d", [2, 3, 5])
def test_curvature_bounds_second_differences(d):
    rng = np.random.default_rng(d)
    cov = np.diag(np.arange(1.0, d + 1))
    for law in (
        Law(Gaussian(d), ReLU.random(3, d, rng=rng)),
        Law(Gaussian(d, cov), ReLU(rng.standard_normal(d)), noise_mean=1.0),
    ):
        w, e = rng.standard_normal((2, 5000, d))
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        e /= np.linalg.norm(e, axis=1, keepdims=True)
        second = np.linalg.norm(law.D(w + 1e-3 * e) - 2 * law.D(w) + law.D(w - 1e-3 * e), axis=1) / 1e-6
        bound = law.population.curvature
        assert second.max() <= 1.01 * bound
        assert second.max() >= bound / 6


def test_the_direction_reaches_the_lower_end():
    X, y = linear(3).sample(500, rng=4)
    result = deviation(X, y, linear(3))
    D = extremal.D(X, y, result.direction)
    np.testing.assert_allclose(D, result.D, atol=1e-12)
    assert np.linalg.norm(D - linear(3).D(result.direction)) == pytest.approx(result.lower, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-150, 1e-3, 1e150])
def test_scale(scale):
    X, y = linear(2).sample(100, rng=5)
    base = deviation(X, y, linear(2).D([1.0, 0.0]), method="search")
    scaled = deviation(X, scale * y, scale * linear(2).D([1.0, 0.0]), method="search")
    assert scaled.lower == pytest.approx(scale * base.lower, rel=0.011)


def test_what_has_no_upper_end_says_so():
    X, y = linear(3).sample(100, rng=6)
    sampled = deviation(X, y, linear(3), method="sample")
    assert sampled.status is DeviationStatus.SAMPLED
    assert not sampled.certified
    assert sampled.lower <= deviation(X, y, linear(3)).upper
    free = deviation(X, y, lambda w: np.zeros_like(w))
    assert free.status is DeviationStatus.NO_SLOPE
    law = Law(Gaussian(3), Function(lambda X: np.sin(X[:, 0])), samples=2**10)
    assert deviation(X, y, law).status is DeviationStatus.SAMPLED_LAW
    assert not deviation(X, y, Law(Empirical(X), Linear([1.0, 0.0, 0.0]))).certified


def test_terms_that_cancel_cost_accuracy_and_not_truth():
    """D(w) of two neurons of 10⁹ that leave 1: the rounding error of D(w) is in the bracket."""
    X, y = Law(Gaussian(2), ReLU([1.0, 2.0]), noise=0.3).sample(40, rng=8)
    honest = deviation(X, y, Law(Gaussian(2), ReLU([1.0, 2.0])), gap=0.001)
    cancelling = Law(Gaussian(2), ReLU([[1.0, 2.0], [1.0, 2.0]], [1e9 + 1, -1e9]))
    w = np.random.default_rng(0).standard_normal((2000, 2))
    off = np.linalg.norm(cancelling.D(w) - Law(Gaussian(2), ReLU([1.0, 2.0])).D(w), axis=1).max()
    assert 1e-9 < off <= cancelling.population.rounding
    result = deviation(X, y, cancelling, gap=0.01, max_nodes=2000)
    assert result.lower <= honest.upper
    assert result.upper >= honest.lower


def test_the_rounding_error_of_many_neurons_is_in_the_bracket():
    """With few samples and many neurons it is larger than that of the sums."""
    weights = np.random.default_rng(1).standard_normal((3000, 2))
    law = Law(Gaussian(2), ReLU(weights, np.resize([1.0, -1.0], 3000)))
    target = as_target(law, 2, None)
    assert target.rounding == law.population.rounding
    assert target.scaled(0.5).rounding == 0.5 * target.rounding
    assert planes_of(np.ones((1, 2)), np.ones(1), target.size, target.rounding).error > target.rounding
    assert planes_of(np.zeros((1, 2)), np.zeros(1), target.size, target.rounding).error > target.rounding


def test_few_nodes_are_few_nodes():
    X, y = linear(3).sample(200, rng=1)
    # what is left on the stack is bounded, and counts: at most the eight first regions and one more a split
    assert deviation(X, y, linear(3), max_nodes=10).nodes <= 10 + 8 + 10


def test_a_dataset_comes_with_its_labels():
    X, y = linear(3).sample(20, rng=9)
    data = extremal.Dataset(X, y)
    for law in (linear(3), linear(3).D([1.0, 0.0, 0.0])):
        assert deviation(data, law).lower == deviation(X, y, law).lower


def test_functions_may_write_into_what_they_get():
    def careless(w):
        w *= 0.0
        return w

    X, y = linear(2).sample(30, rng=10)
    one = deviation(X, y, careless, lipschitz=0.1)
    other = deviation(X, y, lambda w: np.zeros_like(w), lipschitz=0.1)
    assert one.upper == other.upper


def test_nothing_acts():
    result = deviation(np.zeros((3, 2)), np.zeros(3), np.array([3.0, 4.0]))
    assert result.lower == pytest.approx(5.0)
    assert result.upper == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"law": np.zeros(2)}, r"expected a Law"),
        ({"law": linear(2)}, r"d = 3"),
        ({"law": None}, r"law is missing"),
        ({"law": np.zeros(3), "gap": 0.0}, r"gap"),
        ({"law": np.zeros(3), "gap": 1e-12}, r"1e-9 or more"),
        ({"law": Law}, r"the class Law"),
        ({"law": np.zeros(3), "method": "fast"}, r"'enumerate'"),
        ({"law": np.zeros(3), "method": "Sampel"}, r"did you mean 'sample'\?"),
        ({"law": np.zeros(3), "max_nodes": -1}, r"max_nodes"),
        ({"law": lambda w: w[0], "lipschitz": 1.0}, r"law\(w\) has shape"),
        ({"law": lambda w: w, "method": "enumerate"}, r"does not depend on w"),
    ],
)
def test_bad_input(arguments, words):
    X, y = linear(3).sample(10, rng=0)
    with pytest.raises(extremal.ExtremalError, match=words):
        deviation(X, y, **arguments)
