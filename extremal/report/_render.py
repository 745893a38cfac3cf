"""The report as text: what is shown is prepared here, and arranged by the template."""

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..errors import InvalidTypeError
from ..verification import Verification
from ..verification._statement import GROUPS
from ._sections import Section, sections
from ._words import duration, joined, number

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["render"]

TEMPLATE = "report.html.jinja"
# A verdict is told by its sign and its word, and its colour comes last.
SIGNS = {"supported": "✓", "contradicted": "✗", "inconclusive": "?"}

# Δ_n, β_{n,+} and x^(1/2), as formulas are written in plain text; the letter before stands alone, as in no Python name.
SUBSCRIPT = re.compile(r"(?<!\w)(\w)_(?:\{([^{}]*)\}|(OLS|[^\W_]|[±+−])(?!\w))")
# The hyphen before a number is a minus sign.
MINUS = re.compile(r"(?<![\w)-])-(?=\d)")
SUPERSCRIPT = re.compile(r"(?<=[\w)‖\]>])\^(?:\(([^()]*)\)|(\w+))")


def render(verification: Verification) -> str:
    """
    Give the report of a verification as the text of an HTML page.

    Parameters
    ----------
    verification : Verification
        From `extremal.verify`.

    Returns
    -------
    str
        The page. It needs no network and no JavaScript.

    Raises
    ------
    InvalidTypeError
        `verification` is none.

    Examples
    --------
    >>> import extremal
    >>> from extremal.report import render
    >>> page = render(extremal.verify("lemma-c.1", controls=False))
    >>> '<section id="lemma-c.1"' in page
    True
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    if not isinstance(verification, Verification):
        raise InvalidTypeError(
            f"verification is of type {type(verification).__name__}; expected what extremal.verify returns"
        )
    # every value is escaped but the figures, whose words are escaped where they are made
    environment = Environment(
        loader=FunctionLoader(lambda name: files(__package__).joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["formula"] = _formula
    found = sections(verification)
    return environment.get_template(TEMPLATE).render(
        facts=_facts(verification),
        counts=verification.counts,
        groups=_grouped(found),
        sections=found,
        signs=SIGNS,
        version=verification.version,
    )


def _facts(verification: Verification) -> list[tuple[str, str]]:
    confidence = joined(check.confidence for check in verification)
    return [
        ("Preset", verification.preset),
        ("Seed", number(verification.seed)),
        ("Confidence", f"{confidence} for each statement" if confidence else "–"),
        ("Version", f"extremal {verification.version}{_others(verification)}"),
        ("Time", duration(verification.seconds)),
    ]


def _others(verification: Verification) -> str:
    """Other versions that rows are from, out of a store."""
    others = [word for word in verification.versions if word != verification.version]
    return f", rows of {', '.join(others)}" if others else ""


def _grouped(found: list[Section]) -> list[tuple[str, list[Section]]]:
    """Those of each group, in the order of the paper."""
    names: dict[str, Any] = dict.fromkeys([*GROUPS, *(section.group for section in found)])
    grouped = [(name, [section for section in found if section.group == name]) for name in names]
    return [(name, members) for name, members in grouped if members]


def _formula(text: str) -> "Markup":
    """Escape a text, and raise and lower what formulas raise and lower."""
    from markupsafe import Markup, escape

    safe = SUBSCRIPT.sub(
        lambda found: f"{found[1]}<sub>{found[2] or found[3]}</sub>", MINUS.sub("−", str(escape(text)))
    )
    return Markup(SUPERSCRIPT.sub(lambda found: f"<sup>{found[1] or found[2]}</sup>", safe))
