"""A progress bar for a sweep: rows, failures, time left. It starts no thread, so that processes may be forked."""

import sys
from typing import Any

__all__ = ["Progress"]


class Progress:
    """
    A bar on stderr.

    Parameters
    ----------
    shown : bool
        Whether there is one.
    total : int
        Rows of the sweep.
    """

    def __init__(self, shown: bool, total: int):
        self.bar: Any = None
        self.failed = 0
        self.total = total
        self.shown = shown

    def start(self, there: int, failed: int) -> None:
        """Show rows that were in the store; they do not count for the time left."""
        self.failed = failed
        if self.shown:
            from tqdm import tqdm

            class Bar(tqdm):  # type: ignore[type-arg]
                monitor_interval = 0  # no thread

            self.bar = Bar(total=self.total, initial=there, unit="row", file=sys.stderr)
            self.bar.set_postfix(failed=self.failed)

    def add(self, rows: int, failed: int) -> None:
        """Count rows that have ended, of which some failed."""
        self.failed += failed
        if self.bar is not None and rows:
            self.bar.set_postfix(failed=self.failed, refresh=False)
            self.bar.update(rows)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self.bar is not None:
            self.bar.close()
