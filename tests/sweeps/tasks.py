"""Tasks that workers can import, and the comparison of tables bit for bit."""

import math
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from extremal.sweeps import sweep

GRID = {"n": [1, 2, 3, 5], "scale": [0.1, 1.0, -0.0], "kind": ["a", None]}


def draw(n, scale, kind, rng):
    """A bit of everything: floats that a text might round, integers beyond 64 bits, infinities, missing values."""
    x = scale * rng.standard_normal(n)
    return {
        "mean": x.mean(),
        "most": np.float32(x.max()),
        "ratio": np.divide(x[0], scale) if scale else math.copysign(math.inf, -n),
        "undefined": math.nan if kind is None else -0.0,
        "count": np.int64(rng.integers(1 << 62)),
        "big": int(rng.integers(1 << 62)) << n,
        "even": np.bool_(n % 2 == 0),
        "word": None if n == 3 else f"{kind}é{n}",
        "z": complex(x[0], -0.0),
    }


def log(folder, line):
    """Write a line that other processes cannot tear."""
    handle = os.open(Path(folder, "log"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


def lines(folder):
    path = Path(folder, "log")
    return path.read_text().split() if path.exists() else []


def slow(folder, i, rng):
    """Leave a trace at the end of each call."""
    time.sleep(0.004)
    value = rng.random()
    log(folder, i)
    return {"value": value, "i2": i * i}


def fragile(i, broken, rng):
    """Fail for the i that are listed in a file, now."""
    if str(i) in Path(broken).read_text().split():
        raise ZeroDivisionError(f"i is {i}")
    return rng.random()


def deadly(i, folder, rng):
    """Kill the process once."""
    value = rng.random()
    if i == 5 and not lines(folder):
        log(folder, "killed")
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return value


def who(i, wait):
    """Say which process ran this, as a task may."""
    time.sleep(wait)
    return {"pid": os.getpid()}


def bits(table):
    """Everything but the measured seconds, so that two equal results are the same bits."""
    out = {}
    for name in table.columns:
        if name == "seconds":
            continue
        column = table[name]
        if column.dtype == np.float64 or column.dtype == np.complex128:
            values = [value.tobytes().hex() for value in column.to_numpy()]
        else:
            values = [(type(v).__name__, hex(v) if type(v) is int else repr(v)) for v in column]
        out[name] = (str(column.dtype), values)
    assert isinstance(table.index, pd.RangeIndex)
    return list(out), out


if __name__ == "__main__":
    store, folder, rows, threads = sys.argv[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    executor = ThreadPoolExecutor(int(threads)) if int(threads) else None
    sweep(slow, {"folder": [folder], "i": range(int(rows))}, executor, store, seed=7)
