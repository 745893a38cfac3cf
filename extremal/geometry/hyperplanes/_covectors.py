"""Every covector of a central arrangement, each once, streamed and exact.

The covectors of the hyperplanes x_k^⊥ are the sign vectors (sign(x_k · w))_k: those without a zero are the
activation cones, the others the lower faces.  They are read off the flats F with their rays v_F and covectors
s_F (see `_flats`).  With a generic flag c_0, …, c_{r-1} let V_i = {c_0 = … = c_{i-1} = 0}, and for a flat F
of rank ρ = r − 1 − i let B(F) be the cells of the rows of F in V_{i+1} on which c_{i+1} > 0.

**Theorem.** The cells are, each once, ± s_F ∘ b for the flats F of rank r − 1, r − 3, r − 5, … and b in B(F).

*Proof.* Let b_i be the cells in V_i on which c_i > 0, as sign vectors.  A cell in V_i is in b_i, in −b_i, or
is cut by V_{i+1}, in one cell; so all cells are ± (b_0 ⊔ b_1 ⊔ …).  In the slice c_i = 1 of V_i a cell has a
c_{i+1}-lowest vertex iff it is bounded, that is in b_i, or it is cut by V_{i+1} where c_{i+1} > 0, that is in
b_{i+1}.  The cells with the vertex v_F as the lowest are s_F ∘ b, b in B(F).  So the flats of rank r − 1 − i
give b_i ⊔ b_{i+1}, and every other i suffices. ∎

* A simple flat has one b, the signs of λ: linear programming duality, v_F minimises c_{i+1} over the cell.
  In general position there are no other flats.
* Otherwise let T_t be the vectors s_G ∘ b', b' in B(G), on F for the flats G < F of rank t.  By the proof
  above, for the rows of F in V_{i+1}, B(F) = T_{ρ-1} minus (T_{ρ-2} minus (… T_0)).  |B(F)| is the Möbius
  number |μ(F)|.
* The faces with zero set Z are the cells of the arrangement restricted to Z^⊥.  Its flats are the F ⊇ Z, with
  the same v_F; in a simple F, s_F ∘ b with its entries on Z set to 0 is the face.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from ..exact._integers import Row, eliminate, integer_rows, primitive, rank
from ._flats import DEGENERATE, SIMPLE, Flats, Hyperplanes, NotGenericError

__all__ = ["Block", "cell_blocks", "face_blocks", "face_signs", "independent_columns", "sign_patterns"]

# A mostly degenerate arrangement with few flats is done in one piece: all pairs of flats are compared, which
# takes half a second at this number.
MOSTLY = 0.3
FEW_FLATS = 20_000

NOTHING = np.zeros(0, dtype=np.int64)


class Block(NamedTuple):
    """Covectors (K, m) with a point (K, r) of each; every one of them stands for its antipode too."""

    signs: np.ndarray
    points: np.ndarray


def _walk(rows: np.ndarray, signs: np.ndarray, start: np.ndarray, edge: np.ndarray) -> np.ndarray:
    """Start + t · edge, half way to the first hyperplane with a sign that it would cross."""
    along, height = (edge @ rows.T) * signs, (start @ rows.T) * signs
    with np.errstate(all="ignore"):
        steps = np.where((along < 0) & (height > 0), -height / along, np.inf)
        free = np.abs(start).max(axis=-1) / np.abs(edge).max(axis=1)
        step = np.minimum(0.5 * steps.min(axis=1), free)
    step = np.where(np.isfinite(step), step, 0.0)
    return start + step[:, None] * edge


def _face_points(planes: Hyperplanes, index: np.ndarray, sets: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Points of faces of simple flats: from the ray along the edges with a sign, half way to a wall."""
    count, rho = sets.shape
    if not planes.points:
        return np.zeros((count, planes.width))
    frame = np.empty((count, planes.width, planes.width))
    frame[:, :rho] = planes.rows[index[sets]]
    frame[:, rho:] = planes.flag[: planes.width - rho]
    try:
        inverse = np.linalg.inv(frame)
    except np.linalg.LinAlgError:  # singular in floats: these points are approximations in any case
        inverse = np.linalg.pinv(frame)
    towards = np.take_along_axis(signs, sets, axis=1).astype(float)
    edge = np.einsum("kab,kb->ka", inverse[:, :, :rho], towards)
    return _walk(planes.rows[index], signs, inverse[:, :, -1], edge)


