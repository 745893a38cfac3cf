"""The flow from the outside: what stops it, going on with it, and what is known in closed form."""

import os
import signal
import threading

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import extremal
from extremal import FlowStatus, Network, Trajectory
from extremal.data import as_dataset
from extremal.laws import Assumption41, Gaussian, Law, Linear
from extremal.training import _integrator, two_ols, two_ols_network
from extremal.training._integrator import FEW, Integrator
from extremal.training._rows import rows_of

BETA = [1.0, 0.0, 0.0]


@pytest.fixture(scope="module")
def sample():
    return Law(Assumption41(BETA), Linear(BETA), noise=0.3).sample(400, rng=0)


@pytest.fixture(scope="module")
def noisy():
    return Law(Gaussian(3), Linear(BETA), noise=0.3).sample(25, rng=1)


@pytest.fixture(scope="module")
def whole(noisy):
    return extremal.flow(*noisy, width=12, scale=1e-2, rng=0, gtol=1e-4)


def same(one, other):
    assert one.status is other.status
    for name in ("times", "losses", "gradients", "cones", "crossings", "sliding"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_array_equal(one.network.W, other.network.W)
    np.testing.assert_array_equal(one.network.a, other.network.a)


# --- what the paper says ---------------------------------------------------------------------------------------------


def test_theorem_4_1_to_six_digits(sample):
    run = extremal.flow(*sample, width=50, scale=1e-3, init="theorem", rng=0)
    limit = two_ols_network(*two_ols(*sample, BETA))
    x = sample[0]
    assert run.stationary
    assert run.cones[-1] == 2
    assert np.abs(run.network(x) - limit(x)).max() < 2e-6 * np.abs(limit(x)).max()


def test_lemma_f1_balancedness_is_kept(whole):
    before, after = whole.initial, whole.network
    size = after.a**2 + np.einsum("jd,jd->j", after.W, after.W)
    assert np.abs(after.balancedness - before.balancedness).max() < 1e-10 * size.max()
    # the same relative to each neuron's own constant, as far as the floats of a² and ‖w‖² hold it
    own = np.abs(before.balancedness)
    change = np.abs(after.balancedness - before.balancedness)
    assert (change <= 1e-10 * own + 4e-15 * size).all()
    assert (np.sign(after.a) == np.sign(before.a)).all()


def test_the_loss_falls(whole):
    assert (np.diff(whole.losses) <= 1e-12).all()
    assert whole.losses[-1] == pytest.approx(whole.network.loss(whole.X, whole.y), rel=1e-9)


def test_gradient_is_the_clarke_residual(whole):
    for time in whole.times[[0, 5, 10]]:
        index = np.flatnonzero(whole.times == time)[0]
        expected = whole.at(time).stationarity(whole.X, whole.y)
        assert whole.gradients[index] == pytest.approx(expected, rel=1e-5)


def test_loss_falls_by_the_square_of_the_gradient(sample):
    """dL/dt = −‖gradient‖² along the flow, kinks included."""
    times = np.linspace(0, 25, 2001)
    run = extremal.flow(*sample, width=10, scale=1e-2, init="theorem", rng=0, gtol=0, t_max=25.0, rtol=1e-9)
    nets = extremal.flow(
        *sample, init=run.initial, rtol=1e-9, gtol=0, t_max=25.0, save_at=times, observe=lambda t, net: net
    ).observations
    losses = np.array([net.loss(*sample) for net in nets])
    squares = np.array([net.stationarity(*sample) ** 2 for net in nets])
    fallen = np.concatenate([[0], np.cumsum((squares[1:] + squares[:-1]) / 2 * np.diff(times))])
    np.testing.assert_allclose(losses[0] - losses, fallen, atol=1e-5)


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_one_neuron_one_sample():
    """a = w, x = 1: (a²)' = 2a²(y − a²), a logistic equation."""
    y, a0 = 2.0, 0.1
    times = np.linspace(0, 5, 11)
    run = extremal.flow(
        [[1.0]],
        [y],
        init=Network([[a0]], [a0]),
        gtol=0,
        t_max=5.0,
        rtol=1e-10,
        save_at=times,
        observe=lambda t, net: net.a[0] ** 2,
    )
    square = y / (1 + (y / a0**2 - 1) * np.exp(-2 * y * times))
    np.testing.assert_allclose(run.observations, square, rtol=1e-8)


def test_a_neuron_slides_and_stays():
    """The second sample pushes w down onto its hyperplane, the first pushes it up from below: w₂ stays 0."""
    run = extremal.flow([[1.0, 0.5], [0.0, 1.0]], [1.0, -1.0], init=Network([[0.3, 0.05]], [0.5]), gtol=1e-9)
    assert run.status is FlowStatus.STATIONARY
    assert run.sliding[-1] == 1
    w, a = run.network.W[0], run.network.a[0]
    assert abs(w[1]) < 1e-15
    assert a * w[0] == pytest.approx(1.0, abs=1e-8)
    assert a**2 - w @ w == pytest.approx(0.25 - 0.0925, rel=1e-12)


def test_its_sibling_crosses():
    """With a weaker first sample nothing pushes up: the neuron goes through."""
    run = extremal.flow([[1.0, -0.5], [0.0, 1.0]], [1.0, -1.0], init=Network([[0.3, 0.05]], [0.5]), gtol=1e-9)
    assert run.sliding[-1] == 0
    assert run.network.W[0, 1] < -0.01
    assert run.network([[0.0, 1.0]])[0] == 0


def test_sliding_ends_where_its_weight_leaves_0_1():
    """While it slides h = a w₁ on samples 1 and 3, which push up by (0.08 − 0.2 h)/3: until h = 0.4."""
    x, y = [[1.0, 0.5], [0.0, 1.0], [1.0, -0.3]], [1.0, -1.0, 1.4]
    run = extremal.flow(x, y, init=Network([[0.3, 0.02]], [0.5]), gtol=1e-9)
    assert run.sliding.max() == 1
    assert run.sliding[-1] == 0
    events = run.events()
    assert list(events.event) == ["slides", "leaves"]
    assert (events["sample"] == 1).all()
    leaving = run.at(events.time[1])
    assert leaving.W[0, 0] * leaving.a[0] == pytest.approx(0.4, abs=1e-5)
    assert run.network.W[0, 1] < 0
    assert run.network.stationarity(x, y) < 1e-7


def test_leaky_relu_against_a_plain_integrator():
    rng = np.random.default_rng(3)
    x, leak = rng.normal(size=(12, 3)), 0.3
    y = x[:, 0] + 0.1 * rng.normal(size=12)
    start = extremal.training.initialise(5, 3, 0.5, "dominated", 0)

    def slope(t, theta):
        W, a = theta[:15].reshape(5, 3), theta[15:]
        heights = x @ W.T
        weights = np.where(heights > 0, 1.0, leak)
        r = y - (heights * weights) @ a
        D = (weights * r[:, None]).T @ x / 12
        return np.concatenate([(a[:, None] * D).ravel(), (W * D).sum(axis=1)])

    end = solve_ivp(slope, (0, 2.0), np.concatenate([start.W.ravel(), start.a]), rtol=1e-9, atol=1e-12).y[:, -1]
    run = extremal.flow(x, y, init=start, leak=leak, gtol=0, t_max=2.0, rtol=1e-9)
    np.testing.assert_allclose(run.network.W, end[:15].reshape(5, 3), atol=1e-6)
    heights = x @ run.network.W.T
    h = np.where(heights > 0, heights, leak * heights) @ run.network.a
    assert run.losses[-1] == pytest.approx(((h - y) ** 2).sum() / 24, rel=1e-9)


def test_copies_of_samples_are_weights(noisy):
    """Every sample twice is the same flow; sample and its half multiple too, with the right weights."""
    x, y = noisy
    once = extremal.flow(x, y, width=8, scale=0.1, rng=0, gtol=0, t_max=5.0)
    twice = extremal.flow(np.vstack([x, x]), np.append(y, y), width=8, scale=0.1, rng=0, gtol=0, t_max=5.0)
    np.testing.assert_allclose(once.network.W, twice.network.W, rtol=1e-10, atol=1e-13)
    assert once.losses[-1] == pytest.approx(twice.losses[-1])


# --- error control ---------------------------------------------------------------------------------------------------


def test_the_order_of_convergence_is_six(sample, monkeypatch):
    """Steps of fixed lengths on a stretch without crossings, against a step of 1/24."""
    monkeypatch.setattr(_integrator, "ITERATIONS", 60)
    start = extremal.flow(*sample, width=6, scale=0.1, init="theorem", rng=1, t_max=6.0).network
    integrator = Integrator(rows_of(as_dataset(*sample), 0.0), 1.0)
    integrator.agreement = 1e-13

    def march(steps):
        state = integrator.begin(start.W, start.a)
        for _ in range(steps):
            found = integrator._collocate(state, *integrator._parts(state), 4.0 / steps, 1.0)
            assert found.agreed
            state = integrator._finish(state, found.moves, found.values, 4.0 / steps)
        assert state.crossings == 0
        return state.h

    exact = march(96)
    errors = [np.abs(march(steps) - exact).max() for steps in (4, 8, 16)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert (np.abs(orders - 6) < 0.2).all(), orders


@pytest.mark.parametrize("scale", [1e-2, 0.5])
def test_the_error_follows_rtol(noisy, scale):
    x, y = noisy
    end, start = 8.0, extremal.training.initialise(20, 3, scale, "dominated", 0)
    exact = extremal.flow(x, y, init=start, gtol=0, t_max=end, rtol=1e-11).network(x)
    errors = []
    for rtol in (1e-3, 1e-5, 1e-7):
        h = extremal.flow(x, y, init=start, gtol=0, t_max=end, rtol=rtol).network(x)
        errors.append(np.abs(h - exact).max())
        assert errors[-1] < 30 * rtol
    assert errors[2] < errors[0] / 20


def test_many_hyperplanes_at_once():
    """At a loose tolerance neurons pass many hyperplanes at once; h is right to it, and a² − ‖w‖² to rounding."""
    x, y = Law(Gaussian(4), Linear([1.0, 0.0, 0.0, 0.0]), noise=0.3).sample(1500, rng=2)
    start = extremal.training.initialise(40, 4, 1e-2, "dominated", 1)
    exact = extremal.flow(x, y, init=start, gtol=0, t_max=12.0, rtol=1e-8)
    loose = extremal.flow(x, y, init=start, gtol=0, t_max=12.0, rtol=1e-2)
    assert len(loose.events()) < 0.5 * len(exact.events())
    assert loose.crossings[-1] == pytest.approx(exact.crossings[-1], rel=0.05)
    error = np.sqrt(np.mean((loose.network(x) - exact.network(x)) ** 2) / np.mean(y**2))
    assert 1e-9 < error < 1e-2
    size = loose.network.a**2 + np.einsum("jc,jc->j", loose.network.W, loose.network.W)
    assert np.abs(loose.network.balancedness - start.balancedness).max() < 1e-10 * size.max()


# --- going on, and what is kept ---------------------------------------------------------------------------------------


def test_extended_is_uninterrupted(whole, noisy, tmp_path):
    options = {"width": 12, "scale": 1e-2, "rng": 0, "gtol": 1e-4}
    same(extremal.flow(*noisy, **options, max_steps=17).extend(), whole)
    cut = extremal.flow(*noisy, **options, t_max=float(whole.times[20] * 1.001))
    assert cut.status is FlowStatus.T_MAX
    assert cut.times[-1] == whole.times[20] * 1.001
    same(cut.extend(), whole)
    cut.save(tmp_path / "run.npz")
    same(Trajectory.load(tmp_path / "run.npz").extend(), whole)
    same(extremal.flow(*noisy, **options, time_limit=0.0).extend(), whole)


def test_files(whole, noisy, tmp_path):
    path = tmp_path / "run"
    times = whole.times[[0, 3, 7]]
    run = extremal.flow(*noisy, init=whole.initial, gtol=1e-4, save_at=times, max_steps=9)
    run.save(path)
    back = Trajectory.load(path)
    same(back, run)
    np.testing.assert_array_equal(back.observed, times)
    np.testing.assert_array_equal(back.observations[1].W, run.observations[1].W)
    numbers = extremal.flow(*noisy, init=whole.initial, observe=lambda t, net: t, max_steps=3)
    numbers.save(path)
    assert Trajectory.load(path).observations == numbers.observations
    with pytest.raises(extremal.InvalidTypeError, match="without pickle"):
        extremal.flow(*noisy, init=whole.initial, observe=lambda t, net: {}, max_steps=2).save(path)
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(extremal.InvalidValueError, match="does not hold a trajectory"):
        Trajectory.load(path)
    with pytest.raises(FileNotFoundError):
        Trajectory.load(tmp_path / "none")


def test_at_any_time(whole, noisy):
    times = np.array([0.0, 0.5 * whole.times[4] + 0.5 * whole.times[5], float(whole.times[9]), float(whole.times[-1])])
    saved = extremal.flow(*noisy, init=whole.initial, gtol=1e-4, save_at=times)
    np.testing.assert_array_equal(saved.observed, times)
    for time, network in zip(saved.observed, saved.observations, strict=True):
        np.testing.assert_array_equal(whole.at(time).W, network.W)
    with pytest.raises(extremal.InvalidValueError, match="end of the run"):
        whole.at(whole.times[-1] + 1)


def test_events_are_on_the_hyperplanes(whole):
    events = whole.events()
    assert (np.diff(events.time) >= 0).all()
    assert set(events.event) >= {"crosses", "slides"}
    # an event lets a neuron go and takes it up again at most
    assert whole.crossings[-1] <= len(events) <= 2 * whole.crossings[-1]
    for time, neuron, sample, _ in events.iloc[::17].itertuples(index=False):
        w = whole.at(time).W[neuron]
        assert abs(w @ whole.X[sample]) < 1e-12 * np.linalg.norm(w)
    middle = float(whole.times[9])
    late = whole.events(begin=middle)
    assert late.equals(events[events.time >= middle].reset_index(drop=True))
    assert len(whole.events(end=middle)) + len(late) == len(events)


def test_a_neuron_that_reaches_0():
    """On a ray, with a larger |a|: w shrinks to 0 in finite time, and stays there."""
    x, y = [[1.0, 0.2], [0.0, 1.0], [0.0, -1.0]], [-2.0, -1.0, -1.0]
    run = extremal.flow(x, y, init=Network([[0.3, 0.05]], [0.5]), gtol=1e-9)
    assert run.stationary
    assert not run.network.W.any()
    assert run.network.a[0] == pytest.approx(np.sqrt(0.25 - 0.0925), rel=1e-9)
    assert run.events().event.iloc[-1] == "zero"


def test_observations_of_every_step(whole, noisy):
    run = extremal.flow(*noisy, init=whole.initial, gtol=1e-4, observe=lambda t, net: net.loss(*noisy))
    np.testing.assert_array_equal(run.observed, whole.times)
    np.testing.assert_allclose(run.observations, whole.losses, rtol=1e-9)
    halves = extremal.flow(*noisy, init=whole.initial, gtol=1e-4, observe=lambda t, net: t, max_steps=7)
    both = halves.extend(observe=lambda t, net: t)
    np.testing.assert_array_equal(both.observed, whole.times)


def test_threads_change_nothing(whole, noisy, monkeypatch):
    given = {"width": FEW + 8, "scale": 1e-2, "rng": 0, "gtol": 1e-3}
    runs = []
    for cores in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        runs.append(extremal.flow(*noisy, **given))
        # few units are moved by one thread
        same(extremal.flow(*noisy, width=12, scale=1e-2, rng=0, gtol=1e-4), whole)
    same(*runs)
    # and by the others if there are more
    monkeypatch.setattr("extremal.training._integrator.FEW", 2)
    same(extremal.flow(*noisy, width=12, scale=1e-2, rng=0, gtol=1e-4), whole)


def test_interrupted(noisy):
    def press(t, net):
        if t > 1.0 and not pressed.is_set():
            pressed.set()
            signal.raise_signal(signal.SIGINT)

    pressed = threading.Event()
    run = extremal.flow(*noisy, width=12, scale=1e-2, rng=0, gtol=1e-4, observe=press)
    assert run.status is FlowStatus.INTERRUPTED
    assert run.times[-1] > 1.0
    assert np.isfinite(run.network.W).all()


def test_states_are_thinned(whole, noisy, monkeypatch):
    from extremal.training import _records

    monkeypatch.setattr(_records, "MOST_STATES", 4)
    run = extremal.flow(*noisy, width=12, scale=1e-2, rng=0, gtol=1e-4)
    assert len(run._records.states) <= 4
    same(run, whole)
    np.testing.assert_array_equal(run.at(float(whole.times[13])).W, whole.at(float(whole.times[13])).W)


# --- limits and degenerate data --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([[0.0, 0.0]], [1.0]),
        ([[1.0, 2.0], [3.0, -1.0]], [0.0, 0.0]),
        ([[1.0, 2.0]], [3.0]),
        ([[1.0, 1.0], [1.0, 1.0], [-1.0, -1.0]], [1.0, 2.0, 3.0]),
        ([[1.0, 0.0], [0.0, 1.0]], [1.0, -1.0]),
    ],
    ids=["origin", "zero labels", "one sample", "parallel", "orthogonal"],
)
@pytest.mark.parametrize("init", ["dominated", "balanced", "gaussian"])
def test_small_and_degenerate_data(x, y, init):
    run = extremal.flow(x, y, width=4, scale=0.5, init=init, rng=0, gtol=1e-8)
    assert run.status is FlowStatus.STATIONARY
    assert run.network.stationarity(x, y) <= 1e-6 * max(run.peak, 1e-300) + 1e-12


