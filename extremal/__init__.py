"""Every extremal vector of a two-layer ReLU network's early training, with a proof that none is missing.

`find` computes the extremal vectors of a data set (Definition 2.1 of Boursier & Flammarion, ICML 2025), the KKT points
of G_n on the unit sphere. `G`, `D` and `subdifferential` evaluate the function they belong to; `cones`, `faces` and
the counts describe the arrangement of hyperplanes that makes it piecewise linear.

As n grows: `laws` draws data and knows their population limit, `deviation` bounds how far a sample is from it, and
`sweep` runs many, anywhere. `statements` checks the paper's theorems with them.

θ(t): `early_alignment` follows directions to the extremal vector they end at, `flow` trains a network by gradient flow,
`train` by SGD or Adam, and `global_minimum` is what the flow does not reach; `training` has the parts. `experiments`
runs the figures of the paper.

`verify` checks all of the paper's statements.
"""

from . import experiments, laws, statements, training, verification
from .data import Dataset
from .errors import ExtremalError, InvalidTypeError, InvalidValueError
from .geometry import (
    D,
    ExtremalVector,
    ExtremalVectors,
    G,
    Proof,
    Status,
    Zonotope,
    characteristic_polynomial,
    check,
    cones,
    count_cones,
    count_faces,
    cover_count,
    faces,
    find,
    subdifferential,
)
from .limit import Deviation, DeviationStatus, deviation
from .sweeps import sweep
from .training import (
    Alignment,
    Descent,
    FlowStatus,
    GlobalMinimum,
    Network,
    Trajectory,
    early_alignment,
    flow,
    global_minimum,
    train,
)
from .verification import Verification, verify

__version__ = "0.1.0"

__all__ = [
    "Alignment",
    "D",
    "Dataset",
    "Descent",
    "Deviation",
    "DeviationStatus",
    "ExtremalError",
    "ExtremalVector",
    "ExtremalVectors",
    "FlowStatus",
    "G",
    "GlobalMinimum",
    "InvalidTypeError",
    "InvalidValueError",
    "Network",
    "Proof",
    "Status",
    "Trajectory",
    "Verification",
    "Zonotope",
    "__version__",
    "characteristic_polynomial",
    "check",
    "cones",
    "count_cones",
    "count_faces",
    "cover_count",
    "deviation",
    "early_alignment",
    "experiments",
    "faces",
    "find",
    "flow",
    "global_minimum",
    "laws",
    "statements",
    "subdifferential",
    "sweep",
    "train",
    "training",
    "verification",
    "verify",
]
