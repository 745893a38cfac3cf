"""The command `extremal concentration`: what it asks of the statements, prints and writes."""

import sys
from types import SimpleNamespace

import pandas as pd
import pytest

from extremal import statements
from extremal.cli import main
from extremal.statements import Claim, Verdict

PANELS = {
    "rate": "theorem_3_1",
    "tails": "theorem_d1",
    "counts": "extremal_counts",
    "distance": "proposition_3_1",
}


def made(name, status="supported"):
    """A verdict that took no time."""
    claims = (
        Claim("rate, d = 2", "supported", -0.5123, -0.56, -0.46, "-0.5", "agrees"),
        Claim("rows", status, float("nan"), float("nan"), float("nan"), "[certified]", "1 of 2 rows failed"),
    )
    table = pd.DataFrame(
        {
            "law": [statements, "b"],
            "n": [100, 200],
            "lower": [0.5, None],
            "certified": [True, None],
            "status": ["done", "failed"],
            "traceback": [None, "one\ntwo"],
        }
    )
    return Verdict(f"Statement {name}", status, claims, table, pd.DataFrame(), "gaussian inputs", 4, 0.95, 1.25)


@pytest.fixture
def fake(monkeypatch):
    """Put fast fakes in the place of the statements, and record what they were asked."""
    asked = SimpleNamespace(calls=[], status="supported")

    def stand_in(name, gap):
        def function(law="gaussian", n=(), d=None, repetitions=1, **kwargs):
            asked.calls.append((name, {"law": law, "n": n, "d": d, "repetitions": repetitions, **kwargs}))
            return made(name, asked.status)

        def with_gap(law="gaussian", n=(), d=None, repetitions=1, *, gap=0.5, **kwargs):
            return function(law, n, d, repetitions, gap=gap, **kwargs)

        return with_gap if gap else function

    for panel, name in PANELS.items():
        monkeypatch.setattr(statements, name, stand_in(name, panel in ("rate", "tails")))
    return asked


def run(*arguments):
    return main(["concentration", *arguments])


def test_defaults_are_those_of_the_statement(fake, capsys):
    assert run() == 0
    nothing = {"law": "gaussian", "n": (), "d": None, "repetitions": 1, "gap": 0.5}
    assert fake.calls == [("theorem_3_1", {**nothing, "executor": None, "store": None, "progress": False})]
    assert capsys.readouterr().err == ""


def test_options_reach_the_statements(fake):
    options = [
        "--law=ball",
        "--teacher=neuron",
        "--noise=0.1",
        "--repetitions=7",
        "--gap=0.02",
        "--seed=3",
        "--progress",
    ]
    assert run(*options, "--n=100", "--d=2", "--show=rate,counts") == 0
    (first, rate), (second, counts) = fake.calls
    assert (first, second) == ("theorem_3_1", "extremal_counts")
    assert rate.pop("gap") == 0.02
    expected = {"law": "ball", "teacher": "neuron", "noise": 0.1, "repetitions": 7, "seed": 3, "n": (100,), "d": (2,)}
    assert rate == counts == {**expected, "executor": None, "store": None, "progress": True}


@pytest.mark.parametrize("words", [["100", "200", "400"], ["100,200,400"], ["400, 100", "200,200"]])
def test_lists_with_commas_or_spaces(fake, words):
    assert run("--n", *words, "--d", *words) == 0
    assert fake.calls[0][1]["n"] == fake.calls[0][1]["d"] == (100, 200, 400)


def test_panels_with_commas_or_spaces(fake):
    assert run("--show", "tails", "distance,rate", "--show", "counts") == 0
    assert [name for name, _ in fake.calls] == [PANELS[p] for p in ("tails", "distance", "rate", "counts")]


def test_each_quantity_has_its_store(fake, tmp_path):
    assert run("--show", *PANELS, "--store", str(tmp_path / "rows.db")) == 0
    stores = [call["store"].name for _, call in fake.calls]
    assert stores == ["rows.deviation.db", "rows.deviation.db", "rows.counts.db", "rows.distance.db"]
    assert {call["store"].parent for _, call in fake.calls} == {tmp_path}


def test_table(fake, capsys):
    fake.status = "contradicted"
    assert run("--show", "rate,counts") == 0
    seen = capsys.readouterr()
    lines = seen.out.splitlines()
    assert lines[0] == "Statement theorem_3_1: contradicted"
    assert lines[1] == "2 rows, 1 failed, seed 4, 0.95 confidence, 1.2 s"
    assert lines[2] == "gaussian inputs"
    rows = [line for line in lines if "rate, d = 2" in line or line.startswith("statement ")]
    assert len(rows) == 3
    words = [("claim", "verdict", "interval"), *[("rate, d", "supported", "[-0.56, -0.46]")] * 2]
    places = {tuple(map(line.index, sought)) for line, sought in zip(rows, words, strict=True)}
    assert len(places) == 1  # aligned
    assert "[-, -]" in seen.out
    assert "[certified]" in seen.out
    assert "rows: contradicted: 1 of 2 rows failed" in seen.out
    assert "\x1b" not in seen.out
    assert seen.err == ""


