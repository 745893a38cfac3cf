"""The door: what it exports is what docs/api.md documents, and all of that exists and has a docstring."""

import importlib
import re
from pathlib import Path

import pytest

import extremal

DOCS = Path(__file__).parents[1] / "docs"
DOCUMENTED = re.findall(
    r"^\.\. auto(?:function|class|exception):: (\S+)", (DOCS / "api.md").read_text(encoding="utf-8"), re.MULTILINE
)
# Objects of the package that the map from theory to code names.
MAPPED = sorted(set(re.findall(r"`(extremal\.[\w.]+)`", (DOCS / "theory_to_code.md").read_text(encoding="utf-8"))))


def resolve(name):
    """The object of a dotted name, which may go through modules and classes."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


def test_the_door_exports_what_the_api_page_documents():
    at_the_door = {name for name in DOCUMENTED if "." not in name}
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    at_the_door |= set(re.findall(r"^\.\. automodule:: extremal\.(\w+)$", text, re.MULTILINE))
    assert at_the_door | {"__version__"} == set(extremal.__all__)
    assert len(DOCUMENTED) == len(set(DOCUMENTED))


def test_all_is_sorted_and_is_what_dir_shows():
    assert extremal.__all__ == sorted(extremal.__all__)
    for name in extremal.__all__:
        assert hasattr(extremal, name)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_objects_have_docstrings(name):
    found = resolve(name if "." in name else f"extremal.{name}")
    assert found.__doc__
    assert found.__doc__.strip()


@pytest.mark.parametrize("name", MAPPED)
def test_the_map_from_theory_to_code_names_objects_that_exist(name):
    resolve(name)


def test_the_map_from_theory_to_code_names_tests_that_exist():
    text = (DOCS / "theory_to_code.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert named
    for path, function in named:
        file = DOCS.parent / path
        assert file.exists(), path
        if function:
            assert f"def {function}(" in file.read_text(encoding="utf-8"), f"{path}::{function}"


def test_the_pages_have_a_verdict_on_every_statement_and_agree():
    from extremal.verification import STATEMENTS

    rows = re.findall(
        r"^\| ([^|]+) \| (\w+) \| (\w+) \|", (DOCS / "verify.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    found = {title: full for title, _, full in rows}
    mapped = dict(
        re.findall(r"([\w.-]+): (supported|contradicted|inconclusive)", (DOCS / "theory_to_code.md").read_text("utf-8"))
    )
    assert set(mapped) == {statement.name for statement in STATEMENTS}
    for statement in STATEMENTS:
        assert found[statement.title] == mapped[statement.name], statement.name
