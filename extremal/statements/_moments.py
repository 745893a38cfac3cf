"""Whether E‖y x‖² and E‖y x‖⁴ are finite, which the statements suppose."""

from math import isfinite
from typing import Any

from ..laws import Empirical, Law, Linear, ReLU
from ..laws._elliptical import Elliptical
from ._claims import Claim, hypothesis
from ._settings import Settings

__all__ = ["finite_moments", "moments_claim", "second_moments"]


def finite_moments(law: Law, order: int) -> bool | None:
    """
    Decide whether E‖y x‖^order < ∞.

    A linear or ReLU teacher makes y of the order of ‖x‖, so that E‖x‖^{2·order} decides.

    Parameters
    ----------
    law : Law
        Of the sample.
    order : int
        2 or 4.

    Returns
    -------
    bool or None
        None if it is not known.
    """
    inputs, teacher = law.inputs, law.teacher
    if callable(law.noise) or not isinstance(teacher, Linear | ReLU):
        return None
    if isinstance(inputs, Empirical) or inputs.sub_gaussian:
        return True
    if isinstance(inputs, Elliptical):
        constant = isinstance(teacher, Linear) and not teacher.beta.any()
        return isfinite(inputs.radial(order if constant else 2 * order))
    return None


def second_moments(settings: Settings) -> tuple[dict[int, Any], list[Claim]]:
    """
    E‖y x‖² of every law, and the claim that it is finite.

    Parameters
    ----------
    settings : Settings
        With the laws.

    Returns
    -------
    moments : dict from int to Estimate
        By dimension.
    claims : list of Claim
        Empty where all are finite, else one, inconclusive.
    """
    moments = {d: law.second_moment() for d, law in settings.laws.items()}
    if all(isfinite(moment.value) for moment in moments.values()):
        return moments, []
    unknown = any(moment.value != moment.value for moment in moments.values())
    return moments, [hypothesis("moments", None if unknown else False, "E‖yx‖² < ∞")]


def moments_claim(settings: Settings, order: int) -> Claim:
    """The claim that E‖y x‖^order is finite for every law."""
    known = [finite_moments(law, order) for law in settings.laws.values()]
    holds = False if False in known else None if None in known else True
    return hypothesis("moments", holds, f"E‖yx‖^{order} < ∞")
