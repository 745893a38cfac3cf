"""Any experiment as a figure, and as files: figures, rows, setting and verdict."""

import json
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidValueError
from ._cosines import plot_cosines
from ._losses import check_experiment, plot_losses
from ._regimes import plot_regimes
from ._restart import plot_curves
from ._save import DPI
from ._thresholds import plot_thresholds

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_experiment", "save_experiment"]

KINDS = {
    "losses": plot_losses,
    "cosines": plot_cosines,
    "curves": plot_curves,
    "regimes": plot_regimes,
    "thresholds": plot_thresholds,
}
# Inches: the width without and with a legend beside the data, and the height.
WIDTH, WIDE, HEIGHT = 7.2, 9.2, 5.0


def plot_experiment(experiment: Any, *, geometry: Any = None, ax: "Axes | None" = None) -> "Axes":
    """
    Draw an experiment as its figure in the paper.

    Parameters
    ----------
    experiment : Experiment
        From `extremal.experiments`.
    geometry : DataFrame, optional
        For losses against n: what `extremal.experiments.geometry` predicts.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    InvalidTypeError
        `experiment` is none.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.experiments import figure_3
    >>> from extremal.plot import plot_experiment
    >>> result = figure_3(sizes=(8, 400), repetitions=2, width=50, iterations=2000)
    >>> plot_experiment(result, ax=Figure().subplots()).get_ylabel()
    'share of the neurons'
    """
    check_experiment(experiment, tuple(KINDS))
    if experiment.kind == "losses":
        return plot_losses(experiment, geometry=geometry, ax=ax)
    return KINDS[experiment.kind](experiment, ax=ax)


def save_experiment(
    experiment: Any, folder: str | PathLike[str], name: str, *, geometry: Any = None
) -> tuple[Path, ...]:
    """
    Write an experiment: the figure as svg and png, the rows as csv, the setting and the verdict as JSON.

    Parameters
    ----------
    experiment : Experiment
        From `extremal.experiments`.
    folder : str or path
        Made if it is not there.
    name : str
        Of the files, without a suffix.
    geometry : DataFrame, optional
        As in `plot_experiment`; written as ``<name>.geometry.csv``.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        `experiment` is none, or the folder is a file.
    OSError
        A file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from extremal.experiments import figure_3
    >>> from extremal.plot import save_experiment
    >>> result = figure_3(sizes=(8, 400), repetitions=2, width=50, iterations=2000)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save_experiment(result, folder, "fig3")]
    ['fig3.svg', 'fig3.png', 'fig3.csv', 'fig3.json']
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    check_experiment(experiment, tuple(KINDS))
    place = Path(folder)
    if place.is_file():
        raise InvalidValueError(f"folder is {str(folder)!r}, a file; expected a folder, which may be new")
    place.mkdir(parents=True, exist_ok=True)
    wide = experiment.kind == "regimes" or (experiment.kind == "losses" and len(experiment.series) > 1)
    figure = Figure(figsize=(WIDE if wide else WIDTH, HEIGHT), layout="constrained")
    plot_experiment(experiment, geometry=geometry, ax=figure.subplots())
    svg, png, csv, text = (place / f"{name}.{suffix}" for suffix in ("svg", "png", "csv", "json"))
    # the same run gives the same file
    with rc_context({"svg.hashsalt": "extremal", "svg.fonttype": "path"}):
        figure.savefig(svg, metadata={"Date": None})
    figure.savefig(png, dpi=DPI)
    experiment.to_frame().to_csv(csv, index=False)
    document = json.dumps(experiment.to_json(), indent=2, allow_nan=False, ensure_ascii=False)
    text.write_text(document + "\n", encoding="utf-8")
    if geometry is None:
        return svg, png, csv, text
    counts = place / f"{name}.geometry.csv"
    geometry.to_csv(counts, index=False)
    return svg, png, csv, text, counts
