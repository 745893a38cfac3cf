"""Vertices and volume of a zonotope base + Σ_k [0, 1] g_k.

A vertex is the point where u·v is largest, for all u of one cone of the arrangement of the hyperplanes g_k^⊥:
`iter_vertices` goes through the cones. The rest is for dimension at most three, where the boundary has an order.
Which generators a vertex uses is combinatorics, decided in integers: a float is an integer times a power of
two, and scaling a generator by a positive number changes no sign. Parallel generators are merged first. In
the plane the boundary is a walk along the generators sorted by angle. In space every facet has a normal
g_i × g_j; the generators along the facet give a planar zonotope, the others sit at the end that the normal
points to.
"""

from collections.abc import Iterator
from functools import cmp_to_key
from itertools import combinations, islice
from math import comb, gcd

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidValueError
from ..exact._signs import integers
from ..hyperplanes._faces import cones

__all__ = ["exact_rank", "iter_vertices", "merge_parallel", "vertices", "volume"]

# Determinants to sum for a volume: a few seconds of work.
VOLUME_TERMS = 5_000_000

# Cones or subsets that are taken together, to spare numpy's cost of a call.
BATCH = 2**10

# A determinant of three rounded rows in [−1, 1], from a rounded cross product: six terms of size at most 1,
# three rounded entries and at most six further roundings each, an error below 6 · 9 · 2^-53 to first order.
DETERMINANT_ERROR = 32 * 2.0**-52

Direction = tuple[int, ...]


