r"""E‖y x‖², which scales the rates of section 6: closed forms, finite sums, or Monte Carlo.

With y = f(x) + η, η independent of x,

    E‖y x‖² = E f(x)²‖x‖² + 2 E[η] E f(x)‖x‖² + E[η²] E‖x‖².

*Elliptical inputs* x = A R u: the first is that of g ~ N(0, I) in whitened coordinates times E R⁴/(d(d+2)), where with
S = AᵀA Stein's lemma gives E[h(g) gᵀSg] = tr S E h + E tr(S ∇²h): for p = Aᵀu, q = Aᵀv at the angle φ

    E[(p·g)² gᵀSg] = tr S ‖p‖² + 2 pᵀSp
    E[σ(p·g)σ(q·g) gᵀSg] = tr S K(p, q) + 2 pᵀSq (π − φ)/2π + (pᵀSp ‖q‖/‖p‖ + qᵀSq ‖p‖/‖q‖) sin φ/2π

with K(p, q) = ‖p‖‖q‖ (sin φ + (π − φ) cos φ)/2π (the arc-cosine kernel).

*Linear teachers* under the two other symmetric laws are polynomials in moments of x.
"""

from math import inf, nan, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ._angles import angles
from ._elliptical import Elliptical
from ._inputs import Assumption41, Empirical, RademacherMixture
from ._population import unit_rows
from ._teachers import Linear, ReLU
from ._values import Estimate

if TYPE_CHECKING:
    from ._law import Law

__all__ = ["average", "second_moment"]

# Fewest draws of an average.
DRAWS = 2**16
# If one draw makes up more than this share of an average of 2^16 draws or more, the average is not trusted. For draws
# with a tail P(> t) ~ 1/t, whose mean is infinite, the largest exceeds it with probability above 0.999; for draws of
# finite variance its share is about 1/√DRAWS.
LARGEST_SHARE = 0.01


def second_moment(law: "Law") -> Estimate:
    """Compute E‖y x‖²; see the module's docstring."""
    inputs, mean = law.inputs, law.noise_mean
    noise = _noise_square(law)
    if isinstance(inputs, Empirical):
        size = np.einsum("ij,ij->i", inputs.X, inputs.X)
        f = law.teacher(inputs.X)
        return _total(float(np.mean((f**2 + 2 * mean * f) * size)), noise, float(np.mean(size)))
    known = _signal(law)
    moments = inputs.second_moments
    if known is not None and moments is not None:
        first, second = known
        return _total(first + (2 * mean * second if mean else 0.0), noise, float(np.trace(moments)))
    if moments is not None and np.isinf(moments).any() and noise.value > 0:
        return Estimate(inf)
    generator = np.random.default_rng([law.seed, 1])
    X = inputs.sample(max(law.samples, DRAWS), generator)
    f, size = law.teacher(X), np.einsum("ij,ij->i", X, X)
    sampled = average((f**2 + 2 * mean * f + noise.value) * size)
    extra = noise.standard_error * float(np.mean(size)) if noise.standard_error else 0.0
    return Estimate(sampled.value, float(np.hypot(sampled.standard_error, extra)))


def average(values: NDArray[np.float64]) -> Estimate:
    """
    Average draws, and refuse to where one of them decides.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Independent draws.

    Returns
    -------
    Estimate
        nan ± inf if a single draw makes up more than a hundredth of the sum of sizes.

    Examples
    --------
    >>> import numpy as np
    >>> from extremal.laws._moments import average
    >>> average(np.random.default_rng(0).standard_cauchy(2**16))
    nan ± inf
    """
    size = np.abs(values)
    if size.max() > LARGEST_SHARE * size.sum():
        return Estimate(nan, inf)
    return Estimate(float(values.mean()), float(values.std(ddof=1) / sqrt(len(values))))


def _total(signal: float, noise: Estimate, size: float) -> Estimate:
    """`signal` + E[η²] E‖x‖², where 0 · ∞ = 0."""
    if noise.value == 0:
        return Estimate(signal)
    if signal == inf or size == inf:
        return Estimate(inf)
    return Estimate(signal + noise.value * size, noise.standard_error * size)


def _noise_square(law: "Law") -> Estimate:
    if not callable(law.noise):
        return Estimate(law.noise**2 + law.noise_mean**2)
    return average(law.draw_noise(max(law.samples, DRAWS), np.random.default_rng([law.seed, 2])) ** 2)


def _signal(law: "Law") -> tuple[float, float] | None:
    """E f²‖x‖² and E f‖x‖², or None where there is no closed form."""
    inputs, teacher = law.inputs, law.teacher
    if isinstance(teacher, Linear) and not teacher.beta.any():
        return 0.0, 0.0
    if isinstance(inputs, Elliptical) and isinstance(teacher, Linear | ReLU):
        first, second = _elliptical(inputs, teacher)
        return _scaled(first, inputs.ratio(4)), _scaled(second, inputs.ratio(3))
    if not isinstance(teacher, Linear):
        return None
    beta = teacher.beta
    if isinstance(inputs, RademacherMixture):
        m2, s2, along = float(inputs.mean @ inputs.mean), inputs.scale**2, float(inputs.mean @ beta) ** 2
        b2, d = float(beta @ beta), inputs.d
        return along * (m2 + s2 * d) + 4 * s2 * along + s2 * b2 * m2 + s2**2 * (d + 2) * b2, 0.0
    if isinstance(inputs, Assumption41):
        d, e = inputs.d, inputs.eps
        along = float(inputs.axis @ beta) ** 2
        beside = float(np.sum((inputs.complement.T @ beta) ** 2))
        s2, s4 = 1 + e**2 / 3, 1 + 2 * e**2 + e**4 / 5
        return along * (s4 + s2 * (d - 1)) + beside * (s2 + (d + 1) ** 2 / (d + 3)), 0.0
    return None


def _scaled(value: float, ratio: float) -> float:
    return value * ratio if value else 0.0


def _elliptical(inputs: Elliptical, teacher: Linear | ReLU) -> tuple[float, float]:
    A = inputs.transform
    S = A.T @ A
    trace = float(np.trace(S))
    if isinstance(teacher, Linear):
        p = teacher.beta @ A
        return float(trace * (p @ p) + 2 * p @ S @ p), 0.0
    p, c = teacher.weights @ A, teacher.coefficients
    norms, units = np.linalg.norm(p, axis=1), unit_rows(p)
    phi = angles(units, units)
    gram = p @ S @ p.T
    quotient = np.diag(gram)[:, None] * norms[None, :] / norms[:, None]
    kernel = np.outer(norms, norms) * (np.sin(phi) + (pi - phi) * np.cos(phi)) / (2 * pi)
    pairs = trace * kernel + gram * (pi - phi) / pi + (quotient + quotient.T) * np.sin(phi) / (2 * pi)
    single = (trace * norms + np.diag(gram) / norms) / sqrt(2 * pi)
    return float(c @ pairs @ c), float(c @ single)
