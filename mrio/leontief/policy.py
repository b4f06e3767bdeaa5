"""Which back end to use: by size, storage, filling and the number of right-hand sides so far.

The numbers are measured ones. One sweep of an iteration costs a pass over A, about 9 of them an answer; a
factorisation costs n/3 such passes once, and is slowed less by memory. So few right-hand sides iterate, many
factorise, and small tables always do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Storage = Literal["dense", "sparse", "structured"]

SMALL = 500
"""Rows below which a dense factorisation takes milliseconds, whatever A is stored in."""

_BREAK_EVEN = {500: 5.0, 1302: 20.0, 3015: 85.0, 9800: 300.0, 20000: 700.0}
"""Right-hand sides that 9 sweeps each answer as fast as a factorisation, by rows."""

SINGLE_PRECISION = 4000
"""Rows above which factors in float32 with refinement win."""

FEWEST_REGIONS = 6
"""Regions from which the structured form saves enough to look for it."""

BATCH = 1024
"""Right-hand sides solved at once; more go in batches, which bounds the temporaries."""

SOLVERS = ("auto", "lu", "lu32", "gauss_seidel", "sparse", "bicgstab", "superlu", "structured")


@dataclass(frozen=True)
class Task:
    """What a choice depends on.

    Parameters
    ----------
    n
        Rows of A.
    storage
        How A is stored.
    filling
        Share of coefficients that are not zero; 1 for a dense array, which is not looked at.
    n_rhs
        Right-hand sides solved with this A so far, those to come now included.
    sweeps
        Sweeps an answer took so far.
    free
        Memory that can be taken [byte].
    """

    n: int
    storage: Storage
    filling: float
    n_rhs: int
    sweeps: int
    free: float


def choose(task: Task) -> str:
    """Return the name of the back end."""
    if task.n < SMALL:
        return "lu"
    if task.storage == "structured":
        return "structured"
    if task.storage == "sparse" and task.filling < _largest_filling(task.n_rhs):
        return "sparse"
    if task.storage == "sparse" and bytes_needed("lu", task.n) > task.free:
        return "sparse"
    if task.n_rhs <= break_even(task.n, task.sweeps):
        return "gauss_seidel"
    for name in ("lu", "lu32") if task.n <= SINGLE_PRECISION else ("lu32",):
        if bytes_needed(name, task.n) <= task.free:
            return name
    return "gauss_seidel"


def break_even(n: int, sweeps: int) -> float:
    """Return the number of right-hand sides from which a factorisation is faster than sweeps over A."""
    usual = np.interp(np.log(n), np.log(list(_BREAK_EVEN)), list(_BREAK_EVEN.values()))
    return float(usual) * 9 / max(sweeps, 2)


def bytes_needed(name: str, n: int, k: int = 1) -> int:
    """Return the memory [byte] that a back end takes beside A for k right-hand sides at a time."""
    vectors = 8 * n * min(k, BATCH)
    match name:
        case "lu":
            return 8 * n * n + 4 * vectors
        case "lu32":
            return 4 * n * n + 6 * vectors
        case "gauss_seidel":
            return 8 * n * 600 + 12 * vectors
        case _:
            return 12 * vectors


def _largest_filling(n_rhs: int) -> float:
    """Return the filling below which sparse iteration beats dense arithmetic."""
    return float(np.interp(np.log10(max(n_rhs, 1)), [0, 1, np.log10(200)], [0.22, 0.15, 0.10]))
