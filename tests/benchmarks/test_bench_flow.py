"""Seconds of gradient flow, n = 2 000, d = 5, λ = 1e-3.

pytest tests/benchmarks/test_bench_flow.py --benchmark-enable
"""

import numpy as np
import pytest

import extremal
from extremal.laws import Assumption41, Gaussian, Law, Linear

BETA = np.eye(5)[0]
CASES = {"assumption": (Assumption41(BETA), 1e-6), "gaussian": (Gaussian(5), 1e-3)}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [1000, 10_000])
def test_flow_to_a_stationary_point(benchmark, request, case, width):
    if not request.config.getoption("--benchmark-enable"):
        pytest.skip("a benchmark: run with --benchmark-enable")
    inputs, gtol = CASES[case]
    X, y = Law(inputs, Linear(BETA), noise=0.3).sample(2000, rng=0)
    extremal.flow(X[:50], y[:50], width=10, scale=1e-3, rng=0, max_steps=3)
    run = benchmark.pedantic(
        extremal.flow, (X, y), {"width": width, "scale": 1e-3, "init": "theorem", "gtol": gtol, "rng": 1}, rounds=3
    )
    assert run.stationary
