"""The command ``extremal concentration``: verdicts of `extremal.statements` as n grows, as a table and as a figure.

The exit code is 0 whatever the verdicts are: "contradicted" is a result.
"""

import argparse
import inspect
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..data._arguments import did_you_mean
from ..errors import InvalidValueError
from ._executor import make_executor
from ._files import FIGURES, check_writable
from ._terminal import COMPLETE, emit
from ._verdicts import as_text, write_rows

__all__ = ["add_concentration"]

# panel: the function of extremal.statements, and what its rows measure; the same quantity shares a store
SHOWN = {
    "rate": ("theorem_3_1", "deviation"),
    "tails": ("theorem_d1", "deviation"),
    "counts": ("extremal_counts", "counts"),
    "distance": ("proposition_3_1", "distance"),
}
ROWS = (".csv", ".parquet")


def add_concentration(commands: Any) -> None:
    """Add the command to the subparsers of the command line."""
    parser = commands.add_parser(
        "concentration",
        help="draw how D_n and the extremal vectors approach the population's as n grows",
        description="Check the paper's statements on n → ∞ by sampling: print verdicts, draw a figure.",
        epilog="what is not given is the statement's own default; exit codes: 0 done, 2 bad input",
    )
    law = parser.add_argument_group("law")
    law.add_argument(
        "--law",
        metavar="NAME",
        help="law of the inputs: gaussian, correlated, sphere, ball, mixture, student, assumption41",
    )
    law.add_argument("--teacher", metavar="NAME", help="linear, neuron, relu5")
    law.add_argument("--noise", type=float, metavar="S", help="standard deviation of the labels' noise")
    grid = parser.add_argument_group("grid")
    grid.add_argument("--n", nargs="+", action="extend", metavar="N", help="sample sizes: 100 200 400, or 100,200,400")
    grid.add_argument("--d", nargs="+", action="extend", metavar="D", help="dimensions: 2 3, or 2,3")
    grid.add_argument("--repetitions", type=int, metavar="R", help="samples for each n and d")
    grid.add_argument("--gap", type=float, metavar="G", help="relative width of the brackets of Δ_n (rate, tails)")
    grid.add_argument("--seed", type=int, metavar="N", help="seed of the samples (0)")
    run = parser.add_argument_group("computation")
    run.add_argument("--jobs", type=int, default=1, metavar="J", help="processes (1)")
    run.add_argument(
        "--store",
        type=Path,
        metavar="PATH",
        help="keep finished rows, and continue from them; rows.db becomes rows.deviation.db, rows.counts.db, ...",
    )
    bar = run.add_mutually_exclusive_group()
    bar.add_argument("--progress", action="store_true", default=None, help="show a bar (if stderr is a terminal)")
    bar.add_argument("--quiet", action="store_false", dest="progress", help="show no bar")
    output = parser.add_argument_group("output")
    output.add_argument(
        "--show",
        nargs="+",
        action="extend",
        metavar="PANEL",
        help=f"what to check and draw: {', '.join(SHOWN)} (rate)",
    )
    output.add_argument("--rows", type=Path, metavar="FILE", help=f"write one row a sample ({', '.join(ROWS)})")
    output.add_argument("-o", "--output", type=Path, metavar="FILE", help=f"draw the figure ({', '.join(FIGURES)})")
    parser.set_defaults(run=_concentration)


def _concentration(arguments: argparse.Namespace) -> int:
    for option, path, suffixes in (("--rows", arguments.rows, ROWS), ("--output", arguments.output, FIGURES)):
        check_writable(option, path, suffixes)
    panels = _panels(arguments.show)
    given = {name: getattr(arguments, name) for name in ("law", "teacher", "noise", "repetitions", "gap", "seed")}
    given |= {name: _integers(f"--{name}", getattr(arguments, name)) for name in ("n", "d")}
    given = {name: value for name, value in given.items() if value is not None}
    if "gap" in given and not {"rate", "tails"} & set(panels):
        raise InvalidValueError("--gap is for the panels rate and tails; expected one of them in --show, or no --gap")
    if arguments.gap is not None and not 0 < arguments.gap < math.inf:
        raise InvalidValueError(f"--gap is {arguments.gap:g}; expected a relative width above 0, such as 0.05")
    if arguments.jobs < 1:
        raise InvalidValueError(f"--jobs is {arguments.jobs}; expected a number of processes, 1 or more")
    progress = sys.stderr.isatty() if arguments.progress is None else arguments.progress
    verdicts = {}
    with make_executor(arguments.jobs) as executor:
        for panel in panels:
            store = _store(arguments.store, SHOWN[panel][1])
            verdicts[panel] = _check(panel, given, executor=executor, store=store, progress=progress)
    # files first: a reader of the pipe who leaves early does not lose them
    if arguments.rows is not None:
        write_rows(verdicts.values(), arguments.rows)
    if arguments.output is not None:
        from ..plot import save_concentration

        save_concentration(verdicts, path=arguments.output)
    emit(as_text(list(verdicts.values())))
    return COMPLETE


def _check(panel: str, given: dict[str, Any], **more: Any) -> Any:
    """Call the statement of a panel with those arguments that it takes."""
    from .. import statements

    function: Callable[..., Any] = getattr(statements, SHOWN[panel][0])
    taken = {
        name: value for name, value in given.items() if name != "gap" or name in inspect.signature(function).parameters
    }
    return function(**taken, **more)


def _panels(options: Sequence[str] | None) -> list[str]:
    """Split rate,tails; each panel once, in the order given."""
    panels = list(dict.fromkeys(_split(options or ["rate"])))
    for panel in panels:
        if panel not in SHOWN:
            raise InvalidValueError(
                f"--show has {panel!r}; expected one or more of {', '.join(SHOWN)}{did_you_mean(panel, SHOWN)}"
            )
    if not panels:
        raise InvalidValueError(f"--show names nothing; expected one or more of {', '.join(SHOWN)}")
    return panels


def _integers(option: str, words: Sequence[str] | None) -> tuple[int, ...] | None:
    """Split 100,200: whole numbers, each once, ascending."""
    if words is None:
        return None
    numbers = set()
    for word in _split(words):
        if not word.isdecimal() or int(word) < 1:
            raise InvalidValueError(
                f"{option} has {word!r}; expected whole numbers, 1 or more, such as {option} 2 3 or {option} 2,3"
            )
        numbers.add(int(word))
    if not numbers:
        raise InvalidValueError(f"{option} names nothing; expected whole numbers, such as {option} 2,3")
    return tuple(sorted(numbers))


def _split(words: Sequence[str]) -> list[str]:
    return [part.strip() for word in words for part in word.split(",") if part.strip()]


def _store(path: Path | None, quantity: str) -> Path | None:
    """Give each quantity its own file: a store holds the rows of one function."""
    return None if path is None else path.with_name(f"{path.stem}.{quantity}{path.suffix}")
