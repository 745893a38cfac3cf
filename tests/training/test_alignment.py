"""Early alignment against a general integrator, its limits against `find`, and its Lyapunov function."""

import os
import signal
from concurrent.futures import wait

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from extremal import Dataset, G, InvalidTypeError, InvalidValueError, find
from extremal.geometry.clarke._nearest import nearest_to_origin
from extremal.training import _alignment
from extremal.training._alignment import AlignmentStatus, early_alignment
from tests.oracles.alignment import integrated, polygon, small_steps
from tests.strategies import datasets, directions, scales

DEGENERATE = ("grid", "duplicates", "antipodal", "zeros", "pencil", "wide", "half_space")


def generic(seed, most=12):
    rng = np.random.default_rng(seed)
    d, n, sign = int(rng.integers(2, 5)), int(rng.integers(1, most + 1)), int(rng.choice([1, -1]))
    return rng, rng.standard_normal((n, d)), rng.standard_normal(n), rng.standard_normal(d), sign


def degenerate(kind, seed):
    rng = np.random.default_rng([DEGENERATE.index(kind), seed])
    d, n, sign = int(rng.integers(2, 4)), int(rng.integers(3, 10)), int(rng.choice([1, -1]))
    X, y = rng.integers(-2, 3, (n, d)).astype(float), rng.choice([-2.0, -1.0, 1.0, 2.0], n)
    copies = X[: n - n // 2]
    if kind == "duplicates":
        X[n // 2 :] = copies * rng.choice([1, 2, 3], (len(copies), 1))
    elif kind == "antipodal":
        X[n // 2 :] = copies * rng.choice([1, -1, -2], (len(copies), 1))
    elif kind == "zeros":
        X[0], y[1] = 0, 0
    elif kind == "pencil":
        X, d = np.column_stack([X[:, :2], np.zeros(n)]), 3
        X[:2] = rng.integers(-2, 3, (2, 3))
    elif kind == "wide":
        d = 4
        X, y = rng.integers(-2, 3, (3, d)).astype(float), y[:3]
    elif kind == "half_space":
        X[:, 0] = np.abs(X[:, 0])
    return X, y, rng.standard_normal(d), sign, float(rng.choice([1.0, 1.0, 2.0]))


def size_of(X, y):
    return np.linalg.norm(y[:, None] * X / len(X), axis=1).sum()


# -- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(24))
def test_path_against_an_integrator(seed):
    rng, X, y, w, sign = generic(seed)
    a = sign * rng.choice([1.0, 1.5, 4.0]) * np.linalg.norm(w)
    times = np.array([0.5, 2.0, 5.0, 12.0]) / size_of(X, y)
    try:
        W, met = integrated(X, y, w, a, times)
    except AssertionError as error:
        pytest.skip(f"beyond the oracle: {error}")
    runs = [early_alignment(X, y, w, sign, a0=[a], t_max=t, record=True) for t in times]
    np.testing.assert_allclose([run.W[0] for run in runs], W, rtol=0, atol=1e-9)
    assert runs[-1].path(0)[1].tolist() == met


def test_sliding_occurs_among_these():
    sliding = []
    for seed in range(24):
        _, X, y, w, sign = generic(seed)
        sliding.append(early_alignment(X, y, w, sign).sliding[0])
    assert sum(count > 0 for count in sliding) >= 5
    assert max(sliding) >= 2


@pytest.mark.parametrize("kind", DEGENERATE)
@pytest.mark.parametrize("seed", range(3))
def test_path_against_small_steps(kind, seed):
    X, y, w, sign, ratio = degenerate(kind, seed)
    size = size_of(X, y)
    times = np.array([1.0, 3.0, 6.0])
    a = sign * ratio
    expected = small_steps(X, y, w, a, times, step=2e-3)
    found = [early_alignment(X, y, w, sign, a0=[a * np.linalg.norm(w)], t_max=t / size).W[0] for t in times]
    found = np.array(found)
    left = (found != 0).any(axis=1)  # at w = 0 there is no direction
    np.testing.assert_allclose(found[left], expected[left], rtol=0, atol=0.03)


@pytest.mark.parametrize(("n", "d"), [(40, 2), (400, 3), (300, 4)])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("labels", ["linear", "noise", "attracting"])
def test_rows_met_against_full_scans(n, d, sign, labels):
    """The short lists of candidates miss nothing: each row is met, and in order."""
    rng = np.random.default_rng([n, d])
    X = rng.standard_normal((n, d))
    y = X[:, 0] + {"linear": 0.3, "noise": 5.0, "attracting": 0.1}[labels] * rng.standard_normal(n)
    if labels == "attracting":
        y -= sign
    W = rng.standard_normal((6, d))
    run = early_alignment(X, y, W, sign, record=True)
    assert run.settled.all()
    for j, w in enumerate(W):
        met, direction, sliding = polygon(X, y, w, sign)
        times, rows = run.path(j)
        assert rows.tolist() == met
        np.testing.assert_allclose(run.W[j], direction, rtol=0, atol=1e-11)
        assert run.sliding[j] == len(sliding)
        assert len(rows) == run.crossings[j]
        assert (np.diff(times) >= 0).all()
        assert not len(times) or times[-1] == run.times[j]


def test_closed_form_of_one_row():
    """s = w/a towards e: its component along e is tanh(‖D‖t + artanh(its start))."""
    x, w, t = np.array([3.0, 4.0]), np.array([2.0, 1.0]), 0.37
    a = 1.5 * np.linalg.norm(w)
    run = early_alignment([x], [2.0], w, a0=[a], t_max=t)
    D = 2.0 * x
    e = D / np.linalg.norm(D)
    along = np.tanh(np.linalg.norm(D) * t + np.arctanh(w @ e / a))
    s = w / a
    # the part of w across is constant, and a grows by cosh + (s·e) sinh
    growth = np.cosh(np.linalg.norm(D) * t) + s @ e * np.sinh(np.linalg.norm(D) * t)
    expected = along * e + (s - s @ e * e) / growth
    np.testing.assert_allclose(run.W[0], expected / np.linalg.norm(expected), atol=1e-15)
    assert run.settled.all()
    assert run.limits.tolist() == [0]


def test_time_of_a_crossing():
    """D points at x from a dead angle away: w·x' = 0 is reached at tanh(½‖D‖t) = Δ/(a + a')."""
    X, y = [[1.0, 0.0], [0.2, 1.0]], [2.0, 1e-3]
    run = early_alignment(X, y, [1.0, -1.0], record=True)
    # D = (1, 0) until w = (5, −1), where row 1 becomes active
    a, later = np.sqrt(2.0), np.sqrt(26.0)
    times, rows = run.path(0)
    assert rows.tolist() == [1]
    np.testing.assert_allclose(times, 2.0 * np.arctanh(4.0 / (a + later)), rtol=1e-14)


def test_time_near_the_opposite_direction():
    """From (1, δ) to (0, δ) against D = −e_1: e^t = (a' + p')/(a + p), and a + p = δ²/(a + 1) loses no digits."""
    tiny = 1e-7
    run = early_alignment([[1.0, 0.0]], [-1.0], [1.0, tiny])
    np.testing.assert_allclose(run.times, np.log((1.0 + np.hypot(1.0, tiny)) / tiny), rtol=1e-14)
    np.testing.assert_allclose(run.W, [[0.0, 1.0]], atol=1e-15)


@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_times_while_w_grows(ratio):
    """Crossings at w_1 = 10^8 and 10^10, by rows that hardly act: p + a grows by e^(‖D‖t), a² − p² = a_0² − 1."""
    X, y = [[1.0, 0.0], [1e-8, 1.0], [1e-10, 1.0]], [3.0, 1e-30, 1e-30]
    a = ratio * np.sqrt(2.0)
    run = early_alignment(X, y, [1.0, -1.0], a0=[a], record=True)
    times, rows = run.path(0)
    assert rows.tolist() == [1, 2]
    p = np.array([1e8, 1e10])
    np.testing.assert_allclose(times, np.log((p + np.sqrt(p * p + a * a - 1.0)) / (1.0 + a)), rtol=1e-13)


def test_through_dependent_hyperplanes():
    """On row 4 to a line where rows 2, 3 and 4 meet, of which row 2 repels: through, though it might also stay."""
    X = np.array([[2.0, -1.0, 1.0], [1.0, -1.0, 0.0], [1.0, 0.0, -1.0], [2.0, 2.0, 0.0], [0.0, -1.0, -1.0]])
    y, w = np.array([2.0, 1.0, -2.0, 1.0, 2.0]), np.array([0.88479515, -0.51698634, 0.75694884])
    times = np.array([1.0, 2.0, 4.0])
    expected = small_steps(X, y, w, -1.0, times, step=2e-3)
    found = [early_alignment(X, y, w, -1, t_max=t / size_of(X, y)).W[0] for t in times]
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.03)


@pytest.mark.parametrize("sign", [1, -1])
def test_lyapunov(sign):
    """G at the direction never goes the wrong way, balanced or not."""
    rng = np.random.default_rng(5)
    for _ in range(10):
        n, d = int(rng.integers(2, 15)), int(rng.integers(2, 5))
        X, y, W = rng.standard_normal((n, d)), rng.standard_normal(n), rng.standard_normal((8, d))
        size = size_of(X, y)
        vectors = find(X, y)
        times = np.linspace(0.0, 8.0, 25) / size
        W = [early_alignment(X, y, W, sign, t_max=t, vectors=vectors).W for t in times]
        values = np.array([sign * G(X, y, w) for w in W])
        assert (np.diff(values, axis=0) >= -1e-13 * size).all()
        assert (values[-1] > values[0]).any()


# -- limits -----------------------------------------------------------------------------------------------------------


def assert_limits(run, X, y, sign, symmetric=False):
    """Every limit is an extremal vector of the right sign, at its direction, and an attracting one if that is clear."""
    assert run.settled.all()
    rank = np.linalg.matrix_rank(X)
    for limit, w, sliding in zip(run.limits, run.W, run.sliding, strict=True):
        if limit < 0:
            assert not w.any()
            continue
        v = run.vectors[int(limit)]
        if v.sign == 0:
            assert zero_in_clarke(X, y, w)
            continue
        np.testing.assert_allclose(w, v.w, rtol=0, atol=1e-7)
        # Down a ray to w = 0 it keeps its direction, against D; on a symmetry of the data it can on any face.
        assert v.sign == sign or sliding == rank - 1 or symmetric
    assert (np.abs(np.linalg.norm(run.W, axis=1) - 1.0) < 1e-12)[run.limits >= 0].all()


def zero_in_clarke(X, y, w):
    """Whether 0 is in 𝒟_n(w), w to within rounding."""
    if not (y[:, None] * X).any():
        return True
    margins = X @ w / np.maximum(np.linalg.norm(X, axis=1), 1e-300)
    z = y[:, None] * X / size_of(X, y)
    near = np.abs(margins) < 1e-10
    base = z[(margins > 0) & ~near].sum(axis=0)
    return np.linalg.norm(base + nearest_to_origin(base, z[near]) @ z[near]) < 1e-9


@pytest.mark.parametrize("seed", range(60))
def test_limits_are_attracting_extremal_vectors(seed):
    rng, X, y, _, sign = generic(100 + seed, most=15)
    W = rng.standard_normal((20, X.shape[1]))
    run = early_alignment(X, y, W, sign)
    assert run.status is AlignmentStatus.SETTLED
    assert_limits(run, X, y, sign)
    kinds = set(run.vectors.kinds[run.limits])
    assert kinds <= {"maximum" if sign > 0 else "minimum", "zero"}


@given(st.data())
def test_limits_on_degenerate_data(data):
    X, y = data.draw(datasets(max_n=8, max_d=4))
    w = data.draw(st.lists(directions(X), min_size=1, max_size=4))
    w = np.array([v for v in w if v.any()] or [np.eye(X.shape[1])[0]])
    sign = data.draw(st.sampled_from([1, -1]))
    ratio = data.draw(st.sampled_from([None, 1.0, 1.5]))
    a0 = None if ratio is None else sign * ratio * np.linalg.norm(w, axis=1)
    run = early_alignment(X, y, w, sign, a0=a0, record=True)
    assert run.status in (AlignmentStatus.SETTLED, AlignmentStatus.UNMATCHED)
    assert_limits(run, X, y, sign, symmetric=True)
    if ratio != 1.5:
        assert (run.limits >= 0).all()


@given(st.data())
def test_scales(data):
    """Scaling X, y and w by powers of ten changes nothing but the times."""
    X, y = data.draw(datasets("generic", max_n=8, max_d=4))
    factors = [data.draw(scales(k)) for k in (140, 140, 250)]
    W = np.random.default_rng(len(X)).standard_normal((6, X.shape[1]))
    plain = early_alignment(X, y, W)
    scaled = early_alignment(X * factors[0], y * factors[1], W * factors[2])
    assert (plain.limits == scaled.limits).all()
    np.testing.assert_allclose(scaled.W, plain.W, rtol=0, atol=1e-10)
    np.testing.assert_allclose(scaled.times * factors[0] * factors[1], plain.times, rtol=1e-8)


def test_known_limits():
    """Orthogonal rows: the only maximum is at the sum of the positive labels' rows."""
    X, y = np.eye(4), np.array([4.0, -3.0, 2.0, 1.0])
    W = np.random.default_rng(0).standard_normal((50, 4))
    W = W[(W[:, [0, 2, 3]] > 0).any(axis=1)]
    run = early_alignment(X, y, W)
    D = run.vectors.vectors[run.limits]
    assert (run.vectors.signs[run.limits] == 1).all()
    # a row with y_k > 0 that is not active never becomes so: D has no component along it
    expected = np.where(W > 0, y / 4, 0.0)
    expected[:, 1] = 0.0
    np.testing.assert_allclose(D, expected, atol=1e-15)
    assert (run.sliding == 0).sum() + (run.sliding == 1).sum() == len(W)


def test_down_a_ray():
    """Balanced, the neuron keeps the direction of the ray; dominated, it passes w = 0 into the dead cone."""
    X, y, w = [[1.0, 2.0], [1.0, -2.0]], [-1.0, -1.0], [5.0, 1.0]
    run = early_alignment(X, y, w, record=True)
    np.testing.assert_allclose(run.W, [np.array([2.0, 1.0]) / np.sqrt(5.0)], atol=1e-15)
    v = run.vectors[run.limits[0]]
    assert (v.sign, v.kind, run.sliding[0]) == (-1, "maximum", 1)
    np.testing.assert_allclose(v.D, [-0.8, -0.4])
    assert run.path(0)[1].tolist() == [1]
    np.testing.assert_allclose(early_alignment(X, y, w, t_max=1e3).W, run.W, atol=1e-15)
    past = early_alignment(X, y, w, a0=[20.0])
    np.testing.assert_allclose(past.W, -run.W, atol=1e-15)
    assert past.vectors[past.limits[0]].sign == 0
    before = early_alignment(X, y, w, a0=[20.0], t_max=0.99 * past.times[0])
    np.testing.assert_allclose(before.W, run.W, atol=1e-13)
    assert before.status is AlignmentStatus.TIME
    assert not before.settled.any()


def test_stays_at_zero():
    run = early_alignment([[1.0], [-1.0]], [-1.0, -1.0], [[1.0], [-3.0]], a0=[2.0, 6.0])
    assert run.limits.tolist() == [-1, -1]
    assert not run.W.any()
    assert run.settled.all()
    assert run.status is AlignmentStatus.UNMATCHED
    # a² − w² = 3: from w = 1 to 0 with D = −½
    np.testing.assert_allclose(run.times, 4.0 * np.arctanh(1.0 / (2.0 + np.sqrt(3.0))), rtol=1e-14)


def test_start_on_a_hyperplane():
    X, y = np.array([[0.0, 1.0], [1.0, 0.5], [1.0, -0.5]]), np.array([-1.0, 1.0, 1.0])
    slides = early_alignment(X, y, [1.0, 0.0])
    assert slides.sliding.tolist() == [0]
    # both sides pull to w_2 = 0 if the label is negative and what is below pushes up
    y = np.array([-1.0, 2.0, 1.0])
    slides = early_alignment(X, y, [1.0, 0.0])
    assert slides.sliding.tolist() == [1]
    np.testing.assert_allclose(slides.W, [[1.0, 0.0]], atol=1e-16)
    eta = slides.vectors[slides.limits[0]].eta[0]
    np.testing.assert_allclose(eta, 0.5, atol=1e-15)
    # with a positive label it is off at once
    off = early_alignment(X, np.array([1.0, 2.0, 1.0]), [1.0, 0.0])
    np.testing.assert_allclose(off.W, [np.array([3.0, 1.5]) / np.hypot(3.0, 1.5)], atol=1e-15)


def test_dead_cone():
    """No row is active: the neuron does not move."""
    run = early_alignment([[1.0, 0.0], [1.0, 1.0]], [1.0, -1.0], [[-3.0, -4.0]], -1)
    np.testing.assert_allclose(run.W, [[-0.6, -0.8]], atol=1e-15)
    assert run.vectors[run.limits[0]].kind == "zero"
    assert run.times.tolist() == [0.0]
    assert run.crossings.tolist() == [0]


@pytest.mark.parametrize(
    ("X", "y", "w"),
    [
        ([[2.0]], [3.0], [[1.0], [-1.0]]),
        ([[2.0], [-1.0]], [3.0, -1.0], [[1.0], [-1.0]]),
        ([[1.0, 2.0]], [1.0], [1.0, 0.3]),
        ([[1.0, 2.0]], [0.0], [1.0, 0.3]),
        ([[0.0, 0.0]], [1.0], [1.0, 0.3]),
        ([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], [1.0, -1.0], [[1.0, 0.3, 0.2], [1.0, 1.0, -1.0]]),
        ([[0.0, 1.0], [0.0, -1.0]], [1.0, -1.0], [[1.0, 1.0], [1.0, -1.0], [1.0, 0.0]]),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_small_data(X, y, w, sign):
    run = early_alignment(X, y, w, sign)
    assert run.status is AlignmentStatus.SETTLED
    assert_limits(run, np.array(X), np.array(y), sign, symmetric=True)


# -- the rest of the contract -----------------------------------------------------------------------------------------


@pytest.fixture
def problem():
    rng = np.random.default_rng(3)
    X = rng.standard_normal((200, 4))
    return X, X[:, 0] + 0.5 * rng.standard_normal(200), rng.standard_normal((150, 4))


def test_neurons_do_not_depend_on_each_other(problem, monkeypatch):
    X, y, W = problem
    together = early_alignment(X, y, W, record=True)
    for batch, threads in ((1, 1), (7, 3)):
        monkeypatch.setattr(_alignment, "BATCH", batch)
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        other = early_alignment(X, y, W, record=True)
        for name in ("W", "times", "crossings", "limits", "sliding"):
            assert (getattr(other, name) == getattr(together, name)).all()
        assert (other.path(5)[0] == together.path(5)[0]).all()
    alone = early_alignment(X, y, W[5])
    assert (alone.W[0] == together.W[5]).all()


def test_the_clock_alone_depends_on_a(problem):
    X, y, W = problem
    balanced = early_alignment(X, y, W, -1)
    dominated = early_alignment(X, y, W, -1, a0=-3.0 * np.linalg.norm(W, axis=1))
    np.testing.assert_allclose(dominated.W, balanced.W, rtol=0, atol=1e-12)
    assert (dominated.crossings == balanced.crossings).all()
    assert (dominated.times < balanced.times).all()
    # rounding in |a| = ‖w‖ is no imbalance
    rounded = early_alignment(X, y, W, -1, a0=-np.linalg.norm(W, axis=1) * (1 + 2e-16))
    assert (rounded.times == balanced.times).all()


def test_t_max(problem):
    X, y, W = problem
    end = early_alignment(X, y, W)
    assert end.status is AlignmentStatus.SETTLED
    start = early_alignment(X, y, W, t_max=0)
    np.testing.assert_allclose(start.W, W / np.linalg.norm(W, axis=1, keepdims=True), atol=1e-15)
    assert start.status is AlignmentStatus.TIME
    assert (start.limits[~start.settled] == -1).all()
    middle = float(np.median(end.times))
    half = early_alignment(X, y, W, t_max=middle, vectors=end.vectors)
    assert (half.settled == (end.times < middle)).all()
    assert (half.times[half.settled] == end.times[half.settled]).all()
    assert (half.limits[half.settled] == end.limits[half.settled]).all()
    late = early_alignment(X, y, W, t_max=1e6, vectors=end.vectors)
    np.testing.assert_allclose(late.W, end.W, rtol=0, atol=1e-13)
    assert late.settled.all()
    assert (early_alignment(X, y, W, t_max=1e300).W == late.W).all()


def test_exponential_at_the_end(problem):
    X, y, W = problem
    end = early_alignment(X, y, W)
    rate = np.linalg.norm(end.vectors.vectors[end.limits[0]])
    last = end.times.max()
    times = last + np.array([2.0, 4.0, 6.0]) / rate
    gaps = [np.linalg.norm(early_alignment(X, y, W, t_max=t, vectors=end.vectors).W - end.W, axis=1) for t in times]
    np.testing.assert_allclose(np.log(gaps[1] / gaps[2]), 2.0, atol=0.1)


def test_basins(problem):
    X, y, W = problem
    run = early_alignment(X, y, W)
    frame = run.basins(0.9)
    assert frame["count"].sum() == len(W)
    assert list(frame["kind"]) == list(run.vectors.kinds)
    for row in frame.itertuples():
        k, m = row.count, len(W)
        low = beta.ppf(0.05, k, m - k + 1) if k else 0.0
        high = beta.ppf(0.95, k + 1, m - k) if k < m else 1.0
        np.testing.assert_allclose([row.low, row.high], [low, high], atol=1e-12)
    # what is unknown may lead anywhere
    unknown = early_alignment(X, y, W, t_max=0).basins()
    assert (unknown["low"] == 0).all()
    assert (unknown["high"] > 0.9).all()


def test_limits_of_effort(problem):
    X, y, W = problem
    few = early_alignment(X, y, W, max_crossings=3)
    assert few.status is AlignmentStatus.MAX_CROSSINGS
    assert (few.crossings[~few.settled] == 3).all()
    assert (few.limits[~few.settled] == -1).all()
    none = early_alignment(X, y, W, time_limit=0)
    assert none.status is AlignmentStatus.TIME_LIMIT
    assert len(none) == len(W)
    assert np.isfinite(none.W).all()


@pytest.mark.parametrize("record", [False, True])
def test_interrupt(problem, record, monkeypatch):
    """Ctrl-C keeps what is settled."""
    X, y, _ = problem
    W = np.random.default_rng(0).standard_normal((200_000, 4))

    def wait_and_interrupt(*args, **kwargs):
        done = wait(*args, **kwargs)
        if len(done.not_done) > 100:
            signal.raise_signal(signal.SIGINT)
            monkeypatch.setattr(_alignment, "wait", wait)
        return done

    monkeypatch.setattr(_alignment, "wait", wait_and_interrupt)
    run = early_alignment(X, y, W, record=record)
    assert run.status is AlignmentStatus.INTERRUPTED
    assert 0 < run.settled.sum() < len(W)
    assert np.isnan(run.times[~run.settled]).all()
    if record:
        for j in (0, int(np.flatnonzero(run.settled)[-1]), len(W) - 1):
            times, rows = run.path(j)
            assert len(rows) == run.crossings[j]
            assert not len(times) or times[-1] == run.times[j]
            assert (rows >= 0).all()


def test_find_is_given(problem):
    X, y, W = problem
    vectors = find(X, y)
    assert early_alignment(Dataset(X, y), W, vectors=vectors).vectors is vectors
    nothing = early_alignment(X, y, W, vectors=find(X, y, max_nodes=0))
    assert nothing.status is AlignmentStatus.UNMATCHED
    assert (nothing.limits == -1).all()
    assert nothing.settled.all()


def test_result(problem):
    X, y, W = problem
    run = early_alignment(X, y, W)
    assert repr(run) == "<150 directions, sign +1: 150 settled, at 2 of 12 extremal vectors; SETTLED>"
    for name in ("limits", "W", "times", "crossings", "sliding", "settled"):
        assert not getattr(run, name).flags.writeable
    with pytest.raises(InvalidValueError, match="record=True"):
        run.path(0)
    with pytest.raises(InvalidValueError, match="0 to 0"):
        early_alignment(X, y, W[0], record=True).path(1)
    with pytest.raises(InvalidValueError, match="between 0 and 1"):
        run.basins(1.0)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"w0": [[1.0, 0.0], [0.0, 0.0]]}, InvalidValueError, "row 1 of w0 is zero"),
        ({"w0": [1.0, 0.0, 0.0]}, InvalidValueError, r"w has shape \(3,\)"),
        ({"w0": np.ones((1, 1, 2))}, InvalidValueError, r"expected \(m, 2\)"),
        ({"w0": np.ones((0, 2))}, InvalidValueError, "at least one direction"),
        ({"w0": [[np.nan, 1.0]]}, InvalidValueError, "nan"),
        ({"w0": None}, InvalidTypeError, "w0 is missing"),
        ({"sign": 0}, InvalidValueError, r"sign is 0; expected \+1 or −1"),
        ({"sign": "+"}, InvalidTypeError, "sign is '\\+' of type str"),
        ({"sign": True}, InvalidTypeError, "sign is True"),
        ({"a0": [1.0]}, InvalidValueError, r"a0 has shape \(1,\); expected \(2,\)"),
        ({"a0": [9.0, -9.0]}, InvalidValueError, r"a0\[1\] is -9; expected numbers of the sign of a, \+1"),
        ({"a0": [9.0, 0.5]}, InvalidValueError, "neuron 1 has |a| = 0.5 ‖w‖"),
        ({"a0": [9.0, 1e200]}, InvalidValueError, "neuron 1 has"),
        ({"a0": [9.0, np.inf]}, InvalidValueError, "inf"),
        ({"t_max": -1.0}, InvalidValueError, "t_max is -1.0"),
        ({"t_max": np.nan}, InvalidValueError, "t_max is nan"),
        ({"time_limit": -1.0}, InvalidValueError, "time_limit is -1.0"),
        ({"max_crossings": 0}, InvalidValueError, "max_crossings is 0"),
        ({"vectors": 3}, InvalidTypeError, "vectors is a int"),
        ({"vectors": find([[1.0, 0.0]], [2.0])}, InvalidValueError, "other data"),
        ({"vectors": find([[1.0, 2.0]], [1.0], leak=0.1)}, InvalidValueError, "leak 0.1"),
        ({"X": [[np.inf, 0.0]]}, InvalidValueError, "inf"),
        ({"rng": "a"}, InvalidTypeError, "rng is 'a'"),
    ],
)
def test_bad_input(change, error, words):
    arguments = {"X": [[1.0, 2.0]], "y": [1.0], "w0": [[1.0, 0.0], [0.0, 1.0]]} | change
    with pytest.raises(error, match=words):
        early_alignment(**arguments)
