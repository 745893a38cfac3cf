"""Example data: three points of the companion paper, and two real data sets that scikit-learn carries."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ExtremalError, InvalidValueError
from ._dataset import Dataset

__all__ = ["diabetes", "iris", "three_points"]


class MissingExtraError(ExtremalError, ImportError):
    """An example needs a package that is not installed."""


def three_points() -> Dataset:
    """
    Three points in the plane on which gradient flow stops at a spurious stationary point.

    The second coordinate is the constant 1, which stands for a bias.

    Returns
    -------
    Dataset
        n = 3, d = 2, features ``("x", "bias")``.

    References
    ----------
    Boursier and Flammarion, *Early Alignment in Two-Layer Networks Training is a Two-Edged Sword*, JMLR 2025.

    Examples
    --------
    >>> from extremal.data import three_points
    >>> three_points()
    Dataset(n=3, d=2, features=('x', 'bias'), target='y')
    """
    X = np.array([[-0.75, 1.0], [-0.5, 1.0], [0.125, 1.0]])
    return Dataset(X, np.array([1.1, 0.1, 0.8]), ("x", "bias"), "y")


def iris(standardise: bool = True, labels: Sequence[float] = (-1, 0, 1)) -> Dataset:
    """
    Fisher's irises: four lengths of 150 flowers of three species.

    Parameters
    ----------
    standardise : bool
        Shift and scale each column to mean 0 and variance 1. The raw data is degenerate: all
        rows in a half-space, duplicates, a grid of tenths.
    labels : sequence of 3 float
        The labels of setosa, versicolor and virginica.

    Returns
    -------
    Dataset
        n = 150, d = 4.

    Raises
    ------
    InvalidValueError
        There are not three labels.
    ImportError
        scikit-learn is not installed (also an ``ExtremalError``).

    Examples
    --------
    >>> from extremal.data import iris
    >>> data = iris()
    >>> data.n, data.d, data.target
    (150, 4, 'species')
    """
    if len(labels) != 3:
        raise InvalidValueError(f"{len(labels)} labels were given; expected three, one for each species of iris")
    bunch = _sklearn_datasets().load_iris()
    names = tuple(str(name).removesuffix(" (cm)") for name in bunch.feature_names)
    data = Dataset(bunch.data, np.asarray(labels, dtype=float)[bunch.target], names, "species")
    return data.standardised() if standardise else data


def diabetes(
    columns: slice | Sequence[int] = slice(2, 7), *, centre: bool = True, standardise: bool = False
) -> Dataset:
    """
    Disease progression of 442 patients against blood measurements.

    Parameters
    ----------
    columns : slice or sequence of int
        Columns of scikit-learn's table, counted from 0. By default its third to seventh: body mass index,
        blood pressure and three serum measurements.
    centre : bool
        Subtract the mean of the labels.
    standardise : bool
        Scale each column to variance 1. By default columns are as scikit-learn gives them: mean 0 and
        Euclidean norm 1.

    Returns
    -------
    Dataset
        n = 442, d = 5 by default.

    Raises
    ------
    ImportError
        scikit-learn is not installed (also an ``ExtremalError``).

    Examples
    --------
    >>> from extremal.data import diabetes
    >>> diabetes()
    Dataset(n=442, d=5, features=('bmi', 'bp', 's1', 's2', 's3'), target='progression')
    """
    bunch = _sklearn_datasets().load_diabetes()
    names = np.array(bunch.feature_names)
    try:
        chosen = np.arange(names.size)[columns]
    except (IndexError, TypeError) as error:
        raise InvalidValueError(f"columns is {columns!r}; expected a slice or positions from 0 to 9") from error
    y = bunch.target - bunch.target.mean() if centre else bunch.target
    data = Dataset(bunch.data[:, chosen], y, tuple(str(name) for name in names[chosen]), "progression")
    return data.standardised() if standardise else data


def _sklearn_datasets() -> Any:
    try:
        from sklearn import datasets
    except ImportError as error:
        raise MissingExtraError(
            "this example is part of scikit-learn, which is not installed: pip install scikit-learn"
        ) from error
    return datasets
