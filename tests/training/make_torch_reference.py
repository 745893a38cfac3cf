"""The same steps by PyTorch: what the tests compare with, and the script that stores some of its numbers.

python tests/training/make_torch_reference.py    # writes tests/training/data/torch_reference.npz; needs PyTorch

The start is of the size of the labels: near a small start the network is unstable, and roundings grow.
"""

from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("data") / "torch_reference.npz"
CASES = [(activation, optimizer) for activation in ("relu", "gelu", "leaky") for optimizer in ("sgd", "adam")]
LEAK = 0.125
LOOKS = (1, 10, 100, 1000)
RATES = {"sgd": 0.05, "adam": 1e-3}
SHOWN = 5


def problem(n=200, d=3, m=64, batch=16, steps=1000, seed=0):
    """X, y, W, a and the batches."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    y = np.abs(X[:, 0]) - X[:, 1] + 0.3 * rng.standard_normal(n)
    W, a = rng.standard_normal((m, d)) / np.sqrt(d), rng.standard_normal(m) / np.sqrt(m)
    return X, y, W, a, rng.integers(0, n, (steps, batch))


def torch_run(X, y, W, a, batches, activation, optimizer, dtype, looks=LOOKS):
    """(W, a, full loss) after so many steps, for each of the looks."""
    import torch

    torch.set_num_threads(1)
    kind = getattr(torch, dtype)
    X, y, batches = torch.tensor(X, dtype=kind), torch.tensor(y, dtype=kind), torch.tensor(batches)
    W, a = torch.tensor(W, dtype=kind, requires_grad=True), torch.tensor(a, dtype=kind, requires_grad=True)
    act = {
        "relu": torch.relu,
        "gelu": torch.nn.functional.gelu,
        "leaky": lambda z: torch.nn.functional.leaky_relu(z, LEAK),
    }[activation]
    method = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]([W, a], lr=RATES[optimizer])
    seen = []
    for t in range(1, max(looks) + 1):
        rows = batches[t - 1]
        method.zero_grad()
        (0.5 * (act(X[rows] @ W.T) @ a - y[rows]).square().mean()).backward()
        method.step()
        if t in looks:
            with torch.no_grad():
                full = 0.5 * (act(X @ W.T) @ a - y).square().mean()
            seen.append((W.detach().numpy().copy(), a.detach().numpy().copy(), float(full)))
    return seen


def main():
    """Write the file."""
    import torch

    X, y, W, a, batches = problem()
    arrays = {"X": X, "y": y, "W": W, "a": a, "batches": batches.astype(np.int16)}
    for activation, optimizer in CASES:
        for dtype in ("float64", "float32"):
            seen = torch_run(X, y, W, a, batches, activation, optimizer, dtype)
            for step, (inner, outer, full) in zip(LOOKS, seen, strict=True):
                numbers = np.concatenate([[full], inner[:SHOWN].ravel(), outer[:SHOWN]])
                arrays[f"{activation}.{optimizer}.{dtype}.{step}"] = numbers.astype(np.float64)
    arrays["made_by"] = np.array(f"torch {torch.__version__}")
    np.savez_compressed(FILE, **arrays)


if __name__ == "__main__":
    main()
