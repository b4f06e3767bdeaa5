"""Block Gauss-Seidel for a dense A: one pass over A a sweep, no copy of A.

Most inputs are bought in the own region, so the diagonal blocks carry the spectral weight: solved exactly,
they leave a contraction of 10 to 50 a sweep. With r_b the residual of block b when its turn comes,

    x_b <- x_b + (I - A_bb)^-1 r_b

and the transposed system goes through columns in the same way. The totals of the regions are corrected before
each sweep (`mrio.leontief.backends.coarse`). A is read in panels of several blocks, each by one product: many
small products on several threads stand still where cores are shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mrio.errors import ConvergenceError
from mrio.leontief.backends.anderson import Until, iterate
from mrio.leontief.backends.coarse import CoarseCorrection
from mrio.leontief.norms import Norm, norm_of
from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix, is_dense, panel_product, part_of, part_product

SMALLEST_BLOCK = 200
LARGEST_BLOCK = 600
PANELS = (400, 2000)
"""Rows that a panel has at least, where there are so many: with few columns, and with many."""

FEW_COLUMNS = 16

_BY_HALVES = 64
"""Rows of a block above which it is inverted by halves."""


@dataclass(frozen=True)
class Block:
    """Consecutive rows that are solved exactly, and the inverse of their block of I - A."""

    rows: slice
    inverse: Floats


def diagonal_blocks(n: int, regions: Sequence[int] | None) -> list[slice]:
    """Return consecutive blocks of rows: regions, joined while small and cut where large."""
    bounds = [0]
    for end in np.cumsum((n,) if regions is None else regions):
        size = int(end) - bounds[-1]
        if size < SMALLEST_BLOCK and end < n:
            continue
        start, parts = bounds[-1], -(-size // LARGEST_BLOCK)
        bounds += [start + round(size * part / parts) for part in range(1, parts + 1)]
    return [slice(low, high) for low, high in pairwise(bounds)]


def invert_blocks(A: Matrix, rows: Sequence[slice]) -> list[Block]:
    """Return blocks of rows with their inverses.

    Inverses rather than factors: numpy and scipy bring a BLAS each, and two thread pools that take turns
    every millisecond are many times slower than one.

    Raises
    ------
    ConvergenceError
        When a block is singular.
    """
    try:
        return [Block(own, _inverse(np.eye(own.stop - own.start) - part_of(A, own, own))) for own in rows]
    except np.linalg.LinAlgError as error:
        raise ConvergenceError("A diagonal block of I - A is singular.") from error


def _inverse(block: Floats) -> Floats:
    try:
        return _inverse_by_halves(block)
    except np.linalg.LinAlgError:
        # With negative coefficients a half may be singular where the whole is not.
        return np.asarray(np.linalg.inv(block), dtype=np.float64)


def _inverse_by_halves(block: Floats) -> Floats:
    """Return the inverse of a block (b, b) of I - A, twice as fast as by elimination with pivots.

    The parts of a productive table are productive (Hawkins and Simon 1949, doi:10.2307/1905526), so that the
    first half and what it leaves of the second are regular.
    """
    if len(block) <= _BY_HALVES:
        return np.asarray(np.linalg.inv(block), dtype=np.float64)
    first, second = slice(0, len(block) // 2), slice(len(block) // 2, None)
    own = _inverse_by_halves(block[first, first])
    sold = block[second, first] @ own
    rest = _inverse_by_halves(block[second, second] - sold @ block[first, second])
    bought = own @ block[first, second] @ rest
    inverse = np.empty_like(block)
    inverse[first, first] = own + bought @ sold
    inverse[first, second] = -bought
    inverse[second, first] = -(rest @ sold)
    inverse[second, second] = rest
    return inverse


def panels_of(blocks: Sequence[Block], smallest: int) -> list[list[Block]]:
    """Return consecutive blocks joined into panels of so many rows at least."""
    panels: list[list[Block]] = [[]]
    for block in blocks:
        if panels[-1] and block.rows.start - panels[-1][0].rows.start >= smallest:
            panels.append([])
        panels[-1].append(block)
    return panels


def solve_panel(
    near: Matrix, panel: Sequence[Block], residual: Floats, kept: NDArray[np.bool_] | None = None
) -> Floats:
    """Return the steps (p, k) of the blocks of a panel, each block knowing those before it.

    Parameters
    ----------
    near
        The matrix (n, n) by which blocks pass their steps on; nearly A is enough.
    panel
        Blocks with their inverses.
    residual
        That of the panel (p, k); becomes that which each block met.
    kept
        For each block, the columns that have it (blocks, k); all where None.
    """
    start = panel[0].rows.start
    steps = np.empty_like(residual)
    for number, block in enumerate(panel):
        own = slice(block.rows.start - start, block.rows.stop - start)
        met = residual[own]
        if number > 0:
            met += part_product(near, block.rows, slice(start, block.rows.start), steps[: own.start])
        if kept is not None:
            met *= kept[number]
        steps[own] = block.inverse @ met
    return steps


@dataclass(frozen=True)
class Split:
    """A (n, n) split into panels of blocks, for one sweep.

    Parameters
    ----------
    A
        The matrix, or its transpose.
    near
        By which blocks of one panel pass their steps on; nearly A is enough.
    panels
        Blocks by panel, which cover all rows.
    """

    A: Matrix
    near: Matrix
    panels: Sequence[Sequence[Block]]

    def sweep(self, B: Floats, X: Floats, norm: Norm, kept: NDArray[np.bool_] | None = None) -> Floats:
        """Change X (n, k) panel by panel; return the norm (k,) of the residuals as each block met them.

        Parameters
        ----------
        B
            Right-hand sides (n, k).
        X
            Answers (n, k).
        norm
            Norm of columns.
        kept
            For each block, the columns that have it (blocks, k); all where None.
        """
        cold = not X.any()
        met, first = [], 0
        for panel in self.panels:
            rows = slice(panel[0].rows.start, panel[-1].rows.stop)
            residual = panel_product(self.A, rows, slice(0, rows.start) if cold else slice(None), X)
            residual += B[rows]
            residual -= X[rows]
            own = None if kept is None else kept[first : first + len(panel)]
            X[rows] += solve_panel(self.near, panel, residual, own)
            met.append(norm(residual))
            first += len(panel)
        return norm(np.array(met))


class GaussSeidel:
    """Iteration on a dense A (n, n); holds the inverses of its diagonal blocks only.

    Parameters
    ----------
    A
        Dense, or dense with an update.
    blocks
        Consecutive blocks that cover all rows; their inverses may be nearly those of A.
    coarse
        Correction of regional totals before each sweep; None for none.
    max_sweeps
        Sweeps after which the iteration gives up.
    """

    name = "gauss_seidel"

    def __init__(
        self,
        A: Matrix,
        blocks: Sequence[Block],
        coarse: CoarseCorrection | None = None,
        max_sweeps: int = 60,
    ) -> None:
        self._A = A
        # What blocks of one panel pass to one another may be nearly that of A, too.
        self._near = A if is_dense(A) else A.base
        self.blocks = blocks
        self._transposed_blocks = [Block(own.rows, own.inverse.T) for own in blocks]
        self._coarse = coarse
        self._max_sweeps = max_sweeps

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of sweeps.

        Raises
        ------
        ConvergenceError
            When a column does not reach its target.
        """
        norm = norm_of(transposed)
        until = Until(target, norm, self._max_sweeps, certified=True)
        found = iterate(lambda rhs, X, _: self._sweep(rhs, X, transposed, norm), B, guess, until)
        return found.require("Block Gauss-Seidel")

    def _sweep(self, B: Floats, X: Floats, transposed: bool, norm: Norm) -> tuple[Floats, Floats]:
        """Return the next X and the norm (k,) of the residuals as each block met them."""
        A, near = (self._A.T, self._near.T) if transposed else (self._A, self._near)
        X = X.copy()
        # Before the sweep, which then leaves small elements as exact as large ones.
        if self._coarse is not None and X.any():
            self._coarse.apply(B, X, transposed)
        blocks = self._transposed_blocks if transposed else self.blocks
        panels = panels_of(blocks, PANELS[X.shape[1] > FEW_COLUMNS])
        return X, Split(A, near, panels).sweep(B, X, norm)
