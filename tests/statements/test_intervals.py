"""Intervals cover what they promise, and claims are decided by them."""

import numpy as np
import pytest
from scipy import stats

from extremal.statements._claims import decide
from extremal.statements._intervals import clopper_pearson, mean_interval, quantile_interval, ratio_interval
from extremal.statements._slopes import Cell, cell_of, slopes

# Each coverage is counted in TRIALS; that a 95 % interval is below LEAST has probability less than 1e-4.
TRIALS, LEAST = 1000, 0.92


def test_shares():
    found, low, high = 7, *clopper_pearson(7, 50, 0.9)
    assert stats.binom.sf(found - 1, 50, low) == pytest.approx(0.05)
    assert stats.binom.cdf(found, 50, high) == pytest.approx(0.05)
    assert clopper_pearson(0, 0, 0.9) == (0.0, 1.0)
    assert clopper_pearson(0, 20, 0.9)[0] == 0.0
    assert clopper_pearson(20, 20, 0.9)[1] == 1.0
    wide = clopper_pearson(7, 50, 0.9, possible=9)
    assert wide == (low, clopper_pearson(9, 50, 0.9)[1])


@pytest.mark.parametrize("p", [0.5, 0.8, 0.95])
def test_quantiles_cover_whatever_the_law(p):
    rng = np.random.default_rng(0)
    truth = stats.t(2).ppf(p) + 100
    draws = rng.standard_t(2, size=(TRIALS, 80)) + 100
    found = np.array([quantile_interval(x, x, p, 0.95) for x in draws])
    assert np.mean((found[:, 1] <= truth) & (truth <= found[:, 2])) > LEAST + 0.01


def test_the_ranks_of_quantiles():
    """P(x_(i) ≤ q ≤ x_(j)) = P(i ≤ B < j), B binomial; one rank closer and a tail is too heavy."""
    x = np.arange(1.0, 61.0)
    for p in (0.5, 0.8, 0.9):
        _, i, j = quantile_interval(x, x, p, 0.95)
        law = stats.binom(60, p)
        assert law.cdf(i - 1) <= 0.025 < law.cdf(i)
        assert law.sf(j - 1) <= 0.025 < law.sf(j - 2)


def test_quantiles_beyond_the_draws_are_open():
    x = np.arange(1.0, 21.0)
    assert quantile_interval(x, x, 0.95, 0.95)[2] == np.inf
    assert quantile_interval(x, x, 0.01, 0.95)[1] == 0.0


def test_ratios_cover():
    rng = np.random.default_rng(1)
    p, q = 0.15, 0.03
    pairs = np.column_stack([rng.binomial(150, p, TRIALS), rng.binomial(300, q, TRIALS)]).tolist()
    found = np.array([ratio_interval(a, a, 150, b, b, 300, 0.95) for a, b in pairs])
    assert np.mean((found[:, 1] <= q / p) & (q / p <= found[:, 2])) > LEAST
    assert np.isnan(ratio_interval(0, 0, 10, 0, 0, 10, 0.95)[0])


def test_means_include_the_brackets():
    x = np.random.default_rng(2).uniform(1, 2, size=30)
    mean, low, high = mean_interval(x, x, 0.95)
    assert low < mean < high
    assert mean_interval(x, x + 0.1, 0.95) == pytest.approx((mean + 0.05, low, high + 0.1))
    assert mean_interval(x, np.full(30, np.inf), 0.95) == pytest.approx((mean, low, np.inf))
    with_gaps = np.append(x, np.nan)
    assert mean_interval(with_gaps, with_gaps, 0.95) == (mean, low, high)


def test_slopes_cover():
    """Draws with a relative spread of 0.3, as Δ_n has, in 20 repetitions."""
    rng = np.random.default_rng(3)
    x = np.log([100, 200, 400, 800])
    design = np.column_stack([np.ones(4), x])
    shape = 1 / 0.3**2
    covered = 0
    for _ in range(TRIALS):
        draws = rng.gamma(shape, size=(4, 20)) / shape * np.exp(-0.5 * x)[:, None]
        _, low, high = slopes([cell_of(row, row) for row in draws], design, 0.95)[1]
        covered += low <= -0.5 <= high
    assert LEAST < covered / TRIALS < 0.98


def test_slopes_include_the_brackets():
    design = np.column_stack([np.ones(3), [0.0, 1.0, 2.0]])
    closed = [Cell(-v, 0.0, 0.01, 20) for v in (0.0, 1.0, 2.0)]
    open_ = [Cell(-v, 0.1, 0.01, 20) for v in (0.0, 1.0, 2.0)]
    narrow, wide = slopes(closed, design, 0.95)[1], slopes(open_, design, 0.95)[1]
    # c = (−1/2, 0, 1/2)
    assert wide[2] - narrow[2] == pytest.approx(0.1)
    assert narrow[1] - wide[1] == pytest.approx(0.1)
    infinite = [*closed[:2], Cell(-2.0, np.inf, 0.01, 20)]
    assert slopes(infinite, design, 0.95)[1][1:] == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("interval", "status"),
    [
        ((-0.5, -0.55, -0.45), "supported"),
        ((-0.5, -0.8, -0.2), "inconclusive"),  # the alternative 0 is excluded, -0.7 is not
        ((-0.5, -0.6, 0.1), "inconclusive"),
        ((-0.2, -0.3, -0.1), "contradicted"),
        ((-0.9, -1.0, -0.8), "contradicted"),
        ((np.nan, np.nan, np.nan), "inconclusive"),
        ((-0.5, -np.inf, np.inf), "inconclusive"),
    ],
)
def test_decisions(interval, status):
    assert decide("slope", interval, (-0.6, -0.4), (-0.7, 0.0), "-0.5", "0").status == status
