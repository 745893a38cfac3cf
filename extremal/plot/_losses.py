"""Losses against n (figures 2, 4, 5, 7, 8), and the regimes as n grows (Figure 1)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InvalidTypeError
from ._series import label_sizes, make_axes
from ._style import SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["check_experiment", "note", "plot_losses", "plot_regimes"]

# Losses below this share of the noise level are drawn at it: a network that interpolates has a loss of rounding.
LOWEST = 1e-4
# Room above the losses for the names of the regimes, as a factor.
HEADROOM = 3.0
REGIMES = (
    ("interpolation", "#D55E00"),
    ("simplicity bias:\nparameters enough,\nno interpolation", "#0072B2"),
    ("too few\nparameters", "#999999"),
)


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
    _draw_losses(ax, experiment)
    if geometry is not None:
        _draw_prediction(ax, geometry)
    place: dict[str, Any] = {"loc": "lower right", "frameon": True, "framealpha": 0.9, "edgecolor": "none"}
    if len(experiment.series) > 1:
        # two pairs of lines leave no room for it
        place = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5), "frameon": False}
    ax.legend(fontsize=8, **place)
    return ax


def plot_regimes(experiment: Any, *, ax: "Axes | None" = None) -> "Axes":
    """
    Draw Figure 1 from measured losses: interpolation, none in spite of parameters enough, too few parameters.

    Parameters
    ----------
    experiment : Experiment
        Of `extremal.experiments.figure_1`, or another with losses against n.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    InvalidTypeError
        `experiment` is none, or has no losses against n.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.experiments import figure_1
    >>> from extremal.plot import plot_regimes
    >>> result = figure_1(sizes=(8, 100, 400), repetitions=2, width=50, iterations=2000)
    >>> plot_regimes(result, ax=Figure().subplots()).get_xlabel()
    'samples n'
    """
    check_experiment(experiment, ("losses", "regimes"))
    ax = make_axes(ax)
    _draw_losses(ax, experiment, threshold=False)
    low, high = ax.get_xlim()
    bottom, top = ax.get_ylim()
    ax.set_ylim(bottom, top * HEADROOM**2)
    parameters = experiment.setup.width * (experiment.setup.d + 1)
    places = experiment.verdict.thresholds
    threshold = float(places["n"].iloc[0]) if places is not None else np.nan
    ends = [threshold if np.isfinite(threshold) else low, float(np.clip(parameters, low, high)), high]
    begin = low
    for (name, colour), end in zip(REGIMES, ends, strict=True):
        if end > begin:
            ax.axvspan(begin, end, color=colour, alpha=0.10, linewidth=0, zorder=0)
            middle = float(np.sqrt(begin * end))
            ax.text(middle, top * HEADROOM**1.9, name, ha="center", va="top", fontsize=8, color="#333333")
        begin = max(begin, end)
    ax.legend(fontsize=8, frameon=True, framealpha=0.9, edgecolor="none", loc="lower right")
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
    dimension = ", ".join(experiment.series.values()) if experiment.by == "d" else f"d = {setup.d}"
    verdict = experiment.verdict
    if "t_max" in experiment.table:
        how = f"gradient flow to t = {experiment.table['t_max'].iloc[0]:g}"
    else:
        how = f"{setup.iterations:,} iterations".replace(",", " ")
    ax.set_title(
        f"{experiment.title}: {verdict.status}\n{experiment.preset}: {dimension}, m = {setup.width}, {how}, "
        f"{setup.repetitions} runs at each n",
        fontsize=9,
    )
    ax.grid(color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)


def _draw_losses(ax: "Axes", experiment: Any, threshold: bool = True) -> None:
    summary, table, level = experiment.summary, experiment.table, experiment.setup.level
    several = len(experiment.series) > 1
    largest = 1.0
    for i, (value, name) in enumerate(experiment.series.items()):
        rows = summary[summary["series"] == value]
        single = table if experiment.by is None else table[table[experiment.by] == value]
        colours = (SERIES[i][1],) * 2 if several else (SERIES[1][1], SERIES[0][1])
        words = f", {name}" if several else ""
        for loss, colour, marker, line in zip(("test", "train"), colours, "so", ("-", (0, (4, 1.5))), strict=True):
            n = rows["n"].to_numpy(dtype=float)
            mean, low, high = (np.maximum(rows[f"{loss}{end}"].to_numpy(), LOWEST) for end in ("", "_low", "_high"))
            ax.fill_between(n, low, np.minimum(high, 1e3), color=colour, alpha=0.18, linewidth=0, zorder=2)
            word = "test loss" if loss == "test" else "training loss"
            style: dict[str, Any] = {"color": colour, "marker": marker, "linestyle": line, "markersize": 5.5}
            style |= {"markeredgecolor": "white", "markeredgewidth": 0.6, "linewidth": 1.5, "zorder": 4}
            ax.plot(n, mean, label=f"{word}{words}", **style)
            floor = rows[loss].to_numpy() < LOWEST
            ax.plot(n[floor], mean[floor], linestyle="none", marker="v", color=colour, markersize=7, zorder=5)
            dots = np.maximum(single[loss].to_numpy(dtype=float) / level, LOWEST)
            ax.scatter(single["n"], dots, s=9, color=colour, alpha=0.35, linewidths=0, zorder=3)
            largest = max(largest, float(np.nanmax(dots, initial=1.0)))
        if experiment.setup.teacher == "linear" and i == 0:
            for loss, line in (("ols_test", "-"), ("ols_train", (0, (4, 1.5)))):
                word = "test" if loss == "ols_test" else "training"
                style = {"color": "#555555", "linewidth": 0.9, "linestyle": line, "zorder": 2.5}
                ax.plot(rows["n"], np.maximum(rows[loss], LOWEST), label=f"OLS, {word}", **style)
    ax.axhline(1.0, color="#000000", linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5, label="noise level σ²/2")
    label_sizes(ax, summary["n"].to_numpy(dtype=float))
    ax.set_yscale("log")
    ax.set_ylim(0.6 * LOWEST, 2.0 * largest)
    ax.set_ylabel("loss over the noise level")
    if threshold and experiment.verdict.thresholds is not None:
        for i, row in enumerate(experiment.verdict.thresholds.itertuples(index=False)):
            _draw_threshold(ax, row, SERIES[i][1] if several else "#333333", several)
    note(ax, experiment)


def _draw_threshold(ax: "Axes", row: Any, colour: str, several: bool) -> None:
    """A vertical band where half of the runs interpolate."""
    low, high = ax.get_xlim()
    if not np.isfinite(row.n):
        return
    ax.axvspan(max(row.low, low), min(row.high, high), color=colour, alpha=0.10, linewidth=0, zorder=0.5)
    words = f", {row.series}" if several else ""
    ax.axvline(row.n, color=colour, linewidth=1.0, zorder=1, label=f"half interpolate{words}: n = {row.n:.0f}")
    ax.set_xlim(low, high)


def _draw_prediction(ax: "Axes", geometry: Any) -> None:
    """The threshold that extremal vectors alone predict."""
    predicted = float(geometry["predicted"].iloc[0])
    if not np.isfinite(predicted):
        return
    low, high = ax.get_xlim()
    style: dict[str, Any] = {"color": "#009E73", "linewidth": 1.4, "linestyle": ":", "zorder": 1}
    ax.axvline(predicted, label=f"predicted by extremal vectors: n = {predicted:.0f}", **style)
    ax.set_xlim(min(low, predicted / 1.2), max(high, predicted * 1.2))
