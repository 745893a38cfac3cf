"""The deviation sup ‖D − c(w)‖ over w and D in the Clarke subdifferential, by definition and without the package.

With z_k = y_k x_k / n, D_n(w) = sum_{w.x_k > 0} z_k + { sum_{w.x_k = 0} eta_k z_k : eta_k in [0, 1] }.  Signs are those
of rational numbers.  For a constant c the supremum is reached on a ray that d - 1 independent rows cut out (on the null
space of the rows, if their rank is less than d), since D_n(w) only grows as w moves into the closure of a face, and
there at a corner eta in {0, 1}^Z.  For a c that varies these corners are lower bounds; in the plane the arcs between
them are searched as well.
"""

from fractions import Fraction
from itertools import combinations

import numpy as np

from .brute_force import dot, orthogonal_basis, project_out, rational, sign


def null_vector(rows, d):
    """A vector orthogonal to the rows, or None if they span the space."""
    basis = orthogonal_basis(rows)
    for j in range(d):
        v = project_out([Fraction(int(i == j)) for i in range(d)], basis)
        if any(v):
            return v
    return None


def rays(X):
    """Pairs (w, signs of w.x_k) on the faces of least dimension, w in Fractions."""
    X = rational(X)
    d = len(X[0])
    rank = len(orthogonal_basis(X))
    if rank < d:
        yield null_vector(X, d), [0] * len(X)
        return
    seen = set()
    for rows in combinations([x for x in X if any(x)], d - 1):
        if len(orthogonal_basis(rows)) < d - 1:
            continue
        w = null_vector(rows, d)
        size = max(map(abs, w))
        for s in (1, -1):
            v = tuple(s * t / size for t in w)
            if v not in seen:
                seen.add(v)
                yield v, [sign(dot(x, v)) for x in X]


def corners(X, y, signs):
    """The corners of the zonotope D_n(w), w with these signs, shape (2^|Z|, d)."""
    X, signs = np.asarray(X, dtype=float), np.asarray(signs)
    z = np.asarray(y)[:, None] * X / len(X)
    points = z[signs > 0].sum(axis=0)[None]
    for generator in z[(signs == 0) & z.any(axis=1)]:
        points = np.vstack([points, points + generator])
    return points


def constant_supremum(X, y, c):
    """The supremum for a constant c."""
    return max(float(np.linalg.norm(corners(X, y, signs) - c, axis=1).max()) for _, signs in rays(X))


def unit(w):
    w = np.array([float(t) for t in w])
    return w / np.linalg.norm(w)


def value_on_rays(X, y, limit):
    """The largest value on the rays, for a function of unit vectors (m, d) -> (m, d)."""
    best = 0.0
    for w, signs in rays(X):
        best = max(best, float(np.linalg.norm(corners(X, y, signs) - limit(unit(w)[None])[0], axis=1).max()))
    return best


def planar_supremum(X, y, limit, points=400):
    """The supremum in the plane, from below: on rays, and on arcs by a grid that is refined around its best point."""
    walls = sorted(rays(X), key=lambda ray: np.arctan2(float(ray[0][1]), float(ray[0][0])))
    assert len(orthogonal_basis(rational(X))) == 2
    best = value_on_rays(X, y, limit)
    for (w, signs), (after, _) in zip(walls, [*walls[1:], walls[0]], strict=True):
        start = np.arctan2(float(w[1]), float(w[0]))
        length = (np.arctan2(float(after[1]), float(after[0])) - start) % (2 * np.pi)
        turned = [-w[1], w[0]]
        beyond = [s or sign(dot(x, turned)) for s, x in zip(signs, rational(X), strict=True)]
        (D,) = corners(X, np.where(np.asarray(X).any(axis=1), y, 0.0), beyond)
        low, high = 0.0, length
        for _ in range(4):
            grid = np.linspace(low, high, points)
            w_grid = np.column_stack([np.cos(start + grid), np.sin(start + grid)])
            values = np.linalg.norm(D - limit(w_grid), axis=1)
            k = int(values.argmax())
            best = max(best, float(values[k]))
            low, high = grid[max(k - 1, 0)], grid[min(k + 1, points - 1)]
    return best


def value_at(X, y, limit, w):
    """‖D_n(w) − c(w)‖ for rows w off the hyperplanes."""
    X, y = np.asarray(X), np.asarray(y)
    D = ((w @ X.T > 0) * (y / len(X))) @ X
    return np.linalg.norm(D - limit(w), axis=1)
