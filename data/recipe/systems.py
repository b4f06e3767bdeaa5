"""Step 11: the shipped files, made of the tables of 31 provinces added up to four regions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import mrio
from data.recipe import labels
from data.recipe.accounts import Accounts, Facts, accounts
from data.recipe.assemble import Table, aggregate, with_trade
from data.recipe.choices import DEFAULT, SENSITIVITY, Choices
from data.recipe.status import provenance

TABLES = "bth.nc"
SENSITIVITY_SET = "bth_sensitivity.nc"


def to_system(table: Table, choices: Choices, scenario: str = "baseline") -> mrio.System:
    """Return a table as a System with its provenance."""
    return mrio.System.from_arrays(
        regions=table.regions,
        sectors=labels.SECTORS,
        demand=labels.DEMAND,
        Z=table.Z,
        Y=table.Y,
        V=table.V,
        exports=table.exports,
        stock_change=table.stock_change,
        discrepancy=table.discrepancy,
        imports_Z=table.imports_Z,
        imports_Y=table.imports_Y,
        accounts={"co2": (table.co2, "Mt CO2", table.co2_households)},
        population=table.population,
        population_unit="1e4 person",
        unit="1e8 CNY",
        price_basis=f"current {table.year} CNY, producer prices",
        period=str(table.year),
        scenario=scenario,
        provenance=provenance(table.year, choices, table.steps),
    )


def build_sets(facts: Facts, named: Mapping[str, Choices]) -> dict[str, dict[int, Table]]:
    """Build four regions under several sets of choices.

    Accounts of provinces do not depend on how trade is modelled and are built once for all sets that differ
    in that alone.
    """
    known: dict[Choices, dict[int, Accounts]] = {}
    result = {}
    for name, choices in named.items():
        key = choices.without_trade()
        if key not in known:
            known[key] = {year: accounts(facts, year, key) for year in labels.YEARS}
        tables = with_trade(facts, known[key], choices)
        result[name] = {year: four_regions(table) for year, table in tables.items()}
    return result


def four_regions(table: Table) -> Table:
    """Add up 31 provinces to Beijing, Tianjin, Hebei and the rest of China."""
    return aggregate(table, labels.REGIONS, labels.REGION_OF)


def write_tables(facts: Facts, folder: Path) -> Path:
    """Write the three tables of the default choices."""
    tables = build_sets(facts, {"default": DEFAULT})["default"]
    path = folder / TABLES
    mrio.Systems([to_system(table, DEFAULT) for table in tables.values()]).to_netcdf(path)
    return path


def write_sensitivity(facts: Facts, folder: Path) -> Path:
    """Write the tables under other choices: one group a set and year, its scenario named by the set."""
    systems = {
        f"{name} {year}": to_system(table, SENSITIVITY[name], name)
        for name, tables in build_sets(facts, SENSITIVITY).items()
        for year, table in tables.items()
    }
    path = folder / SENSITIVITY_SET
    mrio.Systems(systems).to_netcdf(path)
    return path


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
