r"""Assumption 4.1 item by item: exactly where a law is known, else by tests on a sample.

The model is y = x·β* + η with centred η (Eq. 7). With a constant c > 0:

1. x and −x have the same law;
2. x has a density;
3. \|x·β*\| ≥ c ‖x‖ ‖β*‖/√d almost surely;
4. ‖E[x xᵀ] − I‖ < min(c/√d, 3/5): then Σβ* and β* have the same sign against every x of item 3, since
   \|x·(Σ − I)β*\| ≤ ‖x‖ ‖Σ − I‖ ‖β*‖. Where item 3 holds for no c, 3/5 is what is left of it;
5. x is sub-Gaussian, and E η⁴ < ∞.

The rows of an `Empirical` law are treated as a sample of the law in question. A measured item that holds is one that
the sample does not contradict.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import did_you_mean
from ..data._html import heading, rows_table
from ..data._json import plain
from ._elliptical import Elliptical
from ._inputs import Assumption41, Empirical, RademacherMixture
from ._sample_tests import centred, gap, is_linear, isotropy, symmetry, tail
from ._teachers import Linear

if TYPE_CHECKING:
    import pandas as pd

    from ._law import Law

__all__ = ["AssumptionItem", "AssumptionReport", "check_assumptions"]

# A hypothesis is given up at this p-value. A report makes at most four such tests, so a law that satisfies
# everything is contradicted in one report of 250 at most.
LEVEL = 1e-3
# A sample refutes no c below the least of its own; one below this is of no use, since item 4's limit is c/√d.
SMALLEST_MARGIN = 0.01
# Item 4's bound whatever c is.
LARGEST_DISTORTION = 0.6
# Tail indices: x with a sub-Gaussian law looks like a power above this one, and E η⁴ < ∞ needs one above 4.
SUB_GAUSSIAN_INDEX, FOURTH = 6.0, 4.0


@dataclass(frozen=True)
class AssumptionItem:
    """
    One item of Assumption 4.1.

    Attributes
    ----------
    name : str
        "7a", "7b" (the linear model), "1", "2", "3", "4", "5a", "5b".
    statement : str
        What is assumed.
    holds : bool or None
        None if it cannot be told.
    how : str
        "exact" or "measured".
    value : float or None
        The number that decides, compared with `threshold`.
    threshold : float or None
        Its limit.
    p_value : float or None
        Of the test, where there is one.
    standard_error : float or None
        Of the value, where it is measured with one.
    note : str
        What the value is.
    """

    name: str
    statement: str
    holds: bool | None
    how: str
    value: float | None = None
    threshold: float | None = None
    p_value: float | None = None
    standard_error: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        # numpy's truth values are not True and False, and are written differently
        if self.holds is not None:
            object.__setattr__(self, "holds", bool(self.holds))


@dataclass(frozen=True)
class AssumptionReport:
    """The items of Assumption 4.1 for a law; printing it prints a table."""

    items: tuple[AssumptionItem, ...]

    @property
    def holds(self) -> bool | None:
        """True if every item holds, False if one fails, None if it cannot be told."""
        if self.failed:
            return False
        return None if self.unknown else True

    @property
    def exact(self) -> bool:
        """Whether nothing was measured."""
        return all(item.how == "exact" for item in self.items)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the items that fail."""
        return tuple(item.name for item in self.items if item.holds is False)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of the items that cannot be told."""
        return tuple(item.name for item in self.items if item.holds is None)

    def __getitem__(self, name: str) -> AssumptionItem:
        """Return the item with this name."""
        for item in self.items:
            if item.name == name:
                return item
        names = [item.name for item in self.items]
        raise KeyError(f"no item {name!r}; expected one of {', '.join(names)}{did_you_mean(name, names)}")

    def to_frame(self) -> "pd.DataFrame":
        """
        Tabulate the items.

        Returns
        -------
        DataFrame
            One row an item, with the attributes of `AssumptionItem` as columns.
        """
        import pandas as pd

        names = list(AssumptionItem.__dataclass_fields__)
        return pd.DataFrame([[getattr(item, name) for name in names] for item in self.items], columns=names)

    def to_json(self) -> dict[str, Any]:
        """
        Give the report as plain values.

        Returns
        -------
        dict
            holds, exact, failed, unknown, and items as a list of dicts.
        """
        names = ("holds", "exact", "failed", "unknown")
        return {
            **{name: plain(getattr(self, name)) for name in names},
            "items": [plain(asdict(item)) for item in self.items],
        }

    def __repr__(self) -> str:
        width = max((len(item.statement) for item in self.items), default=0)
        lines = [self._head()]
        for item in self.items:
            detail = _detail(item)
            line = f"{item.name:>3}  {item.statement:<{width}}  {_WORDS[item.holds]:<3}  {item.how:<8}  {detail}"
            lines.append(line.rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = [(item.name, item.statement, _WORDS[item.holds], item.how, _detail(item)) for item in self.items]
        return heading(self._head()) + rows_table(("item", "statement", "holds", "how", "detail"), rows)

    def _head(self) -> str:
        word = {True: "holds", False: "fails", None: "cannot be told"}[self.holds]
        return f"Assumption 4.1 {word}" + ("" if self.holds or not self.failed else f" ({', '.join(self.failed)})")


_WORDS = {True: "yes", False: "no", None: "?"}


def _detail(item: AssumptionItem) -> str:
    """The numbers that decide, in words."""
    number = "" if item.value is None else f" {item.value:.4g}"
    if item.standard_error is not None:
        number += f" ± {item.standard_error:.1g}"
    limit = "" if item.threshold is None else f" (limit {item.threshold:.4g})"
    p = "" if item.p_value is None else f" p = {item.p_value:.3g}"
    return f"{item.note}{number}{limit}{p}".strip()


def check_assumptions(law: "Law", c: float | None, n: int, rng: np.random.Generator) -> AssumptionReport:
    """Go through the items; see the module's docstring."""
    inputs, teacher = law.inputs, law.teacher
    known = isinstance(inputs, Elliptical | RademacherMixture | Assumption41)
    linear = isinstance(teacher, Linear)
    X = np.empty((0, law.d))
    if isinstance(inputs, Empirical):
        X = inputs.X
    elif not (known and linear):
        X = inputs.sample(n, rng)
    beta: NDArray[np.float64] | None
    if isinstance(teacher, Linear):
        beta, model = teacher.beta, AssumptionItem("7a", LINEAR, True, "exact")
    else:
        beta, misfit = is_linear(X, teacher(X))
        how = "exact" if teacher.dimension is not None and beta is None else "measured"
        model = AssumptionItem("7a", LINEAR, beta is not None, how, misfit, note="misfit of the best linear one")
    noise = [_centred(law, n, rng), _fourth(law, n, rng)]
    margin = _margin(law, beta, X, c, known)
    largest = c if c is not None else (margin.value if margin.holds and margin.value else 0.0)
    return AssumptionReport(
        (
            model,
            noise[0],
            _symmetric(law, X, rng),
            _density(law, X),
            margin,
            _isotropic(law, X, largest or 0.0),
            _sub_gaussian(law, X),
            noise[1],
        )
    )


