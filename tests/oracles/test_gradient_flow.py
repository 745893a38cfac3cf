"""The oracle of gradient flow against closed forms, against its definition, and against generic integrators."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from tests.oracles.gradient_flow import discrete, fused_rhs, loss, numpy_rhs, parallel_rhs, predict, reference_flow, rk


def problem(seed, m=20, n=30, d=3, scale=1.0, noise=0.5):
    """A linear teacher, Gaussian rows, dominated weights, and the unit of time 2/mean ‖y x‖."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    y = X[:, 0] + noise * rng.normal(size=n)
    a = rng.choice([-1.0, 1.0], m)
    W = rng.normal(size=(m, d))
    W *= rng.uniform(size=(m, 1)) ** (1 / d) / np.linalg.norm(W, axis=1, keepdims=True)
    unit = 2 / np.linalg.norm(np.abs(y)[:, None] * X, axis=1).mean()
    return X, y, scale / np.sqrt(m) * W, scale / np.sqrt(m) * a, unit


def balance(W, a):
    return a**2 - np.sum(W**2, axis=1)


def along_one_direction(t, p, q, curvature, target):
    """One direction with data: p = (a + s)/√2 grows by e^φ, q = (a − s)/√2 shrinks by it; returns φ(t).

    β = (|p|² e^{2φ} − |q|² e^{−2φ})/2 and φ̇ = curvature (target − β): a Riccati equation for ψ = e^{2φ}.
    """
    P, Q = np.sum(np.square(p)), np.sum(np.square(q))
    root = np.sqrt(target**2 + P * Q)
    high, low = (target + root) / P, (target - root) / P
    ratio = (1 - high) / (1 - low) * np.exp(-curvature * P * (high - low) * np.asarray(t))
    return 0.5 * np.log((high - ratio * low) / (1 - ratio))


def moved(a, s, phi):
    """(a, s) after φ."""
    return a * np.cosh(phi) + s * np.sinh(phi), a * np.sinh(phi) + s * np.cosh(phi)


TIMES = np.array([0.0, 0.1, 0.5, 1.0, 3.0, 10.0])


@pytest.mark.parametrize("a", [0.7, 0.5, 1e-4])
def test_one_neuron_and_one_row(a):
    x, y, w = np.array([3.0, 4.0]), 2.0, np.array([0.1, 0.2])
    length = 5.0
    found = reference_flow([x], [y], [w], [a], TIMES)
    s = w @ x / length
    phi = along_one_direction(
        TIMES, [(a + s) / np.sqrt(2)], [(a - s) / np.sqrt(2)], length**2, y / length
    )  # ṡ = ‖x‖ r a, and β = s a has the target y/‖x‖
    for (W, b), f in zip(found.networks, phi, strict=True):
        expected, along = moved(a, s, f)
        np.testing.assert_allclose(b, [expected], rtol=1e-10)
        np.testing.assert_allclose(W[0], w + (along - s) * x / length, rtol=1e-10)
    assert found.events == 0


def test_one_neuron_balanced_is_logistic():
    x, y = np.array([2.0]), 3.0
    w, a = np.array([[0.01]]), np.array([0.01])
    final = y / x[0]
    expected = final / (1 + (final / 1e-4 - 1) * np.exp(-2 * y * x[0] * TIMES))
    found = reference_flow([x], [y], w, a, TIMES)
    np.testing.assert_allclose([W[0, 0] * b[0] for W, b in found.networks], expected, rtol=1e-10)


def test_one_dimension_is_a_linear_network():
    rng = np.random.default_rng(5)
    X, y = rng.uniform(0.5, 2, size=(6, 1)), rng.normal(size=6) + 2
    w, a = rng.uniform(0.01, 0.2, 4), rng.uniform(0.2, 0.3, 4)
    curvature, moment = np.mean(X**2), np.mean(X[:, 0] * y)
    phi = along_one_direction(TIMES, (a + w) / np.sqrt(2), (a - w) / np.sqrt(2), curvature, moment / curvature)
    for (W, b), f in zip(reference_flow(X, y, w[:, None], a, TIMES).networks, phi, strict=True):
        expected, along = moved(a, w, f)
        np.testing.assert_allclose(b, expected, rtol=1e-10)
        np.testing.assert_allclose(W[:, 0], along, rtol=1e-10)


