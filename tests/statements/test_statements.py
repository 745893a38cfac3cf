"""Verdicts: right statements are supported, wrong ones are not. Seeds are fixed.

The claims of a call hold together with 95 %, and the bands have slack: with another seed, a right statement would come
out as "contradicted", or a wrong one as "supported", in less than 1 of 20 calls. It may more often be "inconclusive".
What is asserted with a fixed seed is one draw from that.
"""

import numpy as np
import pandas as pd
import pytest

from extremal import statements
from tests.statements.laws import NOISE, RADEMACHER, gaussian, student


def claim(verdict, name):
    return next(item for item in verdict.claims if item.name == name)


def test_lemma_c1_holds_for_a_density():
    verdict = statements.lemma_c1(n=(4, 7, 10))
    assert verdict.status == "supported"
    assert verdict.summary["largest"].max() < 1e-13
    assert (verdict.summary["general"] == 20).all()


def test_lemma_c1_fails_for_signs():
    """Rows repeat, so that the Clarke subdifferential is larger than what its cones span."""
    verdict = statements.lemma_c1(RADEMACHER, n=(4, 8))
    assert verdict.status == "contradicted"
    assert (verdict.table["clarke"] >= verdict.table["cone"] * (1 - 1e-12)).all()
    assert verdict.summary["largest"].max() > 0.1
    assert "depend on each other" in verdict.claims[0].reason


def test_definition_2_1():
    verdict = statements.definition_2_1(n=(5, 12), d=(2, 3), repetitions=15)
    assert verdict.status == "supported", verdict
    summary = verdict.summary
    assert (summary[["certified", "complete", "same"]] == 15).all(axis=None)
    # degenerate samples, and those in a half-space, have no audit more often than others
    applicable = summary.groupby("degenerate")["applicable"].sum()
    assert 0 < applicable[True] < applicable[False] <= 60
    assert (summary["audit"] == summary["applicable"]).all()


def test_definition_2_1_notices_what_is_spoiled():
    """Patterns with one sample flipped have no certificate; with a vector left out neither list nor audit agrees."""
    verdict = statements.definition_2_1(n=12, d=(2, 3), repetitions=5, tampered=True)
    status = {item.name: item.status for item in verdict.claims}
    for name in ("certified, as drawn", "same, as drawn", "certified, degenerate", "same, degenerate", "audit"):
        assert status[name] == "contradicted", name
    assert (verdict.summary[["same", "audit"]] == 0).all(axis=None)


def test_cover_counts():
    verdict = statements.cover_counts()
    assert verdict.status == "supported"
    assert verdict.summary.query("d == 3 and n == 10")["cover"].item() == 2 * (1 + 9 + 36)
    bad = statements.cover_counts(RADEMACHER, n=(4, 8))
    assert bad.status == "contradicted"
    assert (bad.summary["most"] < bad.summary["cover"]).all()


def test_the_rate_is_one_half_and_no_quarter(tmp_path):
    arguments = {"n": (50, 200, 800), "d": (2, 3), "repetitions": 24, "store": tmp_path / "rows.sqlite"}
    verdict = statements.theorem_3_1(**arguments)
    assert verdict.status == "supported"
    assert ((verdict.fits["slope"] > -0.67) & (verdict.fits["slope"] < -0.42)).all()
    summary = verdict.summary
    assert (summary["low"] < summary["mean"]).all()
    assert (summary["mean"] < summary["high"]).all()
    # scale: d log n / n · E‖yx‖², and E‖yx‖² = d + 2 + 0.09 d
    scale = np.sqrt(summary["d"] * np.log(summary["n"]) / summary["n"] * (1.09 * summary["d"] + 2))
    np.testing.assert_allclose(summary["scale"], scale, rtol=1e-12)
    np.testing.assert_allclose(summary["ratio"], summary["mean"] / scale, rtol=1e-12)
    wrong = statements.theorem_3_1(**arguments, rate=-0.25)
    assert wrong.status == "contradicted"
    assert wrong.fits["slope"].tolist() == verdict.fits["slope"].tolist()


def test_heavy_tails_have_no_such_rate():
    """df = 2.1: E‖yx‖² is infinite, and Δ_n hardly falls."""
    verdict = statements.theorem_3_1(student(2.1), n=(50, 200, 800), repetitions=40)
    assert verdict.status == "contradicted"
    assert claim(verdict, "moments").status == "inconclusive"
    assert claim(verdict, "rate, d = 2").low > -0.42
    assert verdict.summary["scale"].tolist() == [np.inf] * 3


