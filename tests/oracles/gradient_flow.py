"""Gradient flow of a two-layer ReLU network, slowly and by definition, without the package.

The differential inclusion θ̇ ∈ −∂L(θ), with h = Σ_j a_j σ(w_j·x), r = y − h(x) and D_j in the Clarke set of w_j,

    ẇ_j = a_j D_j,   ȧ_j = w_j·D_j,   D_j = (1/n) Σ_{w_j·x_k > 0} r_k x_k + (1/n) Σ_{w_j·x_k = 0} η_k r_k x_k.

`reference_flow` keeps the activation patterns fixed and integrates the smooth equation that is left (DOP853, relative
tolerance 1e-12) until the first margin w_j·x_k vanishes, then decides with Filippov's rule what comes next.

Hyperplanes.  Rows that are multiples of each other share one hyperplane, whose unit normal is g, x_k = c_k g.  From its
negative to its positive side D_j jumps by J g with J = (1/n) Σ_k r_k |c_k|, so the rows of one hyperplane have one
weight η ∈ [0, 1].  (Weights of their own would allow more than the Clarke subdifferential of L does.)  A hyperplane
attracts the neuron if a_j J < 0.  If a_j J > 0 then the velocity across it has the same sign on both sides, or points
away on both: the neuron that arrives passes through.

Ties.  On attracting hyperplanes D_j is the vector of least norm in the set, which is the minus gradient of a function
that is convex to first order.  Its stationarity conditions are Filippov's: η = 0 and it leaves to the negative side,
η = 1 and it leaves to the positive side, or it stays, D_j·g = 0, and slides until η leaves [0, 1].

Where the inclusion has several solutions `Reference.unique_until` says so; from that time on one of them is shown:
(1) a start on a hyperplane that repels to both sides, it leaves to the negative side; (2) w_j reaches 0 and some sample
would let it grow again, it stays at 0; (3) a_j changes sign (no domination) while it slides, which makes the attracting
hyperplane a repelling one; (4) it arrives where three or more hyperplanes meet whose normals are dependent, one of
them repelling, it passes where it can.  A neuron that starts at w_j = 0 stays there: that is a solution, since 0 is in
the set.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.integrate import DOP853, RK45
from scipy.optimize import brentq

RTOL = 1e-12
# A margin is zero below this share of (|a| + ‖w‖) ‖x‖: the error of a piece of the integration.
ON_HYPERPLANE = 1e-13
# w has reached 0 below this share of |a|.
AT_ZERO = 1e-9
# In every step the margins are inspected at these places.
NODES = np.linspace(0.0, 1.0, 13)[1:]


@dataclass
class Reference:
    """What `reference_flow` found: (W, a) at each time, and what happened on the way.

    events are changes of a pattern, slides those of them after which a neuron slides on one more hyperplane, releases
    those in which it leaves a hyperplane that it slid on, zeros the arrivals of a neuron at w = 0. deepest is the
    largest number of hyperplanes that one neuron slid on.
    """

    networks: list
    events: int = 0
    slides: int = 0
    releases: int = 0
    zeros: int = 0
    deepest: int = 0
    unique_until: float = np.inf


def predict(X, W, a):
    """h at the rows of X."""
    return np.maximum(np.asarray(X) @ np.asarray(W).T, 0.0) @ np.asarray(a)


def loss(X, y, W, a):
    """1/(2n) Σ (h − y)²."""
    return float(np.mean((predict(X, W, a) - y) ** 2) / 2)


def hyperplanes(X):
    """Unit normals (g, d), the hyperplane of each row (−1 for a zero row), and c with x = c g."""
    normals, which, c = [], np.full(len(X), -1), np.zeros(len(X))
    for k, x in enumerate(X):
        length = np.linalg.norm(x)
        if length == 0:
            continue
        for i, g in enumerate(normals):
            along = x @ g
            if np.linalg.norm(x - along * g) <= 1e-14 * length:
                which[k], c[k] = i, along
                break
        else:
            which[k], c[k] = len(normals), length
            normals.append(x / length)
    return np.array(normals).reshape(-1, X.shape[1]), which, c


def complement(directions, d):
    """The orthogonal projector onto the complement of a list of vectors."""
    if len(directions) == 0:
        return np.eye(d)
    _, values, V = np.linalg.svd(np.atleast_2d(directions))
    V = V[: np.sum(values > 1e-10)]
    return np.eye(d) - V.T @ V


class Flow:
    """The state of the integration: time, parameters, side of every neuron at every hyperplane (0: it slides)."""

    def __init__(self, X, y, W, a):
        self.X, self.y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
        self.n, self.d = self.X.shape
        self.m = len(a)
        self.normals, self.which, self.c = hyperplanes(self.X)
        self.theta = np.concatenate([np.ravel(np.array(W, dtype=float)), np.array(a, dtype=float)])
        self.t = 0.0
        self.result = Reference([])
        self.atol = 1e-15 * max(np.abs(self.theta).max(), 1e-300)
        self.step = None
        self.halts = 0
        W, a = self.split(self.theta)
        self.alive = np.linalg.norm(W, axis=1) > 0
        self.waiting = np.zeros(self.m, dtype=bool)  # arrived at 0 and stays as long as nothing lets it grow
        u = W @ self.normals.T
        size = np.linalg.norm(W, axis=1, keepdims=True)
        self.side = np.where(u > 0, 1, -1)
        on = (np.abs(u) <= 1e-15 * size) & self.alive[:, None]
        self.projectors = np.broadcast_to(np.eye(self.d), (self.m, self.d, self.d)).copy()
        for j in np.flatnonzero(on.any(axis=1)):
            self.decide(j, np.flatnonzero(on[j]), arriving=False)

    def split(self, theta):
        return theta[: self.m * self.d].reshape(self.m, self.d), theta[self.m * self.d :]

    def sides(self, side):
        """The side of every row's hyperplane; zero rows have none, and whatever stands there is not used."""
        return np.concatenate([side, np.zeros((*side.shape[:-1], 1), dtype=int)], axis=-1)[..., self.which]

    def active(self):
        """(m, n): the rows that count, with the pattern held fixed."""
        signs = self.sides(self.side) * np.sign(self.c)
        return (signs > 0) & (self.which >= 0) & self.alive[:, None]

    def residual(self, theta, active):
        W, a = self.split(theta)
        return self.y - a @ (active * (W @ self.X.T))

    def rhs(self, active):
        sliding = bool((self.side == 0).any())

        def f(_, theta):
            W, a = self.split(theta)
            r = self.y - a @ (active * (W @ self.X.T))
            D = (active * r) @ self.X / self.n
            if sliding:
                D = np.einsum("jpq,jq->jp", self.projectors, D)
            return np.concatenate([(a[:, None] * D).ravel(), np.sum(W * D, axis=1)])

        return f

    def pieces(self, theta, j, planes):
        """For hyperplanes that neuron j is on: D with all of them on the negative side, and the jumps J."""
        active = self.active()
        r = self.residual(theta, active)
        signs = self.sides(self.side[j])
        signs[np.isin(self.which, planes)] = -1
        chosen = (signs * np.sign(self.c) > 0) & (self.which >= 0)
        D = r[chosen] @ self.X[chosen] / self.n
        J = np.array([np.sum((r * np.abs(self.c))[self.which == g]) / self.n for g in planes])
        return D, J

    def weights(self, thetas, j):
        """The planes that neuron j slides on, and their weights (nodes, planes) that make D·g = 0."""
        planes = np.flatnonzero(self.side[j] == 0)
        W = thetas[:, : self.m * self.d].reshape(len(thetas), self.m, self.d)
        h = np.einsum("tj,tjk->tk", thetas[:, self.m * self.d :], self.active() * (W @ self.X.T))
        r = self.y - h
        signs = self.sides(np.where(self.side[j] == 0, -1, self.side[j])) * np.sign(self.c)
        base = r @ (((signs > 0) & (self.which >= 0))[:, None] * self.X) / self.n
        J = r @ (np.abs(self.c)[:, None] * (self.which[:, None] == planes)) / self.n
        known = np.abs(J) > 1e-14 * np.mean(np.abs(self.y * self.c))  # otherwise the row is fitted, and nothing pulls
        return planes, np.where(known, -base @ np.linalg.pinv(self.normals[planes]) / np.where(known, J, 1.0), 0.5)

    def decide(self, j, planes, arriving=True):
        """Filippov's rule for neuron j on these hyperplanes (all that it is on)."""
        W, a = self.split(self.theta)
        before = self.side[j].copy()
        # On these hyperplanes it is on every other one that contains their intersection.
        outside = self.normals @ complement(self.normals[planes], self.d)
        planes = np.flatnonzero(np.linalg.norm(outside, axis=1) <= 1e-10)
        normals = self.normals[planes]
        W[j] = complement(normals, self.d) @ W[j]
        if self.d > 1 and np.linalg.matrix_rank(normals, tol=1e-10) == self.d:
            self.arrive_at_zero(j)
            return
        base, J = self.pieces(self.theta, j, planes)
        attracting = a[j] * J < 0
        if not attracting.all() and np.linalg.matrix_rank(normals, tol=1e-10) < len(planes):
            self.result.unique_until = min(self.result.unique_until, self.t)
        # Repelling ones are passed if it arrives, otherwise tried on the negative side first.
        first = [-before[g] if arriving and before[g] else -1 for g in planes]
        choices = [[s, -s] if not pull else [None] for s, pull in zip(first, attracting, strict=True)]
        best = None
        for sides in product(*choices):
            D = base + sum((J[i] * normals[i] for i, s in enumerate(sides) if s == 1), np.zeros(self.d))
            violation, D, chosen = self.least(D, J, normals, attracting, a[j])
            for i, s in enumerate(sides):
                if s is not None:
                    chosen[i] = s
                    violation = max(violation, -s * a[j] * (normals[i] @ D))
            if best is None or violation < best[0] - 1e-12 * np.abs(J).sum() * abs(a[j]):
                best = (violation, chosen)
        if not arriving and not attracting.all():
            self.check_start(j, planes, base, J, normals, attracting)
        self.side[j, planes] = best[1]
        self.settle(j, before)

    def check_start(self, j, planes, base, J, normals, attracting):
        """A start on a hyperplane that repels to both sides has more than one solution."""
        a = self.split(self.theta)[1][j]
        for i in np.flatnonzero(~attracting):
            minus = a * (normals[i] @ base)
            if len(planes) > 1 or minus <= 0 <= minus + a * J[i]:
                self.result.unique_until = min(self.result.unique_until, self.t)

    @staticmethod
    def least(base, J, normals, attracting, a):
        """The vector of least norm in base + Σ [0, 1] J g over the attracting ones, by trying every set of bounds."""
        free = np.flatnonzero(attracting)
        best = (np.inf, base, np.zeros(len(J), dtype=int))
        for states in product((0, -1, 1), repeat=len(free)):
            D = base + sum((J[i] * normals[i] for i, s in zip(free, states, strict=True) if s == 1), 0 * base)
            inner = [i for i, s in zip(free, states, strict=True) if s == 0]
            if inner and np.linalg.matrix_rank(normals[inner], tol=1e-10) < len(inner):
                continue  # fewer of them give the same set of vectors
            violation = 0.0
            if inner:
                eta = np.linalg.lstsq((J[inner, None] * normals[inner]).T, -D, rcond=None)[0]
                violation = max(0.0, np.max(np.maximum(-eta, eta - 1) * np.abs(J[inner] * a)))
                D = complement(normals[inner], len(base)) @ D
            for i, s in zip(free, states, strict=True):
                if s:
                    violation = max(violation, -s * a * (normals[i] @ D))
            if violation < best[0] - 1e-12 * np.abs(J * a).sum():
                chosen = np.zeros(len(J), dtype=int)
                chosen[free] = states
                best = (violation, D, chosen)
        return best

    def settle(self, j, before):
        after = self.side[j]
        self.projectors[j] = complement(self.normals[after == 0], self.d)
        W, _ = self.split(self.theta)
        W[j] = self.projectors[j] @ W[j]
        self.result.events += int(np.any(after != before))
        self.result.slides += int(np.sum((after == 0) & (before != 0)))
        self.result.releases += int(np.sum((after != 0) & (before == 0)))
        self.result.deepest = max(self.result.deepest, int(np.sum(after == 0)))

    def arrive_at_zero(self, j):
        W, _ = self.split(self.theta)
        W[j] = 0.0
        self.alive[j], self.waiting[j] = False, True
        self.side[j] = -1
        self.projectors[j] = np.eye(self.d)
        self.result.events += 1
        self.result.zeros += 1

    def monitored(self, thetas):
        """Functions that are positive as long as nothing happens, (nodes, functions), with keys and tolerances."""
        W = thetas[:, : self.m * self.d].reshape(len(thetas), self.m, self.d)
        a = thetas[:, self.m * self.d :]
        size = np.abs(a) + np.linalg.norm(W, axis=2)
        watched = np.argwhere((self.side != 0) & self.alive[:, None])
        u = (W @ self.normals.T) * self.side
        values = [u[:, watched[:, 0], watched[:, 1]]]
        tolerances = [ON_HYPERPLANE * size[:, watched[:, 0]]]
        keys = [("hit", j, g) for j, g in watched]
        for j in np.flatnonzero((self.side == 0).any(axis=1)):
            planes, eta = self.weights(thetas, j)
            values += [eta, 1 - eta, a[:, [j]] * np.sign(a[0, j] or 1.0)]
            tolerances += [np.full_like(eta, ON_HYPERPLANE)] * 2 + [np.zeros((len(thetas), 1))]
            keys += [("eta 0", j, g) for g in planes] + [("eta 1", j, g) for g in planes] + [("sign", j, -1)]
        return np.hstack(values), keys, np.hstack(tolerances)

    def one(self, key, theta, sign):
        """One of the monitored functions."""
        kind, j, g = key
        if kind == "hit":
            return self.side[j, g] * (self.split(theta)[0][j] @ self.normals[g])
        if kind == "sign":
            return sign * self.split(theta)[1][j]
        planes, eta = self.weights(theta[None], j)
        value = eta[0, list(planes).index(g)]
        return value if kind == "eta 0" else 1 - value

    def first_event(self, solver):
        """The first event within the last step: (time, key), or None."""
        dense = solver.dense_output()
        times = solver.t_old + NODES * (solver.t - solver.t_old)
        times[-1] = solver.t
        thetas = np.vstack([self.theta, dense(times[:-1]).T, solver.y])
        times = np.concatenate([[solver.t_old], times])
        values, keys, tolerances = self.monitored(thetas)
        below = values[1:] < -tolerances[1:]
        if not below.any():
            return None
        node = int(np.flatnonzero(below.any(axis=1))[0]) + 1
        found = []
        for i in np.flatnonzero(below[node - 1]):
            key, sign = keys[i], np.sign(thetas[0, self.m * self.d + keys[i][1]])

            def value(t, key=key, sign=sign):
                return self.one(key, dense(t), sign)

            low, high = times[node - 1], times[node]
            if values[node - 1, i] <= tolerances[node - 1, i]:
                # It has just left: look for a time at which it is on the right side, from late to early.
                ladder = low + (high - low) * 0.5 ** np.arange(1, 40)
                low = next((t for t in ladder if value(t) > 1e-3 * tolerances[node - 1, i]), None)
            if low is None:
                found.append((times[node - 1], key))
            elif value(low) <= 0:  # the ends of a step and its interpolation differ by an error
                found.append((low, key))
            elif value(high) >= 0:
                found.append((high, key))
            else:
                found.append((brentq(value, low, high, xtol=1e-16, rtol=1e-15), key))
        return min(found, key=lambda pair: pair[0])

    def integrate(self, t, theta, end):
        """The smooth equation from t to end, in one go."""
        if end <= t:
            return theta
        solver = DOP853(self.rhs(self.active()), t, theta, end, rtol=RTOL, atol=self.atol, first_step=end - t)
        while solver.status == "running":
            solver.step()
        return solver.y

    def happen(self, key):
        kind, j, g = key
        W, a = self.split(self.theta)
        if kind == "sign":
            self.result.unique_until = min(self.result.unique_until, self.t)
            planes = np.flatnonzero(self.side[j] == 0)
            before = self.side[j].copy()
            self.side[j, planes] = -1
            a[j] = 0.0
            self.settle(j, before)
        elif kind == "hit":
            size = abs(a[j]) + np.linalg.norm(W[j])
            if self.d > 1 and np.linalg.norm(W[j]) <= AT_ZERO * abs(a[j]):
                self.arrive_at_zero(j)
                return
            on = np.abs(self.normals @ W[j]) <= ON_HYPERPLANE * size
            on |= self.side[j] == 0
            on[g] = True
            self.decide(j, np.flatnonzero(on))
        else:
            before = self.side[j].copy()
            self.side[j, g] = 1 if kind == "eta 1" else -1
            self.settle(j, before)

    def advance(self, end, max_events):
        """To the time `end`."""
        while self.t < end:
            gap = end - self.t
            first = None if self.step is None else min(self.step, gap)
            solver = DOP853(
                self.rhs(self.active()), self.t, self.theta, end, rtol=RTOL, atol=self.atol, first_step=first
            )
            while solver.status == "running":
                message = solver.step()
                if solver.status == "failed":
                    raise ArithmeticError(message)
                event = self.first_event(solver)
                if event is not None:
                    time, key = event
                    self.theta = np.array(self.integrate(self.t, self.theta, time))
                    self.t = time
                    self.step = max(solver.t - solver.t_old, 1e-12 * end)
                    self.happen(key)
                    break
                self.t, self.theta = solver.t, np.array(solver.y)
                if solver.status == "running":
                    self.step = solver.step_size
                if self.waiting.any():
                    r = self.residual(self.theta, self.active())
                    pushes = np.outer(self.split(self.theta)[1][self.waiting], r)[:, self.which >= 0]
                    if (pushes > 0).any():
                        self.result.unique_until = min(self.result.unique_until, self.t)
            self.halts += 1
            if self.halts > max_events:
                raise ArithmeticError(f"{max_events} events before t = {self.t}: the oracle chatters")


