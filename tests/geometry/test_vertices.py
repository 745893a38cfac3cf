"""Vertices of zonotopes one by one in any dimension, against all 2^m corners: hulls, exact feasibility, counts."""

from collections.abc import Iterator
from itertools import islice, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from extremal import count_cones, cover_count
from extremal.geometry import Zonotope
from tests.oracles.brute_force import hyperplanes, rational, realisable

EXAMPLES = settings(max_examples=40, deadline=None)
HALVES = st.integers(-4, 4).map(lambda k: k / 2)  # sums of these have no rounding error


def listed(zonotope):
    return np.array(list(zonotope.iter_vertices())).reshape(-1, zonotope.d)


def as_set(points):
    """Points as a set of tuples; none may be listed twice."""
    result = {tuple((p + 0.0).tolist()) for p in points}
    assert len(result) == len(points)
    return result


def corners(zonotope):
    m = len(zonotope.generators)
    bits = np.array(list(product((0.0, 1.0), repeat=m))).reshape(2**m, m)
    return np.unique(zonotope.base + bits @ zonotope.generators, axis=0)


@st.composite
def degenerate(draw, max_m=6, dims=(1, 2, 3, 4, 5)):
    """Generators of few bits, some of them zero, repeated, opposite, parallel, or sums of others."""
    d = draw(st.sampled_from(dims))
    vector = st.lists(HALVES, min_size=d, max_size=d)
    rows = [np.array(g, dtype=float) for g in draw(st.lists(vector, min_size=0, max_size=max_m - 2))]
    for how in draw(st.lists(st.sampled_from(["zero", "copy", "opposite", "parallel", "sum"]), max_size=2)):
        first = rows[0] if rows else np.zeros(d)
        last = rows[-1] if rows else np.zeros(d)
        made = {"zero": 0 * first, "copy": first, "opposite": -first, "parallel": 2 * last, "sum": first + last}
        rows.append(made[how])
    rows = [rows[i] for i in draw(st.permutations(range(len(rows))))]
    return Zonotope(np.array(rows).reshape(len(rows), d), draw(vector))


def in_its_span(points):
    """Coordinates of points in the affine space that they span, orthonormal."""
    moved = points - points[0]
    _, values, V = np.linalg.svd(moved)
    return moved @ V[: int((values > 1e-9 * max(values.max(initial=0), 1)).sum())].T


def hull_vertices(points):
    """The vertices of the convex hull of distinct points, as a set of tuples."""
    flat = in_its_span(points)
    if flat.shape[1] == 0:
        chosen = [0]
    elif flat.shape[1] == 1:
        chosen = [int(flat.argmin()), int(flat.argmax())]
    else:
        chosen = ConvexHull(flat).vertices
    return as_set(points[chosen])


@pytest.mark.parametrize("d", [4, 5, 6])
@pytest.mark.parametrize("m", [1, 4, 7, 8])
def test_general_position(m, d):
    rng = np.random.default_rng(m + 10 * d)
    zonotope = Zonotope(rng.integers(-(2**20), 2**20, (m, d)), rng.integers(-9, 9, d))
    found = listed(zonotope)
    assert len(found) == cover_count(m, d)
    assert as_set(found) == hull_vertices(corners(zonotope))


@EXAMPLES
@given(degenerate())
def test_degenerate_generators_against_the_hull_of_all_corners(zonotope):
    found = as_set(listed(zonotope))
    assert found == hull_vertices(corners(zonotope))
    assert len(found) == (count_cones(zonotope.generators) if len(zonotope.generators) else 1)


@EXAMPLES
@given(degenerate(max_m=5, dims=(2, 4)))
def test_degenerate_generators_in_exact_arithmetic(zonotope):
    """A corner is a vertex iff some u has the signs that choose it: a linear program in fractions each."""
    rows = rational(zonotope.generators)
    normals, where = hyperplanes(rows)
    expected = set()
    for pattern in product((1, -1), repeat=len(normals)):
        if realisable(pattern, normals, zonotope.d) or not normals:
            chosen = [h is not None and pattern[h[0]] * h[1] > 0 for h in where]
            expected.add(tuple((zonotope.base + zonotope.generators[chosen].sum(axis=0) + 0.0).tolist()))
    assert as_set(listed(zonotope)) == expected


