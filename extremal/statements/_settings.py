"""The arguments that all statements share: which law in which dimension, and the grid of the sweep."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data._arguments import as_count, as_number
from ..errors import InvalidTypeError, InvalidValueError
from ..laws import Law, named
from ..sweeps import sweep

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Settings", "read_gap", "read_settings"]


@dataclass(frozen=True, eq=False)
class Settings:
    """Arguments, checked."""

    laws: dict[int, Law]
    sizes: tuple[int, ...]
    repetitions: int
    seed: int
    confidence: float
    executor: Any
    store: str | os.PathLike[str] | None
    progress: bool
    start: float
    law_repr: str

    @property
    def cells(self) -> list[tuple[int, int]]:
        """The pairs (d, n) of the grid."""
        return [(d, n) for d in self.laws for n in self.sizes]

    def level(self, claims: int) -> float:
        """Level of each of several intervals that must hold together (Bonferroni)."""
        return 1.0 - (1.0 - self.confidence) / max(claims, 1)

    def run(self, task: Callable[..., Any], **more: Any) -> "pd.DataFrame":
        """
        Sweep a task over the grid.

        Parameters
        ----------
        task : callable
            Takes ``law``, ``d``, ``n``, ``rng`` and what is in `more`.
        **more
            Further parameters, the same for all rows.

        Returns
        -------
        DataFrame
            One row a repetition.
        """
        grid = [{"law": self.laws[d], "d": d, "n": n, **more} for d, n in self.cells]
        return sweep(task, grid, self.executor, self.store, self.progress, repetitions=self.repetitions, seed=self.seed)

    def split(self, table: "pd.DataFrame") -> Iterator[tuple[int, int, "np.ndarray"]]:
        """Pairs (d, n) with the positions of their rows."""
        d, n = table["d"].to_numpy(), table["n"].to_numpy()
        for dimension, size in self.cells:
            yield dimension, size, np.flatnonzero((d == dimension) & (n == size))


def read_settings(
    law: Any,
    n: Any,
    d: Any,
    repetitions: Any,
    teacher: Any,
    noise: Any,
    confidence: Any,
    seed: Any,
    executor: Any,
    store: Any,
    progress: Any,
    *,
    dimensions: tuple[int, ...],
    fewest_sizes: int = 1,
    fewest_repetitions: int = 2,
) -> Settings:
    """
    Check the arguments of a statement.

    Parameters
    ----------
    law, n, d, repetitions, teacher, noise, confidence, seed, executor, store, progress
        As given by the user.
    dimensions : tuple of int
        What d = None stands for, unless the law has a dimension of its own.
    fewest_sizes, fewest_repetitions : int
        How many are needed.

    Returns
    -------
    Settings

    Raises
    ------
    InvalidTypeError, InvalidValueError
        For arguments that cannot be used.
    """
    start = time.perf_counter()
    sizes = _integers(n, "n", "sample sizes", fewest_sizes)
    seed = as_count(seed, "seed", "an integer, 0 or more", 0)
    expected = f"a number of repetitions, {fewest_repetitions} or more"
    repetitions = as_count(repetitions, "repetitions", expected, fewest_repetitions)
    confidence = as_number(confidence, "confidence", "a probability between 0 and 1, such as 0.95", above=0.0)
    if confidence >= 1:
        raise InvalidValueError(f"confidence is {confidence!r}; expected a probability between 0 and 1, such as 0.95")
    laws = _laws(law, d, teacher, noise, seed, dimensions)
    if isinstance(law, str):
        shown = getattr(noise, "__name__", repr(noise))
        words = f"{law} inputs, {teacher} teacher, noise {shown}; d = {', '.join(map(str, laws))}"
    else:
        words = "; ".join(map(repr, laws.values()))
    return Settings(laws, sizes, repetitions, seed, confidence, executor, store, progress, start, words)


def read_gap(gap: Any) -> float:
    """Check the relative width of brackets."""
    return as_number(gap, "gap", "a relative width above 0, such as 0.05", above=0.0)


def _laws(law: Any, d: Any, teacher: Any, noise: Any, seed: int, dimensions: tuple[int, ...]) -> dict[int, Law]:
    if isinstance(law, Law):
        if d is not None and _integers(d, "d", "dimensions", 1) != (law.d,):
            raise InvalidValueError(
                f"d is {d!r} and the law draws inputs in dimension {law.d}; expected the same, or d=None. For several "
                "dimensions pass a name, or a function d -> Law"
            )
        return {law.d: law}
    chosen = dimensions if d is None else _integers(d, "d", "dimensions", 1)
    if isinstance(law, str):
        # the teacher "relu5" is the same for every n and repetition
        return {k: named(law, k, teacher, noise, np.random.default_rng([seed, k])) for k in chosen}
    if not callable(law):
        raise InvalidTypeError(
            f"law is {law!r} of type {type(law).__name__}; expected a name for extremal.laws.named such as 'gaussian', "
            "a Law, or a function d -> Law"
        )
    laws = {}
    for k in chosen:
        made = law(k)
        if not isinstance(made, Law) or made.d != k:
            raise InvalidValueError(f"law({k}) is {made!r}; expected a Law in dimension {k}")
        laws[k] = made
    return laws


def _integers(value: Any, name: str, what: str, fewest: int) -> tuple[int, ...]:
    expected = f"{what}, distinct integers above 0" + (f", at least {fewest} of them" if fewest > 1 else "")
    listed = [value] if isinstance(value, int | np.integer) else value
    try:
        items = [as_count(item, name, expected) for item in listed]
    except TypeError as error:
        raise InvalidTypeError(f"{name} is {value!r}; expected {expected}") from error
    if len(items) < max(fewest, 1) or len(set(items)) < len(items):
        raise InvalidValueError(f"{name} is {value!r}; expected {expected}")
    return tuple(sorted(items))
