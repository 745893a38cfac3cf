"""A statement of the paper, and how it is measured: the check itself, and a control that must fail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["GROUPS", "PRESETS", "Measurement", "Statement"]

PRESETS = ("quick", "full")
GROUPS = ("Extremal vectors", "Concentration", "Training", "Experiments")


@dataclass(frozen=True, eq=False)
class Measurement:
    """
    A function that returns a `Verdict` or an `Experiment`, with its arguments by preset.

    Attributes
    ----------
    function : callable
        Of `extremal.statements` or `extremal.experiments`, or of the same kind.
    quick, full : dict
        The arguments other than seed, executor, store and progress.
    words : str
        For a control: what differs, so that the statement must fail.
    """

    function: Callable[..., Any]
    quick: dict[str, Any] = field(default_factory=dict)
    full: dict[str, Any] = field(default_factory=dict)
    words: str = ""

    def arguments(self, preset: str) -> dict[str, Any]:
        """The arguments of a preset."""
        return self.quick if preset == "quick" else self.full


@dataclass(frozen=True, eq=False)
class Statement:
    """
    A numbered statement.

    Attributes
    ----------
    name : str
        For the command line, such as "theorem-3.1".
    title : str
        Such as "Theorem 3.1".
    group : str
        One of `GROUPS`.
    text : str
        What it says.
    measurement : Measurement
        The check. Several statements may share one.
    control : Measurement
        A case in which the same check must fail.
    part : tuple of str
        The claims that are its own, if the check has those of other statements too: names, or what they begin with.
    """

    name: str
    title: str
    group: str
    text: str
    measurement: Measurement
    control: Measurement
    part: tuple[str, ...] = ()
