"""Which figure belongs to which statement; a statement without one says why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..experiments import Experiment
from ..plot import plot_counts, plot_cover, plot_distance, plot_experiment, plot_rate, plot_shares, plot_tail
from ..plot._inline import draw_inline
from ..statements import (
    corollary_d1,
    cover_counts,
    extremal_counts,
    proposition_3_1,
    theorem_3_1,
    theorem_4_1,
    theorem_d1,
)
from ..verification import StatementCheck

__all__ = ["Picture", "draw"]

SHARES = "Shares with intervals that hold together, and beside them those of the control, which must fail."
# By the function that measures: how its verdict is drawn, and what is seen.
FIGURES: dict[Any, tuple[Callable[..., Any], str]] = {
    theorem_3_1: (plot_rate, "E Δ_n against n with intervals, the rates that fit, and the rate that is predicted."),
    theorem_d1: (plot_tail, "Quantiles of Δ_n/√M_n against the scale that is predicted; all are below one line."),
    proposition_3_1: (plot_distance, "The largest distance from an extremal vector to the population's, against n."),
    extremal_counts: (plot_counts, "The mean number of extremal vectors against n, with intervals."),
    cover_counts: (plot_cover, "The number of activation cones against n: the formula, and enumerations."),
    theorem_4_1: (plot_shares, "The share of runs that converge to the formula, against n, and that of the control."),
    corollary_d1: (plot_shares, "The share of samples with Δ_n below C times the scale, and that of the control."),
}
EXPERIMENTS = {
    "losses": "Training and test loss against n: means over runs, bands their intervals, dots single runs.",
    "cosines": "How the cosines between neurons and the OLS estimator are spread.",
    "curves": "The training loss after the restart, one line a run.",
    "regimes": "Training and test loss against n, and the regimes that follow.",
    "thresholds": "The n at which half of the runs interpolate, against the dimension.",
}


@dataclass(frozen=True)
class Picture:
    """
    A figure, or why there is none.

    Attributes
    ----------
    svg : str
        The element, empty if there is none.
    words : str
        What it shows, or the reason.
    """

    svg: str
    words: str


def draw(check: StatementCheck, prefix: str) -> Picture:
    """
    Draw the figure of a statement.

    Parameters
    ----------
    check : StatementCheck
        With its verdict and control.
    prefix : str
        What ids begin with.

    Returns
    -------
    Picture
        Without a figure if it cannot be drawn: too few rows, or no numbers. A report is not lost for that.
    """
    function, rows = check.source.measurement.function, None
    plot, words = FIGURES.get(function, (plot_shares, SHARES))
    shown: Any = check.verdict
    more: dict[str, Any] = {"control": check.control} if plot is plot_shares else {}
    if isinstance(check.result, Experiment):
        plot, words, shown, more = plot_experiment, EXPERIMENTS[check.result.kind], check.result, {}
    elif words == SHARES:
        verdicts = (check.verdict,) if check.control is None else (check.verdict, check.control)
        shares = {c.name for v in verdicts for c in v.claims if 0 <= c.low < c.high <= 1}
        rows = max(1, len(shares))
    try:
        label = f"{check.statement}. {words}"
        return Picture(draw_inline(lambda ax: plot(shown, ax=ax, **more), prefix, label, rows=rows), words)
    except Exception as error:
        # whatever is in a verdict, the numbers beside the figure are worth more than it
        return Picture("", f"There is no figure: {type(error).__name__}, {error}.")
