"""The command ``extremal``: one file a command, each a thin layer over a function of the package.

`extremal find` finds the extremal vectors of a data set; `extremal concentration` draws how they, and D_n, approach
the population's as n grows; `extremal reproduce` runs the paper's experiments. Results go to standard output,
everything else to standard error. Every command has the exit code 2 if its input cannot be used, and 130 if it was
interrupted before there was a result.
"""

from ._main import main

__all__ = ["main"]
