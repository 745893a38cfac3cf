"""Statements on one data set: extremal vectors and activation cones."""

from ..statements import cover_counts, definition_2_1, lemma_c1
from ._controls import SIGNS
from ._statement import Measurement, Statement

__all__ = ["GEOMETRY"]

GROUP = "Extremal vectors"

GEOMETRY = (
    Statement(
        "definition-2.1",
        "Definition 2.1",
        GROUP,
        "D is extremal if D ∈ 𝒟_n(w) for a unit vector w, and D = 0 or A_n(D) = ±A_n(w). Those that are found are, by "
        "certificates in rational arithmetic; none is missing, by an enumeration of all faces and by the Euler "
        "characteristic of the sphere.",
        Measurement(definition_2_1, {"n": (24,), "d": (2, 3), "repetitions": 30}, {"n": (6, 20, 40)}),
        Measurement(
            definition_2_1,
            {"n": (24,), "d": (2, 3), "repetitions": 10, "tampered": True},
            {"n": (6, 20), "repetitions": 5, "tampered": True},
            "one vector is left out, and in the patterns of the others one sample is flipped",
        ),
    ),
    Statement(
        "cover",
        "Cover's count",
        GROUP,
        "n samples in general position in R^d have C(n, d) = 2 Σ_{i<d} binom(n − 1, i) activation cones.",
        Measurement(cover_counts, {}, {"n": (2, 5, 10, 20, 40)}),
        Measurement(
            cover_counts,
            {"law": SIGNS, "n": (4, 8)},
            {"law": SIGNS, "n": (4, 8)},
            "inputs in {−1, 1}²: rows repeat and have opposites, so they are not in general position",
        ),
    ),
    Statement(
        "lemma-c.1",
        "Lemma C.1",
        GROUP,
        "If x has a density, sup over w and D ∈ 𝒟_n(w) of ‖D − c‖ is attained on the activation cones: the hyperplanes "
        "between them, where 𝒟_n(w) is larger than a point, add nothing, almost surely.",
        Measurement(lemma_c1, {"n": (4, 7, 10)}, {}),
        Measurement(
            lemma_c1,
            {"law": SIGNS, "n": (4, 8)},
            {"law": SIGNS, "n": (4, 8)},
            "inputs in {−1, 1}², which have no density",
        ),
    ),
)
