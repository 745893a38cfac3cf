"""A statement that has been checked: its verdict, and that of the control."""

from dataclasses import dataclass, replace
from typing import Any

from ..statements import Claim, Verdict
from ..statements._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from ..sweeps._tasks import FAILED
from ._statement import Statement

__all__ = ["StatementCheck", "narrowed"]

# Claims that are no part of a statement's conclusion.
HYPOTHESES = ("hypothesis", "initial weights", "moments", "rows", "runs")

# What a control does, by its verdict.
OUTCOMES = {CONTRADICTED: "fails", SUPPORTED: "passes", INCONCLUSIVE: "inconclusive"}


@dataclass(frozen=True, eq=False, repr=False)
class StatementCheck:
    """
    A statement that has been checked.

    Attributes
    ----------
    source : Statement
        What it says, and how it was measured.
    result : Verdict or Experiment
        Of the check.
    counter : Verdict, Experiment or None
        Of the control, the case in which it must fail; None if it was left out.
    seed : int
        Of the sweeps.
    """

    source: Statement
    result: Any
    counter: Any
    seed: int

    @property
    def name(self) -> str:
        """For the command line, such as "theorem-3.1"."""
        return self.source.name

    @property
    def statement(self) -> str:
        """Such as "Theorem 3.1"."""
        return self.source.title

    @property
    def verdict(self) -> Verdict:
        """The claims that belong to the statement, and what they rest on."""
        return narrowed(getattr(self.result, "verdict", self.result), self.source, HYPOTHESES)

    @property
    def control(self) -> Verdict | None:
        """
        The same claims where they must fail; None if the control was left out.

        That a hypothesis does not hold there does not count: it is what is measured that has to fail. A setting that is
        too small to speak against the paper is large enough to show that the check can fail: there what the interval
        excludes is contradicted. A control with a row that crashed is inconclusive.
        """
        if self.counter is None:
            return None
        verdict = getattr(self.counter, "verdict", self.counter)
        hard = tuple(replace(c, status=CONTRADICTED, softened=False) if c.softened else c for c in verdict.claims)
        found = narrowed(replace(verdict, claims=hard), self.source)
        return replace(found, status=INCONCLUSIVE) if (found.table["status"] == FAILED).any() else found

    @property
    def outcome(self) -> str:
        """
        What the control does: "fails", as it must, "passes", "inconclusive", or "left out".

        It fails if the interval of one of its claims excludes what is predicted.
        """
        return "left out" if self.control is None else OUTCOMES[self.control.status]

    @property
    def fails(self) -> bool | None:
        """Whether the control fails, as it must; None if it is inconclusive or was left out."""
        return {"fails": True, "passes": False}.get(self.outcome)

    @property
    def status(self) -> str:
        """That of the verdict; but "inconclusive" if the control does not fail: then the check shows nothing."""
        return self.verdict.status if self.outcome in ("fails", "left out") else INCONCLUSIVE

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What the verdict rests on."""
        return self.verdict.claims

    @property
    def key(self) -> Claim:
        """The claim that decides: the first with the worst status, one of the statement's own if there is one."""
        worst = (CONTRADICTED, INCONCLUSIVE, SUPPORTED)
        return min(self.claims, key=lambda claim: (worst.index(claim.status), claim.name in HYPOTHESES))

    @property
    def measured(self) -> dict[str, float]:
        """The estimates by the names of their claims."""
        return self.verdict.measured

    @property
    def predicted(self) -> dict[str, str]:
        """The predictions by the names of their claims."""
        return self.verdict.predicted

    @property
    def confidence(self) -> float:
        """Of all claims together."""
        return self.verdict.confidence

    @property
    def seconds(self) -> float:
        """What the rows of the check and its control took, added up; statements that share rows have them in common."""
        tables = [verdict.table for verdict in (self.verdict, self.control) if verdict is not None]
        return float(sum(table["seconds"].sum() for table in tables))

    def to_json(self) -> dict[str, Any]:
        """
        Give everything but the rows as plain values.

        Returns
        -------
        dict
            Numbers that are not finite are None.
        """
        verdict = self.verdict.to_json()
        return {
            "name": self.name,
            "statement": self.statement,
            "group": self.source.group,
            "text": self.source.text,
            "status": self.status,
            **{name: verdict[name] for name in ("law", "claims", "confidence", "summary", "fits", "thresholds")},
            "rows": len(self.verdict.table),
            "seed": self.seed,
            "seconds": self.seconds,
            "control": None if self.control is None else self._control(),
        }

    def _control(self) -> dict[str, Any]:
        assert self.control is not None
        return {
            "words": self.source.control.words,
            "status": self.control.status,
            "fails": self.fails,
            "claims": self.control.to_json()["claims"],
        }

    def __repr__(self) -> str:
        lines = repr(self.verdict).split("\n")
        lines[0] = lines[0].replace(self.verdict.status, self.status, 1)
        if self.control is not None:
            more = "as it must" if self.fails else "so that the check shows nothing"
            lines.append(f"  control: {self.source.control.words}: {self.outcome}, {more}")
        return "\n".join(lines)


def narrowed(verdict: Verdict, statement: Statement, general: tuple[str, ...] = ()) -> Verdict:
    """
    Leave out the claims of other statements, and those that belong to no one unless they are named.

    Parameters
    ----------
    verdict : Verdict
        Of a check that several statements share.
    statement : Statement
        The one to keep.
    general : tuple of str
        Claims to keep that belong to no statement.

    Returns
    -------
    Verdict
        With the status of what is left; inconclusive if no claim is the statement's own.
    """
    own = [claim for claim in verdict.claims if _belongs(claim.name, statement.part)]
    claims = tuple(claim for claim in verdict.claims if claim in own or claim.name in general)
    found = {claim.status for claim in claims} if own else set()
    status = CONTRADICTED if CONTRADICTED in found else SUPPORTED if found == {SUPPORTED} else INCONCLUSIVE
    return replace(verdict, statement=statement.title, claims=claims, status=status)


def _belongs(name: str, part: tuple[str, ...]) -> bool:
    if not part:
        return name not in HYPOTHESES
    return any(name == p or name.startswith(f"{p},") for p in part)
