"""The global minimum against hand computation, brute force, KKT conditions and a second method; its certificates."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from extremal.data import Dataset, three_points
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.geometry import count_cones
from extremal.geometry.hyperplanes._faces import cone_arrays
from extremal.training import (
    GlobalMinimumStatus,
    Network,
    SpuriousVerdict,
    _convex,
    _span,
    certify_spurious,
    global_minimum,
    initialise,
    ols,
    two_ols,
    two_ols_network,
)
from extremal.training._cone_program import SolverError, dual_bound, largest_slope
from extremal.training._span import best_fit
from tests.strategies import KINDS, datasets

Status = GlobalMinimumStatus


def zero_objective(y):
    return float(np.dot(y, y)) / (2 * len(y))


def random_features(X, count=400, seed=0):
    """σ(Xw) for random w, half of them with small integer entries: what one neuron can do, an oracle for the span."""
    rng = np.random.default_rng(seed)
    W = np.vstack([rng.standard_normal((count, X.shape[1])), rng.integers(-4, 5, (count, X.shape[1]))])
    return np.maximum(X @ W.T, 0.0)


def local_minima(X, y, penalty, width, restarts, seed=0):
    """The least objective that L-BFGS finds from random starts; the ReLU's kinks are left to chance."""
    rng = np.random.default_rng(seed)
    n, d = X.shape

    def objective(flat):
        W, a = flat[: width * d].reshape(width, d), flat[width * d :]
        heights = X @ W.T
        active = heights > 0
        r = np.where(active, heights, 0.0) @ a - y
        gW = (active * r[:, None] * a).T @ X / n + penalty * W
        ga = np.where(active, heights, 0.0).T @ r / n + penalty * a
        value = r @ r / (2 * n) + penalty / 2 * (flat @ flat)
        return value, np.concatenate([gW.ravel(), ga])

    return min(
        minimize(
            objective, rng.standard_normal(width * (d + 1)), jac=True, method="L-BFGS-B", options={"maxiter": 2000}
        ).fun
        for _ in range(restarts)
    )


# ---------------------------------------------------------------------------------------------- without a penalty


@pytest.mark.parametrize("kind", KINDS)
def test_the_span_of_all_networks(kind):
    """Dimension and distance against random neurons, which span what all neurons span, up to 1e-9."""

    @settings(max_examples=10)
    @given(datasets(kind))
    def check(data):
        X, y = data
        features = random_features(X)
        fit = best_fit(X, y)
        assert fit.dimension == np.linalg.matrix_rank(features, tol=1e-9 * max(1.0, np.abs(features).max()))
        c = np.linalg.lstsq(features, y, rcond=1e-11)[0]
        expected = float(np.sum((features @ c - y) ** 2)) / (2 * len(y))
        assert fit.lower == pytest.approx(expected, abs=1e-9 * (1 + zero_objective(y)))
        result = global_minimum(X, y)
        assert result.status is Status.REACHED
        assert result.lower_bound <= result.value
        assert result.value == pytest.approx(expected, abs=1e-8 * (1 + zero_objective(y)))
        assert result.value == result.network.loss(X, y)
        assert result.network.width <= max(2, fit.dimension)
        assert result.network.balancedness == pytest.approx(
            np.zeros(result.network.width), abs=1e-9 * (1 + np.abs(result.network.a).max() ** 2)
        )

    check()


@given(datasets())
def test_no_network_is_below_the_lower_bound(data):
    X, y = data
    bound = global_minimum(X, y).lower_bound
    for seed in range(5):
        W, _ = (network := initialise(20, X.shape[1], 3.0, "gaussian", rng=seed)).W, network.a
        c = np.linalg.lstsq(np.maximum(X @ W.T, 0.0), y, rcond=None)[0]  # the best outer weights
        assert Network(W, c).loss(X, y) >= bound


def test_zero_for_samples_that_are_not_parallel():
    rng = np.random.default_rng(0)
    for n, d in [(2, 5), (5, 5), (30, 2), (100, 4)]:
        X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
        result = global_minimum(X, y)
        assert result.lower_bound == 0.0
        assert result.value < 1e-20
        assert result.status is Status.REACHED
        assert result.network.width <= max(2, n)


