"""SGD and Adam: the steps against a slow twin and stored numbers of PyTorch, going on exactly, and what stops a run."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

import extremal
from extremal import Descent, InvalidTypeError, InvalidValueError, Network
from extremal.training import Constant, DescentStatus, StepDecay, initialise
from extremal.training import _proceed_descent as going
from tests.oracles import descent as oracle
from tests.training.make_torch_reference import CASES, FILE, LEAK, LOOKS, RATES, SHOWN

# Kernels are compiled for a dimension: one that is unrolled, one that is not.
DIMENSIONS = (3, 13)
METHODS = [
    {},
    {"leak": 0.2},
    {"optimizer": "adam"},
    {"activation": "gelu"},
    {"activation": "gelu", "optimizer": "adam"},
    {"dtype": "float32"},
    {"dtype": "float32", "optimizer": "adam"},
]


def named(method):
    return "-".join(map(str, method.values())) or "plain"


methods = pytest.mark.parametrize("method", METHODS, ids=named)


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 3))
    return X, np.abs(X[:, 0]) - X[:, 1] + 0.1 * rng.standard_normal(50)


def same(one, other):
    """Two runs that are equal to the last bit."""
    assert one.status is other.status
    for name in ("iterations", "times", "losses", "gradients", "rates", "saved_at"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for left, right in zip((one.network, *one.saved), (other.network, *other.saved), strict=True):
        equal(left, right)


def equal(one, other):
    np.testing.assert_array_equal(one.W, other.W)
    np.testing.assert_array_equal(one.a, other.a)


# --- the steps -------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.data())
def test_steps_are_those_of_the_twin(data):
    d = data.draw(st.sampled_from(DIMENSIONS), "d")
    seed, n, m = (data.draw(st.integers(a, b), name) for a, b, name in ((0, 99, "seed"), (1, 70, "n"), (1, 300, "m")))
    activation, leak = data.draw(st.sampled_from([("relu", 0.0), ("relu", 0.3), ("gelu", 0.0)]), "activation")
    optimizer = data.draw(st.sampled_from(["sgd", "adam"]), "optimizer")
    batch = data.draw(st.integers(1, 9), "batch")
    rng = np.random.default_rng(seed)
    # small integers put samples on hyperplanes and repeat them
    whole = data.draw(st.booleans(), "integers")
    X = rng.integers(-2, 3, (n, d)).astype(float) if whole else rng.standard_normal((n, d))
    W = rng.integers(-1, 2, (m, d)) / 4.0 if whole else rng.standard_normal((m, d)) / 4
    y, a = rng.standard_normal(n), rng.standard_normal(m) / np.sqrt(m)
    batches = rng.integers(0, n, (6, batch))
    # Adam's first steps are signs of gradients: those that are 0 up to rounding have none, so eps is large
    run = extremal.train(
        X,
        y,
        init=Network(W, a),
        batches=batches,
        activation=activation,
        leak=leak,
        optimizer=optimizer,
        lr=0.01,
        eps=1e-3,
        schedule=StepDecay(0.5, 2),
        record=1,
        save_at=range(7),
    )
    rates = [0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025]
    twin = oracle.descend(W, a, X, y, batches, rates, activation, leak, optimizer, eps=1e-3)
    for k, (inner, outer) in enumerate(twin):
        np.testing.assert_allclose(run.saved[k].W, inner, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(run.saved[k].a, outer, rtol=1e-9, atol=1e-11)
        assert run.losses[k] == pytest.approx(oracle.loss(inner, outer, X, y, activation, leak), rel=1e-9)
        grads = oracle.gradient(inner, outer, X, y, activation, leak)
        # in integers the first gradient is exact; later ties are broken by rounding
        if whole and activation == "relu" and k == 1:
            break
        norm = np.sqrt(sum(float((g * g).sum()) for g in grads))
        assert run.gradients[k] == pytest.approx(norm, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_a_step_is_the_finite_difference_of_the_loss(activation, d):
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((20, d)), rng.standard_normal(20)
    start = Network(rng.standard_normal((4, d)), rng.standard_normal(4))
    run = extremal.train(X, y, init=start, batch=None, iterations=1, lr=1.0, activation=activation)
    step, h = np.column_stack([start.W - run.network.W, start.a - run.network.a]), 1e-6
    for j, c in np.ndindex(*step.shape):
        values = []
        for sign in (1, -1):
            theta = np.column_stack([start.W, start.a])
            theta[j, c] += sign * h
            values.append(run.loss(X, y, Network(theta[:, :-1], theta[:, -1])))
        assert step[j, c] == pytest.approx((values[0] - values[1]) / (2 * h), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("activation", "optimizer"), CASES)
def test_stored_numbers_of_torch(activation, optimizer, dtype):
    with np.load(FILE) as stored:
        X, y, W, a, batches = (stored[name] for name in ("X", "y", "W", "a", "batches"))
        expected = [stored[f"{activation}.{optimizer}.{dtype}.{step}"] for step in LOOKS]
    run = extremal.train(
        X,
        y,
        init=Network(W, a),
        batches=batches,
        optimizer=optimizer,
        lr=RATES[optimizer],
        activation="gelu" if activation == "gelu" else "relu",
        leak=LEAK if activation == "leaky" else 0.0,
        dtype=dtype,
        record=LOOKS,
        save_at=LOOKS,
    )
    # single: see test_train_torch
    tolerance = 1e-6 if dtype == "float64" else {"sgd": 2e-5, "adam": 2e-3}[optimizer]
    for network, loss, numbers in zip(run.saved, run.losses[1:], expected, strict=True):
        found = np.concatenate([[loss], network.W[:SHOWN].ravel(), network.a[:SHOWN]])
        np.testing.assert_allclose(found, numbers, rtol=tolerance, atol=tolerance * np.abs(numbers).max())


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-15), ("float32", 5e-7)])
def test_the_normal_distribution_function(dtype, tolerance):
    from extremal.training._train_kernels import gelu_table, normal

    z = np.concatenate([np.linspace(-12, 12, 400_001), [0.0, -0.0, 1e-300, 1e30, -1e30, np.inf, -np.inf]])
    z = z.astype(dtype)
    value, density = np.empty_like(z), np.empty_like(z)
    normal(z, *gelu_table(dtype), value, density)
    exact = z.astype(np.float64)
    assert np.abs(value - ndtr(exact)).max() < tolerance
    assert np.abs(density - np.exp(-0.5 * np.minimum(np.abs(exact), 40) ** 2) / np.sqrt(2 * np.pi)).max() < tolerance
    with mpmath.workdps(40):
        for k in range(0, 400_001, 4001):
            assert abs(float(mpmath.ncdf(float(z[k])) - float(value[k]))) < tolerance
    empty = np.full(1, np.nan, dtype=dtype)
    normal(empty, *gelu_table(dtype), value[:1], density[:1])
    assert np.isnan([value[0], density[0]]).all()


@pytest.mark.parametrize("d", DIMENSIONS)
def test_a_large_batch_of_gelu_is_worked_through_in_tiles(d):
    # more than is kept from one pass to the other
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((2403, d)), rng.standard_normal(2403)
    W, a = rng.standard_normal((300, d)), rng.standard_normal(300) / 20
    run = extremal.train(X, y, init=Network(W, a), batch=None, iterations=2, activation="gelu")
    rows = [range(2403)] * 2
    inner, outer = oracle.descend(W, a, X, y, rows, [0.01, 0.01], "gelu")[-1]
    np.testing.assert_allclose(run.network.W, inner, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(run.network.a, outer, rtol=1e-12, atol=1e-13)
    assert run.losses[-1] == pytest.approx(oracle.loss(inner, outer, X, y, "gelu"), rel=1e-12)


def test_small_steps_follow_the_flow_to_first_order(sample):
    # slope of log error on log lr: 1 up to curvature and the kinks of the flow
    start, end = initialise(40, 3, 0.5, "theorem", 1), 1.0
    flow = extremal.flow(*sample, init=start, rtol=1e-10, t_max=end).network
    errors, rates = [], 2.0 ** -np.arange(5, 11)
    for lr in rates:
        run = extremal.train(*sample, init=start, batch=None, lr=lr, iterations=round(end / lr))
        assert run.times[-1] == pytest.approx(end)
        errors.append(np.abs(run.network.W - flow.W).max())
    slope = np.polyfit(np.log(rates), np.log(errors), 1)[0]
    assert 0.9 < slope < 1.1, slope


# --- the samples -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "batch"), [(10, 3), (8, 4), (7, 7), (5, 1)])
def test_an_epoch_takes_every_sample_once(n, batch):
    # with these data a sample moves its own coordinate of the weights only, by its own step
    d = 13
    X, y = np.eye(n, d), np.zeros(n)
    start = Network(np.ones((1, d)), [1.0])
    each = -(-n // batch)
    run = extremal.train(
        X, y, init=start, batch=batch, iterations=2 * each, save_at=range(2 * each + 1), lr=1e-3, rng=5
    )
    moved = np.diff([network.W[0] for network in run.saved], axis=0) != 0
    sizes = [batch] * (each - 1) + [n - batch * (each - 1)]
    assert moved.sum(axis=1).tolist() == 2 * sizes
    for epoch in (moved[:each], moved[each:]):
        assert epoch.sum(axis=0).tolist() == [1] * n + [0] * (d - n)
    if n > batch:
        assert not np.array_equal(moved[:each], moved[each:])


def test_replacement_draws_every_sample_and_repeats_some(sample):
    runs = [extremal.train(*sample, width=5, iterations=40, sampling=s, rng=0) for s in ("replacement", "epoch")]
    assert (runs[0].network.W != runs[1].network.W).all()
    position, drawn = runs[0]._kept[0], []
    optimiser = runs[0].optimiser()
    rows, _, generator = optimiser._draw(position, 700)
    assert rows.shape == (700, 32)
    counts = np.bincount(rows.ravel(), minlength=50)
    # chi squared with 49 degrees of freedom: 1e-6 for more than 111
    assert ((counts - 448) ** 2 / 448).sum() < 111
    for k in (1, 2, 7, 690):
        part, _, generator = optimiser._draw(position, k)
        drawn.append(part)
        position = type(position)(**{**vars(position), "generator": generator})
    np.testing.assert_array_equal(np.concatenate(drawn), rows)


def test_a_batch_of_n_or_more_is_the_full_batch(sample):
    runs = [
        extremal.train(*sample, width=5, iterations=9, batch=b, rng=seed) for b, seed in ((50, 1), (None, 1), (99, 1))
    ]
    same(runs[0], runs[1])
    same(runs[0], runs[2])


# --- going on --------------------------------------------------------------------------------------------------------


@methods
@pytest.mark.parametrize("sampling", ["epoch", "replacement"])
def test_pieces_make_the_whole_to_the_last_bit(sample, method, sampling, tmp_path):
    arguments = {"width": 30, "scale": 1.0, "rng": 4, "sampling": sampling, "batch": 7, **method}
    whole = extremal.train(*sample, iterations=500, record=31, save_at=[0, 3, 250, 500], **arguments)
    run = extremal.train(*sample, iterations=1, record=31, save_at=[0], **arguments)
    for goal in (2, 13, 14, 250, 333, 500):
        run = run.extend(iterations=goal, record=31, save_at=[k for k in (3, 250, 500) if k <= goal])
        run.save(tmp_path / "run.npz")
        run = Descent.load(tmp_path / "run.npz")
    equal(whole.network, run.network)
    for left, right in zip(whole.saved, run.saved, strict=True):
        equal(left, right)
    assert run.times[-1] == whole.times[-1]
    equal(whole.at(250), whole.saved[2])
    equal(run.at(3), whole.saved[1])
    equal(run.at(0), whole.initial)
    equal(whole.extend(iterations=700).network, run.extend(iterations=700).network)


@methods
def test_an_interrupted_run_ends_as_if_it_were_not(sample, method, tmp_path, monkeypatch):
    arguments = {"width": 30, "rng": 4, "iterations": 300, "batch": 7, **method}
    whole = extremal.train(*sample, **arguments)
    path = tmp_path / "run.npz"
    for k in (1, 2, 3):
        monkeypatch.setattr(going, "Limits", lambda nodes, seconds, k=k: Stops(k))
        partial = extremal.train(*sample, checkpoint=path, **arguments)
        assert partial.status is DescentStatus.INTERRUPTED
        assert partial.losses[-1] == pytest.approx(partial.loss(*sample), rel=1e-4)
    monkeypatch.undo()
    equal(whole.at(partial.iteration), partial.network)
    same(partial.extend(), whole)
    same(Descent.load(path).extend(), whole)
    same(extremal.train(*sample, checkpoint=path, **arguments), whole)
    same(Descent.load(path), whole)


class Stops(going.Limits):
    """A Ctrl-C at the k-th look."""

    def __init__(self, k):
        super().__init__()
        self.k = k

    def reached(self, nodes):
        self.k -= 1
        return None if self.k >= 0 else going.Status.INTERRUPTED


def test_a_killed_process_goes_on_from_its_checkpoint(tmp_path):
    """
    The same script again, in a process of its own, gives the run that was not killed, to the last bit.

    The killed process compiles its kernels, the others load them: both have to round alike.
    """
    path = tmp_path / "run.npz"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    code = """
