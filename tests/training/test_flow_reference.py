"""`extremal.flow` against an event-driven oracle that shares no code with it, sliding included.

The oracle (tests/oracles/gradient_flow.py, with tests of its own) integrates the smooth pieces with DOP853 at 1e-12 and
applies Filippov's rule at every hyperplane. Where the inclusion has several solutions the comparison ends.
"""

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import extremal
from tests.oracles.gradient_flow import predict, reference_flow
from tests.strategies import datasets

RTOL = 1e-7
# In h, relative to the rms of y: what the issue asks for.
AGREEMENT = 1e-6
STAGES = np.array([0.0, 0.5, 2.0, 5.0, 8.0, 12.0, 20.0])
INITS = ("dominated", "balanced", "gaussian")


def weights(rng, m, d, scale, init):
    """(W, a) by the laws of the issue, drawn here so that nothing of the package decides them."""
    if init == "gaussian":
        return scale / np.sqrt(m) * rng.normal(size=(m, d)), scale / np.sqrt(m) * rng.normal(size=m)
    W = rng.normal(size=(m, d))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    if init == "dominated":
        W *= rng.uniform(size=(m, 1)) ** (1 / d)
    return scale / np.sqrt(m) * W, scale / np.sqrt(m) * rng.choice([-1.0, 1.0], m)


def unit_of_time(X, y):
    """About 1/‖D‖: 2/mean ‖y x‖."""
    return 2.0 / max(np.linalg.norm(np.asarray(y)[:, None] * X, axis=1).mean(), 1e-3)


