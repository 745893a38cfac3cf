"""Files that a command will write: refused before the computation if they cannot be."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import InvalidValueError

__all__ = ["FIGURES", "TABLES", "check_writable"]

TABLES = (".csv", ".json", ".parquet")
FIGURES = (".png", ".svg", ".pdf")


def check_writable(option: str, path: Path | None, suffixes: Sequence[str]) -> None:
    """Refuse before the computation what could not be written after it."""
    if path is None:
        return
    if path.suffix.lower() not in suffixes:
        raise InvalidValueError(
            f"{option} {str(path)!r} has the suffix {path.suffix or '(none)'}; expected {', '.join(suffixes)}"
        )
    if not path.parent.is_dir():
        raise InvalidValueError(f"{option} {str(path)!r}: there is no directory {str(path.parent)!r}; create it first")
    if path.is_dir():
        raise InvalidValueError(f"{option} {str(path)!r} is a directory; expected a file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InvalidValueError(f"{option} {str(path)!r} may not be written: permission denied")