def test_one_dimension_by_hand():
    """h(x) = p x for x > 0 and q x for x < 0: two regressions, and a sample at 0 is lost."""
    X = np.array([1.0, 2.0, -1.0, -3.0, 0.0])[:, None]
    y = np.array([1.0, 1.0, 2.0, 0.0, 3.0])
    p, q = 3 / 5, -2 / 10
    expected = ((p - 1) ** 2 + (2 * p - 1) ** 2 + (-q - 2) ** 2 + (-3 * q) ** 2 + 9) / 10
    result = global_minimum(X, y)
    assert result.value == pytest.approx(expected)
    assert result.lower_bound == pytest.approx(expected)
    assert result.network([[1.0], [-1.0]]) == pytest.approx([p, -q])


def test_antipodal_pairs_by_hand():
    """Three pairs in the plane: h(x) − h(−x) is linear, so steps 0, 0 and 3 on e_1, e_2, e_1 + e_2 are out of reach."""
    X = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [1.0, 1.0], [-1.0, -1.0]])
    y = np.array([0.0, 0.0, 0.0, 0.0, 3.0, 0.0])
    # min over s of Σ ½ (step error)²: errors (s_1, s_2, s_1 + s_2 − 3), least at s = (1, 1)
    expected = 0.5 * 3 / 12
    result = global_minimum(X, y)
    assert result.value == pytest.approx(expected)
    assert result.lower_bound == pytest.approx(expected)
    # two pairs are independent: everything can be fitted
    assert global_minimum(X[:4], [1.0, -2.0, 3.0, 5.0]).value < 1e-20


@pytest.mark.parametrize("seed", range(5))
def test_dependent_pairs_of_all_lengths(seed):
    """Five pairs in the plane, with copies, of unequal lengths: the two sides of a pair weigh differently."""
    rng = np.random.default_rng(seed)
    axes = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -2.0], [3.0, 1.0]])
    X = np.vstack([axes, -4 * axes, 2 * axes[:3], [[1.0, 7.0]]])
    y = rng.standard_normal(len(X))
    features = random_features(X)
    fit = best_fit(X, y)
    assert fit.dimension == np.linalg.matrix_rank(features, tol=1e-9) == 11 - 5 + 2
    c = np.linalg.lstsq(features, y, rcond=1e-11)[0]
    expected = float(np.sum((features @ c - y) ** 2)) / (2 * len(y))
    result = global_minimum(X, y)
    assert (result.value, result.lower_bound) == pytest.approx((expected, expected))
    assert global_minimum(X, y, method="cones").value == pytest.approx(expected)


def test_pairs_that_rounding_makes_dependent():
    """Exactly independent, so the minimum is 0, and dependent to sixteen digits, so it is not reached."""
    normals = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1e-30]])
    result = global_minimum(np.vstack([normals, -normals]), [0.0, 0.0, 3.0, 0.0, 0.0, 0.0])
    assert result.lower_bound == 0.0
    assert result.status is Status.ILL_CONDITIONED
    assert result.value == pytest.approx(0.125)


def test_a_teacher_network_and_simple_answers():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((40, 3))
    teacher = Network(rng.standard_normal((3, 3)), rng.standard_normal(3))
    assert global_minimum(X, teacher(X)).value < 1e-20
    # labels that least squares fits need two neurons, and labels 0 none
    linear = global_minimum(X, X @ [1.0, 2.0, 0.0])
    assert linear.network.width == 2
    assert linear.value < 1e-25
    nothing = global_minimum(X, np.zeros(40))
    assert nothing.value == 0.0
    assert not nothing.network.a.any()
    rows = global_minimum(np.zeros((3, 2)), [1.0, 2.0, 2.0])
    assert (rows.value, rows.lower_bound) == pytest.approx((1.5, 1.5))
    assert rows.status is Status.REACHED


def test_many_samples():
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((600, 5)), rng.standard_normal(600)
    result = global_minimum(X, y)
    assert result.value < 1e-18
    assert result.network.width <= 600


@pytest.mark.parametrize("method", ["span", "cones"])
def test_brute_force_without_a_penalty(method):
    rng = np.random.default_rng(3)
    X = np.vstack([rng.standard_normal((5, 2)), [[1.0, 0.5], [2.0, 1.0], [-1.0, -0.5]]])
    y = rng.standard_normal(8)
    result = global_minimum(X, y, method=method)
    assert result.reached
    best = local_minima(X, y, 0.0, 12, 20)
    assert best >= result.lower_bound - 1e-12
    assert best == pytest.approx(result.value, abs=1e-3)
    assert result.value > 0.01


# ------------------------------------------------------------------------------------------------- with a penalty


