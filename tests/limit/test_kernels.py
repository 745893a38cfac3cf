"""One region at a time: its bound against points inside it, its children, and what is dropped."""

import numpy as np
import pytest

from extremal.laws import Correlated, Gaussian, Law, Linear, RademacherMixture, ReLU
from extremal.limit import _cover_kernels as kernels
from extremal.limit._common_point import common_point
from extremal.limit._cover import LEAVES, _limits_on, _room, _scratch, _Stack
from extremal.limit._planes import planes_of
from extremal.limit._target import as_target


def examined(planes, target, vertices, best, factor):
    """Have the kernel look at one region; what it leaves on the stack, and the bound if it is dropped (else None)."""
    d, m = planes.normals.shape[1], len(planes)
    stack = _Stack(planes, np.eye(d))
    stack.vertices[0] = vertices
    arrays = np.ascontiguousarray(planes.normals.T), planes.step, planes.most - planes.least
    values, slack = _limits_on(target, stack.vertices[:1])
    counts = np.zeros(4)
    leaves = np.zeros((LEAVES, d, d)), np.zeros((LEAVES, 8), dtype=np.int64), np.zeros(LEAVES, dtype=np.int64)
    top, seen = kernels.cover(
        arrays, planes.tolerance, planes.error, stack.arrays(), 1, 1, values, slack, best, factor, np.zeros(d), counts,
        (*leaves, np.zeros(LEAVES)), _room(d, m), _scratch(d, m),
    )  # fmt: skip
    return stack, top, seen, counts[0] if counts[0] > 0 else None


def region(rng, d, radius):
    """Integer vertices around a random direction, and that direction."""
    centre = rng.standard_normal(d)
    centre /= np.linalg.norm(centre)
    v = centre + radius * rng.standard_normal((d, d)) / np.sqrt(d)
    return np.rint(2.0**30 * v / np.linalg.norm(v, axis=1, keepdims=True)), centre


def data_near(rng, centre, n, spread):
    """Rows whose hyperplanes pass near a direction, and labels."""
    X = rng.standard_normal((n, len(centre)))
    X -= np.outer(X @ centre, centre) * (1 - spread * rng.standard_normal((n, 1)))
    return X, rng.standard_normal(n) + rng.choice([0.0, 2.0])


def points_in(rng, vertices, count=3000):
    """Points of the cone: drawn inside, near edges and vertices."""
    d = len(vertices)
    v = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
    weights = np.vstack([rng.dirichlet(np.full(d, a), size=count) for a in (0.2, 1.0, 3.0)] + [np.eye(d)])
    w = weights @ v
    return w / np.linalg.norm(w, axis=1, keepdims=True)


def highest(X, y, target, w):
    D = (w @ X.T > 0) @ (y[:, None] * X / len(X))
    return float(np.linalg.norm(D - target.evaluate(w), axis=1).max())


def laws(rng, d):
    yield 0.3 * rng.standard_normal(d), None
    yield Law(Gaussian(d), ReLU.random(3, d, rng)), None
    yield Law(Correlated(d, 0.6), ReLU(rng.standard_normal(d))), None
    # a multiple of w, whose second derivative is nearly what is allowed for
    yield Law(Gaussian(d), Linear(np.eye(d)[0]), noise_mean=1.0), None
    yield Law(RademacherMixture(d, np.eye(d)[0]), ReLU(rng.standard_normal(d))), None
    matrix = rng.standard_normal((d, d))
    yield (lambda w: w @ matrix), np.linalg.norm(matrix, 2)


@pytest.mark.parametrize("d", [2, 3, 4, 6])
@pytest.mark.parametrize("radius", [0.6, 0.05, 0.001])
def test_bounds_hold_inside(d, radius):
    """Whatever is aimed at: thresholds below the truth are never met, and above it the bound is at least the truth."""
    rng = np.random.default_rng([d, round(1000 * radius)])
    dropped = tight = 0
    for _ in range(12):
        vertices, centre = region(rng, d, radius)
        X, y = data_near(rng, centre, int(rng.integers(1, 40)), radius)
        planes = planes_of(X, y, 1.0)
        w = points_in(rng, vertices)
        for law, lipschitz in laws(rng, d):
            target = as_target(law, d, lipschitz)
            truth = highest(X, y, target, w)
            *_, bound = examined(planes, target, vertices, 0.998 * truth, 1.0)
            assert bound is None, "dropped, although it holds more"
            for factor in (1.01, 1.1, 1.3, 2.0, np.inf):
                *_, bound = examined(planes, target, vertices, truth, factor)
                if bound is not None:
                    assert bound >= truth - 1e-12
                    assert factor == np.inf or bound <= factor * truth + 1e-9
                    dropped += factor < np.inf
                    tight += factor <= 1.1
            assert bound is not None
    assert dropped > 20
    assert tight > 0


