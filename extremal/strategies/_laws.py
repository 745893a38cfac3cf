"""Laws of (x, y), by the names that `extremal.laws.named` has, with parameters that are drawn."""

from math import floor

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from ..laws import (
    Assumption41,
    Ball,
    Correlated,
    Gaussian,
    Law,
    Linear,
    RademacherMixture,
    ReLU,
    Sphere,
    StudentT,
    Teacher,
)
from ..laws._inputs import Inputs
from ..laws._named import NAMES, TEACHERS
from ._arguments import Option, as_choice, as_numbers, as_size, draw_from, draw_size, with_default
from ._numbers import directed

__all__ = ["laws"]

MOST_COLUMNS = 4
SIGNS = st.sampled_from([1.0, -1.0])
NOISES = st.sampled_from([0.0, 0.25, 1.0])
# Multiples of 1/4.
LENGTHS = st.integers(1, 4).map(float) | st.integers(1, 16).map(lambda k: k / 4)


def laws(
    *,
    d: int | SearchStrategy[int] | None = None,
    name: str | SearchStrategy[str] | None = None,
    teacher: str | SearchStrategy[str] | None = None,
    noise: float | SearchStrategy[float] | None = None,
) -> SearchStrategy[Law]:
    """
    Draw a law of (x, y).

    Parameters
    ----------
    d : int or strategy, optional
        Dimension; by default from 1 to 4.
    name : str or strategy, optional
        Law of the inputs, with parameters that are drawn: "gaussian" (a covariance), "correlated" (ρ and a pattern),
        "sphere" and "ball" (a radius), "mixture" (a mean and a scale), "student" (degrees of freedom, 3 to 8) or
        "assumption41" (β and ε). By default any.
    teacher : str or strategy, optional
        "linear", "neuron" (one ReLU neuron) or "relu5" (five of them), with integer weights that are drawn. By default
        any.
    noise : float or strategy, optional
        Standard deviation of the noise; by default 0, 1/4 or 1.

    Returns
    -------
    SearchStrategy
        Of `extremal.laws.Law`. With "assumption41" a linear teacher is a positive multiple of the β of the inputs, as
        Assumption 4.1 has it.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        At the call, for options that cannot be used; at a draw, if a strategy that was passed in draws
        what cannot be used.

    Notes
    -----
    A law is an object with parameters, not a sample. A test that calls ``law.sample(n, rng)`` has to get its seed from
    hypothesis, for instance from ``st.integers(0, 2**32 - 1)``; for data that shrink use `datasets`.

    Examples
    --------
    >>> from extremal.strategies import laws
    >>> from hypothesis import find
    >>> find(laws(), lambda law: law.d == 2)
    Law(Gaussian(d=2), Linear(d=2, ‖beta‖=1), noise=0)
    """
    return _laws(
        as_size(d, "d", "a dimension"),
        with_default(as_choice(name, "name", NAMES), st.sampled_from(NAMES)),
        with_default(as_choice(teacher, "teacher", TEACHERS), st.sampled_from(TEACHERS)),
        with_default(as_numbers(noise, "noise", "a standard deviation, 0 or more", least=0.0), NOISES),
    )


@st.composite
def _laws(
    draw: DrawFn,
    size: Option[int],
    name: str | SearchStrategy[str],
    teacher: str | SearchStrategy[str],
    noise: float | SearchStrategy[float],
) -> Law:
    d = draw_size(draw, size, MOST_COLUMNS)
    inputs = _inputs(draw, draw_from(draw, name), d)
    return Law(inputs, _teacher(draw, draw_from(draw, teacher), inputs), draw_from(draw, noise))


def _vectors(draw: DrawFn, k: int, d: int) -> NDArray[np.float64]:
    """Draw k nonzero vectors of small integers."""
    entries = draw(st.lists(st.integers(-2, 2), min_size=k * d, max_size=k * d))
    return directed(np.array(entries, dtype=float).reshape(k, d))


def _covariance(draw: DrawFn, d: int) -> NDArray[np.float64] | None:
    """Draw I (as None), or I + A Aᵀ with a matrix A of small integers."""
    if not draw(st.booleans()):
        return None
    A = _vectors(draw, d, d)
    return np.eye(d) + A @ A.T


def _inputs(draw: DrawFn, name: str, d: int) -> Inputs:
    match name:
        case "gaussian":
            return Gaussian(d, _covariance(draw, d))
        case "correlated":
            pattern = draw(st.sampled_from(["equal", "autoregressive"]))
            lowest = -1.0 / (d - 1) if pattern == "equal" and d > 1 else -1.0
            return Correlated(d, draw(st.integers(floor(16 * lowest) + 1, 15)) / 16, pattern)
        case "sphere":
            return Sphere(d, draw(st.none() | LENGTHS))
        case "ball":
            return Ball(d, draw(st.none() | LENGTHS))
        case "mixture":
            return RademacherMixture(d, _vectors(draw, 1, d)[0], draw(LENGTHS))
        case "student":
            return StudentT(d, draw(st.integers(3, 8)), _covariance(draw, d))
        case _:
            return Assumption41(_vectors(draw, 1, d)[0], draw(st.integers(1, 15)) / 16)


def _teacher(draw: DrawFn, name: str, inputs: Inputs) -> Teacher:
    d = inputs.d
    match name:
        case "linear" if isinstance(inputs, Assumption41):
            return Linear(inputs.beta * draw(LENGTHS))
        case "linear":
            return Linear(_vectors(draw, 1, d)[0])
        case "neuron":
            return ReLU(_vectors(draw, 1, d)[0])
        case _:
            return ReLU(_vectors(draw, 5, d), np.array(draw(st.lists(SIGNS, min_size=5, max_size=5))))
