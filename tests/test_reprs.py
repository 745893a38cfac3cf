"""How results show themselves: short in the terminal, small escaped tables in notebooks, and as DataFrames."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

import extremal
from extremal.data import Dataset, three_points
from extremal.data._html import heading, pairs_table, rows_table
from extremal.experiments import reproduce
from extremal.geometry.critical._audit import EulerAudit
from extremal.geometry.critical._result import Region, Unresolved
from extremal.laws import named
from extremal.statements import extremal_counts
from extremal.training import global_minimum, phases

LAW = named("assumption41", 3)
X, Y = LAW.sample(120, rng=0)
SIGNS = "<script>&"


@pytest.fixture(scope="module")
def results():
    w0 = np.random.default_rng(0).normal(size=(50, 3))
    run = extremal.flow(X, Y, width=6, scale=1e-2, init="theorem", rng=0)
    return {
        "ExtremalVectors": extremal.find(three_points()),
        "Deviation": extremal.deviation(X, Y, LAW),
        "AssumptionReport": LAW.assumptions(),
        "Trajectory": run,
        "Descent": extremal.train(X, Y, width=4, iterations=20, scale=0.1, rng=0),
        "Phases": phases(run, LAW.teacher),
        "Alignment": extremal.early_alignment(X, Y, w0),
        "GlobalMinimum": global_minimum(X[:8], Y[:8]),
        "Verdict": extremal_counts(n=(10, 20), d=2, repetitions=2),
        "Experiment": reproduce("fig3", sizes=(8, 40), repetitions=2, width=10, iterations=50),
    }


NAMES = [
    "Deviation",
    "AssumptionReport",
    "Trajectory",
    "Descent",
    "Phases",
    "Alignment",
    "GlobalMinimum",
    "Verdict",
    "Experiment",
]


def cells(html):
    """The text of all cells; the parser refuses what is not well-formed."""
    tree = ET.fromstring(f"<div>{html.replace('<br>', '<br/>')}</div>")
    return ["".join(cell.itertext()) for cell in tree.iter() if cell.tag in ("th", "td")]


@pytest.mark.parametrize("name", NAMES)
def test_notebooks(results, name):
    html = results[name]._repr_html_()
    assert cells(html)
    assert len(html) < 6000
    # light and dark pages have their own colours
    assert not re.search(r"colou?r|background|<script|<link|<style", html)


def test_what_the_tables_say(results):
    verdict = results["Verdict"]
    words = cells(verdict._repr_html_())
    for claim in verdict.claims:
        assert claim.name in words
        assert claim.status in words
    assert "Figure 3" in results["Experiment"]._repr_html_()
    run = results["Trajectory"]
    assert f"{run.losses[0]:.4g} → {run.losses[-1]:.4g}" in cells(run._repr_html_())
    assert run.status.value in run._repr_html_()
    assert "SGD" in results["Descent"]._repr_html_()
    report = results["AssumptionReport"]
    assert [word for word in cells(report._repr_html_()) if word in ("yes", "no", "?")] == ["yes"] * 8
    assert [step for step in results["Phases"].holds if step in cells(results["Phases"]._repr_html_())] == list(
        results["Phases"].holds
    )
    low = f"{results['Deviation'].lower:.6g}"
    assert any(low in word for word in cells(results["Deviation"]._repr_html_()))


def test_the_shares_of_an_alignment(results):
    alignment = results["Alignment"]
    rows = cells(alignment._repr_html_())
    counts = np.unique(alignment.limits, return_counts=True)[1]
    assert all(str(count) in rows for count in counts)
    unknown = replace(alignment, limits=np.full(50, -1))
    assert "not known" in cells(unknown._repr_html_())
    assert "100 %" in cells(unknown._repr_html_())


def test_names_from_outside_are_escaped(results):
    verdict = replace(results["Verdict"], law=SIGNS, statement=SIGNS)
    experiment = replace(results["Experiment"], title=SIGNS, verdict=verdict)
    for html in (
        verdict._repr_html_(),
        experiment._repr_html_(),
        heading(SIGNS, SIGNS),
        pairs_table([(SIGNS, SIGNS)]),
        rows_table([SIGNS], [[SIGNS]]),
        extremal.find(Dataset(np.eye(2), [1.0, 2.0], (SIGNS, "b")))._repr_html_(),
    ):
        assert "<script>" not in html
        assert "&lt;script&gt;&amp;" in html


def test_one_line_in_the_terminal(results):
    for name in ("ExtremalVectors", "Deviation", "Trajectory", "Descent", "Phases", "Alignment", "GlobalMinimum"):
        text = repr(results[name])
        assert text.startswith("<")
        assert "\n" not in text
        assert len(text) < 150
    certificate = results["ExtremalVectors"][0].certify()
    assert repr(certificate) == "<certificate: proved; sign +1, d = 2, 0 multipliers>"
    assert repr(replace(certificate, valid=False, failures=("a", "b"))).startswith("<certificate: refuted, 2 of its")
    assert repr(EulerAudit(True, 2, 2, True)) == "<Euler audit: holds; Σ(−1)^index = 2, χ = 2>"
    assert repr(EulerAudit(True, 1, 2, False)).startswith("<Euler audit: FAILS")
    assert repr(EulerAudit(False, 1, 2, False, "why")).startswith("<Euler audit: not applicable")
    assert repr(Unresolved()) == "<unresolved: 0 regions, 0 of the sphere>"
    many = Unresolved((Region(np.eye(3), 1),), 0.25)
    assert repr(many) == "<unresolved: 1 region, 0.25 of the sphere>"


def test_columns_in_the_terminal_are_aligned(results):
    lines = repr(results["AssumptionReport"]).splitlines()[1:]
    assert len({re.search(r"(exact|measured)", line).start() for line in lines}) == 1
    lines = repr(results["Verdict"]).splitlines()[2:]
    assert len({line.index("predicted ") for line in lines}) == 1


def test_alignment_as_a_table(results):
    alignment = results["Alignment"]
    frame = alignment.to_frame()
    assert list(frame) == ["limit", "kind", "time", "crossings", "sliding", "settled", "w_x0", "w_x1", "w_x2"]
    np.testing.assert_array_equal(frame[["w_x0", "w_x1", "w_x2"]], alignment.W)
    assert list(frame["kind"]) == [alignment.vectors[i].kind for i in alignment.limits]
    unknown = replace(alignment, limits=np.where(np.arange(50) < 3, -1, alignment.limits)).to_frame()
    assert list(unknown["kind"][:3]) == ["", "", ""]
    assert (unknown["kind"][3:] != "").all()


def test_solutions_of_the_population_as_a_table():
    found = LAW.extremal()
    frame = found.to_frame()
    assert list(frame) == ["sign", "value", "norm", "residual", "nondegenerate", "D_x0", "D_x1", "D_x2"]
    assert len(frame) == len(found) == 2
    np.testing.assert_allclose(frame["norm"], np.abs(frame["value"]))
    np.testing.assert_array_equal(frame[["D_x0", "D_x1", "D_x2"]], found.vectors)


def test_items_of_the_assumption_as_a_table():
    report = LAW.assumptions()
    frame = report.to_frame()
    assert list(frame["name"]) == ["7a", "7b", "1", "2", "3", "4", "5a", "5b"]
    assert list(frame["holds"]) == [item.holds for item in report.items]
