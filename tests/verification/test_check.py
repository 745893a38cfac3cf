"""A statement with its control: when the control fails, passes, or shows nothing, and what that does to the status."""

from dataclasses import replace

import pandas as pd
import pytest

from extremal.statements import Claim, Verdict
from extremal.verification import Measurement, Statement, StatementCheck

GOOD = Claim("share", "supported", 0.95, 0.9, 1.0, "above 0.8", "agrees")
BAD = replace(GOOD, status="contradicted", measured=0.1, low=0.0, high=0.2)
OPEN = replace(GOOD, status="inconclusive", low=0.5)
SOFT = replace(BAD, status="inconclusive", softened=True)
HYPOTHESIS = replace(BAD, name="hypothesis")


def measure(**arguments):
    """A function for a measurement made by hand."""


def verdict(*claims, rows=("done", "done")):
    table = pd.DataFrame({"n": 10, "seconds": 1.0, "status": list(rows)})
    found = {claim.status for claim in claims}
    status = next((s for s in ("contradicted", "inconclusive") if s in found), "supported")
    return Verdict("Lemma", status, claims, table, pd.DataFrame(), "a law", 0, 0.95, 1.0)


def check(result, counter):
    measurement = Measurement(measure, {})
    return StatementCheck(Statement("x", "Lemma", "Training", "words", measurement, measurement), result, counter, 0)


@pytest.mark.parametrize(
    ("claims", "fails"),
    [
        ([BAD], True),
        ([GOOD, BAD], True),
        ([OPEN, BAD], True),
        ([GOOD], False),
        ([OPEN], None),
        ([GOOD, OPEN], None),
        ([], None),
        # that a hypothesis does not hold says nothing of the check
        ([GOOD, HYPOTHESIS], False),
        ([HYPOTHESIS], None),
        # what a small setting excludes would count at full size: the check is able to fail
        ([SOFT], True),
    ],
)
def test_what_is_found_of_a_control(claims, fails):
    found = check(verdict(GOOD), verdict(*claims))
    assert found.fails is fails
    assert found.status == ("supported" if fails else "inconclusive")
    assert found.to_json()["control"]["fails"] is fails
    outcome = {True: "fails", False: "passes", None: "inconclusive"}[fails]
    assert found.outcome == outcome
    assert f": {outcome}, " in repr(found)


def test_a_control_that_crashes_shows_nothing():
    found = check(verdict(GOOD), verdict(BAD, rows=("done", "failed")))
    assert found.fails is None
    assert found.control.status == found.status == "inconclusive"
    assert check(verdict(GOOD), verdict(BAD, rows=("failed", "failed"))).status == "inconclusive"


def test_without_a_control_the_verdict_stands():
    for claim in (GOOD, BAD, OPEN, SOFT):
        found = check(verdict(claim), None)
        assert found.fails is None
        assert found.outcome == "left out"
        assert found.status == claim.status


def test_a_verdict_is_softened_and_its_control_is_not():
    found = check(verdict(SOFT), verdict(SOFT))
    assert found.verdict.status == "inconclusive"
    assert found.control.status == "contradicted"


def test_the_claim_that_decides_is_the_worst():
    other = replace(OPEN, name="other")
    assert check(verdict(GOOD, other, BAD), None).key == BAD
    assert check(verdict(GOOD, other), None).key == other
    assert check(verdict(HYPOTHESIS, BAD), None).key == BAD


def test_hypotheses_alone_support_nothing():
    """A statement whose own claims are not there, as after a slip in their names, was not measured."""
    rest = [replace(GOOD, name=name) for name in ("hypothesis", "rows", "runs")]
    assert check(verdict(*rest), None).status == "inconclusive"
    assert check(verdict(*rest, GOOD), None).status == "supported"
