"""Figures of extremal vectors: the only room that knows matplotlib.

`plot_extremal` chooses by dimension. In the plane (d = 2) it draws the unit disc with its activation cones,
coloured by G_n; in space (d = 3) the unit sphere by two charts; in any other dimension the spectrum of critical
values with the cosines between the vectors. `plot_subdifferential` draws the Clarke subdifferential at one point.

Of a run of the gradient flow, `plot_loss` and `plot_neurons` draw the loss and the neurons against time,
`plot_alignment` the paths of their directions, `save_training` all of these, and `animate` makes a film. `plot_basins`
draws which directions lead to which extremal vector.

As n grows, from the verdicts of `extremal.statements`: `plot_rate` and `plot_tail` draw Δ_n, `plot_counts` the number
of extremal vectors and `plot_distance` how far they are from the population's. `plot_cover` draws the number of
activation cones, and `plot_shares` in how many samples or runs a statement holds, beside a control that must fail.

Of an experiment, `plot_experiment` draws what the paper's figure shows, by `plot_losses`, `plot_cosines`,
`plot_curves`, `plot_regimes` or `plot_thresholds`, and `save_experiment` writes figures, rows and verdict.

Every function takes ``ax=None``, returns the Axes, shows nothing and changes no global style. matplotlib and
shapely are imported when a function is called.
"""

from ._alignment import plot_alignment
from ._animation import animate
from ._basins import plot_basins
from ._concentration import plot_rate, plot_tail
from ._convergence import plot_counts, plot_distance
from ._cosines import plot_cosines
from ._cover import plot_cover
from ._experiments import plot_experiment, save_experiment
from ._extremal import plot_extremal
from ._losses import plot_losses
from ._overview import save_training
from ._panels import save_concentration
from ._regimes import plot_regimes
from ._restart import plot_curves
from ._save import save_extremal
from ._shares import plot_shares
from ._subdifferential import plot_subdifferential
from ._thresholds import plot_thresholds
from ._training import plot_loss, plot_neurons

__all__ = [
    "animate",
    "plot_alignment",
    "plot_basins",
    "plot_cosines",
    "plot_counts",
    "plot_cover",
    "plot_curves",
    "plot_distance",
    "plot_experiment",
    "plot_extremal",
    "plot_loss",
    "plot_losses",
    "plot_neurons",
    "plot_rate",
    "plot_regimes",
    "plot_shares",
    "plot_subdifferential",
    "plot_tail",
    "plot_thresholds",
    "save_concentration",
    "save_experiment",
    "save_extremal",
    "save_training",
]
