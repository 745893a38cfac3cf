"""The Euler audit: it holds for complete sets of generic data, and one missing or wrong vector breaks it."""

from dataclasses import replace

import numpy as np
import pytest

import extremal
from extremal.geometry.critical._audit import EulerAudit


def generic(d, seed, n=None):
    rng = np.random.default_rng([d, seed])
    X = rng.standard_normal((n or {1: 20, 2: 80, 3: 60, 4: 40, 5: 30}[d], d))
    return X, rng.standard_normal(len(X))


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(5))
def test_it_holds_on_generic_data(d, seed):
    res = extremal.find(*generic(d, seed), method="search")
    assert res.complete
    assert res.audit.applicable
    assert res.audit.holds
    assert res.audit.total == res.audit.expected == (2 if d % 2 else 0)
    assert "holds" in str(res.audit)
    assert res.audit.reason == ""


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_a_missing_vector_breaks_it(d):
    res = extremal.find(*generic(d, 0), method="search")
    for k in range(len(res)):
        broken = replace(res, items=res.items[:k] + res.items[k + 1 :])
        assert broken.audit.applicable
        assert not broken.audit.holds
        assert "FAILS" in str(broken.audit)


def test_a_wrong_index_breaks_it():
    res = extremal.find(*generic(3, 0), method="search")
    wrong = replace(res.items[0], index=res.items[0].index + 1)
    assert not replace(res, items=(wrong, *res.items[1:])).audit.holds


def test_an_extra_vector_breaks_it():
    res = extremal.find(*generic(3, 0), method="search")
    assert not replace(res, items=(*res.items, res.items[0])).audit.holds


def test_it_does_not_apply_to_incomplete_results():
    res = extremal.find(*generic(4, 0), method="search", max_nodes=10)
    assert not res.audit.applicable
    assert not res.audit.holds
    assert "incomplete" in res.audit.reason
    assert "not applicable" in str(res.audit)


def test_it_does_not_apply_with_a_dead_cone():
    rng = np.random.default_rng(0)
    res = extremal.find(np.abs(rng.standard_normal((12, 3))), rng.standard_normal(12))
    assert res.complete
    assert not res.audit.applicable
    assert "D = 0" in res.audit.reason


def test_it_does_not_apply_to_degenerate_vectors():
    audit = EulerAudit.of(np.array([1, 0, -1]), np.array(["maximum", "minimum", "degenerate"]), 2, True)
    assert not audit.applicable
    assert "degenerate" in audit.reason
    assert audit.total == 0


def test_nothing_found_is_not_a_proof():
    """χ(S^{d−1}) is 0 for even d, which an empty set would satisfy."""
    audit = EulerAudit.of(np.zeros(0, dtype=int), np.zeros(0, dtype=str), 4, False)
    assert not audit.holds


@pytest.mark.parametrize("seed", range(30))
def test_where_it_applies_to_degenerate_data_it_holds(seed):
    """Duplicates and opposite rows make generators that no single row has; the indices must be right there too."""
    rng = np.random.default_rng(seed)
    base = rng.integers(-2, 3, (6, 2 + seed % 2)).astype(float)
    X = np.vstack([base, -base[:3], base[:2] * 2, base[2:4] * 3])
    y = rng.integers(-3, 4, len(X)) + rng.choice([0.0, 0.3], len(X))
    res = extremal.find(X, y)
    assert res.complete
    assert res.audit.holds == res.audit.applicable
