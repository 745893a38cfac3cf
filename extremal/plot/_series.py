"""What the figures of verdicts share: rows by dimension, a line with its band, axes with readable ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidTypeError
from ._style import SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Series", "draw_band", "finish", "label_sizes", "make_axes", "rows_by_dimension", "scale_values"]

# Two labels on a logarithmic axis are at least this share of it apart.
APART = 0.075
# An axis that spans less than this factor has linear ticks, even if it is logarithmic.
NARROW = 8.0


@dataclass(frozen=True, eq=False)
class Series:
    """
    The rows of one dimension, and how to draw them.

    Attributes
    ----------
    d : int
        The dimension.
    marker, colour : str
        Of its markers and lines.
    columns : dict from str to ndarray of shape (m,)
        The columns that were asked for, in ascending order of the first one.
    """

    d: int
    marker: str
    colour: str
    columns: dict[str, NDArray[np.float64]]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return self.columns[name]

    def where(self, chosen: NDArray[np.bool_]) -> "Series":
        """Keep some of the rows."""
        return Series(self.d, self.marker, self.colour, {name: c[chosen] for name, c in self.columns.items()})


def rows_by_dimension(verdict: Any, names: Sequence[str], source: str, frame: str = "summary") -> list[Series]:
    """
    Read a table of a verdict.

    Parameters
    ----------
    verdict : Verdict
        Of the statement `source`.
    names : sequence of str
        The columns besides ``d``; rows are sorted by the first one.
    source : str
        The function that makes such verdicts, for the message.
    frame : str
        The attribute that holds the table.

    Returns
    -------
    list of Series
        One for each dimension, ascending.

    Raises
    ------
    InvalidTypeError
        There is no such table, or it has other columns.
    """
    table = getattr(verdict, frame, None)
    missing = [name for name in ("d", *names) if name not in getattr(table, "columns", ())]
    if missing:
        given = type(verdict).__name__
        if hasattr(verdict, "statement"):
            given = f"the verdict on {verdict.statement!r}"
        raise InvalidTypeError(
            f"verdict is {given}, whose {frame} has no column {missing[0]!r}; expected a verdict of "
            f"extremal.statements.{source}"
        )
    columns: Any = table
    values = {name: np.asarray(columns[name], dtype=np.float64) for name in ("d", *names)}
    found = []
    for i, d in enumerate(np.unique(values["d"])):
        marker, colour = SERIES[i % len(SERIES)]
        rows = np.flatnonzero(values["d"] == d)
        rows = rows[np.argsort(values[names[0]][rows], kind="stable")]
        found.append(Series(int(d), marker, colour, {name: values[name][rows] for name in names}))
    return found


def make_axes(ax: "Axes | None") -> "Axes":
    """Make a figure of its own if there is no Axes."""
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots(figsize=(6.0, 4.6), layout="constrained")[1]
    return ax


def draw_band(ax: "Axes", series: Series, label: str, **kwargs: Any) -> None:
    """Draw the mean against n, and the band of its interval, which stays visible under lines and markers."""
    n, mean, low, high = (series[name] for name in ("n", "mean", "low", "high"))
    band: dict[str, Any] = {"color": series.colour, "alpha": 0.22, "linewidth": 0.0, "zorder": 2}
    ax.fill_between(n, low, high, label=f"_interval, d = {series.d}", **band)
    style: dict[str, Any] = {
        "color": series.colour,
        "marker": series.marker,
        "markersize": 5.5,
        "markeredgecolor": "white",
        "markeredgewidth": 0.6,
        "linewidth": 1.4,
        "zorder": 4,
        "label": label,
    }
    ax.plot(n, mean, **(style | kwargs))


def label_sizes(ax: "Axes", sizes: NDArray[np.float64]) -> None:
    """Make the axis of n logarithmic, with the sizes themselves for ticks, as far as they have room."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ax.set_xlabel("samples n")
    ax.set_xscale("log")
    sizes = np.unique(sizes)
    if not len(sizes):
        return
    room = max(float(np.log(sizes[-1] / sizes[0])), 0.1)
    ax.set_xlim(sizes[0] * np.exp(-0.06 * room), sizes[-1] * np.exp(0.06 * room))
    kept = [sizes[0]]
    for size in sizes[1:]:
        if np.log(size / kept[-1]) >= APART * room:
            kept.append(size)
    ax.xaxis.set_major_locator(FixedLocator(kept))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:g}" if n < 1e6 else f"{n:.0e}"))


def scale_values(axis: Any, low: float, high: float, *, below: float = 0.0, above: float = 0.0) -> None:
    """
    Make a logarithmic axis of values readable.

    Parameters
    ----------
    axis : matplotlib Axis
        The axis of x or of y.
    low, high : float
        Its limits; if they are not positive, the axis stays linear.
    below, above : float
        Room for a legend, relative to the length from `low` to `high`.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    if not 0 < low < high < np.inf:
        return
    set_limits = axis.axes.set_xlim if axis.axis_name == "x" else axis.axes.set_ylim
    (axis.axes.set_xscale if axis.axis_name == "x" else axis.axes.set_yscale)("log")
    low, high = low * (high / low) ** -below, high * (high / low) ** above
    set_limits(low, high)
    if high / low < NARROW:
        axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    else:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high / low < 1e3 else (1.0,)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))


def finish(ax: "Axes", verdict: Any, legend_title: str | None = None, **legend: Any) -> None:
    """Put the verdict into the title, a light grid below everything, and the legend where there is room."""
    ax.set_title(f"{verdict.statement}: {verdict.status}", fontsize=10)
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)
    if ax.get_legend_handles_labels()[1]:
        style: dict[str, Any] = {"loc": "best", "frameon": True, "framealpha": 0.9, "edgecolor": "none"}
        ax.legend(fontsize=8, title=legend_title, title_fontsize=8, alignment="left", **(style | legend))
