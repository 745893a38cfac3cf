"""All statements in the order of the paper, and their names."""

import re
from collections.abc import Iterable

from ..data._arguments import did_you_mean
from ..errors import InvalidTypeError, InvalidValueError
from ._concentration import CONCENTRATION
from ._experiments import EXPERIMENTS
from ._geometry import GEOMETRY
from ._statement import Statement
from ._training import TRAINING

__all__ = ["STATEMENTS", "choose"]

#: All statements, in the order of the paper.
STATEMENTS: tuple[Statement, ...] = GEOMETRY + CONCENTRATION + TRAINING + EXPERIMENTS

# Names of several.
SETS = {
    "lemmas-f": tuple(s for s in STATEMENTS if s.name.startswith("lemma-f.")),
    "figures": EXPERIMENTS,
    "all": STATEMENTS,
}
# What people write for what.
WORDS = {"fig": "figure", "thm": "theorem", "prop": "proposition", "cor": "corollary", "def": "definition", "eq": "eq"}
OTHERS = {"eq19": "two-vectors", "coverscount": "cover", "a4": "appendix-a.4", "smallerrate": "appendix-a.4"}


def choose(statement: str | Iterable[str] | None) -> tuple[Statement, ...]:
    """
    Read the names of statements.

    Parameters
    ----------
    statement : str, iterable of str, or None
        "theorem-3.1", "Theorem 3.1", "thm 3.1" and "D.1" are read as people mean them; "lemmas-f", "figures" and "all"
        stand for several, and None for all.

    Returns
    -------
    tuple of Statement
        In the order of the paper, none of them twice.

    Raises
    ------
    InvalidValueError
        A name that is not known, or is that of several: the message has the nearest, or lists them.
    InvalidTypeError
        Not a name.
    """
    if statement is None:
        return STATEMENTS
    expected = "expected a name such as 'theorem-3.1', or None for all"
    try:
        names = [statement] if isinstance(statement, str) else list(statement)
    except TypeError as error:
        shown = f"the Statement {statement.name!r}" if isinstance(statement, Statement) else repr(statement)
        raise InvalidTypeError(f"statement is {shown} of type {type(statement).__name__}; {expected}") from error
    chosen: set[str] = set()
    for name in names:
        if not isinstance(name, str):
            shown = f"the Statement {name.name!r}" if isinstance(name, Statement) else repr(name)
            raise InvalidTypeError(f"statement is {shown}; {expected}")
        chosen.update(found.name for found in _named(name))
    if not chosen:
        raise InvalidValueError(f"no statement was named; {expected}")
    return tuple(s for s in STATEMENTS if s.name in chosen)


def _named(name: str) -> tuple[Statement, ...]:
    known = [s.name for s in STATEMENTS] + list(SETS)
    key = _key(name)
    if not key:
        raise InvalidValueError(f"statement is {name!r}, which names nothing; expected one of {', '.join(known)}")
    for word, several in SETS.items():
        if key == _key(word):
            return several
    full = {_key(s.name): s for s in STATEMENTS} | {_key(s.title): s for s in STATEMENTS}
    full |= {word: full[_key(other)] for word, other in OTHERS.items()}
    if key in full:
        return (full[key],)
    # a number alone, such as 4.1 or F.3, if it belongs to one statement
    matches = [s for s in STATEMENTS if _key(s.name.partition("-")[2]) == key]
    if len(matches) == 1:
        return (matches[0],)
    if matches:
        words = " or ".join(repr(s.name) for s in matches)
        raise InvalidValueError(f"statement {name!r} is the number of several; expected {words}")
    raise InvalidValueError(f"statement is {name!r}{did_you_mean(name, known)}; expected one of {', '.join(known)}")


def _key(name: str) -> str:
    """Lower case letters and digits, words spelled out."""
    letters = re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
    letters = re.sub(r"([a-z])(\d)", r"\1 \2", letters)
    return "".join(WORDS.get(word, word) for word in letters.split())
