"""Single-region tables side by side: the same labels, one array for each part of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mrio.building.regional import RegionalTable
from mrio.errors import DataError, LabelError, MrioError, PriceBasisError, UnitsError, raise_together
from mrio.units import parse_unit, same_basis, same_unit

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stack:
    """The tables of R regions in one array each; purchases are of all origins.

    Parameters
    ----------
    Z, Y, V
        (R, N, N), (R, N, K) and (R, M, N) [money].
    x, exports, imports, outflow, inflow, stock_change, error
        (R, N) [money].
    """

    Z: Array
    Y: Array
    V: Array
    x: Array
    exports: Array
    imports: Array
    outflow: Array
    inflow: Array
    stock_change: Array
    error: Array

    @property
    def use(self) -> Array:
        """Purchases by region and product (R, N), inventories left out."""
        return np.asarray(self.Z.sum(axis=2) + self.Y.sum(axis=2))


def stacked(tables: Sequence[RegionalTable], name: str) -> Array:
    """Return one array of all tables, regions first."""
    return np.stack([getattr(table, name) for table in tables])


def check_alike(tables: Sequence[RegionalTable]) -> None:
    """Raise when tables do not share labels, unit, price basis and period, or a region stands twice.

    Raises
    ------
    LabelError, UnitsError, PriceBasisError, DataError
        All differences are told at once.
    """
    odd = [type(table).__name__ for table in tables if not isinstance(table, RegionalTable)]
    if odd:
        raise DataError(
            "Only regional tables can be assembled.",
            amount=f"got {', '.join(dict.fromkeys(odd))}",
            remedy="give RegionalTable objects",
        )
    if not tables:
        raise DataError("There are no tables to assemble.", remedy="give at least one RegionalTable")
    first = tables[0]
    names = [table.region for table in tables]
    doubled = sorted({name for name in names if names.count(name) > 1})
    problems: list[MrioError] = []
    if doubled:
        problems.append(
            LabelError(
                "A region stands more than once.",
                where=", ".join(map(repr, doubled)),
                remedy="give one table for each region",
            )
        )
    for table in tables[1:]:
        problems += _differences(first, table)
    raise_together(problems)


def _differences(first: RegionalTable, other: RegionalTable) -> list[MrioError]:
    """Return one error for each thing in which two tables differ."""
    pair = f"{first.region} and {other.region}"
    problems: list[MrioError] = [
        LabelError(
            f"The {name} of two tables differ.",
            where=f"{pair}: {_first_difference(getattr(first, name), getattr(other, name))}",
            remedy="bring all tables to the same labels in the same order, for example by aggregate",
        )
        for name in ("sectors", "demand", "factors")
        if getattr(first, name) != getattr(other, name)
    ]
    if not same_unit(parse_unit(first.unit), parse_unit(other.unit)):
        problems.append(
            UnitsError(
                "Two tables are in different units.",
                where=pair,
                amount=f"{first.unit!r} and {other.unit!r}",
                remedy="convert one",
            )
        )
    if not same_basis(first.price_basis, other.price_basis):
        problems.append(
            PriceBasisError(
                "Two tables are in different prices.",
                where=pair,
                amount=f"{first.price_basis!r} and {other.price_basis!r}",
                remedy="deflate one, or correct its price_basis",
            )
        )
    if first.period != other.period:
        problems.append(
            DataError(
                "Two tables are of different periods.",
                where=pair,
                amount=f"{first.period!r} and {other.period!r}",
                remedy="assemble tables of one period",
            )
        )
    return problems


def _first_difference(first: Sequence[str], other: Sequence[str]) -> str:
    """Return where two lists of labels part for the first time."""
    for number, (one, two) in enumerate(zip(first, other, strict=False)):
        if one != two:
            return f"number {number}: {one!r} and {two!r}"
    return f"{len(first)} and {len(other)} labels"
