"""Input coefficients of a table, ``A = Z diag(1 / x)``, and what the Leontief operator is made of."""

from __future__ import annotations

import numpy as np
import xarray as xr

from mrio.errors import BalanceError
from mrio.leontief import Leontief, ScaledMatrix
from mrio.schema import ADDING_UP, SYSTEM_DIMS
from mrio.tables.arrays import Array, Arrays, Matrix, has_output, is_sparse, labelled, locked, locked_sparse
from mrio.tables.labels import Labels

COPY_BELOW = 500
"""Rows up to which the Leontief operator gets an array of coefficients of its own."""


def output_reciprocal(x: Array) -> Array:
    """Return 1 / x (n,), zero where there is no output."""
    return np.divide(1.0, x, out=np.zeros_like(x), where=has_output(x))


def coefficients(Z: Matrix, x: Array) -> Matrix:
    """Return ``A[i,j] = Z[i,j] / x[j]``, (n, n), with zero columns where output is zero.

    Parameters
    ----------
    Z
        (n, n), dense or scipy sparse.
    x
        (n,).
    """
    inverse = output_reciprocal(x)
    if is_sparse(Z):
        return locked_sparse(Z.multiply(inverse[np.newaxis, :]).tocsr())
    return locked(Z * inverse)


def scaled_flows(Z: Array, x: Array) -> ScaledMatrix:
    """Return A as dense flows Z (n, n) with columns to be divided by output x (n,), without a copy of Z."""
    return ScaledMatrix(Z, np.ones(Z.shape[0]), output_reciprocal(x))


def worth_a_copy(Z: Matrix) -> bool:
    """Tell whether coefficients of their own cost little: those of a small or a sparse matrix."""
    return is_sparse(Z) or Z.shape[0] < COPY_BELOW


def labelled_coefficients(A: Array, labels: Labels) -> xr.DataArray:
    """Return a dense A (n, n) with the labels of the table in its four dims."""
    dims = SYSTEM_DIMS["Z"]
    coords = {dim: labels.of(dim) for dim in dims}
    attrs = {"units": "1", "long_name": "input coefficients"}
    return labelled(A.reshape(labels.shape(dims)), dims, coords, "A", attrs)


def require_own_operator(operator: Leontief, arrays: Arrays, where: str) -> None:
    """Raise unless output solves ``x = A x + y`` with the coefficients of an operator.

    Raises
    ------
    BalanceError
        When it does not.
    """
    x = arrays.x.ravel()
    gap = np.abs(x - operator.A @ x - arrays.final_demand.ravel()).max(initial=0.0)
    scale = float(np.abs(x).max(initial=0.0))
    if not gap <= ADDING_UP * scale:
        raise BalanceError(
            "The operator is not that of the table: output does not solve its balance.",
            where=where,
            amount=f"gap {gap:.3g}, largest output {scale:.6g}",
            remedy="leave the operator out; the table makes its own",
        )
