"""The command ``extremal completion``: a script by which a shell completes the words of the command line."""

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from ..laws._named import NAMES, TEACHERS
from ._concentration import SHOWN
from ._reproduce import ALL
from ._terminal import COMPLETE, Parser, emit

__all__ = ["add_completion"]

SHELLS = ("bash", "zsh", "tcsh")
# What an option takes is said by its name in the help.
FILES, FOLDERS = ("FILE", "PATH"), ("DIR", "OUT")
# Where the script goes.
HINTS = """\
bash: eval "$(extremal completion bash)" in ~/.bashrc
zsh: extremal completion zsh > DIR/_extremal, with DIR one of the folders of $fpath
tcsh: extremal completion tcsh > FILE, and source FILE in ~/.cshrc"""


def add_completion(commands: Any, whole: Parser) -> None:
    """Add the command to the subparsers of the command line, which is `whole`."""
    parser = commands.add_parser(
        "completion",
        help="print a script that completes commands, options and names in a shell",
        description="Print a script that completes commands, options and names in a shell.",
        epilog=HINTS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell")
    parser.set_defaults(run=partial(_completion, whole))


def _completion(whole: Parser, arguments: argparse.Namespace) -> int:
    import shtab

    words = _words()
    for command, action in _actions(whole):
        if action.metavar in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar in FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif (command, action.dest) in words:
            # this parser has done its work: its choices are for the script alone
            action.choices = words[command, action.dest]
    emit(shtab.complete(whole, arguments.shell) + "\n")
    return COMPLETE


def _words() -> dict[tuple[str, str], Sequence[str]]:
    """List the words that commands check themselves, as they also take 2 for fig2, or rate,tails."""
    from ..experiments import FIGURES
    from ..experiments._conduct import BY
    from ..verification._registry import SETS, STATEMENTS
    from ..verification._statement import PRESETS

    return {
        ("verify", "statements"): (*(statement.name for statement in STATEMENTS), *SETS),
        ("verify", "preset"): PRESETS,
        ("concentration", "law"): NAMES,
        ("concentration", "teacher"): TEACHERS,
        ("concentration", "show"): tuple(SHOWN),
        ("reproduce", "figures"): (*FIGURES, ALL),
        ("reproduce", "preset"): ("quick", "paper"),
        ("reproduce", "by"): BY,
    }


def _actions(whole: Parser) -> Iterator[tuple[str, argparse.Action]]:
    """Go through the arguments and options of all commands, with the command's name."""
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command, parser in action.choices.items():
                for part in parser._actions:
                    yield command, part
