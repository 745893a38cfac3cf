"""Networks: values against sums written out, and the least Clarke gradient against scipy's minimisation over η."""

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from extremal.data import Dataset, three_points
from extremal.errors import InvalidTypeError, InvalidValueError, MissingFileError
from extremal.training import Network, initialise
from tests.strategies import datasets, directions, integer_rows, labels


def written_out(W, a, x):
    """h(x), term by term."""
    return sum(a[j] * max(0.0, float(np.dot(W[j], x))) for j in range(len(a)))


def oracle(network, X, y, tolerance=0.0):
    """The least Clarke gradient by a bounded least-squares problem in η for each neuron."""
    n, total, largest = len(X), 0.0, 0
    r = [y[k] - written_out(network.W, network.a, X[k]) for k in range(n)]
    for w, a in zip(network.W, network.a, strict=True):
        heights = [float(np.dot(w, x)) for x in X]
        tied = [k for k in range(n) if abs(heights[k]) <= tolerance * np.linalg.norm(w) * np.linalg.norm(X[k])]
        active = set(range(n)).difference(tied)
        base = sum((r[k] * X[k] / n for k in active if heights[k] > 0), np.zeros(X.shape[1]))
        largest = max(largest, len(tied))
        lift = np.vstack([a * np.eye(len(w)), w[None]])
        if not tied:
            total += float(np.sum((lift @ base) ** 2))
            continue
        A = lift @ np.array([r[k] * X[k] / n for k in tied]).T
        found = lsq_linear(A, -lift @ base, bounds=(0, 1), tol=1e-14, method="bvls", max_iter=1000)
        total += float(np.sum((A @ found.x + lift @ base) ** 2))
    return np.sqrt(total), largest


@st.composite
def tied_networks(draw):
    """Small integers, so that ties are exact: rows that the first neuron is tied with, then any; or any data at all."""
    if draw(st.booleans()):
        X, y = draw(datasets(draw(st.sampled_from(["integers", "duplicates", "antipodal", "parallel", "zero_rows"]))))
        X, y = np.round(X), np.round(y)
        first = draw(directions(X))
    else:
        d = draw(st.integers(2, 3))
        first = draw(integer_rows(1, d))[0]
        tied = draw(integer_rows(draw(st.integers(1, 4)), 3))
        tied = np.cross(tied, first) if d == 3 else tied[:, :1] * [-first[1], first[0]]
        X = np.vstack([tied, draw(integer_rows(draw(st.integers(1, 4)), d))])
        y = draw(labels(len(X)))
    others = [draw(st.one_of(directions(X), st.just(np.zeros(len(first))))) for _ in range(draw(st.integers(0, 2)))]
    W = np.round(np.array([first, *others]))
    return X, y, Network(W, draw(labels(len(W), st.sampled_from([1, -1, 2, -2, 0]))))


@settings(max_examples=100)
@given(tied_networks())
def test_stationarity_is_the_least_element(case):
    X, y, network = case
    expected, _ = oracle(network, X, y)
    size = max(1.0, float(np.abs(network.D(X, y)).max()))
    for tolerance in (0.0, 1e-9):
        assert network.stationarity(X, y, tolerance) == pytest.approx(expected, rel=1e-7, abs=1e-7 * size)


def test_the_strategy_has_ties():
    """Enough cases where η matters, with several ties at once."""
    seen = []

    @settings(max_examples=200, derandomize=True)
    @given(tied_networks())
    def look(case):
        X, y, network = case
        plain = np.hypot(
            np.linalg.norm(network.a[:, None] * network.D(X, y)),
            np.linalg.norm((network.W * network.D(X, y)).sum(axis=1)),
        )
        expected, ties = oracle(network, X, y)
        seen.append((ties, plain - expected > 1e-6))

    look()
    assert sum(moved for _, moved in seen) >= 3
    assert sum(ties >= 2 and moved for ties, moved in seen) >= 1