def reference_flow(X, y, W, a, times, max_events=3_000):
    """Parameters at ascending times, and the number of events: a `Reference`."""
    flow = Flow(X, y, W, a)
    for t in times:
        flow.advance(float(t), max_events)
        V, b = flow.split(flow.theta)
        flow.result.networks.append((V.copy(), b.copy()))
    return flow.result


def discrete(X, y, W, a, step, iterations):
    """Plain gradient descent, a row on a hyperplane is inactive: (W, a) after so many iterations."""
    X, W, a = np.asarray(X, dtype=float), np.array(W, dtype=float), np.array(a, dtype=float)
    for _ in range(iterations):
        u = W @ X.T
        r = y - a @ np.maximum(u, 0.0)
        D = ((u > 0) * r) @ X / len(X)
        W, a = W + step * a[:, None] * D, a + step * np.sum(W * D, axis=1)
    return W, a


def numpy_rhs(X, y, m):
    """The right-hand side on θ = (W, a) flattened, with one (m, n) array that is reused."""
    X, y = np.ascontiguousarray(X, dtype=float), np.asarray(y, dtype=float)
    n, d = X.shape
    XT, scaled = np.ascontiguousarray(X.T), X / n
    u, mask = np.empty((m, n)), np.empty((m, n), dtype=bool)

    def f(_, theta):
        W, a = theta[: m * d].reshape(m, d), theta[m * d :]
        np.matmul(W, XT, out=u)
        np.greater(u, 0.0, out=mask)
        np.maximum(u, 0.0, out=u)
        r = y - a @ u
        np.multiply(mask, r, out=u)
        D = u @ scaled
        out = np.empty_like(theta)
        np.multiply(a[:, None], D, out=out[: m * d].reshape(m, d))
        np.einsum("jd,jd->j", W, D, out=out[m * d :])
        return out

    return f


