"""Compiled kernels of the discrete trainer: many iterations of SGD or Adam a call, and the full loss and gradient.

Layout. P[i] is a block of B neurons: d rows of inner weights, then one row of outer weights, each row B long, so that
loops over the neurons of a block run over contiguous memory and vectorise. The last block is filled up with neurons
that are 0, which stay 0. Samples are taken two at a time, so that a weight is loaded once for two products, and four at
a time for large d; a batch is filled up with rows that are 0. The dimension is the length of the tuple `dims`, known
when a kernel is compiled, so that loops over coordinates are unrolled; what is None (table, M, dims for large d) is
left out of the code.

Pre-activations are computed twice, before and after the residuals r are known, which is faster than to keep them; for
the GeLU σ and σ' are kept if they are not too many. For (leaky) ReLU the gradient by a_j is w_j·D_j, so that
D_j = Σ_k r_k σ'(w_j·x_k) x_k is all that is needed; the leak α is a linear network on its own,
σ(z) = α z + (1 − α) z_+. σ'(0) is α, 0 for the ReLU, as in PyTorch.

The GeLU z Φ(z) needs the normal distribution function. For z ≥ 0, with t = 1/(1 + 0.3 z),

    1 − Φ(z) = e^{−z²/2} t p(t),

with p a polynomial; e^f is one for |f| ≤ ½ log 2, and the power of two that is missing is added to the exponent's bits.
There is no branch, so that it vectorises. Errors are absolute: see `Table`.
Everything is in one file because numba's cache does not see changes across files.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import overload
from numpy.typing import NDArray

__all__ = ["BLOCK", "GROUP", "UNROLLED", "Table", "gelu_table", "measure", "normal", "steps"]

# Neurons in a block: with its gradient it stays in the first-level cache for small d.
BLOCK = 128

# Dimensions up to which the loops over coordinates are unrolled.
UNROLLED = 12
# Beyond, coordinates are taken in groups of so many.
GROUP = 8
# Samples times blocks for which σ and σ' of the GeLU are kept from the first pass to the second (256 numbers each);
# beyond, they are computed again for so many samples at a time.
MOST_KEPT = 2**12
TILE = 32

# Coefficients of p and of e^f from the constant on, weighted best approximations (Lawson's iteration in 50 digits).
# Single: for z ≤ 6, errors 2.3e-9 in Φ and 1.8e-9. Double: for z ≤ 9, 1.5e-16 and 2.2e-16. Rounding comes on top.
_SINGLE_TAIL = (
    0.1252216117493211,
    0.06859852137302727,
    0.30688949525644427,
    -0.3244328960028753,
    0.5367549349575884,
    -0.2518984368834154,
    0.03886676689551322,
)
_SINGLE_EXP = (
    0.9999999999359337,
    1.000000037442054,
    0.5000000168734513,
    0.16666415780522623,
    0.04166608086402891,
    0.008375108174386794,
    0.0013956156849954104,
)
_DOUBLE_TAIL = (
    0.11966352093874097,
    0.1201153733748716,
    0.10443443814900669,
    0.1154866015680186,
    -0.06161940081693811,
    0.3896202043445377,
    -0.8068642869051446,
    1.3083116942498858,
    -1.5910074714209281,
    1.3200375385256558,
    -0.7268008437773916,
    0.25697024775383964,
    -0.05332063510024113,
    0.004973019116087168,
)
_DOUBLE_EXP = (
    1.0,
    1.0000000000000067,
    0.5000000000000029,
    0.1666666666655467,
    0.04166666666641351,
    0.008333333385586967,
    0.0013888888969949293,
    0.00019841170361477209,
    2.4801468518465163e-05,
    2.764014672931446e-06,
    2.7638338439487436e-07,
)

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
# What only kernels call needs no entry from Python, which saves compile time. It is always inlined: a call would go to
# one compiled version in the process that compiles and to another in those that load from the cache, and these may
# round differently.
_ALONE: dict[str, Any] = {**_OPTIONS, "forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
# neither "nnan" nor "ninf": they go on to the residuals, where they are noticed
vectorised = njit(**_ALONE, fastmath={"reassoc", "contract", "nsz"})
ordered = njit(**_ALONE, fastmath={"contract"})


class Table(NamedTuple):
    """
    What the kernels need to compute Φ: constants, and tuples whose lengths are known to the compiler.

    Errors of Φ(z) and of e^{−z²/2} are below 1e-15 in float64 and 5e-7 in float32, for every z.
    """

    numbers: NDArray[Any]  # 0, 1, 0.3, where e^{−z²/2} counts as 0, (2π)^{-1/2}, 1/log 2, 1.5·2^bits, log 2, −½; p; exp
    tail: tuple[int, ...]
    exp: tuple[int, ...]


_HEAD = 9


def gelu_table(dtype: Any) -> Table:
    """The table for float32 or float64."""
    single = np.dtype(dtype) == np.float32
    tail, exp = (_SINGLE_TAIL, _SINGLE_EXP) if single else (_DOUBLE_TAIL, _DOUBLE_EXP)
    bits, largest = (23, 6.0) if single else (52, 9.0)
    head = (0.0, 1.0, 0.3, largest, (2 * np.pi) ** -0.5, 1 / np.log(2), 1.5 * 2.0**bits, np.log(2), -0.5)
    return Table(np.array([*head, *tail, *exp], dtype=dtype), (0,) * len(tail), (0,) * len(exp))


def _raised(value, power):
    """Scale to value · 2^k, where power = k + 1.5·2^bits, so that k stands in its last bits."""


@overload(_raised)
def _(value, power):
    if value == types.float64:
        return lambda value, power: np.int64(
            np.float64(value).view(np.int64) + (np.float64(power).view(np.int64) << np.int64(52))
        ).view(np.float64)
    return lambda value, power: np.int32(
        np.float32(value).view(np.int32) + (np.float32(power).view(np.int32) << np.int32(23))
    ).view(np.float32)


@ordered
def _exp(y, numbers, first, exp):
    """e^y for y ≤ 0 that is not very large; adding and subtracting 1.5·2^bits rounds, if nobody reorders it."""
    power = y * numbers[5] + numbers[6]
    f = y - (power - numbers[6]) * numbers[7]
    last = first + len(exp) - 1
    q = numbers[last]
    for i in range(1, len(exp)):
        q = q * f + numbers[last - i]
    return _raised(q, power)


@vectorised
def _normal(z, numbers, tail, exp):
    """Φ(z) and e^{−z²/2}."""
    zero, one, cut = numbers[0], numbers[1], numbers[3]
    size = abs(z)
    t = one / (one + numbers[2] * size)
    near = cut if size > cut else size
    y = _exp(numbers[8] * near * near, numbers, _HEAD + len(tail), exp)
    e = zero if size > cut else y
    last = _HEAD + len(tail) - 1
    p = numbers[last]
    for i in range(1, len(tail)):
        p = p * t + numbers[last - i]
    below = p * t * e  # nan goes on, by t
    return (one - below if z > zero else below), e


@njit(**_OPTIONS)
def normal(z, numbers, tail, exp, value, density):
    """Φ(z) into `value` and its derivative into `density`."""
    for i in range(len(z)):
        value[i], e = _normal(z[i], numbers, tail, exp)
        density[i] = e * numbers[4]


@vectorised
def _forward_relu(block, x, rows, h, dims, zero):
    """h_k += Σ_j a_j (w_j·x_k)_+ over a block."""
    d = len(dims)
    for k in range(0, rows, 2):
        h0, h1 = zero, zero
        for j in range(BLOCK):
            z0, z1 = zero, zero
            for c in range(d):
                w = block[c * BLOCK + j]
                z0 += w * x[k * d + c]
                z1 += w * x[(k + 1) * d + c]
            a = block[d * BLOCK + j]
            # not max(): nan goes on
            h0 += a * (zero if z0 <= zero else z0)
            h1 += a * (zero if z1 <= zero else z1)
        h[k] += h0
        h[k + 1] += h1


@vectorised
def _backward_relu(block, x, rows, r, g, dims, zero):
    """g_j += (D_j with η = 1 on the active side, 0 else) over a block; the row of the outer weights stays as it is."""
    d = len(dims)
    for k in range(0, rows, 2):
        r0, r1 = r[k], r[k + 1]
        for j in range(BLOCK):
            z0, z1 = zero, zero
            for c in range(d):
                w = block[c * BLOCK + j]
                z0 += w * x[k * d + c]
                z1 += w * x[(k + 1) * d + c]
            s0 = r0 if z0 > zero else zero
            s1 = r1 if z1 > zero else zero
            for c in range(d):
                g[c * BLOCK + j] += s0 * x[k * d + c] + s1 * x[(k + 1) * d + c]


@vectorised
def _forward_gelu(block, x, rows, h, dims, zero, numbers, tail, exp, kept):
    """h_k += Σ_j a_j σ(z) over a block, z = w_j·x_k; σ(z) and σ'(z) are kept."""
    d = len(dims)
    height = numbers[4]
    for k in range(0, rows, 2):
        h0, h1 = zero, zero
        here = kept[k * 2 * BLOCK : (k + 2) * 2 * BLOCK]
        for j in range(BLOCK):
            z0, z1 = zero, zero
            for c in range(d):
                w = block[c * BLOCK + j]
                z0 += w * x[k * d + c]
                z1 += w * x[(k + 1) * d + c]
            a = block[d * BLOCK + j]
            value0, e0 = _normal(z0, numbers, tail, exp)
            value1, e1 = _normal(z1, numbers, tail, exp)
            here[j] = z0 * value0
            here[BLOCK + j] = z1 * value1
            here[2 * BLOCK + j] = value0 + z0 * e0 * height
            here[3 * BLOCK + j] = value1 + z1 * e1 * height
            h0 += a * (z0 * value0)
            h1 += a * (z1 * value1)
        h[k] += h0
        h[k + 1] += h1


