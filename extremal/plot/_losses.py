"""Losses against n (figures 2, 4, 5, 7, 8)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InvalidTypeError
from ..statements._frames import numbers
from ._series import label_sizes, make_axes, scale_values
from ._style import SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["check_experiment", "draw_losses", "note", "plot_losses"]

# Losses below this share of the noise level are drawn at it: a network that interpolates has a loss of rounding.
LOWEST = 1e-4
# A training loss below this at the largest n needs the corner in which the legend would be.
LOW = 0.1


def plot_losses(experiment: Any, *, geometry: Any = None, ax: "Axes | None" = None) -> "Axes":
    r"""
    Draw training and test loss against n, in units of the noise level.

    Lines are geometric means over the runs, bands their intervals, dots single runs. A training loss below 10⁻⁴ is
    drawn there, as an arrow.

    Parameters
    ----------
    experiment : Experiment
        Such as of `extremal.experiments.figure_2`.
    geometry : DataFrame, optional
        From `extremal.experiments.geometry`: the predicted end of interpolation, drawn as a dotted line.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidTypeError
        `experiment` is none, or has no losses against n.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.experiments import figure_2
    >>> from extremal.plot import plot_losses
    >>> result = figure_2(sizes=(8, 400), repetitions=2, width=50, iterations=2000)
    >>> plot_losses(result, ax=Figure().subplots()).get_xlabel()
    'samples n'
    """
    check_experiment(experiment, ("losses", "regimes", "thresholds"))
    ax = make_axes(ax)
    predicted = np.nan if geometry is None else float(geometry["predicted"].iloc[0])
    draw_losses(ax, experiment, [predicted] if np.isfinite(predicted) else [])
    _draw_thresholds(ax, experiment)
    if np.isfinite(predicted):
        words = f"predicted by extremal vectors: n = {predicted:.0f}"
        ax.axvline(predicted, color="#009E73", linewidth=1.6, linestyle=":", zorder=1, label=words)
    place: dict[str, Any] = {"loc": "lower right", "frameon": True, "framealpha": 0.9, "edgecolor": "none"}
    # two pairs of lines leave no room for it, and neither does a network that interpolates at the largest n
    if len(experiment.series) > 1 or experiment.summary["train"].iloc[-1] < LOW:
        place = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5), "frameon": False}
    ax.legend(fontsize=8, **place)
    return ax


def check_experiment(experiment: Any, kinds: tuple[str, ...]) -> None:
    """Refuse what is no experiment of one of these kinds."""
    kind = getattr(experiment, "kind", None)
    if kind not in kinds or not hasattr(experiment, "verdict"):
        given = f"of kind {kind!r}" if kind is not None else f"of type {type(experiment).__name__}"
        raise InvalidTypeError(
            f"experiment is {given}; expected an Experiment of kind {' or '.join(map(repr, kinds))}, such as "
            "extremal.experiments.figure_2 returns"
        )


def note(ax: "Axes", experiment: Any) -> None:
    """Put what was run into the title."""
    setup = experiment.setup
    dimensions = ", ".join(str(d) for d in experiment.series) if experiment.by == "d" else setup.d
    verdict = experiment.verdict
    if "t_max" in experiment.table:
        how = f"gradient flow to t = {experiment.table['t_max'].iloc[0]:g}"
    else:
        how = f"{setup.iterations:,} iterations".replace(",", " ")
    ax.set_title(
        f"{experiment.title}: {verdict.status}\n{experiment.preset}: d = {dimensions}, m = {setup.width}, {how}, "
        f"{setup.repetitions} runs at each n",
        fontsize=9,
    )
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)


def draw_losses(ax: "Axes", experiment: Any, more: Any = ()) -> None:
    """Draw the losses of all series, and of OLS; the axis of n has room for `more` sizes."""
    summary, table, level = experiment.summary, experiment.table, experiment.setup.level
    several = len(experiment.series) > 1
    seen = [np.ones(1)]
    for i, (value, name) in enumerate(experiment.series.items()):
        rows = summary[summary["series"] == value]
        single = table if experiment.by is None else table[table[experiment.by] == value]
        colours = (SERIES[i % len(SERIES)][1],) * 2 if several else (SERIES[1][1], SERIES[0][1])
        words = f", {name}" if several else ""
        n = rows["n"].to_numpy(dtype=float)
        for loss, colour, marker, line in zip(("test", "train"), colours, "so", ("-", (0, (4, 1.5))), strict=True):
            mean, low, high = (rows[f"{loss}{end}"].to_numpy(dtype=float) for end in ("", "_low", "_high"))
            band: dict[str, Any] = {"color": colour, "alpha": 0.18, "linewidth": 0, "zorder": 2}
            # the interval of one run alone ends at infinity, and is not drawn
            ax.fill_between(n, np.maximum(low, LOWEST), np.maximum(high, LOWEST), **band)
            word = "test loss" if loss == "test" else "training loss"
            style: dict[str, Any] = {"color": colour, "marker": marker, "linestyle": line, "markersize": 5.5}
            style |= {"markeredgecolor": "white", "markeredgewidth": 0.6, "linewidth": 1.5, "zorder": 4}
            ax.plot(n, np.maximum(mean, LOWEST), label=f"{word}{words}", **style)
            floor = mean < LOWEST
            ax.plot(n[floor], np.full(floor.sum(), LOWEST), "v", color=colour, markersize=7, zorder=5)
            dots = np.maximum(numbers(single, loss) / level, LOWEST)
            ax.scatter(single["n"], dots, s=9, color=colour, alpha=0.35, linewidths=0, zorder=3)
            seen += [dots, np.maximum(mean, LOWEST)]
        if experiment.setup.teacher == "linear" and i == 0:
            for loss, line in (("ols_test", "-"), ("ols_train", (0, (4, 1.5)))):
                word = "test" if loss == "ols_test" else "training"
                style = {"color": "#777777", "linewidth": 0.9, "linestyle": line, "zorder": 2.5}
                # a line needs two sizes
                style["marker"] = "_" if len(n) == 1 else ""
                ax.plot(n, np.maximum(rows[loss], LOWEST), label=f"OLS, {word}", **style)
    ax.axhline(1.0, color="#000000", linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5, label="noise level σ²/2")
    label_sizes(ax, np.append(summary["n"].to_numpy(dtype=float), np.round(more)))
    values = np.concatenate(seen)
    values = values[np.isfinite(values)]
    scale_values(ax.yaxis, 0.6 * float(values.min()), 2.0 * float(values.max()))
    ax.set_ylabel("loss over the noise level")
    note(ax, experiment)


def _draw_thresholds(ax: "Axes", experiment: Any) -> None:
    """A vertical line and a band where half of the runs interpolate."""
    places = experiment.verdict.thresholds
    if places is None:
        return
    low, high = ax.get_xlim()
    number = len(places)
    for i, row in enumerate(places.itertuples(index=False)):
        if not low < row.n < high:
            continue
        colour = SERIES[i % len(SERIES)][1] if number > 1 else "#333333"
        ax.axvspan(max(row.low, low), min(row.high, high), color=colour, alpha=0.10, linewidth=0, zorder=0.5)
        words = f", {row.series}" if number > 1 else ""
        # lines that coincide show in turns
        dashes = (4 * i, (4, 4 * (number - 1))) if number > 1 else (0, (7, 1.5, 1, 1.5))
        style: dict[str, Any] = {"color": colour, "linewidth": 1.2, "linestyle": dashes, "zorder": 1}
        ax.axvline(row.n, label=f"half interpolate{words}: n = {row.n:.0f}", **style)
    ax.set_xlim(low, high)
