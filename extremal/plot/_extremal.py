"""The figure of a result: which of the pictures fits its dimension."""

from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from ..data import Dataset, as_dataset
from ..errors import InvalidTypeError
from ._plane import draw_plane
from ._points import points_of
from ._spectrum import draw_spectrum
from ._sphere import draw_sphere

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["data_of", "figure_size", "plot_extremal"]


def plot_extremal(
    res: Any,
    X: ArrayLike | Dataset | None = None,
    y: ArrayLike | None = None,
    *,
    ax: "Axes | None" = None,
    **kwargs: Any,
) -> "Axes":
    """
    Draw extremal vectors: on the unit disc (d = 2), on the unit sphere (d = 3), or as a spectrum.

    Parameters
    ----------
    res : result of ``extremal.find``
        The extremal vectors, k of them.
    X : array_like of shape (n, d), or Dataset, optional
        The samples that they belong to. By default those that the result carries.
    y : array_like of shape (n,), optional
        The labels; None if X is a Dataset.
    ax : matplotlib Axes, optional
        Where to draw; a colour bar takes part of its place. By default a new figure of its own.
    **kwargs
        Passed on to ``Axes.scatter`` for the markers, such as ``s`` for their size.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        `X` and `y` are not valid data, or `res` belongs to another dimension.

    See Also
    --------
    plot_subdifferential : the Clarke subdifferential at one point.

    Notes
    -----
    For d = 2 and d = 3 the activation cones have the colour of G_n on the unit sphere, the data hyperplanes are thin
    lines, and each vector is drawn at w with the marker of its kind. The sphere is drawn by two charts that preserve
    area, w_3 ≥ 0 on the left, both seen from outside. In any other dimension the critical values G_n(w) stand in
    descending order, over the matrix of the cosines between the vectors D.

    Examples
    --------
    >>> import extremal
    >>> from matplotlib.figure import Figure
    >>> from extremal.data import three_points
    >>> from extremal.plot import plot_extremal
    >>> data = three_points()
    >>> ax = plot_extremal(extremal.find(data, data.y), ax=Figure().subplots())
    >>> ax.get_xlabel()
    '$w_1$ (x)'
    """
    data = data_of(res, X, y)
    points = points_of(res, data.d)
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=figure_size(data.d, len(points)), layout="constrained")[1]
    draw = {2: draw_plane, 3: draw_sphere}.get(data.d, draw_spectrum)
    draw(ax, data, points, kwargs)
    return ax


def data_of(res: Any, X: ArrayLike | Dataset | None, y: ArrayLike | None) -> Dataset:
    """Give the data to draw: what was passed, else what the result carries."""
    if X is None and y is None:
        X = getattr(res, "data", None)
        if not isinstance(X, Dataset):
            raise InvalidTypeError(
                f"res is {type(res).__name__}, without data of its own; expected a result of extremal.find, or X and y"
            )
    if X is None:
        raise InvalidTypeError("X is None and y is not; expected both, or neither")
    return as_dataset(X, y)


def figure_size(d: int, number: int) -> tuple[float, float]:
    """Choose the size of a figure of `number` vectors in dimension d, in inches."""
    if d == 2:
        return 6.4, 6.3
    if d == 3:
        return 9.0, 4.8
    return min(12.0, 6.8 + 0.04 * number), 6.4 if d > 1 and number > 1 else 4.0