def compare(X, y, W, a, stages=STAGES, rtol=RTOL, agreement=AGREEMENT):
    """Run both, assert everything; returns the oracle's result."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    W, a = np.asarray(W, dtype=float), np.asarray(a, dtype=float)
    times = np.asarray(stages) * unit_of_time(X, y)
    expected = reference_flow(X, y, W, a, times)
    tr = extremal.flow(
        X,
        y,
        init=extremal.Network(W, a),
        rtol=rtol,
        gtol=0.0,
        t_max=float(times[-1]),
        save_at=times,
        observe=lambda t, network: (t, network(X), network),
        time_limit=60.0,
    )
    # An end before t_max is right only at rest: what is left of the times then shows the same network.
    observed = [seen for seen in tr.observations if seen[0] in times]
    h = [seen[1] for seen in observed] + [tr.network(X)] * (len(times) - len(observed))
    networks = [seen[2] for seen in observed] + [tr.network]
    size = max(np.sqrt(np.mean(y**2)), 1e-3 * np.sqrt(np.mean(predict(X, W, a) ** 2)), 1e-12)
    for t, ours, theirs in zip(times, h, expected.networks, strict=True):
        if t < expected.unique_until * (1 - 1e-9):
            error = np.sqrt(np.mean((ours - predict(X, *theirs)) ** 2)) / size
            assert error <= agreement, f"{error:.1e} at t = {t:.4g}, {expected.events} events"
    kept = a**2 - np.sum(W**2, axis=1)
    for network in networks:
        assert np.all(np.isfinite(network.W))
        assert np.abs(network.balancedness - kept).max() <= 1e-10 * max(np.max(network.a**2), np.max(a**2))
    losses = np.asarray(tr.losses)
    assert np.all(np.diff(losses) <= 1e-14 * losses[0])
    assert tr.times[0] == 0
    return expected


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("scale", [1e-3, 0.1, 1.0])
def test_gaussian_data(init, scale):
    slides = 0
    rng = np.random.default_rng([int(1e3 * scale), INITS.index(init)])
    for d in (2, 3, 4):
        X = rng.normal(size=(30, d))
        y = X[:, 0] + 0.5 * rng.normal(size=30)
        slides += compare(X, y, *weights(rng, 20, d, scale, init)).slides
    assert slides >= 10


def test_neurons_slide_on_several_hyperplanes_and_leave_them():
    rng = np.random.default_rng(8)
    X, y = rng.normal(size=(30, 4)), rng.normal(size=30)
    expected = compare(X, y, *weights(rng, 20, 4, 1.0, "dominated"))
    assert expected.slides >= 20
    assert expected.releases >= 5
    assert expected.deepest >= 2


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("kind", ["duplicates", "antiparallel", "zero rows", "zero labels"])
def test_degenerate_rows(kind, d):
    rng = np.random.default_rng([d, len(kind)])
    X, y = rng.normal(size=(10, d)), rng.normal(size=10)
    if kind == "duplicates":
        X, y = np.vstack([X, X[:5], 2 * X[2:4]]), np.concatenate([y, y[:3] + 0.5, -y[3:5], [1.0, -1.0]])
    elif kind == "antiparallel":
        X, y = np.vstack([X, -X[:5], -0.5 * X[3:7]]), np.concatenate([y, rng.normal(size=9)])
    elif kind == "zero rows":
        X[::3] = 0.0
    else:
        y[::2] = 0.0
    slides = 0
    for scale in (1e-3, 0.7):
        slides += compare(X, y, *weights(rng, 10, d, scale, "dominated")).slides
    assert slides >= 2


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("m", [1, 6])
def test_one_dimension(n, m):
    rng = np.random.default_rng([n, m])
    slides = 0
    for scale in (1e-3, 1.0):
        X, y = rng.normal(size=(n, 1)), rng.normal(size=n)
        slides += compare(X, y, *weights(rng, m, 1, scale, "dominated")).slides
    assert slides or (n, m) != (5, 6)


@pytest.mark.parametrize(
    ("m", "n", "d"), [(1, 30, 2), (1, 30, 4), (5, 1, 1), (5, 1, 3), (8, 2, 4), (8, 3, 4), (1, 1, 2)]
)
def test_one_neuron_one_row_and_fewer_rows_than_dimensions(m, n, d):
    rng = np.random.default_rng([m, n, d])
    for scale, init in ((1e-3, "dominated"), (0.5, "balanced")):
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        compare(X, y, *weights(rng, m, d, scale, init))


def test_starts_on_hyperplanes():
    """One neuron slides from the start, another crosses at once, to either side."""
    X, y = np.array([[1.0, 0.0], [0.6, 0.8]]), np.array([-3.0, 2.0])
    sliding = compare(X, y, [[0.0, 0.3]], [1.1], stages=[0.0, 0.5, 2.0, 5.0])
    assert (sliding.slides, sliding.unique_until) == (1, np.inf)
    # Both sides push up (a > 0) or down (a < 0), and the first row helps.
    for a in (1.1, -1.1):
        X, y = np.array([[1.0, 0.0], [0.8, 0.6]]), np.array([np.copysign(0.2, a), 2.0])
        crossing = compare(X, y, [[0.0, 0.3]], [a], stages=[0.0, 0.5, 2.0, 5.0])
        assert crossing.events >= 1
        assert crossing.unique_until == np.inf
    # On two hyperplanes at once, in three dimensions, among others.
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(12, 3)), rng.normal(size=12)
    X[:2], y[:2] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [-4.0, -5.0]
    W, a = weights(rng, 6, 3, 0.5, "dominated")
    W[0], a[0] = [0.0, 0.0, 0.2], 0.3
    W[1], a[1] = [0.0, 0.1, -0.2], 0.3
    assert compare(X, y, W, a).slides >= 2


def test_neurons_without_weights_stay():
    rng = np.random.default_rng(11)
    X, y = rng.normal(size=(12, 3)), rng.normal(size=12)
    W, a = weights(rng, 6, 3, 0.1, "dominated")
    W[2] = 0.0
    W[4], a[4] = 0.0, 0.0
    compare(X, y, W, a)
    # nothing at all: at rest from the start
    tr = extremal.flow(X, y, init=extremal.Network(np.zeros((2, 3)), np.zeros(2)), t_max=1.0)
    assert np.all(tr.network.W == 0)


@settings(max_examples=40)
@given(
    datasets(max_n=6, max_d=3),
    st.integers(1, 4),
    st.integers(0, 10**6),
    st.sampled_from([1e-3, 0.1, 1.0]),
    st.sampled_from(INITS),
)
def test_small_degenerate_data(data, m, seed, scale, init):
    X, y = data
    W, a = weights(np.random.default_rng(seed), m, X.shape[1], scale, init)
    assume(np.any(y))
    expected = compare(X, y, W, a, stages=[0.0, 1.0, 4.0, 10.0])
    event(f"slides: {min(expected.slides, 3)}")
    event("unique" if np.isinf(expected.unique_until) else "not unique")
