"""Arrays of real numbers, read without rounding.

The package certifies what it returns: the floats it works with are read as the dyadic rationals that they
are. So whatever a caller passes either becomes a float64 array with exactly the same values, or is refused.
Complex numbers, text, dates and missing values are refused too, by a message that says where the first one
is.
"""

import sys
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidTypeError, InvalidValueError

# Every integer up to this size is a float64 (53 bits of significand).
_LARGEST_SAFE_INTEGER = 2**53


def is_frame(obj: object) -> bool:
    """Tell whether `obj` is a pandas DataFrame, without importing pandas."""
    return _is_of_pandas(obj, "DataFrame")


def is_series(obj: object) -> bool:
    """Tell whether `obj` is a pandas Series, without importing pandas."""
    return _is_of_pandas(obj, "Series")


def _is_of_pandas(obj: object, name: str) -> bool:
    # while another thread imports pandas it is there, and its classes are not; then `obj` is none of them
    kind = getattr(sys.modules.get("pandas"), name, None)
    return kind is not None and isinstance(obj, kind)


def real_array(obj: Any, name: str, expected: str, columns: Sequence[str] | None = None) -> NDArray[np.float64]:
    """
    Read `obj` as a float64 array that holds exactly the same numbers.

    Parameters
    ----------
    obj : array_like
        Array, nested sequence, pandas DataFrame or Series.
    name : str
        What the caller calls it, for messages.
    expected : str
        What is expected, as the end of the sentence "expected ...".
    columns : sequence of str, optional
        Names of the columns of a 2-D array, for messages.

    Returns
    -------
    ndarray of float64
        A new C-contiguous array, of whatever shape `obj` has. Not checked for nan and infinity: see
        `check_finite`.

    Raises
    ------
    InvalidTypeError
        `obj` or one of its entries is not a real number.
    InvalidValueError
        Ragged rows, masked or missing entries, numbers that float64 cannot hold exactly.
    """
    if is_frame(obj):
        return _from_frame(obj, name)
    if is_series(obj):
        return _from_column(obj, name, expected, str(obj.name) if obj.name is not None else None)
    _refuse_other_objects(obj, name, expected)
    array = _as_array(obj, name, expected)
    kind = array.dtype.kind
    if kind in "cUS" and isinstance(obj, list | tuple):
        # numpy made all entries alike: look for the one that is to blame
        return _from_objects(np.array(obj, dtype=object), name, expected, columns)
    if kind == "c":
        raise InvalidTypeError(
            f"{name} is complex (dtype {array.dtype}); expected real numbers: pass {name}.real if the "
            "imaginary part is zero"
        )
    if kind in "USTMm" or array.dtype.names is not None:
        what = {"M": "dates", "m": "time differences", "V": "records with named fields"}.get(kind, "text")
        first = _place(array, (0,) * array.ndim, name, columns) if array.size else name
        shown = f": {first} is {_show(array.flat[0])}" if array.size else ""
        raise InvalidTypeError(
            f"{name} holds {what} (dtype {array.dtype}){shown}; expected {expected}: drop it or encode it as numbers"
        )
    if kind == "O":
        return _from_objects(array, name, expected, columns)
    if kind not in "biuf":
        raise InvalidTypeError(f"{name} has dtype {array.dtype}; expected {expected}")
    if kind in "iu":
        _refuse_rounding(~_integers_are_exact(array), array, name, columns)
    with np.errstate(over="ignore"):  # a long double beyond float64 becomes inf here, and is refused below
        result = np.array(array, dtype=np.float64, order="C", subok=False)
    if kind == "f" and array.dtype.itemsize > 8:
        _refuse_rounding((result != array) & ~np.isnan(array), array, name, columns)
    if kind == "f" and isinstance(obj, list | tuple) and np.any(np.abs(result) >= _LARGEST_SAFE_INTEGER):
        # numpy mixes floats and large Python integers by rounding the integers: look at each entry instead
        return _from_objects(np.array(obj, dtype=object), name, expected, columns)
    return result


