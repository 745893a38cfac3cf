"""`main`: read the arguments, run the command, turn errors into one line and an exit code."""

from collections.abc import Sequence
from importlib.metadata import version

from ..errors import ExtremalError
from ._completion import add_completion
from ._concentration import add_concentration
from ._find import add_find
from ._reproduce import add_reproduce
from ._terminal import INTERRUPTED, Parser, complain, say
from ._verify import add_verify

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments. By default those of the process.

    Returns
    -------
    int
        The exit code: 0 complete, 2 bad input, 3 incomplete, 130 interrupted before there was a result.

    Examples
    --------
    >>> from extremal.cli import main
    >>> main(["find", "--example", "--target", "y"])
    2
    """
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed its help or its complaint
        return int(stop.code or 0)
    try:
        return int(arguments.run(arguments))
    except ExtremalError as error:
        return complain(str(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        return complain(f"{error.filename or 'a file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED


def _parser() -> Parser:
    parser = Parser(
        prog="extremal",
        description="Every extremal vector of a two-layer ReLU network's early training, "
        "with a proof that none is missing.",
    )
    parser.add_argument("--version", action="version", version=f"extremal {version('extremal')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    add_verify(commands)
    add_find(commands)
    add_concentration(commands)
    add_reproduce(commands)
    add_completion(commands, parser)
    return parser
