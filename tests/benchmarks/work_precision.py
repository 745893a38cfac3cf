"""Work and precision of gradient flow: the error of h at fixed times against seconds.

    python tests/benchmarks/work_precision.py --size small
    python tests/benchmarks/work_precision.py --size issue --law gaussian --limit 120

Ours at several rtol against gradient descent at several steps and the generic RK45 and DOP853 at several rtol, all of
them on the fastest of three right-hand sides (numpy; numba on one core and on all, compiled beforehand).

The error is the largest over the fixed times of the rms of h − h_ref over the training inputs, relative to the rms of
y. h_ref is ours at a tenth of its smallest rtol; at small sizes it is checked against the event-driven oracle of the
tests. A run that is not done within the limit has no error; the legend says so.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

if __name__ == "__main__":  # from anywhere: the oracles are beside this folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.oracles.gradient_flow import fused_rhs, numpy_rhs, parallel_rhs, predict, reference_flow, rk

SIZES = {"tiny": (20, 30, 3), "small": (50, 200, 3), "medium": (200, 1000, 5), "issue": (1000, 2000, 5)}
OUR_RTOL = (2e-1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
STEPS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 1e-4)
GENERIC = {"RK45": (1e-2, 1e-4, 1e-6, 1e-8), "DOP853": (1e-2, 1e-4, 1e-6, 1e-8, 1e-10)}
# Fixed times in units of ln(1/λ)/max ‖D‖, when the network has grown: alignment, growth, and the fit.
STAGES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
LINES = {"extremal": ("#D55E00", "o"), "gradient descent": ("#0072B2", "s"), "RK45": ("#009E73", "^")}
LINES["DOP853"] = ("#CC79A7", "v")


def make_problem(size="small", law="gaussian", scale=1e-3, seed=0):
    """(X, y, W, a, times): data of a law with a linear teacher, dominated weights, fixed times."""
    from extremal.laws import Assumption41, Gaussian, Law, Linear

    m, n, d = SIZES[size] if isinstance(size, str) else size
    beta = np.eye(d)[0]
    inputs = {"gaussian": lambda: Gaussian(d), "assumption": lambda: Assumption41(beta)}[law]()
    X, y = Law(inputs, Linear(beta), noise=0.3).sample(n, rng=seed)
    rng = np.random.default_rng(seed + 1)
    a = rng.choice([-1.0, 1.0], m)
    W = rng.normal(size=(m, d))
    W *= rng.uniform(size=(m, 1)) ** (1 / d) / np.linalg.norm(W, axis=1, keepdims=True)
    D = ((W @ X.T > 0) * y) @ X / n
    unit = np.log(1 / min(scale, 0.5)) / np.linalg.norm(D, axis=1).max()
    return X, y, scale / np.sqrt(m) * W, scale / np.sqrt(m) * a, unit * np.array(STAGES)


def fastest_rhs(X, y, m, repetitions=5):
    """The fastest right-hand side on this machine, compiled, and its seconds a call."""
    theta = np.random.default_rng(0).normal(size=m * (X.shape[1] + 1))
    best = None
    for make in (numpy_rhs, fused_rhs, parallel_rhs):
        f = make(X, y, m)
        f(0.0, theta)
        took = []
        for _ in range(repetitions):
            start = time.perf_counter()
            f(0.0, theta)
            took.append(time.perf_counter() - start)
        if best is None or min(took) < best[1]:
            best = make, min(took)
    return best


def relative_error(observed, expected, y):
    """The largest over the times of rms(h − h_ref)/rms(y)."""
    difference = np.asarray(observed) - np.asarray(expected)
    return float(np.sqrt(np.mean(difference**2, axis=1).max() / np.mean(np.square(y))))


def run_ours(problem, rtol, limit):
    """(h at the times, seconds), or (None, seconds)."""
    import extremal

    X, y, W, a, times = problem
    start = time.perf_counter()
    tr = extremal.flow(
        X,
        y,
        init=extremal.Network(W, a),
        rtol=rtol,
        gtol=0.0,
        t_max=float(times[-1]),
        time_limit=limit,
        save_at=times,
    )
    took = time.perf_counter() - start
    done = len(tr.observations) == len(times)
    return (np.array([network(X) for network in tr.observations]) if done else None), took


def run_descent(problem, step, limit, make):
    """Gradient descent; θ at a time between two iterations is interpolated linearly."""
    X, y, W, a, times = problem
    start = time.perf_counter()
    f = make(X, y, len(a))
    theta, found, t, i = np.concatenate([W.ravel(), a]), [], 0.0, 0
    iteration = 0
    while i < len(times):
        slope = f(t, theta)
        while i < len(times) and times[i] <= (iteration + 1) * step:
            found.append(theta + (times[i] - iteration * step) * slope)
            i += 1
        theta += step * slope
        iteration += 1
        if time.perf_counter() - start > limit:
            return None, time.perf_counter() - start
    took = time.perf_counter() - start
    return np.array([predict(X, p[: W.size].reshape(W.shape), p[W.size :]) for p in found]), took


def run_generic(problem, method, rtol, limit, make):
    """RK45 or DOP853 with an absolute tolerance rtol of the largest initial weight."""
    X, y, W, a, times = problem
    start = time.perf_counter()
    atol = rtol * float(max(np.abs(W).max(), np.abs(a).max()))
    try:
        found = rk(X, y, W, a, times, method, rtol, atol, make, stop=lambda: time.perf_counter() - start > limit)
    except ArithmeticError:
        found = []
    took = time.perf_counter() - start
    return (np.array([predict(X, *p) for p in found]) if len(found) == len(times) else None), took


def reference(problem, limit=600.0):
    """h_ref at the times and, at small sizes, its distance to the event-driven oracle (otherwise nan)."""
    X, y, W, a, times = problem
    ours = run_ours(problem, min(OUR_RTOL) / 10, limit)[0]
    check = np.nan
    if len(a) * len(y) <= 600:
        oracle = np.array([predict(X, *p) for p in reference_flow(X, y, W, a, times).networks])
        check = relative_error(ours, oracle, y)
    return ours, check


def competitors(problem, limit):
    """Pairs (name, setting, function of nothing -> (h, seconds)), cheap to dear for each name."""
    X, y, _, a, _ = problem
    make, _ = fastest_rhs(X, y, len(a))
    for step in STEPS:
        yield "gradient descent", step, lambda step=step: run_descent(problem, step, limit, make)
    for method, tolerances in GENERIC.items():
        for rtol in tolerances:
            yield method, rtol, lambda m=method, rtol=rtol: run_generic(problem, m, rtol, limit, make)


def work_precision(problem, limit=60.0, h_ref=None, ours=True, others=True, report=None):
    """DataFrame: method, setting, seconds, error (nan: not done within the limit), done."""
    import pandas as pd

    if h_ref is None:
        h_ref, _ = reference(problem)
    runs = []
    if ours:
        run_ours(problem, 1e-1, limit)  # compiles
        runs += [("extremal", rtol, lambda rtol=rtol: run_ours(problem, rtol, limit)) for rtol in OUR_RTOL]
    if others:
        runs += list(competitors(problem, limit))
    rows, hopeless = [], set()
    for name, setting, run in runs:
        if name in hopeless:
            continue  # a smaller tolerance takes longer still
        h, seconds = run()
        if h is None:
            hopeless.add(name)
        error = np.nan if h is None else relative_error(h, h_ref, problem[1])
        error = error if np.isfinite(error) else np.inf
        rows.append((name, setting, seconds, np.nan if h is None else error, h is not None))
        if report is not None:
            report("{:18s} {:8.0e} {:9.3f} s  error {:.1e}".format(*rows[-1][:4]))
    return pd.DataFrame(rows, columns=["method", "setting", "seconds", "error", "done"])


def seconds_at(table, method, error):
    """Seconds in which a method reaches an error: the least time of its runs that are at least so accurate."""
    rows = table[(table.method == method) & (table.error <= error)]
    return float(rows.seconds.min()) if len(rows) else float("inf")


def fastest(table, errors=tuple(10.0**-k for k in range(2, 9))):
    """For each error, the method that reaches it first, and how many times longer the next one takes."""
    found = {}
    for error in errors:
        times = {name: seconds_at(table, name, error) for name in table.method.unique()}
        order = sorted(times, key=times.get)
        found[error] = (order[0], times[order[1]] / times[order[0]] if len(order) > 1 else np.inf)
    return found


def draw(table, title, path):
    """The diagram, as svg."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    with mpl.rc_context({"svg.hashsalt": "extremal", "svg.fonttype": "path"}):
        fig, ax = plt.subplots(figsize=(6.4, 4.6), layout="constrained")
        shown = table[np.isfinite(table.error) & (table.error > 0)]
        for name, (colour, marker) in LINES.items():
            rows = shown[shown.method == name].sort_values("setting", ascending=False)
            label = name
            late = table[(table.method == name) & ~table.done]
            if len(late):
                label += f" (setting {late.setting.iloc[0]:g} not done in {late.seconds.iloc[0]:.0f} s)"
            style = {"color": colour, "marker": marker, "markeredgecolor": "white", "label": label}
            ax.plot(rows.error, rows.seconds, linewidth=1.6, markersize=7, **style)
        ax.set(xscale="log", yscale="log", title=title, ylabel="seconds")
        ax.set_xlabel("largest error of h, relative to y")
        ax.set_xlim(3, 1e-11)
        ax.grid(True, color="#DDDDDD", linewidth=0.6)
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False, fontsize=9)
        fig.savefig(path, metadata={"Date": None})
        plt.close(fig)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--law", choices=("gaussian", "assumption"), default="gaussian")
    parser.add_argument("--scale", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds a run")
    parser.add_argument("--out", type=Path, default=Path(), help="folder of the csv and the svg")
    options = parser.parse_args(arguments)
    problem = make_problem(options.size, options.law, options.scale, options.seed)
    name = f"work_precision_{options.law}_{options.size}"
    h_ref, check = reference(problem)
    if h_ref is None:
        sys.exit("the reference did not reach the last time within its limit")
    print(f"{name}: reference against the event-driven oracle: {check:.1e}")
    table = work_precision(problem, options.limit, h_ref, report=print)
    table.to_csv(options.out / f"{name}.csv", index=False)
    m, n, d = SIZES[options.size]
    law = {"gaussian": "Gaussian inputs", "assumption": "Assumption 4.1"}[options.law]
    draw(table, f"{law}, m = {m}, n = {n}, d = {d}, λ = {options.scale:g}", options.out / f"{name}.svg")
    for error, (winner, ratio) in fastest(table).items():
        print(f"error {error:.0e}: {winner} first, the next takes {ratio:.3g} times as long")


if __name__ == "__main__":
    main()
