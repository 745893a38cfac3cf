"""d = 3: the unit sphere by two charts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import extremal
from extremal.data import Dataset
from extremal.plot import plot_extremal
from extremal.plot._sphere import OFFSET, chart, great_circles, unchart
from tests.plot.artists import COLOURS, by_colour, lines, scatters


def gaussian(n, seed=0, features=None):
    rng = np.random.default_rng(seed)
    return Dataset(rng.normal(size=(n, 3)), rng.normal(size=n), features)


def units(k, seed=0):
    w = np.random.default_rng(seed).normal(size=(k, 3))
    return w / np.linalg.norm(w, axis=1, keepdims=True)


def G(data, w):
    return np.maximum(w @ data.X.T, 0) @ data.y / data.n


@given(st.integers(0, 10_000))
def test_charts_and_back(seed):
    w = units(20, seed)
    at = chart(w)
    north = w[:, 2] >= 0
    np.testing.assert_array_equal(at[:, 0] < 0, north)
    for half in (True, False):
        np.testing.assert_allclose(unchart(at[north == half], half), w[north == half], atol=1e-12)
    centre = np.where(north, -OFFSET, OFFSET)
    assert np.all(np.hypot(at[:, 0] - centre, at[:, 1]) <= 1 + 1e-12)


def test_charts_preserve_area():
    # uniform on the hemisphere: half of it, by area, lies within the radius 1/√2
    at = chart(units(200_000))
    radius = np.hypot(np.abs(at[:, 0]) - OFFSET, at[:, 1])
    assert np.mean(radius < np.sqrt(0.5)) == pytest.approx(0.5, abs=0.006)


def test_both_charts_are_seen_from_outside():
    for pole in ([0.0, 0.0, 1.0], [0.0, 0.0, -1.0]):
        pole = np.array(pole)
        first, second = np.array([1e-3, 0, 0]), np.array([0, 1e-3, 0])
        a, b = (chart((pole + step) / np.linalg.norm(pole + step)) - chart(pole) for step in (first, second))
        turn = a[0] * b[1] - a[1] * b[0]
        assert np.sign(turn) == np.sign(np.cross(first, second) @ pole)
        assert b[1] > 0


def test_great_circles_are_orthogonal_to_their_normals():
    normals = np.vstack([units(20), [[0, 0, 1], [0, 0, -1], [1, 0, 0]]])
    curves = great_circles(normals)
    assert len(curves) == 2 * len(normals)
    for half, north in ((curves[: len(normals)], True), (curves[len(normals) :], False)):
        w = unchart(half, north)
        np.testing.assert_allclose(np.einsum("ijk,ik->ij", w, normals), 0, atol=1e-12)
        np.testing.assert_allclose(w[:, [0, -1], 2], 0, atol=1e-12)  # from rim to rim
        assert np.all(w[..., 2] * (1 if north else -1) > -1e-12)
        np.testing.assert_allclose(np.abs(w[:20, 30, 2]), np.hypot(*normals[:20, :2].T))  # over the top


def test_every_vector_of_a_result_by_kind(ax):
    data = gaussian(12)
    res = extremal.find(data, data.y)
    assert res.plot(ax=ax) is ax
    drawn = by_colour(ax)
    assert set(drawn) == {COLOURS[kind] for kind in res.kinds}
    for kind in set(res.kinds):
        at = np.asarray(drawn[COLOURS[kind]].get_offsets())
        chosen = res.directions[res.kinds == kind]
        np.testing.assert_allclose(at, chart(chosen))
        np.testing.assert_array_equal(at[:, 0] < 0, chosen[:, 2] >= 0)
    assert len(lines(ax).get_segments()) == 24
    assert f"{len(res)} extremal vectors" in ax.get_title()


def test_the_picture_has_the_values_of_G(ax):
    data = gaussian(12)
    plot_extremal(extremal.find(data, data.y), ax=ax)
    assert len(ax.images) == 2
    for image, north in zip(ax.images, (True, False), strict=True):
        values = np.asarray(image.get_array())
        left, right, bottom, top = image.get_extent()
        rows, columns = values.shape
        rng = np.random.default_rng(0)
        i, j = rng.integers(rows, size=200), rng.integers(columns, size=200)
        at = np.column_stack([left + (j + 0.5) * (right - left) / columns, bottom + (i + 0.5) * (top - bottom) / rows])
        inside = np.hypot(at[:, 0] - (-OFFSET if north else OFFSET), at[:, 1]) < 1
        assert inside.sum() > 100
        np.testing.assert_allclose(values[i, j][inside], G(data, unchart(at[inside], north)), atol=1e-12)
        assert image.norm.vmin == -image.norm.vmax
        assert image.norm.vmax >= np.abs(values).max()
        assert image.get_clip_path() is not None


def test_leak(ax, many):
    res, data = many(3, d=3)
    res.leak = 1.0  # linear: antipodes have opposite values, on pixels that are mirror images
    plot_extremal(res, data, ax=ax)
    north, south = (np.asarray(image.get_array()) for image in ax.images)
    np.testing.assert_allclose(north, -south[::-1], atol=1e-12)


def test_names(ax):
    data = gaussian(9, features=["length", "width", "price $"])
    plot_extremal(extremal.find(data, data.y), ax=ax)
    words = {text.get_text() for text in ax.texts}
    assert {"+$w_1$ (length)", "−$w_2$ (width)", r"$w_3$ (price \$) ≥ 0", r"$w_3$ (price \$) < 0"} <= words
    ax.figure.draw_without_rendering()


def test_values_are_written_beside_few_markers_without_overlap(ax):
    data = gaussian(8, seed=1011)
    res = extremal.find(data, data.y)
    plot_extremal(res, ax=ax)
    numbers = [t for t in ax.texts if t.get_text().lstrip("−")[:1].isdigit()]
    assert 1 <= len(numbers) <= len(res)
    assert {t.get_text() for t in numbers} <= {f"{v:.3g}".replace("-", "−") for v in res.values}


def test_the_equator_is_a_hyperplane_too(ax):
    data = Dataset(np.eye(3), [1.0, 2.0, -1.0])
    res = extremal.find(data, data.y)
    plot_extremal(res, ax=ax)
    segments = np.array(lines(ax).get_segments())
    np.testing.assert_allclose(np.hypot(np.abs(segments[2, :, 0]) - OFFSET, segments[2, :, 1]), 1)
    assert sum(len(c.get_offsets()) for c in scatters(ax).values()) == len(res)


def test_large_data_are_sampled_more_coarsely(ax, many):
    data = gaussian(5000)
    plot_extremal(many(3, d=3)[0], data, ax=ax)
    assert ax.images[0].get_array().shape == (120, 120)
    assert lines(ax).get_alpha() < 0.1
