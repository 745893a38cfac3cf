"""The convex program over activation cones (Pilanci & Ergen 2020), and lower bounds from its dual.

For cones P_i with 0/1 patterns S_i, the problem

    min (1/2n) ‖Σ_i S_i X (v_i − u_i) − y‖² + β Σ_i (‖v_i‖ + ‖u_i‖),   v_i, u_i in P_i (closed),

is that of the networks whose neurons lie in these cones, with the penalty (β/2) Σ_j (a_j² + ‖w_j‖²), which is
β Σ_j |a_j| ‖w_j‖ at its least. With all cones its value is the minimum over all widths; faces are in the closed cones.

**The dual.** For residuals r let G_r(w) = (1/n) Σ_k r_k σ(w·x_k) and M = max |G_r(w)| over ‖w‖ ≤ 1. For t ≥ 0 with
t M ≤ β, every network h with neurons v_j = |a_j| w_j has β Σ ‖v_j‖ ≥ (t/n) Σ_k r_k h(x_k), hence an objective of at
least

    min_h (1/2n) ‖h − y‖² + (t/n) r·h = (t/n) r·y − (t²/2n) ‖r‖².

The r may be anything, so nothing about the solver has to be trusted; only M has to be bounded from above. On a cone,
with D = (1/n) Σ_k S_k r_k x_k and the rows ± x_k of A that are nonnegative on it, w·D ≤ w·(D + Aᵀλ) ≤ ‖D + Aᵀλ‖ for any
λ ≥ 0: nonnegative least squares finds the best. Over all cones at once M is the largest |value| of an extremal vector
of (X, r), which `find` proves complete.
"""

import time
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import did_you_mean
from ..errors import ExtremalError, InvalidValueError

__all__ = ["SolverError", "dual_bound", "largest_slope", "solve"]

# Tolerances asked of Clarabel: the certificate is as good as the solution.
PRECISION = 1e-10


class SolverError(ExtremalError, RuntimeError):
    """A solver gave no solution."""


def solve(
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    signs: NDArray[np.int8],
    penalty: float,
    solver: str | None,
    seconds: float | None,
) -> NDArray[np.float64]:
    """
    Solve the program for cones with the given signs (K, n); X and y of size about 1.

    Returns
    -------
    ndarray of shape (2, K, d)
        v and u; they are in their cones up to the solver's tolerance. Never nan.

    Raises
    ------
    SolverError
        If the solver fails or leaves off without a point.
    """
    import cvxpy as cp
    from scipy import sparse

    (n, d), K = X.shape, len(signs)
    blocks = [sparse.csr_array((pattern > 0)[:, None] * X) for pattern in signs]
    design = sparse.hstack([*blocks, *(-block for block in blocks)], format="csr")
    walls = [sparse.csr_array((pattern[:, None] * X)[pattern != 0]) for pattern in signs]
    sides = sparse.block_diag([*walls, *walls], format="csr")
    z = cp.Variable((2 * K, d))
    flat = cp.vec(z, order="C")
    objective = cp.sum_squares(design @ flat - y) / (2 * n)
    if penalty > 0:
        objective = objective + penalty * cp.sum(cp.norm(z, 2, axis=1))
    problem = cp.Problem(cp.Minimize(objective), [sides @ flat >= 0] if sides.shape[0] else [])
    options: dict[str, Any] = {"solver": solver or "CLARABEL"}
    if options["solver"].upper() == "CLARABEL":
        options |= {f"tol_{name}": PRECISION for name in ("gap_abs", "gap_rel", "feas")}
        if seconds is not None:
            options["time_limit"] = max(seconds, 1e-3)
    elif seconds is not None and options["solver"].upper() == "SCS":
        options["time_limit_secs"] = max(seconds, 1e-3)
    with warnings.catch_warnings():
        # an inaccurate solution is judged by its certificate
        warnings.simplefilter("ignore")
        try:
            problem.solve(**options)
        except cp.SolverError as error:
            if "is not installed" in str(error) or "not a valid solver" in str(error).lower():
                known = cp.installed_solvers()
                raise InvalidValueError(
                    f"solver is {solver!r}; expected one of {', '.join(known)}, or None for Clarabel"
                    f"{did_you_mean(solver, known)}"
                ) from error
            raise SolverError(f"{options['solver']} failed: {error}") from error
    if z.value is None or not np.isfinite(z.value).all():
        raise SolverError(f"{options['solver']} ended without a solution: {problem.status}")
    return np.asarray(z.value, dtype=np.float64).reshape(2, K, d)


def largest_slope(
    X: NDArray[np.float64], r: NDArray[np.float64], signs: NDArray[np.int8], deadline: float | None = None
) -> float:
    """Bound max |G_r(w)| over the unit vectors of these cones from above; it is attained up to rounding."""
    from scipy.optimize import nnls

    n = len(X)
    z = r[:, None] * X / n
    D = (signs > 0) @ z
    norms = np.linalg.norm(D, axis=1)
    best = 0.0
    for k in np.argsort(-norms):
        if norms[k] <= best:
            break
        if deadline is not None and time.monotonic() > deadline:
            return float(norms[k])  # a bound for all that are left
        walls = (signs[k][:, None] * X)[signs[k] != 0]
        walls = walls / np.linalg.norm(walls, axis=1, keepdims=True)
        for side in (1.0, -1.0):
            target = side * D[k] / norms[k]
            try:
                multipliers = nnls(walls.T, -target)[0]
            except RuntimeError:  # too many iterations: the multipliers 0 are a bound as well
                multipliers = np.zeros(len(walls))
            best = max(best, norms[k] * float(np.linalg.norm(target + multipliers @ walls)))
    # 64 roundings in a sum of n terms of these sizes
    return best + 2.0**-47 * float(np.linalg.norm(z, axis=1).sum())


def dual_bound(y: NDArray[np.float64], r: NDArray[np.float64], slope: float, penalty: float) -> float:
    """The lower bound (t/n) r·y − (t²/2n) ‖r‖² with the best t ≥ 0 for which t · slope ≤ penalty."""
    square = float(r @ r)
    if square == 0:
        return 0.0
    t = max(0.0, float(r @ y) / square)
    if slope > 0:
        t = min(t, penalty / slope)
    return max(0.0, (t * float(r @ y) - 0.5 * t * t * square) / len(y))
