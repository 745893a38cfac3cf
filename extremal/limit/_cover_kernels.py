"""Compiled kernels of the certified bracket of Δ_n: a batch of simplicial cones bounded, then dropped or split.

A *region* is the cone C = {Σ λ_i v_i : λ ≥ 0} of integer vertices held in floats; a split replaces v_i or v_j by an
exact integer combination of the two, so that the children cover their parent without a gap. Hyperplane k has the unit
normal a_k; crossing it adds step_k a_k to D, and on it D may have any multiple of a_k from ½ (step_k − width_k) to
½ (step_k + width_k). A row alone has width_k = |step_k|; where rows share a hyperplane width_k is the sum of theirs.

*The bound.* On C, with U the hyperplanes that cut it and F what is certain, every element of the Clarke
subdifferential is F + Σ_U τ_k a_k. Let p_ki = a_k·v_i/‖v_i‖, w = Σ λ_i v_i/‖v_i‖ with Σ λ_i = 1, and
t_k = a_k·w = Σ λ_i p_ki. A row active where t_k > 0 and inactive where t_k < 0 has η_k ∈ [0, 1] with

    η_k ≤ 1 + θ t_k/α_k,  α_k = −min_i p_ki,      and      η_k ≥ θ t_k/β_k,  β_k = max_i p_ki,      for θ ∈ [0, 1].

Where the cone's centre has t_k < 0 the first is used, together with η_k ≥ 0, elsewhere the second with η_k ≤ 1. With
e_k = ±1 for the two cases and κ_k = θ/α_k or θ/β_k this reads

    η_k = ½ (1 + κ_k t_k) + ξ_k,     |ξ_k| ≤ ½ (1 + e_k κ_k t_k),

both affine in λ. Rows that share a hyperplane have these one by one, with η_k and t_k mirrored for those that point
against a_k; added up they are step_k times the middle, and the widths add up. Hence for a unit vector u and any
ω_k > 0, by |x| ≤ (x² + ω²)/2ω,

    u·(D − D(w)) ≤ u·ℓ(λ) + ¼ uᵀW(λ)u + ¼ Σ_U (1 + e_k κ_k t_k) width_k ω_k

    ℓ(λ) = F − D(w) + ½ Σ_U (1 + κ_k t_k) step_k a_k,     W(λ) = Σ_U (1 + e_k κ_k t_k) (width_k/ω_k) a_k a_kᵀ,

which is affine in λ for fixed u, thus largest at a vertex of C; and over unit u its maximum is at most
μ + ¼ ℓᵀ(μI − W/4)⁻¹ℓ for every μ with μI − W/4 positive definite. The choice of ω_k = |u·a_k| at one direction u,
found by following the longest vector of the enclosure, costs accuracy, never truth.
"""

import numpy as np
from numba import njit

# Reassociated and contracted sums obey the same error bounds; nothing else of "fast math" does.
_SUMS = {"reassoc", "contract"}

