"""Each kind of degeneracy that the strategies promise does occur."""

from fractions import Fraction as F
from itertools import combinations

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from tests.oracles.brute_force import dot, extremal_vectors, orthogonal_basis, rational, realisable, sign
from tests.strategies import KINDS, datasets, directions, scales

BRIEF = settings(max_examples=25, deadline=None, database=None)
NO_SHRINKING = settings(max_examples=500, deadline=None, database=None, phases=[Phase.generate])


def rank(rows):
    return len(orthogonal_basis(rational(rows)))


def pairs(X):
    """The ratios of parallel nonzero rows."""
    rows = [x for x in X if x.any()]
    for a, b in combinations(rows, 2):
        if rank([a, b]) == 1:
            i = np.flatnonzero(a)[0]
            yield b[i] / a[i]


def general_position(X, y):
    d = X.shape[1]
    return y.all() and all(rank(s) == len(s) for s in combinations(X.tolist(), min(d, len(X))))


def has_closed_half_space(X, y):
    normals = rational(X[X.any(axis=1)])
    # w.x <= 0 for each row and not all w.x = 0 (w = 0 apart), or rank < d
    return rank(X) < X.shape[1] or any(
        realisable(pattern, normals, X.shape[1]) for pattern in _nonpositive(len(normals))
    )


def _nonpositive(m):
    patterns = [[]]
    for _ in range(m):
        patterns = [[*p, s] for p in patterns for s in (0, -1)]
    return [tuple(p) for p in patterns if any(p)]


def has_pencil(X, y):
    rows = rational(X[X.any(axis=1)])
    distinct = (t for t in combinations(rows, 3) if all(rank(p) == 2 for p in combinations(t, 2)))
    return any(rank(t) == 2 for t in distinct)


def has_vector_on_a_face(X, y):
    rows = [x for x in rational(X) if any(x)]
    return any(s and any(dot(x, D) == 0 for x in rows) for s, D in extremal_vectors(X, y))


SHOWS = {
    "generic": general_position,
    "integers": lambda X, y: np.array_equal(X, np.rint(X)),
    "duplicates": lambda X, y: any(r == 1 for r in pairs(X)),
    "antipodal": lambda X, y: any(r == -1 for r in pairs(X)),
    "parallel": lambda X, y: any(pairs(X)),
    "zero_rows": lambda X, y: not X.any(axis=1).all(),
    "zero_labels": lambda X, y: not y.all(),
    "all_labels_zero": lambda X, y: not y.any(),
    "half_space": has_closed_half_space,
    "wide": lambda X, y: len(X) < X.shape[1],
    "rank_deficient": lambda X, y: rank(X) < X.shape[1],
    "orthogonal": lambda X, y: X.any(axis=1).all() and not (X @ X.T - np.diag(np.diag(X @ X.T))).any(),
    "on_walls": lambda X, y: any(a @ b == 0 for a, b in combinations(X[X.any(axis=1)], 2)),
    "pencil": has_pencil,
    "faces": has_vector_on_a_face,
}


def test_every_kind_is_described():
    assert SHOWS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_shows_what_it_is_named_after(kind):
    sizes = set()

    @BRIEF
    @given(datasets(kind))
    def check(data):
        X, y = data
        assert X.dtype == y.dtype == np.float64
        assert X.ndim == 2
        assert y.shape == X.shape[:1]
        assert 1 <= X.shape[0] <= 6
        assert 1 <= X.shape[1] <= 3
        assert np.isfinite(X).all()
        assert np.isfinite(y).all()
        assert SHOWS[kind](X, y)
        sizes.add(X.shape)

    check()
    assert len(sizes) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_mixture_reaches_every_kind(kind):
    find(datasets(), lambda data: SHOWS[kind](*data), settings=NO_SHRINKING)


@pytest.mark.parametrize("eta", [F(0), F(1, 2), F(1)])
def test_multipliers_inside_and_at_the_ends(eta):
    """Row 0 of the kind "faces" has this multiplier exactly."""

    def has_eta(data):
        X, y = (rational(a) for a in data)
        active = [sum(c * x[i] for x, c in zip(X[1:], y[1:], strict=True)) / len(X) for i in range(len(X[0]))]
        if active[0] + eta * y[0] * X[0][0] / len(X) != 0:
            return False
        assert (sign(y[-1]), (F(0), *active[1:])) in extremal_vectors(*data)
        return True

    find(datasets("faces"), has_eta, settings=NO_SHRINKING)


@BRIEF
@given(st.data())
def test_directions_are_usable(data):
    X, _ = data.draw(datasets())
    w = data.draw(directions(X))
    assert w.shape == (X.shape[1],)
    assert w.any()
    assert data.draw(scales()) > 0


def test_directions_hit_the_walls():
    drawn = datasets("generic").filter(lambda data: data[0].shape[1] > 1)
    pair = drawn.flatmap(lambda data: st.tuples(st.just(data[0]), directions(data[0])))
    find(pair, lambda p: any(dot(x, rational(p[1])) == 0 for x in rational(p[0])), settings=NO_SHRINKING)


def test_labels_of_both_signs_occur():
    find(datasets("generic"), lambda data: (data[1] > 0).any() and (data[1] < 0).any(), settings=NO_SHRINKING)
