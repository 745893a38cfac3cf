"""The command ``extremal verify``, in process."""

import json

import pytest

from extremal.cli import main
from extremal.verification import STATEMENTS


def test_a_table_of_verdicts_and_the_claims_of_what_was_named(capsys):
    assert main(["verify", "cover", "C.1", "--jobs", "1", "--quiet"]) == 0
    out = capsys.readouterr().out
    rows = [line.split("  ") for line in out.split("\n")]
    assert ["Cover's count", "supported", "fails"] in [
        [cell.strip() for cell in row if cell.strip()][:3] for row in rows
    ]
    assert "2 supported; preset quick, seed 0, 0.95 confidence" in out
    assert "equal, d = 4" in out


def test_json_and_a_report(capsys, tmp_path):
    path = tmp_path / "report.html"
    assert main(["verify", "cover", "--jobs", "1", "--quiet", "--json", "-o", str(path), "--seed", "3"]) == 0
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["seed"] == 3
    assert document["statements"][0]["status"] == "supported"
    assert f"wrote {path}" in captured.err
    assert "Cover" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_report_that_cannot_be_written_loses_nothing(more, capsys, tmp_path, monkeypatch):
    from extremal.verification import Verification

    def full(self, path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Verification, "save", full)
    arguments = ["verify", "cover", "--jobs", "1", "--quiet", "-o", str(tmp_path / "report.html"), *more]
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert "Cover's count" in captured.out
    assert "No space left on device" in captured.err


def test_rows_of_another_version_are_told(capsys, monkeypatch):
    from extremal.verification import Verification

    monkeypatch.setattr(Verification, "versions", property(lambda self: ("0.0.1", self.version)))
    assert main(["verify", "cover", "--jobs", "1", "--quiet"]) == 0
    assert "rows of version 0.0.1, " in capsys.readouterr().out


def test_the_list_for_machines(capsys):
    assert main(["verify", "F.3", "cover", "--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == ["cover", "lemma-f.3"]
    assert set(rows[0]) == {"name", "statement", "group", "text"}


def test_the_list_of_names(capsys):
    assert main(["verify", "--list"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert [line.split(" ")[0] for line in lines if line and line[0] != " "] == [s.name for s in STATEMENTS]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lema-c.1"], "did you mean 'lemma-c.1'?"),
        (["D.1"], "expected 'theorem-d.1' or 'corollary-d.1'"),
        (["cover", "--preset", "ful"], "did you mean 'full'?"),
        (["cover", "--jobs", "0"], "--jobs is 0; expected a number of processes, 1 or more"),
        (["cover", "-o", "report.pdf"], "expected .html, .htm"),
        (["cover", "-o", "no/where/report.html"], "there is no directory"),
        (["cover", "--store", __file__], "is a file; expected a folder"),
        (["cover", "--seed", "-1"], "seed"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_computed(arguments, words, capsys):
    assert main(["verify", *arguments, "--quiet"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert words in captured.err


def test_ctrl_c(monkeypatch, capsys, tmp_path):
    from extremal import verification

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(verification, "verify", stop)
    assert main(["verify", "cover", "--jobs", "1", "--quiet", "--store", str(tmp_path)]) == 130
    assert "interrupted; the same command continues" in capsys.readouterr().err
