"""Results in notebooks: small tables of text, without colours of their own, so that they suit light and dark pages.

Every word is escaped: names of columns and laws come from outside.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

__all__ = ["heading", "pairs_table", "rows_table"]

# Notebooks put text to the right, as if it were numbers.
_LEFT = ' style="text-align: left"'


def heading(text: str, *lines: str) -> str:
    """
    Write a title in bold, and lines below it.

    Parameters
    ----------
    text : str
        The title.
    *lines : str
        The lines, empty ones left out.

    Returns
    -------
    str
        A paragraph of HTML.
    """
    return f"<p>{'<br>'.join([f'<b>{escape(text)}</b>', *(escape(line) for line in lines if line)])}</p>"


def pairs_table(pairs: Iterable[tuple[str, Any]]) -> str:
    """
    Write what is called how: one row a pair.

    Parameters
    ----------
    pairs : iterable of (str, object)
        Names and what they stand for, written by `str`.

    Returns
    -------
    str
        A table of HTML.

    Examples
    --------
    >>> from extremal.data._html import pairs_table
    >>> pairs_table([("a < b", 1)])
    '<table><tr><th style="text-align: left">a &lt; b</th><td style="text-align: left">1</td></tr></table>'
    """
    rows = "".join(
        f"<tr><th{_LEFT}>{escape(name)}</th><td{_LEFT}>{escape(str(value))}</td></tr>" for name, value in pairs
    )
    return f"<table>{rows}</table>"


def rows_table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """
    Write a table with a head.

    Parameters
    ----------
    names : sequence of str
        The columns.
    rows : iterable of sequences
        The cells of each row, written by `str`.

    Returns
    -------
    str
        A table of HTML.
    """
    head = "".join(f"<th{_LEFT}>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td{_LEFT}>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
