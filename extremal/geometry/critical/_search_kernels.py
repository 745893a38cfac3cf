"""Compiled kernels of the certified search: arrays in, arrays out.

A *region* is the simplicial cone C = {Σ λ_i v_i : λ ≥ 0} together with −C. Its vertices v_i are integer vectors
held in floats, and a split replaces v_i or v_j by an exact integer combination of the two, so the children cover
their parent without a gap. Rows are classified by certified signs of a_k·v_i; a region is dropped only on an
inequality that beats its own rounding error.

Six hypotheses are open on a region, one bit each:

    bit 0, 1   s = +1, −1 with w in C         bit 2, 3   s = +1, −1 with w in −C
    bit 4, 5   D = 0 with w in C, in −C

On −C the Clarke subdifferential is T − 𝒟(w), T = Σ_k (lo_k + hi_k) g_k, so with t = 0 on C and t = T on −C the
hypotheses read s(D − t) ∈ C for some D in the enclosure of 𝒟 on C, and one pass over the uncertain rows serves all.
"""

import numpy as np
from numba import njit

# Reassociated and contracted sums obey the same error bounds; nothing else of "fast math" does.
_SUMS = {"reassoc", "contract"}

STACK_FULL, BUFFER_FULL, RECORDS_FULL, BUDGET_SPENT, DONE = 1, 2, 3, 4, 0
CANDIDATE, LEAF, STUCK = 0, 1, 2


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _dot(a, b, dimension):
    total = 0.0
    for j in range(dimension):
        total += a[j] * b[j]
    return total


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _dual_vector(q, centre, vertices, dimension, u):
    """Write into u a vector of the dual cone (u·v_i ≥ 0, certified) that looks away from q; False if there is none."""
    along = 0.0
    for j in range(dimension):
        along += q[j] * centre[j]
    size = 0.0
    for j in range(dimension):
        u[j] = along * centre[j] - q[j]
        size += u[j] * u[j]
    size = np.sqrt(size)
    if size == 0.0:
        return False
    for j in range(dimension):
        u[j] /= size
    return _lift(u, centre, vertices, dimension)


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _lift(u, centre, vertices, dimension):
    """Add the least multiple of the centre that puts u in the dual cone, certified; then scale u to norm 1."""
    alpha = -np.inf
    for i in range(dimension):
        towards = 0.0
        rise = 0.0
        for j in range(dimension):
            towards -= u[j] * vertices[i, j]
            rise += centre[j] * vertices[i, j]
        if not rise > 0.0:
            return False
        alpha = max(alpha, towards / rise)
    alpha += 1e-13 * (1.0 + abs(alpha))
    size = 0.0
    for j in range(dimension):
        u[j] += alpha * centre[j]
        size += u[j] * u[j]
    size = np.sqrt(size)
    if size == 0.0:
        return False
    for j in range(dimension):
        u[j] /= size
    for i in range(dimension):
        value = 0.0
        norm = 0.0
        for j in range(dimension):
            value += u[j] * vertices[i, j]
            norm += vertices[i, j] * vertices[i, j]
        if not value >= (dimension + 4) * 4.5e-16 * np.sqrt(norm):
            return False
    return True


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _invert(vertices, dimension, work, inverse):
    """Write the facet normals f_i (f_i·v_j = δ_ij, up to rounding) as rows of `inverse`; False if singular."""
    for i in range(dimension):
        norm = 0.0
        for j in range(dimension):
            norm += vertices[i, j] * vertices[i, j]
        norm = np.sqrt(norm)
        for j in range(dimension):
            work[i, j] = vertices[i, j] / norm
            inverse[i, j] = 1.0 if i == j else 0.0
    for c in range(dimension):
        pivot = c
        for i in range(c + 1, dimension):
            if abs(work[i, c]) > abs(work[pivot, c]):
                pivot = i
        if work[pivot, c] == 0.0:
            return False
        if pivot != c:
            for j in range(dimension):
                work[c, j], work[pivot, j] = work[pivot, j], work[c, j]
                inverse[c, j], inverse[pivot, j] = inverse[pivot, j], inverse[c, j]
        scale = 1.0 / work[c, c]
        for j in range(dimension):
            work[c, j] *= scale
            inverse[c, j] *= scale
        for i in range(dimension):
            if i != c and work[i, c] != 0.0:
                factor = work[i, c]
                for j in range(dimension):
                    work[i, j] -= factor * work[c, j]
                    inverse[i, j] -= factor * inverse[c, j]
    # `inverse` now holds the inverse of the matrix with rows v_i: its columns are the facet normals.
    for i in range(dimension):
        for j in range(i + 1, dimension):
            inverse[i, j], inverse[j, i] = inverse[j, i], inverse[i, j]
    return True


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _facets(vertices, centre, dimension, square, inverse, duals):
    """Write certified dual vectors close to the facet normals into `duals`; returns how many there are."""
    count = 0
    if not _invert(vertices, dimension, square, inverse):
        return count
    for i in range(dimension):
        norm = np.sqrt(_dot(inverse[i], inverse[i], dimension))
        for j in range(dimension):
            duals[count, j] = inverse[i, j] / norm
        if _lift(duals[count], centre, vertices, dimension):
            count += 1
    return count


