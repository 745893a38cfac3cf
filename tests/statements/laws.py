"""Laws that processes can import, good and bad."""

import numpy as np

from extremal.laws import Function, Gaussian, Law, Linear, Sampler, StudentT


def signs(n, rng):
    """Inputs in {−1, 1}^2: rows repeat, and have antipodes."""
    return 2.0 * rng.integers(0, 2, size=(n, 2)) - 1.0


def first(d):
    return Linear(np.eye(d)[0])


def gaussian(d):
    return Law(Gaussian(d), first(d), noise=0.3)


RADEMACHER = Law(Sampler(2, signs), Linear([1.0, 0.5]), noise=0.3)
NOISE = Law(Gaussian(3), Linear(np.zeros(3)), noise=1.0)
# the population of this one is a sample: no upper bounds
SAMPLED = Law(Gaussian(2), Function(lambda X: np.sin(X[:, 0])), noise=0.1, samples=200)


def student(df, d=2):
    """Heavy tails."""
    return Law(StudentT(d, df), first(d), noise=0.3)
