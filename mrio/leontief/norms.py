"""The two norms in which column sums of A bound the Leontief operator, column by column."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mrio.leontief.report import Floats

Norm = Callable[[Floats], Floats]


def sum_norm(columns: Floats) -> Floats:
    """Return the 1-norm (k,) of each column (n, k)."""
    sums: Floats = np.abs(columns).sum(axis=0)
    return sums


def max_norm(columns: Floats) -> Floats:
    """Return the maximum norm (k,) of each column (n, k)."""
    largest: Floats = np.abs(columns).max(axis=0, initial=0.0)
    return largest


def norm_of(transposed: bool) -> Norm:
    """Return the norm of a direction: 1-norm for L @ Y, maximum norm for F @ L."""
    return max_norm if transposed else sum_norm


def rounding(n: int) -> float:
    """Return the share of an answer (n,) below which its residual is rounding: no method improves on it."""
    return float(np.finfo(np.float64).eps * (4 + np.sqrt(n) / 8))


def worst_ratio(part: Floats, whole: Floats) -> float:
    """Return the largest ratio over the columns; columns of zeros count as exact."""
    return float(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0).max(initial=0.0))
