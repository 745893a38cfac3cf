"""The brute-force oracle against answers worked out by hand."""

from fractions import Fraction as F

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.oracles.brute_force import extremal_vectors, feasible, in_zonotope, is_extremal, realisable


def signs(found):
    return sorted(s for s, _ in found)


@pytest.mark.parametrize(("positive", "negative"), [(1, 0), (0, 2), (2, 1), (2, 2), (3, 1)])
@pytest.mark.parametrize("rotated", [False, True])
def test_orthogonal_data(positive, negative, rotated):
    d = n = positive + negative
    y = np.array([1, 2, 3][:positive] + [-1, -2][:negative])
    X = np.diag(np.arange(1, d + 1))
    if rotated:  # orthogonal integer rows that are not the axes
        X = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])[:n]
        d = 4
    found = extremal_vectors(X, y)
    expected = {(0, (F(0),) * d)}
    for s, members in ((1, range(positive)), (-1, range(positive, n))):
        for bits in range(1, 2 ** len(members)):
            chosen = [k for i, k in enumerate(members) if bits >> i & 1]
            expected.add((s, tuple(sum((F(int(y[k] * X[k, i]), n) for k in chosen), F(0)) for i in range(d))))
    assert found == expected
    assert len(found) == 2**positive + 2**negative - 1


def test_three_points():
    X = np.array([[-0.75, 1.0], [-0.5, 1.0], [0.125, 1.0]])
    y = np.array([1.1, 0.1, 0.8])
    z = [[F(float(c)) * F(float(t)) / 3 for t in x] for x, c in zip(X, y, strict=True)]
    everything = tuple(sum(column) for column in zip(*z, strict=True))
    found = extremal_vectors(X, y)
    assert (1, everything) in found  # sum of all three makes an acute angle with each of them
    assert (0, (0, 0)) in found  # w = (0, -1) activates nothing
    assert all(is_extremal(X, y, D, s) for s, D in found)
    # y > 0: on the circle, one maximum, the flat zero set, and monotone in between
    assert signs(found) == [0, 1]


def test_one_dimension():
    # w > 0: D = (1*1)/2; w < 0: D = (-2)(3)/2 = -3
    assert extremal_vectors([[1], [-2]], [1, 3]) == {(1, (F(1, 2),)), (1, (F(-3),))}
    assert extremal_vectors([[1], [-2]], [1, -3]) == {(1, (F(1, 2),)), (-1, (F(3),))}
    assert extremal_vectors([[2]], [3]) == {(1, (F(6),)), (0, (F(0),))}
    assert extremal_vectors([[2]], [0]) == {(0, (F(0),))}
    # antipodes that are one point of an odd data set: D = 1 on w > 0, D = 1 on w < 0, hence both signs
    assert extremal_vectors([[1], [-1]], [2, -2]) == {(1, (F(1),)), (-1, (F(1),))}


def test_duplicates_have_weights_of_their_own():
    # x = (1, 0) twice with y = 1 and -1: on the wall x_1 = 0 the weights of the two rows are independent
    X, y = [[1, 0], [1, 0], [0, 1]], [1, -1, 3]
    found = extremal_vectors(X, y)
    assert found == {(0, (F(0), F(0))), (1, (F(0), F(1)))}
    # the wall is x_1 = 0, D - 0 needs eta_1 z_1 + eta_2 z_2 = 0: also true with the pair split in antipodes
    assert extremal_vectors([[1, 0], [-1, 0], [0, 1]], [1, 1, 3]) == found | {
        (1, (F(1, 3), F(1))),
        (1, (F(-1, 3), F(1))),
        (1, (F(1, 3), F(0))),
        (1, (F(-1, 3), F(0))),
    }


def test_one_merged_row_equals_duplicates_in_number():
    X, y = np.array([[2, 1], [1, -3], [-1, 2]]), np.array([1, -2, 2])
    once = extremal_vectors(X, y)
    twice = extremal_vectors(np.repeat(X, 2, axis=0), np.repeat(y, 2))
    assert once == twice  # the mean over samples is the same


def test_half_space_has_the_zero_vector():
    X, y = np.array([[1, 1], [1, -1], [2, 1]]), np.array([1, 2, -1])
    assert (0, (F(0), F(0))) in extremal_vectors(X, y)
    assert 0 not in signs(extremal_vectors([[1, 0], [-1, 2], [-1, -2]], [1, 1, 1]))


def test_zero_rows_and_zero_labels():
    X, y = [[0, 0], [1, 2], [0, 0], [-1, 1]], [5, 2, -1, 1]
    merged = extremal_vectors([[1, 2], [-1, 1]], [2, 1])
    assert extremal_vectors(X, y) == {(s, tuple(t / 2 for t in D)) for s, D in merged}  # n = 4 instead of 2
    assert extremal_vectors(X, [0, 0, 0, 0]) == {(0, (F(0), F(0)))}
    assert extremal_vectors([[0, 0]], [1]) == {(0, (F(0), F(0)))}
    # a row with y = 0 moves no nonzero vector
    nonzero = {(s, D) for s, D in extremal_vectors([[1, 2], [-1, 1], [3, -1]], [2, 1, 0]) if s}
    assert nonzero == {(s, tuple(t * F(2, 3) for t in D)) for s, D in merged if s}


