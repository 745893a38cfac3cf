"""Laws by name, for the command line and for tables of experiments."""

from typing import Any

import numpy as np

from ..data._arguments import as_choice, as_count, as_generator
from ._elliptical import Ball, Correlated, Gaussian, Sphere, StudentT
from ._inputs import Assumption41, Inputs, RademacherMixture
from ._law import Law
from ._teachers import Linear, ReLU, Teacher

__all__ = ["named"]

NAMES = ("gaussian", "correlated", "sphere", "ball", "mixture", "student", "assumption41")
TEACHERS = ("linear", "neuron", "relu5")


def named(name: str, d: int, teacher: str = "linear", noise: Any = 0.3, rng: Any = None) -> Law:
    """
    Build a law by name.

    Parameters
    ----------
    name : str
        Law of the inputs: "gaussian" is N(0, I); "correlated" is Gaussian with correlations 1/2; "sphere" and "ball"
        have E[x xᵀ] = I; "mixture" has clusters N(±e₁, I); "student" has 5 degrees of freedom; "assumption41" is
        `Assumption41` around e₁ with ε = 0.1.
    d : int
        Dimension.
    teacher : str
        "linear" is x·e₁, "neuron" is σ(x·e₁), "relu5" is the teacher of Fig. 8, five neurons with Gaussian parameters.
    noise : float or callable
        Standard deviation of Gaussian noise, or a function that draws; see `Law`.
    rng : Generator, int or None
        Source of the parameters of "relu5".

    Returns
    -------
    Law
        The law of (x, y).

    Raises
    ------
    InvalidValueError, InvalidTypeError
        There is no such name; the message lists them.

    Examples
    --------
    >>> from extremal.laws import named
    >>> named("gaussian", 5)
    Law(Gaussian(d=5), Linear(d=5, ‖beta‖=1), noise=0.3)
    """
    d = as_count(d, "d", "a dimension, 1 or more")
    first = np.eye(d)[0]
    inputs: Inputs
    match _known(name, NAMES, "name"):
        case "gaussian":
            inputs = Gaussian(d)
        case "correlated":
            inputs = Correlated(d, 0.5)
        case "sphere":
            inputs = Sphere(d)
        case "ball":
            inputs = Ball(d)
        case "mixture":
            inputs = RademacherMixture(d, first)
        case "student":
            inputs = StudentT(d, 5)
        case _:
            inputs = Assumption41(first)
    chosen: Teacher
    match _known(teacher, TEACHERS, "teacher"):
        case "linear":
            chosen = Linear(first)
        case "neuron":
            chosen = ReLU(first)
        case _:
            chosen = ReLU.random(5, d, as_generator(rng))
    return Law(inputs, chosen, noise)


def _known(value: Any, names: tuple[str, ...], what: str) -> str:
    """Check a name; its case does not matter."""
    if isinstance(value, str) and value.lower() in names:
        return value.lower()
    return as_choice(value, what, names)
