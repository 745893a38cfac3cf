"""Cones and faces against exact enumeration, linear programming, and arrangements whose counts are known."""

import subprocess
import sys
from fractions import Fraction
from math import comb, factorial, inf, isclose, sqrt

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extremal.errors import ExtremalError, InvalidTypeError, InvalidValueError
from extremal.geometry.hyperplanes import _covectors, _flats
from extremal.geometry.hyperplanes._counting import cover_count
from extremal.geometry.hyperplanes._faces import cone_arrays, cones, face_signs, faces
from tests.oracles import arrangements
from tests.strategies import datasets

thorough = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def exact_signs(X, w):
    heights = [sum(Fraction(float(a)) * Fraction(float(b)) for a, b in zip(x, w, strict=True)) for x in X]
    return tuple((h > 0) - (h < 0) for h in heights)


def pattern(item):
    return tuple(item.signs.tolist())


def check_cones(X, expected=None, too_thin=0):
    """Certificates first: witnesses strictly inside in exact arithmetic, every cone once, antipodes; then the
    set.

    At most `too_thin` cones may own up, with margin 0, that their witness is not inside.
    """
    X = np.asarray(X, dtype=float)
    found = list(cones(X))
    patterns = [pattern(cone) for cone in found]
    assert len(set(patterns)) == len(patterns)
    assert {tuple(-s for s in p) for p in patterns} == set(patterns)
    for cone in found:
        assert cone.signs.dtype == np.int8
        assert (exact_signs(X, cone.witness) == pattern(cone)) == (cone.margin > 0)
    assert sum(cone.margin <= 0 for cone in found) <= too_thin
    arrays = cone_arrays(X)
    assert {tuple(s) for s in arrays.signs.tolist()} == set(patterns)
    assert len(arrays) == len(patterns)
    if expected is not None:
        assert set(patterns) == expected
    return found


def check_faces(X):
    X = np.asarray(X, dtype=float)
    expected = arrangements.covectors(X)
    found = list(faces(X))
    assert [face.dim for face in found] == sorted(face.dim for face in found)
    assert len({pattern(face) for face in found}) == len(found)
    assert {pattern(face): face.dim for face in found} == expected
    for face in found:
        assert (face.signs[face.zero_set] == 0).all()
        assert len(face.zero_set) == (face.signs == 0).sum()
    cells = {s for s, dim in expected.items() if dim == X.shape[1]}
    check_cones(X, cells)
    return found


# general position


@pytest.mark.parametrize(
    ("n", "d"),
    [(1, 1), (4, 1), (1, 3), (3, 2), (7, 2), (2, 4), (4, 4), (6, 3), (9, 4), (9, 5), (8, 6), (9, 7)],
)
def test_general_position_has_covers_count_and_exact_witnesses(n, d):
    X = np.random.default_rng([n, d]).standard_normal((n, d))
    if d == 1:
        assert len(check_cones(X)) == 2
    else:
        assert len(check_cones(X)) == cover_count(n, d)


@pytest.mark.parametrize(("n", "d"), [(4, 2), (5, 3), (4, 4), (3, 5), (7, 3)])
def test_cells_agree_with_linear_programming(n, d):
    X = np.random.default_rng([n, d, 1]).standard_normal((n, d))
    check_cones(X, arrangements.cells_by_linear_programming(X))


@pytest.mark.parametrize(("n", "d"), [(12, 4), (14, 5), (100, 2), (70, 3)])
def test_cells_agree_with_the_numpy_yardstick(n, d):
    X = np.random.default_rng([n, d, 2]).standard_normal((n, d))
    mine = {s.tobytes() for s in cone_arrays(X).signs}
    assert mine == {s.tobytes() for s in arrangements.yardstick(X)}
    assert len(mine) == cover_count(n, d)


@pytest.mark.parametrize(("n", "d"), [(6, 3), (9, 4), (7, 5), (20, 2), (3, 3), (80, 3)])
def test_face_counts_of_section_4(n, d):
    X = np.random.default_rng([n, d, 3]).standard_normal((n, d))
    for j in range(1, d + 1):
        found = [pattern(face) for face in faces(X, dim=j)]
        assert len(set(found)) == len(found) == comb(n, d - j) * (cover_count(n - d + j, j) if n > d - j else 1)


