"""Training data as the flow sees it: distinct hyperplanes with unit normals, and the forces of their residuals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..geometry.hyperplanes._parallel import group_parallel

__all__ = ["Rows", "rows_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """
    The samples, merged by hyperplane.

    For hyperplane k with unit normal u_k and a network's F± = h(±u_k):

        L = constant + 1/(2n) Σ_k ω⁺_k (F⁺_k − ȳ⁺_k)² + ω⁻_k (F⁻_k − ȳ⁻_k)²

    Samples c u_k with c > 0 are in ω⁺ = Σ c², ȳ⁺ = Σ c y / ω⁺, those with c < 0 in ω⁻ and ȳ⁻. With ρ± = ω±(ȳ± − F±)/n
    a neuron's D is a sum over the hyperplanes that it is active on plus what is the same for all neurons:

        D = Σ_{k active} J_k u_k + B,    J = (1 − α)(ρ⁺ + ρ⁻),    B = Σ_k (αρ⁺_k − ρ⁻_k) u_k

    with α the slope of the leaky ReLU.
    """

    n: int
    leak: float
    normals: Floats  # (rows, d)
    columns: Floats  # (d, rows)
    weights: Floats  # (2, rows): ω⁺, ω⁻
    targets: Floats  # (2, rows): ȳ⁺, ȳ⁻
    constant: float
    gain: float  # the largest singular value of the normals
    samples: NDArray[np.int64]  # (rows,) the first sample on each

    @property
    def count(self) -> int:
        """Number of distinct hyperplanes."""
        return len(self.normals)

    def forces(self, h: Floats, V: Floats) -> tuple[Floats, Floats]:
        """J (…, rows) and B (…, d) from h = Σ_j a_j σ(w_j·u_k) (…, rows) and V = Σ_j a_j w_j (…, d)."""
        plus, minus = self._residuals(h, V)
        return (1 - self.leak) * (plus + minus), (self.leak * plus - minus) @ self.normals

    def loss(self, h: Floats, V: Floats) -> float:
        """L(θ) from h (rows,) and V (d,)."""
        plus, minus = self._residuals(h, V)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(self.weights[0] > 0, plus**2 / self.weights[0], 0.0)
            terms += np.where(self.weights[1] > 0, minus**2 / self.weights[1], 0.0)
        return float(self.constant + self.n / 2 * terms.sum())

    def _residuals(self, h: Floats, V: Floats) -> tuple[Floats, Floats]:
        """ρ⁺ and ρ⁻."""
        linear = V @ self.columns
        plus = self.weights[0] * (self.targets[0] - ((1 - self.leak) * h + self.leak * linear)) / self.n
        minus = self.weights[1] * (self.targets[1] - ((1 - self.leak) * h - linear)) / self.n
        return plus, minus

    def size(self, J: Floats, B: Floats) -> Floats:
        """A bound on ‖Σ_{k∈S} J_k u_k + B‖ over all sets S, shape (…,)."""
        rows = np.minimum(np.abs(J).sum(axis=-1), self.gain * np.sqrt((J**2).sum(axis=-1)))
        return rows + np.sqrt((B**2).sum(axis=-1))


def rows_of(data: Dataset, leak: float) -> Rows:
    """Merge the samples by hyperplane; samples at the origin only add to the constant of the loss."""
    X, y = data.X, data.y
    n = len(X)
    acting = np.flatnonzero(X.any(axis=1))
    constant = 0.5 / n * float((np.delete(y, acting) ** 2).sum())
    X, y = X[acting], y[acting]
    group, side, first = group_parallel(X) if len(X) else (np.empty(0, int), np.empty(0, int), np.empty(0, int))
    normals = X[first]
    # twice, since the square of a very small or large entry is not a float
    normals = normals / np.abs(normals).max(axis=1, initial=0.0, keepdims=True)
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    scale = np.abs(X).max(axis=1, initial=0.0)
    length = scale * np.linalg.norm(X / scale[:, None], axis=1)
    weights, targets = np.zeros((2, len(first))), np.zeros((2, len(first)))
    for s, sign in enumerate((1, -1)):
        on = side == sign
        weights[s] = np.bincount(group[on], length[on] ** 2, minlength=len(first))
        moments = np.bincount(group[on], length[on] * y[on], minlength=len(first))
        targets[s] = np.divide(moments, weights[s], out=np.zeros(len(first)), where=weights[s] > 0)
        # what merging rows leaves of their labels
        rest = y[on] - length[on] * targets[s][group[on]]
        constant += 0.5 / n * float((rest**2).sum())
    gain = float(np.linalg.norm(normals, 2)) if len(normals) else 0.0
    return Rows(
        n=n,
        leak=leak,
        normals=np.ascontiguousarray(normals),
        columns=np.ascontiguousarray(normals.T),
        weights=weights,
        targets=targets,
        constant=constant,
        gain=gain,
        samples=acting[first],
    )
