"""Who works on a row: a call of `sweep`, and whether it is still alive.

On one machine the kernel says whether a process lives; a process is its number together with the moment it started,
as numbers are used again. Of a process elsewhere only its pulse is seen, a counter in the store that it raises every
`BEAT` seconds: one that stands still for `LEASE` seconds, by the clock of the observer, is taken for dead. Clocks of
different machines are never compared. If it was not dead after all, a row is computed twice, and the first result
counts.
"""

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path

from ..errors import InvalidValueError

__all__ = ["BEAT", "LEASE", "Heart", "Pulses", "new_owner", "retire"]

BEAT = 15.0
LEASE = 120.0

# Calls of `sweep` in this process that have not ended.
_active: set[str] = set()


def new_owner() -> str:
    """
    Name this call of `sweep`.

    Returns
    -------
    str
        JSON with the machine, the process, and something unique.
    """
    pid = os.getpid()
    identity = {"host": _host(), "pid": pid, "started": _started(pid), "call": uuid.uuid4().hex}
    owner = json.dumps(identity, sort_keys=True)
    _active.add(owner)
    return owner


def retire(owner: str) -> None:
    """Say that this call has ended."""
    _active.discard(owner)


class Pulses:
    """What one call has seen of the others."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[int, float]] = {}

    def alive(self, owner: str, beats: int | None) -> bool:
        """
        Tell whether an owner may still be at work.

        Parameters
        ----------
        owner : str
            From `new_owner`, here or elsewhere.
        beats : int or None
            Its counter now; None if it has left.

        Returns
        -------
        bool
            False only if it is dead, or has shown no pulse for `LEASE` seconds.
        """
        if beats is None:
            return False
        certain = _certainly(owner)
        if certain is not None:
            return certain
        now = time.monotonic()
        last, since = self.seen.get(owner, (None, now))
        if last != beats:
            self.seen[owner] = (beats, now)
            return True
        return now - since < LEASE


class Heart:
    """A thread that shows that we are alive while the main thread computes."""

    def __init__(self, beat: Callable[[], None]):
        self.stopped = threading.Event()
        self.beat = beat
        self.thread = threading.Thread(target=self._run, name="extremal-sweep-heart", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End the thread."""
        self.stopped.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.stopped.wait(BEAT):
            try:
                self.beat()
            except InvalidValueError:  # the store is busy; the next beat does as well
                continue


def _certainly(owner: str) -> bool | None:
    """Whether the owner lives, if the kernel can tell."""
    identity = json.loads(owner)
    if identity["host"] != _host():
        return None
    pid, started = identity["pid"], identity["started"]
    if pid == os.getpid():
        return owner in _active  # else an earlier process of this number, or a call that could not say that it ended
    if started is not None:
        return _started(pid) == started
    if os.name == "posix":
        try:
            os.kill(pid, 0)  # no signal, only the question
        except ProcessLookupError:
            return False
        except PermissionError:
            return None
    return None


@cache
def _host() -> str:
    """The machine since it was started, and the name space of its process numbers."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        parts.append(f"{uuid.getnode():x}")
    return " ".join(parts)


def _started(pid: int) -> str | None:
    """When a process started, in ticks since the machine did; None if it is dead, or there is no /proc."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # the second field is a name in parentheses, which may hold anything
    fields = text[text.rindex(")") + 2 :].split()
    return None if fields[0] in "ZX" else fields[19]
