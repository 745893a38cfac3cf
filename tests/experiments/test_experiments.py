"""The figures, run small: their claims where they hold and where they must fail, and what can go wrong."""

import json

import numpy as np
import pytest

import extremal
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.experiments import (
    FIGURES,
    figure_1,
    figure_2,
    figure_3,
    figure_4,
    figure_5,
    figure_6,
    figure_7,
    figure_8,
    geometry,
    leaky,
    reproduce,
    smaller_rate,
    thresholds,
)

# Small enough for seconds, and long enough that few samples are interpolated and many are not.
SMALL = {"d": 5, "width": 40, "iterations": 40_000, "lr": 0.05, "repetitions": 5, "fresh": 2000}
SIZES = (6, 600)


@pytest.fixture(scope="module")
def losses():
    return figure_2(sizes=SIZES, **SMALL)


def status(experiment):
    return {claim.name: claim.status for claim in experiment.verdict.claims}


def test_figure_2_at_both_ends(losses):
    assert set(status(losses).values()) == {"supported"}, losses
    assert losses.verdict.status == "supported"
    low, high = losses.verdict.thresholds[["low", "high"]].iloc[0]
    assert low <= high


def test_figure_2_fails_where_it_must():
    """With few samples at both ends, the claims on the large n do not hold; with many, those on the small n do not."""
    few = status(figure_2(sizes=(6, 7), **SMALL))
    assert few["training loss, n = 7"] == few["test loss, n = 7"] == "inconclusive"
    many = status(figure_2(sizes=(500, 600), **SMALL))
    assert many["training loss, n = 500"] == many["test loss, n = 500"] == "inconclusive"
    assert many["training loss, n = 600"] == "supported"


def test_at_full_size_a_claim_that_fails_is_contradicted(monkeypatch):
    from extremal.experiments import _figure_2

    full = {name: _figure_2.replace(setup, sizes=(6, 7), **SMALL) for name, setup in _figure_2.SETUPS.items()}
    monkeypatch.setattr(_figure_2, "SETUPS", full)
    result = figure_2("paper")
    assert result.preset == "paper"
    assert status(result)["training loss, n = 7"] == "contradicted"
    assert result.verdict.status == "contradicted"


def test_gradient_flow_gives_the_same_figure():
    result = figure_2(sizes=(6, 300), by="flow", **(SMALL | {"repetitions": 3, "width": 10, "iterations": 4000}))
    assert status(result)["training loss, n = 300"] == "supported"
    train = result.summary.set_index("n")["train"]
    assert train[6] < train[300]
    assert "t_max" in result.table


def test_figure_1_has_three_regimes():
    result = figure_1(sizes=(6, 200, 600), **SMALL)
    assert [claim.name for claim in result.verdict.claims][2] == "training loss, n = 200 below 240 parameters"
    assert result.kind == "regimes"


def test_figure_3_counts_neurons():
    result = figure_3(sizes=SIZES, **SMALL)
    share = result.summary.set_index("n")["aligned"]
    assert share[600] > share[6]
    assert status(result)["share aligned, n = 6"] == "supported"


@pytest.mark.parametrize("figure", [figure_4, figure_5])
def test_gelu(figure):
    result = figure(sizes=SIZES, **(SMALL | {"lr": 0.001 if figure is figure_5 else 0.05}))
    assert set(result.table["activation"]) == {"gelu"}
    assert status(result)["training loss, n = 600"] == "supported"
    # with six samples it fits more of the noise than with 600
    train = result.summary.set_index("n")["train"]
    assert train[6] < train[600]


def test_figure_6_settles_and_not_at_zero():
    result = figure_6(sizes=(600,), more=20_000, **SMALL)
    assert set(status(result).values()) == {"supported"}, result
    # where training interpolates, the restart does not bring the loss back up
    few = figure_6(sizes=(6,), more=20_000, **SMALL)
    assert status(few)["training loss, n = 6"] == "inconclusive"


def test_figure_7_moves_the_threshold_with_the_dimension():
    shared = SMALL | {"repetitions": 6, "iterations": 20_000}
    shared.pop("d")
    name = "threshold, d = {} over d = 5"
    sizes = (4, 8, 16, 32, 64, 128)
    down = figure_7(d=2, sizes=sizes, **shared)
    assert status(down)[name.format(2)] == "inconclusive"
    claim = next(c for c in down.verdict.claims if c.name == name.format(2))
    assert claim.high < 1


def test_figure_8_compares_with_a_linear_teacher():
    result = figure_8(sizes=SIZES, **SMALL)
    assert list(result.series) == ["relu5", "linear"]
    # a teacher is not slower than itself
    same = figure_8(sizes=SIZES, teacher="linear", **SMALL)
    claim = same.verdict.claims[-1]
    assert (claim.low, claim.high, claim.status) == (1.0, 1.0, "inconclusive")
    # with the teachers exchanged the ratio is the inverse one
    other = figure_8(sizes=SIZES, teacher="linear", reference="relu5", **SMALL)
    assert list(other.series) == ["linear", "relu5"]
    here, there = result.verdict.claims[-1], other.verdict.claims[-1]
    assert here.name.split("n = ")[1] == there.name.split("n = ")[1]
    assert here.measured * there.measured == pytest.approx(1.0)
    assert there.name.startswith("test loss over 5-ReLU teacher's")
    with pytest.raises(InvalidValueError, match="reference"):
        figure_8(reference="relu6")


