"""The Clarke subdifferential at a point, for d = 2 and 3."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

import extremal
from extremal.data import Dataset, three_points
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.plot import plot_subdifferential
from tests.plot.artists import curve, scatters

SET = "$\\mathcal{D}_n(w)$"
ALL = "$\\mathcal{D}_n$ of all w"
NEAREST = "D, nearest to 0"
SEVEN = np.array([[-1.1, 0.2], [-0.7, -0.4], [0.2, -1.0], [-1.0, 0.6], [-0.4, 0.5], [0.1, 0.7], [0.5, 1.5]])
LABELS = np.array([2, -1, 2, -1, 1, 1, -1])


def polygon(ax):
    (found,) = [patch for patch in ax.patches if isinstance(patch, Polygon)]
    return found.get_xy()[:-1]


def same_points(A, B):
    A, B = (np.asarray(M)[np.lexsort(np.round(M, 9).T)] for M in (A, B))
    np.testing.assert_allclose(A, B, atol=1e-12)


@pytest.mark.parametrize("k", range(7))
def test_segments_on_hyperplanes(k, ax):
    w = np.array([-SEVEN[k, 1], SEVEN[k, 0]])
    assert plot_subdifferential(SEVEN, LABELS, w, ax) is ax
    ends = curve(ax, SET)
    same_points(ends, extremal.subdifferential(SEVEN, LABELS, w).vertices())
    ray = curve(ax, "ray of w")
    np.testing.assert_array_equal(ray[0], 0)
    np.testing.assert_allclose(ray[1] / np.linalg.norm(ray[1]), w / np.linalg.norm(w))
    np.testing.assert_array_equal(curve(ax, "0"), [[0, 0]])
    np.testing.assert_allclose(curve(ax, "$D_n(w)$, active samples only")[0], extremal.D(SEVEN, LABELS, w), atol=1e-12)


def test_extremal_vectors_are_recognised():
    res = extremal.find(SEVEN, LABELS)
    for v in res:  # w misses its hyperplane by rounding
        ax = Figure().subplots()
        plot_subdifferential(SEVEN, LABELS, v.w, ax)
        np.testing.assert_allclose(scatters(ax)[NEAREST].get_offsets()[0], v.D, atol=1e-12)
        assert f"D is extremal, sign {'+1' if v.sign > 0 else '−1'}" in ax.get_title()
        assert ("1 tie" if len(v.boundary) else "no tie") in ax.get_title()
        assert len(curve(ax, SET)) == 1 + len(v.boundary)
    directions = np.random.default_rng(0).normal(size=(20, 2))
    for w in directions:
        ax = Figure().subplots()
        plot_subdifferential(SEVEN, LABELS, w, ax)
        assert ax.get_title() == "$\\mathcal{D}_n(w)$, no tie: no extremal vector on the line of w"


def test_exact_ties_only():
    w = np.array([-SEVEN[0, 1], SEVEN[0, 0]]) + 1e-12
    titles = []
    for tol in (1e-9, 0):
        ax = Figure().subplots()
        plot_subdifferential(SEVEN, LABELS, w, ax, tol=tol)
        titles.append(ax.get_title())
    assert "1 tie" in titles[0]
    assert "no tie" in titles[1]


def test_the_line_through_all_values(ax):
    plot_subdifferential(SEVEN, LABELS, [1, 0], ax)
    around = curve(ax, ALL)
    np.testing.assert_allclose(around[0], around[-1], atol=1e-14)
    values = [extremal.D(SEVEN, LABELS, cone.witness) for cone in extremal.cones(SEVEN)]
    same_points(around[1:], values)
    # edges are the subdifferentials at the rays, each of which is met in two directions
    steps = np.linalg.norm(np.diff(around, axis=0), axis=1)
    z = np.linalg.norm(SEVEN * LABELS[:, None] / 7, axis=1)
    np.testing.assert_allclose(np.sort(steps), np.sort(np.concatenate([z, z])))


def test_at_zero_every_sample_is_a_tie(ax):
    plot_subdifferential(SEVEN, LABELS, [0, 0], ax, leak=0.25)
    z = SEVEN * LABELS[:, None] / 7
    expected = extremal.Zonotope(0.75 * z, 0.25 * z.sum(axis=0)).vertices()
    same_points(polygon(ax), expected)
    assert ax.get_title() == "$\\mathcal{D}_n(w)$, w = 0, 7 ties"


def test_dead_cone(ax):
    data = three_points()
    plot_subdifferential(data, None, [0, -1], ax)
    assert "D = 0 is extremal" in ax.get_title()
    assert ax.get_xlabel() == "$D_1$ (x)"
    np.testing.assert_array_equal(scatters(ax)[NEAREST].get_offsets(), [[0, 0]])


def test_polygons_in_space():
    rng = np.random.default_rng(1)
    data = Dataset(rng.normal(size=(12, 3)), rng.normal(size=12))
    res = extremal.find(data, data.y)
    assert {len(v.boundary) for v in res} == {0, 1, 2}
    for v in res:
        ax = Figure().subplots()
        plot_subdifferential(data, data.y, v.w, ax)
        assert "D is extremal" in ax.get_title()
        np.testing.assert_allclose(scatters(ax)[NEAREST].get_offsets()[0], 0, atol=1e-12)
        z = data.X[v.boundary] * data.y[v.boundary, None] / 12
        if len(v.boundary) == 2:
            corners = polygon(ax)
            sides = np.linalg.norm(np.diff(corners, axis=0, append=corners[:1]), axis=1)
            np.testing.assert_allclose(np.sort(sides), np.sort(np.tile(np.linalg.norm(z, axis=1), 2)))
        else:
            assert len(curve(ax, SET)) == 1 + len(v.boundary)


@pytest.mark.parametrize("scale", [1e-150, 1e100, 1e150])
def test_any_scale(scale, ax):
    plot_subdifferential(SEVEN * scale, LABELS * scale, [0.2, 1.1], ax)
    ax.figure.draw_without_rendering()


def test_zero_data(ax):
    plot_subdifferential(np.zeros((2, 2)), [1, 2], [1, 0], ax)
    ax.figure.draw_without_rendering()
    assert "D = 0 is extremal" in ax.get_title()


def test_refusals(ax):
    for bad in ({"tol": -1.0}, {"tol": np.nan}):
        with pytest.raises(InvalidValueError, match="tol"):
            plot_subdifferential(SEVEN, LABELS, [1, 0], ax, **bad)
    with pytest.raises(InvalidTypeError, match="tol"):
        plot_subdifferential(SEVEN, LABELS, [1, 0], ax, tol="small")
    with pytest.raises(InvalidValueError, match="d = 2 and 3"):
        plot_subdifferential(np.eye(4), np.ones(4), np.ones(4), ax)
    with pytest.raises(InvalidValueError, match="w is zero"):
        plot_subdifferential(np.eye(3), np.ones(3), np.zeros(3), ax)
    with pytest.raises(InvalidValueError, match="one point"):
        plot_subdifferential(SEVEN, LABELS, [[1, 0]], ax)
    with pytest.raises(InvalidValueError, match="leak"):
        plot_subdifferential(SEVEN, LABELS, [1, 0], ax, leak=np.inf)
