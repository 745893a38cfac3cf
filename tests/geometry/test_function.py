"""G_n and D_n against their definitions in exact arithmetic."""

import tracemalloc
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extremal.errors import ExtremalError
from extremal.geometry.clarke._function import D, G
from extremal.geometry.clarke._subdifferential import subdifferential
from extremal.geometry.exact._signs import activation_signs
from tests.oracles.brute_force import dot, rational, sign
from tests.strategies import KINDS, datasets, directions, scales

EXAMPLES = settings(max_examples=100, deadline=None)
LEAKS = st.sampled_from([0.0, 0.25, 1.0, -1.0, 0.01])


def exact_signs(X, W):
    X, W = rational(X), rational(W)
    return np.array([[sign(dot(x, w)) for x in X] for w in W], dtype=np.int8)


def exact_D(X, y, w, leak):
    X, y, w, leak = rational(X), rational(y), rational(w), F(leak)
    weight = {1: F(1), 0: F(0), -1: leak}
    terms = [[weight[sign(dot(x, w))] * c * t / len(X) for t in x] for x, c in zip(X, y, strict=True)]
    return [sum(column) for column in zip(*terms, strict=True)]


def size(X, y):
    return np.linalg.norm(X, axis=1) @ np.abs(y) / len(X)


@EXAMPLES
@given(st.data())
def test_definitions(data):
    X, y = data.draw(datasets())
    w = data.draw(directions(X))
    leak = data.draw(LEAKS)
    expected = exact_D(X, y, w, leak)
    bound = 1e-14 * size(X, y)
    value = D(X, y, w, leak=leak)
    assert value.shape == w.shape
    assert np.allclose(value, np.array(expected, dtype=float), rtol=0, atol=bound)
    # G from sigma, not from D
    products = [dot(x, rational(w)) for x in rational(X)]
    terms = [c * max(t, F(leak) * t if leak <= 1 else t) for c, t in zip(rational(y), products, strict=True)]
    assert abs(G(X, y, w, leak=leak) - float(sum(terms) / len(X))) <= bound * np.linalg.norm(w)


@pytest.mark.parametrize("kind", KINDS)
def test_signs_are_exact(kind):
    @settings(max_examples=20, deadline=None)
    @given(st.data())
    def check(data):
        X, _ = data.draw(datasets(kind))
        W = np.array([data.draw(directions(X)) for _ in range(3)] + [np.zeros(X.shape[1])])
        scale = data.draw(scales())
        assert np.array_equal(activation_signs(X * scale, W / scale), exact_signs(X * scale, W / scale))

    check()


def test_signs_of_nearly_orthogonal_rows():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 3))
    basis = np.linalg.svd(rng.standard_normal((200, 2, 3)))[2][:, 2]
    X[:, 2] = -(X[:, 0] * basis[:, 0] + X[:, 1] * basis[:, 1]) / basis[:, 2]  # orthogonal up to rounding
    signs = activation_signs(X, basis)
    assert np.array_equal(signs, exact_signs(X, basis))
    assert {-1, 0, 1} >= set(np.diag(signs).tolist()) >= {-1, 1}


def test_signs_with_entries_of_very_different_sizes():
    X = np.array([[1e150, 1e-200], [1e300, -1e-300], [5e-324, 0.0], [0.0, 0.0], [1e308, 1e308]])
    W = np.array([[0.0, 1.0], [0.0, 1e-300], [1e-320, 1e300], [1.0, -1.0]])
    assert np.array_equal(activation_signs(X, W), exact_signs(X, W))


def test_ties_on_multiples_of_a_tenth():
    """0.1·0.3 − 0.3·0.1 rounds to zero and is zero; 0.1·3 − 0.3·1 rounds to something and is not zero."""
    X = np.array([[0.1, 0.3], [0.1, 0.3], [0.3, 0.1]])
    W = np.array([[0.3, -0.1], [3.0, -1.0]])
    assert activation_signs(X, W).tolist() == exact_signs(X, W).tolist()
    assert activation_signs(X, W)[0, 0] == 0
    assert activation_signs(X, W)[1, 0] == 1


@EXAMPLES
@given(datasets("generic"), scales(), scales(), scales(100), LEAKS)
def test_scales(data, a, b, c, leak):
    X, y = data
    w = np.linspace(-1, 1.5, 2 * X.shape[1]).reshape(2, -1)
    expected = D(X, y, w, leak=leak)
    scaled = D(X * a, y * b, w * c, leak=leak)
    assert np.allclose(scaled / b / a, expected, rtol=0, atol=1e-13 * size(X, y))
    if 1e-250 < a * b < 1e250 and 1e-250 < a * b * c < 1e250:
        values = G(X * a, y * b, w * c, leak=leak) / (a * b) / c
        assert np.allclose(values, G(X, y, w, leak=leak), rtol=0, atol=1e-12 * size(X, y))


