"""Figures of verdicts: what is drawn are the numbers of the verdict."""

from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from extremal import statements
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.plot import plot_counts, plot_distance, plot_rate, plot_tail, save_concentration
from tests.plot.artists import curve, scatters

SIZES = (100, 200, 400, 800)


def grid(dimensions=(2, 3), sizes=SIZES):
    return pd.DataFrame([(d, n) for d in dimensions for n in sizes], columns=["d", "n"])


def verdict(summary, **more):
    return SimpleNamespace(statement="Theorem 9.9", status="inconclusive", summary=summary, **more)


def with_band(frame, mean):
    return frame.assign(mean=mean, low=0.9 * mean, high=1.1 * mean)


def rate(slope=-0.55, predicted=-0.5, dimensions=(2, 3), sizes=SIZES):
    """E Δ_n = d n^slope √log n exactly."""
    frame = grid(dimensions, sizes)
    frame = with_band(frame, frame.d * frame.n**slope * np.sqrt(np.log(frame.n)))
    rows = [(d, slope, slope - 0.1, slope + 0.1, np.log(d), predicted) for d in dimensions]
    fits = pd.DataFrame(rows, columns=["d", "slope", "slope_low", "slope_high", "intercept", "predicted"])
    return verdict(frame.sample(frac=1, random_state=0), fits=fits)


def tail(deltas=(0.5, 0.1, 0.01), dimensions=(2, 3), sizes=SIZES):
    frame = grid(dimensions, sizes).merge(pd.DataFrame({"delta": deltas}), how="cross")
    scale = np.sqrt((frame.d * np.log(frame.n) - np.log(frame.delta)) / frame.n)
    ratio = 0.4 - 0.1 * frame.delta
    quantile = ratio * scale
    return verdict(frame.assign(scale=scale, ratio=ratio, quantile=quantile, low=0.9 * quantile, high=1.1 * quantile))


def counts(mean=None, dimensions=(2, 3), sizes=SIZES):
    frame = grid(dimensions, sizes)
    mean = 2 + (frame.n < 400) * frame.d if mean is None else mean + 0 * frame.n
    return verdict(with_band(frame, mean).assign(share_two=(mean == 2).astype(float)))


def distance(dimensions=(2, 3), sizes=SIZES):
    frame = grid(dimensions, sizes)
    frame = with_band(frame, frame.d / np.sqrt(frame.n))
    rows = [(e, d, n) for d in dimensions for e, n in ((0.25, np.nan), (1.0, 100.0), (0.5, 400.0))]
    return verdict(
        frame.assign(largest=2 * frame["mean"]), thresholds=pd.DataFrame(rows, columns=["eps", "d", "n_star"])
    )


FIGURES = {
    "theorem_3_1": (plot_rate, rate),
    "theorem_d1": (plot_tail, tail),
    "extremal_counts": (plot_counts, counts),
    "proposition_3_1": (plot_distance, distance),
}
EACH = pytest.mark.parametrize("name", FIGURES)


def bands(ax):
    return {c.get_label(): c for c in ax.collections if isinstance(c, PolyCollection)}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_rate(ax):
    shown = rate()
    assert plot_rate(shown, ax=ax) is ax
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    for d in (2, 3):
        rows = shown.summary[shown.summary.d == d].sort_values("n")
        np.testing.assert_allclose(curve(ax, f"d = {d}: slope −0.55 [−0.65, −0.45]"), rows[["n", "mean"]])
        band = bands(ax)[f"_interval, d = {d}"].get_paths()[0].vertices
        drawn = {tuple(point) for point in np.round(band, 12)}
        assert {tuple(point) for point in np.round(rows[["n", "low"]].to_numpy(), 12)} <= drawn
        assert {tuple(point) for point in np.round(rows[["n", "high"]].to_numpy(), 12)} <= drawn
        for name, slope in (("fit", -0.55), ("predicted", -0.5)):
            n, value = curve(ax, f"_{name}, d = {d}").T
            assert (n[0], n[-1]) == pytest.approx((100, 800))
            np.testing.assert_allclose(np.diff(np.log(value / np.sqrt(np.log(n)))) / np.diff(np.log(n)), slope)
            # both go through the middle of the data, here exactly
            middle = np.sqrt(100 * 800)
            at = np.exp(np.interp(np.log(middle), np.log(n), np.log(value)))
            assert at == pytest.approx(d * middle**-0.55 * np.sqrt(np.log(middle)), rel=1e-4)
    assert legend(ax)[-2:] == ["fitted", "predicted: slope −½"]
    assert len(legend(ax)) == 4
    assert ax.get_title() == "Theorem 9.9: inconclusive"
    ax.figure.draw_without_rendering()
    assert labels(ax.xaxis) == ["100", "200", "400", "800"]


