"""Figures of experiments: what is drawn are the rows, and what is written can be read."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.experiments import (
    figure_2,
    figure_3,
    figure_6,
    figure_7,
    geometry,
    read_numbers,
    smaller_rate,
    thresholds,
)
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
from tests.plot.artists import scatters

SMALL = {"width": 20, "iterations": 4000, "lr": 0.05, "repetitions": 3, "fresh": 500}
SIZES = (6, 60, 300)


@pytest.fixture(scope="module")
def losses():
    return figure_2(sizes=SIZES, **SMALL)


@pytest.fixture
def ax():
    return Figure(figsize=(7, 5), layout="constrained").subplots()


def measured(experiment, **more):
    """The experiment with other results."""
    return replace(experiment, verdict=replace(experiment.verdict, **more))


def places(n, low, high):
    """Thresholds, one a series."""
    return pd.DataFrame({"series": [f"d = {i}" for i in range(len(n))], "n": n, "low": low, "high": high})


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def is_beside(ax):
    ax.figure.draw_without_rendering()
    return ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1


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
    plot_losses(measured(losses, table=table, summary=summary), ax=ax)
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
    assert is_beside(ax)
    assert ": d = 10, 5, m = 20" in ax.get_title()


def test_the_threshold_is_a_line_in_its_interval(losses, ax):
    found = measured(losses, thresholds=places([30.0], [12.0], [np.inf]))
    plot_losses(found, ax=ax)
    assert line(ax, "half interpolate: n = 30").get_xdata()[0] == 30
    (band,) = ax.patches
    assert band.get_x() == 12
    # an end that is not known is the end of the axis
    open_ = Figure().subplots()
    plot_losses(measured(losses, thresholds=places([30.0], [0.0], [np.inf])), ax=open_)
    (band,) = open_.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx(open_.get_xlim())
    for n in (np.nan, np.inf, 0.0):
        other = Figure().subplots()
        plot_losses(measured(losses, thresholds=places([n], [0.0], [np.inf])), ax=other)
        assert not other.patches


def test_thresholds_that_coincide_are_both_seen(ax):
    result = figure_7(sizes=SIZES, **SMALL)
    plot_losses(measured(result, thresholds=places([30.0, 30.0], [12.0] * 2, [60.0] * 2)), ax=ax)
    first, second = (line(ax, f"half interpolate, d = {i}: n = 30") for i in (0, 1))
    assert first.get_color() != second.get_color()
    # dashes of the one are the gaps of the other; matplotlib gives no public way to ask
    (start, pattern), (other, same) = first._unscaled_dash_pattern, second._unscaled_dash_pattern
    assert list(pattern) == list(same) == [4, 4]
    assert (other - start) % 8 == 4


def test_a_size_alone_has_room(ax):
    plot_losses(smaller_rate(sizes=(300,), **(SMALL | {"repetitions": 2})), ax=ax)
    assert ax.get_ylim()[0] > 100 * LOWEST
    assert line(ax, "OLS, test").get_marker() == "_"


def test_one_run_has_no_interval(ax):
    plot_losses(figure_2(sizes=SIZES, **(SMALL | {"repetitions": 1})), ax=ax)
    bands = [c for c in ax.collections if isinstance(c, PolyCollection)]
    assert len(bands) == 2
    assert not any(band.get_paths() for band in bands)


def test_the_legend_leaves_its_corner_to_a_network_that_interpolates(losses, ax):
    summary = losses.summary.copy()
    plot_losses(measured(losses, summary=summary.assign(train=2.0)), ax=ax)
    assert not is_beside(ax)
    other = Figure(layout="constrained").subplots()
    plot_losses(measured(losses, summary=summary.assign(train=1e-3)), ax=other)
    assert is_beside(other)


def test_regimes_cover_the_axis(losses, ax):
    plot_regimes(losses, ax=ax)
    spans = sorted((p.get_x(), p.get_x() + p.get_width()) for p in ax.patches)
    low, high = ax.get_xlim()
    assert spans[0][0] == pytest.approx(low)
    assert spans[-1][1] == pytest.approx(high)
    assert any(end == pytest.approx(20 * 6) for _, end in spans)
    assert is_beside(ax)


@pytest.mark.parametrize(
    ("n", "share", "names"),
    [
        (30.0, 0.5, ["interpolation", "simplicity bias", "too few parameters"]),
        (500.0, 1.0, ["interpolation"]),
        # beyond the grid the estimate is nan, and the shares say on which side
        (np.nan, 1.0, ["interpolation"]),
        (np.nan, 0.0, ["simplicity bias", "too few parameters"]),
    ],
)
def test_regimes_that_there_are(losses, ax, n, share, names):
    summary = losses.summary.assign(interpolates=share)
    plot_regimes(measured(losses, summary=summary, thresholds=places([n], [0.0], [np.inf])), ax=ax)
    assert [name for name in legend(ax) if name in ("interpolation", "simplicity bias", "too few parameters")] == names
    assert len(ax.texts) == len(ax.patches) == len(names)


def test_a_narrow_regime_is_named_in_the_legend(losses, ax):
    plot_regimes(measured(losses, thresholds=places([110.0], [0.0], [np.inf])), ax=ax)
    assert "simplicity bias" in legend(ax)
    assert [text.get_text().split(":")[0] for text in ax.texts] == ["interpolation", "too few\nparameters"]
    # names do not overlap, and are above the data
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert boxes[0].x1 < boxes[1].x0
    top = ax.transData.transform((1, losses.table["test"].max() / 0.045))[1]
    assert all(box.y0 > top for box in boxes)


def test_histograms_are_shares(losses, ax):
    plot_cosines(losses, ax=ax)
    drawn = [patch.get_data() for patch in ax.patches]
    assert len(drawn) == 2
    for n, data in zip((6, 300), drawn, strict=True):
        rows = losses.table[losses.table["n"] == n]["cosines"]
        counts = np.sum([read_numbers(text) for text in rows], axis=0)
        np.testing.assert_allclose(data.values, counts / 60)
        np.testing.assert_allclose(data.edges[[0, -1]], [-1, 1])
    assert ax.get_ylim()[0] == 0


def test_curves_begin_at_zero(ax):
    result = figure_6(sizes=(300,), more=500, **SMALL)
    plot_curves(result, ax=ax)
    assert ax.get_ylim()[0] == 0
    curve = ax.get_lines()[1]
    np.testing.assert_allclose(curve.get_ydata() * 0.045, read_numbers(result.table["curve"].iloc[1]))
    before = scatters(ax)["at the restart, n = 300"].get_offsets()
    np.testing.assert_allclose(before[:, 1] * 0.045, result.table["before"])


def test_thresholds(ax):
    result = thresholds(dimensions=(2, 5), sizes=(4, 16, 64, 256), **SMALL)
    plot_thresholds(result, ax=ax)
    assert "interval" in legend(ax)
    x, y = line(ax, "half interpolate").get_data()
    known = result.verdict.thresholds.dropna(subset="n")
    assert x.tolist() == known["d"].tolist()
    assert y.tolist() == known["n"].tolist()


def test_slopes_and_intervals_without_an_end(ax):
    result = thresholds(dimensions=(2, 3, 4), sizes=(4, 256), **(SMALL | {"repetitions": 2, "iterations": 10}))
    d = np.array([2, 3, 4])
    table = places(5.0 * d**2, [0.0, 40.0, 70.0], [30.0, 50.0, np.inf]).assign(d=d)
    fits = pd.DataFrame({"exponent": [2.0], "low": [1.5], "high": [np.inf], "cubic": [3.9]})
    plot_thresholds(measured(result, thresholds=table, fits=fits), ax=ax)
    assert legend(ax)[2:] == ["slope 2 [1.5, ∞]", "slope of d³ log d"]
    x, y = line(ax, "slope 2 [1.5, ∞]").get_data()
    np.testing.assert_allclose(y, 5 * x**2)
    x, y = line(ax, "slope of d³ log d").get_data()
    np.testing.assert_allclose(y / y[0], x**3 * np.log(x) / (x[0] ** 3 * np.log(x[0])))
    # arrows where the sizes set no limit
    assert line(ax, "_no limit v").get_xdata().tolist() == [2]
    assert line(ax, "_no limit ^").get_xdata().tolist() == [4]
    # nothing is known: no slope
    other = Figure().subplots()
    unknown = table.assign(n=[0.0, np.nan, np.inf], low=0.0, high=np.inf)
    plot_thresholds(measured(result, thresholds=unknown, fits=fits), ax=other)
    assert legend(other) == ["interval", "half interpolate"]


@pytest.mark.parametrize("figure", [figure_2, figure_3, figure_6, thresholds])
def test_failed_runs_are_left_out(figure, tmp_path, monkeypatch):
    """Where all have failed, there are axes without lines, and files that say so."""

    def fail(*arguments, **options):
        raise MemoryError

    monkeypatch.setattr("extremal.experiments._runs.train", fail)
    result = figure(sizes=(6, 60), **(SMALL | {"repetitions": 1, "iterations": 10}))
    assert set(result.table["status"]) == {"failed"}
    save_experiment(result, tmp_path, "figure")
    document = json.loads((tmp_path / "figure.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert document["status"] == "inconclusive"


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