def _local_cells(planes: Hyperplanes, index: np.ndarray, rho: int, Z: np.ndarray, codim: int) -> Block:
    """B(F) of the degenerate flat F = `index` of rank `rho`, restricted to the flat Z ⊆ F of rank `codim`."""
    if codim == rho:
        return Block(np.zeros((1, len(index)), dtype=np.int8), np.zeros((1, planes.width)))
    from ._flats_kernels import bounded_cells

    below = planes.flats_below(index, rho)
    assert below is not None
    flats, zero, ranks = below
    signs, vectors, simple = flats.signs, flats.vectors, flats.status == SIMPLE
    if len(Z):
        on_Z = np.searchsorted(index, Z)
        inside = np.flatnonzero(zero[:, on_Z].all(axis=1))
        zero, ranks, simple = zero[inside], ranks[inside], simple[inside]
        signs, vectors = signs[inside], vectors[inside]
        signs[:, on_Z] = 0
        for t in range(codim, rho):
            these = np.flatnonzero(simple & (ranks == t))
            vectors[these] = _face_points(planes, index, flats.sets[inside[these], :t], signs[these])
    return Block(*bounded_cells(planes.rows[index], signs, zero, simple, ranks, vectors, codim, rho, False))


def _lowest_cells(planes: Hyperplanes, flats: Flats, Z: np.ndarray, codim: int) -> Block:
    """s_F ∘ b for the given flats F ⊇ Z of all rows, b in B(F) restricted to Z."""
    index = np.arange(len(planes.integers))
    rho = flats.sets.shape[1]
    simple = flats.status == SIMPLE
    parts = [Block(flats.signs[simple], flats.vectors[simple])]
    if len(Z) and len(parts[0].signs):
        signs = parts[0].signs
        signs[:, Z] = 0
        parts = [Block(signs, _face_points(planes, index, flats.sets[simple], signs))]
    for k in np.flatnonzero(~simple):
        inner = np.flatnonzero(flats.signs[k] == 0)
        local = _local_cells(planes, inner, rho, Z, codim)
        signs = np.repeat(flats.signs[k][None], len(local.signs), axis=0)
        signs[:, inner] = local.signs
        parts.append(Block(signs, _walk(planes.rows, signs, flats.vectors[k], local.points)))
    if len(parts) == 1:
        return parts[0]
    return Block(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _all_cells(planes: Hyperplanes) -> Block | None:
    """Half of the cells in one piece if there are few flats, which share those below; None otherwise."""
    from ._flats_kernels import bounded_cells

    below = planes.flats_below(np.arange(len(planes.integers)), planes.width, FEW_FLATS)
    if below is None:
        return None
    (signs, _, status, vectors), zero, ranks = below
    simple = status == SIMPLE
    return Block(*bounded_cells(planes.rows, signs, zero, simple, ranks, vectors, 0, planes.width, True))


def _with_flags(planes: Hyperplanes, blocks: Callable[[Hyperplanes], Iterator[Block]]) -> Iterator[Block]:
    """Run an enumeration; should the flag prove not generic, go on with another one, repeating nothing."""
    given: set[bytes] = set()
    for attempt in range(20):
        current = replace(planes, attempt=planes.attempt + attempt, _memory={}) if attempt else planes
        try:
            for block in blocks(current):
                if given:
                    # The flags may differ in which of two antipodes they give.
                    pairs = zip(block.signs, -block.signs, strict=True)
                    fresh = [not {a.tobytes(), b.tobytes()} & given for a, b in pairs]
                    block = Block(block.signs[fresh], block.points[fresh])
                yield block
            return
        except NotGenericError:
            # What was given is found out by doing it again, so that nothing need be remembered for this rare
            # case.
            try:
                for block in blocks(replace(current, _memory={})):
                    given.update(row.tobytes() for row in block.signs)
            except NotGenericError:
                continue
    raise RuntimeError("20 random flags in a row were not generic, which cannot be chance: please report it")


def cell_blocks(planes: Hyperplanes) -> Iterator[Block]:
    """Half of the cells, one of each antipodal pair, with interior points."""

    def blocks(current: Hyperplanes) -> Iterator[Block]:
        index = np.arange(len(current.integers))
        for rho in range(current.width - 1, -1, -2):
            for number, flats in enumerate(current.flats(index, rho)):
                first = number == 0 and rho == current.width - 1 > 0
                if first and np.mean(flats.status == DEGENERATE) > MOSTLY:
                    together = _all_cells(current)
                    if together is not None:
                        yield together
                        return
                yield _lowest_cells(current, flats, NOTHING, 0)

    return _with_flags(planes, blocks)


def face_blocks(planes: Hyperplanes, codim: int) -> Iterator[Block]:
    """Half of the faces whose zero sets have rank `codim` < r, one of each antipodal pair.

    Points are approximations for codim > 0, and zeros if `planes.points` is false.
    """
    if codim == 0:
        return cell_blocks(planes)

    def blocks(current: Hyperplanes) -> Iterator[Block]:
        index = np.arange(len(current.integers))
        for rho in range(current.width - 1, codim - 1, -2):
            for flats in current.flats(index, rho):
                simple = flats.status == SIMPLE
                sets = flats.sets[simple]
                for zero in combinations(range(rho), codim):
                    signs = flats.signs[simple]
                    np.put_along_axis(signs, sets[:, zero], 0, axis=1)
                    yield Block(signs, _face_points(current, index, sets, signs))
                for k in np.flatnonzero(~simple):
                    F = np.flatnonzero(flats.signs[k] == 0)
                    one = Flats(*(part[k : k + 1] for part in flats))
                    for Z in _flats_in(current, F, rho, codim):
                        yield _lowest_cells(current, one, Z, codim)

    return _with_flags(planes, blocks)


def _flats_in(planes: Hyperplanes, F: np.ndarray, rho: int, codim: int) -> Iterator[np.ndarray]:
    """Row sets of the flats of rank `codim` in the flat F of rank `rho`."""
    if codim == rho:
        yield F
        return
    below = planes.flats_below(F, rho)
    assert below is not None
    for one in below.rows[below.ranks == codim]:
        yield F[one]


@cache
def sign_patterns(count: int) -> np.ndarray:
    """All of {−1, 0, 1}^count as int8 rows, the zero vector last; the array is read-only."""
    patterns = np.array(list(product((1, -1, 0), repeat=count)), dtype=np.int8).reshape(3**count, count)
    patterns.setflags(write=False)
    return patterns


def independent_columns(integers: list[Row], width: int) -> list[int]:
    """Return columns on which the rows already have their full rank."""
    columns = eliminate(integers[: 4 * width])[1]
    return columns if len(columns) == width else eliminate(integers)[1]


def face_signs(rows: np.ndarray) -> np.ndarray:
    """Sign vectors of all faces of an arrangement.

    Parameters
    ----------
    rows : ndarray of shape (m, d)
        Finite, nonzero and pairwise not parallel.

    Returns
    -------
    ndarray of shape (F, m)
        int8, every covector once: of the cells and of all faces of dimension at least 1.  The zero vector is
        among them exactly when the rows do not span R^d, as the subspace that is orthogonal to all of them.

    Examples
    --------
    >>> import numpy as np
    >>> len(face_signs(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])))
    12
    >>> face_signs(np.array([[0.5, 2.0]])).tolist()
    [[1], [-1], [0]]
    """
    m, d = rows.shape
    # Independent rows take all signs; two rows that are not parallel are independent.
    integers = integer_rows(rows) if m > 2 else []
    if m <= 2 or (m <= d and rank(integers) == m):
        patterns = sign_patterns(m)
        return patterns[:-1] if m == d else patterns
    columns = independent_columns(integers, d)
    width = len(columns)
    planes = Hyperplanes([primitive([row[j] for j in columns]) for row in integers], width, points=False)
    halves = [block.signs for codim in range(width) for block in face_blocks(planes, codim)]
    zero = [] if width == d else [np.zeros((1, m), dtype=np.int8)]
    return np.concatenate([*halves, *(-half for half in halves), *zero])
