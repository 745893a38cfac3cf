"""The contract of `find`: what it returns, in which order, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extremal
from extremal.errors import ExtremalError, InvalidTypeError
from extremal.geometry.critical import _describe, _find
from tests.matching import assert_matches_oracle, assert_valid, names
from tests.strategies import datasets

THREE = (np.array([[-0.75, 1.0], [-0.5, 1.0], [0.125, 1.0]]), np.array([1.1, 0.1, 0.8]))


def gaussian(n=40, d=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return X, 0.2 * X[:, 0] + rng.standard_normal(n)


# -- what is returned -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["search", "enumerate"])
def res(request):
    return extremal.find(*gaussian(), method=request.param)


def test_shapes_and_types(res):
    k, n, d = len(res), 40, 3
    assert k > 2
    assert res.vectors.shape == res.directions.shape == (k, d)
    for array, dtype in [
        (res.signs, np.int64),
        (res.indices, np.int64),
        (res.values, np.float64),
        (res.residuals, np.float64),
    ]:
        assert array.shape == (k,)
        assert array.dtype == dtype
    assert res.kinds.dtype.kind == "U"
    assert res.complete is True
    assert res.status is extremal.Status.PROVED
    assert res.unresolved.share == 0.0
    assert len(res.unresolved) == 0
    for v in res:
        assert v.D.shape == v.w.shape == (d,)
        assert v.active.shape == v.eta.shape == (n,)
        assert v.active.dtype == bool
    assert [v.value for v in res] == [res[i].value for i in range(k)]


def test_the_vectors_are_kkt_points(res):
    X, y = gaussian()
    scale = np.linalg.norm(y[:, None] * X, axis=1).mean()
    for v in res:
        assert v.sign in (1, -1)
        np.testing.assert_allclose(np.linalg.norm(v.w), 1.0, rtol=1e-14)
        np.testing.assert_allclose(v.w, v.sign * v.D / np.linalg.norm(v.D), atol=1e-12)
        np.testing.assert_allclose(v.value, v.sign * np.linalg.norm(v.D), rtol=1e-13)
        np.testing.assert_allclose(v.value, extremal.G(X, y, v.w), atol=1e-13 * scale)
        np.testing.assert_allclose((v.eta * y) @ X / len(y), v.D, atol=1e-13 * scale)
        assert ((v.eta >= 0) & (v.eta <= 1)).all()
        inside = np.zeros(len(y), dtype=bool)
        inside[v.boundary] = True
        np.testing.assert_array_equal(v.eta[~inside], v.active[~inside].astype(float))
        assert not v.active[inside].any()
        np.testing.assert_array_equal(v.active[~inside], (X @ v.w > 0)[~inside])
        assert 0 <= v.residual < 1e-13
    assert_valid(res)


def test_the_residual_sees_a_wrong_multiplier():
    """The residual is computed from D, η and the data, so a wrong η shows."""
    data = extremal.Dataset(*gaussian())
    arr = _find.arrange(data, 0.0)
    judge = _find.Judge(arr)
    _find.run_enumeration(judge, _find.Limits())
    critical = next(c for c in judge if (c.pattern == 0).any())
    good = _describe.describe(arr, critical)
    critical.theta[critical.pattern == 0] += 1e-3
    bad = _describe.describe(arr, critical)
    assert good.residual < 1e-13 < 1e-7 < bad.residual


def test_order(res):
    values = np.abs(res.values)
    assert (values[:-1] >= values[1:] * (1 - 1e-9)).all()
    again = extremal.find(*gaussian(), method=res.method, rng=5)
    np.testing.assert_array_equal(res.vectors, again.vectors)


def test_ties_are_broken_by_sign_then_by_coordinates():
    # Symmetric under (x, y) -> (-x, -y): every D has both signs.
    X = np.array([[2.0, 1.0], [-2.0, -1.0], [1.0, -3.0], [-1.0, 3.0]])
    y = np.array([1.0, -1.0, 2.0, -2.0])
    res = extremal.find(X, y, method="search")
    assert_matches_oracle(res, X, y)
    for a, b in zip(res.items[:-1], res.items[1:], strict=True):
        assert (abs(a.value), a.sign, tuple(a.D)) > (abs(b.value), b.sign, tuple(b.D))
    assert (res.signs == [1, -1] * (len(res) // 2)).all()


def test_arrays_are_read_only(res):
    for array in (res.vectors, res.directions, res.signs, res.kinds, res.values, res[0].D, res[0].w, res[0].eta):
        assert not array.flags.writeable
    with pytest.raises(AttributeError):
        res.status = None
    with pytest.raises(AttributeError):
        res[0].sign = 0


def test_repr_summary_and_frame(res):
    assert repr(res).startswith(f"<{len(res)} extremal vectors (")
    assert "complete" in repr(res)
    assert repr(res).endswith("n=40, d=3>")
    assert res[0].kind in repr(res[0])
    frame = res.to_frame()
    assert list(frame.columns) == [
        "kind",
        "sign",
        "index",
        "value",
        "norm",
        "residual",
        "active",
        "boundary",
        "D_x0",
        "D_x1",
        "D_x2",
    ]
    np.testing.assert_array_equal(frame[["D_x0", "D_x1", "D_x2"]].to_numpy(), res.vectors)
    assert "<table" in res._repr_html_()
    partial = extremal.find(*gaussian(200, 4), method="search", max_nodes=3)
    assert "unresolved" in repr(partial)
    assert len(extremal.find(*gaussian(200, 4), method="search", max_nodes=0).to_frame()) == 0


def test_the_frame_carries_feature_names():
    data = extremal.Dataset(*THREE, features=["a", "b"])
    assert list(extremal.find(data).to_frame().columns[-2:]) == ["D_a", "D_b"]


# -- kinds and Morse indices ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_indices_count_the_directions_in_which_g_falls(d, seed):
    """Step off w along a frame of the sphere that is adapted to the face, both ways, and compare G_n."""
    X, y = gaussian(14, d, seed)
    X = X / np.linalg.norm(X, axis=1, keepdims=True)
    for v in extremal.find(X, y):
        on = X[v.boundary]
        across = np.linalg.pinv(on).T  # on_j · across_k = δ_jk, orthogonal to w
        along = np.linalg.svd(np.vstack([on, v.w]))[2][len(on) + 1 :]
        margin = np.delete(np.abs(X @ v.w), v.boundary).min()
        falling = 0
        for tangent in [*across, *along]:
            tangent = tangent / np.linalg.norm(tangent)
            step = min(1e-3, margin / 10) * np.array([[1.0], [-1.0]]) * tangent
            w = v.w + step
            change = extremal.G(X, y, w / np.linalg.norm(w, axis=1, keepdims=True)) - v.value
            assert change[0] * change[1] > 0
            falling += bool(change[0] < 0)
        assert falling == v.index
        assert v.kind == {0: "minimum", d - 1: "maximum"}.get(falling, "saddle")


@pytest.mark.parametrize("seed", range(3))
def test_indices_by_the_formula(seed):
    X, y = gaussian(25, 4, seed)
    kinds = set()
    for v in extremal.find(X, y):
        kinds.add(v.kind)
        falling = int((y[v.boundary] < 0).sum())
        assert v.index == (3 - len(v.boundary) + falling if v.sign > 0 else falling)
        assert v.kind == {0: "minimum", 3: "maximum"}.get(v.index, "saddle")
    assert kinds == {"maximum", "minimum", "saddle"}


def test_a_circle_has_no_saddles():
    """On a ray, |Z| = d − 1 and only the hyperplanes decide: a maximum or minimum can have either sign of value."""
    res = extremal.find(*gaussian(60, 2))
    found = {(v.sign, v.kind, len(v.boundary)) for v in res}
    assert {k for _, k, _ in found} == {"maximum", "minimum"}
    assert {(1, "minimum", 1), (-1, "maximum", 1)} & found
    assert sum(res.kinds == "maximum") == sum(res.kinds == "minimum")


def test_a_multiplier_at_its_end_is_degenerate():
    # D = z_1 = (0, 1)/2 lies on the hyperplane of row 0 with multiplier 0.
    res = extremal.find([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0])
    on_wall = [v for v in res if v.boundary.tolist() == [0]]
    assert [v.kind for v in on_wall] == ["degenerate"]
    assert on_wall[0].index == -1
    np.testing.assert_array_equal(on_wall[0].eta, [0.0, 1.0])


@pytest.mark.parametrize("method", ["search", "enumerate"])
def test_rows_with_label_zero_are_reported_exactly(method):
    """w = (−1, 1)/√2 rounded is not on the hyperplane of (1, 1), but row 0 lies with row 2, exactly."""
    X = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.1, 0.1, 0.3], [1.0, 1.0 + 2.0**-52, 0.0]])
    y = np.array([0.0, 1.0, -1.0, 0.0, 0.0])
    res = extremal.find(X, y, method=method)
    assert_matches_oracle(res, X, y)
    (v,) = [v for v in res if (v.D < 0).any() and (v.D > 0).any()]
    assert v.boundary.tolist() == [0, 2, 3]
    assert v.active.tolist() == [False, True, False, False, True]


def test_zero_is_reported_once():
    res = extremal.find([[1.0, 0.0], [1.0, 1.0]], [1.0, 1.0])
    (zero,) = [v for v in res if v.sign == 0]
    assert (zero.kind, zero.index, zero.value) == ("zero", -1, 0.0)
    assert not zero.D.any()
    assert (np.array([[1.0, 0.0], [1.0, 1.0]]) @ zero.w < 0).all()
    assert res[len(res) - 1] is zero


# -- leak -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leak", [0.01, 0.5, -0.5, -1.0, 2.0])
def test_leak(leak):
    X, y = np.array([[2.0, 1.0], [-1.0, 3.0], [0.0, -1.0], [1.0, 1.0]]), np.array([1.0, -2.0, 1.0, 3.0])
    for method in ("search", "enumerate"):
        res = extremal.find(X, y, leak=leak, method=method)
        assert res.leak == leak
        assert_matches_oracle(res, X, y, leak)
        for v in res:
            assert v.residual < 1e-14
            assert (v.eta >= min(leak, 1.0)).all()
            assert (v.eta <= max(leak, 1.0)).all()


def test_leak_one_is_linear():
    X, y = THREE
    res = extremal.find(X, y, leak=1.0)
    np.testing.assert_allclose(res.vectors, [y @ X / 3] * 2)
    assert res.signs.tolist() == [1, -1]
    assert_matches_oracle(res, X, y, 1.0)


# -- input ----------------------------------------------------------------------------------------------------------


def test_all_forms_of_the_same_data():
    pd = pytest.importorskip("pandas")
    X, y = np.array([[1, 2], [3, -1], [-2, 1], [1, 1]]), np.array([1, -1, 2, 1])
    expected = extremal.find(X.astype(float), y.astype(float))
    frozen = X.astype(float)
    frozen.flags.writeable = False
    wide = np.zeros((8, 4))
    wide[::2, ::2] = X
    for forms in [
        (X.tolist(), y.tolist()),
        (X, y),
        (np.asfortranarray(X), y[:, None]),
        (frozen, y),
        (wide[::2, ::2], y),
        (pd.DataFrame(X), pd.Series(y)),
        (X.astype(np.int8), y.astype(np.float32)),
    ]:
        res = extremal.find(*forms)
        np.testing.assert_array_equal(res.vectors, expected.vectors)
        np.testing.assert_array_equal(res.signs, expected.signs)


@pytest.mark.parametrize(
    ("arguments", "builtin", "message"),
    [
        ({"method": "fast"}, ValueError, "method is 'fast'; expected one of 'auto', 'enumerate'"),
        ({"method": "serach"}, ValueError, "'ascent' (did you mean 'search'"),
        ({"method": 3}, TypeError, "method is 3 of type int; expected one of"),
        ({"max_nodes": -1}, ValueError, "max_nodes is -1; expected an integer, 0 or more"),
        ({"max_nodes": 1.5}, TypeError, "max_nodes is 1.5 of type float; expected an integer"),
        ({"max_nodes": True}, TypeError, "max_nodes is True of type bool; expected an integer"),
        ({"time_limit": -1}, ValueError, "time_limit is -1"),
        ({"time_limit": "1"}, TypeError, "time_limit is '1' of type str"),
        ({"time_limit": np.nan}, ValueError, "time_limit is nan"),
        ({"leak": np.inf}, ValueError, "leak is inf; expected a finite slope"),
        ({"leak": 1j}, TypeError, "leak is 1j; expected a real number"),
        ({"leak": None}, TypeError, "leak is None"),
        ({"rng": "seed"}, TypeError, "rng is 'seed'; expected a Generator, a seed"),
        ({"rng": -1}, TypeError, "rng is -1; expected a Generator, a seed"),
    ],
)
def test_arguments_that_cannot_be_used(arguments, builtin, message):
    with pytest.raises(builtin, match=message.replace("(", "\\(")) as caught:
        extremal.find(*THREE, **arguments)
    assert isinstance(caught.value, ExtremalError)


@pytest.mark.parametrize(
    ("X", "y", "builtin"),
    [
        ([[1.0, np.nan]], [1.0], ValueError),
        ([[1.0, np.inf]], [1.0], ValueError),
        ([[1.0, 2.0]], [np.nan], ValueError),
        ([1.0, 2.0], [1.0, 2.0], ValueError),
        ([[1.0], [2.0]], [1.0], ValueError),
        (np.zeros((0, 2)), np.zeros(0), ValueError),
        (np.zeros((2, 0)), np.zeros(2), ValueError),
        ([[1j, 1.0]], [1.0], TypeError),
        (np.array([["a", "b"]], dtype=object), [1.0], TypeError),
        ([[1.0, 2.0]], ["a"], TypeError),
        (None, [1.0], TypeError),
        ([[1.0, 2.0]], None, TypeError),
    ],
)
def test_data_that_cannot_be_used(X, y, builtin):
    with pytest.raises(builtin) as caught:
        extremal.find(X, y)
    assert isinstance(caught.value, ExtremalError)
    assert "expected" in str(caught.value)


# -- methods --------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(datasets(), st.sampled_from([0.0, 0.25, -1.0]))
def test_auto_is_complete_on_small_data(data, leak):
    X, y = data
    res = extremal.find(X, y, leak=leak)
    assert_matches_oracle(res, X, y, leak)
    assert_valid(res)
    assert res.residuals.max(initial=0.0) < 1e-14
    assert res.method in ("search", "enumerate")


def test_ascent_between_opposite_directions():
    """In rank 1 an average of directions can be 0."""
    res = extremal.find([[-0.08578644], [0.23205081]], [0.91421356, 0.23205081], method="ascent", rng=0)
    assert not res.complete
    assert len(res) > 0


def test_ascent_never_claims_completeness():
    X, y = gaussian()
    res = extremal.find(X, y, method="ascent", rng=1)
    assert not res.complete
    assert res.status is extremal.Status.HEURISTIC
    assert res.unresolved.share == 1.0
    whole = extremal.find(X, y)
    assert names(res) <= names(whole)
    assert len(res) > 0
    again = extremal.find(X, y, method="ascent", rng=1)
    np.testing.assert_array_equal(res.vectors, again.vectors)


@pytest.mark.parametrize("limit", [{"max_nodes": 5}, {"time_limit": 0}])
def test_limits_of_the_enumeration(limit):
    res = extremal.find(*gaussian(), method="enumerate", **limit)
    assert not res.complete
    assert 0.9 < res.unresolved.share <= 1.0
    assert res.status.value.startswith("Incomplete")


def test_too_many_faces_is_a_status():
    res = extremal.find(*gaussian(2000, 4), method="enumerate")
    assert res.status is extremal.Status.TOO_MANY_FACES
    assert not res.complete


@pytest.mark.parametrize("executor", [2, "threads", ThreadPoolExecutor])
def test_what_is_no_executor(executor):
    with pytest.raises(InvalidTypeError, match=r"executor is .* expected None, an object with a method submit"):
        extremal.find([[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0], executor=executor)
