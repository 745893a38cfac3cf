"""SGD and Adam against PyTorch, from the same start with the same batches; runs where PyTorch is installed."""

import importlib.util

import numpy as np
import pytest

import extremal
from extremal.training import Network

if importlib.util.find_spec("torch") is None:
    pytest.skip("PyTorch is not installed", allow_module_level=True)

from tests.training.make_torch_reference import CASES, LEAK, LOOKS, RATES, problem, torch_run

# float32: Adam divides by the root of gradients that may be near 0, where roundings grow. Measured: 2e-6 for SGD; for
# Adam up to 2e-4 after 1000 steps, 4e-7 after 100.
SINGLE = {"sgd": 2e-5, "adam": 2e-3}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("activation", "optimizer"), CASES)
def test_the_same_steps(activation, optimizer, dtype, seed):
    X, y, W, a, batches = problem(seed=seed, n=1000 if seed else 200)
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
    tolerance = 1e-6 if dtype == "float64" else SINGLE[optimizer]
    seen = torch_run(X, y, W, a, batches, activation, optimizer, dtype)
    assert run.iterations.tolist() == [0, *LOOKS]
    for network, loss, (inner, outer, full) in zip(run.saved, run.losses[1:], seen, strict=True):
        assert np.abs(network.W - inner).max() < tolerance * np.abs(inner).max()
        assert np.abs(network.a - outer).max() < tolerance * np.abs(outer).max()
        assert abs(loss - full) < tolerance * full