def test_theorem_d1():
    verdict = statements.theorem_d1(n=(50, 200, 400), d=(1, 2), repetitions=80, delta=(0.5, 0.2, 0.1))
    assert verdict.status == "supported"
    summary = verdict.summary
    assert (summary["low"] <= summary["quantile"]).all()
    assert (summary["quantile"] <= summary["high"]).all()
    row = summary.query("d == 2 and n == 200 and delta == 0.1").iloc[0]
    assert row["scale"] == pytest.approx(np.sqrt((2 * np.log(200) + np.log(10)) / 200))
    assert row["ratio"] == pytest.approx(row["quantile"] / row["scale"])


def test_corollary_d1():
    verdict = statements.corollary_d1(d=(1, 2), n=(25, 400), repetitions=150)
    assert verdict.status == "supported"
    assert verdict.summary["repetitions"].tolist() == [75, 150, 75, 150]
    assert claim(verdict, "decay").high < 1
    summary = verdict.summary
    assert ((summary["share_low"] < summary["share"]) & (summary["share"] <= summary["share_high"])).all()
    assert summary["share"].tolist() == (1 - summary["failures"] / summary["repetitions"]).tolist()


def test_corollary_d1_with_a_constant_that_is_never_exceeded_shows_no_decay():
    verdict = statements.corollary_d1(d=2, n=(25, 50), repetitions=10, constant=50.0)
    assert verdict.status == "inconclusive"
    assert "smaller constant" in claim(verdict, "decay").reason


@pytest.mark.parametrize("df", [2.1, 4.0, 7.9])
def test_corollary_d1_is_never_supported_without_a_fourth_moment(df):
    verdict = statements.corollary_d1(student(df), n=(25, 100), repetitions=40)
    assert verdict.status != "supported"
    assert claim(verdict, "moments").status == "inconclusive"
    if df <= 4:
        assert verdict.summary["share"].isna().all()


def test_proposition_3_1():
    verdict = statements.proposition_3_1(d=(2, 3), n=(50, 400, 3200), repetitions=60)
    assert verdict.status == "supported"
    assert (verdict.fits["slope"].sub(-0.5).abs() < 0.1).all()
    for _, part in verdict.summary.groupby("d"):
        assert part["mean"].is_monotonic_decreasing
    stars = verdict.thresholds.pivot(index="eps", columns="d", values="n_star")
    # a smaller ε needs a larger n
    assert (stars.diff().dropna() <= 0).all(axis=None)


def test_proposition_3_1_without_its_moment_is_not_supported():
    verdict = statements.proposition_3_1(student(2.1), n=(50, 200, 800), repetitions=40)
    assert verdict.status != "supported"
    assert verdict.thresholds["n_star"].isna().all()


def test_proposition_3_1_where_the_population_is_perhaps_not_all_known():
    """Distances to a part of the solutions that shrink support it all the same."""
    verdict = statements.proposition_3_1(teacher="relu5", d=2, n=(50, 400), repetitions=20)
    assert claim(verdict, "decay, d = 2").status == "supported"


def test_two_extremal_vectors_under_assumption_4_1():
    verdict = statements.extremal_counts(d=(2, 3), n=(10, 30, 100, 300))
    assert verdict.status == "supported"
    last = verdict.summary.query("n == 300")
    assert last[["mean", "share_two"]].to_numpy().tolist() == [[2.0, 1.0]] * 2
    assert (verdict.summary.query("n == 10")["share_high"] < 0.9).all()


@pytest.mark.parametrize(
    "arguments",
    [
        {"law": NOISE, "n": (10, 100), "repetitions": 40},
        {"law": "gaussian", "d": 3, "n": (10, 100, 1000), "repetitions": 40},
        {"law": "gaussian", "teacher": "relu5", "d": 3, "n": (10, 100, 1000), "repetitions": 40},
    ],
    ids=["noise", "gaussian", "relu5"],
)
def test_two_extremal_vectors_are_not_supported_elsewhere(arguments):
    verdict = statements.extremal_counts(**arguments)
    assert verdict.status != "supported"
    assert claim(verdict, "hypothesis").status == "inconclusive"
    if arguments["law"] is NOISE:
        assert verdict.status == "contradicted"


def test_a_verdict_shows_itself():
    verdict = statements.cover_counts(n=(3, 5), d=2, repetitions=3)
    assert verdict.status == "inconclusive"  # six samples are too few
    lines = repr(verdict).split("\n")
    assert lines[0].startswith("Cover's count: inconclusive (6 rows, ")
    assert len(lines) == 2 + len(verdict.claims)
    frame = verdict.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame["name"].tolist() == list(verdict.measured) == list(verdict.predicted)
    assert "__bool__" not in vars(type(verdict))
    assert len(verdict.table) == 6
    assert gaussian(2).d == 2
