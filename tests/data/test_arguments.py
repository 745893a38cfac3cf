"""Words from a list: what is near, and what the message says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extremal.data._arguments import as_choice, did_you_mean, nearest
from extremal.errors import InvalidTypeError, InvalidValueError

OPTIONS = ("auto", "enumerate", "zero labels", "three-points", "Gaussian")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("AUTO", "auto"),
        ("enum", "enumerate"),
        ("Zero_Labels", "zero labels"),
        ("three points", "three-points"),
        ("gausian", "Gaussian"),
        ("qqq", None),
        ("", None),
        (None, None),
        (3, None),
        (["auto"], None),
    ],
)
def test_the_nearest_option(word, near):
    assert nearest(word, OPTIONS) == near
    assert did_you_mean(word, OPTIONS) == ("" if near is None else f" (did you mean {near!r}?)")


def test_options_may_be_gone_through_once():
    assert nearest("atuo", iter(OPTIONS)) == "auto"
    assert nearest("auto", []) is None


def test_of_two_that_are_alike_the_first_counts():
    assert nearest("a b", ["A_B", "a-b"]) == "A_B"


@settings(max_examples=100)
@given(st.sampled_from(OPTIONS), st.integers(0, 30))
def test_a_lost_letter_is_found(option, place):
    place %= len(option)
    assert nearest(option[:place] + option[place + 1 :], OPTIONS) == option


def test_choices():
    assert as_choice("auto", "method", OPTIONS) == "auto"
    with pytest.raises(InvalidValueError, match=r"^method is 'aut'; expected one of 'auto', .*, or x \(did you mean"):
        as_choice("aut", "method", OPTIONS, ", or x")
    with pytest.raises(InvalidTypeError, match="method is 3 of type int; expected one of 'auto'"):
        as_choice(3, "method", OPTIONS)
    # the words are as they are
    with pytest.raises(InvalidValueError, match="did you mean 'auto'"):
        as_choice("Auto", "method", OPTIONS)
