"""What figures of a run take from it: some of its neurons at many times, computed in one go through the run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import Dataset, as_dataset
from ..data._real import check_finite, real_array
from ..errors import InvalidTypeError, InvalidValueError
from ..geometry import find
from ..training import FlowStatus, Network, Trajectory, flow
from ._clock import Clock, check_trajectory, clock_of
from ._points import Points, points_of

__all__ = ["History", "history_of", "leading_pair", "networks", "norms_and_units", "observe", "vectors_of"]

Floats = NDArray[np.float64]
T = TypeVar("T")

# Seconds for the search for extremal vectors, where none were passed.
SEARCH = 10.0


@dataclass(frozen=True, eq=False)
class History:
    """
    Some neurons at many times.

    Attributes
    ----------
    data : Dataset
        What was trained on.
    leak : float
        Slope of the activation at negative arguments.
    clock : Clock
        The axis of time.
    times : ndarray of shape (t,)
        Ascending; for a list of networks 0, 1, 2, ...
    W, a : ndarray of shape (t, s, d), (t, s)
        Weights of s of the neurons.
    signs : ndarray of shape (s,) of int
        Signs of a_j at the beginning.
    counts : dict from int to int
        How many of all the neurons have each sign.
    timed : bool
        Whether the times are times.
    """

    data: Dataset
    leak: float
    clock: Clock
    times: Floats
    W: Floats
    a: Floats
    signs: NDArray[np.int64]
    counts: dict[int, int]
    timed: bool = True

    @property
    def width(self) -> int:
        """Number of all the neurons."""
        return sum(self.counts.values())

    @property
    def shown(self) -> str:
        """How many neurons there are, for a title."""
        words = "1 neuron" if self.width == 1 else f"{self.width} neurons"
        return words if len(self.signs) == self.width else f"{len(self.signs)} of {words}"

    def fewer(self, most: int) -> "History":
        """Keep at most so many of the neurons."""
        j = _choose(len(self.signs), most)
        return History(
            self.data,
            self.leak,
            self.clock,
            self.times,
            self.W[:, j],
            self.a[:, j],
            self.signs[j],
            self.counts,
            self.timed,
        )


def networks(trajectory: Trajectory, times: ArrayLike, *, progress: bool = False) -> list[Network]:
    """
    Compute the networks at many times of a run, in one go.

    Parameters
    ----------
    trajectory : Trajectory
        The run.
    times : array_like of shape (t,)
        Times from 0 to its end, in any order.
    progress : bool
        Show a progress bar on stderr.

    Returns
    -------
    list of Network
        One for each of the times; the same as `trajectory.at(time)`.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For times outside the run.

    Examples
    --------
    >>> import extremal
    >>> from extremal.plot._history import networks
    >>> run = extremal.flow([[1.0], [-1.0]], [1.0, 0.5], width=4, scale=0.1, rng=0)
    >>> networks(run, [0.0, 1.0, 2.0])
    [<Network: m = 4, d = 1>, <Network: m = 4, d = 1>, <Network: m = 4, d = 1>]
    """
    return observe(trajectory, times, lambda network: network, progress=progress)


def observe(
    trajectory: Trajectory, times: ArrayLike, look: Callable[[Network], T], *, progress: bool = False
) -> list[T]:
    """Look at the networks at many times, without keeping them; else as `networks`."""
    end = float(trajectory.times[-1])
    wanted = np.atleast_1d(real_array(times, "times", "times of the run"))
    check_finite(wanted, "times")
    if wanted.ndim != 1 or (wanted < 0).any() or (wanted > end).any():
        raise InvalidValueError(
            f"times is {times!r}; expected times from 0 to {end:.6g}, the end of the run, in one row"
        )
    found: dict[float, Any] = {end: look(trajectory.network)}
    inner = np.unique(wanted[wanted < end])
    if len(inner):
        run = flow(
            trajectory.X,
            trajectory.y,
            init=trajectory.initial,
            leak=trajectory.leak,
            rtol=trajectory.rtol,
            gtol=0.0,
            t_max=float(inner[-1]),
            save_at=inner,
            observe=lambda _, network: look(network),
            progress=progress,
        )
        if run.status is FlowStatus.INTERRUPTED:
            raise KeyboardInterrupt
        found |= dict(zip(run.observed.tolist(), run.observations, strict=True))
    # a run that cannot be gone through again to its end gives single networks all the same
    return [found[t] if t in found else look(trajectory.at(t)) for t in wanted.tolist()]


def history_of(
    run: Any,
    X: ArrayLike | Dataset | None = None,
    y: ArrayLike | None = None,
    *,
    number: int,
    most: int,
    power: float = 1.0,
    until: float | None = None,
    progress: bool = False,
) -> History:
    """
    Take the history of at most `most` neurons at `number` times from a run, or from a list of networks with data.

    Parameters
    ----------
    run : Trajectory, or sequence of Network
        The run, or networks in the order of time.
    X, y : optional
        The data, if `run` is a list.
    number, most : int
        Times, spaced on the run's axis of time, and neurons, spread evenly over their indices.
    power : float
        1 for even spaces, 2 for times that are denser at the beginning, where directions change.
    until : float, optional
        The last time; by default the end of the run.
    progress : bool
        Show a progress bar on stderr.

    Returns
    -------
    History
        The same for the same run: no neuron is drawn at random.
    """
    if isinstance(run, Trajectory) or not isinstance(run, Sequence) or isinstance(run, str):
        trajectory = check_trajectory(run)
        data, leak = Dataset(trajectory.X, trajectory.y) if X is None else as_dataset(X, y), trajectory.leak
        clock = clock_of(trajectory)
        if until is not None:
            clock = Clock(float(min(until, clock.end)), min(clock.linear, until))
        times, first, timed = clock.grid(number, power), trajectory.initial, True
        j = _choose(first.width, most)
        pairs = observe(trajectory, times, lambda network: (network.W[j], network.a[j]), progress=progress)
    else:
        if not run or not all(isinstance(network, Network) for network in run):
            raise InvalidTypeError("run is a list that is empty or has other things than Network; expected networks")
        if X is None:
            raise InvalidTypeError("run is a list of networks and X is None; expected their training data, X and y")
        data, leak, first, timed = as_dataset(X, y), 0.0, run[0], False
        if len({network.W.shape for network in run}) > 1:
            raise InvalidValueError("run has networks of several shapes; expected one network at several times")
        times = np.arange(len(run), dtype=float)
        clock = Clock(times[-1], times[-1])
        j = _choose(first.width, most)
        pairs = [(network.W[j], network.a[j]) for network in run]
    if first.dimension != data.d:
        raise InvalidValueError(f"run has neurons in dimension {first.dimension} and X has {data.d} columns")
    signs = np.sign(first.a).astype(np.int64)
    counts = {sign: int((signs == sign).sum()) for sign in (1, -1, 0)}
    W, a = (np.array(part) for part in zip(*pairs, strict=True))
    return History(data, leak, clock, times, W, a, signs[j], counts, timed)


def norms_and_units(W: Floats) -> tuple[Floats, Floats]:
    """Split vectors (..., d) into norms and unit vectors, nan for 0; squares of tiny numbers do not vanish."""
    size = np.abs(W).max(axis=-1, keepdims=True)
    scaled = W / np.where(size > 0, size, 1.0)
    norms = np.linalg.norm(scaled, axis=-1, keepdims=True)
    return (size * norms)[..., 0], scaled / np.where(size > 0, norms, np.nan)


def vectors_of(history: History, vectors: Any) -> Points:
    """Give the extremal vectors to draw: what was passed, else what `find` finds within some seconds."""
    if vectors is None:
        vectors = find(history.data, leak=history.leak, time_limit=SEARCH)
    return points_of(vectors, history.data.d)


def leading_pair(points: Points) -> tuple[Floats | None, Floats | None]:
    """Give D_+ and D_-, at which G_n is largest and least, as unit vectors D/‖D‖; None where G_n has no such sign."""
    pair: list[Floats | None] = []
    for sign in (1.0, -1.0):
        best = int(np.argmax(sign * points.values)) if len(points) else -1
        # w = ±D/‖D‖ with the sign of G_n(w) = w·D
        pair.append(sign * points.directions[best] if best >= 0 and sign * points.values[best] > 0 else None)
    return pair[0], pair[1]


def _choose(number: int, most: int) -> NDArray[np.int64]:
    """Spread at most `most` indices evenly over `number`."""
    return np.unique(np.linspace(0, number - 1, min(most, number)).round().astype(np.int64))
