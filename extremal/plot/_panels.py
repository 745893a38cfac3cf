"""Figures of several verdicts, side by side, into a file: without a display and without pyplot."""

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

from ..data._arguments import did_you_mean
from ..errors import InvalidValueError
from ._concentration import plot_rate, plot_tail
from ._convergence import plot_counts, plot_distance
from ._save import DPI

__all__ = ["save_concentration"]

PANELS: dict[str, Callable[..., Any]] = {
    "rate": plot_rate,
    "tails": plot_tail,
    "counts": plot_counts,
    "distance": plot_distance,
}
# Width and height of one panel, in inches.
WIDTH, HEIGHT = 5.6, 4.4
# More panels than this stand in two columns.
IN_A_ROW = 3


def save_concentration(verdicts: Mapping[str, Any], *, path: str | PathLike[str]) -> None:
    """
    Draw verdicts side by side into a file, without a display.

    Parameters
    ----------
    verdicts : dict from str to Verdict
        The verdicts by panel: "rate" of ``theorem_3_1``, "tails" of ``theorem_d1``, "counts" of ``extremal_counts``,
        "distance" of ``proposition_3_1``, all of `extremal.statements`.
    path : str or path
        The file; its suffix is the format: png, svg, pdf.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        There is no panel, or none of that name; the verdict is on another statement.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from extremal.plot import save_concentration
    >>> from extremal.statements import extremal_counts
    >>> verdict = extremal_counts(n=(10, 100), d=2, repetitions=5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "figure.svg"
    ...     save_concentration({"counts": verdict}, path=path)
    ...     path.exists()
    True
    """
    from matplotlib.figure import Figure

    unknown = [name for name in verdicts if name not in PANELS]
    if unknown or not verdicts:
        given = f"the panel {unknown[0]!r}" if unknown else "no verdict"
        hint = did_you_mean(unknown[0], PANELS) if unknown else ""
        raise InvalidValueError(f"verdicts has {given}; expected one or more of {', '.join(PANELS)}{hint}")
    columns = min(len(verdicts), IN_A_ROW if len(verdicts) <= IN_A_ROW else 2)
    rows = -(-len(verdicts) // columns)
    figure = Figure(figsize=(WIDTH * columns, HEIGHT * rows), layout="constrained")
    for (name, verdict), ax in zip(verdicts.items(), figure.subplots(rows, columns, squeeze=False).flat, strict=True):
        PANELS[name](verdict, ax=ax)
    figure.savefig(path, dpi=DPI)
