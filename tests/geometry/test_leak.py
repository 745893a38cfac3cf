"""Homogeneous activations σ(t) = max(t, 0) + α min(t, 0): linear, absolute value, orthogonal data, reflection.

Reflection: σ_α(−t) = −α σ_{1/α}(t), so G^{1/α}(w) = −G^α(−w)/α and 𝒟^{1/α}(w) = 𝒟^α(−w)/α. So the extremal vectors
for 1/α are D/α with w turned round, and the sign turns with it iff α > 0.
"""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extremal
from tests.matching import assert_matches_oracle, assert_valid, names
from tests.oracles.brute_force import dot, extremal_vectors, rational
from tests.strategies import datasets, directions

EXAMPLES = settings(max_examples=40, deadline=None)
METHODS = ("search", "enumerate")
# Among them 1 − 2^-53 and 1 + 2^-52, the neighbours of the linear activation, and slopes that are no short fractions.
LEAKS = (-3.0, -1.0, -1 + 2**-53, -0.5, -0.01, 0.01, 0.1, 0.5, 1 - 2**-53, 1 + 2**-52, 2.0)


def entries(res, *, factor=1.0, turn=False):
    """The set of (sign, pattern) with D → factor · D and, with `turn`, w → −w; the sign follows from both."""
    result = set()
    for v in res:
        pattern = np.where(v.active, 1, -1)
        pattern[v.boundary] = 0
        sign = v.sign * (1 if factor > 0 else -1) * (-1 if turn else 1)
        result.add((sign, *(pattern * (-1 if turn else 1)).tolist()) if sign else (0,))
    return result


def size(X, y, leak):
    return max(1.0, abs(leak)) * np.abs(y) @ np.linalg.norm(X, axis=1) / len(y) + 1e-300


def orthogonal(rng, n, d):
    """Rows of different lengths along the rows of a reflection times an integer: orthogonal exactly, also in floats."""
    v = rng.integers(-3, 4, d)
    frame = (v @ v) * np.eye(d) - 2.0 * np.outer(v, v) if v.any() else np.eye(d)
    return frame[rng.permutation(d)[:n]] * rng.integers(1, 5, n)[:, None] * rng.choice([-1, 1], n)[:, None]


# -- linear ---------------------------------------------------------------------------------------------------------


@EXAMPLES
@given(datasets(), st.sampled_from(METHODS), st.data())
def test_alpha_one_is_linear(data, method, more):
    """G(w) = w·T with T = Σ z_k: T is extremal with both signs, and with nothing else; or T = 0, once."""
    X, y = data
    res = extremal.find(X, y, leak=1.0, method=method)
    assert_matches_oracle(res, X, y, 1.0)
    total = y @ X / len(y)
    exact = extremal_vectors(X, y, 1)
    if exact == {(0, (0,) * X.shape[1])}:
        assert [v.sign for v in res] == [0]
        assert np.allclose(total, 0, rtol=0, atol=1e-14 * size(X, y, 1))
    else:
        assert sorted(res.signs) == [-1, 1]
        assert np.allclose(res.vectors, total, rtol=0, atol=1e-14 * size(X, y, 1))
        if X.shape[1] > 1:
            assert {v.sign: v.kind for v in res} == {1: "maximum", -1: "minimum"}
            assert res.audit.holds
    w = more.draw(directions(X))
    zonotope = extremal.subdifferential(X, y, w, leak=1.0)
    assert np.allclose(zonotope.vertices(), total, rtol=0, atol=1e-14 * size(X, y, 1))
    assert not zonotope.generators.any()
    assert extremal.G(X, y, w, leak=1.0) == pytest.approx(w @ total, abs=1e-13 * size(X, y, 1) * np.linalg.norm(w))
    # Ties are exact: a float product X @ w can be 0 where w·x is not, and the other way round.
    ties = [dot(x, rational(w)) == 0 for x in rational(X)]
    at_ties = (np.array(ties) * y) @ X / len(y)
    assert np.allclose(extremal.D(X, y, w, leak=1.0) + at_ties, total, rtol=0, atol=1e-13 * size(X, y, 1))


# -- absolute value -------------------------------------------------------------------------------------------------


@EXAMPLES
@given(datasets(), st.sampled_from(METHODS), st.data())
def test_alpha_minus_one_is_even(data, method, more):
    X, y = data
    w = more.draw(directions(X))
    assert extremal.G(X, y, w, leak=-1) == extremal.G(X, y, -w, leak=-1)
    assert extremal.G(X, y, w, leak=-1) == pytest.approx(
        np.abs(X @ w) @ y / len(y), abs=1e-13 * size(X, y, 1) * np.linalg.norm(w)
    )
    assert (extremal.D(X, y, -w, leak=-1) == -extremal.D(X, y, w, leak=-1)).all()
    there, back = (extremal.subdifferential(X, y, u, leak=-1) for u in (w, -w))
    u = np.array(more.draw(st.lists(st.floats(-2, 2), min_size=len(w), max_size=len(w))))
    assert back.support(u) == pytest.approx(there.support(-u), abs=1e-13 * size(X, y, 1) * (1 + np.linalg.norm(u)))

    res = extremal.find(X, y, leak=-1.0, method=method)
    assert_matches_oracle(res, X, y, -1.0)
    assert entries(res, factor=-1.0, turn=True) == names(res)
    assert (res.signs == 0).sum() == len(res) % 2
    for v in res:
        if v.sign:
            assert np.abs(res.vectors[res.signs == v.sign] + v.D).max(axis=1).min() <= 1e-13 * size(X, y, 1)


