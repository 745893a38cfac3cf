r"""The two clusters of the proof of Theorem 4.1: neurons I_± = {±a_j(0) > 0} and the halves S_± they fit.

Positive neurons are active on S_+ = {x·β* > 0} and nowhere else when they sit in β*'s activation cone; negative ones
are active on S_− when they sit in that of −β*: they climb −D_−, so w_j points along −β*, and a_j w_j along β* again.
Where that is so, h is v_+·x on S_+ and v_−·x on S_−, with v_± = Σ_{I_±} a_j w_j, and the loss is the sum of (Section
F.6)

    L_±(θ) = (1/2n) Σ_{S_±} (y_k − v_±·x_k)²,   L_± − min L_± = ½ (β_{n,±} − v_±)ᵀ H_± (β_{n,±} − v_±),

H_± = (1/n) Σ_{S_±} x_k x_kᵀ, of which the flow of either cluster is the gradient flow (Eq. 23).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..geometry.exact._signs import activation_signs
from ._least_squares import two_ols
from ._network import Network

__all__ = ["Cluster", "clusters"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cluster:
    """One cluster and its half of the sample."""

    sign: int
    X: Floats
    y: Floats
    neurons: NDArray[np.int64]
    rows: NDArray[np.int64]
    side: NDArray[np.int8]  # (n,) signs of x_k·β*
    beta: Floats  # β_{n,±}

    @property
    def name(self) -> str:
        """+ or −."""
        return "+" if self.sign > 0 else "−"

    @property
    def present(self) -> bool:
        """Whether there are neurons, and inputs for them."""
        return len(self.neurons) > 0 and len(self.rows) > 0

    @property
    def size(self) -> float:
        """‖β_{n,±}‖."""
        return float(np.linalg.norm(self.beta))

    @cached_property
    def D(self) -> Floats:
        """D_± = D_n(±β*) at θ = 0 (Eq. 19)."""
        return np.asarray(self.y[self.rows] @ self.X[self.rows] / len(self.y))

    @cached_property
    def H(self) -> Floats:
        """(1/n) Σ x_k x_kᵀ over the half."""
        return np.asarray(self.X[self.rows].T @ self.X[self.rows] / len(self.y))

    def total(self, network: Network) -> Floats:
        """v_± = Σ a_j w_j."""
        return np.asarray(network.a[self.neurons] @ network.W[self.neurons])

    def squares(self, network: Network) -> float:
        """Σ a_j²."""
        return float(np.sum(network.a[self.neurons] ** 2))

    def heights(self, network: Network) -> Floats:
        """(w_j/a_j)·D_±/‖D_±‖, 1 where a balanced neuron is aligned."""
        size = np.linalg.norm(self.D)
        along = network.W[self.neurons] @ self.D
        return np.asarray(along / (network.a[self.neurons] * size))

    def cosines(self, network: Network, direction: Floats) -> Floats:
        """Cosines between sign(a_j) w_j and a direction."""
        size = np.linalg.norm(direction)
        return np.asarray(self.sign * network.directions[self.neurons] @ direction / (size if size > 0 else 1.0))

    def inside(self, network: Network) -> NDArray[np.bool_]:
        """Which neurons are active on their half, on all of it, and at no other input."""
        signs = activation_signs(self.X, network.W[self.neurons])
        return np.asarray((signs == self.sign * self.side).all(axis=1))

    def excess(self, network: Network, together: bool) -> float:
        """L_± − min L_±, by the quadratic form if the clusters are in their cones, which loses no digits."""
        if together:
            off = self.beta - self.total(network)
            return float(off @ self.H @ off) / 2
        rows = self.X[self.rows]
        best = self.y[self.rows] - rows @ self.beta
        now = self.y[self.rows] - network(rows)
        return float(now @ now - best @ best) / (2 * len(self.y))

    def gradient_square(self, network: Network, together: bool) -> float:
        """‖∇L_±‖² over the cluster's parameters, Σ a_j²‖D_j‖² + (w_j·D_j)²."""
        W, a = network.W[self.neurons], network.a[self.neurons]
        if together:
            D = np.broadcast_to(self.H @ (self.beta - self.total(network)), W.shape)
        else:
            residuals = network.residuals(self.X, self.y)
            D = (self.X @ W.T > 0).T @ (residuals[:, None] * self.X / len(self.y))
        return float(np.sum(a**2 * np.einsum("jd,jd->j", D, D)) + np.sum(np.einsum("jd,jd->j", W, D) ** 2))


def clusters(X: Floats, y: Floats, a: Floats, teacher: Floats) -> tuple[Cluster, Cluster]:
    """The positive and the negative cluster, by the signs of the initial a."""
    side = activation_signs(X, teacher[None])[0]
    plus, minus = two_ols(X, y, teacher)
    made = [
        Cluster(sign, X, y, np.flatnonzero(sign * a > 0), np.flatnonzero(side == sign), side, beta)
        for sign, beta in ((1, plus), (-1, minus))
    ]
    return made[0], made[1]
