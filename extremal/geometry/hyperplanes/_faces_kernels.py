"""Compiled kernel: the flats of one rank of an arrangement, with the covector at each flat's ray.

Arrays in, arrays out; `_covectors` has the theorem and the meaning of the arguments.  Signs are signs of
determinants. For a prefix of r − 2 rows (flag vectors, then chosen rows) let B be the float matrix that
elimination gives, ``prefix · B ≈ [I | 0]``.  Whatever B is, exactly

    det [prefix; x; y] · det B = det(I + E) · det W,     W = (x, y)·(p, q) − G (I + E)^{-1} F

with p, q the last two columns of B, E and F the defects of ``prefix · B`` and G = (x, y) · (the other
columns).  So the sign of a determinant relative to another one with the same prefix is that of a 2 × 2
determinant whose entries are known up to a certified bound.  What the bound leaves open is settled modulo
primes when it is 0 (a minor that is divisible by primes whose product exceeds Hadamard's bound is 0) and is
handed back to the caller as UNCERTAIN otherwise.
"""

import numpy as np
from numba import njit

__all__ = ["DEGENERATE", "SIMPLE", "UNCERTAIN", "flat_block"]

SIMPLE, DEGENERATE, UNCERTAIN = 0, 1, 2

UNIT = 2.0**-53


@njit(cache=True, nogil=True)
def _dependent(residues, primes, index, count, work):
    """Whether `count` integer rows are dependent: exact, as the product of the primes exceeds every minor."""
    width = residues.shape[2]
    for a in range(len(primes)):
        p = primes[a]
        for i in range(count):
            for j in range(width):
                work[i, j] = residues[a, index[i], j]
        rank = 0
        for j in range(width):
            found = -1
            for i in range(rank, count):
                if work[i, j] != 0:
                    found = i
                    break
            if found < 0:
                continue
            if found != rank:
                for t in range(j, width):
                    work[found, t], work[rank, t] = work[rank, t], work[found, t]
            head = work[rank, j]
            for i in range(rank + 1, count):
                factor = work[i, j]
                if factor != 0:
                    for t in range(j, width):
                        work[i, t] = (work[i, t] * head - work[rank, t] * factor) % p
            rank += 1
            if rank == count:
                break
        if rank == count:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _insert(source, target, row, position, values):
    """Make `row` dual to column `position`, a step of Gauss-Jordan on columns; the relative pivot."""
    width = source.shape[0]
    pivot, best, largest = position, -1.0, 0.0
    for j in range(width):
        total = 0.0
        for a in range(width):
            total += row[a] * source[a, j]
            largest = max(largest, abs(source[a, j]))
        values[j] = total
        if j >= position and abs(total) > best:
            best = abs(total)
            pivot = j
    head = values[pivot]
    for a in range(width):
        column = source[a, pivot] / head
        for j in range(width):
            target[a, j] = source[a, j] - values[j] * column
        if pivot != position:
            target[a, pivot] = source[a, position] - values[position] * column
        target[a, position] = column
    return best / largest


@njit(cache=True, nogil=True, error_model="numpy")
def _project(row, basis, column_bound, defect, out):
    """Write row · basis to `out`; returns a bound on how far it is from the exact Schur complement W."""
    width = basis.shape[0]
    rounding = 0.0
    for j in range(width):
        out[j] = 0.0
    for a in range(width):
        for j in range(width):
            out[j] += row[a] * basis[a, j]
        rounding += abs(row[a]) * column_bound[a]
    rounding = rounding * (width + 6) * UNIT + 1e-280
    outside = width * rounding
    for j in range(width - 2):
        outside += abs(out[j])
    return rounding + 2.2 * defect * outside


