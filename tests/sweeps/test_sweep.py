"""The table: what is called with what, seeds, kinds of values, failed rows, and arguments that cannot be used."""

import dataclasses
import enum
import functools
import math
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import extremal
from extremal.data import three_points
from extremal.errors import ExtremalError, InvalidTypeError, InvalidValueError
from extremal.sweeps import sweep
from extremal.sweeps._encoding import decode, encode
from extremal.sweeps._identity import canonical_text
from tests.sweeps.tasks import GRID, bits, draw


def test_rows_are_the_product_in_order_with_repetitions():
    table = sweep(lambda a, b: 10 * a + b, {"a": [1, 2], "b": np.arange(2)}, repetitions=2)
    assert list(table.columns) == [
        *("a", "b", "repetition", "seed", "value", "status", "error", "traceback", "seconds", "version")
    ]
    assert table["value"].tolist() == [10, 10, 11, 11, 20, 20, 21, 21]
    assert table["repetition"].tolist() == [0, 1] * 4
    assert table["status"].tolist() == ["done"] * 8
    assert table["version"].tolist() == [extremal.__version__] * 8
    assert (table["seconds"] >= 0).all()
    assert table["error"].tolist() == table["traceback"].tolist() == [None] * 8
    assert table["seed"].is_unique


def test_each_row_is_reproduced_by_its_seed_alone():
    table = sweep(draw, GRID, repetitions=2)
    for _, row in table.iterrows():
        again = draw(row.n, row.scale, row.kind, rng=np.random.default_rng(row.seed))
        assert again["mean"] == row["mean"]
        assert again["big"] == row["big"]


def test_seeds_depend_on_the_parameters_and_on_nothing_else():
    def seeds(grid, **kwargs):
        table = sweep(lambda **parameters: 0, grid, **kwargs)
        return {(row.a, row.b, row.repetition): row.seed for row in table.itertuples()}

    small = seeds({"a": [1, 2], "b": ["x"]})
    large = seeds({"b": ["y", "x"], "a": [2, 3, 1]}, repetitions=3)
    assert small.items() <= large.items()
    listed = seeds([{"b": "x", "a": np.int64(2)}, {"a": 1, "b": np.str_("x")}])
    assert listed == small
    assert seeds(pd.DataFrame({"a": [1, 2], "b": ["x", "x"]})) == small
    assert not set(seeds({"a": [1, 2], "b": ["x"]}, seed=1).values()) & set(small.values())
    assert len(set(large.values())) == len(large) == 18
    # pinned: another value would make every published table another
    assert small[1, "x", 0] == 8592303328841956775


def test_a_task_without_rng_is_called_without():
    assert sweep(lambda a: a, {"a": [3]})["value"].tolist() == [3]
    assert sweep(lambda a, **more: sorted(more)[0], {"a": [3]})["value"].tolist() == ["rng"]
    assert sweep(functools.partial(lambda a, b, rng: a + b, b=2), {"a": [3]})["value"].tolist() == [5]
    assert sweep(max, [{}]).status[0] == "failed"  # a builtin without a signature
    assert len(sweep(lambda rng: rng.random(), {}, repetitions=3)["value"].unique()) == 3


def test_points_may_have_different_names():
    grid = [{"law": "student", "df": 3}, {"law": "sphere"}]
    table = sweep(lambda law, df=None: {"moment": math.inf} if df else {"radius": 2}, grid)
    assert table["df"].tolist() == [3, pd.NA]
    assert str(table["df"].dtype) == "Int64"
    assert np.isnan(table["moment"][1])
    assert table["radius"].tolist() == [pd.NA, 2]


@pytest.mark.parametrize("grid", [[], {"a": []}])
def test_an_empty_grid_is_an_empty_table(grid, tmp_path):
    for store in (None, tmp_path / "s"):
        table = sweep(lambda a=0: a, grid, store=store)
        assert len(table) == 0
        assert list(table.columns)[-3:] == ["traceback", "seconds", "version"]


class Colour(enum.StrEnum):
    RED = "red"


class Rank(enum.IntEnum):
    ONE = 1


