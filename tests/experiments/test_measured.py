"""Thresholds, ratios and slopes on tables that are made up, so that the answers are known."""

import numpy as np
import pandas as pd
import pytest

from extremal.experiments._measured import Measured, cubic, exponent

LEVEL = 0.045
SIZES = (16, 32, 64, 128, 256, 512)


def table(where, repetitions=8, seed=0, d=5):
    """Runs that interpolate below `where` and are at the noise level above, with scatter."""
    rng = np.random.default_rng(seed)
    rows = []
    for n in SIZES:
        for _ in range(repetitions):
            fits = n < where * np.exp(0.1 * rng.standard_normal())
            train = LEVEL * (1e-6 if fits else 0.9) * np.exp(0.05 * rng.standard_normal())
            test = LEVEL * (4.0 if fits else 1.02) * np.exp(0.05 * rng.standard_normal())
            rows.append({"n": n, "d": d, "train": train, "test": test, "ols_train": LEVEL, "ols_test": LEVEL})
    return pd.DataFrame(rows).assign(status="done", aligned=0.5)


def measured(rows, small=""):
    return Measured(rows, LEVEL, 0.95, 4, small)


def test_claims_say_what_the_numbers_say():
    good = measured(table(90.0))
    for claim in (good.interpolates(16), good.far(16), good.does_not_interpolate(512), good.near(512)):
        assert claim.status == "supported", claim
    # the other way round, each of them must fail
    for claim in (good.interpolates(512), good.far(512), good.does_not_interpolate(16), good.near(16)):
        assert claim.status == "contradicted", claim


def test_in_a_smaller_setting_a_claim_that_fails_is_inconclusive():
    claim = measured(table(90.0), "smaller than the paper's").near(16)
    assert claim.status == "inconclusive"
    assert claim.reason.endswith("smaller than the paper's")
    assert claim.softened


def test_few_repetitions_decide_nothing():
    rows = table(90.0, repetitions=1)
    assert measured(rows).near(512).status == "inconclusive"


def test_ratios_are_geometric_means():
    rows = table(90.0)
    mean, low, high = measured(rows).ratio("train", 512)
    logs = np.log(rows.train[rows.n == 512] / LEVEL)
    assert mean == pytest.approx(np.exp(logs.mean()))
    assert low < mean < high


def test_the_threshold_is_where_interpolation_ends():
    n, low, high = measured(table(90.0)).threshold(SIZES)
    assert low < 90 < high
    assert 64 < n < 128
    assert low > 32
    assert high < 256


def test_failed_rows_are_left_out():
    rows = table(90.0)
    rows.loc[::3, "status"] = "failed"
    rows.loc[::3, "train"] = 1e9
    assert measured(rows).does_not_interpolate(512).status == "supported"
    assert 64 < measured(rows).threshold(SIZES)[0] < 128


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_the_slope_against_d_is_found(power):
    dimensions = (3, 4, 6, 8)
    rows = pd.concat([table(30.0 * (d / 3) ** power, 12, d, d) for d in dimensions])
    slope, low, high = exponent(measured(rows), lambda where: SIZES, dimensions)
    assert low < power < high
    assert abs(slope - power) < 0.5
    assert high - low < 2.5


def test_the_shift_of_a_threshold_is_found():
    rows = pd.concat([table(40.0, 12, 1, 5), table(160.0, 12, 2, 10)])
    _, low, high = measured(rows).shift(lambda where: SIZES, {"d": 5}, {"d": 10})
    assert low < 4 < high
    assert low > 1
    same = pd.concat([table(40.0, 12, 1, 5), table(40.0, 12, 2, 10)])
    _, low, high = measured(same).shift(lambda where: SIZES, {"d": 5}, {"d": 10})
    assert low < 1 < high


def test_cubic_is_the_slope_of_the_bound():
    assert cubic((3, 6)) == pytest.approx(3 + np.log(np.log(6) / np.log(3)) / np.log(2))
    assert np.isnan(cubic((1, 2)))
