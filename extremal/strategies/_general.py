"""General position: rows are moved by the least steps after which every d of them are independent.

A row is free to stay where it is unless it lies on one of the finitely many hyperplanes through d − 1 earlier rows;
then lattice steps are tried, the shortest ones first, until one leaves them all. All tests are exact, in integers.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, count, islice, product
from math import frexp, gcd
from typing import Any

import numpy as np
from hypothesis import reject
from numpy.typing import NDArray

__all__ = ["in_general_position"]

# Steps that are tried at once, and blocks of them after which the draw is given up: on the grid of the default elements
# the first few blocks do; floats so far apart that a step is lost in rounding can come here.
BLOCK, BLOCKS = 512, 50
# Products of integers are computed in int64 if they stay below this, and in Python integers otherwise.
FITS = 2**62


def in_general_position(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move rows of shape (n, d) until every min(n, d) of them are independent."""
    d = rows.shape[1]
    done: list[NDArray[np.float64]] = []
    whole: list[list[int]] = []
    normals: list[list[int]] = []
    for row in rows:
        k = len(done)
        place, integers = _moved(row, normals) if k >= d - 1 else _raised(row, whole)
        done.append(place)
        whole.append(integers)
        # Hyperplanes through the new row and d − 2 earlier ones.
        if k + 1 >= d - 1 and d > 1:
            normals += [_normal([*(whole[i] for i in chosen), integers], d) for chosen in combinations(range(k), d - 2)]
        elif d == 1:
            normals = [[1]]
    return np.array(done) + 0.0


def _moved(row: NDArray[np.float64], normals: list[list[int]]) -> tuple[NDArray[np.float64], list[int]]:
    """Leave the hyperplanes of the normals."""
    planes = normals or [[1]]  # d = 1: a row is to be nonzero
    size = max(abs(entry) for normal in planes for entry in normal)
    matrix = np.array(planes, dtype=np.int64 if size < FITS else object)
    for candidates in _candidates(row):
        integers = _integers(candidates)
        short = len(row) * size * max(int(np.abs(integers).max()), 1) < FITS
        off = ((matrix if short else matrix.astype(object)) @ integers.T != 0).all(axis=0)
        if off.any():
            first = int(off.argmax())
            return candidates[first], integers[first].tolist()
    reject()


def _raised(row: NDArray[np.float64], earlier: list[list[int]]) -> tuple[NDArray[np.float64], list[int]]:
    """Leave the span of fewer than d − 1 rows."""
    for candidates in _candidates(row):
        for candidate, integers in zip(candidates, _integers(candidates).tolist(), strict=True):
            if len(_echelon([*earlier, integers])) > len(earlier):
                return candidate, integers
    reject()


def _candidates(row: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Blocks of places, the row itself first."""
    yield row[None, :]
    size = float(np.abs(row).max())
    unit = 2.0 ** (frexp(size)[1] - 1) if size > 0 else 1.0
    for number in range(BLOCKS):
        with np.errstate(over="ignore"):
            block = row + unit * _steps(row.size, number)
        block = block[np.isfinite(block).all(axis=1)]
        if len(block):
            yield block


@lru_cache(maxsize=64)
def _steps(d: int, number: int) -> NDArray[np.float64]:
    """One block of steps."""
    return np.array(list(islice(_lattice(d), number * BLOCK, (number + 1) * BLOCK)), dtype=float)


def _lattice(d: int) -> Iterator[tuple[int, ...]]:
    """Nonzero vectors of integers, by their largest entry: e_1, −e_1, e_2, … come early."""
    for radius in count(1):
        entries = [0, *(sign * k for k in range(1, radius + 1) for sign in (1, -1))]
        for step in product(entries, repeat=d):
            if radius in step or -radius in step:
                yield step[::-1]


def _integers(rows: NDArray[np.float64]) -> NDArray[Any]:
    """Each row times a number that makes its entries integers."""
    if (np.abs(rows) < 2.0**48).all():
        scaled = 16.0 * rows
        if np.array_equal(scaled, np.rint(scaled)):
            return scaled.astype(np.int64)
    result = []
    for row in rows.tolist():
        ratios = [entry.as_integer_ratio() for entry in row]
        common = max(q for _, q in ratios)  # powers of two
        result.append([p * (common // q) for p, q in ratios])
    return np.array(result, dtype=object)


def _echelon(rows: list[list[int]]) -> list[tuple[int, list[int]]]:
    """Reduced rows with their pivots, by elimination without division."""
    reduced: list[tuple[int, list[int]]] = []
    for row in rows:
        for pivot, other in reduced:
            if row[pivot]:
                row = [other[pivot] * a - row[pivot] * b for a, b in zip(row, other, strict=True)]
        pivot = next((i for i, entry in enumerate(row) if entry), -1)
        if pivot < 0:
            continue
        row = _primitive(row)
        reduced = [(p, _cleared(other, row, pivot)) for p, other in reduced]
        reduced.append((pivot, row))
    return reduced


def _cleared(other: list[int], row: list[int], pivot: int) -> list[int]:
    if not other[pivot]:
        return other
    return _primitive([row[pivot] * a - other[pivot] * b for a, b in zip(other, row, strict=True)])


def _primitive(row: list[int]) -> list[int]:
    common = gcd(*row)
    return [entry // common for entry in row]


def _normal(rows: list[list[int]], d: int) -> list[int]:
    """Find the normal of d − 1 independent rows."""
    reduced = _echelon(rows)
    free = next(i for i in range(d) if all(i != pivot for pivot, _ in reduced))
    scale = 1
    for pivot, row in reduced:
        scale *= row[pivot]
    normal = [0] * d
    normal[free] = scale
    for pivot, row in reduced:
        normal[pivot] = -row[free] * (scale // row[pivot])
    return _primitive(normal)
