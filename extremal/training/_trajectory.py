"""What a run of the gradient flow leaves: times, losses, networks, and enough to go on exactly."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data._arguments import as_number
from ..data._html import heading, pairs_table
from ..data._json import plain
from ..errors import InvalidTypeError, InvalidValueError, MissingFileError
from ._network import Network
from ._proceed import integrator_of, proceed
from ._records import FlowStatus, Records, assemble, seen
from ._state import State

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Trajectory"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_LINES = ("times", "losses", "gradients", "cones", "crossings", "sliding")
_FORMAT = 1


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory:
    """
    A run of the gradient flow.

    Attributes
    ----------
    X, y : ndarray of shape (n, d), (n,)
        The training data.
    initial, network : Network
        The networks at the beginning and at the end.
    times : ndarray of shape (k + 1,)
        The ends of the steps, from 0; the unit of time is the flow's.
    losses : ndarray of shape (k + 1,)
        L(θ) = 1/(2n) Σ (h(x_k) − y_k)² at the times.
    gradients : ndarray of shape (k + 1,)
        Norm of the right-hand side of the flow: the least element of the Clarke gradient (0: a stationary point).
    cones : ndarray of shape (k + 1,)
        Activation patterns that the neurons have, sliding ones counted as their own.
    crossings : ndarray of shape (k + 1,)
        Hyperplanes met so far, summed over the neurons.
    sliding : ndarray of shape (k + 1,)
        Neurons that slide on a hyperplane.
    peak : float
        The largest gradient so far.
    status : FlowStatus
        A sentence on how it ended.
    observations : tuple
        What `observe` returned at `observed`; without `observe` the networks at the times of `save_at`.
    observed : ndarray
        The times of the observations.
    rtol, gtol, leak : float
        As they were given.
    """

    X: Floats
    y: Floats
    initial: Network
    network: Network
    times: Floats
    losses: Floats
    gradients: Floats
    cones: Integers
    crossings: Integers
    sliding: Integers
    peak: float
    status: FlowStatus
    observations: tuple[Any, ...]
    observed: Floats
    rtol: float
    gtol: float
    leak: float
    _state: State = field(repr=False)
    _records: Records = field(repr=False)

    @property
    def stationary(self) -> bool:
        """Whether the run ended at a stationary point, to gtol."""
        return self.status is FlowStatus.STATIONARY

    def at(self, time: float) -> Network:
        """
        Compute the network at any time of the run.

        Parameters
        ----------
        time : float
            From 0 to the last of `times`.

        Returns
        -------
        Network
            The same as the run had then: it is gone through again from the last state that is kept.

        Raises
        ------
        InvalidValueError, InvalidTypeError
            For a time outside the run.
        """
        time = as_number(time, "time", f"a time from 0 to {self.times[-1]:.6g}, the end of the run", least=0.0)
        if time > self.times[-1]:
            raise InvalidValueError(
                f"time is {time!r}; expected at most {self.times[-1]:.6g}, the end of the run; extend(t_max={time!r}) "
                "goes on"
            )
        if time == self.times[-1]:
            return self.network
        integrator = integrator_of(self)
        state = self._records.before(time)
        with integrator.threads():
            while state.time < time:
                step = integrator.step(state, np.array([time]))
                if step.end.time > time:
                    return seen(self.initial, step, time)
                state = step.end
        return assemble(self.initial, *state.parameters())

    def events(self, begin: float = 0.0, end: float | None = None) -> "pd.DataFrame":
        """
        List which neuron met which hyperplane when; the run is gone through again for it.

        With rtol of 1e-3 or more the hyperplanes that are passed many at once are left out.

        Parameters
        ----------
        begin, end : float
            The times from and up to which to list; by default the whole run.

        Returns
        -------
        DataFrame
            In order of time, with columns time, neuron, sample (the first one on the hyperplane, −1 for none) and
            event: "crosses", "slides" (begins to), "leaves" (ceases to slide), or "zero" (reaches w = 0).

        Raises
        ------
        InvalidValueError, InvalidTypeError
            For times that are not finite numbers, 0 or more.
        """
        import pandas as pd

        begin = as_number(begin, "begin", "a time, 0 or more", least=0.0)
        last = float(self.times[-1]) if end is None else as_number(end, "end", "a time, 0 or more", least=0.0)
        last = min(last, float(self.times[-1]))
        integrator = integrator_of(self)
        state = self._records.before(min(begin, last))
        found = [np.zeros((0, 4))]
        with integrator.threads():
            while state.time < last:
                step = integrator.step(state)
                if step.end.time > begin and step.end.crossings > state.crossings:
                    found.append(integrator.events(step))
                state = step.end
        table = np.concatenate(found)
        table = table[(table[:, 0] >= begin) & (table[:, 0] <= last)]
        moving = np.flatnonzero(self.initial.W.any(axis=1))
        samples = np.append(integrator.rows.samples, -1)
        return pd.DataFrame(
            {
                "time": table[:, 0],
                "neuron": moving[table[:, 1].astype(np.int64)],
                "sample": samples[table[:, 2].astype(np.int64)],
                "event": np.array(["crosses", "slides", "leaves", "zero"])[table[:, 3].astype(np.int64)],
            }
        )

    def extend(
        self,
        *,
        gtol: float | None = None,
        t_max: float | None = None,
        max_steps: int | None = None,
        time_limit: float | None = None,
        save_at: Any = None,
        observe: Callable[[float, Network], Any] | None = None,
        progress: bool = False,
    ) -> "Trajectory":
        """
        Go on with the run, exactly as if it had not stopped.

        Parameters
        ----------
        gtol : float, optional
            A new tolerance; by default the old one.
        t_max, max_steps, time_limit, save_at, observe, progress
            As in `extremal.flow`; times and steps count from the beginning of the run, seconds from now.

        Returns
        -------
        Trajectory
            The whole run. The steps are those of an uninterrupted one, to the last bit.
        """
        gtol = self.gtol if gtol is None else as_number(gtol, "gtol", "a number, 0 or more, such as 1e-6", least=0.0)
        # what follows the beginning of the step that t_max cut is computed anew
        keep = self.times <= self._state.time
        lines = {name: getattr(self, name)[keep] for name in _LINES}
        return proceed(replace(self, gtol=gtol, **lines), t_max, max_steps, time_limit, save_at, observe, progress)

    def to_frame(self) -> "pd.DataFrame":
        """The run as a table: a row for each of `times`, with losses, gradients, cones, crossings and sliding."""
        import pandas as pd

        names = ("time", "loss", "gradient", "cones", "crossings", "sliding")
        return pd.DataFrame({name: getattr(self, line) for name, line in zip(names, _LINES, strict=True)})

    def to_json(self) -> dict[str, Any]:
        """
        Give the run as plain values, without data and with the last network alone.

        Returns
        -------
        dict
            n, d, width, steps, status, stationary, rtol, gtol, leak and peak; the columns of `to_frame` by the names of
            the attributes; the network at the end, a dict of W and a. `save` keeps everything.
        """
        n, d = self.X.shape
        names = ("status", "stationary", "rtol", "gtol", "leak", "peak", *_LINES)
        return {
            "n": n,
            "d": d,
            "width": self.network.width,
            "steps": len(self.times) - 1,
            **{name: plain(getattr(self, name)) for name in names},
            "network": self.network.to_json(),
        }

    def save(self, path: "str | PathLike[str]") -> None:
        """
        Write the run to a file (.npz; nothing is pickled), under exactly the name that is given.

        Raises
        ------
        InvalidTypeError
            If `observe` returned things that are not numbers or arrays of one shape.
        """
        arrays: dict[str, Any] = {name: getattr(self, name) for name in ("X", "y", *_LINES, "observed")}
        arrays |= {name: np.float64(getattr(self, name)) for name in ("rtol", "gtol", "leak", "peak")}
        arrays["format"], arrays["status"] = np.int64(_FORMAT), np.array(self.status.name)
        for name, network in (("initial", self.initial), ("network", self.network)):
            arrays[f"{name}.W"], arrays[f"{name}.a"] = network.W, network.a
        networks = [value for value in self.observations if isinstance(value, Network)]
        if networks and len(networks) == len(self.observations):
            arrays["networks.W"] = np.array([network.W for network in networks])
            arrays["networks.a"] = np.array([network.a for network in networks])
        elif self.observations:
            try:
                values = np.array(self.observations)
            except ValueError:
                values = np.array(None)
            if values.dtype.hasobject:
                raise InvalidTypeError(
                    "the observations are not numbers or arrays of one shape, and cannot be written without pickle; "
                    "expected observe to return such"
                )
            arrays["observations"] = values
        for prefix, state in (("state", self._state), *((f"record{i}", s) for i, s in enumerate(self._records.states))):
            arrays |= {f"{prefix}.{name}": value for name, value in state.arrays().items()}
        arrays["records"] = np.array([len(self._records.states), self._records.stride, self._records.seen])
        with open(path, "wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: "str | PathLike[str]") -> "Trajectory":
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
            if int(arrays["format"]) != _FORMAT:
                raise InvalidValueError(f"its format is {int(arrays['format'])}; expected {_FORMAT}")
            count, stride, seen = (int(value) for value in arrays["records"])
            states = [
                State.from_arrays({k.partition(".")[2]: v for k, v in arrays.items() if k.startswith(f"{prefix}.")})
                for prefix in ("state", *(f"record{i}" for i in range(count)))
            ]
            observations: tuple[Any, ...] = tuple(arrays.get("observations", ()))
            if "networks.W" in arrays:
                pairs = zip(arrays["networks.W"], arrays["networks.a"], strict=True)
                observations = tuple(Network(W, a) for W, a in pairs)
            plain: dict[str, Any] = {name: arrays[name] for name in ("X", "y", *_LINES, "observed")}
            plain |= {name: float(arrays[name]) for name in ("rtol", "gtol", "leak", "peak")}
            return cls(
                **plain,
                initial=Network(arrays["initial.W"], arrays["initial.a"]),
                network=Network(arrays["network.W"], arrays["network.a"]),
                status=FlowStatus[str(arrays["status"])],
                observations=observations,
                _state=states[0],
                _records=Records(tuple(states[1:]), stride, seen),
            )
        # zlib.error and others come out of damaged archives
        except Exception as error:
            raise InvalidValueError(f"{str(path)!r} does not hold a trajectory, or it is damaged: {error}") from error

    def __repr__(self) -> str:
        return (
            f"<Trajectory: t = {self.times[-1]:.4g}, loss {self.losses[0]:.4g} → {self.losses[-1]:.4g}, gradient "
            f"{self._share():.1e} of its peak, {self.cones[-1]} cones; "
            f"{self.status.name}>"
        )

    def _repr_html_(self) -> str:
        n, d = self.X.shape
        pairs: list[tuple[str, Any]] = [
            ("data", f"{n} samples in dimension {d}"),
            ("network", f"{self.network.width} neurons, {self.cones[-1]} cones"),
            ("time", f"{self.times[-1]:.4g}, in {len(self.times) - 1} steps"),
            ("loss", f"{self.losses[0]:.4g} → {self.losses[-1]:.4g}"),
            ("gradient", f"{self.gradients[-1]:.4g}, {self._share():.1e} of its peak"),
            ("crossings", self.crossings[-1]),
        ]
        return heading("Gradient flow", self.status.value) + pairs_table(pairs)

    def _share(self) -> float:
        return float(self.gradients[-1] / max(self.gradients.max(), 1e-300))
