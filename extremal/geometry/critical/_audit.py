"""The Euler audit, a check of completeness by topology.

On the sphere S^{d−1} the Morse indices of all critical points of G_n add up to

    Σ (−1)^index = χ(S^{d−1}) = 1 + (−1)^{d−1},

if all are nondegenerate and none has D = 0. This shares nothing with the search: one missed vector breaks it.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["EulerAudit"]


@dataclass(frozen=True, repr=False)
class EulerAudit:
    """Outcome of the audit.

    Attributes
    ----------
    applicable : bool
        Whether the identity holds for a complete set: no D = 0, none degenerate, and D = 0 ruled out.
    total : int
        Σ (−1)^index over the vectors whose index is defined.
    expected : int
        The Euler characteristic of S^{d−1}.
    holds : bool
        Whether the audit is applicable and total equals expected.
    reason : str
        Why it is not applicable, or empty.
    """

    applicable: bool
    total: int
    expected: int
    holds: bool
    reason: str = ""

    @classmethod
    def of(cls, indices: np.ndarray, kinds: np.ndarray, d: int, complete: bool) -> "EulerAudit":
        """Audit a set of critical points on S^{d−1}."""
        total = int(np.sum(1 - 2 * (indices[indices >= 0] % 2)))
        expected = 2 if d % 2 else 0
        if "zero" in kinds:
            reason = "D = 0 is extremal, and the critical set around it counts in a way of its own"
        elif "degenerate" in kinds:
            reason = "some vectors are degenerate and have no Morse index"
        elif not complete:
            reason = "the result is incomplete, so D = 0 and degenerate vectors are not ruled out"
        else:
            reason = ""
        return cls(not reason, total, expected, not reason and total == expected, reason)

    def __repr__(self) -> str:
        word = "holds" if self.holds else "FAILS" if self.applicable else "not applicable"
        return f"<Euler audit: {word}; Σ(−1)^index = {self.total}, χ = {self.expected}>"

    def __str__(self) -> str:
        if not self.applicable:
            return f"Euler audit not applicable: {self.reason}."
        verdict = "holds" if self.holds else "FAILS: at least one vector is missing or wrong"
        return f"Euler audit {verdict}: Σ(−1)^index = {self.total}, Euler characteristic {self.expected}."
