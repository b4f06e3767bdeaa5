"""Spreading and fitting below ceilings: what exceeds a ceiling goes to the others, and totals hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.balancing.balance import Balanced, Labels, Stopping, moved
from mrio.balancing.margins import MarginLike
from mrio.balancing.proportional import ipf
from mrio.errors import BalanceError

Array = npt.NDArray[np.float64]
Masked = np.ma.MaskedArray[Any, np.dtype[np.float64]]

_ROUNDING = 1e-12
"""Share of a total below which what is left of it is rounding."""


@dataclass(frozen=True)
class Spread:
    """Cells below their ceilings.

    Parameters
    ----------
    values
        (m, n).
    cells
        How many stand at their ceiling.
    excess
        What plain proportions had placed above the ceilings.
    """

    values: Array
    cells: int
    excess: float


@dataclass(frozen=True)
class CappedFit(Balanced):
    """A fitted array with no cell above its ceiling; `cells` and `excess` as in `Spread`."""

    cells: int
    excess: float


def spread_capped(weights: Array, totals: Array, ceiling: Array) -> Spread:
    """Spread totals over cells in proportion to weights, none above its ceiling.

    Cells are min(ceiling, lambda * weight) with one lambda a column so that its total holds.

    Parameters
    ----------
    weights, ceiling
        (m, n), not negative.
    totals
        (n,), not negative.

    Raises
    ------
    BalanceError
        Totals larger than all cells with a weight may hold, named by column.

    Examples
    --------
    >>> spread_capped(np.array([[3.0], [1.0]]), np.array([8.0]), np.array([[5.0], [9.0]])).values.tolist()
    [[5.0], [3.0]]
    """
    room = np.where(weights > 0, ceiling, 0.0).sum(axis=0)
    short = totals > room * (1 + _ROUNDING)
    if short.any():
        at = np.flatnonzero(short).tolist()
        table = pd.DataFrame({"column": at, "total": totals[short], "room": room[short]})
        raise BalanceError(
            "A total is larger than all its cells may hold.",
            where=f"column {at[0]}" + (f" and {len(at) - 1} more" if len(at) > 1 else ""),
            amount=f"total {totals[short][0]:.8g}, room {room[short][0]:.8g}",
            remedy="check the total against the ceilings",
            table=table,
        )
    sums = weights.sum(axis=0)
    plain = weights * np.divide(totals, sums, out=np.zeros_like(totals), where=sums > 0)
    excess = float(np.maximum(plain - ceiling, 0.0).sum())
    share = np.divide(plain, ceiling, out=np.zeros_like(plain), where=ceiling > 0)
    values = ceiling * capped_shares(ceiling.T, share.T, np.minimum(totals, room)).T
    return Spread(values, int(((values >= ceiling) & (values > 0)).sum()), excess)


def fit_capped(
    prior: Array,
    margins: Sequence[MarginLike],
    ceiling: Array,
    *,
    labels: Labels | None = None,
    stopping: Stopping | None = None,
) -> CappedFit:
    """Fit an array to margins (`ipf`) with no cell above its ceiling.

    What comes out above its ceiling is set to it, and the others are fitted to what is left of the margins.

    Parameters
    ----------
    prior, ceiling
        Arrays of the same shape, not negative.
    margins, labels, stopping
        As in `ipf`.

    Raises
    ------
    BalanceError, ConvergenceError
        When the margins cannot be met below the ceilings.
    """
    full = np.zeros(prior.shape, dtype=bool)
    excess = None
    while True:
        fixed = np.where(full, ceiling, 0.0)
        left = [(axes, _left(np.ma.asarray(target), fixed, axes)) for axes, target in margins]
        free = ipf(np.where(full, 0.0, prior), left, labels=labels, stopping=stopping)
        above = ~full & (free.matrix > ceiling * (1 + _ROUNDING))
        if excess is None:
            excess = float((free.matrix - ceiling)[above].sum())
        if not above.any():
            matrix = free.matrix + fixed
            return CappedFit(
                matrix=matrix,
                iterations=free.iterations,
                residual=free.residual,
                converged=free.converged,
                moved=moved(matrix, prior),
                cells=int(full.sum()),
                excess=excess,
            )
        full |= above


def _left(target: Masked, fixed: Array, axes: Sequence[int]) -> Masked:
    """Return what fixed cells leave of a margin, in the order of its axes, without rounding."""
    others = tuple(axis for axis in range(fixed.ndim) if axis not in axes)
    taken = np.transpose(fixed.sum(axis=others), np.argsort(np.argsort(axes)))
    total = target.filled(0.0)
    left = np.where(np.abs(total - taken) <= _ROUNDING * np.abs(total), 0.0, total - taken)
    return np.ma.masked_array(left, mask=np.ma.getmaskarray(target))


def capped_shares(weights: Array, shares: Array, total: Array) -> Array:
    """Return min(1, lambda * shares) with sum(weights * result) = total, one lambda a row.

    Parameters
    ----------
    weights
        (rows, cells), not negative.
    shares
        (rows, cells), within [0, 1].
    total
        (rows,), not more than the sum of the weights that have a share.

    Returns
    -------
    ndarray
        (rows, cells).
    """
    full = np.zeros(weights.shape, dtype=bool)
    scaled = shares
    # Every round fills at least one more cell of a row that is not done.
    for _ in range(weights.shape[1] + 1):
        left = total - (weights * full).sum(axis=1)
        room = (weights * shares * ~full).sum(axis=1)
        factor = np.divide(left, room, out=np.zeros_like(left), where=room > 0)
        scaled = np.where(full, 1.0, factor[:, None] * shares)
        over = ~full & (scaled > 1) & (weights > 0)
        if not over.any():
            break
        full |= over
    return np.minimum(scaled, 1.0)


def move_excess(values: Array, ceiling: Array, weights: Array) -> tuple[Array, Array]:
    """Move what exceeds its ceiling to other regions in proportion to weights, none above its own ceiling.

    Parameters
    ----------
    values, ceiling, weights
        (R, N), not negative.

    Returns
    -------
    tuple
        Values (R, N), and what no region had room for, by product (N,).
    """
    kept = np.minimum(values, ceiling)
    excess = (values - kept).sum(axis=0)
    if not excess.any():
        return kept, excess
    room = ceiling - kept
    # Regions without weight take part last, in proportion to their room.
    willing = np.where(room > 0, weights + 1e-9 * room, 0.0)
    placed = np.minimum(excess, room.sum(axis=0))
    share = np.divide(willing, room, out=np.zeros_like(room), where=room > 0)
    return kept + room * capped_shares(room.T, share.T, placed).T, excess - placed
