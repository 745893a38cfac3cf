"""Speed of the certified bracket of Δ_n.

pytest tests/benchmarks/test_bench_deviation.py --benchmark-enable
"""

import numpy as np
import pytest

from extremal import deviation
from extremal.laws import Gaussian, Law, Linear, ReLU

CASES = [(3, 1_000, 0.01), (3, 10_000, 0.01), (4, 1_000, 0.01), (5, 1_000, 0.05)]


@pytest.mark.parametrize("teacher", ["linear", "neuron"])
@pytest.mark.parametrize(("d", "n", "gap"), CASES)
def test_deviation(benchmark, request, d, n, gap, teacher):
    if n * d > 3000 and not request.config.getoption("--benchmark-enable"):
        pytest.skip("large sizes need --benchmark-enable")
    first = np.eye(d)[0]
    law = Law(Gaussian(d), Linear(first) if teacher == "linear" else ReLU(first), noise=0.3)
    X, y = law.sample(n, rng=0)
    found = benchmark.pedantic(deviation, args=(X, y, law), kwargs={"gap": gap}, rounds=3, warmup_rounds=1)
    assert found.gap <= gap
