"""Zonotopes against cvxpy, shapely, convex hulls and sums by hand."""

import pickle
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from extremal.errors import ExtremalError
from extremal.geometry.clarke._subdifferential import subdifferential
from extremal.geometry.clarke._zonotope import Zonotope
from extremal.geometry.exact._box import box_multipliers
from tests.oracles.brute_force import in_clarke, in_zonotope, rational, sign
from tests.strategies import datasets, directions, scales

EXAMPLES = settings(max_examples=100, deadline=None)
SMALL = st.integers(-3, 3)


@st.composite
def zonotopes(draw, max_m=6, dims=(1, 2, 3)):
    """Integer zonotopes (zeros, parallel and coplanar generators are common) or float ones."""
    d, m = draw(st.sampled_from(dims)), draw(st.integers(0, max_m))
    elements = draw(st.sampled_from([SMALL, st.floats(-3, 3, width=16)]))
    vector = st.lists(elements, min_size=d, max_size=d)
    generators = draw(st.lists(vector, min_size=m, max_size=m))
    return Zonotope(np.array(generators, dtype=float).reshape(m, d), draw(vector))


def points(zonotope, draw):
    """A point inside, at a corner, on an edge, or anywhere."""
    m, d = zonotope.generators.shape
    if draw(st.booleans()):
        return np.array(draw(st.lists(st.integers(-8, 8), min_size=d, max_size=d))) / 2
    t = draw(st.lists(st.sampled_from([0.0, 1.0, 0.5]), min_size=m, max_size=m))
    return zonotope.base + np.array(t) @ zonotope.generators


def corners(zonotope):
    m = len(zonotope.generators)
    bits = np.array(list(product((0, 1), repeat=m))).reshape(2**m, m)
    return zonotope.base + bits @ zonotope.generators


def size(zonotope):
    return np.abs(zonotope.base).sum() + np.abs(zonotope.generators).sum() + 1e-300


def cvxpy_distance(zonotope, v):
    import cvxpy

    t = cvxpy.Variable(len(zonotope.generators))
    problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.norm(zonotope.base - v + zonotope.generators.T @ t)), [t >= 0, t <= 1])
    problem.solve(solver="CLARABEL", tol_gap_abs=1e-11, tol_gap_rel=1e-11, tol_feas=1e-11)
    assert problem.status == cvxpy.OPTIMAL
    return problem.value


@EXAMPLES
@given(st.data())
def test_support_is_attained_at_a_corner(data):
    zonotope = data.draw(zonotopes())
    u = data.draw(st.lists(st.floats(-2, 2), min_size=zonotope.d, max_size=zonotope.d).map(np.array))
    assert zonotope.support(u) == pytest.approx((corners(zonotope) @ u).max(), abs=1e-13 * size(zonotope) * 2)
    many = zonotope.support(np.array([[u, 2 * u, -u]]))
    assert many.shape == (1, 3)
    assert many[0, 1] == pytest.approx(2 * many[0, 0], abs=1e-300)
    assert many[0, 0] + many[0, 2] == pytest.approx(np.abs(zonotope.generators @ u).sum(), abs=1e-13 * size(zonotope))


@EXAMPLES
@given(st.data())
def test_nearest_satisfies_the_variational_inequality(data):
    """p is the projection of v iff (v − p)·(q − p) ≤ 0 for all q, that is (v − p)·p = support(v − p)."""
    zonotope = data.draw(zonotopes(dims=(1, 2, 3, 4)))
    v = points(zonotope, data.draw)
    p, t = zonotope.nearest(v), zonotope.multipliers(v)
    assert (t >= 0).all()
    assert (t <= 1).all()
    assert np.allclose(zonotope.base + t @ zonotope.generators, p, rtol=0, atol=1e-14 * size(zonotope))
    scale, distance = size(zonotope) + np.abs(v).sum(), np.linalg.norm(v - p)
    if distance > 1e-14 * scale:  # below, p is v and nothing is nearer
        assert zonotope.support(v - p) - (v - p) @ p <= 1e-13 * scale * distance


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("m", "d"), [(3, 2), (12, 3), (40, 5)])
def test_nearest_against_cvxpy(seed, m, d):
    rng = np.random.default_rng(seed)
    generators = rng.standard_normal((m, d)) if seed % 2 else rng.integers(-2, 3, (m, d))
    zonotope = Zonotope(generators, rng.standard_normal(d))
    v = zonotope.centre + rng.standard_normal(d) * 10 ** rng.uniform(-1, 2)
    distance = np.linalg.norm(v - zonotope.nearest(v))
    assert distance == pytest.approx(cvxpy_distance(zonotope, v), abs=1e-8)
    assert zonotope.contains(v) == (cvxpy_distance(zonotope, v) < 1e-6)


