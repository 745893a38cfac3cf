"""Says what to do where hypothesis is not installed; imported before anything that needs it."""

from ..errors import ExtremalError

__all__ = ["HypothesisMissingError"]


class HypothesisMissingError(ExtremalError, ImportError):
    """`extremal.strategies` was imported where hypothesis is not installed."""


try:
    import hypothesis  # noqa: F401
except ImportError as error:
    raise HypothesisMissingError(
        "extremal.strategies is made of hypothesis strategies, and hypothesis is not installed: pip install hypothesis",
        name="hypothesis",
    ) from error
