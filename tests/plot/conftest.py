"""Results made by hand, and an Axes to draw on."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from extremal.data import Dataset, three_points


class Result(SimpleNamespace):
    def __len__(self):
        return len(self.values)


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


@pytest.fixture
def result():
    """Make a stand-in for a result of find from its arrays."""

    def make(directions, kinds, values, indices, **more):
        return Result(
            directions=np.asarray(directions, dtype=float),
            kinds=np.asarray(kinds, dtype=str),
            values=np.asarray(values, dtype=float),
            indices=np.asarray(indices, dtype=int),
            **more,
        )

    return make


@pytest.fixture
def three(result):
    """The result for the three points, by hand: all points are active on the maximum's cone."""
    data = three_points()
    D = data.y @ data.X / 3
    norm = np.hypot(*D)
    return result([D / norm, [0.25, -0.97]], ["maximum", "zero"], [norm, 0.0], [1, -1]), data


@pytest.fixture
def many(result):
    """Make k random directions with random values in dimension d; no extremal vectors, but drawn like them."""

    def make(k, d=5, seed=0):
        rng = np.random.default_rng(seed)
        w = rng.normal(size=(k, d))
        values = rng.normal(size=k)
        kinds = np.where(values > 0.7, "maximum", np.where(values < -0.7, "minimum", "saddle"))
        indices = np.where(kinds == "maximum", d - 1, np.where(kinds == "minimum", 0, 2))
        data = Dataset(rng.normal(size=(30, d)), rng.normal(size=30))
        return result(w / np.linalg.norm(w, axis=1, keepdims=True), kinds, values, indices), data

    return make
