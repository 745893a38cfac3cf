"""Every code block of README.md and docs/*.md runs and prints what the page says; .ci/run has the README's commands."""

import re
import shlex
from pathlib import Path

import pytest

from extremal.cli import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = ("pip install . && extremal verify", "pip install '.[test]' && pytest")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page):
    """Pairs (language, text), in order."""
    return FENCE.findall(page.read_text(encoding="utf-8"))


def normal(text):
    """Forget spacing, rules, and residuals of the size of rounding errors."""
    text = re.sub(r"\b\d(\.\d+)?e-1[5-9]\b", "0", text).replace("─", "")
    return text.split()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.name)
def test_code_blocks_run_and_print_what_the_page_says(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = {"__name__": "__main__"}
    printed = None
    for language, text in blocks(page):
        if language == "python":
            exec(compile(text, f"{page.name}", "exec"), names)
            printed = capsys.readouterr().out
        elif language == "console":
            command, *expected = text.splitlines()
            assert command.startswith("$ extremal ")
            assert main(shlex.split(command)[2:]) == 0
            printed = capsys.readouterr().out
            if expected:
                assert normal(printed) == normal("\n".join(expected))
            printed = None
        elif language == "text" and printed:
            assert normal(printed) == normal(text)
            printed = None


def test_pages_with_output_are_recognised():
    languages = [language for language, _ in blocks(ROOT / "README.md")]
    assert languages.count("python") >= 3
    assert "text" in languages
    assert "console" in languages


def test_ci_runs_the_two_commands_of_the_readme_word_for_word():
    shell = [text.strip() for language, text in blocks(ROOT / "README.md") if language == "sh"]
    assert shell == list(COMMANDS)
    script = ROOT / ".ci" / "run"
    if not script.exists():
        pytest.skip("the script belongs to the repository; source distributions are without it")
    lines = script.read_text(encoding="utf-8").splitlines()
    for command in COMMANDS:
        assert command in lines


def test_links_to_files_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