_FUSED = {}


def fused_rhs(X, y, m, parallel=False):
    """The same, compiled: two passes over the neurons, margins in a buffer that stays in the cache."""
    if parallel not in _FUSED:
        _FUSED[parallel] = _compile(parallel)
    kernel = _FUSED[parallel]
    XT, y = np.ascontiguousarray(np.asarray(X, dtype=float).T), np.asarray(y, dtype=float)
    d = len(XT)

    def f(_, theta):
        out = np.empty_like(theta)
        kernel(XT, y, theta[: m * d].reshape(m, d), theta[m * d :], out[: m * d].reshape(m, d), out[m * d :])
        return out

    return f


def parallel_rhs(X, y, m):
    """The compiled one on all cores."""
    return fused_rhs(X, y, m, parallel=True)


def _compile(parallel):
    from numba import get_num_threads, njit, prange

    @njit(parallel=parallel, fastmath={"reassoc", "contract", "nsz"})
    def kernel(XT, y, W, a, dW, da):
        d, n = XT.shape
        m = len(a)
        parts = get_num_threads() if parallel else 1
        block = 512
        sums = np.zeros((parts, n))
        for p in prange(parts):
            u = np.empty(block)
            for low in range(0, n, block):
                size = min(block, n - low)
                for j in range(p * m // parts, (p + 1) * m // parts):
                    w, b = W[j, 0], a[j]
                    for k in range(size):
                        u[k] = w * XT[0, low + k]
                    for i in range(1, d):
                        w = W[j, i]
                        for k in range(size):
                            u[k] += w * XT[i, low + k]
                    for k in range(size):
                        sums[p, low + k] += b * max(u[k], 0.0)
        r = np.empty(n)
        for k in range(n):
            r[k] = y[k]
            for p in range(parts):
                r[k] -= sums[p, k]
            r[k] /= n
        for p in prange(parts):
            u = np.empty(block)
            for j in range(p * m // parts, (p + 1) * m // parts):
                da[j] = 0.0
                for i in range(d):
                    dW[j, i] = 0.0
            for low in range(0, n, block):
                size = min(block, n - low)
                for j in range(p * m // parts, (p + 1) * m // parts):
                    w = W[j, 0]
                    for k in range(size):
                        u[k] = w * XT[0, low + k]
                    for i in range(1, d):
                        w = W[j, i]
                        for k in range(size):
                            u[k] += w * XT[i, low + k]
                    for k in range(size):
                        u[k] = r[low + k] if u[k] > 0.0 else 0.0
                    for i in range(d):
                        total = 0.0
                        for k in range(size):
                            total += u[k] * XT[i, low + k]
                        dW[j, i] += total
            for j in range(p * m // parts, (p + 1) * m // parts):
                for i in range(d):
                    da[j] += W[j, i] * dW[j, i]
                    dW[j, i] *= a[j]

    return kernel


METHODS = {"RK45": RK45, "DOP853": DOP853}


def rk(X, y, W, a, times, method="RK45", rtol=1e-10, atol=1e-13, rhs=numpy_rhs, stop=None):
    """A generic integrator on all m (d + 1) parameters: the list of (W, a) at ascending times.

    `stop()` is asked after every step; if it says so the list is shorter than `times`.
    """
    W, a = np.asarray(W, dtype=float), np.asarray(a, dtype=float)
    m, d = W.shape
    theta, found = np.concatenate([W.ravel(), a]), []
    times = list(map(float, times))
    solver = METHODS[method](rhs(X, y, m), 0.0, theta, times[-1], rtol=rtol, atol=atol)

    def keep(theta):
        found.append((theta[: m * d].reshape(m, d).copy(), theta[m * d :].copy()))

    while len(found) < len(times) and times[len(found)] <= 0:
        keep(theta)
    while len(found) < len(times) and solver.status == "running" and not (stop is not None and stop()):
        if solver.step() is not None:
            raise ArithmeticError("the step size of the generic integrator fell below the spacing of numbers")
        if times[len(found)] <= solver.t:
            dense = solver.dense_output()
            while len(found) < len(times) and times[len(found)] <= solver.t:
                keep(dense(times[len(found)]) if times[len(found)] < solver.t else solver.y)
    return found
