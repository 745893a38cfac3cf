"""Activation cones and lower faces of a data set (section 1 of the theory): the public generators.

The activation pattern A_n(w) = (sign(w · x_k))_k takes finitely many values; the sets of w on which it is
constant are the faces of the arrangement of the hyperplanes x_k^⊥.  The full-dimensional ones are the
activation cones.  Every float is read as the dyadic rational that it is, and every sign is exact, in general
position and in degenerate data alike.  At a tie, x_k · w = 0, the sign is 0; a row of zeros has the sign 0
everywhere.

`_covectors` enumerates the faces of the distinct hyperplanes; this module merges parallel rows, drops rows of
zeros, leaves out columns that the others determine, and certifies the witnesses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import frexp, isqrt
from operator import index as as_index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...data import as_features
from ...errors import InvalidTypeError, InvalidValueError
from ..exact._integers import Row, dot, integer_rows, null_space, primitive
from ..exact._signs import activation_signs, normalised_rows
from ..exact._thin import interior_vector
from ._covectors import Block, cell_blocks, face_blocks, face_signs, independent_columns
from ._flats import Hyperplanes

__all__ = [
    "Cone",
    "ConeArrays",
    "Face",
    "Reduced",
    "cone_arrays",
    "cones",
    "face_signs",
    "faces",
    "reduce_rows",
]

# x · w of unit vectors in floats is off by less than (d + 4) · 2^-53, and normalising both by a few units
# more.
UNIT = 2.0**-52

# Signs (K, n), witnesses (K, d) that have them, margins (K,).
Certified = tuple[NDArray[np.int8], NDArray[np.float64], NDArray[np.float64]]

# A column whose largest entry is this many bits below another's is scaled up, for the floating-point filter.
COLUMN_BITS = 10


@dataclass(frozen=True, eq=False, slots=True)
class Cone:
    """An activation cone.

    Attributes
    ----------
    signs : ndarray of shape (n,)
        int8, sign(x_k · w) on the cone: ±1, and 0 for rows of zeros.
    witness : ndarray of shape (d,)
        A vector strictly inside, its largest entry between 1/2 and 1 in absolute value.
    margin : float
        min |x_k · w| / (‖x_k‖ ‖w‖) over the nonzero rows at the witness w, rounded; inf if there are none.
        It is 0 for a cone so thin that no vector of floats inside was found: the witness is then just
        outside.
    """

    signs: NDArray[np.int8]
    witness: NDArray[np.float64]
    margin: float

    def __repr__(self) -> str:
        return f"Cone(n={len(self.signs)}, active={int((self.signs > 0).sum())}, margin={self.margin:.3g})"


@dataclass(frozen=True, eq=False, slots=True)
class Face:
    """A relatively open face.

    Attributes
    ----------
    signs : ndarray of shape (n,)
        int8, the exact sign(x_k · w) on the face.
    dim : int
        Its dimension: d for a cone.
    witness : ndarray of shape (d,)
        An approximation to a vector in the face: rounding takes it off the hyperplanes of `zero_set`, on
        which no vector of floats need lie.
    """

    signs: NDArray[np.int8]
    dim: int
    witness: NDArray[np.float64]

    @property
    def zero_set(self) -> NDArray[np.intp]:
        """The k with x_k · w = 0 on the face, rows of zeros among them."""
        return np.flatnonzero(self.signs == 0)

    def __repr__(self) -> str:
        return f"Face(n={len(self.signs)}, dim={self.dim}, zero_set={self.zero_set.tolist()})"


@dataclass(frozen=True, eq=False)
class ConeArrays:
    """All activation cones as arrays, K of them.

    Attributes
    ----------
    signs : ndarray of shape (K, n)
        int8.
    witnesses : ndarray of shape (K, d)
    margins : ndarray of shape (K,)
    """

    signs: NDArray[np.int8]
    witnesses: NDArray[np.float64]
    margins: NDArray[np.float64]

    @property
    def packed(self) -> NDArray[np.uint8]:
        """The bits "x_k · w > 0", eight to a byte, of shape (K, ⌈n/8⌉); `numpy.unpackbits` undoes it."""
        return np.packbits(self.signs > 0, axis=1)

    def __len__(self) -> int:
        return len(self.signs)

    def __repr__(self) -> str:
        return f"ConeArrays({len(self)} cones, n={self.signs.shape[1]}, d={self.witnesses.shape[1]})"


@dataclass(frozen=True, eq=False)
class Reduced:
    """The distinct hyperplanes behind the rows of X.

    Attributes
    ----------
    X : ndarray of shape (n, d)
    planes : Hyperplanes or None
        None if all rows are 0.
    group, side : ndarray of shape (n,)
        Row k is a multiple of hyperplane `group[k]`, positive or negative by `side[k]`; side 0 marks rows of
        zeros.
    columns, exponents : ndarray of shape (r,)
        A point u of the reduced arrangement is the w with w_j = 2^exponent u_j on `columns` and 0 elsewhere.
    """

    X: NDArray[np.float64]
    planes: Hyperplanes | None
    group: NDArray[np.intp]
    side: NDArray[np.int8]
    columns: NDArray[np.intp]
    exponents: NDArray[np.int64]

    @property
    def rank(self) -> int:
        """Rank of X."""
        return len(self.columns)

    def expand(self, signs: NDArray[np.int8]) -> NDArray[np.int8]:
        """Signs of the hyperplanes (K, m) to signs of the rows (K, n)."""
        return signs[:, self.group] * self.side

    def lift(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn reduced points (K, r) into directions (K, d), scaled to a largest entry in [1/2, 1)."""
        mantissa, exponent = np.frexp(points)
        exponent = exponent + self.exponents
        exponent -= np.where(points == 0, np.iinfo(np.int32).min, exponent).max(axis=1, keepdims=True)
        result = np.zeros((len(points), self.X.shape[1]))
        result[:, self.columns] = np.ldexp(mantissa, exponent)
        return result


