"""Figures of shares and of counts of cones: what is drawn are the numbers of the verdict and of its control."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.geometry import cover_count
from extremal.plot import plot_cover, plot_shares
from extremal.statements import Claim, cover_counts, lemma_c1
from tests.plot.artists import curve

ROWS = Claim("rows", "supported", 1.0, 1.0, 1.0, "computed", "all rows are")


def claim(name, measured, low, high):
    return Claim(name, "supported", measured, low, high, "as it is", "because")


def verdict(*claims, summary=None, **more):
    summary = pd.DataFrame({"d": [2]}) if summary is None else summary
    return SimpleNamespace(statement="Lemma 9.9", status="supported", claims=claims, summary=summary, **more)


def shares(columns=("d", "n", "share", "share_low", "share_high"), rows=None):
    rows = [(2, 100, 1.0, 0.9, 1.0), (2, 10, 0.5, 0.3, 0.7), (3, 10, 0.1, 0.0, 0.3)] if rows is None else rows
    return verdict(ROWS, summary=pd.DataFrame(rows, columns=list(columns)))


def names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def segments(ax, label):
    (found,) = [c for c in ax.collections if isinstance(c, LineCollection) and c.get_label() == f"_intervals, {label}"]
    return np.array(found.get_segments())


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_claims_one_below_the_other(ax):
    shown = verdict(claim("first", 0.9, 0.8, 1.0), claim("second", 0.4, 0.2, 0.6), ROWS)
    assert plot_shares(shown, ax=ax) is ax
    assert names(ax) == ["first", "second"]
    np.testing.assert_allclose(curve(ax, "the statement"), [(0.9, 0), (0.4, 1)])
    np.testing.assert_allclose(segments(ax, "the statement")[:, :, 0], [(0.8, 1.0), (0.2, 0.6)])
    # the first is on top, and all of [0, 1] is there
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert ax.get_xlim()[0] < 0 < 1 < ax.get_xlim()[1]
    assert legend(ax) == ["the statement"]


def test_a_control_is_beside_its_claim(ax):
    shown = verdict(claim("first", 0.9, 0.8, 1.0), claim("second", 1.0, 0.7, 1.0))
    plot_shares(shown, control=verdict(claim("second", 0.1, 0.0, 0.3), claim("alone", 0.2, 0.1, 0.4)), ax=ax)
    assert names(ax) == ["first", "second", "alone"]
    (x, y), (other, below) = curve(ax, "control, which must fail")
    assert (x, other) == (0.1, 0.2)
    second = curve(ax, "the statement")[1, 1]
    assert second < y < second + 0.5
    assert round(y) == 1
    assert round(below) == 2
    line = next(line for line in ax.lines if line.get_label() == "control, which must fail")
    assert line.get_marker() != ax.lines[0].get_marker()
    assert line.get_markerfacecolor() == "none"


@pytest.mark.parametrize(
    ("other", "fits"),
    [
        (ROWS, None),
        (claim("yes or no", 0.0, 0.0, 0.0), None),
        (claim("slope", -0.5, -0.6, -0.4), None),
        (claim("ratio", 0.9, 0.5, 1.2), None),
        (claim("nothing", np.nan, np.nan, np.nan), None),
        (claim("slope within 0 and 1", 0.3, 0.2, 0.4), pd.DataFrame({"slope": [0.3]})),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_what_is_no_share_is_left_out(ax, other, fits):
    share = claim("share", 0.3 if fits is None else 0.35, 0.2, 0.4)
    plot_shares(verdict(other, share, fits=fits), ax=ax)
    assert names(ax) == ["share"]
    with pytest.raises(InvalidValueError, match=r"'Lemma 9.9' has no claim that is a share"):
        plot_shares(verdict(other, fits=fits), ax=ax)


def test_against_n(ax):
    plot_shares(shares(), ax=ax)
    points = curve(ax, "d = 2")
    np.testing.assert_allclose(points[:, 1], [0.5, 1.0])
    # beside each other: near their n, and apart
    np.testing.assert_allclose(points[:, 0], [10, 100], rtol=0.1)
    assert curve(ax, "d = 3")[0, 0] > points[0, 0]
    np.testing.assert_allclose(segments(ax, "d = 2")[:, :, 1], [(0.3, 0.7), (0.9, 1.0)])
    assert ax.get_xscale() == "log"
    assert (ax.get_ylim()[0] < 0) & (ax.get_ylim()[1] > 1)


def test_against_n_with_a_control(ax):
    columns = ("d", "n", "share", "share_low", "share_high")
    plot_shares(shares(), control=shares(columns, [(4, 10, 0.0, 0.0, 0.2), (4, 100, np.nan, 0.0, 1.0)]), ax=ax)
    # a share that is not known is not drawn
    assert curve(ax, "control, d = 4: must fail")[:, 1].tolist() == [0.0]
    assert legend(ax) == ["d = 2", "d = 3", "control, d = 4: must fail"]
    # a control of another kind has nothing to draw
    other = Figure().subplots()
    plot_shares(shares(), control=verdict(ROWS), ax=other)
    assert legend(other) == ["d = 2", "d = 3"]


def test_other_widths_are_left_out(ax):
    columns = ("d", "n", "m", "share", "share_low", "share_high")
    rows = [(2, 10, 20, 0.5, 0.3, 0.7), (2, 100, 20, 1.0, 0.9, 1.0), (2, 100, 5, 0.2, 0.1, 0.3)]
    plot_shares(shares(columns, rows), ax=ax)
    np.testing.assert_allclose(curve(ax, "d = 2")[:, 1], [0.5, 1.0])
    # of a tie the first in the table counts
    other = Figure().subplots()
    plot_shares(shares(columns, rows[1:]), ax=other)
    np.testing.assert_allclose(curve(other, "d = 2")[:, 1], [1.0])


def test_real_verdicts(ax):
    shown = lemma_c1(n=(4, 6), d=(2, 3), repetitions=3)
    plot_shares(shown, ax=ax)
    expected = [(c.measured, i) for i, c in enumerate(c for c in shown.claims if c.name != "rows")]
    np.testing.assert_allclose(curve(ax, "the statement"), expected)


def test_what_is_no_verdict(ax):
    with pytest.raises(InvalidTypeError, match="verdict is of type int"):
        plot_shares(3, ax=ax)
    with pytest.raises(InvalidTypeError, match="control is of type str"):
        plot_shares(shares(), control="none", ax=ax)
    with pytest.raises(InvalidTypeError, match=r"expected a verdict of extremal\.statements\.cover_counts"):
        plot_cover(shares(), ax=ax)


def test_cover(ax):
    shown = cover_counts(n=(3, 6, 9), d=(1, 3), repetitions=2)
    assert plot_cover(shown, ax=ax) is ax
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    for d in (1, 3):
        n, cones = curve(ax, f"_formula, d = {d}").T
        assert (n[0], n[-1]) == (3, 9)
        assert cones.tolist() == [cover_count(int(size), d) for size in n]
        rows = shown.summary[shown.summary.d == d]
        np.testing.assert_array_equal(curve(ax, f"d = {d}"), rows[["n", "most"]])
        assert not len(curve(ax, f"_least, d = {d}"))
    assert legend(ax) == ["d = 1", "d = 3", "C(n, d)"]


def test_cover_with_samples_that_differ(ax):
    shown = cover_counts(n=(3, 6), d=2, repetitions=1)
    table = shown.summary.assign(least=[4.0, np.nan], most=[6.0, np.nan])
    plot_cover(replace(shown, summary=table), ax=ax)
    assert curve(ax, "_least, d = 2").tolist() == [[3.0, 4.0]]
    (bar,) = [c for c in ax.collections if c.get_label() == "_range"]
    np.testing.assert_array_equal(bar.get_segments()[0], [(3, 4), (3, 6)])
    ax.figure.draw_without_rendering()
