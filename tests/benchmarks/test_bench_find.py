"""Speed of the search on the issue's numbers: linear teacher, noise 0.3.

    pytest tests/benchmarks/test_bench_find.py --benchmark-enable

Ordinary runs, with benchmarks disabled, take the quick sizes once as plain calls.
"""

import numpy as np
import pytest

import extremal

SIZES = [(1_000, 5), (10_000, 3), (10_000, 5)]


def linear_teacher(n, d, noise=0.3):
    rng = np.random.default_rng([n, d])
    X = rng.standard_normal((n, d))
    return X, X[:, 0] + noise * rng.standard_normal(n)


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_find(benchmark, request, n, d):
    if n * d > 30_000 and not request.config.getoption("--benchmark-enable"):
        pytest.skip("large sizes need --benchmark-enable")
    X, y = linear_teacher(n, d)
    extremal.find(X[:50], y[:50], method="search")  # compiled or loaded outside the timing
    res = benchmark.pedantic(extremal.find, args=(X, y), rounds=3)
    assert res.complete
    assert res.audit.holds
