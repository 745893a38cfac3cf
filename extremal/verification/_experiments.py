"""The paper's figures, as statements: small in the preset "quick", the experiments' own quick setting in "full"."""

from collections.abc import Callable
from typing import Any

from ..experiments import (
    figure_1,
    figure_2,
    figure_3,
    figure_4,
    figure_5,
    figure_6,
    figure_7,
    figure_8,
    smaller_rate,
)
from ._statement import Measurement, Statement

__all__ = ["EXPERIMENTS"]

GROUP = "Experiments"
# Seconds a figure, and the ends of Fig. 2 are already apart.
SMALL: dict[str, Any] = {"width": 64, "iterations": 100_000, "lr": 0.05, "repetitions": 6, "fresh": 4000}
ENDS = {"sizes": (6, 800)}
FEW: dict[str, Any] = {"sizes": (6, 7)}
NO_MORE = "no more than 7 samples at the end where least squares should be found"


def _figure(
    number: int | str,
    text: str,
    function: Callable[..., Any],
    quick: dict[str, Any] = ENDS,
    changed: dict[str, Any] = FEW,
    words: str = NO_MORE,
) -> Statement:
    name, title = (f"figure-{number}", f"Figure {number}") if isinstance(number, int) else ("appendix-a.4", number)
    control = Measurement(function, SMALL | quick | changed, SMALL | quick | changed, words)
    return Statement(name, title, GROUP, text, Measurement(function, SMALL | quick, {}), control)


EXPERIMENTS = (
    _figure(
        1,
        "As n grows the network first interpolates, then has more parameters than samples and does not, then is close "
        "to least squares.",
        figure_1,
        {"sizes": (6, 300, 800)},
        {"sizes": (6, 7, 8)},
    ),
    _figure(
        2,
        "Below a threshold in n, SGD interpolates and its test loss is large; above it, it does not interpolate, and "
        "its test loss is that of least squares.",
        figure_2,
    ),
    _figure(
        3,
        "Where the network interpolates most neurons are not aligned with the OLS estimator; above the threshold "
        "nearly all are (a share above 0.8).",
        figure_3,
    ),
    _figure(4, "The same with GeLU in place of ReLU.", figure_4),
    _figure(5, "The same with GeLU and Adam.", figure_5, ENDS | {"lr": 0.001}, FEW),
    _figure(
        6,
        "Trained on with a rate that falls, the training loss settles near the noise level: the network is not on its "
        "way to interpolation.",
        figure_6,
        {"sizes": (800,), "more": 50_000},
        {"sizes": (6,)},
        "six samples, which the network interpolates",
    ),
    _figure(
        7,
        "In dimension 10 the threshold is larger than in dimension 5; (10/5)³ would be a factor of 8.",
        figure_7,
        {"sizes": (8, 16, 32, 64, 128, 256, 512, 8192), "repetitions": 4, "width": 32},
        {"d": 2, "sizes": (8, 32, 128, 512)},
        "dimension 2 in place of 10",
    ),
    _figure(
        8,
        "With a teacher of five ReLU neurons there is the same transition, and it is slower: where interpolation has "
        "just ended, the test loss is above that with a linear teacher.",
        figure_8,
        ENDS | {"repetitions": 12},
        FEW | {"teacher": "linear", "reference": "relu5", "repetitions": 6},
        "no more than 7 samples, and the two teachers exchanged",
    ),
    _figure(
        "Appendix A.4",
        "A smaller learning rate from scratch ends close to least squares too.",
        smaller_rate,
        {"sizes": (800,), "lr": 0.01, "iterations": 400_000},
        {"sizes": (6,)},
        "six samples, which the network interpolates",
    ),
)
