"""Hypothesis strategies for data sets, degenerate on purpose.

`datasets(kind)` draws a pair (X, y) of float64 arrays, X (n, d) and y (n,), that shows the degeneracy `kind`;
`datasets()` draws the kind too.  Nothing is seeded: every number is drawn, so failures shrink.
"""

import numpy as np
from hypothesis import strategies as st

__all__ = ["KINDS", "datasets", "directions", "integer_rows", "labels", "scales"]

SMALL = st.integers(-3, 3)
NONZERO = SMALL.filter(bool)


def integer_rows(n, d, elements=SMALL):
    """(n, d) arrays of small integers; rows are not zero."""
    row = st.lists(elements, min_size=d, max_size=d).filter(any)
    return st.lists(row, min_size=n, max_size=n).map(lambda rows: np.array(rows, dtype=float).reshape(n, d))


def labels(n, elements=NONZERO):
    """(n,) arrays of small integers, by default none of them zero."""
    return st.lists(elements, min_size=n, max_size=n).map(lambda values: np.array(values, dtype=float))


def scales(exponent=150):
    """Powers of ten from 10^-exponent to 10^exponent."""
    return st.integers(-exponent, exponent).map(lambda k: float(f"1e{k}"))


@st.composite
def directions(draw, X):
    """A nonzero w: generic, small integers, a row of X, or exactly orthogonal to a row of X."""
    d = X.shape[1]
    how = draw(st.sampled_from(["generic", "integers", "row", "wall"]))
    if how == "generic":
        return _generic(draw, 1, d)[0]
    w = draw(integer_rows(1, d))[0]
    x = X[draw(st.integers(0, len(X) - 1))]
    if how == "row" and x.any():
        return x * draw(st.sampled_from([1.0, -1.0, 0.5]))
    if how == "wall" and d >= 2:
        i, j = draw(st.permutations(range(d)))[:2]
        wall = np.zeros(d)
        wall[i], wall[j] = x[j], -x[i]  # x_i x_j - x_j x_i = 0 also in floats
        return wall if wall.any() else w
    return w


def _size(draw, low, high):
    return draw(st.integers(min(low, high), high))


def _generic(draw, n, d):
    """Floats, in general position even when every draw is zero: square roots of primes are added."""
    primes = [p for p in range(2, 400) if all(p % q for q in range(2, int(p**0.5) + 1))]
    roots = np.sqrt(np.array(primes[: n * d], dtype=float)).reshape(n, d) % 1 - 0.5
    numbers = draw(st.lists(st.floats(-2, 2, allow_subnormal=False), min_size=n * d, max_size=n * d))
    return roots + np.array(numbers).reshape(n, d)


def _generic_data(draw, max_n, max_d):
    n, d = _size(draw, 1, max_n), _size(draw, 1, max_d)
    return _generic(draw, n, d), _generic(draw, n, 1)[:, 0]


def _integer_data(draw, max_n, max_d):
    n, d = _size(draw, 1, max_n), _size(draw, 1, max_d)
    return draw(integer_rows(n, d)), draw(labels(n))


def _with_copies(draw, max_n, max_d, factors):
    """Rows of which some are multiples of others; the labels are drawn separately."""
    n, d = _size(draw, 2, max_n), _size(draw, 1, max_d)
    base = draw(integer_rows(_size(draw, 1, n - 1), d)) if draw(st.booleans()) else _generic(draw, n - 1, d)
    copies = draw(
        st.lists(st.tuples(st.integers(0, len(base) - 1), factors), min_size=n - len(base), max_size=n - len(base))
    )
    X = np.vstack([base, *(base[k] * factor for k, factor in copies)])
    return X[list(draw(st.permutations(range(n))))], draw(labels(n))


def _duplicates(draw, max_n, max_d):
    return _with_copies(draw, max_n, max_d, st.just(1.0))


def _antipodal(draw, max_n, max_d):
    return _with_copies(draw, max_n, max_d, st.just(-1.0))


def _parallel(draw, max_n, max_d):
    return _with_copies(draw, max_n, max_d, st.sampled_from([2.0, -2.0, 0.5, -4.0, 1.0, -1.0]))


def _zero_rows(draw, max_n, max_d):
    X, y = _integer_data(draw, max_n, max_d)
    X[list(draw(st.sets(st.integers(0, len(X) - 1), min_size=1)))] = 0
    return X, y


def _zero_labels(draw, max_n, max_d):
    X, y = _integer_data(draw, max_n, max_d)
    y[list(draw(st.sets(st.integers(0, len(X) - 1), min_size=1)))] = 0
    return X, y


def _all_labels_zero(draw, max_n, max_d):
    X, _ = _integer_data(draw, max_n, max_d)
    return X, np.zeros(len(X))