def passage(a, w, label, x):
    """When a neuron with w x > 0 and d = 1 on one row (of two) reaches w = 0, and its a then."""
    # s = w sign(x) shrinks to 0, φ = −artanh(s/a); invert φ(t) by the closed form of ψ.
    s = abs(w)
    p, q = [(a + s) / np.sqrt(2)], [(a - s) / np.sqrt(2)]
    grid = np.linspace(0, 5, 2_000_001)
    phi = along_one_direction(grid, p, q, x**2 / 2, label / abs(x))
    return float(np.interp(np.arctanh(s / a), -phi, grid)), float(np.sqrt(a**2 - s**2))


def test_crossing_in_one_dimension():
    X, y = np.array([[-1.0], [1.0]]), np.array([-1.0, 3.0])
    a, w = 2.0, -0.5
    time, a_then = passage(a, w, -1.0, -1.0)
    times = time + np.array([0.1, 1.0, 5.0])
    found = reference_flow(X, y, [[w]], [a], times)
    assert (found.events, found.slides) == (1, 0)
    phi = along_one_direction(times - time, [a_then / np.sqrt(2)], [a_then / np.sqrt(2)], 0.5, 3.0)
    for (W, b), f in zip(found.networks, phi, strict=True):
        expected, along = moved(a_then, 0.0, f)
        np.testing.assert_allclose([b[0], W[0, 0]], [expected, along], rtol=1e-9)


def test_sliding_in_one_dimension():
    X, y = np.array([[-1.0], [1.0]]), np.array([-1.0, -2.0])
    found = reference_flow(X, y, [[-0.5]], [2.0], [0.01, 1.0, 50.0])
    assert (found.events, found.slides, found.zeros) == (1, 1, 0)
    np.testing.assert_allclose(found.networks[2][1], [np.sqrt(3.75)], rtol=1e-12)
    assert found.networks[2][0] == 0


