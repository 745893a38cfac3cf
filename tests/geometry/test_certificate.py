"""Certificates of single vectors: exact, equal to the oracle's answers, and refuted when anything is changed."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import extremal
from tests.oracles.brute_force import extremal_vectors
from tests.strategies import datasets


@given(datasets(), st.sampled_from([0.0, 0.0, 0.5, -1.0, 1.0]))
def test_certificates_are_the_oracle_s_vectors_exactly(data, leak):
    X, y = data
    found = set()
    for vector in extremal.find(X, y, leak=leak):
        certificate = vector.certify()
        assert certificate, str(certificate)
        found.add((vector.sign, certificate.D))
    assert found == {(sign, tuple(D)) for sign, D in extremal_vectors(X, y, leak)}


def generic(n=12, d=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return X, rng.standard_normal(n)


def test_the_certificate_prints_the_proof():
    X, y = generic()
    vector = next(v for v in extremal.find(X, y) if len(v.boundary))
    certificate = vector.certify()
    text = str(certificate)
    assert text.endswith("Proved.")
    assert f"η_{vector.boundary[0]}" in text
    assert certificate.eta.keys() == set(vector.boundary.tolist())
    assert all(0 < t < 1 for t in certificate.eta.values())
    assert np.allclose([float(v) for v in certificate.D], vector.D, rtol=1e-13, atol=0)
    assert np.allclose([float(certificate.eta[k]) for k in vector.boundary], vector.eta[vector.boundary], atol=1e-12)


@pytest.mark.parametrize("change", ["sign", "active", "boundary", "labels"])
def test_a_changed_vector_is_refuted(change):
    X, y = generic()
    vector = next(v for v in extremal.find(X, y) if len(v.boundary))
    if change == "sign":
        changed = replace(vector, sign=-vector.sign)
    elif change == "active":
        active = vector.active.copy()
        k = np.setdiff1d(np.arange(len(y)), vector.boundary)[0]
        active[k] = ~active[k]
        changed = replace(vector, active=active)
    elif change == "boundary":
        changed = replace(vector, boundary=vector.boundary[:0])
    else:
        labels = y.copy()
        labels[0] *= -3
        changed = replace(vector, data=extremal.Dataset(X, labels))
    certificate = changed.certify()
    assert not certificate
    assert "Refuted" in str(certificate)
    assert certificate.failures


def test_floats_are_read_as_the_dyadic_rationals_they_are():
    certificate = extremal.find([[0.1]], [0.1])[0].certify()
    assert (Fraction(0.1) ** 2,) == certificate.D


def test_the_subdifferential_of_a_vector_on_a_face_contains_it():
    X, y = generic()
    for vector in extremal.find(X, y):
        zonotope = vector.subdifferential()
        assert len(zonotope.generators) == len(vector.boundary)
        assert zonotope.contains(vector.D)


def test_a_thin_dead_cone_is_certified():
    # (0.9, 0.3) and (−0.6, −0.2) are not quite opposite: D = 0 lives on a sliver of width 1e-17.
    X = [[1.6, 0.3], [0.9, 0.3], [0.9, -0.1], [0.8, -1], [-0.6, -0.2], [1.1, -0.2]]
    res = extremal.find(X, [-1, -1, 2, -1, 1, -2])
    assert 0 in res.signs
    assert np.isfinite(res.directions).all()
    assert all(v.certify() for v in res)