def test_another_rate_and_none(ax):
    plot_rate(rate(predicted=-0.25), ax=ax)
    assert legend(ax)[-1] == "predicted: slope −0.25"
    other = Figure().subplots()
    plot_rate(rate(slope=np.nan), ax=other)
    assert legend(other) == ["d = 2", "d = 3"]


def test_the_legend_covers_no_band(ax):
    ax.figure.set_size_inches(5.6, 4.4)
    plot_rate(rate(dimensions=(2, 3, 4)), ax=ax)
    ax.figure.draw_without_rendering()
    box = ax.get_legend().get_window_extent()
    for band in bands(ax).values():
        assert not any(box.contains(*point) for point in ax.transData.transform(band.get_paths()[0].vertices))


def test_tail(ax):
    shown = tail()
    plot_tail(shown, ax=ax)
    rows = shown.summary
    for d in (2, 3):
        for delta in (0.5, 0.1, 0.01):
            chosen = rows[(rows.d == d) & (rows.delta == delta)].sort_values("scale")
            label = f"d = {d}" if delta == 0.01 else f"_d = {d}, δ = {delta}"
            np.testing.assert_allclose(curve(ax, label), chosen[["scale", "quantile"]])
    bars = [c for c in ax.collections if c.get_label() == "_intervals"]
    ends = np.concatenate([bar.get_segments() for bar in bars])
    assert sorted(ends[:, 0, 1]) == pytest.approx(sorted(rows.low))
    assert sorted(ends[:, 1, 1]) == pytest.approx(sorted(rows.high))
    # the lowest line above all quantiles
    scale, value = curve(ax, "0.399 × predicted").T
    np.testing.assert_allclose(value, 0.399 * scale)
    assert legend(ax) == ["d = 2", "d = 3", "0.399 × predicted"]
    assert ax.get_legend().get_title().get_text() == "light to dark: δ = 0.5, 0.1, 0.01"


def test_shades_go_from_light_to_dark(ax):
    plot_tail(tail(dimensions=(2,)), ax=ax)
    found = {line.get_label(): line.get_color() for line in ax.lines}
    light = [np.sum(found[label]) for label in ("_d = 2, δ = 0.5", "_d = 2, δ = 0.1", "d = 2")]
    assert light == sorted(light, reverse=True)
    assert to_hex(found["d = 2"]) == "#0072b2"


def test_counts(ax):
    shown = counts()
    plot_counts(shown, ax=ax)
    two = next(line for line in ax.lines if line.get_label() == "two")
    assert set(two.get_ydata()) == {2.0}
    assert set(bands(ax)) == {"_interval, d = 2", "_interval, d = 3"}
    for d in (2, 3):
        rows = shown.summary[shown.summary.d == d].sort_values("n")
        np.testing.assert_array_equal(curve(ax, f"d = {d}"), rows[["n", "mean"]])
        rings = scatters(ax)[f"_two in every sample, d = {d}"]
        np.testing.assert_array_equal(rings.get_offsets(), [[400, 2], [800, 2]])
    assert legend(ax)[-1] == "two in every sample"
    assert ax.get_yscale() == "linear"
    assert ax.get_ylim()[0] < 1.8


def test_many_vectors_are_on_a_logarithmic_axis(ax):
    plot_counts(counts(mean=50), ax=ax)
    assert ax.get_yscale() == "log"
    assert ax.get_ylim()[0] < 2
    assert "two in every sample" not in legend(ax)