LINEAR = "y = x·β* + η"


def _centred(law: "Law", n: int, rng: np.random.Generator) -> AssumptionItem:
    statement = "η is centred"
    if not callable(law.noise):
        return AssumptionItem("7b", statement, law.noise_mean == 0, "exact", law.noise_mean, note="mean")
    mean, error, p = centred(law.draw_noise(n, rng))
    return AssumptionItem("7b", statement, p > LEVEL, "measured", mean, None, p, error, "mean")


def _symmetric(law: "Law", X: NDArray[np.float64], rng: np.random.Generator) -> AssumptionItem:
    statement = "x and −x have the same law"
    if law.inputs.symmetric is not None:
        return AssumptionItem("1", statement, law.inputs.symmetric, "exact")
    p = symmetry(X, rng)
    return AssumptionItem("1", statement, p > LEVEL, "measured", p_value=p, note="random sign flips:")


def _density(law: "Law", X: NDArray[np.float64]) -> AssumptionItem:
    statement = "x has a density"
    if law.inputs.density is not None:
        return AssumptionItem("2", statement, law.inputs.density, "exact")
    repeated = len(X) - len(np.unique(X, axis=0))
    note = "inputs drawn more than once:" if repeated else "no input was drawn twice; no sample shows more"
    return AssumptionItem("2", statement, False if repeated else None, "measured", repeated or None, note=note)