def test_neurons_at_zero_stay():
    start = Network([[0.0, 0.0], [0.1, 0.1]], [1.0, 0.2])
    run = extremal.flow([[1.0, 0.3], [0.2, 1.0]], [1.0, 1.0], init=start, gtol=1e-8)
    assert not run.network.W[0].any()
    assert run.network.a[0] == 1.0
    assert run.stationary
    assert run.losses[-1] < 1e-12


def test_a_dead_network_is_stationary_at_once():
    run = extremal.flow([[1.0, 0.0], [0.5, 0.1]], [1.0, 1.0], init=Network([[-1.0, 0.0]], [1.0]))
    assert run.status is FlowStatus.STATIONARY
    assert len(run.times) == 1


def test_limits_are_statuses(noisy):
    options = {"width": 5, "scale": 0.1, "rng": 0}
    assert extremal.flow(*noisy, **options, max_steps=3).status is FlowStatus.STEP_LIMIT
    assert extremal.flow(*noisy, **options, time_limit=0.0).status is FlowStatus.TIME_LIMIT
    run = extremal.flow(*noisy, **options, t_max=0.25)
    assert run.status is FlowStatus.T_MAX
    assert run.times[-1] == 0.25
    assert extremal.flow(*noisy, **options, t_max=0.0).times.tolist() == [0.0]


