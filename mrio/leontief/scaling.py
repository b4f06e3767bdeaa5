"""Balance tables whose rows are in units that differ by orders of magnitude.

D^-1 A D has the spectral radius of A. With D from the sums of rows and columns (Osborne 1960,
doi:10.1145/321043.321048) its entries become comparable, so that pivots, norms and stopping rules mean the
same in every row. D holds powers of two: scaling rounds nothing.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mrio.leontief.matrices import Matrix
from mrio.leontief.report import Floats

_BAD_SCALE = 1000.0
_PASSES = 20


def balance(A: Matrix, sums: Floats) -> tuple[Matrix, Floats | None]:
    """Return D^-1 A D and the diagonal of D (n,); A itself and None where its column sums are harmless.

    Only arrays are balanced; a structured operator is returned as it is.
    """
    if np.abs(sums).max() <= _BAD_SCALE or not (sp.issparse(A) or isinstance(A, np.ndarray)):
        return A, None
    scale = np.ones(A.shape[0])
    size = abs(A)
    for _ in range(_PASSES):
        column = (size.T @ (1 / scale)) * scale
        row = (size @ scale) / scale
        both = (row > 0) & (column > 0)
        step = np.where(both, np.sqrt(np.divide(row, column, out=np.ones_like(row), where=both)), 1.0)
        if np.abs(np.log2(step)).max() < 1:
            break
        scale *= step
    scale = np.exp2(np.round(np.log2(scale)))
    if sp.issparse(A):
        return sp.csr_array(sp.diags_array(1 / scale) @ A @ sp.diags_array(scale)), scale
    return A / scale[:, np.newaxis] * scale, scale
