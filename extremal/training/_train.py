r"""SGD and Adam on a two-layer network h(x) = Σ_j a_j σ(w_j·x): the discrete training of the paper's experiments.

A batch B has the loss (1/2|B|) Σ_B (h(x_k) − y_k)²; a step of SGD is θ ← θ − lr ∇L_B(θ), a step of Adam that of
Kingma & Ba (2015) with bias correction, as in PyTorch. At a tie w_j·x_k = 0, σ'(0) = 0 for the ReLU and α for the leaky
ReLU.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..data import Dataset, as_dataset
from ..data._arguments import as_choice, as_count, as_generator, as_number
from ..errors import InvalidTypeError, InvalidValueError
from ._arguments_train import as_batches
from ._descent import Descent, DescentStatus
from ._initialisation import INITS, initialise
from ._network import Network
from ._optimiser import Optimiser, Settings, copy
from ._proceed_descent import plan, proceed
from ._schedules import Constant

__all__ = ["train"]

# The experiments' variance of every weight, times √m.
VARIANCE = 1e-5
_RATES = {"sgd": 0.01, "adam": 1e-3}


def train(
    X: ArrayLike | Dataset,
    y: ArrayLike | None = None,
    *,
    width: int | None = None,
    iterations: int | None = None,
    init: Any = "gaussian",
    scale: float | None = None,
    activation: str = "relu",
    leak: float = 0.0,
    optimizer: str = "sgd",
    lr: float | None = None,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    batch: int | None = 32,
    sampling: str = "epoch",
    batches: ArrayLike | None = None,
    schedule: Callable[[int], float] | None = None,
    dtype: str = "float64",
    record: Any = None,
    save_at: ArrayLike | None = None,
    stop_below: float | None = None,
    time_limit: float | None = None,
    checkpoint: "str | PathLike[str] | None" = None,
    checkpoint_every: float = 60.0,
    rng: Any = None,
    progress: bool = False,
) -> Descent:
    r"""
    Train a two-layer network by SGD or Adam.

    Parameters
    ----------
    X : array_like of shape (n, d) or Dataset
        One sample a row.
    y : array_like of shape (n,), optional
        Labels; left out if X is a `Dataset`.
    width : int
        Number m of neurons; left out if `init` says it.
    iterations : int
        Steps to take; left out if `batches` says it.
    init : {"gaussian", "theorem", "dominated", "balanced"}, Network, Descent, or pair (W̃, ã)
        See `extremal.training.initialise`. A Network without `scale` is taken as it is. A Descent stands for its last
        network: a warm restart, with new settings, the schedule counting from 0 and fresh moments of Adam.
    scale : float
        λ > 0 of Eq. 2. Only "gaussian" has a default, that of the paper's experiments: every weight i.i.d. with the
        variance 10⁻⁵/√m, which is λ²/m with λ = (10⁻⁵ √m)^{1/2}.
    activation : {"relu", "gelu"}
        σ(z) = max(z, 0), or z Φ(z) with the exact normal distribution function Φ.
    leak : float
        Slope α in [0, 1) of the leaky ReLU on the inactive side.
    optimizer : {"sgd", "adam"}
        Plain SGD or Adam.
    lr : float
        Learning rate; 0.01 for SGD and 0.001 for Adam by default.
    betas, eps : (float, float), float
        Of Adam, with the defaults of PyTorch.
    batch : int or None
        Samples in a batch. None or n and more: all samples in every step.
    sampling : {"epoch", "replacement"}
        "epoch": a new random order in every epoch, the last batch of which may be shorter. "replacement": independent
        draws.
    batches : array_like of int, shape (iterations, batch), optional
        The samples of every batch, instead of random ones.
    schedule : callable iteration -> factor, optional
        Factor of the learning rate: `Constant` (the default), `StepDecay`, or a function.
    dtype : {"float64", "float32"}
        What the training computes in. float32 is about twice as fast.
    record : int or array_like of int, optional
        Iterations at which to compute the loss and the gradient over all samples: every k, or these; the start and the
        end besides. By default up to 200, evenly spread, as few as cost no more than the steps, but 10.
    save_at : array_like of int, optional
        Iterations at which to keep the network.
    stop_below : float, optional
        Stop at a record with a loss below this.
    time_limit : float, optional
        Stop after so many seconds.
    checkpoint : path, optional
        File to write the run to every `checkpoint_every` seconds and at the end, at once or not at all. If it exists
        and holds the same run, that one goes on, and the result is the same as without the interruption. It needs a
        seed in `rng`.
    checkpoint_every : float
        Seconds.
    rng : Generator, int or None
        Source of the initial weights and of the batches, each with a stream of its own.
    progress : bool
        Show a progress bar on stderr once two seconds have passed.

    Returns
    -------
    Descent
        With `network`, `iterations`, `losses`, `gradients`, `status`, `at(k)`, `predict`, `extend`, `save`.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For data or arguments that cannot be used, or a checkpoint of another run.

    Notes
    -----
    The same seed gives the same bits on one machine, whatever is recorded, and however often the run is interrupted.
    Ctrl-C keeps what is computed. Divergence is a status. One thread is used. The first call with a new combination of
    activation, optimizer, dtype and d compiles kernels, up to 4 s, and keeps them on disk.

    See Also
    --------
    extremal.flow : the limit of small learning rates and full batches.

    Examples
    --------
    >>> import extremal
    >>> from extremal.laws import Gaussian, Law, Linear
    >>> X, y = Law(Gaussian(3), Linear([1.0, 0.0, 0.0]), noise=0.3).sample(500, rng=0)
    >>> run = extremal.train(X, y, width=100, iterations=20_000, rng=0)
    >>> run
    <Descent: SGD, ReLU, m = 100, 20000 iterations, loss 0.5497 → 0.04757; DONE>
    >>> later = extremal.train(X, y, init=run, iterations=1000, schedule=extremal.training.StepDecay(), rng=1)
    >>> later.iteration, later.settings.schedule
    (1000, StepDecay(factor=0.85, every=50000))
    """
    data = as_dataset(X, y)
    given = None if batches is None else as_batches(batches, data.n)
    if iterations is None and given is None:
        raise InvalidTypeError("iterations is missing; expected the number of steps, an integer, 0 or more")
    count = len(given) if given is not None and iterations is None else iterations
    goal = as_count(count, "iterations", "the number of steps, an integer, 0 or more", 0)
    settings = _settings(data, given, activation, leak, optimizer, lr, betas, eps, batch, sampling, schedule, dtype)
    drawn = isinstance(init, str) or settings.sampling in ("epoch", "replacement")
    if checkpoint is not None and rng is None and drawn:
        raise InvalidTypeError(
            "rng is None with a checkpoint; expected a seed, an integer, so that the run can be told from others"
        )
    try:
        weights, order = as_generator(rng).spawn(2)
    except TypeError as error:
        raise InvalidTypeError(
            f"rng is {rng!r}, which cannot be spawned from; expected a seed or a Generator"
        ) from error
    network = _initial(data, width, scale, init, weights)
    optimiser = Optimiser(data, network.width, settings, given)
    position = optimiser.begin(network, order)
    if not np.isfinite(position.P).all() or not np.isfinite(optimiser.X).all() or not np.isfinite(optimiser.y).all():
        raise InvalidValueError(
            f"X, y or the initial weights overflow in {dtype}; expected milder ones, or dtype='float64'"
        )
    network = optimiser.network(position)
    start = Descent(
        X=data.X,
        y=data.y,
        initial=network,
        network=network,
        iterations=np.empty(0, dtype=np.int64),
        times=np.empty(0),
        losses=np.empty(0),
        gradients=np.empty(0),
        rates=np.empty(0),
        status=DescentStatus.INTERRUPTED,
        saved=(),
        saved_at=np.empty(0, dtype=np.int64),
        settings=settings,
        batches=given,
        _goal=goal,
        _plan=plan(record, 0, goal, data.n, settings.batch),
        _position=copy(position),
        _kept=(),
        _stride=1,
        _seed=position.generator,
    )
    if checkpoint is not None and Path(checkpoint).exists():
        start = _resume(checkpoint, start)
    return proceed(start, goal, None, save_at, stop_below, time_limit, checkpoint, checkpoint_every, progress)


def _settings(
    data: Dataset,
    given: Any,
    activation: Any,
    leak: Any,
    optimizer: Any,
    lr: Any,
    betas: Any,
    eps: Any,
    batch: Any,
    sampling: Any,
    schedule: Any,
    dtype: Any,
) -> Settings:
    activation = as_choice(activation, "activation", ("relu", "gelu"))
    optimizer = as_choice(optimizer, "optimizer", ("sgd", "adam"))
    sampling = as_choice(sampling, "sampling", ("epoch", "replacement"))
    if not isinstance(dtype, str):
        with suppress(TypeError):
            dtype = np.dtype(dtype).name
    dtype = as_choice(dtype, "dtype", ("float64", "float32"))
    leak = as_number(leak, "leak", "a slope in [0, 1)", least=0.0)
    if leak >= 1.0 or (leak > 0 and activation != "relu"):
        raise InvalidValueError(
            f"leak is {leak!r} with activation {activation!r}; expected a slope in [0, 1), and 0 with any but 'relu'"
        )
    lr = as_number(_RATES[optimizer] if lr is None else lr, "lr", "a learning rate above 0, such as 0.01", above=0.0)
    expected = "a pair of numbers in [0, 1), such as (0.9, 0.999)"
    try:
        first, second = betas
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(f"betas is {betas!r}; expected {expected}") from error
    pair = tuple(as_number(value, "betas", expected, least=0.0) for value in (first, second))
    if max(pair) >= 1.0:
        raise InvalidValueError(f"betas is {betas!r}; expected {expected}")
    eps = as_number(eps, "eps", "a number above 0, such as 1e-8", above=0.0)
    if batch is not None:
        batch = as_count(batch, "batch", "the size of a batch, an integer, 1 or more, or None for all samples")
    if given is not None:
        batch, sampling = given.shape[1], "given"
    elif batch is None or batch >= data.n:
        batch, sampling = data.n, "full"
    if schedule is not None and not callable(schedule):
        raise InvalidTypeError(
            f"schedule is {schedule!r}; expected Constant(), StepDecay(...), or a function iteration -> factor"
        )
    schedule = Constant() if schedule is None else schedule
    return Settings(activation, leak, optimizer, lr, (pair[0], pair[1]), eps, int(batch), sampling, schedule, dtype)


def _initial(data: Dataset, width: Any, scale: Any, init: Any, rng: np.random.Generator) -> Network:
    if isinstance(init, Descent):
        init = init.network
    if isinstance(init, Network) and scale is None:
        if init.dimension != data.d or width not in (None, init.width):
            raise InvalidValueError(
                f"init has {init.width} neurons in dimension {init.dimension}; expected "
                f"{init.width if width is None else width} in dimension {data.d}"
            )
        return init
    if isinstance(init, str):
        init = as_choice(init, "init", INITS)
    elif width is None and isinstance(init, Network | tuple | list):
        width = len(init.W if isinstance(init, Network) else np.atleast_1d(init[1]))
    if width is None:
        raise InvalidTypeError("width is missing; expected the number of neurons m, an integer, 1 or more")
    if scale is None:
        if init != "gaussian":
            raise InvalidTypeError(
                "scale is missing; expected λ > 0 of Eq. 2, such as 1e-3: only init='gaussian' has a default, and "
                "init=Network(W, a) is taken as it is"
            )
        width = as_count(width, "width", "the number of neurons m, an integer, 1 or more")
        scale = np.sqrt(VARIANCE * np.sqrt(width))
    return initialise(width, data.d, float(scale) if isinstance(scale, np.floating) else scale, init, rng)


def _resume(path: "str | PathLike[str]", start: Descent) -> Descent:
    """The run in a checkpoint, if it is the one that is asked for."""
    run = Descent.load(path)
    settings = run.settings
    if settings.schedule is None and not hasattr(start.settings.schedule, "every"):
        # a function cannot be compared
        run = run._with(start.settings.schedule)
        settings = run.settings
    pairs = {f.name: (getattr(settings, f.name), getattr(start.settings, f.name)) for f in fields(Settings)}
    parts = [f"{name} = {there!r} (asked: {here!r})" for name, (there, here) in pairs.items() if there != here]
    if not (np.array_equal(run.X, start.X) and np.array_equal(run.y, start.y)):
        parts.append("other data")
    if not (np.array_equal(run.initial.W, start.initial.W) and np.array_equal(run.initial.a, start.initial.a)):
        parts.append("another start")
    elif run._seed != start._seed and settings.sampling in ("epoch", "replacement"):
        parts.append("another seed")
    if not parts and start.batches is not None and run.batches is not None:
        common = min(run.iteration, len(start.batches))
        if not np.array_equal(run.batches[:common], start.batches[:common]):
            parts.append("other batches")
        run = replace(run, batches=start.batches)
    if parts:
        raise InvalidValueError(
            f"the checkpoint {str(path)!r} holds another run: {'; '.join(parts)}. Expected the same data, settings and "
            "start: choose another file, or delete this one"
        )
    return replace(run, _goal=start._goal, _plan=start._plan)
