"""Speed of early alignment, `find` included: 10 000 directions, n = 2 000, d = 5 are to take 20 s on two cores.

pytest tests/benchmarks/test_bench_alignment.py --benchmark-enable
"""

import numpy as np
import pytest

from extremal.training._alignment import AlignmentStatus, early_alignment

CASES = [(100, 500, 3), (10_000, 2_000, 5), (1_000, 20_000, 5)]


@pytest.mark.parametrize(("m", "n", "d"), CASES)
def test_early_alignment(benchmark, request, m, n, d):
    if m * n > 100_000 and not request.config.getoption("--benchmark-enable"):
        pytest.skip("large sizes need --benchmark-enable")
    rng = np.random.default_rng([m, n, d])
    X = rng.standard_normal((n, d))
    y = X[:, 0] + 0.3 * rng.standard_normal(n)
    W = rng.standard_normal((m, d))
    early_alignment(X[:50], y[:50], W[:2])  # compiled or loaded outside the timing
    run = benchmark.pedantic(early_alignment, args=(X, y, W), rounds=2)
    assert run.status is AlignmentStatus.SETTLED
