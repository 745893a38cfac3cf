"""Figures of extremal vectors: the only room that knows matplotlib.

`plot_extremal` chooses by dimension. In the plane (d = 2) it draws the unit disc with its activation cones,
coloured by G_n; in space (d = 3) the unit sphere by two charts; in any other dimension the spectrum of critical
values with the cosines between the vectors. `plot_subdifferential` draws the Clarke subdifferential at one point.

Every function takes ``ax=None``, returns the Axes, shows nothing and changes no global style. matplotlib and
shapely are imported when a function is called.
"""

from ._extremal import plot_extremal
from ._save import save_extremal
from ._subdifferential import plot_subdifferential

__all__ = ["plot_extremal", "plot_subdifferential", "save_extremal"]
