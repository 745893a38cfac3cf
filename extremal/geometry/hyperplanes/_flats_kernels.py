"""Compiled kernel: the cells B(F) of a degenerate flat, from the flats inside it.

Arrays in, arrays out; `_covectors` has the recursion B(F) = T_{ρ-1} minus (T_{ρ-2} minus (…)) and its proof.
A cell is kept as the bits of its positive rows, in as many words as it takes, and differences of sets go
through a hash table.
"""

import numpy as np
from numba import njit

__all__ = ["bounded_cells"]


@njit(cache=True, nogil=True)
def _pack(flags):
    """Rows of booleans to rows of 64-bit words."""
    count, width = flags.shape
    words = np.zeros((count, width // 64 + 1), dtype=np.uint64)
    for k in range(count):
        for j in range(width):
            if flags[k, j]:
                words[k, j >> 6] |= np.uint64(1) << np.uint64(j & 63)
    return words


@njit(cache=True, nogil=True)
def _hash(word):
    """Mix the bits of one key."""
    total = np.uint64(0)
    for a in range(len(word)):
        total = (total ^ word[a]) * np.uint64(0x9E3779B97F4A7C15)
        total ^= total >> np.uint64(29)
    return np.int64(total & np.uint64(0x7FFFFFFFFFFFFFFF))


@njit(cache=True, nogil=True)
def _same(left, right):
    for a in range(len(left)):  # noqa: SIM110 (compiled)
        if left[a] != right[a]:
            return False
    return True


@njit(cache=True, nogil=True)
def _next_inside(front, missing, start, stop):
    """First place from `start` on without a bit in `missing`.  This runs over every pair of flats."""
    for g in range(start, stop):
        if not front[g] & missing:
            return g
    return stop


@njit(cache=True, nogil=True)
def _longer(array, length):
    """Copy to an array with room for `length` rows."""
    result = np.empty((length, array.shape[1]), dtype=array.dtype)
    result[: len(array)] = array
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _walk(rows, inside, outside, positive, start, edge, target):
    """Write start + t · edge to `target`, half way to the first wall in `inside` minus `outside`."""
    step = np.inf
    for l in range(rows.shape[0]):
        word, bit = l >> 6, np.uint64(1) << np.uint64(l & 63)
        if inside[word] & bit and not outside[word] & bit:
            along, height = 0.0, 0.0
            for a in range(rows.shape[1]):
                along += rows[l, a] * edge[a]
                height += rows[l, a] * start[a]
            if not positive[word] & bit:
                along, height = -along, -height
            if along < 0.0 and height > 0.0:
                step = min(step, -height / along)
    size_start, size_edge = 0.0, 0.0
    for a in range(rows.shape[1]):
        size_start = max(size_start, abs(start[a]))
        size_edge = max(size_edge, abs(edge[a]))
    if size_edge > 0.0:
        step = min(0.5 * step, size_start / size_edge)
    else:
        step = 0.0
    for a in range(rows.shape[1]):
        target[a] = start[a] + step * edge[a]


@njit(cache=True, nogil=True, error_model="numpy")
def bounded_cells(rows, signs, zero, simple, ranks, vectors, lowest, rank, whole):
    """B(F) restricted to a flat Z of rank `lowest` < `rank` of F, or half of all cells.

    Parameters
    ----------
    rows : (m, r) float64
        The rows of F.
    signs : (K, m) int8, zero : (K, m) bool, simple : (K,) bool, ranks : (K,) int64, vectors : (K, r) float64
        The flats G with Z ⊆ G < F in ascending rank: of a simple one the cell s_G ∘ b (0 on Z) and a point of
        it, of another one the covector of its ray and the ray.
    lowest, rank : int
    whole : bool
        F is the whole arrangement and what is wanted are its cells, one of each antipodal pair: T_{r-1},
        T_{r-3}, ….

    Returns
    -------
    signs : (N, m) int8, points : (N, r) float64
    """
    count, m = signs.shape
    dimension = rows.shape[1]
    flat = _pack(zero)
    positive = _pack(signs > 0)
    words = flat.shape[1]
    front = flat[:, 0].copy()
    stop = np.searchsorted(ranks, np.arange(rank + 1))
    everything = _pack(np.ones((1, m), dtype=np.bool_))[0]
    pool = np.empty((1024, words), dtype=np.uint64)
    points = np.empty((1024, dimension))
    begin = np.zeros(count + 1, dtype=np.int64)
    end = np.zeros(count + 1, dtype=np.int64)
    used = 0
    current = np.empty((64, words), dtype=np.uint64)
    following = np.empty((64, words), dtype=np.uint64)
    places = np.empty((64, dimension))
    key = np.empty(words, dtype=np.uint64)

    for h in range(count + 1):
        if h < count and simple[h]:
            continue
        top = rank if h == count else ranks[h]
        ambient = everything if h == count else flat[h]
        missing = ~ambient[0]
        held = 0
        g = 0
        last = whole and h == count
        for t in range(lowest, top):
            if last and (top - t) % 2 == 0:
                g = stop[t + 1]
                continue
            size = 2
            if not last:
                while size < 2 * held + 2:
                    size *= 2
            table = np.full(size, -1, dtype=np.int64)
            fresh = held if last else 0
            if not last:
                for k in range(held):
                    slot = _hash(current[k]) & (size - 1)
                    while table[slot] >= 0:
                        slot = (slot + 1) & (size - 1)
                    table[slot] = k
            while True:
                g = _next_inside(front, missing, g, stop[t + 1])
                if g == stop[t + 1]:
                    break
                below = True
                for a in range(1, words):
                    if flat[g, a] & ~ambient[a]:
                        below = False
                        break
                if below:
                    number = 1 if simple[g] else end[g] - begin[g]
                    if fresh + number > len(following):
                        following = _longer(following, 2 * (fresh + number))
                        places = _longer(places, 2 * (fresh + number))
                    for k in range(number):
                        for a in range(words):
                            key[a] = positive[g, a] & ambient[a]
                            if not simple[g]:
                                key[a] |= pool[begin[g] + k, a]
                        slot = _hash(key) & (size - 1)
                        known = False
                        while table[slot] >= 0:
                            if _same(current[table[slot]], key):
                                known = True
                                break
                            slot = (slot + 1) & (size - 1)
                        if known:
                            continue
                        following[fresh] = key
                        if t == top - 1 or last:
                            if simple[g]:
                                places[fresh] = vectors[g]
                            else:
                                edge = points[begin[g] + k]
                                _walk(rows, ambient, flat[g], key, vectors[g], edge, places[fresh])
                        fresh += 1
                g += 1
            held = fresh
            if last:
                continue
            current, following = following, current
            if len(following) < len(current):
                following = _longer(following, len(current))
        if used + held > len(pool):
            pool = _longer(pool, 2 * (used + held))
            points = _longer(points, 2 * (used + held))
        if held == 0 and lowest == top:
            # Z itself: nothing is left to cut, one cell.
            if used + 1 > len(pool):
                pool = _longer(pool, 2 * used)
                points = _longer(points, 2 * used)
            pool[used] = 0
            points[used] = 0.0
            held = 1
        else:
            pool[used : used + held] = following[:held] if last else current[:held]
            points[used : used + held] = places[:held]
        begin[h], end[h] = used, used + held
        used += held

    number = end[count] - begin[count]
    result = np.empty((number, m), dtype=np.int8)
    base = flat[0] if lowest > 0 else np.zeros(words, dtype=np.uint64)
    for k in range(number):
        for j in range(m):
            word, bit = j >> 6, np.uint64(1) << np.uint64(j & 63)
            if base[word] & bit:
                result[k, j] = 0
            elif pool[begin[count] + k, word] & bit:
                result[k, j] = 1
            else:
                result[k, j] = -1
    return result, points[begin[count] : end[count]].copy()
