"""Data sets: every kind of input that is accepted is read exactly, every other kind is refused in words."""

import copy
import pickle
import subprocess
import sys
import types
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from extremal.data import Dataset, as_dataset, as_directions, as_features, diabetes, iris, three_points
from extremal.errors import ExtremalError, InvalidTypeError, InvalidValueError

X = np.array([[1.0, 2.0], [3.0, -4.0], [0.0, 8.0]])
y = np.array([1.0, 0.0, -2.0])
FRAME = pd.DataFrame(X, columns=["age", "size"])


def strided(a):
    wide = np.zeros(tuple(2 * s for s in a.shape))
    view = wide[tuple(slice(None, None, 2) for _ in a.shape)]
    view[...] = a
    return view


def locked(a):
    a = a.copy()
    a.flags.writeable = False
    return a


SAME = {
    "array": lambda a: a,
    "nested list": lambda a: a.tolist(),
    "tuple of lists": lambda a: tuple(a.tolist()),
    "list of arrays": list,
    "int64": lambda a: a.astype(np.int64),
    "int8": lambda a: a.astype(np.int8),
    "float16": lambda a: a.astype(np.float16),
    "float32": lambda a: a.astype(np.float32),
    "long double": lambda a: a.astype(np.longdouble),
    "big endian": lambda a: a.astype(">f8"),
    "Fortran": np.asfortranarray,
    "read-only": locked,
    "non-contiguous": strided,
    "negative strides": lambda a: a[::-1].copy()[::-1],
    "objects": lambda a: a.astype(object),
    "Fractions": lambda a: [[Fraction(v) for v in row] for row in a] if a.ndim == 2 else [Fraction(v) for v in a],
    "Decimals": lambda a: [[Decimal(v) for v in row] for row in a] if a.ndim == 2 else [Decimal(v) for v in a],
    "nothing masked": lambda a: np.ma.array(a, mask=False),
    "pandas": lambda a: pd.DataFrame(a, columns=["a", "b"]) if a.ndim == 2 else pd.Series(a),
    "pandas nullable": lambda a: (pd.DataFrame if a.ndim == 2 else pd.Series)(a).astype("Float64"),
    "pandas Int64": lambda a: (pd.DataFrame if a.ndim == 2 else pd.Series)(a).astype("Int64"),
    "pandas arrow": lambda a: (pd.DataFrame if a.ndim == 2 else pd.Series)(a).astype("double[pyarrow]"),
}


@pytest.mark.parametrize("form", SAME)
def test_accepted_forms_hold_the_same_numbers(form):
    given_X, given_y = SAME[form](X), SAME[form](y)
    before = copy.deepcopy(given_X), copy.deepcopy(given_y)
    data = as_dataset(given_X, given_y)
    np.testing.assert_array_equal(data.X, X)
    np.testing.assert_array_equal(data.y, y)
    assert (data.n, data.d) == (3, 2)
    for array in (data.X, data.y):
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        assert not array.flags.writeable
        assert type(array) is np.ndarray
    np.testing.assert_array_equal(np.asarray(given_X, dtype=float), np.asarray(before[0], dtype=float))
    np.testing.assert_array_equal(np.asarray(given_y, dtype=float), np.asarray(before[1], dtype=float))


def test_data_is_a_copy():
    mine = X.copy()
    data = as_dataset(mine, y)
    mine[0, 0] = 99.0
    assert data.X[0, 0] == 1.0
    assert mine.flags.writeable


@pytest.mark.parametrize("column", [y[:, None], y[:, None].tolist(), pd.DataFrame({"t": y})])
def test_labels_may_be_a_column(column):
    np.testing.assert_array_equal(as_dataset(X, column).y, y)


def test_booleans_are_zero_and_one():
    data = as_dataset([[True, False], [True, True]], [False, True])
    np.testing.assert_array_equal(data.X, [[1, 0], [1, 1]])
    np.testing.assert_array_equal(data.y, [0, 1])
    frame = FRAME.assign(flag=pd.array([True, False, True], dtype="boolean"))
    np.testing.assert_array_equal(as_dataset(frame, y).X[:, 2], [1, 0, 1])


def test_pandas_names_are_kept():
    data = as_dataset(FRAME, pd.Series(y, name="yield"))
    assert data.features == ("age", "size")
    assert data.target == "yield"
    assert as_dataset(FRAME, y).target is None
    assert as_dataset(X, y).features is None
    assert as_dataset(pd.DataFrame(X), y).features == ("0", "1")


