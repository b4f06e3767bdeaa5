"""The matrix A as it is stored: products, column sums, columns and diagonal, for every storage.

A dense array, a sparse array and a structured operator all know ``A @ X`` and ``A.T @ X``; what they do not
share is here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from mrio.leontief.report import Floats

Matrix = Any
"""ndarray (n, n), scipy sparse array (n, n), or an operator with ``@``, ``.T``, ``.shape``."""


def column_sums(A: Matrix) -> Floats:
    """Return the column sums (n,); NaN or infinity anywhere in a column shows in its sum."""
    return np.asarray(A.T @ np.ones(A.shape[0]), dtype=np.float64)


def is_nonnegative(A: Matrix) -> bool:
    """Tell whether no coefficient is negative."""
    if sp.issparse(A):
        return A.nnz == 0 or bool(A.data.min() >= 0)
    if isinstance(A, np.ndarray):
        return bool(A.min() >= 0)
    return bool(A.nonnegative)


def absolute_left_product(A: Matrix, weights: Floats) -> Floats:
    """Return |A|' weights (n,), panel by panel; with weights of one, the absolute column sums."""
    if sp.issparse(A):
        return np.asarray(abs(A).T @ weights)
    if isinstance(A, np.ndarray):
        total = np.zeros(A.shape[1])
        for start in range(0, A.shape[0], 256):
            rows = slice(start, start + 256)
            total += weights[rows] @ np.abs(A[rows])
        return total
    return np.asarray(A.absolute_left_product(weights))


def diagonal(A: Matrix) -> Floats:
    """Return the diagonal (n,)."""
    return np.asarray(A.diagonal(), dtype=np.float64)


def to_dense(A: Matrix) -> Floats:
    """Return A as an array (n, n); the array itself where it is dense already."""
    if isinstance(A, np.ndarray):
        return A
    return np.asarray(A.toarray(), dtype=np.float64)


def to_sparse(A: Matrix) -> Matrix:
    """Return A by compressed rows; the array itself where it is stored so already."""
    return sp.csr_array(A if sp.issparse(A) else to_dense(A))


def panel_product(A: Matrix, rows: slice, known: slice, X: Floats) -> Floats:
    """Return some rows of A @ X for X (n, k) whose rows outside `known` are zero."""
    if isinstance(A, np.ndarray):
        return np.asarray(A[rows, known] @ X[known])
    return np.asarray(A.panel_product(rows, known, X))


def columns_of(A: Matrix, index: NDArray[np.intp]) -> Floats:
    """Return some columns (n, q) as a new array."""
    if isinstance(A, np.ndarray):
        return np.array(A[:, index])
    units = np.zeros((A.shape[0], index.size))
    units[index, np.arange(index.size)] = 1.0
    return np.asarray(A @ units)


def replaced(A: Matrix, index: NDArray[np.intp], new: Floats, by_rows: bool) -> Matrix:
    """Return a copy of A with columns, or rows, replaced by the columns of `new` (n, q)."""
    if sp.issparse(A):
        change = sp.coo_array(new - columns_of(A.T if by_rows else A, index))
        places = (index[change.col], change.row) if by_rows else (change.row, index[change.col])
        changed = sp.csr_array(A + sp.coo_array((change.data, places), shape=A.shape))
        changed.eliminate_zeros()
        return changed
    full = np.array(to_dense(A))
    if by_rows:
        full[index] = new.T
    else:
        full[:, index] = new
    return full
