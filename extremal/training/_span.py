"""What networks of unlimited width can fit, in closed form: the labels they can take and the ones they cannot.

**Theorem.** The vectors (h(x_k))_k of all networks h are the linear space of the h with

1. h(0) = 0 and h(c x) = c h(x) for c > 0: samples on one ray share one number;
2. h(x) − h(−x) = s·x for one s in R^d and all pairs of antipodal rays.

*Proof.* Networks satisfy both, with s = Σ_j a_j w_j, as σ(t) − σ(−t) = t. For the converse let u_g be unit vectors of
the rays. Sums and multiples of networks are networks, so the values on rays are the span of the (σ(u_g·w))_g, and it is
enough that every dependency Σ_g c_g σ(u_g·w) = 0 (all w) follows from 2. Across u_g^⊥ only σ(u_g·w) and σ(−u_g·w) have
a kink, and the kinks have to cancel: c_g = 0 for a ray alone, and c = (c_p, −c_p) on a pair; what is left is
Σ_p c_p u_p·w = 0, and those c are exactly the ones that vanish on 2. ∎

So without a penalty the global minimum of the loss over all widths is a linear least-squares problem in the means
on the rays and, if there are antipodal rays, in s. It is 0 for samples that are pairwise not parallel (Carvalho et al.
2025, Theorem 2, for all n and d), and as many neurons as the space has dimensions reach it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..geometry.exact._integers import integer_rows, rank
from ..geometry.hyperplanes._parallel import group_parallel
from ._least_squares import balanced
from ._network import Network

__all__ = ["Fit", "best_fit", "fitting_network"]

# Neurons to choose from besides one for every ray whose direction is random, and one that is random on the ray's
# hyperplane and separates hyperplanes that are close to each other. They make few rays as well-conditioned as many.
EXTRA = 200

# A neuron whose values on the rays are below this share of its length has nothing but rounding errors there.
SILENT = 1e-13

# A pivot of the elimination, or a singular value of the rays, counts if it is above this share of the largest.
RANK = 1e-13

# Most numbers in the matrix of candidate neurons (512 MiB): about 5 700 rays.
LARGEST = 2**26


@dataclass(frozen=True)
class Fit:
    """
    The best values on the rays.

    `rays` (G, d) are unit vectors, `values` (G,) the best h there, `weights` (G,) what a squared error there costs, and
    `lower` the least loss of all networks.
    """

    rays: NDArray[np.float64]
    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    lower: float
    dimension: int


def best_fit(X: NDArray[np.float64], y: NDArray[np.float64]) -> Fit:
    """
    Solve the least-squares problem over all networks; X and y of a size whose squares are floats.

    `lower` is a bound for every network; rounding errors are taken off, and it is 0 where they may be all of it.
    """
    n, d = X.shape
    acting = X.any(axis=1)
    lost = float((y[~acting] ** 2).sum())
    X, y = X[acting], y[acting]
    if not len(X):
        return Fit(np.zeros((0, d)), np.zeros(0), np.zeros(0), lost / (2 * n), 0)
    lengths = np.linalg.norm(X, axis=1)
    plane, side, _ = group_parallel(X)
    # the ray of sample k: twice its hyperplane, plus one on the far side
    _, ray = np.unique(2 * plane + (side < 0), return_inverse=True)
    count = int(ray.max()) + 1
    start = np.full(count, -1)
    start[ray[::-1]] = np.arange(len(X))[::-1]
    rays = X[start] / lengths[start, None]
    weights = np.bincount(ray, lengths**2).astype(np.float64)
    values = np.bincount(ray, lengths * y) / weights
    lost += float(((y - lengths * values[ray]) ** 2).sum())
    # antipodal rays follow each other, as they share a hyperplane
    pairs = np.flatnonzero(plane[start][1:] == plane[start][:-1])
    dimension = count
    if len(pairs):
        normals = rays[pairs]
        near, far = weights[pairs], weights[pairs + 1]
        cost = near * (far / (near + far))
        steps = values[pairs] - values[pairs + 1]
        root = np.sqrt(cost)
        s, _, numerical, _ = np.linalg.lstsq(root[:, None] * normals, root * steps, rcond=None)
        errors = normals @ s - steps
        values[pairs] += errors * (far / (near + far))
        values[pairs + 1] -= errors * (near / (near + far))
        exact = rank(integer_rows(X[start[pairs]]))
        dimension += exact - len(pairs)
        # Where rounding hides a dimension, nothing is claimed.
        if exact < len(pairs) and numerical == exact:
            lost += float(cost @ errors**2)
    total = float((y**2).sum())
    margin = 2.0**-50 * (n + d) * total
    return Fit(rays, values, weights, max(0.0, lost - margin) / (2 * n), dimension)


def fitting_network(fit: Fit, d: int, rng: np.random.Generator) -> Network | None:
    """
    Build a network with the values of `fit`, of at most `fit.dimension` neurons; None if there are too many rays.

    Numerically it may fall short where hyperplanes nearly coincide: its loss says so.
    """
    G = len(fit.rays)
    if not fit.values.any():
        return Network(np.zeros((1, d)), np.zeros(1))
    if G * (2 * G + EXTRA) > LARGEST:
        return None
    # Directions that are uniform after the rays have been made isotropic.
    _, sizes, axes = np.linalg.svd(fit.rays, full_matrices=False)
    axes = axes[sizes > RANK * sizes[0]] / sizes[sizes > RANK * sizes[0], None]
    free = rng.standard_normal((G + EXTRA, len(axes))) @ axes
    on = rng.standard_normal((G, len(axes))) @ axes
    on -= np.einsum("gd,gd->g", on, fit.rays)[:, None] * fit.rays
    W = np.vstack([free, on])
    features = np.maximum(fit.rays @ W.T, 0.0)
    norms = np.linalg.norm(features, axis=0)
    used = norms > SILENT * np.linalg.norm(W, axis=1)
    W, features = W[used] / norms[used, None], features[:, used] / norms[used]
    chosen = _independent(features, fit.dimension)
    basis = features[:, chosen]
    c = np.zeros(len(chosen))
    for _ in range(3):  # the second and third time for the rounding errors of those before
        rest = fit.values - basis @ c
        c += np.linalg.solve(basis, rest) if len(chosen) == len(basis) else np.linalg.lstsq(basis, rest, rcond=None)[0]
    kept = c != 0
    return balanced(np.abs(c[kept])[:, None] * W[chosen][kept], np.sign(c[kept]))


def _independent(features: NDArray[np.float64], dimension: int) -> NDArray[np.intp]:
    """Columns that span the column space and are far from dependent: the pivots of Gaussian elimination."""
    from scipy.linalg import lu

    order, _, upper = lu(features.T, p_indices=True)
    pivots = np.abs(np.diag(upper))
    good = np.flatnonzero(pivots > RANK * pivots.max())
    # p_indices says which pivot each column became
    return np.argsort(order)[good[:dimension]]