def reduce_rows(X: NDArray[np.float64], *, points: bool = True) -> Reduced:
    """Merge parallel rows, drop rows of zeros, keep independent columns: all exactly."""
    n, d = X.shape
    integers = integer_rows(X)
    numbers: dict[tuple[int, ...], int] = {}
    group = np.zeros(n, dtype=np.intp)
    side = np.zeros(n, dtype=np.int8)
    for k, row in enumerate(integers):
        lead = next((a for a in row if a), 0)
        if lead:
            group[k] = numbers.setdefault(tuple(row) if lead > 0 else tuple(-a for a in row), len(numbers))
            side[k] = 1 if lead > 0 else -1
    if not numbers:
        return Reduced(X, None, group, side, np.zeros(0, np.intp), np.zeros(0, np.int64))
    rows: list[Row] = [list(row) for row in numbers]
    columns = independent_columns(rows, d)
    rows = [[row[j] for j in columns] for row in rows]
    # Bits of each column relative to its rows' largest entries; scaling w_j by powers of two evens them out.
    top = [max(abs(a).bit_length() for a in row) for row in rows]
    lengths = [[abs(a).bit_length() - t for a in row] for row, t in zip(rows, top, strict=True)]
    bits = [max(column) for column in zip(*lengths, strict=True)]
    shift = [max(bits) - b if max(bits) - b > COLUMN_BITS else 0 for b in bits]
    rows = [primitive([a << s for a, s in zip(row, shift, strict=True)]) for row in rows]
    planes = Hyperplanes(rows, len(columns), points=points)
    return Reduced(X, planes, group, side, np.array(columns), np.array(shift, dtype=np.int64))


def _certified(reduced: Reduced, block: Block) -> Certified:
    """Expand a block of cones to the rows of X and certify their witnesses."""
    X, d = reduced.X, reduced.X.shape[1]
    signs = reduced.expand(block.signs)
    W = reduced.lift(block.points)
    nonzero = np.flatnonzero(reduced.side)
    scaled, _ = normalised_rows(X[nonzero])
    scaled = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    heights = W @ scaled.T
    heights *= signs if len(nonzero) == len(X) else signs[:, nonzero]
    margins = heights.min(axis=1) / np.linalg.norm(W, axis=1)
    for k in np.flatnonzero(~(margins > (d + 8) * UNIT)):
        if not (activation_signs(X, W[k : k + 1])[0] == signs[k]).all():
            W[k] = _thin_witness(X, signs[k])
        margins[k] = _exact_margin(X, W[k], signs[k])
    return signs, W, margins