@vectorised
def _backward_gelu(x, rows, r, g, dims, kept):
    """g_j += D_j over a block, and in the row of the outer weights Σ_k r_k σ(z), from what was kept."""
    d = len(dims)
    for k in range(0, rows, 2):
        r0, r1 = r[k], r[k + 1]
        here = kept[k * 2 * BLOCK : (k + 2) * 2 * BLOCK]
        for j in range(BLOCK):
            g[d * BLOCK + j] += r0 * here[j] + r1 * here[BLOCK + j]
            s0 = r0 * here[2 * BLOCK + j]
            s1 = r1 * here[3 * BLOCK + j]
            for c in range(d):
                g[c * BLOCK + j] += s0 * x[k * d + c] + s1 * x[(k + 1) * d + c]


@vectorised
def _heights(block, x, k, d, z, zero):
    """Compute z = w_j·x_k for the neurons of a block and four samples, for large d."""
    for i in range(4 * BLOCK):
        z[i] = zero
    for c in range(0, d, GROUP):
        w = block[c * BLOCK : (c + GROUP) * BLOCK]
        x0 = x[k * d + c : k * d + c + GROUP]
        x1 = x[(k + 1) * d + c : (k + 1) * d + c + GROUP]
        x2 = x[(k + 2) * d + c : (k + 2) * d + c + GROUP]
        x3 = x[(k + 3) * d + c : (k + 3) * d + c + GROUP]
        for j in range(BLOCK):
            z0, z1, z2, z3 = zero, zero, zero, zero
            for e in range(GROUP):
                v = w[e * BLOCK + j]
                z0 += v * x0[e]
                z1 += v * x1[e]
                z2 += v * x2[e]
                z3 += v * x3[e]
            z[j] += z0
            z[BLOCK + j] += z1
            z[2 * BLOCK + j] += z2
            z[3 * BLOCK + j] += z3


