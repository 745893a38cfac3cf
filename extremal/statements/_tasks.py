"""One repetition of an experiment: draw a sample, compute one thing. These are the tasks of the sweeps.

They are functions of this module, so that processes and stores know them by name; statements about the same quantity
share their rows in one store.
"""

from dataclasses import replace
from fractions import Fraction
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidValueError
from ..geometry import Certificate, D, ExtremalVector, count_cones, cover_count, find
from ..laws import Law, Linear, PopulationExtremal
from ..limit import deviation
from ..limit._faces import clarke_supremum, cone_supremum

__all__ = ["cones_row", "count_row", "deviation_row", "distance_row", "extremal_row", "solutions", "suprema_row"]

# Vectors are the same if they differ by less than this share of their length: 10⁴ times the rounding errors of D_n.
SAME = 1e-11
_known: WeakKeyDictionary[Law, PopulationExtremal] = WeakKeyDictionary()
_lock = Lock()


def deviation_row(law: Law, d: int, n: int, gap: float, rng: np.random.Generator) -> dict[str, float | bool | str]:
    """
    Bracket Δ_n, and average ‖y_k x_k‖².

    Parameters
    ----------
    law : Law
        Of the sample.
    d, n : int
        Dimension and size of the sample.
    gap : float
        Relative width of the bracket.
    rng : Generator
        Source of the sample.

    Returns
    -------
    dict
        ``lower``, ``upper``, ``certified``, ``settled`` (certified, and as narrow as asked), ``moment`` =
        (1/n) Σ ‖y_k x_k‖², ``outcome``.
    """
    X, y = law.sample(n, rng)
    found = deviation(X, y, law, gap=gap)
    return {
        "lower": found.lower,
        "upper": found.upper,
        "certified": found.certified,
        "settled": found.certified and found.gap <= 1.01 * gap,
        "moment": float(np.mean(y**2 * np.einsum("ij,ij->i", X, X))),
        "outcome": found.status.name,
    }


def extremal_row(
    law: Law, d: int, n: int, degenerate: bool, tampered: bool, rng: np.random.Generator
) -> dict[str, float | bool | None]:
    """
    Find the extremal vectors of a sample, and check them by other means (Definition 2.1).

    Parameters
    ----------
    law : Law
        Of the sample.
    d, n : int
        Dimension and size of the sample.
    degenerate : bool
        Make it degenerate: on a grid of halves, with a row twice, its negative, and a label 0.
    tampered : bool
        Spoil the result: leave out the last vector, and flip one sample in the pattern of the others.
    rng : Generator
        Source of the sample.

    Returns
    -------
    dict
        ``vectors``, their number; ``certified``, ``complete``, ``same`` and ``audit``, which is None where a vector is
        0 or degenerate.
    """
    X, y = law.sample(n, rng)
    if degenerate:
        X = np.round(2 * X) / 2
        X = np.vstack([X, X[0], -X[0]])
        y = np.append(np.round(2 * y) / 2, [1.0, -1.0])
        y[1 % n] = 0.0
    found = find(X, y, method="search")
    vectors = list(found)
    if tampered:
        vectors = [_flipped(vector) for vector in vectors[:-1]]
    certificates = [vector.certify() for vector in vectors]
    every = find(X, y, method="enumerate")
    indices = [vector.index for vector in vectors]
    countable = all(index >= 0 for index in found.indices.tolist())
    return {
        "vectors": len(vectors),
        "certified": bool(certificates) and all(certificate.valid for certificate in certificates),
        "complete": found.complete,
        "same": _listed(certificates) == _listed([vector.certify() for vector in every]),
        "audit": sum((-1) ** index for index in indices) == 1 + (-1) ** (d - 1) if countable else None,
    }


def _listed(certificates: list[Certificate]) -> list[tuple[int, tuple[Fraction, ...]]]:
    """All of them in an order that does not depend on how they were found."""
    return sorted((certificate.sign, tuple(certificate.D)) for certificate in certificates)


def _flipped(vector: ExtremalVector) -> ExtremalVector:
    """The vector with one sample on the wrong side: one that counts, and is on no hyperplane, if there is one."""
    counts = (vector.data.y != 0) & vector.data.X.any(axis=1)
    off = np.setdiff1d(np.flatnonzero(counts), vector.boundary)
    active = vector.active.copy()
    active[off[:1]] ^= True
    return replace(vector, active=active)


