"""Running an experiment: its rows through the sweep, resumable, and its claims."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data._arguments import as_choice, as_count, as_number
from ..errors import InvalidValueError
from ..statements._claims import CONTRADICTED, INCONCLUSIVE, SUPPORTED, Claim
from ..statements._frames import frame
from ..statements._verdict import Verdict
from ..sweeps import sweep
from ._experiment import Experiment
from ._measured import Measured
from ._runs import flow_row, losses_row
from ._setup import Setup, by_flow, choose

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BY", "Run", "conduct"]

# What trains the networks.
BY = ("sgd", "flow")


class Run:
    """
    The common arguments of all figures, checked.

    Parameters
    ----------
    preset : str
        "quick" or "paper".
    presets : dict from str to Setup
        The figure's settings.
    seed, confidence, executor, store, progress
        As of `extremal.experiments.figure_2`.
    changes : dict
        Fields of `Setup`.
    by : {"sgd", "flow"}
        What trains.
    """

    def __init__(
        self,
        preset: Any,
        presets: dict[str, Setup],
        seed: Any,
        confidence: Any,
        executor: Any,
        store: Any,
        progress: bool,
        changes: dict[str, Any],
        by: Any = "sgd",
    ):
        self.start = time.perf_counter()
        self.by = as_choice(by, "by", BY)
        if by == "flow":
            presets = presets | {"quick": by_flow(presets["quick"])}
        self.setup = choose(preset, presets, changes)
        self.preset = preset if self.setup == presets[preset] else f"{preset}, changed"
        self.seed = as_count(seed, "seed", "an integer, 0 or more", 0)
        self.confidence = as_number(confidence, "confidence", "a probability between 0 and 1, such as 0.95", above=0.0)
        if self.confidence >= 1:
            raise InvalidValueError(f"confidence is {confidence!r}; expected a probability between 0 and 1")
        self.executor = executor
        self.progress = progress
        self.store = None if store is None else Path(store)
        if self.store is not None:
            if self.store.is_file():
                raise InvalidValueError(f"store is {str(store)!r}, a file; expected a folder, which may be new")
            self.store.mkdir(parents=True, exist_ok=True)
        paper = presets["paper"]
        smaller = self.setup.width < paper.width or self.setup.iterations * self.setup.lr < paper.iterations * paper.lr
        self.small = "this setting is smaller than the paper's, where it may hold" if smaller else ""

    def rows(self, task: Callable[..., Any], points: Sequence[dict[str, Any]], name: str) -> "pd.DataFrame":
        """Sweep a task; its rows and its unfinished work are in the store."""
        more: dict[str, Any] = {}
        if self.store is not None:
            more = {"store": self.store / f"{name}.sqlite", "scratch": self.store / "unfinished"}
        return sweep(
            task,
            list(points),
            self.executor,
            progress=self.progress,
            repetitions=self.setup.repetitions,
            seed=self.seed,
            **more,
        )

    def losses(self, points: Sequence[dict[str, Any]] | None = None) -> "pd.DataFrame":
        """Train from scratch at every n, by SGD or Adam, or by gradient flow for as long as their steps add up to."""
        points = self.setup.points(self.seed) if points is None else points
        if self.by == "sgd":
            return self.rows(losses_row, points, "losses")
        if self.setup.activation != "relu" or self.setup.optimizer != "sgd":
            raise InvalidValueError(
                f"by is 'flow' with activation {self.setup.activation!r} and optimizer {self.setup.optimizer!r}; "
                "expected 'relu' and 'sgd', of which gradient flow is the limit"
            )
        dropped = ("iterations", "lr", "activation", "optimizer", "batch", "dtype")
        timed = [point | {"t_max": point["iterations"] * point["lr"]} for point in points]
        kept = [{name: value for name, value in point.items() if name not in dropped} for point in timed]
        return self.rows(flow_row, kept, "flow")

    def measured(self, table: "pd.DataFrame", claims: int) -> Measured:
        """What is on the rows."""
        return Measured(table, self.setup.level, self.confidence, claims, self.small)


def conduct(
    run: Run,
    measured: Measured,
    claims: Sequence[Claim],
    *,
    figure: str,
    title: str,
    kind: str,
    by: str | None = None,
    series: dict[Any, str] | None = None,
    sizes: Callable[[dict[str, Any]], Sequence[int]] | None = None,
    thresholds: bool = True,
) -> Experiment:
    """
    Put an experiment together.

    Parameters
    ----------
    run : Run
        The arguments.
    measured : Measured
        The rows.
    claims : sequence of Claim
        What the verdict rests on; one on failed rows is added where there are any.
    figure, title, kind, by, series
        As of `Experiment`.
    sizes : callable
        The sample sizes of a series; by default those of the setting.
    thresholds : bool
        Whether the place where interpolation ends is estimated.

    Returns
    -------
    Experiment
    """
    names = {run.setup.teacher: "network"} if series is None else series
    at = (lambda where: run.setup.sizes) if sizes is None else sizes
    failed = int((~measured.done).sum())
    claims = list(claims)
    if failed:
        share = float(measured.done.mean())
        first = measured.table["error"][~measured.done].iloc[0]
        reason = f"{failed} of {len(measured.table)} runs failed; the first: {first}"
        claims.append(Claim("runs", INCONCLUSIVE, share, share, share, "done", reason))
    found = {claim.status for claim in claims}
    status = CONTRADICTED if CONTRADICTED in found else SUPPORTED if found == {SUPPORTED} else INCONCLUSIVE
    places = None
    if thresholds:
        lines = []
        for value, name in names.items():
            where = {} if by is None else {by: value}
            lines.append((name, *measured.threshold(at(where), **where)))
        places = frame(("series", "n", "low", "high"), lines)
    setup = run.setup
    law = (
        f"Gaussian inputs, {setup.teacher} teacher, noise {setup.noise:g}; m = {setup.width}, {setup.iterations} "
        f"iterations, lr {setup.lr:g}"
    )
    verdict = Verdict(
        figure,
        status,
        tuple(claims),
        measured.table,
        measured.summary(by, names, at),
        law,
        run.seed,
        run.confidence,
        time.perf_counter() - run.start,
        None,
        places,
    )
    return Experiment(figure, title, kind, run.preset, setup, names, by, verdict, run.seed)
