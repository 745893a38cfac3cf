"""The setting of an experiment: data, network, optimizer, and how many runs (section 5 and appendix A).

A preset is a setting with a name. "paper" has the paper's values, as far as they are known; "quick" has fewer neurons
and iterations, so that a figure takes minutes. What is measured at a smaller setting is compared with the paper's
claims all the same, but a claim that fails there is inconclusive: it may hold at full size.
"""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from ..data._arguments import as_choice, as_count, as_number, did_you_mean
from ..errors import InvalidTypeError, InvalidValueError
from ..laws import Law, named

__all__ = ["Setup", "by_flow", "choose"]

CHOICES = {
    "teacher": ("linear", "neuron", "relu5"),
    "activation": ("relu", "gelu"),
    "optimizer": ("sgd", "adam"),
    "dtype": ("float32", "float64"),
}


@dataclass(frozen=True)
class Setup:
    """
    What an experiment consists of.

    Attributes
    ----------
    sizes : tuple of int
        Sample sizes n.
    repetitions : int
        Runs at each n, each on data of its own.
    d : int
        Dimension.
    width : int
        Number m of neurons.
    iterations : int
        Steps of the optimizer.
    lr : float
        Learning rate.
    teacher : {"linear", "neuron", "relu5"}
        As in `extremal.laws.named`; the parameters of "relu5" are the same in all runs.
    noise : float
        Standard deviation σ of the labels' noise; a predictor that knows the teacher has the loss σ²/2.
    activation : {"relu", "gelu"}
        Of the network.
    leak : float
        Slope of the leaky ReLU on the inactive side.
    optimizer : {"sgd", "adam"}
        With PyTorch's defaults.
    batch : int
        Samples in a batch.
    scale : float or None
        λ; by default the experiments' variance 10⁻⁵/√m of every weight.
    dtype : {"float32", "float64"}
        What the training computes in.
    fresh : int
        Inputs of the test sample.
    """

    sizes: tuple[int, ...]
    repetitions: int
    d: int = 5
    width: int = 10_000
    iterations: int = 8_000_000
    lr: float = 0.01
    teacher: str = "linear"
    noise: float = 0.3
    activation: str = "relu"
    leak: float = 0.0
    optimizer: str = "sgd"
    batch: int = 32
    scale: float | None = None
    dtype: str = "float32"
    fresh: int = 10_000

    def __post_init__(self) -> None:
        sizes = (self.sizes,) if isinstance(self.sizes, int | np.integer) else tuple(self.sizes)
        counted = tuple(sorted({as_count(n, "sizes", "sample sizes, integers, 1 or more") for n in sizes}))
        if not counted:
            raise InvalidValueError("sizes is empty; expected sample sizes, integers, 1 or more")
        object.__setattr__(self, "sizes", counted)
        for name in ("repetitions", "d", "width", "iterations", "batch", "fresh"):
            object.__setattr__(self, name, as_count(getattr(self, name), name, "an integer, 1 or more"))
        as_number(self.noise, "noise", "a standard deviation above 0, the unit of all losses", above=0.0)
        as_number(self.lr, "lr", "a learning rate above 0", above=0.0)
        if self.scale is not None:
            as_number(self.scale, "scale", "a number λ > 0, or None for the experiments' weights", above=0.0)
        # what a run would refuse is refused before the first of them
        for name, options in CHOICES.items():
            as_choice(getattr(self, name), name, options)
        leak = as_number(self.leak, "leak", "a slope in [0, 1)", least=0.0)
        if leak >= 1.0 or (leak > 0 and self.activation != "relu"):
            raise InvalidValueError(
                f"leak is {leak!r} with activation {self.activation!r}; expected a slope in [0, 1), and 0 with any but "
                "'relu'"
            )

    @property
    def level(self) -> float:
        """The noise level σ²/2: the least test loss, in the units of L = (1/2n) Σ (h − y)²."""
        return self.noise**2 / 2

    def law(self, seed: int) -> Law:
        """The law of the samples; the seed draws the parameters of the teacher "relu5"."""
        return named("gaussian", self.d, self.teacher, self.noise, np.random.default_rng([seed, self.d]))

    def points(self, seed: int) -> list[dict[str, Any]]:
        """The parameters of the runs, one for each n, as `extremal.sweep` takes them."""
        kept = {name: value for name, value in asdict(self).items() if name not in ("sizes", "repetitions")}
        return [{"n": n, "law": self.law(seed), **kept} for n in self.sizes]


def by_flow(setup: Setup) -> Setup:
    """A quick setting for gradient flow, whose steps cost more: an eighth of the neurons, a quarter of the time."""
    sizes = tuple(max(1, n // 4) for n in setup.sizes)
    fewer = max(1, setup.iterations // 4)
    return replace(setup, sizes=sizes, width=max(1, setup.width // 8), iterations=fewer, repetitions=4)


def choose(preset: Any, presets: dict[str, Setup], changes: dict[str, Any]) -> Setup:
    """
    Look up a preset, and change what is asked for.

    Parameters
    ----------
    preset : str
        Its name.
    presets : dict from str to Setup
        Those that there are.
    changes : dict
        Fields of `Setup` with other values.

    Returns
    -------
    Setup

    Raises
    ------
    InvalidTypeError, InvalidValueError
        There is no such preset or field, or the value cannot be used.
    """
    preset = as_choice(preset, "preset", presets)
    names = [f.name for f in fields(Setup)]
    for name in changes:
        if name not in names:
            raise InvalidTypeError(
                f"{name!r} is not part of a setting; expected one of {', '.join(names)}{did_you_mean(name, names)}"
            )
    return replace(presets[preset], **changes)
