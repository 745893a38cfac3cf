"""What the commands share: exit codes, the two streams, a console for tables, numbers as words.

Results go to standard output, everything else to standard error.
"""

import argparse
import io
import math
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from ..data._arguments import did_you_mean

__all__ = [
    "BAD_INPUT",
    "COMPLETE",
    "INCOMPLETE",
    "INTERRUPTED",
    "Parser",
    "complain",
    "console",
    "counted",
    "emit",
    "number",
    "say",
]

COMPLETE, BAD_INPUT, INCOMPLETE, INTERRUPTED = 0, 2, 3, 130
# In a pipe there is no width to respect; this one holds a dozen coordinates and still reads well.
PIPE_WIDTH = 200


def console() -> Any:
    """Make a rich console that writes into a text, its ``file``, as standard output would show it."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    # rich looks at the environment for colours and widths; only a terminal gets them
    return Console(
        file=io.StringIO(),
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        width=None if terminal else PIPE_WIDTH,
        highlight=False,
        emoji=False,
        markup=False,
    )


def number(value: float, digits: int = 6) -> str:
    """Write a number; a dash if it is not finite."""
    return f"{value:.{digits}g}" if math.isfinite(value) else "-"


def counted(number: int, word: str) -> str:
    """Write a number of things."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def emit(text: str) -> None:
    """Write to standard output, whatever its encoding is and even if its reader has left."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # as the Python manual advises: what is still in the buffer must not be flushed into the pipe at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str) -> int:
    """Say what is wrong with the input, and give the exit code."""
    say(f"error: {message}")
    return BAD_INPUT


def say(message: str) -> None:
    """Write one line to standard error."""
    print("extremal: " + " ".join(message.split()), file=sys.stderr)


class Parser(argparse.ArgumentParser):
    """A parser that complains in one line, and says which word may have been meant."""

    _given: Sequence[str] = ()

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuse here what the parser of a command does not know: the one above does not know its options."""
        self._given = sys.argv[1:] if args is None else args
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            hint = did_you_mean(value, map(str, action.choices or ()))
            raise argparse.ArgumentError(action, f"{error.message}{hint}") from None

    def _unknown(self) -> tuple[str, str]:
        """Find the first option that is not known, and say which one it was meant to be."""
        known = [option for option in self._option_string_actions if option.startswith("--")]
        for word in self._given:
            name = word.partition("=")[0]
            # the beginning of an option stands for it
            if name.startswith("--") and not any(option.startswith(name) for option in known):
                return name, did_you_mean(name, known)
        return "", ""

    def error(self, message: str) -> NoReturn:
        """Complain in one line, as for every other bad input."""
        option, hint = self._unknown()
        if message.startswith("unrecognized"):
            message += hint
        elif hint and message.startswith("the following arguments are required"):
            # it may be missing because of the slip
            message += f"; {option} is not known{hint}"
        raise SystemExit(complain(f"{message} (see {self.prog} --help)"))