def test_more_than_64_rows_keep_their_signs():
    X = np.random.default_rng(4).standard_normal((130, 2))
    found = check_cones(X)
    assert len(found) == 260
    # Neighbours in the plane differ in one row.
    angles = sorted((np.arctan2(*cone.witness), pattern(cone)) for cone in found)
    for (_, a), (_, b) in zip(angles, angles[1:] + angles[:1], strict=True):
        assert sum(s != t for s, t in zip(a, b, strict=True)) == 1


# degenerate data


@pytest.mark.parametrize(
    ("X", "count"),
    [
        (arrangements.braid(4), factorial(4)),
        (arrangements.braid(5), factorial(5)),
        (arrangements.permutohedron(4), factorial(5)),
        (arrangements.permutohedron(5), factorial(6)),
        (arrangements.type_b(3), 8 * 6),
        (arrangements.type_b(4), 16 * 24),
        (arrangements.resonance(3), 32),
        (arrangements.resonance(4), 370),
        (arrangements.threshold(3), 14),
        (arrangements.threshold(4), 104),
        (arrangements.threshold(5), 1882),
    ],
)
def test_known_arrangements(X, count):
    assert len(check_cones(X)) == count


@pytest.mark.parametrize(
    ("X", "count"),
    [
        (arrangements.resonance(5), 11_292),
        (arrangements.permutohedron(7), 40_320),
        (arrangements.threshold(6), 94_572),
    ],
)
def test_large_known_arrangements(X, count):
    arrays = cone_arrays(X)
    assert len(arrays) == count
    assert len({row.tobytes() for row in arrays.packed}) == count
    assert (np.sign(arrays.witnesses @ X.T) == arrays.signs).all()


@pytest.mark.parametrize(
    "X",
    [
        [[0, 0]],
        [[0, 0], [1, 2], [0, 0], [-2, -4], [1, 2]],
        [[1], [-2], [0], [3]],
        [[1, 2, 3]],
        [[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0]],
        [[1, 2, 3], [2, 4, 6], [1, 1, 1], [0, 1, 2]],
        [[1, 0, 0], [0, 1, 0], [1, 1, 0], [1, -1, 0], [2, 1, 0], [0, 0, 1], [1, 0, 1]],
        arrangements.braid(4),
        arrangements.type_b(3),
        # Exactly dependent floats that are not small integers.
        [
            [0.1, 0.7, 0.3],
            [0.3, 0.2, 0.25],
            [0.1 + 0.3, 0.7 + 0.2, 0.3 + 0.25],
            [0.5, 0.5, 0.5],
            [1.0, 0.0, 0.1],
        ],
    ],
)
def test_degenerate_faces_agree_with_compositions_of_cocircuits(X):
    check_faces(X)


@thorough
@given(datasets(max_n=6, max_d=3))
def test_faces_of_drawn_data(data):
    check_faces(data[0])


@thorough
@given(st.data())
def test_faces_of_small_integers_in_four_dimensions(data):
    n = data.draw(st.integers(3, 7))
    rows = data.draw(st.lists(st.lists(st.integers(-1, 1), min_size=4, max_size=4), min_size=n, max_size=n))
    check_faces(rows)


def test_small_integers_draw_degenerate_flats_of_every_kind():
    """The draws above do reach the recursion for degenerate flats, on several levels."""
    rng = np.random.default_rng(5)
    ranks = set()
    for _ in range(20):
        X = rng.integers(-1, 2, size=(7, 4))
        rows = [r for r in {tuple(r) for r in X.tolist()} if tuple(-a for a in r) < r]
        planes = _flats.Hyperplanes([list(r) for r in rows], 4)
        if np.linalg.matrix_rank(np.array(rows)) == 4:
            for rho in (2, 3):
                for block in planes.flats(np.arange(len(rows)), rho):
                    ranks |= {rho} if (block.status == _flats.DEGENERATE).any() else set()
    assert ranks == {2, 3}


# exactness


