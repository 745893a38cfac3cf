"""Extremal vectors by brute force over every face, in rational arithmetic.

This oracle is slow, obvious and exact, and shares no code with the package.  Floats are read as the
dyadic rationals they are.  With z_k = y_k x_k / n and the slope a (``leak``) of the inactive side,

    D_n(w) = sum_{w.x_k > 0} z_k + a sum_{w.x_k < 0} z_k + { sum_{w.x_k = 0} eta_k z_k : eta_k in [a, 1] }

one eta_k for each row, duplicates and antipodes included.  By Definition 2.1

- D != 0 is extremal with sign s in {+1, -1}  iff  D in D_n(s D);
- D = 0 is extremal (sign 0)  iff  0 in D_n(w) for some w != 0.

`is_extremal` is that definition, word for word.  `extremal_vectors` needs a finite list to try: on the
face with zero set Z, a nonzero extremal D is orthogonal to the rows of Z, and D_n(w) - (the fixed sum)
lies in their span, so D is the projection of the fixed sum onto their complement.  All sign vectors in
{-1, 0, 1}^m over the m distinct hyperplanes are tried, realisable or not: w = s D is its own witness.
"""

from fractions import Fraction
from itertools import product

ZERO, ONE = Fraction(0), Fraction(1)


# ---------------------------------------------------------------- rational linear algebra


def rational(array):
    """Rows of an array (or a vector) as lists of Fractions; a float is the dyadic rational it is."""
    array = array.tolist() if hasattr(array, "tolist") else array
    return [rational(a) if hasattr(a, "__len__") or hasattr(a, "tolist") else Fraction(a) for a in array]


def dot(a, b):
    return sum((p * q for p, q in zip(a, b, strict=True)), ZERO)


def sign(t):
    return (t > 0) - (t < 0)


def combine(weights, vectors, d):
    return [sum((c * v[i] for c, v in zip(weights, vectors, strict=True)), ZERO) for i in range(d)]


def orthogonal_basis(vectors):
    """Orthogonal (not normalised) basis of the span, by Gram-Schmidt."""
    basis = []
    for v in vectors:
        v = project_out(v, basis)
        if any(v):
            basis.append(v)
    return basis


def project_out(v, orthogonal):
    """The component of v orthogonal to each vector of an orthogonal basis."""
    for b in orthogonal:
        c = dot(v, b) / dot(b, b)
        v = [p - c * q for p, q in zip(v, b, strict=True)]
    return list(v)


def feasible(A, b):
    """Does A t = b have a solution t >= 0?  Phase 1 of the simplex method with Bland's rule."""
    rows = [[*map(Fraction, r), Fraction(c)] for r, c in zip(A, b, strict=True)]
    rows = [[-t for t in r] if r[-1] < 0 else r for r in rows]
    n = len(rows[0]) - 1 if rows else 0
    basis = [n + i for i in range(len(rows))]  # one artificial variable a row; its column is never needed
    while True:
        # the sum of the artificial variables falls when t_j enters iff its column sums to > 0 over their rows
        artificial = [r for r, k in zip(rows, basis, strict=True) if k >= n]
        if not any(r[-1] for r in artificial):
            return True
        entering = next((j for j in range(n) if sum(r[j] for r in artificial) > 0), None)
        if entering is None:
            return False
        positive = [i for i, r in enumerate(rows) if r[entering] > 0]
        i = min(positive, key=lambda i: (rows[i][-1] / rows[i][entering], basis[i]))
        pivot = rows[i][entering]
        rows[i] = [t / pivot for t in rows[i]]
        for k, r in enumerate(rows):
            if k != i and r[entering]:
                c = r[entering]
                rows[k] = [p - c * q for p, q in zip(r, rows[i], strict=True)]
        basis[i] = entering


def in_zonotope(v, generators, low, high):
    """Is v = sum_k eta_k g_k with every eta_k in [low, high]?"""
    generators = [g for g in generators if any(g)]
    m, d = len(generators), len(v)
    if low == high:
        return combine([low] * m, generators, d) == list(v)
    target = [a - b for a, b in zip(v, combine([low] * m, generators, d), strict=True)]
    width = high - low
    A = [[width * g[i] for g in generators] + [ZERO] * m for i in range(d)]  # t in [0, 1]^m ...
    A += [[Fraction(j in (k, m + k)) for j in range(2 * m)] for k in range(m)]  # ... as t_k + slack_k = 1
    return feasible(A, target + [ONE] * m)


