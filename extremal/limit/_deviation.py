"""Δ_n = sup over w and over D ∈ 𝒟_n(w) of ‖D − D(w)‖ (section 3; Theorems 3.1 and D.1), exactly or in a bracket."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import Dataset, as_dataset
from ..data._arguments import as_choice, as_count, as_generator, as_number
from ..data._html import heading, pairs_table
from ..data._json import plain
from ..errors import InvalidTypeError, InvalidValueError
from ..geometry.critical._limits import Limits, Progress, interruptible
from ..geometry.critical._result import Status
from ..laws import Law
from ._ascent import Sighting
from ._cover import look_around, run_cover
from ._faces import clarke_supremum, count_minimal_faces
from ._planes import planes_of
from ._target import Target, as_target

__all__ = ["Deviation", "DeviationStatus", "deviation"]

METHODS = ("auto", "enumerate", "search", "sample")
# `auto` enumerates up to this many faces.
FEW_FACES = 3000
# The cover begins with 2^d cones.
LARGEST_DIMENSION = 12


class DeviationStatus(Enum):
    """How a call of `deviation` ended; the value is a sentence that says what happened and what to do."""

    EXACT = "Exact up to rounding: every face of least dimension was gone through."
    BRACKET = "Certified: the supremum is between lower and upper, to the gap that was asked for."
    NODE_LIMIT = "Certified, but wider than asked: max_nodes was reached; raise it, or accept this bracket."
    TIME_LIMIT = "Certified, but wider than asked: time_limit was reached; raise it, or accept this bracket."
    INTERRUPTED = "Certified, but wider than asked: the computation was interrupted."
    TOO_DEGENERATE = (
        "Certified, but wider than asked: many hyperplanes meet in nearly one point; use method='enumerate' if the "
        "distinct rows are few, or accept this bracket."
    )
    NO_SLOPE = (
        "A lower bound only: no Lipschitz constant of D(w) is known; pass lipschitz= if you can prove one, or a law "
        "whose D(w) has a closed form."
    )
    SAMPLED_LAW = (
        "An estimated lower bound only: D(w) of this law is itself a sample's, with standard errors in law.evaluate; "
        "use a law whose D(w) has a closed form, or pass D(w) as a function with lipschitz=."
    )
    DIMENSION = "A lower bound only: the cover works up to d = 12; choose or project features."
    SAMPLED = "A lower bound only, by design: method='sample' tries directions and proves nothing about the rest."


_STOPS = {
    Status.NODE_LIMIT: DeviationStatus.NODE_LIMIT,
    Status.TIME_LIMIT: DeviationStatus.TIME_LIMIT,
    Status.INTERRUPTED: DeviationStatus.INTERRUPTED,
}


@dataclass(frozen=True, eq=False, repr=False)
class Deviation:
    """
    Δ_n, or what is known about it.

    Attributes
    ----------
    lower, upper : float
        lower ≤ Δ_n ≤ upper, in units of y·x, rounding errors included. `upper` is infinite where only a lower bound is
        known.
    exact : bool
        Whether lower and upper differ by rounding alone.
    direction : ndarray of shape (d,)
        Unit w at which the lower end is reached, rounded.
    D, limit : ndarray of shape (d,)
        The element of 𝒟_n(w) there, and D(w): ‖D − limit‖ is the lower end, up to rounding.
    status : DeviationStatus
        A sentence on how it ended.
    method : str
        "enumerate", "search" or "sample".
    nodes : int
        Faces gone through, or regions examined.
    """

    lower: float
    upper: float
    exact: bool
    direction: NDArray[np.float64] = field(repr=False)
    D: NDArray[np.float64] = field(repr=False)
    limit: NDArray[np.float64] = field(repr=False)
    status: DeviationStatus
    method: str
    nodes: int

    @property
    def gap(self) -> float:
        """(upper − lower)/lower; 0 where Δ_n = 0."""
        if self.upper == self.lower or self.upper == 0:
            return 0.0
        return (self.upper - self.lower) / self.lower if self.lower > 0 else np.inf

    @property
    def certified(self) -> bool:
        """Whether `upper` is a proved bound."""
        return self.upper < np.inf

    def to_json(self) -> dict[str, Any]:
        """
        Give the bracket and where it is reached as plain values.

        Returns
        -------
        dict
            The attributes, with `gap` and `certified`; `upper` is None where only a lower bound is known.
        """
        names = ("lower", "upper", "gap", "exact", "certified", "direction", "D", "limit", "status", "method", "nodes")
        return {name: plain(getattr(self, name)) for name in names}

    def __repr__(self) -> str:
        if self.exact:
            return f"<Δ_n = {self.lower:.6g}, exact; {self.nodes} faces>"
        if not self.certified:
            return f"<Δ_n ≥ {self.lower:.6g}; {self.status.name}>"
        return f"<{self.lower:.6g} ≤ Δ_n ≤ {self.upper:.6g}; {self.status.name}, {self.nodes} regions>"

    def _repr_html_(self) -> str:
        with np.printoptions(precision=4, threshold=8):
            bracket = f"{self.lower:.6g}" if self.exact else f"from {self.lower:.6g} to {self.upper:.6g}"
            pairs = [("Δ_n", bracket), ("reached at w", self.direction), ("D", self.D), ("D(w)", self.limit)]
            pairs += [("method", f"{self.method}, {self.nodes} {'faces' if self.exact else 'regions'}")]
            return heading("Deviation", self.status.value) + pairs_table(pairs)


def deviation(
    X: ArrayLike | Dataset,
    y: ArrayLike | None = None,
    law: Law | ArrayLike | Callable[[Any], Any] | None = None,
    *,
    lipschitz: float | None = None,
    gap: float = 0.01,
    method: str = "auto",
    max_nodes: int | None = None,
    time_limit: float | None = None,
    rng: Any = None,
    progress: bool = False,
) -> Deviation:
    r"""
    Compute Δ_n = sup ‖D − D(w)‖ over unit vectors w and D ∈ 𝒟_n(w): how far the sample is from its population.

    Parameters
    ----------
    X : array_like of shape (n, d) or Dataset
        One sample a row.
    y : array_like of shape (n,), optional
        Labels; left out if X is a `Dataset`.
    law : Law, array_like of shape (d,), or callable
        The population's D(w): of a law; a constant; or a function from unit vectors (m, d) to vectors (m, d), which
        needs `lipschitz` for an upper bound and whose values are taken as they are.
    lipschitz : float, optional
        A bound on ‖D(w) − D(w')‖ divided by the angle between w and w'. Laws with closed forms know theirs.
    gap : float
        Relative width of the bracket at which to stop.
    method : {"auto", "enumerate", "search", "sample"}
        "enumerate" is exact: few samples and a constant D(w). "search" covers the sphere and proves a bracket. "sample"
        tries directions and gives a lower bound. "auto" takes the first that applies.
    max_nodes : int, optional
        Most regions to examine.
    time_limit : float, optional
        Seconds after which to stop; the bracket is then wider, and still proved. Set it if Δ_n may be 0 and D(w)
        is a function: no relative gap can be reached then.
    rng : Generator, int or None
        Turns the first regions and draws directions (None: always the same way).
    progress : bool
        Show a progress bar on stderr once two seconds have passed.

    Returns
    -------
    Deviation
        With `lower`, `upper`, `exact`, `direction`, and a `status` that says how it ended.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data or arguments that cannot be used.

    See Also
    --------
    extremal.statements.theorem_3_1 : its rate as n and d grow.

    Examples
    --------
    >>> import extremal
    >>> from extremal.laws import Gaussian, Law, Linear
    >>> law = Law(Gaussian(3), Linear([1.0, 0.0, 0.0]), noise=0.3)
    >>> X, y = law.sample(1000, rng=0)
    >>> result = extremal.deviation(X, y, law)
    >>> result.gap <= 0.01, round(result.lower, 2)
    (True, 0.09)
    """
    if law is None and isinstance(X, Dataset):
        # deviation(dataset, law)
        y, law = None, y
    data = as_dataset(X, y)
    if law is None:
        raise InvalidTypeError(
            "law is missing; expected the population to compare with: a Law from extremal.laws, a constant D of shape "
            "(d,), or a function w -> D(w)"
        )
    target = as_target(law, data.d, lipschitz)
    gap = as_number(gap, "gap", "a relative width of 1e-9 or more, such as 0.01", least=1e-9)
    method = as_choice(method, "method", METHODS)
    if max_nodes is not None:
        max_nodes = as_count(max_nodes, "max_nodes", "an integer, 0 or more, or None for no limit", 0)
    if time_limit is not None:
        time_limit = as_number(time_limit, "time_limit", "a number of seconds, 0 or more, or None", least=0.0)
    generator = as_generator(0 if rng is None else rng)
    if method == "enumerate" and target.constant is None:
        raise InvalidValueError(
            "method='enumerate' needs a D(w) that does not depend on w, and this one does; use method='search'"
        )
    if target.constant is not None and method in ("auto", "enumerate"):
        few = method == "enumerate" or (len(data.X) <= 64 and count_minimal_faces(data.X) <= FEW_FACES)
        if few:
            return _enumerated(data, target)
    limits = Limits(max_nodes, time_limit)
    with interruptible(limits), Progress(progress) as bar:
        return _bracketed(data, target, gap, method, limits, generator, bar)


def _enumerated(data: Dataset, target: Target) -> Deviation:
    assert target.constant is not None
    unit = _unit(data, target)
    z, c = data.y[:, None] * data.X / unit / data.n, target.constant / unit
    found = clarke_supremum(data.X, z, c)
    size = float(np.linalg.norm(z, axis=1).sum() + np.linalg.norm(c))
    error = 2.0**-51 * (data.n + data.d + 16) * size + target.rounding / unit
    return Deviation(
        unit * max(0.0, found.value - error),
        unit * (found.value + error),
        True,
        found.direction,
        unit * found.D,
        target.constant.copy(),
        DeviationStatus.EXACT,
        "enumerate",
        found.count,
    )


def _bracketed(data: Dataset, target: Target, gap: float, method: str, limits: Limits, rng, bar) -> Deviation:
    unit = _unit(data, target)
    target = target.scaled(1.0 / unit)
    planes = planes_of(data.X, data.y / unit, target.size, target.rounding)
    sighting = Sighting(data.d)
    look_around(planes, target, sighting, rng)
    upper, nodes = np.inf, 0
    if method == "sample":
        status = DeviationStatus.SAMPLED
    elif not target.exact:
        status = DeviationStatus.SAMPLED_LAW
    elif target.lipschitz is None:
        status = DeviationStatus.NO_SLOPE
    elif data.d > LARGEST_DIMENSION:
        status = DeviationStatus.DIMENSION
    else:
        bracket = run_cover(planes, target, gap, limits, sighting, rng, bar)
        upper, nodes = bracket.upper, bracket.nodes
        status = DeviationStatus.BRACKET if bracket.settled else DeviationStatus.TOO_DEGENERATE
        if bracket.stopped is not None:
            status = _STOPS[bracket.stopped]
    w = sighting.direction
    lower = max(0.0, sighting.value)
    return Deviation(
        unit * lower,
        unit * max(upper, lower),
        False,
        w,
        unit * (planes.vectors(w @ planes.normals.T > 0) if sighting.D is None else sighting.D),
        unit * target.evaluate(w[None])[0],
        status,
        "sample" if upper == np.inf else "search",
        nodes,
    )


def _unit(data: Dataset, target: Target) -> float:
    """A power of two of the size of the vectors, which everything is divided by."""
    sizes = [target.size]
    with np.errstate(over="ignore"):
        sizes.append((np.abs(data.y) * np.abs(data.X).max(axis=1)).max())
    if not np.isfinite(sizes[1]):
        raise InvalidValueError(
            f"y_k x_k is as large as {np.abs(data.y).max():.3g} × {np.abs(data.X).max():.3g}, beyond the range of "
            "floats; scale X or y"
        )
    return float(2.0 ** np.clip(np.frexp(max(*sizes, 1e-300))[1], -900, 900))