def test_a_smaller_rate_and_a_leak():
    assert set(status(smaller_rate(sizes=(600,), **SMALL)).values()) == {"supported"}
    result = leaky(sizes=SIZES, **SMALL)
    assert set(status(result).values()) == {"supported"}
    assert len(result.verdict.thresholds) == 2


def test_thresholds_against_the_dimension():
    shared = SMALL | {"repetitions": 4, "iterations": 20_000}
    shared.pop("d")
    result = thresholds(dimensions=(2, 5), sizes=(4, 8, 16, 32, 64, 128), **shared)
    table = result.verdict.thresholds
    assert table["d"].tolist() == [2, 5]
    assert table["n"][0] < table["n"][1]
    assert result.verdict.fits["cubic"][0] > 3


def test_the_predicted_threshold_is_a_count_of_extremal_vectors(losses):
    table = geometry(losses, draws=3)
    law = losses.setup.law(0)
    from extremal.experiments._geometry import geometry_row

    row = geometry_row(law, 20, 0.0, np.random.default_rng(0))
    X, y = law.sample(20, np.random.default_rng(0))
    result = extremal.find(X, y, method="enumerate")
    assert row["vectors"] == len(result)
    assert row["clusters"] == sum(kind in ("maximum", "minimum") for kind in result.kinds)
    assert (table["complete"] == 1).all()
    assert 6 < table["predicted"][0] < 600


def test_the_same_call_continues_from_the_store(tmp_path, losses):
    once = figure_2(sizes=SIZES, store=tmp_path / "new" / "store", **SMALL)
    names = ["n", "train", "test", "cosines", "curve"]
    assert once.table[names].equals(losses.table[names])
    again = figure_3(sizes=SIZES, store=tmp_path / "new" / "store", **SMALL)
    # rows of Fig. 2, not computed again: not even their times differ
    assert again.table["seconds"].tolist() == once.table["seconds"].tolist()


def test_processes_give_the_same_rows(losses):
    from loky import ProcessPoolExecutor

    with ProcessPoolExecutor(2) as executor:
        parallel = figure_2(sizes=SIZES, executor=executor, **SMALL)
    assert parallel.table[["train", "curve"]].equals(losses.table[["train", "curve"]])


def test_results_can_be_written(losses):
    text = json.dumps(losses.to_json())
    assert json.loads(text)["setting"]["sizes"] == list(SIZES)
    frame = losses.to_frame()
    assert "law" not in frame
    assert len(frame) == 10
    assert repr(losses).startswith("Figure 2: losses against n, SGD (preset quick, changed)\nFigure 2: supported")


def test_every_figure_has_both_presets_and_a_name():
    import inspect

    for name, figure in FIGURES.items():
        assert inspect.signature(figure).parameters["preset"].default == "quick"
        with pytest.raises(InvalidValueError, match="preset is 'quik'; expected one of 'quick', 'paper'"):
            reproduce(name, "quik")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: reproduce("fig22"), InvalidValueError, "did you mean 'fig2'"),
        (lambda: reproduce(2), InvalidTypeError, "figure is 2 of type int; expected one of 'fig1'"),
        (lambda: reproduce("fig2", "papre"), InvalidValueError, "preset is 'papre'.*did you mean 'paper'"),
        (lambda: figure_2(by="flwo"), InvalidValueError, "did you mean 'flow'"),
        (lambda: figure_2(widht=3), InvalidTypeError, "'widht' is not part of a setting.*did you mean 'width'"),
        (lambda: figure_2(sizes=()), InvalidValueError, "sizes is empty"),
        (lambda: figure_2(sizes=(0, 5)), InvalidValueError, "sizes is 0"),
        (lambda: figure_2(width=0), InvalidValueError, "width is 0"),
        (lambda: figure_2(noise=0.0), InvalidValueError, "noise is 0.*the unit of all losses"),
        (lambda: figure_2(optimizer="adm"), InvalidValueError, "optimizer is 'adm'.*did you mean 'adam'"),
        (lambda: figure_2(teacher="relu7"), InvalidValueError, "teacher is 'relu7'.*did you mean 'relu5'"),
        (lambda: figure_4(leak=0.1), InvalidValueError, "leak is 0.1 with activation 'gelu'"),
        (lambda: figure_2(by="newton"), InvalidValueError, "by is 'newton'; expected one of 'sgd', 'flow'"),
        (lambda: figure_2(by="flow", activation="gelu"), InvalidValueError, "of which gradient flow is the limit"),
        (lambda: figure_2(confidence=1.0), InvalidValueError, "confidence is 1.0"),
        (lambda: figure_2(store=__file__), InvalidValueError, "a file; expected a folder"),
        (lambda: leaky(leak=0.0), InvalidValueError, "leak is 0"),
        (lambda: thresholds(dimensions=(3,)), InvalidValueError, "expected two or more"),
        (lambda: thresholds(d=3), InvalidTypeError, "d was given"),
        (lambda: figure_6(more=0), InvalidValueError, "more is 0"),
    ],
)
def test_bad_input(call, error, words):
    with pytest.raises(error, match=words):
        call()
