"""Shares of parts in a total, with the rules for totals that are zero.

A total of zero has no shares. Where it is zero in one period only, the shares of the other period are taken,
so nothing counts as moved; where it is zero in both, all shares are zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mrio.errors import DataError
from mrio.leontief.storage.passes import smallest
from mrio.tables.arrays import ratio

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_CANCELLED = 1e-12


def share_pair(parts: tuple[Array, Array], axis: int | tuple[int, ...] = 0) -> tuple[Array, Array]:
    """Return the shares of parts along an axis in both periods.

    Parameters
    ----------
    parts
        Flows of the two periods, of one shape.
    axis
        Axes over which the shares add up to one.

    Returns
    -------
    tuple of ndarray
        Shares of the two periods, in the shape of the parts.
    """
    totals = tuple(p.sum(axis=axis, keepdims=True) for p in parts)
    own = tuple(ratio(p, total) for p, total in zip(parts, totals, strict=True))
    return (
        np.where(totals[0] == 0, own[1], own[0]),
        np.where(totals[1] == 0, own[0], own[1]),
    )


def other_where_zero(values: tuple[Array, Array], zero: tuple[Mask, Mask]) -> tuple[Array, Array]:
    """Return the values of both periods, each taken from the other period where marked zero.

    Parameters
    ----------
    values
        Two arrays whose last axis is that of `zero`.
    zero
        Two boolean arrays.
    """
    first = np.where(zero[0], values[1], values[0])
    second = np.where(zero[1], values[0], values[1])
    return first, second


def require_no_cancelled_totals(parts: Array, total: Array, what: str) -> None:
    """Raise where parts of different sign add up to nothing, because shares do not exist there.

    Parameters
    ----------
    parts
        Flows, origin axis first.
    total
        Their sum over the first axis.
    what
        How to name the flows.

    Raises
    ------
    DataError
        With the number of cells.
    """
    if not smallest(parts) < 0:
        return
    gross = np.abs(parts).sum(axis=0)
    cancelled = (np.abs(total) <= _CANCELLED * gross) & (gross > 0)
    if cancelled.any():
        raise DataError(
            f"Flows of different sign cancel out in {what}: their sum is zero, so they have no shares.",
            amount=f"{int(cancelled.sum())} cells, up to {gross[cancelled].max():.6g} gross",
            remedy="give inventories and discrepancies as stock_change= and discrepancy=, not inside Y or Z",
        )


def outside_unit(parts: Array, total: Array) -> NDArray[np.bool_]:
    """Mark the totals of which some part lies outside [0, 1] of the whole."""
    if not smallest(parts) < 0:
        return np.zeros(total.shape, dtype=np.bool_)
    own = ratio(parts, total[np.newaxis])
    return np.asarray(((own < 0) | (own > 1 + 1e-12)).any(axis=0))
