"""Verdicts as a table of their claims, and their rows as a file."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ._terminal import console, counted, number

__all__ = ["as_text", "write_rows"]

STYLES = {"supported": "green", "contradicted": "bold red", "inconclusive": "yellow"}


def as_text(verdicts: Sequence[Any]) -> str:
    """Lay out one table of all claims, and below it why a claim is not supported."""
    from rich import box
    from rich.table import Table

    screen = console()
    for verdict in verdicts:
        screen.print(f"{verdict.statement}: {verdict.status}", style=STYLES.get(verdict.status))
        failed = int((verdict.table["status"] == "failed").sum())
        rows = counted(len(verdict.table), "row") + (f", {failed} failed" if failed else "")
        screen.print(
            f"{rows}, seed {verdict.seed}, {verdict.confidence:.3g} confidence, {verdict.seconds:.1f} s", style="dim"
        )
        screen.print(verdict.law, style="dim", soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False, header_style="bold")
    for name in ("statement", "claim", "verdict", "measured", "interval", "predicted"):
        table.add_column(name, justify="right" if name == "measured" else "left", overflow="fold")
    reasons = []
    for verdict in verdicts:
        for claim in verdict.claims:
            interval = f"[{number(claim.low, 3)}, {number(claim.high, 3)}]"
            cells = (verdict.statement, claim.name, claim.status, number(claim.measured, 3), interval, claim.predicted)
            table.add_row(*cells, style=STYLES.get(claim.status))
            if claim.status != "supported":
                reasons.append(f"{claim.name}: {claim.status}: {claim.reason}")
    screen.print(table)
    for reason in reasons:
        screen.print(reason, style="yellow", soft_wrap=True)
    return str(screen.file.getvalue())


def write_rows(verdicts: Iterable[Any], path: Path) -> None:
    """Write the rows of all verdicts into one table; objects such as laws as text."""
    import pandas as pd

    tables = []
    for verdict in verdicts:
        table = verdict.table.copy()
        for name in [name for name in table.columns if table[name].dtype.kind == "O"]:
            plain = table[name].map(lambda value: value is None or isinstance(value, str | bool | int | float))
            if not plain.all():
                table[name] = table[name].map(repr)
        table.insert(0, "statement", verdict.statement)
        tables.append(table)
    # concat has an opinion on columns that are empty; records have none
    rows = pd.DataFrame([record for table in tables for record in table.to_dict("records")])
    if path.suffix.lower() == ".parquet":
        rows.to_parquet(path)
    else:
        rows.to_csv(path, index=False)
