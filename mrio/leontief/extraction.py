"""What is lost when a sector, or a region, is taken out of the table: exact, without one inverse each.

Three kinds (Dietzenbacher, van der Linden and Steenge 1993, doi:10.1080/09535319300000017; Miller and Lahr
2001): ``"complete"`` takes out purchases, sales and final demand; ``"backward"`` takes out purchases (inputs
come from outside the table), ``"forward"`` takes out intermediate sales (customers buy outside the table).

For one sector j, with m = f L the multipliers of an indicator f,

    complete   m_j x_j / L_jj
    backward   (m_j - f_j) x_j / L_jj
    forward    m_j (x_j - y_j) / L_jj

so that all n sectors need one transposed solve and the diagonal of L. Regions are solved together as columns
of one batch (`mrio.leontief.backends.masked`). With o the region, t the others and x_t their output without
it,

    complete   x_o = 0
    backward   x_o = y_o + A_ot x_t
    forward    x_o = y_o, where the others also serve the inputs A_to y_o
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import scipy.sparse as sp

from mrio.errors import ConvergenceError
from mrio.leontief.backends.masked import MaskedGaussSeidel
from mrio.leontief.memory import require
from mrio.leontief.norms import rounding, sum_norm, worst_ratio
from mrio.leontief.operator import Leontief
from mrio.leontief.report import Floats, Solution, SolveReport
from mrio.leontief.storage.matrices import is_dense, product, to_dense

Kind = Literal["complete", "backward", "forward"]


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
    system = MaskedGaussSeidel(A, rows, chosen)
    bought = np.asarray(y, dtype=np.float64)[:, np.newaxis]
    B = np.repeat(bought, chosen.size, axis=1)
    if kind == "forward":
        # The region still serves final demand, and buys for it from all others.
        B += product(A, system.own(bought))
    system.clear(B)
    found = system.solve(B, op.tol)
    if not found.converged:
        raise ConvergenceError("The extraction of regions did not converge.", amount=f"{found.sweeps} sweeps")
    lost, X = sum_norm(system.residual(B, found.X)), found.X
    if kind == "backward":
        # It still serves all others, with inputs from outside the table.
        X = X + system.own(product(A, X) + bought)
    elif kind == "forward":
        X = X + system.own(bought)
    return Solution(X, _report(op, lost, sum_norm(B), sum_norm(X), found.sweeps))


def _report(op: Leontief, lost: Floats, asked: Floats, got: Floats, sweeps: int) -> SolveReport:
    """Return the report of a batch from the norms of residuals, right-hand sides and outputs (k,)."""
    bound = None
    if op.inverse_norm is not None:
        bound = worst_ratio(op.inverse_norm * (lost + rounding(op.n) * (asked + got)), got)
    return SolveReport("gauss_seidel", worst_ratio(lost, asked), bound, sweeps, lost.size)


def _as_array(op: Leontief) -> Floats:
    """Return A as an array where it fits into memory."""
    require(8 * op.n * op.n, "A as an array", {})
    return to_dense(op.A)