def test_the_product_of_scales_matters_not_each_of_them():
    X, y = np.array([[1.0, 0.5], [-1.0, 1.0]]), np.array([1.0, -2.0])
    w = np.array([0.5, 2.0])
    assert G(X, y, w) == -0.75
    assert G(X * 1e150, y * 1e150, w * 1e-150) == pytest.approx(1e150 * G(X, y, w), rel=1e-13)
    assert G(X * 1e-150, y * 1e-150, w * 1e150) == pytest.approx(1e-150 * G(X, y, w), rel=1e-13)
    assert G(X * 1e-200, y * 1e-200, w * 1e200) == pytest.approx(1e-200 * G(X, y, w), rel=1e-13)
    assert G(X * 1e150, y * 1e150, w * 1e150) == -np.inf
    assert D(X * 1e-200, y * 1e-200, w).tolist() == [0, 0]  # 1e-400 is no float


@EXAMPLES
@given(st.data())
def test_homogeneous_and_equal_to_w_times_the_subdifferential(data):
    X, y = data.draw(datasets())
    w = data.draw(directions(X))
    leak = data.draw(LEAKS)
    value = G(X, y, w, leak=leak)
    assert G(X, y, 4 * w, leak=leak) == 4 * value
    zonotope = subdifferential(X, y, w, leak=leak)
    m = len(zonotope.generators)
    weights = data.draw(st.lists(st.floats(0, 1), min_size=m, max_size=m))
    element = zonotope.base + np.array(weights) @ zonotope.generators
    assert abs(w @ element - value) <= 1e-13 * size(X, y) * np.linalg.norm(w)
    if leak == 0:
        assert zonotope.contains(D(X, y, w))


def test_finite_differences_away_from_walls():
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((40, 4)), rng.standard_normal(40)
    W = rng.standard_normal((30, 4))
    step = 0.5 * np.abs(W @ X.T).min() / np.linalg.norm(X, axis=1).max()
    for leak in (0.0, 0.3, -1.0):
        gradient = D(X, y, W, leak=leak)
        for i, e in enumerate(step * np.eye(4)):
            slope = (G(X, y, W + e, leak=leak) - G(X, y, W - e, leak=leak)) / (2 * step)
            assert np.allclose(slope, gradient[:, i], rtol=0, atol=1e-13 * size(X, y) * 2 / step)


def test_leaks_with_known_answers():
    rng = np.random.default_rng(2)
    X, y, W = rng.standard_normal((9, 3)), rng.standard_normal(9), rng.standard_normal((5, 3))
    mean = y @ X / 9
    assert np.allclose(D(X, y, W, leak=1), mean)
    assert np.allclose(G(X, y, W, leak=1), W @ mean)
    assert np.allclose(G(X, y, W, leak=-1), np.abs(W @ X.T) @ y / 9)
    assert np.allclose(D(X, y, W) + D(X, y, -W), mean)  # no ties here
    assert np.allclose(G(X, y, W, leak=0.2), G(X, y, W) - 0.2 * G(X, y, -W))


def test_shapes_and_types():
    X, y = [[1, 0], [0, 2], [1, 1]], [[1], [-1], [2]]
    assert isinstance(G(X, y, [1, 1]), np.float64)
    assert D(X, y, [1, 1]).shape == (2,)
    assert G(X, y, np.ones((4, 5, 2))).shape == (4, 5)
    assert D(X, y, np.ones((4, 5, 2))).shape == (4, 5, 2)
    assert G(X, y, np.ones((0, 2))).shape == (0,)
    assert D(X, y, np.ones((0, 2))).shape == (0, 2)
    assert D(X, y, [0, 0]).tolist() == [0, 0]
    assert G(X, y, [0, 0]) == 0


def test_memory_does_not_grow_with_directions_times_samples():
    rng = np.random.default_rng(3)
    X, y, W = rng.standard_normal((2000, 3)), rng.standard_normal(2000), rng.standard_normal((10000, 3))
    tracemalloc.start()
    try:
        values, slopes = G(X, y, W), D(X, y, W)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60e6  # all products at once would be 160 MB
    assert np.allclose((W * slopes).sum(axis=1), values)


@pytest.mark.parametrize("function", [G, D, subdifferential])
@pytest.mark.parametrize(
    ("w", "leak", "builtin", "words"),
    [
        ([1, 2, 3], 0, ValueError, r"\(3,\).*\(\.\.\., 2\)"),
        (1.0, 0, ValueError, "w"),
        ([1, np.nan], 0, ValueError, "nan"),
        ([1, np.inf], 0, ValueError, "inf"),
        ([1j, 1], 0, TypeError, "complex"),
        ([1, 1], "a", TypeError, "leak is 'a'"),
        ([1, 1], True, TypeError, "leak is True"),
        ([1, 1], np.nan, ValueError, "leak is nan"),
        ([1, 1], None, TypeError, "leak is None"),
    ],
)
def test_bad_input(function, w, leak, builtin, words):
    with pytest.raises(ExtremalError, match=words) as caught:
        function([[1, 0], [0, 1]], [1, 2], w, leak=leak)
    assert isinstance(caught.value, builtin)


def test_a_direction_is_needed_for_a_subdifferential():
    with pytest.raises(ExtremalError, match="w is zero"):
        subdifferential([[1, 0], [0, 1]], [1, 2], [0, 0])
    with pytest.raises(ExtremalError, match="one direction at a time"):
        subdifferential([[1, 0], [0, 1]], [1, 2], [[1, 0]])
    with pytest.raises(ExtremalError, match="range of floats"):
        subdifferential([[1e200, 0], [0, 1]], [1e200, 2], [1, 0])
