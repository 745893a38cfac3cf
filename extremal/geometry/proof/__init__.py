"""Proofs that no extremal vector is missing, written down so that others can check them."""

from ._check import Verdict, check
from ._format import Proof
from ._prove import prove

__all__ = ["Proof", "Verdict", "check", "prove"]