# -- orthogonal data ------------------------------------------------------------------------------------------------


def closed_form(z, y, leak):
    """Σ c_k z_k, sign s, where s c_k y_k has the sign of w·x_k: so c_k is 1, α or 0, each under one condition.

    c_k = 1 iff s y_k > 0.  c_k = α iff s α y_k < 0.  c_k = 0 iff 0 is between α and 1.
    """
    result = []
    for s in (1, -1):
        choices = [
            {c for c, holds in ((1.0, s * t > 0), (leak, s * leak * t < 0), (0.0, leak <= 0)) if holds} for t in y
        ]
        result += [(s, np.array(c), np.array(c) @ z) for c in product(*choices) if any(c)]
    return result


@pytest.mark.parametrize("leak", [-2.0, -1.0, -0.25, 0.0, 0.25, 1.0, 3.0])
@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 2), (2, 3), (3, 3), (4, 4), (3, 4)])
@pytest.mark.parametrize("method", METHODS)
def test_orthogonal_data_in_closed_form(method, n, d, leak):
    rng = np.random.default_rng(10 * n + d)
    X = orthogonal(rng, n, d)
    assert not (X @ X.T - np.diag(np.diag(X @ X.T))).any()
    y = rng.choice([-1.0, 1.0], n) * rng.integers(1, 5, n)
    expected = closed_form(y[:, None] * X / n, y, leak)
    res = extremal.find(X, y, leak=leak, method=method)
    nonzero = [v for v in res if v.sign]
    assert Counter(v.sign for v in nonzero) == Counter(s for s, _, _ in expected)
    for s, c, D in expected:
        (v,) = (v for v in nonzero if v.sign == s and np.allclose(v.D, D, rtol=0, atol=1e-12 * size(X, y, leak)))
        np.testing.assert_allclose(v.eta, c, rtol=0, atol=1e-14 * max(1, abs(leak)))
        assert v.boundary.tolist() == ([] if leak > 0 else np.flatnonzero(c == 0).tolist())
        off = len(v.boundary)
        if leak and d > 1:  # with α = 0 the multipliers are at an end of [0, 1]
            rising = int((y[v.boundary] > 0).sum()) if leak < 0 else 0
            assert v.index == (d - 1 - off if s > 0 else 0) + off - rising

    plus, minus = int((y > 0).sum()), int((y < 0).sum())
    count = {-1: 3**plus + 3**minus - 2, 0: 2**plus + 2**minus - 2, 1: 2}[int(np.sign(leak))]
    assert len(nonzero) == count
    # D = 0: all c_k are 0, on a cone without active points (α = 0) or on the complement of the rows (α < 0)
    assert len(res) - count == (leak == 0 or (leak < 0 and n < d))
    if leak and not (leak < 0 and n < d) and d > 1:
        assert res.audit.holds


# -- relations ------------------------------------------------------------------------------------------------------


@EXAMPLES
@given(datasets(), st.sampled_from(METHODS))
def test_alpha_zero_is_the_relu(data, method):
    X, y = data
    plain = extremal.find(X, y, method=method)
    for zero in (0, 0.0, -0.0):
        leaky = extremal.find(X, y, leak=zero, method=method)
        assert names(leaky) == names(plain)
        assert (leaky.vectors == plain.vectors).all()
        assert leaky.kinds.tolist() == plain.kinds.tolist()
    W = np.vstack([X, -X, np.ones_like(X[:1])])
    assert (extremal.G(X, y, W, leak=-0.0) == extremal.G(X, y, W)).all()
    assert (extremal.D(X, y, W, leak=-0.0) == extremal.D(X, y, W)).all()


@EXAMPLES
@given(datasets(), st.sampled_from(LEAKS), st.data())
def test_every_leak_is_a_mixture_of_relu_and_linear(data, leak, more):
    """σ_α = (1 − α) σ_0 + α t, hence 𝒟^α(w) = (1 − α) 𝒟^0(w) + α T."""
    X, y = data
    w, total = more.draw(directions(X)), y @ X / len(y)
    unit = 1e-13 * size(X, y, leak) * (1 + np.linalg.norm(w))
    assert extremal.G(X, y, w, leak=leak) == pytest.approx(
        (1 - leak) * extremal.G(X, y, w) + leak * w @ total, abs=unit
    )
    leaky, plain = extremal.subdifferential(X, y, w, leak=leak), extremal.subdifferential(X, y, w)
    assert np.allclose(leaky.generators, (1 - leak) * plain.generators, rtol=0, atol=unit)
    assert np.allclose(leaky.centre, (1 - leak) * plain.centre + leak * total, rtol=0, atol=unit)
    assert extremal.G(X, y, w, leak=leak) == pytest.approx(w @ leaky.centre, abs=unit)


