"""One run of an experiment: a fresh sample, a network trained on it, and what the figures show of it.

Losses are L = (1/2n) Σ (h − y)². Curves and histograms are text in a row: numbers between blanks, which every table and
file takes; `read_numbers` reads them.
"""

from math import nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..laws import Law
from ..training import StepDecay, flow, ols, train
from ..training._network import Network

__all__ = ["BINS", "flow_row", "losses_row", "read_numbers", "restart_row"]

Floats = NDArray[np.float64]

# Bins of a histogram of cosines, from −1 to 1, and the cut in absolute value from which on a neuron counts as aligned.
BINS = 40
ALIGNED = 0.95
# Records of a run: the curve that a row keeps.
CURVE = 60
# Seconds between two checkpoints of a run.
CHECKPOINT = 60.0
# Of gradient flow: the error of a step, and where it stops. Late in a run the number of steps costs, not their error.
RTOL, GTOL = 1e-3, 1e-6


def losses_row(
    law: Law,
    n: int,
    d: int,
    width: int,
    iterations: int,
    lr: float,
    teacher: str,
    noise: float,
    activation: str,
    leak: float,
    optimizer: str,
    batch: int,
    scale: float | None,
    dtype: str,
    fresh: int,
    rng: np.random.Generator,
    scratch: Any = None,
) -> dict[str, Any]:
    """
    Train from scratch on a fresh sample.

    Parameters
    ----------
    law, n, ..., fresh
        As in `Setup`.
    rng : Generator
        Source of the samples, the weights and the batches.
    scratch : path, optional
        File for checkpoints.

    Returns
    -------
    dict
        See `_measure`.
    """
    X, y, X_test, y_test, seed = _draw(law, n, fresh, rng)
    run = train(
        X,
        y,
        width=width,
        iterations=iterations,
        lr=lr,
        activation=activation,
        leak=leak,
        optimizer=optimizer,
        batch=batch,
        scale=scale,
        dtype=dtype,
        record=max(1, iterations // CURVE),
        checkpoint=scratch,
        checkpoint_every=CHECKPOINT,
        rng=seed,
    )
    measured = _measure(run.network, run.predict, X, y, X_test, y_test)
    return measured | {"outcome": run.status.name} | _curve(run.iterations, run.losses)


def restart_row(
    law: Law,
    n: int,
    d: int,
    width: int,
    iterations: int,
    lr: float,
    teacher: str,
    noise: float,
    activation: str,
    leak: float,
    optimizer: str,
    batch: int,
    scale: float | None,
    dtype: str,
    fresh: int,
    factor: float,
    every: int,
    more: int,
    rng: np.random.Generator,
    scratch: Any = None,
) -> dict[str, Any]:
    """
    Train from scratch, then go on with a learning rate that falls (Fig. 6).

    Parameters
    ----------
    law, n, ..., fresh
        As in `Setup`.
    factor, every : float, int
        The learning rate is multiplied by `factor` every so many iterations.
    more : int
        Iterations of the second part.
    rng, scratch
        As for `losses_row`.

    Returns
    -------
    dict
        As of `losses_row`, with ``before``, the training loss at the restart; the curve is the second part's.
    """
    X, y, X_test, y_test, seed = _draw(law, n, fresh, rng)
    shared: dict[str, Any] = {"lr": lr, "activation": activation, "leak": leak, "optimizer": optimizer, "batch": batch}
    shared |= {"dtype": dtype, "checkpoint_every": CHECKPOINT}
    first = None if scratch is None else f"{scratch}.1"
    start = train(
        X, y, width=width, iterations=iterations, scale=scale, record=iterations, checkpoint=first, rng=seed, **shared
    )
    run = train(
        X,
        y,
        init=start,
        iterations=more,
        schedule=StepDecay(factor, every),
        record=max(1, more // CURVE),
        checkpoint=scratch,
        rng=seed + 1,
        **shared,
    )
    measured = _measure(run.network, run.predict, X, y, X_test, y_test)
    measured |= {"outcome": run.status.name, "before": float(start.losses[-1])}
    return measured | _curve(run.iterations, run.losses)


def flow_row(
    law: Law,
    n: int,
    d: int,
    width: int,
    t_max: float,
    teacher: str,
    noise: float,
    leak: float,
    scale: float | None,
    fresh: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """
    Train by gradient flow for as long as the steps of SGD add up to.

    Parameters
    ----------
    law, n, ..., fresh
        As in `Setup`.
    t_max : float
        Time of the flow: iterations times learning rate.
    rng : Generator
        As for `losses_row`: the same sample for the same generator.

    Returns
    -------
    dict
        As of `losses_row`; the curve is against time.
    """
    X, y, X_test, y_test, seed = _draw(law, n, fresh, rng)
    scale = sqrt(1e-5 * sqrt(width)) if scale is None else scale
    run = flow(X, y, width=width, scale=scale, init="gaussian", leak=leak, rtol=RTOL, gtol=GTOL, t_max=t_max, rng=seed)

    def predict(points: Floats) -> Floats:
        heights = points @ run.network.W.T
        return np.asarray(np.where(heights > 0, heights, leak * heights) @ run.network.a)

    measured = _measure(run.network, predict, X, y, X_test, y_test)
    kept = np.unique(np.linspace(0, len(run.times) - 1, CURVE).astype(int))
    return measured | {"outcome": run.status.name} | _curve(run.times[kept], run.losses[kept])


def _draw(law: Law, n: int, fresh: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats, int]:
    """A sample, a test sample, and a seed for the training."""
    for_data, for_test, for_training = rng.spawn(3)
    return *law.sample(n, for_data), *law.sample(fresh, for_test), int(for_training.integers(2**62))


def _measure(network: Network, predict: Any, X: Floats, y: Floats, X_test: Floats, y_test: Floats) -> dict[str, Any]:
    """
    Measure a network at the end of its training.

    ``train``, ``test``, ``ols_train`` and ``ols_test`` are losses; ``aligned`` is the share of neurons with a cosine to
    β_OLS of at least `ALIGNED` in absolute value, ``mass`` the same weighted by |a_j|‖w_j‖; ``cosines`` the histogram.
    """
    beta = ols(X, y)
    size = np.linalg.norm(beta)
    cosines = np.clip(network.directions @ (beta / size if size > 0 else beta), -1.0, 1.0)
    masses = np.abs(network.a) * np.linalg.norm(network.W, axis=1)
    near = np.abs(cosines) >= ALIGNED
    counts = np.histogram(cosines, BINS, (-1.0, 1.0))[0]

    def loss(values: Floats, labels: Floats) -> float:
        return float(np.mean((values - labels) ** 2) / 2)

    return {
        "train": loss(predict(X), y),
        "test": loss(predict(X_test), y_test),
        "ols_train": loss(X @ beta, y),
        "ols_test": loss(X_test @ beta, y_test),
        "aligned": float(near.mean()),
        "mass": float(masses[near].sum() / masses.sum()) if masses.any() else nan,
        "cosines": _text(counts),
    }


def _curve(places: ArrayLike, losses: ArrayLike) -> dict[str, str]:
    return {"curve_at": _text(places), "curve": _text(losses)}


def _text(values: ArrayLike) -> str:
    return " ".join(f"{value:.7g}" for value in np.asarray(values, dtype=float))


def read_numbers(text: Any) -> Floats:
    """
    Read the numbers of a cell such as ``cosines`` or ``curve``.

    Parameters
    ----------
    text : str or None
        The cell.

    Returns
    -------
    ndarray
        Empty where the row failed.
    """
    return np.array(text.split(), dtype=float) if isinstance(text, str) else np.empty(0)
