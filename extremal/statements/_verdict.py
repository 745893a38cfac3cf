"""A verdict on a numbered statement: its claims, and the rows that they come from."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ..data._html import heading, rows_table
from ..data._json import plain
from ._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim
from ._settings import Settings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Verdict", "conclude"]


@dataclass(frozen=True, eq=False, repr=False)
class Verdict:
    """
    What a statement's check found.

    "inconclusive" is neither true nor false: compare `status` with a word, and do not use the verdict as a condition.

    Attributes
    ----------
    statement : str
        Its number in the paper, such as "Theorem 3.1".
    status : str
        "supported", "contradicted" or "inconclusive".
    claims : tuple of Claim
        What it rests on; their intervals hold jointly.
    table : DataFrame
        One row a repetition, as `extremal.sweep` returns it.
    summary : DataFrame
        One row for each (d, n), and δ where there is one; intervals hold one by one.
    law : str
        The law of the samples.
    seed : int
        Of the sweep.
    confidence : float
        Of all claims together, and of each interval of `summary` alone.
    seconds : float
        Measured.
    fits : DataFrame or None
        Slopes by dimension, for rates.
    thresholds : DataFrame or None
        n*(ε) by dimension, for Proposition 3.1.
    """

    statement: str
    status: str
    claims: tuple[Claim, ...]
    table: "pd.DataFrame" = field(repr=False)
    summary: "pd.DataFrame" = field(repr=False)
    law: str
    seed: int
    confidence: float
    seconds: float
    fits: "pd.DataFrame | None" = None
    thresholds: "pd.DataFrame | None" = None

    @property
    def measured(self) -> dict[str, float]:
        """The estimates by the names of their claims."""
        return {claim.name: claim.measured for claim in self.claims}

    @property
    def predicted(self) -> dict[str, str]:
        """The predictions by the names of their claims."""
        return {claim.name: claim.predicted for claim in self.claims}

    def to_frame(self) -> "pd.DataFrame":
        """
        Tabulate the claims.

        Returns
        -------
        DataFrame
            One row a claim, with the attributes of `Claim` as columns.
        """
        import pandas as pd

        names = list(Claim.__dataclass_fields__)
        return pd.DataFrame([[getattr(claim, name) for name in names] for claim in self.claims], columns=names)

    def to_json(self) -> dict[str, Any]:
        """
        Give the verdict as plain values, without the rows of `table`.

        Returns
        -------
        dict
            statement, status, law, seed, confidence and seconds; claims, summary, fits and thresholds as lists of
            rows, the last two None where there are none.
        """
        names = ("statement", "status", "law", "seed", "confidence", "seconds")
        tables = ("summary", "fits", "thresholds")
        return {
            **{name: plain(getattr(self, name)) for name in names},
            "claims": [plain(asdict(claim)) for claim in self.claims],
            **{name: plain(getattr(self, name)) for name in tables},
        }

    def _repr_html_(self) -> str:
        rows = [
            (
                claim.name,
                claim.status,
                f"{claim.measured:.3g}",
                f"[{claim.low:.3g}, {claim.high:.3g}]",
                claim.predicted,
            )
            for claim in self.claims
        ]
        run = f"{len(self.table)} rows, seed {self.seed}, {self.confidence:.3g} confidence, {self.seconds:.1f} s"
        return heading(f"{self.statement}: {self.status}", self.law, run) + rows_table(
            ("claim", "verdict", "measured", "interval", "predicted"), rows
        )

    def __repr__(self) -> str:
        head = f"{self.statement}: {self.status} ({len(self.table)} rows, {self.seconds:.1f} s, seed {self.seed})"
        width = max((len(claim.name) for claim in self.claims), default=0)
        lines = [head, f"  {self.law}"]
        for claim in self.claims:
            numbers = f"{claim.measured:.3g} [{claim.low:.3g}, {claim.high:.3g}]"
            lines.append(f"  {claim.name:<{width}}  {claim.status:<12}  {numbers:<24}  predicted {claim.predicted}")
        return "\n".join(lines)


def conclude(
    statement: str,
    settings: Settings,
    claims: Sequence[Claim],
    table: "pd.DataFrame",
    summary: "pd.DataFrame",
    fits: "pd.DataFrame | None" = None,
    thresholds: "pd.DataFrame | None" = None,
) -> Verdict:
    """Put a verdict together."""
    found = {claim.status for claim in claims}
    if CONTRADICTED in found:
        status = CONTRADICTED
    else:
        status = SUPPORTED if found == {SUPPORTED} else INCONCLUSIVE
    seconds = time.perf_counter() - settings.start
    return Verdict(
        statement,
        status,
        tuple(claims),
        table,
        summary,
        settings.law_repr,
        settings.seed,
        settings.confidence,
        seconds,
        fits,
        thresholds,
    )
