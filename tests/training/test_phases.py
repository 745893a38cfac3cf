"""The proof of Theorem 4.1 as measurements: right on a run of the theorem, telling where it does not hold."""

import numpy as np
import pytest

from extremal import find, flow
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.laws import named
from extremal.training import Network, Trajectory, initialise, two_ols
from extremal.training._clusters import clusters
from extremal.training._phases import STEPS, phases

LAW = named("assumption41", 3)
BETA = LAW.teacher.beta
SCALE = 1e-4


@pytest.fixture(scope="module")
def run():
    X, y = LAW.sample(300, rng=1)
    return flow(X, y, width=40, scale=SCALE, init="theorem", rng=2, gtol=1e-8)


@pytest.fixture(scope="module")
def found(run):
    return phases(run, LAW.teacher)


def holds(found, quantity, side=""):
    return next(m.holds for m in found.measurements if (m.quantity, m.side) == (quantity, side))


def test_every_step_holds_where_the_theorem_does(found):
    assert found.holds == dict.fromkeys(STEPS, True)
    assert found.scale == pytest.approx(SCALE, rel=1e-12)
    assert found.value("extremal vectors") == 2
    assert found.value("occupied cones at the end") == 2


def test_tau_and_what_happens_at_tau(run, found):
    X, y = run.X, run.y
    network = run.at(found.tau)
    starts = np.vstack([run.initial.W, BETA, -BETA])
    largest = max(np.linalg.norm((X @ w > 0) @ (y[:, None] * X)) / len(y) for w in starts)
    assert found.tau == pytest.approx(0.25 * np.log(1 / SCALE) / largest, rel=1e-12)
    for sign, side in ((1, "+"), (-1, "−")):
        mine = np.sign(run.initial.a) == sign
        half = sign * (X @ BETA) > 0
        D = y[half] @ X[half] / len(y)
        heights = network.W[mine] @ D / network.a[mine] / np.linalg.norm(D)
        tilt = found.value("1 − (w/a)·D/‖D‖ at τ, largest", side)
        assert tilt == pytest.approx(1 - heights.min(), rel=1e-9)
        assert 0 < found.value("1 − cos(w/a, D) at τ, largest", side) < tilt
        assert found.value("p in 1 − (w/a)·D/‖D‖ = 6 λ^p at τ", side) == pytest.approx(np.log(tilt / 6) / np.log(SCALE))
        # D changes little between cones, so the closed form at D_± is near
        assert found.value("the same with D frozen at D_±", side) == pytest.approx(tilt, rel=0.6)
        growth = np.abs(network.a[mine] / run.initial.a[mine])
        assert found.value("exponent of λ in |a(τ)/a(0)|, smallest", side) == pytest.approx(
            np.log(growth.max()) / np.log(SCALE)
        )


def test_no_activation_changes_after_alignment(run, found):
    last = found.value("last time that a neuron meets a hyperplane")
    assert found.together == last <= found.tau
    after = run.times >= last
    assert (run.crossings[after] == run.crossings[-1]).all()
    assert run.crossings[np.flatnonzero(after)[0] - 1] < run.crossings[-1]
    # to within a thousandth: a little sooner, some neuron is not in its cone yet
    expected = np.sign(run.initial.a)[:, None] * np.sign(run.X @ BETA)
    assert (np.sign(run.at(last).W @ run.X.T) == expected).all()
    assert (np.sign(run.at(last * (1 - 2e-3)).W @ run.X.T) != expected).any()
    # and at τ the cones are those of ±β*, sign by sign
    network = run.at(found.tau)
    assert (np.sign(network.W @ run.X.T) == expected).all()


def test_stopping_times(run, found):
    for beta, sums, second, third in zip(two_ols(run.X, run.y, BETA), (0, 1), found.slow, found.fast, strict=True):
        sign = (1, -1)[sums]

        def squares(time, sign=sign):
            a = run.at(time).a
            return np.sum(a[np.sign(a) == sign] ** 2)

        def distance(time, sums=sums, beta=beta):
            return np.linalg.norm(run.at(time).sums()[sums] - beta)

        size = np.linalg.norm(beta)
        assert found.tau < second < third < found.end
        assert squares(second) >= 0.1 * size > squares(second * (1 - 2e-4))
        assert distance(third) <= 0.1 * size < distance(third * (1 - 2e-4))


def test_the_local_inequality_is_that_of_the_whole_gradient(run, found):
    """Both closed forms against the network's own gradient and loss, and κ against the eigenvalues."""
    plus, minus = clusters(run.X, run.y, run.initial.a, BETA)
    time = found.fast[0] + 1.0
    network = run.at(time)
    for cluster, side in ((plus, "+"), (minus, "−")):
        together, apart = (cluster.gradient_square(network, flag) for flag in (True, False))
        assert together == pytest.approx(apart, rel=1e-8)
        assert cluster.excess(network, True) == pytest.approx(cluster.excess(network, False), rel=1e-6)
        half = cluster.rows
        least = np.linalg.eigvalsh(run.X[half].T @ run.X[half] / len(run.y))[0]
        assert found.bounds[side] == pytest.approx(2 * least * 0.9 * np.linalg.norm(cluster.beta))
        constant = found.value("least ‖∇L‖²/(L − min L) after τ_3", side)
        assert found.bounds[side] <= constant <= together / cluster.excess(network, True) * (1 + 1e-3)
        # L falls by ‖∇L‖² a unit of time, so that the fitted rate is at least the constant
        assert found.value("slowest mean rate of L − min L from τ_3", side) >= constant * (1 - 1e-3)
        assert found.value("r² of the fit of its logarithm", side) > 0.95
    total = plus.gradient_square(network, False) + minus.gradient_square(network, False)
    assert np.sqrt(total) == pytest.approx(network.stationarity(run.X, run.y), rel=1e-8)


