"""Spreading and balancing under a ceiling for every cell, with nothing cut and lost.

What exceeds its ceiling is set to it, and the rest is scaled again to what is left of the totals, until no
cell exceeds. Totals hold exactly; cells below their ceiling keep the proportions of plain scaling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mrio.building.balance import ras
from mrio.errors import BalanceError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Capped:
    """Cells under their ceilings, how many stand at it, and what plain scaling had placed above."""

    values: Array
    cells: int
    excess: float


def spread(weights: Array, totals: Array, ceiling: Array) -> Capped:
    """Spread totals over cells in proportion to weights, no cell above its ceiling.

    Parameters
    ----------
    weights
        (m, n), not negative.
    totals
        (n,) of each column.
    ceiling
        (m, n).

    Raises
    ------
    BalanceError
        When a total exceeds what its column may hold.
    """
    full = np.zeros(weights.shape, dtype=bool)
    excess = None
    while True:
        left = totals - np.where(full, ceiling, 0.0).sum(axis=0)
        free = np.where(full, 0.0, weights)
        sums = free.sum(axis=0)
        if (left > 1e-9 * totals)[sums <= 0].any():
            raise BalanceError(
                "A total is larger than all its cells may hold.",
                amount=f"left over {left[sums <= 0].max():g}",
                remedy="check the total against the ceilings",
            )
        share = np.divide(left, sums, out=np.zeros_like(left), where=sums > 0)
        values = np.where(full, ceiling, free * share)
        above = ~full & (values > ceiling)
        if excess is None:
            excess = float((values - ceiling)[above].sum())
        if not above.any():
            return Capped(values, int(full.sum()), excess)
        full |= above


def balance(prior: Array, rows: Array, columns: Array, ceiling: Array) -> Capped:
    """Balance matrices to both margins by RAS, no cell above its ceiling.

    Parameters
    ----------
    prior
        (..., m, n), not negative.
    rows, columns
        (..., m) and (..., n).
    ceiling
        (..., m, n).

    Raises
    ------
    BalanceError
        When the margins cannot be met under the ceilings.
    """
    full = np.zeros(prior.shape, dtype=bool)
    excess = None
    while True:
        fixed = np.where(full, ceiling, 0.0)
        left_rows = _not_negative(rows - fixed.sum(axis=-1), rows)
        left_columns = _not_negative(columns - fixed.sum(axis=-2), columns)
        free = ras(np.where(full, 0.0, prior), left_rows, left_columns).matrix
        above = free > np.where(full, np.inf, ceiling)
        if excess is None:
            excess = float((free - ceiling)[above].sum())
        if not above.any():
            return Capped(fixed + free, int(full.sum()), excess)
        full |= above


def _not_negative(left: Array, total: Array) -> Array:
    """Return what is left of a total, without the rounding below zero."""
    return np.where(left < 1e-13 * total, 0.0, left)
