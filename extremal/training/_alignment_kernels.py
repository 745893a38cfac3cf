"""Compiled kernel of early alignment: neurons followed from hyperplane to hyperplane, one after another.

`_alignment` has the mathematics. Here a > 0 (the sign is in the weights), hyperplane k has the unit normal u_k and adds
above_k u_k to D where u_k·w > 0 and below_k u_k where u_k·w < 0, and the weight w of a neuron moves along the polygon
dw/dσ = v, v the element of least norm of the Filippov set, with dσ = a dt. In a cone or on a face v is constant, so the
next hyperplane is the one with the least −(u_k·w)/(u_k·v) > 0, whatever a is; and a = sqrt(κ + ‖w‖²).

*Sides* are kept as signs, not read off the margins, so that rounding cannot make a neuron cross twice. A hyperplane
that the neuron is on is *held*: it is no event until `_resolve` lets it go.

*Candidates.* A pass over all n rows gives the margins m_k and speeds c_k at a reference (w₀, v₀). Until w has left the
line w₀ + σ v₀ by more than ρ/2, or σ has passed H, only rows whose margin on that line comes within ρ of a change of
sign before H can be met; only those, some √n, are looked at from one crossing to the next. H and ρ adapt; they
change what a step costs, not what it does.
"""

import numpy as np
from numba import njit

__all__ = ["follow"]

# Reassociated and contracted sums obey the same error bounds; nothing else of "fast math" does.
_SUMS = {"reassoc", "contract"}

# Rounding error of D and of its products with unit vectors, relative to Σ |weights| that act.
_ROUNDING = 2.0**-44
# A margin below this, relative to ‖w‖, is on the hyperplane: the rounding of a path of a thousand pieces.
_ON = 2.0**-43
# Part of w orthogonal to D, relative to ‖w‖, below which w passes through the origin.
_STRAIGHT = 2.0**-48
# A generator nearer than this to the span of the others, relative to its length, depends on them.
_DEPENDENT = 1e-11

# How a neuron ended (see `_alignment`).
_RUNNING, _SETTLED, _STOPPED_MOVING, _FADING, _ORIGIN, _TIME, _CROSSINGS = range(7)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_SUMS)
def _sweep(columns, count, w, v, margins, speeds):
    """Write u_k·w and u_k·v for the first `count` columns."""
    for t in range(count):
        margins[t] = 0.0
        speeds[t] = 0.0
    for j in range(columns.shape[0]):
        a, b = w[j], v[j]
        column = columns[j]
        for t in range(count):
            margins[t] += a * column[t]
            speeds[t] += b * column[t]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_SUMS)
def _total(columns, weights, out):
    """Write Σ_k weights_k u_k to out; returns Σ |weights_k|."""
    count = weights.shape[0]
    size = 0.0
    for t in range(count):
        size += abs(weights[t])
    for j in range(columns.shape[0]):
        column = columns[j]
        total = 0.0
        for t in range(count):
            total += weights[t] * column[t]
        out[j] = total
    return size


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_SUMS)
def _dot(x, y):
    total = 0.0
    for j in range(x.shape[0]):
        total += x[j] * y[j]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _elapsed(w, later, v, kappa):
    """Time that w takes along v to a later point, with a = sqrt(κ + ‖w‖²), stable near and far.

    With e = v/‖v‖, p = w·e and Δ = p' − p, tanh(½‖v‖t) = Δ/(a + a') and e^(‖v‖t) = (p' + a')/(p + a).
    """
    length = np.sqrt(_dot(v, v))
    p, end = _dot(w, v) / length, _dot(later, v) / length
    a, b = np.sqrt(kappa + _dot(w, w)), np.sqrt(kappa + _dot(later, later))
    tanh = (end - p) / (a + b)
    if tanh < 0.75:
        return np.log1p(2.0 * tanh / (1.0 - tanh)) / length
    # a² − p² does not change
    rest = kappa
    for j in range(w.shape[0]):
        rest += (w[j] - p * v[j] / length) ** 2
    start = p + a if p > 0.0 else rest / (a - p)
    stop = end + b if end > 0.0 else rest / (b - end)
    return np.log(stop / start) / length


@njit(cache=True, nogil=True, error_model="numpy")
def _advance(w, v, kappa, time):
    """Move w for a time along v, in closed form, and scale it by e^(−‖v‖ time) so that nothing overflows."""
    length = np.sqrt(_dot(v, v))
    if length == 0.0:
        return
    p = _dot(w, v) / length
    a = np.sqrt(kappa + _dot(w, w))
    rest = kappa
    for j in range(w.shape[0]):
        rest += (w[j] - p * v[j] / length) ** 2
    plus, minus = p + a, a - p
    if p < 0.0:
        plus = rest / minus
    else:
        minus = rest / plus if plus > 0.0 else 0.0
    x = np.exp(-length * time)
    along = 0.5 * (plus - minus * x * x)
    for j in range(w.shape[0]):
        e = v[j] / length
        w[j] = (w[j] - p * e) * x + along * e


