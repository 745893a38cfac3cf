"""Results as JSON text: every number comes back with the same bits and the same kind.

Floats are written with as many digits as tell them apart, and 1 and 1.0 differ. What JSON or its readers lack, nan,
infinities, complex numbers and integers beyond 64 bits, is a dict of one entry, its kind.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

from ._identity import INT64
from ._tasks import Outcome

__all__ = ["decode", "encode"]


def encode(results: dict[str, Any]) -> str:
    """
    Write results down.

    Examples
    --------
    >>> encode({"n": 3, "x": 0.1, "gap": float("inf"), "big": 2**64})
    '{"n": 3, "x": 0.1, "gap": {"float": "inf"}, "big": {"int": "0x10000000000000000"}}'
    """
    return json.dumps({name: _to_json(value) for name, value in results.items()})


def _to_json(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if type(value) is int and value not in INT64:
        return {"int": hex(value)}  # not in decimals: Python limits their number
    if isinstance(value, complex):
        return {"complex": [_to_json(value.real), _to_json(value.imag)]}
    return value


def _from_json(form: Any) -> Any:
    if not isinstance(form, dict):
        return form
    if "float" in form:
        return float(form["float"])
    if "int" in form:
        return int(form["int"], 16)
    return complex(*map(_from_json, form["complex"]))


def decode(columns: Sequence[Any]) -> Outcome:
    """Read an outcome from its columns: status, results, error, traceback, seconds, version."""
    status, results, error, text, seconds, version = columns[:6]
    values = {name: _from_json(form) for name, form in json.loads(results).items()}
    return Outcome(status, values, error, text, math.nan if seconds is None else seconds, version)
