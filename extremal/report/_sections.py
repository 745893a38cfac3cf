"""What a report shows of each statement, as words: the template only arranges them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..statements import Claim, Verdict
from ..verification import StatementCheck, Verification
from ..verification._verification import versions_of
from ._figures import Picture, draw
from ._words import DASH, duration, interval, joined, number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Claimed", "Section", "Table", "sections"]

# Ids that the template gives to parts of the page.
TAKEN = ("main", "statements", "contents", "references")


@dataclass(frozen=True)
class Claimed:
    """A claim in words."""

    name: str
    status: str
    measured: str
    interval: str
    predicted: str
    reason: str


@dataclass(frozen=True)
class Table:
    """A table in words, with a title."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """
    A statement in words.

    Attributes
    ----------
    id, name, title, group, text, status, seconds, picture, setting, claims, tables, shell, python
        What is shown; `setting` has pairs of names and values, `shell` and `python` say how to do it again.
    key : Claimed or None
        The claim that decides.
    control : str
        "fails", "passes", "inconclusive" or "left out".
    changed : str
        What is different in the control.
    control_status : str
        The verdict on it.
    control_claims : tuple of Claimed
        Of the control.
    """

    id: str
    name: str
    title: str
    group: str
    text: str
    status: str
    seconds: str
    key: Claimed | None
    picture: Picture
    setting: tuple[tuple[str, str], ...]
    claims: tuple[Claimed, ...]
    tables: tuple[Table, ...]
    control: str
    changed: str
    control_status: str
    control_claims: tuple[Claimed, ...]
    shell: str
    python: str


def sections(verification: Verification) -> list[Section]:
    """
    Put all statements into words.

    Parameters
    ----------
    verification : Verification
        From `extremal.verify`.

    Returns
    -------
    list of Section
        In the same order.
    """
    taken = set(TAKEN)
    found = []
    for i, check in enumerate(verification):
        found.append(_section(check, _identifier(check.name, taken), f"figure{i}-", verification))
        taken.update((found[-1].id, f"{found[-1].id}-title"))
    return found


def _identifier(name: str, taken: set[str]) -> str:
    """The name itself, if it can be an id and no other has it; nor the id that the template makes of it."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "statement"
    plain = plain if plain[0].isalpha() else f"statement-{plain}"
    candidates = (plain, *(f"{plain}-{i}" for i in range(2, len(taken) + 3)))
    return next(word for word in candidates if not {word, f"{word}-title"} & taken)


def _section(check: StatementCheck, identifier: str, prefix: str, verification: Verification) -> Section:
    verdict, control, preset = check.verdict, check.control, verification.preset
    return Section(
        id=identifier,
        name=check.name,
        title=check.statement,
        group=check.source.group,
        text=check.source.text,
        status=check.status,
        seconds=duration(check.seconds),
        key=_claimed(check.key) if check.claims else None,
        picture=draw(check, prefix),
        setting=_setting(check, verification),
        claims=tuple(map(_claimed, check.claims)),
        tables=tuple(_tables(verdict)),
        control=check.outcome,
        changed=check.source.control.words,
        control_status="" if control is None else control.status,
        control_claims=() if control is None else tuple(map(_claimed, control.claims)),
        shell=f"extremal verify {check.name} --preset {preset} --seed {check.seed}",
        python=f'extremal.verify("{check.name}", preset="{preset}", seed={check.seed})',
    )


def _claimed(claim: Claim) -> Claimed:
    ends = interval(claim.low, claim.high)
    name = claim.name.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    return Claimed(name, claim.status, number(claim.measured), ends, claim.predicted, claim.reason)


def _setting(check: StatementCheck, verification: Verification) -> tuple[tuple[str, str], ...]:
    verdict, rows, now = check.verdict, versions_of(check), verification.version
    pairs = [("Law", verdict.law)]
    for name, column in (("Samples n", "n"), ("Dimension d", "d")):
        if column in verdict.table:
            pairs.append((name, joined(verdict.table[column])))
    pairs += [
        ("Runs", f"{len(verdict.table)} rows"),
        ("Rows of version", "" if rows <= {now} else f"{', '.join(sorted(rows))}; the verdict is of {now}"),
        ("Seed", str(check.seed)),
        ("Confidence", f"{number(check.confidence)} for all claims together"),
        ("Time", f"{duration(check.seconds)} of computing, with the control"),
        ("Measured by", _call(check, verification.preset)),
    ]
    return tuple((name, value) for name, value in pairs if value)


def _call(check: StatementCheck, preset: str) -> str:
    """The call behind a check, such as theorem_3_1(n=(50, 200), seed=0)."""
    measurement = check.source.measurement
    given = {**measurement.arguments(preset), "seed": check.seed}
    words = ", ".join(f"{name}={getattr(value, '__name__', None) or repr(value)}" for name, value in given.items())
    room = ".".join(measurement.function.__module__.split(".")[:2])
    return f"{room}.{measurement.function.__name__}({words})"


def _tables(verdict: Verdict) -> Iterable[Table]:
    for title, frame in (
        ("Summary", verdict.summary),
        ("Slopes", verdict.fits),
        ("Thresholds", verdict.thresholds),
    ):
        if frame is not None and len(frame.columns):
            yield _table(title, frame)


def _table(title: str, frame: "pd.DataFrame") -> Table:
    columns = [_cells(frame.iloc[:, i].tolist()) for i in range(frame.shape[1])]
    names = tuple(str(name).replace("_", " ") for name in frame.columns)
    return Table(title, names, tuple(zip(*columns, strict=True)))


def _cells(values: Sequence[Any]) -> list[str]:
    return [number(value) or DASH for value in values]
