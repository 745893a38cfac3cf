"""Early alignment by definition and without the package: w' in a 𝒟_n(w), a' = w.D.

`integrated` runs scipy's DOP853 on all of (w, a) from kink to kink, each located by its root finder, with Filippov's
rule by scipy's bounded least squares: for data in general position. `polygon` is the path alone, by full scans.
`small_steps` takes tiny explicit steps along the element of least norm over the hyperplanes that attract and are within
a step or two: crude, and good for any data.
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import lsq_linear


def velocity(z, base, attracting):
    """The least norm among base + sum eta_k z_k, eta in [0, 1], and these eta."""
    if not attracting:
        return base, {}
    fit = lsq_linear(z[attracting].T, -base, bounds=(0.0, 1.0), method="bvls", tol=1e-14, max_iter=1000)
    return base + fit.x @ z[attracting], dict(zip(attracting, fit.x, strict=True))


def integrated(X, y, w, a, times):
    """Unit directions at increasing times (k, d); and the rows met, in order."""
    n, d = X.shape
    z = y[:, None] * X / n
    s = np.sign(a)
    side = X @ w > 0
    assert (X @ w != 0).all()
    sliding, passed, met = [], [], []
    now, state, result = 0.0, np.append(w, a), []
    for end in times:
        while now < end:
            base = z[side & ~np.isin(np.arange(n), sliding)].sum(axis=0)
            D, eta = velocity(z, base, sliding)
            assert all(0 < value < 1 for value in eta.values())
            watched = [k for k in range(n) if k not in sliding + passed and y[k] != 0]

            def field(t, u, D=D):
                return np.append(u[d] * D, u[:d] @ D)

            def watch(k):
                def event(t, u):
                    return u[:d] @ X[k] / np.linalg.norm(u[:d])

                event.terminal = True
                return event

            # short runs: the root finder looks for changes of sign between steps
            stop = min(end, now + 1.0 / np.linalg.norm(z, axis=1).sum())
            run = solve_ivp(
                field, (now, stop), state, method="DOP853", rtol=1e-12, atol=1e-14 * np.linalg.norm(state),
                events=[watch(k) for k in watched],
            )  # fmt: skip
            now, state = run.t[-1], run.y[:, -1]
            assert np.linalg.norm(state[:d]) > 1e-3 * abs(state[d]), "w = 0, where all kinks meet"
            hits = [k for k, found in zip(watched, run.t_events, strict=True) if len(found)]
            assert len(hits) <= 1, "two kinks in one step of an integrator that is made for one"
            if not hits:
                continue
            (k,) = hits
            met.append(k)
            # Under a constant D no hyperplane is met twice: those that the neuron is at now are behind it.
            passed = [*sliding, k]
            forward = not side[k]
            if s * y[k] > 0:
                side[k] = forward
            # A row that both sides push towards, given what the neuron slides on, is slid on.
            attracting = sliding + ([k] if s * y[k] < 0 else [])
            if attracting:
                base = z[side & ~np.isin(np.arange(n), attracting)].sum(axis=0)
                _, eta = velocity(z, base, attracting)
                sliding = [j for j, value in eta.items() if 1e-9 < value < 1 - 1e-9]
                for j in attracting:
                    side[j] = eta[j] > 0.5
            norm = np.linalg.norm(state[:d])
            state = state / norm
        result.append(state[:d] / np.linalg.norm(state[:d]))
    return np.array(result), met


def small_steps(X, y, w, a, times, step=1e-4):
    """Unit directions at increasing times (k, d), to about the step; times in units of 1/sum ||z_k||."""
    s = np.sign(a)
    z = y[:, None] * X / len(X)
    size = np.linalg.norm(z, axis=1).sum()
    # Hyperplanes: a unit normal u, and what they add to D above and below.
    planes = []
    for x, change in zip(X[(z != 0).any(axis=1)], z[(z != 0).any(axis=1)], strict=True):
        u = x / np.linalg.norm(x)
        for plane in planes:
            if abs(abs(plane[0] @ u) - 1.0) < 1e-12:
                plane[1 if plane[0] @ u > 0 else 2] += change
                break
        else:
            planes.append([u, change.copy(), np.zeros(len(u))])
    if not planes:
        return np.tile(w / np.linalg.norm(w), (len(times), 1))
    u, above, below = (np.array(part) for part in zip(*planes, strict=True))
    attracts = s * ((above - below) * u).sum(axis=1) < -1e-12 * size
    now, result = 0.0, []
    w = w / np.linalg.norm(w)
    kappa = a * a - 1.0
    for end in times:
        while now < end - 1e-12:
            margins = u @ w
            near = attracts & (np.abs(margins) <= 2.0 * step)
            base = above[~near & (margins > 0)].sum(axis=0) + below[near | (margins <= 0)].sum(axis=0)
            D, _ = velocity(above - below, base, np.flatnonzero(near).tolist())
            a = s * np.sqrt(max(0.0, kappa + w @ w))
            t = min(step, end - now)
            w = w + t / size * a * D
            # keep the numbers of size 1
            norm = np.linalg.norm(w)
            w, kappa = w / norm, kappa / norm**2
            now += t
        result.append(w / np.linalg.norm(w))
    return np.array(result)


def polygon(X, y, w, s):
    """The rows met, the last direction, the rows slid on: dw/dsigma = s D, for data in general position."""
    n, _ = X.shape
    z = s * y[:, None] * X / n
    side = X @ w > 0
    sliding, behind, met = [], [], []
    while True:
        D, _ = velocity(z, z[side & ~np.isin(np.arange(n), sliding)].sum(axis=0), sliding)
        margins, speeds = X @ w, X @ D
        across = w - (w @ D) / (D @ D) * D
        if w @ D < 0 and np.linalg.norm(across) < 1e-9 * np.linalg.norm(w):
            # Down a ray to w = 0.
            return met, w / np.linalg.norm(w), sliding
        ahead = [k for k in range(n) if margins[k] * speeds[k] < 0 and k not in sliding + behind]
        if not ahead:
            return met, D / np.linalg.norm(D), sliding
        k = min(ahead, key=lambda k: -margins[k] / speeds[k])
        w = w - margins[k] / speeds[k] * D
        met.append(k)
        behind = [*sliding, k]
        if s * y[k] > 0:
            side[k] = not side[k]
        attracting = sliding + ([k] if s * y[k] < 0 else [])
        if attracting:
            base = z[side & ~np.isin(np.arange(n), attracting)].sum(axis=0)
            _, eta = velocity(z, base, attracting)
            sliding = [j for j, value in eta.items() if 1e-9 < value < 1 - 1e-9]
            for j in attracting:
                side[j] = eta[j] > 0.5
