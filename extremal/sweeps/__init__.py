"""Sweeps: a function over a grid of parameters, on any executor, resumable, with rows that reproduce one by one."""

from ._sweep import sweep

__all__ = ["sweep"]
