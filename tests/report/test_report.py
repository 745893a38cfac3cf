"""The report as a document: what it says, how it is built, and that it stands alone."""

import os
import re
from dataclasses import replace
from html.parser import HTMLParser

import matplotlib
import pytest
from matplotlib.figure import Figure

from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.plot._inline import draw_inline
from extremal.report import render, write_report
from extremal.report._figures import FIGURES, draw
from extremal.report._render import _formula
from extremal.report._sections import sections
from extremal.report._words import duration, interval, number
from extremal.verification import STATEMENTS, Verification
from tests.report.conftest import EVIL, GOOD, check, verdict

VOID = {"meta", "link", "br", "img", "hr", "input"}
# Words of these are apart from those that follow.
BLOCKS = {"dt", "dd", "th", "td", "p", "span", "h2", "figcaption", "caption"}


class Page(HTMLParser):
    """Elements with their attributes, text and ancestors; every tag has to be closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements = [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", "within": [e["tag"] for e in self.open], **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.elements.append({"tag": tag, "text": "", "within": [e["tag"] for e in self.open], **dict(attrs)})

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag
        if tag in BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag):
        return [element for element in self.elements if element["tag"] == tag]

    def section(self, identifier):
        """The elements from a section's start to the next one's."""
        start = next(i for i, e in enumerate(self.elements) if e.get("id") == identifier)
        ends = [i for i, e in enumerate(self.elements) if i > start and e["tag"] in ("section", "footer")]
        return self.elements[start : ends[0]]


@pytest.fixture(scope="module")
def text(verification):
    return render(verification)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def words(element):
    return " ".join(element["text"].split())


def test_the_document(page, text):
    assert text.startswith('<!doctype html>\n<html lang="en">')
    for tag in ("header", "nav", "main", "footer", "h1", "title"):
        assert len(page.all(tag)) == 1
    names = {e.get("name") for e in page.all("meta")}
    assert {"viewport", "color-scheme"} <= names
    skip = next(e for e in page.all("a"))
    assert skip["href"] == "#main"
    assert page.all("main")[0]["id"] == "main"
    tables = page.all("table")
    assert tables
    assert len(page.all("caption")) == len(tables)
    assert all("scope" in e for e in page.all("th"))


def test_it_stands_alone(page, text):
    assert not page.all("script")
    assert not page.all("img")
    assert "@import" not in text
    # the icon is empty, so that a browser asks for none
    assert [e["href"] for e in page.all("link")] == ["data:,"]
    outside = [e["href"] for e in page.all("a") if not e["href"].startswith("#")]
    assert outside == ["https://arxiv.org/abs/2410.02348", "https://arxiv.org/abs/2401.10791"]
    assert all(reference.startswith("#") for reference in re.findall(r"url\(([^)]*)\)", text))
    assert all(e["href"].startswith("#") for e in page.all("use"))
    assert not [name for e in page.elements for name in e if name.startswith("on")]


def test_ids_are_unique_and_links_lead_somewhere(page, text):
    ids = [e["id"] for e in page.elements if "id" in e]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z][\w.-]*", name) for name in ids)
    used = [e["href"][1:] for e in page.all("a") + page.all("use") if e["href"].startswith("#")]
    used += re.findall(r"url\(#([^)]*)\)", text)
    used += [e["aria-labelledby"] for e in page.elements if "aria-labelledby" in e]
    assert set(used) <= set(ids)


def test_the_contents_lead_to_every_statement(page, verification):
    links = [e for e in page.all("a") if "nav" in e["within"]]
    order = {group: i for i, group in enumerate(("Extremal vectors", "Concentration", "Training", "Experiments"))}
    expected = sorted(verification, key=lambda check: order.get(check.source.group, 9))
    assert [words(link) for link in links] == [words({"text": check.statement}) for check in expected]
    assert sorted(link["href"][1:] for link in links) == sorted(e["id"] for e in page.all("section"))
    groups = [words(e) for e in page.all("th") if e["scope"] == "rowgroup"]
    assert groups == ["Extremal vectors", "Concentration", "Experiments", "A group of its own"]
    rows = [words(e) for e in page.all("tr") if "nav" in e["within"]]
    (row,) = [row for row in rows if row.startswith("Lemma X")]
    assert "✗ contradicted" in row
    assert "contradicted fails share" in row
    # the claim that decides
    assert "share, d = 2: 0.05 [0, 0.1] predicted: share above 0.8" in row.replace("\N{NO-BREAK SPACE}", " ")
    (row,) = [row for row in rows if row.startswith("Lemma Y")]
    assert "? inconclusive passes share" in row
    (row,) = [row for row in rows if row.startswith("Cover's count")]
    assert "left out" in row


def test_facts(page, verification):
    facts = words(page.all("header")[0])
    for fact in ("Preset quick", "Seed 7", "Confidence 0.95", "Version extremal 1.2.3", "Time 1 min 15 s"):
        assert fact in facts
    for sign, (status, count) in zip("✓✗?", verification.counts.items(), strict=True):
        assert f"{count} {sign} {status}" in facts
    assert "no proof" in facts


def test_a_section(page):
    elements = page.section("contradicted")
    everything = words(elements[0]).replace("\N{NO-BREAK SPACE}", " ")
    assert everything.startswith("Lemma X ✗ contradicted Dn(w) = 0. ")
    for setting in ("Law a law", "Samples n 10, 100", "Dimension d 2, 3", "Runs 2 rows", "Seed 7", "Time 3.0 s"):
        assert setting in everything
    assert "share, d = 2 ✗ contradicted 0.05 [0, 0.1] share above 0.8 [0, 0.1] is all below 0.8" in everything
    assert "extremal verify contradicted --preset quick --seed 7" in everything
    assert 'extremal.verify("contradicted", preset="quick", seed=7)' in everything
    assert "The same check, but: n = 1. It fails, as it must" in everything
    assert "mean value" in everything
    (figure,) = [e for e in elements if e["tag"] == "svg"]
    assert figure["role"] == "img"
    assert figure["aria-label"].startswith("Lemma X. ")
    assert "0 0 " in figure["viewbox"]
    assert not {"width", "height"} & set(figure)


def test_the_call_can_be_repeated(page):
    (call,) = [e["text"] for e in page.section("cover") if e["tag"] == "code" and "cover_counts" in e["text"]]
    assert call == "extremal.statements.cover_counts(n=(3, 6), d=(1, 2), repetitions=2, seed=7)"


def test_the_call_is_that_of_the_preset():
    one = check("a", "A", verdict(GOOD), k=1)
    measurement = replace(one.source.measurement, full={"k": 2})
    one = replace(one, source=replace(one.source, measurement=measurement))
    for preset, k in (("quick", 1), ("full", 2)):
        (section,) = sections(Verification((one,), preset, 7, "1", 0.0))
        assert f"measure(k={k}, seed=7)" in dict(section.setting)["Measured by"]


def test_rows_of_another_version_are_told():
    old = verdict(GOOD)
    old = replace(old, table=old.table.assign(version=["1.2.3", "0.0.1"]))
    new = replace(old, table=old.table.assign(version="1.2.3"))
    checks = (check("a", "A", old), check("b", "B", new), check("c", "C", new, old))
    a, b, c = (dict(section.setting) for section in sections(Verification(checks, "quick", 7, "1.2.3", 0.0)))
    assert a["Rows of version"] == c["Rows of version"] == "0.0.1, 1.2.3; the verdict is of 1.2.3"
    assert "Rows of version" not in b


def test_a_control_that_shows_nothing():
    unclear = verdict(replace(GOOD, status="inconclusive"))
    found = Verification((check("a", "A", verdict(GOOD), unclear),), "quick", 7, "1.2.3", 0.0)
    assert sections(found)[0].control == "inconclusive"
    shown = words(Page(render(found)).section("a")[0])
    assert "It is inconclusive, so that the check shows nothing" in shown
    assert "as it must" not in shown


def test_a_control_that_passes_is_a_warning(page):
    warned = [e["id"] for e in page.all("section") if "The control passes" in e["text"]]
    assert warned == ["passes"]
    assert "passes, and must not" in words(page.section("passes")[0])


def test_a_control_that_was_left_out(page):
    assert "The control was not measured. It would be: n = 1." in words(page.section("cover")[0])


def test_what_is_not_finite_is_a_dash(page, text):
    rows = [words(e) for e in page.section("no-numbers") if e["tag"] == "tr"]
    assert rows[1].startswith("slope ? inconclusive – – slope at most")
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert not re.search(r"\b(nan|inf|None|NaN)\b", body)


def test_every_value_is_escaped(page, text):
    assert "<script" not in text
    assert "alert" in text
    identifier = "script-alert-1-script-b"
    shown = page.section(identifier)
    assert sum(EVIL in e["text"] for e in shown if e["tag"] in ("h2", "p", "td", "th", "code")) >= 8
    # in the label of the figure, which is put in as it is
    (figure,) = [e for e in shown if e["tag"] == "svg"]
    assert figure["aria-label"].startswith(EVIL)


def test_a_figure_that_cannot_be_drawn_is_not_the_end(page):
    for name, reason in (("no-numbers", "has no claim that is a share"), ("references-2", "There is no figure")):
        elements = page.section(name)
        assert not [e for e in elements if e["tag"] == "svg"]
        assert reason in words(elements[0])


@pytest.mark.parametrize("kind", ["theorem-3.1", "figure-2", "cover", "lemma-c.1"])
def test_real_results_have_figures(page, kind):
    assert [e["tag"] for e in page.section(kind)].count("svg") == 1


def test_which_figure(verification):
    """By what is on it: each statement has the plot that belongs to it."""
    shown = {check.name: draw(check, "x-").svg for check in verification}
    assert "activation cones" in shown["cover"]
    assert "predicted: slope −½" in shown["theorem-3.1"]
    assert "loss over the noise level" in shown["figure-2"]
    assert "control, which must fail" in shown["contradicted"]
    assert "control" not in draw(replace(verification["lemma-c.1"], counter=None), "x-").svg.replace("the control", "")
    known = {statement.measurement.function for statement in STATEMENTS}
    assert set(FIGURES) <= known


def test_no_statements():
    page = Page(render(Verification((), "full", 0, "1.2.3", 0.0)))
    assert "No statement was checked." in words(page.all("nav")[0])
    assert not page.all("section")


def test_the_same_verification_gives_the_same_report(verification, text):
    assert render(verification) == text


def test_what_is_no_verification(tmp_path):
    with pytest.raises(InvalidTypeError, match=r"verification is of type dict; expected what extremal\.verify returns"):
        render({})
    with pytest.raises(InvalidTypeError, match="verification is of type NoneType"):
        write_report(None, tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


def test_two_statements_of_one_name():
    twice = (check("a b", "A", verdict(GOOD)), check("a-b", "B", verdict(GOOD)), check("1", "C", verdict(GOOD)))
    assert [s.id for s in sections(Verification(twice, "quick", 0, "1", 0.0))] == ["a-b", "a-b-2", "statement-1"]


@pytest.mark.parametrize("names", [("contents", "main"), ("a", "a-title"), ("a-title", "a"), ("a", "a", "a-2-title")])
def test_no_statement_takes_an_id_of_the_page(names):
    checks = tuple(check(name, name, verdict(GOOD)) for name in names)
    ids = [e["id"] for e in Page(render(Verification(checks, "quick", 0, "1", 0.0))).elements if "id" in e]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.123456, "0.123"),
        (-0.5, "−0.5"),
        (3200, "3200"),
        (3200.0, "3200"),
        (12345.6, "12300"),
        (-12345.6, "−12300"),
        (999999.5, "1·10⁶"),
        (2.0e-11, "2·10⁻¹¹"),
        (-3.456e12, "−3.46·10¹²"),
        (1e300, "1·10³⁰⁰"),
        (0.0, "0"),
        (float("nan"), "–"),
        (float("-inf"), "–"),
        (None, "–"),
        (True, "yes"),
        ("a word", "a word"),
    ],
)
def test_numbers(value, written):
    assert number(value) == written


def test_intervals_and_times():
    assert interval(0.25, float("inf")) == "[0.25, –]"
    assert interval(float("nan"), float("nan")) == "–"
    assert [duration(s) for s in (0.0, 0.04, 59.94, 59.96, 60, 3599.9, 7322)] == [
        *("0 s", "0.04 s", "59.9 s", "1 min 0 s", "1 min 0 s", "1 h 0 min", "2 h 2 min")
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Δ_n ≥ C", "Δ<sub>n</sub> ≥ C"),
        ("‖y_k x_k‖²", "‖y<sub>k</sub> x<sub>k</sub>‖²"),
        ("β_{n,+}·x", "β<sub>n,+</sub>·x"),
        ("cos(w, β_OLS)", "cos(w, β<sub>OLS</sub>)"),
        ("Σ_{i<d} 1", "Σ<sub>i&lt;d</sub> 1"),
        ("n^(1/6) & R^d", "n<sup>1/6</sup> &amp; R<sup>d</sup>"),
        ("(−1)^(d−1)", "(−1)<sup>d−1</sup>"),
        ("x_k^2", "x<sub>k</sub><sup>2</sup>"),
        ("theorem_d1(n_star=3, a_b_c)", "theorem_d1(n_star=3, a_b_c)"),
        ("<b>_n", "&lt;b&gt;_n"),
        ("at most -0.5 [-1.06, 4.07]", "at most −0.5 [−1.06, 4.07]"),
        ("3-2, x-4, one-sided", "3-2, x-4, one-sided"),
    ],
)
def test_formulas(text, written):
    assert str(_formula(text)) == written


def test_figures_share_no_id_and_take_the_colours_of_the_page():
    def plot(ax):
        ax.plot([1, 2, 3], [1, 2, 1], "o-", color="#0072B2", label="data")
        ax.fill_between([1, 2], [0, 1], hatch="//", facecolor="#D55E00")
        ax.set_xlabel(r"$\sqrt{n}$")
        ax.legend()

    one, other = (draw_inline(plot, prefix, "words & more") for prefix in ("a-", "b-"))
    ids = [set(re.findall(r'\bid="([^"]*)"', svg)) for svg in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg, own in zip((one, other), ids, strict=True):
        used = re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', svg)
        assert {a or b for a, b in used} == own
        # black and white are the page's, and so is the font
        assert not re.search(r"(?<!, )#(000000|ffffff|0072b2|d55e00)", svg)
        assert "currentColor" in svg
        assert "var(--blue, #0072b2)" in svg
        assert "font-family" not in svg
        assert "<style" not in svg
        assert "<metadata" not in svg
        # words are words, and a formula is drawn
        assert ">data</text>" in svg
        assert "sqrt" not in svg
    assert 'aria-label="words &amp; more"' in one


def test_a_figure_ignores_the_users_style_and_leaves_it():
    before = dict(matplotlib.rcParams)
    plain = draw_inline(lambda ax: ax.plot([1, 2], [1, 2]), "a-", "words")
    assert dict(matplotlib.rcParams) == before
    with matplotlib.rc_context(
        {"font.size": 30, "text.color": "red", "axes.facecolor": "black", "svg.fonttype": "path"}
    ):
        assert draw_inline(lambda ax: ax.plot([1, 2], [1, 2]), "a-", "words") == plain


def test_labels_and_notes_have_room():
    def plot(ax):
        ax.set_xlim(0, 100)
        ax.set_xticks([10, 11, 12, 50, 90])
        ax.text(50, 0.5, "inside", ha="center")
        ax.text(99, 0.5, "outside")

    svg = draw_inline(plot, "a-", "words")
    shown = re.findall(r">([^<]*)</text>", svg)
    assert [word for word in shown if word in ("10", "11", "12", "50", "90")] == ["10", "50", "90"]
    assert "inside" in shown
    assert "outside" not in shown


def test_the_legend_is_below_the_axes():
    def plot(ax):
        for i in range(5):
            ax.plot([0, 1], [i, i], label=f"a label that is long, number {i}")
        ax.legend(title="a title")
        seen.append(ax)

    seen = []
    draw_inline(plot, "a-", "words")
    (ax,) = seen
    assert ax.get_legend() is None
    (legend,) = ax.figure.legends
    box = legend.get_window_extent()
    assert box.y1 <= ax.xaxis.get_tightbbox().y0
    assert box.x1 <= ax.figure.bbox.x1
    assert box.y0 >= 0
    assert legend.get_title().get_text() == "a title"
    assert isinstance(ax.figure, Figure)


def test_writing(verification, tmp_path, text):
    path = tmp_path / "report.html"
    path.write_text("what was there")
    write_report(verification, path)
    assert path.read_text(encoding="utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    verification.save(str(path))
    assert path.read_text(encoding="utf-8") == text


def test_a_link_stays_one(verification, tmp_path, text):
    (tmp_path / "link.html").symlink_to(tmp_path / "real.html")
    write_report(verification, tmp_path / "link.html")
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "real.html").read_text(encoding="utf-8") == text


def test_a_device_is_written_to_and_not_replaced(verification):
    if not os.path.exists(os.devnull) or os.name == "nt":
        pytest.skip("there is no device to write to")
    write_report(verification, os.devnull)
    assert not os.path.isfile(os.devnull)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere/report.html", r"there is no directory '.*nowhere'; create it first"),
        ("", "is a directory; expected a file"),
    ],
)
def test_paths_that_cannot_be_used(verification, tmp_path, path, message):
    with pytest.raises(InvalidValueError, match=message):
        write_report(verification, tmp_path / path)
    assert not list(tmp_path.iterdir())


def test_a_path_of_another_type(verification):
    with pytest.raises(InvalidTypeError, match="path is 3"):
        write_report(verification, 3)


def test_a_write_that_fails_leaves_what_was_there(verification, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("what was there")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="No space left"):
        write_report(verification, path)
    assert path.read_text() == "what was there"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.json"])
def test_a_report_is_html(verification, tmp_path, name):
    with pytest.raises(InvalidValueError, match=r"expected \.html"):
        write_report(verification, tmp_path / name)
    assert not list(tmp_path.iterdir())