def merge_parallel(
    base: NDArray[np.float64], generators: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[Direction]]:
    """
    Merge parallel generators and leave out zeros.

    Parameters
    ----------
    base : ndarray of shape (d,)
        The point with all multipliers 0.
    generators : ndarray of shape (m, d)
        The vectors g_k.

    Returns
    -------
    base : ndarray of shape (d,)
        Moved by the generators that were turned round.
    merged : ndarray of shape (c, d)
        One generator a line, with its last nonzero entry positive.
    directions : list of c tuples of d int
        The primitive integer vectors along them.
    """
    base, lines = base.copy(), dict[Direction, NDArray[np.float64]]()
    for g in generators:
        whole = integers(g)
        divisor = gcd(*whole)
        if divisor == 0:
            continue
        turned = [a for a in whole if a][-1] < 0
        direction = tuple((-a if turned else a) // divisor for a in whole)
        if turned:
            base += g
        lines[direction] = lines.get(direction, np.zeros_like(g)) + (-g if turned else g)
    merged = np.array(list(lines.values())).reshape(len(lines), generators.shape[1])
    return base, merged, list(lines)


def exact_rank(directions: list[Direction]) -> int:
    """Compute the rank of integer vectors by elimination without fractions."""
    echelon: dict[int, list[int]] = {}
    for direction in directions:
        row = list(direction)
        for pivot, other in echelon.items():
            if row[pivot]:
                a, b = other[pivot], row[pivot]
                row = [a * p - b * q for p, q in zip(row, other, strict=True)]
        if any(row):
            divisor = gcd(*row)
            echelon[next(i for i, a in enumerate(row) if a)] = [a // divisor for a in row]
            if len(echelon) == len(direction):
                break
    return len(echelon)


def iter_vertices(base: NDArray[np.float64], generators: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """
    Yield the vertices of base + Σ_k [0, 1] g_k in any dimension, one for each cone of the hyperplanes g_k^⊥.

    Parameters
    ----------
    base : ndarray of shape (d,)
        The point with all multipliers 0.
    generators : ndarray of shape (m, d)
        The vectors g_k.

    Yields
    ------
    ndarray of shape (d,)
        base + Σ_{u·g_k > 0} g_k for u in the cone.
    """
    if len(generators) == 0:
        yield base.copy()
        return
    every = cones(generators)
    while batch := [cone.signs for cone in islice(every, BATCH)]:
        yield from base + (np.array(batch) > 0).astype(np.float64) @ generators


def vertices(base: NDArray[np.float64], generators: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    List the vertices of base + Σ_k [0, 1] g_k, d ≤ 3.

    Parameters
    ----------
    base : ndarray of shape (d,)
        The point with all multipliers 0.
    generators : ndarray of shape (m, d)
        The vectors g_k.

    Returns
    -------
    ndarray of shape (v, d)
        Counter-clockwise from the lowest when d = 2, ascending when d = 1, in lexicographic order when d = 3.
    """
    start, merged, directions = merge_parallel(base, generators)
    d = len(base)
    if exact_rank(directions) < 3:
        plane = _coordinates(directions, d)
        order, turned = _by_angle([tuple(v[i] for i in plane) for v in directions])
        steps = np.where(turned, -1.0, 1.0)[order, None] * merged[order]
        first = start + merged[turned].sum(axis=0)
        offsets = np.vstack([np.zeros(d), np.cumsum(steps, axis=0)])
        back = steps.sum(axis=0) - offsets[1:-1]  # the other half is the mirror image in the centre
        result = first + np.vstack([offsets, back])
    else:
        labels = _labels_in_space(directions)
        result = start + labels.astype(np.float64) @ merged
    return result[np.lexsort(result.T[::-1])] if d == 3 else result


def volume(base: NDArray[np.float64], generators: NDArray[np.float64]) -> float:
    """
    Compute the d-dimensional volume Σ |det(g_k1, …, g_kd)| over the d-subsets of generators.

    Raises
    ------
    InvalidValueError
        More than `VOLUME_TERMS` subsets of generators that are not parallel.
    """
    d = len(base)
    _, merged, directions = merge_parallel(base, generators)
    if exact_rank(directions) < d:
        return 0.0
    terms = comb(len(merged), d)
    if terms > VOLUME_TERMS:
        raise InvalidValueError(
            f"{len(merged)} different generators in R^{d} give {terms} determinants; volume() "
            f"expects at most {VOLUME_TERMS}: use iter_vertices() and a convex hull"
        )
    exponent = int(np.frexp(np.abs(merged).max())[1])
    merged = np.ldexp(merged, -exponent)
    subsets = combinations(range(len(merged)), d)
    total = 0.0
    while batch := list(islice(subsets, 32 * BATCH)):
        total += float(np.abs(np.linalg.det(merged[np.array(batch)])).sum())
    with np.errstate(over="ignore", under="ignore"):
        return float(np.ldexp(total, exponent * d))


def _coordinates(directions: list[Direction], d: int) -> tuple[int, ...]:
    """Choose coordinates in which vectors that span at most a plane of R^d keep their rank."""
    rank = exact_rank(directions)
    choices = combinations(range(d), min(2, d))
    return next(p for p in choices if exact_rank([tuple(v[i] for i in p) for v in directions]) == rank)


def _by_angle(directions: list[Direction]) -> tuple[list[int], list[bool]]:
    """Sort pairwise non-parallel vectors of the plane, turned into the upper half plane, by angle."""
    turned = [[a for a in v if a][-1] < 0 for v in directions]  # the last nonzero entry is negative
    upper = [tuple(-a for a in v) if turn else v for v, turn in zip(directions, turned, strict=True)]

    def clockwise(i: int, j: int) -> int:
        area = upper[i][0] * upper[j][1] - upper[i][1] * upper[j][0]
        return (area < 0) - (area > 0)

    if len(upper) < 2:
        return list(range(len(upper))), turned
    return sorted(range(len(upper)), key=cmp_to_key(clockwise)), turned


def _walk(order: list[int], turned: list[bool]) -> NDArray[np.bool_]:
    """Go once round a planar zonotope; each row says which generators are used at that vertex."""
    label = np.array(turned)
    labels = [label.copy()]
    for i in [*order, *order][:-1]:
        label[i] ^= True
        labels.append(label.copy())
    return np.array(labels)


def _labels_in_space(directions: list[Direction]) -> NDArray[np.bool_]:
    """List which generators each vertex uses, vertex by vertex, for generators that span R^3."""
    c = len(directions)
    scaled = np.array([[a / max(map(abs, v)) for a in v] for v in directions])
    seen: dict[bytes, NDArray[np.bool_]] = {}
    for i, j in combinations(range(c), 2):
        signs = _sides(i, j, scaled, directions)
        flat = [k for k in range(c) if signs[k] == 0]
        if flat[:2] != [i, j]:
            continue  # the same facet as an earlier pair
        members = [directions[k] for k in flat]
        plane = _coordinates(members, 3)
        order, turned = _by_angle([tuple(v[a] for a in plane) for v in members])
        around = _walk(order, turned)
        for end in (signs > 0, signs < 0):
            labels = np.tile(end, (len(around), 1))
            labels[:, flat] = around
            seen.update((label.tobytes(), label) for label in labels)
    return np.array(list(seen.values()))


def _sides(i: int, j: int, scaled: NDArray[np.float64], directions: list[Direction]) -> NDArray[np.int8]:
    """Compute the signs of det(g_i, g_j, g_k) for every k, exact."""
    values = scaled @ np.cross(scaled[i], scaled[j])
    signs = np.sign(values).astype(np.int8)
    (a, b, c), (p, q, r) = directions[i], directions[j]
    normal = (b * r - c * q, c * p - a * r, a * q - b * p)
    for k in np.flatnonzero(np.abs(values) <= DETERMINANT_ERROR):
        exact = 0 if k in (i, j) else sum(s * t for s, t in zip(normal, directions[k], strict=True))
        signs[k] = (exact > 0) - (exact < 0)
    return signs
