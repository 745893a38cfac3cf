"""Proofs of completeness: they check, they survive a file, and anything changed in them is caught."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

import extremal
from extremal.geometry.proof import Proof
from extremal.geometry.proof._format import CLOSED, LEAF, SPLIT
from tests.strategies import datasets


def problem(n=25, d=3, seed=1):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return X, X[:, 0] + 0.5 * rng.standard_normal(n)


@pytest.fixture(scope="module")
def proved():
    X, y = problem()
    res = extremal.find(X, y)
    return X, y, res, res.proof()


@pytest.mark.parametrize(("n", "d"), [(9, 2), (40, 3), (25, 4), (300, 4)])
def test_a_proof_checks(n, d):
    X, y = problem(n, d)
    res = extremal.find(X, y)
    proof = res.proof()
    assert proof.complete
    verdict = extremal.check(proof, X, y)
    assert verdict, str(verdict)
    assert verdict.cones == len(proof)


@settings(max_examples=25)
@given(datasets(max_n=5, max_d=3))
def test_degenerate_data_have_proofs_too(data):
    X, y = data
    res = extremal.find(X, y)
    acting = X[(y != 0) & X.any(axis=1)]
    assume(len(acting) and np.linalg.matrix_rank(acting) == X.shape[1])
    verdict = extremal.check(res.proof(), X, y)
    assert verdict, str(verdict)


@pytest.mark.parametrize("leak", [0.25, -1.0])
def test_leaky_proofs_check(leak):
    X, y = problem()
    proof = extremal.find(X, y, leak=leak).proof()
    assert extremal.check(proof, X, y, leak=leak)
    assert "another leak" in str(extremal.check(proof, X, y))


def test_a_proof_leaves_out_no_vector(proved):
    X, y, res, proof = proved
    for i in range(len(res)):
        keep = np.arange(len(res)) != i
        short = replace(
            proof, signs=proof.signs[keep], patterns=proof.patterns[keep], directions=proof.directions[keep]
        )
        verdict = extremal.check(short, X, y)
        assert not verdict
        assert "not claimed" in str(verdict)


def test_a_proof_claims_no_vector_too_many(proved):
    X, y, _, proof = proved
    more = replace(
        proof,
        signs=np.append(proof.signs, 1).astype(np.int8),
        patterns=np.vstack([proof.patterns, np.ones(len(y), dtype=np.int8)]),
        directions=np.vstack([proof.directions, np.ones(3)]),
    )
    assert "is not extremal" in str(extremal.check(more, X, y))


def test_other_data_are_refused(proved):
    X, y, _, proof = proved
    changed = y.copy()
    changed[3] = np.nextafter(changed[3], 10)
    assert "other data" in str(extremal.check(proof, X, changed))


def without_node(proof, place):
    keep = np.arange(len(proof)) != place
    first = int(proof.counts[:place].sum())
    vectors = np.ones(len(proof.excluded), dtype=bool)
    vectors[first : first + proof.counts[place]] = False
    return replace(
        proof,
        kind=proof.kind[keep],
        ends=proof.ends[keep],
        factors=proof.factors[keep],
        counts=proof.counts[keep],
        vectors=proof.vectors[vectors],
        excluded=proof.excluded[vectors],
    )


def test_a_missing_region_is_noticed(proved):
    X, y, _, proof = proved
    verdict = extremal.check(without_node(proof, len(proof) - 1), X, y)
    assert "a region is missing" in str(verdict)
    for place in np.flatnonzero(proof.kind != SPLIT)[:10]:
        assert not extremal.check(without_node(proof, int(place)), X, y)


def test_an_inequality_that_does_not_hold_is_noticed(proved):
    X, y, _, proof = proved
    vectors = proof.vectors.copy()
    vectors[0] = -vectors[0]
    verdict = extremal.check(replace(proof, vectors=vectors), X, y)
    assert "does not hold" in str(verdict) or "dual cone" in str(verdict)


def test_a_split_that_does_not_cover_is_noticed(proved):
    X, y, _, proof = proved
    place = np.flatnonzero(proof.kind == SPLIT)[0]
    factors = proof.factors.copy()
    factors[place, 0] = -1
    assert "not split between" in str(extremal.check(replace(proof, factors=factors), X, y))


def test_a_leaf_called_excluded_is_noticed(proved):
    X, y, _, proof = proved
    kind = np.where(proof.kind == LEAF, CLOSED, proof.kind).astype(np.int8)
    assert "is called excluded" in str(extremal.check(replace(proof, kind=kind), X, y))


def test_numbers_that_are_none_are_noticed(proved):
    X, y, _, proof = proved
    for name in ("basis", "vectors", "factors", "directions"):
        array = getattr(proof, name).copy()
        array.flat[-1 if name != "factors" else 0] = np.nan
        assert not extremal.check(replace(proof, **{name: array}), X, y), name


def test_a_limit_leaves_the_rest_open(proved):
    X, y, res, _ = proved
    proof = res.proof(max_nodes=5)
    assert not proof.complete
    assert "left open" in str(extremal.check(proof, X, y))


def test_a_file_keeps_everything(proved, tmp_path):
    X, y, _, proof = proved
    path = tmp_path / "proof.npz"
    proof.save(path)
    again = Proof.load(path)
    for field in fields(proof):
        assert np.array_equal(getattr(again, field.name), getattr(proof, field.name))
    assert extremal.check(again, X, y)


def test_a_changed_byte_is_caught(proved, tmp_path):
    *_, proof = proved
    path = tmp_path / "proof.npz"
    proof.save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    caught = 0
    for place in rng.choice(len(whole), size=60, replace=False):
        broken = bytearray(whole)
        broken[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(broken))
        try:
            again = Proof.load(path)
        except extremal.ExtremalError:
            caught += 1
        else:
            # Some bytes of a zip carry no content (dates, flags): then nothing of the proof has changed.
            assert all(np.array_equal(getattr(again, f.name), getattr(proof, f.name)) for f in fields(proof))
    assert caught > 40


@pytest.mark.parametrize("content", [b"", b"not a proof", b"PK\x03\x04"])
def test_what_is_no_proof_is_refused(tmp_path, content):
    path = tmp_path / "proof.npz"
    path.write_bytes(content)
    with pytest.raises(extremal.InvalidValueError, match="is not a proof"):
        Proof.load(path)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        Proof.load(tmp_path / "none.npz")


def test_rank_deficient_data_are_refused_clearly():
    res = extremal.find([[1.0, 2.0], [2.0, 4.0]], [1.0, 1.0])
    with pytest.raises(extremal.InvalidValueError, match="span"):
        res.proof()


def test_the_checker_shares_no_code_with_the_search():
    import ast
    from pathlib import Path

    import extremal.geometry.proof as room

    own = Path(room.__file__).parent
    for name in ("_check.py", "_leaf.py"):
        for node in ast.walk(ast.parse((own / name).read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                last = node.module.rsplit(".", 1)[-1]
                assert last not in {"_search", "_search_kernels", "_judge", "_arrangement", "_enumerate", "_prove"}, (
                    name
                )
