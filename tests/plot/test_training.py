"""Figures of training runs: what is drawn are the numbers of the run."""

from dataclasses import replace
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import extremal
from extremal import early_alignment
from extremal.data import Dataset, three_points
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.plot import plot_alignment, plot_basins, plot_loss, plot_neurons, save_training
from extremal.plot._clock import Clock, clock_of, half_time, marks_of
from extremal.plot._history import history_of, leading_pair, networks, norms_and_units, vectors_of
from extremal.plot._maps import CENTRE, MIDDLE, Circle, Sphere, map_of
from extremal.plot._sphere import OFFSET, unchart
from extremal.training import Network
from tests.plot.artists import curve, scatters

UP, DOWN = "#d55e00", "#0072b2"


def data(n, d, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return Dataset(X, X[:, 0] + 0.3 * rng.normal(size=n))


def run(n, d, m, **more):
    more = {"scale": 0.01, "init": "theorem", "rng": 0, "gtol": 1e-3} | more
    return extremal.flow(data(n, d), width=m, **more)


@pytest.fixture(scope="module")
def runs():
    return {1: run(8, 1, 5), 2: run(10, 2, 12), 3: run(12, 3, 30, t_max=25.0), 5: run(20, 5, 20, t_max=15.0)}


EACH = pytest.mark.parametrize("d", [1, 2, 3, 5])


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def paths(ax):
    """Paths of neurons, by colour."""
    found = [c for c in ax.collections if isinstance(c, LineCollection) and " neuron" in c.get_label()]
    return {to_hex(c.get_color()[0]): c for c in found}


# time


@given(st.floats(1e-3, 1e3), st.just(1.0) | st.floats(1.5, 1e6), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9))
def test_the_axis_of_time_and_back(linear, factor, shares):
    clock = Clock(linear * factor, linear)
    shares = np.sort(shares)
    np.testing.assert_allclose(clock.forward(clock.inverse(shares)), shares, atol=1e-9)
    assert np.all(np.diff(clock.inverse(shares)) >= 0)
    times = clock.grid(7)
    assert (times[0], times[-1]) == (0.0, clock.end)
    assert np.all(np.diff(times) > 0)