@vectorised
def _spread(s, x, k, d, g):
    """g_j += Σ s_{k,j} x_k over four samples, for large d."""
    for c in range(0, d, GROUP):
        out = g[c * BLOCK : (c + GROUP) * BLOCK]
        x0 = x[k * d + c : k * d + c + GROUP]
        x1 = x[(k + 1) * d + c : (k + 1) * d + c + GROUP]
        x2 = x[(k + 2) * d + c : (k + 2) * d + c + GROUP]
        x3 = x[(k + 3) * d + c : (k + 3) * d + c + GROUP]
        for j in range(BLOCK):
            s0, s1, s2, s3 = s[j], s[BLOCK + j], s[2 * BLOCK + j], s[3 * BLOCK + j]
            for e in range(GROUP):
                out[e * BLOCK + j] += s0 * x0[e] + s1 * x1[e] + s2 * x2[e] + s3 * x3[e]


@vectorised
def _activate(z, a, zero, table):
    """Σ_j a_j σ(z_j)."""
    total = zero
    if table is None:
        for j in range(BLOCK):
            total += a[j] * (zero if z[j] <= zero else z[j])
    else:
        numbers, tail, exp = table
        for j in range(BLOCK):
            total += a[j] * (z[j] * _normal(z[j], numbers, tail, exp)[0])
    return total


@vectorised
def _slopes(z, r, outer, zero, table):
    """Put r σ'(z_j) in place of z; r σ(z_j) is added to `outer` for the GeLU."""
    if table is None:
        for j in range(BLOCK):
            z[j] = r if z[j] > zero else zero
    else:
        numbers, tail, exp = table
        height = numbers[4]
        for j in range(BLOCK):
            value, e = _normal(z[j], numbers, tail, exp)
            outer[j] += r * (z[j] * value)
            z[j] = r * (value + z[j] * e * height)


