"""Step 10: whole tables of 31 provinces, and their sums over regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.recipe import labels
from data.recipe.accounts import Accounts, Facts, accounts
from data.recipe.choices import Choices
from data.recipe.emissions import emissions
from data.recipe.sources import Array
from data.recipe.status import record
from data.recipe.sums import add_up
from data.recipe.trade import later_trade, own_supply, trade_2007
from mrio.building.trade import sourcing, spread
from mrio.provenance import Step

_N = len(labels.CODES)


@dataclass(frozen=True)
class Table:
    """An interregional table of one year: R regions, N sectors, K categories [1e8 CNY].

    Rows: sum Z + sum Y + exports + stock_change + discrepancy = x. Columns: sum Z + sum imports_Z + V = x.

    Parameters
    ----------
    year
        The year.
    regions
        Names of the regions.
    Z, Y
        Domestic flows (R, N, R, N) and (R, N, R, K).
    imports_Z, imports_Y
        Imports by product (N, R, N) and (N, R, K).
    V, x, exports, stock_change, discrepancy
        (R, N).
    co2
        Emissions by sector (R, N) [Mt].
    co2_households
        (R,) [Mt].
    population
        (R,) [1e4 person].
    steps
        What was done.
    """

    year: int
    regions: tuple[str, ...]
    Z: Array
    Y: Array
    imports_Z: Array
    imports_Y: Array
    V: Array
    x: Array
    exports: Array
    stock_change: Array
    discrepancy: Array
    co2: Array
    co2_households: Array
    population: Array
    steps: tuple[Step, ...]

    def row_gap(self) -> float:
        """Return the largest relative gap of a row."""
        uses = (
            self.Z.sum(axis=(2, 3))
            + self.Y.sum(axis=(2, 3))
            + self.exports
            + self.stock_change
            + self.discrepancy
        )
        return _gap(uses, self.x)

    def column_gap(self) -> float:
        """Return the largest relative gap of a column."""
        return _gap(self.Z.sum(axis=(0, 1)) + self.imports_Z.sum(axis=0) + self.V, self.x)


def _gap(sums: Array, totals: Array) -> float:
    return float((np.abs(sums - totals) / np.where(totals > 0, totals, 1.0)).max())


def build(facts: Facts, choices: Choices) -> dict[int, Table]:
    """Build the tables of 31 provinces of all years under one set of choices."""
    return with_trade(facts, {year: accounts(facts, year, choices) for year in labels.YEARS}, choices)


def with_trade(facts: Facts, parts: Mapping[int, Accounts], choices: Choices) -> dict[int, Table]:
    """Add trade between provinces to the accounts of all years."""
    tables = {}
    base: Array | None = None
    for year, part in parts.items():
        trade, step = _trade(facts, part, choices, base)
        base = trade if base is None else base
        tables[year] = _table(facts, part, trade, step)
    return tables


def _trade(facts: Facts, parts: Accounts, choices: Choices, base: Array | None) -> tuple[Array, Step]:
    """Return trade between provinces (N, R, R): from the prior in the base year, updated later."""
    supply, use = parts.supply, parts.use_domestic.sum(axis=2).T
    if base is not None:
        updated = later_trade(base, supply, use)
        return updated.matrix, record("updated trade of 2007", {"moved": updated.moved})
    own = own_supply(supply, use, facts.structure, facts.nations[parts.year], choices)
    traded = trade_2007(supply, use, own, facts.distance, choices.exponent)
    details = {"exponent": choices.exponent, "own_supply": choices.own_supply, "moved": traded.moved}
    return traded.matrix, record("balanced trade between provinces", details)


def _table(facts: Facts, parts: Accounts, trade: Array, step: Step) -> Table:
    """Spread trade over buyers: each buys a domestic product from the origins his province buys it from."""
    use = parts.use_domestic.transpose(1, 0, 2)
    Z, Y = spread(sourcing(trade), use[..., :_N], use[..., _N:])
    known = facts.years[parts.year]
    emitted = emissions(known.co2, parts.x, parts.V)
    moved = record("brought emissions to table sectors", {"moved_from_sectors_without_output": emitted.moved})
    return Table(
        year=parts.year,
        regions=labels.PROVINCES,
        Z=Z,
        Y=Y,
        imports_Z=parts.use_imported[..., :_N],
        imports_Y=parts.use_imported[..., _N:],
        V=parts.V,
        x=parts.x,
        exports=parts.exports,
        stock_change=parts.stock_change,
        discrepancy=parts.discrepancy,
        co2=emitted.sectors,
        co2_households=emitted.households,
        population=known.population,
        steps=(*parts.steps, step, moved),
    )


def aggregate(table: Table, names: Sequence[str], member: labels.Index) -> Table:
    """Add up the regions of a table: flows are summed, never shares.

    Parameters
    ----------
    table
        Table of R regions.
    names
        Names of the S new regions.
    member
        New region of each old one (R,).
    """

    def over(values: Array, *axes: int) -> Array:
        for axis in axes:
            values = add_up(values, member, len(names), axis)
        return values

    return Table(
        year=table.year,
        regions=tuple(names),
        Z=over(table.Z, 0, 2),
        Y=over(table.Y, 0, 2),
        imports_Z=over(table.imports_Z, 1),
        imports_Y=over(table.imports_Y, 1),
        V=over(table.V, 0),
        x=over(table.x, 0),
        exports=over(table.exports, 0),
        stock_change=over(table.stock_change, 0),
        discrepancy=over(table.discrepancy, 0),
        co2=over(table.co2, 0),
        co2_households=over(table.co2_households, 0),
        population=over(table.population, 0),
        steps=(*table.steps, record("added up regions", {"regions": list(names)})),
    )
