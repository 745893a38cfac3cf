"""What `find` returns: the extremal vectors with their types, the proof's status, and the Euler audit."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data._json import plain
from ..clarke._subdifferential import zonotope_of
from ..clarke._zonotope import Zonotope
from ._audit import EulerAudit
from ._certificate import Certificate, certify
from ._document import document

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from ...data import Dataset
    from ..proof import Proof

__all__ = ["ExtremalVector", "ExtremalVectors", "Region", "Status", "Unresolved"]


class Status(Enum):
    """How a call of `find` ended; the value is a sentence that says what happened and what to do."""

    PROVED = "Complete: every region of the sphere was excluded by a certified inequality or solved exactly."
    NODE_LIMIT = "Incomplete: max_nodes was reached; raise it, or accept the share of the sphere left unresolved."
    TIME_LIMIT = "Incomplete: time_limit was reached; raise it, or accept the share of the sphere left unresolved."
    INTERRUPTED = "Incomplete: the search was interrupted; what had been found until then is here."
    TOO_MANY_FACES = "Incomplete: the faces are too many to enumerate; use method='search'."
    RANK_TOO_LARGE = (
        "Incomplete: the search covers row spaces of dimension up to 12; these vectors come from an ascent. Choose or "
        "project features, or use method='enumerate' for few samples."
    )
    TOO_DEGENERATE = (
        "Incomplete: some regions are cut by too many hyperplanes through nearly one point to be enumerated; "
        "see `unresolved`, and consider whether the rows there are meant to be distinct."
    )
    HEURISTIC = "Incomplete by design: method='ascent' follows G_n from random starts and proves nothing is missing."


_PLURAL = {"maximum": "maxima", "minimum": "minima", "saddle": "saddles"}


@dataclass(frozen=True, eq=False)
class Region:
    """A pair of simplicial cones, spanned by the rows of `vertices` and by their negatives, that is not settled.

    `hypotheses` has a bit for each open possibility: sign +1, −1 on the cone, sign +1, −1 on the opposite cone,
    D = 0 on the cone, D = 0 on the opposite cone. For data of rank r < d the vertices are coordinates of the row space.
    """

    vertices: np.ndarray
    hypotheses: int


@dataclass(frozen=True, eq=False, repr=False)
class Unresolved:
    """What is left when a search is incomplete: the regions, and the share of the sphere they cover (an estimate)."""

    regions: tuple[Region, ...] = ()
    share: float = 0.0

    def __len__(self) -> int:
        return len(self.regions)

    def __repr__(self) -> str:
        regions = f"{len(self)} region{'s' if len(self) != 1 else ''}"
        return f"<unresolved: {regions}, {self.share:.3g} of the sphere>"


@dataclass(frozen=True, eq=False)
class ExtremalVector:
    """One extremal vector (Definition 2.1).

    Attributes
    ----------
    D : ndarray (d,)
        The vector, in the units of y x.
    w : ndarray (d,)
        Unit vector with D ∈ 𝒟_n(w); sign · D/‖D‖ unless D = 0.
    sign : int
        +1 if D ∈ 𝒟_n(D), −1 if D ∈ 𝒟_n(−D), 0 if D = 0.
    kind : str
        "maximum", "minimum" or "saddle" of G_n on the sphere, by the index; "zero"; or "degenerate".
    index : int
        Morse index, the number of descending directions; −1 where undefined.
    value : float
        G_n(w) = sign ‖D‖.
    active : ndarray (n,) of bool
        w·x_k > 0.
    boundary : ndarray of int
        The k with w·x_k = 0.
    eta : ndarray (n,)
        Weights with D = (1/n) Σ η_k y_k x_k: 1 where active, the leak where inactive, between them on the boundary.
    residual : float
        ‖D − (1/n) Σ η_k y_k x_k‖ plus the largest |D·x_k|/‖x_k‖ on the boundary, relative to (1/n) Σ ‖y_k x_k‖.
    exact : tuple of Fraction or None
        D exactly, from `find(..., exact=True)`.
    data, leak, unit
        The data that the vector belongs to: `unit` times `data` if they were given as fractions.
    """

    D: np.ndarray
    w: np.ndarray
    sign: int
    kind: str
    index: int
    value: float
    active: np.ndarray = field(repr=False)
    boundary: np.ndarray = field(repr=False)
    eta: np.ndarray = field(repr=False)
    residual: float
    data: "Dataset" = field(repr=False)
    leak: float = field(repr=False)
    unit: Fraction = field(default=Fraction(1), repr=False)
    exact: tuple[Fraction, ...] | None = field(default=None, repr=False)

    def certify(self) -> Certificate:
        """
        Prove the KKT conditions (Definition 2.1) in rational arithmetic, floats read as the dyadic rationals they are.

        Returns
        -------
        Certificate
            True if the proof holds; printing it prints the proof. `D` and `eta` are exact Fractions.

        Examples
        --------
        >>> import extremal
        >>> v = extremal.find([[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0])[0]
        >>> proof = v.certify()
        >>> bool(proof), proof.D
        (True, (Fraction(1, 2), Fraction(1, 1)))
        """
        certificate = certify(self.data, self.leak, self.sign, self.pattern, self.w)
        return certificate if self.unit == 1 else replace(certificate, D=tuple(self.unit * v for v in certificate.D))

    def exactly(self, unit: Fraction) -> "ExtremalVector":
        """The vector for data `unit` times as large, with D as Fractions and its floats rounded from them."""
        exact = tuple(unit * v for v in self.certify().D)
        D = np.array([float(v) for v in exact])
        D.flags.writeable = False
        return replace(self, D=D, value=self.value * float(unit), unit=unit, exact=exact)

    @property
    def pattern(self) -> np.ndarray:
        """The activation pattern A_n(w): the signs of w·x_k as exact numbers, shape (n,)."""
        signs = np.where(self.active, 1, -1).astype(np.int8)
        signs[self.boundary] = 0
        return signs

    def subdifferential(self) -> Zonotope:
        """𝒟_n(w) for the exact direction w, of which the float `w` is a rounding; it contains D."""
        return zonotope_of(self.data, self.pattern, self.leak)

    def to_json(self) -> dict[str, Any]:
        """
        Give the vector as plain values.

        Returns
        -------
        dict
            The attributes but the data; `active` and `boundary` as lists of row numbers, `exact` as fractions in text.

        Examples
        --------
        >>> import extremal
        >>> v = extremal.find([[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0])[0].to_json()
        >>> v["D"], v["kind"], v["active"]
        ([0.5, 1.0], 'maximum', [0, 1])
        """
        names = ("D", "w", "sign", "kind", "index", "value", "residual", "active", "boundary", "eta", "leak", "exact")
        values = {name: getattr(self, name) for name in names} | {"active": np.flatnonzero(self.active)}
        return {name: plain(value) for name, value in values.items()}

    def __repr__(self) -> str:
        sign = f"{self.sign:+d}" if self.sign else "0"
        with np.printoptions(precision=4, threshold=8):
            return f"ExtremalVector({self.kind}, sign={sign}, value={self.value:.6g}, D={self.D})"


@dataclass(frozen=True, eq=False)
class ExtremalVectors:
    """Extremal vectors of a data set, by descending |G_n|; a sequence of `ExtremalVector`.

    Attributes
    ----------
    items : tuple of ExtremalVector
    data : Dataset
        The validated data.
    leak : float
        α of the leaky ReLU.
    status : Status
        How the computation ended.
    unresolved : Unresolved
        What is left if it is not complete.
    nodes : int
        Regions (or faces) examined.
    method : str
        The method that ran.
    """

    items: tuple[ExtremalVector, ...]
    data: "Dataset"
    leak: float
    status: Status
    unresolved: Unresolved
    nodes: int
    method: str

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[ExtremalVector]:
        return iter(self.items)

    def __getitem__(self, index: int) -> ExtremalVector:
        return self.items[index]

    @property
    def complete(self) -> bool:
        """True only if it is proved that no extremal vector is missing."""
        return self.status is Status.PROVED

    @cached_property
    def vectors(self) -> np.ndarray:
        """The vectors D, shape (k, d)."""
        return self._column("D", (0, self.data.d))

    @cached_property
    def directions(self) -> np.ndarray:
        """Unit vectors w with D ∈ 𝒟_n(w), shape (k, d)."""
        return self._column("w", (0, self.data.d))

    @cached_property
    def signs(self) -> np.ndarray:
        """+1, −1 or 0 for D = 0, shape (k,)."""
        return self._column("sign", 0, np.int64)

    @cached_property
    def kinds(self) -> np.ndarray:
        """The kinds, shape (k,) of str."""
        return self._column("kind", 0, np.str_)

    @cached_property
    def indices(self) -> np.ndarray:
        """Morse indices, −1 where undefined, shape (k,)."""
        return self._column("index", 0, np.int64)

    @cached_property
    def values(self) -> np.ndarray:
        """G_n(w), shape (k,)."""
        return self._column("value", 0, np.float64)

    @cached_property
    def residuals(self) -> np.ndarray:
        """Residuals of the KKT conditions, shape (k,)."""
        return self._column("residual", 0, np.float64)

    @cached_property
    def audit(self) -> EulerAudit:
        """The Euler audit: Σ (−1)^index against the Euler characteristic of the sphere."""
        return EulerAudit.of(self.indices, self.kinds, self.data.d, self.complete)

    def _column(self, name: str, empty: Any, dtype: Any = None) -> np.ndarray:
        result = np.array([getattr(v, name) for v in self.items], dtype=dtype) if self.items else np.zeros(empty, dtype)
        result.flags.writeable = False
        return result

    def proof(self, max_nodes: int = 200_000) -> "Proof":
        """
        Write down why no vector is missing, in a form that `extremal.check` verifies without the search's code.

        Parameters
        ----------
        max_nodes : int
            Cones after which the rest is left open; such a proof is not `complete`.

        Returns
        -------
        Proof

        Raises
        ------
        InvalidValueError
            If the rows that act do not span R^d.
        """
        from ..proof import prove

        return prove(self, max_nodes)

    def to_frame(self) -> "pd.DataFrame":
        """One row a vector: kind, sign, index, value, norm, residual, counts of rows, and the coordinates of D."""
        import pandas as pd

        names = self.data.features or tuple(f"x{j}" for j in range(self.data.d))
        columns: dict[str, Any] = {
            "kind": self.kinds,
            "sign": self.signs,
            "index": self.indices,
            "value": self.values,
            "norm": np.abs(self.values),
            "residual": self.residuals,
            "active": np.array([int(v.active.sum()) for v in self], dtype=np.int64),
            "boundary": np.array([len(v.boundary) for v in self], dtype=np.int64),
        }
        columns.update({f"D_{name}": self.vectors[:, j] for j, name in enumerate(names)})
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """
        Give the list, and what is known of it, as plain values: what ``extremal find --json`` prints.

        Returns
        -------
        dict
            The columns vectors, directions, signs, kinds, indices, values, residuals and boundary; count, complete,
            status, audit, unresolved, n, d, features, target; and the version of the package as ``extremal``.

        Examples
        --------
        >>> import json
        >>> import extremal
        >>> from extremal.data import three_points
        >>> res = extremal.find(three_points())
        >>> json.dumps(res.to_json()["kinds"])
        '["maximum", "zero"]'
        """
        return document(self, self.data)

    def plot(self, ax: "Axes | None" = None, **kwargs: Any) -> "Axes":
        """
        Draw the vectors: on the unit disc (d = 2), on the sphere (d = 3), else their values and cosines.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw. By default a new figure of its own.
        **kwargs
            Passed on to ``Axes.scatter`` for the markers.

        Returns
        -------
        matplotlib.axes.Axes
            The axes that were drawn on.

        Examples
        --------
        >>> import extremal
        >>> from matplotlib.figure import Figure
        >>> res = extremal.find([[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0])
        >>> ax = res.plot(ax=Figure().subplots())
        """
        from ...plot import plot_extremal

        return plot_extremal(self, self.data, ax=ax, **kwargs)

    def summary(self) -> str:
        """One line: how many of each kind, and whether that is all."""
        kinds, counts = np.unique(self.kinds, return_counts=True)
        parts = ", ".join(f"{c} {_PLURAL.get(k, k) if c > 1 else k}" for k, c in zip(kinds, counts, strict=True))
        noun = "vector" if len(self) == 1 else "vectors"
        share = self.unresolved.share
        end = "complete" if self.complete else f"{share:.3g} of the sphere unresolved"
        return f"{len(self)} extremal {noun} ({parts or 'none'}), {end}"

    def __repr__(self) -> str:
        return f"<{self.summary()}; n={self.data.n}, d={self.data.d}>"

    def _repr_html_(self) -> str:
        return f"<p>{self.summary()}<br>{self.status.value}</p>{self.to_frame()._repr_html_()}"