def test_long_runs_have_a_logarithmic_part(runs):
    trajectory = runs[2]
    half = half_time(trajectory)
    losses = np.interp(half, trajectory.times, trajectory.losses)
    assert losses == pytest.approx((trajectory.losses[0] + trajectory.losses[-1]) / 2)
    short = replace(trajectory, times=np.minimum(trajectory.times, 3 * half))
    assert not clock_of(short).bent
    long = replace(trajectory, times=trajectory.times * np.where(trajectory.times > half, 100.0, 1.0))
    clock = clock_of(long)
    assert clock.bent
    assert 2 * half_time(long) <= clock.linear < 5 * half_time(long)
    ax = Figure(layout="constrained").subplots()
    plot_loss(long, ax=ax)
    assert "logarithmic from" in ax.get_xlabel()
    ax.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert len(boxes) >= 4
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_networks_are_those_of_the_run(runs):
    trajectory = runs[3]
    end = trajectory.times[-1]
    times = [end, 0.0, 0.3 * end, end / 50, 0.3 * end]
    found = networks(trajectory, times)
    for time, network in zip(times, found, strict=True):
        expected = trajectory.at(time)
        np.testing.assert_allclose(network.W, expected.W, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(network.a, expected.a, rtol=1e-9, atol=1e-12)
    for bad in ([-1.0], [2 * end], [[0.0]], [np.nan]):
        with pytest.raises(InvalidValueError):
            networks(trajectory, bad)


def test_times_that_cannot_be_gone_through_again_are_computed_one_by_one(runs, monkeypatch):
    from extremal.plot import _history

    nothing = SimpleNamespace(status=None, observed=np.empty(0), observations=())
    monkeypatch.setattr(_history, "flow", lambda *a, **k: nothing)
    found = networks(runs[2], [1.0])[0]
    np.testing.assert_array_equal(found.W, runs[2].at(1.0).W)


def test_an_interrupt_gets_through(runs, monkeypatch):
    from extremal.plot import _history

    stopped = SimpleNamespace(status=extremal.FlowStatus.INTERRUPTED, observed=np.empty(0), observations=())
    monkeypatch.setattr(_history, "flow", lambda *a, **k: stopped)
    with pytest.raises(KeyboardInterrupt):
        networks(runs[2], [1.0])


# loss


@EACH
def test_loss(runs, d, ax):
    trajectory = runs[d]
    assert plot_loss(trajectory, ax=ax) is ax
    np.testing.assert_array_equal(curve(ax, "loss L"), np.column_stack([trajectory.times, trajectory.losses]))
    (other,) = [axes for axes in ax.figure.axes if axes is not ax]
    drawn = curve(other, "gradient / its peak")
    np.testing.assert_allclose(drawn[:, 1], trajectory.gradients / trajectory.peak)
    assert (ax.get_yscale(), other.get_yscale()) == ("log", "log")
    assert ax.get_zorder() > other.get_zorder()
    assert legend(ax)[:2] == ["loss L", "gradient / its peak"]
    assert "half of the loss gone" in legend(ax)[-1]
    ax.figure.draw_without_rendering()


def test_the_legend_covers_neither_line(runs, ax):
    for d in (2, 5):
        ax = Figure(figsize=(5.6, 4.4), layout="constrained").subplots()
        plot_loss(runs[d], ax=ax)
        ax.figure.draw_without_rendering()
        box = ax.get_legend().get_window_extent()
        for axes in ax.figure.axes:
            (line,) = [line for line in axes.lines if len(line.get_xdata()) > 2]
            assert not any(box.contains(*point) for point in axes.transData.transform(line.get_xydata()))


def test_marks(runs, ax):
    trajectory = runs[2]
    early, half = marks_of(trajectory)
    assert early.time < half.time == half_time(trajectory)
    met = np.interp([early.time, half.time], trajectory.times, trajectory.crossings)
    assert met[0] == pytest.approx(0.95 * met[1])
    plot_loss(
        trajectory, phases=[(2.0, "second"), (1.0, "first $"), (np.nan, "never"), (None, "nor"), (1e9, "late")], ax=ax
    )
    assert legend(ax)[2:] == [r"first \$, t = 1", "second, t = 2"]
    lines = [line for line in ax.lines if "t = " in str(line.get_label())]
    assert [line.get_xdata()[0] for line in lines] == [1.0, 2.0]
    assert lines[0].get_linestyle() == lines[1].get_linestyle() == "--"
    assert lines[0]._dash_pattern != lines[1]._dash_pattern
    assert marks_of(trajectory, ()) == []


def test_marks_of_phases(runs, ax):
    phases = SimpleNamespace(tau=1.0, together=2.0, slow=(3.0, np.nan), fast=(5.0, 4.0))
    plot_loss(runs[2], phases=phases, ax=ax)
    words = ["F.2: τ, t = 1", "in their cones, t = 2", "F.4: $τ_2$ of $I_+$, t = 3", "F.5: $τ_3$ of $I_-$, t = 4"]
    assert legend(ax)[2:] == [*words, "F.5: $τ_3$ of $I_+$, t = 5"]
    colours = {line.get_label(): to_hex(line.get_color()) for line in ax.lines}
    assert (colours[words[2]], colours[words[3]]) == (UP, DOWN)
    ax.figure.draw_without_rendering()


def test_real_phases(ax):
    from extremal.training import phases

    trajectory = run(60, 2, 10)
    marks = marks_of(trajectory, phases(trajectory, [1.0, 0.0]))
    assert any(mark.label == "F.2: τ" for mark in marks)


@pytest.mark.parametrize("phases", ["text", 3, [1.0], [("a", 1.0)], [(1.0, "a", 2)], [(True, "a")]])
def test_marks_that_are_none(runs, phases, ax):
    with pytest.raises(InvalidTypeError, match=r"expected what extremal.training.phases returns, or pairs"):
        plot_loss(runs[2], phases=phases, ax=ax)


def test_a_run_that_stays_where_it_is(ax):
    """No neuron is active on any sample: nothing moves, and all figures are drawn."""
    still = extremal.flow([[1.0, 0.0]], [1.0], init=Network([[-1.0, 0.5]], [1.0]))
    assert still.times[-1] == 0
    plot_loss(still, ax=ax)
    assert "stationary at t = 0" in ax.get_title()
    for plot in (plot_neurons, plot_alignment):
        axes = Figure(layout="constrained").subplots()
        plot(still, ax=axes)
        axes.figure.draw_without_rendering()


def test_a_loss_of_zero_can_be_drawn(runs, ax):
    trajectory = replace(runs[2], losses=np.where(runs[2].times > 5, 0.0, runs[2].losses))
    plot_loss(trajectory, ax=ax)
    ax.figure.draw_without_rendering()
    nothing = replace(runs[2], losses=0 * runs[2].losses, gradients=0 * runs[2].gradients, peak=0.0)
    other = Figure(layout="constrained").subplots()
    plot_loss(nothing, ax=other)
    other.figure.draw_without_rendering()


# neurons


@EACH
@pytest.mark.parametrize("quantity", ["norms", "sizes"])
def test_sizes_of_neurons(runs, d, quantity, ax):
    trajectory = runs[d]
    plot_neurons(trajectory, quantity, ax=ax)
    assert ax.get_yscale() == "log"
    a = trajectory.initial.a
    assert {f"{np.sum(a > 0)} with $a_j > 0$", f"{np.sum(a < 0)} with $a_j < 0$"} <= set(legend(ax))
    ends = np.linalg.norm(trajectory.network.W, axis=1)
    if quantity == "sizes":
        ends = ends * np.abs(trajectory.network.a)
    for sign, colour in ((1, UP), (-1, DOWN)):
        chosen = ends[np.sign(a) == sign]
        found = [line.get_ydata()[-1] for line in ax.lines if to_hex(line.get_color()) == colour]
        expected = chosen if len(chosen) <= 12 else [np.median(chosen)]
        np.testing.assert_allclose(found, expected)
    ax.figure.draw_without_rendering()


def test_bands_hold_the_shares(runs, ax):
    trajectory = run(30, 3, 60, t_max=3.0)
    plot_neurons(trajectory, ax=ax)
    bands = [c for c in ax.collections if isinstance(c, PolyCollection)]
    assert len(bands) == 4
    chosen = trajectory.initial.a > 0
    ends = np.linalg.norm(trajectory.network.W, axis=1)[chosen]
    vertices = bands[0].get_paths()[0].vertices
    at_end = vertices[vertices[:, 0] == trajectory.times[-1]][:, 1]
    np.testing.assert_allclose([at_end.min(), at_end.max()], np.quantile(ends, [0.05, 0.95]))
    assert "median, 50 % and 90 %" in ax.get_title()


def test_cosines_go_to_one(runs, ax):
    trajectory = runs[2]
    plot_neurons(trajectory, "cosines", ax=ax)
    pair = leading_pair(vectors_of(history_of(trajectory, number=2, most=5), None))
    found = extremal.find(trajectory.X, trajectory.y)
    for D, sign in zip(pair, (1, -1), strict=True):
        best = found[int(np.argmax(sign * found.values))].D
        np.testing.assert_allclose(D, best / np.linalg.norm(best))
    half = half_time(trajectory)
    for colour, sign in ((UP, 1), (DOWN, -1)):
        for line in (line for line in ax.lines if to_hex(line.get_color()) == colour):
            assert sign * np.interp(0.7 * half, *line.get_data()) > 0.95
            assert np.abs(line.get_ydata()).max() <= 1 + 1e-12


def test_cosines_with_given_directions(runs, ax):
    trajectory = runs[3]
    beta = np.array([2.0, 0.0, 0.0])
    plot_neurons(trajectory, "cosines", directions=beta, phases=(), ax=ax)
    units = norms_and_units(trajectory.network.W)[1]
    for colour, chosen in ((UP, trajectory.initial.a > 0), (DOWN, trajectory.initial.a < 0)):
        values = [line.get_ydata()[-1] for line in ax.lines if to_hex(line.get_color()) == colour]
        expected = units[chosen, 0]
        np.testing.assert_allclose(values, expected if len(expected) <= 12 else [np.median(expected)])
    assert "given directions" in ax.get_ylabel()
    other = Figure().subplots()
    plot_neurons(trajectory, "cosines", directions=[beta, -beta], ax=other)
    for bad in ([1.0, 0.0], np.ones((3, 3)), [0.0, 0.0, 0.0], np.ones((1, 2, 3))):
        with pytest.raises(InvalidValueError):
            plot_neurons(trajectory, "cosines", directions=bad, ax=other)


def test_nothing_but_zero_to_compare_with(ax):
    still = extremal.flow([[1.0, 2.0]], [0.0], width=4, scale=0.1, rng=0, t_max=1.0)
    plot_neurons(still, "cosines", ax=ax)
    assert "no extremal vector but D = 0" in [text.get_text() for text in ax.texts]
    ax.figure.draw_without_rendering()


def test_tiny_weights_have_norms():
    W = np.array([[3e-200, 4e-200], [0.0, 0.0], [3e200, -4e200]])
    norms, units = norms_and_units(W)
    np.testing.assert_allclose(norms, [5e-200, 0.0, 5e200])
    np.testing.assert_allclose(units, [[0.6, 0.8], [np.nan, np.nan], [0.6, -0.8]])


def test_many_neurons_are_thinned_evenly():
    trajectory = run(10, 2, 50, t_max=0.5)
    history = history_of(trajectory, number=3, most=5)
    np.testing.assert_array_equal(history.W[0], trajectory.initial.W[[0, 12, 24, 37, 49]])
    assert history.shown == "5 of 50 neurons"
    assert sum(history.counts.values()) == 50


# alignment


@EACH
def test_alignment(runs, d, ax):
    trajectory = runs[d]
    assert plot_alignment(trajectory, ax=ax) is ax
    found = paths(ax)
    assert set(found) == {UP, DOWN}
    a = trajectory.initial.a
    words = [text for text in legend(ax) if " neuron" in text]
    assert [int(text.split()[0]) for text in words] == [np.sum(a > 0), np.sum(a < 0)]
    ends = scatters(ax)
    assert {"_ends", "_beginnings"} <= set(ends)
    ax.figure.set_size_inches(9.0 if d == 3 else 6.4, 4.9 if d == 3 else 6.3)
    ax.figure.draw_without_rendering()
    box = ax.get_window_extent()
    inside = ax.get_legend().get_window_extent()
    assert inside.y0 >= box.y0 - 1
    assert inside.x0 >= box.x0 - 1


def test_the_circle_has_the_time_for_its_radius(runs, ax):
    trajectory = runs[2]
    plot_alignment(trajectory, ax=ax)
    for colour, chosen in ((UP, trajectory.initial.a > 0), (DOWN, trajectory.initial.a < 0)):
        lines = paths(ax)[colour].get_segments()
        assert len(lines) == chosen.sum()
        for line, w, v in zip(lines, trajectory.initial.W[chosen], trajectory.network.W[chosen], strict=True):
            np.testing.assert_allclose(line[0], CENTRE * w / np.linalg.norm(w), atol=1e-9)
            np.testing.assert_allclose(line[-1], v / np.linalg.norm(v), atol=1e-9)
            assert np.all(np.diff(np.hypot(*line.T)) > -1e-3)
    found = extremal.find(trajectory.X, trajectory.y)
    at = np.concatenate([c.get_offsets() for label, c in scatters(ax).items() if "index" in label])
    np.testing.assert_allclose(sorted(at.tolist()), sorted((MIDDLE * found.directions).tolist()))


def test_a_path_around_the_back_of_the_circle():
    circle = Circle(three_points(), 0.0)
    angles = np.linspace(3.0, 3.4, 5)
    (line,) = circle.path(np.column_stack([np.cos(angles), np.sin(angles)]), np.linspace(0, 1, 5))
    assert np.abs(np.diff(np.unwrap(np.arctan2(line[:, 1], line[:, 0])))).max() < 0.1
    units = np.array([[1.0, 0.0], [np.nan, np.nan], [0.0, 1.0], [0.0, 1.0]])
    assert [len(line) for line in circle.path(units, np.linspace(0, 1, 4))] == [1, 5]


def test_paths_are_cut_between_the_charts():
    sphere = Sphere(data(3, 3), 0.0)
    angles = np.linspace(0.0, 2 * np.pi, 41)
    w = np.column_stack([np.cos(angles), 0 * angles, np.sin(angles + 0.1)])
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    lines = sphere.path(w, np.linspace(0, 1, 41))
    assert len(lines) == 3
    for line, north in zip(lines, (True, False, True), strict=True):
        assert np.all((line[:, 0] < 0) == north)
        centre = -OFFSET if north else OFFSET
        assert np.hypot(line[:, 0] - centre, line[:, 1]).max() <= 1 + 1e-12
    # the pieces meet at one point of the rim
    np.testing.assert_allclose(unchart(lines[0][-1], True), unchart(lines[1][0], False), atol=1e-7)
    assert np.hypot(lines[0][-1, 0] + OFFSET, lines[0][-1, 1]) == pytest.approx(1.0)


def test_the_plane_of_many_dimensions(runs, ax):
    trajectory = runs[5]
    history = history_of(trajectory, number=20, most=100)
    points = vectors_of(history, None)
    plane = map_of(history, points)
    np.testing.assert_allclose(plane.basis @ plane.basis.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(plane.basis[0], leading_pair(points)[0])
    plot_alignment(trajectory, ax=ax)
    assert "projected onto the plane of $D_+$" in ax.get_title()
    assert "of the rest" in ax.get_ylabel()


def test_many_dimensions_without_an_extremal_vector(ax):
    still = extremal.flow(np.ones((1, 4)), [0.0], width=4, scale=0.1, rng=0, t_max=1.0)
    plot_alignment(still, ax=ax)
    ax.figure.draw_without_rendering()


def test_networks_in_a_list(runs, ax):
    trajectory = runs[2]
    times = [0.0, 1.0, 2.0, 4.0]
    named = Dataset(trajectory.X, trajectory.y, ["length", "width"])
    plot_alignment([trajectory.at(t) for t in times], named, ax=ax)
    assert "4 times" in ax.get_title()
    assert ax.get_xlabel() == "$w_1$ (length)"
    assert sum(len(c.get_segments()) for c in paths(ax).values()) == 12
    one = Figure().subplots()
    plot_alignment([trajectory.network], named, ax=one)
    one.figure.draw_without_rendering()


def test_until(runs, ax):
    trajectory = runs[2]
    plot_alignment(trajectory, until=2.0, ax=ax)
    assert "t = 0 to 2" in ax.get_title()
    w = trajectory.at(2.0).W[0]
    end = scatters(ax)["_ends"].get_offsets()
    assert np.min(np.linalg.norm(end - w / np.linalg.norm(w), axis=1)) < 1e-6 or trajectory.initial.a[0] > 0
    with pytest.raises(InvalidValueError, match="until"):
        plot_alignment(trajectory, until=0.0, ax=ax)


def test_runs_that_are_none(runs, ax):
    for plot in (plot_loss, plot_neurons, plot_alignment):
        with pytest.raises(InvalidTypeError, match=r"trajectory is of type int; expected a Trajectory"):
            plot(3, ax=ax)
    network = runs[2].network
    with pytest.raises(InvalidTypeError, match="empty or has other things"):
        plot_alignment([], runs[2].X, runs[2].y, ax=ax)
    with pytest.raises(InvalidTypeError, match="X is None"):
        plot_alignment([network], ax=ax)
    with pytest.raises(InvalidValueError, match="several shapes"):
        plot_alignment([network, Network(network.W[:2], network.a[:2])], runs[2].X, runs[2].y, ax=ax)
    with pytest.raises(InvalidValueError, match="dimension 2 and X has 3"):
        plot_alignment([network], runs[3].X, runs[3].y, ax=ax)
    with pytest.raises(InvalidValueError, match="another dimension"):
        plot_alignment(runs[2], vectors=extremal.find(runs[3].X, runs[3].y), ax=ax)
    with pytest.raises(InvalidValueError, match="did you mean 'cosines'"):
        plot_neurons(runs[2], "cosine", ax=ax)
    with pytest.raises(InvalidValueError, match="quantity is 'angles'"):
        plot_neurons(runs[2], "angles", ax=ax)


# basins


@pytest.fixture(scope="module")
def basins():
    found = {}
    for d in (2, 3, 4):
        rng = np.random.default_rng(d)
        w0 = rng.normal(size=(200, d))
        sample = Dataset(rng.normal(size=(9, d)), rng.normal(size=9))
        found[d] = early_alignment(sample, w0=w0, sign=-1, rng=0), w0
    return found


@pytest.mark.parametrize("d", [2, 3, 4])
def test_bars_of_basins(basins, d, ax):
    alignment, _ = basins[d]
    plot_basins(alignment, ax=ax)
    table = alignment.basins()
    shares = np.sort(table["share"][table["count"] > 0])[::-1]
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], shares)
    assert len(ax.get_yticklabels()) == len(shares)
    segments = [c.get_segments()[0] for c in ax.collections if isinstance(c, LineCollection)]
    ends = table[table["count"] > 0].sort_values("count", ascending=False, kind="stable")
    np.testing.assert_allclose([s[:, 0] for s in segments], ends[["low", "high"]])
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("d", [2, 3])
def test_maps_of_basins(basins, d, ax):
    alignment, w0 = basins[d]
    plot_basins(alignment, w0, ax=ax)
    table = alignment.basins()
    counts = sorted(table["count"][table["count"] > 0], reverse=True)
    drawn = []
    for c in ax.collections:
        if str(c.get_label()).startswith("_min"):
            drawn.append(len(c.get_segments() if isinstance(c, LineCollection) else c.get_offsets()))
    assert drawn == counts
    shares = [text for text in legend(ax) if "minimum" in text]
    assert shares[0].split(": ")[1].split(" ")[0] == f"{100 * counts[0] / 200:.3g}"
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("d", [2, 3])
def test_two_maps_of_basins_have_room_for_their_legends(basins, d):
    """Legends do not reach into the other panel, nor into the picture above them."""
    alignment, w0 = basins[d]
    figure = Figure(figsize=(9, 5), layout="constrained")
    panels = figure.subplots(1, 2)
    for ax in panels:
        plot_basins(alignment, w0, ax=ax)
    figure.draw_without_rendering()
    boxes = [ax.get_legend().get_window_extent() for ax in panels]
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[0].x0 > 0
    for ax, box in zip(panels, boxes, strict=True):
        bottom = ax.transData.transform((0, -1.19 if d == 2 else -1.0))[1]
        assert box.y1 <= bottom
        assert ax.get_window_extent().width > 200


