"""Trade between regions, or groups of regions, of one table: who sells to whom, and whose value is in it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from mrio.errors import DataWarning
from mrio.leontief import Leontief
from mrio.measures.partition import Groups, Inside, Partition, partition
from mrio.schema import ABROAD, ADDING_UP
from mrio.tables import System
from mrio.tables.arrays import Array, ratio

UNACCOUNTED = "unaccounted"
"""Origin of what a column that does not balance leaves unexplained."""


@dataclass(frozen=True, eq=False)
class Trade:
    """Sales between G groups of regions; D destinations, abroad last where exports are known; n = R N.

    Attributes
    ----------
    op, inside, parts
        The whole chain, the chains inside each group, and the groups.
    destinations
        Labels of the destinations (D).
    origins
        Labels of the origins of value (O): the groups, abroad where imports are known, and ``"unaccounted"``
        where columns do not balance.
    costs
        Primary cost per unit of output by origin, at the row where it is paid (O, n).
    intermediate
        Intermediate sales by destination (n, D), zero for abroad.
    demand
        Final demand by destination (n, D): exports abroad in its column, stock changes and the discrepancy
        with the group that makes the product.
    x
        Output (n,).
    """

    op: Leontief
    inside: Inside
    parts: Partition
    destinations: tuple[str, ...]
    origins: tuple[str, ...]
    costs: Array
    intermediate: Array
    demand: Array
    x: Array

    @property
    def home(self) -> Array:
        """One where a row belongs to a destination (n, D)."""
        own = self.parts.indicator.T
        return np.pad(own, ((0, 0), (0, len(self.destinations) - own.shape[1])))

    @property
    def exports(self) -> Array:
        """Gross exports by destination (n, D), zero at home."""
        return (self.intermediate + self.demand) * (1 - self.home)

    @property
    def value(self) -> Array:
        """Value added per unit of output (n,)."""
        return np.asarray(self.costs[: len(self.parts.names)].sum(axis=0))

    def embodied(self) -> Array:
        """Return value of each origin in one unit of final demand for each product, (O, n)."""
        return np.asarray(self.op.solve_left(self.costs))

    def own(self, rows: Array) -> Array:
        """Return, of rows (G or more, n), the one of the group that makes each product, (n,)."""
        return np.asarray(rows[self.parts.of_row, np.arange(rows.shape[1])])


def trade_of(system: System, groups: Groups | None) -> Trade:
    """Return the trade between groups of regions of a table.

    Raises
    ------
    LabelError
        When the groups are no partition of the regions.
    """
    arrays, parts = system.arrays, partition(system, groups)
    x, n = arrays.x.ravel(), arrays.x.size
    A = system.leontief.A
    G = len(parts.names)
    to_abroad = arrays.exports is not None
    outside = np.zeros((n, 1 if to_abroad else 0))
    if arrays.exports is not None:
        outside[:, 0] = arrays.exports.ravel()
    bought = arrays.Y.sum(axis=3).reshape(n, -1) @ _members(parts)
    kept = arrays.final_demand.ravel() - bought.sum(axis=1) - outside.sum(axis=1)
    bought[np.arange(n), parts.of_row] += kept
    sold = A @ parts.split(x)
    costs, origins = _costs(system, parts)
    return Trade(
        op=system.leontief,
        inside=Inside(A, parts, system.labels),
        parts=parts,
        destinations=(*parts.names, ABROAD)[: G + outside.shape[1]],
        origins=origins,
        costs=costs,
        intermediate=np.concatenate([sold, np.zeros_like(outside)], axis=1),
        demand=np.concatenate([bought, outside], axis=1),
        x=x,
    )


def warn_unaccounted(trade: Trade) -> None:
    """Warn where columns do not balance, so that the value in a product has an unknown origin."""
    if trade.origins[-1] == UNACCOUNTED:
        share = float(np.abs(trade.costs[-1] * trade.x).sum() / np.abs(trade.x).sum())
        warnings.warn(
            f"Columns leave {share:.2g} of output unaccounted: neither inputs, imports nor value added. It "
            f"is kept as an origin of its own, {UNACCOUNTED!r}. system.check() names the columns.",
            DataWarning,
            stacklevel=3,
        )


def _members(parts: Partition) -> Array:
    """Return one where a region belongs to a group (R, G)."""
    return np.asarray(parts.of_region[:, np.newaxis] == np.arange(len(parts.names)), dtype=np.float64)


def _costs(system: System, parts: Partition) -> tuple[Array, tuple[str, ...]]:
    """Return primary costs per unit of output by origin (O, n), and the origins."""
    arrays = system.arrays
    x = arrays.x.ravel()

    def per_output(values: Array) -> Array:
        return ratio(values.ravel(), x)

    value = per_output(arrays.V.sum(axis=0))
    imported = per_output(arrays.imports_by_user)
    inputs = system.leontief.A.T @ np.ones(x.size)
    gap = np.where(x != 0, 1 - inputs - value - imported, 0.0)
    share = float(np.abs(gap * x).sum() / np.abs(x).sum())
    balanced = share <= ADDING_UP
    # Rounding of the balance goes with value added, so that every unit is accounted for.
    rows = list((value + gap if balanced else value) * parts.indicator)
    origins = list(parts.names)
    if system.imports != "none":
        rows.append(imported)
        origins.append(ABROAD)
    if not balanced:
        rows.append(gap)
        origins.append(UNACCOUNTED)
    return np.array(rows), tuple(origins)
