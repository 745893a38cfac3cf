"""The report into a file, which is there as a whole or not at all."""

import os
from pathlib import Path
from uuid import uuid4

from ..errors import InvalidTypeError, InvalidValueError
from ..verification import Verification
from ._render import render

__all__ = ["write_report"]

SUFFIXES = (".html", ".htm")


def write_report(verification: Verification, path: str | os.PathLike[str]) -> None:
    """
    Write the report of a verification: one HTML file that needs no network.

    Parameters
    ----------
    verification : Verification
        From `extremal.verify`.
    path : str or path
        Such as "report.html"; a file that is there is replaced, once the new one is complete.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        `verification` is none; the folder is not there, the path is one, or its suffix is not .html.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import extremal
    >>> from extremal.report import write_report
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "report.html"
    ...     write_report(extremal.verify("lemma-c.1"), path)
    ...     path.read_text(encoding="utf-8").startswith("<!doctype html>")
    True
    """
    try:
        # a link stays one, and what it points to is replaced
        place = Path(os.path.realpath(os.fsdecode(path)))
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(f"path is {path!r}; expected a file to write, such as 'report.html'") from error
    if not place.parent.is_dir():
        raise InvalidValueError(f"path {str(path)!r}: there is no directory {str(place.parent)!r}; create it first")
    if place.is_dir():
        raise InvalidValueError(f"path {str(path)!r} is a directory; expected a file, such as 'report.html'")
    if place.suffix.lower() not in SUFFIXES and not _is_device(place):
        raise InvalidValueError(f"path {str(path)!r} has the suffix {place.suffix or '(none)'!r}; expected .html")
    text = render(verification)
    if _is_device(place):
        place.write_text(text, encoding="utf-8")
        return
    part = place.with_name(f".{place.name}.{uuid4().hex[:8]}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _is_device(place: Path) -> bool:
    """Whether it is a pipe or the like, which cannot be replaced and has a name of its own."""
    return place.exists() and not place.is_file()
