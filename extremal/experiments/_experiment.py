"""An experiment that has run: its setting, its rows, and a verdict on what the paper says of the figure."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ..data._html import heading
from ..data._json import plain
from ..statements import Verdict
from ..sweeps._tasks import version

if TYPE_CHECKING:
    import pandas as pd

    from ._setup import Setup

__all__ = ["Experiment"]


@dataclass(frozen=True, eq=False, repr=False)
class Experiment:
    """
    An experiment that has run.

    Attributes
    ----------
    figure : str
        Such as "Figure 2".
    title : str
        What it shows.
    kind : str
        How it is drawn: "losses", "cosines", "curves", "regimes" or "thresholds".
    preset : str
        "quick", "paper", or either of them with ", changed".
    setup : Setup
        The setting.
    series : dict from str to str
        What is compared: a name for each value of the column `by`.
    by : str or None
        The column of the table that tells the series apart.
    verdict : Verdict
        The paper's claims on the figure with numbers; ``verdict.table`` has one row a run.
    seed : int
        Of the sweep.
    """

    figure: str
    title: str
    kind: str
    preset: str
    setup: "Setup"
    series: dict[Any, str]
    by: str | None
    verdict: Verdict = field(repr=False)
    seed: int = 0

    @property
    def table(self) -> "pd.DataFrame":
        """One row a run, as `extremal.sweep` returns it."""
        return self.verdict.table

    @property
    def summary(self) -> "pd.DataFrame":
        """One row for each n of each series: means and intervals."""
        return self.verdict.summary

    def to_frame(self) -> "pd.DataFrame":
        """The rows without the objects among the parameters: what a csv file holds."""
        table = self.table
        return table.drop(columns=[name for name in ("law", "traceback") if name in table])

    def to_json(self) -> dict[str, Any]:
        """
        Give the setting and the verdict as plain values: what ``extremal reproduce --json`` prints.

        Returns
        -------
        dict
            figure, title, preset, setting, series, seed, the package's version, and the verdict's status, seconds,
            claims and thresholds.
        """
        verdict = self.verdict.to_json()
        return {
            "figure": self.figure,
            "title": self.title,
            "preset": self.preset,
            "setting": plain(asdict(self.setup)),
            "series": {str(value): name for value, name in self.series.items()},
            "seed": self.seed,
            "version": version(),
            **{name: verdict[name] for name in ("status", "seconds", "claims", "thresholds")},
        }

    def _repr_html_(self) -> str:
        return heading(self.title, f"preset {self.preset}") + self.verdict._repr_html_()

    def __repr__(self) -> str:
        return f"{self.title} (preset {self.preset})\n{self.verdict!r}"


Figure = Callable[..., Experiment]
Names = Sequence[str]
