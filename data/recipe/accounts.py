"""Steps 1 to 7 in order: what every province makes, earns, uses, exports and imports in one year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.recipe import labels
from data.recipe.beijing import Beijing, read_beijing
from data.recipe.choices import Choices
from data.recipe.final_demand import final_demand, mix_prior
from data.recipe.foreign_trade import ForeignTrade, foreign_trade
from data.recipe.import_use import ImportUse, import_use
from data.recipe.national import National, national
from data.recipe.output import output_shares, provincial_level
from data.recipe.provincial_2007 import Structure, read_structure
from data.recipe.sources import Array, YearFacts, data_dir, read_year
from data.recipe.status import record
from data.recipe.technology import intermediate_use, technology_prior
from data.recipe.trade import read_distance
from data.recipe.value_added import ValueAdded, value_added
from mrio.provenance import Step

_BASE = labels.YEARS[0]


@dataclass(frozen=True)
class Facts:
    """Everything that is read.

    Parameters
    ----------
    years
        Facts by year.
    nations
        National tables in 39 sectors by year.
    structure
        Official provincial structure of 2007.
    beijing
        Official rows of Beijing by year, 2012 and 2017.
    distance
        (R, R) [km].
    """

    years: Mapping[int, YearFacts]
    nations: Mapping[int, National]
    structure: Structure
    beijing: Mapping[int, Beijing]
    distance: Array


@dataclass(frozen=True)
class Accounts:
    """One year of all provinces before trade between them [1e8 CNY].

    Parameters
    ----------
    year
        The year.
    x, V, exports, stock_change, discrepancy
        (R, N).
    use, use_imported
        Uses of any origin, and the imported part, by product (N, R, U); U = N sectors, then K categories.
    steps
        What was done, with how much it moved.
    """

    year: int
    x: Array
    V: Array
    exports: Array
    stock_change: Array
    discrepancy: Array
    use: Array
    use_imported: Array
    steps: tuple[Step, ...]

    @property
    def supply(self) -> Array:
        """Supply to China S (R, N)."""
        return self.x - self.exports - self.stock_change - self.discrepancy

    @property
    def use_domestic(self) -> Array:
        """Uses of domestic products by product (N, R, U); what rounding leaves below zero is zero."""
        return np.maximum(self.use - self.use_imported, 0.0)


def read_facts(root: Path | None = None) -> Facts:
    """Read everything from the folder of the raw data, by default the one of ``MRIO_DATA_DIR``."""
    root = root or data_dir()
    years = {year: read_year(root, year) for year in labels.YEARS}
    return Facts(
        years=years,
        nations={year: national(facts.national) for year, facts in years.items()},
        structure=read_structure(root),
        beijing={year: read_beijing(root, year) for year in labels.YEARS[1:]},
        distance=read_distance(root),
    )


def accounts(facts: Facts, year: int, choices: Choices) -> Accounts:
    """Build the accounts of one year."""
    known, nation = facts.years[year], facts.nations[year]
    earned, output_steps = _production(facts, year, choices)
    use, use_steps = _uses(facts, year, choices, earned)
    share = earned.x / nation.x
    stock, error = share * nation.stock, share * nation.discrepancy
    abroad = foreign_trade(known, nation, earned.x - stock - error, use.sum(axis=2).T)
    imported = import_use(use, abroad.imports.values, np.hstack([nation.Z_imported, nation.F_imported]))
    return Accounts(
        year=year,
        x=earned.x,
        V=earned.V,
        exports=abroad.exports.values,
        stock_change=stock,
        discrepancy=error,
        use=use,
        use_imported=imported.values,
        steps=(*output_steps, *use_steps, *_steps_abroad(abroad, imported)),
    )


def _production(facts: Facts, year: int, choices: Choices) -> tuple[ValueAdded, tuple[Step, ...]]:
    """Return output and value added (steps 1 to 3)."""
    known, nation, base = facts.years[year], facts.nations[year], facts.nations[_BASE]
    level = provincial_level(known, choices)
    x = output_shares(known, facts.years[_BASE], choices) * nation.x
    deviation = facts.structure.ratio / (base.V / base.x)
    earned = value_added(x, nation.V, known.value_added * _vintage(known, choices), deviation)
    not_in_table = float((nation.imports_published - nation.imports).sum())
    return earned, (
        record(
            "split imports of the national table in its own detail",
            {"imports_into_stocks_left_out": not_in_table},
        ),
        record(
            "scaled gross output to the nation",
            {
                "moved": float(np.abs(x - level).sum() / level.sum()),
                "electricity": choices.electricity,
                "coal": choices.coal,
                "group_output": choices.group_output,
                "vintage": choices.vintage,
            },
        ),
        record(
            "spread value added of industry groups over sectors",
            {
                "national_over_controls": dict(zip(labels.GROUPS, earned.factor.tolist(), strict=True)),
                "output_raised_in_cells": earned.lifted,
                "cells_at_ceiling": earned.capped,
                "moved": earned.moved,
            },
        ),
    )


def _uses(facts: Facts, year: int, choices: Choices, earned: ValueAdded) -> tuple[Array, tuple[Step, ...]]:
    """Return intermediate and final uses of any origin (N, R, U) (steps 4 and 6)."""
    known, nation, structure = facts.years[year], facts.nations[year], facts.structure
    official = facts.beijing.get(year) if choices.beijing_2012 else None
    A = technology_prior(structure.A, nation.Z / nation.x, year, official.A if official else None)
    made = intermediate_use(A, earned.x, earned.V, nation.Z)
    mix = mix_prior(structure.mix, nation.F, year, official.demand_share if official else None)
    bought = final_demand(mix, known.demand * _vintage(known, choices), nation.F)
    use = np.concatenate([made.matrix.transpose(2, 1, 0), bought.matrix.transpose(2, 1, 0)], axis=2)
    return use, (
        record(
            "balanced intermediate uses",
            {"moved": made.moved, "official_table_of_Beijing": official is not None},
        ),
        record("balanced final demand", {"moved": bought.moved}),
    )


def _steps_abroad(abroad: ForeignTrade, imported: ImportUse) -> tuple[Step, ...]:
    """Return the record of steps 5 and 7."""
    return (
        record(
            "spread exports and imports over provinces",
            {
                "export_cells_at_ceiling": abroad.exports.cells,
                "exports_moved": abroad.exports.excess,
                "import_cells_at_ceiling": abroad.imports.cells,
                "imports_moved": abroad.imports.excess,
            },
        ),
        record(
            "divided imports between uses",
            {"products_where_national_uses_gave_way": list(imported.gave_way), "shifted": imported.shifted},
        ),
    )


def _vintage(known: YearFacts, choices: Choices) -> Array | float:
    """Return the factor from the balanced to the chosen vintage, by province."""
    return known.first_published[:, None] if choices.vintage == "first_published" else 1.0
