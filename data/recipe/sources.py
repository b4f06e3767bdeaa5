"""Reading the facts of a year: every file on the labels of the recipe, checked, in 1e8 CNY.

A missing cell, a doubled row, a foreign label or a table that does not balance stops the run with one error.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.recipe import labels
from data.recipe.sums import add_up
from mrio.classification import load_classification
from mrio.errors import BalanceError, LabelError, MissingDataError

Array = npt.NDArray[np.float64]

TO_1E8 = 1e-4
"""Input-output tables are in 1e4 CNY."""

_PRODUCTS = {2007: 135, 2012: 139, 2017: 149}
_REGISTERED = ("Zhejiang", "Henan", "Guangdong")
_AS_READ = 1e-8
"""Largest relative imbalance of a table as published: one column of 2007 is off by 4 449 CNY, 7e-9 of it."""


@dataclass(frozen=True)
class NationalTable:
    """A competitive national table in its own detail; row: Z + F + stock + exports - imports + error = x.

    Parameters
    ----------
    Z, F
        Intermediate (D, D) and final (D, K) uses of any origin.
    stock, exports, imports, discrepancy, V, x
        (D,); V is output less intermediate inputs.
    sector
        Common sector of each product (D,).
    """

    Z: Array
    F: Array
    stock: Array
    exports: Array
    imports: Array
    discrepancy: Array
    V: Array
    x: Array
    sector: labels.Index


@dataclass(frozen=True)
class YearFacts:
    """What is known about the provinces in one year.

    Parameters
    ----------
    year
        The year.
    national
        The national table.
    output
        Gross output of the provincial tables (R, N).
    value_added
        Balanced value added by industry group (R, G).
    demand
        Balanced final demand by category (R, K).
    net_outflow
        Balanced net outflow to other provinces (R,); for comparison only.
    exports, imports
        Goods by domestic origin and destination, customs (R, N).
    generation, coal
        Electricity generated [1e8 kWh] and raw coal mined [1e4 t] (R,).
    first_published
        First-published over revised gross regional product (R,).
    population
        [1e4 person] (R,).
    co2
        X; Tibet, which has no inventory, is zero.
    """

    year: int
    national: NationalTable
    output: Array
    value_added: Array
    demand: Array
    net_outflow: Array
    exports: Array
    imports: Array
    generation: Array
    coal: Array
    first_published: Array
    population: Array
    co2: Array


def data_dir() -> Path:
    """Return the folder of the raw data, named by ``MRIO_DATA_DIR``.

    Raises
    ------
    MissingDataError
        When the variable is unset or names no folder.
    """
    text = os.environ.get("MRIO_DATA_DIR", "")
    if not text or not Path(text).is_dir():
        raise MissingDataError(
            "The folder of the official statistics is not known.",
            where=f"MRIO_DATA_DIR={text!r}",
            remedy="set MRIO_DATA_DIR to the folder that holds nbs_national, nbs_provincial_2007, facts, ...",
        )
    return Path(text)


def read_year(root: Path, year: int) -> YearFacts:
    """Read all facts of one year."""
    facts = root / "facts"
    controls = facts / "macro_controls_balanced_31.csv"
    exports, imports = read_customs(facts, year)
    return YearFacts(
        year=year,
        national=read_national(root / "nbs_national", year),
        output=_read_long(facts / "gross_output_h39x31_2007_2012_2017.csv", year, "code", labels.CODES),
        value_added=_read_long(controls, year, "item", labels.GROUPS),
        demand=_read_long(controls, year, "item", labels.DEMAND_ITEMS),
        net_outflow=_read_long(controls, year, "item", ["net_provflow"])[:, 0],
        exports=exports,
        imports=imports,
        generation=_read_energy(facts, year, "Total electricity generation"),
        coal=_read_energy(facts, year, "Raw coal production from Long", empty=0.0),
        first_published=_read_vintage(facts, year),
        population=read_population(root, year),
        co2=read_co2(root / "ceads_co2", year),
    )


def read_national(folder: Path, year: int) -> NationalTable:
    """Read the national table of a year and check its labels and balances.

    Raises
    ------
    LabelError
        When products are not those of the classification of the year, in its order.
    BalanceError
        When rows or columns do not add up.
    """
    path = folder / f"china_{year}_{_PRODUCTS[year]}.npz"
    known = load_classification(f"nbs{year}_{_PRODUCTS[year]}")
    with np.load(path, allow_pickle=True) as file:
        names, columns = file["sectors_cn"].astype(str), list(file["fd"])
        Z, F, M, err, x, V = (file[key].astype(float) * TO_1E8 for key in ("Z", "F", "imp", "err", "x", "va"))
    check_labels(names, np.array(known.names_zh), path.name)
    table = NationalTable(
        Z=Z,
        F=F[:, [columns.index(code) for code in labels.DEMAND_CODES]],
        stock=F[:, columns.index("FU202")],
        exports=F[:, columns.index("EX")],
        imports=M,
        discrepancy=err,
        V=x - Z.sum(axis=0),
        x=x,
        sector=labels.sector_of(known.name),
    )
    check_balance(Z.sum(axis=1) + F.sum(axis=1) - M + err, x, f"{path.name}, row")
    check_balance(Z.sum(axis=0) + V.sum(axis=0), x, f"{path.name}, column")
    return table


def check_labels(found: npt.NDArray[np.str_], known: npt.NDArray[np.str_], where: str) -> None:
    """Raise unless two lists of labels are the same, in order."""
    if found.shape != known.shape or (found != known).any():
        wrong = np.flatnonzero(found[: known.size] != known[: found.size])[:5] + 1
        raise LabelError(
            "The rows of a file are not the known ones in the known order.",
            where=f"{where}, rows {wrong}",
            amount=f"{found.size} rows found, {known.size} known",
            remedy="compare the file with its concordance",
        )


def check_balance(sums: Array, totals: Array, where: str, tolerance: float = _AS_READ) -> None:
    """Raise unless sums meet totals as closely as published tables do."""
    size = np.abs(totals)
    # Empty rows of published tables hold traces; they are measured against a millionth of the largest.
    gap = np.abs(sums - totals) / np.maximum(size, 1e-6 * size.max())
    if gap.max() > tolerance:
        raise BalanceError(
            "A table as published does not add up.",
            where=f"{where} {gap.argmax() + 1}",
            amount=f"relative gap {gap.max():.1e} against {tolerance:.0e}",
            remedy="check the file",
        )


def pivot(
    frame: pd.DataFrame, columns: str, names: Sequence[object], where: str, empty: float | None = None
) -> Array:
    """Return the values of a long table as provinces by `names` (R, len(names)).

    Raises
    ------
    LabelError
        When a cell is there twice.
    MissingDataError
        When a cell is missing or not a number and `empty` says nothing about it.
    """
    if frame.duplicated(["region", columns]).any():
        raise LabelError("A cell of a long table is there twice.", where=where, remedy="check the file")
    wide = frame.pivot(index="region", columns=columns, values="value")
    values = wide.reindex(index=list(labels.PROVINCES), columns=list(names)).to_numpy(dtype=float)
    missing = np.argwhere(~np.isfinite(values))
    if missing.size and empty is None:
        r, c = missing[0]
        raise MissingDataError(
            "A cell of a long table is missing.",
            where=f"{where}: {labels.PROVINCES[r]}, {names[c]}",
            amount=f"{len(missing)} cells",
            remedy="check the file",
        )
    return np.where(np.isfinite(values), values, empty) if empty is not None else values


def _read_long(path: Path, year: int, columns: str, names: Sequence[str]) -> Array:
    """Read the provinces by `names` of one year (R, len(names))."""
    frame = pd.read_csv(path, encoding="utf-8")
    frame = frame[(frame["year"] == year) & frame[columns].isin(names)]
    return pivot(frame, columns, names, f"{path.name}, {year}")


def _read_energy(facts: Path, year: int, item: str, empty: float | None = None) -> Array:
    """Read one physical series; where mines do not exist the series is empty."""
    path = facts / "energy_so2_panel_31prov_1990_2025.csv"
    frame = pd.read_csv(path, encoding="utf-8")
    frame = frame[(frame["year"] == year) & (frame["item"] == item)]
    return pivot(frame, "item", [item], f"{path.name}, {year}", empty)[:, 0]


def read_customs(facts: Path, year: int) -> tuple[Array, Array]:
    """Read goods exports by origin and imports by destination, each (R, N) [1e8 CNY].

    Customs count US dollars; the national totals in CNY of the same records give the rate.
    """
    path = facts / "customs_trade_42x31.csv.gz"
    frame = pd.read_csv(path, encoding="utf-8")
    frame = frame[frame["year"] == year]
    totals = pd.read_csv(facts / "goods_trade_province.csv", encoding="utf-8")
    totals = totals[totals["year"] == year].groupby("item")["value"].sum()
    result = []
    for item, total in (("export_total", totals["export_s"]), ("import_total", totals["import_d"])):
        part = frame[frame["item"] == item]
        dollars = pivot(part, "sector_no", range(1, 43), f"{path.name}, {year}", empty=0.0)
        sectors = add_up(dollars, labels.sector_of(f"nbs{year}_42"), len(labels.CODES), axis=1)
        result.append(sectors * (total / dollars.sum()))
    return result[0], result[1]


def _read_vintage(facts: Path, year: int) -> Array:
    """Return first-published over revised gross regional product (R,)."""
    frame = pd.read_csv(facts / "gdp_vintages_province.csv", encoding="utf-8")
    first = frame[(frame["year"] == year) & (frame["vintage"] == "first published")]
    first = pivot(first, "year", [year], f"gdp_vintages_province.csv, {year}")
    return (first / _read_long(facts / "gdp_9industry_province.csv", year, "item", ["gdp"]))[:, 0]


def read_population(root: Path, year: int) -> Array:
    """Return residents at the end of the year (R,) [1e4 person].

    One panel covers all provinces and is revised after later censuses, but counts registered persons in
    three provinces before 2015: these come from another panel, as published in their year. Beijing, Tianjin
    and Hebei come from the series revised after the census of 2020 where it reaches (2012, 2017).
    """
    path = root / "facts" / "energy_so2_panel_31prov_1990_2025.csv"
    frame = pd.read_csv(path, encoding="utf-8")
    frame = frame[(frame["year"] == year) & (frame["item"] == "Population")]
    population = pivot(frame, "item", ["Population"], f"{path.name}, {year}")[:, 0].copy()
    other = pd.read_csv(root / "facts" / "physical_panel_30prov_1998_2019.csv", encoding="utf-8")
    other = other[(other["year"] == year) & (other["item"] == "Population")].set_index("region")["value"]
    revised = pd.read_csv(root / "published" / "bth_gdp_tertiary_population_2012_2023.csv", encoding="utf-8")
    revised = revised[revised["year"] == year].set_index("province")["population_1e4"]
    for at, name in enumerate(labels.PROVINCES):
        if name in _REGISTERED:
            population[at] = other[name]
        elif name in revised.index:
            population[at] = revised[name]
    return population


def read_co2(folder: Path, year: int) -> Array:
    """Read the provincial inventories of scope 1 (R, 47 sectors) [Mt CO2]."""
    path = folder / "ceads_co2_1997_2019_long.csv.gz"
    names = load_classification("ceads47").names_en
    frame = pd.read_csv(path, encoding="utf-8").rename(columns={"co2_mt": "value"})
    frame = frame[(frame["year"] == year) & (frame["fuel"] == "Scope 1 Total") & (frame["region"] != "China")]
    values = pivot(frame, "sector", [*names, "Total"], f"{path.name}, {year}", empty=0.0)
    have = values[:, -1] > 0
    check_balance(
        values[have, :-1].sum(axis=1), values[have, -1], f"{path.name}, {year}, province", tolerance=1e-6
    )
    return values[:, :-1]
