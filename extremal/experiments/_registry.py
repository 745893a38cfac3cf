"""All experiments by name."""

from collections.abc import Callable
from typing import Any

from ..data._arguments import as_choice
from ._dimensions import thresholds
from ._experiment import Experiment
from ._figure_1 import figure_1
from ._figure_2 import figure_2, smaller_rate
from ._figure_3 import figure_3
from ._figure_4 import figure_4
from ._figure_5 import figure_5
from ._figure_6 import figure_6
from ._figure_7 import figure_7
from ._figure_8 import figure_8
from ._leak import leaky

__all__ = ["FIGURES", "reproduce"]

FIGURES: dict[str, Callable[..., Experiment]] = {
    "fig1": figure_1,
    "fig2": figure_2,
    "fig3": figure_3,
    "fig4": figure_4,
    "fig5": figure_5,
    "fig6": figure_6,
    "fig7": figure_7,
    "fig8": figure_8,
    "smaller-rate": smaller_rate,
    "leaky": leaky,
    "thresholds": thresholds,
}


def reproduce(figure: str, preset: str = "quick", **options: Any) -> Experiment:
    """
    Run an experiment by its name.

    Parameters
    ----------
    figure : str
        "fig1" to "fig8"; "smaller-rate" (appendix A.4); "leaky" and "thresholds" go beyond the paper.
    preset : {"quick", "paper"}
        The setting to start from.
    **options
        As of `figure_2`.

    Returns
    -------
    Experiment

    Raises
    ------
    InvalidValueError, InvalidTypeError
        There is no such name; the message lists them.

    Examples
    --------
    >>> from extremal.experiments import reproduce
    >>> reproduce("fig3", sizes=(8, 400), repetitions=2, width=50, iterations=2000).figure
    'Figure 3'
    """
    return FIGURES[as_choice(figure, "figure", FIGURES)](preset, **options)
