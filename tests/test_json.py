"""Results as plain values: strict JSON for every result, and what it says is what the result says."""

import json
from dataclasses import replace
from enum import Enum
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extremal
from extremal.data import Dataset, three_points
from extremal.data._json import plain
from extremal.experiments import reproduce
from extremal.geometry import Zonotope
from extremal.laws import named
from extremal.statements import extremal_counts
from extremal.training import certify_spurious, conditions, global_minimum, phases
from extremal.training._descent import Descent
from extremal.training._trajectory import Trajectory

LAW = named("assumption41", 3)
X, Y = LAW.sample(120, rng=0)


class Word(Enum):
    DONE = "a sentence"


@pytest.fixture(scope="module")
def results():
    rng = np.random.default_rng(0)
    run = extremal.flow(X, Y, width=6, scale=1e-2, init="theorem", rng=0)
    best = global_minimum(X[:8], Y[:8])
    found = {
        "ExtremalVectors": extremal.find(three_points()),
        "ExtremalVector": extremal.find([[1, 0], [0, 3]], [1, 2], exact=True)[0],
        "Certificate": extremal.find(three_points())[0].certify(),
        "Zonotope": extremal.subdifferential([[1.0, 0.0], [1.0, 1.0]], [1.0, 2.0], w=[0.0, 1.0]),
        "Deviation": extremal.deviation(X, Y, LAW, method="sample"),
        "AssumptionReport": LAW.assumptions(),
        "PopulationExtremal": LAW.extremal(),
        "Trajectory": run,
        "Descent": extremal.train(X, Y, width=4, iterations=20, scale=0.1, rng=0, schedule=lambda k: 1.0),
        "Network": run.network,
        "Phases": phases(run, LAW.teacher),
        "Alignment": extremal.early_alignment(X, Y, rng.normal(size=(5, 3))),
        "GlobalMinimum": best,
        "SpuriousCertificate": certify_spurious(run.network, X[:8], Y[:8], best=best),
        "Conditions": conditions(run.initial, 1e-2),
        "Verdict": extremal_counts(n=(10, 20), d=2, repetitions=2),
        "Experiment": reproduce("fig3", sizes=(8, 40), repetitions=2, width=10, iterations=50),
    }
    assert all(type(value).__name__ == name for name, value in found.items())
    return found


NAMES = [
    "ExtremalVectors",
    "ExtremalVector",
    "Certificate",
    "Zonotope",
    "Deviation",
    "AssumptionReport",
    "PopulationExtremal",
    "Trajectory",
    "Descent",
    "Network",
    "Phases",
    "Alignment",
    "GlobalMinimum",
    "SpuriousCertificate",
    "Conditions",
    "Verdict",
    "Experiment",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_result_is_strict_json(results, name):
    document = results[name].to_json()
    assert type(document) is dict
    text = json.dumps(document, allow_nan=False)
    # nothing is left that JSON would write in another way: tuples, numbers as keys
    assert json.loads(text, parse_constant=pytest.fail) == document


def test_the_names_are_all_of_them(results):
    assert set(results) == set(NAMES)


def test_extremal_vectors(results):
    for found in (extremal.find(X, Y), results["ExtremalVectors"]):
        document = found.to_json()
        for name in ("vectors", "directions", "signs", "kinds", "indices", "values", "residuals"):
            assert document[name] == getattr(found, name).tolist()
    assert document["boundary"] == [item.boundary.tolist() for item in found]
    assert (document["n"], document["d"], document["count"]) == (3, 2, 2)
    assert (document["features"], document["target"]) == (["x", "bias"], "y")
    assert document["status"] == found.status.value
    assert document["audit"]["applicable"] is False
    assert document["extremal"] == extremal.__version__


def test_an_exact_vector(results):
    document = results["ExtremalVector"].to_json()
    assert document["exact"] == ["1/2", "3"]
    assert document["D"] == [0.5, 3.0]
    assert document["active"] == [0, 1]
    assert document["boundary"] == []


def test_the_command_line_prints_it(capsys):
    from extremal.cli import main

    assert main(["find", "--example", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == extremal.find(three_points()).to_json()


def test_a_zonotope_can_be_built_again(results):
    document = results["Zonotope"].to_json()
    again = Zonotope(document["generators"], document["base"])
    assert len(document["generators"]) == 1
    np.testing.assert_array_equal(again.centre, document["centre"])
    np.testing.assert_array_equal(results["Zonotope"].generators, again.generators)


def test_a_bound_that_is_not_known_is_null(results):
    document = results["Deviation"].to_json()
    assert document["upper"] is None
    assert document["gap"] is None
    assert document["certified"] is False
    assert document["lower"] == results["Deviation"].lower


def test_runs_keep_their_last_network(results):
    for name, lines in (("Trajectory", Trajectory), ("Descent", Descent)):
        run = results[name]
        assert isinstance(run, lines)
        document = run.to_json()
        assert document["network"] == {"W": run.network.W.tolist(), "a": run.network.a.tolist()}
        for column in ("times", "losses", "gradients"):
            assert document[column] == getattr(run, column).tolist()
        assert document["status"] == run.status.value
    assert results["Trajectory"].to_json()["steps"] == len(results["Trajectory"].times) - 1
    assert results["Descent"].to_json()["steps"] == 20
    assert results["Descent"].to_json()["settings"]["schedule"] is None


def test_a_verdict_has_its_tables(results):
    verdict = results["Verdict"]
    document = verdict.to_json()
    assert [claim["name"] for claim in document["claims"]] == [claim.name for claim in verdict.claims]
    assert len(document["summary"]) == len(verdict.summary)
    assert set(document["summary"][0]) == set(verdict.summary.columns)
    assert document["fits"] is None


def test_directions_that_were_not_followed(results):
    alignment = results["Alignment"]
    document = replace(alignment, times=np.where(np.arange(5) == 2, np.nan, alignment.times)).to_json()
    assert document["times"] == [*alignment.times[:2].tolist(), None, *alignment.times[3:].tolist()]
    assert document["limits"] == alignment.limits.tolist()
    assert document["vectors"] == alignment.vectors.to_json()


def test_plain_values():
    frame = pd.DataFrame({"a": [1, 2], "b": [np.nan, 0.5]})
    given = {
        1: np.float32(np.inf),
        "word": np.str_("x"),
        "flag": np.bool_(True),
        "whole": np.int8(3),
        "fraction": Fraction(1, 3),
        "enum": Word.DONE,
        "table": frame,
        "nothing": None,
        "deep": [(np.array([[1.0, -np.inf]]),)],
    }
    assert plain(given) == {
        "1": None,
        "word": "x",
        "flag": True,
        "whole": 3,
        "fraction": "1/3",
        "enum": "a sentence",
        "table": [{"a": 1, "b": None}, {"a": 2, "b": 0.5}],
        "nothing": None,
        "deep": [[[[1.0, None]]]],
    }


@settings(max_examples=100)
@given(
    st.recursive(
        st.one_of(st.floats(), st.integers(), st.booleans(), st.none(), st.text()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
    )
)
def test_anything_becomes_strict_json(value):
    found = plain(value)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert plain(found) == found


def test_names_of_columns_survive():
    data = Dataset(np.eye(2), [1.0, 2.0], ("ä", "<b>"), "η")
    assert extremal.find(data).to_json()["features"] == ["ä", "<b>"]
