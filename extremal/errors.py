"""The errors this package raises, each also the builtin that a caller would catch."""

__all__ = ["ExtremalError", "InvalidTypeError", "InvalidValueError", "MissingFileError"]


class ExtremalError(Exception):
    """Base class of every error that the package raises on purpose."""


class InvalidValueError(ExtremalError, ValueError):
    """An argument has the right type but a value, shape or size that cannot be used."""


class InvalidTypeError(ExtremalError, TypeError):
    """An argument has a type that cannot be used."""


class MissingFileError(ExtremalError, FileNotFoundError):
    """A file that was asked for is not there or cannot be read."""
