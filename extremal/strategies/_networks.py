"""Networks with weights on the grid of 1/16 times a scale; domination (Eq. 3) holds or fails exactly."""

from fractions import Fraction
from math import inf, isqrt, nextafter

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..training import Network
from ._arguments import Option, as_flag, as_numbers, as_size, draw_from, draw_size, with_default

__all__ = ["networks"]

MOST_NEURONS, MOST_COLUMNS = 8, 4
# Scales beyond these would lose bits of the weights, or of their squares, to overflow or underflow.
LEAST_SCALE, LARGEST_SCALE = 1e-100, 1e100
SCALES = "a number from 1e-100 to 1e100"

# Sixteenths; integers come first, and failures shrink to them.
WEIGHTS = st.integers(-4, 4).map(lambda k: 16 * k) | st.integers(-64, 64)


def networks(
    *,
    m: int | SearchStrategy[int] | None = None,
    d: int | SearchStrategy[int] | None = None,
    scale: float | SearchStrategy[float] | None = None,
    dominated: bool | SearchStrategy[bool] | None = None,
) -> SearchStrategy[Network]:
    r"""
    Draw a two-layer ReLU network.

    Parameters
    ----------
    m : int or strategy, optional
        Number of neurons; by default from 1 to 8.
    d : int or strategy, optional
        Dimension; by default from 1 to 4.
    scale : float or strategy, optional
        What all weights are multiplied by, from 1e-100 to 1e100; by default 1.
    dominated : bool or strategy, optional
        True: \|a_j\| ≥ ‖w_j‖ for every neuron (Eq. 3), with equality where the draw has it. False: not for every
        neuron. By default the weights are free.

    Returns
    -------
    SearchStrategy
        Of `extremal.Network`. Weights are multiples of 1/16 times the scale; neurons with a_j = 0 or w_j = 0 do occur.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        At the call, for options that cannot be used; at a draw, if a strategy that was passed in draws
        what cannot be used.

    Examples
    --------
    >>> from extremal.strategies import networks
    >>> from extremal.training import check_dominated
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=10, database=None)
    ... @given(networks(m=3, d=2, scale=1e-3, dominated=True))
    ... def test(network):
    ...     check_dominated(network)
    >>> test()
    """
    return _networks(
        as_size(m, "m", "a number of neurons"),
        as_size(d, "d", "a dimension"),
        with_default(as_numbers(scale, "scale", SCALES, LEAST_SCALE, LARGEST_SCALE), st.just(1.0)),
        as_flag(dominated, "dominated"),
    )


@st.composite
def _networks(
    draw: DrawFn, width: Option[int], size: Option[int], scales: float | SearchStrategy[float], flag: Option[bool]
) -> Network:
    m, d = draw_size(draw, width, MOST_NEURONS), draw_size(draw, size, MOST_COLUMNS)
    scale = draw_from(draw, scales)
    dominated = None if flag is None else draw_from(draw, flag)
    W = [draw(st.lists(WEIGHTS, min_size=d, max_size=d)) for _ in range(m)]
    a = draw(st.lists(WEIGHTS, min_size=m, max_size=m))
    if dominated:
        a = [_sign(t) * max(abs(t), _root(w)) for t, w in zip(a, W, strict=True)]
    elif dominated is False:
        j = draw(st.integers(0, m - 1))
        W[j] = W[j] if any(W[j]) else [16] + [0] * (d - 1)
        bound = isqrt(sum(t * t for t in W[j]) - 1)  # the largest integer below ‖w_j‖
        a[j] = max(-bound, min(bound, a[j]))
    inner, outer = np.array(W) * (scale / 16), np.array(a) * (scale / 16)
    if dominated:
        outer = np.array([_lifted(t, w) for t, w in zip(outer.tolist(), inner.tolist(), strict=True)])
    return Network(inner + 0.0, outer + 0.0)


def _sign(t: int) -> int:
    return -1 if t < 0 else 1


def _root(w: list[int]) -> int:
    """Find the least integer that is at least ‖w‖."""
    square = sum(t * t for t in w)
    root = isqrt(square)
    return root if root * root == square else root + 1


def _lifted(t: float, w: list[float]) -> float:
    r"""Undo what rounding took from \|a\| ≥ ‖w‖."""
    square = sum(Fraction(x) ** 2 for x in w)
    while Fraction(t) ** 2 < square:
        t = nextafter(t, inf if t > 0 else -inf)
    return t
