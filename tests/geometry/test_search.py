"""The certified search against enumeration and the oracle, its limits, and its reproducibility."""

import _thread
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extremal
from extremal import Status
from extremal.geometry.critical import _limits, _search, _search_kernels
from extremal.geometry.critical._arrangement import arrange
from extremal.geometry.critical._limits import Limits
from tests.matching import assert_matches_oracle, assert_valid, names
from tests.strategies import KINDS, datasets, integer_rows, labels

LEAKS = st.sampled_from([0.0, 0.0, 0.0, 0.25, -1.0, 2.0])


def gaussian(n, d, seed=0, noise=1.0):
    rng = np.random.default_rng([n, d, seed])
    X = rng.standard_normal((n, d))
    return X, (1 - noise) * X[:, 0] + noise * rng.standard_normal(n)


def assert_same_bits(a, b):
    for name in ("vectors", "directions", "signs", "kinds", "indices", "values", "residuals"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for v, w in zip(a, b, strict=True):
        np.testing.assert_array_equal(v.eta, w.eta)
        np.testing.assert_array_equal(v.active, w.active)


# -- the same answer as others --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_oracle_agrees(kind):
    @settings(max_examples=12)
    @given(datasets(kind, max_n=5), LEAKS)
    def check(data, leak):
        X, y = data
        res = extremal.find(X, y, method="search", leak=leak)
        assert_matches_oracle(res, X, y, leak)
        assert names(extremal.find(X, y, method="enumerate", leak=leak)) == names(res)

    check()


@pytest.mark.parametrize("leaf_spare", [-1, 0])
@pytest.mark.parametrize("stall_rows", [{}, {2: 4, 3: 4, 4: 4}])
def test_the_oracle_agrees_when_regions_must_be_split(monkeypatch, leaf_spare, stall_rows):
    """Small data is one leaf; with small leaves it is split, and degenerate positions are met on the way."""
    monkeypatch.setattr(_search, "LEAF_SPARE", leaf_spare)
    monkeypatch.setattr(_search, "STALL_ROWS", stall_rows)

    @settings(max_examples=40)
    @given(datasets(max_n=5), LEAKS)
    def check(data, leak):
        X, y = data
        assert_matches_oracle(extremal.find(X, y, method="search", leak=leak), X, y, leak)

    check()


@settings(max_examples=40)
@given(st.data())
def test_enumeration_agrees_on_grids(data):
    """More rows than a leaf takes, with many hyperplanes through one line."""
    d = data.draw(st.integers(2, 4))
    n = data.draw(st.integers(8, {2: 20, 3: 14, 4: 9}[d]))
    X = data.draw(integer_rows(n, d, st.integers(-1, 1)))
    y = data.draw(labels(n, st.integers(-2, 2)))
    leak = data.draw(LEAKS)
    a = extremal.find(X, y, method="search", leak=leak)
    b = extremal.find(X, y, method="enumerate", leak=leak)
    assert a.complete
    assert b.complete
    assert names(a) == names(b)
    assert_valid(a)


@pytest.mark.parametrize(("n", "d"), [(60, 2), (40, 3), (25, 4), (16, 5)])
@pytest.mark.parametrize("seed", range(4))
def test_enumeration_agrees_on_generic_data(n, d, seed):
    X, y = gaussian(n, d, seed)
    a, b = (extremal.find(X, y, method=m) for m in ("search", "enumerate"))
    assert a.complete
    assert names(a) == names(b)
    np.testing.assert_array_equal(a.vectors, b.vectors)
    assert a.nodes > 1


@pytest.mark.parametrize("seed", range(6))
def test_enumeration_agrees_near_dead_cones(seed):
    """All rows in an open half-space, or in a closed one with a rim."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 3, (18, 3)).astype(float)
    X[:, 0] = np.abs(X[:, 0]) + seed % 2
    y = rng.standard_normal(18)
    a, b = (extremal.find(X, y, method=m) for m in ("search", "enumerate"))
    assert a.complete
    assert names(a) == names(b)
    assert 0 in a.signs


@pytest.mark.parametrize("small", [2.0**-30, 1e-13, 2.0**-60, 1e-40])
def test_labels_of_very_different_size(small):
    """Rows too small for the large ones' rounding errors, which only exact arithmetic can judge."""
    rng = np.random.default_rng(3)
    X = rng.integers(-2, 3, (7, 3)).astype(float)
    y = np.array([1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 2.0]) * np.where(np.arange(7) % 2, small, 1.0)
    for leak in (0.0, 0.5):
        assert_matches_oracle(extremal.find(X, y, method="search", leak=leak), X, y, leak)


# -- sums that floats get wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["search", "enumerate"])
@pytest.mark.parametrize(
    ("X", "y", "leak"),
    [
        # Duplicates whose labels cancel in floats and do not: row 0 acts, though its float weight is 0.
        ([[1, 0], [1, 0], [1, 0], [-1, 5]], [1, 1e16, -1e16, 1], 0.0),
        # 10 · 0.1 is 1 in floats only, so no cone is dead.
        ([[1], [-1]], [1, 10], 0.1),
        # D = (0, 2^-53)/3, which is 0 in floats.
        ([[1, 1], [-1, 0.5 + 2.0**-53], [0, 1.5]], [1, 1, -1], 0.0),
        # 0.1 + 0.2 − 0.3 is 2^-55, in floats 2^-54; intervals [low, high] are as short as 1 − leak.
        ([[1, 0], [1, 0], [1, 0], [1, 3], [1, -3]], [0.1, 0.2, -0.3, -2e-17, -2e-17], 1 - 1e-9),
        # The same without hyperplanes; all sums vanish exactly.
        ([[1, 0], [1, 0], [1, 0], [1, 0]], [1e16, 1, -1e16, -1], 1.0),
        ([[1, 0], [1, 0], [1, 0], [1, 0]], [0.1, 0.2, -0.3, -(2.0**-55)], 1.0),
        # x_1·D is 8 · 2^-55 · y-scale and 0 in floats: not on the boundary.
        ([[2, -2, 2], [2, 0, -2], [2, 1, 2]], [-1e16, 2.0**-55, -1e16], 1.0),
    ],
)
def test_cancellation(method, X, y, leak):
    assert_matches_oracle(extremal.find(X, y, method=method, leak=leak), X, y, leak)


# -- reproducibility ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "d"), [(150, 3), (60, 4)])
def test_the_first_regions_do_not_matter(n, d):
    X, y = gaussian(n, d)
    first = extremal.find(X, y, method="search")
    assert first.complete
    for rng in (0, 1, 2, np.random.default_rng(3)):
        other = extremal.find(X, y, method="search", rng=rng)
        assert other.complete
        assert_same_bits(first, other)
    assert extremal.find(X, y, method="search", rng=1).nodes != first.nodes


@pytest.mark.parametrize(("n", "d"), [(150, 3), (60, 4)])
def test_threads_give_the_same_bits(n, d):
    X, y = gaussian(n, d)
    serial = extremal.find(X, y, method="search")
    with ThreadPoolExecutor(2) as executor:
        parallel = extremal.find(X, y, method="search", executor=executor)
        assert executor.submit(int, 1).result() == 1  # still open
    assert parallel.complete
    assert parallel.nodes == serial.nodes
    assert_same_bits(serial, parallel)


def test_threads_with_limits():
    with ThreadPoolExecutor(2) as executor:
        res = extremal.find(*gaussian(150, 5), method="search", executor=executor, max_nodes=64)
    assert not res.complete
    assert res.nodes <= 64
    assert 0 < res.unresolved.share <= 1


def test_threads_agree_on_dead_cones():
    rng = np.random.default_rng(0)
    X, y = np.abs(rng.standard_normal((30, 3))), rng.standard_normal(30)
    with ThreadPoolExecutor(2) as executor:
        a = extremal.find(X, y, method="search", executor=executor)
    b = extremal.find(X, y, method="search")
    assert a.complete
    assert b.complete
    assert names(a) == names(b)


# -- limits ---------------------------------------------------------------------------------------------------------


def covered(region, v):
    """Whether an unresolved region leaves a vector open: w in the cone or its opposite, under the right hypothesis."""
    place = v.w @ np.linalg.inv(region.vertices / np.linalg.norm(region.vertices, axis=1, keepdims=True))
    bit = {1: 0, -1: 1, 0: 4}[v.sign]
    here = (place >= -1e-9).all() and region.hypotheses >> bit & 1
    there = (place <= 1e-9).all() and region.hypotheses >> (bit + (1 if v.sign == 0 else 2)) & 1
    return bool(here or there)


def assert_partial(res, whole):
    """What was found is right, and what was not lies where the result says that it did not look."""
    assert not res.complete
    assert res.status.value.startswith("Incomplete")
    assert 0 < res.unresolved.share <= 1
    assert len(res.unresolved) > 0
    assert names(res) <= names(whole)
    got = {(v.sign, *v.D) for v in res}
    for v in whole:
        if (v.sign, *v.D) not in got:
            assert any(covered(region, v) for region in res.unresolved.regions)
    assert_valid(res)


@pytest.fixture(scope="module")
def long():
    X, y = gaussian(150, 4)
    whole = extremal.find(X, y, method="search")
    assert whole.complete
    assert whole.audit.holds
    assert whole.nodes > 3000
    return X, y, whole


@pytest.mark.parametrize("max_nodes", [0, 1, 10, 100, 1000, 3000])
def test_max_nodes(long, max_nodes):
    X, y, whole = long
    res = extremal.find(X, y, max_nodes=max_nodes)
    assert res.status is Status.NODE_LIMIT
    assert res.nodes <= max_nodes
    assert_partial(res, whole)
    if max_nodes == 0:
        assert len(res) == 0
        assert res.unresolved.share > 0.9


def test_a_limit_that_is_not_reached_changes_nothing(long):
    X, y, whole = long
    assert_same_bits(extremal.find(X, y, max_nodes=whole.nodes + 1, time_limit=3600.0), whole)


@pytest.mark.parametrize("time_limit", [0, 0.0, 1e-9, 1e-3])
def test_time_limit(long, time_limit):
    X, y, whole = long
    res = extremal.find(X, y, method="search", time_limit=time_limit)
    assert res.status in (Status.TIME_LIMIT, Status.PROVED)
    if not res.complete:
        assert_partial(res, whole)


def test_no_time_at_all(long):
    X, y, whole = long
    res = extremal.find(X, y, method="search", time_limit=0)
    assert res.status is Status.TIME_LIMIT
    assert_partial(res, whole)


@pytest.mark.parametrize("press", [lambda: signal.raise_signal(signal.SIGINT), _thread.interrupt_main])
@pytest.mark.parametrize("after", [1, 4, 9])
def test_ctrl_c(monkeypatch, long, press, after):
    """Ctrl-C at a fixed moment of the search."""
    X, y, whole = long
    reached, calls = _limits.Limits.reached, []

    def counting(self, nodes):
        calls.append(nodes)
        if len(calls) == after:
            press()
        return reached(self, nodes)

    monkeypatch.setattr(_limits.Limits, "reached", counting)
    handler = signal.getsignal(signal.SIGINT)
    res = extremal.find(X, y, method="search")
    assert res.status is Status.INTERRUPTED
    assert_partial(res, whole)
    assert signal.getsignal(signal.SIGINT) is handler


def test_ctrl_c_from_outside():
    """Ctrl-C at a moment that nobody chose, in a search that would take hours."""
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    res = extremal.find(*gaussian(2000, 6), method="search", time_limit=300.0)
    timer.join()
    assert res.status is Status.INTERRUPTED
    assert 0 < res.unresolved.share <= 1


def test_ctrl_c_in_the_enumeration(monkeypatch):
    X, y = gaussian(15, 3)
    reached, calls = _limits.Limits.reached, []

    def counting(self, nodes):
        calls.append(nodes)
        if len(calls) == 1:
            signal.raise_signal(signal.SIGINT)
        return reached(self, nodes)

    monkeypatch.setattr(_limits.Limits, "reached", counting)
    res = extremal.find(X, y, method="enumerate")
    assert res.status is Status.INTERRUPTED
    assert 0 < res.unresolved.share <= 1


def test_a_search_in_a_thread_leaves_signals_alone(long):
    X, y, whole = long
    handler = signal.getsignal(signal.SIGINT)
    with ThreadPoolExecutor(1) as executor:
        res = executor.submit(extremal.find, X, y, method="search").result()
    assert_same_bits(res, whole)
    assert signal.getsignal(signal.SIGINT) is handler


# -- the kernel's parts ---------------------------------------------------------------------------------------------


def test_children_cover_their_parent():
    """The regions on the stack, with what was recorded, always cover the sphere: no ray is lost in a split."""
    X, y = gaussian(60, 3)
    arr = arrange(extremal.Dataset(X, y), 0.0)
    res = extremal.find(X, y, method="search", max_nodes=50)
    rays = np.random.default_rng(0).standard_normal((500, 3))
    stack = _search._Stack(arr, np.rint(np.linalg.qr(np.eye(3) + 0.1)[0] * 2048), range(4))
    inside = np.zeros(len(rays), dtype=int)
    for n in range(4):
        place = rays @ np.linalg.inv(stack.vertices[n])
        inside += (place > 0).all(axis=1) | (place < 0).all(axis=1)
    assert (inside == 1).all()
    inside = np.zeros(len(rays), dtype=int)
    for region in res.unresolved.regions:
        place = rays @ np.linalg.inv(region.vertices)
        inside += (place > 0).all(axis=1) | (place < 0).all(axis=1)
        assert (region.vertices == np.rint(region.vertices)).all()
        assert np.abs(region.vertices).max() <= 2.0**53
    assert inside.max() == 1


def test_the_lifted_vector_is_in_the_dual_cone_exactly():
    from fractions import Fraction

    rng = np.random.default_rng(0)
    lifted = 0
    for trial in range(300):
        d = int(rng.integers(2, 6))
        vertices = np.rint(rng.standard_normal((d, d)) * 2.0 ** rng.integers(1, 40))
        if trial % 2:
            vertices[1:] = np.rint(vertices[0] + vertices[1:] * 1e-6)  # thin
        if np.linalg.matrix_rank(vertices) < d or not vertices.any(axis=1).all():
            continue
        centre = (vertices / np.linalg.norm(vertices, axis=1, keepdims=True)).sum(axis=0)
        centre /= np.linalg.norm(centre)
        u = np.zeros(d)
        if _search_kernels._dual_vector(rng.standard_normal(d), centre, vertices, d, u):
            lifted += 1
            for v in vertices:
                assert sum(Fraction(a) * Fraction(b) for a, b in zip(u.tolist(), v.tolist(), strict=True)) >= 0
            assert abs(np.linalg.norm(u) - 1) < 1e-14
    assert lifted > 100


@pytest.mark.parametrize(("low", "high"), [(-5.0, 5.0), (-5.0, -2.0), (2.0, 5.0), (-5.0, -0.5), (0.5, 5.0)])
@pytest.mark.parametrize("total", [0.0, 100.0, -100.0])
def test_exclusions_beat_the_error(low, high, total):
    """u·sD ≥ 0 on C and u·s(D − T) ≥ 0 for −C are impossible beyond the error, and D = 0 with either."""
    error = 1.0
    alive = _search_kernels._exclude(63, 0, 0.0, low, high, total, np.inf, error, 0.0)
    for (plus, minus, zero), (a, b) in [((1, 2, 16), (low, high)), ((4, 8, 32), (low - total, high - total))]:
        expected = plus | minus | zero
        if b < -error:
            expected &= ~plus & ~zero
        if a > error:
            expected &= ~minus & ~zero
        assert alive & (plus | minus | zero) == expected


@pytest.mark.parametrize("value", [0.0, 0.5, -0.5, 0.999, -0.999])
@pytest.mark.parametrize("total", [0.0, 0.0005, -0.0005])
def test_nothing_within_the_error_is_excluded(value, total):
    assert _search_kernels._exclude(63, 0, value, 0.0, 0.0, total, np.inf, 1.0, 0.0) == 63


def test_the_rule_near_dead_cones():
    """D = Σ c_k g_k, c_k ≥ 0 or ≤ 0 as the labels go, with every u·g_k certainly of one sign: only D = 0 is left."""
    exclude = _search_kernels._exclude
    assert exclude(63, 1, 0.0, -5.0, 0.0, 0.0, 1.0, 1.0, 0.1) & 0b000011 == 0b000010  # all pull out: s = +1 goes
    assert exclude(63, 1, 0.0, 0.0, 5.0, 0.0, 1.0, 1.0, 0.1) & 0b000011 == 0b000001
    assert exclude(63, 2, 0.0, 0.0, 5.0, 5.0, 1.0, 1.0, 0.1) & 0b001100 == 0b001000
    assert exclude(63, 2, 0.0, -5.0, 0.0, -5.0, 1.0, 1.0, 0.1) & 0b001100 == 0b000100
    assert exclude(63, 0, 0.0, -5.0, 0.0, 0.0, 1.0, 1.0, 0.1) == 63  # something acts
    assert exclude(63, 1, 0.0, -5.0, 0.0, 0.0, 0.05, 1.0, 0.1) == 63  # one u·g_k may be 0
    assert exclude(63, 1, 0.0, -5.0, 1e-300, 0.0, 1.0, 1.0, 0.1) == 63  # one pulls in, however little


@pytest.mark.parametrize("hypotheses", [(63,), (15, 48), (1, 2, 4, 8, 16, 32), (2, 1, 8, 4, 32, 16)])
def test_regions_solved_by_their_faces(hypotheses):
    """All orthants handed over, hypothesis by hypothesis: what is settled for one sign is not settled for the other."""
    rng = np.random.default_rng(1)
    X, y = rng.integers(-2, 3, (7, 3)).astype(float), rng.integers(1, 3, 7) * np.array([1.0, -1, 1, -1, 1, -1, 1])
    arr = arrange(extremal.Dataset(X, y), 0.0)
    judge = _search.Judge(arr)
    for bits in hypotheses:
        for flips in [(1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1)]:
            assert _search._solve_region(judge, np.diag(np.array(flips) * 2048.0), bits, Limits())
    whole = extremal.find(X, y, method="enumerate")
    assert {1, -1} <= set(whole.signs.tolist())
    assert judge.count == len(whole)
    for v in judge:
        assert v.sign == 0 or (v.sign, *v.pattern) in {(w.sign, *_pattern(w)[arr.representative]) for w in whole}


def _pattern(v):
    pattern = np.where(v.active, 1, -1)
    pattern[v.boundary] = 0
    return pattern