@pytest.mark.parametrize("penalty", [1e-3, 0.05, 0.4, 5.0])
def test_one_dimension_with_a_penalty_by_hand(penalty):
    """Soft thresholds: min (1/2n)(A p² − 2 B p) + β |p| on each side."""
    X, y = np.array([1.0, 2.0, -1.0, -3.0])[:, None], np.array([1.0, 1.0, 2.0, 0.0])
    expected = float(y @ y) / 8
    for side in (1, -1):
        on = np.sign(X[:, 0]) == side
        A, B = float(X[on, 0] @ X[on, 0]), float(np.abs(X[on, 0]) @ y[on])
        p = np.sign(B) * max(0.0, abs(B) - 4 * penalty) / A
        expected += (A * p**2 - 2 * B * p) / 8 + penalty * abs(p)
    result = global_minimum(X, y, penalty=penalty)
    assert result.reached
    assert result.value == pytest.approx(expected, rel=1e-8)
    assert result.lower_bound == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("penalty", [0.01, 0.1])
@pytest.mark.parametrize("seed", range(3))
def test_brute_force_with_a_penalty(seed, penalty):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((6, 2)), rng.standard_normal(6)
    result = global_minimum(X, y, penalty=penalty)
    assert result.reached
    best = local_minima(X, y, penalty, 8, 12, seed)
    assert best >= result.lower_bound - 1e-12
    assert best == pytest.approx(result.value, rel=1e-2)


@pytest.mark.parametrize("generated", [False, True])
@pytest.mark.parametrize("penalty", [0.003, 0.1])
def test_optimality_conditions_on_the_circle(generated, penalty, monkeypatch):
    """|G_r(w)| ≤ β for all unit w, with equality and the right sign at the neurons: that is sufficient."""
    if generated:
        monkeypatch.setattr(_convex, "ALL_CONES", 0)
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((20, 2)), rng.standard_normal(20)
    X[3] = 2 * X[2]
    X[5] = 0
    result = global_minimum(X, y, penalty=penalty)
    assert result.reached
    assert (result.cones < count_cones(X)) == generated
    r = result.network.residuals(X, y)
    angles = np.linspace(0, 2 * np.pi, 20001)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    G = r @ np.maximum(X @ circle.T, 0.0) / 20
    assert np.abs(G).max() <= penalty * (1 + 1e-4)
    at = r @ np.maximum(X @ result.network.directions.T, 0.0) / 20
    strong = np.abs(result.network.a) > 1e-2
    assert at[strong] == pytest.approx(penalty * np.sign(result.network.a[strong]), rel=1e-3)


@settings(max_examples=10)
@given(datasets(max_n=5, max_d=3), st.sampled_from([1e-3, 0.05, 1.0]))
def test_both_ends_meet_on_any_data(data, share):
    """And generating the cones gives the same value as taking them all."""
    X, y = data
    penalty = share * float(np.abs(X).max() * np.abs(y).max())
    result = global_minimum(X, y, penalty=penalty)
    assert result.reached
    assert result.lower_bound <= result.value <= zero_objective(y) * (1 + 1e-12)
    assert result.value == pytest.approx(result.objective(result.network))
    everything = _convex.ALL_CONES
    try:
        _convex.ALL_CONES = 0
        other = global_minimum(X, y, penalty=penalty)
    finally:
        _convex.ALL_CONES = everything
    assert other.reached
    assert other.value == pytest.approx(result.value, abs=2e-6 * zero_objective(y))


@pytest.mark.parametrize(("penalty", "method"), [(0.0, "auto"), (0.0, "cones"), (0.02, "auto")])
@pytest.mark.parametrize("scale", [1e-100, 1e-6, 1e6, 1e100])
@pytest.mark.parametrize("labels", [1e-6, 1.0, 1e6])
def test_units(penalty, method, scale, labels):
    """X -> cX, y -> ey, β -> ceβ: the value is multiplied by e²."""
    rng = np.random.default_rng(5)
    X, y = np.vstack([rng.standard_normal((7, 2)), [[1.0, 0.0], [1.0, 0.0]]]), rng.standard_normal(9)
    plain = global_minimum(X, y, penalty=penalty, method=method)
    scaled = global_minimum(scale * X, labels * y, penalty=scale * labels * penalty, method=method)
    assert plain.value > 1e-3
    assert scaled.reached
    assert scaled.value / labels**2 == pytest.approx(plain.value, rel=1e-6)
    assert scaled.lower_bound / labels**2 == pytest.approx(plain.lower_bound, rel=1e-6)


