"""Films of training runs: they are written, opened again, and their frames are the run's."""

import shutil
import subprocess
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

import extremal
from extremal.data import Dataset
from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.plot import _animation, animate
from extremal.plot._history import history_of, vectors_of
from extremal.plot._maps import map_of
from extremal.plot._sphere import unchart
from extremal.training import Network


def run(n, d, m, **more):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    more = {"scale": 0.01, "init": "theorem", "rng": 0, "gtol": 1e-3} | more
    return extremal.flow(Dataset(X, X[:, 0] + 0.3 * rng.normal(size=n)), width=m, **more)


@pytest.fixture(scope="module")
def runs():
    return {d: run(10, d, 8, t_max=15.0) for d in (1, 2, 3, 5)}


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_gif(runs, d, tmp_path):
    path = tmp_path / "film.gif"
    animate(runs[d], path, seconds=0.5, fps=10)
    with Image.open(path) as film:
        assert film.format == "GIF"
        assert film.n_frames == 5
        assert film.info["duration"] == 100
        assert film.info["loop"] == 0
        assert all(side % 2 == 0 for side in film.size)
        frames = []
        for i in range(5):
            film.seek(i)
            frames.append(np.asarray(film.convert("RGB")).astype(int))
    changes = [np.abs(a - b).max(axis=2) > 40 for a, b in pairwise(frames)]
    half = frames[0].shape[1] // 2
    for change in changes:
        assert change[:, half:].any()
    assert changes[0][:, :half].any()
    # the background stays
    assert np.mean(changes[0]) < 0.1
    assert np.median(frames[-1]) > 245
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_mp4(runs, tmp_path):
    path = tmp_path / "film.mp4"
    animate(runs[2], path, seconds=0.5, fps=10)
    assert path.read_bytes()[4:8] == b"ftyp"
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), str(tmp_path / "%d.png")], check=True, capture_output=True
    )
    assert done.stderr == b""
    assert len(list(tmp_path.glob("*.png"))) == 5


def stage(trajectory, frames):
    history = history_of(trajectory, number=frames, most=_animation.NEURONS)
    points = vectors_of(history, None)
    picture = map_of(history, points)
    return history, picture, *_animation._stage(trajectory, history, points, picture, None)


def test_dots_are_where_the_neurons_are(runs):
    trajectory = runs[3]
    history, _, _, moving, show = stage(trajectory, 4)
    for frame, time in enumerate(history.times):
        show(frame)
        W = trajectory.at(float(time)).W
        directions = W / np.linalg.norm(W, axis=1, keepdims=True)
        groups = [artist for artist in moving if "neuron" in str(artist.get_label())]
        for group, sign in zip(groups, (1, -1), strict=True):
            at = np.asarray(group.get_offsets())
            north = at[:, 0] < 0
            back = np.where(north[:, None], unchart(at, True), unchart(at, False))
            np.testing.assert_allclose(back, directions[np.sign(trajectory.initial.a) == sign], atol=1e-6)
    words = next(artist for artist in moving if hasattr(artist, "get_text"))
    assert words.get_text().startswith(
        f"t = {trajectory.times[-1]:.{_animation._digits(trajectory.times[-1])}f}, loss "
    )


def test_positive_neurons_are_outside_the_circle(runs):
    _, _, _, moving, show = stage(runs[2], 3)
    show(1)
    up, down = (artist for artist in moving if "neuron" in str(artist.get_label()))
    assert np.all(np.hypot(*np.asarray(up.get_offsets()).T) > 1)
    assert np.all(np.hypot(*np.asarray(down.get_offsets()).T) < 1)
    before = up.get_sizes().copy()
    show(2)
    assert np.all(up.get_sizes() >= before)
    assert up.get_sizes().max() <= _animation.LARGEST


def test_what_stands_still_is_a_picture(runs):
    """A frame over the picture looks like a frame that is drawn in full."""
    pictures = []
    for frozen in (False, True):
        _, _, figure, moving, show = stage(runs[2], 3)
        if frozen:
            _animation._freeze(figure, moving)
        else:
            figure.draw_without_rendering()
            figure.draw_without_rendering()
            figure.set_layout_engine("none")
        show(1)
        figure.canvas.draw()
        pictures.append(np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int))
    assert np.mean(np.abs(pictures[0] - pictures[1]).max(axis=2) > 30) < 0.005


def test_what_moves_is_within_the_film(runs):
    for d in (2, 3, 5):
        _, _, figure, moving, show = stage(runs[d], 3)
        _animation._freeze(figure, moving)
        show(2)
        figure.canvas.draw()
        words = next(artist for artist in moving if hasattr(artist, "get_text"))
        box = words.get_window_extent()
        assert box.y1 <= figure.bbox.y1
        assert box.x1 <= figure.bbox.x1


def test_a_run_that_stays_where_it_is(tmp_path):
    still = extremal.flow([[1.0, 0.0]], [1.0], init=Network([[-1.0, 0.5], [0.0, 0.0]], [1.0, 0.0]))
    animate(still, tmp_path / "film.gif", seconds=0.2, fps=10)
    assert (tmp_path / "film.gif").exists()


def test_a_failure_leaves_what_was_there(runs, tmp_path, monkeypatch):
    path = tmp_path / "film.gif"
    path.write_text("before")

    def fail(*arguments):
        arguments[-1].write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(_animation, "_write_gif", fail)
    with pytest.raises(KeyboardInterrupt):
        animate(runs[2], path, seconds=0.2, fps=10)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_progress(runs, tmp_path, capsys, monkeypatch):
    from extremal.geometry.critical import _limits

    monkeypatch.setattr(_limits, "DELAY", 0.0)
    animate(runs[2], tmp_path / "film.gif", seconds=0.3, fps=10, progress=True)
    assert "of 3" in capsys.readouterr().err


def test_files_that_cannot_be_written(runs, tmp_path, monkeypatch):
    from matplotlib.animation import writers

    for name in ("film.avi", "film"):
        with pytest.raises(InvalidValueError, match=r"expected \.mp4 or \.gif"):
            animate(runs[2], tmp_path / name)
    with pytest.raises(InvalidTypeError, match=r"expected the name of a file"):
        animate(runs[2], 3)
    monkeypatch.setattr(writers, "is_available", lambda name: False)
    with pytest.raises(InvalidValueError, match=r"ffmpeg, which writes \.mp4, was not found; install it"):
        animate(runs[2], tmp_path / "film.mp4")
    with pytest.raises(InvalidValueError, match=r"pillow, which writes \.gif, was not found"):
        animate(runs[2], tmp_path / "film.gif")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(runs, tmp_path):
    with pytest.raises(FileNotFoundError):
        animate(runs[2], tmp_path / "nowhere" / "film.gif", seconds=0.2, fps=10)


@pytest.mark.parametrize("bad", [{"seconds": 0.0}, {"seconds": "8"}, {"fps": 0}, {"fps": 2.5}, {"phases": [1.0]}])
def test_refusals(runs, bad, tmp_path):
    with pytest.raises((InvalidValueError, InvalidTypeError), match=next(iter(bad))):
        animate(runs[2], tmp_path / "film.gif", **bad)
    with pytest.raises(InvalidTypeError, match="expected a Trajectory"):
        animate("run", tmp_path / "film.gif")
