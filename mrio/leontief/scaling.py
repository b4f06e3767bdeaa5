"""Balance tables whose rows are in units that differ by orders of magnitude.

D^-1 A D has the spectral radius of A. With D from the sums of rows and columns (Osborne 1960,
doi:10.1145/321043.321048) its entries become comparable, so that pivots, norms and stopping rules mean the
same in every row. D holds powers of two: scaling rounds nothing.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix, absolute_left_product, is_dense, to_dense
from mrio.leontief.storage.scaled import ScaledMatrix

_BAD_SCALE = 1000.0
_PASSES = 20


def balance(A: Matrix, sums: Floats) -> tuple[Matrix, Floats | None]:
    """Return D^-1 A D and the diagonal of D (n,); A itself and None where its column sums are harmless.

    Dense and sparse tables are balanced; a structured operator is returned as it is.
    """
    if np.abs(sums).max() <= _BAD_SCALE or not (sp.issparse(A) or is_dense(A)):
        return A, None
    scale = np.ones(A.shape[0])
    for _ in range(_PASSES):
        column = absolute_left_product(A, 1 / scale) * scale
        row = absolute_left_product(A.T, scale) / scale
        both = (row > 0) & (column > 0)
        step = np.where(both, np.sqrt(np.divide(row, column, out=np.ones_like(row), where=both)), 1.0)
        if np.abs(np.log2(step)).max() < 1:
            break
        scale *= step
    scale = np.exp2(np.round(np.log2(scale)))
    if sp.issparse(A):
        return sp.csr_array(sp.diags_array(1 / scale) @ A @ sp.diags_array(scale)), scale
    if isinstance(A, ScaledMatrix):
        return ScaledMatrix(A.base, A.left / scale, A.right * scale), scale
    return ScaledMatrix(to_dense(A), 1 / scale, scale), scale
