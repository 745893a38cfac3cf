"""Is a network stuck? A stationary point of the flow whose loss is above the global minimum of its width, with numbers.

Two facts make the certificate. The least element of the Clarke gradient at the network is 0 up to a tolerance (Eq. 4);
and there is an explicit network, not wider, with a smaller loss. Whether the point is a local minimum or a saddle is
not said.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..data import Dataset, as_dataset
from ..data._arguments import as_count, as_number
from ..data._json import plain
from ..errors import InvalidValueError
from ._convex import GlobalMinimum, global_minimum
from ._network import Network

__all__ = ["SpuriousCertificate", "SpuriousVerdict", "certify_spurious"]


class SpuriousVerdict(Enum):
    """What a network is; the value is a sentence that says on what evidence."""

    SPURIOUS = "A spurious stationary point: the Clarke gradient is 0 to the tolerance, and a better network is given."
    GLOBAL = "A global minimum: the loss is within the tolerance of a lower bound for networks of every width."
    NOT_STATIONARY = "Not stationary: the Clarke gradient is above the tolerance, and a better network is given."
    UNDECIDED = (
        "Undecided: no better network of this width was found, and the lower bound does not reach the loss; pass a "
        "width of at least best.network.width if zero neurons may be added, or a larger tolerance."
    )


@dataclass(frozen=True, eq=False, repr=False)
class SpuriousCertificate:
    """
    What is known about a network as a stationary point, and what re-verifies it.

    Attributes
    ----------
    network : Network
        The network that was asked about.
    best : GlobalMinimum
        The global minimum over all widths, with a network that reaches it.
    loss : float
        The loss of `network`, in units of y².
    stationarity : float
        Norm of the least element of its Clarke gradient.
    scale : float
        The size of the terms that cancel in it: ‖θ‖ (1/n) Σ |r_k| ‖x_k‖.
    width : int
        The width within which the network is compared.
    tolerance : float
        As given.
    verdict : SpuriousVerdict
        A sentence.
    """

    network: Network = field(repr=False)
    best: GlobalMinimum
    loss: float
    stationarity: float
    scale: float
    width: int
    tolerance: float
    verdict: SpuriousVerdict

    @property
    def relative_stationarity(self) -> float:
        """`stationarity` / `scale`; 0 where both are."""
        return self.stationarity / self.scale if self.scale > 0 else 0.0

    @property
    def global_value(self) -> float:
        """The loss of the best network that is known, of any width."""
        return self.best.value

    @property
    def gap(self) -> float:
        """`loss` − `global_value`."""
        return self.loss - self.global_value

    def to_json(self) -> dict[str, Any]:
        """
        Give the verdict and its numbers as plain values.

        Returns
        -------
        dict
            The attributes, with `relative_stationarity`, `global_value` and `gap`; the network and the best one as
            their own `to_json` give them.
        """
        names = ("verdict", "loss", "global_value", "gap", "stationarity", "scale", "relative_stationarity")
        values = {name: plain(getattr(self, name)) for name in (*names, "width", "tolerance")}
        return {**values, "network": self.network.to_json(), "best": self.best.to_json()}

    def __repr__(self) -> str:
        return (
            f"<{self.verdict.name}: loss {self.loss:.6g}, global minimum {self.global_value:.6g}, Clarke gradient "
            f"{self.relative_stationarity:.2g} of its terms>"
        )


def certify_spurious(
    network: Network,
    X: ArrayLike | Dataset,
    y: ArrayLike | None = None,
    *,
    tolerance: float = 1e-6,
    ties: float = 1e-9,
    width: int | None = None,
    best: GlobalMinimum | None = None,
) -> SpuriousCertificate:
    r"""
    Decide whether a network is a stationary point of the flow that is not a global minimum of the loss.

    Parameters
    ----------
    network : Network
        For example the end of a gradient flow.
    X : array_like of shape (n, d), or Dataset
        Samples, one a row.
    y : array_like of shape (n,), optional
        Labels; left out if X is a `Dataset`.
    tolerance : float
        Of both decisions: the Clarke gradient counts as 0 below `tolerance` times the size of its terms, two losses as
        equal below `tolerance` times that of the zero network.
    ties : float
        Samples with |w_j·x_k| ≤ ties · ‖w_j‖ ‖x_k‖ count as lying on the neuron's kink.
    width : int, optional
        The width within which the network is compared, at least its own: neurons that are 0 may be added and change
        nothing. By default its own width.
    best : GlobalMinimum, optional
        What `global_minimum` returned for the same data without a penalty; by default it is computed.

    Returns
    -------
    SpuriousCertificate
        With a `verdict`, the numbers behind it, and the better network in `best.network`.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data or arguments that cannot be used; a `best` of other data or with a penalty.

    Examples
    --------
    The companion paper's three points: one neuron that is active on all of them is stationary at least squares, and
    three neurons fit them.

    >>> from extremal.data import three_points
    >>> from extremal.training import certify_spurious, ols, two_ols_network
    >>> data = three_points()
    >>> network = two_ols_network(ols(data), [0.0, 0.0])
    >>> certificate = certify_spurious(network, data, width=3)
    >>> certificate.verdict.name, round(certificate.loss, 4), round(certificate.gap, 4)
    ('SPURIOUS', 0.0875, 0.0875)
    """
    data = as_dataset(X, y)
    tolerance = as_number(tolerance, "tolerance", "a number from 0 on, such as 1e-6", least=0.0)
    if width is None:
        width = network.width
    elif as_count(width, "width", "a width, an integer, 1 or more, or None") < network.width:
        raise InvalidValueError(f"width is {width}; expected at least {network.width}, the network's own width")
    if best is None:
        best = global_minimum(data)
    elif best.penalty or not (np.array_equal(best.data.X, data.X) and np.array_equal(best.data.y, data.y)):
        raise InvalidValueError(
            "best is the minimum of other data or has a penalty; expected global_minimum(X, y) of the same X and y"
        )
    stationarity = network.stationarity(data, tolerance=ties)
    residuals = network.residuals(data)
    theta = float(np.hypot(np.linalg.norm(network.W), np.linalg.norm(network.a)))
    scale = theta * float(np.abs(residuals) @ np.linalg.norm(data.X, axis=1)) / data.n
    loss = network.loss(data)
    unit = float(data.y @ data.y) / (2 * data.n)
    if loss - best.lower_bound <= tolerance * unit:
        verdict = SpuriousVerdict.GLOBAL
    elif loss - best.value <= tolerance * unit or best.network.width > width:
        verdict = SpuriousVerdict.UNDECIDED
    elif stationarity <= tolerance * scale:
        verdict = SpuriousVerdict.SPURIOUS
    else:
        verdict = SpuriousVerdict.NOT_STATIONARY
    return SpuriousCertificate(network, best, loss, stationarity, scale, width, tolerance, verdict)
