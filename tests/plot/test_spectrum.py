"""Any dimension: values by kind, over the matrix of cosines."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import extremal
from extremal.data import Dataset
from extremal.plot import plot_extremal
from tests.plot.artists import COLOURS, by_colour, scatters


def matrix(ax):
    (lower,) = [other for other in ax.figure.axes if other is not ax and other.images]
    return lower


def test_spectrum(ax, many):
    res, data = many(14)
    plot_extremal(res, data, ax=ax, s=11)
    points = scatters(ax)
    drawn = np.concatenate([c.get_offsets() for c in points.values()])
    np.testing.assert_allclose(np.sort(drawn[:, 1]), np.sort(res.values))
    drawn = drawn[np.argsort(drawn[:, 0])]
    np.testing.assert_array_equal(drawn[:, 0], np.arange(1, 15))
    assert np.all(np.diff(drawn[:, 1]) <= 0)
    assert [c.get_sizes()[0] for c in points.values()] == [11] * len(points)
    assert f"{np.sum(res.kinds == 'saddle')} saddles, index 2" in points
    assert set(by_colour(ax)) == {COLOURS[kind] for kind in res.kinds}
    assert len(ax.texts) == 14
    assert {text.get_text() for text in ax.texts} == {"0", "2", "4"}
    assert ax.get_ylabel() == "$G_n(w)$"


def test_cosines_of_a_result(ax):
    rng = np.random.default_rng(5)
    data = Dataset(rng.normal(size=(9, 4)), rng.normal(size=9))
    res = extremal.find(data, data.y)
    assert 5 < len(res) <= 40
    res.plot(ax=ax)
    lower = matrix(ax)
    D = res.vectors[np.argsort(-res.values, kind="stable")]
    lengths = np.linalg.norm(D, axis=1, keepdims=True)
    units = D / np.where(lengths > 0, lengths, np.nan)
    drawn = np.ma.filled(lower.images[0].get_array(), np.nan)
    np.testing.assert_allclose(drawn, units @ units.T, atol=1e-9)
    assert lower.images[0].get_clim() == (-1, 1)
    assert lower.get_xlabel() == "extremal vectors, in descending order of $G_n(w)$"
    ax.figure.draw_without_rendering()
    # column under column, and nothing over anything
    assert lower.get_xlim() == ax.get_xlim()
    upper_box, lower_box = ax.get_window_extent(), lower.get_window_extent()
    assert (lower_box.x0, lower_box.x1) == pytest.approx((upper_box.x0, upper_box.x1), abs=0.5)
    assert lower_box.y1 < upper_box.y0


def test_zero_has_no_cosine(ax, result):
    w = np.eye(4)[:3]
    res = result(w, ["maximum", "zero", "minimum"], [2.0, 0.0, -1.0], [3, -1, 0])
    plot_extremal(res, np.eye(4), np.ones(4), ax=ax)
    values = np.ma.filled(matrix(ax).images[0].get_array(), np.nan)
    np.testing.assert_array_equal(values, [[1, np.nan, 0], [np.nan] * 3, [0, np.nan, 1]])
    assert [text.get_text() for text in matrix(ax).texts] == ["1.00", "0.00", "0.00", "1.00"]


def test_negative_signs_turn_vectors(ax, result):
    # D = −w at sign −1: two vectors at opposite w are parallel
    res = result([[1, 0, 0, 0], [-1, 0, 0, 0]], ["maximum", "minimum"], [2.0, -1.0], [3, 0])
    plot_extremal(res, np.eye(4), np.ones(4), ax=ax)
    np.testing.assert_array_equal(matrix(ax).images[0].get_array(), np.ones((2, 2)))


def test_many_vectors_keep_the_matrix_and_lose_the_numbers(ax, many):
    res, data = many(500)
    plot_extremal(res, data, ax=ax)
    assert len(ax.texts) == 0
    assert len(matrix(ax).texts) == 0
    assert matrix(ax).images[0].get_array().shape == (500, 500)
    assert len(ax.get_legend().get_texts()) == 3


def test_very_many_vectors_and_single_ones_have_no_matrix(many):
    for k in (1, 1500):
        ax = Figure().subplots()
        plot_extremal(*many(k), ax=ax)
        assert ax.figure.axes == [ax]
        assert ax.get_xlabel()


def test_an_axes_without_a_grid_is_split_too(many):
    figure = Figure()
    ax = figure.add_axes((0.2, 0.3, 0.6, 0.5))
    plot_extremal(*many(5), ax=ax)
    lower = matrix(ax)
    assert lower.get_position().y0 == pytest.approx(0.3)
    assert ax.get_position().y1 == pytest.approx(0.8)
    assert lower.get_position().y1 < ax.get_position().y0


def test_neighbours_keep_their_places(many):
    figure = Figure(layout="constrained", figsize=(12, 5))
    left, right = figure.subplots(1, 2)
    plot_extremal(*many(5), ax=left)
    figure.draw_without_rendering()
    bars = [child for child in left.figure.axes if child is not right]
    assert max(bar.get_window_extent().x1 for bar in bars) < right.get_window_extent().x0