@pytest.mark.parametrize("a", [1.0, -1.0])
@pytest.mark.parametrize("y", [1.0, -1.0])
def test_attracting_and_repelling_ties(a, y):
    """One neuron at e_1, a sample e_2 on its kink, and one that pushes along e_2 at distance: by hand.

    D = (r_1 + r_3 (1, 1)) / 3 + η (0, y)/3, with the first two samples fitted up to r.
    """
    X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    network = Network([[1.0, 0.0]], [a])
    labels = np.array([a, y, a + 0.5])  # residuals 0, y, 1/2
    eta = np.clip(-0.5 / y, 0.0, 1.0)
    D = np.array([0.5, 0.5 + eta * y]) / 3
    assert network.stationarity(X, labels) == pytest.approx(np.sqrt(D @ D + D[0] ** 2))
    assert network.least_D(X, labels)[0] == pytest.approx(D)
    # without the tie
    D = np.array([0.5, 0.5]) / 3
    assert network.D(X, labels)[0] == pytest.approx(D)


def test_least_D_of_many_ties_against_all_corners_and_a_grid():
    rng = np.random.default_rng(5)
    X = np.vstack([rng.integers(-2, 3, (3, 3)), [[1, 1, 1]], [[2, 0, -1]]]).astype(float)
    y = rng.standard_normal(5)
    network = Network(np.zeros((1, 3)), [1.5])  # w = 0 is tied with every sample
    z = y[:, None] * X / 5
    grid = np.array(list(itertools.product(np.linspace(0, 1, 9), repeat=5)))
    best = 1.5 * np.linalg.norm(grid @ z, axis=1).min()
    assert network.stationarity(X, y) <= best + 1e-12
    assert network.stationarity(X, y) >= best - 1.5 * 5 * np.abs(z).max() / 8


def test_tolerance_decides_what_is_a_tie():
    X, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    near = Network([[1.0, 1e-7]], [1.0])
    assert near.stationarity(X, y) == pytest.approx(0.5, rel=1e-6)
    assert near.stationarity(X, y, tolerance=1e-6) < 1e-6
    assert near.stationarity(X, y, tolerance=0) == near.stationarity(X, y)
    # relative to the lengths of both
    big = Network([[1e8, 10.0]], [1e-8])
    assert big.least_D(1e6 * X, y, tolerance=1e-6)[0, 1] == 0


@pytest.mark.parametrize("seed", range(10))
def test_wide_ties(seed):
    """A tolerance so large that w·D depends on η too, and the two halves of the block compete."""
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((12, 3)), rng.standard_normal(12)
    network = initialise(5, 3, 2.0, "gaussian", rng=rng)
    expected, ties = oracle(network, X, y, 0.4)
    assert ties > 1
    assert network.stationarity(X, y, tolerance=0.4) == pytest.approx(expected, rel=1e-9)


def test_ties_in_later_blocks():
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((2000, 2)), rng.standard_normal(2000)
    W = rng.standard_normal((1000, 2))
    W[-1] = [-X[0, 1], X[0, 0]]
    a = np.zeros(1000)
    a[-1] = 1.0
    y[0] = -100 * np.sign(Network(W, a).D(X, y)[-1] @ X[0])  # so that η matters
    expected = Network(W[-1:], [1.0]).least_D(X, y, tolerance=0)[0]
    found = Network(W, a).least_D(X, y, tolerance=0)
    assert found[-1] == pytest.approx(expected)
    assert np.array_equal(found[:-1], Network(W, a).D(X, y)[:-1])
    assert np.abs(found[-1] - Network(W, a).D(X, y)[-1]).max() > 1e-3


def test_tiny_residuals_do_not_vanish():
    X, y = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0], [0.0, -2.0]]), np.array([1.0, 1.0, 3.0, 2.0])
    tiny, plain = Network([[1e-200, 0.0]], [1.0]), Network([[1.0, 0.0]], [1.0])
    assert 1e200 * tiny.least_D(X, 1e-200 * y) == pytest.approx(plain.least_D(X, y))
    assert np.abs(plain.least_D(X, y) - plain.D(X, y)).max() > 0.1


