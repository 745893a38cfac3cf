"""Learning-rate schedules: the learning rate at iteration t is lr · schedule(t), with t = 0 at the first step.

Any function t -> factor will do; those here have a repr, can be written to a file and are evaluated at many t at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import as_count, as_number
from ..errors import InvalidTypeError, InvalidValueError

__all__ = ["Constant", "Schedule", "StepDecay", "evaluate"]


@dataclass(frozen=True)
class Constant:
    """
    The learning rate lr for ever.

    Examples
    --------
    >>> from extremal.training import Constant
    >>> Constant()
    Constant()
    """

    def __call__(self, iteration: int) -> float:
        """Return 1."""
        return 1.0


@dataclass(frozen=True)
class StepDecay:
    """
    Multiply the learning rate by `factor` after every `every` iterations.

    Parameters
    ----------
    factor : float
        Above 0, at most 1. The default, with that of `every`, is the warm restart of the paper's Fig. 6.
    every : int
        Iterations, 1 or more.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For other numbers.

    Examples
    --------
    >>> from extremal.training import StepDecay
    >>> schedule = StepDecay()
    >>> schedule
    StepDecay(factor=0.85, every=50000)
    >>> schedule(49_999), schedule(50_000)
    (1.0, 0.85)
    """

    factor: float = 0.85
    every: int = 50_000

    def __post_init__(self) -> None:
        expected = "a number above 0 and at most 1, such as 0.85"
        factor = as_number(self.factor, "factor", expected, above=0.0)
        if factor > 1.0:
            raise InvalidValueError(f"factor is {self.factor!r}; expected {expected}")
        object.__setattr__(self, "factor", factor)
        object.__setattr__(self, "every", as_count(self.every, "every", "a number of iterations, 1 or more"))

    def __call__(self, iteration: int) -> float:
        """Return factor^⌊iteration/every⌋."""
        return self.factor ** (iteration // self.every)


Schedule = Constant | StepDecay | Callable[[int], float]


def evaluate(schedule: Any, begin: int, end: int) -> NDArray[np.float64]:
    """The factors of the iterations from `begin` up to `end`, the same whatever the range they are evaluated in."""
    if isinstance(schedule, Constant):
        return np.ones(end - begin)
    if isinstance(schedule, StepDecay):
        powers, which = np.unique(np.arange(begin, end) // schedule.every, return_inverse=True)
        return np.array([schedule.factor ** int(k) for k in powers], dtype=np.float64)[which]
    values = [schedule(t) for t in range(begin, end)]
    try:
        factors = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        factors = np.empty(0)
    if factors.shape != (end - begin,):
        raise InvalidTypeError(
            f"schedule({begin}) is {values[0]!r}; expected one number, the factor of the learning rate"
        )
    bad = ~(np.isfinite(factors) & (factors >= 0))
    if bad.any():
        t = int(bad.argmax())
        raise InvalidValueError(
            f"schedule({begin + t}) is {values[t]!r}; expected a finite factor of the learning rate, 0 or more"
        )
    return factors
