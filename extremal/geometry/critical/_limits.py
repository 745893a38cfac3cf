"""Limits and manners of a long computation: nodes, seconds, Ctrl-C, and a progress bar. None of them raises."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from ._result import Status, Unresolved

__all__ = ["Limits", "Outcome", "Progress", "interruptible", "raising_interrupts"]

# Seconds before a progress bar is shown.
DELAY = 2.0

_raising: ContextVar[bool] = ContextVar("raising", default=False)


@dataclass
class Limits:
    """How far a computation may go; `interrupt` holds one flag, which parts of a computation share."""

    max_nodes: int | None = None
    time_limit: float | None = None
    started: float = field(default_factory=time.monotonic)
    interrupt: list[bool] = field(default_factory=lambda: [False])

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.interrupt[0]

    def share(self, max_nodes: int | None) -> "Limits":
        """The same clock and interrupt with another limit of nodes."""
        return Limits(max_nodes, self.time_limit, self.started, self.interrupt)

    def reached(self, nodes: int) -> Status | None:
        """The status to end with if a limit is reached after so many nodes."""
        if self.interrupted:
            return Status.INTERRUPTED
        if self.time_limit is not None and time.monotonic() - self.started >= self.time_limit:
            return Status.TIME_LIMIT
        if self.max_nodes is not None and nodes >= self.max_nodes:
            return Status.NODE_LIMIT
        return None


@dataclass(frozen=True)
class Outcome:
    """How a computation ended."""

    status: Status
    unresolved: Unresolved
    nodes: int


@contextmanager
def interruptible(limits: Limits) -> Iterator[None]:
    """Let Ctrl-C set `limits.interrupted`, so that what was found is kept; a second one interrupts as usual."""
    if _raising.get() or threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(number, frame):
        if limits.interrupted:
            raise KeyboardInterrupt
        limits.interrupt[0] = True

    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def raising_interrupts() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt even in what is interruptible: it is meant for many computations, not one."""
    token = _raising.set(True)
    try:
        yield
    finally:
        _raising.reset(token)


class Progress:
    """A progress bar on stderr that appears once the work takes longer than two seconds."""

    def __init__(self, shown: bool):
        self.shown = shown
        self.bar = None

    def __enter__(self) -> "Progress":
        if self.shown:
            from tqdm import tqdm

            self.bar = tqdm(
                total=1.0,
                delay=DELAY,
                file=sys.stderr,
                leave=False,
                bar_format="{percentage:3.0f}%|{bar}| {elapsed}<{remaining} {postfix}",
            )
        return self

    def __exit__(self, *error) -> None:
        if self.bar is not None:
            self.bar.close()

    def reach(self, share: float, text: str) -> None:
        """Show that `share` of the work is done."""
        if self.bar is not None:
            self.bar.set_postfix_str(text, refresh=False)
            self.bar.update(share - self.bar.n)