def test_rows(fake, tmp_path):
    for suffix, load in ((".csv", pd.read_csv), (".parquet", pd.read_parquet)):
        path = tmp_path / f"rows{suffix}"
        assert run("--show", "rate,tails", "--rows", str(path)) == 0
        rows = load(path)
        assert list(rows["statement"]) == ["Statement theorem_3_1"] * 2 + ["Statement theorem_d1"] * 2
        assert list(rows["n"]) == [100, 200] * 2
        assert list(rows["lower"].dropna()) == [0.5, 0.5]
        assert rows["traceback"][1] == "one\ntwo"
        assert rows["law"].str.contains("module").tolist() == [True, False] * 2


BAD = {
    "panel": (["--show", "rats"], "did you mean 'rate'"),
    "no panel": (["--show", ","], "--show names nothing"),
    "n": (["--n", "100,many"], "--n has 'many'; expected whole numbers"),
    "fraction": (["--n", "1.5"], "--n has '1.5'"),
    "d": (["--d", "0"], "--d has '0'"),
    "no n": (["--n", ","], "--n names nothing"),
    "jobs": (["--jobs", "0"], "--jobs is 0"),
    "gap": (["--show", "counts", "--gap", "0.1"], "--gap is for the panels rate and tails"),
    "negative gap": (["--gap", "-1"], "--gap is -1"),
    "gap of nan": (["--gap", "nan"], "--gap is nan"),
    "figure": (["-o", "figure.doc"], "expected .png, .svg, .pdf"),
    "figure's folder": (["-o", "no/figure.svg"], "there is no directory"),
    "rows": (["--rows", "rows.txt"], "expected .csv, .parquet"),
    "both": (["--progress", "--quiet"], "not allowed with"),
    "text for a number": (["--noise", "loud"], "--noise"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_computes_nothing(fake, tmp_path, monkeypatch, capsys, case):
    monkeypatch.chdir(tmp_path)
    arguments, words = BAD[case]
    assert run(*arguments) == 2
    seen = capsys.readouterr()
    assert seen.out == ""
    assert words in seen.err
    assert seen.err.startswith("extremal: error: ")
    assert seen.err.count("\n") == 1
    assert fake.calls == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--law", "gausian"], "did you mean 'gaussian'"),
        (["--teacher", "linar"], "did you mean 'linear'"),
        (["--repetitions", "0"], "repetitions"),
        (["--noise", "-1"], "noise"),
        (["--store", "no/rows.db", "--n", "10,20,40", "--d", "2"], "no"),
    ],
)
def test_what_the_statements_refuse(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    seen = capsys.readouterr()
    assert words in seen.err
    assert seen.err.count("\n") == 1


def test_the_bar_is_for_terminals(fake, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert run() == run("--quiet") == 0
    assert [call["progress"] for _, call in fake.calls] == [True, False]


def test_interrupt(monkeypatch, capsys):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(statements, "theorem_3_1", interrupted)
    assert run() == 130
    assert capsys.readouterr().err == "extremal: interrupted\n"


def test_help(capsys):
    assert run("--help") == 0
    out = " ".join(capsys.readouterr().out.split())
    for words in ("--show PANEL", "rate, tails, counts, distance", "exit codes: 0 done, 2 bad input", "-o FILE"):
        assert words in out


SMALL = ["--n", "20,40,80", "--d", "2", "--repetitions", "40"]


def test_for_real(tmp_path, capsys):
    """Every panel, twice: the second time from the store, with the same rows."""
    figure, rows, store = (str(tmp_path / name) for name in ("figure.svg", "rows.csv", "rows.db"))
    kept = []
    for _ in range(2):
        assert run(*SMALL, "--show", *PANELS, "--store", store, "--rows", rows, "-o", figure) == 0
        kept.append(pd.read_csv(rows))
    pd.testing.assert_frame_equal(*kept)  # also the seconds of each row
    names = {"Theorem 3.1", "Theorem D.1", "Section 4: two extremal vectors", "Proposition 3.1"}
    assert set(kept[0]["statement"]) == names
    assert (tmp_path / "figure.svg").read_text(encoding="utf-8").startswith("<?xml")
    out = capsys.readouterr().out
    assert "Theorem 3.1" in out
    assert "rate, d = 2" in out


def test_processes_give_the_same_rows(tmp_path):
    few = ["--n", "20,40,80", "--d", "2", "--repetitions", "2", "--show", "counts"]
    paths = [str(tmp_path / f"rows{jobs}.csv") for jobs in (1, 2)]
    for jobs, path in zip("12", paths, strict=True):
        assert run(*few, "--jobs", jobs, "--rows", path) == 0
    one, two = (pd.read_csv(path).drop(columns="seconds") for path in paths)
    pd.testing.assert_frame_equal(one, two)
