"""Jacobi iteration for sparse and structured A: products with A, and its diagonal or diagonal blocks.

Inverting the diagonal blocks halves the sweeps. Where products are as cheap as here that pays for more than
a few right-hand sides only, so the first ones do with the diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from mrio.errors import ConvergenceError
from mrio.leontief.backends.anderson import Until, iterate
from mrio.leontief.norms import Norm, norm_of
from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix, diagonal

_BLOCKS_FROM = 16
"""Right-hand sides from which inverting the blocks pays."""


def inverse_blocks(A: Matrix, blocks: Sequence[int] | None) -> Floats:
    """Return the inverses (R, N, N) of the diagonal blocks of I - A, or of its diagonal (n,).

    Blocks are used where all regions have the same number of sectors and the blocks of a sparse A hold no
    more numbers than A itself does.

    Raises
    ------
    ConvergenceError
        When a block is singular.
    """
    size = blocks[0] if blocks is not None and len(set(blocks)) == 1 else 1
    if size == 1 or (sp.issparse(A) and A.shape[0] * size > A.nnz):
        own = 1 - diagonal(A)
        if np.any(own == 0):
            raise ConvergenceError("A diagonal element of I - A is zero.")
        return 1 / own
    stack = _sparse_blocks(A, size) if sp.issparse(A) else A.diagonal_blocks()
    try:
        inverses: Floats = np.linalg.inv(np.eye(size) - stack)
    except np.linalg.LinAlgError as error:
        raise ConvergenceError("A diagonal block of I - A is singular.") from error
    return inverses


def _sparse_blocks(A: Matrix, size: int) -> Floats:
    """Return the diagonal blocks (R, N, N) of a sparse A as arrays."""
    entries = A.tocoo()
    inside = entries.row // size == entries.col // size
    rows, columns = entries.row[inside], entries.col[inside]
    stack = np.zeros((A.shape[0] // size, size, size))
    np.add.at(stack, (rows // size, rows % size, columns % size), entries.data[inside])
    return stack


class BlockJacobi:
    """Iteration with A (n, n) as given; holds the inverse of its diagonal, later of its diagonal blocks.

    Parameters
    ----------
    A
        Anything with ``A @ X`` and ``A.T @ X``.
    name
        Name of the back end in reports.
    source
        Matrix whose diagonal blocks are inverted: A, or nearly A.
    blocks
        Sizes of its blocks.
    max_sweeps
        Sweeps after which the iteration gives up.

    Raises
    ------
    ConvergenceError
        When an element of the diagonal of I - A is zero.
    """

    def __init__(
        self,
        A: Matrix,
        name: str,
        source: Matrix,
        blocks: Sequence[int] | None,
        max_sweeps: int = 60,
    ) -> None:
        self.name = name
        self._A = A
        self._source = source
        self._blocks = blocks
        self._max_sweeps = max_sweeps
        self._n_rhs = 0
        self._inverses = inverse_blocks(source, None)

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of sweeps.

        Raises
        ------
        ConvergenceError
            When a column does not reach its target, or a diagonal block is singular.
        """
        self._n_rhs += B.shape[1]
        if self._n_rhs > _BLOCKS_FROM and self._inverses.ndim == 1 and self._blocks is not None:
            self._inverses, self._blocks = inverse_blocks(self._source, self._blocks), None
        norm = norm_of(transposed)
        until = Until(target, norm, self._max_sweeps, certified=True)
        found = iterate(lambda rhs, X, _: self._sweep(rhs, X, transposed, norm), B, guess, until)
        return found.require("The Jacobi iteration")

    def _sweep(self, B: Floats, X: Floats, transposed: bool, norm: Norm) -> tuple[Floats, Floats]:
        """Return the next X (n, k) and the norm (k,) of the residual of X."""
        residual: Floats = (self._A.T if transposed else self._A) @ X
        residual += B
        residual -= X
        met = norm(residual)
        if self._inverses.ndim == 1:
            residual *= self._inverses[:, np.newaxis]
        else:
            inverses = self._inverses.transpose(0, 2, 1) if transposed else self._inverses
            residual = (inverses @ residual.reshape(*inverses.shape[:2], -1)).reshape(B.shape)
        residual += X
        return residual, met
