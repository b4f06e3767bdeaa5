"""Dense LU factorisation of I - A: for small tables and for many right-hand sides."""

from __future__ import annotations

import numpy as np
from scipy.linalg import get_lapack_funcs

from mrio.leontief.matrices import Matrix, to_dense
from mrio.leontief.report import Floats


class DenseLU:
    """Factors of I - A in float64; n^2 floats beside A."""

    name = "lu"

    def __init__(self, A: Matrix) -> None:
        dense = to_dense(A)
        # A stored by rows is A' stored by columns, which is what LAPACK factorises without a second copy.
        self._transposed = not dense.flags.f_contiguous
        factors = np.empty(dense.shape, order="F")
        np.negative(dense.T if self._transposed else dense, out=factors)
        factors[np.diag_indices_from(factors)] += 1
        factorise, self._substitute = get_lapack_funcs(("getrf", "getrs"), (factors,))
        self._factors, self._pivots, self.status = factorise(factors, overwrite_a=True)

    def solve(self, B: Floats, transposed: bool, guess: Floats | None = None) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of sweeps, which is 0."""
        X, _ = self._substitute(self._factors, self._pivots, B, trans=int(transposed != self._transposed))
        return X, 0
