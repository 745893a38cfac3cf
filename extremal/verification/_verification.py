"""All checks of a call of `verify`."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from ._check import StatementCheck

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Verification"]


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
        Of the package.
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
            from ._registry import choose

            (wanted,) = choose(i)
            return next(check for check in self.checks if check.source is wanted)
        return self.checks[i]

    def __len__(self) -> int:
        return len(self.checks)

    def __iter__(self) -> Iterator[StatementCheck]:
        return iter(self.checks)

    @property
    def counts(self) -> dict[str, int]:
        """How many are supported, contradicted and inconclusive."""
        words = [check.status for check in self.checks]
        return {word: words.count(word) for word in ("supported", "contradicted", "inconclusive")}

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

        tables = []
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
        lines = [f"{len(self)} statements, preset {self.preset}, seed {self.seed}, {self.seconds:.0f} s: {counts}"]
        for check in self.checks:
            control = "" if check.control is None else f"  control {'fails' if check.fails else 'PASSES'}"
            lines.append(f"  {check.statement:<{width}}  {check.status:<12}{control}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        head, *_ = repr(self).split("\n")
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(check.statement)}</td><td>{check.status}</td>"
            f"<td>{'' if check.control is None else check.control.status}</td></tr>"
            for check in self.checks
        )
        return (
            f"<p>{escape(head)}</p><table><thead><tr><th>statement</th><th>verdict</th><th>control</th>"
            f"</tr></thead><tbody>{rows}</tbody></table>"
        )
