"""Official provincial input-output tables of China 2007 with 42 sectors, from two workbooks.

The *uniform* workbook (sheets ``00China``, ``01Beijing``, ...) holds the nation and 30 provinces in one
layout, with codes such as FU101 and totals of sales to others (OUT) and purchases from others (IN). In the
*own* workbook (sheets ``BEJ``, ``TAJ``, ...) each province stands as its office published it: the columns
are numbered 1 to 58, and there are no totals OUT and IN.

The two differ. Flows and outputs agree to rounding for most provinces; outputs are other ones in Inner
Mongolia, Shandong, Hubei, Hainan, Gansu, Qinghai and Ningxia (by up to 30 percent of the largest), flows also
in Chongqing. In the uniform one, final demand and totals of trade of many provinces were adjusted so that
rows balance exactly. Each is read as it is.

What provinces publish about trade differs too:

- twelve provinces publish totals only: exports and imports are empty or zero in every row. The record then
  has no split (`RegionalTable.has_split`).
- in the uniform workbook the parts miss the total by 38 to 150 percent in Hainan, Chongqing, Gansu,
  Qinghai and Ningxia (`RegionalTable.split_gap`); a `DataWarning` says so.
- the own sheet of Heilongjiang holds net flows: no product is both sold and bought.
- the own sheet of Shandong has exports and outflow in the reverse order; columns are taken by their names,
  and a `DataWarning` says so.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from mrio.building.regional import RegionalTable
from mrio.classification import load_classification, provinces
from mrio.errors import DataWarning, LabelError, raise_together
from mrio.provenance import Provenance
from mrio.readers.china import nbs_layouts as layouts
from mrio.readers.china.nbs_codes import DEMAND, FACTORS, UNIT, UNIT_MARKER, UNIT_TEXT, price_basis
from mrio.readers.china.nbs_layouts import SECTOR_SPELLINGS, TRADE, Layout
from mrio.readers.consistency import Total, name_cells, name_problems, total_problems, unit_problems
from mrio.readers.raw.workbook import (
    Block,
    Floats,
    Sheet,
    Workbook,
    address,
    header,
    numbers,
    open_workbook,
    plain,
)

NATION: Final = "China"
UNIFORM: Final = "China31-Hancheng.xls"
SOURCE: Final = (
    "National Bureau of Statistics of China: Zhongguo diqu touru chanchu biao 2007 (Regional input-output "
    "tables of China 2007). China Statistics Press, 2011; national table: Zhongguo touru chanchu biao 2007."
)

_CLASSES: Final = "nbs2007_42"
_LARGE_GAP: Final = 0.05
"""Share of the total beyond which a published split of trade is told as unusable."""
_ROUNDING: Final = 1e-9
"""Share of mean output below which what a row lacks is rounding."""


def read_nbs_provincial(path: str | Path, region: str) -> RegionalTable:
    """Read the official input-output table of a province, or of the nation, for 2007.

    Parameters
    ----------
    path
        One of the two published workbooks (see the module), or a folder that holds the uniform one under its
        original name.
    region
        Name of a province as in `mrio.classification.provinces`, or ``"China"`` (uniform workbook only).

    Returns
    -------
    RegionalTable
        42 sectors, 4 categories of final demand, 4 primary inputs; competitive imports; flows [1e4 CNY] in
        producer prices of 2007. Exports and imports abroad are None where only totals of trade are published.

    Raises
    ------
    DataError
        When the workbook has no sheet of the region, codes or names in the headers are not those of the
        original, a cell holds no number, the unit is another one, or totals do not add up.
    MissingExtraError
        When python-calamine is not installed.

    Warns
    -----
    DataWarning
        When the parts of trade miss their totals by more than 5 percent, empty cells were read as zero
        because the totals of their rows agree, or columns stand in another order than in other sheets.

    Notes
    -----
    Totals must add up to 1e-6 relative in the uniform workbook and to 1e-4 in the own one, where Ningxia
    misses by 7e-5. What rows then lack to output is put into the discrepancy and told in the provenance.

    Examples
    --------
    >>> table = read_nbs_provincial("data/nbs_provincial_2007", "Hebei")  # doctest: +SKIP
    >>> table.has_split  # doctest: +SKIP
    True
    """
    file = Path(path) / UNIFORM if Path(path).is_dir() else Path(path)
    book = open_workbook(file)
    name, layout = _sheet_of(book, region)
    table, notes = parse_sheet(book.sheet(name), layout, region)
    for note in notes:
        warnings.warn(note, DataWarning, stacklevel=2)
    return table


def parse_sheet(sheet: Sheet, layout: Layout, region: str) -> tuple[RegionalTable, list[str]]:
    """Read one sheet in a given layout; return the table and what a user should know about it.

    Raises
    ------
    DataError
        See `read_nbs_provincial`.
    """
    layout, notes = _in_order_of_names(sheet, layout)
    cells = _find(sheet, layout)
    flows = cells.read()
    flows |= _trade(flows, region)
    raise_together(total_problems(sheet, cells.totals(flows), layout.tolerance))
    table = _table(flows, region)
    notes += cells.empty_demand()
    provenance = table.provenance
    if table.has_split and table.split_gap > layout.tolerance:
        provenance = provenance.with_step("split of trade misses its totals", share=table.split_gap)
    if table.has_split and table.split_gap > _LARGE_GAP:
        notes.append(
            f"{sheet.place}: exports and outflow, or imports and inflow, miss their totals by "
            f"{table.split_gap:.0%}; the totals balance the table, the split of {region} is not usable."
        )
    for note in notes:
        provenance = provenance.with_step("note", text=note)
    return replace(table, provenance=provenance), notes


@dataclass(frozen=True)
class _Cells:
    """Rows and columns of a sheet by what they hold."""

    sheet: Sheet
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    at: Mapping[str, int]
    below: Mapping[str, int]

    def read(self) -> dict[str, Floats]:
        """Return the numbers: Z, every column (N,) by name, every row below (N,) by name.

        Columns of trade that are empty in every row are left out: they are not published.
        """
        published = [key for key in self.at if key not in TRADE or not self._all_empty(self.at[key])]
        demand = [key for key in published if key in DEMAND]
        rest = [key for key in published if key not in DEMAND]
        blocks = numbers(
            self.sheet,
            {
                "Z": Block(self.rows, self.columns),
                # Empty cells of final demand mean zero; that is checked by the totals of their rows.
                "demand": Block(self.rows, [self.at[key] for key in demand], empty=0.0),
                "rest": Block(self.rows, [self.at[key] for key in rest]),
                "below": Block(list(self.below.values()), self.columns),
            },
        )
        return {
            "Z": blocks["Z"],
            **dict(zip(demand, blocks["demand"].T, strict=True)),
            **dict(zip(rest, blocks["rest"].T, strict=True)),
            **dict(zip(self.below, blocks["below"], strict=True)),
        }

    def totals(self, flows: Mapping[str, Floats]) -> list[Total]:
        """List the totals of the sheet that must add up."""

        def column(key: str, *parts: Floats) -> Total:
            cells = [(row, self.at[key]) for row in self.rows]
            return Total(f"column {key}", cells, np.column_stack(parts), flows[key])

        def row(key: str, *parts: Floats, against: str = "") -> Total:
            cells = [(self.below[key], k) for k in self.columns]
            return Total(f"row {key}{against}", cells, np.column_stack(parts), flows[key])

        demand = [flows[key] for key in (*DEMAND, "FU202")]
        trade = [flows["out_total"], -flows["in_total"]]
        return [
            column("TIU", flows["Z"]),
            column("THC", flows["FU101"], flows["FU102"]),
            column("TC", flows["THC"], flows["FU103"]),
            column("GCF", flows["FU201"], flows["FU202"]),
            column("GO", flows["Z"], *demand, *trade, flows["ERR"]),
            row("TII", flows["Z"].T),
            row("TVA", *(flows[key] for key in FACTORS)),
            row("TI", flows["TII"], flows["TVA"]),
            row("TI", flows["GO"], against=" against column GO"),
        ]

    def empty_demand(self) -> list[str]:
        """Return a note on empty cells of final demand, if there are any."""
        empty = [
            address(row, self.at[key])
            for key in DEMAND
            for row in self.rows
            if plain(self.sheet.value(row, self.at[key])) == ""
        ]
        if not empty:
            return []
        return [
            f"{self.sheet.place}: empty cells of final demand are read as zero, as the totals of their rows "
            f"say: {', '.join(empty)}."
        ]

    def _all_empty(self, column: int) -> bool:
        """Tell whether a column holds nothing in any sector."""
        return all(plain(self.sheet.value(row, column)) == "" for row in self.rows)


def _find(sheet: Sheet, layout: Layout) -> _Cells:
    """Find rows and columns by their codes and compare the names beside them."""
    classes = load_classification(_CLASSES)
    n = len(classes)
    codes = [str(k) for k in range(1, n + 1)]
    across = header(sheet, [*codes, *(code for code, _ in layout.columns.values())], along="row")
    down = header(sheet, [*codes, *(code for code, _ in layout.rows.values())], along="column")
    names = [SECTOR_SPELLINGS.get(name, name) for name in classes.names_zh]
    raise_together(
        [
            *unit_problems(sheet, UNIT_MARKER, UNIT_TEXT),
            *name_problems(
                sheet, name_cells(sheet, across), [*names, *(name for _, name in layout.columns.values())]
            ),
            *name_problems(
                sheet, name_cells(sheet, down), [*names, *(name for _, name in layout.rows.values())]
            ),
        ]
    )
    return _Cells(
        sheet,
        rows=down.at[:n],
        columns=across.at[:n],
        at=dict(zip(layout.columns, across.at[n:], strict=True)),
        below=dict(zip(layout.rows, down.at[n:], strict=True)),
    )


def _trade(flows: Mapping[str, Floats], region: str) -> dict[str, Floats]:
    """Return totals of trade, and for the nation its parts."""
    nothing = np.zeros_like(flows["GO"])
    if region == NATION:
        parts = {"exports": flows["out_total"], "imports": flows["in_total"]}
        return {**parts, "outflow": nothing, "inflow": nothing}
    given = {key: flows.get(key, nothing) for key in TRADE}
    return {
        "out_total": flows.get("out_total", given["exports"] + given["outflow"]),
        "in_total": flows.get("in_total", given["imports"] + given["inflow"]),
    }


def _table(flows: Mapping[str, Floats], region: str) -> RegionalTable:
    """Return the record: trade in totals and, where it is published, by destination and origin."""
    Y = np.column_stack([flows[key] for key in DEMAND])
    use = flows["Z"].sum(axis=1) + Y.sum(axis=1) + flows["FU202"]
    gap = flows["GO"] - (use + flows["out_total"] - flows["in_total"] + flows["ERR"])
    provenance = Provenance(SOURCE)
    if np.abs(gap).max() > _ROUNDING * flows["GO"].mean():
        share = float(np.abs(gap).sum() / flows["GO"].sum())
        provenance = provenance.with_step("row gaps put into the discrepancy", share_of_output=share)
    if not ((flows["out_total"] > 0.0) & (flows["in_total"] > 0.0)).any():
        provenance = provenance.with_step("trade is published net: no product is both sold and bought")
    # Provinces with totals only leave the columns of trade abroad empty, or fill them with zeros.
    abroad = sum(np.abs(flows[key]).sum() for key in ("exports", "imports") if key in flows)
    split = flows if abroad > 0.0 else {}
    return RegionalTable(
        region=region,
        sectors=load_classification(_CLASSES).names_en,
        demand=tuple(DEMAND.values()),
        factors=tuple(FACTORS.values()),
        Z=flows["Z"],
        Y=Y,
        V=np.array([flows[key] for key in FACTORS]),
        x=flows["GO"],
        stock_change=flows["FU202"],
        error=flows["ERR"] + gap,
        out_total=flows["out_total"],
        in_total=flows["in_total"],
        exports=split.get("exports"),
        outflow=split.get("outflow"),
        imports=split.get("imports"),
        inflow=split.get("inflow"),
        unit=UNIT,
        price_basis=price_basis(2007),
        period="2007",
        provenance=provenance,
    )


def _sheet_of(book: Workbook, region: str) -> tuple[str, Layout]:
    """Return the name of the region's sheet in this workbook, and its layout."""
    known = provinces()
    if region == NATION and f"00{NATION}" in book.names:
        return f"00{NATION}", layouts.NATIONAL
    if region in known.index:
        uniform, own = known.loc[region, ["uniform_sheet", "own_sheet"]]
        if uniform in book.names:
            return uniform, layouts.UNIFORM
        if own in book.names:
            return own, layouts.OWN
    raise LabelError(
        f"The workbook has no table of {region!r}.",
        where=f"{book.file}, sheets {', '.join(book.names)}",
        remedy="give one of the two published workbooks and a province as mrio.classification.provinces() "
        f"spells it; Tibet has no table, {NATION} stands in the uniform workbook only",
    )


def _in_order_of_names(sheet: Sheet, layout: Layout) -> tuple[Layout, list[str]]:
    """Return the layout with exports and outflow exchanged, and a note, where their names say so."""
    if layout is not layouts.OWN:
        return layout, []
    exports, outflow = layout.columns["exports"], layout.columns["outflow"]
    pair = header(sheet, [exports[0], outflow[0]], along="row")
    if name_problems(sheet, name_cells(sheet, pair), [outflow[1], exports[1]]):
        return layout, []
    note = (
        f"{sheet.place}: columns {exports[0]} and {outflow[0]} (cells {address(*pair.cell(0))} and "
        f"{address(*pair.cell(1))}) are named outflow and exports, in the reverse order of all other sheets; "
        "they are read by their names. Customs exports look more like the column named outflow."
    )
    swapped = {"exports": (outflow[0], exports[1]), "outflow": (exports[0], outflow[1])}
    return replace(layout, columns={**layout.columns, **swapped}), [note]
