"""Files and folders that a command will write: refused before the computation if they cannot be."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..data._arguments import did_you_mean
from ..errors import InvalidValueError

__all__ = ["FIGURES", "TABLES", "check_folder", "check_writable"]

TABLES = (".csv", ".json", ".parquet")
FIGURES = (".png", ".svg", ".pdf")


def check_writable(option: str, path: Path | None, suffixes: Sequence[str]) -> None:
    """Refuse before the computation what could not be written after it."""
    if path is None:
        return
    if path.suffix.lower() not in suffixes:
        raise InvalidValueError(
            f"{option} {str(path)!r} has the suffix {path.suffix or '(none)'}; expected {', '.join(suffixes)}"
            f"{did_you_mean(path.suffix, suffixes)}"
        )
    if not path.parent.is_dir():
        raise InvalidValueError(f"{option} {str(path)!r}: there is no directory {str(path.parent)!r}; create it first")
    if path.is_dir():
        raise InvalidValueError(f"{option} {str(path)!r} is a directory; expected a file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InvalidValueError(f"{option} {str(path)!r} may not be written: permission denied")


def check_folder(option: str, path: Path) -> None:
    """Refuse before the computation what could not be written after it."""
    if path.exists() and not path.is_dir():
        raise InvalidValueError(f"{option} {str(path)!r} is a file; expected a folder, which may be new")
    there = path
    while not there.exists():
        there = there.parent
    if not there.is_dir():
        raise InvalidValueError(
            f"{option} {str(path)!r}: {str(there)!r} is a file; expected a folder, which may be new"
        )
    if not os.access(there, os.W_OK):
        raise InvalidValueError(f"{option} {str(path)!r} may not be written: permission denied")