import sys, numpy as np, extremal
X = np.random.default_rng(0).standard_normal((50, 3))
iterations, checkpoint, end = int(sys.argv[1]), sys.argv[2] or None, sys.argv[3]
run = extremal.train(X, X[:, 0], width=400, iterations=iterations, record=1000, dtype="float32", optimizer="adam",
    rng=1, checkpoint=checkpoint, checkpoint_every=0.0)
run.save(end)
"""

    def command(iterations, checkpoint, end):
        return [sys.executable, "-c", code, str(iterations), str(checkpoint), str(tmp_path / end)]

    def reached():
        return Descent.load(path).iteration if path.exists() else 0

    process = subprocess.Popen(command(10_000_000, path, "never"), env=environment)
    started = time.monotonic()
    while reached() < 2000 and time.monotonic() - started < 60:
        time.sleep(0.02)
    process.kill()
    process.wait()
    goal = reached() + 2000
    subprocess.run(command(goal, path, "resumed"), check=True, env=environment)
    subprocess.run(command(goal, "", "whole"), check=True, env=environment)
    assert goal >= 4000
    same(Descent.load(tmp_path / "resumed"), Descent.load(tmp_path / "whole"))


def test_a_checkpoint_of_another_run_is_refused(sample, tmp_path):
    X, y = sample
    path, arguments = tmp_path / "run.npz", {"width": 5, "iterations": 10, "rng": 0}
    extremal.train(X, y, checkpoint=path, **arguments)
    for change, words in (
        ({"lr": 0.5}, r"lr = 0.01 \(asked: 0.5\)"),
        ({"rng": 1}, "another start"),
        ({"batch": 8}, "batch = 32"),
        ({"schedule": StepDecay()}, "schedule"),
        ({"width": 6}, "another start"),
    ):
        with pytest.raises(InvalidValueError, match=words):
            extremal.train(X, y, checkpoint=path, **{**arguments, **change})
    with pytest.raises(InvalidValueError, match="other data"):
        extremal.train(X, 2 * y, checkpoint=path, **arguments)
    start = extremal.train(X, y, **arguments).network
    with pytest.raises(InvalidTypeError, match="a seed"):
        extremal.train(X, y, checkpoint=path, init=start, iterations=3)
    path.write_bytes(b"PK no")
    with pytest.raises(InvalidValueError, match="damaged"):
        extremal.train(X, y, checkpoint=path, **arguments)
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_the_same_bits_whatever_is_looked_at(sample):
    runs = [extremal.train(*sample, width=20, iterations=200, rng=7, **more) for more in ({}, {"record": 1})]
    equal(runs[0].network, runs[1].network)
    assert runs[1].iterations.tolist() == list(range(201))
    assert len(runs[0].iterations) == 129
    generators = [extremal.train(*sample, width=20, iterations=9, rng=np.random.default_rng(7)) for _ in range(2)]
    same(*generators)
    same(generators[0], extremal.train(*sample, width=20, iterations=9, rng=7))


def test_a_warm_restart(sample):
    run = extremal.train(*sample, width=20, iterations=100, rng=7)
    schedule = StepDecay(0.5, 10)
    again = extremal.train(*sample, init=run, iterations=30, schedule=schedule, rng=8, record=10)
    equal(again.initial, run.network)
    assert again.rates.tolist() == [0.01, 0.005, 0.0025, 0.00125]
    assert again.times[-1] == pytest.approx(0.175)
    same(again, extremal.train(*sample, init=run.network, iterations=30, schedule=schedule, rng=8, record=10))


def test_a_function_as_schedule(sample, tmp_path):
    arguments = {"width": 20, "rng": 7, "record": 10}
    run = extremal.train(*sample, iterations=30, schedule=lambda t: 0.5 ** (t // 10), **arguments)
    same(run, extremal.train(*sample, iterations=30, schedule=StepDecay(0.5, 10), **arguments))
    same(
        extremal.train(*sample, iterations=30, schedule=Constant(), **arguments),
        extremal.train(*sample, iterations=30, **arguments),
    )
    run.save(tmp_path / "run.npz")
    read = Descent.load(tmp_path / "run.npz")
    with pytest.raises(InvalidTypeError, match="same function"):
        read.extend(iterations=40)
    equal(read.extend(iterations=40, schedule=lambda t: 0.5 ** (t // 10)).network, run.extend(iterations=40).network)
    with pytest.raises(InvalidTypeError, match="start anew"):
        run.extend(iterations=40, schedule=Constant())
    with pytest.raises(InvalidValueError, match=r"schedule\(3\) is -1"):
        extremal.train(*sample, iterations=30, schedule=lambda t: 1 if t < 3 else -1, **arguments)
    with pytest.raises(InvalidTypeError, match=r"schedule\(0\) is 'x'"):
        extremal.train(*sample, iterations=30, schedule=lambda t: "x", **arguments)


def test_batches_that_are_given_go_on(sample):
    rows = np.random.default_rng(0).integers(0, 50, (20, 4))
    whole = extremal.train(*sample, width=5, batches=rows, rng=0)
    part = extremal.train(*sample, width=5, batches=rows[:8], rng=0)
    equal(part.extend(batches=rows[8:]).network, whole.network)
    equal(whole.at(8), part.network)
    with pytest.raises(InvalidValueError, match="there are batches for 8"):
        part.extend(iterations=9)


# --- what stops it ---------------------------------------------------------------------------------------------------


@methods
def test_divergence_is_a_status(sample, method):
    X, y = sample
    run = extremal.train(X, 1e3 * y, width=30, scale=1.0, iterations=4000, lr=1e4, eps=1e-30, rng=0, record=1, **method)
    if method.get("optimizer") == "adam":
        assert np.isfinite(run.losses).all()  # its steps are at most about lr
        return
    assert run.status is DescentStatus.NOT_FINITE
    assert 0 <= run.iterations[-1] == run.iteration < 4000
    assert np.isfinite(run.losses).all()
    assert run.losses[-1] == pytest.approx(run.loss(X, 1e3 * y), rel=1e-3)
    equal(run.at(run.iteration), run.network)
    assert run.extend().status is DescentStatus.NOT_FINITE


def test_below_and_time_limit(sample):
    run = extremal.train(*sample, width=30, scale=1.0, iterations=10**6, record=100, stop_below=0.2, rng=0)
    assert run.status is DescentStatus.BELOW
    assert run.losses[-1] < 0.2 <= run.losses[-2]
    started = time.monotonic()
    later = run.extend(iterations=10**9, time_limit=0.3, record=10**8)
    assert later.status is DescentStatus.TIME_LIMIT
    assert later.iteration > run.iteration
    assert time.monotonic() - started < 5
    assert later.iterations[-1] == later.iteration
    at_once = extremal.train(*sample, width=30, iterations=9, time_limit=0, rng=0, progress=True)
    assert (at_once.status, at_once.iteration) == (DescentStatus.TIME_LIMIT, 0)
    none = extremal.train(*sample, width=30, iterations=0, rng=0)
    assert (none.status, none.iteration) == (DescentStatus.DONE, 0)
    equal(none.network, none.initial)


def test_ctrl_c_keeps_what_is_there(sample):
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    run = extremal.train(*sample, width=100, iterations=10**9, rng=0, record=10**8)
    timer.join()
    assert run.status is DescentStatus.INTERRUPTED
    equal(
        run.extend(iterations=run.iteration + 50).network,
        extremal.train(*sample, width=100, iterations=run.iteration + 50, rng=0).network,
    )


# --- the rest --------------------------------------------------------------------------------------------------------


def test_the_experiments_start():
    run = extremal.train([[1.0, 0.0, 0.0]], [1.0], width=10_000, iterations=0, rng=0)
    weights = np.column_stack([run.network.W, run.network.a]).ravel()
    variance = 1e-5 / np.sqrt(10_000)
    # 40 000 weights: the relative standard deviation of the mean square is (2/40 000)^{1/2} = 0.7 %
    assert np.mean(weights**2) == pytest.approx(variance, rel=0.05)
    expected = initialise(10_000, 3, np.sqrt(1e-5 * 100), "gaussian", np.random.default_rng(0).spawn(2)[0])
    equal(run.network, expected)


def test_what_a_run_tells(sample, tmp_path):
    run = extremal.train(*sample, width=20, iterations=50, leak=0.2, rng=7, save_at=[10])
    assert repr(run).startswith("<Descent: SGD, leaky ReLU, m = 20, 50 iterations, loss ")
    frame = run.to_frame()
    assert frame.columns.tolist() == ["iteration", "time", "loss", "gradient", "rate"]
    assert frame["iteration"].tolist() == run.iterations.tolist()
    assert run.predict(sample[0]).shape == (50,)
    assert run.predict(sample[0][0]) == pytest.approx(run.predict(sample[0])[0])
    assert run.loss(*sample) == pytest.approx(run.losses[-1])
    assert run.loss(*sample, run.initial) == pytest.approx(run.losses[0])
    for array in (run.losses, run.iterations, run.X, run.network.W):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert run.settings.lr == 0.01
    run.save(tmp_path / "run.npz")
    assert Descent.load(tmp_path / "run.npz").settings == run.settings
    Network([[1.0]], [1.0]).save(tmp_path / "network.npz")
    with pytest.raises(InvalidValueError, match="does not hold a descent"):
        Descent.load(tmp_path / "network.npz")
    with pytest.raises(FileNotFoundError):
        Descent.load(tmp_path / "none.npz")
    again = pickle.loads(pickle.dumps(run))
    same(again.extend(iterations=60), run.extend(iterations=60))
    assert not again.losses.flags.writeable
    assert all(status.value.endswith(".") for status in DescentStatus)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"optimizer": "Adm"}, InvalidValueError, "did you mean 'adam'"),
        ({"activation": "gelo"}, InvalidValueError, "did you mean 'gelu'"),
        ({"sampling": "epochs"}, InvalidValueError, "did you mean 'epoch'"),
        ({"init": "gausian"}, InvalidValueError, "did you mean 'gaussian'"),
        ({"dtype": "float16"}, InvalidValueError, "expected one of 'float64', 'float32'"),
        ({"dtype": 3}, InvalidTypeError, "dtype is 3"),
        ({"width": None}, InvalidTypeError, "width is missing"),
        ({"width": 0}, InvalidValueError, "width is 0"),
        ({"iterations": None}, InvalidTypeError, "iterations is missing"),
        ({"iterations": -1}, InvalidValueError, "iterations is -1"),
        ({"init": "theorem"}, InvalidTypeError, "scale is missing"),
        ({"init": Network([[1.0]], [1.0])}, InvalidValueError, "1 neurons in dimension 1; expected 5 in dimension 3"),
        ({"init": 3, "scale": 1.0}, InvalidTypeError, "init is of type int"),
        ({"leak": 1.0}, InvalidValueError, "leak is 1.0"),
        ({"leak": 0.1, "activation": "gelu"}, InvalidValueError, "0 with any but 'relu'"),
        ({"lr": 0.0}, InvalidValueError, "lr is 0.0"),
        ({"lr": np.nan}, InvalidValueError, "lr is nan"),
        ({"betas": (0.9, 1.0)}, InvalidValueError, "betas is"),
        ({"betas": 0.9}, InvalidTypeError, "betas is 0.9"),
        ({"eps": 0}, InvalidValueError, "eps is 0"),
        ({"batch": 0}, InvalidValueError, "batch is 0"),
        ({"batch": 2.5}, InvalidTypeError, "batch is 2.5"),
        ({"schedule": 0.5}, InvalidTypeError, "schedule is 0.5"),
        ({"record": 0}, InvalidValueError, "record is 0"),
        ({"record": [0, 11]}, InvalidValueError, "record holds 11"),
        ({"save_at": [0.5]}, InvalidTypeError, "save_at is"),
        ({"save_at": [-1]}, InvalidValueError, "save_at holds -1"),
        ({"stop_below": 0}, InvalidValueError, "stop_below is 0"),
        ({"time_limit": -1}, InvalidValueError, "time_limit is -1"),
        ({"batches": [[0, 50]]}, InvalidValueError, "batches holds 50"),
        ({"batches": [[0.5]]}, InvalidTypeError, "batches has dtype float64"),
        ({"batches": [0, 1]}, InvalidValueError, r"batches has shape \(2,\)"),
        ({"batches": [[0, 1]]}, InvalidValueError, "there are batches for 1"),
        ({"checkpoint": "run.npz", "rng": None}, InvalidTypeError, "a seed"),
        ({"rng": "x"}, InvalidTypeError, "rng is 'x'"),
    ],
)
def test_arguments_that_cannot_be_used(sample, change, error, words):
    with pytest.raises(error, match=words):
        extremal.train(*sample, **{"width": 5, "iterations": 10, "rng": 0, **change})


def test_numbers_that_single_precision_cannot_hold(sample):
    with pytest.raises(InvalidValueError, match="overflow in float32"):
        extremal.train(sample[0] * 1e200, sample[1], width=5, iterations=1, dtype="float32", rng=0)


def test_schedules():
    for schedule in (Constant(), StepDecay(), StepDecay(0.5, 3)):
        from extremal.training._schedules import evaluate

        values = evaluate(schedule, 0, 1000)
        assert values.tolist() == [schedule(t) for t in range(1000)]
        np.testing.assert_array_equal(evaluate(schedule, 7, 19), values[7:19])
        assert eval(repr(schedule)) == schedule
    for arguments in ((0.0, 1), (1.5, 1), (0.5, 0)):
        with pytest.raises(InvalidValueError):
            StepDecay(*arguments)
