"""What a figure of the Clarke subdifferential shows: 𝒟_n(w), its element nearest to 0, and the values around."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..geometry import Zonotope
from ..geometry.exact._signs import activation_signs
from ._height import Height

__all__ = ["ClarkePoint", "values_around"]

# D counts as parallel to w up to this, relative to Σ ‖z_k‖.
PARALLEL = 1e-8


@dataclass(frozen=True, eq=False)
class ClarkePoint:
    """The subdifferential at w, in the units that are drawn.

    Attributes
    ----------
    w : ndarray of shape (d,)
        Of length one, or 0.
    zonotope : Zonotope
        𝒟_n(w).
    nearest : ndarray of shape (d,)
        Its element of minimum norm.
    extremal : bool
        Whether that lies on the line of w.
    unit : float
        Factor from scaled data to what is drawn.
    relative : bool
        Whether the units are not those of y x, because floats cannot hold them.
    """

    w: NDArray[np.float64]
    zonotope: Zonotope
    nearest: NDArray[np.float64]
    extremal: bool
    unit: float
    relative: bool

    @classmethod
    def at(cls, data: Dataset, height: Height, w: NDArray[np.float64], tol: float) -> "ClarkePoint":
        """Compute it at w, where samples within `tol` radians of their hyperplanes are ties."""
        signs = activation_signs(data.X, w[None])[0]
        w = w / (np.abs(w).max() or 1.0)
        w = w / (np.linalg.norm(w) or 1.0)
        signs[np.abs(height.rows @ w) <= tol * np.linalg.norm(height.rows, axis=1)] = 0
        z = height.weights[:, None] * height.rows
        total = float(np.linalg.norm(z, axis=1).sum()) or 1.0
        unit, label = height.scale(total)
        base = z[signs > 0].sum(axis=0) + height.leak * z[signs <= 0].sum(axis=0)
        moving = (1 - height.leak) * z[(signs == 0) & z.any(axis=1)]
        nearest = Zonotope(moving, base).nearest(np.zeros(data.d))
        off = nearest - (nearest @ w) * w
        extremal = bool(np.linalg.norm(off) <= PARALLEL * total)
        return cls(w, Zonotope(unit * moving, unit * base), unit * nearest, extremal, unit, "max" in label)

    @property
    def words(self) -> str:
        """What the figure says."""
        ties = len(self.zonotope.generators)
        count = "no tie" if ties == 0 else "1 tie" if ties == 1 else f"{ties} ties"
        size = float(np.abs(self.zonotope.base).sum() + np.abs(self.zonotope.generators).sum())
        if np.linalg.norm(self.nearest) <= PARALLEL * size:
            return f"{count}: D = 0 is extremal" if self.w.any() else f"w = 0, {count}"
        if not self.w.any():
            return f"w = 0, {count}"
        if not self.extremal:
            return f"{count}: no extremal vector on the line of w"
        return f"{count}: D is extremal, sign {'+1' if self.nearest @ self.w > 0 else '−1'}"


def values_around(height: Height) -> NDArray[np.float64]:
    """Follow D_n once around the circle: its values in the cones, one jump a ray, closed; shape (m + 1, 2)."""
    z = height.weights[:, None] * height.rows
    moving = z.any(axis=1)
    rows, z_moving = height.rows[moving], z[moving]
    if not len(rows):
        return np.zeros((1, 2))
    # going counter-clockwise, w·x_k turns positive at the angle of x_k less a right angle, and negative opposite
    on = np.arctan2(-rows[:, 0], rows[:, 1])
    off = np.arctan2(rows[:, 0], -rows[:, 1])
    angles, jumps = np.concatenate([on, off]), np.concatenate([z_moving, -z_moving]) * (1 - height.leak)
    order = np.argsort(angles, kind="stable")
    angles, jumps = angles[order], jumps[order]
    # before the first ray, just after −π
    first = (angles[0] + angles[-1] - 2 * np.pi) / 2
    table = rows @ [np.cos(first), np.sin(first)]
    start = np.where(table > 0, 1.0, height.leak) @ z_moving
    return np.vstack([start, start + np.cumsum(jumps, axis=0)])
