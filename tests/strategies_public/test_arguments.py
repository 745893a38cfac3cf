"""Options of `extremal.strategies`: refused at the call, or at the draw of a strategy; and the missing package."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from extremal.errors import InvalidTypeError, InvalidValueError
from extremal.strategies import datasets, directions, laws, networks


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: datasets(n=0), InvalidValueError, r"n is 0; expected a number of samples, 1 or more"),
        (lambda: datasets(n=2.0), InvalidTypeError, r"n is 2\.0 of type float"),
        (lambda: datasets(d=True), InvalidTypeError, r"d is True"),
        (lambda: datasets(n=(1, 5)), InvalidTypeError, r"n is \(1, 5\).*st\.integers\(least, most\)"),
        (lambda: datasets(kind="duplicate"), InvalidValueError, r"did you mean 'duplicates'\?"),
        (lambda: datasets(kind="Zero_Labels"), InvalidValueError, r"did you mean 'zero labels'\?"),
        (lambda: datasets(kind="xyz"), InvalidValueError, r"expected one of 'integers', 'general'.*strategy of them$"),
        (lambda: datasets(kind=["general"]), InvalidTypeError, r"kind is \['general'\]"),
        (lambda: datasets(kind="orthogonal", n=3, d=2), InvalidValueError, r"n = 3, d = 2; expected n ≤ d: choose"),
        (lambda: datasets(kind="duplicates", n=1), InvalidValueError, r"and n = 1; expected n ≥ 2 and d ≥ 1"),
        (lambda: datasets(kind="walls", d=1), InvalidValueError, r"and d = 1; expected n ≥ 2 and d ≥ 2"),
        (lambda: datasets(kind="general", n=100, d=5), InvalidValueError, r"expected at most 5000 choices"),
        (lambda: datasets(elements=np.nan), InvalidValueError, r"elements is nan; expected a finite real number"),
        (lambda: datasets(elements=[1.0, 2.0]), InvalidTypeError, r"pass st\.sampled_from\(values\)"),
        (lambda: datasets(labels="one"), InvalidTypeError, r"labels is 'one'"),
        (lambda: directions(d=0), InvalidValueError, r"d is 0; expected a dimension"),
        (lambda: networks(m=-1), InvalidValueError, r"m is -1; expected a number of neurons"),
        (lambda: networks(scale=0.0), InvalidValueError, r"scale is 0\.0; expected a number from 1e-100 to 1e100"),
        (lambda: networks(scale=1e200), InvalidValueError, r"scale is 1e\+200"),
        (lambda: networks(dominated=1), InvalidTypeError, r"dominated is 1; expected True, False, None"),
        (lambda: laws(name="gausian"), InvalidValueError, r"did you mean 'gaussian'\?"),
        (lambda: laws(teacher="relu"), InvalidValueError, r"did you mean 'relu5'\?"),
        (lambda: laws(noise=-1.0), InvalidValueError, r"noise is -1\.0; expected a standard deviation, 0 or more"),
    ],
)
def test_refused_at_the_call(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (datasets(n=st.just(0)), "a draw of n is 0"),
        (datasets(kind=st.just("zeros")), "a draw of kind is 'zeros'"),
        (datasets(labels=st.just(np.inf)), "a draw of labels is inf"),
        (datasets(n=st.just(100), d=5, kind="general"), "n = 100 and d = 5 were drawn"),
        (networks(scale=st.just(-1.0)), "a draw of scale is -1.0"),
        (networks(dominated=st.just("yes")), "a draw of dominated is 'yes'"),
        (laws(teacher=st.just("none")), "a draw of teacher is 'none'"),
    ],
)
def test_refused_at_the_draw(strategy, message):
    @settings(max_examples=2)
    @given(strategy)
    def check(_):
        pass

    with pytest.raises((InvalidValueError, InvalidTypeError), match=message):
        check()


@pytest.mark.parametrize("function", [datasets, directions, networks, laws])
def test_options_are_keywords(function):
    with pytest.raises(TypeError, match="positional"):
        function(2)


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ({"kind": "orthogonal", "n": 6}, lambda X: len(X) == 6 <= X.shape[1]),
        ({"kind": "orthogonal", "n": st.integers(5, 6)}, lambda X: 5 <= len(X) <= X.shape[1]),
        ({"kind": "orthogonal", "n": 3, "d": st.integers(1, 5)}, lambda X: len(X) == 3 <= X.shape[1]),
        ({"kind": "orthogonal", "d": 2}, lambda X: len(X) <= X.shape[1] == 2),
        ({"kind": "orthogonal", "n": st.integers(1, 5), "d": st.integers(1, 5)}, lambda X: len(X) <= X.shape[1]),
        ({"kind": "duplicates", "n": st.integers(1, 3)}, lambda X: 2 <= len(X) <= 3),
        ({"kind": "walls"}, lambda X: min(X.shape) >= 2),
        ({"n": 1, "d": 1}, lambda X: X.shape == (1, 1)),
        ({"n": 60, "d": 5}, lambda X: X.shape == (60, 5)),
        ({"n": np.int64(2), "d": st.just(7)}, lambda X: X.shape == (2, 7)),
        ({"n": st.integers(5, 8), "d": 2}, lambda X: 5 <= len(X) <= 8),
        ({"kind": st.sampled_from(["walls", "orthogonal"]), "n": 3, "d": 2}, lambda X: X.shape == (3, 2)),
    ],
)
def test_sizes_and_kinds_fit_each_other(options, condition):
    @settings(max_examples=10)
    @given(datasets(**options))
    def check(data):
        assert condition(data[0])

    check()


def test_a_strategy_of_kinds():
    kinds = st.sampled_from(["zero rows", "zero labels"])
    X, y = find(datasets(kind=kinds), lambda data: not data[1].all(), settings=settings(database=None))
    assert X.any(axis=1).all()
    assert np.array_equal(y, [0.0])


def test_without_hypothesis_the_message_says_what_to_do():
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import extremal\n"
        "try:\n    import extremal.strategies\n"
        "except ImportError as error:\n"
        "    assert isinstance(error, extremal.ExtremalError) and type(error) is not ImportError\n"
        "    sys.stdout.write(str(error))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install hypothesis" in done.stdout
