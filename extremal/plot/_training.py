r"""A run of the gradient flow against time: its loss and gradient, and the sizes and directions of its neurons."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import as_directions
from ..data._arguments import as_choice
from ..errors import InvalidValueError
from ._clock import Mark, check_trajectory, clock_of, draw_marks, marks_of
from ._history import History, history_of, leading_pair, norms_and_units, vectors_of
from ._series import make_axes, scale_values
from ._style import KINDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GRADIENT", "LOSS", "NEURONS", "SIGNS", "TIMES", "draw_neurons", "plot_loss", "plot_neurons"]

LOSS, GRADIENT = "#0072B2", "#E69F00"
# sign of a_j: colour, words; positive neurons climb to maxima and negative ones descend to minima
SIGNS = {1: (KINDS["maximum"][1], "$a_j > 0$"), -1: (KINDS["minimum"][1], "$a_j < 0$"), 0: ("#666666", "$a_j = 0$")}
QUANTITIES = {"norms": "$\\|w_j\\|$", "sizes": "$|a_j|\\,\\|w_j\\|$", "cosines": "$\\cos(w_j, D_\\pm)$"}
# Times at which neurons are looked at, and neurons of which quantiles are taken.
TIMES, NEURONS = 120, 2000
# Up to so many neurons of one sign have a line each.
FEW = 12
# The bands hold these shares of the neurons.
BANDS = ((0.9, 0.16), (0.5, 0.28))
# Losses below this share of the largest are drawn at it: what is left of an interpolated loss is rounding.
LEAST = 1e-16
# Room for a line of the legend, relative to the height of what is drawn.
LEGEND = 0.06


def plot_loss(trajectory: Any, *, phases: Any = None, ax: "Axes | None" = None) -> "Axes":
    r"""
    Draw the loss and the gradient of a run against time, with its phases.

    Parameters
    ----------
    trajectory : Trajectory
        From `extremal.flow`.
    phases : Phases, or sequence of (time, label), optional
        What `extremal.training.phases` measured, or other moments to mark, with their times in the legend; empty for
        none. By default the time by which 95 % of the hyperplanes had been met that were met before half of the loss
        was gone, and the time at which it was.
    ax : matplotlib Axes, optional
        Where to draw; the gradient has an axis of its own on the right. By default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the loss. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        `trajectory` is not a run, or `phases` are not pairs of a time and a text.

    Notes
    -----
    Both vertical axes are logarithmic. The gradient is the least element of the Clarke gradient, relative to its peak.
    Time is linear, and logarithmic after twice the time at which half of the loss is gone if the run is much longer.

    Examples
    --------
    >>> import extremal
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_loss
    >>> run = extremal.flow([[1.0], [-1.0]], [1.0, 0.5], width=4, scale=0.1, rng=0)
    >>> plot_loss(run, ax=Figure().subplots()).get_ylabel()
    'loss L'
    """
    check_trajectory(trajectory)
    marks = marks_of(trajectory, phases)
    ax = make_axes(ax)
    other = ax.twinx()
    gradients = trajectory.gradients / (trajectory.peak or 1.0)
    # room for two columns of the legend at the bottom, where the curves end
    room = LEGEND * (2 + -(-len(marks) // 2))
    for axes, values, colour, width, name in (
        (ax, trajectory.losses, LOSS, 2.0, "loss L"),
        (other, gradients, GRADIENT, 1.4, "gradient / its peak"),
    ):
        positive = np.where(values > LEAST * values.max(initial=0.0), values, np.nan)
        axes.plot(trajectory.times, positive, color=colour, linewidth=width, label=name, zorder=3)
        axes.set_ylabel(name, color=colour)
        axes.tick_params(axis="y", labelcolor=colour)
        if np.isfinite(positive).any():
            low, high = float(np.nanmin(positive)), float(np.nanmax(positive))
            scale_values(axes.yaxis, 0.8 * low, 1.25 * high, below=room)
    clock_of(trajectory).apply(ax)
    draw_marks(ax, marks)
    # the axes of the gradient would cover the legend and the line of the loss
    ax.set_zorder(other.get_zorder() + 1)
    ax.patch.set_visible(False)
    ax.set_title(f"{trajectory.status.name.replace('_', ' ').lower()} at t = {trajectory.times[-1]:.4g}", fontsize=10)
    _finish(ax, [(line, line.get_label()) for line in other.lines], loc="lower center", ncols=2)
    return ax


def plot_neurons(
    trajectory: Any,
    quantity: str = "norms",
    *,
    directions: ArrayLike | None = None,
    vectors: Any = None,
    phases: Any = None,
    ax: "Axes | None" = None,
    progress: bool = False,
) -> "Axes":
    r"""
    Draw the sizes or the directions of the neurons of a run against time.

    Parameters
    ----------
    trajectory : Trajectory
        From `extremal.flow`; it is gone through once more.
    quantity : {"norms", "sizes", "cosines"}
        ‖w_j‖, or \|a_j\| ‖w_j‖, both on a logarithmic axis, or the cosines of w_j with D₊ where a_j > 0 and with D₋
        where a_j < 0: the extremal vectors at which G_n is largest and least. In early alignment the cosines go to 1
        and to −1.
    directions : array_like of shape (d,) or (2, d), optional
        For "cosines": other directions than D₊ and D₋, such as a teacher's; one alone serves for every neuron.
    vectors : result of ``extremal.find``, optional
        Where D₊ and D₋ are taken from. By default `find` is called.
    phases : Phases, or sequence of (time, label), optional
        Moments to mark, as in `plot_loss`.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.
    progress : bool
        Show a progress bar on stderr once two seconds have passed.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        `trajectory` is not a run, `quantity` is another word, or `directions` have another shape.

    Notes
    -----
    Neurons are told apart by the sign of a_j at the beginning. Up to twelve of one sign have a line each; of more, the
    median and the bands that hold 50 % and 90 % of them are drawn. Of more than 2 000 neurons that many are looked at,
    spread evenly. Neurons with w_j = 0 are left out.

    Examples
    --------
    >>> import extremal
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_neurons
    >>> run = extremal.flow([[1.0], [-1.0]], [1.0, 0.5], width=4, scale=0.1, rng=0)
    >>> plot_neurons(run, "cosines", ax=Figure().subplots()).get_title()
    '4 neurons'
    """
    check_trajectory(trajectory)
    quantity = as_choice(quantity, "quantity", QUANTITIES)
    marks = marks_of(trajectory, phases)
    if directions is not None:
        directions = _as_pair(directions, trajectory.X.shape[1])
    history = history_of(trajectory, number=TIMES, most=NEURONS, progress=progress)
    if quantity == "cosines" and directions is None:
        pair = leading_pair(vectors_of(history, vectors))
    else:
        pair = (None, None) if directions is None else (directions[0], directions[1])
    ax = make_axes(ax)
    draw_neurons(ax, history, quantity, pair, marks, given=directions is not None)
    return ax


def draw_neurons(
    ax: "Axes",
    history: History,
    quantity: str,
    pair: tuple[NDArray[np.float64] | None, NDArray[np.float64] | None],
    marks: list[Mark],
    *,
    given: bool = False,
    times_of_marks: bool = True,
) -> None:
    """Draw a quantity of the neurons of a history; `pair` is D_+ and D_-, or what was `given` in their place."""
    history = history.fewer(NEURONS)
    norms, units = norms_and_units(history.W)
    signs = [sign for sign in SIGNS if (history.signs == sign).any()]
    drawn, banded = [], False
    for sign in signs:
        chosen = history.signs == sign
        if quantity == "cosines":
            axis = pair[0] if sign >= 0 else pair[1]
            if axis is None:
                continue
            values = units[:, chosen] @ axis
        else:
            values = np.where(norms > 0, norms, np.nan)[:, chosen]
            values = values * np.abs(history.a[:, chosen]) if quantity == "sizes" else values
        banded |= values.shape[1] > FEW
        _draw_group(ax, history, sign, values)
        drawn.append(values)
    values = np.concatenate([np.ravel(part) for part in drawn]) if drawn else np.empty(0)
    values = values[np.isfinite(values)]
    ax.set_ylabel("$\\cos(w_j, \\cdot)$ with the given directions" if given else QUANTITIES[quantity])
    if quantity == "cosines":
        ax.set_ylim(-1.08, 1.08)
        if not drawn:
            ax.text(0.5, 0.5, "no extremal vector but D = 0", ha="center", transform=ax.transAxes, fontsize=9)
    else:
        positive = values[values > 0]
        if len(positive):
            scale_values(ax.yaxis, 0.8 * float(positive.min()), 1.25 * float(positive.max()))
    history.clock.apply(ax)
    draw_marks(ax, marks, labels=times_of_marks)
    ax.set_title(f"{history.shown}{': median, 50 % and 90 %' if banded else ''}", fontsize=10)
    _finish(ax)


def _draw_group(ax: "Axes", history: History, sign: int, values: NDArray[np.float64]) -> None:
    """Draw the neurons of one sign: lines, or a median with bands."""
    colour, words = SIGNS[sign]
    number = history.counts[sign]
    label = f"{number} with {words}"
    times = history.times
    if values.shape[1] <= FEW:
        for i, column in enumerate(values.T):
            name = label if i == 0 else f"_{label}"
            ax.plot(times, column, color=colour, linewidth=1.4, alpha=0.8, label=name, zorder=3)
        return
    alive = np.isfinite(values).any(axis=1)
    times, values = times[alive], values[alive]
    for share, alpha in BANDS:
        low, high = np.nanquantile(values, ((1 - share) / 2, (1 + share) / 2), axis=1)
        ax.fill_between(times, low, high, color=colour, alpha=alpha, linewidth=0.0, zorder=2, label=f"_{share:.0%}")
    ax.plot(times, np.nanmedian(values, axis=1), color=colour, linewidth=1.8, label=label, zorder=3)


def _as_pair(directions: ArrayLike, d: int) -> NDArray[np.float64]:
    """Make two unit vectors of one direction or two."""
    rows = np.atleast_2d(as_directions(directions, d))
    if rows.ndim != 2 or not 1 <= len(rows) <= 2 or not rows.any(axis=1).all():
        raise InvalidValueError(
            f"directions has shape {np.shape(directions)}; expected one direction, shape ({d},), or two, one for each "
            f"sign of a_j, shape (2, {d}), and none of them zero"
        )
    return norms_and_units(rows[[0, -1]])[1]


def _finish(ax: "Axes", more: Any = (), **legend: Any) -> None:
    """Put a light grid below everything, and the legend where there is room; `more` comes second in it."""
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)
    pairs = [*zip(*ax.get_legend_handles_labels(), strict=True)]
    pairs = pairs[:1] + list(more) + pairs[1:]
    if pairs:
        handles, labels = zip(*pairs, strict=True)
        style: dict[str, Any] = {"loc": "best", "fontsize": 8, "frameon": True, "framealpha": 0.9, "edgecolor": "none"}
        ax.legend(handles, labels, **(style | legend))