def test_nearest_to_a_point_far_away():
    """The multipliers keep their digits: far along (0, 0, 1) only the first two coordinates count."""
    rng = np.random.default_rng(0)
    plate = Zonotope([[1, 0, 0], [0, 1, 0]], [0, 0, 0])
    x, y = rng.uniform(size=2)
    assert np.allclose(plate.nearest([x, y, 1e7]), [x, y, 0], rtol=0, atol=1e-8)
    assert plate.nearest([0.25, 2.0, -1e9])[1] == 1


@EXAMPLES
@given(st.data())
def test_exact_membership(data):
    zonotope = data.draw(zonotopes())
    v = points(zonotope, data.draw)
    generators = rational(zonotope.generators)
    target = [a - b for a, b in zip(rational(v), rational(zonotope.base), strict=True)]
    expected = in_zonotope(target, generators, F(0), F(1))
    assert zonotope.contains(v, tol=0) == expected
    start = data.draw(st.lists(st.booleans(), min_size=len(generators), max_size=len(generators)))
    t = box_multipliers(generators, target, data.draw(st.sampled_from([None, start])))
    assert (t is not None) == expected
    if t is not None:
        assert all(0 <= c <= 1 for c in t)
        assert [sum(c * g[i] for c, g in zip(t, generators, strict=True)) for i in range(zonotope.d)] == target
    if expected:
        assert zonotope.contains(v)