def test_least_D_is_a_gradient_where_there_are_no_ties():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
    network = initialise(7, 3, 1.0, "gaussian", rng=1)
    D = network.least_D(X, y)
    assert np.array_equal(D, network.D(X, y))
    step = 1e-6
    for j, i in [(0, 0), (3, 2), (6, 1)]:
        up, down = network.W.copy(), network.W.copy()
        up[j, i] += step
        down[j, i] -= step
        slope = (Network(up, network.a).loss(X, y) - Network(down, network.a).loss(X, y)) / (2 * step)
        assert -slope == pytest.approx(network.a[j] * D[j, i], abs=1e-8)
    for j in (0, 5):
        change = np.eye(7)[j] * step
        slope = (
            Network(network.W, network.a + change).loss(X, y) - Network(network.W, network.a - change).loss(X, y)
        ) / (2 * step)
        assert -slope == pytest.approx(network.W[j] @ D[j], abs=1e-8)


@pytest.mark.parametrize("scale", [1e-60, 1e-6, 1e6, 1e60])
def test_stationarity_scales(scale):
    """X -> cX, W -> W/c: h stays, the inner gradient grows by c and the outer one stays."""
    rng = np.random.default_rng(3)
    X, y = rng.integers(-2, 3, (6, 3)).astype(float), rng.standard_normal(6)
    W = np.array([[0.0, 0.0, 1.0], [1.0, -1.0, 0.0], [0.0, 0.0, 0.0]])
    network, scaled = Network(W, [1.0, -2.0, 0.5]), Network(W, [scale, -2 * scale, 0.5 * scale])
    assert scaled.stationarity(X, scale * y) == pytest.approx(
        np.hypot(
            scale**2 * np.linalg.norm(network.a[:, None] * (D := scaled.least_D(X, scale * y) / scale)),
            scale * np.linalg.norm((W * D).sum(axis=1)),
        )
    )


def test_values_are_the_sum_written_out():
    rng = np.random.default_rng(1)
    X, W, a = rng.standard_normal((9, 4)), rng.standard_normal((5, 4)), rng.standard_normal(5)
    network = Network(W, a)
    expected = np.array([written_out(W, a, x) for x in X])
    assert network(X) == pytest.approx(expected, abs=1e-14)
    assert network(X[0]) == pytest.approx(expected[0])
    assert np.ndim(network(X[0])) == 0
    y = rng.standard_normal(9)
    assert network.residuals(X, y) == pytest.approx(y - expected)
    assert network.loss(X, y) == pytest.approx(sum((y - expected) ** 2) / 18)
    assert network.loss(Dataset(X, y)) == network.loss(X, y)
    assert np.array_equal(network.activations(X), X @ W.T > 0)
    assert np.array_equal(network.activations(X[2]), W @ X[2] > 0)
    z = (y - expected)[:, None] * X / 9
    assert network.D(X, y) == pytest.approx(np.array([z[X @ w > 0].sum(axis=0) for w in W]))


def test_blocks_change_nothing():
    rng = np.random.default_rng(2)
    X, network = rng.standard_normal((1000, 3)), initialise(3000, 3, 1.0, rng=0)
    assert network(X) == pytest.approx([network(x) for x in X], abs=1e-12)
    z = network.residuals(X, X[:, 0])[:, None] * X / 1000
    assert network.D(X, X[:, 0])[2999] == pytest.approx(z[X @ network.W[2999] > 0].sum(axis=0))


def test_signs_are_exact():
    """The inner product is a tie of exact numbers that rounding hides, and the other way round."""
    x, w = np.array([0.1, 0.3]), np.array([0.3, -0.1])
    network = Network([w], [1.0])
    assert not network.activations([x])[0, 0]
    thin = Network([[1.0, -1.0]], [1.0])
    assert thin.activations([[1e16, 1e16 - 2]])[0, 0]