def test_columns_of_a_frame_do_not_round_each_other():
    big = 2**53 + 2
    data = as_dataset(pd.DataFrame({"a": [big], "b": [0.5]}), [1])
    assert data.X[0, 0] == big
    with pytest.raises(InvalidValueError, match=r"'a'.*9007199254740993"):
        as_dataset(pd.DataFrame({"a": [2**53 + 1], "b": [0.5]}), [1])


def test_magnitude_is_not_checked():
    extreme = np.array([[5e-324, 1e-150], [1e150, 1.7e308]])
    np.testing.assert_array_equal(as_dataset(extreme, [1e-300, 1e300]).X, extreme)


@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint64, np.int32, np.bool]),
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=5),
        fill=st.nothing(),
    )
)
@settings(deadline=None, max_examples=300)
def test_a_number_is_kept_exactly_or_refused(array):
    finite = array.dtype.kind != "f" or bool(np.isfinite(array).all())
    exact = array.dtype.kind != "f" and all(int(float(int(v))) == int(v) for v in array.flat)
    if array.dtype.kind == "f":
        exact = finite
    if not exact:
        with pytest.raises(InvalidValueError):
            as_features(array)
        return
    result = as_features(array)
    assert all(Fraction(float(a)) == Fraction(b.item()) for a, b in zip(result.flat, array.flat, strict=True))
    np.testing.assert_array_equal(as_features(array.tolist()), result)


NOT_FLOATS = {
    "odd integer": ([[2**53 + 1, 1]], "9007199254740993"),
    "in an int64 array": (np.array([[0, 2**63 - 1]]), r"X\[0, 1\] is 9223372036854775807"),
    "next to a float": ([[0.5, 2**53 + 1]], r"X\[0, 1\] is 9007199254740993"),
    "next to a negative": ([[2**63 + 1, -1]], "9223372036854775809"),
    "beyond int64": ([[2**70 + 1]], r"X\[0, 0\]"),
    "beyond float64": ([[10**400]], "float64"),
    "beyond what Python writes": ([[10**5000]], "a huge int"),
    "a third": ([[Fraction(1, 3)]], "1/3"),
    "a tenth": ([[Decimal("0.1")]], "0.1"),
    "long double": (np.array([[np.longdouble(1) / 3]]), "float64"),
}


@pytest.mark.parametrize("case", NOT_FLOATS)
def test_nothing_is_rounded_silently(case):
    bad, words = NOT_FLOATS[case]
    with pytest.raises(InvalidValueError, match=words) as caught:
        as_features(bad)
    assert "rounded silently" in str(caught.value)


def test_large_integers_that_are_floats_are_kept():
    values = [[2**53 + 2, -(2**63)], [2**70, 2**63 - 1024]]
    assert [[int(v) for v in row] for row in as_features(values)] == values
    np.testing.assert_array_equal(as_features(np.array([[-(2**63)]])), [[-(2.0**63)]])


def spoiled(value, dtype=float):
    out = X.astype(dtype)
    out[1, 1] = value
    return out


