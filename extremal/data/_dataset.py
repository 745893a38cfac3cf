"""A data set: n samples x_k in R^d, one a row, and their labels y_k.

Everything in the package starts from a `Dataset`, and a `Dataset` is always valid: real, finite, float64,
read-only, with values exactly as they were given. The size of the numbers is not limited; scaling X or y
scales the extremal vectors and changes nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InvalidTypeError, InvalidValueError
from ._real import check_finite, is_frame, is_series, real_array

__all__ = ["Dataset", "as_dataset", "as_directions", "as_features"]

_FEATURES = "an array of real numbers of shape (n, d), one sample a row"
_LABELS = "an array of n real numbers"
_DIRECTIONS = "an array of real numbers of shape (..., d)"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """
    Samples and labels, checked.

    Parameters
    ----------
    X : array_like of shape (n, d)
        One sample a row. Copied; never modified.
    y : array_like of shape (n,) or (n, 1)
        One label a sample. Copied; never modified.
    features : sequence of d str, optional
        Names of the columns of X. By default those of a DataFrame.
    target : str, optional
        Name of y. By default that of a Series.

    Attributes
    ----------
    X : ndarray of shape (n, d)
        float64, C-contiguous, read-only.
    y : ndarray of shape (n,)
        float64, read-only.
    features : tuple of d str, or None
        Names of the columns.
    target : str or None
        Name of the labels.

    Raises
    ------
    InvalidValueError
        Wrong shape, no samples, nan, infinity, masked or missing entries, numbers that float64 cannot hold
        exactly.
    InvalidTypeError
        Complex numbers, text, dates, sparse matrices, None.

    Examples
    --------
    >>> from extremal.data import Dataset
    >>> data = Dataset([[1, 0], [0, 2], [1, 1]], [1, -1, 0.5], features=["length", "width"])
    >>> data
    Dataset(n=3, d=2, features=('length', 'width'))
    >>> data.X.dtype, data.X.flags.writeable
    (dtype('float64'), False)
    """

    X: NDArray[np.float64]
    y: NDArray[np.float64]
    features: tuple[str, ...] | None = None
    target: str | None = None

    def __post_init__(self) -> None:
        _refuse_misaligned(self.X, self.y)
        features = _column_names(self.X) if self.features is None else self.features
        if features is not None and not isinstance(features, str):
            features = tuple(features)
        target = _label_name(self.y) if self.target is None else self.target
        X = _as_features(self.X, features)
        y = _as_labels(self.y)
        n, d = X.shape
        if y.size != n:
            hint = f" (X has {d} columns: pass X.T if each column is a sample)" if y.size == d else ""
            raise InvalidValueError(
                f"X has {n} rows and y has {y.size} entries; expected one label for each row of X{hint}"
            )
        if features is not None:
            if isinstance(features, str) or not all(isinstance(name, str) for name in features):
                raise InvalidTypeError(f"features is {features!r}; expected {d} strings, one for each column of X")
            if len(features) != d:
                raise InvalidValueError(f"{len(features)} feature names were given for the {d} columns of X")
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "y", y)
        object.__setattr__(self, "features", features)
        object.__setattr__(self, "target", target)

    @property
    def n(self) -> int:
        """Number of samples."""
        return int(self.X.shape[0])

    @property
    def d(self) -> int:
        """Dimension of the samples."""
        return int(self.X.shape[1])

    def standardised(self) -> "Dataset":
        """
        Shift and scale each column of X to mean 0 and variance 1.

        A constant column is left as it is: the network has no bias, and a column of ones is the usual way to
        give it one. The labels do not change.

        Returns
        -------
        Dataset
            A new data set of the same shape and names.

        Examples
        --------
        >>> from extremal.data import Dataset
        >>> Dataset([[1.0, 1.0], [3.0, 1.0]], [0.5, 1.0]).standardised().X
        array([[-1.,  1.],
               [ 1.,  1.]])
        """
        constant = np.ptp(self.X * 0.5, axis=0) == 0  # halved: the range of finite numbers can overflow
        size = np.abs(self.X).max(axis=0)
        scaled = self.X / np.where(size > 0, size, 1.0)  # within [-1, 1]: squares can neither overflow nor vanish
        centred = scaled - scaled.mean(axis=0)
        spread = centred.std(axis=0)
        spread[constant] = 1.0
        if not np.all(spread > 0):
            j = int(np.argmin(spread > 0))
            raise InvalidValueError(
                f"column {self.features[j] if self.features else j} of X varies by less than rounding; it "
                "cannot be standardised: drop it or subtract its mean first"
            )
        X = np.where(constant, self.X, centred / spread)
        return Dataset(X, self.y, self.features, self.target)

    def __reduce__(self) -> tuple[Any, ...]:
        # numpy does not pickle the read-only flag; building again restores it
        return (Dataset, (self.X, self.y, self.features, self.target))

    def __repr__(self) -> str:
        names = "" if self.features is None else f", features={_short(self.features)}"
        target = "" if self.target is None else f", target={self.target!r}"
        return f"Dataset(n={self.n}, d={self.d}{names}{target})"


def as_dataset(X: ArrayLike | Dataset, y: ArrayLike | None = None) -> Dataset:
    """
    Check samples and labels.

    Parameters
    ----------
    X : array_like of shape (n, d), or Dataset
        One sample a row. A Dataset is returned as it is when y is None; with y, its samples get new labels.
    y : array_like of shape (n,) or (n, 1), optional
        One label a sample.

    Returns
    -------
    Dataset
        The validated data.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        See `Dataset`; also when y is missing.

    Examples
    --------
    >>> from extremal.data import as_dataset
    >>> as_dataset([[1.0, 2.0], [0.0, 1.0]], [1, -1])
    Dataset(n=2, d=2)
    """
    if isinstance(X, Dataset):
        return X if y is None else Dataset(X.X, y, X.features)  # type: ignore[arg-type]
    if y is None:
        raise InvalidTypeError(f"y is None; expected {_LABELS}, one for each row of X")
    return Dataset(X, y)  # type: ignore[arg-type]


def as_features(X: ArrayLike | Dataset) -> NDArray[np.float64]:
    """
    Check samples without labels.

    Parameters
    ----------
    X : array_like of shape (n, d), or Dataset
        One sample a row.

    Returns
    -------
    ndarray of shape (n, d)
        float64, C-contiguous, read-only; a copy unless X is a Dataset.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        See `Dataset`.

    Examples
    --------
    >>> from extremal.data import as_features
    >>> as_features([[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    """
    if isinstance(X, Dataset):
        return X.X
    return _as_features(X, _column_names(X))


def as_directions(w: ArrayLike, d: int) -> NDArray[np.float64]:
    """
    Check directions (or weights) in R^d; they need not have length one.

    Parameters
    ----------
    w : array_like of shape (..., d)
        One direction, or any array of them.
    d : int
        The dimension of the data.

    Returns
    -------
    ndarray of shape (..., d)
        float64, C-contiguous; a copy.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        The last axis does not have length d; entries that are not finite real numbers.

    Examples
    --------
    >>> from extremal.data import as_directions
    >>> as_directions([0, 1], 2)
    array([0., 1.])
    """
    result = real_array(w, "w", _DIRECTIONS)
    if result.ndim == 0 or result.shape[-1] != d:
        hint = ""
        if result.ndim == 2 and result.shape[0] == d:
            hint = ": pass w.T if each column is a direction"
        elif d == 1:
            hint = ": use numpy.reshape(w, (-1, 1))"
        raise InvalidValueError(f"w has shape {result.shape}; expected (..., {d}), for data in dimension {d}{hint}")
    check_finite(result, "w")
    return result


def _as_features(X: Any, names: Sequence[str] | None) -> NDArray[np.float64]:
    if is_series(X):
        raise InvalidValueError(
            f"X is a Series of length {np.shape(X)[0]}; expected {_FEATURES}: pass X.to_frame() for d = 1"
        )
    result = real_array(X, "X", _FEATURES, names)
    if result.ndim == 1 and result.size > 0:
        raise InvalidValueError(
            f"X has shape {result.shape}; expected (n, d), one sample a row: use X.reshape(-1, 1) for "
            f"{result.size} samples in dimension 1, X.reshape(1, -1) for one sample in dimension "
            f"{result.size}"
        )
    if result.size == 0:
        raise InvalidValueError(f"X is empty (shape {result.shape}); expected at least one row and one column")
    if result.ndim != 2:
        raise InvalidValueError(
            f"X has shape {result.shape}; expected two axes (n, d), one sample a row: use X.reshape(len(X), -1)"
            if result.ndim > 2
            else f"X is a single number; expected {_FEATURES}"
        )
    check_finite(result, "X", names)
    result.flags.writeable = False
    return result


def _as_labels(y: Any) -> NDArray[np.float64]:
    result = real_array(y, "y", _LABELS)
    if result.ndim == 0:
        raise InvalidValueError(f"y is a single number; expected {_LABELS}: pass a list or an array")
    if result.size == 0:
        raise InvalidValueError(f"y is empty (shape {result.shape}); expected at least one label")
    if result.ndim == 2 and result.shape[1] == 1:
        result = result[:, 0]
    if result.ndim != 1:
        hint = "pass y.ravel()" if max(result.shape) == result.size else "pass one column, such as y[:, 0]"
        raise InvalidValueError(f"y has shape {result.shape}; expected (n,) or (n, 1), one label a sample: {hint}")
    check_finite(result, "y")
    result = np.ascontiguousarray(result)
    result.flags.writeable = False
    return result


def _column_names(X: Any) -> tuple[str, ...] | None:
    return tuple(str(name) for name in X.columns) if is_frame(X) else None


def _label_name(y: Any) -> str | None:
    if is_series(y):
        return None if y.name is None else str(y.name)
    return str(y.columns[0]) if is_frame(y) and y.shape[1] == 1 else None


def _refuse_misaligned(X: Any, y: Any) -> None:
    """Refuse pandas objects that hold the same rows in different orders: rows are paired by position."""
    if not (is_frame(X) and (is_series(y) or is_frame(y))) or len(X) != len(y) or X.index.equals(y.index):
        return
    if X.index.is_unique and y.index.is_unique and bool(X.index.isin(y.index).all()):
        raise InvalidValueError(
            "X and y have the same index labels in different orders, and rows are paired by position: pass "
            "y.loc[X.index], or X.to_numpy() and y.to_numpy() if the positions are right"
        )


def _short(names: tuple[str, ...]) -> str:
    return repr(names) if len(names) <= 6 else f"({', '.join(map(repr, names[:5]))}, ...)"
