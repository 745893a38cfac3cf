"""All checks of a call of `verify`."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from ..data._html import heading, rows_table
from ..statements import Claim
from ._check import StatementCheck

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Verification", "origin", "versions_of"]


@dataclass(frozen=True, eq=False, repr=False)
class Verification(Sequence[StatementCheck]):
    """
    What `extremal.verify` found: one check a statement, in the order of the paper.

    Attributes
    ----------
    checks : tuple of StatementCheck
        Each has ``statement``, ``status``, ``measured``, ``predicted``, ``confidence``, ``seed``, ``seconds``,
        ``verdict`` with all claims and rows, and ``control``.
    preset : str
        "quick" or "full".
    seed : int
        Of all sweeps.
    version : str
        Of the package that concluded. Rows of a store may come from others: `versions`.
    seconds : float
        On the clock, for all of them.
    """

    checks: tuple[StatementCheck, ...]
    preset: str
    seed: int
    version: str
    seconds: float

    @overload
    def __getitem__(self, i: int | str) -> StatementCheck: ...
    @overload
    def __getitem__(self, i: slice) -> "Sequence[StatementCheck]": ...
    def __getitem__(self, i: Any) -> Any:
        """The i-th check, or that of a name as `extremal.verify` takes it."""
        if isinstance(i, str):
            return self._named(i)
        return self.checks[i]

    def _named(self, name: str) -> StatementCheck:
        from ._registry import choose

        for check in self.checks:
            if check.name == name:
                return check
        wanted = {statement.name for statement in choose(name)}
        if len(wanted) > 1:
            raise KeyError(f"{name!r} is the name of several statements; expected that of one")
        for check in self.checks:
            if check.name in wanted:
                return check
        measured = ", ".join(check.name for check in self.checks) or "nothing"
        raise KeyError(f"{name!r} was not measured; what was: {measured}")

    def __len__(self) -> int:
        return len(self.checks)

    def __iter__(self) -> Iterator[StatementCheck]:
        return iter(self.checks)

    @property
    def counts(self) -> dict[str, int]:
        """How many are supported, contradicted and inconclusive."""
        words = [check.status for check in self.checks]
        return {word: words.count(word) for word in ("supported", "contradicted", "inconclusive")}

    @property
    def versions(self) -> tuple[str, ...]:
        """Versions of the package that computed the rows, those of the controls included."""
        return tuple(sorted({word for check in self.checks for word in versions_of(check)}))

    def to_frame(self) -> "pd.DataFrame":
        """
        Tabulate the claims.

        Returns
        -------
        DataFrame
            One row a claim: ``statement``, ``verdict`` (of the statement), the attributes of `statements.Claim`, and
            ``control`` (the verdict on the case that must fail).
        """
        import pandas as pd

        columns = ["statement", "verdict", *Claim.__dataclass_fields__, "control"]
        tables = [pd.DataFrame(columns=columns)] if not self.checks else []
        for check in self.checks:
            table = check.verdict.to_frame()
            table.insert(0, "statement", check.statement)
            table.insert(1, "verdict", check.status)
            table["control"] = None if check.control is None else check.control.status
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def to_json(self) -> dict[str, Any]:
        """
        Give everything but the rows as plain values.

        Returns
        -------
        dict
            Numbers that are not finite are None.
        """
        return {
            "extremal": self.version,
            "versions": list(self.versions),
            "preset": self.preset,
            "seed": self.seed,
            "seconds": self.seconds,
            "counts": self.counts,
            "statements": [check.to_json() for check in self.checks],
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """
        Write the report: one HTML file that needs no network.

        Parameters
        ----------
        path : str or path
            Such as "report.html"; a file that is there is replaced.
        """
        from ..report import write_report

        write_report(self, path)

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {word}" for word, count in self.counts.items() if count)
        width = max((len(check.statement) for check in self.checks), default=0)
        number = "1 statement" if len(self) == 1 else f"{len(self)} statements"
        lines = [f"{number}, preset {self.preset}, seed {self.seed}, {self.seconds:.0f} s: {counts}"]
        lines[0] += "" if set(self.versions) <= {self.version} else f"; {origin(self.versions, self.version)}"
        for check in self.checks:
            control = "" if check.control is None else f"  control {check.outcome}"
            lines.append(f"  {check.statement:<{width}}  {check.status:<12}{control}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head, *_ = repr(self).split("\n")
        rows = [(check.statement, check.status, check.outcome) for check in self.checks]
        return heading(head) + rows_table(("statement", "verdict", "control"), rows)


def versions_of(check: StatementCheck) -> set[str]:
    """Versions of the package that computed the rows of a check and of its control."""
    results = [result for result in (check.result, check.counter) if result is not None]
    tables = [getattr(result, "verdict", result).table for result in results]
    return {str(word) for table in tables if "version" in table for word in table["version"].dropna()}


def origin(versions: Sequence[str], version: str) -> str:
    """Say that rows are of other versions than the one that concluded."""
    return f"rows of version {', '.join(versions)}, this is {version}"