def test_faint_lines_are_not_faint_in_legends(ax):
    from extremal.plot._style import draw_legend, line_style

    ax.add_collection(LineCollection([[(0, 0), (1, 1)]], **line_style(10_000)))
    ax.scatter([0], [0], alpha=0.1, label="points")
    draw_legend(ax, 1)
    line, points = ax.get_legend().legend_handles
    assert matplotlib.colors.to_rgba(line.get_color(), line.get_alpha()) == (0.2, 0.2, 0.2, 1.0)
    assert line.get_linewidth() >= 1.0
    assert points.get_alpha() == 1.0


def test_directions_in_more_dimensions_give_bars(basins, ax):
    plot_basins(*basins[4], ax=ax)
    assert ax.patches
    assert ax.get_xlabel().startswith("share of the directions")


def test_unknown_limits_are_shown(basins, ax):
    alignment, w0 = basins[2]
    unknown = replace(alignment, limits=np.where(np.arange(200) < 50, -1, alignment.limits))
    plot_basins(unknown, ax=ax)
    assert ax.get_yticklabels()[-1].get_text() == "not known"
    assert ax.patches[-1].get_width() == 0.25
    other = Figure().subplots()
    plot_basins(unknown, w0, ax=other)
    assert legend(other)[-1] == "not known"
    nothing = replace(alignment, limits=np.full(200, -1))
    plot_basins(nothing, w0, ax=Figure().subplots())