@njit(**_ALONE)
def _forward_wide(block, x, rows, h, zero, table, z):
    """h_k += Σ_j a_j σ(w_j·x_k) over a block, for large d."""
    d = len(block) // BLOCK - 1
    for k in range(0, rows, 4):
        _heights(block, x, k, d, z, zero)
        for i in range(4):
            h[k + i] += _activate(z[i * BLOCK : (i + 1) * BLOCK], block[d * BLOCK :], zero, table)


@njit(**_ALONE)
def _backward_wide(block, x, rows, r, g, zero, table, z):
    """g_j += D_j over a block, for large d; the row of the outer weights as `_slopes` says."""
    d = len(block) // BLOCK - 1
    for k in range(0, rows, 4):
        _heights(block, x, k, d, z, zero)
        for i in range(4):
            _slopes(z[i * BLOCK : (i + 1) * BLOCK], r[k + i], g[d * BLOCK :], zero, table)
        _spread(z, x, k, d, g)


@vectorised
def _finish(block, g, zero, homogeneous):
    """The gradient of the loss from D: by w_j it is a_j D_j, by a_j w_j·D_j if σ is homogeneous."""
    d = len(g) // BLOCK - 1
    a, outer = block[d * BLOCK :], g[d * BLOCK :]
    for c in range(d):
        w, D = block[c * BLOCK : (c + 1) * BLOCK], g[c * BLOCK : (c + 1) * BLOCK]
        if homogeneous:
            for j in range(BLOCK):
                outer[j] += w[j] * D[j]
        for j in range(BLOCK):
            D[j] *= a[j]


@vectorised
def _descend(block, g, rate):
    for i in range(len(g)):
        block[i] -= rate * g[i]


@vectorised
def _adapt(block, moments, g, rate, root, hyper):
    """Adam, its bias corrections in `rate` and `root`; moments below the normal numbers become 0: they are slow."""
    size = len(g)
    one, two, eps, tiny, zero = hyper[0], hyper[1], hyper[2], hyper[3], hyper[4]
    firsts, seconds = moments[:size], moments[size:]
    for i in range(size):
        first = firsts[i] + one * (g[i] - firsts[i])
        second = seconds[i] + two * (g[i] * g[i] - seconds[i])
        first = zero if abs(first) < tiny else first
        second = zero if second < tiny else second
        firsts[i] = first
        seconds[i] = second
        block[i] -= rate * (first / (np.sqrt(second) * root + eps))


@vectorised
def _along(block, zero, total):
    """Add Σ_j a_j w_j over a block to total."""
    d = len(total)
    a = block[d * BLOCK :]
    for c in range(d):
        w = block[c * BLOCK : (c + 1) * BLOCK]
        s = zero
        for j in range(BLOCK):
            s += w[j] * a[j]
        total[c] += s


@njit(**_ALONE)
def _outputs(P, table, leak, dims, zero, rows, x, h, linear, kept):
    """h(x_k) for the rows of x."""
    d = len(linear)
    h[:rows] = zero
    for i in range(len(P)):
        if dims is None:
            _forward_wide(P[i], x, rows, h, zero, table, kept[0])
        elif table is None:
            _forward_relu(P[i], x, rows, h, dims, zero)
        else:
            numbers, tail, exp = table
            if len(kept) == len(P):
                _forward_gelu(P[i], x, rows, h, dims, zero, numbers, tail, exp, kept[i])
            else:
                for k in range(0, rows, TILE):
                    size = min(TILE, rows - k)
                    _forward_gelu(P[i], x[k * d :], size, h[k:], dims, zero, numbers, tail, exp, kept[0])
    if leak > zero:
        linear[:] = zero
        for i in range(len(P)):
            _along(P[i], zero, linear)
        for k in range(rows):
            total = zero
            for c in range(d):
                total += linear[c] * x[k * d + c]
            h[k] += leak * (total - h[k])


@njit(**_ALONE)
def _residuals(leak, zero, rows, x, y, h, linear):
    """
    Put (h − y)/b in place of h, without the leak's share, which goes to `linear`: α Σ_k (h_k − y_k) x_k / b.

    Returns Σ (h − y)².
    """
    d = len(linear)
    total = 0.0
    scale = zero + len(y)
    linear[:] = zero
    for k in range(len(y)):
        e = h[k] - y[k]
        total += float(e) * float(e)
        h[k] = e / scale
    h[len(y) : rows] = zero
    if leak > zero:
        for k in range(len(y)):
            part = leak * h[k]
            for c in range(d):
                linear[c] += part * x[k * d + c]
            h[k] -= part
    return total


