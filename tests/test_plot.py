"""Figures: the artists that stand for the result are there, and nothing global changes."""

import subprocess
import sys
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure

from extremal.data import Dataset, three_points
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.plot import plot_extremal, save_extremal


class Result(SimpleNamespace):
    def __len__(self):
        return len(self.values)


def result(directions, kinds, values, indices, **more):
    return Result(
        directions=np.asarray(directions, dtype=float),
        kinds=np.asarray(kinds, dtype=str),
        values=np.asarray(values, dtype=float),
        indices=np.asarray(indices),
        **more,
    )


def three():
    """Give the result for the three points, by hand: all points are active on the maximum's cone."""
    data = three_points()
    D = data.y @ data.X / 3
    norm = np.hypot(*D)
    return result([D / norm, [0.25, -0.97]], ["maximum", "zero"], [norm, 0.0], [1, -1]), data


def many(k, d=5, seed=0):
    rng = np.random.default_rng(seed)
    w = rng.normal(size=(k, d))
    values = rng.normal(size=k)
    kinds = np.where(values > 0.7, "maximum", np.where(values < -0.7, "minimum", "saddle"))
    indices = np.where(kinds == "maximum", d - 1, np.where(kinds == "minimum", 0, 2))
    data = Dataset(rng.normal(size=(30, d)), rng.normal(size=30))
    return result(w / np.linalg.norm(w, axis=1, keepdims=True), kinds, values, indices), data


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


def scatters(ax):
    return {c.get_label(): c for c in ax.collections if isinstance(c, PathCollection)}


def test_circle(ax):
    res, data = three()
    assert plot_extremal(res, data.X, data.y, ax=ax) is ax
    points = scatters(ax)
    assert set(points) == {"1 maximum, index 1", "D = 0"}
    # the marker lies in the direction w, outside the circle by the largest swing, as this is the largest
    # |G_n|
    place = points["1 maximum, index 1"].get_offsets()[0]
    np.testing.assert_allclose(place / np.hypot(*place), res.directions[0])
    assert np.hypot(*place) == pytest.approx(1.45, abs=1e-4)
    assert np.hypot(*points["D = 0"].get_offsets()[0]) == pytest.approx(np.hypot(0.25, 0.97))


def test_circle_has_hyperplanes_and_the_values_of_G(ax):
    res, data = three()
    plot_extremal(res, data, ax=ax)
    lines = {c.get_label(): c for c in ax.collections if isinstance(c, LineCollection)}
    walls = lines["data hyperplanes"].get_segments()
    assert len(walls) == 3
    for wall, x in zip(walls, data.X, strict=True):
        np.testing.assert_allclose(wall @ x, 0, atol=1e-14)
    curve = lines["_curve of G_n"]
    middles = np.mean(curve.get_segments(), axis=1)
    w = middles / np.linalg.norm(middles, axis=1, keepdims=True)
    G = np.maximum(w @ data.X.T, 0) @ data.y / 3
    np.testing.assert_allclose(curve.get_array(), G, atol=2e-3)
    assert ax.get_aspect() == 1
    assert ax.get_xlabel() == "$w_1$ (x)"
    assert ax.get_legend() is not None


