"""What makes two parameters the same: a canonical form that no process, order or memory address enters.

The seed of a row and its place in a store are hashes of this form. Numbers, strings, booleans and None stand for
themselves, by value and kind: 1, 1.0 and True are three parameters, and a numpy scalar is the Python number that it
holds. Lists, tuples, dicts and sets are read item by item, arrays by dtype, shape and bytes. Any other object is its
class and what pickle would store of it, read in the same way; the bytes of a pickle themselves would not do, as they
depend on which equal parts are one object in memory. A dataclass is its fields, and cached properties do not count.
A function is its name if it can be imported by it, else (a lambda, a closure, a function of a notebook) its code.
"""

import copyreg
import enum
import hashlib
import json
import math
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from ..errors import InvalidTypeError

__all__ = ["INT64", "canonical", "canonical_text", "digest", "plain", "task_name"]

INT64 = range(-(2**63), 2**63)
# pickle's protocol for __reduce_ex__: the newest that every supported Python knows.
_PROTOCOL = 4


def plain(value: Any) -> Any:
    """
    Turn a numpy scalar into the Python object of the same value, and leave everything else alone.

    Examples
    --------
    >>> import numpy as np
    >>> plain(np.int64(3)), plain(np.float32(0.5)), plain("a")
    (3, 0.5, 'a')
    """
    if isinstance(value, np.bool | np.integer | np.floating | np.complexfloating | np.str_):
        item = value.item()
        return value if isinstance(item, np.generic) else item  # a long double has no Python counterpart
    return value


def canonical_text(parameters: Mapping[str, Any]) -> str:
    """
    Write named parameters down as one line of ASCII, the same for equal parameters.

    Parameters
    ----------
    parameters : mapping from str
        Names and values; their order does not matter.

    Returns
    -------
    str
        JSON.

    Raises
    ------
    InvalidTypeError
        For an object that pickle cannot take apart, such as an open file.

    Examples
    --------
    >>> canonical_text({"n": 100, "law": "gaussian", "noise": 0.5})
    '{"law": "gaussian", "n": 100, "noise": 0.5}'
    """
    form = {}
    for name, value in parameters.items():
        try:
            form[name] = canonical(value)
        except (TypeError, AttributeError, RecursionError) as error:
            raise InvalidTypeError(
                f"grid: {name!r} is {_short(value)} of type {type(value).__name__}, which cannot be identified "
                f"({error}); expected numbers, strings, or objects that can be pickled: pass what describes it, and "
                "build it inside the task"
            ) from error
    return json.dumps(form, sort_keys=True)


def digest(form: Any) -> str:
    """SHA-256 of a canonical form, in hexadecimal."""
    return hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()


def canonical(value: Any, path: tuple[int, ...] = ()) -> Any:
    """
    Describe a value by what JSON knows.

    Parameters
    ----------
    value : object
        Anything that can be pickled; functions always.
    path : tuple of int
        The objects that this one is a part of.

    Returns
    -------
    object
        Made of dicts, lists, strings, numbers, booleans and None. Dicts that stand for something else have one
        entry, its kind.
    """
    if isinstance(value, enum.Enum):
        return {"enum": [_name(type(value)), value.name]}
    value = plain(value)
    if value is None or type(value) in (bool, int, str):
        return {"int": hex(value)} if type(value) is int and value not in INT64 else value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is complex:
        return {"complex": [canonical(value.real), canonical(value.imag)]}
    if type(value) in (bytes, bytearray):
        return {type(value).__name__: value.hex()}
    if id(value) in path:
        return {"cycle": path.index(id(value))}
    inner = (*path, id(value))
    if type(value) is list:
        return [canonical(item, inner) for item in value]
    if type(value) is tuple:
        return {"tuple": [canonical(item, inner) for item in value]}
    if type(value) is dict:
        return {"dict": _sorted([canonical(k, inner), canonical(v, inner)] for k, v in value.items())}
    if type(value) in (set, frozenset):
        return {"set": _sorted(canonical(item, inner) for item in value)}
    if type(value) is np.ndarray:
        return _array(value, inner)
    if isinstance(value, types.ModuleType):
        return {"module": value.__name__}
    if isinstance(value, type) or _importable(value):
        return {"name": _name(value)}
    if isinstance(value, types.FunctionType):
        return _function(value, inner)
    return {"class": _name(type(value)), "sha256": digest(_parts(value, inner))}


def task_name(task: Callable[..., Any]) -> tuple[str, str]:
    """
    Say which task a store belongs to: a module and a name.

    Parameters
    ----------
    task : callable
        A function goes by its name; what it captures does not count. Bound arguments, the object of a bound method
        and the state of a callable object do.

    Returns
    -------
    module, name : str
        ``"__main__"`` for functions of a script or a notebook.
    """
    if isinstance(task, partial):
        module, name = task_name(task.func)
        if task.args or task.keywords:
            name += f" with {digest([canonical(task.args), canonical(task.keywords)])[:16]}"
        return module, name
    owner = getattr(task, "__self__", None)
    if isinstance(task, types.MethodType) and not isinstance(owner, type):
        return task.__func__.__module__, f"{task.__func__.__qualname__} of {digest(canonical(owner))[:16]}"
    if hasattr(task, "__qualname__"):
        return str(getattr(task, "__module__", None)), task.__qualname__
    return type(task).__module__, f"{type(task).__qualname__} {digest(canonical(task))[:16]}"


def _array(value: np.ndarray, path: tuple[int, ...]) -> dict[str, Any]:
    if value.dtype.hasobject:
        content = digest([canonical(item, path) for item in value.ravel().tolist()])
    else:
        content = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
    return {"array": [value.dtype.str, list(value.shape), content]}


def _function(value: types.FunctionType, path: tuple[int, ...]) -> dict[str, Any]:
    cells = [cell.cell_contents for cell in value.__closure__ or ()]
    captured = [value.__defaults__, value.__kwdefaults__, cells]
    form = [_code(value.__code__, path), canonical(captured, path)]
    return {"function": value.__qualname__, "sha256": digest(form)}


def _code(code: types.CodeType, path: tuple[int, ...]) -> list[Any]:
    constants = [_code(c, path) if isinstance(c, types.CodeType) else canonical(c, path) for c in code.co_consts]
    return [code.co_code.hex(), list(code.co_names), list(code.co_varnames), constants]


def _parts(value: Any, path: tuple[int, ...]) -> Any:
    """What an object of any class consists of."""
    if is_dataclass(value):
        kept = [field.name for field in fields(value) if field.init or field.compare]
        return {name: canonical(getattr(value, name), path) for name in kept if hasattr(value, name)}
    reducer = copyreg.dispatch_table.get(type(value))
    reduced = reducer(value) if reducer is not None else value.__reduce_ex__(_PROTOCOL)
    if isinstance(reduced, str):
        return reduced
    make, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    if isinstance(state, dict):
        state = {name: part for name, part in state.items() if not _is_cache(type(value), name)}
    listed = [list(part) if part is not None else None for part in (items, pairs)]
    return [canonical(part, path) for part in (make, arguments, state, *listed)]


def _is_cache(kind: type, name: Any) -> bool:
    return isinstance(name, str) and isinstance(getattr(kind, name, None), cached_property)


def _importable(value: Any) -> bool:
    """Whether the name of a function leads back to it from another process."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module == "__main__":
        return False
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is value


def _name(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def _sorted(forms: Any) -> list[Any]:
    return sorted(forms, key=lambda form: json.dumps(form, sort_keys=True))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
