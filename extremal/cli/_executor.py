"""The processes that compute for a command."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["make_executor"]


@contextmanager
def make_executor(jobs: int) -> Iterator[Any]:
    """
    Give an executor with this many processes; none for one job.

    If there is an error, an interrupt or a SIGTERM, what they are computing is not waited for: it may take hours.
    """
    if jobs == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    others = active_children()
    executor = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        with _terminated():
            yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for child in active_children():
            if child not in others:
                child.terminate()
        raise
    executor.shutdown()


@contextmanager
def _terminated() -> Iterator[None]:
    """End by an exception on SIGTERM, so that no process is left behind; only the main thread can be asked to."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
