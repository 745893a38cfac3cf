"""Data sets: validated samples and labels, readers of files, examples."""

from ._dataset import Dataset, as_dataset, as_directions, as_features
from ._examples import diabetes, iris, three_points
from ._rational import rational_dataset
from ._readers import read

__all__ = [
    "Dataset",
    "as_dataset",
    "as_directions",
    "as_features",
    "diabetes",
    "iris",
    "rational_dataset",
    "read",
    "three_points",
]
