"""What is lost when a sector, or a region, is taken out of the table: exact, without one inverse each.

Three kinds (Dietzenbacher, van der Linden and Steenge 1993, doi:10.1080/09535319300000017; Miller and Lahr
2001): ``"complete"`` takes out purchases, sales and final demand; ``"backward"`` takes out purchases (inputs
come from outside the table), ``"forward"`` takes out intermediate sales (customers buy outside the table).

For one sector j, with m = f L the multipliers of an indicator f,

    complete   m_j x_j / L_jj
    backward   (m_j - f_j) x_j / L_jj
    forward    m_j (x_j - y_j) / L_jj

so that all n sectors need one transposed solve and the diagonal of L. Regions are solved together as columns
of one batch, each with its own rows and columns masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from mrio.errors import ConvergenceError
from mrio.leontief.anderson import Until, iterate
from mrio.leontief.gauss_seidel import Block, invert_blocks
from mrio.leontief.matrices import Matrix, is_dense, panel_product, to_dense
from mrio.leontief.memory import require
from mrio.leontief.norms import rounding, sum_norm, worst_ratio
from mrio.leontief.operator import Leontief
from mrio.leontief.report import Floats, Solution, SolveReport

Kind = Literal["complete", "backward", "forward"]

_MOST_SWEEPS = 60


def sector_losses(
    F: Floats, multipliers: Floats, diagonal: Floats, x: Floats, y: Floats, kind: Kind = "complete"
) -> Floats:
    """Return what every indicator loses when each sector is taken out.

    Parameters
    ----------
    F
        Indicators per unit of output (m, n).
    multipliers
        F @ L (m, n).
    diagonal
        Diagonal of L (n,).
    x
        Output (n,).
    y
        Final purchases (n,).
    kind
        What is taken out.

    Returns
    -------
    numpy.ndarray
        Losses (m, n) [unit of F times unit of x]: column j when sector j is taken out.

    Examples
    --------
    >>> import numpy as np
    >>> A, y = np.array([[0.2, 0.3], [0.1, 0.4]]), np.array([9.0, 4.5])
    >>> op = Leontief(A)
    >>> F = np.ones((1, 2))
    >>> sector_losses(F, op.solve_left(F), op.diagonal(), op.solve(y), y).round(6)
    array([[17.5 , 13.75]])
    """
    m = np.asarray(multipliers)
    weights = np.asarray(diagonal)
    match kind:
        case "complete":
            return np.asarray(m * (x / weights))
        case "backward":
            return np.asarray((m - F) * (x / weights))
        case "forward":
            return np.asarray(m * ((x - y) / weights))


def outputs_without_regions(
    op: Leontief, y: Floats, kind: Kind = "complete", regions: Sequence[int] | None = None
) -> Solution:
    """Return output when each region is taken out, all of them in one batch.

    Parameters
    ----------
    op
        Operator with its `blocks`, the regions.
    y
        Final purchases (n,).
    kind
        What is taken out.
    regions
        Numbers of the regions (k,); all where None.

    Returns
    -------
    Solution
        Outputs (n, k): column b when region ``regions[b]`` is taken out.

    Raises
    ------
    ConvergenceError
        When the iteration does not converge.
    MemoryLimitError
        When A is structured and does not fit into memory as an array.
    """
    blocks = op.blocks if op.blocks is not None else (op.n,)
    ends = np.cumsum(blocks)
    rows = [slice(int(end - size), int(end)) for end, size in zip(ends, blocks, strict=True)]
    chosen = np.arange(len(blocks)) if regions is None else np.asarray(regions, dtype=np.intp)
    A = op.A if is_dense(op.A) or sp.issparse(op.A) else _as_array(op)
    system = _MaskedSystem(A, invert_blocks(A, rows), chosen, kind)
    B = np.repeat(np.asarray(y, dtype=np.float64)[:, np.newaxis], chosen.size, axis=1)
    if kind == "complete":
        system.clear_own(B)
    asked = sum_norm(B)
    found = iterate(system.sweep, B, np.zeros_like(B), Until(op.tol * asked, sum_norm, _MOST_SWEEPS))
    if not found.converged:
        raise ConvergenceError("The extraction of regions did not converge.", amount=f"{found.sweeps} sweeps")
    lost, got = sum_norm(system.residual(B, found.X)), sum_norm(found.X)
    bound = None
    if op.inverse_norm is not None:
        bound = worst_ratio(op.inverse_norm * (lost + rounding(op.n) * (asked + got)), got)
    report = SolveReport("gauss_seidel", worst_ratio(lost, asked), bound, found.sweeps, chosen.size)
    return Solution(found.X, report)


def _as_array(op: Leontief) -> Floats:
    """Return A as an array where it fits into memory."""
    require(8 * op.n * op.n, "A as an array", {})
    return to_dense(op.A)


@dataclass(frozen=True)
class _MaskedSystem:
    """One system for each region that is taken out: that of A (n, n) with rows, columns or both masked.

    Blocks are all regions; column b of the arrays (n, k) goes without ``regions[b]``.
    """

    A: Matrix
    blocks: Sequence[Block]
    regions: NDArray[np.intp]
    kind: Kind

    def clear_own(self, X: Floats) -> None:
        """Set the rows of the region that is taken out to zero in every column of X (n, k)."""
        for column, region in enumerate(self.regions):
            X[self.blocks[region].rows, column] = 0.0

    def sweep(self, B: Floats, X: Floats, columns: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Return the next X (n, k) and the norm (k,) of the residuals as each region met them."""
        X = X.copy()
        cold = not X.any()
        active = replace(self, regions=self.regions[columns])
        buying = active._purchases(X)
        met = []
        for region, block in enumerate(self.blocks):
            rows, own = block.rows, active.regions == region
            known = slice(0, rows.start) if cold else slice(None)
            residual = panel_product(self.A, rows, known, buying)
            if self.kind != "backward":
                residual[:, own] = 0.0
            residual += B[rows] - X[rows]
            met.append(sum_norm(residual))
            step = block.inverse @ residual
            # Without its sales or purchases the diagonal block of a region is empty: its inverse is one.
            step[:, own] = residual[:, own]
            X[rows] += step
            buying[rows] = X[rows]
            if self.kind != "forward":
                buying[rows, own] = 0.0
        return X, sum_norm(np.array(met))

    def residual(self, B: Floats, X: Floats) -> Floats:
        """Return the residual (n, k) of all systems."""
        product: Floats = self.A @ self._purchases(X)
        if self.kind != "backward":
            self.clear_own(product)
        product += B - X
        return product

    def _purchases(self, X: Floats) -> Floats:
        """Return the outputs (n, k) that buy inputs: not that of a region that makes no purchases."""
        buying = X.copy()
        if self.kind != "forward":
            self.clear_own(buying)
        return buying
