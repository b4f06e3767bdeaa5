"""The matrix A as it is stored: what products cannot express, for every storage.

A may be a dense array, a dense array between two diagonals or times rates, a sparse array, a structured
operator, or one of these with a few columns or rows replaced. All know ``A @ X`` and ``A.T @ X``; what they
do not share is here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg.blas import dgemm

from mrio.leontief.report import Floats
from mrio.leontief.storage.passes import few_columns_product, smallest
from mrio.leontief.storage.rated import RatedMatrix
from mrio.leontief.storage.scaled import ScaledMatrix

Matrix = Any
"""ndarray, scipy sparse array, or an operator with ``@``, ``.T``, ``.shape`` (n, n)."""

_ROWS = 256


def is_dense(A: Matrix) -> bool:
    """Tell whether parts of A can be read as arrays, ``A[rows, columns]``."""
    return isinstance(A, np.ndarray | ScaledMatrix | RatedMatrix)


def column_sums(A: Matrix) -> Floats:
    """Return the column sums (n,); NaN or infinity anywhere in a column shows in its sum."""
    return np.asarray(A.T @ np.ones(A.shape[0]), dtype=np.float64)


def group_sums(A: Matrix, starts: NDArray[np.intp], weights: Floats) -> Floats:
    """Return weighted sums (R, n) over the rows of each group; `starts` (R,) are their first rows."""
    if sp.issparse(A):
        groups = np.repeat(np.arange(starts.size), np.diff(np.append(starts, A.shape[0])))
        return np.asarray((sp.csr_array((weights, (groups, np.arange(A.shape[0])))) @ A).toarray())
    if not isinstance(A, np.ndarray):
        return np.asarray(A.group_sums(starts, weights))
    ends = np.append(starts[1:], A.shape[0])
    return np.array([weights[low:high] @ A[low:high] for low, high in zip(starts, ends, strict=True)])


def is_nonnegative(A: Matrix) -> bool:
    """Tell whether no coefficient is negative."""
    if sp.issparse(A):
        return A.nnz == 0 or bool(A.data.min() >= 0)
    return bool(smallest(A) >= 0 if isinstance(A, np.ndarray) else A.nonnegative)


def absolute_left_product(A: Matrix, weights: Floats) -> Floats:
    """Return |A|' weights (n,), panel by panel; with weights of one, the absolute column sums."""
    if sp.issparse(A):
        return np.asarray(abs(A).T @ weights)
    if not isinstance(A, np.ndarray):
        return np.asarray(A.absolute_left_product(weights))
    total = np.zeros(A.shape[1])
    for start in range(0, A.shape[0], _ROWS):
        rows = slice(start, start + _ROWS)
        total += weights[rows] @ np.abs(A[rows])
    return total


def diagonal(A: Matrix) -> Floats:
    """Return the diagonal (n,)."""
    return np.asarray(A.diagonal(), dtype=np.float64)


def product(A: Matrix, X: Floats) -> Floats:
    """Return A @ X (n, k)."""
    everything = slice(None)
    return part_product(A, everything, everything, X) if is_dense(A) else np.asarray(A @ X)


def panel_product(A: Matrix, rows: slice, known: slice, X: Floats) -> Floats:
    """Return some rows of A @ X for X (n, k) whose rows outside `known` are zero."""
    if is_dense(A):
        return part_product(A, rows, known, X[known])
    if sp.issparse(A):
        return np.asarray(A[rows] @ X)
    return np.asarray(A.panel_product(rows, known, X))


def part_product(A: Matrix, rows: slice, columns: slice, V: Floats) -> Floats:
    """Return a part of a dense A, ``A[rows, columns]``, times V (columns, k)."""
    if isinstance(A, np.ndarray):
        return few_columns_product(A[rows, columns], V)
    return np.asarray(A.part_product(rows, columns, V))


def product_beside_lapack(A: Matrix, X: Floats) -> Floats:
    """Return A @ X (n, k) by the BLAS that scipy factorises with, where A is dense.

    numpy and scipy bring a BLAS each, whose threads go on waiting for work after a call. Products by the one
    in turn with substitutions by the other keep more threads awake than there are cores, which takes two to
    three times as long on few of them.
    """
    if isinstance(A, ScaledMatrix):
        product = product_beside_lapack(A.base, A.right[:, np.newaxis] * X)
        product *= A.left[:, np.newaxis]
        return product
    stored_by_rows = isinstance(A, np.ndarray) and A.flags.c_contiguous
    if X.shape[1] == 1 or not (stored_by_rows or (isinstance(A, np.ndarray) and A.flags.f_contiguous)):
        return np.asarray(A @ X)
    by_rows = X.flags.c_contiguous
    # What is stored by rows is the transpose of what BLAS reads by columns: nothing is copied.
    product = dgemm(
        1.0, A.T if stored_by_rows else A, X.T if by_rows else X, trans_a=stored_by_rows, trans_b=by_rows
    )
    return np.asarray(product)


def part_of(A: Matrix, rows: slice, columns: slice) -> Floats:
    """Return a part of a dense or sparse A as an array."""
    part = A[rows, columns]
    return np.asarray(part.toarray() if sp.issparse(A) else part)


def columns_of(A: Matrix, index: NDArray[np.intp]) -> Floats:
    """Return some columns (n, q) as a new array."""
    if isinstance(A, np.ndarray):
        return np.array(A[:, index])
    if isinstance(A, ScaledMatrix | RatedMatrix):
        return A.columns(index)
    units = np.zeros((A.shape[0], index.size))
    units[index, np.arange(index.size)] = 1.0
    return np.asarray(A @ units)


def write_into(A: Matrix, out: NDArray[Any]) -> None:
    """Write a dense A into an array (n, n) of any precision, without another one of this size."""
    if isinstance(A, np.ndarray):
        np.copyto(out, A, casting="same_kind")
    else:
        A.write_into(out)


def to_dense(A: Matrix) -> Floats:
    """Return A as an array (n, n); the array itself where it is dense already."""
    if isinstance(A, np.ndarray):
        return A
    return np.asarray(A.toarray(), dtype=np.float64)


def to_sparse(A: Matrix) -> Matrix:
    """Return A by compressed rows; the array itself where it is stored so already."""
    return sp.csr_array(A if sp.issparse(A) else to_dense(A))


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
