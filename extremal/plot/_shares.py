r"""Shares of the samples or runs in which a statement holds, with their intervals, and those of a control.

Where the verdict has shares by d and n (Theorem 4.1, Corollary D.1), they are drawn against n. Of other statements
(Definition 2.1, Lemma C.1, Lemmas F) the claims that are shares are drawn, one below the other.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InvalidTypeError, InvalidValueError
from ._series import Series, finish, label_sizes, make_axes, rows_by_dimension

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_shares"]

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#555555"
COLUMNS = ("n", "share", "share_low", "share_high")
# Points of one n are drawn beside each other, by this factor in n.
BESIDE = 1.035
# A claim and its control are this far from the middle of their row.
OFFSET = 0.16


def plot_shares(verdict: Any, *, control: Any = None, ax: "Axes | None" = None) -> "Axes":
    r"""
    Draw shares of samples or runs with their intervals, and beside them those of a control, which must fail.

    Parameters
    ----------
    verdict : Verdict
        Of a statement of `extremal.statements` that is about shares: with columns ``share``, ``share_low`` and
        ``share_high`` in its summary, as for Theorem 4.1 and Corollary D.1, they are drawn against n; else its claims
        that are shares, one below the other.
    control : Verdict, optional
        The same statement where it must fail.
    ax : matplotlib Axes, optional
        Where to draw. By default a new figure of its own.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on. Nothing is shown and no global style is changed.

    Raises
    ------
    InvalidTypeError
        `verdict` or `control` is none.
    InvalidValueError
        There is no share among the claims.

    Notes
    -----
    A claim is taken for a share if its interval has a length and is within [0, 1], and if it is no slope of
    ``verdict.fits``. Intervals of the claims hold jointly, those against n one by one.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from extremal.plot import plot_shares
    >>> from extremal.statements import lemma_c1
    >>> verdict = lemma_c1(n=(4, 6), d=(2, 3))
    >>> ax = plot_shares(verdict, ax=Figure().subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['equal, d = 2', 'equal, d = 3']
    """
    for name, given in (("verdict", verdict), ("control", control)):
        if not hasattr(given, "claims") and not (name == "control" and given is None):
            raise InvalidTypeError(
                f"{name} is of type {type(given).__name__}; expected a verdict of extremal.statements, such as "
                "theorem_4_1 returns"
            )
    if _has_shares(verdict):
        return _against_n(verdict, control, make_axes(ax))
    claims, others = _shares(verdict), {} if control is None else _shares(control)
    if not claims:
        raise InvalidValueError(f"the verdict on {verdict.statement!r} has no claim that is a share; expected one")
    return _one_below_the_other(verdict, claims, others, make_axes(ax))


def _has_shares(verdict: Any) -> bool:
    return set(COLUMNS) <= set(getattr(getattr(verdict, "summary", None), "columns", ()))


def _shares(verdict: Any) -> dict[str, Any]:
    """The claims that are shares, by name."""
    fits = getattr(verdict, "fits", None)
    slopes = () if fits is None or "slope" not in fits else tuple(fits["slope"])
    # a claim about a hypothesis or about the rows is a yes or no, and its interval has no length
    found = [c for c in verdict.claims if 0 <= c.low <= c.measured <= c.high <= 1 and c.low < c.high]
    return {claim.name: claim for claim in found if claim.measured not in slopes}


def _one_below_the_other(verdict: Any, claims: dict[str, Any], others: dict[str, Any], ax: "Axes") -> "Axes":
    from matplotlib.ticker import FixedLocator, NullLocator

    names = list(dict.fromkeys([*claims, *others]))
    offset = OFFSET if others else 0.0
    filled: dict[str, Any] = {"color": BLUE, "marker": "o", "label": "the statement"}
    parts = [(claims, -offset, filled)]
    if others:
        hollow = {"color": ORANGE, "marker": "s", "markerfacecolor": "none", "label": "control, which must fail"}
        parts.append((others, offset, hollow))
    for chosen, shift, style in parts:
        y = np.array([names.index(name) + shift for name in chosen])
        measured, low, high = (
            np.array([getattr(c, end) for c in chosen.values()]) for end in ("measured", "low", "high")
        )
        ax.hlines(y, low, high, color=style["color"], linewidth=1.6, label=f"_intervals, {style['label']}", zorder=2)
        ax.plot(measured, y, linestyle="none", markersize=7.0, markeredgewidth=1.4, zorder=4, clip_on=False, **style)
    ax.yaxis.set_major_locator(FixedLocator(list(range(len(names)))))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_yticklabels(names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("share")
    finish(ax, verdict)
    return ax


def _against_n(verdict: Any, control: Any, ax: "Axes") -> "Axes":
    """Draw the shares of the summary; those of other widths, which have one n, are left out."""
    drawn: list[tuple[Series, str, dict[str, Any]]] = [(series, f"d = {series.d}", {}) for series in _series(verdict)]
    dashed: dict[str, Any] = {"linestyle": (0, (4, 2)), "color": GREY}
    dashed |= {"markerfacecolor": "none", "markeredgecolor": GREY}
    if _has_shares(control):
        drawn += [(series, f"control, d = {series.d}: must fail", dashed) for series in _series(control)]
    for i, (series, label, style) in enumerate(drawn):
        _draw(ax, series, BESIDE ** (i - (len(drawn) - 1) / 2), label, style)
    label_sizes(ax, np.concatenate([np.empty(0), *(series["n"] for series, *_ in drawn)]))
    ax.set_ylim(-0.03, 1.03)
    ax.set_ylabel("share")
    finish(ax, verdict)
    return ax


def _series(verdict: Any) -> list[Series]:
    columns = (*COLUMNS, "m") if "m" in verdict.summary else COLUMNS
    return [_main_width(series) for series in rows_by_dimension(verdict, columns, "theorem_4_1")]


def _main_width(series: Series) -> Series:
    """The rows of the width that has most of them."""
    if "m" not in series.columns:
        return series
    widths, counts = np.unique(series["m"], return_counts=True)
    # of a tie, that of the first row: the other widths come last
    first = series["m"][0]
    main = first if counts[widths == first] == counts.max() else widths[counts.argmax()]
    return series.where(series["m"] == main)


def _draw(ax: "Axes", series: Series, factor: float, label: str, style: dict[str, Any]) -> None:
    known = np.isfinite(series["share"])
    n, share, low, high = (series[name][known] for name in COLUMNS)
    look: dict[str, Any] = {"color": series.colour, "marker": series.marker, "markersize": 6.0, "linewidth": 1.4}
    look |= {"markeredgecolor": "white", "markeredgewidth": 0.8, "zorder": 4} | style
    ax.vlines(n * factor, low, high, color=look["color"], linewidth=1.6, alpha=0.6, label=f"_intervals, {label}")
    ax.plot(n * factor, share, label=label, clip_on=False, **look)