@EXAMPLES
@given(datasets(), st.sampled_from([-4.0, -2.0, -1.0, -0.5, 0.25, 0.5, 2.0]), st.sampled_from(METHODS), st.data())
def test_the_reciprocal_leak_is_a_reflection(data, leak, method, more):
    X, y = data
    w = more.draw(directions(X))
    unit = 1e-13 * size(X, y, leak) * (1 + 1 / abs(leak)) * (1 + np.linalg.norm(w))
    assert extremal.G(X, y, w, leak=1 / leak) == pytest.approx(-extremal.G(X, y, -w, leak=leak) / leak, abs=unit)
    assert np.allclose(extremal.D(X, y, w, leak=1 / leak), extremal.D(X, y, -w, leak=leak) / leak, rtol=0, atol=unit)
    ours, theirs = (extremal.find(X, y, leak=a, method=method) for a in (1 / leak, leak))
    assert names(ours) == entries(theirs, factor=1 / leak, turn=True)
    for v in theirs:
        if v.sign:
            assert np.abs(ours.vectors - v.D / leak).max(axis=1).min() <= unit


@EXAMPLES
@given(datasets(), st.sampled_from(LEAKS), st.sampled_from(METHODS))
def test_turning_the_data_round_and_the_labels(data, leak, method):
    """X → −X turns D and w; y → −y turns D and the sign, and swaps maxima with minima."""
    X, y = data
    res = extremal.find(X, y, leak=leak, method=method)
    turned, negated = extremal.find(-X, y, leak=leak, method=method), extremal.find(X, -y, leak=leak, method=method)
    assert names(turned) == names(res)  # (−w)·(−x_k) = w·x_k
    assert names(negated) == entries(res, factor=-1.0)
    assert Counter(turned.indices.tolist()) == Counter(res.indices.tolist())
    assert Counter(negated.indices.tolist()) == Counter(i if i < 0 else X.shape[1] - 1 - i for i in res.indices)


# -- the exact oracle -----------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(datasets(max_n=5), st.sampled_from(LEAKS), st.sampled_from(METHODS))
def test_against_the_exact_oracle(data, leak, method):
    X, y = data
    res = extremal.find(X, y, leak=leak, method=method)
    assert_matches_oracle(res, X, y, leak)
    assert_valid(res)
    for v in res:
        assert v.certify(), str(v.certify())
        assert (v.eta >= min(leak, 1.0)).all()
        assert (v.eta <= max(leak, 1.0)).all()
        assert v.residual <= 1e-12 * max(1.0, abs(leak))
    assert res.audit.holds or not res.audit.applicable


@pytest.mark.parametrize("leak", [0.01, 0.3, -1.0])
def test_more_samples_than_the_oracle_can_take(leak):
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((40, 3)), rng.standard_normal(40)
    res, other = (extremal.find(X, y, leak=leak, method=method) for method in METHODS)
    assert res.complete
    assert names(res) == names(other)
    assert res.audit.holds
    assert_valid(res)


# -- sizes far apart ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("leak", [1e-17, -1e-17, 1e17, -1e17, 1e-30, -1e-30])
@pytest.mark.parametrize(("X", "y"), [([[1.0]], [1.0]), ([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0])])
def test_a_leak_that_rounding_hides(X, y, leak, method):
    """T − 𝒟(w) is 0 in floats where it is α z_k: still a vector, and ‖D‖² underflows before D does."""
    assert_matches_oracle(extremal.find(X, y, leak=leak, method=method), X, y, leak)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([[-1.0, 0.3], [-1.0, -0.3], [1e-20, 0.0]], [1.0, 1.0, 1.0]),
        ([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [-1.0, 0.3], [-1.0, -0.3]], [1.0, 1e-20, -1.0, 1.0, 1.0]),
        ([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [1.0, 1e-20, -1.0, -1.0]),
    ],
    ids=["a small sample", "labels that cancel", "labels that cancel, orthogonal"],
)
@pytest.mark.parametrize("leak", [0.0, -1.0, 0.5])
def test_a_sample_that_rounding_hides(X, y, leak, method):
    assert_matches_oracle(extremal.find(X, y, leak=leak, method=method), X, y, leak)


def test_multipliers_stay_between_a_large_leak_and_one():
    X, y = [[-0.08578644, 0.23205081], [-0.26393202, 0.14575131]], [-0.08578644, 0.23205081]
    for leak in (1e17, -1e17, 1e9):
        for v in extremal.find(X, y, leak=leak):
            assert (v.eta >= min(leak, 1.0)).all()
            assert (v.eta <= max(leak, 1.0)).all()


@pytest.mark.parametrize("call", [extremal.find, lambda X, y, leak: extremal.G(X, y, [1.0, 0.0], leak=leak)])
def test_a_leak_beyond_the_floats(call):
    with pytest.raises(extremal.InvalidValueError, match="expected a finite"):
        call([[1.0, 2.0]], [1.0], leak=10**400)