REFUSED = {
    # name: (X, y, class, what the message says)
    "nan": (spoiled(np.nan), y, InvalidValueError, r"X\[1, 1\] is nan"),
    "inf": (spoiled(np.inf), y, InvalidValueError, r"X\[1, 1\] is inf"),
    "nan in y": (X, [1, np.nan, np.nan], InvalidValueError, r"y\[1\] is nan, the first of 2"),
    "nan in a frame": (FRAME.where(FRAME > 0), y, InvalidValueError, r"X\[1, 1\] \(column 'size'\) is nan"),
    "masked": (np.ma.masked_less(X, 0), y, InvalidValueError, r"X\[1, 1\] is masked \(1 masked of 6\)"),
    "masked rows": ([np.ma.masked_less(row, 0) for row in X], y, InvalidValueError, r"X\[1, 1\] is masked"),
    "masked y": (X, np.ma.masked_less(y, 0), InvalidValueError, r"y\[2\] is masked"),
    "1-D": ([1, 2, 3], y, InvalidValueError, r"shape \(3,\).*reshape\(-1, 1\)"),
    "series for X": (FRAME["age"], y, InvalidValueError, r"to_frame"),
    "3-D": (np.ones((3, 2, 2)), y, InvalidValueError, r"shape \(3, 2, 2\)"),
    "number for X": (3.0, y, InvalidValueError, "single number"),
    "empty": ([], [], InvalidValueError, "empty"),
    "no rows": (np.ones((0, 2)), [], InvalidValueError, r"empty \(shape \(0, 2\)\)"),
    "no columns": (np.ones((3, 0)), y, InvalidValueError, r"empty \(shape \(3, 0\)\)"),
    "empty frame": (FRAME.iloc[:0], [], InvalidValueError, "empty"),
    "empty y": (X, [], InvalidValueError, "y is empty"),
    "complex": (X + 0j, y, InvalidTypeError, r"complex128"),
    "complex entry": ([[1, 2j]], [1], InvalidTypeError, r"X\[0, 1\] is 2j"),
    "complex y": (X, y * 1j, InvalidTypeError, "y is complex"),
    "text": (np.array([["a", "b"]]), [1], InvalidTypeError, r"text.*'a'"),
    "text in a list": ([[1, "b"]], [1], InvalidTypeError, r"X\[0, 1\] is 'b', a str"),
    "text as objects": (spoiled("b", object), y, InvalidTypeError, r"X\[1, 1\] is 'b', a str"),
    "numbers as text": ([["1", "2"]], [1], InvalidTypeError, "a str"),
    "StringDType": (np.array([["a"]], dtype=np.dtypes.StringDType()), [1], InvalidTypeError, "text"),
    "bytes": (np.array([[b"a"]]), [1], InvalidTypeError, "text"),
    "text in y": (X, ["u", "v", "w"], InvalidTypeError, r"y\[0\] is 'u'"),
    "text column": (FRAME.assign(kind=["u", "v", "w"]), y, InvalidTypeError, "column 'kind' of X"),
    "text in y series": (FRAME, pd.Series(["u", "v", "w"], name="t"), InvalidTypeError, "column 't' of y"),
    "category": (
        FRAME.assign(kind=pd.Categorical(["u", "v", "w"])),
        y,
        InvalidTypeError,
        "'kind'.*categorical",
    ),
    "dates": (np.array([["2020-01-01"]], dtype="M8[D]"), [1], InvalidTypeError, "dates"),
    "date column": (FRAME.assign(day=pd.date_range("2020", periods=3)), y, InvalidTypeError, "'day'.*dates"),
    "durations": (np.array([[1]], dtype="m8[s]"), [1], InvalidTypeError, "time differences"),
    "records": (np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), [1], InvalidTypeError, "records"),
    "None entry": ([[1, None]], [1], InvalidTypeError, r"X\[0, 1\] is None"),
    "None for X": (None, y, InvalidTypeError, "X is None"),
    "None for y": (X, None, InvalidTypeError, "y is None"),
    "NA": (
        FRAME.assign(b=pd.array([1, None, 3], dtype="Int64")),
        y,
        InvalidValueError,
        "'b'.*missing.*row 1",
    ),
    "NA in y": (X, pd.Series([1, None, 3], dtype="Float64"), InvalidValueError, "missing.*row 1"),
    "NA as object": (np.array([[pd.NA, 1]], dtype=object), [1], InvalidValueError, r"X\[0, 0\] is nan"),
    "too few labels": (X, [1, 2], InvalidValueError, "X has 3 rows and y has 2 entries"),
    "transposed": (X.T, y, InvalidValueError, r"X\.T"),
    "two targets": (X, np.ones((3, 2)), InvalidValueError, r"y has shape \(3, 2\).*one column"),
    "row of labels": (X, y[None, :], InvalidValueError, r"y has shape \(1, 3\).*ravel"),
    "number for y": (X, 1.0, InvalidValueError, "single number"),
    "sparse matrix": (scipy.sparse.csr_matrix(X), y, InvalidTypeError, r"sparse.*X\.toarray\(\)"),
    "sparse array": (scipy.sparse.coo_array(X), y, InvalidTypeError, r"X\.toarray\(\)"),
    "sparse y": (X, scipy.sparse.csr_array(y[None]), InvalidTypeError, r"y\.toarray\(\)"),
    "ragged": ([[1, 2], [1, 2], [3]], y, InvalidValueError, r"X\[0\] has 2 entries and X\[2\] has 1"),
    "path": ("data.csv", y, InvalidTypeError, "extremal.data.read"),
    "dict": ({"a": [1]}, y, InvalidTypeError, "dict"),
    "generator": ((row for row in X), y, InvalidTypeError, "generator"),
    "shuffled index": (FRAME, pd.Series(y).iloc[::-1], InvalidValueError, "different orders"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_what_was_given(case):
    bad_X, bad_y, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words) as caught:
        as_dataset(bad_X, bad_y)
    assert isinstance(caught.value, ExtremalError)
    assert isinstance(caught.value, ValueError if kind is InvalidValueError else TypeError)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_dataset_is_data():
    data = as_dataset(FRAME, y)
    assert as_dataset(data) is data
    assert as_features(data) is data.X
    relabelled = as_dataset(data, [1, 1, 1])
    assert relabelled.features == data.features
    np.testing.assert_array_equal(relabelled.y, [1, 1, 1])


