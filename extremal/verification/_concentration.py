"""Statements on n → ∞: the deviation Δ_n, and extremal vectors against the population's."""

from ..statements import corollary_d1, extremal_counts, proposition_3_1, theorem_3_1, theorem_d1
from ._controls import noise_only, shifted
from ._statement import Measurement, Statement

__all__ = ["CONCENTRATION"]

GROUP = "Concentration"
SHIFTED = "noise of mean ½, and D(w) computed as if it had mean 0: the population of another law"

CONCENTRATION = (
    Statement(
        "theorem-3.1",
        "Theorem 3.1",
        GROUP,
        "Δ_n, the largest distance of an element of 𝒟_n(w) from D(w), over all w, has E Δ_n = "
        "O(√((d log n / n) · E‖yx‖²)).",
        Measurement(
            theorem_3_1,
            {"n": (50, 200, 800), "d": (2, 3), "repetitions": 24},
            {"n": (100, 200, 400, 800, 1600), "d": (2, 3, 4), "repetitions": 40},
        ),
        Measurement(
            theorem_3_1,
            {"law": shifted, "d": (2, 3), "n": (400, 1600, 6400), "repetitions": 10},
            {"law": shifted, "d": (2, 3), "n": (400, 1600, 6400), "repetitions": 40},
            SHIFTED,
        ),
    ),
    Statement(
        "theorem-d.1",
        "Theorem D.1",
        GROUP,
        "Δ_n ≥ C √(M (d log n + log 1/δ)/n) with probability at most δ, if M bounds (1/n) Σ ‖y_k x_k‖².",
        Measurement(
            theorem_d1,
            {"n": (50, 200, 400), "d": (2, 3), "repetitions": 80, "delta": (0.5, 0.2, 0.1)},
            {"n": (50, 200, 800), "d": (2, 3), "repetitions": 200},
        ),
        Measurement(
            theorem_d1,
            {"law": shifted, "d": 2, "n": (400, 1600, 6400), "repetitions": 20, "delta": (0.5, 0.2, 0.1)},
            {"law": shifted, "d": 2, "n": (400, 1600, 6400), "repetitions": 80},
            SHIFTED,
        ),
    ),
    Statement(
        "corollary-d.1",
        "Corollary D.1",
        GROUP,
        "With a fourth moment, Δ_n = O(√((d log n / n) · E‖yx‖²)) with probability "
        "1 − O(1/n + Var(‖yx‖²)/(n E[‖yx‖²]²)).",
        Measurement(
            corollary_d1,
            {"d": (1, 2), "n": (25, 400), "repetitions": 150},
            {"d": (1, 2), "n": (25, 100, 400), "repetitions": 400},
        ),
        Measurement(
            corollary_d1,
            {"law": shifted, "d": 2, "n": (25, 400), "repetitions": 50},
            {"law": shifted, "d": 2, "n": (25, 400), "repetitions": 100},
            SHIFTED,
        ),
    ),
    Statement(
        "proposition-3.1",
        "Proposition 3.1",
        GROUP,
        "With a fourth moment, for every ε and n ≥ n*(ε), with probability 1 − O(1/n), every extremal vector of the "
        "sample is within ε of one of the population (Eq. 6).",
        Measurement(
            proposition_3_1,
            {"d": (2, 3), "n": (50, 400, 3200), "repetitions": 60},
            {"d": (2, 3, 4), "n": (50, 400, 3200), "repetitions": 100},
        ),
        Measurement(
            proposition_3_1,
            {"law": shifted, "d": 2, "n": (400, 1600, 6400), "repetitions": 40},
            {"law": shifted, "d": 2, "n": (400, 1600, 6400), "repetitions": 100},
            SHIFTED,
        ),
    ),
    Statement(
        "two-vectors",
        "Eq. 19: two extremal vectors",
        GROUP,
        "Under Assumption 4.1 and for large n there are exactly two extremal vectors, D_n(β*) and D_n(−β*).",
        Measurement(
            extremal_counts,
            {"d": (2, 3), "n": (10, 30, 100, 300)},
            {"d": (2, 3, 4), "n": (10, 30, 100, 300, 1000)},
        ),
        Measurement(
            extremal_counts,
            {"law": noise_only, "d": 3, "n": (10, 100), "repetitions": 40},
            {"law": noise_only, "d": 3, "n": (10, 100), "repetitions": 40},
            "labels that do not depend on x",
        ),
    ),
)