# An envelope is tilted (κ_k > 0) only where α_k or β_k is above this, far above the rounding error of p_ki.
_LEAST_SLOPE = 1e-7
# Rounding of a tilted envelope, relative: that of p_ki over _LEAST_SLOPE.
_TILT_ERROR = 2e-7
# ω_k is at least this over √d; a smaller one would make W large for directions other than u.
_LEAST_SHARE = 0.9
# Steps towards the longest vector of the enclosure.
_STEPS = 3
# Up to this many hyperplanes, the vertices of the enclosure are gone through.
_FEW = 6
# Integers up to this size leave room for a split.
_LARGEST = 4503599627370496.0


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _products(columns, u, count, out):
    """Write a_k·u into out for the first `count` columns."""
    for t in range(count):
        out[t] = 0.0
    for j in range(columns.shape[0]):
        factor = u[j]
        column = columns[j]
        for t in range(count):
            out[t] += factor * column[t]


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _combine(columns, weights, count, out):
    """Add Σ_k weights_k a_k to out."""
    for j in range(columns.shape[0]):
        column = columns[j]
        total = 0.0
        for t in range(count):
            total += weights[t] * column[t]
        out[j] += total


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _norm(x):
    total = 0.0
    for j in range(x.shape[0]):
        total += x[j] * x[j]
    return np.sqrt(total)


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _over_unit_vectors(matrix, ell, start, enough, lower, work):
    """Bound u·ℓ + ¼ uᵀWu over unit vectors u by duality; stops at a bound of at most `enough`."""
    dimension = ell.shape[0]
    mu = start
    least = np.inf
    for _ in range(6):
        definite = True
        for i in range(dimension):
            for j in range(i + 1):
                value = (mu if i == j else 0.0) - 0.25 * matrix[i, j]
                for k in range(j):
                    value -= lower[i, k] * lower[j, k]
                if i == j:
                    # Far enough from singular for the rounding of the solution to be negligible.
                    if not value > 1e-3 * mu:
                        definite = False
                        break
                    lower[i, i] = np.sqrt(value)
                else:
                    lower[i, j] = value / lower[j, j]
            if not definite:
                break
        if not definite:
            mu *= 1.25
            continue
        total = 0.0
        for i in range(dimension):
            value = ell[i]
            for k in range(i):
                value -= lower[i, k] * work[k]
            work[i] = value / lower[i, i]
            total += work[i] * work[i]
        least = min(least, mu + 0.25 * total)
        if least <= enough:
            break
        # The length of ½ M⁻¹ℓ says which way μ should go.
        length = 0.0
        for i in range(dimension - 1, -1, -1):
            value = work[i]
            for k in range(i + 1, dimension):
                value -= lower[k, i] * work[k]
            work[i] = value / lower[i, i]
            length += 0.25 * work[i] * work[i]
        length = np.sqrt(length)
        if abs(length - 1.0) < 0.05:
            break
        mu *= min(1.5, max(0.8, length))
    return least


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _few_vertices(middle, columns, width, count, sums):
    """The longest vector among middle ± ½ width_1 a_1 ± … ± ½ width_count a_count, in Gray code order."""
    dimension = columns.shape[0]
    for j in range(dimension):
        sums[j] = middle[j]
        for t in range(count):
            sums[j] -= 0.5 * width[t] * columns[j, t]
    longest = _norm(sums)
    signs = 0
    for step in range(1, 1 << count):
        t = 0
        while not (step >> t) & 1:
            t += 1
        change = width[t] if not (signs >> t) & 1 else -width[t]
        signs ^= 1 << t
        for j in range(dimension):
            sums[j] += change * columns[j, t]
        longest = max(longest, _norm(sums))
    return longest


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _plain(middle, limit, width, count, slack):
    """The triangle inequality."""
    reach = 0.0
    for t in range(count):
        reach += width[t]
    turn = 0.0
    for i in range(1, limit.shape[0]):
        total = 0.0
        for j in range(middle.shape[0]):
            total += (limit[i, j] - limit[0, j]) ** 2
        turn = max(turn, np.sqrt(total))
    return (_norm(middle) + 0.5 * reach + turn + slack) * (1.0 + 1e-11)


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _bound(v, middle, limit, columns, step, width, count, mid, low, high, slack, threshold, scratch):
    """Bound ‖D − D(w)‖ on a region, up to rounding, without effort where it cannot be at most `threshold`."""
    slope, half, sign, p, u, centre, ell, tilt, lower, work, matrix, bend, curve, tensor, pairs = scratch
    dimension = middle.shape[0]
    if count <= _FEW:
        longest = 0.0
        for i in range(dimension):
            for j in range(dimension):
                ell[j] = middle[j] + limit[0, j] - limit[i + 1, j]
            longest = max(longest, _few_vertices(ell, columns, width, count, work))
        if count == 0 or longest + slack <= threshold:
            return longest + slack
    for t in range(count):
        below = mid[t] < 0.0
        falling = -low[t] if below else high[t]
        rising = high[t] if below else -low[t]
        tilted = falling > _LEAST_SLOPE
        slope[t] = (min(1.0, falling / rising) if rising > 0.0 else 1.0) / falling if tilted else 0.0
        half[t] = 0.5 * width[t] * (1.0 - slope[t] * abs(mid[t]))
        sign[t] = 0.5 * step[t] * slope[t] * mid[t]
    for j in range(dimension):
        centre[j] = middle[j]
    _combine(columns, sign, count, centre)
    size = _norm(centre)
    for j in range(dimension):
        u[j] = centre[j] / size if size > 0.0 else 1.0 / np.sqrt(1.0 * dimension)
    # Towards the longest vector of the enclosure at the centre; if that is too long, no choice below will do.
    for _ in range(_STEPS):
        _products(columns, u, count, p)
        for t in range(count):
            sign[t] = half[t] if p[t] > 0.0 else -half[t]
        for j in range(dimension):
            u[j] = centre[j]
        _combine(columns, sign, count, u)
        size = _norm(u)
        if size + slack > threshold or size == 0.0:
            return _plain(middle, limit, width, count, slack)
        for j in range(dimension):
            u[j] /= size
    _products(columns, u, count, p)
    least = _LEAST_SHARE / np.sqrt(1.0 * dimension)
    weight = 0.0
    spread = 0.0
    for t in range(count):
        share = max(abs(p[t]), least)
        half[t] = width[t] / share
        p[t] = half[t] * (slope[t] if mid[t] < 0.0 else -slope[t])
        sign[t] = p[t] * share * share
        slope[t] *= 0.5 * step[t]
        weight += width[t] * share
        spread += width[t]
    for j in range(dimension):
        tilt[j] = 0.0
    _combine(columns, sign, count, tilt)
    # Σ … a_k a_kᵀ and Σ … a_k a_k a_k: what W and ℓ at each vertex are made of.
    entry = 0
    for j in range(dimension):
        left = columns[j]
        for k in range(j + 1):
            right = columns[k]
            pair = pairs[entry]
            straight = 0.0
            bent = 0.0
            for t in range(count):
                pair[t] = left[t] * right[t]
                straight += half[t] * pair[t]
                bent += slope[t] * pair[t]
            matrix[j, k] = straight
            bend[j, k] = bent
            bend[k, j] = bent
            entry += 1
    for i in range(dimension):
        column = columns[i]
        for t in range(count):
            sign[t] = p[t] * column[t]
        for j in range(i, dimension):
            for k in range(i, j + 1):
                pair = pairs[j * (j + 1) // 2 + k]
                total = 0.0
                for t in range(count):
                    total += sign[t] * pair[t]
                tensor[i, j, k] = total
                tensor[i, k, j] = total
                tensor[j, i, k] = total
                tensor[j, k, i] = total
                tensor[k, i, j] = total
                tensor[k, j, i] = total
    largest = 0.0
    for i in range(dimension):
        rest = weight
        along = 0.0
        ahead = 0.0
        for j in range(dimension):
            rest += tilt[j] * v[i, j]
            ell[j] = middle[j] + limit[0, j] - limit[i + 1, j]
            for k in range(dimension):
                ell[j] += bend[j, k] * v[i, k]
            ahead += u[j] * ell[j]
            for k in range(j + 1):
                total = matrix[j, k]
                for l in range(dimension):
                    total += tensor[j, k, l] * v[i, l]
                curve[j, k] = total
                along += u[j] * u[k] * total * (1.0 if j == k else 2.0)
        rest = 0.25 * rest + _TILT_ERROR * spread + slack
        value = _over_unit_vectors(curve, ell, 0.5 * ahead + 0.25 * along, threshold - rest, lower, work)
        largest = max(largest, (value + rest) * (1.0 + 1e-11))
        if largest > threshold:
            break
    return min(largest, _plain(middle, limit, width, count, slack))


@njit(cache=True, nogil=True, fastmath=_SUMS)
def _halve(vertices, v, metric, middle):
    """Choose the edge along which the hyperplanes change most, and an integer point near its middle.

    Returns its ends, or (0, 0) if the integers are too large to go on.
    """
    dimension = v.shape[0]
    if dimension == 1:
        return 0, 0
    widest = -1.0
    one = 0
    two = 1
    for i in range(dimension):
        for j in range(i + 1, dimension):
            total = 0.0
            for k in range(dimension):
                dk = v[i, k] - v[j, k]
                total += dk * dk * metric[k, k]
                for l in range(k):
                    total += 2.0 * dk * (v[i, l] - v[j, l]) * metric[k, l]
            if total > widest:
                widest = total
                one = i
                two = j
    ni = 0.0
    nj = 0.0
    for j in range(dimension):
        ni += vertices[one, j] * vertices[one, j]
        nj += vertices[two, j] * vertices[two, j]
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
        middle[j] = fi * vertices[one, j] + fj * vertices[two, j]
        largest = max(largest, abs(middle[j]))
        if middle[j] % 2.0 != 0.0:
            even = False
    if largest > 2.0 * _LARGEST:
        return 0, 0
    while even:
        largest *= 0.5
        for j in range(dimension):
            middle[j] *= 0.5
            if middle[j] % 2.0 != 0.0:
                even = False
    if largest > _LARGEST:
        return 0, 0
    return one, two


@njit(cache=True, nogil=True, fastmath=_SUMS)
def cover(
    planes, tolerance, error, stack, top, batch, limits, slack, best, factor, leader, counts, leaves, room, scratch
):
    """Work on the topmost `batch` regions of the stack.

    Parameters: `limits[b]` holds D(w) at the centre and at the vertices of region top − batch + b, or one entry for
    all; `slack[b]` how far D(w) is from the affine function through the latter, and from the former. Regions whose
    bound is at most factor · best are dropped, all of them if factor is infinite; `best` is the largest value seen at
    a centre, `leader`. `counts` holds the largest bound of a dropped region, of one too small to split, and the number
    of regions examined, and of `leaves`: regions whose hyperplanes may have a point in common, for the exact check,
    with the value there. The caller has seen to it that the children find room. Returns the new top and the best value.
    """
    vertices, fixed, first, last, depth, rows = stack
    leaf_vertices, leaf_rows, leaf_count, leaf_value = leaves
    new_vertices, new_fixed, new_first, new_last, new_depth, new_rows, kept_rows = room[:7]
    columns, step, width, low, high, mid, v, centre, certain, middle, value, metric = room[7:]
    a, all_step, all_width = planes
    dimension = a.shape[0]
    base = top - batch
    born = 0
    place = 0
    for b in range(batch):
        n = base + b
        limit = limits[min(b, limits.shape[0] - 1)]
        beyond = slack[min(b, slack.shape[0] - 1), 0]
        turn = slack[min(b, slack.shape[0] - 1), 1]
        length = last[n] - first[n]
        # The hyperplanes that the parent left undecided, and their signs here.
        for j in range(dimension):
            centre[j] = 0.0
            certain[j] = fixed[n, j]
        for i in range(dimension):
            scale = 1.0 / _norm(vertices[n, i])
            for j in range(dimension):
                v[i, j] = vertices[n, i, j] * scale
                centre[j] += v[i, j] / dimension
        for j in range(dimension):
            source = a[j]
            column = columns[j]
            for t in range(length):
                column[t] = source[rows[first[n] + t]]
        for t in range(length):
            low[t] = np.inf
            high[t] = -np.inf
        for i in range(dimension):
            _products(columns, v[i], length, mid)
            for t in range(length):
                low[t] = min(low[t], mid[t])
                high[t] = max(high[t], mid[t])
        count = 0
        for t in range(length):
            k = rows[first[n] + t]
            if low[t] > tolerance:
                for j in range(dimension):
                    certain[j] += all_step[k] * columns[j, t]
            elif not high[t] < -tolerance:
                kept_rows[count] = k
                step[count] = all_step[k]
                width[count] = all_width[k]
                low[count] = low[t]
                high[count] = high[t]
                for j in range(dimension):
                    columns[j, count] = columns[j, t]
                count += 1
        # The value at the centre, and the middle of the enclosure.
        _products(columns, centre, count, mid)
        clear = np.inf
        for t in range(count):
            clear = min(clear, abs(mid[t]))
        for j in range(dimension):
            column = columns[j]
            total = 0.0
            active = 0.0
            for t in range(count):
                total += step[t] * column[t]
                active += step[t] * column[t] if mid[t] > 0.0 else 0.0
            middle[j] = certain[j] + 0.5 * total - limit[0, j]
            value[j] = certain[j] + active - limit[0, j]
        here = _norm(value) - error
        if here > best and clear > tolerance:
            best = here
            for j in range(dimension):
                leader[j] = centre[j]
        # Below the rounding error there is nothing to tell apart.
        threshold = max(factor * best - error, 8.0 * error) if factor < np.inf else np.inf
        bound = _bound(v, middle, limit, columns, step, width, count, mid, low, high, beyond, threshold, scratch)
        counts[2] += 1.0
        if bound <= threshold:
            counts[0] = max(counts[0], bound + error)
            continue
        found = int(counts[3])
        if count == length and count <= _FEW and found < leaf_count.shape[0]:
            # Splitting no longer sheds a hyperplane: they may have a point in common, where D is free on all of them.
            here = _few_vertices(middle, columns, width, count, value) - turn - error
            if here > best:
                leaf_value[found] = here
                leaf_count[found] = count
                for t in range(count):
                    leaf_rows[found, t] = kept_rows[t]
                for i in range(dimension):
                    for j in range(dimension):
                        leaf_vertices[found, i, j] = vertices[n, i, j]
                counts[3] += 1.0
        for j in range(dimension):
            left = columns[j]
            for k in range(j + 1):
                right = columns[k]
                # Where no hyperplane is left the limit's own variation counts: the longest edge.
                total = 1e-300 if j == k else 0.0
                for t in range(count):
                    total += width[t] * left[t] * right[t]
                metric[j, k] = total
        one, two = _halve(vertices[n], v, metric, middle)
        if one == two:
            counts[1] = max(counts[1], bound + error)
            continue
        for side in range(2):
            for j in range(dimension):
                new_fixed[born, j] = certain[j]
                for i in range(dimension):
                    new_vertices[born, i, j] = vertices[n, i, j]
            for j in range(dimension):
                new_vertices[born, one if side == 0 else two, j] = middle[j]
            new_first[born] = place
            new_last[born] = place + count
            new_depth[born] = depth[n] + 1
            born += 1
        for t in range(count):
            new_rows[place + t] = kept_rows[t]
        place += count
    # The children take the place of the batch.
    start = last[base - 1] if base > 0 else 0
    for b in range(born):
        n = base + b
        first[n] = start + new_first[b]
        last[n] = start + new_last[b]
        depth[n] = new_depth[b]
        for i in range(dimension):
            fixed[n, i] = new_fixed[b, i]
            for j in range(dimension):
                vertices[n, i, j] = new_vertices[b, i, j]
    for t in range(place):
        rows[start + t] = new_rows[t]
    return base + born, best
