"""`find`: every extremal vector of G_n (Definition 2.1), with the proof that none is missing."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...data import as_dataset, rational_dataset
from ...data._arguments import as_choice, as_count, as_generator, as_number, check_executor
from ..clarke._function import as_leak
from ._arrangement import Arrangement, arrange
from ._ascent import run_ascent
from ._describe import describe
from ._enumerate import estimated_faces, run_enumeration
from ._judge import Judge
from ._limits import Limits, Progress, interruptible
from ._result import ExtremalVector, ExtremalVectors, Status
from ._search import run_search

__all__ = ["find"]

METHODS = ("auto", "enumerate", "search", "ascent")
# `auto` enumerates up to this many faces; beyond, the search is faster.
FEW_FACES = 200
# Above this rank there is no search: it would begin with 2^(rank − 1) cones.
LARGEST_RANK = 12
# Above this rank the search is slow, and up to this many faces are enumerated instead; below it, if it gives up.
SEARCH_RANK = 7
MANY_FACES = 2_000_000


def find(
    X: Any,
    y: Any = None,
    *,
    method: str = "auto",
    max_nodes: int | None = None,
    time_limit: float | None = None,
    leak: float = 0.0,
    rng: Any = None,
    executor: Any = None,
    progress: bool = False,
    exact: bool = False,
) -> ExtremalVectors:
    r"""
    Find every extremal vector of a data set.

    A vector D is extremal (Definition 2.1) if D ∈ 𝒟_n(w) for a unit vector w with D = 0 or D/‖D‖ = ±w: these are the
    KKT points of G_n(w) = (1/n) Σ y_k σ(w·x_k) on the sphere, the directions with which neurons align early in
    training.

    Parameters
    ----------
    X : array_like of shape (n, d) or Dataset
        One sample a row. Any scale, any degeneracy.
    y : array_like of shape (n,) or (n, 1)
        Labels. Left out if X is a `Dataset`.
    method : {"auto", "search", "enumerate", "ascent"}
        "search" covers the sphere and discards regions by certified inequalities: any n, rank up to 8 in practice.
        "enumerate" goes through every face of the arrangement: small n. "ascent" follows G_n from random starts and
        never claims completeness. "auto" takes whichever proof is cheaper.
    max_nodes : int, optional
        Most regions (or faces) to examine.
    time_limit : float, optional
        Seconds after which to stop.
    leak : float
        α of the leaky ReLU σ(t) = t for t > 0, αt for t < 0.
    rng : Generator, int or None
        Turns the first regions of the search (None: always the same way) and starts the ascent. The answer of a
        complete search does not depend on it.
    executor : concurrent.futures.Executor, optional
        Runs parts of the search side by side; threads serve, since the kernels release the GIL. It is not shut down.
    progress : bool
        Show a progress bar on stderr once two seconds have passed.
    exact : bool
        Read X and y as rational numbers (int, Fraction, Decimal, float, sympy.Rational), without rounding, and give
        each vector as Fractions too, in its attribute `exact`.

    Returns
    -------
    ExtremalVectors
        One entry for each pair (D, sign), by descending \|G_n\|; D = 0 once, with sign 0. `complete` is True only if
        it is proved that none is missing. Limits and Ctrl-C give what was found, with `complete` False, a `status`
        that says why, and the unresolved share of the sphere.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data or arguments that cannot be used; the message says what was given and what is expected.

    Examples
    --------
    >>> import extremal
    >>> X = [[-0.75, 1.0], [-0.5, 1.0], [0.125, 1.0]]
    >>> res = extremal.find(X, [1.1, 0.1, 0.8])
    >>> res.complete, len(res)
    (True, 2)
    """
    data, unit = rational_dataset(X, y) if exact else (as_dataset(X, y), None)
    leak = as_leak(leak)
    method = as_choice(method, "method", METHODS)
    if max_nodes is not None:
        max_nodes = as_count(max_nodes, "max_nodes", "an integer, 0 or more, or None for no limit", 0)
    if time_limit is not None:
        time_limit = as_number(time_limit, "time_limit", "seconds, 0 or more, or None for no limit", least=0.0)
    if executor is not None:
        check_executor(executor)
    generator = as_generator(0 if rng is None and method != "ascent" else rng)
    arr = arrange(data, leak)
    judge = Judge(arr)
    limits = Limits(max_nodes, time_limit)
    with interruptible(limits), Progress(progress) as bar:
        chosen = _choose(arr) if method == "auto" else method
        if chosen == "enumerate":
            outcome = run_enumeration(judge, limits)
        elif chosen == "search" and arr.rank > LARGEST_RANK:
            outcome = replace(run_ascent(judge, limits, generator), status=Status.RANK_TOO_LARGE)
        elif chosen == "search":
            faces = estimated_faces(arr.m, arr.rank)
            fallback = method == "auto" and max_nodes is None and faces <= MANY_FACES
            first = limits.share(max(faces // 4, FEW_FACES)) if fallback else limits
            outcome = run_search(judge, first, generator, bar, executor)
            if fallback and outcome.status in (Status.NODE_LIMIT, Status.TOO_DEGENERATE):
                # Degenerate data can need more regions than it has faces.
                chosen = "enumerate"
                outcome = run_enumeration(judge, limits)
        else:
            outcome = run_ascent(judge, limits, generator)
    items = sorted((describe(arr, c) for c in judge), key=_order(arr))
    if unit is not None:
        items = [v.exactly(unit) for v in items]
    return ExtremalVectors(tuple(items), data, leak, outcome.status, outcome.unresolved, outcome.nodes, chosen)


def _choose(arr: Arrangement) -> str:
    """Enumeration where it is cheap or the only proof, the search otherwise."""
    faces = estimated_faces(arr.m, arr.rank)
    if arr.rank == 1 or faces <= FEW_FACES or (arr.rank > SEARCH_RANK and faces <= MANY_FACES):
        return "enumerate"
    return "search"


def _order(arr: Arrangement):
    """Sort by descending |G_n|, equal up to rounding; then by sign and by the coordinates of D."""
    unit = max(float(np.ldexp(arr.size, arr.exponent)) / arr.data.n, np.finfo(float).tiny) * 1e-12

    def key(v: ExtremalVector):
        return (-round(abs(v.value) / unit), -v.sign, *(-np.round(v.D / unit)))

    return key
