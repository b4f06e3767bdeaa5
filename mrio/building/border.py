"""Trade at the border of a region: abroad apart from the rest of the country, and within what there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mrio.building.regional import RegionalTable
from mrio.building.stack import stacked
from mrio.errors import MissingDataError
from mrio.tables.arrays import ratio

Array = npt.NDArray[np.float64]

_USABLE = 0.05
"""Largest share of the totals by which exports and outflow, or imports and inflow, may miss them."""


@dataclass(frozen=True)
class Border:
    """Trade of R regions with abroad and with the rest of the country.

    Parameters
    ----------
    exports, imports, outflow, inflow
        (R, N) [money]; pairs add up to the published totals.
    estimated
        Regions whose split is not published or not usable (R,).
    """

    exports: Array
    imports: Array
    outflow: Array
    inflow: Array
    estimated: npt.NDArray[np.bool_]


def split_border(tables: Sequence[RegionalTable], nation: RegionalTable | None) -> Border:
    """Part the totals of sales to and purchases from others by abroad and rest of the country.

    Where a table publishes the split and it misses the totals by no more than 5 percent, it is used, scaled
    to the totals product by product. Otherwise exports are output times the exports per output of the
    reference, imports are use times its imports per use, none more than the total; the reference is the
    nation, or without one the tables that publish a split.

    Parameters
    ----------
    tables
        R tables with the same sectors.
    nation
        Table of the nation, or None.

    Raises
    ------
    MissingDataError
        A table has totals only, and there is neither a nation nor a table with a split.
    """
    usable = np.array([table.has_split and table.split_gap <= _USABLE for table in tables])
    reference = (
        [nation] if nation is not None else [t for t, fine in zip(tables, usable, strict=True) if fine]
    )
    if not usable.all() and not reference:
        raise MissingDataError(
            "Trade is published in totals only, and nothing tells exports and imports apart.",
            where=", ".join(table.region for table in tables),
            remedy="give the national table, or one table with exports and imports",
        )
    parts = [
        _published(table) if fine else _estimated(table, reference)
        for table, fine in zip(tables, usable, strict=True)
    ]
    exports, imports = (np.stack([part[side] for part in parts]) for side in (0, 1))
    out_total, in_total = (np.stack([getattr(t, name) for t in tables]) for name in ("out_total", "in_total"))
    return Border(exports, imports, out_total - exports, in_total - imports, ~usable)


def abroad(nation: RegionalTable) -> tuple[Array, Array]:
    """Return exports and imports (N,) of a nation; without such columns all its trade is abroad."""
    return (
        nation.out_total if nation.exports is None else nation.exports,
        nation.in_total if nation.imports is None else nation.imports,
    )


def _published(table: RegionalTable) -> tuple[Array, Array]:
    """Return exports and imports as published, scaled so that both parts add up to the totals."""
    return (
        _scaled(table.exports, table.outflow, table.out_total),
        _scaled(table.imports, table.inflow, table.in_total),
    )


def _scaled(foreign: Array | None, elsewhere: Array | None, total: Array) -> Array:
    """Return the part abroad of a total, in the proportion of two published parts (0 where both are 0).

    Never negative: what a few tables publish below 0 stays with the rest of the country.
    """
    if foreign is None or elsewhere is None:
        raise TypeError("a published split has both parts")
    both = foreign + elsewhere
    part = ratio(foreign * total, both)
    return np.asarray(np.maximum(part, 0.0))


def _estimated(table: RegionalTable, reference: Sequence[RegionalTable]) -> tuple[Array, Array]:
    """Return exports and imports in proportion to output and use, as in the reference, within the totals."""
    exports, imports = (np.sum(part, axis=0) for part in zip(*map(abroad, reference), strict=True))
    output, use = (stacked(reference, name).sum(axis=0) for name in ("x", "use"))
    return (
        np.clip(table.x * _ratio(exports, output), 0.0, np.maximum(table.out_total, 0.0)),
        np.clip(table.use * _ratio(imports, use), 0.0, np.maximum(table.in_total, 0.0)),
    )


def _ratio(part: Array, total: Array) -> Array:
    """Return part / total, 0 where there is no total."""
    return np.divide(part, total, out=np.zeros_like(part), where=total > 0)
