"""The command ``extremal find``: a thin layer over `extremal.find`.

The exit code is 0 if the list of extremal vectors is proved complete, 3 if it is not.
"""

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

import extremal

from ..data import Dataset, diabetes, iris, read, three_points
from ..data._arguments import did_you_mean
from ..errors import InvalidValueError
from ._files import FIGURES, TABLES, check_writable
from ._report import as_json, as_text
from ._terminal import COMPLETE, INCOMPLETE, emit

__all__ = ["add_find"]

EXAMPLES = {"three-points": three_points, "iris": iris, "diabetes": diabetes}
METHODS = ("auto", "enumerate", "search", "ascent")


def add_find(commands: Any) -> None:
    """Add the command to the subparsers of the command line."""
    find = commands.add_parser(
        "find",
        help="find all extremal vectors of a data set",
        description="Find all extremal vectors of a data set, and prove that none is missing.",
        epilog="exit codes: 0 complete, 2 bad input, 3 incomplete",
    )
    data = find.add_argument_group("data")
    data.add_argument("file", nargs="?", metavar="FILE", help="a .csv, .npz or .parquet file, one sample a row")
    data.add_argument(
        "--target",
        metavar="COLUMN",
        help="the column of labels: its name, or its position from 0 (-1: the last)",
    )
    data.add_argument(
        "--example",
        nargs="?",
        const="three-points",
        choices=tuple(EXAMPLES),
        help="an example instead of a file (three-points; iris and diabetes need scikit-learn)",
    )
    data.add_argument("--features", action="append", metavar="A,B,...", help="the columns of X (all others)")
    data.add_argument("--drop", action="append", metavar="A,B,...", help="columns to leave out")
    data.add_argument(
        "--standardise",
        action="store_true",
        help="shift and scale columns to mean 0, variance 1; not constant ones",
    )
    search = find.add_argument_group("search")
    search.add_argument("--method", choices=METHODS, default="auto", help="default: auto")
    search.add_argument("--max-nodes", type=int, metavar="N", help="stop after so many regions")
    search.add_argument("--time-limit", type=float, metavar="SECONDS", help="stop after so many seconds")
    search.add_argument(
        "--leak",
        type=float,
        default=0.0,
        metavar="ALPHA",
        help="slope of the leaky ReLU on the negative side (0)",
    )
    search.add_argument("--seed", type=int, metavar="N", help="seed of the search's random choices")
    output = find.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="print JSON instead of a table")
    output.add_argument("--output", type=Path, metavar="FILE", help=f"write the result ({', '.join(TABLES)})")
    output.add_argument("--plot", type=Path, metavar="FILE", help=f"draw the result ({', '.join(FIGURES)})")
    find.set_defaults(run=_find)


def _find(arguments: argparse.Namespace) -> int:
    for option, path, suffixes in (
        ("--output", arguments.output, TABLES),
        ("--plot", arguments.plot, FIGURES),
    ):
        check_writable(option, path, suffixes)
    data = _load(arguments)
    result = extremal.find(
        data,  # not its arrays alone: the names of the columns go into the result's table
        data.y,
        method=arguments.method,
        max_nodes=arguments.max_nodes,
        time_limit=arguments.time_limit,
        leak=arguments.leak,
        rng=arguments.seed,
        progress=sys.stderr.isatty(),
    )
    # files first: a reader of the pipe who leaves early does not lose them
    if arguments.output is not None:
        _write_table(result, data, arguments.output)
    if arguments.plot is not None:
        from ..plot import save_extremal

        save_extremal(result, data, path=arguments.plot)
    emit(as_json(result, data) + "\n" if arguments.json else as_text(result, data))
    return COMPLETE if result.complete else INCOMPLETE


def _load(arguments: argparse.Namespace) -> Dataset:
    """Read the file or the example, and choose columns."""
    features, drop = _names(arguments.features), _names(arguments.drop)
    if arguments.example is not None:
        if arguments.file is not None:
            raise InvalidValueError(f"both the file {arguments.file!r} and --example were given; expected one of them")
        if arguments.target is not None:
            raise InvalidValueError("--target is for files; the examples have their own labels")
        data = EXAMPLES[arguments.example]()
        data = _choose(data, features, drop or [])
    elif arguments.file is None:
        raise InvalidValueError("no file was given; expected `extremal find FILE --target COLUMN`, or --example")
    else:
        data = read(arguments.file, arguments.target, features, drop=drop or [])
    return data.standardised() if arguments.standardise else data


def _choose(data: Dataset, features: list[str] | None, drop: list[str]) -> Dataset:
    """Choose columns of an example."""
    names = list(data.features or ())
    for name in [*(features or []), *drop]:
        if name not in names:
            raise InvalidValueError(
                f"the example has no column {name!r}; expected one of {', '.join(names)}{did_you_mean(name, names)}"
            )
    chosen = [name for name in (names if features is None else features) if name not in drop]
    if not chosen:
        raise InvalidValueError("no column of the example is left")
    return Dataset(data.X[:, [names.index(name) for name in chosen]], data.y, tuple(chosen), data.target)


def _names(options: list[str] | None) -> list[str] | None:
    """Split a,b,c; a name with a comma is quoted as in a csv file."""
    if options is None:
        return None
    return [name.strip() for row in csv.reader(options, skipinitialspace=True) for name in row if name.strip()]


def _write_table(result: Any, data: Dataset, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix == ".json":
        path.write_text(as_json(result, data) + "\n", encoding="utf-8")
    elif suffix == ".parquet":
        result.to_frame().to_parquet(path)
    else:
        result.to_frame().to_csv(path, index=False)
