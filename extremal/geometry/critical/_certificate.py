"""Certificates: the KKT conditions of one extremal vector proved in rational arithmetic.

Floats are read as the dyadic rationals that they are. From the data, a sign s and the activation pattern alone this
recomputes D = Π_{Z^⊥} S exactly and checks Definition 2.1: the pattern is that of w = sD/‖D‖, and D ∈ 𝒟_n(w) with
multipliers between the leak and 1. Nothing of the search is used.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data._json import plain
from ..exact._box import box_multipliers
from ..exact._exact import dyadic, reduced_rows, solve
from ..exact._face_point import face_point

if TYPE_CHECKING:
    from ...data import Dataset

__all__ = ["Certificate", "certify"]


@dataclass(frozen=True, eq=False, repr=False)
class Certificate:
    """An exact proof, or refutation, that a vector is extremal; printing it prints the proof.

    Attributes
    ----------
    valid : bool
        Whether every condition holds, in exact arithmetic.
    sign : int
        +1, −1, or 0 for D = 0.
    D : tuple of Fraction
        The vector, exactly.
    w : tuple of Fraction
        A multiple of the direction: sD, or for D = 0 a direction with 0 ∈ 𝒟_n(w).
    eta : dict of int to Fraction
        Multipliers of the rows on the boundary that act (y_k ≠ 0).
    failures : tuple of str
        The conditions that do not hold.
    lines : tuple of str
        The steps of the proof.
    """

    valid: bool
    sign: int
    D: tuple[Fraction, ...]
    w: tuple[Fraction, ...]
    eta: dict[int, Fraction]
    failures: tuple[str, ...]
    lines: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.valid

    def to_json(self) -> dict[str, Any]:
        """
        Give the proof as plain values.

        Returns
        -------
        dict
            The attributes; fractions are text, such as "1/2".
        """
        names = ("valid", "sign", "D", "w", "eta", "failures", "lines")
        return {name: plain(getattr(self, name)) for name in names}

    def __repr__(self) -> str:
        word = "proved" if self.valid else f"refuted, {len(self.failures)} of its conditions fail"
        sign = f"{self.sign:+d}" if self.sign else "0"
        return f"<certificate: {word}; sign {sign}, d = {len(self.D)}, {len(self.eta)} multipliers>"

    def __str__(self) -> str:
        verdict = "Proved." if self.valid else "Refuted: " + "; ".join(self.failures) + "."
        return "\n".join([*self.lines, verdict])


def certify(data: "Dataset", leak: float, sign: int, signs: np.ndarray, near: np.ndarray) -> Certificate:
    """
    Prove the KKT conditions for a sign and an activation pattern.

    Parameters
    ----------
    data : Dataset
        The samples (n, d) and labels (n,).
    leak : float
        α of the leaky ReLU.
    sign : {+1, −1, 0}
        D ∈ 𝒟_n(D), D ∈ 𝒟_n(−D), or D = 0.
    signs : ndarray (n,)
        The signs of w·x_k.
    near : ndarray (d,)
        A float direction near w; used for D = 0 only.

    Returns
    -------
    Certificate
    """
    x, x_exponent = dyadic(data.X)
    y, y_exponent = dyadic(data.y)
    alpha = Fraction(leak)
    unit = Fraction(2) ** (x_exponent + y_exponent) / data.n
    acts = np.array([bool(label) and bool(any(row)) for label, row in zip(y, x, strict=True)])
    z = x * y[:, None]
    # At leak 1 a row contributes the same on both sides, and on its hyperplane.
    zero = [int(k) for k in np.flatnonzero(acts & (signs == 0))] if alpha != 1 else []
    on = z[acts & ((signs > 0) | (alpha == 1))].sum(axis=0)
    off = z[acts & (signs < 0) & (alpha != 1)].sum(axis=0)
    total = [Fraction(a) + alpha * Fraction(b) for a, b in _pairs(on, off)]
    basis = [zero[i] for i in reduced_rows(x[zero])[2]]
    point = _orthogonal(total, x[basis]) if sign else [Fraction(0)] * data.d
    w = [sign * p for p in point] if sign else _orthogonal([Fraction(float(v)) for v in near], x[basis])
    if not sign and _wrong(x, w, signs, acts):
        # The direction is rounded and the face is thin: any other point of the face will do.
        rows = np.flatnonzero(acts)
        w = face_point([[int(v) for v in row] for row in x[rows]], signs[rows].tolist())
    failures = []
    if sign and not any(point):
        failures.append("the candidate of this face is D = 0")
    if not sign and not any(w):
        failures.append("the direction given is not on the face")
    wrong = _wrong(x, w, signs, acts)
    if wrong:
        failures.append(f"w·x_k has another sign than the pattern for k = {wrong[:5]}")
    fixed = alpha * z[zero].sum(axis=0) if zero else [Fraction(0)] * data.d
    target = [p - t - Fraction(f) for p, t, f in zip(point, total, fixed, strict=True)]
    if alpha == 1:
        positions = None if any(target) else [Fraction(0)] * len(zero)
    else:
        positions = box_multipliers([[(1 - alpha) * Fraction(v) for v in z[k]] for k in zero], target)
    if positions is None:
        failures.append("no multipliers put D in 𝒟_n(w)")
    eta = {} if positions is None else {k: alpha + (1 - alpha) * t for k, t in zip(zero, positions, strict=True)}
    exact = tuple(p * unit for p in point)
    return Certificate(
        not failures,
        sign,
        exact,
        tuple(w),
        eta,
        tuple(failures),
        _lines(data, sign, signs, acts, zero, basis, exact, eta, bool(wrong), positions is None),
    )


def _pairs(a: object, b: object) -> "zip[tuple[int, int]]":
    return zip(a, b, strict=True)  # type: ignore[call-overload]


def _orthogonal(vector: list[Fraction], rows: np.ndarray) -> list[Fraction]:
    """Project a vector onto the complement of independent rows."""
    if not len(rows):
        return list(vector)
    coefficients = solve(rows @ rows.T, [sum(a * b for a, b in zip(row, vector, strict=True)) for row in rows])
    result = list(vector)
    for c, row in zip(coefficients, rows, strict=True):
        result = [v - c * a for v, a in zip(result, row, strict=True)]
    return result


def _wrong(x: np.ndarray, w: list[Fraction], signs: np.ndarray, acts: np.ndarray) -> list[int]:
    """Rows that act where sign(w·x_k) is not the pattern's."""
    return [int(k) for k in np.flatnonzero(acts) if _sign(sum(a * b for a, b in zip(x[k], w, strict=True))) != signs[k]]


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _lines(data, sign, signs, acts, zero, basis, exact, eta, wrong, outside) -> tuple[str, ...]:
    shown = ", ".join(_short(p) for p in exact[:6]) + (", …" if len(exact) > 6 else "")
    lines = [
        f"Data: {data.n} samples in R^{data.d}; {int(acts.sum())} act (x_k ≠ 0, y_k ≠ 0).",
        f"Pattern: {int((acts & (signs > 0)).sum())} active, {int((acts & (signs < 0)).sum())} inactive, "
        f"{len(zero)} on the boundary, of rank {len(basis)}.",
        f"D = ({shown})"
        + (", the projection of the pattern's sum onto the complement of the boundary rows." if sign else "."),
    ]
    direction = "a rational direction w" if not sign else "w = D" if sign > 0 else "w = −D"
    lines.append(
        f"(i) The signs of w·x_k with {direction} are {'NOT ' if wrong else ''}the pattern, for every k that acts."
    )
    if outside:
        lines.append("(ii) D is NOT in 𝒟_n(w).")
    elif eta:
        some = ", ".join(f"η_{k} = {_short(t)}" for k, t in list(eta.items())[:6]) + (", …" if len(eta) > 6 else "")
        lines.append(f"(ii) D is in 𝒟_n(w) with {some}.")
    else:
        lines.append("(ii) D is the only element of 𝒟_n(w).")
    return tuple(lines)


def _short(value: Fraction) -> str:
    """Write a fraction in full if it is short, else to 17 digits."""
    text = str(value)
    return text if len(text) <= 24 else f"{float(value):.17g} (exact: {len(text)} digits)"
