r"""Eq. 6: the directions w with D(w) = 0 or D(w)/‖D(w)‖ = ±w, the limits of extremal vectors as n → ∞.

Proved lists, for which `complete` is True:

- D(w) = D for every w (symmetric inputs, linear teacher, centred noise): D with both signs, at w = ±D/‖D‖; if D = 0,
  every w.
- One neuron c σ(u·x) and spherical inputs: D(w) is a positive combination of cu and, where sin φ > 0, of cw. It is
  parallel to w only for φ = 0, where it is c E R²/d u/2, and for φ = π, where it is 0.
- d = 1: the sphere has two points.
- Rows of a data set: extremal vectors in the sense of Definition 2.1, by `extremal.find`, complete if it says so.

Elsewhere: the critical points of G on the sphere by Newton's method from many starts, among them the ends of ascents
w ← ±D(w)/‖D(w)‖ with shrinking steps; saddles are found too. Nothing shows that none is missing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data._json import plain
from ..geometry import find
from ._checks import Frozen, locked
from ._elliptical import Elliptical
from ._newton import Candidates, candidates
from ._population import unit_rows
from ._sampled import FinitePopulation
from ._teachers import Linear, ReLU

if TYPE_CHECKING:
    import pandas as pd

    from ._law import Law

__all__ = ["PopulationExtremal", "solve"]

# Random starts where every evaluation of D is a sum over a large sample.
SAMPLED_STARTS = 24


@dataclass(frozen=True, eq=False, repr=False)
class PopulationExtremal(Frozen):
    """
    Solutions of Eq. 6, by descending |G|.

    Attributes
    ----------
    vectors : ndarray of shape (k, d)
        The vectors D(w).
    directions : ndarray of shape (k, d)
        Unit vectors w. Of D = 0 only one is listed.
    signs : ndarray of shape (k,) of int
        +1 where D(w)/‖D(w)‖ = w, −1 where it is −w, 0 where D(w) = 0.
    residuals : ndarray of shape (k,)
        Length of D(w)'s component orthogonal to w, or of D(w) where the sign is 0; relative to the largest ‖D‖ seen.
    nondegenerate : ndarray of shape (k,) of bool
        Whether G has a nondegenerate critical point there, which isolates it. Of a family of degenerate ones with the
        same G, such as the solutions by symmetry all around an axis, one is listed. Not examined (True) where D is
        sampled.
    complete : bool
        True only where it is known that there is no other solution.
    method : str
        "constant D", "one neuron", "d = 1", "find", "Newton" or "ascent".
    """

    vectors: NDArray[np.float64]
    directions: NDArray[np.float64]
    signs: NDArray[np.int64]
    residuals: NDArray[np.float64]
    nondegenerate: NDArray[np.bool]
    complete: bool
    method: str

    @property
    def values(self) -> NDArray[np.float64]:
        """G(w), shape (k,)."""
        return np.einsum("ij,ij->i", self.vectors, self.directions)

    def __len__(self) -> int:
        return len(self.signs)

    def to_frame(self) -> "pd.DataFrame":
        """
        Tabulate the solutions.

        Returns
        -------
        DataFrame
            One row a solution: sign, value, norm, residual, nondegenerate, and the coordinates of D(w).
        """
        import pandas as pd

        columns: dict[str, Any] = {
            "sign": self.signs,
            "value": self.values,
            "norm": np.linalg.norm(self.vectors, axis=1),
            "residual": self.residuals,
            "nondegenerate": self.nondegenerate,
        }
        columns.update({f"D_x{j}": column for j, column in enumerate(self.vectors.T)})
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """
        Give the solutions as plain values.

        Returns
        -------
        dict
            count, complete and method, and the columns vectors, directions, signs, values, residuals, nondegenerate.
        """
        names = ("complete", "method", "vectors", "directions", "signs", "values", "residuals", "nondegenerate")
        return {"count": len(self), **{name: plain(getattr(self, name)) for name in names}}

    def __repr__(self) -> str:
        noun = "vector" if len(self) == 1 else "vectors"
        signs = ", ".join(f"{s:+d}" if s else "0" for s in self.signs.tolist()[:8])
        more = ", ..." if len(self) > 8 else ""
        end = "complete" if self.complete else "perhaps not all"
        return f"<{len(self)} extremal {noun} of Eq. 6 (signs {signs or 'none'}{more}), {end}; {self.method}>"


def solve(law: "Law", starts: int, rng: np.random.Generator) -> PopulationExtremal:
    """Solve Eq. 6 for a law; see the module's docstring."""
    population, d = law.population, law.d
    if population.constant is not None:
        D = population.constant
        if not D.any():
            return _result(Candidates.at(np.eye(d)[:1], np.zeros((1, d)), nondegenerate=False), True, "constant D")
        w = np.vstack([unit_rows(D[None]), -unit_rows(D[None])])
        return _result(Candidates.at(w, np.vstack([D, D])), True, "constant D")
    if isinstance(population, FinitePopulation):
        rows = find(population.X, population.y)
        regular = locked(rows.indices >= 0)
        return PopulationExtremal(
            rows.vectors, rows.directions, rows.signs, rows.residuals, regular, rows.complete, "find"
        )
    if d == 1:
        w = np.array([[1.0], [-1.0]])
        return _result(Candidates.at(w, population.D(w)), population.exact, "d = 1")
    if _one_neuron(law):
        assert isinstance(law.teacher, ReLU)
        u = unit_rows(law.teacher.weights)
        w = np.vstack([u, -u])
        D = population.D(w)
        D[1] = 0.0
        return _result(Candidates.at(w, D, nondegenerate=np.array([True, False])), True, "one neuron")
    found = candidates(population, _starts(law, starts, rng))
    return _result(found, False, "Newton" if population.smooth else "ascent")


def _one_neuron(law: "Law") -> bool:
    teacher, inputs = law.teacher, law.inputs
    one = isinstance(teacher, ReLU) and len(teacher.weights) == 1 and law.noise_mean == 0
    return one and isinstance(inputs, Elliptical) and inputs.isotropic


def _starts(law: "Law", count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The neurons and E[x xᵀ] times them, of both signs, and random directions."""
    if not law.population.smooth:
        count = min(count, SAMPLED_STARTS)
    rows = [rng.standard_normal((count, law.d))]
    if isinstance(law.teacher, Linear | ReLU):
        known = law.teacher.weights if isinstance(law.teacher, ReLU) else law.teacher.beta[None]
        known = known[known.any(axis=1)]
        moments = law.inputs.second_moments
        for block in [known] if moments is None else [known, known @ moments]:
            rows += [block, -block]
    return unit_rows(np.vstack(rows))


def _result(found: Candidates, complete: bool, method: str) -> PopulationExtremal:
    order = np.lexsort((-found.signs, -np.abs(found.values).round(12)))
    D, w, signs, residuals, regular = (
        locked(column[order]) for column in (found.D, found.w, found.signs, found.residuals, found.nondegenerate)
    )
    return PopulationExtremal(D, w, signs, residuals, regular, complete, method)
