"""Readers of files: csv, npz and parquet to a `Dataset`.

Every reader turns its file into named columns; what is a label, what is a feature and what is an error is
decided after that, in one place. Columns without names are called by their positions, "0", "1", ...
"""

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InvalidTypeError, InvalidValueError, MissingFileError
from ._arguments import did_you_mean, nearest
from ._dataset import Dataset
from ._real import real_array

__all__ = ["read"]

Columns = dict[str, Any]

# Names of files and columns are anything: to be taken for one another they have more in common than options.
NAMES_ALIKE = 0.6


def read(
    path: str | PathLike[str],
    target: str | int | None,
    features: Iterable[str | int] | None = None,
    *,
    drop: Iterable[str | int] = (),
) -> Dataset:
    r"""
    Read a data set from a file.

    Parameters
    ----------
    path : str or path
        A ``.csv`` file (also ``.csv.gz``), with or without a header: a first row of numbers only is data. Or
        a ``.parquet`` file. Or an ``.npz`` file with arrays ``X`` (n, d) and ``y`` (n,); or with arrays of
        length n, of which `target` names one, and matrices (n, k), which count as k columns.
    target : str, int or None
        The column of labels: its name, or its position counted from 0 (from the end if negative). None stands
        for the array ``y`` of an ``.npz`` file.
    features : iterable of str or int, optional
        The columns of X, in this order. By default all columns but the target, in the file's order.
    drop : iterable of str or int, optional
        Columns to leave out.

    Returns
    -------
    Dataset
        The validated data, with the names of its columns.

    Raises
    ------
    MissingFileError
        There is no such file, or it may not be read.
    InvalidValueError
        Unknown format, unreadable file, no such column, missing values.
    InvalidTypeError
        A column that is not numeric, or no target.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from extremal.data import read
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "plants.csv")
    ...     _ = path.write_text("length,width,yield\n1,0.5,3\n2,0.25,-1\n")
    ...     read(path, "yield")
    Dataset(n=2, d=2, features=('length', 'width'), target='yield')
    """
    file = Path(path)
    reader = _reader(file)
    if not file.exists():
        raise MissingFileError(f"there is no file {str(file)!r}{_nearest(file.name, _siblings(file))}")
    try:
        with file.open("rb"):
            pass
        columns = reader(file)
    except IsADirectoryError as error:
        raise InvalidValueError(f"{str(file)!r} is a directory; expected a file") from error
    except PermissionError as error:
        raise MissingFileError(f"{str(file)!r} may not be read: permission denied") from error
    except InvalidValueError:
        raise
    except Exception as error:  # the parsers' own errors are of many kinds
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InvalidValueError(f"{str(file)!r} cannot be read as {file.suffix.lstrip('.')}: {reason}") from error
    return _select(columns, file, target, features, drop)


def _reader(file: Path) -> Callable[[Path], Columns]:
    name = file.name.lower()
    for suffix, reader in _READERS.items():
        if name.endswith(suffix):
            return reader
    raise InvalidValueError(
        f"{str(file)!r} has the unknown format {file.suffix or '(no suffix)'}; expected one of {', '.join(_READERS)}"
        f"{did_you_mean(file.suffix, _READERS)}"
    )


def _read_csv(file: Path) -> Columns:
    import pandas as pd

    first = pd.read_csv(file, header=None, nrows=1, dtype=str, keep_default_na=False, skipinitialspace=True)
    cells = [str(cell).strip() for cell in first.iloc[0]]
    headless = all(_is_number(cell) for cell in cells)
    if not headless:
        # pandas would take what a row has too many for an index, without a word
        row = pd.read_csv(file, header=None, nrows=2, dtype=str, names=range(len(cells) + 1), index_col=False)
        if row.iloc[1:, -1].notna().any():
            raise InvalidValueError(
                f"{str(file)!r} has rows with more entries than its header, which has {len(cells)}: is the "
                "name of the first column missing?"
            )
    # pandas before 3.1 reads decimals with an error in the last bits unless it is asked not to
    old = tuple(int(part) for part in pd.__version__.split(".")[:2]) < (3, 1)
    exact: dict[str, Any] = {"float_precision": "round_trip"} if old else {}
    frame = pd.read_csv(file, header=None if headless else 0, skipinitialspace=True, **exact)
    if not headless and "" in cells:
        j = cells.index("")
        name = frame.columns[j] if frame.shape[1] == len(cells) else "?"
        raise InvalidValueError(
            f"{str(file)!r} has no name in its header for column {j}, like a row index that was saved with "
            "the data: save it without the index (pandas: to_csv(..., index=False)) or name it; pandas "
            f"calls it {name!r}"
        )
    return _frame_columns(frame)


def _read_parquet(file: Path) -> Columns:
    import pandas as pd

    return _frame_columns(pd.read_parquet(file))


def _read_npz(file: Path) -> Columns:
    with np.load(file, allow_pickle=False) as archive:
        if not hasattr(archive, "files"):
            raise InvalidValueError(f"{str(file)!r} holds a single array (npy); expected an npz archive")
        arrays = {name: archive[name] for name in archive.files}
    names = arrays.pop("features", None)
    if names is not None and names.dtype.kind != "U":
        arrays["features"], names = names, None  # an array of numbers that happens to have this name
    matrices = [name for name, array in arrays.items() if array.ndim == 2 and array.shape[1] != 1]
    columns: Columns = {}
    for name, array in arrays.items():
        if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1 and name != "X"):
            columns[name] = array.reshape(-1)
        elif array.ndim == 2:
            alone = name == "X" or len(matrices) == 1
            if names is not None and alone and len(names) != array.shape[1]:
                raise InvalidValueError(
                    f"{str(file)!r} has {len(names)} names in 'features' for the {array.shape[1]} columns of {name!r}"
                )
            for j in range(array.shape[1]):
                label = str(names[j]) if names is not None and alone else str(j) if alone else f"{name}[{j}]"
                if label in columns:
                    raise InvalidValueError(f"{str(file)!r} has two columns called {label!r}")
                columns[label] = array[:, j]
        else:
            raise InvalidValueError(
                f"array {name!r} of {str(file)!r} has shape {array.shape}; expected columns (n,) or matrices (n, k)"
            )
    return columns