@njit(**_ALONE)
def _gradient(P, i, table, dims, zero, rows, x, r, linear, g, scratch, kept):
    """The gradient of the loss by the weights of a block."""
    d = len(linear)
    for c in range(d):
        g[c * BLOCK : (c + 1) * BLOCK] = linear[c]
    g[d * BLOCK :] = zero
    if dims is None:
        _backward_wide(P[i], x, rows, r, g, zero, table, kept[0])
    elif table is None:
        _backward_relu(P[i], x, rows, r, g, dims, zero)
    else:
        numbers, tail, exp = table
        if len(kept) == len(P):
            _backward_gelu(x, rows, r, g, dims, kept[i])
        else:
            for k in range(0, rows, TILE):
                size, here = min(TILE, rows - k), x[k * d :]
                _forward_gelu(P[i], here, size, scratch, dims, zero, numbers, tail, exp, kept[0])
                _backward_gelu(here, size, r[k:], g, dims, kept[0])
    _finish(P[i], g, zero, table is None)


@njit(**_ALONE)
def _room(P, table, dims, rows):
    """What is kept between the two passes: σ and σ' for the GeLU if it is not too much, else a tile of them."""
    if dims is None:
        shape = (1, 4 * BLOCK)
    elif table is None:
        shape = (1, 1)
    elif len(P) * rows <= MOST_KEPT:
        shape = (len(P), 2 * BLOCK * rows)
    else:
        shape = (1, 2 * BLOCK * TILE)
    return np.empty(shape, P.dtype)


@njit(**_OPTIONS)
def steps(P, M, X, y, batches, rates, first, betas, hyper, table, leak, dims):
    """
    Take one step for each of `rates`, in place, with the row of `batches` that belongs to it, or the only row.

    Entries −1 stand at the end of a row that is not full. `first` counts the steps before, for the bias corrections of
    Adam. Returns the number of steps taken, which is less if the residuals were not finite at the next one.
    """
    d = X.shape[1]
    rows = (batches.shape[1] + 3) // 4 * 4
    zero = hyper[4]
    x = np.empty(rows * d, X.dtype)
    labels = np.empty(rows, X.dtype)
    h = np.empty(rows, X.dtype)
    linear = np.empty(d, X.dtype)
    g = np.empty((d + 1) * BLOCK, X.dtype)
    scratch = np.zeros(TILE, X.dtype)
    kept = _room(P, table, dims, rows)
    rate = np.zeros(2, X.dtype)
    for t in range(len(rates)):
        row = batches[t if len(batches) > 1 else 0]
        b = 0
        for k in range(len(row)):
            i = row[k]
            if i >= 0:
                for c in range(d):
                    x[b * d + c] = X[i, c]
                labels[b] = y[i]
                b += 1
        x[b * d :] = zero
        filled = (b + 3) // 4 * 4
        _outputs(P, table, leak, dims, zero, filled, x, h, linear, kept)
        if not np.isfinite(_residuals(leak, zero, filled, x, labels[:b], h, linear)):
            return t
        rate[0] = rates[t]
        if M is not None:
            count = float(first + t + 1)
            rate[0] = rates[t] / (1.0 - betas[0] ** count)
            rate[1] = 1.0 / np.sqrt(1.0 - betas[1] ** count)
        for i in range(len(P)):
            _gradient(P, i, table, dims, zero, filled, x, h, linear, g, scratch, kept)
            if M is None:
                _descend(P[i], g, rate[0])
            else:
                _adapt(P[i], M[i], g, rate[0], rate[1], hyper)
    return len(rates)


@njit(**_OPTIONS)
def measure(P, X, y, hyper, table, leak, dims):
    """Σ (h(x_k) − y_k)² over all samples, and the squared norm of the gradient of the loss."""
    n, d = X.shape
    rows = (n + 3) // 4 * 4
    zero = hyper[4]
    x = np.zeros(rows * d, X.dtype)
    h = np.empty(rows, X.dtype)
    linear = np.empty(d, X.dtype)
    g = np.empty((d + 1) * BLOCK, X.dtype)
    scratch = np.zeros(TILE, X.dtype)
    kept = _room(P, table, dims, rows)
    for k in range(n):
        for c in range(d):
            x[k * d + c] = X[k, c]
    _outputs(P, table, leak, dims, zero, rows, x, h, linear, kept)
    total = _residuals(leak, zero, rows, x, y, h, linear)
    square = 0.0
    for i in range(len(P)):
        _gradient(P, i, table, dims, zero, rows, x, h, linear, g, scratch, kept)
        for j in range(len(g)):
            square += float(g[j]) * float(g[j])
    return total, square
