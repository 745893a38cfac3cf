"""Least squares: normal equations and least norm as the certificate, halves taken by hand."""

import numpy as np
import pytest
from hypothesis import given

from extremal.data import Dataset
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.laws import Assumption41, Law, Linear
from extremal.training import ols, two_ols, two_ols_network
from tests.strategies import datasets


@given(datasets())
def test_normal_equations_and_least_norm(data):
    X, y = data
    beta = ols(X, y)
    size = np.abs(X).max() * max(1.0, np.abs(y).max()) * len(X) + 1
    assert X.T @ (y - X @ beta) == pytest.approx(np.zeros(X.shape[1]), abs=1e-9 * size)
    # of least norm: in the row space
    space = np.linalg.svd(X)[2][np.linalg.matrix_rank(X) :]
    assert space @ beta == pytest.approx(np.zeros(len(space)), abs=1e-9 * (1 + np.abs(beta).max()))


@pytest.mark.parametrize("scale", [1e-200, 1e-6, 1e6, 1e200])
def test_scales(scale):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((10, 3)), rng.standard_normal(10)
    assert ols(scale * X, y) * scale == pytest.approx(ols(X, y))
    assert ols(X, scale * y) / scale == pytest.approx(ols(X, y))


def test_halves():
    rng = np.random.default_rng(1)
    beta = np.array([1.0, -2.0, 0.5])
    X = rng.standard_normal((40, 3))
    X[0], X[1] = [2.0, 1.0, 0.0], [0.0, 1.0, 4.0]  # on the teacher's hyperplane: in neither half
    y = np.where(X @ beta > 0, X @ [1.0, 0.0, 2.0], X @ [0.0, 3.0, 0.0])
    y[:2] = 100
    plus, minus = two_ols(X, y, beta)
    assert plus == pytest.approx([1.0, 0.0, 2.0])
    assert minus == pytest.approx([0.0, 3.0, 0.0])
    again = two_ols(Dataset(X, y), teacher=Linear(7 * beta))
    assert np.array_equal(again, (plus, minus))
    network = two_ols_network(plus, minus)
    assert network(X) == pytest.approx(np.maximum(X @ plus, 0) - np.maximum(-X @ minus, 0))
    assert network.balancedness == pytest.approx([0.0, 0.0], abs=1e-12)
    assert network.a[0] > 0 > network.a[1]
    assert network.sums()[0] == pytest.approx(plus)
    assert network.sums()[1] == pytest.approx(minus)


def test_an_empty_half_and_zero_vectors():
    plus, minus = two_ols([[1.0, 0.0], [2.0, 0.0]], [1.0, 2.0], [1.0, 0.0])
    assert plus == pytest.approx([1.0, 0.0])
    assert np.array_equal(minus, [0.0, 0.0])
    network = two_ols_network(plus, minus)
    assert network([[3.0, 1.0], [-3.0, 1.0]]) == pytest.approx([3.0, 0.0])
    assert two_ols_network([0.0], [0.0]).loss([[1.0]], [2.0]) == 2.0


def test_a_stationary_point_under_assumption_4_1():
    """Every sample is in the half of its neuron, so the two estimators are a stationary point of the flow."""
    beta = np.array([1.0, 0.0, 0.0])
    X, y = Law(Assumption41(beta), Linear(beta), noise=0.3).sample(2000, rng=0)
    network = two_ols_network(*two_ols(X, y, beta))
    assert np.array_equal(network.activations(X)[:, 0], X @ beta > 0)
    assert network.stationarity(X, y) < 1e-12


def test_bad_arguments():
    with pytest.raises(InvalidValueError, match="teacher is 0"):
        two_ols([[1.0]], [1.0], [0.0])
    with pytest.raises(InvalidValueError, match="teacher has shape"):
        two_ols([[1.0]], [1.0], [0.0, 1.0])
    with pytest.raises(InvalidTypeError, match="teacher"):
        two_ols([[1.0]], [1.0])
    with pytest.raises(InvalidValueError, match="beta_minus"):
        two_ols_network([1.0], [1.0, 2.0])
