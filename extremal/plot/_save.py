"""Figures into files, without a display and without pyplot."""

from os import PathLike
from typing import Any

from numpy.typing import ArrayLike

from ..data import Dataset
from ._extremal import data_of, figure_size, plot_extremal

__all__ = ["save_extremal"]

# Dots an inch, for files that have pixels.
DPI = 150


def save_extremal(
    res: Any, X: ArrayLike | Dataset | None = None, y: ArrayLike | None = None, *, path: str | PathLike[str]
) -> None:
    """
    Draw extremal vectors into a file, without a display.

    Parameters
    ----------
    res : result of ``extremal.find``
        The extremal vectors.
    X : array_like of shape (n, d), or Dataset, optional
        The samples that they belong to. By default those that the result carries.
    y : array_like of shape (n,), optional
        The labels; None if X is a Dataset.
    path : str or path
        The file; its suffix is the format: png, svg, pdf.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As for `plot_extremal`.
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import extremal
    >>> from extremal.data import three_points
    >>> from extremal.plot import save_extremal
    >>> data = three_points()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "figure.svg"
    ...     save_extremal(extremal.find(data, data.y), path=path)
    ...     path.exists()
    True
    """
    from matplotlib.figure import Figure

    data = data_of(res, X, y)
    # no pyplot: the canvas is Agg's or the file's
    figure = Figure(figsize=figure_size(data.d, len(res)), layout="constrained")
    plot_extremal(res, data, ax=figure.subplots())
    figure.savefig(path, dpi=DPI)
