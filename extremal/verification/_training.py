"""Statements on gradient flow: the steps of the proof of Theorem 4.1, and the theorem."""

from ..statements import lemmas_f, theorem_4_1
from ._controls import descent_balance
from ._statement import Measurement, Statement

__all__ = ["TRAINING"]

GROUP = "Training"
GAUSSIAN = "Gaussian inputs, which may lie near the hyperplane of β*: Assumption 4.1 does not hold"

# One set of runs goes through the whole proof.
PROOF = Measurement(
    lemmas_f,
    {"n": (200,), "d": 2, "repetitions": 30, "scales": (1e-2, 1e-4), "width": 10},
    {"n": (400,), "d": (2, 3), "repetitions": 25, "scales": (1e-2, 1e-3, 1e-5), "width": 50},
)
WITHOUT = Measurement(
    lemmas_f,
    {"law": "gaussian", "n": (10, 100), "d": 3, "repetitions": 8, "scales": 1e-3, "width": 10, "max_steps": 150},
    {"law": "gaussian", "n": (10, 100), "d": 3, "repetitions": 12, "scales": 1e-3, "width": 10, "max_steps": 300},
    GAUSSIAN,
)
COUPLED = Measurement(
    lemmas_f,
    {"leak": 0.05, "n": (20, 200), "d": 2, "repetitions": 6, "scales": 1e-3, "width": 10},
    {"leak": 0.05, "n": (20, 200), "d": 2, "repetitions": 10, "scales": 1e-3, "width": 10},
    "leaky ReLU with slope 0.05: each half of the data moves the neurons of the other",
)


def _lemma(number: int, text: str, control: Measurement, *more: str) -> Statement:
    return Statement(f"lemma-f.{number}", f"Lemma F.{number}", GROUP, text, PROOF, control, (f"F.{number}", *more))


TRAINING = (
    _lemma(
        1,
        "a_j² − ‖w_j‖² does not change in time, and with domination neither does the sign of a_j.",
        Measurement(descent_balance, {}, {}, "gradient descent, whose steps have a length, instead of the flow"),
    ),
    _lemma(
        2,
        "At τ = ε ln(1/λ)/max‖D‖ all neurons are aligned, 1 − (w_j/a_j)·D/‖D‖ = O(λ^ε), and |a_j| has changed by a "
        "factor of at most λ^(−2ε); from then on they are in the cones of ±β*.",
        WITHOUT,
        "cones",
    ),
    _lemma(3, "Positive and negative neurons move independently: each group fits its half of the data.", COUPLED),
    _lemma(4, "Slow growth: Σ a_j² of each group reaches ε_2, in the direction of D.", WITHOUT),
    _lemma(5, "Fast growth: then ‖β_n − Σ a_j w_j‖ falls to ε_3 in each group.", WITHOUT),
    _lemma(
        6,
        "Then ‖∇L‖² ≥ κ (L − min L) in each group: the loss converges exponentially, and no activation changes.",
        WITHOUT,
    ),
    Statement(
        "theorem-4.1",
        "Theorem 4.1",
        GROUP,
        "Under Assumption 4.1, for small λ and n ≥ n* = Θ(d³ log d), gradient flow of any width converges to "
        "h(x) = σ(β_{n,+}·x) − σ(−β_{n,−}·x): least squares on two halves of the data, and no interpolation.",
        Measurement(
            theorem_4_1,
            {"n": (8, 80), "d": (2, 3), "repetitions": 25, "width": 20},
            {"n": (6, 12, 24, 80, 320), "d": (2, 3, 4), "repetitions": 25, "width": 100, "widths": (10,)},
        ),
        Measurement(
            theorem_4_1,
            {"law": "gaussian", "n": (12, 120), "d": 3, "repetitions": 8, "width": 20, "max_steps": 300},
            {"law": "gaussian", "n": (12, 120), "d": 3, "repetitions": 20, "width": 20, "max_steps": 400},
            GAUSSIAN,
        ),
    ),
)
