"""What a run of SGD or Adam leaves: losses, networks, and enough to go on exactly."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import Dataset
from ..data._arguments import as_count
from ..data._html import heading, pairs_table
from ..data._json import plain
from ..errors import InvalidTypeError, InvalidValueError, MissingFileError
from ..geometry.exact._signs import chunks
from ..laws._checks import Frozen
from ._network import Network
from ._optimiser import Optimiser, Position, Settings, copy
from ._proceed_descent import proceed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Descent", "DescentStatus"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_LINES = ("iterations", "times", "losses", "gradients", "rates")
_FORMAT = 1


class DescentStatus(Enum):
    """How a run of SGD or Adam ended; the value is a sentence that says what happened and what to do."""

    DONE = "Took all iterations that were asked for; extend(iterations=...) takes more."
    BELOW = "Stopped at a record with a training loss below stop_below; extend() goes on from there."
    TIME_LIMIT = "Stopped at time_limit; extend() goes on from there."
    INTERRUPTED = "Interrupted; what was computed is kept, and extend() goes on from there."
    NOT_FINITE = (
        "Stopped: numbers left the range of the floats; the network is that of the last finite record. Take a smaller "
        "lr, or rescale X, y or the initial weights."
    )


@dataclass(frozen=True, eq=False, repr=False)
class Descent(Frozen):
    """
    A run of SGD or Adam.

    Attributes
    ----------
    X, y : ndarray of shape (n, d), (n,)
        The training data.
    initial, network : Network
        The networks at the beginning and at the end, in float64. A `Network` evaluates itself with the ReLU: with the
        GeLU or a leak use `predict` and `loss` of the run.
    iterations : ndarray of shape (k,)
        The iterations that are recorded: steps taken before, from 0 to the end.
    times : ndarray of shape (k,)
        The sum of the learning rates up to there. For SGD it is the time of the gradient flow.
    losses : ndarray of shape (k,)
        L(θ) = 1/(2n) Σ (h(x_k) − y_k)² over all samples, computed in the dtype of the run.
    gradients : ndarray of shape (k,)
        Norm of the gradient of L, with σ'(0) = 0.
    rates : ndarray of shape (k,)
        The learning rate of the step from there.
    status : DescentStatus
        A sentence on how it ended.
    saved : tuple of Network
        The networks at `saved_at`.
    saved_at : ndarray
        The iterations of `save_at` that were reached.
    settings : Settings
        activation, leak, optimizer, lr, betas, eps, batch, sampling, schedule and dtype, as attributes.
    batches : ndarray of shape (iterations, batch), or None
        The batches, if they were given.
    """

    X: Floats
    y: Floats
    initial: Network
    network: Network
    iterations: Integers
    times: Floats
    losses: Floats
    gradients: Floats
    rates: Floats
    status: DescentStatus
    saved: tuple[Network, ...]
    saved_at: Integers
    settings: Settings
    batches: Integers | None
    _goal: int = field(repr=False)
    _plan: Integers = field(repr=False)
    _position: Position = field(repr=False)
    _kept: tuple[Position, ...] = field(repr=False)
    _stride: int = field(repr=False)
    _seed: str = field(repr=False)  # the generator's state at the start

    def __post_init__(self) -> None:
        for name in ("X", "y", *_LINES, "saved_at"):
            getattr(self, name).flags.writeable = False

    @property
    def iteration(self) -> int:
        """The number of steps taken."""
        return self._position.iteration

    def optimiser(self) -> Optimiser:
        """What takes the steps of this run."""
        return Optimiser(Dataset(self.X, self.y), self.initial.width, self.settings, self.batches)

    def predict(self, X: ArrayLike | Dataset, network: Network | None = None) -> Any:
        """
        Evaluate the network with the activation it was trained with.

        Parameters
        ----------
        X : array_like of shape (n, d) or (d,), or Dataset
            Inputs, one a row, or a single one.
        network : Network, optional
            By default that at the end of the run; others are `at(k)`, `initial` and those in `saved`.

        Returns
        -------
        ndarray of shape (n,), or float64 for a single input
            h(x) = Σ_j a_j σ(w_j·x), in float64.
        """
        network = self.network if network is None else network
        rows = network._inputs(X)
        flat = np.atleast_2d(rows)
        result = np.empty(len(flat))
        for part in chunks(len(flat), network.width):
            heights = flat[part] @ network.W.T
            if self.settings.activation == "gelu":
                from scipy.special import ndtr

                heights *= ndtr(heights)
            else:
                np.maximum(heights, self.settings.leak * heights, out=heights)
            result[part] = heights @ network.a
        return result if rows.ndim == 2 else result[0]

    def loss(self, X: ArrayLike | Dataset, y: ArrayLike | None = None, network: Network | None = None) -> float:
        """
        Compute the loss 1/(2n) Σ_k (h(x_k) − y_k)², on new data for instance.

        Parameters
        ----------
        X : array_like of shape (n, d), or Dataset
            Samples, one a row.
        y : array_like of shape (n,), optional
            Labels; left out if X is a `Dataset`.
        network : Network, optional
            By default that at the end of the run.

        Returns
        -------
        float
            In units of y², in float64.
        """
        network = self.network if network is None else network
        data = network._data(X, y)
        residuals = data.y - self.predict(data, network)
        return float(residuals @ residuals) / (2 * residuals.size)

    def at(self, iteration: int, schedule: Callable[[int], float] | None = None) -> Network:
        """
        Compute the network at any iteration of the run.

        Parameters
        ----------
        iteration : int
            Steps taken before, from 0 to the last of `iterations`.
        schedule : callable, optional
            The schedule, if it was a function and the run was read from a file.

        Returns
        -------
        Network
            The same as the run had then: it is gone through again from the last state that is kept.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            For an iteration outside the run.
        """
        iteration = as_count(iteration, "iteration", f"an iteration from 0 to {self.iteration}, the end of the run", 0)
        if iteration > self.iteration:
            raise InvalidValueError(
                f"iteration is {iteration}; expected at most {self.iteration}, the end of the run; "
                f"extend(iterations={iteration}) goes on"
            )
        if iteration == self.iteration:
            return self.network
        optimiser = self._with(schedule).optimiser()
        position = copy([kept for kept in self._kept if kept.iteration <= iteration][-1])
        while position.iteration < iteration:
            position, _ = optimiser.advance(position, min(iteration - position.iteration, optimiser.most()))
        return optimiser.network(position)

    def extend(
        self,
        *,
        iterations: int | None = None,
        batches: Any = None,
        schedule: Callable[[int], float] | None = None,
        record: Any = None,
        save_at: Any = None,
        stop_below: float | None = None,
        time_limit: float | None = None,
        checkpoint: "str | PathLike[str] | None" = None,
        checkpoint_every: float = 60.0,
        progress: bool = False,
    ) -> "Descent":
        """
        Go on with the run, exactly as if it had not stopped.

        Parameters
        ----------
        iterations : int, optional
            Counted from the beginning of the run; by default what was asked for.
        batches : array_like, optional
            The batches to come, if batches were given; rows are iterations from now on.
        schedule : callable, optional
            The schedule, if it was a function and the run was read from a file.
        record, save_at, stop_below, time_limit, checkpoint, checkpoint_every, progress
            As in `extremal.train`; iterations count from the beginning of the run, seconds from now.

        Returns
        -------
        Descent
            The whole run. The weights are those of an uninterrupted one, to the last bit.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            For arguments that cannot be used.

        Notes
        -----
        For a *warm restart*, where the schedule counts from 0 again and settings may change, pass the run as `init` of
        `extremal.train`.
        """
        run = self._with(schedule)
        if batches is not None:
            from ._arguments_train import as_batches

            if run.batches is None:
                raise InvalidTypeError("batches were given; expected none, since this run draws its own")
            more = as_batches(batches, len(run.y), run.settings.batch)
            run = replace(run, batches=np.concatenate([run.batches[: run.iteration], more]))
            iterations = len(run.batches) if iterations is None else iterations  # type: ignore[arg-type]
        return proceed(
            run,
            self._goal if iterations is None else iterations,
            record,
            save_at,
            stop_below,
            time_limit,
            checkpoint,
            checkpoint_every,
            progress,
        )

    def _with(self, schedule: Any) -> "Descent":
        if schedule is None:
            return self
        if self.settings.schedule is not None and self.settings.schedule is not schedule:
            raise InvalidTypeError(
                f"schedule was given, but the run has {self.settings.schedule!r}; expected none: for another one start "
                "anew with extremal.train(X, y, init=run, schedule=...)"
            )
        return replace(self, settings=replace(self.settings, schedule=schedule))

    def to_frame(self) -> "pd.DataFrame":
        """The run as a table: a row for each of `iterations`, with times, losses, gradients and rates."""
        import pandas as pd

        names = ("iteration", "time", "loss", "gradient", "rate")
        return pd.DataFrame({name: getattr(self, line) for name, line in zip(names, _LINES, strict=True)})

    def to_json(self) -> dict[str, Any]:
        """
        Give the run as plain values, without data and with the last network alone.

        Returns
        -------
        dict
            n, d, width, steps, status and settings (a schedule that is a function is None); the columns of `to_frame`
            by the names of the attributes; the network at the end, a dict of W and a. `save` keeps everything.
        """
        n, d = self.X.shape
        return {
            "n": n,
            "d": d,
            "width": self.network.width,
            "steps": self.iteration,
            "status": plain(self.status),
            "settings": plain(json.loads(self.settings.text())),
            **{name: plain(getattr(self, name)) for name in _LINES},
            "network": self.network.to_json(),
        }

    def save(self, path: "str | PathLike[str]") -> None:
        """
        Write the run to a file (.npz; nothing is pickled), under exactly the name that is given.

        A file of that name is replaced at once or not at all. A schedule that is a function is left out.
        """
        arrays: dict[str, Any] = {name: getattr(self, name) for name in ("X", "y", *_LINES, "saved_at")}
        arrays |= {"format": np.int64(_FORMAT), "kind": np.array("descent"), "status": np.array(self.status.name)}
        arrays |= {"settings": np.array(self.settings.text()), "seed": np.array(self._seed), "plan": self._plan}
        arrays |= {"goal": np.int64(self._goal), "stride": np.int64(self._stride), "kept": np.int64(len(self._kept))}
        for name, network in (("initial", self.initial), ("network", self.network)):
            arrays[f"{name}.W"], arrays[f"{name}.a"] = network.W, network.a
        if self.saved:
            arrays["saved.W"] = np.array([network.W for network in self.saved])
            arrays["saved.a"] = np.array([network.a for network in self.saved])
        if self.batches is not None:
            arrays["batches"] = self.batches
        for prefix, position in (("position", self._position), *((f"kept{i}", p) for i, p in enumerate(self._kept))):
            arrays |= {f"{prefix}.{name}": value for name, value in position.arrays().items()}
        path = Path(path)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with open(part, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: "str | PathLike[str]") -> "Descent":
        """
        Read a run that `save` wrote; it can be extended as if it had never been away.

        Raises
        ------
        MissingFileError
            If there is no such file.
        InvalidValueError
            If it does not hold a run, or one of another version.
        """
        if not Path(path).is_file():
            raise MissingFileError(f"there is no file {str(path)!r}")
        try:
            with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            if str(arrays["kind"]) != "descent" or int(arrays["format"]) != _FORMAT:
                raise InvalidValueError(f"its format is {int(arrays['format'])}; expected {_FORMAT}")
            positions = [
                Position.from_arrays({k.partition(".")[2]: v for k, v in arrays.items() if k.startswith(f"{prefix}.")})
                for prefix in ("position", *(f"kept{i}" for i in range(int(arrays["kept"]))))
            ]
            pairs = zip(arrays.get("saved.W", ()), arrays.get("saved.a", ()), strict=True)
            plain: dict[str, Any] = {name: arrays[name] for name in ("X", "y", *_LINES, "saved_at")}
            return cls(
                **plain,
                initial=Network(arrays["initial.W"], arrays["initial.a"]),
                network=Network(arrays["network.W"], arrays["network.a"]),
                status=DescentStatus[str(arrays["status"])],
                saved=tuple(Network(W, a) for W, a in pairs),
                settings=Settings.of_text(str(arrays["settings"])),
                batches=arrays.get("batches"),
                _goal=int(arrays["goal"]),
                _plan=arrays["plan"],
                _position=positions[0],
                _kept=tuple(positions[1:]),
                _stride=int(arrays["stride"]),
                _seed=str(arrays["seed"]),
            )
        # zlib.error and others come out of damaged archives
        except Exception as error:
            raise InvalidValueError(f"{str(path)!r} does not hold a descent, or it is damaged: {error}") from error

    def __repr__(self) -> str:
        return (
            f"<Descent: {self._optimizer()}, {self._activation()}, m = {self.network.width}, {self.iteration} "
            f"iterations, loss {self.losses[0]:.4g} → {self.losses[-1]:.4g}; {self.status.name}>"
        )

    def _repr_html_(self) -> str:
        n, d = self.X.shape
        pairs: list[tuple[str, Any]] = [
            ("data", f"{n} samples in dimension {d}"),
            ("network", f"{self.network.width} neurons, {self._activation()}, {self.settings.dtype}"),
            ("batches", f"{self.settings.batch} samples each"),
            ("iterations", f"{self.iteration}, {len(self.iterations)} of them recorded"),
            ("loss", f"{self.losses[0]:.4g} → {self.losses[-1]:.4g}"),
            ("gradient", f"{self.gradients[-1]:.4g}"),
            ("learning rate", f"{self.rates[-1]:.4g}"),
        ]
        return heading(f"Descent by {self._optimizer()}", self.status.value) + pairs_table(pairs)

    def _optimizer(self) -> str:
        return {"sgd": "SGD", "adam": "Adam"}[self.settings.optimizer]

    def _activation(self) -> str:
        return {"relu": "ReLU" if self.settings.leak == 0 else "leaky ReLU", "gelu": "GeLU"}[self.settings.activation]