def test_exact_membership_one_unit_outside():
    square = Zonotope([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    beyond = np.nextafter(1.0, 2.0)
    assert square.contains([1, 1], tol=0)
    assert not square.contains([beyond, 0.5], tol=0)
    assert square.contains([beyond, 0.5])
    assert square.contains([0.5, -1e-300], tol=1e-15)
    assert not square.contains([0.5, -1e-300], tol=0)
    segment = Zonotope([[1.0, 3.0]], [0.0, 0.0])
    assert segment.contains([0.5, 1.5], tol=0)
    assert not segment.contains([0.5, np.nextafter(1.5, 2)], tol=0)
    third = 1 / 3
    assert not segment.contains([third, 1.0], tol=0)  # 3 · fl(1/3) is not 1
    point = Zonotope([], [0.1, 0.2])
    assert point.contains([0.1, 0.2], tol=0)
    assert not point.contains([0.1, 0.3])


@EXAMPLES
@given(zonotopes(max_m=7))
def test_vertices_are_those_of_the_convex_hull(zonotope):
    found, everything, d, dim = zonotope.vertices(), corners(zonotope), zonotope.d, zonotope.dim
    assert dim == np.linalg.matrix_rank(zonotope.generators) if len(zonotope.generators) else dim == 0
    assert len(np.unique(found, axis=0)) == len(found)
    # found and all corners have the same support in every direction tried, so the same hull
    rng = np.random.default_rng(0)
    U = np.vstack([rng.standard_normal((100, d)), np.eye(d), -np.eye(d)])
    assert np.allclose((found @ U.T).max(axis=0), (everything @ U.T).max(axis=0), atol=1e-13 * size(zonotope))
    # each vertex is a corner, and is extreme: not in the zonotope of a line through it
    gaps = np.abs(found[:, None] - everything[None]).max(axis=2).min(axis=1)
    assert gaps.max() <= 1e-14 * size(zonotope)
    if dim == d and d > 1:
        hull = ConvexHull(np.unique(everything, axis=0))
        assert hull.volume == pytest.approx(zonotope.volume(), rel=1e-9, abs=1e-12 * size(zonotope) ** d)
        assert len(found) == len(hull.vertices) or min(hull.volume, 1) < 1e-6
    if dim < d:
        assert zonotope.volume() == 0
    assert len(found) == {0: 1, 1: 2}.get(dim, len(found))


@pytest.mark.parametrize("m", [3, 5, 9])
def test_vertex_counts_in_general_position(m):
    rng = np.random.default_rng(m)
    assert len(Zonotope(rng.standard_normal((m, 2)), [0, 0]).vertices()) == 2 * m
    assert len(Zonotope(rng.standard_normal((m, 3)), [0, 0, 0]).vertices()) == m * (m - 1) + 2


def test_solids_from_the_textbook():
    cube = Zonotope(np.eye(3), [0, 0, 0])
    assert cube.vertices().tolist() == [list(map(float, p)) for p in product((0, 1), repeat=3)]
    dodecahedron = Zonotope([[1, 1, 1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]], [0, 0, 0])
    assert len(dodecahedron.vertices()) == 14
    # the permutohedron of order 4: e_i − e_j span a space of dimension 3; project along the last axis
    pairs = [np.eye(4)[i] - np.eye(4)[j] for i in range(4) for j in range(i)]
    permutohedron = Zonotope(np.array(pairs)[:, :3], [0, 0, 0])
    assert len(permutohedron.vertices()) == 24
    # the spanning trees of the complete graph on four vertices
    assert permutohedron.volume() == pytest.approx(16, rel=1e-14)


@EXAMPLES
@given(zonotopes(dims=(2,)))
def test_polygon_against_shapely(zonotope):
    import shapely

    polygon = zonotope.polygon()
    hull = shapely.MultiPoint(corners(zonotope)).convex_hull
    assert polygon.area == pytest.approx(zonotope.volume(), rel=1e-12, abs=1e-13)
    assert polygon.symmetric_difference(hull).area <= 1e-12 * size(zonotope) ** 2
    assert polygon.length == pytest.approx(hull.length, rel=1e-12, abs=1e-13)
    if zonotope.dim == 2:
        assert polygon.exterior.is_ccw
        assert polygon.is_valid
        assert np.allclose([polygon.centroid.x, polygon.centroid.y], zonotope.centre, atol=1e-6)


@pytest.mark.parametrize("scale", [1e-150, 1e-20, 1e20, 1e150])
def test_scales(scale):
    rng = np.random.default_rng(5)
    generators, base, v = rng.standard_normal((7, 2)), rng.standard_normal(2), 3 * rng.standard_normal(2)
    unit, scaled = Zonotope(generators, base), Zonotope(scale * generators, scale * base)
    assert np.allclose(scaled.nearest(scale * v) / scale, unit.nearest(v), rtol=1e-12)
    assert np.allclose(scaled.vertices() / scale, unit.vertices(), rtol=1e-12, atol=1e-14)
    assert scaled.contains(scale * v) == unit.contains(v)
    assert scaled.contains(scaled.centre)
    assert scaled.contains(scaled.centre, tol=0)
    assert scaled.volume() / scale / scale == pytest.approx(unit.volume(), rel=1e-12)
    assert scaled.support(v / scale) == pytest.approx(unit.support(v), rel=1e-12)


@EXAMPLES
@given(st.data())
def test_subdifferential_is_the_definition(data):
    X, y = data.draw(datasets())
    X, y = X, y * len(X)  # z_k = y_k x_k exactly when the entries are small integers
    w = data.draw(directions(X))
    leak = data.draw(st.sampled_from([0.0, 0.5, 1.0, -1.0]))
    zonotope = subdifferential(X, y, w, leak=leak)
    signs = [sign(sum(a * b for a, b in zip(x, rational(w), strict=True))) for x in rational(X)]
    assert len(zonotope.generators) == signs.count(0)
    z = [[c * t / len(X) for t in x] for x, c in zip(rational(X), rational(y), strict=True)]
    if not np.array_equal(X, np.rint(X)):
        return
    v = points(zonotope, data.draw)
    assert zonotope.contains(v, tol=0) == in_clarke(rational(v), signs, z, leak)


def test_subdifferential_by_hand():
    X, y = [[1, 0], [0, 2], [0, -2], [-1, 1]], [4, 4, -8, 4]
    zonotope = subdifferential(X, y, [3, 0])
    assert zonotope.base.tolist() == [1, 0]
    assert zonotope.generators.tolist() == [[0, 2], [0, 4]]
    assert zonotope.vertices().tolist() == [[1, 0], [1, 6]]
    assert zonotope.dim == 1
    leaky = subdifferential(X, y, [3, 0], leak=0.5)
    assert leaky.vertices().tolist() == [[0.5, 3.5], [0.5, 6.5]]
    assert subdifferential(X, y, [3, 0], leak=-1).vertices().tolist() == [[2, -7], [2, 5]]
    assert subdifferential(X, y, [3, 0], leak=1).vertices().tolist() == [[0, 7]]


@given(scales())
@settings(max_examples=20, deadline=None)
def test_subdifferential_of_scaled_data(scale):
    X, y, w = (
        np.array([[1.0, 0.0], [0.0, 2.0], [0.3, -1.0]]),
        np.array([1.0, -1.0, 2.0]),
        np.array([1.0, 0.0]),
    )
    unit, scaled = subdifferential(X, y, w), subdifferential(scale * X, y, w * scale)
    assert np.allclose(scaled.base / scale, unit.base, rtol=1e-13)
    assert np.allclose(scaled.generators / scale, unit.generators, rtol=1e-13)


def test_frozen_and_read_only():
    generators = np.eye(2)
    zonotope = Zonotope(generators, [0, 0])
    generators[0, 0] = 7
    assert zonotope.generators[0, 0] == 1
    for array in (zonotope.generators, zonotope.base):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        zonotope.base = np.zeros(2)
    again = pickle.loads(pickle.dumps(zonotope))
    assert np.array_equal(again.generators, zonotope.generators)
    assert not again.base.flags.writeable
    assert repr(zonotope) == "Zonotope(m=2, d=2)"
    assert zonotope.centre.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("call", "builtin", "words"),
    [
        (lambda: Zonotope([[1, 2, 3]], [0, 0]), ValueError, r"\(1, 3\).*\(m, 2\)"),
        (lambda: Zonotope([1, 2], [0, 0]), ValueError, r"\(2,\)"),
        (lambda: Zonotope([[1, 2]], [[0, 0]]), ValueError, r"base has shape \(1, 2\)"),
        (lambda: Zonotope([[1, 2]], 0), ValueError, "base"),
        (lambda: Zonotope([[1, np.nan]], [0, 0]), ValueError, "nan"),
        (lambda: Zonotope([[1, 2]], [0, np.inf]), ValueError, "inf"),
        (lambda: Zonotope([["a", "b"]], [0, 0]), TypeError, "generators"),
        (lambda: Zonotope([[1, 2]], [0, 0]).support([1, 2, 3]), ValueError, r"u has shape \(3,\)"),
        (lambda: Zonotope([[1, 2]], [0, 0]).nearest(0), ValueError, r"v has shape \(\)"),
        (lambda: Zonotope([[1, 2]], [0, 0]).nearest([[0, 0]]), ValueError, "one point at a time"),
        (lambda: Zonotope([[1, 2]], [0, 0]).contains([0, 0], tol=-1), ValueError, "tol is -1"),
        (lambda: Zonotope([[1, 2]], [0, 0]).contains([0, 0], tol=np.nan), ValueError, "tol is nan"),
        (lambda: Zonotope([[1, 2]], [0, 0]).contains([0, 0], tol="no"), TypeError, "tol is 'no'"),
        (lambda: Zonotope([[1, 2]], [0, 0]).contains([0, 1j]), TypeError, "complex"),
        (lambda: Zonotope(np.eye(4), np.zeros(4)).vertices(), ValueError, "d ≤ 3"),
        (lambda: Zonotope(np.eye(3), np.zeros(3)).polygon(), ValueError, "d = 2"),
        (
            lambda: Zonotope(np.vander(np.arange(1, 90.0), 5), np.zeros(5)).volume(),
            ValueError,
            "at most 5000000",
        ),
    ],
)
def test_bad_input(call, builtin, words):
    with pytest.raises(ExtremalError, match=words) as caught:
        call()
    assert isinstance(caught.value, builtin)