@njit(cache=True, nogil=True)
def _exclude(alive, dead, fixed, lower, upper, total, least, error, least_error):
    """Clear the hypotheses that a certified dual vector u excludes.

    u·D lies in fixed + [lower, upper] on C, and `total` is u·T. Where nothing certain acts (`dead`, bit 0 for C and
    bit 1 for −C), D is a combination of uncertain rows alone: if each of them strictly pulls out of the cone, only
    D = 0 is left, which is accounted for by its own hypothesis.
    """
    strict = least > least_error
    if alive & 1 and (fixed + upper < -error or (dead & 1 and strict and upper <= 0.0)):
        alive &= ~1
    if alive & 2 and (fixed + lower > error or (dead & 1 and strict and lower >= 0.0)):
        alive &= ~2
    if alive & 4 and (fixed + upper - total < -error or (dead & 2 and strict and lower >= 0.0)):
        alive &= ~4
    if alive & 8 and (fixed + lower - total > error or (dead & 2 and strict and upper <= 0.0)):
        alive &= ~8
    if alive & 16 and (fixed + upper < -error or fixed + lower > error):
        alive &= ~16
    if alive & 32 and (fixed + upper - total < -error or fixed + lower - total > error):
        alive &= ~32
    return alive


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _try(u, alive, dead, fixed, rows, first, last, g, lo, hi, total, error):
    """Bound u·D over the enclosure, u a certified unit vector of the dual cone, and exclude what that excludes."""
    dimension = g.shape[1]
    lower = 0.0
    upper = 0.0
    least = np.inf
    for i in range(first, last):
        k = rows[i]
        value = 0.0
        for j in range(dimension):
            value += u[j] * g[k, j]
        least = min(least, abs(value))
        below = lo[k] * value
        above = hi[k] * value
        lower += min(below, above)
        upper += max(below, above)
    base = _dot(u, fixed, dimension)
    at_total = _dot(u, total, dimension)
    least_error = (dimension + 8) * 9e-16 * np.sqrt(1.0 * dimension)
    return _exclude(alive, dead, base, lower, upper, at_total, least, error, least_error)


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _test(alive, dead, vertices, fixed, rows, first, last, g, lo, hi, total, error, work):
    """Exclude what can be excluded on one region; returns the hypotheses that stay open."""
    dimension = g.shape[1]
    centre, u, middle, q, inverse, square, duals = work
    for j in range(dimension):
        centre[j] = 0.0
        middle[j] = fixed[j]
    for i in range(dimension):
        norm = np.sqrt(_dot(vertices[i], vertices[i], dimension))
        for j in range(dimension):
            centre[j] += vertices[i, j] / norm
    norm = np.sqrt(_dot(centre, centre, dimension))
    for j in range(dimension):
        centre[j] /= norm
    for i in range(first, last):
        k = rows[i]
        c = 0.5 * (lo[k] + hi[k])
        for j in range(dimension):
            middle[j] += c * g[k, j]
    for which in range(4):
        bit = 1 << which
        if not alive & bit:
            continue
        s = 1.0 if which % 2 == 0 else -1.0
        for j in range(dimension):
            q[j] = s * (middle[j] - total[j]) if which >= 2 else s * middle[j]
        if _dual_vector(q, centre, vertices, dimension, u):
            alive = _try(u, alive, dead, fixed, rows, first, last, g, lo, hi, total, error)
    for opposite in range(2):
        if alive & (16 << opposite):
            for j in range(dimension):
                u[j] = total[j] - middle[j] if opposite else middle[j]
            norm = np.sqrt(_dot(u, u, dimension))
            if norm > 0.0:
                for j in range(dimension):
                    u[j] /= norm
                # This u need not lie in the dual cone: it speaks of D = 0 only.
                alive = (alive & 15) | _try(u, alive & 48, dead & 0, fixed, rows, first, last, g, lo, hi, total, error)
    if not alive & (15 if dead == 3 else 3 if dead == 1 else 12 if dead == 2 else 0):
        return alive
    # Near a dead cone the facets separate what the vectors above cannot.
    for i in range(_facets(vertices, centre, dimension, square, inverse, duals)):
        alive = _try(duals[i], alive, dead, fixed, rows, first, last, g, lo, hi, total, error)
    return alive


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _project(v, count, zero_rows, a, p, pivots, dimension, coefficients):
    """Project v in place onto the complement of the `count` zero rows; the coefficients on p_0, p_1, … are kept."""
    for i in range(count):
        c = 0.0
        for j in range(dimension):
            c += a[zero_rows[i], j] * v[j]
        c /= pivots[i]
        coefficients[i] = c
        for j in range(dimension):
            v[j] -= c * p[i, j]


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _multipliers_fit(base, count, zero_rows, a, g, p, pivots, lo, hi, error, v, c, sigma):
    """Whether D − base = Σ c_k g_k has c_k in [lo_k, hi_k] for the zero rows, up to the error: False is certain."""
    dimension = a.shape[1]
    for j in range(dimension):
        v[j] = base[j]
    _project(v, count, zero_rows, a, p, pivots, dimension, c)
    for i in range(count):
        c[i] = -c[i]
    for i in range(count - 1, -1, -1):
        # p_i = g_i − Σ_l sigma_l p_l over l < i
        k = zero_rows[i]
        for j in range(dimension):
            v[j] = g[k, j]
        _project(v, i, zero_rows, a, p, pivots, dimension, sigma)
        for m in range(i):
            c[m] -= c[i] * sigma[m]
    for i in range(count):
        k = zero_rows[i]
        if c[i] < lo[k] - error or c[i] > hi[k] + error:
            return False
    return True


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _solve_leaf(
    mode_zero,
    acts,
    s,
    side,
    duals,
    duals_count,
    base,
    count,
    a,
    g,
    bm,
    bp,
    lo,
    hi,
    error0,
    leaf,
    capacity,
    found,
    found_points,
):
    """Go through the patterns of the `count` rows of a leaf; the survivors are candidates for the exact check.

    Depth first over the signs +, −, 0 of one row after another. A branch ends when the elements that it can still
    reach lie outside the cone, or contradict a sign already given, by more than the rounding error. A zero row that
    may depend on the zero rows before it is *loose*: D is not projected onto its complement, and its term stays in
    what can still be reached, which is right whether or not it depends on them. Returns the number of candidates, or
    −1 when they find no room or (`mode_zero`) when D = 0 could not be excluded. `acts` says whether anything acts
    that the signs of these rows do not decide.
    """
    dimension = a.shape[1]
    bases, points, p, pivots, zero_rows, zeros, determinants, choice, free, acting, moved, v, c, sigma = leaf
    acting[0] = acts
    number = 0
    level = 0
    choice[0] = 0
    zeros[0] = 0
    determinants[0] = 1.0
    root = np.sqrt(1.0 * dimension)
    for k in range(count):
        free[k] = True
    for j in range(dimension):
        bases[0, j] = base[j]
        points[0, j] = base[j]
    fresh = True
    while level >= 0:
        z = zeros[level]
        if fresh:
            fresh = False
            # Everything still to come, projected onto the complement of the zero rows.
            # The zero rows have norm 1/2 at least, and the product of their shares bounds the smallest singular value σ
            # of their normalised matrix from below by its root over e: 1/σ² ≤ 12 / determinant. One factor 1/σ is the
            # solution's, one the loss of orthogonality of the projections.
            error = error0 * (1.0 + 12.0 * z / determinants[level])
            tight = True
            for k in range(count):
                if free[k]:
                    tight = tight and k >= level
                    for j in range(dimension):
                        moved[k, j] = g[k, j]
                    _project(moved[k], z, zero_rows, a, p, pivots, dimension, c)
            cut = False
            if mode_zero:
                size = np.sqrt(_dot(points[level], points[level], dimension))
                least = size * size
                for k in range(count):
                    if free[k]:
                        value = _dot(points[level], moved[k], dimension)
                        least += min(lo[k] * value, hi[k] * value)
                cut = least > 2.0 * error * size
            else:
                for i in range(duals_count):
                    if cut:
                        break
                    most = s * side * _dot(duals[i], points[level], dimension)
                    for k in range(count):
                        if free[k]:
                            value = s * side * _dot(duals[i], moved[k], dimension)
                            most += max(lo[k] * value, hi[k] * value)
                    cut = most < -error
                for m in range(level):
                    if cut:
                        break
                    sign = 1.0 if choice[m] == 1 else -1.0 if choice[m] == 2 else 0.0
                    if sign == 0.0:
                        continue
                    most = sign * s * _dot(a[m], points[level], dimension)
                    for k in range(count):
                        if free[k]:
                            value = sign * s * _dot(a[m], moved[k], dimension)
                            most += max(lo[k] * value, hi[k] * value)
                    cut = most < -error * root
            if not cut and level == count:
                if mode_zero:
                    return -1
                if not acting[level]:
                    # Nothing acts off the zero rows, exactly: the candidate is D = 0.
                    level -= 1
                    continue
                bound = error * (1.0 + np.sqrt(12.0 / determinants[level]))
                if not tight or _multipliers_fit(
                    bases[level], z, zero_rows, a, g, p, pivots, lo, hi, bound, v, c, sigma
                ):
                    if number == capacity:
                        return -1
                    for m in range(count):
                        found[number, m] = 1 if choice[m] == 1 else -1 if choice[m] == 2 else 0
                    for j in range(dimension):
                        found_points[number, j] = points[level, j]
                    number += 1
                cut = True
            if cut:
                level -= 1
                continue
            choice[level] = 0
        free[level] = False
        choice[level] += 1
        move = choice[level]
        if move > 3:
            free[level] = True
            level -= 1
            continue
        k = level
        if move < 3:
            weight = bp[k] if move == 1 else bm[k]
            for j in range(dimension):
                bases[level + 1, j] = bases[level, j] + weight * g[k, j]
                points[level + 1, j] = points[level, j]
                v[j] = g[k, j]
            _project(v, z, zero_rows, a, p, pivots, dimension, c)
            for j in range(dimension):
                points[level + 1, j] += weight * v[j]
            zeros[level + 1] = z
            determinants[level + 1] = determinants[level]
            acting[level + 1] = acting[level] or weight != 0.0
        else:
            for j in range(dimension):
                v[j] = g[k, j]
            _project(v, z, zero_rows, a, p, pivots, dimension, c)
            pivot = _dot(a[k], v, dimension)
            share = pivot / _dot(a[k], g[k], dimension)
            if z == dimension - 1:
                # With this row the zero rows span the space, unless it depends on the others: D = 0 and w = 0.
                if np.sqrt(_dot(v, v, dimension)) * determinants[level] > 1e-11:
                    continue
                share = 0.0
            drop = 0.0
            acting[level + 1] = acting[level]
            zeros[level + 1] = z
            determinants[level + 1] = determinants[level]
            if determinants[level] * share < 1e-7:
                free[k] = True
            else:
                for j in range(dimension):
                    p[z, j] = v[j]
                pivots[z] = pivot
                zero_rows[z] = k
                zeros[level + 1] = z + 1
                determinants[level + 1] = determinants[level] * share
                drop = _dot(a[k], points[level], dimension) / pivot
            for j in range(dimension):
                bases[level + 1, j] = bases[level, j]
                points[level + 1, j] = points[level, j] - drop * v[j]
        level += 1
        fresh = True
    return number


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _leaf(
    open_,
    dead,
    vertices,
    fixed,
    rows,
    first,
    last,
    a,
    g,
    bm,
    bp,
    lo,
    hi,
    total,
    error,
    record,
    records,
    work,
    leaf_work,
    room,
):
    """Solve one leaf for its open hypotheses; returns the number of records and the hypotheses left to the caller."""
    dimension = a.shape[1]
    count = last - first
    record_kind, record_alive, record_vertices, record_count, record_rows, record_pattern, record_point = record
    local_a, local_g, local_bm, local_bp, local_lo, local_hi, base, found, found_points = room
    centre, inverse, square, duals = work[0], work[4], work[5], work[6]
    for i in range(count):
        k = rows[first + i]
        local_bm[i] = bm[k]
        local_bp[i] = bp[k]
        local_lo[i] = lo[k]
        local_hi[i] = hi[k]
        for j in range(dimension):
            local_a[i, j] = a[k, j]
            local_g[i, j] = g[k, j]
    duals_count = _facets(vertices, centre, dimension, square, inverse, duals)
    left = 0
    for which in range(6):
        bit = 1 << which
        if not open_ & bit:
            continue
        opposite = which == 2 or which == 3 or which == 5
        for j in range(dimension):
            base[j] = total[j] - fixed[j] if opposite else fixed[j]
        if opposite:
            for i in range(count):
                c = local_lo[i] + local_hi[i]
                for j in range(dimension):
                    base[j] -= c * local_g[i, j]
        s = 1.0 if which % 2 == 0 else -1.0
        side = -1.0 if opposite else 1.0
        number = _solve_leaf(
            which >= 4,
            (dead & (2 if opposite else 1)) == 0,
            s,
            side,
            duals,
            duals_count,
            base,
            count,
            local_a,
            local_g,
            local_bm,
            local_bp,
            local_lo,
            local_hi,
            error,
            leaf_work,
            found.shape[0],
            found,
            found_points,
        )
        if number < 0:
            left |= bit
        for f in range(number):
            record_kind[records] = CANDIDATE
            record_alive[records] = bit
            for i in range(dimension):
                record_point[records, i] = found_points[f, i]
                for j in range(dimension):
                    record_vertices[records, i, j] = vertices[i, j]
            record_count[records] = count
            for i in range(count):
                record_rows[records, i] = rows[first + i]
                record_pattern[records, i] = found[f, i]
            records += 1
    return records, left