_READERS: dict[str, Callable[[Path], Columns]] = {
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".npz": _read_npz,
    ".parquet": _read_parquet,
}


def _frame_columns(frame: Any) -> Columns:
    columns = {str(name): frame.iloc[:, j] for j, name in enumerate(frame.columns)}
    if len(columns) != frame.shape[1]:
        repeated = [name for name in columns if list(map(str, frame.columns)).count(name) > 1]
        raise InvalidValueError(f"the file has several columns called {repeated[0]!r}; expected distinct names")
    return columns


def _select(
    columns: Columns,
    file: Path,
    target: str | int | None,
    features: Iterable[str | int] | None,
    drop: Iterable[str | int],
) -> Dataset:
    """Pick labels and features out of named columns."""
    if target is None:
        if file.suffix.lower() != ".npz" or "y" not in columns:
            raise InvalidTypeError(
                f"no target was given; expected the name or the position of the column of labels: {_listed(columns)}"
            )
        target = "y"
    label = _resolve(target, columns, file, "target")
    for what, asked in (("features", features), ("drop", drop)):
        if isinstance(asked, str):
            raise InvalidTypeError(f"{what} is the string {asked!r}; expected a list of columns, such as [{asked!r}]")
    dropped = [_resolve(name, columns, file, "column to drop") for name in drop]
    if features is None:
        chosen = [name for name in columns if name != label]
    else:
        chosen = [_resolve(name, columns, file, "feature") for name in features]
        if label in chosen:
            raise InvalidValueError(
                f"the target {label!r} is also among the features; expected it to be one or the other"
            )
        repeated = [name for i, name in enumerate(chosen) if name in chosen[:i]]
        if repeated:
            raise InvalidValueError(f"feature {repeated[0]!r} is asked for twice")
    chosen = [name for name in chosen if name not in dropped]
    if label in dropped:
        raise InvalidValueError(f"the target {label!r} is also among the columns to drop")
    if not chosen:
        raise InvalidValueError(f"no feature is left besides the target {label!r}; {_listed(columns)}")
    n = len(columns[label])
    for name in chosen:
        if len(columns[name]) != n:
            raise InvalidValueError(
                f"{name!r} has {len(columns[name])} entries and the target {label!r} has {n}; expected "
                "columns of one length: choose them with features= (--features) or leave some out with "
                "drop= (--drop)"
            )
    values = _numeric([*chosen, label], columns)
    X = np.column_stack(values[:-1])
    return Dataset(X, values[-1], tuple(chosen), label)


def _numeric(names: Sequence[str], columns: Columns) -> list[Any]:
    """Convert columns one by one, and name every one that is not numeric."""
    values, refused, first = [], [], None
    for name in names:
        column = columns[name]
        bare = column.rename(None) if hasattr(column, "rename") else column
        try:
            values.append(real_array(bare, f"column {name!r}", "numbers"))
        except InvalidTypeError as error:
            refused.append(name)
            first = first or error
    if first is not None:
        some = f"columns {', '.join(map(repr, refused))} are" if len(refused) > 1 else f"column {refused[0]!r} is"
        what = "encode them as numbers" if len(refused) > 1 else "encode it as numbers"
        if names[-1] in refused:
            advice = f"{what}, or choose another target"
        else:
            advice = f"leave out what is not numeric with drop= (--drop) or features= (--features), or {what}"
        raise InvalidTypeError(f"{some} not numeric; {advice} ({str(first).split(';')[0]})") from first
    return values


def _resolve(asked: str | int, columns: Columns, file: Path, role: str) -> str:
    """Find the column that a name or a position stands for; names come first."""
    if isinstance(asked, bool) or not isinstance(asked, str | int | np.integer):
        raise InvalidTypeError(f"the {role} is {asked!r}; expected the name or the position of a column")
    if isinstance(asked, str):
        if asked in columns:
            return asked
        if not asked.lstrip("-").isdecimal():
            hint = _nearest(asked, list(columns)) or f"; {_listed(columns)}"
            if len(columns) == 1 and any(mark in next(iter(columns)) for mark in ";\t|"):
                hint = f"; its only column is {next(iter(columns))!r}: expected commas between the columns"
            raise InvalidValueError(f"{str(file)!r} has no column {asked!r} (the {role}){hint}")
    position = int(asked)
    if not -len(columns) <= position < len(columns):
        raise InvalidValueError(
            f"{str(file)!r} has no column {position} (the {role}); expected a position from 0 to "
            f"{len(columns) - 1}, or a name; {_listed(columns)}"
        )
    return list(columns)[position]


def _listed(columns: Columns) -> str:
    names = list(columns)
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"the columns are {', '.join(map(repr, names[:12]))}{more}"


def _nearest(name: str, names: Sequence[str]) -> str:
    near = nearest(name, names, NAMES_ALIKE)
    return "" if near is None else f"; did you mean {near!r}?"


def _siblings(file: Path) -> list[str]:
    try:
        return [other.name for other in file.parent.iterdir()]
    except OSError:
        return []


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