def _half_space(draw, max_n, max_d):
    """Rows with a first coordinate > 0, or >= 0 (a rim): w = -e_1 activates none of them."""
    X, y = draw(st.sampled_from([_generic_data, _integer_data]))(draw, max_n, max_d)
    X[:, 0] = np.abs(X[:, 0])
    if draw(st.booleans()):
        X[:, 0] += 1
    return X, y


def _wide(draw, max_n, max_d):
    d = _size(draw, 2, max_d)
    n = draw(st.integers(1, min(max_n, d - 1)))
    return (draw(integer_rows(n, d)) if draw(st.booleans()) else _generic(draw, n, d)), draw(labels(n))


def _rank_deficient(draw, max_n, max_d):
    n, d = _size(draw, 2, max_n), _size(draw, 2, max_d)
    r = draw(st.integers(1, d - 1))
    X = draw(integer_rows(n, r)) @ draw(integer_rows(r, d))
    return X, draw(labels(n))


def _orthogonal(draw, max_n, max_d):
    """Multiples of distinct axes, or of the rows of an orthogonal integer matrix."""
    d = _size(draw, 1, max_d)
    n = draw(st.integers(1, min(d, max_n)))
    frame = np.eye(d)
    if d >= 2 and draw(st.booleans()):
        v = draw(integer_rows(1, d))[0]
        frame = v @ v * np.eye(d) - 2 * np.outer(v, v)  # a reflection, times |v|^2
    rows = list(draw(st.permutations(range(d))))[:n]
    return frame[rows] * draw(labels(n))[:, None], draw(labels(n))


def _on_walls(draw, max_n, max_d):
    """Some row lies on the hyperplane of another one."""
    n, d = _size(draw, 2, max_n), _size(draw, 2, max_d)
    X = draw(integer_rows(n, d))
    i, j = draw(st.permutations(range(n)))[:2]
    p, q = draw(st.permutations(range(d)))[:2]
    X[i, p] = draw(NONZERO)
    X[j] = 0
    X[j, p], X[j, q] = -X[i, q], X[i, p]
    return X, draw(labels(n))


def _pencil(draw, max_n, max_d):
    """Three or more distinct hyperplanes through one subspace of codimension two (a line when d = 3)."""
    n, d = _size(draw, 4, max_n), max(3, max_d)
    rays = [(1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2)]
    k = draw(st.integers(3, n - 1))
    X = np.zeros((n, d))
    X[:k, :2] = draw(st.permutations(rays))[: min(k, 6)] + [(3, 1)] * max(0, k - 6)
    X[:k] *= draw(labels(k))[:, None]
    X[k:] = draw(integer_rows(n - k, d))
    return X[:, list(draw(st.permutations(range(d))))], draw(labels(n))


def _faces(draw, max_n, max_d):
    """An extremal vector lies exactly on the hyperplane of row 0, with multiplier eta in {0, 1/2, 1}.

    With D_1 = 0 and the other coordinates of the active rows positive, D = sum of the active z_k + eta z_0.
    """
    n, d = _size(draw, 2, max_n), _size(draw, 2, max_d)
    X = draw(integer_rows(n, d, st.integers(1, 3)))
    X[1:, 0] = draw(labels(n - 1, SMALL))
    X[0] = 0
    X[0, 0] = draw(NONZERO)
    y = np.ones(n)
    y[0] = draw(NONZERO)
    eta = draw(st.sampled_from([0.0, 0.5, 1.0]))
    X[-1, 0] = -eta * y[0] * X[0, 0] - X[1:-1, 0].sum()
    return X, y * draw(st.sampled_from([1.0, -1.0]))


KINDS = {
    "generic": _generic_data,
    "integers": _integer_data,
    "duplicates": _duplicates,
    "antipodal": _antipodal,
    "parallel": _parallel,
    "zero_rows": _zero_rows,
    "zero_labels": _zero_labels,
    "all_labels_zero": _all_labels_zero,
    "half_space": _half_space,
    "wide": _wide,
    "rank_deficient": _rank_deficient,
    "orthogonal": _orthogonal,
    "on_walls": _on_walls,
    "pencil": _pencil,
    "faces": _faces,
}


@st.composite
def datasets(draw, kind=None, max_n=6, max_d=3):
    """A pair (X, y) of the given kind (a key of `KINDS`, or any of them); n <= max_n and d <= max_d.

    max_n >= 4 and max_d >= 2; "pencil" has d >= 3 whatever max_d is.
    """
    kind = draw(st.sampled_from(list(KINDS))) if kind is None else kind
    X, y = KINDS[kind](draw, max_n, max_d)
    return np.ascontiguousarray(X, dtype=float) + 0.0, np.asarray(y, dtype=float) + 0.0