def test_zero_on_a_face_only():
    # each open cone has an active point with z != 0; on w = -e_1 nothing is strictly active
    X, y = [[1, 0], [0, 1], [0, -1]], [1, 1, 1]
    assert (0, (F(0), F(0))) in extremal_vectors(X, y)
    # the pairs on the first axis cancel; on w = e_1 the wall gives {(eta - eta') (0, 1)}, which contains 0
    X, y = [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 0], [-1, 0]], [1, 1, 1, 1, -1, -1]
    assert (0, (F(0), F(0))) in extremal_vectors(X, y)
    # and not when they do not cancel
    assert 0 not in signs(extremal_vectors(X, [1, 1, 1, 1, -2, -2]))


@pytest.mark.parametrize("leak", [F(1, 10), 0.25])
def test_leak_with_known_answers(leak):
    leak = F(leak)
    # one point: D = z on its side (w along x), a z behind it (w along -x)
    assert extremal_vectors([[1, 2]], [1], leak) == {(1, (F(1), F(2))), (-1, (leak, 2 * leak))}
    assert extremal_vectors([[1, 2]], [-1], leak) == {(-1, (F(-1), F(-2))), (1, (-leak, -2 * leak))}


def test_linear_and_absolute_value():
    X, y = [[1, 2], [3, -1], [-1, -1]], [1, -2, 3]
    D = (F(-8, 3), F(1, 3))
    assert extremal_vectors(X, y, 1) == {(1, D), (-1, D)}
    # absolute value: G_n is even, so the vectors come in pairs (D, -D) with one sign
    found = extremal_vectors(X, y, -1)
    assert found
    assert found == {(s, tuple(-t for t in D)) for s, D in found}


def test_is_extremal_refuses_neighbours():
    X, y = [[2, 1], [1, -3], [-1, 2]], [1, -2, 2]
    for s, D in extremal_vectors(X, y):
        assert is_extremal(X, y, D, s)
        assert not is_extremal(X, y, [D[0] + F(1, 10**30), D[1]], s)
        if s:
            assert not is_extremal(X, y, [2 * t for t in D], s)


def test_linear_programs_agree_with_highs():
    rng = np.random.default_rng(3)
    answers = []
    for _ in range(150):
        A, b = rng.integers(-3, 4, size=(3, 5)), rng.integers(-3, 4, size=3)
        answers.append(feasible(A.tolist(), b.tolist()))
        assert answers[-1] == (linprog(np.zeros(5), A_eq=A, b_eq=b).status == 0)
    assert 20 < sum(answers) < 130


def test_zonotope_membership_by_hand():
    square = [[F(1), F(0)], [F(0), F(1)], [F(0), F(0)]]
    assert in_zonotope([F(1), F(1)], square, 0, 1)
    assert not in_zonotope([F(1) + F(1, 10**40), F(1)], square, 0, 1)
    assert in_zonotope([F(-1), F(1, 2)], square, -1, 1)
    assert not in_zonotope([F(1, 2), F(1)], square, 1, 1)
    assert in_zonotope([F(0)], [], 0, 1)
    assert not in_zonotope([F(1)], [], 0, 1)


def test_realisable_patterns_by_hand():
    x = [[F(1), F(0)], [F(0), F(1)], [F(1), F(1)]]
    assert realisable((1, 1, 1), x, 2)
    assert not realisable((1, 1, -1), x, 2)
    assert not realisable((0, 0, 0), x, 2)
    assert realisable((0, 0, 0), [[*v, F(0)] for v in x], 3)
    assert realisable((1, -1, 0), x, 2)
    assert not realisable((0, 1, 0), x, 2)


@pytest.mark.parametrize("seed", [0, 1, 3, 5, 7, 8, 9])
def test_euler_characteristic_in_general_position(seed):
    """Morse theory, which knows nothing of faces or candidates: sum of (-1)^index = chi(S^{d-1})."""
    rng = np.random.default_rng(seed)
    d, n = (2, 6) if seed % 2 else (3, 6)
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    found = extremal_vectors(X, y)
    if any(s == 0 for s, _ in found):
        raise AssertionError("choose a seed without a dead cone: the count does not apply there")
    total = 0
    for s, D in found:
        on = np.array([sum(F(float(t)) * c for t, c in zip(x, D, strict=True)) == 0 for x in X])
        falling = int((y[on] < 0).sum())
        total += (-1) ** (falling + (d - 1 - int(on.sum()) if s > 0 else 0))
    assert total == 1 + (-1) ** (d - 1)