def check_finite(array: NDArray[np.float64], name: str, columns: Sequence[str] | None = None) -> None:
    """Raise InvalidValueError at the first entry of `array` that is nan or infinite."""
    advice = "" if name == "w" else ": drop these rows or fill the missing values first"
    bad = ~np.isfinite(array)
    if not bad.any():
        return
    where = _first(bad)
    count = int(bad.sum())
    only = "the only such entry" if count == 1 else f"the first of {count} such entries"
    raise InvalidValueError(
        f"{_place(array, where, name, columns)} is {array[where]}, {only} of {array.size}; expected finite "
        f"numbers{advice}"
    )


def describe(obj: object) -> str:
    """Name the type of `obj`, and its shape if it has one."""
    shape = getattr(obj, "shape", None)
    kind = type(obj).__name__
    return f"{kind} of shape {shape}" if isinstance(shape, tuple) else kind


def _refuse_other_objects(obj: Any, name: str, expected: str) -> None:
    """Refuse what numpy would turn into something useless without a word."""
    if obj is None:
        raise InvalidTypeError(f"{name} is None; expected {expected}")
    if isinstance(obj, str | bytes) or hasattr(obj, "__fspath__"):
        raise InvalidTypeError(
            f"{name} is {_show(obj)}; expected {expected}: to read a file use extremal.data.read(path, target)"
        )
    if hasattr(obj, "toarray") and not isinstance(obj, np.ndarray):
        raise InvalidTypeError(
            f"{name} is sparse ({describe(obj)}); expected {expected}: pass {name}.toarray() if it fits in memory"
        )
    # numpy drops the masks of masked rows in a list; the rows are few or many, but this look costs little
    rows = obj if isinstance(obj, list | tuple) else ()
    masked = obj if np.ma.isMaskedArray(obj) else None
    if masked is None and any(row is np.ma.masked or np.ma.isMaskedArray(row) for row in rows):
        masked = np.ma.array(obj)
    if masked is not None and np.ma.getmaskarray(masked).any():
        mask = np.ma.getmaskarray(masked)
        raise InvalidValueError(
            f"{_place(mask, _first(mask), name, None)} is masked ({int(mask.sum())} masked of {mask.size}); "
            f"expected none masked: drop these rows or call {name}.filled(value)"
        )


def _as_array(obj: Any, name: str, expected: str) -> NDArray[Any]:
    if isinstance(obj, list | tuple) and any(is_series(row) or is_frame(row) for row in obj):
        obj = [np.asarray(row) for row in obj]
    try:
        array = np.asarray(obj)
    except Exception as error:  # numpy and the objects' own __array__ raise all sorts
        lengths = [len(row) for row in obj if hasattr(row, "__len__")] if isinstance(obj, list | tuple) else []
        odd = next((i for i, length in enumerate(lengths) if length != lengths[0]), None)
        if odd is not None:
            raise InvalidValueError(
                f"{name} is ragged: {name}[0] has {lengths[0]} entries and {name}[{odd}] has "
                f"{lengths[odd]}; expected {expected}"
            ) from error
        raise InvalidTypeError(f"{name} ({describe(obj)}) cannot be read as an array: {error}") from error
    if array.dtype.kind == "O" and array.ndim == 0:
        raise InvalidTypeError(f"{name} is a {type(obj).__name__}; expected {expected}")
    return array


def _from_frame(frame: Any, name: str) -> NDArray[np.float64]:
    """Read a DataFrame column by column, so that no common dtype rounds one of them."""
    result = np.empty(frame.shape, dtype=np.float64)
    for j in range(frame.shape[1]):
        column = frame.iloc[:, j]
        result[:, j] = _from_column(column, name, "numbers", str(frame.columns[j]))
    return result


def _from_column(column: Any, name: str, expected: str, label: str | None) -> NDArray[np.float64]:
    what = name if label is None else f"column {label!r} of {name}"
    if str(column.dtype) == "category":
        raise InvalidTypeError(f"{what} is categorical; expected {expected}: drop it or encode it as numbers")
    if not isinstance(column.dtype, np.dtype):
        missing = np.asarray(column.isna())
        if missing.any():
            i = int(np.argmax(missing))
            raise InvalidValueError(
                f"{what} (dtype {column.dtype}) has missing values ({int(missing.sum())}), the first in row "
                f"{i} (index {column.index[i]!r}); expected finite numbers: drop these rows or fill the "
                "missing values first"
            )
    return real_array(column.to_numpy(), what, expected)


