"""Completion in shells, and the words that a slip of the keyboard was meant to be."""

import shutil
import subprocess

import pytest

from extremal.cli import main
from extremal.experiments import FIGURES
from extremal.laws._named import NAMES

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="bash is not installed")


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    from contextlib import redirect_stdout
    from io import StringIO

    text = StringIO()
    with redirect_stdout(text):
        assert main(["completion", "bash"]) == 0
    path = tmp_path_factory.mktemp("completion") / "extremal.bash"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def complete(script, folder, *words):
    """What bash offers for the last of the words."""
    program = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
name=$(complete -p extremal | sed 's/.*-F \\([^ ]*\\).*/\\1/')
$name
printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run(
        [BASH, "--norc", "--noprofile", "-c", program, "bash", str(script), "extremal", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=folder,
    )
    return {line.strip() for line in done.stdout.splitlines() if line.strip()}


@pytest.mark.parametrize(
    ("shell", "mark"), [("bash", "complete -o"), ("zsh", "#compdef extremal"), ("tcsh", "complete extremal")]
)
def test_every_shell_has_a_script(shell, mark, capsys):
    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert mark in out
    for word in ("find", "concentration", "verify", "reproduce", "completion", "fig7", "assumption41", "three-points"):
        assert word in out, word


@needs_bash
def test_the_script_is_valid(script):
    assert script.stat().st_size > 2000
    subprocess.run([BASH, "-n", str(script)], check=True, timeout=60)


@needs_bash
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["re"], {"reproduce"}),
        (["reproduce", "f"], {name for name in FIGURES if name.startswith("f")}),
        (["reproduce", "fig2", "le"], {"leaky"}),
        (["reproduce", "fig2", "--preset", ""], {"quick", "paper"}),
        (["reproduce", "fig2", "--by", "f"], {"flow"}),
        (["verify", "theorem-3"], {"theorem-3.1"}),
        (["verify", "cover", "--preset", "f"], {"full"}),
        (["concentration", "--law", "s"], {name for name in NAMES if name.startswith("s")}),
        (["concentration", "--show", "t"], {"tails"}),
        (["find", "--method", "a"], {"auto", "ascent"}),
        (["find", "--example", "i"], {"iris"}),
        (["find", "--targ"], {"--target"}),
        (["find", "dat"], {"data.csv", "dataset"}),
        (["reproduce", "fig2", "--output", "dat"], {"dataset"}),
        (["completion", ""], {"bash", "zsh", "tcsh"}),
    ],
)
def test_words_in_bash(script, tmp_path, words, expected):
    (tmp_path / "data.csv").touch()
    (tmp_path / "dataset").mkdir()
    assert complete(script, tmp_path, *words) == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fnd"], "did you mean 'find'?"),
        (["find", "--tragets", "y"], "unrecognized arguments: --tragets (did you mean '--target'?)"),
        (["find", "x.csv", "--tragets=y"], "(did you mean '--target'?) (see extremal find --help)"),
        (["find", "--example", "irsi"], "did you mean 'iris'?"),
        (["find", "--example", "--method", "serach"], "did you mean 'search'?"),
        (["find", "--example", "--drop", "bais"], "expected one of x, bias (did you mean 'bias'?)"),
        (["find", "data.cvs", "--target", "y"], "did you mean '.csv'?"),
        (["find", "--example", "--plot", "figure.pgn"], "did you mean '.png'?"),
        (["reproduce", "fig2", "--otput", "out"], "--otput is not known (did you mean '--output'?)"),
        (["reproduce", "fig2", "--preset", "papre", "-o", "out"], "did you mean 'paper'?"),
        (["reproduce", "fig2", "--by", "flwo", "-o", "out"], "did you mean 'flow'?"),
        (["reproduce", "leeky", "-o", "out"], "did you mean 'leaky'?"),
        (["--vresion"], "--vresion is not known (did you mean '--version'?)"),
        (["completion", "bsh"], "did you mean 'bash'?"),
    ],
)
def test_the_nearest_word(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["find", "a.csv", "b", "c"], ["reproduce", "fig2"], ["find", "--example", "qqqqqq"], ["find", "--qqqqqqq"]],
)
def test_nothing_near_is_not_guessed(arguments, capsys):
    assert main(arguments) == 2
    assert "did you mean" not in capsys.readouterr().err


def test_the_beginning_of_an_option_stands_for_it(capsys):
    assert main(["find", "--exam", "--meth", "search", "--jso"]) == 0
    assert '"complete": true' in capsys.readouterr().out
    assert main(["reproduce", "fig2", "--pres", "quick"]) == 2
    assert "is not known" not in capsys.readouterr().err


def test_version(capsys):
    import extremal

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"extremal {extremal.__version__}\n"
