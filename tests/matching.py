"""Comparing results with each other and with the oracle: as sets, by sign and exact activation pattern.

A pair (D, s) with D ≠ 0 lies on the face of w = sD, so its pattern names it: no tolerance decides which is which.
"""

import numpy as np

from tests.oracles.brute_force import combine, dot, extremal_vectors, in_clarke, rational, sign

__all__ = ["assert_matches_oracle", "assert_valid", "names"]


def names(res):
    """The set of (sign, pattern) of a result; D = 0 is (0,)."""
    found = [_name(v) for v in res]
    assert len(set(found)) == len(found), "a vector is listed twice"
    return set(found)


def _name(v):
    if v.sign == 0:
        return (0,)
    pattern = np.where(v.active, 1, -1)
    pattern[v.boundary] = 0
    return (v.sign, *pattern.tolist())


def assert_matches_oracle(res, X, y, leak=0.0):
    """A complete result has exactly the oracle's vectors, each to rounding error."""
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    rows = rational(X)
    expected = {}
    for s, D in extremal_vectors(X, y, leak):
        name = (0,) if s == 0 else (s, *(s * sign(dot(x, D)) for x in rows))
        expected[name] = np.array([float(t) for t in D])
    assert res.complete
    assert names(res) == set(expected)
    scale = max(np.abs(y[:, None] * X).sum() / len(X) * max(1.0, abs(leak)), 1e-300)
    for v in res:
        np.testing.assert_allclose(v.D, expected[_name(v)], rtol=0, atol=1e-13 * scale)


def assert_valid(res):
    """Every vector of a result satisfies Definition 2.1 exactly: D is built again from its pattern in fractions."""
    X, y, leak = rational(res.data.X), rational(res.data.y), rational([res.leak])[0]
    z = [[c * t / len(X) for t in x] for x, c in zip(X, y, strict=True)]
    for v in res:
        if v.sign == 0:
            continue
        pattern = _name(v)[1:]
        D = _candidate(X, z, pattern, leak)
        assert [sign(v.sign * dot(x, D)) for x in X] == list(pattern)
        assert in_clarke(D, pattern, z, leak)


def _candidate(X, z, pattern, leak):
    from tests.oracles.brute_force import orthogonal_basis, project_out

    total = combine([1 if s > 0 else leak if s < 0 else 0 for s in pattern], z, len(X[0]))
    return project_out(total, orthogonal_basis([x for x, s in zip(X, pattern, strict=True) if s == 0 and any(x)]))