def test_derived_quantities():
    network = Network([[3.0, 4.0], [0.0, 0.0], [1e-200, 7.0]], [6.0, -1.0, -2.0])
    assert network.balancedness == pytest.approx([11.0, 1.0, -45.0])
    assert network.directions == pytest.approx(np.array([[0.6, 0.8], [0.0, 0.0], [0.0, 1.0]]))
    assert Network([[3e-200, 4e-200]], [1.0]).directions == pytest.approx(np.array([[0.6, 0.8]]))
    positive, negative = network.sums()
    assert positive == pytest.approx([18.0, 24.0])
    assert negative == pytest.approx([0.0, -14.0])
    assert (network.width, network.dimension) == (3, 2)
    assert repr(network) == "<Network: m = 3, d = 2>"


def test_networks_cannot_be_changed():
    W = np.ones((2, 2))
    network = Network(W, [1.0, 2.0])
    W[0, 0] = 5
    assert network.W[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        network.W[0, 0] = 2
    with pytest.raises(AttributeError):
        network.a = np.zeros(2)
    copy = pickle.loads(pickle.dumps(network))
    assert np.array_equal(copy.W, network.W)
    assert not copy.a.flags.writeable
    assert network == network
    assert network != Network(network.W, network.a)


def test_saved_and_loaded(tmp_path):
    network = initialise(5, 2, 1e-3, rng=0)
    network.save(tmp_path / "a network")
    back = Network.load(tmp_path / "a network")
    assert np.array_equal(back.W, network.W)
    assert np.array_equal(back.a, network.a)
    with pytest.raises(MissingFileError, match="no file"):
        Network.load(tmp_path / "nothing")
    (tmp_path / "text").write_text("no archive")
    with pytest.raises(InvalidValueError, match="does not hold a network"):
        Network.load(tmp_path / "text")
    whole = (tmp_path / "a network").read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidValueError, match="damaged"):
        Network.load(tmp_path / "half")
    np.savez(tmp_path / "other.npz", W=np.ones((2, 2)))
    with pytest.raises(InvalidValueError, match="damaged"):
        Network.load(tmp_path / "other.npz")
    np.savez(tmp_path / "shapes.npz", W=np.ones((2, 2)), a=np.ones(3))
    with pytest.raises(InvalidValueError, match="one outer weight for each row"):
        Network.load(tmp_path / "shapes.npz")


@pytest.mark.parametrize(
    ("W", "a", "error", "words"),
    [
        (np.ones((2, 3)), np.ones(3), InvalidValueError, "pass W.T"),
        (np.ones((2, 3)), np.ones(4), InvalidValueError, "2 rows and a has 4 entries"),
        (np.ones(3), np.ones(3), InvalidValueError, "shape"),
        (np.ones((0, 3)), np.ones(0), InvalidValueError, "expected"),
        ([[np.nan]], [1.0], InvalidValueError, "W"),
        ([[1.0]], [np.inf], InvalidValueError, "a"),
        ([["text"]], [1.0], InvalidTypeError, "W"),
        (None, [1.0], InvalidTypeError, "W"),
    ],
)
def test_bad_weights(W, a, error, words):
    with pytest.raises(error, match=words):
        Network(W, a)


def test_bad_inputs():
    network = Network([[1.0, 2.0]], [1.0])
    with pytest.raises(InvalidValueError, match=r"shape \(3,\)"):
        network([1.0, 2.0, 3.0])
    with pytest.raises(InvalidValueError, match="X"):
        network([[1.0, np.nan]])
    with pytest.raises(InvalidValueError, match="expected 2, the dimension"):
        network.loss([[1.0]], [1.0])
    with pytest.raises(InvalidTypeError, match="y is None"):
        network.loss([[1.0, 2.0]])
    with pytest.raises(InvalidValueError, match="tolerance is -1"):
        network.stationarity([[1.0, 2.0]], [1.0], tolerance=-1)
    assert network(three_points()) == pytest.approx([1.25, 1.5, 2.125])
