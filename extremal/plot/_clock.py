"""The axis of time of a training run, the same in every figure, and the moments that are marked on it.

A run has a beginning, in which directions align and weights grow, and often a long tail. So the axis is linear up to
a time soon after half of the loss is gone, and logarithmic beyond it if there is much beyond it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InvalidTypeError
from ..training import Trajectory
from ._style import KINDS, plain, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Clock", "Mark", "check_trajectory", "clock_of", "draw_marks", "half_time", "marks_of"]

# The linear part goes on for this many times the time at which half of the loss is gone.
BEYOND_HALF = 2.0
# A run that is longer than this many linear parts has a logarithmic one, which takes half of the axis.
LONG = 4.0
# Ticks of the logarithmic part are at least this share of the axis apart, and from its end.
APART = 0.1
# The default mark: this share of the hyperplanes met before half of the loss is gone.
EARLY = 0.95
DASHES: tuple[Any, ...] = ((0, (6, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)), (0, (10, 3)), "solid")
GREY, SIDES = "#555555", (KINDS["maximum"][1], KINDS["minimum"][1])


class Mark(NamedTuple):
    """A moment of a run: its time, and how it is drawn."""

    time: float
    label: str
    colour: str
    dashes: Any


@dataclass(frozen=True)
class Clock:
    """
    An axis of time from 0 to `end`.

    Attributes
    ----------
    end : float
        The last time.
    linear : float
        Up to this time the axis is linear, beyond it logarithmic; `end` if it is linear everywhere.
    """

    end: float
    linear: float

    @property
    def bent(self) -> bool:
        """Whether there is a logarithmic part."""
        return self.linear < self.end

    def forward(self, times: ArrayLike) -> NDArray[np.float64]:
        """Place times on the axis, 0 to 1."""
        t = np.asarray(times, dtype=float)
        if not self.bent:
            return t / (self.end or 1.0)
        beyond = np.log(np.maximum(t / self.linear, 1.0)) / np.log(self.end / self.linear)
        return 0.5 * np.minimum(t / self.linear, 1.0) + 0.5 * beyond

    def inverse(self, shares: ArrayLike) -> NDArray[np.float64]:
        """Give the times at places of the axis; `inverse(forward(t))` is t up to rounding."""
        u = np.asarray(shares, dtype=float)
        if not self.bent:
            return u * self.end
        beyond = np.exp(np.clip(2 * u - 1, 0.0, 2.0) * np.log(self.end / self.linear))
        return np.where(u <= 0.5, 2 * u * self.linear, self.linear * beyond)

    def grid(self, number: int, power: float = 1.0) -> NDArray[np.float64]:
        """Give times from 0 to exactly `end`, evenly spaced on the axis, or denser at 0 for a power above 1."""
        times = self.inverse(np.linspace(0.0, 1.0, number) ** power)
        times[0], times[-1] = 0.0, self.end
        return np.minimum(times, self.end)

    def apply(self, ax: "Axes") -> None:
        """Make the x-axis of an Axes this one."""
        from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

        ax.set_xlim(0.0, self.end or 1.0)
        ax.set_xlabel("time t")
        if not self.bent:
            ax.xaxis.set_major_locator(MaxNLocator(6))
            return
        ax.set_xscale("function", functions=(self.forward, self.inverse))
        ticks = [t for t in MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(0.0, self.linear) if 0 <= t <= self.linear]
        ticks += self._logarithmic_ticks()
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda t, _: f"{t:g}" if t < 1e5 else f"{t:.0e}"))
        ax.set_xlabel(f"time t (logarithmic from {self.linear:g})")

    def _logarithmic_ticks(self) -> list[float]:
        """Powers of ten, and between them what has room."""
        powers = np.arange(np.floor(np.log10(self.linear)), np.ceil(np.log10(self.end)) + 1)
        kept = [self.linear]
        for factors in ((1.0,), (2.0, 5.0), (3.0,)):
            for t in (factor * 10.0**power for power in powers for factor in factors):
                places = self.forward(np.array(kept))
                if self.linear < t <= self.end and np.abs(places - self.forward(t)).min() >= APART:
                    kept.append(t)
        return kept[1:]


def check_trajectory(trajectory: Any) -> Trajectory:
    """Refuse what is not a run of the gradient flow."""
    if not isinstance(trajectory, Trajectory):
        raise InvalidTypeError(
            f"trajectory is of type {type(trajectory).__name__}; expected a Trajectory, which extremal.flow returns"
        )
    return trajectory


def half_time(trajectory: Trajectory) -> float:
    """Give the first time at which half of the loss that goes is gone; nan if none goes."""
    loss, times = trajectory.losses, trajectory.times
    middle = loss[0] / 2 + loss[-1] / 2
    below = np.flatnonzero(loss <= middle)
    if not len(below) or below[0] == 0 or not loss[-1] < loss[0]:
        return float("nan")
    i = below[0]
    return float(times[i - 1] + (times[i] - times[i - 1]) * (loss[i - 1] - middle) / (loss[i - 1] - loss[i]))


def clock_of(trajectory: Trajectory) -> Clock:
    """Choose the axis of time for a run."""
    end = float(trajectory.times[-1])
    linear = BEYOND_HALF * half_time(trajectory)
    # nan compares false: then nothing is known of a beginning
    if not linear > 0 or not end > LONG * linear:
        return Clock(end, end)
    unit = 10.0 ** np.floor(np.log10(linear))
    return Clock(end, float(next(f for f in (1.0, 2.0, 5.0, 10.0) if f * unit >= linear * (1 - 1e-9)) * unit))


def marks_of(trajectory: Trajectory, phases: Any = None) -> list[Mark]:
    """
    List the moments to mark, in ascending order.

    Parameters
    ----------
    trajectory : Trajectory
        The run.
    phases : optional
        Phases of the run, or pairs (time, label). By default the time by which 95 % of the hyperplanes had been met
        that were met before half of the loss was gone, and the time at which it was.

    Returns
    -------
    list of Mark
        Those within the run; times that are nan or None are left out, as phases that were not reached.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For marks that are not pairs of a number and a text.
    """
    if phases is None:
        marks = _default_marks(trajectory)
    elif all(hasattr(phases, name) for name in ("tau", "together", "slow", "fast")):
        marks = [Mark(phases.tau, "F.2: τ", GREY, DASHES[0]), Mark(phases.together, "in their cones", GREY, DASHES[1])]
        for pair, words, dashes in ((phases.slow, "F.4: $τ_2$", DASHES[2]), (phases.fast, "F.5: $τ_3$", DASHES[3])):
            # of I_+ and of I_-, in the colours of their neurons
            for time, side, colour in zip(pair, ("$I_+$", "$I_-$"), SIDES, strict=True):
                marks.append(Mark(time, f"{words} of {side}", colour, dashes))
    else:
        expected = "expected what extremal.training.phases returns, or pairs (time, label)"
        if isinstance(phases, str) or not isinstance(phases, Iterable):
            raise InvalidTypeError(f"phases is of type {type(phases).__name__}; {expected}")
        marks = []
        for i, pair in enumerate(phases):
            if not isinstance(pair, tuple | list) or len(pair) != 2 or not isinstance(pair[1], str):
                raise InvalidTypeError(f"phases has the entry {pair!r}; {expected}")
            time = float("nan") if pair[0] is None else pair[0]
            if isinstance(time, bool) or not isinstance(time, Real):
                raise InvalidTypeError(f"phases has the time {pair[0]!r}; {expected}")
            marks.append(Mark(float(time), plain(pair[1]), GREY, DASHES[i % len(DASHES)]))
    return sorted((mark for mark in marks if 0 <= mark.time <= trajectory.times[-1]), key=lambda mark: mark.time)


def _default_marks(trajectory: Trajectory) -> list[Mark]:
    half = half_time(trajectory)
    if not half > 0:
        return []
    marks = [Mark(half, "half of the loss gone", GREY, DASHES[1])]
    met = np.interp(half, trajectory.times, trajectory.crossings)
    if met > 0:
        until = int(np.argmax(trajectory.crossings >= EARLY * met))
        early, times = trajectory.crossings[until - 1 : until + 1], trajectory.times[until - 1 : until + 1]
        share = (EARLY * met - early[0]) / (early[1] - early[0])
        time = float(times[0] + share * (times[1] - times[0]))
        marks.append(Mark(time, f"{100 * EARLY:.0f} % of early crossings", GREY, DASHES[0]))
    return marks


def draw_marks(ax: "Axes", marks: list[Mark], *, labels: bool = True) -> None:
    """Draw vertical lines at moments; their labels and times go into the legend."""
    for mark in marks:
        words = f"{mark.label}, t = {short(mark.time)}"
        ax.axvline(
            mark.time,
            color=mark.colour,
            linewidth=1.2,
            linestyle=mark.dashes,
            zorder=1.5,
            label=words if labels else f"_{words}",
        )
