"""Passes over large dense arrays: what reads memory takes as long as memory, and every pass counts."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrio.leontief.report import Floats

_THREADED = 10**8
"""Bytes from which several threads read faster than one."""

_FEW = 160
_ROWS = 400
"""Columns up to which, and rows of A from which, products are faster with the columns as rows."""


def few_columns_product(A: Floats, V: Floats, scale: Floats | None = None) -> Floats:
    """Return A @ V, or A @ diag(scale) @ V, of dense A (p, q) and V (q, k); scale is (q,).

    BLAS reads a large A up to half as fast again for a few columns when they are given as rows, ``(V' A')'``.
    """
    if 1 < V.shape[1] <= _FEW and len(A) >= _ROWS:
        as_rows = np.ascontiguousarray(V.T) if scale is None else np.multiply(V.T, scale, order="C")
        return np.asarray((as_rows @ A.T).T)
    return np.asarray(A @ (V if scale is None else scale[:, np.newaxis] * V))


def total(parts: Floats) -> Floats:
    """Return the sum of parts (p, N, n) over the first axis, (N, n)."""
    if parts.nbytes < _THREADED:
        return np.asarray(parts.sum(axis=0))
    # As a product, which reads large arrays three times faster; small ones are not worth waking threads.
    return (np.ones(len(parts)) @ parts.reshape(len(parts), -1)).reshape(parts.shape[1:])


def smallest(A: Floats) -> float:
    """Return the smallest number of an array; large arrays are read by several threads."""
    threads = reading_threads(A)
    if threads == 1:
        return float(A.min())
    bounds = np.linspace(0, len(A), threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        return float(min(pool.map(lambda low, high: A[low:high].min(), bounds[:-1], bounds[1:])))


def reading_threads(A: NDArray[Any]) -> int:
    """Return the number of threads that read, or write, an array fastest."""
    return 1 if A.nbytes < _THREADED or len(A) < 2 else min(4, os.cpu_count() or 1, len(A))
