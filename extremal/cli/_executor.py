"""The processes that compute for a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["make_executor"]


@contextmanager
def make_executor(jobs: int) -> Iterator[Any]:
    """
    Give an executor with this many processes; none for one job.

    If there is an error or an interrupt, what they are computing is not waited for: it may take hours.
    """
    if jobs == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    others = active_children()
    executor = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for child in active_children():
            if child not in others:
                child.terminate()
        raise
    executor.shutdown()
