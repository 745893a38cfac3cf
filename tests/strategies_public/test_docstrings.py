"""The examples in the docstrings of `extremal.strategies` run, and print what they say."""

import doctest
import importlib

import pytest

from extremal.strategies import KINDS
from tests.test_readme import ROOT


@pytest.mark.parametrize("name", ["datasets", "directions", "networks", "laws"])
def test_examples_in_docstrings(name):
    failed, tried = doctest.testmod(importlib.import_module(f"extremal.strategies._{name}"))
    assert tried >= 3
    assert not failed


def test_the_page_lists_the_kinds():
    page = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    for kind, meaning in KINDS.items():
        assert f"| `{kind}` | {meaning.replace('|', chr(92) + '|')} |" in page
