"""Microseconds an iteration of SGD and Adam, here and in PyTorch, on one thread: a table in Markdown.

OMP_NUM_THREADS=1 python tests/benchmarks/train_against_torch.py [--width 10000] [--dimension 5]

The ratios are to PyTorch in float32, eager, with the batch indexed from tensors in memory; torch.compile is not used.
Times are medians, ratios those of medians and, after the comma, of the best times: PyTorch's vary with how the system
hands out memory.
"""

import argparse
import time

import numpy as np

import extremal

# few samples: a record at the end is a small part of the time
SAMPLES, BATCH, REPEATS = 256, 32, 9


def problem(d):
    """X and y."""
    X = np.random.default_rng(0).standard_normal((SAMPLES, d))
    return X, X[:, 0] + 0.3 * np.random.default_rng(1).standard_normal(SAMPLES)


def here(X, y, width, steps, activation, optimizer, dtype):
    """Seconds an iteration of a few runs; and of the first run, which may compile."""
    arguments = {"width": width, "activation": activation, "optimizer": optimizer, "dtype": dtype, "rng": 0}
    seconds = []
    started = time.perf_counter()
    extremal.train(X, y, iterations=1, record=1, **arguments)
    first = time.perf_counter() - started
    for _ in range(REPEATS):
        run = extremal.train(X, y, iterations=1, record=10**9, **arguments)
        started = time.perf_counter()
        run = run.extend(iterations=1 + steps, record=10**9)
        seconds.append((time.perf_counter() - started) / steps)
    assert np.isfinite(run.losses).all()
    return np.array(seconds), first


def there(X, y, width, steps, activation, optimizer):
    """The same for PyTorch in float32."""
    import torch

    torch.set_num_threads(1)
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
    W = (torch.randn(width, X.shape[1]) * 3e-4).requires_grad_()
    a = (torch.randn(width) * 3e-4).requires_grad_()
    act = torch.relu if activation == "relu" else torch.nn.functional.gelu
    kinds = {"sgd": (torch.optim.SGD, 0.01), "adam": (torch.optim.Adam, 1e-3)}
    kind, lr = kinds[optimizer]
    method = kind([W, a], lr=lr)
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        for rows in torch.randint(0, SAMPLES, (steps, BATCH)):
            method.zero_grad()
            (0.5 * (act(X[rows] @ W.T) @ a - y[rows]).square().mean()).backward()
            method.step()
        seconds.append((time.perf_counter() - started) / steps)
    return np.array(seconds)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=10_000)
    parser.add_argument("--dimension", type=int, default=5)
    arguments = parser.parse_args()
    X, y = problem(arguments.dimension)
    steps = int(np.clip(3e7 // (arguments.width * arguments.dimension), 100, 10_000))
    print(f"m = {arguments.width}, d = {arguments.dimension}, batch {BATCH}, µs an iteration; ratios to PyTorch\n")
    print("| | PyTorch float32 | float64 | float32 | first call, s |")
    print("|---|---:|---:|---:|---:|")
    for activation in ("relu", "gelu"):
        for optimizer in ("sgd", "adam"):
            torch = there(X, y, arguments.width, min(steps, 300), activation, optimizer)
            double, compile64 = here(X, y, arguments.width, steps, activation, optimizer, "float64")
            single, compile32 = here(X, y, arguments.width, steps, activation, optimizer, "float32")
            cells = [f"{1e6 * np.median(torch):.0f}"]
            for s in (double, single):
                ratios = np.median(torch) / np.median(s), torch.min() / s.min()
                cells.append(f"{1e6 * np.median(s):.0f} ({ratios[0]:.1f}×, {ratios[1]:.1f}×)")
            print(f"| {activation} {optimizer} | {' | '.join(cells)} | {compile64:.1f}, {compile32:.1f} |", flush=True)


if __name__ == "__main__":
    main()
