"""The bracket against oracles that share no code with it, on degenerate data and for limits that turn."""

import signal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extremal
from extremal import DeviationStatus, deviation
from extremal.geometry.critical._limits import Limits, Progress
from extremal.laws import Gaussian, Law, RademacherMixture, ReLU, StudentT
from extremal.limit._ascent import Sighting
from extremal.limit._cover import run_cover
from extremal.limit._planes import planes_of
from extremal.limit._target import as_target
from tests.oracles.deviation import constant_supremum, planar_supremum, value_at, value_on_rays
from tests.strategies import KINDS, datasets

TINY = 1e-9
CONSTANTS = st.lists(st.sampled_from([0.0, 0.25, -1.0, 0.7]), min_size=4, max_size=4).map(np.array)


def contains(result, truth):
    size = max(1.0, truth)
    assert result.lower <= truth + TINY * size
    assert result.upper >= truth - TINY * size


def covered(X, y, law, start, gap, lipschitz=None):
    """The bracket of a cover that begins with a value `start`, and has looked nowhere."""
    d = X.shape[1]
    target = as_target(law, d, lipschitz)
    planes = planes_of(X, y, 1.0)
    sighting = Sighting(d)
    sighting.value = start
    with Progress(False) as bar:
        limits = Limits(max_nodes=30_000)
        return run_cover(planes, target, gap, limits, sighting, np.random.default_rng(1), bar)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8)
@given(data=st.data(), c=CONSTANTS)
def test_degenerate_data(kind, data, c):
    X, y = data.draw(datasets(kind, max_n=7, max_d=3))
    c = c[: X.shape[1]]
    truth = constant_supremum(X, y, c)
    exact = deviation(X, y, c, method="enumerate")
    contains(exact, truth)
    assert exact.upper - exact.lower <= 1e-12 * max(1.0, truth)
    found = deviation(X, y, c, method="search", gap=0.05, max_nodes=5000)
    contains(found, truth)
    for result in (exact, found):
        assert np.linalg.norm(result.D - result.limit) == pytest.approx(result.lower, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("n", "d"), [(12, 2), (12, 3), (10, 4), (40, 2), (60, 2)])
def test_general_position(n, d):
    rng = np.random.default_rng([n, d])
    X, y, c = rng.standard_normal((n, d)), rng.standard_normal(n), 0.2 * rng.standard_normal(d)
    truth = constant_supremum(X, y, c)
    contains(deviation(X, y, c, method="enumerate"), truth)
    found = deviation(X, y, c, method="search", gap=0.003)
    contains(found, truth)
    assert found.gap <= 0.003


@pytest.mark.parametrize("d", [2, 3, 4])
@pytest.mark.parametrize("seed", range(6))
def test_no_cone_is_dropped_that_holds_more(d, seed):
    """Begun just below the truth, without looking around, the cover must come upon it."""
    rng = np.random.default_rng([d, seed])
    n = 24 if d < 4 else 14
    X, y, c = rng.standard_normal((n, d)), rng.standard_normal(n), 0.2 * rng.standard_normal(d)
    truth = deviation(X, y, c, method="enumerate").lower
    for share in (0.99, 0.9995):
        assert covered(X, y, c, share * truth, 1e-6).upper >= truth - 1e-12


def turn(w):
    """A limit of Lipschitz constant 0.3 (its derivative by the angle has the length 0.3)."""
    return 0.3 * w[:, ::-1]


TURNING = {
    "neuron": Law(Gaussian(2), ReLU([1.0, 0.5]), noise=0.3),
    "network": Law(Gaussian(2), ReLU.random(5, 2, rng=3)),
    "covariance": Law(Gaussian(2, [[4.0, 0.5], [0.5, 0.25]]), ReLU([1.0, -0.5]), noise_mean=0.5),
    "student": Law(StudentT(2, 5.0), ReLU([[1.0, 1.0], [-1.0, 2.0]], [1.0, -1.0])),
    "clusters": Law(RademacherMixture(2, [2.0, 0.0], 0.5), ReLU([1.0, 0.3])),
}


@pytest.mark.parametrize("name", TURNING)
@pytest.mark.parametrize("n", [3, 12, 25])
def test_limits_that_turn_in_the_plane(name, n):
    law = TURNING[name]
    X, y = law.sample(n, rng=n)
    truth = planar_supremum(X, y, law.D)
    for gap in (0.2, 0.002):
        found = deviation(X, y, law, gap=gap)
        contains(found, truth)
        assert found.gap <= gap
        assert np.linalg.norm(extremal.D(X, y, found.direction) - law.D(found.direction)) == pytest.approx(found.lower)
    assert covered(X, y, law, 0.999 * truth, 1e-4).upper >= truth - TINY