@njit(cache=True, nogil=True)
def search(
    a,
    g,
    bm,
    bp,
    lo,
    hi,
    total,
    tolerance,
    error,
    leaf_rows,
    stall_rows,
    stall_limit,
    zero_found,
    stack,
    record,
    state,
    budget,
    room,
):
    """Work on the stack of regions until it is empty or a limit is met.

    `state` holds the number of regions on the stack, of records and of regions examined; like the stack it is up to
    date whenever this returns. Regions on the stack hold rows[first:last] and their masks (positive
    vertices in the low half of the word, negative in the high half), the topmost region last. What needs the exact
    check is written to the records: candidates, leaves that rounding left open, and regions too small to split.
    """
    vertices, fixed, alive, dead, first, last, stall, depth, rows, masks = stack
    record_kind, record_alive, record_vertices = record[0], record[1], record[2]
    work, leaf_work, leaf_rows_room = room
    dimension = a.shape[1]
    top, records, nodes = state[0], state[1], 0
    every = (1 << dimension) - 1
    middle = np.empty(dimension)
    reason = DONE
    while top > 0:
        n = top - 1
        length = last[n] - first[n]
        if nodes >= budget:
            reason = BUDGET_SPENT
        elif top + 1 >= vertices.shape[0]:
            reason = STACK_FULL
        elif last[n] + 2 * length > rows.shape[0]:
            reason = BUFFER_FULL
        elif records + 6 * room[2][7].shape[0] + 1 >= record_kind.shape[0]:
            reason = RECORDS_FULL
        if reason != DONE:
            break
        nodes += 1
        open_ = alive[n]
        if zero_found:
            open_ &= 15
        open_ = _test(open_, dead[n], vertices[n], fixed[n], rows, first[n], last[n], g, lo, hi, total, error, work)
        if not open_:
            top -= 1
            continue
        kind = -1
        stalled = stall[n] >= stall_limit
        if length <= leaf_rows and (stall[n] == 0 or stalled):
            records, open_ = _leaf(
                open_,
                dead[n],
                vertices[n],
                fixed[n],
                rows,
                first[n],
                last[n],
                a,
                g,
                bm,
                bp,
                lo,
                hi,
                total,
                error,
                record,
                records,
                work,
                leaf_work,
                leaf_rows_room,
            )
            if not open_:
                top -= 1
                continue
        if (stalled and length <= stall_rows) or length == 0:
            # Splitting no longer separates these rows: their faces are for the caller to enumerate.
            kind = LEAF
        else:
            # The longest edge, by angle.
            longest = 2.0
            low = 0
            high = 1
            for i in range(dimension):
                for j in range(i + 1, dimension):
                    cosine = _dot(vertices[n, i], vertices[n, j], dimension) / np.sqrt(
                        _dot(vertices[n, i], vertices[n, i], dimension)
                        * _dot(vertices[n, j], vertices[n, j], dimension)
                    )
                    if cosine < longest:
                        longest = cosine
                        low = i
                        high = j
            # An exact integer combination near the middle: the shorter end is doubled until they are alike.
            ni = _dot(vertices[n, low], vertices[n, low], dimension)
            nj = _dot(vertices[n, high], vertices[n, high], dimension)
            fi = 1.0
            fj = 1.0
            while ni * 2.0 < nj:
                ni *= 4.0
                fi *= 2.0
            while nj * 2.0 < ni:
                nj *= 4.0
                fj *= 2.0
            largest = 0.0
            even = True
            for j in range(dimension):
                middle[j] = fi * vertices[n, low, j] + fj * vertices[n, high, j]
                largest = max(largest, abs(middle[j]))
                if middle[j] % 2.0 != 0.0:
                    even = False
            while even:
                largest *= 0.5
                for j in range(dimension):
                    middle[j] *= 0.5
                    if middle[j] % 2.0 != 0.0:
                        even = False
            if largest > 4503599627370496.0 or stall[n] > 4000 or dimension == 1:
                kind = STUCK
        if kind >= 0:
            record_kind[records] = kind
            record_alive[records] = open_
            for i in range(dimension):
                for j in range(dimension):
                    record_vertices[records, i, j] = vertices[n, i, j]
            records += 1
            top -= 1
            continue
        # Children: the vertex `low` replaced (at top of the stack), the vertex `high` replaced (below it).
        norm = np.sqrt(_dot(middle, middle, dimension))
        bit_low = 1 << low
        bit_high = 1 << high
        start = last[n]
        write_low = start
        write_high = start + length
        up = n + 1
        for i in range(dimension):
            fixed[up, i] = fixed[n, i]
            for j in range(dimension):
                vertices[up, i, j] = vertices[n, i, j]
        dead_low = dead[n]
        dead_high = dead[n]
        for i in range(first[n], last[n]):
            k = rows[i]
            value = 0.0
            for j in range(dimension):
                value += a[k, j] * middle[j]
            positive = masks[i] & 0xFFFF
            negative = masks[i] >> 16
            sign_positive = value > tolerance * norm
            sign_negative = value < -tolerance * norm
            # Written out for both children: as a function of its own this loop takes two and a half times as long.
            p = positive & ~bit_low
            q = negative & ~bit_low
            if sign_positive:
                p |= bit_low
            elif sign_negative:
                q |= bit_low
            if p == every:
                if bp[k] != 0.0:
                    dead_low &= ~1
                    for j in range(dimension):
                        fixed[up, j] += bp[k] * g[k, j]
                if bm[k] != 0.0:
                    dead_low &= ~2
            elif q == every:
                if bm[k] != 0.0:
                    dead_low &= ~1
                    for j in range(dimension):
                        fixed[up, j] += bm[k] * g[k, j]
                if bp[k] != 0.0:
                    dead_low &= ~2
            else:
                rows[write_low] = k
                masks[write_low] = p | (q << 16)
                write_low += 1
            p = positive & ~bit_high
            q = negative & ~bit_high
            if sign_positive:
                p |= bit_high
            elif sign_negative:
                q |= bit_high
            if p == every:
                if bp[k] != 0.0:
                    dead_high &= ~1
                    for j in range(dimension):
                        fixed[n, j] += bp[k] * g[k, j]
                if bm[k] != 0.0:
                    dead_high &= ~2
            elif q == every:
                if bm[k] != 0.0:
                    dead_high &= ~1
                    for j in range(dimension):
                        fixed[n, j] += bm[k] * g[k, j]
                if bp[k] != 0.0:
                    dead_high &= ~2
            else:
                rows[write_high] = k
                masks[write_high] = p | (q << 16)
                write_high += 1
        for j in range(dimension):
            vertices[up, low, j] = middle[j]
            vertices[n, high, j] = middle[j]
        # The parent's rows are no longer needed: close the gaps.
        place = first[n]
        for i in range(start + length, write_high):
            rows[place] = rows[i]
            masks[place] = masks[i]
            place += 1
        last[n] = place
        first[up] = place
        for i in range(start, write_low):
            rows[place] = rows[i]
            masks[place] = masks[i]
            place += 1
        last[up] = place
        stall[up] = stall[n] + 1 if (last[up] - first[up]) * 10 > length * 9 else 0
        stall[n] = stall[n] + 1 if (last[n] - first[n]) * 10 > length * 9 else 0
        alive[n] = open_
        alive[up] = open_
        dead[n] = dead_high
        dead[up] = dead_low
        depth[n] += 1
        depth[up] = depth[n]
        top += 1
    state[0] = top
    state[1] = records
    state[2] += nodes
    return reason
