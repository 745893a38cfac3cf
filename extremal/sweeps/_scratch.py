"""A folder for the unfinished work of rows: a path for each, deleted when the row is done."""

import os
from pathlib import Path

from ..errors import InvalidValueError

__all__ = ["Scratch"]


class Scratch:
    """
    Paths for unfinished work.

    Parameters
    ----------
    folder : str or path, optional
        Made if it is not there. None: there is no scratch space.

    Raises
    ------
    InvalidValueError
        The folder cannot be made.
    """

    def __init__(self, folder: "str | os.PathLike[str] | None"):
        self.folder = None if folder is None else Path(folder).absolute()
        if self.folder is not None:
            try:
                self.folder.mkdir(exist_ok=True)
            except OSError as error:
                raise InvalidValueError(
                    f"scratch is {str(folder)!r}, which cannot be made ({error.strerror}); expected a folder, or the "
                    "name of a new one in a folder that is there"
                ) from error

    def of(self, key: str) -> str | None:
        """The path of a row, which files of its own begin with."""
        return None if self.folder is None else str(self.folder / key[:24])

    def clear(self, key: str) -> None:
        """Delete what the row left. The folder stays: other processes may be about to write into it."""
        if self.folder is None:
            return
        for path in self.folder.glob(f"{key[:24]}*"):
            path.unlink(missing_ok=True)