@settings(max_examples=15)
@given(datasets(max_n=6, max_d=2).filter(lambda drawn: drawn[0].shape[1] == 2 == np.linalg.matrix_rank(drawn[0])))
def test_functions_that_turn_on_degenerate_data(drawn):
    X, y = drawn
    truth = planar_supremum(X, y, turn, points=100)
    found = deviation(X, y, turn, lipschitz=0.3, gap=0.02, max_nodes=20_000)
    contains(found, truth)
    assert np.linalg.norm(found.D - found.limit) == pytest.approx(found.lower, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("cov", [None, np.diag([1.0, 2.0, 0.5])])
@pytest.mark.parametrize("seed", range(3))
def test_limits_that_turn_in_space(cov, seed):
    rng = np.random.default_rng(seed)
    law = Law(Gaussian(3, cov), ReLU.random(3, 3, rng=rng), noise=0.2)
    X, y = law.sample(12, rng=seed)
    w = rng.standard_normal((40_000, 3))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    seen = max(value_on_rays(X, y, law.D), value_at(X, y, law.D, w).max())
    found = deviation(X, y, law, gap=0.02)
    assert found.upper >= seen - TINY
    assert seen <= found.upper <= 1.02 * found.lower * (1 + 1e-9)
    assert np.linalg.norm(extremal.D(X, y, found.direction) - law.D(found.direction)) == pytest.approx(found.lower)
    assert covered(X, y, law, 0.995 * seen, 1e-3).upper >= seen - TINY


def test_a_point_that_opposite_rows_have_in_common():
    """On the hyperplane of rows 0 and 1 D lies between values that it has on neither side."""
    X, y = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0, 0.2])
    law = Law(Gaussian(2), ReLU([1.0, 1.0]))
    truth = planar_supremum(X, y, law.D)
    found = deviation(X, y, law, gap=0.001)
    contains(found, truth)
    assert np.linalg.norm(found.D - found.limit) == pytest.approx(found.lower, rel=1e-12)
    assert np.linalg.norm(extremal.D(X, y, found.direction) - found.limit) < 0.9 * found.lower


@pytest.mark.parametrize("law", [np.array([0.1, -0.2, 0.3]), Law(Gaussian(3), ReLU([1.0, 2.0, 0.0]))])
def test_brackets_of_every_budget(law):
    """They hold the truth, and the wider ones say why."""
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((40, 3)), rng.standard_normal(40)
    truth = deviation(X, y, law, method="search", gap=0.001)
    for budget in (0, 1, 2, 3, 7, 8, 9, 20, 50, 64, 100, 129, 300, 1000, 3000):
        part = deviation(X, y, law, method="search", gap=1e-4, max_nodes=budget)
        assert part.certified
        assert part.lower <= truth.upper
        assert part.upper >= truth.lower
        limited = part.status is DeviationStatus.NODE_LIMIT
        assert limited or part.gap <= 1e-4
        assert limited or budget >= 300
        assert part.upper < 20 * truth.upper


def test_a_limit_stops_where_nothing_was_seen():
    """Δ_n = 0 with a Lipschitz constant above 0: no relative gap is ever reached, but a limit ends it."""
    X = np.random.default_rng(0).standard_normal((20, 3))
    found = deviation(X, np.zeros(20), np.zeros_like, lipschitz=1.0, max_nodes=100)
    assert found.lower == 0
    assert 0 < found.upper < 1.6
    assert found.status is DeviationStatus.NODE_LIMIT


def test_an_interrupt_keeps_what_was_found():
    calls = []

    def interrupted(w):
        calls.append(len(w))
        if len(calls) == 60:
            signal.raise_signal(signal.SIGINT)
        return turn(w)

    X, y = np.random.default_rng(0).standard_normal((30, 2)), np.ones(30)
    found = deviation(X, y, interrupted, lipschitz=0.3, gap=1e-9)
    assert found.status is DeviationStatus.INTERRUPTED
    contains(found, planar_supremum(X, y, turn))


def corner(w):
    """Zero on the axes."""
    return w[:, :1] * w[:, 1:2] * np.ones((1, 3))


@pytest.mark.parametrize("scale", [0.0, 1e-200, 1e-100, 1.0])
def test_functions_that_vanish_on_the_axes(scale):
    X, y = np.random.default_rng(1).standard_normal((20, 3)), scale * np.ones(20)
    found = deviation(X, y, corner, lipschitz=3.0, gap=0.1)
    assert found.certified
    assert found.gap <= 0.1
    if scale < 1:
        assert found.lower <= np.sqrt(3) / 2 <= found.upper


@pytest.mark.parametrize("method", ["enumerate", "search"])
@pytest.mark.parametrize("exponent", [-800, -530, -200, 3, 530, 990])
def test_powers_of_two_change_no_bit(method, exponent):
    rng = np.random.default_rng(7)
    X, y, c = rng.standard_normal((15, 3)), rng.standard_normal(15), 0.1 * rng.standard_normal(3)
    base = deviation(X, y, c, method=method, gap=0.05)
    scale = 2.0**exponent
    for scaled in (
        deviation(X, scale * y, scale * c, method=method, gap=0.05),
        deviation(scale * X, y, scale * c, method=method, gap=0.05),
    ):
        assert (scaled.lower / scale, scaled.upper / scale) == (base.lower, base.upper)
        np.testing.assert_array_equal(scaled.D / scale, base.D)
        assert scaled.nodes == base.nodes


def test_the_same_seed_gives_the_same_bits():
    law = TURNING["network"]
    X, y = law.sample(50, rng=1)
    one, two, other = (deviation(X, y, law, rng=seed) for seed in (3, 3, 4))
    assert (one.lower, one.upper, one.nodes) == (two.lower, two.upper, two.nodes)
    assert other.upper >= one.lower
    assert one.upper >= other.lower
