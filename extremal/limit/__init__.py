"""n → ∞: the deviation Δ_n of a sample from its population."""

from ._deviation import Deviation, DeviationStatus, deviation

__all__ = ["Deviation", "DeviationStatus", "deviation"]
