"""Readers: the same table from every format, and errors that name the column and the way out."""

import numpy as np
import pandas as pd
import pytest

from extremal.data import read
from extremal.errors import ExtremalError, InvalidTypeError, InvalidValueError, MissingFileError

RNG = np.random.default_rng(7)
TABLE = pd.DataFrame(RNG.normal(size=(20, 3)) * [1e-9, 1.0, 1e9], columns=["length", "width", "yield"])


@pytest.fixture(params=["csv", "csv.gz", "parquet", "npz"])
def stored(request, tmp_path):
    path = tmp_path / f"table.{request.param}"
    if request.param == "parquet":
        TABLE.to_parquet(path)
    elif request.param == "npz":
        np.savez(path, **{name: TABLE[name].to_numpy() for name in TABLE})
    else:
        TABLE.to_csv(path, index=False)
    return path


def write(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("target", ["yield", 2, -1, "2", "-1"])
def test_every_format_gives_the_same_bits(stored, target):
    data = read(stored, target)
    np.testing.assert_array_equal(data.X, TABLE[["length", "width"]].to_numpy())
    np.testing.assert_array_equal(data.y, TABLE["yield"].to_numpy())
    assert data.features == ("length", "width")
    assert data.target == "yield"


def test_features_choose_and_order(stored):
    data = read(str(stored), "length", ["yield", 1])
    assert data.features == ("yield", "width")
    np.testing.assert_array_equal(data.X[:, 0], TABLE["yield"].to_numpy())
    assert read(stored, "yield", drop=["length"]).features == ("width",)


def test_a_missing_column_has_a_neighbour(stored):
    with pytest.raises(InvalidValueError, match=r"no column 'Yeild' .*did you mean 'yield'"):
        read(stored, "Yeild")
    with pytest.raises(InvalidValueError, match=r"'qqq'.*'length', 'width', 'yield'"):
        read(stored, "qqq")
    with pytest.raises(InvalidValueError, match=r"unknown format \.cvs.*did you mean '\.csv'"):
        read("table.cvs", "yield")
    with pytest.raises(InvalidValueError, match=r"feature.*did you mean 'width'"):
        read(stored, "yield", ["widht"])
    with pytest.raises(InvalidValueError, match=r"column 7.*0 to 2"):
        read(stored, 7)


def test_conflicts_of_columns(stored):
    with pytest.raises(InvalidValueError, match="also among the features"):
        read(stored, "yield", ["yield", "width"])
    with pytest.raises(InvalidValueError, match="asked for twice"):
        read(stored, "yield", ["width", "width"])
    with pytest.raises(InvalidValueError, match="to drop"):
        read(stored, "yield", drop=["yield"])
    with pytest.raises(InvalidValueError, match="no feature is left"):
        read(stored, "yield", drop=["length", "width"])
    with pytest.raises(InvalidTypeError, match=r"\['width'\]"):
        read(stored, "yield", "width")
    with pytest.raises(InvalidTypeError, match="True"):
        read(stored, True)
    with pytest.raises(InvalidTypeError, match="no target"):
        read(stored, None)


def test_a_file_without_header(tmp_path):
    path = write(tmp_path, "1,2.5,-1\n3,1e-3,1\n")
    data = read(path, 2)
    np.testing.assert_array_equal(data.X, [[1, 2.5], [3, 1e-3]])
    np.testing.assert_array_equal(data.y, [-1, 1])
    np.testing.assert_array_equal(read(path, -1).X, data.X)
    np.testing.assert_array_equal(read(path, "0").y, [1, 3])
    assert read(path, 0, ["2"]).features == ("2",)


def test_columns_that_are_not_numbers_are_named(tmp_path):
    path = write(tmp_path, "a,kind,place,y\n1,u,here,1\n2,v,there,2\n")
    with pytest.raises(InvalidTypeError, match=r"columns 'kind', 'place' are not numeric.*--drop.*--features"):
        read(path, "y")
    assert read(path, "y", drop=["kind", "place"]).features == ("a",)
    with pytest.raises(InvalidTypeError, match=r"'kind' is not numeric.*another target"):
        read(path, "kind", ["a"])


def test_missing_entries_are_found(tmp_path):
    path = write(tmp_path, "a,b,y\n1,2,1\n2,,2\n")
    with pytest.raises(InvalidValueError, match=r"X\[1, 1\] \(column 'b'\) is nan"):
        read(path, "y")
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "y": [1.0, 2.0]})
    frame.to_parquet(tmp_path / "table.parquet")
    with pytest.raises(InvalidValueError, match="'a'"):
        read(tmp_path / "table.parquet", "y")