def test_distance(ax):
    shown = distance()
    plot_distance(shown, ax=ax)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    for d in (2, 3):
        rows = shown.summary[shown.summary.d == d].sort_values("n")
        np.testing.assert_allclose(curve(ax, f"d = {d}: n*(ε) = 100, 400, –"), rows[["n", "mean"]])
        np.testing.assert_allclose(curve(ax, f"_largest, d = {d}"), rows[["n", "largest"]])
    assert ax.get_legend().get_title().get_text() == "ε = 1, 0.5, 0.25"
    expected = [[n, d / np.sqrt(n)] for d in (2, 3) for n in (100, 400)]
    np.testing.assert_allclose(scatters(ax)["n*(ε)"].get_offsets(), expected)


@EACH
def test_dimensions_differ_in_colour_and_marker(name, ax):
    plot, make = FIGURES[name]
    plot(make(dimensions=(2, 3, 4, 5, 10)), ax=ax)
    drawn = [line for line in ax.lines if line.get_label().startswith("d = ")]
    assert len(drawn) == 5
    assert len({to_hex(line.get_color()) for line in drawn}) == len({line.get_marker() for line in drawn}) == 5


@EACH
@pytest.mark.parametrize("sizes", [(100,), (10, 20, 30, 40, 50, 60, 70, 80, 90, 1000, 2_000_000)])
def test_ticks_do_not_overlap(name, sizes, ax):
    ax.figure.set_size_inches(5.6, 4.4)
    plot, make = FIGURES[name]
    plot(make(sizes=sizes), ax=ax)
    ax.figure.draw_without_rendering()
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        ticks = [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        boxes = [tick.get_window_extent() for tick in ticks]
        for i, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:i])


@EACH
def test_what_is_missing_is_left_out(name, ax):
    plot, make = FIGURES[name]
    shown = make()
    values = [c for c in shown.summary if c not in ("d", "n", "delta", "scale")]
    shown.summary.loc[shown.summary.n == 200, values] = np.nan
    plot(shown, ax=ax)
    ax.figure.draw_without_rendering()
    shown.summary.loc[:, values] = np.nan
    other = Figure().subplots()
    plot(shown, ax=other)
    other.figure.draw_without_rendering()
    shown.summary = shown.summary.iloc[:0]
    last = Figure().subplots()
    plot(shown, ax=last)
    last.figure.draw_without_rendering()


@EACH
def test_wrong_verdicts_are_refused(name, ax):
    plot, _ = FIGURES[name]
    for other, (_, make) in FIGURES.items():
        if other != name:
            with pytest.raises(InvalidTypeError, match=rf"'Theorem 9.9'.*no column.*statements\.{name}"):
                plot(make(), ax=ax)
    with pytest.raises(InvalidTypeError, match="verdict is str"):
        plot("verdict", ax=ax)


def test_figures_of_their_own(monkeypatch):
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda *a, **k: pytest.fail("a figure was shown"))
    before = dict(matplotlib.rcParams)
    drawn = [plot(make()) for plot, make in FIGURES.values()]
    try:
        assert len({ax.figure.number for ax in drawn}) == 4
        assert dict(matplotlib.rcParams) == before
    finally:
        for ax in drawn:
            plt.close(ax.figure)


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_panels_in_a_file(suffix, start, tmp_path):
    path = tmp_path / f"figure.{suffix}"
    save_concentration({"rate": rate(), "tails": tail(), "counts": counts(), "distance": distance()}, path=path)
    assert path.read_bytes().startswith(start)


def test_panels_that_are_not_there(tmp_path):
    for verdicts in ({}, {"rates": rate()}):
        with pytest.raises(InvalidValueError, match="expected one or more of rate, tails, counts, distance"):
            save_concentration(verdicts, path=tmp_path / "figure.png")


@EACH
def test_real_verdicts(name, ax):
    """The statements make the tables that the figures read."""
    small = getattr(statements, name)(n=(20, 40, 80), d=(2,), repetitions=40)
    plot, _ = FIGURES[name]
    plot(small, ax=ax)
    ax.figure.draw_without_rendering()
    assert ax.get_title() == f"{small.statement}: {small.status}"
    assert any(text.startswith("d = 2") for text in legend(ax))
