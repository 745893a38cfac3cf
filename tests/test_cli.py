"""The command line: what it prints, where, and its exit codes."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import extremal
from extremal.cli import main
from extremal.data import as_dataset
from extremal.geometry.critical._audit import EulerAudit


class Status(Enum):
    DONE = "Complete: every region of the sphere was excluded or solved."
    TIME = "Incomplete: the time limit was reached; raise time_limit to go on."


@dataclass
class Fake:
    """A result that takes no time: extremal vectors along the first axis."""

    n: int
    d: int
    k: int = 2
    complete: bool = True
    applicable: bool = True
    values: np.ndarray = field(init=False)

    def __post_init__(self):
        self.values = np.linspace(1, -1, self.k)
        self.directions = np.zeros((self.k, self.d))
        self.directions[:, 0] = 1.0
        self.signs = np.where(self.values > 0, 1, -1)
        self.vectors = self.directions * np.abs(self.values)[:, None]
        self.kinds = np.where(self.values > 0, "maximum", "minimum")
        self.indices = np.where(self.values > 0, self.d - 1, 0)
        self.status = Status.DONE if self.complete else Status.TIME
        self.audit = EulerAudit(self.applicable, 2, 2, self.applicable, "" if self.applicable else "D = 0")
        self.unresolved = SimpleNamespace(share=0.0 if self.complete else 0.125)

    def __len__(self):
        return self.k

    def __getitem__(self, i):
        return SimpleNamespace(
            D=self.vectors[i],
            sign=self.signs[i],
            kind=self.kinds[i],
            index=self.indices[i],
            value=self.values[i],
            residual=1e-17 if i else float("nan"),
            active=np.ones(self.n, dtype=bool),
            boundary=np.array([0]),
        )

    def __iter__(self):
        return (self[i] for i in range(self.k))

    def to_frame(self):
        return pd.DataFrame({"value": self.values, "kind": self.kinds})


@pytest.fixture
def fake(monkeypatch):
    """Put a fast fake in the place of the search, and record what it was asked."""
    asked = SimpleNamespace(options={"k": 2})

    def find(X, y, **kwargs):
        asked.X, asked.y, asked.kwargs = as_dataset(X).X, y, kwargs
        return Fake(*asked.X.shape, **asked.options)

    monkeypatch.setattr(extremal, "find", find)
    return asked


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(12, 4)), columns=["a", "b", "c", "y"])
    frame.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv", frame


def refuse_to_find(*args, **kwargs):
    raise AssertionError("the computation started before the arguments were checked")


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("extremal 0.")


def test_help_names_the_exit_codes(capsys):
    assert main(["find", "--help"]) == 0
    assert "0 complete, 2 bad input, 3 incomplete" in capsys.readouterr().out


def test_file_and_options_reach_find(fake, table, capsys):
    path, frame = table
    options = ["--method=search", "--max-nodes=10", "--time-limit=2.5", "--leak=0.1", "--seed=4"]
    assert main(["find", str(path), "--target", "y", *options]) == 0
    np.testing.assert_array_equal(fake.X, frame[["a", "b", "c"]].to_numpy())
    np.testing.assert_array_equal(fake.y, frame["y"].to_numpy())
    assert fake.kwargs == {
        "method": "search",
        "max_nodes": 10,
        "time_limit": 2.5,
        "leak": 0.1,
        "rng": 4,
        "progress": False,
    }
    seen = capsys.readouterr()
    assert seen.err == ""
    for words in (
        "2 extremal vectors of 12 points in dimension 3, target y",
        "maximum",
        "D: a",
        "\nComplete: every",
    ):
        assert words in seen.out
    assert "Euler audit holds" in seen.out
    assert "\x1b" not in seen.out


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--features", "c,a"], ["c", "a"]),
        (["--features", "c", "--features", "a, b"], ["c", "a", "b"]),
        (["--drop", "b"], ["a", "c"]),
        (["--features", "a,b", "--drop", "a"], ["b"]),
        (["--drop", '"b"'], ["a", "c"]),
    ],
)
def test_columns(fake, table, options, names):
    path, frame = table
    assert main(["find", str(path), "--target", "y", *options]) == 0
    np.testing.assert_array_equal(fake.X, frame[names].to_numpy())


def test_standardise(fake, table):
    path, _ = table
    assert main(["find", str(path), "--target", "y", "--standardise"]) == 0
    np.testing.assert_allclose(fake.X.std(axis=0), 1)


def test_default_example_needs_nothing(fake, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert main(["find", "--example"]) == 0
    np.testing.assert_array_equal(fake.y, [1.1, 0.1, 0.8])
    assert main(["find", "--example", "iris"]) == 2
    assert "pip install scikit-learn" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "shape"), [("iris", (150, 4)), ("diabetes", (442, 5))])
def test_named_examples(fake, name, shape):
    assert main(["find", "--example", name]) == 0
    assert fake.X.shape == shape
    assert main(["find", "--example", "iris", "--drop", "sepal length"]) == 0
    assert fake.X.shape == (150, 3)


def test_incomplete(fake, capsys):
    fake.options = {"complete": False, "applicable": False}
    assert main(["find", "--example"]) == 3
    out = capsys.readouterr().out
    assert "Incomplete: the time limit was reached" in out
    assert "unresolved share of the sphere: 0.125" in out
    assert "Euler audit not applicable: D = 0" in out


BAD = {
    "missing file": (["nowhere.csv", "--target", "y"], "there is no file 'nowhere.csv'"),
    "no target": (["{table}"], "no target was given"),
    "wrong target": (["{table}", "--target", "yy"], "did you mean 'y'"),
    "wrong feature": (["{table}", "--target", "y", "--features", "a,q"], "no column 'q'"),
    "no file": ([], "no file was given"),
    "both": (["{table}", "--example"], "--example"),
    "target of an example": (["--example", "--target", "y"], "--target is for files"),
    "column of an example": (["--example", "--drop", "q"], "no column 'q'"),
    "nothing left": (["--example", "--drop", "x,bias"], "no column of the example is left"),
    "unknown example": (["--example", "wine"], "invalid choice: 'wine'"),
    "unknown method": (["--example", "--method", "guess"], "invalid choice: 'guess'"),
    "unknown option": (["--example", "--fast"], "--fast"),
    "text for a number": (["--example", "--seed", "x"], "--seed"),
    "output suffix": (["--example", "--output", "result.txt"], "expected .csv, .json, .parquet"),
    "output directory": (["--example", "--output", "{folder}/no/result.csv"], "there is no directory"),
    "output is a directory": (["--example", "--output", "{folder}/a.csv"], "is a directory"),
    "plot suffix": (["--example", "--plot", "figure.doc"], "expected .png, .svg, .pdf"),
    "plot directory": (["--example", "--plot", "{folder}/no/figure.png"], "there is no directory"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line(monkeypatch, table, tmp_path, capsys, case):
    monkeypatch.setattr(extremal, "find", refuse_to_find)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").mkdir()
    arguments, words = BAD[case]
    path, _ = table
    assert main(["find", *(a.format(table=path, folder=tmp_path) for a in arguments)]) == 2
    seen = capsys.readouterr()
    assert seen.out == ""
    assert words in seen.err
    assert seen.err.startswith("extremal: error: ")
    assert seen.err.count("\n") == 1


def test_no_command_is_bad_input(capsys):
    assert main([]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_json_is_strict(fake, table, capsys):
    path, _ = table

    def no_constant(name):
        raise AssertionError(f"{name} is not JSON")

    assert main(["find", str(path), "--target", "y", "--json"]) == 0
    out = json.loads(capsys.readouterr().out, parse_constant=no_constant)
    assert (out["n"], out["d"], out["count"], out["complete"]) == (12, 3, 2, True)
    assert out["status"] == Status.DONE.value
    assert out["audit"] == {"applicable": True, "total": 2, "expected": 2, "holds": True}
    assert out["unresolved"] == {"share": 0.0}
    assert out["features"] == ["a", "b", "c"]
    assert out["vectors"] == [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    assert out["signs"] == [1, -1]
    assert out["kinds"] == ["maximum", "minimum"]
    assert out["indices"] == [2, 0]
    assert out["values"] == [1.0, -1.0]
    assert out["residuals"] == [None, 1e-17]


def test_outputs(fake, tmp_path, capsys):
    for suffix, load in ((".csv", pd.read_csv), (".parquet", pd.read_parquet)):
        path = tmp_path / f"result{suffix}"
        assert main(["find", "--example", "--output", str(path)]) == 0
        pd.testing.assert_frame_equal(load(path), Fake(3, 2).to_frame(), check_dtype=False)
    path = tmp_path / "result.json"
    capsys.readouterr()
    assert main(["find", "--example", "--json", "--output", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == capsys.readouterr().out


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_figures(fake, tmp_path, suffix, start):
    path = tmp_path / f"figure.{suffix}"
    assert main(["find", "--example", "--plot", str(path)]) == 0
    assert path.read_bytes().startswith(start)


def test_a_wide_table_says_what_it_leaves_out(fake, tmp_path, capsys):
    np.savez(tmp_path / "wide.npz", X=np.ones((3, 60)), y=np.ones(3))
    fake.options = {"k": 150}
    assert main(["find", str(tmp_path / "wide.npz")]) == 0
    out = capsys.readouterr().out
    shown = sum(name.isdecimal() for name in out.split("D: ")[1:] for name in [name.split()[0]])
    assert f"{60 - shown} more coordinates of D in --json and --output" in out
    assert 5 < shown < 30
    assert "50 more vectors in --json and --output" in out
    assert max(map(len, out.splitlines())) <= 200
    assert "…" not in out


def test_no_vector_at_all(fake, capsys):
    fake.options = {"k": 0}
    assert main(["find", "--example"]) == 0
    assert "0 extremal vectors" in capsys.readouterr().out


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def test_progress_and_colours_are_for_terminals(fake, monkeypatch):
    screen, errors = Terminal(), Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", errors)
    assert main(["find", "--example"]) == 0
    assert fake.kwargs["progress"] is True
    assert "\x1b[" in screen.getvalue()


def test_colours_cannot_be_forced_into_a_pipe(fake, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    assert main(["find", "--example"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "D: bias" in out


def test_a_poor_encoding_is_no_error(fake, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["find", "--example"]) == 0
    assert b"maximum" in raw.getvalue()


def test_interrupt_before_a_result(monkeypatch, capsys):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(extremal, "find", interrupted)
    assert main(["find", "--example"]) == 130
    assert capsys.readouterr().err == "extremal: interrupted\n"


def run(*arguments, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "extremal.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        **kwargs,
    )


def test_the_example_for_real():
    done = run("find", "--example", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    out = json.loads(done.stdout)
    # all three labels are positive and the rows lie in a half-space: one maximum, where every point is
    # active, and the dead cone
    assert sorted(out["kinds"]) == ["maximum", "zero"]
    best = out["kinds"].index("maximum")
    np.testing.assert_allclose(out["vectors"][best], [-0.775 / 3, 2 / 3], rtol=1e-14)
    assert out["complete"]
    assert out["audit"]["applicable"] is False


@pytest.mark.skipif(os.name != "posix", reason="closes a pipe")
def test_a_reader_who_leaves_is_no_error():
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.Popen(
        [sys.executable, "-m", "extremal.cli", "find", "--example"], stdout=write_end, stderr=subprocess.PIPE
    )
    os.close(write_end)
    _, errors = done.communicate(timeout=300)
    assert (done.returncode, errors) == (0, b"")