def suprema_row(law: Law, d: int, n: int, rng: np.random.Generator) -> dict[str, float | bool]:
    """
    Compare the suprema over cones and over the Clarke subdifferential (Lemma C.1).

    Parameters
    ----------
    law : Law
        Of the sample.
    d, n : int
        Dimension and size of the sample.
    rng : Generator
        Source of the sample and of d directions w; c takes the values 0 and D(w).

    Returns
    -------
    dict
        ``cone`` and ``clarke`` for the c of the largest excess, ``excess`` = (clarke − cone)/clarke, ``general`` (the
        sample is in general position, by its number of cones).
    """
    X, y = law.sample(n, rng)
    z = y[:, None] * X / n
    centres = np.vstack([np.zeros((1, d)), law.D(rng.standard_normal((d, d)))])
    worst = {"cone": 0.0, "clarke": 0.0, "excess": 0.0}
    for c in centres:
        cone, clarke = cone_supremum(X, z, c).value, clarke_supremum(X, z, c).value
        if not (np.isfinite(cone) and np.isfinite(clarke)):
            raise InvalidValueError(f"a supremum is not finite ({cone}, {clarke}): the sample of {law!r} is too large")
        excess = (clarke - cone) / clarke if clarke > 0 else 0.0
        if abs(excess) >= abs(worst["excess"]):
            worst = {"cone": cone, "clarke": clarke, "excess": excess}
    return {**worst, "general": count_cones(X) == cover_count(n, d)}


def cones_row(law: Law, d: int, n: int, rng: np.random.Generator) -> dict[str, int | bool]:
    """
    Count the activation cones of a sample, and compare with Cover's number.

    Parameters
    ----------
    law : Law
        Of the sample.
    d, n : int
        Dimension and size of the sample.
    rng : Generator
        Source of the sample.

    Returns
    -------
    dict
        ``count``, ``cover``, ``equal``.
    """
    X, _ = law.sample(n, rng)
    count, cover = count_cones(X), cover_count(n, d)
    return {"count": count, "cover": cover, "equal": count == cover}


def count_row(law: Law, d: int, n: int, rng: np.random.Generator) -> dict[str, int | bool | None]:
    """
    Count the extremal vectors of a sample.

    Parameters
    ----------
    law : Law
        Of the sample.
    d, n : int
        Dimension and size of the sample.
    rng : Generator
        Source of the sample.

    Returns
    -------
    dict
        ``count``, ``complete``, ``two`` (exactly two), and ``predicted``: whether they are D_n(β*) and D_n(−β*) (Eq.
        19); None unless the teacher is linear.
    """
    X, y = law.sample(n, rng)
    found = find(X, y)
    two = len(found) == 2
    predicted = None
    if isinstance(law.teacher, Linear) and law.teacher.beta.any():
        predicted = two and _are(found.vectors, D(X, y, np.vstack([law.teacher.beta, -law.teacher.beta])))
    return {"count": len(found), "complete": found.complete, "two": two, "predicted": predicted}


def _are(found: NDArray[np.float64], expected: NDArray[np.float64]) -> bool:
    size = float(np.linalg.norm(expected, axis=1).max())
    return any(float(np.abs(found - order).max()) <= SAME * size for order in (expected, expected[::-1]))


def distance_row(law: Law, d: int, n: int, rng: np.random.Generator) -> dict[str, float | int | bool]:
    """
    Measure how far the extremal vectors of a sample are from those of the population (Proposition 3.1).

    Parameters
    ----------
    law : Law
        Of the sample.
    d, n : int
        Dimension and size of the sample.
    rng : Generator
        Source of the sample.

    Returns
    -------
    dict
        ``distance``: the largest over the extremal vectors of the sample, of the distance to the nearest solution of
        Eq. 6; ``count``, ``complete``.
    """
    limits = solutions(law).vectors
    if not len(limits):
        raise InvalidValueError(f"no solution of Eq. 6 was found for {law!r}; expected one to compare with")
    found = find(*law.sample(n, rng))
    apart = np.linalg.norm(found.vectors[:, None] - limits[None], axis=2)
    distance = float(apart.min(axis=1).max()) if len(found) else 0.0
    return {"distance": distance, "count": len(found), "complete": found.complete}


def solutions(law: Law) -> PopulationExtremal:
    """The solutions of Eq. 6 that are known; computed once for each law object, so once a row in processes."""
    with _lock:
        if law not in _known:
            _known[law] = law.extremal()
        return _known[law]
