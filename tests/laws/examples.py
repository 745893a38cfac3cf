"""Laws that the tests of the room share."""

import numpy as np

from extremal.laws import (
    Assumption41,
    Ball,
    Correlated,
    Empirical,
    Function,
    Gaussian,
    Law,
    Linear,
    RademacherMixture,
    ReLU,
    Sphere,
    StudentT,
)

COV = np.array([[2.0, 0.5, 0.0], [0.5, 1.0, 0.3], [0.0, 0.3, 0.7]])
BETA = np.array([1.0, 2.0, -1.0])
NEURON = ReLU([0.5, -1.0, 1.5])
NETWORK = ReLU([[1.0, 0.0, 0.0], [0.5, 1.0, 1.0], [-1.0, 0.5, 0.0]], [1.0, -1.0, 2.0])

INPUTS = {
    "gaussian": Gaussian(3),
    "covariance": Gaussian(3, COV),
    "equal": Correlated(3, -0.3),
    "autoregressive": Correlated(3, 0.6, "autoregressive"),
    "sphere": Sphere(3, 1.3),
    "ball": Ball(3),
    "student": StudentT(3, 9.0),
    "student covariance": StudentT(3, 12.0, COV),
    "mixture": RademacherMixture(3, [1.0, 1.0, 0.0], 0.7),
}
TEACHERS = {"linear": Linear(BETA), "neuron": NEURON, "network": NETWORK}
# Laws with a closed form.
CLOSED = {
    f"{name}, {teacher}{', mean' if mean else ''}": Law(x, f, 0.3, noise_mean=mean)
    for name, x in INPUTS.items()
    for teacher, f in TEACHERS.items()
    for mean in (0.0, 0.4)
}


def sine(X):
    return np.sin(X[:, 0])


def uniform_noise(n, rng):
    return rng.uniform(-1.0, 1.0, size=n)


OTHERS = {
    "assumption41": Law(Assumption41(BETA), Linear(BETA), 0.3),
    "assumption41, neuron": Law(Assumption41(BETA), NEURON, samples=2**14),
    "empirical": Law(Empirical(Gaussian(3).sample(200, 0)), Linear(BETA), uniform_noise),
    "function": Law(Gaussian(3), Function(sine), samples=2**14, seed=5),
}
EVERY = CLOSED | OTHERS


def directions(m, d=3, seed=0):
    w = np.random.default_rng(seed).standard_normal((m, d))
    return w / np.linalg.norm(w, axis=1, keepdims=True)