@njit(cache=True, nogil=True, error_model="numpy")
def _cross(x, e, y, f):
    """Sign (2 if uncertain) and value of the determinant of the last two entries of x and y, errors e, f."""
    k = len(x) - 2
    left, right = x[k] * y[k + 1], x[k + 1] * y[k]
    value = left - right
    error = (e * (abs(y[k]) + abs(y[k + 1])) + f * (abs(x[k]) + abs(x[k + 1])) + 2.0 * e * f) * 1.0001
    error += 4.0 * UNIT * (abs(left) + abs(right)) + 1e-300
    if value > error:
        return 1, value
    if value < -error:
        return -1, value
    return 2, value


@njit(cache=True, nogil=True, error_model="numpy")
def _determinant(k, x, e, y, f, z, g):
    """Sign of the 3 × 3 determinant of columns k and the last two; 2 if uncertain."""
    n = len(x) - 2
    value = (
        x[k] * (y[n] * z[n + 1] - y[n + 1] * z[n])
        - y[k] * (x[n] * z[n + 1] - x[n + 1] * z[n])
        + z[k] * (x[n] * y[n + 1] - x[n + 1] * y[n])
    )
    a = max(abs(x[k]), abs(x[n]), abs(x[n + 1]))
    b = max(abs(y[k]), abs(y[n]), abs(y[n + 1]))
    c = max(abs(z[k]), abs(z[n]), abs(z[n + 1]))
    error = 6.1 * (e * (b + f) * (c + g) + f * (a + e) * (c + g) + g * (a + e) * (b + f))
    error += 48.0 * UNIT * a * b * c + 1e-300
    if value > error:
        return 1
    if value < -error:
        return -1
    return 2


@njit(cache=True, nogil=True, error_model="numpy")
def _superseded(rows, residues, primes, basis, position, comb, count, index, work):
    """Whether a row before comb[count - 1] is in the span of the chosen ones but not of those before it.

    Then the chosen rows are not the first basis of their flat, nor is any continuation of them that of its
    own.
    """
    width = basis.shape[0]
    largest = 0.0
    for a in range(width):
        for j in range(position, width):
            largest = max(largest, abs(basis[a, j]))
    for l in range(comb[count - 1]):
        below = 0
        while comb[below] < l:
            index[below] = comb[below]
            below += 1
        if comb[below] == l:
            continue
        outside = 0.0
        for j in range(position, width):
            total = 0.0
            for a in range(width):
                total += rows[l, a] * basis[a, j]
            outside = max(outside, abs(total))
        # The float test only saves time: what it lets pass costs nothing but later tests.
        if outside <= 1e-8 * largest:
            index[below] = l
            if not _dependent(residues, primes, index, below + 1, work):
                for t in range(count):
                    index[t] = comb[t]
                index[count] = l
                if _dependent(residues, primes, index, count + 1, work):
                    return True
    return False