@EXAMPLES
@given(degenerate(dims=(1, 2, 3)))
def test_up_to_three_dimensions_the_arrays_agree(zonotope):
    assert as_set(listed(zonotope)) == as_set(zonotope.vertices())


@EXAMPLES
@given(degenerate(dims=(4, 5)), st.data())
def test_support_is_attained_at_a_vertex(zonotope, data):
    u = np.array(data.draw(st.lists(HALVES, min_size=zonotope.d, max_size=zonotope.d)))
    assert (listed(zonotope) @ u).max() == zonotope.support(u)


def test_kinds_of_degeneracy_by_hand():
    base, e = np.array([1.0, 0, 0, 0]), np.eye(4)
    assert listed(Zonotope(np.zeros((0, 4)), base)).tolist() == [[1, 0, 0, 0]]
    assert listed(Zonotope(np.zeros((3, 4)), base)).tolist() == [[1, 0, 0, 0]]
    segment = Zonotope([e[1], 2 * e[1], -e[1], 0 * e[1]], base)
    assert as_set(listed(segment)) == {(1, -1, 0, 0), (1, 3, 0, 0)}
    assert as_set(listed(Zonotope(np.vstack([e, e]), 0 * base))) == set(product((0.0, 2.0), repeat=4))


@pytest.mark.parametrize(
    ("d", "count"), [(4, 24), (5, 120), (6, 720)], ids=["truncated octahedron", "order 5", "order 6"]
)
def test_permutohedra(d, count):
    """Σ [0, 1](e_i − e_j) over i > j has the permutations of (0, 1, …, d − 1), moved by a constant, as vertices."""
    pairs = np.array([np.eye(d)[i] - np.eye(d)[j] for i in range(d) for j in range(i)])
    found = listed(Zonotope(pairs, np.arange(d)[::-1]))
    assert len(as_set(found)) == count
    assert (np.sort(found, axis=1) == np.arange(d)).all()


def test_nearly_parallel_generators_are_told_apart():
    """One ulp apart: floats could not tell, and a tolerance would merge them."""
    g = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0 + 2**-52]])
    assert len(listed(Zonotope(g, np.zeros(4)))) == 4
    g[1, 3] = 1.0
    assert len(listed(Zonotope(g, np.zeros(4)))) == 2


def test_it_is_lazy_and_comes_in_opposite_pairs():
    """25 million vertices, of which a few are taken."""
    rng = np.random.default_rng(0)
    zonotope = Zonotope(rng.integers(-99, 99, (200, 5)), rng.integers(-9, 9, 5))
    iterator = zonotope.iter_vertices()
    assert isinstance(iterator, Iterator)
    some = np.array(list(islice(iterator, 3000)))
    assert len(as_set(some)) == 3000
    assert (some[::2] + some[1::2] == 2 * zonotope.centre).all()
    again = np.array(list(islice(zonotope.iter_vertices(), 3000)))
    assert (some == again).all()


def test_a_vertex_is_its_owners():
    """Writing into a vertex changes neither the zonotope nor the next vertex."""
    for zonotope in (Zonotope(np.eye(4), np.ones(4)), Zonotope(np.zeros((0, 4)), np.ones(4))):
        expected = listed(zonotope)
        seen = []
        for vertex in zonotope.iter_vertices():
            seen.append(vertex.copy())
            vertex[:] = -7
        assert (np.array(seen) == expected).all()
        assert (listed(zonotope) == expected).all()


def test_vertices_above_three_dimensions_names_the_generator():
    with pytest.raises(ValueError, match="d ≤ 3: use iter_vertices"):
        Zonotope(np.eye(4), np.zeros(4)).vertices()
