"""Where a run of SGD or Adam is, and how it goes on from there: the same bits in however many pieces."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..errors import InvalidTypeError
from ._network import Network
from ._schedules import Constant, StepDecay, evaluate

__all__ = ["Optimiser", "Position", "Settings"]

Floats = NDArray[Any]
Integers = NDArray[np.int64]

# Entries of the batches that are drawn at once: some MB.
MOST_ENTRIES = 2**19


@dataclass(frozen=True)
class Settings:
    """
    How a network is trained; the fields are the arguments of `extremal.train`.

    `batch` is the size of a batch, at most n, and `sampling` is "epoch", "replacement", "full" (every sample in every
    batch) or "given" (the rows of `batches`). `schedule` is None if it was a function that a file could not hold.
    """

    activation: str
    leak: float
    optimizer: str
    lr: float
    betas: tuple[float, float]
    eps: float
    batch: int
    sampling: str
    schedule: Any
    dtype: str

    def text(self) -> str:
        """The settings as JSON, for a file."""
        fields: dict[str, Any] = {**asdict(self), "schedule": None}
        if isinstance(self.schedule, Constant | StepDecay):
            fields["schedule"] = {"kind": type(self.schedule).__name__, **asdict(self.schedule)}
        return json.dumps(fields)

    @classmethod
    def of_text(cls, text: str) -> "Settings":
        """Read the settings back."""
        fields = json.loads(text)
        given = fields["schedule"]
        if given is not None:
            kind = {"Constant": Constant, "StepDecay": StepDecay}[given.pop("kind")]
            fields["schedule"] = kind(**given)
        return cls(**{**fields, "betas": tuple(fields["betas"])})


@dataclass(frozen=True)
class Position:
    """Everything that the next iterations depend on, besides data and settings."""

    iteration: int
    time: float  # Σ of the learning rates
    P: Floats  # weights in blocks
    M: Floats | None  # first and second moments of Adam
    rest: Integers  # batches of this epoch that are not used yet, (k, batch)
    generator: str  # the bit generator's state as JSON

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The fields as arrays, for a file."""
        arrays = {name: np.asarray(getattr(self, name)) for name in ("iteration", "time", "P", "rest", "generator")}
        return arrays if self.M is None else {**arrays, "M": self.M}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> "Position":
        """Read the fields back."""
        return cls(
            int(arrays["iteration"]),
            float(arrays["time"]),
            arrays["P"],
            arrays.get("M"),
            arrays["rest"],
            str(arrays["generator"]),
        )

    @property
    def nbytes(self) -> int:
        """Memory it takes, about."""
        return self.P.nbytes + (0 if self.M is None else self.M.nbytes) + self.rest.nbytes


