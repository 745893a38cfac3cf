"""The paper's experiments: figures 1 to 8 from fresh runs, with their claims as numbers, and what goes beyond them.

`figure_1` to `figure_8` train networks, `smaller_rate` is the footnote of appendix A.4, `leaky` and `thresholds`
change the activation and the dimension; `geometry` predicts from extremal vectors alone. Each returns an `Experiment`;
every run is resumable through the store. `reproduce` takes a figure's name.
"""

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
from ._geometry import geometry
from ._leak import leaky
from ._registry import FIGURES, reproduce
from ._runs import read_numbers
from ._setup import Setup

__all__ = [
    "FIGURES",
    "Experiment",
    "Setup",
    "figure_1",
    "figure_2",
    "figure_3",
    "figure_4",
    "figure_5",
    "figure_6",
    "figure_7",
    "figure_8",
    "geometry",
    "leaky",
    "read_numbers",
    "reproduce",
    "smaller_rate",
    "thresholds",
]