def test_more_samples_than_all_cones_can_be_taken_for():
    rng = np.random.default_rng(6)
    X = rng.standard_normal((80, 3))
    y = X[:, 0] + 0.3 * rng.standard_normal(80)
    result = global_minimum(X, y, penalty=0.02)
    assert result.reached
    assert result.cones < 60 < count_cones(X)
    W = rng.standard_normal((20000, 3))
    G = result.network.residuals(X, y) @ np.maximum(X @ (W / np.linalg.norm(W, axis=1, keepdims=True)).T, 0.0) / 80
    assert np.abs(G).max() <= 0.02 * (1 + 1e-4)


def test_a_larger_penalty_gives_fewer_neurons_and_then_none():
    data = three_points()
    values = [global_minimum(data, penalty=penalty) for penalty in (0.0, 1e-3, 0.1, 1.0)]
    assert [result.network.width for result in values] == sorted(
        (result.network.width for result in values), reverse=True
    )
    assert np.all(np.diff([result.value for result in values]) > 0)
    assert values[-1].value == zero_objective(data.y)
    assert not values[-1].network.a.any()


# ----------------------------------------------------------------------------------------------------- the bounds


@given(datasets(max_n=5, max_d=3), st.integers(0, 10))
def test_the_largest_slope(data, seed):
    """Above what sampled directions reach, and reached by the projections of the D on their cones."""
    X, _ = data
    rng = np.random.default_rng(seed)
    r = rng.standard_normal(len(X))
    cones = cone_arrays(X)
    found = largest_slope(X, r, cones.signs)
    W = np.vstack([rng.standard_normal((3000, X.shape[1])), ((cones.signs > 0) * r) @ X, -((cones.signs > 0) * r) @ X])
    W = W[np.abs(W).max(axis=1) > 1e-9]
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    sampled = np.abs(r @ np.maximum(X @ W.T, 0.0)).max(initial=0.0) / len(X)
    size = np.linalg.norm(X, axis=1).sum()
    assert found >= sampled
    assert found <= sampled + 0.05 * size


def test_the_dual_bound_holds_for_any_residuals():
    rng = np.random.default_rng(7)
    X, y = rng.standard_normal((10, 2)), rng.standard_normal(10)
    signs = cone_arrays(X).signs
    best = global_minimum(X, y, penalty=0.05)
    bounds = [
        dual_bound(y, r, largest_slope(X, r, signs), 0.05) for r in (y, rng.standard_normal(10), np.zeros(10), -y)
    ]
    assert max(bounds) <= best.value
    assert bounds[0] > 0
    assert bounds[2:] == [0.0, 0.0]
    r = best.network.residuals(X, y)
    assert dual_bound(y, r, largest_slope(X, r, signs), 0.05) == pytest.approx(best.value, rel=1e-3)
    # a deadline that has passed leaves a bound
    assert largest_slope(X, r, signs, time.monotonic() - 1) >= largest_slope(X, r, signs) - 1e-12


# ------------------------------------------------------------------------------------------------------- statuses


def test_width():
    rng = np.random.default_rng(8)
    X, y = rng.standard_normal((9, 2)), rng.standard_normal(9)
    free = global_minimum(X, y)
    width = free.network.width
    assert global_minimum(X, y, width=width).status is Status.REACHED
    narrow = global_minimum(X, y, width=width - 1)
    assert narrow.status is Status.WIDER
    assert not narrow.reached
    assert narrow.value == free.value
    assert "lower bound for the width" in narrow.status.value
    # a lower bound indeed: one neuron does not fit nine samples
    assert local_minima(X, y, 0.0, 1, 20) > narrow.value


def test_hyperplanes_that_nearly_coincide():
    """Rows whose sizes are twelve orders apart: nothing false is said."""
    rng = np.random.default_rng(9)
    X, y = rng.standard_normal((30, 3)), rng.standard_normal(30)
    X[:10] *= 1e-6
    X[10:20] *= 1e6
    result = global_minimum(X, y)
    assert result.lower_bound == 0.0
    assert result.status is (Status.REACHED if result.value <= 1e-9 * zero_objective(y) else Status.ILL_CONDITIONED)
    close = np.array([1.0, 0.0, 0.0]) + 1e-8 * rng.standard_normal((30, 3))
    result = global_minimum(close, y)
    assert result.status is (Status.REACHED if result.value <= 1e-9 * zero_objective(y) else Status.ILL_CONDITIONED)


