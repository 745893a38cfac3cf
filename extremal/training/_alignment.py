r"""Early alignment (section 3; the proof's F.2): the flow of directions while the loss has not moved.

Residuals frozen at y, a neuron (w, a) obeys ẇ ∈ a 𝒟_n(w), ȧ = w·D for D ∈ 𝒟_n(w), so that s = w/a obeys
ṡ = D − (s·D) s, and a² − ‖w‖² is constant. With dσ = |a| dt and sign = sign(a) this is dw/dσ = sign · D: the gradient
flow of sign · G_n in R^d, which is piecewise linear. Hence

* w moves along a polygon, and its path does not depend on a: a sets the clock alone, and says whether w = 0 is reached
  (below). On a piece of it D is constant, and with e = D/‖D‖ the pair (w·e, a) moves by cosh and sinh of ‖D‖t;
* the next hyperplane is the one with the least −(w·x_k)/(sign D·x_k) > 0, and the flow is at its end, bound for
  sign · D/‖D‖, when there is none;
* a hyperplane with sign · y_k > 0 repels and is crossed. One with sign · y_k < 0 attracts: if both sides push towards
  it, the neuron slides on it with the η_k ∈ [0, 1] for which D·x_k = 0 (Filippov). On several at once the velocity is
  the element of least norm of D_P + Σ [0, 1] z_k over those that attract: G_n is concave across them, and the
  gradient flow of a concave function takes that element. It solves a small problem at each crossing, and is unique
  even where η is not. Rows with 0 < η_k < 1 are slid on, the others are left to the side where they have been put.

A neuron may slide onto a ray, where d − 1 hyperplanes meet, and down it towards w = 0. A balanced one never gets there
and keeps its direction, an extremal vector of sign −sign. One with |a| > ‖w‖ passes w = 0 at a finite time, where every
D_n is possible: it goes on straight, along sign · D; if that leads back to w = 0, it stays there.

At ties the flow is not unique: a neuron that starts on a hyperplane that repels counts as inactive there, and leaves it
if D pushes it off. One that comes to an intersection of dependent hyperplanes, of which some repel, crosses those if it
can. Rows that share a hyperplane act as one, with their sum; rows with x_k = 0 or y_k = 0 do not act.
"""

import os
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import Dataset, as_dataset, as_directions
from ..data._arguments import as_count, as_generator, as_number
from ..data._html import heading, rows_table
from ..data._json import plain
from ..data._real import check_finite, real_array
from ..errors import InvalidTypeError, InvalidValueError
from ..geometry import ExtremalVectors, find
from ..geometry.critical._arrangement import Arrangement, arrange
from ..geometry.critical._limits import Limits, Progress, interruptible
from ..geometry.critical._result import Status
from ..geometry.exact._signs import normalised_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Alignment", "AlignmentStatus", "early_alignment"]

# Two extremal vectors are told apart, and a limit is one of them, at this distance relative to Σ ‖y_k x_k‖: far above
# the rounding error of a sum of n terms.
SAME = 1e-9
# |a| may be below ‖w‖ by rounding.
BALANCE = 1e-12
# |a|/‖w‖ beyond this has no square in floats.
LARGEST_RATIO = 1e100
# Neurons that one call of the kernel takes on, and seconds between looks at the clock.
BATCH, PAUSE = 64, 0.05

# Limits that a notebook shows.
SHOWN_LIMITS = 12

# How the kernel says that a neuron ended.
RUNNING, SETTLED, STOPPED_MOVING, FADING, ORIGIN, TIME, CROSSINGS = range(7)


