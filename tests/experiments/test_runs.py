"""Single runs: what a row holds, and that a run that is killed goes on to the same row."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from extremal.experiments import Setup, read_numbers
from extremal.experiments._runs import BINS, _draw, flow_row, losses_row, restart_row
from extremal.sweeps import sweep
from extremal.training import initialise, ols, train

TINY = Setup((60,), 2, d=3, width=24, iterations=1500, lr=0.05, dtype="float64", fresh=500)


def point(**more):
    return TINY.points(0)[0] | more


def test_losses_are_those_of_the_definitions():
    row = losses_row(**point(), rng=np.random.default_rng(5))
    X, y, X_test, y_test, seed = _draw(point()["law"], 60, 500, np.random.default_rng(5))
    run = train(X, y, width=24, iterations=1500, lr=0.05, rng=seed)
    assert row["train"] == pytest.approx(run.network.loss(X, y), rel=1e-12)
    assert row["test"] == pytest.approx(run.network.loss(X_test, y_test), rel=1e-12)
    beta = np.linalg.lstsq(X, y)[0]
    assert row["ols_train"] == pytest.approx(np.mean((X @ beta - y) ** 2) / 2, rel=1e-10)
    assert row["ols_test"] == pytest.approx(np.mean((X_test @ beta - y_test) ** 2) / 2, rel=1e-10)
    # no linear function fits better than OLS, and it is what the network starts from
    assert row["ols_train"] <= np.mean((X[:, 0] - y) ** 2) / 2
    curve = read_numbers(row["curve"])
    assert curve[-1] == pytest.approx(row["train"], rel=1e-5)
    assert read_numbers(row["curve_at"])[[0, -1]].tolist() == [0, 1500]


def test_cosines_are_counted_neuron_by_neuron():
    row = losses_row(**point(), rng=np.random.default_rng(5))
    X, y, _, _, seed = _draw(point()["law"], 60, 500, np.random.default_rng(5))
    network = train(X, y, width=24, iterations=1500, lr=0.05, rng=seed).network
    beta = ols(X, y)
    counts, near, mass = np.zeros(BINS), 0, 0.0
    total = 0.0
    for w, a in zip(network.W, network.a, strict=True):
        cosine = w @ beta / np.linalg.norm(w) / np.linalg.norm(beta)
        counts[min(int((cosine + 1) / 2 * BINS), BINS - 1)] += 1
        near += abs(cosine) >= 0.95
        total += abs(a) * np.linalg.norm(w)
        mass += abs(a) * np.linalg.norm(w) * (abs(cosine) >= 0.95)
    np.testing.assert_array_equal(read_numbers(row["cosines"]), counts)
    assert row["aligned"] == near / 24
    assert row["mass"] == pytest.approx(mass / total)


def test_a_restart_begins_where_the_first_part_ended():
    row = restart_row(**point(factor=0.5, every=50, more=400), rng=np.random.default_rng(1))
    plain = losses_row(**point(), rng=np.random.default_rng(1))
    assert row["before"] == pytest.approx(plain["train"], rel=1e-12)
    curve = read_numbers(row["curve"])
    assert curve[0] == pytest.approx(row["before"], rel=1e-5)
    # at a rate of lr/128 nothing moves any more
    assert abs(curve[-1] / curve[-5] - 1) < 1e-3


def test_gradient_flow_is_the_limit_of_small_steps():
    shared = {name: point()[name] for name in ("law", "n", "d", "width", "teacher", "noise", "leak", "scale", "fresh")}
    exact = flow_row(**shared, t_max=20.0, rng=np.random.default_rng(3))
    X, y, *_, seed = _draw(shared["law"], 60, 500, np.random.default_rng(3))
    start = np.sqrt(1e-5 * np.sqrt(24))
    network = initialise(24, 3, start, "gaussian", seed)
    errors = []
    for lr in (0.02, 0.01):
        run = train(X, y, init=network, iterations=round(20.0 / lr), lr=lr, batch=None)
        errors.append(abs(run.network.loss(X, y) - exact["train"]))
    assert errors[1] < 0.7 * errors[0]
    assert errors[1] < 0.01 * exact["train"]


SCRIPT = """
import sys
from extremal.experiments import _runs, Setup
from extremal.sweeps import sweep
_runs.CHECKPOINT = 0.05
setup = Setup((60,), 2, d=3, width=24, iterations=int(sys.argv[2]), lr=0.05, dtype="float64", fresh=500)
folder = sys.argv[1]
grid = [point | {more} for point in setup.points(0)]
sweep(_runs.{task}, grid, store=folder + "/rows.sqlite", scratch=folder + "/unfinished")
"""


@pytest.mark.parametrize(
    ("task", "more"), [("losses_row", {}), ("restart_row", {"factor": 0.9, "every": 100_000, "more": 200_000})]
)
def test_a_killed_run_goes_on_from_its_checkpoint(tmp_path, task, more):
    """SIGKILL in the middle of a row; what is computed afterwards is the uninterrupted row."""
    iterations = 600_000
    script = SCRIPT.format(task=task, more=more)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, str(tmp_path), str(iterations)]
    process = subprocess.Popen(command, env=environment)
    begin = time.monotonic()
    while not list((tmp_path / "unfinished").glob("*")) and time.monotonic() - begin < 60:
        assert process.poll() is None, "the run was over before it was killed: it needs more iterations"
        time.sleep(0.01)
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = [path for path in (tmp_path / "unfinished").glob("*") if path.stat().st_size]
    assert left, "the run did not leave a checkpoint"
    task_ = {"losses_row": losses_row, "restart_row": restart_row}[task]
    grid = [p | more for p in replace(TINY, iterations=iterations).points(0)]
    resumed = sweep(task_, grid, store=tmp_path / "rows.sqlite", scratch=tmp_path / "unfinished")
    whole = sweep(task_, grid)
    names = [name for name in whole if name not in ("seconds", "law")]
    assert resumed[names].equals(whole[names])
    assert not list(Path(tmp_path / "unfinished").glob("*")), "the checkpoint is deleted when the row is done"
