"""Laws of (x, y) and the population limit: D(w) = E[1{w·x>0} y x], its extremal vectors, Assumption 4.1."""

from ._assumptions import AssumptionItem, AssumptionReport
from ._elliptical import Ball, Correlated, Gaussian, Sphere, StudentT
from ._extremal import PopulationExtremal
from ._inputs import Assumption41, Empirical, Inputs, RademacherMixture, Sampler
from ._law import Law
from ._named import named
from ._teachers import Function, Linear, ReLU, Teacher
from ._values import Estimate, PopulationValue

__all__ = [
    "Assumption41",
    "AssumptionItem",
    "AssumptionReport",
    "Ball",
    "Correlated",
    "Empirical",
    "Estimate",
    "Function",
    "Gaussian",
    "Inputs",
    "Law",
    "Linear",
    "PopulationExtremal",
    "PopulationValue",
    "RademacherMixture",
    "ReLU",
    "Sampler",
    "Sphere",
    "StudentT",
    "Teacher",
    "named",
]
