"""The values of G_n that a figure needs, at any scale of the data.

G_n(w) = (1/n) Σ_k y_k σ(w·x_k) is evaluated for samples and labels scaled to at most one, so that it neither
overflows nor vanishes; the factor that this takes out goes to the colour bar, as long as floats can hold it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset

__all__ = ["Height", "height_of"]

# Entries in a block of the table of w·x_k.
BLOCK = 2**21
# Values outside this range, in which squares of numbers are numbers too, are shown relative to the largest.
SMALLEST, LARGEST = 1e-140, 1e140


@dataclass(frozen=True, eq=False)
class Height:
    """
    G_n for scaled data.

    Attributes
    ----------
    rows : ndarray of shape (n, d)
        Samples, scaled to entries of at most one.
    weights : ndarray of shape (n,)
        y_k / n, scaled to at most 1/n.
    leak : float
        Slope of the activation at negative arguments.
    unit : float
        G_n is `unit` times the scaled one; 0 or inf where floats end.
    """

    rows: NDArray[np.float64]
    weights: NDArray[np.float64]
    leak: float
    unit: float

    def __call__(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate the scaled G_n at directions (m, d)."""
        out = np.empty(len(w))
        step = max(1, BLOCK // max(1, len(self.rows)))
        for start in range(0, len(w), step):
            table = w[start : start + step] @ self.rows.T
            # σ(t) = α t + (1 − α) max(t, 0)
            linear = self.leak * (table @ self.weights) if self.leak else 0.0
            out[start : start + step] = linear + (1 - self.leak) * (np.maximum(table, 0, out=table) @ self.weights)
        return out

    @property
    def normals(self) -> NDArray[np.float64]:
        """Unit normals x_k/‖x_k‖ of the data hyperplanes, shape (number of rows that are not 0, d)."""
        lengths = np.linalg.norm(self.rows, axis=1)
        return self.rows[lengths > 0] / lengths[lengths > 0, None]

    def scale(self, top: float) -> tuple[float, str]:
        """Give the factor from scaled heights to what the colour bar shows, and the bar's label."""
        if SMALLEST < top * self.unit < LARGEST:
            return self.unit, "$G_n(w)$ at $\\|w\\| = 1$"
        return 1 / top, "$G_n(w)$ / max $|G_n|$"


def height_of(data: Dataset, leak: float) -> Height:
    """
    Scale a data set and prepare its G_n.

    Parameters
    ----------
    data : Dataset
        n samples in dimension d.
    leak : float
        Slope of the activation at negative arguments.

    Returns
    -------
    Height
        Evaluates the scaled G_n.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.data import Dataset
    >>> from extremal.plot._height import height_of
    >>> height = height_of(Dataset([[2.0, 0.0], [0.0, 4.0]], [3.0, -1.0]), 0.0)
    >>> height(np.array([[1.0, 0.0]])) * height.unit
    array([3.])
    """
    size, labels = float(np.abs(data.X).max()) or 1.0, float(np.abs(data.y).max()) or 1.0
    with np.errstate(over="ignore", under="ignore"):
        unit = size * labels
    return Height(data.X / size, data.y / labels / data.n, leak, unit)
