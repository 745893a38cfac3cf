"""All figures: degenerate results are drawn, files need no pyplot, nothing global changes."""

import subprocess
import sys
import time

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

import extremal
from extremal.data import Dataset
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.plot import plot_extremal, plot_subdifferential, save_extremal
from tests.plot.artists import scatters


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_any_dimension_and_scale_can_be_drawn(d, scale, tmp_path, many):
    res, data = many(3, d=d)
    data = Dataset(data.X * scale, data.y * scale)
    res.values = res.values * scale * scale
    save_extremal(res, data, path=tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 5000


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_nothing_found_can_be_drawn(d, ax, many):
    res, data = many(0, d=d)
    plot_extremal(res, data, ax=ax)
    ax.figure.draw_without_rendering()
    assert "0 extremal vectors" in ax.get_title()


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_zero_data_can_be_drawn(d, ax):
    res = extremal.find(np.zeros((2, d)), [1, 2])
    assert list(res.kinds) == ["zero"]
    res.plot(ax=ax)
    ax.figure.draw_without_rendering()
    assert set(scatters(ax)) == {"D = 0"}
    assert not [c for c in ax.collections if "hyperplane" in c.get_label()]
    assert "1 extremal vector" in ax.get_title()


@pytest.mark.parametrize("d", [2, 3, 4])
def test_incomplete_results_say_so(d, ax):
    rng = np.random.default_rng(0)
    res = extremal.find(rng.normal(size=(30, d)), rng.normal(size=30), method="ascent", rng=0)
    assert not res.complete
    res.plot(ax=ax)
    assert ax.get_title().count("search incomplete") == 1


@pytest.mark.parametrize("d", [2, 3])
def test_a_thousand_samples_are_quick(d):
    rng = np.random.default_rng(d)
    data = Dataset(rng.normal(size=(1000, d)), rng.normal(size=1000))
    res = extremal.find(data, data.y)
    times = []
    for _ in range(3):  # the best of three: the first one loads shapely, and others may be busy
        start = time.process_time()
        figure = Figure(layout="constrained")
        res.plot(ax=figure.subplots())
        figure.draw_without_rendering()
        times.append(time.process_time() - start)
    assert min(times) < 2


def test_a_result_brings_its_data(ax, three):
    res, data = three
    named = extremal.find(data, data.y)
    named.plot(ax=ax)
    assert ax.get_xlabel() == "$w_1$ (x)"
    with pytest.raises(InvalidTypeError, match="without data of its own"):
        plot_extremal(res, ax=ax)
    with pytest.raises(InvalidTypeError, match="X is None"):
        plot_extremal(res, y=data.y, ax=ax)


def test_names_with_dollar_signs(ax, three):
    res, data = three
    plot_extremal(res, Dataset(data.X, data.y, ["$^$", "price $"]), ax=ax)
    ax.figure.draw_without_rendering()  # "$^$" alone is a mistake in matplotlib's mathematics
    assert ax.get_xlabel() == r"$w_1$ (\$^\$)"


def test_figures_of_their_own(monkeypatch, three, many):
    monkeypatch.setattr(matplotlib, "use", lambda *a, **k: pytest.fail("the backend was changed"))
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda *a, **k: pytest.fail("a figure was shown"))
    before = dict(matplotlib.rcParams)
    drawn = [plot_extremal(*three), plot_extremal(*many(5, d=3)), plot_extremal(*many(5, d=4))]
    drawn.append(plot_subdifferential(three[1], None, [1, 0]))
    try:
        assert len({ax.figure.number for ax in drawn}) == 4
        assert all(plt.fignum_exists(ax.figure.number) for ax in drawn)
        assert dict(matplotlib.rcParams) == before
    finally:
        for ax in drawn:
            plt.close(ax.figure)


def test_files_need_no_pyplot(tmp_path):
    code = (
        "import sys\n"
        "import extremal, extremal.plot\n"
        "assert not {{'matplotlib', 'shapely'}} & set(sys.modules)\n"
        "res = extremal.find([[1.0, 0.0]], [0.5])\n"
        "extremal.plot.save_extremal(res, path={path!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    ).format(path=str(tmp_path / "figure.svg"))
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "figure.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize("suffix", ["svg", "pdf"])
@pytest.mark.parametrize("d", [2, 3, 4])
def test_formats(suffix, d, tmp_path, many):
    save_extremal(*many(4, d=d), path=tmp_path / f"figure.{suffix}")
    assert (tmp_path / f"figure.{suffix}").stat().st_size > 5000


def test_refusals(ax, many):
    res, data = many(3)
    with pytest.raises(InvalidTypeError, match="expected a result"):
        plot_extremal("result", data, ax=ax)
    with pytest.raises(InvalidTypeError, match="expected a result"):
        plot_extremal("result", ax=ax)
    with pytest.raises(InvalidValueError, match="another dimension"):
        plot_extremal(res, np.ones((3, 2)), [1, 2, 3], ax=ax)
    with pytest.raises(InvalidTypeError, match="y is None"):
        plot_extremal(res, data.X, ax=ax)
