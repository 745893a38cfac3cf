"""SGD and Adam on a two-layer network, slowly and by definition, without the package.

The loss of a batch B is (1/2|B|) Σ_B (h(x_k) − y_k)², h(x) = Σ_j a_j σ(w_j·x), with σ'(0) = 0 for the ReLU and the leak
for the leaky ReLU. Adam is that of Kingma & Ba (2015), Algorithm 1.
"""

import numpy as np
from scipy.special import erf


def sigma(z, activation, leak=0.0):
    """σ(z) and σ'(z)."""
    if activation == "gelu":
        value = 0.5 * (1 + erf(z / np.sqrt(2)))
        return z * value, value + z * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return np.where(z > 0, z, leak * z), np.where(z > 0, 1.0, leak)


def loss(W, a, X, y, activation="relu", leak=0.0):
    """(1/2n) Σ (h(x_k) − y_k)²."""
    return float(np.mean((sigma(X @ W.T, activation, leak)[0] @ a - y) ** 2) / 2)


def gradient(W, a, X, y, activation="relu", leak=0.0):
    """The gradient of the loss by W and by a."""
    value, slope = sigma(X @ W.T, activation, leak)
    e = (value @ a - y) / len(y)
    return a[:, None] * ((slope * e[:, None]).T @ X), value.T @ e


def descend(W, a, X, y, batches, rates, activation="relu", leak=0.0, optimizer="sgd", betas=(0.9, 0.999), eps=1e-8):
    """The weights (W, a) after every step, from the start on."""
    theta = [np.array(W, dtype=float), np.array(a, dtype=float)]
    first, second = [0 * p for p in theta], [0 * p for p in theta]
    path = [(W, a)]
    for t, (rows, rate) in enumerate(zip(batches, rates, strict=True), start=1):
        grads = gradient(*theta, X[rows], y[rows], activation, leak)
        for i, g in enumerate(grads):
            if optimizer == "sgd":
                theta[i] = theta[i] - rate * g
                continue
            first[i] = betas[0] * first[i] + (1 - betas[0]) * g
            second[i] = betas[1] * second[i] + (1 - betas[1]) * g * g
            unbiased = first[i] / (1 - betas[0] ** t), second[i] / (1 - betas[1] ** t)
            theta[i] = theta[i] - rate * unbiased[0] / (np.sqrt(unbiased[1]) + eps)
        path.append(tuple(theta))
    return path
