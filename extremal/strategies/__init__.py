"""Hypothesis strategies for property tests: data sets that are degenerate on purpose, directions, networks, laws.

Every number is drawn by hypothesis and nothing is seeded, so that failures shrink. Numbers are multiples of 1/16 of
moderate size unless others are asked for: sums and products of a few of them are exact, and rational arithmetic is
quick.

Hypothesis is not needed to use `extremal`, and ``import extremal`` does not import this module.
"""

from . import _requirement as _requirement  # first: it says what to do where hypothesis is missing
from ._datasets import datasets
from ._directions import directions
from ._kinds import KINDS
from ._laws import laws
from ._networks import networks

__all__ = ["KINDS", "datasets", "directions", "laws", "networks"]