def test_limits(monkeypatch):
    rng = np.random.default_rng(10)
    X, y = rng.standard_normal((40, 3)), rng.standard_normal(40)
    for penalty, method in [(0.0, "span"), (0.0, "cones"), (0.01, "cones")]:
        late = global_minimum(X, y, penalty=penalty, method=method, time_limit=0)
        assert late.status is Status.TIME_LIMIT
        assert late.lower_bound <= late.value <= zero_objective(y)
        assert late.network.loss(X, y) <= zero_objective(y)
    few = global_minimum(X, y, penalty=0.001, max_cones=3)
    assert few.status is Status.MAX_CONES
    assert few.cones <= 3
    some = global_minimum(X, y, method="cones", max_cones=10)
    assert some.status is Status.MAX_CONES
    assert some.value < zero_objective(y)
    monkeypatch.setattr(_span, "LARGEST", 1000)
    large = global_minimum(X, y)
    assert large.status is Status.TOO_LARGE
    assert large.value == pytest.approx(Network(*_pair(ols(X, y))).loss(X, y))
    assert large.lower_bound == 0.0


def _pair(beta):
    return np.array([beta, -beta]), np.array([1.0, -1.0])


def test_a_solver_that_fails(monkeypatch):
    def fail(*arguments):
        raise SolverError("no")

    monkeypatch.setattr(_convex, "solve", fail)
    data = three_points()
    result = global_minimum(data, penalty=0.01)
    assert result.status is Status.INACCURATE
    assert np.isfinite(result.value)
    assert result.lower_bound <= result.value


def test_a_loose_solver_is_found_out(monkeypatch):
    """The certificate does not trust the solver: a wrong solution has a gap."""
    right = _convex.solve

    def wrong(*arguments):
        return 0.7 * right(*arguments)

    monkeypatch.setattr(_convex, "solve", wrong)
    result = global_minimum(three_points(), penalty=0.01)
    monkeypatch.undo()
    best = global_minimum(three_points(), penalty=0.01)
    assert result.status is Status.INACCURATE
    assert result.lower_bound <= best.value <= result.value
    assert result.gap > 1e-3


def test_another_solver():
    data = three_points()
    scs = global_minimum(data, penalty=0.05, solver="SCS")
    assert scs.value == pytest.approx(global_minimum(data, penalty=0.05).value, rel=1e-3)
    with pytest.raises(InvalidValueError, match="solver is 'NOPE'; expected one of"):
        global_minimum(data, penalty=0.05, solver="NOPE")


