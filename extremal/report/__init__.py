"""The report of a `Verification`: one HTML file that says what was checked, what was found and how to do it again.

`write_report` writes the file and `render` returns its text. It needs no network and no JavaScript: style and figures
are in it. jinja2 and matplotlib are imported when one of them is called.
"""

from ._render import render
from ._write import write_report

__all__ = ["render", "write_report"]
