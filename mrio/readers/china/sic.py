"""Interregional input-output tables of China 2002 and 2007 of the State Information Center (SIC).

Eight regions and 17 or 8 sectors, in one workbook with a sheet for each year and size. A region is a
letter (A to H), so ``C007`` is sector 7 of region C and ``FC003`` its third category of final demand. Imports
are one row (IM); exports (EX), the change of stocks (STK) and a discrepancy (ERR) are one national column
each.

The discrepancy is large: up to a tenth of the output of a sector, 4 to 7 percent of total output. Changes of
stocks and some primary inputs are negative. All are kept as published.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from mrio.classification import Classification, load_classification, load_concordance
from mrio.errors import DataError, FileError, raise_together
from mrio.provenance import CellGroup, Provenance
from mrio.readers.china.nbs_codes import DEMAND, FACTORS, UNIT, UNIT_MARKER, UNIT_TEXT, price_basis
from mrio.readers.consistency import Total, name_cells, name_problems, total_problems, unit_problems
from mrio.readers.raw.workbook import (
    Block,
    Floats,
    Header,
    Sheet,
    header,
    numbers,
    open_csv,
    open_workbook,
)
from mrio.tables import Account, System

REGIONS: Final = {
    "A": ("Northeast", "东北区域"),
    "B": ("BeijingTianjin", "京津区域"),
    "C": ("NorthCoast", "北部沿海区域"),
    "D": ("EastCoast", "东部沿海区域"),
    "E": ("SouthCoast", "南部沿海区域"),
    "F": ("Central", "中部区域"),
    "G": ("Northwest", "西北区域"),
    "H": ("Southwest", "西南区域"),
}
"""Letter, name and Chinese name of the regions; `mrio.classification.provinces` says what is in them."""

YEARS: Final = (2002, 2007)
SIZES: Final = (17, 8)
WORKBOOK: Final = "SIC_IRIO_2002_2007_original.xls"
SOURCE: Final = (
    "Zhang Yaxiong, Qi Shuchang (eds.): 2002, 2007 nian Zhongguo quyu jian touru chanchu biao "
    "(Interregional input-output tables of China 2002 and 2007). China Statistics Press, 2012."
)
CO2_SOURCE: Final = (
    "CEADs provincial inventories (Shan et al. 2018, doi 10.1038/sdata.2017.201), summed to the 8 regions; "
    "no inventory for Tibet"
)

_DEMAND_ZH = ("农村居民消费", "城镇居民消费", "政府消费", "固定资本形成总额")
_FACTORS_ZH = ("固定资产折旧", "劳动者报酬", "生产税净额", "企业盈余")
_FACTORS = tuple(FACTORS[name] for name in ("VA003", "VA001", "VA002", "VA004"))
"""The order of this workbook is another one than that of provincial tables."""
# The heading of one column is spelled otherwise than the heading of its row.
_POWER = ("电力蒸气热水、煤气自来水生产供应业", "电力蒸气热水、煤气及自来水的生产和供应业")
_HOUSEHOLDS = ("HH_Urban", "HH_Rural")
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class SicTable:
    """One sheet as arrays [1e4 CNY]; n = 8 regions x N sectors, regions outside.

    Attributes
    ----------
    Z
        (n, n) domestic intermediate flows.
    Y
        (n, 8 x 4) domestic final purchases, regions outside categories.
    V
        (4, n) depreciation, compensation, net taxes, operating surplus.
    imports_Z, imports_Y
        (n,) and (8 x 4,) the import row.
    exports, stock_change, discrepancy, x
        (n,).
    """

    Z: Floats
    Y: Floats
    V: Floats
    imports_Z: Floats
    imports_Y: Floats
    exports: Floats
    stock_change: Floats
    discrepancy: Floats
    x: Floats


def read_sic(path: str | Path, year: int = 2007, sectors: int = 17) -> System:
    """Read an interregional table of the State Information Center from the original workbook.

    Parameters
    ----------
    path
        The workbook, or the folder that holds it under its original name.
    year
        2002 or 2007.
    sectors
        17 or 8.

    Returns
    -------
    System
        8 regions, 17 or 8 sectors, 4 categories of final demand, 4 primary inputs, imports as one row,
        exports, stock change and discrepancy apart; flows [1e4 CNY] in producer prices of the year. Where
        the file ``co2_mt_<year>_8x17.csv`` lies beside the workbook, account ``"co2"`` [Mt CO2] with the
        emissions of households under ``direct``.

    Raises
    ------
    DataError
        When year or sectors are others, a file is missing or damaged, codes or names in the headers are not
        those of the original, a cell holds no number, or totals do not add up to 1e-6 relative.
    MissingExtraError
        When python-calamine is not installed.

    Notes
    -----
    The interregional flows are estimates of the publisher; the discrepancy is up to 10 percent of a row.

    Examples
    --------
    >>> table = read_sic("data/sic_irio_2002_2007", year=2002, sectors=8)  # doctest: +SKIP
    >>> table.labels.regions[1]  # doctest: +SKIP
    'BeijingTianjin'
    """
    if year not in YEARS or sectors not in SIZES:
        raise DataError(
            "There is no such table of the State Information Center.",
            amount=f"year {year!r}, {sectors!r} sectors",
            remedy=f"choose a year of {YEARS} and a number of sectors of {SIZES}",
        )
    file = Path(path) / WORKBOOK if Path(path).is_dir() else Path(path)
    classes = load_classification(f"sic{sectors}")
    table = parse_sheet(open_workbook(file).sheet(f"{year}-{sectors}"), classes)
    account = _co2(file.with_name(f"co2_mt_{year}_8x17.csv"), classes)
    return System.from_arrays(
        regions=[name for name, _ in REGIONS.values()],
        sectors=classes.names_en,
        demand=DEMAND.values(),
        factors=_FACTORS,
        Z=table.Z,
        Y=table.Y,
        V=table.V,
        x=table.x,
        imports_row_Z=table.imports_Z,
        imports_row_Y=table.imports_Y,
        exports=table.exports,
        stock_change=table.stock_change,
        discrepancy=table.discrepancy,
        accounts={} if account is None else {"co2": account},
        unit=UNIT,
        price_basis=price_basis(year),
        period=str(year),
        provenance=_provenance(table, account is not None),
    )


def parse_sheet(sheet: Sheet, classes: Classification) -> SicTable:
    """Read one sheet of the workbook.

    Parameters
    ----------
    sheet
        The sheet.
    classes
        Its sectors, ``sic17`` or ``sic8``.

    Raises
    ------
    DataError
        See `read_sic`.
    """
    pairs = [f"{letter}{code}" for letter in REGIONS for code in classes.codes]
    demand = [f"F{letter}00{k}" for letter in REGIONS for k in range(1, 5)]
    final_total = "TF" if len(classes) == 17 else "FT"
    across = header(sheet, [*pairs, "ET", *demand, "STK", "EX", final_total, "ERR", "XX"], along="row")
    factors = [f"VA00{k}" for k in range(1, 5)]
    down = header(sheet, [*pairs, "IM", "ET", *factors, "VA", "XX"], along="column")
    n = len(pairs)
    names = [_POWER if name in _POWER else name for name in classes.names_zh] * len(REGIONS)
    raise_together(
        [
            *unit_problems(sheet, UNIT_MARKER, UNIT_TEXT),
            *name_problems(
                sheet, name_cells(sheet, across), [*names, "", *_DEMAND_ZH * len(REGIONS)] + [""] * 5
            ),
            *name_problems(sheet, name_cells(sheet, down), [*names, "", "", *_FACTORS_ZH, "", ""]),
        ]
    )
    blocks = numbers(
        sheet,
        {
            "rows": Block(down.at[:n], across.at),
            "imports": Block(down.at[n : n + 1], across.at[:-2]),
            "columns": Block(down.at[n + 1 :], across.at[:n]),
        },
    )
    raise_together(total_problems(sheet, _totals(blocks, across, down), _TOLERANCE))
    rows, imports, columns = blocks["rows"], blocks["imports"][0], blocks["columns"]
    return SicTable(
        Z=rows[:, :n],
        Y=rows[:, n + 1 : -5],
        V=columns[1:5],
        imports_Z=imports[:n],
        imports_Y=imports[n + 1 : -3],
        exports=rows[:, -4],
        stock_change=rows[:, -5],
        discrepancy=rows[:, -2],
        x=rows[:, -1],
    )


def _totals(blocks: dict[str, Floats], across: Header, down: Header) -> list[Total]:
    """List the totals of the sheet that must add up."""
    rows, imports, columns = blocks["rows"], blocks["imports"], blocks["columns"]
    n = len(rows)
    at_row = [[(row, column) for row in down.at[:n]] for column in across.at]
    at_column = [[(row, column) for column in across.at[:n]] for row in down.at]
    Z, Y, stock, exports, final, error, x = (
        rows[:, :n],
        rows[:, n + 1 : -5],
        *(rows[:, k, None] for k in range(-5, 0)),
    )
    purchases = np.vstack([Z, imports[:, :n]]).T
    row = down.at[n]
    inputs, factors, added, x_below = columns[0], columns[1:5].T, columns[5], columns[6]
    return [
        Total("intermediate use (ET) of a row", at_row[n], Z, rows[:, n]),
        Total("final use of a row", at_row[-3], np.hstack([Y, stock, exports]), final[:, 0]),
        Total("output (XX) of a row", at_row[-1], np.hstack([Z, Y, stock, exports, error]), x[:, 0]),
        Total("imported inputs (ET)", [(row, across.at[n])], imports[:, :n], imports[:, n]),
        Total("imports for final use", [(row, across.at[-3])], imports[:, n + 1 : -1], imports[:, -1]),
        Total("intermediate inputs (ET) of a column", at_column[n + 1], purchases, inputs),
        Total("value added (VA) of a column", at_column[-2], factors, added),
        Total("inputs (XX) of a column", at_column[-1], np.hstack([purchases, factors]), x_below),
        Total("inputs of a column against output of its row", at_column[-1], x, x_below),
    ]


def _co2(path: Path, classes: Classification) -> Account | None:
    """Return the CO2 account of the table, or None where there is no file."""
    if not path.is_file():
        return None
    sheet = open_csv(path)
    sectors = load_classification("sic17").names_en
    regions = [name for name, _ in REGIONS.values()]
    across = header(sheet, [*sectors, *_HOUSEHOLDS], along="row")
    down = header(sheet, regions, along="column")
    values = numbers(sheet, {"co2": Block(down.at, across.at)})["co2"]
    if (values < 0.0).any():
        raise FileError(
            "Emissions are negative.",
            where=sheet.place,
            amount=f"{int((values < 0.0).sum())} cells, smallest {values.min():g}",
            remedy="compare the file with its source",
        )
    flows, households = values[:, : len(sectors)], values[:, len(sectors) :]
    if classes.name != "sic17":
        flows = load_concordance("sic17", classes.name).aggregate(flows, axis=1)
    return Account(flows, "Mt CO2", households.sum(axis=1))


def _provenance(table: SicTable, with_co2: bool) -> Provenance:
    """Return what is known about the numbers."""
    share = np.abs(table.discrepancy).sum() / table.x.sum()
    groups = {
        "x, V, exports, imports": CellGroup("fact", SOURCE, "as published"),
        "Z, Y": CellGroup("fact", SOURCE, "as published; interregional flows are estimates of the publisher"),
        "discrepancy": CellGroup("fact", SOURCE, f"as published, {share:.1%} of output"),
    }
    if with_co2:
        groups["co2"] = CellGroup("derived", CO2_SOURCE, "households apart")
    return Provenance(SOURCE, groups=groups)