def test_leak_changes_the_curve(ax):
    res, data = three()
    res.leak = 1.0  # a linear network: G_n(w) = w · Σ z_k
    plot_extremal(res, data, ax=ax)
    curve = next(c for c in ax.collections if c.get_label() == "_curve of G_n")
    assert curve.get_array().min() == pytest.approx(-res.values[0], rel=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_labels_of_the_circle_do_not_overlap(seed):
    rng = np.random.default_rng(seed)
    angles = np.concatenate([rng.uniform(0, 0.3, size=6), rng.uniform(0, 2 * np.pi, size=12)])
    w = np.column_stack([np.cos(angles), np.sin(angles)])
    data = Dataset(rng.normal(size=(20, 2)), rng.normal(size=20))
    G = np.maximum(w @ data.X.T, 0) @ data.y / 20
    figure = Figure(figsize=(6.4, 6.0), layout="constrained")
    ax = figure.subplots()
    plot_extremal(result(w, ["saddle"] * 18, G, [1] * 18), data, ax=ax)
    figure.draw_without_rendering()
    assert len(ax.texts) == 18
    overlaps = sum(a.overlaps(b) for i, a in enumerate(ax_boxes(ax)) for b in ax_boxes(ax)[:i])
    assert overlaps == 0


def ax_boxes(ax):
    # the text alone: an annotation's own extent has its leader line in it
    from matplotlib.text import Text

    return [Text.get_window_extent(text) for text in ax.texts]


def test_spectrum(ax):
    res, data = many(14)
    plot_extremal(res, data, ax=ax, s=11)
    points = scatters(ax)
    drawn = np.concatenate([c.get_offsets() for c in points.values()])
    np.testing.assert_allclose(np.sort(drawn[:, 1]), np.sort(res.values))
    drawn = drawn[np.argsort(drawn[:, 0])]
    np.testing.assert_array_equal(drawn[:, 0], np.arange(1, 15))
    assert np.all(np.diff(drawn[:, 1]) <= 0)
    assert [c.get_sizes()[0] for c in points.values()] == [11] * len(points)
    count = int(np.sum(res.kinds == "saddle"))
    assert f"{count} saddles, index 2" in points
    assert len(ax.texts) == 14
    assert {text.get_text() for text in ax.texts} == {"0", "2", "4"}
    assert ax.get_xlabel()
    assert ax.get_ylabel() == "$G_n(w)$"


def test_large_spectra_have_no_labels(ax):
    res, data = many(500)
    plot_extremal(res, data, ax=ax)
    assert len(ax.texts) == 0
    assert len(ax.get_legend().get_texts()) == 3


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_any_dimension_and_scale_can_be_drawn(d, scale, tmp_path):
    res, data = many(3, d=d)
    data = Dataset(data.X * scale, data.y * scale)
    res.values = res.values * scale * scale
    save_extremal(res, data, path=tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 5000


@pytest.mark.parametrize("d", [2, 3])
def test_nothing_found_can_be_drawn(d, ax):
    res, data = many(0, d=d)
    plot_extremal(res, data, ax=ax)
    ax.figure.draw_without_rendering()
    assert "0 extremal vectors" in ax.get_title()


def test_zero_data_can_be_drawn(ax):
    plot_extremal(result([[1, 0]], ["zero"], [0], [-1]), np.zeros((2, 2)), [1, 2], ax=ax)
    ax.figure.draw_without_rendering()


def test_names_with_dollar_signs(ax):
    res, data = three()
    plot_extremal(res, Dataset(data.X, data.y, ["$^$", "price $"]), ax=ax)
    ax.figure.draw_without_rendering()  # "$^$" alone is a mistake in matplotlib's mathematics
    assert ax.get_xlabel() == r"$w_1$ (\$^\$)"


def test_a_figure_of_its_own(monkeypatch):
    monkeypatch.setattr(matplotlib, "use", lambda *a, **k: pytest.fail("the backend was changed"))
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    before = dict(matplotlib.rcParams)
    ax = plot_extremal(*three())
    try:
        assert plt.fignum_exists(ax.figure.number)
        assert dict(matplotlib.rcParams) == before
    finally:
        plt.close(ax.figure)


def test_files_need_no_pyplot(tmp_path):
    code = (
        "import sys; sys.path.insert(0, {folder!r})\n"
        "from types import SimpleNamespace\n"
        "import extremal.plot\n"
        "assert 'matplotlib' not in sys.modules\n"
        "class R(SimpleNamespace):\n"
        "    def __len__(self): return 1\n"
        "r = R(directions=[[1.0, 0.0]], kinds=['maximum'], values=[0.5], indices=[1])\n"
        "extremal.plot.save_extremal(r, [[1.0, 0.0]], [0.5], path={path!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    ).format(folder=str(tmp_path), path=str(tmp_path / "figure.svg"))
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "figure.svg").read_text().startswith("<?xml")


def test_refusals(ax):
    res, data = many(3)
    with pytest.raises(InvalidTypeError, match="expected a result"):
        plot_extremal("result", data, ax=ax)
    with pytest.raises(InvalidValueError, match="another dimension"):
        plot_extremal(res, np.ones((3, 2)), [1, 2, 3], ax=ax)
    with pytest.raises(InvalidTypeError, match="y is None"):
        plot_extremal(res, data.X, ax=ax)
