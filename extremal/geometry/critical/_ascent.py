"""Critical points by following G_n from random directions: quick at any size, and never a proof that none is missing.

A direction moves towards sD_n(w) with steps that shrink, and ends near an attracting critical point; the rows it is
closest to are then tried as zero rows, and the judge decides.
"""

import numpy as np

from ._judge import Judge
from ._limits import Limits, Outcome
from ._result import Status, Unresolved

__all__ = ["run_ascent"]

STARTS = 256
STEPS = 400


def run_ascent(judge: Judge, limits: Limits, rng: np.random.Generator) -> Outcome:
    """Climb with sign +1 and descend with sign −1 from random starts."""
    arr = judge.arrangement
    r = arr.rank
    starts = min(STARTS, limits.max_nodes) if limits.max_nodes is not None else STARTS
    done = 0
    for start in range(starts):
        if limits.reached(start) is not None:
            break
        sign = 1 if start % 2 == 0 else -1
        w = rng.standard_normal(r)
        w /= np.linalg.norm(w)
        for step in range(STEPS):
            weights = np.where(arr.a @ w > 0, arr.above, arr.below)
            d = sign * (arr.constant + weights @ arr.g)
            size = np.linalg.norm(d)
            if size == 0.0:
                break
            moved = w + (2.0 / (step + 2.0)) * (d / size - w)
            length = np.linalg.norm(moved)
            if length == 0.0:
                # half-way to the opposite direction
                break
            w = moved / length
        value = arr.a @ w
        nearest = np.argsort(np.abs(value))[: r - 1]
        pattern = np.sign(value).astype(np.int8)
        judge.nonzero(pattern, sign)
        for k in nearest:
            pattern = pattern.copy()
            pattern[k] = 0
            judge.nonzero(pattern, sign)
        done += 1
    return Outcome(Status.HEURISTIC, Unresolved((), 1.0), done)