@njit(cache=True, nogil=True, error_model="numpy")
def _nearest(base, columns, low, span, theta, free, work, basis, upper, order, v, tolerance):
    """Minimise ‖base + Σ (low_i + θ_i span_i) u_i‖ over θ in [0, 1]^q; v is the vector, `free` the θ strictly inside.

    Bounded least squares by an active set (Stark and Parker 1995), from the θ and `free` that are given; a span of 0
    means a row that is fixed. Free rows are independent: one that would depend on the others is orthogonal to v.
    """
    q, d = span.shape[0], base.shape[0]
    last = -1
    for _attempt in range(50 + 20 * q):
        # An inner round: the least-squares point over the free rows, or the way to it until a row reaches a bound.
        for _ in range(q + 1):
            for j in range(d):
                work[j] = base[j]
            for i in range(q):
                if not free[i]:
                    weight = low[i] + theta[i] * span[i]
                    for j in range(d):
                        work[j] += weight * columns[i, j]
            f = 0
            for i in range(q):
                if not free[i]:
                    continue
                if f == d:
                    free[i] = False
                    continue
                for j in range(d):
                    basis[f, j] = columns[i, j]
                for s in range(f):
                    upper[s, f] = 0.0
                for _again in range(2):
                    for s in range(f):
                        part = _dot(basis[s], basis[f])
                        upper[s, f] += part
                        for j in range(d):
                            basis[f, j] -= part * basis[s, j]
                size = np.sqrt(_dot(basis[f], basis[f]))
                if size < _DEPENDENT:
                    # Dependent up to rounding: it stays where it is, and its part joins the base.
                    free[i] = False
                    weight = low[i] + theta[i] * span[i]
                    for j in range(d):
                        work[j] += weight * columns[i, j]
                    continue
                for j in range(d):
                    basis[f, j] /= size
                upper[f, f] = size
                order[f] = i
                f += 1
            for j in range(d):
                v[j] = work[j]
            for _again in range(2):
                for s in range(f):
                    part = _dot(basis[s], v)
                    for j in range(d):
                        v[j] -= part * basis[s, j]
            # R (low + θ span) = −Qᵀ work
            share = 1.0
            hit = -1
            for s in range(f - 1, -1, -1):
                value = -_dot(basis[s], work)
                for t in range(s + 1, f):
                    value -= upper[s, t] * work[d + t]
                work[d + s] = value / upper[s, s]
            for s in range(f):
                i = order[s]
                target = (work[d + s] - low[i]) / span[i]
                work[2 * d + s] = target
                if target < 0.0 or target > 1.0:
                    bound = 0.0 if target < 0.0 else 1.0
                    gap = target - theta[i]
                    part = (bound - theta[i]) / gap if gap != 0.0 else 0.0
                    part = max(0.0, part)
                    if part < share or hit < 0:
                        share, hit = part, i
            for s in range(f):
                i = order[s]
                theta[i] += share * (work[2 * d + s] - theta[i])
            if hit < 0:
                break
            theta[hit] = 0.0 if theta[hit] < 0.5 else 1.0
            free[hit] = False
            if hit == last and share == 0.0:
                # Let in by rounding alone.
                last = -2
        if last == -2:
            return f
        # The bound row that the vector pushes inside the most.
        worst, last = tolerance, -1
        for i in range(q):
            if not free[i] and span[i] != 0.0:
                push = _dot(columns[i], v) * (1.0 if span[i] > 0.0 else -1.0)
                if theta[i] > 0.0 and push > worst:
                    worst, last = push, i
                elif theta[i] < 1.0 and -push > worst:
                    worst, last = -push, i
        if last < 0:
            return f
        free[last] = True
    return f