def realisable(pattern, normals, d):
    """Is there w != 0 with sign(w . normal_j) = pattern_j for every j?"""
    if not any(pattern):
        return len(orthogonal_basis(normals)) < d
    A, b, m = [], [], len(normals)
    # w = w+ - w- with both >= 0;  s x.w - slack = 1 (strict inequalities can be scaled), or x.w = 0
    for j, (s, x) in enumerate(zip(pattern, normals, strict=True)):
        x = [s * t for t in x] if s else x
        A.append([*x, *(-t for t in x), *(Fraction(-1) if s and k == j else ZERO for k in range(m))])
        b.append(ONE if s else ZERO)
    return feasible(A, b)


# ---------------------------------------------------------------- the definition


def _parts(X, y):
    X, y = rational(X), rational(y)
    n = len(X)
    return X, [[c * t / n for t in x] for x, c in zip(X, y, strict=True)]


def in_clarke(D, w_signs, z, leak):
    """Is D in D_n(w), given the signs of w . x_k?"""
    leak = Fraction(leak)
    weight = [ONE if s > 0 else leak for s in w_signs]
    fixed = [k for k, s in enumerate(w_signs) if s]
    base = combine([weight[k] for k in fixed], [z[k] for k in fixed], len(D))
    rest = [a - b for a, b in zip(D, base, strict=True)]
    return in_zonotope(rest, [z[k] for k, s in enumerate(w_signs) if not s], min(leak, ONE), max(leak, ONE))


def is_extremal(X, y, D, s, leak=0):
    """Definition 2.1 for one pair (D, sign s); s = 0 asks whether the zero vector is extremal."""
    D = rational(D)
    if s == 0:
        return not any(D) and zero_is_extremal(X, y, leak)
    if not any(D):
        return False
    X, z = _parts(X, y)
    return in_clarke(D, [s * sign(dot(x, D)) for x in X], z, leak)


def zero_is_extremal(X, y, leak=0):
    """Is 0 in D_n(w) for some w != 0?"""
    return any(not any(D) for _, D, _ in _candidates(X, y, leak, zero=True))


def extremal_vectors(X, y, leak=0):
    """All extremal vectors as a set of pairs (sign, D), D a tuple of Fractions; D = 0 once, with sign 0.

    About 3^m patterns for m distinct hyperplanes: seconds at m = 8, d = 4.
    """
    found = set()
    for s, D, pattern_ok in _candidates(X, y, leak):
        if pattern_ok and is_extremal(X, y, D, s, leak):
            found.add((s, tuple(D)))
    if zero_is_extremal(X, y, leak):
        d = len(rational(X)[0])
        found.add((0, (ZERO,) * d))
    return found


def hyperplanes(X):
    """The distinct hyperplanes: one normal each; for each row (index of hyperplane, orientation), or None."""
    normals, where = [], []
    for x in X:
        if not any(x):
            where.append(None)
            continue
        for j, normal in enumerate(normals):
            if len(orthogonal_basis([normal, x])) == 1:
                where.append((j, sign(dot(x, normal))))
                break
        else:
            where.append((len(normals), 1))
            normals.append(x)
    return normals, where


def _candidates(X, y, leak, zero=False):
    """Candidates (s, D, signs agree) of every pattern; with `zero`, one (0, 0, True) where 0 is in D_n(w)."""
    X, z = _parts(X, y)
    leak, d = Fraction(leak), len(X[0])
    normals, where = hyperplanes(X)
    # what hyperplane j adds to the fixed sum when its normal is active (+1), inactive (-1), and on it (0)
    share = []
    for j in range(len(normals)):
        rows = [(k, h[1]) for k, h in enumerate(where) if h is not None and h[0] == j]
        share.append({0: [ZERO] * d})
        for s in (1, -1):
            share[j][s] = combine([ONE if s * o > 0 else leak for _, o in rows], [z[k] for k, _ in rows], d)
    for flat in product((True, False), repeat=len(normals)):
        basis = orthogonal_basis([x for x, on in zip(normals, flat, strict=True) if on])
        others = [x for x, on in zip(normals, flat, strict=True) if not on]
        if len(basis) == d or not all(any(project_out(x, basis)) for x in others):
            continue  # only w = 0 lies on all of these, or every w on them lies on another hyperplane too
        for pattern in product(*[(0,) if on else (1, -1) for on in flat]):
            fixed = combine([ONE] * len(normals), [share[j][s] for j, s in enumerate(pattern)], d)
            D = project_out(fixed, basis)
            if zero:
                if not any(D):
                    signs = [0 if h is None else pattern[h[0]] * h[1] for h in where]
                    if in_clarke(D, signs, z, leak) and realisable(pattern, normals, d):
                        yield 0, D, True
            elif any(D):
                signs = [sign(dot(x, D)) for x in normals]
                for s in (1, -1):
                    yield s, D, all(s * a == b for a, b in zip(signs, pattern, strict=True))