def test_sliding_in_closed_form():
    # Row e_1 has y < 0 and holds the neuron on its hyperplane; row (c, s) pulls it along e_2.
    c, s = 0.6, 0.8
    X, y = np.array([[1.0, 0.0], [c, s]]), np.array([-3.0, 2.0])
    a, w2 = 1.1, 0.3
    times = np.array([0.5, 2.0, 8.0])  # later the weight tends to 0, and rounding decides
    found = reference_flow(X, y, [[0.0, w2]], [a], times)
    assert (found.events, found.slides, found.deepest) == (1, 1, 1)
    phi = along_one_direction(times, [(a + w2) / np.sqrt(2)], [(a - w2) / np.sqrt(2)], s**2 / 2, 2.0 / s)
    for (W, b), f in zip(found.networks, phi, strict=True):
        expected, along = moved(a, w2, f)
        np.testing.assert_allclose([b[0], W[0, 1]], [expected, along], rtol=1e-10)
        assert abs(W[0, 0]) < 1e-15
    # from beside the hyperplane: it arrives, and ends at the same place of the same line
    beside = reference_flow(X, y, [[-0.05, w2]], [a], [200.0])
    assert beside.slides == 1
    W, b = beside.networks[0]
    np.testing.assert_allclose(predict(X, W, b), [0.0, 2.0], atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_frozen_cone_propagators(seed):
    X, y, W, a, unit = problem(seed, scale=1e-7)
    t = 0.3 * unit
    found = reference_flow(X, y, W, a, [t])
    V, b = found.networks[0]
    kept = np.all((W @ X.T > 0) == (V @ X.T > 0), axis=1)
    assert kept.any()
    for j in np.flatnonzero(kept):
        D = ((W[j] @ X.T > 0) * y) @ X / len(X)
        e = D / np.linalg.norm(D)
        expected, along = moved(a[j], W[j] @ e, t * np.linalg.norm(D))
        np.testing.assert_allclose(b[j], expected, rtol=1e-10)
        np.testing.assert_allclose(V[j], W[j] + (along - W[j] @ e) * e, rtol=1e-10, atol=1e-10 * abs(a[j]))


def clarke_velocity(X, y, W, a, tolerance=1e-9):
    """Minus the element of least norm of each neuron's Clarke set, by bounded least squares."""
    n = len(X)
    r = y - predict(X, W, a)
    dW, da = np.empty_like(W), np.empty_like(a)
    for j, w in enumerate(W):
        u = X @ w
        on = np.abs(u) <= tolerance * np.linalg.norm(w) * np.linalg.norm(X, axis=1)
        D = r[(u > 0) & ~on] @ X[(u > 0) & ~on] / n
        if on.any():
            generators = (r[on, None] * X[on] / n).T
            D = D + generators @ lsq_linear(generators, -D, bounds=(0, 1), tol=1e-14).x
        dW[j], da[j] = a[j] * D, w @ D
    return dW, da


@pytest.mark.parametrize("scale", [1e-3, 0.1, 1.0])
@pytest.mark.parametrize("d", [2, 3, 4])
def test_it_satisfies_its_definition(d, scale):
    """At times between events, sliding or not: the velocity is the element of least norm of the Clarke set."""
    X, y, W, a, unit = problem(10 * d, d=d, scale=scale)
    rng = np.random.default_rng(d)
    middle = np.sort(rng.uniform(0, 40, 25)) * unit
    h = 1e-5 * unit
    found = reference_flow(X, y, W, a, np.sort(np.concatenate([middle - h, middle, middle + h])))
    losses = [loss(X, y, *network) for network in found.networks]
    assert np.all(np.diff(losses) <= 1e-14 * losses[0])
    for V, b in found.networks:
        assert np.abs(balance(V, b) - balance(W, a)).max() <= 1e-12 * np.max(b**2)
    wrong, sliding = 0, 0
    for i in range(25):
        (V0, b0), (V, b), (V1, b1) = found.networks[3 * i : 3 * i + 3]
        dW, da = clarke_velocity(X, y, V, b)
        error = np.abs((V1 - V0) / (2 * h) - dW).max() + np.abs((b1 - b0) / (2 * h) - da).max()
        wrong += error > 1e-6 * (np.abs(dW).max() + np.abs(da).max()) + 1e-9 / unit * np.abs(V).max()
        margins = np.abs(V @ X.T) / np.linalg.norm(X, axis=1) / np.linalg.norm(V, axis=1)[:, None]
        sliding += np.any(margins < 1e-9)
    assert wrong <= 1  # an event may lie within h of one of the times
    assert sliding >= 5 or scale == 1e-3


@pytest.mark.parametrize(("seed", "d", "scale"), [(3, 2, 1e-3), (21, 3, 1e-3), (4, 2, 0.1), (21, 4, 1e-2)])
def test_generic_integrators_where_nothing_slides(seed, d, scale):
    X, y, W, a, unit = problem(seed, m=6, n=12, d=d, scale=scale, noise=0.1)
    times = np.array([0, 0.5, 2, 5, 8, 12, 20]) * unit
    found = reference_flow(X, y, W, a, times)
    assert found.events >= 10
    assert found.slides == 0
    size = np.sqrt(np.mean(y**2))
    for method in ("RK45", "DOP853"):
        other = rk(X, y, W, a, times, method, rtol=1e-10, atol=1e-13 * scale)
        for p, q in zip(found.networks, other, strict=True):
            assert np.sqrt(np.mean((predict(X, *p) - predict(X, *q)) ** 2)) <= 2e-8 * size


@pytest.mark.parametrize("seed", [2, 5, 7, 8])
def test_gradient_descent_converges_to_it_through_slides(seed):
    X, y, W, a, unit = problem(seed, m=8, n=15, d=2 + seed % 3, scale=0.5, noise=1.0)
    t = 10 * unit
    found = reference_flow(X, y, W, a, [t])
    assert found.slides >= 3
    errors = []
    for steps in (500, 2000, 8000):
        other = discrete(X, y, W, a, t / steps, steps)
        errors.append(np.sqrt(np.mean((predict(X, *found.networks[0]) - predict(X, *other)) ** 2)))
    # order one: sixteen times smaller steps. They chatter on hyperplanes, hence the band.
    assert 8 < errors[0] / errors[2] < 32, errors
    assert errors[2] < 1e-3 * np.sqrt(np.mean(y**2))


def test_least_squares_of_a_positive_teacher():
    rng = np.random.default_rng(0)
    X = rng.uniform(0.2, 1, size=(30, 3))
    y = X @ [1.0, 0.5, 2.0] + 0.1 * rng.normal(size=30)
    W = 0.1 * rng.uniform(0.2, 1, size=(10, 3))
    a = np.linalg.norm(W, axis=1)
    found = reference_flow(X, y, W, a, [3000.0])
    V, b = found.networks[0]
    np.testing.assert_allclose(b @ V, np.linalg.lstsq(X, y, rcond=None)[0], rtol=1e-9)


@pytest.mark.parametrize("factors", [(1.0, 1.0), (2.0, -0.5), (1.0, 0.0)])
def test_rows_that_share_a_hyperplane(factors):
    """Rows of which several are multiples of each other, and zero rows, against gradient descent."""
    X, y, W, a, unit = problem(5, m=8, n=8, d=2, scale=0.5, noise=1.0)
    X = np.vstack([X, *(f * X for f in factors)])
    y = np.concatenate([y, *(np.sign(f) * y + 0.3 for f in factors)])
    t = 6 * unit
    found = reference_flow(X, y, W, a, [t])
    other = discrete(X, y, W, a, t / 20_000, 20_000)
    assert found.slides
    assert np.sqrt(np.mean((predict(X, *found.networks[0]) - predict(X, *other)) ** 2)) < 1e-3


def test_where_it_is_not_unique_it_says_so():
    # The row pulls positive neurons up from its hyperplane, and nothing else acts: stay, or leave.
    start = reference_flow([[1.0, 0.0]], [1.0], [[0.0, 0.5]], [1.0], [1.0])
    assert start.unique_until == 0
    np.testing.assert_array_equal(start.networks[0][0], [[0.0, 0.5]])
    # d = 2: a negative maximum of G_n between two rows pulls the neuron to 0 in finite time
    X, y = np.array([[1.0, 0.2], [1.0, -0.2]]), np.array([-1.0, -1.0])
    down = reference_flow(X, y, [[0.3, 0.05]], [1.0], [20.0])
    assert down.events >= 1
    assert loss(X, y, *down.networks[0]) <= 0.5 + 1e-12
    # an unbalanced neuron slides while its output weight passes through 0
    X, y = np.array([[1.0, 0.0], [-0.3, 1.0]]), np.array([2.0, 3.0])
    sign = reference_flow(X, y, [[0.0, 1.0]], [-0.05], [0.5])
    assert sign.slides == 1
    assert 0 < sign.unique_until < 0.5


@pytest.mark.parametrize(("m", "n", "d"), [(1, 1, 1), (7, 3, 2), (20, 1100, 5), (3, 40, 4)])
def test_right_hand_sides_are_the_same(m, n, d):
    rng = np.random.default_rng(m)
    X, y = rng.normal(size=(n, d)), rng.normal(size=n)
    W, a = rng.normal(size=(m, d)), rng.normal(size=m)
    dW, da = clarke_velocity(X, y, W, a)
    expected = np.concatenate([dW.ravel(), da])
    theta = np.concatenate([W.ravel(), a])
    for make in (numpy_rhs, fused_rhs, parallel_rhs):
        np.testing.assert_allclose(make(X, y, m)(0.0, theta), expected, rtol=1e-11, atol=1e-12)
    V, b = discrete(X, y, W, a, 1e-3, 1)
    np.testing.assert_allclose(V, W + 1e-3 * dW, rtol=1e-11)
    np.testing.assert_allclose(b, a + 1e-3 * da, rtol=1e-11)