def perturbed(seed, bits):
    """A degenerate arrangement moved by units in the last place: margins that floats cannot see."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-1, 2, size=(6, 3)).astype(float) + 3.0
    return X * (1 + rng.integers(-2, 3, size=X.shape) * 2.0**-bits)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("bits", [20, 40, 51])
def test_signs_that_rounding_could_flip_are_exact(seed, bits):
    X = perturbed(seed, bits)
    expected = arrangements.covectors(X)
    assert {pattern(face) for face in faces(X)} == set(expected)
    # Where lines that nearly coincide nearly meet a third one, cones are too thin for floats: one pair here.
    check_cones(X, {s for s, dim in expected.items() if dim == 3}, too_thin=2 if seed == 6 else 0)


def test_thin_cones_in_the_plane():
    step = 2.0**-52
    X = [[1.0, k * step] for k in range(5)] + [[1.0, 1.0 + k * step] for k in range(5)]
    found = check_cones(X)
    assert len(found) == 20
    assert 0 < min(cone.margin for cone in found) < 1e-15


def test_margin_is_the_smallest_angle_at_the_witness():
    X = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, -1.0]])
    for cone in cones(X):
        cosines = [abs(x @ cone.witness) / np.linalg.norm(x) / np.linalg.norm(cone.witness) for x in X[[0, 2]]]
        assert isclose(cone.margin, min(cosines), rel_tol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_python_integers_decide_alone_when_there_are_too_many_bits_for_primes(monkeypatch, seed):
    expected = arrangements.covectors(X := np.random.default_rng(seed).integers(-1, 2, size=(7, 3)).astype(float))
    monkeypatch.setattr(_flats, "MOST_PRIMES", 0)
    assert sorted(pattern(face) for face in faces(X)) == sorted(expected)


@pytest.mark.parametrize("X", [arrangements.permutohedron(4), arrangements.threshold(4), arrangements.resonance(4)])
def test_one_piece_and_flat_by_flat_agree(monkeypatch, X):
    together = {s.tobytes() for s in cone_arrays(X).signs}
    monkeypatch.setattr(_covectors, "FEW_FLATS", 0)
    apart = cone_arrays(X).signs
    assert len(apart) == len(together)
    assert {s.tobytes() for s in apart} == together


@pytest.mark.parametrize("bad", [0, 1])
@pytest.mark.parametrize("X", [arrangements.type_b(3), np.random.default_rng(6).standard_normal((9, 3))])
def test_a_flag_that_is_not_generic_is_replaced_without_repeats(monkeypatch, X, bad):
    class Unlucky(_flats.Hyperplanes):
        @property
        def flag_integers(self):
            proper = _flats.Hyperplanes.flag_integers.func(self)
            if self.attempt == 0:
                # Orthogonal to rays, or on a hyperplane.
                proper[bad] = self.integers[-1]
            return proper

    attempts = []
    flat_cells = _covectors._lowest_cells

    def spy(planes, *args):
        attempts.append(planes.attempt)
        return flat_cells(planes, *args)

    expected = {s.tobytes() for s in face_signs(X)}
    monkeypatch.setattr(_covectors, "Hyperplanes", Unlucky)
    monkeypatch.setattr(_covectors, "_lowest_cells", spy)
    monkeypatch.setattr(_flats, "BLOCK_ENTRIES", 1)  # many blocks, so that some are given before the failure
    found = [s.tobytes() for s in face_signs(X)]
    assert max(attempts) == 1
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize("scale", [1e-150, 1e-300, 1e150, 1e300])
def test_scales_change_nothing(scale):
    X = np.random.default_rng(7).standard_normal((7, 3))
    expected = {pattern(cone) for cone in cones(X)}
    check_cones(X * scale, expected)
    mixed = X * np.array([1.0, scale, 1.0])[:, None][[0, 1, 2, 0, 1, 2, 0]]
    check_cones(mixed, expected)
    check_cones(X * [1.0, scale, 1.0], expected)


# manners


def test_faces_have_approximate_witnesses():
    X = np.random.default_rng(8).standard_normal((7, 4)).round(3) * 1000
    X = np.vstack([X, X[0] + X[1]])
    for face in faces(X):
        heights = X @ face.witness / 1000
        assert np.abs(heights[face.zero_set]).max(initial=0.0) < 1e-9
        assert (np.sign(heights) == face.signs)[face.signs != 0].all()
        assert np.abs(face.witness).max() >= 0.5


def test_faces_of_one_dimension_are_those_among_all():
    X = arrangements.type_b(3)
    everything = list(faces(X))
    for j in (1, 2, 3):
        assert {pattern(f) for f in faces(X, dim=j)} == {pattern(f) for f in everything if f.dim == j}
    assert {pattern(f) for f in faces(X, dim=3)} == {pattern(c) for c in cones(X)}


def test_rank_deficient_data_keeps_its_lineality_space():
    X = np.array([[1.0, 2.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    assert [len(list(faces(X, dim=j))) for j in (1, 2, 3, 4)] == [0, 1, 4, 4]
    (subspace,) = faces(X, dim=2)
    assert subspace.zero_set.tolist() == [0, 1]
    assert (X @ subspace.witness == 0).all()
    assert subspace.witness.any()


def test_data_without_a_nonzero_row_is_one_cone():
    (cone,) = cones(np.zeros((3, 2)))
    assert cone.signs.tolist() == [0, 0, 0]
    assert cone.margin == inf
    (face,) = faces(np.zeros((3, 2)))
    assert face.dim == 2
    assert len(cone_arrays(np.zeros((3, 2)))) == 1


@pytest.mark.parametrize("m", range(6))
@pytest.mark.parametrize("d", [1, 2, 3, 4, 6])
def test_face_signs_of_few_rows(m, d):
    rng = np.random.default_rng([m, d])
    X = rng.integers(-2, 3, size=(m, d)) + rng.standard_normal((m, d)).round(2)
    if m > 1 and d == 1:
        return  # all rows are parallel
    found = face_signs(X)
    assert found.dtype == np.int8
    assert found.shape[1] == m
    expected = arrangements.covectors(X) if m else {(): d}
    assert sorted(map(tuple, found.tolist())) == sorted(expected)


def test_the_generator_does_not_enumerate_first():
    X = np.random.default_rng(9).standard_normal((300, 6))
    some = [next(generator) for generator in (cones(X), faces(X, dim=3))]
    assert some[0].signs.all()
    assert len(some[1].zero_set) == 3


def test_order_and_bits_are_reproducible():
    X = np.random.default_rng(10).standard_normal((8, 3))
    first, second = cone_arrays(X), cone_arrays(X)
    for name in ("signs", "witnesses", "margins"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert {(pattern(c), tuple(c.witness), c.margin) for c in cones(X)} == {
        (tuple(s), tuple(w), m)
        for s, w, m in zip(first.signs.tolist(), first.witnesses, first.margins.tolist(), strict=True)
    }


def test_packed_bits_unpack_to_the_signs():
    arrays = cone_arrays(np.random.default_rng(11).standard_normal((11, 3)))
    bits = np.unpackbits(arrays.packed, axis=1)[:, :11]
    assert (bits * 2.0 - 1 == arrays.signs).all()


def test_results_are_read_only_and_say_what_they_are():
    cone = next(cones([[1.0, 0.0], [0.0, 1.0]]))
    with pytest.raises(ValueError, match="read-only"):
        cone.signs[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        cone.witness[0] = 0
    assert repr(cone).startswith("Cone(n=2, active=")
    assert "dim=1" in repr(next(faces([[1.0, 0.0]])))
    assert repr(cone_arrays([[1.0, 0.0]])) == "ConeArrays(2 cones, n=1, d=2)"


@pytest.mark.parametrize("function", [cones, faces, cone_arrays])
@pytest.mark.parametrize("X", [[[1.0, np.nan]], [[np.inf, 0.0]], [], [["a"]], [[1j, 0]], np.zeros((2, 0)), 3.0])
def test_bad_input_is_refused_at_the_call(function, X):
    with pytest.raises(ExtremalError):
        function(X)


@pytest.mark.parametrize(
    ("dim", "error"),
    [
        (0, InvalidValueError),
        (3, InvalidValueError),
        (-1, InvalidValueError),
        (1.0, InvalidTypeError),
        (True, InvalidTypeError),
        ("1", InvalidTypeError),
    ],
)
def test_bad_dimensions_are_refused_at_the_call(dim, error):
    with pytest.raises(error, match="dim is"):
        faces([[1.0, 0.0]], dim=dim)


def test_importing_the_module_does_not_import_numba():
    code = "import extremal.geometry.hyperplanes._faces, sys; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_exact_margin_of_a_thin_cone():
    step = 2.0**-52
    margins = {pattern(c): c for c in cones([[1.0, 0.0], [1.0, step]])}
    thin = margins[1, -1]
    (a, b) = thin.witness
    assert isclose(thin.margin, min(a, -(a + step * b)) / sqrt(a * a + b * b), rel_tol=1e-9)
