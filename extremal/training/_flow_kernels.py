"""Compiled kernels of the gradient flow: one macro step of every neuron, with the residuals given as polynomials.

Notation. Time within a macro step is τ ∈ [0, 1]. Hyperplane k has the unit normal u_k. On a neuron's pattern

    D(τ) = B(τ) + Σ_{k active} J_k(τ) u_k,        w' = a D,   a' = w·D,

with B and J polynomials in τ (already multiplied by the length of the step). z = (w, a) is the state of a neuron.
On the hyperplanes Z that a neuron slides on, D is projected onto their intersection:
D + Σ_Z g_k u_k with g_k between 0 and J_k; g_k = η_k J_k in the notation of the paper.

A *unit* is a set of neurons with one pattern; a unit whose neurons meet no hyperplane moves by one propagator. The
others move neuron by neuron, in pieces: Taylor series between events, events located as first roots.
Everything is in one file because numba's cache does not see changes across files.
"""

from typing import Any

import numpy as np
from numba import njit

__all__ = ["form_units", "patterns", "sweep"]

# Taylor terms at most, and the longest piece: ‖D‖ × length.
TERMS = 24
PIECE = 0.5
# The same for a piece over many hyperplanes at once, and how many make it worth while.
ROUGH = 1.0
MANY = 3
# Rows in the long and in the short list of hyperplanes that a neuron may meet soon.
LONG, SHORT = 128, 10
# A neuron so near to a hyperplane, relative to its size, is on it to rounding.
ROUNDING = 4e-15
# Below this, a normal is taken to lie in the span of others.
DEPENDENT = 1e-9
# An event in the log: τ, its kink in the slope of a row of h, row, neuron, and what happened.
EVENT = 5
CROSSES, SLIDES, LEAVES, ZERO = 0, 1, 2, 3
# The key of neurons at w = 0.
AT_ZERO = 0x9E3779B97F4A7C15
# Reasons to give up on a neuron.
STUCK = 1