def _from_objects(array: NDArray[Any], name: str, expected: str, columns: Sequence[str] | None) -> NDArray[np.float64]:
    """Read an array of Python objects, each by its exact value."""
    result = np.empty(array.shape, dtype=np.float64)
    for where in np.ndindex(array.shape):
        entry = array[where]
        try:
            result[where] = _exact_float(entry)
        except TypeError:
            place = _place(array, where, name, columns)
            raise InvalidTypeError(
                f"{place} is {_show(entry)}, a {type(entry).__name__}; expected {expected}: drop it or "
                "encode it as numbers"
            ) from None
        except (ArithmeticError, ValueError):
            _refuse_rounding(None, array, name, columns, where)
    return result


def _exact_float(entry: Any) -> float:
    """Turn a real number into the float that equals it, or raise TypeError, ValueError or OverflowError."""
    if type(entry).__name__ in ("NAType", "NaTType"):
        return float("nan")  # pandas' missing values: refused, with its place, by check_finite
    if isinstance(entry, np.ndarray) and entry.ndim == 0:
        entry = entry[()]
    if isinstance(entry, float | bool | np.bool | np.float16 | np.float32 | np.float64):
        return float(entry)
    if isinstance(entry, Decimal | np.longdouble):
        value = float(entry)
        exact = value == entry or value != value
    elif isinstance(entry, Rational):  # int, numpy integers, Fraction
        value = float(Fraction(int(entry.numerator), int(entry.denominator)))
        exact = Fraction(value) == entry
    else:
        raise TypeError
    if not exact:
        raise ValueError
    return value


def _integers_are_exact(array: NDArray[Any]) -> NDArray[np.bool]:
    """Tell which integers are float64 numbers: those whose odd part has at most 53 bits."""
    size = array.astype(np.uint64)  # two's complement: a negative k becomes 2^64 - |k|
    size = np.where(array < 0, np.negative(size), size)
    lowest_bit = size & np.negative(size)
    return size // np.maximum(lowest_bit, np.uint64(1)) < np.uint64(_LARGEST_SAFE_INTEGER)


def _refuse_rounding(
    bad: NDArray[np.bool] | None,
    array: NDArray[Any],
    name: str,
    columns: Sequence[str] | None,
    where: tuple[int, ...] | None = None,
) -> None:
    """Raise at the first number that float64 would round, if there is one."""
    if where is None:
        if bad is None or not bad.any():
            return
        where = _first(bad)
    # a plain name can stand in code; "column 'age' of X" cannot
    how = f", as in numpy.array({name}, dtype=float)" if " " not in name else ""
    raise InvalidValueError(
        f"{_place(array, where, name, columns)} is {_show(array[where])}, which float64 cannot hold "
        f"exactly; nothing is rounded silently: rescale {name}, or round it yourself{how}"
    )


def _first(mask: NDArray[np.bool]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


def _place(array: NDArray[Any], where: tuple[int, ...], name: str, columns: Sequence[str] | None) -> str:
    """Write an entry's place: X[3, 2] (column 'age')."""
    if not where:
        return name
    # "column 'age' of X" needs its own words; a plain name takes an index
    place = f"row {where[0]} of {name}" if " " in name else f"{name}[{', '.join(map(str, where))}]"
    if columns is not None and array.ndim == 2 and where[1] < len(columns):
        place += f" (column {columns[where[1]]!r})"
    return place


def _show(entry: object) -> str:
    if isinstance(entry, np.str_ | np.bytes_):
        entry = entry.item()
    plain = isinstance(entry, np.generic | Fraction)
    try:
        text = str(entry) if plain else repr(entry)
    except ValueError:  # Python writes no integer of more than a few thousand digits
        return f"a huge {type(entry).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."
