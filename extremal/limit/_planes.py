"""The hyperplanes x_k^⊥ as the cover of the sphere needs them: unit normals, what D gains across one, and within one.

Rows that are parallel share a hyperplane. Rows with x_k = 0 or y_k = 0 act nowhere. With `below` = Σ of the rows that
are active on the negative side, D_n(w) = start + Σ_{a_k·w > 0} step_k a_k, and the Clarke subdifferential on
hyperplane k is D there plus [least_k, most_k] a_k.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..geometry.exact._signs import normalised_rows
from ..geometry.hyperplanes._parallel import group_parallel

__all__ = ["Planes", "planes_of"]


@dataclass(frozen=True, eq=False)
class Planes:
    """
    m hyperplanes in R^d.

    Attributes
    ----------
    normals : ndarray of shape (m, d)
        Unit vectors, rounded.
    step, least, most : ndarray of shape (m,)
        What a_k is multiplied by: D's change from the negative to the positive side, and the ends on the hyperplane.
    start : ndarray of shape (d,)
        Σ_k below_k a_k.
    representative : ndarray of shape (m, d)
        The data row behind each normal, not rounded.
    tolerance : float
        Bound on the rounding error of a_k·v, ‖v‖ = 1.
    error : float
        Bound on the rounding error of ‖D − D(w)‖, summed in any order.
    """

    normals: NDArray[np.float64]
    step: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    start: NDArray[np.float64]
    representative: NDArray[np.float64]
    tolerance: float
    error: float

    def __len__(self) -> int:
        return len(self.normals)

    def vectors(self, active: NDArray[np.bool_]) -> NDArray[np.float64]:
        """D_n (q, d) for patterns (q, m) of the positive sides."""
        return self.start + (active * self.step) @ self.normals

    def farthest(
        self, w: NDArray[np.float64], free: NDArray[np.integer], c: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The element of 𝒟_n(w) farthest from c, where w lies on the few hyperplanes `free` up to rounding."""
        active = self.normals @ w > 0
        active[free] = False
        ends = np.stack([self.least[free], self.most[free]])
        corners = (np.arange(2 ** len(free))[:, None] >> np.arange(len(free))) & 1
        D = self.vectors(active) + ends[corners, np.arange(len(free))] @ self.normals[free]
        return D[np.linalg.norm(D - c, axis=1).argmax()]


def planes_of(X: NDArray[np.float64], y: NDArray[np.float64], scale: float, rounding: float = 0.0) -> Planes:
    """
    Merge the rows of a data set; `scale` is the size of D(w), and `rounding` bounds its own rounding error.

    Errors: a normal is off by d + 4 units of 2^-53, its product with a unit vector by d more; a sum of n terms by n of
    Σ ‖z_k‖, and what is done to a sum by 16 more; all of it doubled.
    """
    n, d = X.shape
    kept = (y != 0) & X.any(axis=1)
    rows, exponents = normalised_rows(X[kept])
    if not len(rows):
        empty = np.zeros(0)
        return Planes(
            np.zeros((0, d)), empty, empty, empty, np.zeros(d), np.zeros((0, d)), 0.0, 2.0**-50 * d * scale + rounding
        )
    group, side, first = group_parallel(rows)
    lengths = np.linalg.norm(rows, axis=1)
    normals = rows[first] / lengths[first, None]
    # z_k = side_k weight_k a
    weight = y[kept] * np.ldexp(lengths, exponents) / n * side
    below, above, least, most = np.zeros((4, len(first)))
    for total, part in (
        (below, np.where(side < 0, weight, 0.0)),
        (above, np.where(side > 0, weight, 0.0)),
        (least, np.minimum(weight, 0.0)),
        (most, np.maximum(weight, 0.0)),
    ):
        np.add.at(total, group, part)
    least, most = least - below, most - below
    alone = np.bincount(group) == 1
    step = above - below
    least[alone], most[alone] = np.minimum(step, 0.0)[alone], np.maximum(step, 0.0)[alone]
    size = float(np.abs(weight).sum()) + scale
    return Planes(
        normals,
        step,
        least,
        most,
        below @ normals,
        X[kept][first],
        2.0**-52 * (2 * d + 8),
        2.0**-51 * (n + 2 * d + 16) * size + rounding,
    )