@pytest.mark.parametrize("d", [2, 3, 5])
def test_the_points_of_a_fan_reach_the_bound(d):
    """Hyperplanes through one inner point: near it D takes every value of the cones, and the bound may not be less."""
    rng = np.random.default_rng(d)
    for _ in range(30):
        vertices, _ = region(rng, d, 0.3)
        inside = rng.dirichlet(np.ones(d)) @ vertices
        inside /= np.linalg.norm(inside)
        X, y = data_near(rng, inside, 20, 0.0)
        w = inside + 1e-3 * rng.standard_normal((4000, d)) / np.sqrt(d)
        w /= np.linalg.norm(w, axis=1, keepdims=True)
        w = w[(np.linalg.solve(vertices.T, w.T) > 0).all(axis=0)]
        target = as_target(0.2 * rng.standard_normal(d), d, None)
        truth = highest(X, y, target, w)
        assert examined(planes_of(X, y, 1.0), target, vertices, 0.999 * truth, 1.0)[3] is None
        assert examined(planes_of(X, y, 1.0), target, vertices, truth, np.inf)[3] >= truth - 1e-12


@pytest.mark.parametrize("d", [2, 3, 5])
def test_children_cover_their_parent_and_know_its_rows(d):
    rng = np.random.default_rng(d)
    for _ in range(10):
        vertices, centre = region(rng, d, 0.3)
        X, y = data_near(rng, centre, 30, 0.1)
        planes = planes_of(X, y, 1.0)
        target = as_target(np.zeros(d), d, None)
        stack, top, _, bound = examined(planes, target, vertices, 1e-9, 1.0)
        assert (top, bound) == (2, None)
        w = points_in(rng, vertices, 300)
        inside = [(np.linalg.solve(stack.vertices[b].T, w.T) >= -1e-16).all(axis=0) for b in range(2)]
        assert (inside[0] | inside[1]).all()
        for b in range(2):
            rows = stack.rows[stack.first[b] : stack.last[b]]
            # what is certain, and what the rows left add to it, is D_n
            on = w[inside[b]] @ planes.normals[rows].T > 0
            D = stack.fixed[b] + (on * planes.step[rows]) @ planes.normals[rows]
            np.testing.assert_allclose(D, planes.vectors(w[inside[b]] @ planes.normals.T > 0), atol=1e-12)
            # integers, of which one is a combination of two of the parent's
            assert (stack.vertices[b] == np.rint(stack.vertices[b])).all()
            assert (stack.vertices[b] != vertices).any(axis=1).sum() == 1


def test_a_hyperplane_through_a_vertex_is_kept():
    """Whichever sign rounding gives it there."""
    rng = np.random.default_rng(0)
    target = as_target(np.zeros(3), 3, None)
    signs = set()
    for _ in range(200):
        vertices = rng.integers(-1000, 1001, (3, 3)).astype(float)
        x = np.cross(vertices[0], rng.integers(-9, 10, 3))
        if not x.any() or not np.linalg.det(vertices):
            continue
        # the other vertices are on one side
        vertices[1:] *= np.sign(vertices[1:] @ x)[:, None]
        planes = planes_of(x[None], np.ones(1), 1.0)
        if not (vertices[1:] @ x).all():
            continue
        signs.add(int(np.sign(planes.normals[0] @ (vertices[0] / np.linalg.norm(vertices[0])))))
        for side in (vertices, np.vstack([vertices[:1], -vertices[1:]])):
            stack, top, _, _ = examined(planes, target, side, 1e-9, 1.0)
            assert top == 2
            assert stack.last[0] - stack.first[0] == 1
    assert signs >= {-1, 1}


def test_the_value_seen_is_that_at_the_centre():
    rng = np.random.default_rng(0)
    vertices, _ = region(rng, 3, 0.2)
    X, y = rng.standard_normal((10, 3)), rng.standard_normal(10)
    target = as_target(Law(Gaussian(3), ReLU([1.0, 2.0, 3.0])), 3, None)
    v = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
    centre = v.sum(axis=0) / np.linalg.norm(v.sum(axis=0))
    _, _, seen, _ = examined(planes_of(X, y, 1.0), target, vertices, 0.0, np.inf)
    assert seen == pytest.approx(highest(X, y, target, centre[None]), rel=1e-12)


@pytest.mark.parametrize("d", [2, 3, 5])
def test_affine_comparison_holds_within_its_slack(d):
    """D(w) against the affine function through the vertices, and against the centre."""
    rng = np.random.default_rng(d)
    curved = 0
    for radius in (0.8, 0.1, 0.01):
        for _ in range(5):
            vertices, _ = region(rng, d, radius)
            v = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
            weights = rng.dirichlet(np.ones(d), size=400)
            w = weights @ v
            w /= np.linalg.norm(w, axis=1, keepdims=True)
            for law, lipschitz in laws(rng, d):
                target = as_target(law, d, lipschitz)
                values, slack = _limits_on(target, vertices[None])
                D = target.evaluate(w)
                beyond, turn = slack[0]
                assert np.linalg.norm(D - weights @ values[0, 1:], axis=1).max() <= beyond + 1e-14
                assert np.linalg.norm(D - values[0, 0], axis=1).max() <= turn + 1e-14
                curved += beyond < turn
    assert curved > 10


def test_common_points_are_found_exactly():
    basis = np.eye(3) * 1024
    assert common_point(np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]]), basis) == pytest.approx(np.ones(3) / np.sqrt(3))
    assert common_point(np.array([[1.0, 1.0, 1.0]]), basis) is None
    # 2^-50 off is off
    rows = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0], [1.0, 0.0, -1.0 - 2.0**-50]])
    assert common_point(rows, basis) is None
    assert common_point(np.zeros((0, 3)), basis) is not None
    assert common_point(np.array([[1e-300, -1e-300, 0.0], [1e300, 0.0, -1e300]]), basis) is not None
