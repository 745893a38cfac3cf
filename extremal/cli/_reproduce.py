"""The command ``extremal reproduce``: the paper's figures from fresh runs, as files and as verdicts.

The exit code is 0 whatever the verdicts are: "contradicted" is a result.
"""

import argparse
import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

from ..data._arguments import did_you_mean
from ..errors import InvalidValueError
from ._executor import make_executor
from ._files import check_folder
from ._terminal import COMPLETE, INTERRUPTED, emit, say
from ._verdicts import as_text

__all__ = ["add_reproduce"]

# What is not a figure of the paper has a name of its own.
ALL = "all"
# What has an option of its own.
OWN = {"preset": "--preset", "by": "--by", "seed": "--seed", "executor": "--jobs", "store": "--store"}
OWN |= {"progress": "--progress"}
# What is a list even if it has one number.
LISTS = ("sizes", "dimensions")


def add_reproduce(commands: Any) -> None:
    """Add the command to the subparsers of the command line."""
    parser = commands.add_parser(
        "reproduce",
        help="run the paper's experiments: figures, rows, verdicts",
        description="Run the paper's figures 1 to 8 from fresh samples, and say which of their claims hold.",
        epilog="finished runs stay in OUT/store: the same command continues; exit codes: 0 done, 2 bad input, "
        "130 interrupted",
    )
    parser.add_argument(
        "figures",
        nargs="+",
        metavar="FIGURE",
        help="fig1 to fig8 (or 1 to 8), smaller-rate, leaky, thresholds, or all",
    )
    parser.add_argument("--preset", default="quick", metavar="NAME", help="quick (minutes a figure) or paper (hours)")
    parser.add_argument("--by", metavar="HOW", help="sgd, or flow: gradient flow instead of SGD")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="changes",
        help="change a part of the setting: width=2000, lr=0.005, sizes=100,200,400",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all runs (0)")
    parser.add_argument("--jobs", type=int, metavar="J", help="processes (as many as there are cores)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="folder for the files")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--store", type=Path, metavar="DIR", help="folder for finished and unfinished runs (OUT/store)")
    kept.add_argument("--no-store", action="store_true", help="keep no runs: if it is killed, all is lost")
    bar = parser.add_mutually_exclusive_group()
    bar.add_argument("--progress", action="store_true", default=None, help="show a bar (if stderr is a terminal)")
    bar.add_argument("--quiet", action="store_false", dest="progress", help="show no bar")
    parser.set_defaults(run=_reproduce)


def _reproduce(arguments: argparse.Namespace) -> int:
    from ..experiments import FIGURES, geometry, reproduce
    from ..plot import save_experiment

    names = _names(arguments.figures, tuple(FIGURES))
    output = arguments.output
    check_folder("--output", output)
    store: Path | None = output / "store" if arguments.store is None else arguments.store
    if arguments.no_store:
        store = None
    else:
        check_folder("--store", arguments.store or output)
    jobs = (os.cpu_count() or 1) if arguments.jobs is None else arguments.jobs
    if jobs < 1:
        raise InvalidValueError(f"--jobs is {jobs}; expected a number of processes, 1 or more")
    changes = dict(_change(text) for text in arguments.changes)
    _check_changes(names, changes, FIGURES)
    options: dict[str, Any] = {"seed": arguments.seed} | changes
    if arguments.by is not None:
        unable = [name for name in names if "by" not in inspect.signature(FIGURES[name]).parameters]
        if unable:
            raise InvalidValueError(f"--by is not for {', '.join(unable)}, of which gradient flow is not the limit")
        options["by"] = arguments.by
    progress = sys.stderr.isatty() if arguments.progress is None else arguments.progress
    results = []
    try:
        with make_executor(jobs) as executor:
            for name in names:
                if progress:
                    say(name)
                shared: dict[str, Any] = {"executor": executor, "progress": progress}
                result = reproduce(name, arguments.preset, store=store, **options, **shared)
                rows = None if store is None else store / "geometry.sqlite"
                predicted = geometry(result, store=rows, **shared) if name == "fig2" else None
                for path in save_experiment(result, output, name, geometry=predicted):
                    say(f"wrote {path}")
                results.append(result)
    except KeyboardInterrupt:
        say("interrupted" if store is None else "interrupted; the same command continues")
        return INTERRUPTED
    if arguments.json:
        emit(json.dumps([result.to_json() for result in results], indent=1, allow_nan=False, ensure_ascii=False) + "\n")
    else:
        emit(as_text([result.verdict for result in results]))
    return COMPLETE


def _names(given: list[str], known: tuple[str, ...]) -> list[str]:
    """The figures that are meant: 2, fig2 and figure2 are the same."""
    found: list[str] = []
    for word in (part.strip().lower() for text in given for part in text.split(",") if part.strip()):
        name = word.removeprefix("figure").removeprefix("fig").strip("-_. ")
        name = f"fig{name}" if name.isdecimal() else word
        if name == ALL:
            found += known
        elif name in known:
            found.append(name)
        else:
            hint = did_you_mean(word, (*known, ALL))
            raise InvalidValueError(f"figure {word!r} is not known; expected {', '.join(known)} or {ALL}{hint}")
    if not found:
        raise InvalidValueError(f"no figure was named; expected {', '.join(known)} or {ALL}")
    return list(dict.fromkeys(found))


def _change(text: str) -> tuple[str, Any]:
    """Read NAME=VALUE."""
    name, mark, value = text.partition("=")
    if not mark or not name.strip() or not value.strip():
        raise InvalidValueError(f"--set has {text!r}; expected NAME=VALUE, such as width=2000 or sizes=100,200")
    name = name.strip()
    if name in LISTS or "," in value:
        return name, tuple(_number(part) for part in value.split(",") if part.strip())
    return name, _number(value)


def _check_changes(names: list[str], changes: dict[str, Any], functions: dict[str, Any]) -> None:
    """Refuse before the first figure what a later one does not take; what none knows, the first refuses."""
    for change in changes:
        if change in OWN:
            raise InvalidValueError(f"--set has {change!r}; expected {OWN[change]}, an option of its own")
        some = [name for name, function in functions.items() if change in inspect.signature(function).parameters]
        unable = [name for name in names if some and name not in some]
        if unable:
            raise InvalidValueError(
                f"--set has {change!r}, which is not for {', '.join(unable)}; only {', '.join(some)}"
            )
    varied = [name for name in names if "dimensions" in inspect.signature(functions[name]).parameters]
    if "d" in changes and varied:
        raise InvalidValueError(f"--set has 'd', which is not for {', '.join(varied)}; expected dimensions=3,4,5 there")


def _number(text: str) -> Any:
    """Whole numbers, other numbers, None, or a word."""
    text = text.strip()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None if text == "None" else text
