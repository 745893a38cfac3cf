"""Speed of the enumeration: general position beside the numpy yardstick, and degenerate families.

    pytest tests/benchmarks/test_bench_cones.py --benchmark-enable

The yardstick is what one would write in numpy: no certificates, general position only, everything in memory.
"""

import time

import numpy as np
import pytest

from extremal.geometry.hyperplanes._covectors import face_signs
from extremal.geometry.hyperplanes._faces import cone_arrays, cones
from tests.oracles import arrangements

SIZES = [(20, 5), (40, 5), (50, 5), (60, 5)]


def gaussian(n, d):
    return np.random.default_rng([n, d]).standard_normal((n, d))


def once(benchmark, function, *args):
    return benchmark.pedantic(function, args=args, rounds=3, warmup_rounds=1)


@pytest.fixture
def quick(request):
    """Ordinary runs, with benchmarks disabled, take the small sizes only."""
    return not request.config.getoption("--benchmark-enable")


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_cells_as_arrays(benchmark, quick, n, d):
    if quick and n > 20:
        pytest.skip("large sizes need --benchmark-enable")
    assert once(benchmark, cone_arrays, gaussian(n, d)).signs.all()


@pytest.mark.parametrize(("n", "d"), SIZES[:-1])
def test_cells_one_by_one(benchmark, quick, n, d):
    if quick and n > 20:
        pytest.skip("large sizes need --benchmark-enable")

    def walk(X):
        return sum(1 for _ in cones(X))

    assert once(benchmark, walk, gaussian(n, d))


@pytest.mark.parametrize(("n", "d"), SIZES[:2])
def test_ratio_to_the_numpy_yardstick(benchmark, quick, n, d):
    """Both in one run; the ratio is kept with the timings."""
    if quick and n > 20:
        pytest.skip("large sizes need --benchmark-enable")
    X = gaussian(n, d)
    start = time.perf_counter()
    expected = arrangements.yardstick(X)
    yardstick = time.perf_counter() - start
    found = once(benchmark, cone_arrays, X)
    assert len(found) == len(expected)
    if not quick:
        benchmark.extra_info["yardstick seconds"] = yardstick
        benchmark.extra_info["times faster"] = yardstick / benchmark.stats.stats.min


@pytest.mark.parametrize(("n", "d"), [(20, 5), (200, 3)])
def test_all_faces(benchmark, quick, n, d):
    if quick and n > 20:
        pytest.skip("large sizes need --benchmark-enable")
    assert len(once(benchmark, face_signs, gaussian(n, d)))


@pytest.mark.parametrize(
    ("family", "n", "count"),
    [
        (arrangements.resonance, 5, 11_292),
        (arrangements.permutohedron, 7, 40_320),
        (arrangements.threshold, 6, 94_572),
    ],
    ids=["resonance-5", "permutohedron-7", "threshold-6"],
)
def test_degenerate_families(benchmark, family, n, count):
    assert len(once(benchmark, cone_arrays, family(n))) == count
