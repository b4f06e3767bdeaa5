"""The two forms in which CEADs emission inventories come: workbooks of one year, and one long CSV file."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrio.classification import load_classification
from mrio.errors import (
    DataError,
    FileError,
    LabelError,
    MissingDataError,
    UnitsError,
    raise_together,
)
from mrio.files import existing
from mrio.readers.consistency import Total, total_problems
from mrio.readers.raw.workbook import (
    Block,
    Floats,
    Header,
    Sheet,
    address,
    header,
    numbers,
    open_workbook,
    plain,
    unreadable,
)

Lines = NDArray[np.intp]
"""Line in the file of each number, zero where it is left out."""

FUELS: Final = (
    "Raw Coal",
    "Cleaned Coal",
    "Other Washed Coal",
    "Briquettes",
    "Coke",
    "Coke Oven Gas",
    "Other Gas",
    "Other Coking Products",
    "Crude Oil",
    "Gasoline",
    "Kerosene",
    "Diesel Oil",
    "Fuel Oil",
    "LPG",
    "Refinery Gas",
    "Other Petroleum Products",
    "Natural Gas",
    "Other Energy",
)
"""Fuels of scope 1."""

PROCESS: Final = "Process"
SCOPE_1: Final = "Scope 1 Total"
HOUSEHOLDS: Final = ("Urban", "Rural")
"""The last two sectors of an inventory."""

UNIT: Final = "Mt CO2"
"""The unit as the sheets write it."""

_COLUMNS = (*FUELS, PROCESS, SCOPE_1)
_ALL_SECTORS = "Total Consumption"
_TOLERANCE = 1e-6
_LONG_COLUMNS = ("region", "year", "sector", "fuel", "co2_mt")


def read_workbook(
    path: Path, year: int | None, regions: Sequence[str] | None, order: Sequence[str]
) -> tuple[int, dict[str, Floats]]:
    """Read a workbook of one year, with a sheet for each province.

    Parameters
    ----------
    path
        The workbook.
    year
        Year to expect, None: whatever it holds.
    regions
        Regions wanted, None: all of `order` that it holds.
    order
        Order of the regions.

    Returns
    -------
    tuple
        The year, and by region an array (47, 19): sectors and households by 18 fuels and process [Mt CO2].
    """
    book = open_workbook(path)
    sheets = {name[:-4]: name for name in book.names if name[-4:].isdigit()}
    years = sorted({int(name[-4:]) for name in sheets.values()})
    if len(years) != 1 or year not in (None, years[0]):
        raise LabelError(
            "The workbook does not hold the year.",
            where=f"{book.file}, sheets of years {', '.join(map(str, years)) or 'none'}",
            amount=f"wanted {year if year is not None else 'one year'}",
            remedy="give the workbook of the year",
        )
    wanted = _wanted(regions, sheets, order, book.file)
    return years[0], {name: parse_sheet(book.sheet(sheets[name])) for name in wanted}


def parse_sheet(sheet: Sheet) -> Floats:
    """Read the sheet of one province; return emissions (47, 19) [Mt CO2], fuels first, process last."""
    sectors = load_classification("ceads47").names_en
    sheet = _spelled_alike(sheet)
    across = header(sheet, [plain(name) for name in _COLUMNS], along="row")
    down = header(sheet, [plain(name) for name in (_ALL_SECTORS, *sectors)], along="column")
    raise_together(_unit_problems(sheet, across))
    values = numbers(sheet, {"co2": Block(down.at, across.at)})["co2"]
    totals = [
        Total(
            f"column {SCOPE_1}",
            [(row, across.at[-1]) for row in down.at],
            values[:, :-1],
            values[:, -1],
        ),
        Total(
            f"row {_ALL_SECTORS}",
            [(down.at[0], column) for column in across.at],
            values[1:].T,
            values[0],
        ),
    ]
    raise_together([*_negative(sheet, values, across, down), *total_problems(sheet, totals, _TOLERANCE)])
    return values[1:, :-1]


def read_long(
    path: Path, year: int, regions: Sequence[str] | None, order: Sequence[str]
) -> dict[str, Floats]:
    """Read the long file of all years; return by region an array (47, 19) as `read_workbook` does.

    Cells that the file leaves out are zero; the total of every sector must be there.
    """
    table = _open_long(path)
    found = table[table["year"] == str(year)]
    if not len(found):
        raise LabelError(
            "The file does not hold the year.",
            where=f"{path.name}, column year",
            amount=f"wanted {year}, it holds {', '.join(sorted(table['year'].unique()))}",
            remedy="choose another year or file",
        )
    wanted = _wanted(regions, set(found["region"]), order, path.name)
    found = found[found["region"].isin(wanted)]
    sectors = ("Total", *load_classification("ceads47").names_en)
    raise_together(
        [
            *_unknown(path, found, "sector", sectors),
            *_unknown(path, found, "fuel", _COLUMNS),
            *_doubled(path, found),
        ]
    )
    shape = (len(wanted), len(sectors), len(_COLUMNS))
    at = tuple(
        pd.Categorical(found[name], categories=labels).codes
        for name, labels in (("region", wanted), ("sector", sectors), ("fuel", _COLUMNS))
    )
    cube, lines = np.zeros(shape), np.zeros(shape, dtype=np.intp)
    cube[at], lines[at] = _long_values(path, found), found.index.to_numpy()
    _require_totals(path, lines, wanted, sectors)
    _check_long_totals(path, cube, lines, wanted)
    return {name: cube[k, 1:, :-1] for k, name in enumerate(wanted)}


def _open_long(path: Path) -> pd.DataFrame:
    """Read the long file as texts; the index is the line in the file, counted from zero."""
    try:
        table = pd.read_csv(existing(path), dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise unreadable("CSV", path, error) from error
    except pd.errors.EmptyDataError as error:
        raise FileError(
            "The file is empty.", where=f"{path.name}, cell A1 onwards", remedy="get the file again"
        ) from error
    missing = [name for name in _LONG_COLUMNS if name not in table.columns]
    if missing:
        raise LabelError(
            "The header row does not hold its columns.",
            where=f"{path.name}, row of cell A1: {', '.join(map(str, table.columns))}",
            amount=f"missing: {', '.join(missing)}",
            remedy=f"the columns are {', '.join(_LONG_COLUMNS)}; emissions in Mt CO2 are called co2_mt",
        )
    return table.set_index(table.index + 1)[[*_LONG_COLUMNS]]


def _long_values(path: Path, found: pd.DataFrame) -> Floats:
    """Return the emissions as numbers, or raise with every cell that is none."""
    values = pd.to_numeric(found["co2_mt"], errors="coerce").to_numpy(dtype=np.float64)
    bad = ~np.isfinite(values) | (values < 0.0)
    if bad.any():
        cells = _cells(path, found[bad], "co2_mt")
        raise MissingDataError(
            "Cells that must hold emissions are empty, negative or hold something else.",
            where=f"{path.name}, cells {_shown(cells)}",
            amount=f"{int(bad.sum())} cells",
            remedy="put the published number into each cell",
            table=cells,
        )
    return values


def _unknown(path: Path, found: pd.DataFrame, column: str, known: Sequence[str]) -> list[LabelError]:
    """List cells that hold a sector or fuel that there is not."""
    bad = ~found[column].isin(known)
    if not bad.any():
        return []
    cells = _cells(path, found[bad], column)
    return [
        LabelError(
            f"Cells name a {column} that the inventory does not have.",
            where=f"{path.name}, cells {_shown(cells)}",
            amount=f"{int(bad.sum())} cells",
            remedy=f"write it as the inventory does, for example {known[1]!r}",
            table=cells,
        )
    ]


def _doubled(path: Path, found: pd.DataFrame) -> list[LabelError]:
    """List rows that say the same thing twice."""
    bad = found.duplicated(["region", "sector", "fuel"])
    if not bad.any():
        return []
    cells = _cells(path, found[bad], "co2_mt")
    return [
        LabelError(
            "Rows stand more than once.",
            where=f"{path.name}, cells {_shown(cells)}",
            amount=f"{int(bad.sum())} rows",
            remedy="keep one row for each region, sector and fuel of a year",
            table=cells,
        )
    ]


def _require_totals(path: Path, lines: Lines, regions: Sequence[str], sectors: Sequence[str]) -> None:
    """Raise when the total of any sector is missing, which the file always holds."""
    missing = np.argwhere(lines[:, :, -1] == 0)
    if not len(missing):
        return
    table = pd.DataFrame(
        {"region": [regions[r] for r, _ in missing], "sector": [sectors[s] for _, s in missing]}
    )
    shown = "; ".join(", ".join(row) for row in table.head(4).itertuples(index=False, name=None))
    raise LabelError(
        "Rows are missing.",
        where=f"{path.name}: {SCOPE_1} of {shown}" + (" and more" if len(table) > 4 else ""),
        amount=f"{len(table)} of {lines[:, :, -1].size} totals",
        remedy="get the file again; every sector of a region has its total, also when it is zero",
        table=table,
    )


def _check_long_totals(path: Path, cube: Floats, lines: Lines, regions: Sequence[str]) -> None:
    """Raise when totals over fuels or over sectors do not add up, by the cell of the total."""
    sheet = Sheet(path.name, path.name.split(".")[0], ())
    column = len(_LONG_COLUMNS) - 1
    checks = []
    for region, values, at in zip(regions, cube, lines, strict=True):
        # A fuel without a total is told at the total of the region.
        below = np.where(at[0] > 0, at[0], at[0, -1])
        checks += [
            Total(
                f"{SCOPE_1} of {region}",
                [(int(line), column) for line in at[:, -1]],
                values[:, :-1],
                values[:, -1],
            ),
            Total(
                f"all sectors of {region}",
                [(int(line), column) for line in below],
                values[1:].T,
                values[0],
            ),
        ]
    raise_together(total_problems(sheet, checks, _TOLERANCE))


def _wanted(
    regions: Sequence[str] | None, there: Collection[str], order: Sequence[str], file: str
) -> list[str]:
    """Return the regions to read: those asked for, or all of `order` that are there."""
    if regions is None:
        return [name for name in order if name in there]
    missing = [name for name in regions if name not in there]
    if missing or len(set(regions)) < len(regions):
        raise LabelError(
            "Regions are not in the file, or asked for twice.",
            where=f"{file}: {', '.join(sorted(there))}",
            amount=f"asked for {', '.join(regions)}",
            remedy="choose each region once, as the file spells it",
        )
    return list(regions)


def _spelled_alike(sheet: Sheet) -> Sheet:
    """Return the sheet with headings as most sheets spell them; Hunan 2017 writes Raw_Coal for Raw Coal."""

    def spelled(cell: object) -> object:
        text = cell.replace("_", " ").strip() if isinstance(cell, str) else cell
        return _ALL_SECTORS if text == "Total Emissions" else text

    cells = tuple(tuple(spelled(cell) for cell in row) for row in sheet.cells)
    return Sheet(sheet.file, sheet.name, cells)


def _unit_problems(sheet: Sheet, across: Header) -> list[UnitsError]:
    """Compare the unit below each heading."""
    wrong = [
        (across.line + 1, column)
        for column in across.at
        if plain(sheet.value(across.line + 1, column)) != plain(UNIT)
    ]
    if not wrong:
        return []
    return [
        UnitsError(
            "The sheet is in another unit.",
            where=f"{sheet.place}, cells {', '.join(address(*cell) for cell in wrong[:4])}",
            amount=f"{sheet.value(*wrong[0])!r}, expected {UNIT!r}",
            remedy="bring the whole sheet to the published unit",
        )
    ]


def _negative(sheet: Sheet, values: Floats, across: Header, down: Header) -> list[DataError]:
    """List negative emissions."""
    cells = [(down.at[i], across.at[j]) for i, j in np.argwhere(values < 0.0)]
    if not cells:
        return []
    return [
        DataError(
            "Emissions are negative.",
            where=f"{sheet.place}, cells {', '.join(address(*cell) for cell in cells[:8])}",
            amount=f"{len(cells)} cells, smallest {values.min():g}",
            remedy="compare the cells with the published inventory",
        )
    ]


def _cells(path: Path, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return cells of the long file as a table with their addresses."""
    at = list(rows.columns).index(column)
    cells = rows[[*_LONG_COLUMNS]].copy()
    cells.insert(0, "cell", [address(line, at) for line in rows.index])
    cells.insert(0, "sheet", path.name)
    return cells.reset_index(drop=True)


def _shown(cells: pd.DataFrame) -> str:
    """Return the first cells in words."""
    return ", ".join(cells["cell"].head(8)) + (" and more" if len(cells) > 8 else "")
