"""Sign vectors of hyperplane arrangements: exact and slow, by linear programming, and a numpy yardstick."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
from scipy.optimize import linprog


def braid(n):
    """Normals e_i − e_j in R^n, i < j: n! cells, one for each order of the coordinates."""
    eye = np.eye(n)
    return np.array([eye[i] - eye[j] for i, j in combinations(range(n), 2)])


def permutohedron(n):
    """Normals e_i and e_i − e_j in R^n: the braid arrangement of n + 1 letters, (n + 1)! cells."""
    return np.vstack([np.eye(n), braid(n)]) if n > 1 else np.eye(1)


def type_b(n):
    """Normals e_i and e_i ± e_j: 2^n n! cells."""
    eye = np.eye(n)
    return np.vstack([eye, *([eye[i] - eye[j], eye[i] + eye[j]] for i, j in combinations(range(n), 2))])


def resonance(n):
    """The 2^n − 1 nonzero 0/1 normals."""
    return np.array([v for v in product((0.0, 1.0), repeat=n) if any(v)])


def threshold(n):
    """Normals (1, v), v in {0, 1}^(n−1): a cell for each threshold function of n − 1 variables."""
    return np.array([(1.0, *v) for v in product((0.0, 1.0), repeat=n - 1)])


def _rank(rows):
    work = [[Fraction(a) for a in row] for row in rows]
    rank = 0
    for j in range(len(work[0]) if work else 0):
        found = next((k for k in range(rank, len(work)) if work[k][j]), None)
        if found is None:
            continue
        work[rank], work[found] = work[found], work[rank]
        for k in range(rank + 1, len(work)):
            factor = work[k][j] / work[rank][j]
            work[k] = [a - factor * b for a, b in zip(work[k], work[rank], strict=True)]
        rank += 1
    return rank


def _determinant(rows):
    if not rows:
        return Fraction(1)
    return sum((-1) ** j * a * _determinant([r[:j] + r[j + 1 :] for r in rows[1:]]) for j, a in enumerate(rows[0]) if a)


def covectors(X):
    """All sign vectors of w ≠ 0 as a dict to the dimensions of their faces: compositions of cocircuits,
    exact.

    A cocircuit is the sign vector of a ray; every covector is a composition σ ∘ τ ∘ … of cocircuits.
    """
    rows = [[Fraction(float(a)) for a in row] for row in np.asarray(X)]
    d = len(rows[0])
    r = _rank(rows)
    columns = next(c for c in combinations(range(d), r) if _rank([[row[j] for j in c] for row in rows]) == r)
    essential = [[row[j] for j in columns] for row in rows]
    cocircuits = set()
    for chosen in combinations(essential, r - 1) if r else ():
        # The ray orthogonal to the chosen rows: signed minors.
        v = [(-1) ** j * _determinant([list(x[:j]) + list(x[j + 1 :]) for x in chosen]) for j in range(r)]
        if any(v):
            heights = [sum(a * b for a, b in zip(row, v, strict=True)) for row in essential]
            signs = tuple((h > 0) - (h < 0) for h in heights)
            cocircuits |= {signs, tuple(-s for s in signs)}
    found, latest = set(cocircuits), set(cocircuits)
    while latest:
        latest = {tuple(a or b for a, b in zip(s, t, strict=True)) for s in latest for t in cocircuits} - found
        found |= latest
    if r < d:
        found.add((0,) * len(rows))
    return {s: d - _rank([row for row, a in zip(rows, s, strict=True) if not a]) for s in found}


def cells_by_linear_programming(X):
    """Cells {s : s_k x_k · w ≥ 1 has a solution} that a linear program in floats can see; nonzero rows."""
    n, d = X.shape
    return {
        signs
        for signs in product((-1, 1), repeat=n)
        if linprog(np.zeros(d), -np.array(signs)[:, None] * X, -np.ones(n), bounds=(None, None)).status == 0
    }


def yardstick(X):
    """Cells of rows in general position in floats: the 2^(d−1) patterns around every ray, repeats dropped.

    This is what a numpy user would write.  It certifies nothing, needs general position and n ≥ d, and keeps
    all patterns in memory.
    """
    n, d = X.shape
    chosen = np.array(list(combinations(range(n), d - 1)))
    rays = np.linalg.svd(X[chosen])[2][:, -1]
    signs = np.where(rays @ X.T > 0, 1, -1).astype(np.int8)
    patterns = np.array(list(product((-1, 1), repeat=d - 1)), dtype=np.int8)
    filled = np.repeat(signs, len(patterns), axis=0)
    np.put_along_axis(filled, np.repeat(chosen, len(patterns), axis=0), np.tile(patterns, (len(chosen), 1)), axis=1)
    # A ray has an antipode, and packed bits make the repeats quick to find.
    packed = np.packbits(np.vstack([filled, -filled]) > 0, axis=1)
    unique = np.unique(packed.view(f"V{packed.shape[1]}").ravel())
    bits = np.unpackbits(unique.view(np.uint8).reshape(len(unique), -1), axis=1)[:, :n]
    return bits.astype(np.int8) * 2 - 1
