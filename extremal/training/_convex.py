"""The global minimum of the training loss over networks of every width, which gradient flow may not reach.

Without a penalty it is a linear least-squares problem (see `_span`): the labels that networks can take make up a linear
space. With the penalty (β/2) Σ_j (a_j² + ‖w_j‖²) it is a convex program over the activation cones (Pilanci & Ergen
2020; see `_cone_program`). Both give a network, whose loss is an upper bound, and a lower bound that holds for every
network.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import Dataset, as_dataset
from ..data._arguments import as_choice, as_count, as_generator, as_number
from ..data._html import heading, pairs_table
from ..data._json import plain
from ..errors import InvalidTypeError, InvalidValueError
from ..geometry import cones, find
from ..geometry.exact._signs import activation_signs
from ._cone_program import SolverError, dual_bound, largest_slope, solve
from ._least_squares import balanced, ols
from ._network import Network
from ._span import best_fit, fitting_network

__all__ = ["GlobalMinimum", "GlobalMinimumStatus", "global_minimum"]

METHODS = ("auto", "span", "cones")

# The two ends agree if they differ by less than this share of the objective of the network 0, (1/2n) Σ y².
AGREE = 1e-9  # linear algebra
AGREE_SOLVER = 1e-6  # a solver's tolerance, squared roots of it included

# All cones are in the program if they are few enough and so many signs, cones times samples, are not more than this.
ALL_CONES = 50_000
# Cones of random directions that the program begins with when there are too many cones for all of them.
FIRST_CONES = 16
# Directions whose cones are added at a time, steepest first.
MORE_CONES = 16
# Up to this dimension the search is faster than climbing.
PLAIN = 3
# Programs at most.
ROUNDS = 200
# Cones whose vectors are below this share of the largest are left out of the next program.
IDLE = 1e-6


class GlobalMinimumStatus(Enum):
    """How a call of `global_minimum` ended; the value is a sentence that says what is known."""

    REACHED = "The network reaches the global minimum over all widths, up to rounding: value and lower_bound agree."
    CERTIFIED = (
        "The network reaches the global minimum over all widths, to a millionth of the objective of the zero network: "
        "value and lower_bound agree that far."
    )
    WIDER = (
        "The value is the global minimum over all widths, and a lower bound for the width that was asked for; the "
        "network that reaches it is wider, and whether a narrower one does is not known."
    )
    ILL_CONDITIONED = (
        "The global minimum is between lower_bound and value: rounding errors keep the network from it, as hyperplanes "
        "nearly coincide or rows of X differ in size by many orders; scale rows and labels, or merge near-duplicates."
    )
    TOO_LARGE = (
        "The global minimum is between lower_bound and value: there are too many samples to build a network that "
        "reaches it; take the lower bound, or fewer samples."
    )
    MAX_CONES = (
        "The global minimum is between lower_bound and value: the program needs more activation cones than max_cones; "
        "raise it."
    )
    SEARCH = (
        "The global minimum is between lower_bound and value: the search for cones that lower it ended without proof "
        "that there are none; take fewer samples or dimensions, or a larger penalty."
    )
    TIME_LIMIT = "The global minimum is between lower_bound and value: time_limit was reached; raise it."
    INACCURATE = (
        "The global minimum is between lower_bound and value: the solver ended with less accuracy than asked; scale X "
        "and y, or try another solver."
    )


@dataclass(frozen=True, eq=False, repr=False)
class GlobalMinimum:
    """
    The least objective L(θ) + (β/2) Σ_j (a_j² + ‖w_j‖²) over networks of every width.

    Attributes
    ----------
    value : float
        The objective of `network`: an upper bound of the minimum, in units of y².
    lower_bound : float
        A lower bound of the objective of every network of every width: rounding errors of its sums are taken off. It
        needs no solver to be trusted.
    network : Network
        A balanced network, |a_j| = ‖w_j‖.
    status : GlobalMinimumStatus
        A sentence on what is known.
    method : str
        "span" or "cones".
    cones : int
        Activation cones in the convex program, 0 for "span".
    penalty : float
        β.
    width : int or None
        As it was asked for.
    data : Dataset
        The samples.
    """

    value: float
    lower_bound: float
    network: Network
    status: GlobalMinimumStatus
    method: str
    cones: int
    penalty: float
    width: int | None
    data: Dataset = field(repr=False)

    @property
    def gap(self) -> float:
        """`value` − `lower_bound`: how far the minimum is from known."""
        return self.value - self.lower_bound

    @property
    def reached(self) -> bool:
        """Whether the network is known to be a global minimum, of the width that was asked for if any."""
        return self.status in (GlobalMinimumStatus.REACHED, GlobalMinimumStatus.CERTIFIED)

    def objective(self, network: Network) -> float:
        """
        Compute L(θ) + (β/2) Σ_j (a_j² + ‖w_j‖²) of a network on the same data.

        Parameters
        ----------
        network : Network
            Of the data's dimension.

        Returns
        -------
        float
            In units of y².
        """
        return _objective(network, self.data, self.penalty)

    def gap_to(self, network: Network) -> float:
        """
        Compute by how much a network's objective exceeds `value`; negative for a better network than this one.

        Parameters
        ----------
        network : Network
            Of the data's dimension.

        Returns
        -------
        float
            In units of y².
        """
        return self.objective(network) - self.value

    def to_json(self) -> dict[str, Any]:
        """
        Give the minimum, its bound and the network as plain values.

        Returns
        -------
        dict
            The attributes but the data, with n, d, `gap` and `reached`; the network is a dict of W and a.
        """
        names = ("value", "lower_bound", "gap", "reached", "status", "method", "cones", "penalty", "width")
        values = {name: plain(getattr(self, name)) for name in names}
        return {"n": self.data.n, "d": self.data.d, **values, "network": self.network.to_json()}

    def __repr__(self) -> str:
        return (
            f"<global minimum {self.value:.6g} ≥ {self.lower_bound:.6g}: {self.network.width} neurons, "
            f"{self.status.name}>"
        )

    def _repr_html_(self) -> str:
        pairs: list[tuple[str, Any]] = [
            ("value", f"{self.value:.6g}"),
            ("lower bound", f"{self.lower_bound:.6g}"),
            ("network", f"{self.network.width} neurons in dimension {self.network.dimension}"),
            ("penalty β", f"{self.penalty:.6g}"),
            ("method", self.method if not self.cones else f"{self.method}, {self.cones} cones"),
        ]
        return heading("Global minimum", self.status.value) + pairs_table(pairs)


def global_minimum(
    X: ArrayLike | Dataset,
    y: ArrayLike | None = None,
    width: int | None = None,
    penalty: float = 0.0,
    *,
    method: str = "auto",
    solver: str | None = None,
    max_cones: int = 2000,
    time_limit: float | None = None,
    rng: Any = None,
) -> GlobalMinimum:
    r"""
    Compute the global minimum of the training loss over networks of every width, and a network that reaches it.

    Parameters
    ----------
    X : array_like of shape (n, d), or Dataset
        Samples, one a row. Any samples: also dependent, parallel, repeated or zero ones.
    y : array_like of shape (n,), optional
        Labels; left out if X is a `Dataset`.
    width : int, optional
        A width that is of interest. The minimum over all widths is a lower bound for each, and is reached from the
        width of `network` on; the status says which of the two is known. The computation is the same.
    penalty : float
        β ≥ 0 of the penalty (β/2) Σ_j (a_j² + ‖w_j‖²).
    method : {"auto", "span", "cones"}
        "span" is linear algebra in O(n³), for β = 0 only. "cones" is the convex program over the activation cones, of
        which there are about n^{d−1}; if they are many and β > 0, it starts with some of them and adds those that the
        dual asks for. "auto" takes the first that applies.
    solver : str, optional
        A conic solver that cvxpy knows; Clarabel by default.
    max_cones : int
        Most cones in the convex program.
    time_limit : float, optional
        Seconds after which to stop with what is known; one step of a solver or a factorisation may take it further.
    rng : Generator, int or None
        Source of the directions that neurons are chosen from (None: always the same ones).

    Returns
    -------
    GlobalMinimum
        With `value`, `lower_bound`, `network` and a `status` that says what is known.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data or arguments that cannot be used.

    Notes
    -----
    Without a penalty the minimum is 0 for samples of which no two are parallel. Parallel samples c x, c > 0, must share
    h(cx) = c h(x), and pairs x, −x must have h(x) − h(−x) = s·x with one s: nothing else is out of reach.

    Examples
    --------
    Two labels on one ray cannot both be fitted:

    >>> from extremal.training import global_minimum
    >>> result = global_minimum([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [1.0, 2.0, -1.0])
    >>> round(result.value, 12), round(result.lower_bound, 12)
    (0.083333333333, 0.083333333333)
    >>> result.status.name
    'REACHED'
    """
    data = as_dataset(X, y)
    if width is not None:
        width = as_count(width, "width", "a width, an integer, 1 or more, or None for every width")
    penalty = as_number(penalty, "penalty", "a number β ≥ 0", least=0.0)
    method = as_choice(method, "method", METHODS)
    if method == "span" and penalty > 0:
        raise InvalidValueError("method='span' is for penalty = 0; use method='cones' or 'auto'")
    if solver is not None and not isinstance(solver, str):
        raise InvalidTypeError(f"solver is of type {type(solver).__name__}; expected the name of a solver, or None")
    max_cones = as_count(max_cones, "max_cones", "an integer, 1 or more")
    deadline = None
    if time_limit is not None:
        time_limit = as_number(time_limit, "time_limit", "a number of seconds, 0 or more, or None", least=0.0)
        deadline = time.monotonic() + time_limit
    generator = as_generator(0 if rng is None else rng)
    if method == "auto":
        method = "cones" if penalty > 0 else "span"
    return _Problem(data, penalty, width, generator, deadline).solve(method, solver, max_cones)


class _Problem:
    """The data in units in which it is of size 1, and the best that is known."""

    def __init__(self, data, penalty, width, rng, deadline):
        self.data, self.penalty, self.width, self.rng, self.deadline = data, penalty, width, rng, deadline
        # Powers of two: nothing is rounded.
        self.exponents = [int(np.frexp(np.abs(part).max())[1]) for part in (data.X, data.y)]
        self.X, self.y = (np.ldexp(p, -e) for p, e in zip((data.X, data.y), self.exponents, strict=True))
        with np.errstate(over="ignore", under="ignore"):
            self.beta = float(np.ldexp(penalty, -sum(self.exponents)))
        self.zero = float(self.y @ self.y) / (2 * len(self.y))
        self.fit = best_fit(self.X, self.y)
        self.lower = self.fit.lower
        self.network, self.value = Network(np.zeros((1, data.d)), np.zeros(1)), self.zero
        beta = ols(self.X, self.y)
        self.offer(balanced(np.array([beta, -beta]), np.array([1.0, -1.0])))

    def offer(self, network: Network | None) -> None:
        """Keep a network if it is clearly better than the best so far; what comes first is narrower."""
        if network is not None:
            value = _objective(network, Dataset(self.X, self.y), self.beta)
            if value < self.value - 1e-12 * self.zero:
                self.network, self.value = network, value

    def agree(self, tolerance: float) -> bool:
        return self.value - self.lower <= tolerance * self.zero

    @property
    def late(self) -> bool:
        return self.deadline is not None and time.monotonic() > self.deadline

    def solve(self, method: str, solver: str | None, max_cones: int) -> GlobalMinimum:
        """Run a method; nothing to do if the zero network or least squares are best already."""
        used, status = 0, None
        if not self.agree(AGREE):
            if method == "span":
                status = self.span()
            else:
                used, status = self.cones(solver, max_cones)
        if self.agree(AGREE):
            status = GlobalMinimumStatus.REACHED
        elif self.agree(AGREE_SOLVER) and method == "cones":
            status = GlobalMinimumStatus.CERTIFIED
        assert status is not None
        network = _rescaled(self.network, self.exponents)
        known = status in (GlobalMinimumStatus.REACHED, GlobalMinimumStatus.CERTIFIED)
        if known and self.width is not None and network.width > self.width:
            status = GlobalMinimumStatus.WIDER
        # The value is that of the network that is given back, in the units of the data.
        value = _objective(network, self.data, self.penalty)
        with np.errstate(over="ignore", under="ignore"):
            lower = min(float(np.ldexp(self.lower, 2 * self.exponents[1])), value)
        return GlobalMinimum(value, lower, network, status, method, used, self.penalty, self.width, self.data)

    def span(self) -> GlobalMinimumStatus:
        if self.late:
            return GlobalMinimumStatus.TIME_LIMIT
        network = fitting_network(self.fit, self.data.d, self.rng)
        self.offer(network)
        return GlobalMinimumStatus.TOO_LARGE if network is None else GlobalMinimumStatus.ILL_CONDITIONED

    def cones(self, solver: str | None, max_cones: int) -> tuple[int, GlobalMinimumStatus]:
        signs = np.array([cone.signs for cone in islice(cones(self.data.X), max_cones + 1)])
        few = len(signs) <= max_cones
        every = few and (self.beta == 0 or signs.size <= ALL_CONES)
        if not every:
            start = self.rng.standard_normal((FIRST_CONES, self.data.d))
            signs = self.patterns(start, np.zeros((0, self.data.n), dtype=np.int8))[:max_cones]
        for _ in range(ROUNDS):
            left = None if self.deadline is None else self.deadline - time.monotonic()
            if left is not None and left <= 0:
                return len(signs), GlobalMinimumStatus.TIME_LIMIT
            try:
                v, u = solve(self.X, self.y, signs, self.beta, solver, left)
            except SolverError:
                return len(signs), GlobalMinimumStatus.TIME_LIMIT if self.late else GlobalMinimumStatus.INACCURATE
            for network in _networks(v, u):
                self.offer(network)
            if self.beta == 0:
                return len(signs), GlobalMinimumStatus.INACCURATE if every else GlobalMinimumStatus.MAX_CONES
            r = self.y - _values(self.X, v - u, signs)
            if every:
                slope = largest_slope(self.X, r, signs, self.deadline)
                self.lower = max(self.lower, dual_bound(self.y, r, slope, self.beta))
                break
            norms = np.linalg.norm(v, axis=1) + np.linalg.norm(u, axis=1)
            directions = self.steep(r, few or self.data.d <= PLAIN)
            if directions is None:
                return len(signs), GlobalMinimumStatus.TIME_LIMIT if self.late else GlobalMinimumStatus.SEARCH
            more = self.patterns(directions, signs[norms > IDLE * norms.max()])
            if len(directions) == 0 or len(_distinct(np.concatenate([signs, more]))) == len(signs):
                break  # proved, or as good as the solver can make it
            if len(more) > max_cones:
                return len(signs), GlobalMinimumStatus.MAX_CONES
            signs = more
        late = self.late and not self.agree(AGREE_SOLVER)
        return len(signs), GlobalMinimumStatus.TIME_LIMIT if late else GlobalMinimumStatus.INACCURATE

    def steep(self, r: NDArray[np.float64], easy: bool) -> NDArray[np.float64] | None:
        """The steepest extremal vectors of (X, r) with |G_r| > β, none if it is proved so; None if it is not."""
        # Where the search is hard, climbing goes first: only when it finds none is there a need to prove it.
        for method in ("auto",) if easy else ("ascent", "auto"):
            left = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
            found = find(self.X, r, method=method, time_limit=left, rng=self.rng)
            slopes = np.abs(found.values)
            steepest = np.argsort(-slopes, kind="stable")[:MORE_CONES]
            steepest = steepest[slopes[steepest] > self.beta * (1 + AGREE_SOLVER)]
            if len(steepest):
                return found.directions[steepest]
        if not found.complete:
            return None
        slope = float(slopes.max(initial=0.0))
        slope += 2.0**-40 * float(np.linalg.norm(r[:, None] * self.X, axis=1).sum()) / len(r)
        self.lower = max(self.lower, dual_bound(self.y, r, slope, self.beta))
        return np.zeros((0, self.data.d))

    def patterns(self, directions: NDArray[np.float64], signs: NDArray[np.int8]) -> NDArray[np.int8]:
        """Append the cones around these directions that are not there yet; on a face, two that share it."""
        new = activation_signs(self.data.X, directions)
        acting = self.data.X.any(axis=1)
        sides = [np.where((new == 0) & acting, side, new) for side in (1, -1)]
        return _distinct(np.concatenate([signs, *sides]).astype(np.int8))


def _distinct(signs: NDArray[np.int8]) -> NDArray[np.int8]:
    first = np.unique(signs, axis=0, return_index=True)[1]
    return signs[np.sort(first)]


def _values(X: NDArray[np.float64], V: NDArray[np.float64], signs: NDArray[np.int8]) -> NDArray[np.float64]:
    """Σ_i S_i X V_i."""
    return np.einsum("ik,ik->k", (signs > 0).astype(float), V @ X.T)


def _networks(v: NDArray[np.float64], u: NDArray[np.float64]) -> Iterator[Network]:
    """Networks made of the v_i and u_i that are not tiny, the narrowest first."""
    V = np.concatenate([v, u])
    side = np.repeat([1.0, -1.0], len(v))
    norms = np.linalg.norm(V, axis=1)
    for share in (1e-3, 1e-5, 1e-7, 1e-9, 0.0):
        kept = np.flatnonzero(norms > share * norms.max())
        if len(kept):
            yield balanced(*_merged(V[kept], side[kept]))


def _merged(V: NDArray[np.float64], side: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add vectors of one direction and sign: the cones on both sides of a face may each have a share of it."""
    unit = V / np.linalg.norm(V, axis=1, keepdims=True)
    near = ((unit @ unit.T > 1 - 1e-10) & (side[:, None] == side)).argmax(axis=1)
    sums = np.zeros_like(V)
    np.add.at(sums, near, V)
    kept = np.unique(near)
    return sums[kept], side[kept]


def _rescaled(network: Network, exponents: list[int]) -> Network:
    """From units in which X and y are of size 1: h is scaled by 2^(e_y) and x by 2^(e_x), the weights stay balanced."""
    power = exponents[1] - exponents[0]
    factor = float(np.ldexp(np.sqrt(2.0) if power % 2 else 1.0, power // 2))
    return Network(factor * network.W, factor * network.a)


def _objective(network: Network, data: Dataset, penalty: float) -> float:
    value = network.loss(data)
    if penalty > 0:
        value += penalty / 2 * float((network.a**2).sum() + (network.W**2).sum())
    return value