def test_huge_numbers_end_with_a_status():
    x = np.random.default_rng(0).normal(size=(20, 2)) * 1e150
    run = extremal.flow(x, 1e150 * x[:, 0] / np.abs(x).max(), width=4, scale=1.0, rng=0, max_steps=50)
    assert run.status in (FlowStatus.NOT_FINITE, FlowStatus.STATIONARY, FlowStatus.STEP_LIMIT)
    assert np.isfinite(run.network.W).all()


@pytest.mark.parametrize("exponent", [-200, -17, 17, 200])
def test_units_do_not_matter(noisy, exponent):
    """h(cx) = c h(x): with x and y times c the flow is the same, c² times as fast; to the last bit for c = 2^k."""
    (x, y), factor = noisy, 2.0**exponent
    start = Network([[0.1, 0.2, 0.0], [0.0, -0.1, 0.1]], [0.3, -0.3])
    one = extremal.flow(x, y, init=start, t_max=3.0, gtol=0)
    scaled = extremal.flow(x * factor, y * factor, init=start, t_max=3.0 / factor**2, gtol=0)
    np.testing.assert_array_equal(scaled.network.W, one.network.W)
    np.testing.assert_array_equal(scaled.times * factor**2, one.times)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"width": 5, "scale": 0.0}, "scale is 0.0; expected a number λ > 0"),
        ({"width": 5, "scale": -1.0}, "λ > 0"),
        ({"width": 0, "scale": 1.0}, "1 or more"),
        ({"width": 5}, "scale is missing"),
        ({"scale": 1.0}, "width is missing"),
        ({"width": 5, "scale": 1.0, "init": "normal"}, "init is 'normal'"),
        ({"init": Network([[1.0]], [1.0])}, "dimension"),
        ({"init": Network([[1.0, 0.0, 0.0]], [1.0]), "width": 2}, "expected 2 in dimension 3"),
        ({"width": 5, "scale": 1.0, "rtol": 0.5}, "rtol is 0.5"),
        ({"width": 5, "scale": 1.0, "rtol": 1e-15}, "rtol"),
        ({"width": 5, "scale": 1.0, "gtol": 0}, "gtol is 0 and there is no t_max"),
        ({"width": 5, "scale": 1.0, "gtol": -1}, "gtol"),
        ({"width": 5, "scale": 1.0, "t_max": -1}, "t_max"),
        ({"width": 5, "scale": 1.0, "max_steps": 1.5}, "max_steps"),
        ({"width": 5, "scale": 1.0, "leak": 1.0}, "leak"),
        ({"width": 5, "scale": 1.0, "save_at": [-1.0]}, "save_at"),
        ({"width": 5, "scale": 1.0, "observe": 3}, "observe is 3"),
        ({"init": Network([[0.0, 0.0, 0.0]], [1.0]), "leak": 0.5}, "w = 0"),
    ],
)
def test_bad_arguments(noisy, options, words):
    with pytest.raises(extremal.ExtremalError, match=words.replace("(", r"\(")):
        extremal.flow(*noisy, **options)


def test_looks(whole):
    assert repr(whole).startswith("<Trajectory: t = ")
    frame = whole.to_frame()
    assert list(frame) == ["time", "loss", "gradient", "cones", "crossings", "sliding"]
    assert len(frame) == len(whole.times)


@pytest.mark.parametrize("seed", range(6))
def test_the_three_points_of_the_companion_paper(seed):
    """The flow ends at least squares, which a ReLU network can beat; neurons that die on the way stay dead."""
    data = extremal.data.three_points()
    run = extremal.flow(data, width=50, scale=1e-3, rng=seed)
    assert run.stationary
    residuals = data.y - data.X @ np.linalg.lstsq(data.X, data.y)[0]
    assert run.losses[-1] == pytest.approx(residuals @ residuals / 6, rel=1e-6)
    certificate = extremal.training.certify_spurious(run.network, data)
    assert certificate.verdict is extremal.training.SpuriousVerdict.SPURIOUS
