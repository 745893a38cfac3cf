"""d = 2: the unit disc, its activation cones, G_n around it, and the vectors."""

import numpy as np
import pytest
import shapely
from matplotlib.figure import Figure
from matplotlib.text import Text

import extremal
from extremal.data import Dataset
from extremal.plot import plot_extremal
from extremal.plot._plane import disc, slices
from tests.plot.artists import COLOURS, by_colour, cones, curve, lines, scatters

SEVEN = np.array([[-1.1, 0.2], [-0.7, -0.4], [0.2, -1.0], [-1.0, 0.6], [-0.4, 0.5], [0.1, 0.7], [0.5, 1.5]])
LABELS = np.array([2, -1, 2, -1, 1, 1, -1])


def G(data, w, leak=0.0):
    t = w @ data.X.T
    return np.where(t > 0, t, leak * t) @ data.y / data.n


def polygons(ax):
    return [shapely.Polygon(path.vertices) for path in cones(ax).get_paths()]


def test_vectors_lie_on_the_curve_in_their_directions(ax, three):
    res, data = three
    assert plot_extremal(res, data.X, data.y, ax=ax) is ax
    points = scatters(ax)
    assert set(points) == {"1 maximum, index 1", "D = 0"}
    place = points["1 maximum, index 1"].get_offsets()[0]
    np.testing.assert_allclose(place / np.hypot(*place), res.directions[0])
    # outside the circle by the largest swing, as this is the largest |G_n|
    assert np.hypot(*place) == pytest.approx(1.4, abs=1e-4)
    assert np.hypot(*points["D = 0"].get_offsets()[0]) == pytest.approx(np.hypot(0.25, 0.97))


def test_every_vector_of_a_result_by_kind(ax):
    data = Dataset(SEVEN, LABELS)
    res = extremal.find(data, data.y)
    assert res.plot(ax=ax) is ax
    drawn = by_colour(ax)
    assert set(drawn) == {COLOURS[kind] for kind in res.kinds}
    for kind in set(res.kinds):
        at = np.asarray(drawn[COLOURS[kind]].get_offsets())
        chosen = res.kinds == kind
        np.testing.assert_allclose(at / np.linalg.norm(at, axis=1, keepdims=True), res.directions[chosen])
        # farther out than the circle exactly where G_n > 0
        np.testing.assert_array_equal(np.linalg.norm(at, axis=1) > 1, res.values[chosen] > 0)
    assert "8 extremal vectors" in ax.get_title()
    assert {text.get_text() for text in ax.texts} == {f"{v:.3g}".replace("-", "−") for v in res.values}


def test_the_curve_is_the_graph_of_G(ax, three):
    res, data = three
    plot_extremal(res, data, ax=ax)
    points = curve(ax, "$G_n$ around the circle")
    radius = np.linalg.norm(points, axis=1)
    heights = G(data, points / radius[:, None])
    np.testing.assert_allclose((radius - 1) / 0.4, heights / np.abs(heights).max(), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(curve(ax, "unit circle, $G_n = 0$"), axis=1), 1)


@pytest.mark.parametrize("n", [1, 2, 7, 300])
def test_cones_cover_the_disc_without_overlap(n, ax):
    rng = np.random.default_rng(n)
    data = Dataset(rng.normal(size=(n, 2)), rng.normal(size=n))
    plot_extremal(extremal.find(data, data.y), ax=ax)
    parts = polygons(ax)
    assert sum(part.area for part in parts) == pytest.approx(disc().area, abs=1e-9)
    assert shapely.union_all(parts, grid_size=1e-9).symmetric_difference(disc()).area < 1e-7
    assert disc().area == pytest.approx(np.pi, rel=1e-4)