def _thin_witness(X: NDArray[np.float64], signs: NDArray[np.int8]) -> NDArray[np.float64]:
    """Find a vector inside a cone that rounding its points leaves."""
    nonzero = np.flatnonzero(signs)
    integers = integer_rows(X[nonzero])
    w, _ = interior_vector([[int(s) * a for a in row] for s, row in zip(signs[nonzero], integers, strict=True)])
    top = max(map(abs, w))
    # Integers of up to 53 bits are scaled by a power of two; a Fraction is the best that can be done.
    unit = Fraction(2) ** frexp(top)[1]
    return np.array([float(a / unit) for a in w])


def _exact_margin(X: NDArray[np.float64], w: NDArray[np.float64], signs: NDArray[np.int8]) -> float:
    """Round min |x_k · w| / (‖x_k‖ ‖w‖) once; 0 if w does not have these signs."""
    (direction,) = integer_rows(w[None])
    nonzero = np.flatnonzero(signs)
    margin = np.inf
    for s, row in zip(signs[nonzero].tolist(), integer_rows(X[nonzero]), strict=True):
        height = s * dot(row, direction)
        if height <= 0:
            return 0.0
        # A quotient of integers is rounded correctly, however long they are.
        norms = isqrt(dot(row, row) * dot(direction, direction) << 128)
        margin = min(margin, (height << 64) / norms)
    return margin


def _blocks(X: NDArray[np.float64]) -> Iterator[Certified]:
    """Certified halves of all cones; nothing for data without a nonzero row."""
    reduced = reduce_rows(X)
    if reduced.planes is not None:
        for block in cell_blocks(reduced.planes):
            yield _certified(reduced, block)


def _whole_space(d: int) -> NDArray[np.float64]:
    witness = np.zeros(d)
    witness[0] = 1.0
    return witness


def _frozen(*arrays: np.ndarray) -> None:
    for array in arrays:
        array.setflags(write=False)


def cones(X: ArrayLike) -> Iterator[Cone]:
    """Every activation cone once: the full-dimensional faces of the hyperplanes x_k^⊥.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row.  Rows may be 0, repeated, parallel or dependent in any other way.

    Yields
    ------
    Cone
        With exact `signs` (n,) in the order of the rows, a `witness` (d,) strictly inside whose signs are
        exactly those, and its `margin`.  A cone is followed by its antipode.  The order is reproducible.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If X is not a nonempty two-dimensional array of finite real numbers; at the call, not at the first
        cone.

    Notes
    -----
    Memory does not grow with the number of cones in general position, of which there are `cover_count(n, d)`.

    Examples
    --------
    >>> from extremal.geometry import cones
    >>> sorted(cone.signs.tolist() for cone in cones([[1.0, 0.0], [1.0, 2.0], [-2.0, -4.0]]))
    [[-1, -1, 1], [-1, 1, -1], [1, -1, 1], [1, 1, -1]]
    """
    return _cones(as_features(X))


def _cones(X: NDArray[np.float64]) -> Iterator[Cone]:
    empty = True
    for signs, W, margins in _blocks(X):
        empty = False
        opposite, away = -signs, -W
        _frozen(signs, W, opposite, away)
        for one, w, other, v, margin in zip(signs, W, opposite, away, margins.tolist(), strict=True):
            yield Cone(one, w, margin)
            yield Cone(other, v, margin)
    if empty:
        yield Cone(np.zeros(len(X), dtype=np.int8), _whole_space(X.shape[1]), np.inf)


