"""θ(t): early alignment, gradient flow and its phases, and the global minimum to compare with.

`early_alignment` follows directions while the residuals are still the labels; `flow` trains a network by gradient flow
to a stationary point, `train` by SGD or Adam; `phases` measures on a run of the flow what the proof of Theorem 4.1 says
of it; `global_minimum` is what the flow does not reach.
"""

from ._alignment import Alignment, AlignmentStatus, early_alignment
from ._convex import GlobalMinimum, GlobalMinimumStatus, global_minimum
from ._descent import Descent, DescentStatus
from ._flow import flow
from ._initialisation import Conditions, check_dominated, conditions, initialise
from ._least_squares import ols, two_ols, two_ols_network
from ._network import Network
from ._phases import Measurement, Phases, phases
from ._records import FlowStatus
from ._schedules import Constant, StepDecay
from ._spurious import SpuriousCertificate, SpuriousVerdict, certify_spurious
from ._train import train
from ._trajectory import Trajectory

__all__ = [
    "Alignment",
    "AlignmentStatus",
    "Conditions",
    "Constant",
    "Descent",
    "DescentStatus",
    "FlowStatus",
    "GlobalMinimum",
    "GlobalMinimumStatus",
    "Measurement",
    "Network",
    "Phases",
    "SpuriousCertificate",
    "SpuriousVerdict",
    "StepDecay",
    "Trajectory",
    "certify_spurious",
    "check_dominated",
    "conditions",
    "early_alignment",
    "flow",
    "global_minimum",
    "initialise",
    "ols",
    "phases",
    "train",
    "two_ols",
    "two_ols_network",
]
