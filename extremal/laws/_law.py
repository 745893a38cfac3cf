"""A law of (x, y): inputs, a teacher, noise; and its population quantities (Eq. 6)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data import as_directions
from ..data._arguments import as_count, as_generator, as_number
from ..data._real import check_finite, real_array
from ..errors import InvalidTypeError, InvalidValueError
from ._checks import Frozen
from ._inputs import Inputs
from ._population import Population, population_of
from ._teachers import Teacher
from ._values import Estimate, PopulationValue

if TYPE_CHECKING:
    from ._assumptions import AssumptionReport
    from ._extremal import PopulationExtremal

__all__ = ["Law"]


@dataclass(frozen=True, eq=False, repr=False)
class Law(Frozen):
    """
    The law of a sample (x, y): x from `inputs`, y = teacher(x) + noise.

    Parameters
    ----------
    inputs : Inputs
        The law of x: `Gaussian`, `Correlated`, `Sphere`, `Ball`, `StudentT`, `RademacherMixture`, `Assumption41`,
        `Empirical` or `Sampler`.
    teacher : Teacher
        `Linear`, `ReLU` or `Function`.
    noise : float or callable
        Standard deviation of Gaussian noise, or a function ``(n, rng) -> n numbers`` that draws noise independent of x.
    noise_mean : float
        Mean of the noise. It is added to Gaussian noise; of a function it is the mean that its numbers have, which
        enters D(w): a function is taken to be centred unless this says otherwise, and `assumptions` tests that.
    samples : int
        Inputs in the sample that stands for the law where D(w) is Monte Carlo. It is one sample for all w.
    seed : int
        Its seed.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For arguments that cannot be used, or a teacher and inputs of different dimensions.

    Examples
    --------
    >>> from extremal.laws import Gaussian, Law, Linear
    >>> law = Law(Gaussian(3), Linear([1.0, 0.0, 0.0]), noise=0.3)
    >>> law.D([0.0, 1.0, 0.0])
    array([0.5, 0. , 0. ])
    >>> X, y = law.sample(100, rng=0)
    >>> X.shape, y.shape
    ((100, 3), (100,))
    """

    inputs: Inputs
    teacher: Teacher
    noise: float | Callable[[int, np.random.Generator], ArrayLike] = 0.0
    noise_mean: float = field(default=0.0, kw_only=True)
    samples: int = field(default=2**18, kw_only=True)
    seed: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.inputs, Inputs):
            raise InvalidTypeError(
                f"inputs is {self.inputs!r}; expected a law of x from extremal.laws, such as Gaussian(5); "
                "rows of a data set: Empirical(X); a function that draws: Sampler(d, draw)"
            )
        if not isinstance(self.teacher, Teacher):
            raise InvalidTypeError(
                f"teacher is {self.teacher!r}; expected a teacher from extremal.laws: Linear(beta), ReLU(weights) or "
                "Function(f)"
            )
        length = self.teacher.dimension
        if length is not None and length != self.inputs.d:
            raise InvalidValueError(
                f"{self.teacher!r} takes inputs in dimension {length} and {self.inputs!r} draws them in dimension "
                f"{self.inputs.d}; expected the same"
            )
        if not callable(self.noise):
            expected = "a standard deviation, 0 or more, or a function (n, rng) -> n numbers"
            object.__setattr__(self, "noise", as_number(self.noise, "noise", expected, least=0.0))
        object.__setattr__(self, "noise_mean", as_number(self.noise_mean, "noise_mean", "a number"))
        object.__setattr__(self, "samples", as_count(self.samples, "samples", "a number of samples, 2 or more", 2))
        object.__setattr__(self, "seed", as_count(self.seed, "seed", "an integer, 0 or more", 0))

    @property
    def d(self) -> int:
        """Dimension of the inputs."""
        return self.inputs.d

    def sample(self, n: int, rng: Any = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Draw a data set.

        Parameters
        ----------
        n : int
            Number of samples.
        rng : Generator, int or None
            The same seed gives the same bits: inputs are drawn first, then the noise.

        Returns
        -------
        X : ndarray of shape (n, d)
            Inputs, one a row.
        y : ndarray of shape (n,)
            Labels.

        Examples
        --------
        >>> from extremal.laws import Gaussian, Law, Linear
        >>> X, y = Law(Gaussian(2), Linear([1.0, 1.0])).sample(5, rng=0)
        >>> bool(abs(X.sum(axis=1) - y).max() < 1e-12)
        True
        """
        generator = as_generator(rng)
        X = self.inputs.sample(n, generator)
        y = self.teacher(X)
        if callable(self.noise):
            return X, y + self.draw_noise(len(X), generator)
        if self.noise > 0:
            y = y + self.noise * generator.standard_normal(len(X))
        return X, y + self.noise_mean

    def draw_noise(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """
        Draw noise alone.

        Parameters
        ----------
        n : int
            How many.
        rng : Generator
            Source of randomness.

        Returns
        -------
        ndarray of shape (n,)
            Independent draws.
        """
        if not callable(self.noise):
            return self.noise * rng.standard_normal(n) + self.noise_mean
        result = real_array(self.noise(n, rng), "noise(n, rng)", f"{n} numbers")
        if result.shape != (n,):
            raise InvalidValueError(f"noise({n}, rng) has shape {result.shape}; expected ({n},)")
        check_finite(result, "noise(n, rng)")
        return result

    @cached_property
    def population(self) -> Population:
        """How D(w) is computed."""
        return population_of(self)

    def D(self, w: ArrayLike) -> NDArray[np.float64]:
        """
        Evaluate D(w) = E[1{w·x>0} y x], the population limit of D_n (Eq. 6).

        Parameters
        ----------
        w : array_like of shape (..., d)
            Directions; their lengths do not matter.

        Returns
        -------
        ndarray of shape (..., d)
            In units of y·x; D(0) = 0. See `evaluate` for standard errors.

        Raises
        ------
        InvalidValueError
            The expectation does not exist: Student t inputs with df ≤ 2.

        Examples
        --------
        >>> from extremal.laws import Gaussian, Law, ReLU
        >>> print(Law(Gaussian(2), ReLU([1.0, 0.0])).D([[1, 0], [0, 1]]).round(3))
        [[0.5   0.   ]
         [0.25  0.159]]
        """
        directions = as_directions(w, self.d)
        return self.population.D(directions.reshape(-1, self.d)).reshape(directions.shape)

    def G(self, w: ArrayLike) -> NDArray[np.float64]:
        """
        Evaluate G(w) = E[y σ(w·x)] = w·D(w), whose gradient is D.

        Parameters
        ----------
        w : array_like of shape (..., d)
            Directions; G(tw) = t G(w) for t ≥ 0.

        Returns
        -------
        ndarray of shape (...)
            In units of y·x·w.

        Examples
        --------
        >>> from extremal.laws import Gaussian, Law, Linear
        >>> float(Law(Gaussian(2), Linear([1.0, 0.0])).G([2.0, 7.0]))
        1.0
        """
        directions = as_directions(w, self.d)
        return np.einsum("...i,...i->...", directions, self.D(directions))[()]

    def evaluate(self, w: ArrayLike) -> PopulationValue:
        """
        Evaluate D(w) and G(w) with their standard errors.

        Parameters
        ----------
        w : array_like of shape (..., d)
            Directions.

        Returns
        -------
        PopulationValue
            With zeros for standard errors where the value is exact up to rounding.

        Examples
        --------
        >>> import numpy as np
        >>> from extremal.laws import Function, Gaussian, Law
        >>> value = Law(Gaussian(2), Function(lambda X: np.sin(X[:, 0]))).evaluate([1.0, 0.0])
        >>> value.exact, value.method
        (False, 'Monte Carlo')
        """
        directions = as_directions(w, self.d)
        flat = directions.reshape(-1, self.d)
        D = self.population.D(flat).reshape(directions.shape)
        errors, errors_of_G = self.population.errors(flat)
        return PopulationValue(
            D,
            np.einsum("...i,...i->...", directions, D)[()],
            errors.reshape(directions.shape),
            errors_of_G.reshape(directions.shape[:-1])[()],
            self.population.exact,
            self.population.method,
        )

    @property
    def lipschitz(self) -> float | None:
        """
        A bound on ‖D(w) − D(w')‖ / angle(w, w') over the sphere.

        0.0 where D is constant, None where no bound is known: sampled and piecewise constant D.
        """
        return self.population.lipschitz

    def local_lipschitz(self, w: ArrayLike, radius: ArrayLike) -> NDArray[np.float64] | None:
        """
        Bound ‖D(v) − D(v')‖ / angle(v, v') for v, v' within an angle of w.

        Parameters
        ----------
        w : array_like of shape (..., d)
            Directions, not 0.
        radius : array_like of shape (...) or ()
            Angles, 0 or more.

        Returns
        -------
        ndarray of shape (...), or None
            At most `lipschitz`; None where that is None. The proof is in `extremal.laws._lipschitz`.

        Examples
        --------
        >>> from extremal.laws import Gaussian, Law, ReLU
        >>> law = Law(Gaussian(2), ReLU([1.0, 0.0]))
        >>> print(law.local_lipschitz([1.0, 0.0], [0.0, 0.1, 2.0]).round(3), round(law.lipschitz, 3))
        [0.    0.032 0.318] 0.318
        """
        directions = as_directions(w, self.d)
        angles = real_array(radius, "radius", "angles, 0 or more")
        if not directions.any(axis=-1).all():
            raise InvalidValueError("w is 0; expected directions")
        if not (angles >= 0).all():
            raise InvalidValueError(f"radius is {radius!r}; expected angles, 0 or more")
        shape = np.broadcast_shapes(directions.shape[:-1], angles.shape)
        flat = np.broadcast_to(directions, (*shape, self.d)).reshape(-1, self.d)
        result = self.population.local_lipschitz(flat, np.broadcast_to(angles, shape).reshape(-1))
        return None if result is None else result.reshape(shape)[()]

    def second_moment(self) -> Estimate:
        """
        Compute E‖y x‖², the scale of the rates of section 6.

        Returns
        -------
        Estimate
            With standard error 0 where there is a closed form. Infinite where the moment is.

        Examples
        --------
        >>> from extremal.laws import Gaussian, Law, Linear
        >>> Law(Gaussian(3), Linear([1.0, 0.0, 0.0])).second_moment()
        5
        """
        from ._moments import second_moment

        return second_moment(self)

    def extremal(self, *, starts: int = 128, rng: Any = 0) -> "PopulationExtremal":
        """
        Solve Eq. 6: D(w) = 0 or D(w)/‖D(w)‖ = ±w.

        Parameters
        ----------
        starts : int
            Random directions from which a search starts where there is no closed form.
        rng : Generator, int or None
            Source of these directions.

        Returns
        -------
        PopulationExtremal
            `complete` only where all solutions are known.

        Examples
        --------
        >>> from extremal.laws import Gaussian, Law, Linear
        >>> Law(Gaussian(2), Linear([1.0, 0.0]), noise=0.3).extremal()
        <2 extremal vectors of Eq. 6 (signs +1, -1), complete; constant D>
        """
        from ._extremal import solve

        return solve(self, as_count(starts, "starts", "a number of directions, 1 or more"), as_generator(rng))

    def assumptions(self, *, c: float | None = None, n: int = 2**14, rng: Any = 0) -> "AssumptionReport":
        """
        Check Assumption 4.1 item by item: exactly where the law is known, else by tests on a sample.

        Parameters
        ----------
        c : float, optional
            The constant of item 3. By default the largest that the law allows.
        n : int
            Size of the sample for what is measured.
        rng : Generator, int or None
            Its source.

        Returns
        -------
        AssumptionReport
            Its repr is a table.

        Examples
        --------
        >>> from extremal.laws import Gaussian, Law, Linear
        >>> Law(Gaussian(3), Linear([1.0, 0.0, 0.0])).assumptions().failed
        ('3',)
        """
        from ._assumptions import check_assumptions

        if c is not None:
            c = as_number(c, "c", "a constant above 0, or None", above=0.0)
        count = as_count(n, "n", "a number of samples, 100 or more", 100)
        return check_assumptions(self, c, count, as_generator(rng))

    def __repr__(self) -> str:
        if callable(self.noise):
            noise = getattr(self.noise, "__name__", type(self.noise).__name__)
        else:
            noise = f"{self.noise:g}"
        mean = f", noise_mean={self.noise_mean:g}" if self.noise_mean else ""
        return f"Law({self.inputs!r}, {self.teacher!r}, noise={noise}{mean})"
