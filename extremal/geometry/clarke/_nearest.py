"""The point of a zonotope that is nearest to the origin: Wolfe's algorithm (Wolfe 1976).

The minimum-norm element of the Clarke subdifferential measures stationarity. Wolfe's algorithm keeps a few
corners of the zonotope whose affine hull has its nearest point inside their convex hull, and adds the corner
that lies furthest against the current point. A step costs O(m d), and it ends after finitely many, with
‖p − p*‖² ≤ p·p − min p·q, over corners q, as its certificate.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest_to_origin"]

# A handful of steps for each dimension is normal; this is a guard against a cycle among rounding errors.
STEPS = 10_000

# Rounding errors of sums here, relative to the size of their terms.
ROUNDING = 2.0**-52

# A weight below this counts as zero when a corner is to be dropped: weights sum to 1, and this is a few
# rounding errors of them.
NEGLIGIBLE = 1e-14


def nearest_to_origin(base: NDArray[np.float64], generators: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Minimise ‖base + Σ_k t_k g_k‖ over t in [0, 1]^m.

    Parameters
    ----------
    base : ndarray of shape (d,)
        The point with all multipliers 0.
    generators : ndarray of shape (m, d)
        The vectors g_k, of a size whose squares neither overflow nor vanish.

    Returns
    -------
    ndarray of shape (m,)
        Multipliers t in [0, 1] of the nearest point.
    """
    reach = float(np.linalg.norm(generators, axis=1).sum())
    corners = (generators @ base < 0)[None, :].astype(np.float64)
    weights = np.ones(1)
    t = corners[0]
    point = base + t @ generators
    for _ in range(STEPS + len(generators)):
        # Differences of points are formed from the multipliers, so that a base far away costs no digits.
        heights = generators @ point
        corner = (heights < 0).astype(np.float64)
        gap = float((t - corner) @ heights)
        if gap <= ROUNDING * reach * np.linalg.norm(point) or (corners == corner).all(axis=1).any():
            break
        kept, shares = _shrink(base, generators, np.vstack([corners, corner]), np.append(weights, 0.0))
        moved = np.clip(shares @ kept, 0.0, 1.0)
        candidate = base + moved @ generators
        if not ((moved - t) @ generators) @ (candidate + point) < 0:
            break  # rounding errors are all that is left
        corners, weights, t, point = kept, shares, moved, candidate
    return t


def _shrink(
    base: NDArray[np.float64],
    generators: NDArray[np.float64],
    corners: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Drop corners until the nearest point of their affine hull is a convex combination of them."""
    while True:
        edges = (corners[1:] - corners[0]) @ generators
        rest = np.linalg.lstsq(edges.T, -(base + corners[0] @ generators), rcond=None)[0]
        affine = np.concatenate([[1.0 - rest.sum()], rest])
        falling = affine <= NEGLIGIBLE
        if len(affine) == 1 or not falling.any():
            return corners, affine
        fall = np.maximum(weights[falling] - affine[falling], np.finfo(float).tiny)
        weights = weights + min(1.0, float((weights[falling] / fall).min())) * (affine - weights)
        keep = weights > NEGLIGIBLE
        if keep.all():
            keep[np.argmin(weights)] = False
        corners, weights = corners[keep], weights[keep] / weights[keep].sum()
