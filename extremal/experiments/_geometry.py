"""What the extremal vectors alone say of interpolation: a prediction without any training.

Neurons with a_j > 0 align with maxima of G_n, those with a_j < 0 with minima. If nothing else happens, the network is
a sum of as many ReLU neurons as there are maxima and minima, and with K of them in dimension d it has K d free numbers:
it cannot fit n > K d labels. K stays small as n grows (2 to 4 with a linear teacher), so there is a predicted
threshold, the n at which K d / n crosses 1. It is a count, not a theorem: neurons that align late are left out, and
with them a network fits more than this says.
"""

from math import exp, log, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from ..geometry import find
from ..laws import Law
from ..sweeps import sweep
from ._experiment import Experiment

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["geometry", "geometry_row"]

# Regions for `find` to look at, so that it ends.
NODES = 2_000_000
# Draws at each n: they cost little beside training.
DRAWS = 10


def geometry_row(law: Law, n: int, leak: float, rng: np.random.Generator) -> dict[str, Any]:
    """
    Count extremal vectors of a fresh sample.

    Parameters
    ----------
    law, n, leak
        As in `Setup`.
    rng : Generator
        Source of the sample.

    Returns
    -------
    dict
        ``vectors``, ``clusters`` (the maxima and the minima), and whether the count is ``complete``.
    """
    X, y = law.sample(n, rng)
    result = find(X, y, leak=leak, max_nodes=NODES, rng=0)
    clusters = sum(kind in ("maximum", "minimum") for kind in result.kinds)
    return {"vectors": len(result), "clusters": clusters, "complete": result.complete}


def geometry(
    experiment: Experiment, *, draws: int = DRAWS, executor: Any = None, store: Any = None, progress: bool = False
) -> "pd.DataFrame":
    """
    Predict from extremal vectors where interpolation ends, for the law and the sample sizes of an experiment.

    Parameters
    ----------
    experiment : Experiment
        Such as of `figure_2`. With several series, its first.
    draws : int
        Fresh samples at each n.
    executor, store, progress
        As in `extremal.sweep`.

    Returns
    -------
    DataFrame
        One row for each n, those of the experiment and d times a power of 2: ``n``, ``draws``, ``vectors`` and
        ``clusters`` (means), ``capacity`` (clusters times d over n), ``complete`` (the share of draws with a proof that
        no vector is missing), and ``predicted`` (the n at which the capacity crosses 1 on a logarithmic scale, the same
        in all rows; nan if it does not).

    Examples
    --------
    >>> from extremal.experiments import figure_2, geometry
    >>> result = figure_2(sizes=(8, 64, 512), d=2, repetitions=2, width=10, iterations=100)
    >>> table = geometry(result, draws=4)
    >>> bool((table["capacity"].diff()[1:] < 0).all())
    True
    """
    from ..statements._frames import frame

    setup = experiment.setup
    law = setup.law(experiment.seed)
    # from d samples on, which K = 1 can fit, by powers of 2
    sizes = {setup.d * 2**i for i in range(64) if setup.d * 2**i < setup.sizes[-1]}
    sizes |= set(setup.sizes)
    grid = [{"law": law, "n": n, "leak": setup.leak} for n in sorted(sizes)]
    table = sweep(geometry_row, grid, executor, store, progress, repetitions=draws, seed=experiment.seed)
    rows = []
    for n in sorted(sizes):
        cell = table[(table["n"] == n) & (table["status"] == "done")]
        vectors, clusters = (float(cell[name].mean()) if len(cell) else nan for name in ("vectors", "clusters"))
        complete = float(cell["complete"].astype(float).mean()) if len(cell) else nan
        rows.append([n, len(cell), vectors, clusters, clusters * setup.d / n, complete])
    predicted = _crossing([row[0] for row in rows], [row[4] for row in rows])
    names = ("n", "draws", "vectors", "clusters", "capacity", "complete", "predicted")
    return frame(names, [(*row, predicted) for row in rows])


def _crossing(sizes: list[Any], capacity: list[Any]) -> float:
    """Where the capacity falls below 1, linear in log n and log capacity."""
    for i in range(1, len(sizes)):
        above, below = capacity[i - 1], capacity[i]
        if above >= 1.0 > below > 0:
            share = log(above) / (log(above) - log(below))
            return exp(log(sizes[i - 1]) + share * (log(sizes[i]) - log(sizes[i - 1])))
    return nan
