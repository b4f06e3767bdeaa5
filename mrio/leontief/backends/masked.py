"""The systems that are left when a region is taken out: one for each region, solved as columns of one batch.

Column b stands for the table without region r_b: its rows of X are zero and stay so. Every sweep reads A once
for all of them, and the balances of the totals of the other regions hold before it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from mrio.leontief.backends.anderson import Iterate, Until, iterate
from mrio.leontief.backends.coarse import MOST_GROUPS, CoarseCorrection
from mrio.leontief.backends.gauss_seidel import Split, invert_blocks, panels_of
from mrio.leontief.norms import sum_norm
from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix, group_sums, product

_PANEL = 400
"""Rows that are multiplied at once: more are hardly faster, and pass less to one another."""
_MOST_SWEEPS = 60


class MaskedGaussSeidel:
    """Block Gauss-Seidel on A (n, n) without one region for each column.

    Parameters
    ----------
    A
        Dense or scipy sparse.
    rows
        Rows of all regions, consecutive.
    without
        Number of the region that each column goes without (k,).

    Raises
    ------
    ConvergenceError
        When the diagonal block of a region is singular.
    """

    def __init__(self, A: Matrix, rows: Sequence[slice], without: NDArray[np.intp]) -> None:
        self._A = A
        self._rows = rows
        self._without = without
        # Parts of sparse rows would have to be looked for.
        self._split = Split(A, A, panels_of(invert_blocks(A, rows), 1 if sp.issparse(A) else _PANEL))
        self._coarse = self._correction()

    def _correction(self) -> CoarseCorrection | None:
        if not 1 < len(self._rows) <= MOST_GROUPS:
            return None
        starts = np.array([own.start for own in self._rows], dtype=np.intp)
        try:
            return CoarseCorrection(self._A, starts, group_sums(self._A, starts, np.ones(self._A.shape[0])))
        except np.linalg.LinAlgError:
            return None

    def clear(self, X: Floats) -> None:
        """Set the rows of the region that is taken out to zero in every column of X (n, k)."""
        for column, region in enumerate(self._without):
            X[self._rows[region], column] = 0.0

    def own(self, X: Floats) -> Floats:
        """Return X (n, k), or (n, 1), with nothing but the rows of the region that is taken out."""
        only = np.zeros((len(X), self._without.size))
        for column, region in enumerate(self._without):
            rows = self._rows[region]
            only[rows, column] = X[rows, column if X.shape[1] > 1 else 0]
        return only

    def solve(self, B: Floats, tolerance: float) -> Iterate:
        """Return X (n, k) for B (n, k), whose rows of the regions taken out are zero."""
        until = Until(tolerance * sum_norm(B), sum_norm, _MOST_SWEEPS)
        return iterate(self._sweep, B, None, until)

    def residual(self, B: Floats, X: Floats) -> Floats:
        """Return the residual (n, k) of all systems."""
        left = product(self._A, X)
        self.clear(left)
        left += B - X
        return left

    def _sweep(self, B: Floats, X: Floats, columns: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return the next X (n, k) and the norm (k,) of the residuals as each region met them."""
        without = self._without[columns]
        kept = np.arange(len(self._rows))[:, np.newaxis] != without
        X = X.copy()
        if self._coarse is not None and X.any():
            self._coarse.apply_without(B, X, without)
        return X, self._split.sweep(B, X, sum_norm, kept)