def test_the_half_systems_would_not_match_another_half(run, monkeypatch):
    """F.3 fails if the half system is given the wrong pace: the comparison can tell."""
    from extremal.training import _phases

    real = _phases.flow

    def slower(X, y, **more):
        return real(X, y, **more | {"t_max": more["t_max"] * 0.99, "save_at": more["save_at"] * 0.99})

    monkeypatch.setattr(_phases, "flow", slower)
    wrong = phases(run, BETA, extremal=find(run.X, run.y))
    assert wrong.holds["F.3"] is False
    assert wrong.holds["F.4"] is True


def test_a_run_from_a_file_is_measured_alike(run, found, tmp_path):
    run.save(tmp_path / "run.npz")
    again = phases(Trajectory.load(tmp_path / "run.npz"), BETA)
    assert again.to_frame().equals(found.to_frame())


def test_gaussian_inputs_break_the_cones():
    """Assumption 3 does not hold: inputs close to the teacher's hyperplane, and neurons on either side of theirs."""
    law = named("gaussian", 3)
    X, y = law.sample(150, rng=0)
    run = flow(X, y, width=20, scale=1e-3, init="theorem", rng=0, max_steps=400)
    found = phases(run, law.teacher, time_limit=5)
    assert found.holds["F.1"] is True
    assert found.holds["cones"] is False
    assert found.holds["F.2"] is False
    assert np.isnan(found.together)
    assert "cones fails" in repr(found)


def test_a_large_scale_breaks_the_cones_at_tau():
    X, y = LAW.sample(300, rng=1)
    run = flow(X, y, width=20, scale=0.5, init="theorem", rng=2)
    found = phases(run, BETA)
    assert found.holds["F.1"] is True
    assert found.holds["cones"] is False


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_neurons_of_one_sign(sign):
    X, y = LAW.sample(100, rng=3)
    initial = initialise(5, 3, SCALE, "theorem", rng=4)
    run = flow(X, y, init=Network(initial.W, sign * np.abs(initial.a)), gtol=1e-7)
    found = phases(run, BETA)
    here, there = ("+", "−") if sign > 0 else ("−", "+")
    assert found.holds["F.1"] is True
    assert holds(found, "τ_3", here) is True
    assert holds(found, "τ_3", there) is None
    assert holds(found, "share in its cone at the end", there) is None
    assert found.value("occupied cones at the end") == 1
    assert holds(found, "Σ a w of the half system − of the joint one, relative to β_n", here) is True


def test_ordinary_and_strange_data_raise_nothing():
    rng = np.random.default_rng(5)
    X = rng.standard_normal((6, 2))
    one_sided = np.abs(X)
    cases = [
        (X, rng.standard_normal(6)),
        (one_sided, X[:, 0]),  # S_− is empty
        (X, np.zeros(6)),
        (X[:1], np.ones(1)),
        (np.vstack([X, X, -X]), np.ones(18)),
        (np.column_stack([np.zeros(6), X[:, 1]]), X[:, 1]),  # all inputs on the teacher's hyperplane
    ]
    for A, b in cases:
        run = flow(A, b, width=3, scale=1e-2, init="theorem", rng=0, max_steps=150)
        found = phases(run, [1.0, 0.0], time_limit=1)
        assert found.holds["F.1"] is True
        assert set(found.holds.values()) <= {True, False, None}
        assert len(found.to_frame()) == len(found.measurements)


def test_a_neuron_without_output_is_in_neither_cluster():
    X, y = LAW.sample(20, rng=0)
    plus, minus = clusters(X, y, np.array([1.0, 0.0, -2.0]), BETA)
    assert plus.neurons.tolist() == [0]
    assert minus.neurons.tolist() == [2]
    assert sorted([*plus.rows, *minus.rows]) == list(range(20))


def test_a_run_that_is_cut_short_is_not_blamed():
    X, y = LAW.sample(200, rng=1)
    run = flow(X, y, width=10, scale=SCALE, init="theorem", rng=2, t_max=0.5)
    found = phases(run, BETA)
    assert found.tau > run.times[-1]
    for step in ("F.3", "F.4", "F.5", "F.6"):
        assert found.holds[step] is None
    assert holds(found, "share in its cone at τ", "+") is None


def test_arguments(run, found):
    for bad in ({"epsilon": 0.5}, {"epsilon": 0.0}, {"epsilon_2": 0.0}, {"epsilon_3": -1.0}, {"scale": 1.0}):
        with pytest.raises(InvalidValueError, match=next(iter(bad))):
            phases(run, BETA, **bad)
    with pytest.raises(InvalidValueError, match="teacher is 0"):
        phases(run, np.zeros(3))
    with pytest.raises(InvalidTypeError, match="trajectory"):
        phases(run.network, BETA)
    with pytest.raises(InvalidTypeError, match="extremal"):
        phases(run, BETA, extremal=2)
    with pytest.raises(KeyError, match="to_frame"):
        found.value("nothing")
    with pytest.raises(KeyError, match="did you mean 'signs of a are constant'"):
        found.value("signs of a constant")
    assert list(found.to_frame()) == ["step", "quantity", "side", "value", "predicted", "holds"]
    assert repr(found).startswith("<Phases: F.1 holds, F.2 holds, cones holds")
    loose = phases(run, BETA, epsilon_2=0.3, epsilon_3=0.05, extremal=find(run.X, run.y))
    assert loose.slow[0] > found.slow[0]
    assert loose.fast[0] > found.fast[0]
