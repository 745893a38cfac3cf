"""The command ``extremal verify``: the paper's statements, each with its verdict and a control that must fail.

The exit code is 0 whatever the verdicts are: "contradicted" is a result.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import InvalidValueError
from ._executor import make_executor
from ._files import check_folder, check_writable
from ._terminal import COMPLETE, INTERRUPTED, console, emit, number, say
from ._verdicts import STYLES, as_text

__all__ = ["add_verify"]

# Columns of a terminal that has room for what was measured.
WIDE = 120


def add_verify(commands: Any) -> None:
    """Add the command to the subparsers of the command line."""
    parser = commands.add_parser(
        "verify",
        help="check the paper's numbered statements, and write a report",
        description="Check the paper's numbered statements on fresh samples, each with a control that must fail.",
        epilog="exit codes: 0 done, whatever the verdicts; 2 bad input; 130 interrupted",
    )
    parser.add_argument(
        "statements",
        nargs="*",
        metavar="STATEMENT",
        help="such as theorem-3.1, F.3 or fig2; lemmas-f and figures are several (all); --list has all names",
    )
    parser.add_argument("--list", action="store_true", help="list the statements and their names, and stop")
    parser.add_argument("--preset", default="quick", metavar="NAME", help="quick (two minutes) or full (20 minutes)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all samples (0)")
    parser.add_argument("--jobs", type=int, metavar="J", help="processes (as many as there are cores)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a report, such as report.html")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--store", type=Path, metavar="DIR", help="keep finished rows here: the same command continues")
    parser.add_argument("--no-controls", action="store_true", help="leave out the cases that must fail")
    bar = parser.add_mutually_exclusive_group()
    bar.add_argument("--progress", action="store_true", default=None, help="show a bar (if stderr is a terminal)")
    bar.add_argument("--quiet", action="store_false", dest="progress", help="show no bar")
    parser.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    from ..verification import STATEMENTS, verify
    from ..verification._registry import choose

    chosen = choose(arguments.statements or None)
    if arguments.list:
        rows = [{"name": s.name, "statement": s.title, "group": s.group, "text": s.text} for s in chosen]
        emit(json.dumps(rows, indent=1, ensure_ascii=False) + "\n" if arguments.json else _names(chosen))
        return COMPLETE
    check_writable("--output", arguments.output, (".html", ".htm"))
    if arguments.store is not None:
        check_folder("--store", arguments.store)
    jobs = (os.cpu_count() or 1) if arguments.jobs is None else arguments.jobs
    if jobs < 1:
        raise InvalidValueError(f"--jobs is {jobs}; expected a number of processes, 1 or more")
    progress = sys.stderr.isatty() if arguments.progress is None else arguments.progress
    try:
        with make_executor(jobs) as executor:
            found = verify(
                [statement.name for statement in chosen],
                arguments.preset,
                seed=arguments.seed,
                executor=executor,
                store=arguments.store,
                controls=not arguments.no_controls,
                progress=progress,
            )
    except KeyboardInterrupt:
        say("interrupted" if arguments.store is None else "interrupted; the same command continues")
        return INTERRUPTED
    # before the report: if that cannot be written, nothing is lost
    if arguments.json:
        emit(json.dumps(found.to_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        emit(_table(found))
        if len(chosen) < len(STATEMENTS):
            emit("\n" + as_text([check.verdict for check in found]))
    if arguments.output is not None:
        found.save(arguments.output)
        say(f"wrote {arguments.output}")
    return COMPLETE


def _table(found: Any) -> str:
    """One row a statement: its verdict, the claim that decides it, and its control."""
    from rich import box
    from rich.table import Table

    from ..verification._verification import origin

    screen = console()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False, header_style="bold")
    names = ("statement", "verdict", "control", "deciding claim", "measured", "predicted")
    # a narrow terminal shows whole words of fewer columns; the rest is in the report
    columns = names if screen.width >= WIDE else names[:3]
    for name in columns:
        table.add_column(name, justify="right" if name == "measured" else "left", overflow="fold")
    for check in found:
        claim = check.key
        shown = f"{number(claim.measured, 3)} [{number(claim.low, 3)}, {number(claim.high, 3)}]"
        cells = (check.statement, check.status, check.outcome, claim.name, shown, claim.predicted)
        table.add_row(*cells[: len(columns)], style=STYLES.get(check.status))
    screen.print(table)
    counts = ", ".join(f"{count} {word}" for word, count in found.counts.items() if count)
    facts = f"preset {found.preset}, seed {found.seed}, {_confidences(found)} confidence, {found.seconds:.0f} s"
    facts += "" if set(found.versions) <= {found.version} else f"; {origin(found.versions, found.version)}"
    screen.print(f"{counts}; {facts}", soft_wrap=True)
    if any(check.control is not None for check in found):
        screen.print("control: the same check in a case in which it must fail", style="dim", soft_wrap=True)
    return str(screen.file.getvalue())


def _confidences(found: Any) -> str:
    return ", ".join(sorted({f"{check.confidence:.3g}" for check in found}))


def _names(statements: Sequence[Any]) -> str:
    """The names, with what the statements say."""
    from rich.table import Table

    screen = console()
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for statement in statements:
        table.add_row(statement.name, statement.text)
    screen.print(table)
    return str(screen.file.getvalue())