class AlignmentStatus(Enum):
    """How a call of `early_alignment` ended; the value is a sentence that says what happened and what to do."""

    SETTLED = "Every direction is in its last cone or on its last face, and its limit is one of `vectors`."
    UNMATCHED = (
        "Every direction is in its last cone or on its last face, but some limits are not among `vectors` (limits is "
        "−1 there): `vectors.status` says why that list is not complete; or the neuron ended at w = 0, where W is 0; "
        "or the rows differ so much in size that D is below the rounding error of its sum."
    )
    TIME = "Stopped at t_max: `settled` marks the directions in their last cone by then, W has all of them at t_max."
    MAX_CROSSINGS = "Some directions met max_crossings hyperplanes and were left there; raise it to follow them on."
    TIME_LIMIT = "time_limit was reached: `settled` marks the directions that had been followed to their end by then."
    INTERRUPTED = "Interrupted: `settled` marks the directions that had been followed to their end by then."


@dataclass(frozen=True, eq=False, repr=False)
class Alignment:
    """
    Where directions go in early alignment.

    Attributes
    ----------
    limits : ndarray of shape (m,) of int
        Index into `vectors` of the extremal vector that each neuron ends at; −1 where it is not known.
    W : ndarray of shape (m, d)
        Unit directions: the limits w_∞ where settled, or those at t_max if it was given; 0 for a neuron that ended at
        w = 0; the start for one that was not reached.
    times : ndarray of shape (m,)
        Time at which each neuron entered the cone or face it is in at the end, in units of 1/‖D‖. From then on it
        converges exponentially, at rate ‖D‖ or more. nan for one that was not reached.
    crossings : ndarray of shape (m,) of int
        Hyperplanes met: crossed, or slid on.
    sliding : ndarray of shape (m,) of int
        Hyperplanes that each slides on at the end.
    settled : ndarray of shape (m,) of bool
        Whether no hyperplane is met any more.
    status : AlignmentStatus
        A sentence on how it ended.
    vectors : ExtremalVectors
        What `find` found.
    sign : int
        +1 or −1, the sign of a.
    """

    limits: NDArray[np.int64]
    W: NDArray[np.float64]
    times: NDArray[np.float64]
    crossings: NDArray[np.int64]
    sliding: NDArray[np.int64]
    settled: NDArray[np.bool_]
    status: AlignmentStatus
    vectors: ExtremalVectors = field(repr=False)
    sign: int
    events: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.limits)

    def path(self, j: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """
        List the hyperplanes that neuron j met, in order.

        Parameters
        ----------
        j : int
            The neuron.

        Returns
        -------
        times : ndarray of shape (c,)
            When.
        rows : ndarray of shape (c,) of int
            Which: a row of X, the first of those that share the hyperplane.

        Raises
        ------
        InvalidValueError
            The paths were not recorded, or there is no neuron j.
        """
        if self.events is None:
            raise InvalidValueError("the paths were not recorded; call early_alignment(..., record=True)")
        m = len(self)
        j = as_count(j, "j", f"the index of a neuron, 0 to {m - 1}", 0)
        if j >= m:
            raise InvalidValueError(f"j is {j}; expected the index of a neuron, 0 to {m - 1}")
        starts, times, rows = self.events
        return times[starts[j] : starts[j + 1]], rows[starts[j] : starts[j + 1]]

    def basins(self, confidence: float = 0.95) -> "pd.DataFrame":
        """
        Estimate the share of directions that leads to each extremal vector.

        Parameters
        ----------
        confidence : float
            Of each interval, on its own.

        Returns
        -------
        DataFrame
            One row for each of `vectors`: index, kind, sign, count, share (of the m directions), and the ends low and
            high of the exact (Clopper–Pearson) interval of the probability, for directions that were drawn
            independently. Directions that are not settled, or whose limit is not known, may lead anywhere: they count
            as misses for low and as hits for high.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            If `confidence` is not a number between 0 and 1.
        """
        import pandas as pd
        from scipy.stats import binomtest

        level = as_number(confidence, "confidence", "a number between 0 and 1", above=0.0)
        if level >= 1.0:
            raise InvalidValueError(f"confidence is {confidence!r}; expected a number between 0 and 1")
        m = len(self)
        counts = np.bincount(self.limits[self.limits >= 0], minlength=len(self.vectors))
        unknown = int((self.limits < 0).sum())
        ends = [
            (
                binomtest(int(c), m).proportion_ci(level, "exact").low,
                binomtest(int(c) + unknown, m).proportion_ci(level, "exact").high,
            )
            for c in counts
        ]
        return pd.DataFrame(
            {
                "index": np.arange(len(self.vectors)),
                "kind": self.vectors.kinds,
                "sign": self.vectors.signs,
                "count": counts,
                "share": counts / m,
                "low": np.array([low for low, _ in ends], dtype=float),
                "high": np.array([high for _, high in ends], dtype=float),
            }
        )

    def to_frame(self) -> "pd.DataFrame":
        """
        Tabulate the directions.

        Returns
        -------
        DataFrame
            One row a direction: limit, the kind of that vector (empty where it is not known), time, crossings, sliding,
            settled, and the coordinates of W.
        """
        import pandas as pd

        data = self.vectors.data
        names = data.features or tuple(f"x{j}" for j in range(data.d))
        kinds = np.append(self.vectors.kinds, "")  # −1 is the last
        columns: dict[str, Any] = {
            "limit": self.limits,
            "kind": kinds[self.limits],
            "time": self.times,
            "crossings": self.crossings,
            "sliding": self.sliding,
            "settled": self.settled,
        }
        columns.update({f"w_{name}": self.W[:, j] for j, name in enumerate(names)})
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """
        Give where the directions went as plain values.

        Returns
        -------
        dict
            sign and status, the columns limits, W, times, crossings, sliding and settled, and `vectors` as
            `ExtremalVectors.to_json` gives them. The paths are left out.
        """
        names = ("sign", "status", "limits", "W", "times", "crossings", "sliding", "settled")
        return {**{name: plain(getattr(self, name)) for name in names}, "vectors": self.vectors.to_json()}

    def __repr__(self) -> str:
        reached = len(np.unique(self.limits[self.limits >= 0]))
        return (
            f"<{len(self)} directions, sign {self.sign:+d}: {int(self.settled.sum())} settled, at {reached} of "
            f"{len(self.vectors)} extremal vectors; {self.status.name}>"
        )

    def _repr_html_(self) -> str:
        m = len(self)
        found, counts = np.unique(self.limits, return_counts=True)
        order = np.argsort(-counts, kind="stable")[:SHOWN_LIMITS]
        rows = [
            (i, self.vectors[i].kind, f"{self.vectors[i].value:.6g}", count, f"{100 * count / m:.3g} %")
            if i >= 0
            else ("", "not known", "", count, f"{100 * count / m:.3g} %")
            for i, count in zip(found[order].tolist(), counts[order].tolist(), strict=True)
        ]
        title = f"{m} direction{'s' if m != 1 else ''}, a {'>' if self.sign > 0 else '<'} 0"
        more = f"The {len(order)} most frequent of {len(found)} limits:" if len(found) > len(order) else ""
        return heading(title, self.status.value, more) + rows_table(
            ("limit", "kind", "G_n(w)", "directions", "share"), rows
        )


def early_alignment(
    X: ArrayLike | Dataset,
    y: ArrayLike | None = None,
    w0: ArrayLike | None = None,
    sign: int = 1,
    *,
    a0: ArrayLike | None = None,
    t_max: float | None = None,
    time_limit: float | None = None,
    max_crossings: int | None = None,
    record: bool = False,
    vectors: ExtremalVectors | None = None,
    rng: Any = None,
    progress: bool = False,
) -> Alignment:
    r"""
    Follow neurons with the residuals frozen at y, exactly, to the extremal vectors they align with.

    Each neuron obeys ẇ ∈ a 𝒟_n(w), ȧ = w·D, in closed form from hyperplane to hyperplane and along those it slides on.
    Neurons with a > 0 climb G_n, those with a < 0 descend: almost all end at its local maxima or minima.

    Parameters
    ----------
    X : array_like of shape (n, d) or Dataset
        One sample a row.
    y : array_like of shape (n,), optional
        Labels; left out if X is a `Dataset`.
    w0 : array_like of shape (m, d) or (d,)
        Where the neurons start; none is zero. Lengths do not matter unless `a0` is given.
    sign : {+1, −1}
        The sign of a.
    a0 : array_like of shape (m,), optional
        Output weights, of sign `sign` and with \|a\| ≥ ‖w‖. By default balanced, \|a\| = ‖w‖: then the direction
        follows the Riemannian gradient flow of sign · G_n on the sphere. Other a change the times, not the paths.
    t_max : float, optional
        Time at which to stop; `W` then has the directions at this time. By default none.
    time_limit : float, optional
        Seconds after which to stop.
    max_crossings : int, optional
        Hyperplanes after which a neuron is left where it is; by default 100 n + 1000, more than any should meet.
    record : bool
        Keep the hyperplanes met, for `Alignment.path`.
    vectors : ExtremalVectors, optional
        What `find(X, y)` returned; by default it is called.
    rng : Generator, int or None
        Passed on to `find`.
    progress : bool
        Show a progress bar on stderr once two seconds have passed.

    Returns
    -------
    Alignment
        With `limits`, `W`, `times`, `crossings`, `sliding`, `settled`, and a `status` that says how it ended. It does
        not depend on the number of threads, which is that of the processors.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data or arguments that cannot be used; the message says what was given and what is expected.

    See Also
    --------
    extremal.find : the extremal vectors.

    Notes
    -----
    Definition 2.1 and section 3 of Boursier & Flammarion (ICML 2025); the proof's step F.2.

    The path depends on `a0` in one case only. A neuron that slides down a ray towards w = 0 keeps its direction if
    \|a\| = ‖w‖: its limit has sign −sign. With \|a\| > ‖w‖ it passes w = 0 and goes on along sign · D.

    Examples
    --------
    >>> import extremal
    >>> from extremal.training import early_alignment
    >>> X = [[-0.75, 1.0], [-0.5, 1.0], [0.125, 1.0]]
    >>> run = early_alignment(X, [1.1, 0.1, 0.8], [[1.0, 0.0], [0.0, -1.0]])
    >>> run
    <2 directions, sign +1: 2 settled, at 2 of 2 extremal vectors; SETTLED>
    >>> [run.vectors[k].kind for k in run.limits]
    ['maximum', 'zero']
    """
    if isinstance(X, Dataset) and y is not None and w0 is None:
        # early_alignment(dataset, w0)
        y, w0 = None, y
    data = as_dataset(X, y)
    if w0 is None:
        raise InvalidTypeError(f"w0 is missing; expected the directions to start from, shape (m, {data.d})")
    sign = _as_sign(sign)
    w, kappas = _as_neurons(w0, a0, data.d, sign)
    most = 100 * data.n + 1000
    if max_crossings is not None:
        most = as_count(max_crossings, "max_crossings", "an integer, 1 or more, or None", 1)
    end = np.inf if t_max is None else as_number(t_max, "t_max", "a time, 0 or more, or None", least=0.0)
    if time_limit is not None:
        time_limit = as_number(time_limit, "time_limit", "a number of seconds, 0 or more, or None", least=0.0)
    generator = None if rng is None else as_generator(rng)
    _check_vectors(vectors, data)
    planes = _planes(data, sign)
    limits = Limits(None, time_limit)
    with interruptible(limits), Progress(progress) as bar:
        run = _Run(planes, w, kappas, end * planes.rate, most, record)
        run.follow(limits, bar)
        stopped = limits.reached(0) if not run.codes.all() else None
    if vectors is None:
        left = None if time_limit is None else max(0.0, time_limit - (time.monotonic() - limits.started))
        vectors = find(data, time_limit=0.0 if stopped else left, rng=generator, progress=progress and not stopped)
    return _result(run, planes, vectors, sign, t_max, stopped)


@dataclass(frozen=True, eq=False)
class _Planes:
    """The hyperplanes that act on a neuron with a > 0, after the sign has gone into the weights.

    `columns` (d, k) unit normals; `above`, `below` (k,) what each adds to n 2^−exponent sign · D, times the normal;
    `rows` (k,) its row of X; `rate` the factor from times to those of these units.
    """

    columns: NDArray[np.float64]
    above: NDArray[np.float64]
    below: NDArray[np.float64]
    rows: NDArray[np.int64]
    exponent: int
    n: int

    @property
    def rate(self) -> float:
        return float(np.ldexp(1.0, self.exponent)) / self.n

    @property
    def size(self) -> float:
        return float(np.maximum(np.abs(self.above), np.abs(self.below)).sum())


def _planes(data: Dataset, sign: int) -> _Planes:
    arr = arrange(data)
    first = arr.representative
    x, row_exponents = normalised_rows(data.X[first])
    lengths = np.linalg.norm(x, axis=1)
    above, below = _weights(arr, row_exponents)
    # Merged rows may cancel.
    kept = (above != 0.0) | (below != 0.0)
    columns = np.ascontiguousarray((x[kept] / lengths[kept, None]).T.reshape(data.d, -1))
    scale = sign * lengths[kept]
    return _Planes(columns, above[kept] * scale, below[kept] * scale, first[kept], arr.exponent, data.n)


def _weights(arr: Arrangement, row_exponents: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each hyperplane adds to D on either side, in units of its row of X scaled by a power of two.

    The arrangement has these in coordinates of the row space; here they are those of R^d. Sums over rows that
    share a hyperplane are exact, rounded once, so that what cancels is 0.
    """
    data = arr.data
    above, below = np.zeros((2, arr.m))
    index = np.flatnonzero(arr.hyperplane >= 0)
    group = arr.hyperplane[index]
    mantissa, exponents = np.frexp(data.y[index])
    own = np.frexp(np.abs(data.X[index]).max(axis=1))[1]
    value = np.ldexp(mantissa, exponents + own - arr.exponent)
    counts = np.bincount(group, minlength=arr.m)
    alone = counts[group] == 1
    above[group[alone]] = value[alone]
    pivots = np.argmax(np.abs(data.X[arr.representative]), axis=1)
    sums: dict[int, list[Fraction]] = {}
    for i in np.flatnonzero(~alone).tolist():
        k, row = int(group[i]), int(index[i])
        head = Fraction(float(data.X[arr.representative[k], pivots[k]]))
        unit = head * Fraction(2) ** (arr.exponent - int(row_exponents[k]))
        part = Fraction(float(data.y[row])) * Fraction(float(data.X[row, pivots[k]])) / unit
        sums.setdefault(k, [Fraction(0), Fraction(0)])[0 if arr.side[row] > 0 else 1] += part
    for k, (up, down) in sums.items():
        above[k], below[k] = float(up), float(down)
    return above, below


class _Run:
    """The neurons on their way: the arrays that the kernel fills."""

    def __init__(self, planes: _Planes, w: NDArray[np.float64], kappas, end: float, most: int, record: bool):
        m, d = w.shape
        self.planes, self.start, self.kappas, self.end, self.most = planes, w, kappas, end, most
        self.record = record
        self.W, self.D = w.copy(), np.zeros((m, d))
        self.times = np.full(m, np.nan)
        self.crossings, self.sliding, self.codes = np.zeros((3, m), dtype=np.int64)
        self.events: dict[int, tuple[NDArray[np.float64], NDArray[np.int64]]] = {}
        self.stop = np.zeros(1, dtype=np.int64)

    def follow(self, limits: Limits, bar: Progress) -> None:
        """Follow all neurons, on all processors, until a limit is reached."""
        m = len(self.W)
        pool = ThreadPoolExecutor(os.cpu_count())
        try:
            open_: set[Future] = {pool.submit(self._batch, first) for first in range(0, m, BATCH)}
            total = len(open_)
            while open_:
                ready, open_ = wait(open_, timeout=PAUSE, return_when=FIRST_COMPLETED)
                for future in ready:
                    future.result()
                if limits.reached(0) is not None:
                    self.stop[0] = 1
                bar.reach(0.999 * (total - len(open_)) / total, f"{int(np.count_nonzero(self.codes))} neurons")
        finally:
            self.stop[0] = 1
            pool.shutdown(cancel_futures=True)

    def _batch(self, first: int) -> None:
        part = slice(first, first + BATCH)
        outputs = [v[part] for v in (self.times, self.crossings, self.sliding, self.codes, self.D)]
        no_times, no_rows = np.zeros(0), np.zeros(0, dtype=np.int64)
        self._call(part, self.W[part], outputs, np.zeros(1, dtype=np.int64), no_times, no_rows)
        if self.record:
            # Once more: now it is known how much room the paths take.
            codes = self.codes[part]
            starts = np.concatenate([[0], np.cumsum(self.crossings[part])])
            times, rows = np.full(starts[-1], np.nan), np.full(starts[-1], -1, dtype=np.int64)
            again = [v.copy() for v in outputs]
            again[3][:] = RUNNING
            if codes.all():
                self._call(part, self.start[part].copy(), again, starts, times, rows)
            if again[3].all():
                self.events[first] = times, rows
            else:
                codes[:] = RUNNING
                self.times[part] = np.nan
                self.crossings[part] = self.sliding[part] = 0

    def _call(self, part: slice, W, outputs, starts, event_times, event_rows) -> None:
        from ._alignment_kernels import follow

        planes = self.planes
        times, crossings, sliding, codes, D = outputs
        follow(
            planes.columns, planes.above, planes.below, W, self.kappas[part], self.end, self.most,
            times, crossings, sliding, codes, D, starts, event_times, event_rows, self.stop,
        )  # fmt: skip

    def paths(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Where each neuron's crossings begin in the other two, their times, and their hyperplanes."""
        parts = [self.events[first] for first in sorted(self.events)]
        starts = np.concatenate([[0], np.cumsum(self.crossings)])
        times = np.concatenate([np.zeros(0), *(part[0] for part in parts)])
        return starts, times, np.concatenate([np.zeros(0, dtype=np.int64), *(part[1] for part in parts)])


def _result(
    run: _Run, planes: _Planes, vectors: ExtremalVectors, sign: int, t_max: float | None, stopped: Status | None
) -> Alignment:
    codes = run.codes
    settled = np.isin(codes, (SETTLED, STOPPED_MOVING, FADING, ORIGIN))
    limits = np.full(len(codes), -1, dtype=np.int64)
    with np.errstate(over="ignore", under="ignore"):
        known = np.ldexp(vectors.vectors * planes.n, -planes.exponent)
    for code, wanted in ((SETTLED, sign), (FADING, -sign), (STOPPED_MOVING, 0)):
        rows = np.flatnonzero(codes == code)
        limits[rows] = _nearest(sign * run.D[rows], known, np.flatnonzero(vectors.signs == wanted), SAME * planes.size)
    W = run.W
    reached = codes != RUNNING
    W[~reached] = run.start[~reached] / np.linalg.norm(run.start[~reached], axis=1)[:, None]
    if stopped is not None:
        status = AlignmentStatus.INTERRUPTED if stopped is Status.INTERRUPTED else AlignmentStatus.TIME_LIMIT
    elif (codes == CROSSINGS).any():
        status = AlignmentStatus.MAX_CROSSINGS
    elif not settled.all() or t_max is not None:
        status = AlignmentStatus.TIME
    else:
        status = AlignmentStatus.SETTLED if (limits >= 0).all() else AlignmentStatus.UNMATCHED
    events = None
    with np.errstate(over="ignore", under="ignore"):
        times = run.times / planes.rate
        if run.record:
            starts, event_times, places = run.paths()
            events = starts, event_times / planes.rate, planes.rows[places]
    for array in (limits, W, times, run.crossings, run.sliding, settled, *(events or ())):
        array.flags.writeable = False
    return Alignment(limits, W, times, run.crossings, run.sliding, settled, status, vectors, sign, events)


def _nearest(points, known, among, tolerance: float) -> NDArray[np.int64]:
    """Index in `known` of the nearest of those `among` it, −1 if none is as near as the tolerance."""
    result = np.full(len(points), -1, dtype=np.int64)
    if not len(points) or not len(among):
        return result
    distinct, back = np.unique(points, axis=0, return_inverse=True)
    found = np.empty(len(distinct), dtype=np.int64)
    for i, point in enumerate(distinct):
        distances = np.linalg.norm(known[among] - point, axis=1)
        best = int(np.argmin(distances))
        found[i] = among[best] if distances[best] <= tolerance else -1
    return found[back.ravel()]


def _as_sign(sign: Any) -> int:
    if isinstance(sign, bool | np.bool_) or not isinstance(sign, int | float | np.integer | np.floating):
        raise InvalidTypeError(f"sign is {sign!r} of type {type(sign).__name__}; expected +1 or −1, the sign of a")
    if sign not in (1, -1):
        raise InvalidValueError(f"sign is {sign!r}; expected +1 or −1, the sign of a")
    return int(sign)


def _as_neurons(w0: Any, a0: Any, d: int, sign: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """W (m, d), scaled by powers of two, and a² − ‖w‖² (m,) on that scale."""
    w = as_directions(w0, d)
    if w.ndim > 2:
        raise InvalidValueError(f"w0 has shape {w.shape}; expected (m, {d}) or ({d},)")
    w = w.reshape(-1, d)
    if not len(w):
        raise InvalidValueError(f"w0 has shape {w.shape}; expected at least one direction")
    zero = np.flatnonzero(~w.any(axis=1))
    if len(zero):
        raise InvalidValueError(f"row {zero[0]} of w0 is zero and has no direction; expected nonzero rows")
    w, exponents = normalised_rows(w)
    if a0 is None:
        return w, np.zeros(len(w))
    a = real_array(a0, "a0", f"an array of {len(w)} real numbers, one for each row of w0")
    if a.size != len(w) or a.ndim > 1:
        raise InvalidValueError(f"a0 has shape {a.shape}; expected ({len(w)},), one number for each row of w0")
    check_finite(a, "a0")
    a = a.reshape(-1)
    wrong = np.flatnonzero(np.sign(a) != sign)
    if len(wrong):
        raise InvalidValueError(f"a0[{wrong[0]}] is {a[wrong[0]]:g}; expected numbers of the sign of a, {sign:+d}")
    with np.errstate(over="ignore"):
        size = np.ldexp(np.abs(a), -exponents)
    lengths = np.linalg.norm(w, axis=1)
    short = np.flatnonzero(size < lengths * (1.0 - BALANCE))
    if len(short):
        j = short[0]
        raise InvalidValueError(
            f"neuron {j} has |a| = {size[j] / lengths[j]:.6g} ‖w‖; expected a dominated or balanced neuron, |a| ≥ ‖w‖ "
            "(Eq. 2): else a may change its sign"
        )
    long = np.flatnonzero(size > LARGEST_RATIO * lengths)
    if len(long):
        raise InvalidValueError(f"neuron {long[0]} has |a| above {LARGEST_RATIO:g} ‖w‖; expected a smaller ratio")
    kappas = np.maximum(0.0, (size - lengths) * (size + lengths))
    kappas[kappas <= 2.0 * BALANCE * lengths**2] = 0.0
    return w, kappas


def _check_vectors(vectors: Any, data: Dataset) -> None:
    if vectors is None:
        return
    if not isinstance(vectors, ExtremalVectors):
        raise InvalidTypeError(f"vectors is a {type(vectors).__name__}; expected what extremal.find(X, y) returned")
    if vectors.leak != 0.0:
        raise InvalidValueError(f"vectors is for leak {vectors.leak:g}; expected that of the ReLU, leak 0")
    same: Sequence[bool] = [
        np.array_equal(vectors.data.X, data.X),
        np.array_equal(vectors.data.y, data.y),
    ]
    if not all(same):
        raise InvalidValueError("vectors belongs to other data; expected what extremal.find(X, y) returned for X and y")
