"""A small verification: a real one, and by hand every case that a report has to show."""

from dataclasses import replace
from math import inf, nan

import pandas as pd
import pytest

import extremal
from extremal.experiments import figure_2
from extremal.statements import Claim, cover_counts, theorem_3_1
from extremal.statements import Verdict as Found
from extremal.verification import Measurement, Statement, StatementCheck, Verification

EVIL = '<script>alert("1")</script> & <b>'
GOOD = Claim("share", "supported", 0.95, 0.9, 1.0, "share above 0.8", "[0.9, 1] agrees")
BAD = Claim("share, d = 2", "contradicted", 0.05, 0.0, 0.1, "share above 0.8", "[0, 0.1] is all below 0.8")
NONE = Claim("slope", "inconclusive", nan, -inf, nan, "slope at most β_{n,+}^(1/2)", "there are no numbers")
SUMMARY = pd.DataFrame({"d": [2, 3], "n": [10, 100], "mean_value": [1 / 3, nan], "word": [EVIL, None]})


def measure(**arguments):
    """A function for a measurement made by hand."""


def verdict(*claims, summary=SUMMARY, **more):
    """A verdict made by hand."""
    table = pd.DataFrame({"d": [2, 3], "n": [10, 100], "seconds": [0.5, 1.0], "status": "done"})
    status = next((s for s in ("contradicted", "inconclusive") if s in {c.status for c in claims}), "supported")
    return Found("Lemma", status, claims, table, summary, "a law", 7, 0.95, 1.5, **more)


def check(name, title, result, counter=None, *, function=measure, group="Concentration", text="D_n(w) = 0.", **given):
    """A check made by hand."""
    source = Statement(name, title, group, text, Measurement(function, given), Measurement(measure, words="n = 1"))
    return StatementCheck(source, result, counter, 7)


@pytest.fixture(scope="session")
def verification():
    """Statements of every kind and status; some with a figure, some that cannot have one."""
    (real,) = extremal.verify("lemma-c.1").checks
    small = {"sizes": (6, 100), "repetitions": 2, "width": 20, "iterations": 2000}
    cover, rate = {"n": (3, 6), "d": (1, 2), "repetitions": 2}, {"n": (20, 40, 80), "d": 2, "repetitions": 4}
    failed = replace(GOOD, name=EVIL, predicted=EVIL, reason=EVIL)
    checks = (
        real,
        check("cover", "Cover's count", cover_counts(**cover), function=cover_counts, **cover),
        check("theorem-3.1", "Theorem 3.1", theorem_3_1(**rate), verdict(BAD), function=theorem_3_1, **rate),
        check("figure-2", "Figure 2", figure_2(**small), verdict(BAD), group="Experiments", function=figure_2, **small),
        check("contradicted", "Lemma X", verdict(GOOD, BAD), verdict(BAD)),
        check("passes", "Lemma Y", verdict(GOOD), verdict(GOOD), group="A group of its own"),
        check("no numbers", "Lemma Z", verdict(NONE, summary=SUMMARY[:0]), verdict(NONE)),
        check(EVIL, EVIL, verdict(failed), verdict(failed, BAD), text=EVIL),
        check("references", "No claims", verdict()),
    )
    return Verification(checks, "quick", 7, "1.2.3", 75.0)
