"""Rows are claimed, computed and finished: what the loop of a sweep asks of a store, and a store that keeps nothing."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ._rows import Row
from ._tasks import Outcome

__all__ = ["NoStore", "Step", "Store"]


@dataclass
class Step:
    """What a step found: rows to compute now, rows that others compute, and rows that are finished."""

    mine: list[Row] = field(default_factory=list)
    busy: list[Row] = field(default_factory=list)
    finished: list[tuple[Row, Outcome]] = field(default_factory=list)


class Store(Protocol):
    """Where rows are claimed and finished."""

    def load(self, rows: Sequence[Row]) -> dict[str, Outcome]:
        """Outcomes that are there already, by key."""

    def advance(self, finished: Sequence[tuple[Row, Outcome]], queue: deque[Row], limit: int) -> Step:
        """Finish rows, and take up to `limit` rows off the queue to compute."""

    def beat(self) -> None:
        """Show that this call is alive."""

    def close(self) -> None:
        """Give up every claim."""


class NoStore:
    """Nothing is kept, and every row is ours."""

    def load(self, rows: Sequence[Row]) -> dict[str, Outcome]:
        """Find nothing."""
        return {}

    def advance(self, finished: Sequence[tuple[Row, Outcome]], queue: deque[Row], limit: int) -> Step:
        """Take the next rows."""
        return Step([queue.popleft() for _ in range(min(limit, len(queue)))], [], list(finished))

    def beat(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