@njit(cache=True, nogil=True, error_model="numpy")
def _resolve(base, columns, above, below, theta, free, span, low, work, basis, upper, order, v, tolerance):
    """The Filippov velocity on the hyperplanes held, and for each the side it goes to, or 0 if it stays held.

    Hyperplanes with above < below attract, and share the least norm; the others repel: each stays on the side it is
    on (θ = 0 or 1) unless the velocity leaves that side, which makes ‖v‖ grow, so that the loop ends.
    Returns the number of hyperplanes that the neuron slides on.
    """
    q = theta.shape[0]
    for i in range(q):
        low[i] = below[i]
        span[i] = above[i] - below[i] if above[i] < below[i] else 0.0
        if above[i] >= below[i]:
            low[i] = above[i] if theta[i] > 0.5 else below[i]
            free[i] = False
    f = 0
    for _ in range(10 + 4 * q):
        f = _nearest(base, columns, low, span, theta, free, work, basis, upper, order, v, tolerance)
        worst, turned = tolerance, -1
        for i in range(q):
            if span[i] == 0.0:
                push = _dot(columns[i], v) * (-1.0 if theta[i] > 0.5 else 1.0)
                if push > worst:
                    worst, turned = push, i
        if turned < 0:
            break
        theta[turned] = 1.0 - theta[turned]
        low[turned] = above[turned] if theta[turned] > 0.5 else below[turned]
    return f


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_SUMS)
def follow(
    columns, above, below, W, kappas, t_max, most,
    times, crossings, sliding, codes, D, starts, event_times, event_rows, stop,
):  # fmt: skip
    """Follow neurons, each until it is settled, t_max, or `most` crossings.

    W (m, d) holds w, of norms about 1, and gets the direction; `kappas` (m,) a² − ‖w‖². Written for each neuron: the
    time it entered its last cone or face, crossings, hyperplanes it slides on, how it ended, its velocity D (m, d).
    With `starts` (m + 1,) its crossings go to event_times and event_rows from starts[j] on. Leaves off when stop[0] is
    set.
    """
    d, n = columns.shape
    record = starts.shape[0] > 1
    live = np.empty(n)
    weight = np.empty(n)
    margins, speeds = np.empty(n), np.empty(n)
    chosen = np.empty(n, dtype=np.int64)
    near = np.empty((d, n))
    near_live, near_margins, near_speeds = np.empty(n), np.empty(n), np.empty(n)
    held = np.empty(n, dtype=np.int64)
    held_columns = np.empty((n, d))
    held_above, held_below, theta = np.empty(n), np.empty(n), np.empty(n)
    span, low = np.empty(n), np.empty(n)
    free = np.zeros(n, dtype=np.bool_)
    base, v, w, work = np.empty(d), np.empty(d), np.empty(d), np.empty(3 * d)
    origin, heading, scratch = np.empty(d), np.empty(d), np.empty(d)
    basis, upper = np.empty((d, d)), np.empty((d, d))
    order = np.empty(d, dtype=np.int64)
    wanted = min(256.0, max(12.0, 1.5 * np.sqrt(n)))

    for neuron in range(W.shape[0]):
        kappa = kappas[neuron]
        for j in range(d):
            w[j] = W[neuron, j]
        time, entered = 0.0, 0.0
        met = 0
        q, f = 0, 0
        code = _RUNNING
        passed_origin = False
        for j in range(d):
            v[j] = 0.0
        _sweep(columns, n, w, v, margins, speeds)
        ww = _dot(w, w)
        on = _ON * np.sqrt(ww)
        for k in range(n):
            if abs(margins[k]) <= on:
                live[k], weight[k] = 0.0, 0.0
                held[q] = k
                theta[q] = 1.0 if margins[k] > 0.125 * on else 0.0
                free[q] = False
                q += 1
            else:
                live[k] = 1.0 if margins[k] > 0.0 else -1.0
                weight[k] = above[k] if margins[k] > 0.0 else below[k]
        horizon, margin = 0.0, 0.0
        while code == _RUNNING:
            if stop[0]:
                break
            # -- a full pass: D afresh, and the rows that can come next ------------------------------------------
            ww = _dot(w, w)
            if ww > 2.0**40 or ww < 2.0**-40:
                factor = 2.0 ** -np.floor(0.5 * np.log2(ww))
                for j in range(d):
                    w[j] *= factor
                kappa *= factor * factor
                horizon *= factor
                margin *= factor
                ww = _dot(w, w)
            size = _total(columns, weight, base)
            for i in range(q):
                k = held[i]
                for j in range(d):
                    held_columns[i, j] = columns[j, k]
                held_above[i], held_below[i] = above[k], below[k]
                size += max(abs(above[k]), abs(below[k]))
            tolerance = _ROUNDING * size
            released = False
            if q:
                f = _resolve(
                    base, held_columns[:q], held_above[:q], held_below[:q], theta[:q], free[:q], span[:q], low[:q],
                    work, basis, upper, order, v, tolerance,
                )  # fmt: skip
                # Rounding must not take w off the hyperplanes it slides on.
                for s in range(f):
                    part = _dot(basis[s], w)
                    for j in range(d):
                        w[j] -= part * basis[s, j]
                # Let go of the rows that v leaves.
                left = 0
                for i in range(q):
                    k = held[i]
                    push = _dot(held_columns[i], v)
                    if not free[i] and abs(push) > tolerance:
                        live[k] = 1.0 if push > 0.0 else -1.0
                        weight[k] = above[k] if push > 0.0 else below[k]
                        released = True
                    else:
                        held[left], theta[left], free[left] = k, theta[i], free[i]
                        left += 1
                q = left
                if released:
                    continue
            else:
                f = 0
                for j in range(d):
                    v[j] = base[j]
            vv = _dot(v, v)
            if vv <= tolerance * tolerance:
                code = _STOPPED_MOVING
                break
            length = np.sqrt(vv)
            ww = _dot(w, w)
            wv = _dot(w, v)
            if wv < 0.0:
                apart = 0.0
                for j in range(d):
                    apart += (w[j] - wv / vv * v[j]) ** 2
                if apart <= _STRAIGHT * _STRAIGHT * ww:
                    # w lies against D: it never turns if a = ‖w‖, and else passes through the origin.
                    if kappa <= 2.0**-100 * ww:
                        code = _FADING
                        break
                    for j in range(d):
                        scratch[j] = 0.0
                    dt = _elapsed(w, scratch, v, kappa)
                    if time + dt >= t_max:
                        _advance(w, v, kappa, t_max - time)
                        code = _TIME
                        break
                    time += dt
                    entered = time
                    for j in range(d):
                        w[j] = v[j] / length
                    factor = 2.0**-60 * np.sqrt(ww)
                    kappa /= factor * factor
                    if passed_origin:
                        code = _ORIGIN
                        break
                    passed_origin = True
                    _sweep(columns, n, w, v, margins, speeds)
                    q = 0
                    for k in range(n):
                        if abs(margins[k]) <= _ON:
                            held[q] = k
                            theta[q] = 1.0 if weight[k] == above[k] and live[k] > 0.0 else 0.0
                            free[q] = False
                            live[k], weight[k] = 0.0, 0.0
                            q += 1
                        else:
                            side = 1.0 if margins[k] > 0.0 else -1.0
                            if side != live[k]:
                                if record:
                                    event_times[starts[neuron] + met] = time
                                    event_rows[starts[neuron] + met] = k
                                met += 1
                            live[k] = side
                            weight[k] = above[k] if side > 0.0 else below[k]
                    horizon = 0.0
                    continue
            _sweep(columns, n, w, v, margins, speeds)
            soonest = np.inf
            for k in range(n):
                speed = live[k] * speeds[k]
                if speed < -tolerance:
                    ahead = max(0.0, live[k] * margins[k])
                    if ahead < -soonest * speed:
                        soonest = -ahead / speed
            if soonest == np.inf:
                code = _SETTLED
                break
            if horizon == 0.0:
                # Hyperplanes of random directions are met about n/π times per radian.
                horizon = wanted * np.pi / n * np.sqrt(ww) / length
                margin = 0.2 * horizon * length
            reach = max(horizon, 1.01 * soonest)
            on = _ON * (np.sqrt(ww) + reach * length)
            margin = max(margin, 16.0 * on)
            count = 0
            for k in range(n):
                if live[k] == 0.0 or live[k] * margins[k] + min(0.0, live[k] * speeds[k]) * reach <= margin:
                    chosen[count] = k
                    count += 1
            for j in range(d):
                column = columns[j]
                for t in range(count):
                    near[j, t] = column[chosen[t]]
            for t in range(count):
                near_live[t] = live[chosen[t]]
            for j in range(d):
                origin[j], heading[j] = w[j], v[j]
            gone, drift = 0.0, 0.0
            before = met
            strayed = False
            # -- from crossing to crossing among the candidates --------------------------------------------------
            while True:
                ww, wv, vv = _dot(w, w), _dot(w, v), _dot(v, v)
                if wv < 0.0 and met > before and ww * vv - wv * wv <= 1e-13 * ww * vv:
                    # Perhaps straight to the origin.
                    break
                _sweep(near, count, w, v, near_margins, near_speeds)
                step = np.inf
                place = -1
                for t in range(count):
                    speed = near_live[t] * near_speeds[t]
                    if speed < -tolerance:
                        ahead = max(0.0, near_live[t] * near_margins[t])
                        if ahead < -step * speed:
                            step = -ahead / speed
                            place = t
                if place < 0 or gone + step > reach:
                    break
                drift = 0.0
                for j in range(d):
                    scratch[j] = w[j] + step * v[j]
                    drift += (scratch[j] - origin[j] - (gone + step) * heading[j]) ** 2
                if drift > 0.25 * margin * margin:
                    strayed = True
                    break
                dt = _elapsed(w, scratch, v, kappa)
                if time + dt >= t_max:
                    _advance(w, v, kappa, t_max - time)
                    code = _TIME
                    break
                time += dt
                entered = time
                for j in range(d):
                    w[j] = scratch[j]
                gone += step
                on = _ON * np.sqrt(_dot(w, w))
                # Every row at distance 0 takes part, also one that was crossed just now.
                joined = 0
                for t in range(count):
                    if near_live[t] != 0.0:
                        ahead = near_live[t] * (near_margins[t] + step * near_speeds[t])
                        if t == place or abs(ahead) <= on:
                            k = chosen[t]
                            if t == place or near_live[t] * near_speeds[t] < -tolerance:
                                if record:
                                    event_times[starts[neuron] + met] = time
                                    event_rows[starts[neuron] + met] = k
                                met += 1
                            held[q + joined] = t
                            joined += 1
                if met >= most:
                    code = _CROSSINGS
                if q == 0 and joined == 1:
                    k = chosen[place]
                    turned = -near_live[place]
                    change = turned * (above[k] - below[k])
                    if turned * near_speeds[place] + turned * change > tolerance:
                        # Through to the other side.
                        for j in range(d):
                            base[j] += change * near[j, place]
                            v[j] = base[j]
                        live[k] = near_live[place] = turned
                        weight[k] = above[k] if turned > 0.0 else below[k]
                        size += abs(weight[k])
                        tolerance = _ROUNDING * size
                        if code != _RUNNING or _dot(v, v) <= (2.0**20 * tolerance) ** 2:
                            break
                        continue
                for i in range(joined):
                    t = held[q + i]
                    k = chosen[t]
                    held[q + i] = k
                    # One that repels is on the far side, if v leads there.
                    through = above[k] >= below[k] and live[k] * near_speeds[t] < -tolerance
                    theta[q + i] = 1.0 if (live[k] > 0.0) != through else 0.0
                    free[q + i] = False
                    for j in range(d):
                        base[j] -= weight[k] * near[j, t]
                        held_columns[q + i, j] = near[j, t]
                    held_above[q + i], held_below[q + i] = above[k], below[k]
                    size += max(abs(above[k]), abs(below[k]))
                    live[k], weight[k] = 0.0, 0.0
                    near_live[t] = 0.0
                tolerance = _ROUNDING * size
                q += joined
                f = _resolve(
                    base, held_columns[:q], held_above[:q], held_below[:q], theta[:q], free[:q], span[:q], low[:q],
                    work, basis, upper, order, v, tolerance,
                )  # fmt: skip
                left = 0
                for i in range(q):
                    k = held[i]
                    push = _dot(held_columns[i], v)
                    if not free[i] and abs(push) > tolerance:
                        live[k] = 1.0 if push > 0.0 else -1.0
                        weight[k] = above[k] if push > 0.0 else below[k]
                        for j in range(d):
                            base[j] += weight[k] * held_columns[i, j]
                        for t in range(count):
                            if chosen[t] == k:
                                near_live[t] = live[k]
                                break
                    else:
                        held[left], theta[left], free[left] = k, theta[i], free[i]
                        held_above[left], held_below[left] = held_above[i], held_below[i]
                        for j in range(d):
                            held_columns[left, j] = held_columns[i, j]
                        left += 1
                q = left
                if q == 0:
                    f = 0
                if code != _RUNNING or _dot(v, v) <= (2.0**20 * tolerance) ** 2:
                    break
            if strayed:
                margin *= 1.5
            elif met > before:
                horizon = reach * min(2.0, max(0.5, wanted / (met - before)))
                margin = max(0.25 * margin, 3.0 * np.sqrt(drift))
        if code == _RUNNING:
            continue
        times[neuron] = entered
        crossings[neuron] = met
        sliding[neuron] = f
        codes[neuron] = code
        for j in range(d):
            D[neuron, j] = v[j] if code != _STOPPED_MOVING else 0.0
        if code == _SETTLED and t_max == np.inf:
            length = np.sqrt(_dot(v, v))
            for j in range(d):
                W[neuron, j] = v[j] / length
        elif code == _ORIGIN:
            for j in range(d):
                W[neuron, j] = 0.0
        else:
            if code == _SETTLED:
                _advance(w, v, kappa, t_max - time)
            length = np.sqrt(_dot(w, w))
            for j in range(d):
                W[neuron, j] = w[j] / length
