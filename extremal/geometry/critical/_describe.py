"""From a critical point found to the `ExtremalVector` shown: D, w, type, multipliers of all rows, residual."""

import numpy as np

from ..exact._exact import dyadic
from ..exact._signs import activation_signs
from ._arrangement import Arrangement
from ._certificate import certify
from ._judge import Critical
from ._result import ExtremalVector

__all__ = ["describe"]

# Rows that do not act and are this near to w^⊥, beside the error of w, are compared exactly.
NEAR = 1e-12


def describe(arr: Arrangement, critical: Critical) -> ExtremalVector:
    """Describe one critical point of an arrangement in the terms of its data."""
    data, leak = arr.data, arr.leak
    n = data.n
    norm = float(np.linalg.norm(critical.point))
    if critical.sign:
        w = critical.sign * critical.point / norm
    else:
        assert critical.direction is not None  # D = 0 is kept together with a direction
        w = critical.direction
    D = np.ldexp(critical.point, arr.exponent) / n
    value = critical.sign * float(np.ldexp(norm, arr.exponent) / n)

    acts = arr.hyperplane >= 0
    signs = np.zeros(n, dtype=np.int8)
    signs[acts] = critical.pattern[arr.hyperplane[acts]] * arr.side[acts]
    if not acts.all():
        signs[~acts] = activation_signs(data.X[~acts], w[None])[0]
        if critical.sign:
            # w is off by the error of D relative to its norm.
            near = NEAR + 4.0 * arr.error / norm
            _settle_inert(data, leak, critical.sign, signs, np.flatnonzero(~acts), w, near)
    eta = np.where(signs > 0, 1.0, leak)
    on = acts & (signs == 0)
    theta = critical.theta[arr.hyperplane[on]]
    # Position along the representative to position between the row's own leak and 1 (see ExactArrangement.of).
    rising = ((data.y[on] > 0) == (leak < 1.0)) == (arr.side[on] > 0)
    share = np.where(rising, theta, 1.0 - theta)
    eta[on] = leak * (1.0 - share) + share

    kind, index = _type(arr, critical)
    active, boundary = signs > 0, np.flatnonzero(signs == 0)
    for array in (D, w, eta, active, boundary):
        array.flags.writeable = False
    return ExtremalVector(
        D,
        w,
        critical.sign,
        kind,
        index,
        value,
        active,
        boundary,
        eta,
        _residual(arr, critical, eta, on),
        data,
        leak,
    )


def _settle_inert(data, leak: float, sign: int, signs, inert, w, near: float) -> None:
    """Correct the signs of rows that do not act where w, a rounded multiple of D, is too close to tell."""
    x = data.X[inert]
    x = np.ldexp(x, -np.frexp(np.abs(x).max(axis=1))[1][:, None])
    doubtful = inert[(np.abs(x @ w) <= near) & x.any(axis=1)]
    if len(doubtful):
        exact = certify(data, leak, sign, signs, w).w
        rows, _ = dyadic(data.X[doubtful])
        for k, row in zip(doubtful, rows, strict=True):
            value = sum(a * b for a, b in zip(row, exact, strict=True))
            signs[k] = (value > 0) - (value < 0)


def _type(arr: Arrangement, critical: Critical) -> tuple[str, int]:
    """Kind and Morse index.

    Off the face G_n rises or falls to first order, along it by −s‖D‖/2 · ‖v‖². At a vertex, |Z| = d − 1, it
    can be a minimum with G_n > 0 or a maximum with G_n < 0.
    """
    if critical.sign == 0:
        return "zero", -1
    zero = np.flatnonzero(critical.pattern == 0)
    low, high = arr.low[zero], arr.high[zero]
    c = low + critical.theta[zero] * (high - low)
    slope_above, slope_below = arr.above[zero] - c, c - arr.below[zero]
    up = (slope_above > 0) & (slope_below > 0)
    down = (slope_above < 0) & (slope_below < 0)
    if not (critical.independent and critical.strict and bool((up | down).all())):
        return "degenerate", -1
    d = arr.data.d
    falling = int(down.sum())
    index = falling + (d - 1 - len(zero) if critical.sign > 0 else 0)
    if d == 1:
        # S^0 is two points, each a maximum and a minimum: the sign decides.
        return ("maximum" if critical.sign > 0 else "minimum"), index
    return ("maximum" if index == d - 1 else "minimum" if index == 0 else "saddle"), index


def _residual(arr: Arrangement, critical: Critical, eta: np.ndarray, on: np.ndarray) -> float:
    """‖D − Σ η_k z_k‖ + max |D·x_k|/‖x_k‖ on the boundary, relative to Σ ‖z_k‖, on the arrangement's own scale."""
    X, y = arr.data.X, arr.data.y
    exponents = np.frexp(np.abs(X).max(axis=1))[1]
    x = np.ldexp(X, -exponents[:, None])
    mantissa, y_exponents = np.frexp(y)
    weight = np.ldexp(mantissa, np.where(y != 0, y_exponents + exponents - arr.exponent, 0))
    scale = float(np.abs(weight) @ np.linalg.norm(x, axis=1))
    if scale == 0.0:
        return 0.0
    error = np.linalg.norm(critical.point - (eta * weight) @ x)
    if on.any() and critical.sign:
        error += np.max(np.abs(x[on] @ critical.point) / np.linalg.norm(x[on], axis=1))
    return float(error / scale)
