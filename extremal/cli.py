"""The command ``extremal``: a thin layer over `extremal.find`.

Results go to standard output, everything else to standard error. The exit code is 0 if the list of extremal
vectors is proved complete, 3 if it is not, and 2 if the input cannot be used.
"""

import argparse
import csv
import io
import json
import math
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import extremal

from .data import Dataset, diabetes, iris, read, three_points
from .errors import ExtremalError, InvalidValueError

__all__ = ["main"]

COMPLETE, BAD_INPUT, INCOMPLETE, INTERRUPTED = 0, 2, 3, 130

_EXAMPLES = {"three-points": three_points, "iris": iris, "diabetes": diabetes}
_TABLES = (".csv", ".json", ".parquet")
_FIGURES = (".png", ".svg", ".pdf")
_METHODS = ("auto", "enumerate", "search", "ascent")
# In a pipe there is no width to respect; this one holds a dozen coordinates and still reads well.
_PIPE_WIDTH = 200
# A longer table is for a file.
_MOST_ROWS = 100
_STYLES = {
    "maximum": "red",
    "minimum": "blue",
    "saddle": "green",
    "zero": "dim",
    "degenerate": "magenta",
}


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
        return _find(arguments)
    except ExtremalError as error:
        return _complain(str(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        return _complain(f"{error.filename or 'a file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED


def _find(arguments: argparse.Namespace) -> int:
    for option, path, suffixes in (
        ("--output", arguments.output, _TABLES),
        ("--plot", arguments.plot, _FIGURES),
    ):
        _check_writable(option, path, suffixes)
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
        from .plot import save_extremal

        save_extremal(result, data, path=arguments.plot)
    _print(_json(result, data) + "\n" if arguments.json else _text(result, data))
    return COMPLETE if result.complete else INCOMPLETE


def _load(arguments: argparse.Namespace) -> Dataset:
    """Read the file or the example, and choose columns."""
    features, drop = _names(arguments.features), _names(arguments.drop)
    if arguments.example is not None:
        if arguments.file is not None:
            raise InvalidValueError(
                f"both the file {arguments.file!r} and --example were given; expected one of them"
            )
        if arguments.target is not None:
            raise InvalidValueError("--target is for files; the examples have their own labels")
        data = _EXAMPLES[arguments.example]()
        data = _choose(data, features, drop or [])
    elif arguments.file is None:
        raise InvalidValueError(
            "no file was given; expected `extremal find FILE --target COLUMN`, or --example"
        )
    else:
        data = read(arguments.file, arguments.target, features, drop=drop or [])
    return data.standardised() if arguments.standardise else data


def _choose(data: Dataset, features: list[str] | None, drop: list[str]) -> Dataset:
    """Choose columns of an example."""
    names = list(data.features or ())
    for name in [*(features or []), *drop]:
        if name not in names:
            raise InvalidValueError(f"the example has no column {name!r}; expected one of {', '.join(names)}")
    chosen = [name for name in (names if features is None else features) if name not in drop]
    if not chosen:
        raise InvalidValueError("no column of the example is left")
    return Dataset(data.X[:, [names.index(name) for name in chosen]], data.y, tuple(chosen), data.target)


def _names(options: list[str] | None) -> list[str] | None:
    """Split a,b,c; a name with a comma is quoted as in a csv file."""
    if options is None:
        return None
    return [
        name.strip() for row in csv.reader(options, skipinitialspace=True) for name in row if name.strip()
    ]


def _check_writable(option: str, path: Path | None, suffixes: Sequence[str]) -> None:
    """Refuse before the computation what could not be written after it."""
    if path is None:
        return
    if path.suffix.lower() not in suffixes:
        raise InvalidValueError(
            f"{option} {str(path)!r} has the suffix {path.suffix or '(none)'}; expected {', '.join(suffixes)}"
        )
    if not path.parent.is_dir():
        raise InvalidValueError(
            f"{option} {str(path)!r}: there is no directory {str(path.parent)!r}; create it first"
        )
    if path.is_dir():
        raise InvalidValueError(f"{option} {str(path)!r} is a directory; expected a file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InvalidValueError(f"{option} {str(path)!r} may not be written: permission denied")


def _write_table(result: Any, data: Dataset, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix == ".json":
        path.write_text(_json(result, data) + "\n", encoding="utf-8")
    elif suffix == ".parquet":
        result.to_frame().to_parquet(path)
    else:
        result.to_frame().to_csv(path, index=False)


def _json(result: Any, data: Dataset) -> str:
    """Write the result as strict JSON: what is not a finite number is null."""
    audit = result.audit
    document = {
        "extremal": version("extremal"),
        "n": data.n,
        "d": data.d,
        "features": data.features,
        "target": data.target,
        "complete": result.complete,
        "status": result.status.value,
        "audit": {name: getattr(audit, name) for name in ("applicable", "total", "expected", "holds")},
        "unresolved": {"share": result.unresolved.share},
        "count": len(result),
        "vectors": result.vectors,
        "directions": result.directions,
        "signs": result.signs,
        "kinds": result.kinds,
        "indices": result.indices,
        "values": result.values,
        "residuals": [item.residual for item in result],
        "boundary": [item.boundary for item in result],
    }
    return json.dumps(_plain(document), indent=1, allow_nan=False, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Turn arrays and numpy numbers into what JSON knows."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else str(value)


def _text(result: Any, data: Dataset) -> str:
    """Lay out the table, the statement of completeness and the audit."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    out = io.StringIO()
    # rich looks at the environment for colours and widths; only a terminal gets them
    console = Console(
        file=out,
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        width=None if terminal else _PIPE_WIDTH,
        highlight=False,
        emoji=False,
        markup=False,
    )
    target = f", target {data.target}" if data.target else ""
    console.print(
        f"{_counted(len(result), 'extremal vector')} of {data.n} points in dimension {data.d}{target}"
    )
    if len(result):
        table, notes = _table(result, data, console.width)
        console.print(table)
        for note in notes:
            console.print(note, style="dim")
    if result.complete:
        console.print(result.status.value, style="green", soft_wrap=True)
    else:
        share = _number(float(result.unresolved.share), 3)
        console.print(result.status.value, style="bold yellow", soft_wrap=True)
        console.print(f"unresolved share of the sphere: {share}", style="yellow")
    audit = result.audit
    failed = audit.applicable and not audit.holds
    console.print(str(audit), style="bold red" if failed else "green" if audit.holds else "", soft_wrap=True)
    return out.getvalue()


def _table(result: Any, data: Dataset, width: int) -> tuple[Any, list[str]]:
    """Make the table with as many coordinates of D as fit into the width."""
    from rich import box
    from rich.table import Table

    columns: dict[str, list[str]] = {
        name: [] for name in ("#", "kind", "sign", "index", "G(w)", "‖D‖", "residual", "active", "boundary")
    }
    names = data.features if data.features is not None else tuple(str(i + 1) for i in range(data.d))
    coordinates: list[list[str]] = [[] for _ in range(data.d)]
    shown = min(len(result), _MOST_ROWS)
    for i in range(shown):
        item = result[i]
        cells = (
            str(i),
            str(item.kind),
            {1: "+", -1: "-"}.get(int(item.sign), "0"),
            str(item.index) if item.index >= 0 else "-",
            _number(float(item.value)),
            _number(math.hypot(*map(float, item.D))),
            _number(float(item.residual), 2),
            str(int(item.active.sum())),
            str(len(item.boundary)),
        )
        for cell, column in zip(cells, columns.values(), strict=True):
            column.append(cell)
        for column, entry in zip(coordinates, item.D, strict=True):
            column.append(_number(float(entry), 4))

    padding = 3  # a space on either side and the line between columns
    room = width - sum(max(map(len, [name, *cells])) + padding for name, cells in columns.items())
    fit = 0
    for name, column in zip(names, coordinates, strict=True):
        room -= max(len(_clip(f"D: {name}")), *map(len, column)) + padding
        if room < 0:
            break
        fit += 1
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False, header_style="bold")
    for name in columns:
        table.add_column(
            name, justify="left" if name == "kind" else "right", no_wrap=True, overflow="ellipsis"
        )
    for name in names[:fit]:
        table.add_column(_clip(f"D: {name}"), justify="right", no_wrap=True, overflow="ellipsis")
    for row in zip(*columns.values(), *coordinates[:fit], strict=True):
        table.add_row(*row, style=_STYLES.get(row[1]))
    notes = []
    if fit < data.d:
        notes.append(f"{_counted(data.d - fit, 'more coordinate')} of D in --json and --output")
    if shown < len(result):
        notes.append(f"{len(result) - shown} more vectors in --json and --output")
    return table, notes


def _clip(name: str) -> str:
    return name if len(name) <= 16 else name[:15] + "…"


def _number(value: float, digits: int = 6) -> str:
    return f"{value:.{digits}g}" if math.isfinite(value) else "-"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _print(text: str) -> None:
    """Write to standard output, whatever its encoding is and even if its reader has left."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # as the Python manual advises: what is still in the buffer must not be flushed into the pipe at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> int:
    _say(f"error: {message}")
    return BAD_INPUT


def _say(message: str) -> None:
    print("extremal: " + " ".join(message.split()), file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Complain in one line, as for every other bad input."""
        raise SystemExit(_complain(f"{message} (see {self.prog} --help)"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="extremal",
        description="Every extremal vector of a two-layer ReLU network's early training, "
        "with a proof that none is missing.",
    )
    parser.add_argument("--version", action="version", version=f"extremal {version('extremal')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    find = commands.add_parser(
        "find",
        help="find all extremal vectors of a data set",
        description="Find all extremal vectors of a data set, and prove that none is missing.",
        epilog="exit codes: 0 complete, 2 bad input, 3 incomplete",
    )
    data = find.add_argument_group("data")
    data.add_argument(
        "file", nargs="?", metavar="FILE", help="a .csv, .npz or .parquet file, one sample a row"
    )
    data.add_argument(
        "--target",
        metavar="COLUMN",
        help="the column of labels: its name, or its position from 0 (-1: the last)",
    )
    data.add_argument(
        "--example",
        nargs="?",
        const="three-points",
        choices=tuple(_EXAMPLES),
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
    search.add_argument("--method", choices=_METHODS, default="auto", help="default: auto")
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
    output.add_argument(
        "--output", type=Path, metavar="FILE", help=f"write the result ({', '.join(_TABLES)})"
    )
    output.add_argument("--plot", type=Path, metavar="FILE", help=f"draw the result ({', '.join(_FIGURES)})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