def test_same_answer_twice_and_what_the_result_says():
    data = three_points()
    one, two = global_minimum(data), global_minimum(data.X, data.y)
    assert np.array_equal(one.network.W, two.network.W)
    assert one.objective(one.network) == one.value
    zero = Network([[0.0, 0.0]], [0.0])
    assert one.gap_to(zero) == pytest.approx(zero_objective(data.y))
    assert repr(one).startswith("<global minimum ")
    assert "REACHED" in repr(one)
    penalised = global_minimum(data, penalty=0.1)
    unbalanced = Network(2 * penalised.network.W, penalised.network.a / 2)
    assert penalised.gap_to(unbalanced) > 0.01


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"width": 0}, InvalidValueError, "width is 0"),
        ({"width": 2.5}, InvalidTypeError, "width is 2.5"),
        ({"penalty": -1}, InvalidValueError, "penalty is -1"),
        ({"penalty": np.inf}, InvalidValueError, "penalty is inf"),
        ({"method": "magic"}, InvalidValueError, "method is 'magic'"),
        ({"method": "cone"}, InvalidValueError, "did you mean 'cones'"),
        ({"method": "span", "penalty": 1}, InvalidValueError, "method='span' is for penalty = 0"),
        ({"max_cones": 0}, InvalidValueError, "max_cones is 0"),
        ({"time_limit": -1}, InvalidValueError, "time_limit is -1"),
        ({"solver": 3}, InvalidTypeError, "solver is of type int"),
        ({"rng": "seed"}, InvalidTypeError, "rng"),
    ],
)
def test_bad_arguments(options, error, words):
    with pytest.raises(error, match=words):
        global_minimum([[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0], **options)
    with pytest.raises(InvalidTypeError, match="y is None"):
        global_minimum([[1.0]])


# ------------------------------------------------------------------------------------------ spurious stationary points


def gradient_descent(network, data, step, steps):
    """Plain gradient descent, a stand-in for the flow."""
    W, a = network.W.copy(), network.a.copy()
    for _ in range(steps):
        heights = np.maximum(data.X @ W.T, 0.0)
        r = data.y - heights @ a
        D = ((heights > 0) * r[:, None]).T @ data.X / data.n
        W, a = W + step * a[:, None] * D, a + step * np.einsum("jd,jd->j", W, D)
    return Network(W, a)


@pytest.mark.parametrize("seed", range(3))
def test_three_points_end_to_end(seed):
    """Training from small weights ends at least squares on all three points, which three neurons would fit."""
    data = three_points()
    network = gradient_descent(initialise(30, 2, 1e-3, rng=seed), data, 0.05, 15000)
    certificate = certify_spurious(network, data)
    assert certificate.verdict is SpuriousVerdict.SPURIOUS
    assert network.sums()[0] == pytest.approx(ols(data), abs=1e-5)
    assert certificate.loss == pytest.approx(0.0875213675, abs=1e-9)
    assert certificate.global_value < 1e-20
    assert certificate.best.network.width <= 3
    assert certificate.relative_stationarity < 1e-8
    assert repr(certificate).startswith("<SPURIOUS: loss 0.0875")


def test_verdicts():
    data = three_points()
    best = global_minimum(data)
    assert certify_spurious(best.network, data, best=best).verdict is SpuriousVerdict.GLOBAL
    moving = initialise(5, 2, 1.0, rng=0)
    assert certify_spurious(moving, data, best=best).verdict is SpuriousVerdict.NOT_STATIONARY
    # the origin is stationary
    zero = Network(np.zeros((3, 2)), np.zeros(3))
    certificate = certify_spurious(zero, data, best=best)
    assert certificate.verdict is SpuriousVerdict.SPURIOUS
    assert (certificate.stationarity, certificate.scale, certificate.relative_stationarity) == (0.0, 0.0, 0.0)
    assert certificate.gap == pytest.approx(zero_objective(data.y))
    # small weights are not stationary because they are small
    assert certify_spurious(initialise(5, 2, 1e-9, rng=0), data).verdict is SpuriousVerdict.NOT_STATIONARY
    # narrower than the network that is better
    narrow = two_ols_network(ols(data), [0.0, 0.0])
    assert certify_spurious(narrow, data, best=best).verdict is SpuriousVerdict.UNDECIDED
    assert certify_spurious(narrow, data, best=best, width=3).verdict is SpuriousVerdict.SPURIOUS
    with pytest.raises(InvalidValueError, match="width is 1; expected at least 2"):
        certify_spurious(narrow, data, width=1)
    with pytest.raises(InvalidValueError, match="best is the minimum of other data"):
        certify_spurious(narrow, data.X, 2 * data.y, best=best)
    with pytest.raises(InvalidValueError, match="has a penalty"):
        certify_spurious(narrow, data, best=global_minimum(data, penalty=0.1))


def test_a_minimum_above_zero_is_global():
    """Two labels on one ray: the best loss is positive, and a network that has it is not called spurious."""
    X, y = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), np.array([1.0, 0.0, -1.0])
    result = global_minimum(X, y)
    assert result.value > 0.01
    assert certify_spurious(result.network, X, y).verdict is SpuriousVerdict.GLOBAL


def test_a_neuron_on_a_kink_is_spurious():
    """Stationary only because η is free at the tie: both sides push the neuron back to it."""
    X, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    network = Network([[1.0, 0.0], [0.0, 0.0]], [1.0, 0.0])
    certificate = certify_spurious(network, X, y)
    assert certificate.verdict is SpuriousVerdict.SPURIOUS
    assert certificate.gap == pytest.approx(0.25)


def test_two_ols_under_assumption_4_1_is_spurious():
    from extremal.laws import Assumption41, Law, Linear

    beta = np.array([1.0, 0.0, 0.0])
    data = Dataset(*Law(Assumption41(beta), Linear(beta), noise=0.3).sample(300, rng=0))
    network = two_ols_network(*two_ols(data, teacher=beta))
    certificate = certify_spurious(network, data, width=300)
    assert certificate.verdict is SpuriousVerdict.SPURIOUS
    assert certificate.global_value < 1e-15
    assert certificate.loss == pytest.approx(0.045, rel=0.3)


def test_every_status_is_a_sentence():
    for status in itertools.chain(Status, SpuriousVerdict):
        assert status.value.endswith(".")
        assert len(status.value) > 40
