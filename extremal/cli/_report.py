"""A result of `extremal.find` as JSON, and as a table with the statement of completeness and the audit."""

import json
import math
from typing import Any

from ..data import Dataset
from ..geometry.critical._document import document
from ._terminal import console, counted, number

__all__ = ["as_json", "as_text"]

# A longer table is for a file.
MOST_ROWS = 100
STYLES = {
    "maximum": "red",
    "minimum": "blue",
    "saddle": "green",
    "zero": "dim",
    "degenerate": "magenta",
}


def as_json(result: Any, data: Dataset) -> str:
    """Write the result as strict JSON: what is not a finite number is null."""
    return json.dumps(document(result, data), indent=1, allow_nan=False, ensure_ascii=False)


def as_text(result: Any, data: Dataset) -> str:
    """Lay out the table, the statement of completeness and the audit."""
    screen = console()
    target = f", target {data.target}" if data.target else ""
    screen.print(f"{counted(len(result), 'extremal vector')} of {data.n} points in dimension {data.d}{target}")
    if len(result):
        table, notes = _table(result, data, screen.width)
        screen.print(table)
        for note in notes:
            screen.print(note, style="dim")
    if result.complete:
        screen.print(result.status.value, style="green", soft_wrap=True)
    else:
        share = number(float(result.unresolved.share), 3)
        screen.print(result.status.value, style="bold yellow", soft_wrap=True)
        screen.print(f"unresolved share of the sphere: {share}", style="yellow")
    audit = result.audit
    failed = audit.applicable and not audit.holds
    screen.print(str(audit), style="bold red" if failed else "green" if audit.holds else "", soft_wrap=True)
    return str(screen.file.getvalue())


def _table(result: Any, data: Dataset, width: int) -> tuple[Any, list[str]]:
    """Make the table with as many coordinates of D as fit into the width."""
    from rich import box
    from rich.table import Table

    columns: dict[str, list[str]] = {
        name: [] for name in ("#", "kind", "sign", "index", "G(w)", "‖D‖", "residual", "active", "boundary")
    }
    names = data.features if data.features is not None else tuple(str(i + 1) for i in range(data.d))
    coordinates: list[list[str]] = [[] for _ in range(data.d)]
    shown = min(len(result), MOST_ROWS)
    for i in range(shown):
        item = result[i]
        cells = (
            str(i),
            str(item.kind),
            {1: "+", -1: "-"}.get(int(item.sign), "0"),
            str(item.index) if item.index >= 0 else "-",
            number(float(item.value)),
            number(math.hypot(*map(float, item.D))),
            number(float(item.residual), 2),
            str(int(item.active.sum())),
            str(len(item.boundary)),
        )
        for cell, column in zip(cells, columns.values(), strict=True):
            column.append(cell)
        for column, entry in zip(coordinates, item.D, strict=True):
            column.append(number(float(entry), 4))

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
        table.add_column(name, justify="left" if name == "kind" else "right", no_wrap=True, overflow="ellipsis")
    for name in names[:fit]:
        table.add_column(_clip(f"D: {name}"), justify="right", no_wrap=True, overflow="ellipsis")
    for row in zip(*columns.values(), *coordinates[:fit], strict=True):
        table.add_row(*row, style=STYLES.get(row[1]))
    notes = []
    if fit < data.d:
        notes.append(f"{counted(data.d - fit, 'more coordinate')} of D in --json and --output")
    if shown < len(result):
        notes.append(f"{len(result) - shown} more vectors in --json and --output")
    return table, notes


def _clip(name: str) -> str:
    return name if len(name) <= 16 else name[:15] + "…"
