"""Two-layer ReLU networks h(x) = Σ_j a_j σ(w_j·x) without biases (section 2.2), and their Clarke gradient (Eq. 4).

With residuals r_k = y_k − h(x_k) and the loss L = (1/2n) Σ r_k², the gradient flow of neuron j is

    ẇ_j ∈ a_j 𝒟_n(w_j, θ),  ȧ_j = w_j·D,   𝒟_n(w, θ) = { (1/n) Σ_k η_k r_k x_k },

where η_k is 1 for w·x_k > 0, 0 for w·x_k < 0, and anything in [0, 1] at a tie. Signs of w·x_k are exact for the floats
as they are: a tie is a tie of exact numbers, unless a tolerance is asked for.
"""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import Dataset, as_dataset
from ..data._arguments import as_number
from ..data._json import plain
from ..data._real import check_finite, real_array
from ..errors import InvalidValueError, MissingFileError
from ..geometry.clarke._nearest import nearest_to_origin
from ..geometry.exact._signs import activation_signs, chunks
from ..laws._checks import Frozen, as_matrix, as_vector

__all__ = ["Network"]

_WEIGHTS = "an array of real numbers of shape (m, d), one neuron a row"


@dataclass(frozen=True, eq=False, repr=False)
class Network(Frozen):
    """
    The network h(x) = Σ_j a_j σ(w_j·x) with m neurons in dimension d.

    Two networks are equal if they are the same object; compare `W` and `a` to compare numbers.

    Parameters
    ----------
    W : array_like of shape (m, d)
        Inner weights w_j, one neuron a row. Copied.
    a : array_like of shape (m,)
        Outer weights a_j. Copied.

    Attributes
    ----------
    W : ndarray of shape (m, d)
        float64, C-contiguous, read-only.
    a : ndarray of shape (m,)
        float64, read-only.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For arrays that are not finite real numbers of these shapes, or that are empty.

    Examples
    --------
    >>> from extremal.training import Network
    >>> network = Network([[1.0, 0.0], [0.0, 2.0]], [1.0, -1.0])
    >>> network
    <Network: m = 2, d = 2>
    >>> network([[3.0, 1.0], [-1.0, -1.0]])
    array([1., 0.])
    >>> print(network.loss([[3.0, 1.0]], [2.0]))
    0.5
    """

    W: NDArray[np.float64]
    a: NDArray[np.float64]

    def __post_init__(self) -> None:
        W = as_matrix(self.W, "W", _WEIGHTS)
        a = as_vector(self.a, "a")
        if a.size != len(W):
            hint = ": pass W.T if each column is a neuron" if a.size == W.shape[1] else ""
            raise InvalidValueError(
                f"W has {len(W)} rows and a has {a.size} entries; expected one outer weight for each row of W{hint}"
            )
        object.__setattr__(self, "W", W)
        object.__setattr__(self, "a", a)

    @property
    def width(self) -> int:
        """Number m of neurons."""
        return int(self.W.shape[0])

    @property
    def dimension(self) -> int:
        """Dimension d of the inputs."""
        return int(self.W.shape[1])

    def __call__(self, X: ArrayLike | Dataset) -> Any:
        """
        Evaluate the network.

        Parameters
        ----------
        X : array_like of shape (n, d) or (d,), or Dataset
            Inputs, one a row, or a single one.

        Returns
        -------
        ndarray of shape (n,), or float64 for a single input
            h(x) = Σ_j a_j σ(w_j·x). Large inputs are worked through in blocks.
        """
        rows = self._inputs(X)
        flat = np.atleast_2d(rows)
        result = np.empty(len(flat))
        for part in chunks(len(flat), self.width):
            heights = flat[part] @ self.W.T
            result[part] = np.maximum(heights, 0.0, out=heights) @ self.a
        return result if rows.ndim == 2 else result[0]

    def activations(self, X: ArrayLike | Dataset) -> NDArray[np.bool_]:
        """
        Tell which neurons are active at which inputs.

        Parameters
        ----------
        X : array_like of shape (n, d) or (d,), or Dataset
            Inputs.

        Returns
        -------
        ndarray of shape (n, m), or (m,) for a single input
            Whether w_j·x_k > 0, exactly; False at a tie.
        """
        rows = self._inputs(X)
        active = (activation_signs(np.atleast_2d(rows), self.W) > 0).T
        return active if rows.ndim == 2 else active[0]

    def residuals(self, X: ArrayLike | Dataset, y: ArrayLike | None = None) -> NDArray[np.float64]:
        """
        Compute the residuals r_k = y_k − h(x_k).

        Parameters
        ----------
        X : array_like of shape (n, d), or Dataset
            Samples, one a row.
        y : array_like of shape (n,), optional
            Labels; left out if X is a `Dataset`.

        Returns
        -------
        ndarray of shape (n,)
            In units of y.
        """
        data = self._data(X, y)
        return data.y - self(data)

    def loss(self, X: ArrayLike | Dataset, y: ArrayLike | None = None) -> float:
        """
        Compute the loss L = (1/2n) Σ_k (h(x_k) − y_k)².

        Parameters
        ----------
        X : array_like of shape (n, d), or Dataset
            Samples, one a row.
        y : array_like of shape (n,), optional
            Labels; left out if X is a `Dataset`.

        Returns
        -------
        float
            In units of y².
        """
        residuals = self.residuals(X, y)
        return float(residuals @ residuals) / (2 * residuals.size)

    def D(self, X: ArrayLike | Dataset, y: ArrayLike | None = None) -> NDArray[np.float64]:
        """
        Compute D_n(w_j, θ) = (1/n) Σ r_k x_k over the samples with w_j·x_k > 0, for every neuron.

        Parameters
        ----------
        X : array_like of shape (n, d), or Dataset
            Samples, one a row.
        y : array_like of shape (n,), optional
            Labels; left out if X is a `Dataset`.

        Returns
        -------
        ndarray of shape (m, d)
            One element of each 𝒟_n(w_j, θ), the one with η = 0 at ties; in units of x·y.
        """
        data = self._data(X, y)
        z = self.residuals(data)[:, None] * data.X / data.n
        result = np.empty_like(self.W)
        for part in chunks(self.width, data.n):
            result[part] = (activation_signs(data.X, self.W[part]) > 0) @ z
        return result

    def least_D(
        self, X: ArrayLike | Dataset, y: ArrayLike | None = None, tolerance: float = 1e-9
    ) -> NDArray[np.float64]:
        """
        Compute for every neuron the D in 𝒟_n(w_j, θ) that makes a_j²‖D‖² + (w_j·D)² least.

        With them (a_j D, w_j·D) is the minimum-norm element of the neuron's block of the Clarke gradient, up to its
        sign.

        Parameters
        ----------
        X : array_like of shape (n, d), or Dataset
            Samples, one a row.
        y : array_like of shape (n,), optional
            Labels; left out if X is a `Dataset`.
        tolerance : float
            Samples with |w_j·x_k| ≤ tolerance · ‖w_j‖ ‖x_k‖ count as ties. 0: only exact ties.

        Returns
        -------
        ndarray of shape (m, d)
            In units of x·y.
        """
        tolerance = as_number(tolerance, "tolerance", "a number from 0 to 1, such as 1e-9", least=0.0)
        data = self._data(X, y)
        z = self.residuals(data)[:, None] * data.X / data.n
        lengths = np.linalg.norm(data.X, axis=1)
        sizes = np.linalg.norm(self.W, axis=1)
        moving = z.any(axis=1)  # the others are ties that change nothing
        result = np.empty_like(self.W)
        for part in chunks(self.width, data.n):
            W = self.W[part]
            if tolerance == 0:
                signs = activation_signs(data.X, W)
                active, tie = signs > 0, (signs == 0) & moving
            else:
                heights = W @ data.X.T
                tie = np.abs(heights) <= tolerance * np.outer(sizes[part], lengths)
                active = (heights > 0) & ~tie
                tie &= moving
            result[part] = active @ z
            for j in np.flatnonzero(tie.any(axis=1)):
                ties = z[tie[j]]
                result[part.start + j] += _least(result[part.start + j], ties, W[j], self.a[part.start + j]) @ ties
        return result

    def stationarity(self, X: ArrayLike | Dataset, y: ArrayLike | None = None, tolerance: float = 1e-9) -> float:
        r"""
        Compute how far the network is from a stationary point: the norm of the least element of the Clarke gradient.

        Parameters
        ----------
        X : array_like of shape (n, d), or Dataset
            Samples, one a row.
        y : array_like of shape (n,), optional
            Labels; left out if X is a `Dataset`.
        tolerance : float
            Samples with |w_j·x_k| ≤ tolerance · ‖w_j‖ ‖x_k‖ count as ties, where η_k is free in [0, 1]. 0: only exact
            ties.

        Returns
        -------
        float
            The square root of Σ_j min over D in 𝒟_n(w_j, θ) of a_j²‖D‖² + (w_j·D)². It is 0 exactly at the stationary
            points of the flow of Eq. 4. In units of y²/θ.

        Notes
        -----
        𝒟_n is the set of the paper, with one η for each sample. Where samples are parallel and a neuron has a tie
        with them, it can be larger than the Clarke subdifferential of the loss, in which they share one η.

        Examples
        --------
        The neuron fits the first sample and is tied with the second, which pushes it away: η = 0 stops it.

        >>> from extremal.training import Network
        >>> X, y = [[1.0, 0.0], [0.0, 1.0]], [1.0, -1.0]
        >>> print(Network([[1.0, 0.0]], [1.0]).stationarity(X, y))
        0.0
        >>> print(round(Network([[1.0, 0.1]], [1.0]).stationarity(X, y), 3))
        0.553
        """
        least = self.least_D(X, y, tolerance)
        blocks = self.a[:, None] * least
        along = np.einsum("jd,jd->j", self.W, least)
        return float(np.hypot(np.linalg.norm(blocks), np.linalg.norm(along)))

    @property
    def balancedness(self) -> NDArray[np.float64]:
        """The conserved quantities a_j² − ‖w_j‖² of the flow (Lemma F.1), shape (m,)."""
        return self.a**2 - np.einsum("jd,jd->j", self.W, self.W)

    @property
    def directions(self) -> NDArray[np.float64]:
        """The unit vectors w_j/‖w_j‖, 0 where w_j = 0; shape (m, d)."""
        size = np.abs(self.W).max(axis=1, keepdims=True)
        scaled = self.W / np.where(size > 0, size, 1.0)  # squares of tiny weights vanish
        norms = np.linalg.norm(scaled, axis=1, keepdims=True)
        return scaled / np.where(norms > 0, norms, 1.0)

    def sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Sum a_j w_j over the positive and over the negative neurons.

        Returns
        -------
        positive, negative : ndarray of shape (d,)
            The two vectors that Theorem 4.1 says go to β_{n,+} and β_{n,−}.
        """
        up, down = self.a > 0, self.a < 0
        return self.a[up] @ self.W[up], self.a[down] @ self.W[down]

    def to_json(self) -> dict[str, Any]:
        """
        Give the weights as plain values.

        Returns
        -------
        dict
            W and a as lists.

        Examples
        --------
        >>> from extremal.training import Network
        >>> Network([[1.0, 0.0]], [-1.0]).to_json()
        {'W': [[1.0, 0.0]], 'a': [-1.0]}
        """
        return {"W": plain(self.W), "a": plain(self.a)}

    def save(self, path: "str | PathLike[str]") -> None:
        """Write the weights to a file (.npz; nothing is pickled), under exactly the name that is given."""
        with open(path, "wb") as file:
            np.savez(file, W=self.W, a=self.a)

    @classmethod
    def load(cls, path: "str | PathLike[str]") -> "Network":
        """
        Read a network that `save` wrote.

        Raises
        ------
        MissingFileError
            If there is no such file.
        InvalidValueError
            If it does not hold a network.
        """
        if not Path(path).is_file():
            raise MissingFileError(f"there is no file {str(path)!r}")
        try:
            with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
                return cls(file["W"], file["a"])
        except InvalidValueError as error:
            raise InvalidValueError(f"{str(path)!r} does not hold a network: {error}") from error
        # zlib.error and others come out of damaged archives
        except Exception as error:
            raise InvalidValueError(f"{str(path)!r} does not hold a network, or it is damaged: {error}") from error

    def __repr__(self) -> str:
        return f"<Network: m = {self.width}, d = {self.dimension}>"

    def _inputs(self, X: ArrayLike | Dataset) -> NDArray[np.float64]:
        if isinstance(X, Dataset):
            rows = X.X
        else:
            rows = real_array(X, "X", "an array of real numbers of shape (n, d), one input a row, or (d,)")
            check_finite(rows, "X")
        if rows.ndim not in (1, 2) or rows.shape[-1] != self.dimension:
            raise InvalidValueError(
                f"X has shape {rows.shape}; expected (n, {self.dimension}), one input a row, or "
                f"({self.dimension},), for a network in dimension {self.dimension}"
            )
        return rows

    def _data(self, X: ArrayLike | Dataset, y: ArrayLike | None) -> Dataset:
        data = as_dataset(X, y)
        if data.d != self.dimension:
            raise InvalidValueError(
                f"X has {data.d} columns; expected {self.dimension}, the dimension of the network's weights"
            )
        return data


def _least(
    base: NDArray[np.float64], ties: NDArray[np.float64], w: NDArray[np.float64], a: float
) -> NDArray[np.float64]:
    """η in [0, 1] that makes a²‖D‖² + (w·D)² least for D = base + Σ η_k ties_k: a nearest point of a zonotope."""
    size = max(float(np.abs(w).max()), abs(a))
    if size == 0:
        return np.zeros(len(ties))
    scale = max(float(np.abs(base).max()), float(np.abs(ties).max()))
    # D -> (a D, w·D) is linear, so the images of the D make up a zonotope in R^{d+1}.
    lift = np.column_stack([a / size * np.eye(len(w)), w / size]) / scale
    point, generators = base @ lift, ties @ lift
    if len(ties) == 1:
        square = float(generators[0] @ generators[0])
        return np.clip([-(point @ generators[0]) / square if square > 0 else 0.0], 0.0, 1.0)
    return nearest_to_origin(point, generators)
