"""Laws and checks for the controls: cases in which a statement must fail."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..laws import Gaussian, Law, Linear, Sampler
from ..statements import Claim, Verdict
from ..statements._claims import rows_claim
from ..statements._frames import column, frame, numbers
from ..statements._lemmas_f import balance_claim
from ..statements._settings import read_settings
from ..statements._verdict import conclude
from ..training import train
from ..training._phases import CONSERVED, balance

__all__ = ["SIGNS", "descent_balance", "noise_only", "shifted"]


def _signs(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return np.asarray(2.0 * rng.integers(0, 2, size=(n, 2)) - 1.0)


def _one_half_too_much(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return np.asarray(0.5 + 0.3 * rng.standard_normal(n))


def _first(d: int) -> NDArray[np.float64]:
    return np.eye(d)[0]


#: Inputs in {−1, 1}²: rows repeat and have opposites, so that no sample is in general position.
SIGNS = Law(Sampler(2, _signs), Linear(np.array([1.0, 0.5])), noise=0.3)


def shifted(d: int) -> Law:
    """Noise of mean ½, whose D(w) is computed as if it were centred: the population of another law."""
    return Law(Gaussian(d), Linear(_first(d)), noise=_one_half_too_much)


def noise_only(d: int) -> Law:
    """Labels that do not depend on x."""
    return Law(Gaussian(d), Linear(np.zeros(d)), noise=1.0)


def descent_row(law: Law, d: int, n: int, lr: float, rng: np.random.Generator) -> dict[str, float | bool]:
    """
    Take steps of gradient descent, and measure what is conserved by the flow and not by them.

    Parameters
    ----------
    law : Law
        Of the sample.
    d, n : int
        Dimension and size of the sample.
    lr : float
        Learning rate.
    rng : Generator
        Source of the sample and the weights.

    Returns
    -------
    dict
        ``drift`` of a² − ‖w‖² relative to a² + ‖w‖², the largest over the neurons, and ``F.1``.
    """
    for_data, for_weights = rng.spawn(2)
    X, y = law.sample(n, for_data)
    run = train(
        X, y, width=10, iterations=2000, init="theorem", scale=0.1, batch=None, lr=lr, record=1000, rng=for_weights
    )
    drift, kept = balance(run.initial, [run.network])
    return {"drift": drift, "F.1": drift <= CONSERVED and kept}


def descent_balance(
    law: Any = "gaussian",
    n: Sequence[int] = (100,),
    d: Sequence[int] | None = None,
    repetitions: int = 10,
    *,
    lr: float = 0.05,
    seed: int = 0,
    executor: Any = None,
    store: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Verdict:
    """
    Ask of gradient descent what Lemma F.1 says of the flow.

    Parameters
    ----------
    law, n, d, repetitions, seed, executor, store, progress
        As in `extremal.statements.lemmas_f`.
    lr : float
        Learning rate.

    Returns
    -------
    Verdict
        Contradicted: its steps have a length.
    """
    settings = read_settings(
        law, n, d, repetitions, "linear", 0.3, 0.95, seed, executor, store, progress, dimensions=(2,)
    )
    table = settings.run(descent_row, lr=lr)
    held = [value for value in column(table, "F.1") if value is not None]
    claims: list[Claim] = [balance_claim((sum(held), sum(held), len(held)), settings.level(1))]
    claims.append(rows_claim(table, None, "computed"))
    rows = [(k, size, float(numbers(table, "drift")[which].max())) for k, size, which in settings.split(table)]
    return conclude("Lemma F.1", settings, claims, table, frame(("d", "n", "drift"), rows))