VALUES = {
    "float": (0.1, float, np.float64),
    "float32": (np.float32(0.1), float, np.float64),
    "exact long double": (np.longdouble(0.5), float, np.float64),
    "0-d array": (np.array(2.5), float, np.float64),
    "minus zero": (-0.0, float, np.float64),
    "infinity": (-math.inf, float, np.float64),
    "int": (-5, int, np.int64),
    "uint8": (np.uint8(200), int, np.int64),
    "smallest": (-(2**63), int, np.int64),
    "uint64": (np.uint64(2**64 - 1), int, object),
    "huge": (-(10**6000), int, object),
    "bool": (True, bool, np.bool),
    "numpy bool": (np.False_, bool, np.bool),
    "complex": (1 - 0j, complex, np.complex128),
    "str": ("é\x00\ud800", str, object),
    "enum of strings": (Colour.RED, str, object),
    "enum of integers": (Rank.ONE, int, np.int64),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_keep_their_bits_with_and_without_a_store(kind, tmp_path):
    value, type_, dtype = VALUES[kind]
    table = sweep(lambda: value, {})
    assert table["status"].tolist() == ["done"]
    assert table["value"].dtype == dtype
    kept = table["value"].tolist()[0]
    assert type(kept) is type_
    assert kept == value
    if type_ in (float, complex):
        assert np.complex128(kept).tobytes() == np.complex128(value).tobytes()
    first, again = (sweep(lambda: value, {}, store=tmp_path / "s") for _ in range(2))
    assert bits(first) == bits(again)
    assert bits(first)[1]["value"] == bits(table)[1]["value"]


@given(
    st.dictionaries(
        st.text(),
        st.one_of(
            st.floats(),
            st.integers(),
            st.booleans(),
            st.none(),
            st.text(st.characters()),
            st.complex_numbers(allow_nan=False),
        ),
    )
)
def test_the_text_in_a_store_is_exact(results):
    columns = ["done", encode(results), None, None, 0.5, "1"]
    back = decode(columns).results
    assert list(back) == list(results)
    assert [repr(value) for value in back.values()] == [repr(value) for value in results.values()]


def test_every_nan_is_one_nan(tmp_path):
    odd = np.array([0xFFF8000000000001], dtype=np.uint64).view(np.float64)[0]
    for store in (None, tmp_path / "s"):
        table = sweep(lambda: {"x": odd, "z": complex(0, odd)}, {}, store=store)
        assert table["x"].to_numpy().tobytes() == np.float64(math.nan).tobytes()
        assert table["z"].to_numpy().tobytes() == np.complex128(complex(0, math.nan)).tobytes()


def test_columns_of_several_kinds():
    values = {
        "mixed": [1, 0.5],
        "rounded": [2**53 + 1, 0.5],
        "flags": [True, None],
        "counts": [2**62 + 1, None],
        "reals": [0.5, None],
        "words": ["a", 1],
        "nothing": [None, None],
    }
    table = sweep(lambda i: {name: pair[i] for name, pair in values.items()}, {"i": [0, 1]})
    dtypes = {name: str(table[name].dtype) for name in values}
    assert dtypes == {
        "mixed": "float64",
        "rounded": "object",
        "flags": "boolean",
        "counts": "Int64",
        "reals": "float64",
        "words": "object",
        "nothing": "object",
    }
    assert table["counts"][0] == 2**62 + 1
    assert table["rounded"][0] == 2**53 + 1


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError


def raises(i):
    if i == 0:
        raise ValueError("no\ud800")
    if i == 1:
        sys.exit(3)
    if i == 2:
        raise Unprintable
    if i == 3:
        raise KeyError
    return i


def test_an_exception_is_a_row(tmp_path):
    tables = [sweep(raises, {"i": range(5)}, store=store) for store in (None, tmp_path / "s", tmp_path / "s")]
    assert bits(tables[0]) == bits(tables[1]) == bits(tables[2])
    table = tables[0]
    assert table["status"].tolist() == ["failed"] * 4 + ["done"]
    assert table["error"].tolist() == ["ValueError: no\\ud800", "SystemExit: 3", "Unprintable", "KeyError", None]
    assert "in raises" in table["traceback"][0]
    assert 'raise ValueError("no' in table["traceback"][0]
    assert "_tasks.py" not in table["traceback"][0]
    assert table["value"].tolist() == [pd.NA] * 4 + [4]


UNUSABLE = {
    "None": (None, "None"),
    "an array": (np.zeros(3), "shape (3,)"),
    "a list": ([1.0], "'value' of type list"),
    "a Fraction in a dict": ({"x": Fraction(1, 3)}, "'x' of type Fraction"),
    "a rounded long double": (np.longdouble(1) / 3, "longdouble"),
    "a name that is no string": ({1: 2}, "the name 1"),
    "a reserved name": ({"seed": 2}, "'seed', a column"),
    "the name of a parameter": ({"a": 2}, "'a', as a parameter is"),
    "the name of another point's parameter": ({"b": 2}, "'b', as a parameter is"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_no_table_holds_is_a_failed_row(kind):
    value, part = UNUSABLE[kind]
    table = sweep(lambda a, b=0: value, [{"a": 1}, {"a": 2, "b": 1}])
    assert table["status"].tolist() == ["failed"] * 2
    assert part in table["error"][0]
    assert "expected" in table["error"][0]


class NotAnExecutor:
    pass


def task(a, rng):
    return 0


BAD = {
    "task": (lambda: sweep(3, {}), TypeError, "task is 3"),
    "coroutine": (lambda: sweep(coroutine, {}), TypeError, "coroutine"),
    "missing parameter": (lambda: sweep(task, {}), TypeError, "missing a required argument: 'a'"),
    "unknown parameter": (lambda: sweep(task, {"a": [1], "b": [2]}), TypeError, "'b'"),
    "grid": (lambda: sweep(task, 5), TypeError, "grid is 5"),
    "grid of numbers": (lambda: sweep(task, [1]), TypeError, "grid\\[0\\] is 1"),
    "one value": (lambda: sweep(task, {"a": 5}), TypeError, "write \\[5\\]"),
    "one string": (lambda: sweep(task, {"a": "gaussian"}), TypeError, "write \\['gaussian'\\]"),
    "a set": (lambda: sweep(task, {"a": {1, 2}}), TypeError, "sort it"),
    "name": (lambda: sweep(task, {1: [1]}), TypeError, "1 is a name"),
    "reserved": (lambda: sweep(task, {"status": [1]}), ValueError, "'status' is a name"),
    "rng": (lambda: sweep(task, {"a": [1], "rng": [1]}), ValueError, "the sweep passes it"),
    "the same twice": (lambda: sweep(task, {"a": [1, 2, np.int8(1)]}), ValueError, "points 0 and 2 .* repetitions="),
    "lock": (lambda: sweep(task, {"a": [threading.Lock()]}), TypeError, "cannot be identified"),
    "repetitions": (lambda: sweep(task, {"a": [1]}, repetitions=0), ValueError, "repetitions is 0"),
    "seed": (lambda: sweep(task, {"a": [1]}, seed=-1), ValueError, "seed is -1"),
    "seed None": (lambda: sweep(task, {"a": [1]}, seed=None), TypeError, "seed is None"),
    "retry": (lambda: sweep(task, {"a": [1]}, retry=1), TypeError, "retry is 1"),
    "in flight": (lambda: sweep(task, {"a": [1]}, in_flight=0), ValueError, "in_flight is 0"),
    "executor": (lambda: sweep(task, {"a": [1]}, NotAnExecutor()), TypeError, "an object with a method submit"),
    "class": (lambda: sweep(task, {"a": [1]}, ThreadPoolExecutor), TypeError, "an object with a method submit"),
    "closed executor": (lambda: sweep(task, {"a": [1]}, closed()), ValueError, "make a new one"),
}


async def coroutine():
    return 0


def closed():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    return executor


@pytest.mark.parametrize("kind", BAD)
def test_bad_arguments(kind):
    call, builtin, part = BAD[kind]
    with pytest.raises(builtin, match=part) as caught:
        call()
    assert isinstance(caught.value, ExtremalError)


# ---- what makes two parameters the same


@dataclasses.dataclass(frozen=True, eq=False)
class Law:
    d: int
    cov: np.ndarray

    @functools.cached_property
    def root(self):
        return np.linalg.cholesky(self.cov)


class Plain:
    def __init__(self, x):
        self.x = x
        self.f = np.sin

    @functools.cached_property
    def twice(self):
        return 2 * self.x


def text(value):
    return canonical_text({"p": value})


def test_equal_objects_are_one_parameter_and_others_are_not():
    law, same, other = Law(2, np.eye(2)), Law(2, np.eye(2)), Law(2, 2 * np.eye(2))
    assert law.root.shape == (2, 2)
    assert text(law) == text(same) != text(other)
    plain, twin = Plain(1), Plain(1)
    assert plain.twice == 2
    assert text(plain) == text(twin) != text(Plain(1.0))
    assert text(three_points()) == text(three_points())
    word = "".join(["ab", "c"])  # equal to "abc", but another object: their pickles differ
    assert text(["abc", "abc"]) == text(["abc", word])
    assert text({"a": 1, "b": 2}) == text({"b": 2, "a": 1})
    assert text({"é", "a", "b"}) == text({"b", "a", "é"})
    assert text(np.random.default_rng(1)) == text(np.random.default_rng(1)) != text(np.random.default_rng(2))
    frame = pd.DataFrame({"a": [1.5]})
    assert text(frame) == text(frame.copy()) != text(frame + 1)
    loop = []
    loop.append(loop)
    assert "cycle" in text(loop)


def test_functions_are_told_apart_by_what_they_do():
    def make(k):
        return lambda x: k * x

    assert text(np.sin) != text(np.cos)
    assert text(make(1)) == text(make(1)) != text(make(2))
    assert text(lambda x: x + 1) != text(lambda x: x + 2)
    assert text(lambda x, y=1: x) != text(lambda x, y=2: x)
    assert text(lambda x: [i + 1 for i in x]) != text(lambda x: [i + 2 for i in x])
    assert text(functools.partial(max, 1)) != text(functools.partial(max, 2))


def test_kinds_of_plain_values_are_told_apart():
    values = [1, 1.0, True, "1", None, "None", 0.0, -0.0, math.nan, "nan", [1], (1,), {1}, {1: 1}, b"1", 1 + 0j]
    values += [np.array([1]), np.array([1.0]), np.array([[1]]), np.array([1], dtype=object), Colour.RED, "red", 2**64]
    assert len({text(value) for value in values}) == len(values)
    assert text(np.float64(0.1)) == text(0.1)
    assert text(np.float32(0.1)) == text(float(np.float32(0.1)))
    assert text(np.arange(4).reshape(2, 2)[:, ::-1]) == text(np.array([[1, 0], [3, 2]]))


def test_the_form_is_the_same_in_another_process():
    code = "from tests.sweeps.test_sweep import forms; print(*forms())"
    environment = {**os.environ, "PYTHONHASHSEED": "3", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.splitlines() == forms()


def forms():
    return [canonical_text({"law": Law(2, np.eye(2)), "s": {"a", "b", "c"}, "f": np.sin, "g": task, "p": Plain(2)})]


def test_objects_stay_themselves_in_the_table():
    laws = [Law(2, np.eye(2)), Law(3, np.eye(3))]
    table = sweep(lambda law, x: law.d, {"law": laws, "x": [[1, 2]]})
    assert table["law"].tolist() == laws
    assert table["x"].tolist() == [[1, 2]] * 2
    assert table["value"].tolist() == [2, 3]


def test_numpy_scalars_reach_the_task_as_python_numbers():
    table = sweep(lambda a: type(a).__name__, {"a": np.array([1, 2], dtype=np.int8)})
    assert table["value"].tolist() == ["int", "int"]


# ---- manners


def test_progress_goes_to_stderr(capsys, tmp_path):
    sweep(raises, {"i": range(3, 5)}, store=tmp_path / "s")
    sweep(raises, {"i": range(2, 6)}, store=tmp_path / "s", progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    last = err.split("\r")[-1]
    assert "4/4" in last
    assert "failed=2" in last
    assert "2/4" in err.split("\r")[1]
    sweep(raises, {"i": [1]})
    assert capsys.readouterr() == ("", "")


class Latest:
    """An executor of the smallest kind: its futures know result() only."""

    def __init__(self):
        self.most = self.held = 0

    def submit(self, function, *arguments):
        self.held += 1
        self.most = max(self.most, self.held)
        return LateResult(self, function, arguments)


class LateResult:
    def __init__(self, executor, function, arguments):
        self.call = executor, function, arguments

    def result(self):
        executor, function, arguments = self.call
        executor.held -= 1
        return function(*arguments)


def test_the_smallest_executor_serves_and_the_window_is_kept(tmp_path):
    serial = sweep(draw, GRID)
    executor = Latest()
    assert bits(sweep(draw, GRID, executor, in_flight=3)) == bits(serial)
    assert executor.most == 3
    assert bits(sweep(draw, GRID, Latest(), tmp_path / "s")) == bits(serial)


class Backwards:
    """An executor that finishes what came last first."""

    def __init__(self):
        self.held = []

    def submit(self, function, *arguments):
        self.held.append((future := Future(), function, arguments))
        if len(self.held) == 6 or arguments[1] == {"n": 5, "scale": -0.0, "kind": None}:
            for future_, function_, arguments_ in reversed(self.held):
                future_.set_result(function_(*arguments_))
            self.held.clear()
        return future


def test_the_order_of_completion_does_not_matter(tmp_path):
    assert bits(sweep(draw, GRID, Backwards(), tmp_path / "s", in_flight=6)) == bits(sweep(draw, GRID))


@pytest.mark.parametrize("with_store", [False, True])
def test_ctrl_c_keeps_what_is_finished(with_store, tmp_path):
    calls = []

    def interrupted(i):
        calls.append(i)
        if i == 3 and calls.count(3) == 1:
            raise KeyboardInterrupt
        return i

    store = tmp_path / "s" if with_store else None
    with pytest.raises(KeyboardInterrupt) as caught:
        sweep(interrupted, {"i": range(6)}, store=store)
    (note,) = caught.value.__notes__
    assert note.startswith("3 of 6 rows are finished")
    assert "the same call continues" in note
    assert ("lost" in note) != with_store
    table = sweep(interrupted, {"i": range(6)}, store=store)
    assert table["value"].tolist() == list(range(6))
    assert calls.count(2) == 2 - with_store


def test_ctrl_c_keeps_what_threads_have_finished(tmp_path):
    calls = []

    def interrupted(i):
        calls.append(i)
        if i == 3 and calls.count(3) == 1:
            raise KeyboardInterrupt
        return i

    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(KeyboardInterrupt):
            sweep(interrupted, {"i": range(6)}, executor, tmp_path / "s", in_flight=6)
        assert executor.submit(int).result() == 0  # it was not shut down
    table = sweep(interrupted, {"i": range(6)}, store=tmp_path / "s")
    assert table["value"].tolist() == list(range(6))
    assert [calls.count(i) for i in range(3)] == [1, 1, 1]


def test_errors_are_those_of_the_package():
    with pytest.raises(InvalidTypeError):
        sweep(task, {"a": 1})
    with pytest.raises(InvalidValueError):
        sweep(task, {"a": [1, 1]})


def interrupted_while_searching(number):
    """Ctrl-C is pressed in the middle of a computation that would keep what it has found if it ran by itself."""
    import signal
    import threading

    import extremal

    X, y = np.random.default_rng(number).standard_normal((2, 400, 5))
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    return {"status": extremal.find(X, y[:, 0], method="search", time_limit=20.0).status.name}


def test_an_interrupt_ends_the_sweep_and_not_one_task():
    with pytest.raises(KeyboardInterrupt):
        sweep(interrupted_while_searching, {"number": [0, 1]})