# What only kernels call needs no entry from Python, which saves compile time.
_ALONE: dict[str, Any] = {"cache": True, "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
inner = njit(**_ALONE)
vectorised = njit(**_ALONE, fastmath={"reassoc", "contract"})


@vectorised
def _margins(U, w, out):
    """out_k = u_k·w."""
    d, n = U.shape
    first = w[0]
    for k in range(n):
        out[k] = first * U[0, k]
    for c in range(1, d):
        value = w[c]
        for k in range(n):
            out[k] += value * U[c, k]


@vectorised
def _field(U, J, mask, terms, weighted, D):
    """D_q += Σ_k mask_k J_{q,k} u_k for the first `terms` coefficients."""
    d, n = U.shape
    for q in range(terms):
        for k in range(n):
            weighted[k] = mask[k] * J[q, k]
        for c in range(d):
            total = 0.0
            for k in range(n):
                total += weighted[k] * U[c, k]
            D[q, c] += total


@vectorised
def _spread(U, mask, v, weighted, h):
    """h_k += mask_k u_k·v."""
    d, n = U.shape
    for k in range(n):
        weighted[k] = v[0] * U[0, k]
    for c in range(1, d):
        value = v[c]
        for k in range(n):
            weighted[k] += value * U[c, k]
    for k in range(n):
        h[k] += mask[k] * weighted[k]


@inner
def _shift(E, terms, tau, out):
    """Coefficients of E(τ + ·)."""
    d = E.shape[1]
    for q in range(terms):
        for c in range(d):
            out[q, c] = E[q, c]
    if tau == 0.0:
        return
    for i in range(terms - 1):
        for q in range(terms - 2, i - 1, -1):
            for c in range(d):
                out[q, c] += tau * out[q + 1, c]


@inner
def _taylor(E, terms, z, length, C):
    """Taylor coefficients C_q of z(·) for w' = aE, a' = w·E, until they no longer count at `length`; their number."""
    d = E.shape[1]
    size = 0.0
    for c in range(d + 1):
        C[0, c] = z[c]
        size = max(size, abs(z[c]))
    power = 1.0
    before = np.inf
    for q in range(TERMS):
        last = min(q, terms - 1)
        largest = 0.0
        total = 0.0
        for c in range(d):
            value = 0.0
            for i in range(last + 1):
                value += C[q - i, d] * E[i, c]
                total += C[q - i, c] * E[i, c]
            C[q + 1, c] = value / (q + 1)
            largest = max(largest, abs(value))
        C[q + 1, d] = total / (q + 1)
        largest = max(largest, abs(total)) / (q + 1)
        power *= length
        if largest * power <= 1e-17 * size and before <= 1e-15 * size:
            return q + 2
        before = largest * power
    return TERMS + 1


@inner
def _evaluate(C, count, t, z):
    for c in range(C.shape[1]):
        value = C[count - 1, c]
        for q in range(count - 2, -1, -1):
            value = value * t + C[q, c]
        z[c] = value


@inner
def _polynomial(c, count, t):
    value = c[count - 1]
    for q in range(count - 2, -1, -1):
        value = value * t + c[q]
    return value


@inner
def _slope(c, count, t):
    value = 0.0
    for q in range(count - 1, 0, -1):
        value = value * t + q * c[q]
    return value


@inner
def _descend(c, count, low, high):
    """The root of a polynomial that decreases from f(low) > 0 to f(high) ≤ 0: Newton, kept in the bracket."""
    t = low + (high - low) * 0.5
    f_low, f_high = _polynomial(c, count, low), _polynomial(c, count, high)
    if f_low > f_high:
        t = low + (high - low) * (f_low / (f_low - f_high))
    for _ in range(60):
        value = _polynomial(c, count, t)
        if value > 0.0:
            low = t
        else:
            high = t
        slope = _slope(c, count, t)
        step = t - value / slope if slope < 0.0 else low
        if not low < step < high:
            step = 0.5 * (low + high)
        if abs(step - t) <= 1e-16 * high or step in (low, high):
            return step
        t = step
    return t


@inner
def _first_root(c, count, length):
    """Where a polynomial that begins at about 0 or above first becomes negative in [0, length]; −1 if it does not."""
    rest, bend, power = 0.0, 0.0, 1.0
    slope_low, slope_high = c[1] if count > 1 else 0.0, c[1] if count > 1 else 0.0
    for q in range(1, count):
        size = abs(c[q]) * power
        rest += size * length
        if q > 1:
            slope_low -= q * size
            slope_high += q * size
            bend += q * (q - 1) * size / length if length > 0.0 else 0.0
        power *= length
    if c[0] > rest or slope_low >= 0.0:
        return -1.0
    if slope_high <= 0.0:
        if c[0] <= 0.0:
            return 0.0
        if _polynomial(c, count, length) > 0.0:
            return -1.0
        return _descend(c, count, 0.0, length)
    # Not monotone: march in steps on which it is, or on which it stays above 0. `bend` bounds |f''|.
    t, step = 0.0, length
    while t < length:
        step = min(step, length - t)
        value, slope = _polynomial(c, count, t), _slope(c, count, t)
        if (
            value > 0.0 and value + min(0.0, slope * step) - 0.5 * bend * step * step > 0.0
        ) or slope - bend * step >= 0.0:
            t += step
            step *= 2.0
        elif slope + bend * step <= 0.0:
            if value <= 0.0:
                return t
            if _polynomial(c, count, t + step) <= 0.0:
                return _descend(c, count, t, t + step)
            t += step
            step *= 2.0
        elif step > 1e-9 * length:
            step *= 0.5
        else:
            t += step
    return -1.0


@inner
def _solve(A, b, size):
    """Solve a small symmetric positive definite system in place (Gauss with pivots)."""
    for i in range(size):
        pivot = i
        for r in range(i + 1, size):
            if abs(A[r, i]) > abs(A[pivot, i]):
                pivot = r
        if pivot != i:
            for c in range(size):
                A[i, c], A[pivot, c] = A[pivot, c], A[i, c]
            b[i], b[pivot] = b[pivot], b[i]
        for r in range(i + 1, size):
            factor = A[r, i] / A[i, i]
            for c in range(i, size):
                A[r, c] -= factor * A[i, c]
            b[r] -= factor * b[i]
    for i in range(size - 1, -1, -1):
        for c in range(i + 1, size):
            b[i] -= A[i, c] * b[c]
        b[i] /= A[i, i]


@inner
def _nearest(D, normals, jumps, count, g, free, A, b):
    """
    Minimise ‖D + Σ g_i u_i‖ over g_i between 0 and J_i: the Filippov velocity where the J_i push toward the face.

    Primal active set. On entry `g` is a feasible start, `free` its interior entries; on return those of the solution.
    """
    d = len(D)
    velocity = np.empty(d)
    scale = 0.0
    for c in range(d):
        scale = max(scale, abs(D[c]))
    for i in range(count):
        scale = max(scale, abs(jumps[i]))
    for _ in range(20 * (count + 1)):
        # the best interior point of the free ones
        while True:
            size = 0
            for i in range(count):
                if free[i]:
                    row = 0
                    total = 0.0
                    for c in range(d):
                        value = D[c]
                        for k in range(count):
                            if not free[k]:
                                value += g[k] * normals[k, c]
                        total -= value * normals[i, c]
                    b[size] = total
                    for k in range(count):
                        if free[k]:
                            dot = 0.0
                            for c in range(d):
                                dot += normals[i, c] * normals[k, c]
                            A[size, row] = dot
                            row += 1
                    size += 1
            if size == 0:
                break
            _solve(A, b, size)
            # as far as the bounds allow
            share, hit, at = 1.0, -1, 0
            for i in range(count):
                if free[i]:
                    low, high = min(0.0, jumps[i]), max(0.0, jumps[i])
                    target = b[at]
                    if target < low and g[i] - target > 0.0:
                        part = (g[i] - low) / (g[i] - target)
                    elif target > high and target - g[i] > 0.0:
                        part = (high - g[i]) / (target - g[i])
                    else:
                        part = 1.0
                    if part < share:
                        share, hit = part, i
                    at += 1
            at = 0
            for i in range(count):
                if free[i]:
                    g[i] += share * (b[at] - g[i])
                    at += 1
            if hit < 0:
                break
            low, high = min(0.0, jumps[hit]), max(0.0, jumps[hit])
            g[hit] = low if b[_place(free, hit)] < low else high
            free[hit] = False
        # release the bound one that would help most
        for c in range(d):
            velocity[c] = D[c]
            for k in range(count):
                velocity[c] += g[k] * normals[k, c]
        worst, release = 1e-12 * scale, -1
        for i in range(count):
            if not free[i]:
                gradient = 0.0
                for c in range(d):
                    gradient += velocity[c] * normals[i, c]
                low, high = min(0.0, jumps[i]), max(0.0, jumps[i])
                if g[i] == low and high > low and -gradient > worst:
                    worst, release = -gradient, i
                elif g[i] == high and high > low and gradient > worst:
                    worst, release = gradient, i
        if release < 0:
            return
        free[release] = True


@inner
def _place(free, index):
    """The place of an entry among the free ones."""
    place = 0
    for i in range(index):
        if free[i]:
            place += 1
    return place


@inner
def _basis(N, Z, count, Q):
    """Orthonormal basis of the span of the normals of Z, in the rows of Q."""
    d = N.shape[1]
    for i in range(count):
        for c in range(d):
            Q[i, c] = N[Z[i], c]
        for _ in range(2):
            for r in range(i):
                dot = 0.0
                for c in range(d):
                    dot += Q[i, c] * Q[r, c]
                for c in range(d):
                    Q[i, c] -= dot * Q[r, c]
        norm = 0.0
        for c in range(d):
            norm += Q[i, c] * Q[i, c]
        norm = np.sqrt(norm)
        for c in range(d):
            Q[i, c] /= norm


@inner
def _distance(N, k, Q, count):
    """The distance of u_k from the span of the rows of Q."""
    d = N.shape[1]
    total = 0.0
    for c in range(d):
        value = N[k, c]
        for r in range(count):
            dot = 0.0
            for i in range(d):
                dot += N[k, i] * Q[r, i]
            value -= dot * Q[r, c]
        total += value * value
    return np.sqrt(total)


@inner
def _project(D, terms, Q, count, E):
    """E_q = D_q without its part in the span of the rows of Q."""
    d = D.shape[1]
    for q in range(terms):
        for c in range(d):
            E[q, c] = D[q, c]
        for r in range(count):
            dot = 0.0
            for c in range(d):
                dot += E[q, c] * Q[r, c]
            for c in range(d):
                E[q, c] -= dot * Q[r, c]


@inner
def _forces(N, Z, count, D, terms, A, b, g):
    """g[i, q]: the polynomials g_k(τ), k = Z_i, that hold the neuron on its hyperplanes."""
    d = N.shape[1]
    for q in range(terms):
        for i in range(count):
            total = 0.0
            for c in range(d):
                total -= N[Z[i], c] * D[q, c]
            b[i] = total
            for r in range(count):
                dot = 0.0
                for c in range(d):
                    dot += N[Z[i], c] * N[Z[r], c]
                A[i, r] = dot
        _solve(A, b, count)
        for i in range(count):
            g[i, q] = b[i]


@inner
def _norms(E, terms):
    """A bound on ‖E(τ)‖ over [0, 1]."""
    total = 0.0
    for q in range(terms):
        square = 0.0
        for c in range(E.shape[1]):
            square += E[q, c] * E[q, c]
        total += np.sqrt(square)
    return total


@inner
def _drop_noise(E, terms, floor):
    """What is left of D where its terms cancel is rounding: on a cone without active samples, for one."""
    if _norms(E, terms) <= floor:
        for q in range(terms):
            for c in range(E.shape[1]):
                E[q, c] = 0.0


@inner
def _shift_row(row, terms, tau, out):
    for q in range(terms):
        out[q] = row[q]
    if tau != 0.0:
        for i in range(terms - 1):
            for q in range(terms - 2, i - 1, -1):
                out[q] += tau * out[q + 1]


@njit(cache=True, nogil=True)
def patterns(U, W, a, Z, nz, table, keys):
    """Keys of the patterns of single neurons: two 64-bit words each, the exclusive or of those of its active rows."""
    n = U.shape[1]
    margin = np.empty(n)
    for j in range(len(W)):
        _margins(U, W[j], margin)
        first = np.uint64(0)
        second = np.uint64(0)
        for k in range(n):
            if margin[k] > 0.0:
                first ^= table[k, 0]
                second ^= table[k, 1]
        for i in range(nz[j]):
            k = Z[j, i]
            if margin[k] > 0.0:
                first ^= table[k, 0]
                second ^= table[k, 1]
            first ^= table[k, 2]
            second ^= table[k, 3]
        keys[j, 0] = first
        keys[j, 1] = second


@njit(cache=True, nogil=True)
def form_units(which, order, start, W, a, P, Q, center, half, wide):
    """
    Second moments, mean direction and box of the states of each unit in `which`, whose propagator becomes 1.

    wide[g]: its states point in too different directions for a box.
    """
    size = center.shape[1]
    d = size - 1
    z = np.empty(size)
    axis = np.empty(size)
    for g in which:
        for r in range(size):
            axis[r] = 0.0
            center[g, r] = 0.0
            half[g, r] = 0.0
            for c in range(size):
                Q[g, r, c] = 0.0
                P[g, r, c] = 1.0 if r == c else 0.0
        low, high = start[g], start[g + 1]
        for i in range(low, high):
            j = order[i]
            norm = 0.0
            for c in range(d):
                z[c] = W[j, c]
            z[d] = a[j]
            for c in range(size):
                norm += z[c] * z[c]
            norm = np.sqrt(norm)
            for r in range(size):
                axis[r] += z[r] / norm
                for c in range(size):
                    Q[g, r, c] += z[r] * z[c]
        if high - low == 1:
            for c in range(size):
                center[g, c] = z[c]
            continue
        norm = 0.0
        for c in range(size):
            norm += axis[c] * axis[c]
        norm = np.sqrt(norm)
        for c in range(size):
            axis[c] /= norm
        for again in range(2):
            for i in range(low, high):
                j = order[i]
                dot = a[j] * axis[d]
                for c in range(d):
                    dot += W[j, c] * axis[c]
                if dot <= 0.1 * np.sqrt(a[j] * a[j] + np.sum(W[j] ** 2)):
                    wide[g] = True
                    break
                for c in range(size):
                    value = (W[j, c] if c < d else a[j]) / dot
                    if again == 0:
                        center[g, c] += value / (high - low)
                    else:
                        half[g, c] = max(half[g, c], abs(value - center[g, c]))


@inner
def _neuron(
    z, D, terms, act, U, N, J, nodes, looks, rows, few, Z, nz, table, key, h, v, outer, seen,
    margin, side, touched, changed, list1, list2, work, log, keep, floor, base, coarse,
):  # fmt: skip
    """
    Move one neuron through τ ∈ [0, 1], from event to event. Returns (reason to give up, events).

    `D` holds the coefficients on the base pattern `act` and is changed. `rows` lists the `few` hyperplanes that may be
    met, or is empty and `few` is −1: then all of them may be. `z`, `Z`, `nz` and `key` are changed to those at the end.
    Where it meets many, it passes them at once if that makes an error below `coarse`; with 0 it stops at each.
    h gets what the rows that were crossed add to the base pattern's; v the sums a·w at the nodes; `seen` what it is at
    the times `looks`. `changed` lists the rows that may be on another side than in the base pattern, and their number.
    """
    n, d = N.shape
    E, e = np.empty((terms, d)), np.empty((terms, d))
    C = np.empty((TERMS + 2, d + 1))
    Q = np.empty((d, d))
    line = np.empty(TERMS + 2)
    forces = np.empty((d, terms))
    A, b = np.empty((2 * d + 8, 2 * d + 8)), np.empty(2 * d + 8)
    at1, at2 = np.empty(d), np.empty(d)
    before = np.empty(d, np.int64)
    rough = coarse > 0.0
    ahead, middle, last = np.empty(d + 1), np.empty((terms, d)), np.empty((terms, d))
    mask, scratch = work[0], work[1]
    near, dots = work[:d], work[d]
    changed[n] = 0
    for i in range(nz[0]):
        _touch(Z[i], touched, changed)
    tau, events, node, look = 0.0, 0, 0, 0
    size1, size2 = 0, 0
    radius1, radius2 = -1.0, -1.0
    released = -1
    limit = 50 * n + 1000
    if nz[0] > 0:
        _basis(N, Z, nz[0], Q)
        _forces(N, Z, nz[0], D, terms, A, b, forces)
    _project(D, terms, Q, nz[0], E)
    _drop_noise(E, terms, floor)
    speed = _norms(E, terms)
    invariant = z[d] * z[d]
    for c in range(d):
        invariant -= z[c] * z[c]
    while tau < 1.0:
        norm = 0.0
        for c in range(d):
            norm += z[c] * z[c]
        # w = 0 only in dimension 1, where it has one hyperplane at most
        norm = max(np.sqrt(norm), 1e-300)
        length = 1.0 - tau
        while rough and (few < 0 or few >= MANY) and nz[0] == 0:
            # Over many hyperplanes at once, by the pattern half-way; the error is that of the midpoint rule for D.
            if speed * length > ROUGH:
                length = ROUGH / speed
            _shift(E, terms, tau, e)
            count = _taylor(e, terms, z, 0.5 * length, C)
            _evaluate(C, count, 0.5 * length, ahead)
            _margins(U, ahead[:d], margin)
            for k in range(n):
                mask[k] = 1.0 if margin[k] > 0.0 else 0.0
            middle[:] = base
            _field(U, J, mask, terms, scratch, middle)
            _shift(middle, terms, tau, e)
            count = _taylor(e, terms, z, length, C)
            _evaluate(C, count, length, ahead)
            _margins(U, ahead[:d], margin)
            met = 0
            for k in range(n):
                mask[k] = 1.0 if margin[k] > 0.0 else 0.0
                met += (margin[k] > 0.0) != (side[k] > 0)
            if met < MANY:
                # `mask` and `scratch` have the room of the lists
                rough = False
                radius1, radius2 = -1.0, -1.0
                break
            last[:] = base
            _field(U, J, mask, terms, scratch, last)
            error = 0.0
            for c in range(d):
                value = 0.0
                for q in range(terms - 1, -1, -1):
                    value = value * (tau + 0.5 * length) + E[q, c] - 2.0 * middle[q, c] + last[q, c]
                error += value * value
            error = np.sqrt(error) * length / 6.0
            if error > coarse:
                length *= max(0.3, 0.8 * np.sqrt(coarse / error))
                continue
            for k in range(n):
                if (margin[k] > 0.0) != (side[k] > 0):
                    _touch(k, touched, changed)
                    side[k] = 1 if margin[k] > 0.0 else 0
                    key[0] ^= table[k, 0]
                    key[1] ^= table[k, 1]
            while node < len(nodes) and nodes[node] <= tau + length and nodes[node] < 1.0:
                _evaluate(C, count, nodes[node] - tau, z)
                _read(z, node, act, N, changed, h, v)
                node += 1
            while look < len(looks) and looks[look] <= tau + length:
                _evaluate(C, count, looks[look] - tau, seen[look])
                look += 1
            z[:] = ahead
            D[:] = last
            E[:] = last
            _drop_noise(E, terms, floor)
            speed = _norms(E, terms)
            events += met
            few = -1
            radius1, radius2 = -1.0, -1.0
            tau = 1.0 if length >= 1.0 - tau else tau + length
            length = 1.0 - tau
            if tau == 1.0:
                break
            norm = 0.0
            for c in range(d):
                norm += z[c] * z[c]
            norm = max(np.sqrt(norm), 1e-300)
        if tau == 1.0:
            break
        length = 1.0 - tau
        if speed * length > PIECE:
            length = PIECE / speed
        _shift(E, terms, tau, e)
        # Which hyperplanes can be met: those near enough to the direction, in a list that is valid on a ball of it.
        ray = d > 1 and nz[0] == d - 1
        if few < 0 and not ray:
            moved = 0.0
            if radius2 > 0.0:
                for c in range(d):
                    moved += (z[c] / norm - at2[c]) ** 2
                moved = np.sqrt(moved)
            if radius2 < 0.0 or moved > 0.6 * radius2:
                far = 0.0
                if radius1 > 0.0:
                    for c in range(d):
                        far += (z[c] / norm - at1[c]) ** 2
                    far = np.sqrt(far)
                if radius1 < 0.0 or (radius1 < 2.0 and far > 0.6 * radius1):
                    for c in range(d):
                        at1[c] = z[c] / norm
                    _margins(U, at1, margin)
                    if n <= LONG:
                        radius1 = 3.0
                    elif radius1 < 0.0:
                        radius1 = LONG / n
                    for _ in range(6):
                        size1 = 0
                        for k in range(n):
                            if abs(margin[k]) <= radius1:
                                list1[size1] = k
                                size1 += 1
                        if size1 > 4 * LONG and radius1 < 2.0:
                            radius1 *= 0.5
                        elif size1 < LONG // 4 and radius1 < 2.0:
                            radius1 = radius1 * 2.0
                        else:
                            break
                    for c in range(d):
                        for i in range(size1):
                            near[c, i] = U[c, list1[i]]
                    far = 0.0
                for c in range(d):
                    at2[c] = z[c] / norm
                if size1 <= 2 * SHORT and radius1 > 2.0:
                    radius2 = 3.0
                else:
                    radius2 = min(radius1, 3.0) * SHORT / max(size1, 1)
                    if radius2 > radius1 - far:
                        radius2 = radius1 - far
                _margins(near[:, :size1], at2, dots[:size1])
                size2 = 0
                for i in range(size1):
                    if abs(dots[i]) <= radius2:
                        list2[size2] = list1[i]
                        size2 += 1
                moved = 0.0
            if radius2 < 2.0:
                # the angle that the direction moves by is at most (path across w)/(what remains of w along itself)
                room = min(radius2 - moved, 0.5)
                along = 0.0
                for c in range(d):
                    along += e[0, c] * z[c] / norm
                square = 0.0
                for c in range(d):
                    square += (e[0, c] - along * z[c] / norm) ** 2
                pace = abs(z[d]) * np.sqrt(square)
                if pace * length > room * norm:
                    length = room * norm / pace
        count = _taylor(e, terms, z, length, C)
        if few < 0 and radius2 < 2.0 and not ray:
            while True:
                path, rest, power = 0.0, norm, 1.0
                for q in range(1, count):
                    power *= length
                    along, square = 0.0, 0.0
                    for c in range(d):
                        along += C[q, c] * z[c]
                    along /= norm
                    for c in range(d):
                        square += (C[q, c] - along * z[c] / norm) ** 2
                    path += np.sqrt(square) * power
                    rest += min(0.0, along * power)
                if path <= room * rest:
                    break
                length *= max(0.3, 0.9 * room * rest / path) if rest > 0.0 else 0.3
        # The first event in this piece. w moves by at most `reach`, and leaves its tangent by at most `bend` t².
        reach, bend, power = 0.0, 0.0, 1.0
        for q in range(1, count):
            square = 0.0
            for c in range(d):
                square += C[q, c] * C[q, c]
            square = np.sqrt(square)
            if q > 1:
                bend += square * power
                power *= length
            reach += square * power * length
        best, kind, row = length, 0, -1
        size = few if few >= 0 else size2
        if ray:
            # its direction does not change, so it meets no hyperplane, unless it reaches w = 0, where all meet
            size = 0
            for q in range(count):
                line[q] = 0.0
                for c in range(d):
                    line[q] += C[q, c] * z[c] / norm
            root = _first_root(line, count, best)
            if root >= 0.0:
                best, kind = root, 5
        for i in range(size):
            k = rows[i] if few >= 0 else list2[i]
            sign = 1.0 if side[k] > 0 else -1.0
            first = 0.0
            for c in range(d):
                first += C[0, c] * N[k, c]
            first *= sign
            if first > reach * (best / length):
                continue
            second = 0.0
            for c in range(d):
                second += C[1, c] * N[k, c]
            second *= sign
            if first > 0.0 and first + min(second, 0.0) * best - bend * best * best > 0.0:
                continue
            sliding = False
            for r in range(nz[0]):
                sliding |= Z[r] == k
            if sliding:
                continue
            line[0], line[1] = first, second
            rest, power = abs(second) * best, best
            for q in range(2, count):
                dot = 0.0
                for c in range(d):
                    dot += C[q, c] * N[k, c]
                line[q] = sign * dot
                power *= best
                rest += abs(dot) * power
            if first > rest:
                continue
            if abs(first) <= 1e-14 * norm and rest <= 1e-14 * norm:
                # it moves along this hyperplane, up to rounding
                continue
            if nz[0] > 0 and _distance(N, k, Q, nz[0]) < DEPENDENT:
                continue
            if k == released and count > 2:
                # it leaves the hyperplane at a tangent: what is left of value and slope is rounding
                line[0] = 0.0
                line[1] = max(line[1], 0.0)
            root = _first_root(line, count, best)
            if root >= 0.0 and (root < best or kind == 0):
                best, kind, row = root, 1, k
        for i in range(nz[0]):
            k = Z[i]
            _shift_row(forces[i], terms, tau, line)
            jump = 0.0
            for q in range(terms - 1, -1, -1):
                jump = jump * tau + J[q, k]
            sign = 1.0 if jump > 0.0 else -1.0
            # η that is 0 or 1 up to rounding stays so
            largest = 0.0
            for q in range(terms):
                line[q] *= sign
                largest = max(largest, abs(line[q]))
            root = _first_root(line, terms, best) if largest > 1e-13 * abs(jump) else -1.0
            if root >= 0.0 and (root < best or kind == 0):
                best, kind, row = root, 2, i
            # J − g
            for q in range(terms):
                b[q] = J[q, k]
            _shift_row(b, terms, tau, line)
            _shift_row(forces[i], terms, tau, b)
            largest = 0.0
            for q in range(terms):
                line[q] = sign * (line[q] - b[q])
                largest = max(largest, abs(line[q]))
            root = _first_root(line, terms, best) if largest > 1e-13 * abs(jump) else -1.0
            if root >= 0.0 and (root < best or kind == 0):
                best, kind, row = root, 3, i
        if nz[0] > 0 and invariant < 0.0:
            sign = 1.0 if z[d] > 0.0 else -1.0
            for q in range(count):
                line[q] = sign * C[q, d]
            if z[d] != 0.0:
                root = _first_root(line, count, best)
                if root > 0.0 and (root < best or kind == 0):
                    best, kind, row = root, 4, -1
        # The nodes on the way.
        while node < len(nodes) and nodes[node] <= tau + best and nodes[node] < 1.0:
            _evaluate(C, count, nodes[node] - tau, z)
            _read(z, node, act, N, changed, h, v)
            node += 1
        while look < len(looks) and looks[look] <= tau + best:
            _evaluate(C, count, looks[look] - tau, seen[look])
            look += 1
        _evaluate(C, count, best, z)
        if kind == 0 and best >= 1.0 - tau:
            tau = 1.0
        else:
            tau += best
        if best > 0.0:
            released = -1
        if kind == 0:
            continue
        # The event.
        events += 1
        near_size = few if few >= 0 else size2
        weight = 0.0
        held = nz[0]
        for i in range(held):
            before[i] = Z[i]
        if kind == 5:
            _write(log, keep, tau, weight, -1, ZERO)
            # It stays at 0, where 𝒟_n has the element 0.
            for c in range(d):
                z[c] = 0.0
                outer[c] = 0.0
            nz[0] = 0
            key[0], key[1] = np.uint64(AT_ZERO), np.uint64(AT_ZERO)
            seen[look:] = z
            return 0, events
        if events > limit:
            return STUCK, events
        if kind == 1:
            k = row
            jump = 0.0
            for q in range(terms - 1, -1, -1):
                jump = jump * tau + J[q, k]
            velocity = 0.0
            _shift(E, terms, tau, e)
            for c in range(d):
                velocity += e[0, c] * N[k, c]
            velocity *= z[d]
            weight = abs(z[d] * velocity)
            _touch(k, touched, changed)
            push = z[d] * jump
            sign = 1.0 if side[k] > 0 else -1.0
            # leaving the side `sign`: w·u_k moves by −sign; beyond, its velocity is velocity − sign·push
            after = velocity - sign * push
            if abs(after) <= 1e-13 * abs(push):
                after = 0.0
            if nz[0] == 0 and (push >= 0.0 or after * velocity > 0.0 or after == 0.0):
                # across
                for q in range(terms):
                    for c in range(d):
                        D[q, c] -= sign * J[q, k] * N[k, c]
                side[k] = 0 if side[k] > 0 else 1
                key[0] ^= table[k, 0]
                key[1] ^= table[k, 1]
            else:
                if push >= 0.0:
                    # across a hyperplane that pushes away; what it slides on is then to be settled anew
                    for q in range(terms):
                        for c in range(d):
                            D[q, c] -= sign * J[q, k] * N[k, c]
                    side[k] = 0 if side[k] > 0 else 1
                    key[0] ^= table[k, 0]
                    key[1] ^= table[k, 1]
                    k = -1
                _settle(
                    k, tau, z, D, terms, N, J, Z, nz,
                    table, key, side, touched, changed, rows if few >= 0 else list2, near_size,
                )  # fmt: skip
                if (side[row] > 0) == (sign > 0.0):
                    # it stays on its side: what is left of its velocity is rounding
                    released = row
        elif kind == 4:
            # a changes its sign: the hyperplanes it slides on begin to push away
            for i in range(nz[0] - 1, -1, -1):
                g = 0.0
                jump = 0.0
                for q in range(terms - 1, -1, -1):
                    g = g * tau + forces[i, q]
                    jump = jump * tau + J[q, Z[i]]
                k = Z[i]
                _leave(i, 1 if abs(g) > 0.5 * abs(jump) else 0, D, terms, N, J, Z, nz, table, key, side)
            z[d] = 0.0
        else:
            k = Z[row]
            _leave(row, 0 if kind == 2 else 1, D, terms, N, J, Z, nz, table, key, side)
            released = k
            if nz[0] > 1:
                _settle(
                    -1, tau, z, D, terms, N, J, Z, nz,
                    table, key, side, touched, changed, rows if few >= 0 else list2, near_size,
                )  # fmt: skip
        # what it let go, and what it took up or went across
        for i in range(held):
            if not _among(before[i], Z, nz[0]):
                _write(log, keep, tau, 0.0, before[i], LEAVES)
        for i in range(nz[0]):
            if not _among(Z[i], before, held):
                _write(log, keep, tau, weight, Z[i], SLIDES)
        if kind == 1 and not _among(row, Z, nz[0]):
            _write(log, keep, tau, weight, row, CROSSES)
        if nz[0] > 0:
            _basis(N, Z, nz[0], Q)
            _forces(N, Z, nz[0], D, terms, A, b, forces)
            for i in range(nz[0]):
                dot = 0.0
                for c in range(d):
                    dot += z[c] * Q[i, c]
                for c in range(d):
                    z[c] -= dot * Q[i, c]
        _project(D, terms, Q, nz[0], E)
        _drop_noise(E, terms, floor)
        speed = _norms(E, terms)
        # the short list of a unit supposes that nothing happens: from here all rows count
        few = -1
        # rounding: the invariant a² − ‖w‖² decides the larger of the two
        square = 0.0
        for c in range(d):
            square += z[c] * z[c]
        if invariant >= 0.0:
            z[d] = np.sqrt(square + invariant) if z[d] >= 0.0 else -np.sqrt(square + invariant)
        elif square > 0.0:
            factor = np.sqrt((z[d] * z[d] - invariant) / square)
            for c in range(d):
                z[c] *= factor
    while node < len(nodes):
        _read(z, node, act, N, changed, h, v)
        node += 1
    seen[look:] = z
    _stand(z, N, side, Z, nz[0], changed)
    for c in range(d):
        outer[c] = 0.0
        for q in range(terms):
            outer[c] += E[q, c]
    return 0, events


@inner
def _read(z, node, act, N, changed, h, v):
    """Add a neuron at a node to the sum a·w, and to h what its pattern differs by from the base pattern."""
    n, d = N.shape
    for c in range(d):
        v[node, c] += z[d] * z[c]
    for i in range(changed[n]):
        k = changed[i]
        dot = 0.0
        for c in range(d):
            dot += z[c] * N[k, c]
        h[node, k] += z[d] * (max(dot, 0.0) - act[k] * dot)


@inner
def _stand(z, N, side, Z, nz, changed):
    """
    Put a neuron off the hyperplanes that it has just crossed, if it is on them to rounding.

    A neuron that dies stops there; on the wrong side it would come to life when a residual changes its sign.
    """
    n, d = N.shape
    least = 0.0
    for c in range(d):
        least += z[c] * z[c]
    least = ROUNDING * np.sqrt(least)
    for i in range(changed[n]):
        k = changed[i]
        sign = 1.0 if side[k] > 0 else -1.0
        dot = 0.0
        for c in range(d):
            dot += z[c] * N[k, c]
        if abs(dot) < least and not _among(k, Z, nz):
            for c in range(d):
                z[c] += (sign * least - dot) * N[k, c]


@inner
def _apply(P, w, a, z):
    """Set z to P (w, a)."""
    size = len(P)
    for r in range(size):
        z[r] = 0.0
        for c in range(size - 1):
            z[r] += P[r, c] * w[c]
        z[r] += P[r, size - 1] * a


@inner
def _among(k, rows, count):
    found = False
    for i in range(count):
        found |= rows[i] == k
    return found


@inner
def _write(log, keep, tau, weight, row, what):
    """Add an event to the log, if it has the weight and there is room."""
    if weight > keep and log[0] + 1.0 <= (len(log) - 1) // EVENT:
        place = 1 + EVENT * int(log[0])
        log[place], log[place + 1], log[place + 2], log[place + 4] = tau, weight, row, what
        log[0] += 1.0


@inner
def _touch(k, touched, changed):
    """Remember that row k may be on another side than in the base pattern."""
    if touched[k] == 0:
        n = len(touched)
        touched[k] = 1
        changed[changed[n]] = k
        changed[n] += 1


@inner
def _leave(i, on, D, terms, N, J, Z, nz, table, key, side):
    """Leave the i-th hyperplane that is slid on, to its active side or to the other."""
    k = Z[i]
    d = N.shape[1]
    key[0] ^= table[k, 2]
    key[1] ^= table[k, 3]
    side[k] = on
    if on > 0:
        key[0] ^= table[k, 0]
        key[1] ^= table[k, 1]
        for q in range(terms):
            for c in range(d):
                D[q, c] += J[q, k] * N[k, c]
    for r in range(i, nz[0] - 1):
        Z[r] = Z[r + 1]
    nz[0] -= 1


@inner
def _settle(hit, tau, z, D, terms, N, J, Z, nz, table, key, side, touched, changed, near, size):
    """
    Which hyperplanes to slide on from here: the element of least norm over those through w that push toward it.

    They are Z, the one just hit (−1: none), and in degenerate positions others that contain the same face.
    """
    d = N.shape[1]
    most = 2 * d + 8
    A, b = np.empty((most, most)), np.empty(most)
    chosen = np.empty(most, np.int64)
    count = 0
    for i in range(nz[0]):
        chosen[count] = Z[i]
        count += 1
    if hit >= 0:
        chosen[count] = hit
        count += 1
    if count > 1:
        norm = 0.0
        for c in range(d):
            norm += z[c] * z[c]
        norm = np.sqrt(norm)
        for i in range(size):
            k = near[i]
            known = False
            for r in range(count):
                known |= chosen[r] == k
            if known or count == most:
                continue
            dot = 0.0
            for c in range(d):
                dot += z[c] * N[k, c]
            jump = 0.0
            for q in range(terms - 1, -1, -1):
                jump = jump * tau + J[q, k]
            if abs(dot) <= 1e-12 * norm and z[d] * jump < 0.0:
                chosen[count] = k
                count += 1
                _touch(k, touched, changed)
    normals, jumps, g = np.empty((count, d)), np.empty(count), np.empty(count)
    free = np.zeros(count, np.bool_)
    base = np.zeros(d)
    for q in range(terms - 1, -1, -1):
        for c in range(d):
            base[c] = base[c] * tau + D[q, c]
    for i in range(count):
        k = chosen[i]
        jumps[i] = 0.0
        for q in range(terms - 1, -1, -1):
            jumps[i] = jumps[i] * tau + J[q, k]
        for c in range(d):
            normals[i, c] = N[k, c]
        g[i] = 0.0
        if i >= nz[0] and side[k] > 0:
            g[i] = jumps[i]
            for c in range(d):
                base[c] -= jumps[i] * normals[i, c]
    # start from what is slid on now
    held = nz[0]
    for i in range(held):
        g[i] = 0.5 * jumps[i]
        free[i] = True
    _nearest(base, normals, jumps, count, g, free, A, b)
    # put down the old, take up the new
    for i in range(count):
        k = chosen[i]
        if i < held:
            key[0] ^= table[k, 2]
            key[1] ^= table[k, 3]
        elif side[k] > 0:
            key[0] ^= table[k, 0]
            key[1] ^= table[k, 1]
            for q in range(terms):
                for c in range(d):
                    D[q, c] -= J[q, k] * N[k, c]
        side[k] = 0
    nz[0] = 0
    for i in range(count):
        k = chosen[i]
        if free[i] and nz[0] < d:
            Z[nz[0]] = k
            nz[0] += 1
            key[0] ^= table[k, 2]
            key[1] ^= table[k, 3]
        elif abs(g[i]) > 0.5 * abs(jumps[i]):
            side[k] = 1
            key[0] ^= table[k, 0]
            key[1] ^= table[k, 1]
            for q in range(terms):
                for c in range(d):
                    D[q, c] += J[q, k] * N[k, c]


@inner
def _matrix(E, terms, nodes, out):
    """Propagators of z' = A(τ) z from τ = 0 to the nodes, on a pattern without events."""
    size = out.shape[1]
    e = np.empty_like(E)
    C = np.empty((TERMS + 2, size))
    z = np.empty(size)
    speed = _norms(E, terms)
    now = np.empty((size, size))
    for r in range(size):
        for c in range(size):
            now[r, c] = 1.0 if r == c else 0.0
    tau, node = 0.0, 0
    while node < len(nodes):
        length = nodes[node] - tau
        pieces = 1
        if speed * length > PIECE:
            pieces = int(np.ceil(speed * length / PIECE))
        for piece in range(pieces):
            at = tau + length * piece / pieces
            _shift(E, terms, at, e)
            for c in range(size):
                for r in range(size):
                    z[r] = now[r, c]
                count = _taylor(e, terms, z, length / pieces, C)
                _evaluate(C, count, length / pieces, z)
                for r in range(size):
                    now[r, c] = z[r]
        for r in range(size):
            for c in range(size):
                out[node, r, c] = now[r, c]
        tau = nodes[node]
        node += 1


@inner
def _threatened(U, N, P, steps, center, half, act, E, terms, nodes, margin, rows):
    """The rows that a neuron of the unit may meet in this step; their number. `steps` are the propagators."""
    d, n = U.shape
    size = d + 1
    speed, bend = _norms(E, terms), 0.0
    for q in range(1, terms):
        square = 0.0
        for c in range(d):
            square += E[q, c] * E[q, c]
        bend += q * np.sqrt(square)
    # the largest state of the box, now
    largest = 0.0
    spread = 0.0
    for r in range(size):
        value, width = 0.0, 0.0
        for c in range(size):
            value += P[r, c] * center[c]
            width += abs(P[r, c]) * half[c]
        largest += (abs(value) + width) ** 2
        if r < d:
            spread += width * width
    largest, spread = np.sqrt(largest), np.sqrt(spread)
    growth = np.exp(speed)
    reach = spread + speed * growth * largest
    count = 0
    for k in range(n):
        if abs(margin[k]) <= reach:
            rows[count] = k
            count += 1
    if count == 0:
        return 0
    # The margins of the box at the nodes; between them they bend by at most gap²/8 × |w''|.
    gap = nodes[0]
    for i in range(1, len(nodes)):
        gap = max(gap, nodes[i] - nodes[i - 1])
    slack = gap * gap / 8.0 * (speed * speed + bend) * growth * largest
    state, edges = np.empty((len(nodes) + 1, d)), np.empty((len(nodes) + 1, d, size))
    for i in range(len(nodes) + 1):
        for r in range(d):
            for c in range(size):
                if i == 0:
                    edges[i, r, c] = P[r, c]
                else:
                    value = 0.0
                    for x in range(size):
                        value += steps[i - 1, r, x] * P[x, c]
                    edges[i, r, c] = value
            state[i, r] = 0.0
            for c in range(size):
                state[i, r] += edges[i, r, c] * center[c]
                edges[i, r, c] *= half[c]
    found = 0
    for i in range(count):
        k = rows[i]
        sign = 1.0 if act[k] > 0.0 else -1.0
        safe = True
        for t in range(len(nodes) + 1):
            value = 0.0
            for r in range(d):
                value += N[k, r] * state[t, r]
            value *= sign
            for c in range(size):
                width = 0.0
                for r in range(d):
                    width += N[k, r] * edges[t, r, c]
                value -= abs(width)
            if value <= slack:
                safe = False
                break
        if not safe:
            rows[found] = k
            found += 1
    return found


@njit(cache=True, nogil=True)
def sweep(
    which, order, start, W, a, crossing, Z, nz, P, Q, center, half, U, N, J, base, terms, nodes, looks, table, keep,
    coarse, W1, a1, Z1, nz1, keys, moved, P1, Q1, square, crossed, reason, seen, h, V, log,
):  # fmt: skip
    """
    Move the units in `which` through one macro step.

    Parameters, where not evident: crossing[j]: a_j may change its sign, since a² < ‖w‖²; U (d, n) and N (n, d) unit
    normals; J (terms, n) and base (terms, d) the coefficients in τ, times the length of the step; nodes: times in
    (0, 1], the last of which is 1; looks: times in (0, 1), in order, at which to see the neurons.

    Results: h (nodes, n) gets Σ a σ(w·u_k) and V (nodes, d) gets Σ a w of these units. moved[g] = 0: the unit
    has the propagator P1[g] and second moments Q1[g]; 1: its neurons are in W1, a1, Z1, nz1, keys. square[g] is
    Σ a²‖D‖² + (w·D)² at the end, times the square of the length of the step. seen (m, looks, d + 1) gets (w, a).
    """
    d, n = U.shape
    size = d + 1
    count_nodes = len(nodes)
    floor = 1e-14 * (np.abs(J).sum() + np.abs(base).sum())
    margin, act, weighted = np.empty(n), np.empty(n), np.empty(n)
    margin1 = np.empty(n)
    side, touched = np.zeros(n, np.int8), np.zeros(n, np.int8)
    changed = np.empty(n + 1, np.int64)
    work = np.empty((d + 1, n))
    list1, list2, rows = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    D, E, D1 = np.empty((terms, d)), np.empty((terms, d)), np.empty((terms, d))
    basis = np.empty((d, d))
    forces = np.empty((d, terms))
    A, b = np.empty((2 * d + 8, 2 * d + 8)), np.empty(2 * d + 8)
    line = np.empty(terms)
    steps = np.empty((count_nodes, size, size))
    glance = np.empty((1, size, size))
    v = np.empty((count_nodes, d))
    z, outer = np.empty(size), np.empty(d)
    key, group_key = np.empty(2, np.uint64), np.empty(2, np.uint64)
    z_rows, z_count = np.empty(d, np.int64), np.empty(1, np.int64)
    for g in which:
        low, high = start[g], start[g + 1]
        member = order[low]
        for r in range(size):
            z[r] = 0.0
            for c in range(size):
                z[r] += P[g, r, c] * center[g, c]
        if not np.any(z[:d]):
            # at w = 0, for good
            moved[g], crossed[g], square[g] = 0, 0, 0.0
            P1[g], Q1[g] = P[g], Q[g]
            for i in range(low, high):
                j = order[i]
                for look in range(len(looks)):
                    _apply(P[g], W[j], a[j], seen[j, look])
            continue
        _margins(U, z[:d], margin)
        for k in range(n):
            act[k] = 1.0 if margin[k] > 0.0 else 0.0
        z_count[0] = nz[member]
        for i in range(z_count[0]):
            z_rows[i] = Z[member, i]
            act[z_rows[i]] = 0.0
        first = np.uint64(0)
        second = np.uint64(0)
        for k in range(n):
            on = np.uint64(0) - np.uint64(act[k])
            first ^= table[k, 0] & on
            second ^= table[k, 1] & on
            side[k] = np.int8(act[k])
        for i in range(z_count[0]):
            first ^= table[z_rows[i], 2]
            second ^= table[z_rows[i], 3]
        group_key[0], group_key[1] = first, second
        for q in range(terms):
            for c in range(d):
                D[q, c] = base[q, c]
        _field(U, J, act, terms, weighted, D)
        for i in range(count_nodes):
            for c in range(d):
                v[i, c] = 0.0
        square[g] = 0.0
        crossed[g] = 0
        few = -1
        if high - low > 1:
            _basis(N, z_rows, z_count[0], basis)
            _project(D, terms, basis, z_count[0], E)
            _drop_noise(E, terms, floor)
            _matrix(E, terms, nodes, steps)
            few = _threatened(U, N, P[g], steps, center[g], half[g], act, E, terms, nodes, margin, rows)
            kept = 0
            for i in range(few):
                sliding = False
                for r in range(z_count[0]):
                    sliding |= rows[i] == z_rows[r]
                if not sliding:
                    rows[kept] = rows[i]
                    kept += 1
            few = kept
            quiet = few == 0 and (d == 1 or z_count[0] < d - 1)
            if quiet and z_count[0] > 0:
                for i in range(low, high):
                    quiet &= not crossing[order[i]]
                _forces(N, z_rows, z_count[0], D, terms, A, b, forces)
                for i in range(z_count[0]):
                    k = z_rows[i]
                    sign = 1.0 if J[0, k] > 0.0 else -1.0
                    for q in range(terms):
                        line[q] = sign * forces[i, q]
                    quiet &= _first_root(line, terms, 1.0) < 0.0
                    for q in range(terms):
                        line[q] = sign * (J[q, k] - forces[i, q])
                    quiet &= _first_root(line, terms, 1.0) < 0.0
            if quiet:
                moved[g] = 0
                for i in range(count_nodes):
                    # second moments at the node: S Q Sᵀ
                    for r in range(size):
                        for c in range(size):
                            total = 0.0
                            for x in range(size):
                                total += steps[i, r, x] * Q[g, x, c]
                            Q1[g, r, c] = total
                    for r in range(size):
                        for c in range(size):
                            total = 0.0
                            for x in range(size):
                                total += Q1[g, r, x] * steps[i, c, x]
                            P1[g, r, c] = total
                    for c in range(d):
                        v[i, c] = P1[g, c, d]
                for r in range(size):
                    for c in range(size):
                        Q1[g, r, c] = P1[g, r, c]
                for r in range(size):
                    for c in range(size):
                        total = 0.0
                        for x in range(size):
                            total += steps[count_nodes - 1, r, x] * P[g, x, c]
                        P1[g, r, c] = total
                for c in range(d):
                    outer[c] = 0.0
                    for q in range(terms):
                        outer[c] += E[q, c]
                for r in range(d):
                    square[g] += outer[r] * outer[r] * Q1[g, d, d]
                    for c in range(d):
                        square[g] += outer[r] * Q1[g, r, c] * outer[c]
                for i in range(count_nodes):
                    _spread(U, act, v[i], weighted, h[i])
                    for c in range(d):
                        V[i, c] += v[i, c]
                for look in range(len(looks)):
                    # from 0 each: what is seen does not depend on when else one looks
                    _matrix(E, terms, looks[look : look + 1], glance)
                    glance[0] = glance[0] @ P[g]
                    for i in range(low, high):
                        j = order[i]
                        _apply(glance[0], W[j], a[j], seen[j, look])
                continue
        moved[g] = 1
        for i in range(low, high):
            j = order[i]
            _apply(P[g], W[j], a[j], z)
            for q in range(terms):
                for c in range(d):
                    D1[q, c] = D[q, c]
            z_count[0] = nz[j]
            for r in range(nz[j]):
                z_rows[r] = Z[j, r]
            key[0], key[1] = group_key[0], group_key[1]
            logged = int(log[0])
            failed, events = _neuron(
                z, D1, terms, act, U, N, J, nodes, looks, rows, few, z_rows, z_count, table, key, h, v, outer, seen[j],
                margin1, side, touched, changed, list1, list2, work, log, keep, floor, base, coarse,
            )  # fmt: skip
            for r in range(logged, int(log[0])):
                log[1 + EVENT * r + 3] = j
            for r in range(changed[n]):
                k = changed[r]
                touched[k] = 0
                side[k] = np.int8(act[k])
            reason[g] = max(reason[g], failed)
            crossed[g] += events
            dot, strength = 0.0, 0.0
            for c in range(d):
                W1[j, c] = z[c]
                dot += z[c] * outer[c]
                strength += outer[c] * outer[c]
            a1[j] = z[d]
            square[g] += z[d] * z[d] * strength + dot * dot
            nz1[j] = z_count[0]
            for r in range(z_count[0]):
                Z1[j, r] = z_rows[r]
            for r in range(z_count[0], d):
                Z1[j, r] = -1
            keys[j, 0], keys[j, 1] = key[0], key[1]
        for i in range(count_nodes):
            _spread(U, act, v[i], weighted, h[i])
            for c in range(d):
                V[i, c] += v[i, c]