def test_many_basins_are_added_up(basins, ax):
    """Orthogonal rows have 2^n₊ + 2^n₋ − 1 extremal vectors: limits are made up for each of them."""
    vectors = extremal.find(np.eye(5), [1.0, 2.0, 3.0, 4.0, 5.0])
    limits = np.arange(310) % len(vectors)
    alignment = replace(basins[4][0], limits=limits, vectors=vectors)
    plot_basins(alignment, ax=ax)
    assert ax.get_yticklabels()[-1].get_text() == f"{len(vectors) - 16} more"
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(1.0)
    vectors = extremal.find(np.eye(3), [1.0, 2.0, 3.0])
    alignment = replace(alignment, limits=limits % len(vectors), vectors=vectors)
    other = Figure().subplots()
    plot_basins(alignment, np.random.default_rng(0).normal(size=(310, 3)), ax=other)
    assert any(text.startswith(f"{len(vectors) - 6} more: ") for text in legend(other))


def test_basins_that_are_none(basins, ax):
    with pytest.raises(InvalidTypeError, match="alignment is of type str"):
        plot_basins("basins", ax=ax)
    with pytest.raises(InvalidValueError, match=r"expected \(200, 2\)"):
        plot_basins(basins[2][0], np.ones((3, 2)), ax=ax)
    with pytest.raises(InvalidValueError, match="confidence"):
        plot_basins(basins[2][0], confidence=1.0, ax=ax)


# all


@pytest.mark.parametrize(("d", "suffix"), [(1, "png"), (2, "png"), (3, "png"), (5, "png"), (2, "svg"), (3, "pdf")])
def test_overview(runs, d, suffix, tmp_path):
    path = tmp_path / f"run.{suffix}"
    save_training(runs[d], path)
    assert path.read_bytes().startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[suffix])
    assert path.stat().st_size > 20_000


def test_one_neuron(tmp_path):
    save_training(run(10, 2, 1), tmp_path / "run.png")


def test_figures_of_their_own(runs, basins, monkeypatch):
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda *a, **k: pytest.fail("a figure was shown"))
    before = dict(matplotlib.rcParams)
    drawn = [plot(runs[2]) for plot in (plot_loss, plot_neurons, plot_alignment)]
    drawn += [plot_basins(basins[2][0]), plot_basins(*basins[3])]
    try:
        assert len({ax.figure.number for ax in drawn}) == 5
        assert dict(matplotlib.rcParams) == before
    finally:
        for ax in drawn:
            plt.close(ax.figure)
