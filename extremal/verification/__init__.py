"""The paper's numbered statements, each with its check and a control that must fail: `verify` measures them all.

`STATEMENTS` lists them in the order of the paper. The checks themselves are in `extremal.statements` and
`extremal.experiments`; here is at which sizes they are made, and what has to fail.
"""

from ._check import StatementCheck
from ._registry import STATEMENTS
from ._statement import Measurement, Statement
from ._verification import Verification
from ._verify import verify

__all__ = ["STATEMENTS", "Measurement", "Statement", "StatementCheck", "Verification", "verify"]