def _margin(
    law: "Law", beta: NDArray[np.float64] | None, X: NDArray[np.float64], c: float | None, known: bool
) -> AssumptionItem:
    """Item 3: its value is the essential infimum of √d |x·β*|/(‖x‖‖β*‖)."""
    statement = "|x·β*| ≥ c ‖x‖‖β*‖/√d surely, c > 0" if c is None else f"|x·β*| ≥ {c:.4g} ‖x‖‖β*‖/√d surely"
    note = "largest c"
    if beta is None or not beta.any():
        return AssumptionItem("3", statement, None, "exact", note="there is no β*" if beta is None else "β* = 0")
    if known or law.d == 1:
        value = _exact_margin(law, beta)
        return AssumptionItem("3", statement, value > 0 if c is None else value >= c, "exact", value, c, note=note)
    smallest, p = gap(X, beta)
    if c is not None:
        return AssumptionItem("3", statement, smallest >= c, "measured", smallest, c, note="least in the sample")
    holds = True if p is not None and p < LEVEL else False if smallest < SMALLEST_MARGIN else None
    return AssumptionItem("3", statement, holds, "measured", smallest, None, p, note="least in the sample")


def _exact_margin(law: "Law", beta: NDArray[np.float64]) -> float:
    inputs, d = law.inputs, law.d
    if d == 1:
        return 1.0
    if not isinstance(inputs, Assumption41):
        return 0.0  # the density, or that on the sphere, is positive on both sides of β*^⊥
    unit = beta / np.abs(beta).max()
    unit = unit / np.linalg.norm(unit)
    # least at s = 1 − ε and v on the rim, opposite to β*'s component across the axis
    along, across = abs(float(unit @ inputs.axis)), float(np.linalg.norm(inputs.complement.T @ unit))
    across = 0.0 if across < 1e-14 else across
    s, radius = 1.0 - inputs.eps, np.sqrt(d + 1.0)
    return max(0.0, float(np.sqrt(d) * (s * along - radius * across) / np.hypot(s, radius)))


def _isotropic(law: "Law", X: NDArray[np.float64], c: float) -> AssumptionItem:
    limit = min(c / np.sqrt(law.d), LARGEST_DISTORTION) if c > 0 else LARGEST_DISTORTION
    statement, note = "‖E[x xᵀ] − I‖ < min(c/√d, 3/5)", "norm"
    moments = law.inputs.second_moments
    if moments is not None and not isinstance(law.inputs, Empirical):
        finite = np.isfinite(moments).all()
        value = float(np.abs(np.linalg.eigvalsh(moments - np.eye(law.d))).max()) if finite else np.inf
        return AssumptionItem("4", statement, value < limit, "exact", value, float(limit), note=note)
    value, error = isotropy(X)
    holds = True if value + 3 * error < limit else False if value - 3 * error >= limit else None
    return AssumptionItem("4", statement, holds, "measured", value, float(limit), None, error, note)


def _sub_gaussian(law: "Law", X: NDArray[np.float64]) -> AssumptionItem:
    statement = "x is sub-Gaussian"
    if law.inputs.sub_gaussian is not None:
        return AssumptionItem("5a", statement, law.inputs.sub_gaussian, "exact")
    index, error = tail(np.linalg.norm(X, axis=1))
    holds = False if index + 3 * error < SUB_GAUSSIAN_INDEX else None
    return AssumptionItem("5a", statement, holds, "measured", index, None, None, error, "tail index of ‖x‖")


def _fourth(law: "Law", n: int, rng: np.random.Generator) -> AssumptionItem:
    statement = "E η⁴ < ∞"
    if not callable(law.noise):
        return AssumptionItem("5b", statement, True, "exact")
    index, error = tail(np.abs(law.draw_noise(n, rng)))
    holds = True if index - 3 * error > FOURTH else False if index + 3 * error < FOURTH else None
    return AssumptionItem("5b", statement, holds, "measured", index, FOURTH, None, error, "tail index of η")