@njit(cache=True, nogil=True)
def _advance(comb, depth, count, rank):
    """Next choice at `depth`, later ones reset; returns the first depth that changed, −1 at the end."""
    while depth >= 0:
        comb[depth] += 1
        if comb[depth] <= count - rank + depth:
            for t in range(depth + 1, rank - 1):
                comb[t] = comb[t - 1] + 1
            return depth
        depth -= 1
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def flat_block(rows, flag, residues, primes, rank, comb, signs, sets, status, vectors):
    """Fill one block of flats of the given rank ≥ 1, in lexicographic order of their first bases.

    Parameters
    ----------
    rows : (m, r) float64
        Rows of full column rank r (or a subset of such rows), entries at most 1.
    flag : (r, r) float64
        The generic vectors c_0, …, c_{r-1}.
    residues, primes : (p, m, r) int64, (p,) int64
        The integer rows modulo primes below 2^31; p = 0 leaves every doubt to the caller.
    rank : int
        Rank of the flats.
    comb : (rank,) int64
        Where to go on: the first rank − 1 rows; comb[-1] is 1 at the end.  Changed in place.
    signs : (K, m) int8, sets : (K, rank) int64, status : (K,) int8, vectors : (K, r) float64
        Outputs; K ≥ m.  SIMPLE: the flat has `rank` rows, `signs` is the cell that has its ray as the lowest
        point, and `vectors` is a point of that cell.  DEGENERATE: `signs` is the ray's covector, `vectors`
        the ray.

    Returns
    -------
    int
        The number of flats written.
    """
    m, r = rows.shape
    head = r - 1 - rank
    chosen = rank - 1
    basis = np.zeros((chosen + 1, r, r))
    spare = np.zeros((r, r))
    values = np.zeros(r)
    work = np.zeros((rank + 1, r), dtype=np.int64)
    index = np.zeros(rank + 1, dtype=np.int64)
    prefix = np.zeros((r, r))
    bound = np.zeros(r)
    plane = np.zeros((m, r))
    error = np.zeros(m)
    low = np.zeros(r)
    up = np.zeros(r)
    closed = np.zeros(m, dtype=np.bool_)
    edge = np.zeros(r)
    capacity = len(status)
    count = 0

    for a in range(r):
        basis[0, a, a] = 1.0
    for t in range(head):
        for a in range(r):
            for j in range(r):
                spare[a, j] = basis[0, a, j]
            prefix[t, a] = flag[t, a]
        _insert(spare, basis[0], flag[t], t, values)

    depth = 0
    while comb[chosen] == 0 and count + m <= capacity:
        blocked = -1
        for t in range(depth, chosen):
            pivot = _insert(basis[t], basis[t + 1], rows[comb[t]], head + t, values)
            for a in range(r):
                prefix[head + t, a] = rows[comb[t], a]
            # A pivot this small is rounding or bad luck; only dependence ends the branch.
            if not pivot > 1e-8 and len(primes) and _dependent(residues, primes, comb, t + 1, work):
                blocked = t
                break
            if (
                t < chosen - 1
                and len(primes)
                and _superseded(rows, residues, primes, basis[t + 1], head + t + 1, comb, t + 1, index, work)
            ):
                blocked = t
                break
        if blocked < 0:
            # How far prefix · B is from [I | 0].
            B = basis[chosen]
            for a in range(r):
                bound[a] = 0.0
                for j in range(r):
                    bound[a] = max(bound[a], abs(B[a, j]))
            defect = 0.0
            for t in range(r - 2):
                slack = 0.0
                for a in range(r):
                    slack += abs(prefix[t, a]) * bound[a]
                for j in range(r):
                    total = -1.0 if j == t else 0.0
                    for a in range(r):
                        total += prefix[t, a] * B[a, j]
                    defect = max(defect, abs(total) + (r + 6) * UNIT * (slack + 1.0) + 1e-280)
                    if np.isnan(total):
                        defect = np.inf
            sound = (r - 2) * defect < 0.25
            wanted = True
            if sound:
                for l in range(m):
                    error[l] = _project(rows[l], B, bound, defect, plane[l])
                e_low = _project(flag[head], B, bound, defect, low)
                e_up = _project(flag[head + 1], B, bound, defect, up)
                pair_sign, _ = _cross(up, e_up, low, e_low)
                # Rows in the span of the chosen ones are 0 in the plane.
                for l in range(m):
                    closed[l] = False
                    if abs(plane[l, r - 2]) <= error[l] and abs(plane[l, r - 1]) <= error[l] and len(primes):
                        below = 0
                        own = False
                        for t in range(chosen):
                            own = own or comb[t] == l
                            if comb[t] < l:
                                index[below] = comb[t]
                                below += 1
                        if own:
                            closed[l] = True
                            continue
                        # The first basis of a flat: every other row depends on chosen rows before it.
                        index[below] = l
                        if _dependent(residues, primes, index, below + 1, work):
                            closed[l] = True
                            continue
                        for t in range(chosen):
                            index[t] = comb[t]
                        index[chosen] = l
                        if _dependent(residues, primes, index, chosen + 1, work):
                            wanted = False
                            break
            start = comb[chosen - 1] + 1 if chosen > 0 else 0
            if wanted:
                for last in range(start, m):
                    if sound and closed[last]:
                        continue
                    for t in range(chosen):
                        sets[count, t] = comb[t]
                    sets[count, chosen] = last
                    state = SIMPLE if sound else UNCERTAIN
                    span = 0.0
                    if sound:
                        orient, span = _cross(plane[last], error[last], low, e_low)
                        if orient == 2:
                            state = UNCERTAIN
                        skip = False
                        for l in range(m):
                            if state == UNCERTAIN:
                                break
                            own = l == last
                            for t in range(chosen):
                                own = own or comb[t] == l
                            if own:
                                signs[count, l] = 0
                                continue
                            if closed[l]:
                                signs[count, l] = 0
                                state = DEGENERATE
                                continue
                            s, _ = _cross(plane[last], error[last], plane[l], error[l])
                            if s == 2:
                                for t in range(chosen):
                                    index[t] = comb[t]
                                index[chosen] = last
                                index[rank] = l
                                if len(primes) and _dependent(residues, primes, index, rank + 1, work):
                                    # Outside the span of the chosen rows, so l depends on `last`,
                                    # which is the first of its flat only if l comes later.
                                    if l < last:
                                        skip = True
                                        break
                                    signs[count, l] = 0
                                    state = DEGENERATE
                                else:
                                    state = UNCERTAIN
                            else:
                                signs[count, l] = s * orient
                        if skip:
                            continue
                        k = r - 2
                        x0, x1 = plane[last, k], plane[last, k + 1]
                        if state == DEGENERATE:
                            for a in range(r):
                                vectors[count, a] = (x0 * B[a, k + 1] - x1 * B[a, k]) / span
                        elif state == SIMPLE:
                            if pair_sign == 2:
                                state = UNCERTAIN
                            else:
                                signs[count, last] = pair_sign * orient
                            for t in range(chosen):
                                s = _determinant(head + t, up, e_up, plane[last], error[last], low, e_low)
                                if s == 2:
                                    state = UNCERTAIN
                                    break
                                signs[count, comb[t]] = s * orient
                        if state == SIMPLE:
                            # The ray v and the edges e_k, in the coordinates of B, are the inverse of
                            # [chosen rows; last; flag[head]]: go from v along the sum of the edges,
                            # half way to the first hyperplane.
                            on_last, on_low = float(signs[count, last]), 0.0
                            for j in range(r):
                                edge[j] = 0.0
                            for t in range(chosen):
                                s = float(signs[count, comb[t]])
                                edge[head + t] = s
                                on_last -= s * plane[last, head + t]
                                on_low -= s * low[head + t]
                            v0, v1 = -x1 / span, x0 / span
                            edge[k] = (on_last * low[k + 1] - on_low * x1) / span
                            edge[k + 1] = (on_low * x0 - on_last * low[k]) / span
                            step = np.inf
                            for l in range(m):
                                along = plane[l, k] * edge[k] + plane[l, k + 1] * edge[k + 1]
                                for t in range(chosen):
                                    along += plane[l, head + t] * edge[head + t]
                                height = plane[l, k] * v0 + plane[l, k + 1] * v1
                                if along * signs[count, l] < 0.0 and height * signs[count, l] > 0.0:
                                    step = min(step, -height / along)
                            size_v, size_e = 0.0, 0.0
                            for a in range(r):
                                v = v0 * B[a, k] + v1 * B[a, k + 1]
                                e = edge[k] * B[a, k] + edge[k + 1] * B[a, k + 1]
                                for t in range(chosen):
                                    e += edge[head + t] * B[a, head + t]
                                values[a] = e
                                vectors[count, a] = v
                                size_v = max(size_v, abs(v))
                                size_e = max(size_e, abs(e))
                            step = min(0.5 * step, size_v / size_e)
                            for a in range(r):
                                vectors[count, a] += step * values[a]
                    status[count] = state
                    count += 1
        depth = _advance(comb, chosen - 1 if blocked < 0 else blocked, m, rank)
        if depth < 0:
            comb[chosen] = 1
    return count
