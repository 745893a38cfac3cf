"""Numbers and times as a report writes them: three digits, and a dash for what is not a finite number."""

import math
from typing import Any

__all__ = ["DASH", "duration", "interval", "joined", "number"]

DASH = "–"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Whole numbers below this, and numbers of this many digits before the point, are written out.
LARGE, DIGITS = 1e6, 6


def number(value: Any) -> str:
    """
    Write a number in three digits, whole ones in all of theirs.

    Parameters
    ----------
    value : object
        A number of Python or numpy; None and what is not finite are a dash, and words stay what they are.

    Returns
    -------
    str

    Examples
    --------
    >>> [number(v) for v in (0.123456, -3200.0, 2e-11, float("nan"), True)]
    ['0.123', '−3200', '2·10⁻¹¹', '–', 'yes']
    """
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value).replace("-", "−")
    if not isinstance(value, float):
        return DASH if value is None else str(value)
    if not math.isfinite(value):
        return DASH
    if value == round(value) and abs(value) < LARGE:
        return number(round(value))
    mantissa, _, exponent = f"{value:.3g}".replace("-", "−").partition("e")
    if not exponent:
        return mantissa
    power = int(exponent.replace("−", "-"))
    if 0 <= power < DIGITS:
        return f"{float(f'{value:.3g}'):.0f}".replace("-", "−")
    return f"{mantissa}·10{str(power).translate(SUPERSCRIPTS)}"


def interval(low: Any, high: Any) -> str:
    """Write an interval, a dash for an end that is not finite, and one dash if there is no end."""
    ends = number(low), number(high)
    return DASH if ends == (DASH, DASH) else f"[{ends[0]}, {ends[1]}]"


def duration(seconds: float) -> str:
    """
    Write a time in the units that people use.

    Examples
    --------
    >>> [duration(s) for s in (0.04, 7.25, 151.0, 7322.0)]
    ['0.04 s', '7.2 s', '2 min 31 s', '2 h 2 min']
    """
    if not math.isfinite(seconds):
        return DASH
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds:.1g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def joined(values: Any) -> str:
    """Write different numbers in ascending order."""
    return ", ".join(number(value) for value in sorted(set(values)))
