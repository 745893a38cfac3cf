"""Figures of experiments: what is drawn are the rows, and what is written can be read."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.experiments import figure_2, figure_6, figure_7, geometry, read_numbers, thresholds
from extremal.plot import (
    plot_cosines,
    plot_curves,
    plot_experiment,
    plot_losses,
    plot_regimes,
    plot_thresholds,
    save_experiment,
)
from extremal.plot._losses import LOWEST

SMALL = {"width": 20, "iterations": 4000, "lr": 0.05, "repetitions": 3, "fresh": 500}
SIZES = (6, 60, 300)


@pytest.fixture(scope="module")
def losses():
    return figure_2(sizes=SIZES, **SMALL)


@pytest.fixture
def ax():
    return Figure(figsize=(7, 5), layout="constrained").subplots()


def line(ax, label):
    return next(artist for artist in ax.get_lines() if artist.get_label() == label)


def test_losses_are_geometric_means_over_the_level(losses, ax):
    assert plot_losses(losses, ax=ax) is ax
    for label, name in (("training loss", "train"), ("test loss", "test")):
        x, y = line(ax, label).get_data()
        assert tuple(x) == SIZES
        for n, value in zip(x, y, strict=True):
            rows = losses.table[losses.table["n"] == n][name] / 0.045
            assert value == pytest.approx(max(np.exp(np.log(rows).mean()), LOWEST))
    assert line(ax, "noise level σ²/2").get_ydata()[0] == 1.0
    assert "quick, changed: d = 5, m = 20, 4 000 iterations, 3 runs" in ax.get_title()


def test_losses_of_rounding_are_drawn_at_the_floor(losses, ax):
    table = losses.table.copy()
    table.loc[table["n"] == 6, "train"] = 1e-20
    summary = losses.summary.copy()
    summary.loc[summary["n"] == 6, ["train", "train_low", "train_high"]] = 1e-18
    plot_losses(replace(losses, verdict=replace(losses.verdict, table=table, summary=summary)), ax=ax)
    assert line(ax, "training loss").get_ydata()[0] == LOWEST
    assert ax.get_ylim()[0] < LOWEST


def test_the_prediction_is_laid_over(losses, ax):
    table = geometry(losses, draws=2)
    plot_losses(losses, geometry=table, ax=ax)
    predicted = table["predicted"].iloc[0]
    assert line(ax, f"predicted by extremal vectors: n = {predicted:.0f}").get_xdata()[0] == predicted
    unknown = pd.DataFrame({"predicted": [np.nan]})
    assert len(plot_losses(losses, geometry=unknown, ax=Figure().subplots()).get_lines()) < len(ax.get_lines())


def test_several_series_have_their_own_colours(ax):
    result = figure_7(sizes=SIZES, **SMALL)
    plot_experiment(result, ax=ax)
    ten, five = (line(ax, f"test loss, d = {d}") for d in (10, 5))
    assert ten.get_color() != five.get_color()
    # the legend is beside the data
    ax.figure.draw_without_rendering()
    assert ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1


def test_regimes_cover_the_axis(losses, ax):
    plot_regimes(losses, ax=ax)
    spans = sorted((p.get_x(), p.get_x() + p.get_width()) for p in ax.patches)
    low, high = ax.get_xlim()
    assert spans[0][0] == pytest.approx(low)
    assert spans[-1][1] == pytest.approx(high)
    assert any(end == pytest.approx(20 * 6) for _, end in spans)


def test_histograms_are_shares(losses, ax):
    plot_cosines(losses, ax=ax)
    drawn = [patch.get_data() for patch in ax.patches]
    assert len(drawn) == 2
    for n, data in zip((6, 300), drawn, strict=True):
        rows = losses.table[losses.table["n"] == n]["cosines"]
        counts = np.sum([read_numbers(text) for text in rows], axis=0)
        np.testing.assert_allclose(data.values, counts / 60)
        np.testing.assert_allclose(data.edges[[0, -1]], [-1, 1])


def test_curves_begin_at_zero(ax):
    result = figure_6(sizes=(300,), more=500, **SMALL)
    plot_curves(result, ax=ax)
    assert ax.get_ylim()[0] == 0
    curve = ax.get_lines()[1]
    np.testing.assert_allclose(curve.get_ydata() * 0.045, read_numbers(result.table["curve"].iloc[1]))


def test_thresholds(ax):
    result = thresholds(dimensions=(2, 5), sizes=(4, 16, 64, 256), **SMALL)
    plot_thresholds(result, ax=ax)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "interval" in labels
    x, y = line(ax, "half interpolate").get_data()
    known = result.verdict.thresholds.dropna(subset="n")
    assert x.tolist() == known["d"].tolist()
    assert y.tolist() == known["n"].tolist()


def test_files(losses, tmp_path):
    paths = save_experiment(losses, tmp_path / "new" / "folder", "fig2", geometry=geometry(losses, draws=2))
    assert [path.name for path in paths] == ["fig2.svg", "fig2.png", "fig2.csv", "fig2.json", "fig2.geometry.csv"]
    before = paths[0].read_bytes()
    save_experiment(losses, tmp_path / "new" / "folder", "fig2", geometry=geometry(losses, draws=2))
    assert paths[0].read_bytes() == before, "the same run gives the same picture"
    rows = pd.read_csv(paths[2])
    np.testing.assert_allclose(rows["train"], losses.table["train"])
    document = json.loads(paths[3].read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert document["setting"]["sizes"] == list(SIZES)
    assert [claim["status"] for claim in document["claims"]] == [claim.status for claim in losses.verdict.claims]


def test_bad_input(losses, tmp_path):
    with pytest.raises(InvalidTypeError, match="experiment is of type int; expected an Experiment"):
        plot_experiment(3)
    with pytest.raises(InvalidTypeError, match="of kind 'losses'; expected an Experiment of kind 'curves'"):
        plot_curves(losses)
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidValueError, match="a file; expected a folder"):
        save_experiment(losses, tmp_path / "file", "fig2")