class Optimiser:
    """Steps of SGD or Adam on one data set."""

    def __init__(self, data: Dataset, width: int, settings: Settings, batches: Integers | None):
        from ._train_kernels import BLOCK, GROUP, UNROLLED, gelu_table, measure, steps

        self.n, self.d, self.width = data.n, data.d, width
        self.settings, self.batches = settings, batches
        self.dtype = np.dtype(settings.dtype)
        self.block = BLOCK
        # beyond UNROLLED coordinates come in groups, the last one filled up with zeros
        self.columns = data.d if data.d <= UNROLLED else -(-data.d // GROUP) * GROUP
        self.X = np.zeros((data.n, self.columns), dtype=self.dtype)
        self.y = np.empty(data.n, dtype=self.dtype)
        with np.errstate(over="ignore"):
            self.X[:, : data.d] = data.X
            self.y[:] = data.y
        self.rows = np.arange(data.n, dtype=np.int64)
        number = self.dtype.type
        b1, b2 = settings.betas
        self.betas = np.array([b1, b2])
        self.hyper = np.array([1 - b1, 1 - b2, settings.eps, np.finfo(self.dtype).tiny, 0.0], dtype=self.dtype)
        self.table = gelu_table(self.dtype) if settings.activation == "gelu" else None
        self.leak = number(settings.leak)
        self.dims = (0,) * data.d if data.d <= UNROLLED else None
        self._measure, self._steps = measure, steps

    def begin(self, network: Network, generator: np.random.Generator) -> Position:
        """The position at the start."""
        blocks = -(-self.width // self.block)
        whole = np.zeros((blocks * self.block, self.columns + 1), dtype=self.dtype)
        with np.errstate(over="ignore"):
            whole[: self.width, : self.d] = network.W
            whole[: self.width, -1] = network.a
        P = np.ascontiguousarray(whole.reshape(blocks, self.block, -1).transpose(0, 2, 1)).reshape(blocks, -1)
        M = np.zeros((blocks, 2 * P.shape[1]), dtype=self.dtype) if self.settings.optimizer == "adam" else None
        rest = np.empty((0, self.settings.batch), dtype=np.int64)
        return Position(0, 0.0, P, M, rest, _state_of(generator))

    def network(self, position: Position) -> Network:
        """The network at a position, in float64."""
        whole = position.P.reshape(len(position.P), -1, self.block).transpose(0, 2, 1).reshape(-1, self.columns + 1)
        return Network(whole[: self.width, : self.d].astype(np.float64), whole[: self.width, -1].astype(np.float64))

    def measure(self, position: Position) -> tuple[float, float]:
        """The loss and the norm of its gradient, over all samples."""
        total, square = self._measure(position.P, self.X, self.y, self.hyper, self.table, self.leak, self.dims)
        return total / (2 * self.n), float(np.sqrt(square))

    def rate(self, iteration: int) -> float:
        """The learning rate of an iteration."""
        return float(self.rates(iteration, iteration + 1)[0])

    def rates(self, begin: int, end: int) -> Floats:
        """The learning rates of the iterations from `begin` up to `end`."""
        if self.settings.schedule is None:
            raise InvalidTypeError(
                "the schedule of this run was a function, which is not in the file; pass schedule= the same function"
            )
        return self.settings.lr * evaluate(self.settings.schedule, begin, end)

    def advance(self, position: Position, iterations: int) -> tuple[Position, bool]:
        """Take so many steps; the weights of `position` are overwritten. False: the residuals were not finite."""
        end = position.iteration + iterations
        rates = self.rates(position.iteration, end)
        batches, rest, generator = self._draw(position, iterations)
        done = self._steps(
            position.P,
            position.M,
            self.X,
            self.y,
            batches,
            rates,
            position.iteration,
            self.betas,
            self.hyper,
            self.table,
            self.leak,
            self.dims,
        )
        time = float(np.add.accumulate(np.append(position.time, rates))[-1])
        return replace(position, iteration=end, time=time, rest=rest, generator=generator), done == iterations

    def most(self) -> int:
        """The most iterations to take at once."""
        return max(1, MOST_ENTRIES // self.settings.batch)

    def _draw(self, position: Position, count: int) -> tuple[Integers, Integers, str]:
        sampling, batch, rest = self.settings.sampling, self.settings.batch, position.rest
        if sampling == "given":
            assert self.batches is not None
            return self.batches[position.iteration : position.iteration + count], rest, position.generator
        if sampling == "full":
            return self.rows[None], rest, position.generator
        need = count - len(rest)
        if sampling == "epoch" and need <= 0:
            return np.ascontiguousarray(rest[:count]), rest[count:], position.generator
        generator = _generator_of(position.generator)
        if sampling == "replacement":
            drawn = generator.integers(0, self.n, size=(count, batch))
            return drawn, rest, _state_of(generator)
        each = -(-self.n // batch)
        epochs = -(-need // each)
        padded = np.full((epochs, each * batch), -1, dtype=np.int64)
        padded[:, : self.n] = generator.permuted(np.tile(self.rows, (epochs, 1)), axis=1)
        drawn = np.concatenate([rest, padded.reshape(-1, batch)])
        return drawn[:count], drawn[count:].copy(), _state_of(generator)


def copy(position: Position) -> Position:
    """A position whose weights nothing overwrites."""
    return replace(position, P=position.P.copy(), M=None if position.M is None else position.M.copy())


def _state_of(generator: np.random.Generator) -> str:
    return json.dumps(generator.bit_generator.state, default=lambda value: np.asarray(value).tolist())


def _generator_of(text: str) -> np.random.Generator:
    state = json.loads(text)
    bits = getattr(np.random, state["bit_generator"])(0)
    bits.state = state
    return np.random.Generator(bits)