def test_integers_are_not_rounded(tmp_path):
    path = write(tmp_path, "a,y\n9007199254740993,1\n")
    with pytest.raises(InvalidValueError, match=r"'a'.*9007199254740993"):
        read(path, "y")
    path = write(tmp_path, "a,flag,y\n9007199254740994,True,1\n5,False,1\n")
    np.testing.assert_array_equal(read(path, "y").X, [[9007199254740994, 1], [5, 0]])


def test_a_saved_index_is_not_a_feature(tmp_path):
    TABLE.to_csv(tmp_path / "table.csv")
    with pytest.raises(InvalidValueError, match=r"no name in its header for column 0.*index=False"):
        read(tmp_path / "table.csv", "yield")


BROKEN = {
    "empty file": ("", "cannot be read as csv"),
    "semicolons": ("a;b;y\n1;2;3\n", "commas"),
    "ragged": ("a,b,y\n1,2,3\n1,2,3,4,5\n", "cannot be read as csv"),
    "wide rows": ("a,y\n1,2,3\n4,5,6\n", "more entries than its header"),
    "header only": ("a,y\n", "empty"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_csv(tmp_path, case):
    text, words = BROKEN[case]
    with pytest.raises(ExtremalError, match=words) as caught:
        read(write(tmp_path, text), "y")
    assert "\n" not in str(caught.value)


def test_files_that_are_not_there(tmp_path):
    write(tmp_path, "a,y\n1,2\n")
    with pytest.raises(MissingFileError, match=r"did you mean 'table\.csv'"):
        read(tmp_path / "tabel.csv", "y")
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nowhere" / "q.csv", "y")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InvalidValueError, match="directory"):
        read(tmp_path / "folder.csv", "y")


@pytest.mark.parametrize("name", ["table.xlsx", "table", "table.txt"])
def test_unknown_formats(tmp_path, name):
    with pytest.raises(InvalidValueError, match=r"unknown format.*\.csv, .*\.npz, \.parquet"):
        read(write(tmp_path, "a", name), "y")


@pytest.mark.parametrize("suffix", ["npz", "parquet", "csv.gz"])
def test_files_of_another_kind(tmp_path, suffix):
    with pytest.raises(InvalidValueError, match="cannot be read as"):
        read(write(tmp_path, "this is text", f"table.{suffix}"), "y")


def test_npz_with_X_and_y(tmp_path):
    X, y = RNG.normal(size=(6, 3)), RNG.normal(size=6)
    path = tmp_path / "data.npz"
    np.savez(path, X=X, y=y)
    for target in (None, "y"):
        data = read(path, target)
        np.testing.assert_array_equal(data.X, X)
        np.testing.assert_array_equal(data.y, y)
        assert data.target == "y"
    assert read(path, None, ["2", "0"]).features == ("2", "0")
    np.savez(path, X=X, y=y[:, None], features=["a", "b", "c"])
    data = read(path, None)
    assert data.features == ("a", "b", "c")
    np.testing.assert_array_equal(data.y, y)


def test_npz_with_a_matrix_and_a_label(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, points=np.arange(6).reshape(3, 2), label=[1, -1, 1], w=np.ones(2))
    with pytest.raises(InvalidValueError, match=r"'w' has 2 entries.*--drop"):
        read(path, "label")
    data = read(path, "label", drop=["w"])
    np.testing.assert_array_equal(data.X, [[0, 1], [2, 3], [4, 5]])
    np.savez(path, table=np.arange(6).reshape(2, 3))
    np.testing.assert_array_equal(read(path, -1).y, [2, 5])


def test_npz_that_cannot_be_used(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, X=np.ones((2, 2, 2)), y=[1, 2])
    with pytest.raises(InvalidValueError, match=r"'X'.*shape \(2, 2, 2\)"):
        read(path, "y")
    np.savez(path, X=np.array([[1, "a"]], dtype=object), y=[1])
    with pytest.raises(InvalidValueError, match="cannot be read as npz"):
        read(path, "y")
    np.savez(path, X=np.ones((2, 2)), y=[1, 2], features=["a"])
    with pytest.raises(InvalidValueError, match="1 names in 'features' for the 2 columns"):
        read(path, "y")