def test_no_polygon_is_crossed_by_a_hyperplane_and_its_colour_is_G(ax):
    data = Dataset(SEVEN, LABELS)
    plot_extremal(extremal.find(data, data.y), ax=ax)
    parts, values = polygons(ax), cones(ax).get_array()
    patterns = set()
    for part, value in zip(parts, values, strict=True):
        heights = np.asarray(part.exterior.coords) @ data.X.T
        assert not np.any((heights.min(axis=0) < -1e-9) & (heights.max(axis=0) > 1e-9))
        inside = np.asarray(part.representative_point().coords[0])
        patterns.add(tuple(np.sign(data.X @ inside)))
        # a slice of one degree: its middle stands for it
        assert G(data, inside / np.hypot(*inside)) == pytest.approx(value, abs=0.02)
    assert len(patterns) == extremal.count_cones(data.X) == 14


def test_colours_are_symmetric_about_zero(ax):
    plot_extremal(extremal.find(SEVEN, LABELS), ax=ax)
    drawn = cones(ax)
    assert drawn.norm.vmin == -drawn.norm.vmax
    assert drawn.norm.vmax >= np.abs(drawn.get_array()).max() > 0.99 * drawn.norm.vmax
    assert min(drawn.cmap(0.5)[:3]) > 0.95  # white at 0
    low, high = drawn.cmap(0.0), drawn.cmap(1.0)
    assert low[2] > low[1] < low[0] < low[2]  # purple
    assert high[0] > high[1] > high[2]  # orange
    bar = next(other for other in ax.figure.axes if other is not ax)
    assert bar.get_ylabel() == "$G_n(w)$ at $\\|w\\| = 1$"


def test_slices_of_nothing_are_the_disc():
    parts, middles = slices(np.empty(0))
    assert len(parts) == len(middles) == 360
    assert sum(part.area for part in parts) == pytest.approx(disc().area)


def test_parallel_hyperplanes_are_cut_once():
    rays = np.arctan2([1, -1, 1 + 1e-12], [1, -1, 1])
    assert len(slices(rays, width=3.2)[0]) == 2


def test_hyperplanes(ax, three):
    res, data = three
    plot_extremal(res, data, ax=ax)
    walls = lines(ax).get_segments()
    assert len(walls) == 3
    for wall, x in zip(walls, data.X, strict=True):
        np.testing.assert_allclose(wall @ x, 0, atol=1e-14)
    assert ax.get_aspect() == 1
    assert ax.get_xlabel() == "$w_1$ (x)"
    assert ax.get_ylabel() == "$w_2$ (bias)"
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[0] == "data hyperplanes"
    assert "1 maximum, index 1" in labels


def test_many_hyperplanes_are_drawn_at_the_rim(ax, many):
    rng = np.random.default_rng(0)
    data = Dataset(rng.normal(size=(300, 2)), rng.normal(size=300))
    plot_extremal(many(3, d=2)[0], data, ax=ax)
    walls = np.array(lines(ax).get_segments())
    assert len(walls) == 600
    assert np.linalg.norm(walls, axis=-1).min() == pytest.approx(1)
    np.testing.assert_allclose(np.einsum("ijk,ik->ij", walls, np.vstack([data.X, data.X])), 0, atol=1e-12)


def test_leak_changes_the_picture(ax, three):
    res, data = three
    res.leak = 1.0  # a linear network: G_n(w) = w · Σ z_k
    plot_extremal(res, data, ax=ax)
    assert cones(ax).get_array().min() == pytest.approx(-res.values[0], rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_labels_do_not_overlap(seed, result):
    rng = np.random.default_rng(seed)
    angles = np.concatenate([rng.uniform(0, 0.3, size=6), rng.uniform(0, 2 * np.pi, size=12)])
    w = np.column_stack([np.cos(angles), np.sin(angles)])
    data = Dataset(rng.normal(size=(20, 2)), rng.normal(size=20))
    figure = Figure(figsize=(6.4, 6.3), layout="constrained")
    ax = figure.subplots()
    plot_extremal(result(w, ["saddle"] * 18, G(data, w), [1] * 18), data, ax=ax)
    figure.draw_without_rendering()
    assert len(ax.texts) == 18
    # the text alone: an annotation's own extent has its leader line in it
    boxes = [Text.get_window_extent(text) for text in ax.texts]
    legend = ax.get_legend().get_window_extent()
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in [legend, *boxes[:i]])