def test_names_are_checked():
    with pytest.raises(InvalidValueError, match="1 feature names"):
        Dataset(X, y, ["a"])
    with pytest.raises(InvalidTypeError, match="strings"):
        Dataset(X, y, "ab")


def test_repr_is_short():
    assert repr(as_dataset(X, y)) == "Dataset(n=3, d=2)"
    wide = Dataset(np.ones((2, 300)), [1, 2], [f"c{i}" for i in range(300)])
    assert len(repr(wide)) < 100


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda data: pickle.loads(pickle.dumps(data))])
def test_copies_stay_read_only(again):
    data = again(as_dataset(FRAME, pd.Series(y, name="t")))
    assert not data.X.flags.writeable
    assert (data.features, data.target) == (("age", "size"), "t")
    np.testing.assert_array_equal(data.X, X)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_standardised_columns(scale):
    rng = np.random.default_rng(0)
    raw = np.column_stack([rng.normal(size=50) * scale + 3 * scale, np.full(50, 7.0)])
    data = Dataset(raw, np.arange(50.0), ["a", "bias"]).standardised()
    assert abs(data.X[:, 0].mean()) < 1e-14
    assert abs(data.X[:, 0].var() - 1) < 1e-14
    np.testing.assert_array_equal(data.X[:, 1], 7.0)
    assert data.features == ("a", "bias")


def test_directions():
    assert as_directions([1, 2], 2).shape == (2,)
    assert as_directions(np.ones((4, 3, 2)), 2).shape == (4, 3, 2)
    assert as_directions(np.ones((0, 2)), 2).shape == (0, 2)
    mine = np.ones(2)
    as_directions(mine, 2)[0] = 5.0
    assert mine[0] == 1.0
    with pytest.raises(InvalidValueError, match=r"shape \(3,\); expected \(\.\.\., 2\)"):
        as_directions([1, 2, 3], 2)
    with pytest.raises(InvalidValueError, match=r"w\.T"):
        as_directions(np.ones((2, 5)), 2)
    with pytest.raises(InvalidValueError, match=r"shape \(\)"):
        as_directions(1.0, 1)
    with pytest.raises(InvalidValueError, match=r"w\[1\] is nan"):
        as_directions([1, np.nan], 2)


def test_examples():
    three = three_points()
    np.testing.assert_array_equal(three.X, [[-0.75, 1], [-0.5, 1], [0.125, 1]])
    np.testing.assert_array_equal(three.y, [1.1, 0.1, 0.8])
    assert three.features == ("x", "bias")


def test_examples_of_scikit_learn():
    raw = iris(standardise=False)
    assert (raw.n, raw.d) == (150, 4)
    assert sorted(set(raw.y)) == [-1, 0, 1]
    np.testing.assert_array_equal(np.bincount(raw.y.astype(int) + 1), [50, 50, 50])
    assert raw.features == ("sepal length", "sepal width", "petal length", "petal width")
    np.testing.assert_allclose(iris().X.std(axis=0), 1)
    assert set(iris(labels=(5, 5, 7)).y) == {5, 7}
    with pytest.raises(InvalidValueError, match="three"):
        iris(labels=(0, 1))
    sugar = diabetes()
    assert (sugar.n, sugar.d) == (442, 5)
    assert sugar.features == ("bmi", "bp", "s1", "s2", "s3")
    assert abs(sugar.y.mean()) < 1e-10
    assert diabetes(centre=False).y.min() == 25
    assert diabetes([0, 9]).features == ("age", "s6")
    np.testing.assert_allclose(diabetes(standardise=True).X.std(axis=0), 1)
    with pytest.raises(InvalidValueError, match="0 to 9"):
        diabetes([10])


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match=r"pip install scikit-learn") as caught:
        iris()
    assert isinstance(caught.value, ExtremalError)


def test_import_loads_no_tables_or_figures():
    code = (
        "import sys, extremal.data; extremal.data.as_dataset([[1.0]], [1.0]); "
        "print([m for m in ('pandas', 'matplotlib', 'sklearn', 'rich', 'pyarrow') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_pandas_that_is_still_being_imported(monkeypatch):
    """By another thread: the module is there, and its classes are not."""
    monkeypatch.setitem(sys.modules, "pandas", types.ModuleType("pandas"))
    assert as_dataset([[1.0, 0.0]], [1.0]).n == 1