def cone_arrays(X: ArrayLike) -> ConeArrays:
    """All activation cones at once, as arrays: the cones of `cones` without an object for each.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row.

    Returns
    -------
    ConeArrays
        `signs` (K, n) int8, `witnesses` (K, d), `margins` (K,), and `packed` bits.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As in `cones`.

    Examples
    --------
    >>> from extremal.geometry import cone_arrays
    >>> cone_arrays([[1.0, 0.0], [0.0, 1.0]])
    ConeArrays(4 cones, n=2, d=2)
    """
    X = as_features(X)
    parts = list(_blocks(X))
    if not parts:
        whole = (np.zeros((1, len(X)), dtype=np.int8), _whole_space(X.shape[1])[None], np.array([np.inf]))
        _frozen(*whole)
        return ConeArrays(*whole)
    half = sum(len(margins) for _, _, margins in parts)
    signs = np.empty((2 * half, len(X)), dtype=np.int8)
    W = np.empty((2 * half, X.shape[1]))
    margins = np.empty(2 * half)
    start = 0
    for part in parts:
        stop = start + len(part[2])
        signs[start:stop], W[start:stop], margins[start:stop] = part
        np.negative(part[0], out=signs[half + start : half + stop])
        np.negative(part[1], out=W[half + start : half + stop])
        margins[half + start : half + stop] = part[2]
        start = stop
    _frozen(signs, W, margins)
    return ConeArrays(signs, W, margins)


def as_dimension(dim: object, d: int) -> int:
    """Check a dimension of faces in R^d.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        Unless `dim` is an integer from 1 to d.
    """
    try:
        if isinstance(dim, bool | np.bool_):
            raise TypeError
        value = as_index(dim)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidTypeError(f"dim is {dim!r}; expected an integer from 1 to {d}, or None") from None
    if not 1 <= value <= d:
        raise InvalidValueError(
            f"dim is {value}; the faces of samples in R^{d} have dimensions 1 to {d} (pass None for all)"
        )
    return value


def faces(X: ArrayLike, dim: int | None = None) -> Iterator[Face]:
    """Every face once: the sets of w ≠ 0 on which the activation pattern is constant.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Samples, one a row.
    dim : int, optional
        Only faces of this dimension, 1 to d; by default all, in ascending dimension.  Those of dimension d
        are the activation cones.  If X has rank r < d, no face has a dimension below d − r, and the only one
        of dimension d − r is the subspace that is orthogonal to all rows.

    Yields
    ------
    Face
        With exact `signs` (n,), `zero_set`, `dim` and an approximate `witness` (d,).

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As in `cones`, and if `dim` is not an integer from 1 to d.

    Examples
    --------
    >>> from extremal.geometry import faces
    >>> [face.zero_set.tolist() for face in faces([[1.0, 0.0], [0.0, 1.0]], dim=1)]
    [[0], [0], [1], [1]]
    """
    X = as_features(X)
    d = X.shape[1]
    return _faces(X, list(range(1, d + 1)) if dim is None else [as_dimension(dim, d)])


def _faces(X: NDArray[np.float64], dims: list[int]) -> Iterator[Face]:
    n, d = X.shape
    reduced = reduce_rows(X)
    for dim in dims:
        codim = d - dim
        if codim == reduced.rank:
            # The subspace that is orthogonal to all rows; R^d itself if they are all 0.
            if codim:
                exact = null_space(integer_rows(X), d)[0]
                scale = max(map(abs, exact))
                witness = np.array([a / scale for a in exact])
            else:
                witness = _whole_space(d)
            nothing = np.zeros(n, dtype=np.int8)
            _frozen(nothing, witness)
            yield Face(nothing, dim, witness)
        elif codim < reduced.rank:
            assert reduced.planes is not None
            for block in face_blocks(reduced.planes, codim):
                if codim:
                    signs, W = reduced.expand(block.signs), reduced.lift(block.points)
                else:
                    signs, W, _ = _certified(reduced, block)
                opposite, away = -signs, -W
                _frozen(signs, W, opposite, away)
                for one, w, other, v in zip(signs, W, opposite, away, strict=True):
                    yield Face(one, dim, w)
                    yield Face(other, dim, v)
