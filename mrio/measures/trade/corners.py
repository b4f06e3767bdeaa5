"""Systems with the corner of the Leontief inverse on one group of regions, solved without the corner.

B_gg, the block of B = (I - A)^-1 on the diagonal of group g, is what a unit of final demand in g needs of g,
with all that goes out and comes back. Its inverse is close to I - A_gg, since little comes back: that is the
step of the iteration here, and all groups take it together, each with its own right-hand sides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mrio.leontief import Leontief
from mrio.leontief.backends.anderson import Until, iterate
from mrio.leontief.norms import sum_norm
from mrio.measures.partition import Inside, Partition
from mrio.tables.arrays import Array

_TOLERANCE = 1e-11
_MOST_SWEEPS = 40


def solve_corners(
    op: Leontief, inside: Inside, D: Array, of_column: NDArray[np.intp], left: bool = False
) -> Array:
    """Return Q (n, m) with ``B_gg q = d`` for each column, or ``q' B_gg = d'`` from the left.

    Parameters
    ----------
    op
        Leontief operator B, n rows.
    inside
        The blocks A_gg of all groups.
    D
        Right-hand sides (n, m), each zero outside of its group.
    of_column
        Group of each right-hand side (m,).
    left
        Whether the corner stands on the right.
    """
    own = inside.groups.of_row[:, np.newaxis] == of_column

    def step(residual: Array) -> Array:
        used = inside.product_left(residual.T).T if left else inside.product(residual)
        return residual - used

    def sweep(B: Array, X: Array, columns: NDArray[np.intp]) -> tuple[Array, Array]:
        reached = np.asarray(op.solve_left(X.T)).T if left else np.asarray(op.solve(X))
        residual = np.where(own[:, columns], B - reached, 0.0)
        return X + step(residual), sum_norm(residual)

    found = iterate(sweep, D, step(D), Until(_TOLERANCE * sum_norm(D), sum_norm, _MOST_SWEEPS))
    if found.converged:
        return np.asarray(found.X)
    return _by_corner(op, inside.groups, D, of_column, left)


def _by_corner(op: Leontief, parts: Partition, D: Array, of_column: NDArray[np.intp], left: bool) -> Array:
    """Return the same from the corners themselves, columns of B: for trade that dwarfs home supply."""
    op.expect(op.n)
    Q = np.zeros_like(D)
    for group in range(len(parts.names)):
        rows = np.r_[parts.rows(group)]
        unit = np.zeros((op.n, rows.size))
        unit[rows, np.arange(rows.size)] = 1.0
        corner = np.asarray(op.solve(unit))[rows]
        place = np.ix_(rows, np.flatnonzero(of_column == group))
        Q[place] = np.linalg.solve(corner.T if left else corner, D[place])
    return Q
