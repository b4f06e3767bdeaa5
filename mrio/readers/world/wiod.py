"""World Input-Output Database, release of 2016: the workbook of a year, or its table as CSV or Stata file.

Layout (current million USD, basic prices)
------------------------------------------
- Workbook ``WIOT2014_Nov16_ROW.xlsb`` (or .xlsx), one sheet named after the year. Rows 3 to 6 hold industry
  code, description, country and number (``c1`` ... ``c56``) of each column, columns A to D those of each row
  (``r1`` ... ``r56``); flows begin in E7. Countries stand outside. Columns ``c57`` ... ``c61`` of every
  country are final purchases (``CONS_h`` households, ``CONS_np`` non-profit institutions, ``CONS_g``
  government, ``GFCF``, ``INVEN``); the last one, country ``TOT``, is the total.
- Below the flows rows of country ``TOT``: ``II_fob`` total intermediate inputs, ``TXSP`` taxes less subsidies
  on products, ``EXP_adj`` cif-fob adjustments on exports, ``PURR`` direct purchases abroad by residents,
  ``PURNR`` purchases on the domestic territory by non-residents, ``VA`` value added at basic prices,
  ``IntTTM`` international transport margins, ``GO`` output.
- The table of the R and Stata files, ``WIOT2014_October16_ROW``: columns ``IndustryCode, IndustryDescription,
  Country, RNr, Year, AUS1`` ... ``AUS56, AUT1`` ..., then ``AUS57`` ... ``AUS61`` ..., ``TOT``; in Stata the
  names begin with ``v``. As CSV it may have one more column in front, with the numbers of the rows.
- 44 countries with ``ROW`` x 56 industries; 2 464 rows of flows. Some industries of some countries are zero.

The first row of numbers and column of numbers are found by ``r1`` and ``c1``. ``TXSP`` is a primary input
beside ``VA``. ``IntTTM`` is paid to nobody in the table: it is one row of imports, as are the adjustments of
producers, which are mostly zero. Adjustments and margins are accounts, too, with those of final users.
``II_fob`` is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from mrio.errors import FileError, LabelError
from mrio.files import PathLike, require_memory
from mrio.readers.raw.archive import DAMAGE, open_file_or_zip, year_of
from mrio.readers.raw.grid import Grid, full_pairs, headings
from mrio.readers.raw.text import TextLayout, read_numbers
from mrio.readers.raw.workbook import Block, Sheet, Workbook, address, numbers, open_workbook, plain
from mrio.readers.world.world import (
    BASIC_VALUE_ADDED,
    PRODUCT_TAXES,
    TOLERANCE,
    Stocks,
    WorldLayout,
    WorldWords,
    world_flows,
    world_system,
)
from mrio.tables import System

SOURCE: Final = (
    "World Input-Output Database, release 2016 (Timmer et al. 2015, Review of International Economics 23, "
    "doi:10.1111/roie.12178)"
)
UNIT: Final = "million USD"

_FINAL: Final = {57: "CONS_h", 58: "CONS_np", 59: "CONS_g", 60: "GFCF", 61: "INVEN"}
_STOCKS: Final = "INVEN"
_TOTAL: Final = "TOT"
_OUTPUT: Final = "TOT_GO"
_FACTORS: Final = {BASIC_VALUE_ADDED: ("TOT_VA",), PRODUCT_TAXES: ("TOT_TXSP",)}
_OUTSIDE: Final = {
    "cif-fob adjustments on exports": ("TOT_EXP_adj",),
    "direct purchases abroad by residents": ("TOT_PURR",),
    "purchases on the domestic territory by non-residents": ("TOT_PURNR",),
    "international transport margins": ("TOT_IntTTM",),
}
_LABELS: Final = ("IndustryCode", "IndustryDescription", "Country", "RNr", "Year")
_WIDE: Final = re.compile(r"v?([A-Z]{3})(\d{1,2})")
_NAME: Final = re.compile(r"WIOT(?:19|20)\d\d_", re.IGNORECASE)
_SEARCH: Final = 12


def read_wiod(
    path: PathLike, *, period: str | None = None, stocks: Stocks = "apart", tolerance: float = TOLERANCE
) -> System:
    """Read a world table of the WIOD release of 2016.

    Parameters
    ----------
    path
        The workbook of a year (needs python-calamine), or the same table as CSV or Stata file.
    period
        The year; taken from the name of the file or of its sheet when left out.
    stocks
        ``"apart"`` keeps inventories (``INVEN``) apart from final purchases, summed over the countries that
        store; ``"final"`` leaves them a category of final demand.
    tolerance
        Largest gap between totals and sums that is accepted, relative to output.

    Returns
    -------
    System
        Current million USD, basic prices; prices of the year before where the name of the file says ``PYP``.
        Sectors are named by industry code. Primary inputs are ``VA`` and ``TXSP``, imports are one row
        (``IntTTM`` and adjustments). Output is ``GO`` as published; where sales differ, the rest is the
        discrepancy.

    Raises
    ------
    FileError
        When the file is missing, damaged, or no table of WIOD.
    LabelError
        When codes are missing, stand twice or do not belong together.
    MissingDataError
        When cells hold no number; by their addresses.
    BalanceError
        When totals and sums differ by more than `tolerance`.
    MissingExtraError
        When a workbook is read without python-calamine.

    Warns
    -----
    DataWarning
        When totals and sums differ by more than 1e-3; one warning, with the worst place.

    Examples
    --------
    >>> read_wiod("WIOT2014_Nov16_ROW.xlsb")  # doctest: +SKIP
    """
    path = Path(path)
    readers = {".csv": _csv_grid, ".zip": _csv_grid, ".dta": _stata_grid}
    found = readers.get(path.suffix.lower(), _workbook_grid)(path)
    layout = wiod_layout(found.grid)
    year = period or year_of(path.name) or found.year
    words = WorldWords(SOURCE, UNIT, "USD", year, previous_year="PYP" in path.name.upper())
    return world_system(world_flows(found.grid, layout, tolerance), layout, words, stocks)


def is_wiod_name(name: str) -> bool:
    """Tell whether a file has the name of a WIOD table, ``WIOT2014_...``."""
    return _NAME.match(name) is not None


def is_wiod_head(line: str) -> bool:
    """Tell whether a line is the heading of a WIOD table as CSV."""
    return {"IndustryCode", "Country", "RNr", _TOTAL} <= set(headings(line))


def wiod_layout(grid: Grid) -> WorldLayout:
    """Return which codes of a table mean what."""
    regions, sectors = full_pairs([row for row in grid.rows if not row.startswith(f"{_TOTAL}_")])
    return WorldLayout(
        regions=tuple(regions),
        sectors=tuple(sectors),
        users=tuple(regions),
        demand=tuple(_FINAL.values()),
        stocks=_STOCKS,
        factors=_FACTORS,
        accounts={**_FACTORS, **_OUTSIDE},
        imports=tuple(row for rows in _OUTSIDE.values() for row in rows),
        final_imports=_OUTSIDE["international transport margins"],
        row_total=_OUTPUT,
        column_total=_OUTPUT,
        unread=("TOT_II_fob",),
    )


@dataclass(frozen=True)
class _Found:
    """A table and the year it says it is of."""

    grid: Grid
    year: str | None


@dataclass(frozen=True)
class _Heading:
    """Country, number and code of a row or column, and where they stand."""

    country: str
    number: int | None
    code: str
    at: str


# -- headings -----------------------------------------------------------------------------------------------


def _row_codes(rows: Sequence[_Heading]) -> list[str]:
    """Return codes such as ``"AUS_A01"``, or ``"TOT_VA"`` for rows below the flows."""
    return [f"{row.country}_{row.code}" for row in rows]


def _column_codes(columns: Sequence[_Heading], rows: Sequence[_Heading], place: str) -> list[str]:
    """Return codes of the columns, whose numbers say which industry or category they are.

    Raises
    ------
    LabelError
        When the same number has two codes, or a column carries another code than the row of its number.
    """
    codes = dict(_FINAL)
    industries = [row for row in rows if row.number is not None and row.country != _TOTAL]
    odd = [
        {"cell": row.at, "code": row.code, "expected": codes[row.number or 0]}
        for row in industries
        if codes.setdefault(row.number or 0, row.code) != row.code
    ]
    known, industry_codes = {*_FINAL.values(), "GO"}, {row.code for row in industries}
    result = []
    for column in columns:
        expected = "GO" if column.country == _TOTAL else codes.get(column.number or 0, "a number of a row")
        # Final users and the total may carry other words than codes; a code of something else is wrong.
        free = expected in known and column.code not in known | industry_codes
        if (column.code not in ("", expected) and not free) or expected == "a number of a row":
            odd.append({"cell": column.at, "code": column.code, "expected": expected})
        result.append(f"{column.country}_{expected}")
    if odd:
        shown = ", ".join(f"{o['cell']} ({o['code']!r}, expected {o['expected']!r})" for o in odd[:6])
        raise LabelError(
            "Numbers and codes of industries do not belong together.",
            where=f"{place}, cells {shown}" + (" and more" if len(odd) > 6 else ""),
            amount=f"{len(odd)} headings",
            remedy="compare the headings with the published file; a code or number is wrong",
            table=pd.DataFrame(odd),
        )
    return result


def _number(value: object) -> int | None:
    """Return the number of a row or column: of ``"r5"``, ``"c57"``, ``5`` or ``5.0``."""
    match = re.fullmatch(r"[rc]?(\d{1,2})(?:\.0+)?", plain(value))
    return int(match[1]) if match else None


def _no_table(place: str, amount: str) -> FileError:
    return FileError(
        "The file is no table of the WIOD release of 2016.",
        where=place,
        amount=amount,
        remedy="give the file of one year: WIOT2014_Nov16_ROW.xlsb, or the table of the R or Stata files",
    )


# -- the workbook -------------------------------------------------------------------------------------------


def wiod_sheets(book: Workbook) -> list[str]:
    """Return the sheets that may hold a table: those named after a year, or the only one."""
    named = [name for name in book.names if re.fullmatch(r"(?:19|20)\d\d", name.strip())]
    return named or list(book.names[: len(book.names) == 1])


def find_corner(sheet: Sheet) -> tuple[int, int] | None:
    """Return row and column of the first flow, by ``r1`` and ``c1``; None where they are not there."""
    window = [(row, column) for row in range(min(_SEARCH, len(sheet.cells))) for column in range(_SEARCH)]
    down = next((column for row, column in window if plain(sheet.value(row, column)) == "r1"), None)
    across = next((row for row, column in window if plain(sheet.value(row, column)) == "c1"), None)
    return None if down is None or across is None or across < 3 or down < 3 else (across + 1, down + 1)


def _workbook_grid(path: Path) -> _Found:
    book = open_workbook(path)
    for name in wiod_sheets(book):
        sheet = book.sheet(name)
        corner = find_corner(sheet)
        if corner is not None:
            return _Found(sheet_grid(sheet, corner), year_of(name))
    raise _no_table(str(path), f"no sheet has r1 and c1 beside its flows; sheets {', '.join(book.names)}")


def sheet_grid(sheet: Sheet, corner: tuple[int, int]) -> Grid:
    """Return the numbers of a sheet with their codes.

    Raises
    ------
    LabelError
        When numbers and codes do not belong together.
    MissingDataError
        When a cell holds no number; it may be empty only where final users pay a primary input.
    """
    top, left = corner
    down = [[(k, left - m) for m in (2, 1, 4)] for k in range(top, len(sheet.cells))]
    across = [[(top - m, k) for m in (2, 1, 4)] for k in range(left, sheet.width)]
    rows, columns = _headings(sheet, down), _headings(sheet, across)
    industry = [row.country != _TOTAL for row in rows], [(c.number or 99) < min(_FINAL) for c in columns]
    flows, below = ([k for k, own in enumerate(industry[0]) if own is kind] for kind in (True, False))
    wide, beside = ([k for k, own in enumerate(industry[1]) if own is kind] for kind in (True, False))
    parts = {
        "flows": (flows, [*wide, *beside], None),
        "inputs": (below, wide, None),
        "final users": (below, beside, 0.0),
    }
    blocks = {
        name: Block([top + k for k in i], [left + k for k in j], empty)
        for name, (i, j, empty) in parts.items()
    }
    values = np.empty((len(rows), len(columns)))
    for name, found in numbers(sheet, blocks).items():
        values[np.ix_(*parts[name][:2])] = found
    return Grid(
        values, tuple(_row_codes(rows)), tuple(_column_codes(columns, rows, sheet.place)), sheet.place, corner
    )


def _headings(sheet: Sheet, cells: Iterable[list[tuple[int, int]]]) -> list[_Heading]:
    """Return headings by their cells with country, number and code, up to the first without country."""
    result = []
    for country, number, code in cells:
        if not plain(sheet.value(*country)):
            break
        text = plain(sheet.value(*code))
        result.append(
            _Heading(plain(sheet.value(*country)), _number(sheet.value(*number)), text, address(*code))
        )
    return result


# -- the table of the R and Stata files ---------------------------------------------------------------------


def _csv_grid(path: Path) -> _Found:
    archive = open_file_or_zip(path)
    names = archive.tables(is_wiod_head)
    if len(names) != 1:
        raise _no_table(archive.place, f"{len(names)} files with the columns {', '.join(_LABELS)}")
    head = headings(archive.head(names[0]))
    index = next((k for k, code in enumerate(head) if _WIDE.fullmatch(code)), len(head))
    require_memory(2 * 8 * len(head) ** 2, archive.place)
    place = archive.called(names[0])
    with archive.lines(names[0]) as lines:
        frame = read_numbers(lines, TextLayout(index, 1, ",", empty=np.nan), place)
    labels = pd.DataFrame(list(frame.index), columns=head[:index])
    return _wide_grid(labels, frame.to_numpy(), list(frame.columns), place, (1, index))


def _stata_grid(path: Path) -> _Found:
    try:
        frame = pd.read_stata(path, convert_categoricals=False)
    except (*DAMAGE, ValueError, LookupError, TypeError, OverflowError, AttributeError) as error:
        raise FileError(
            "The file cannot be read as a Stata file.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="get the file anew; it is damaged or of another format",
        ) from error
    if not set(_LABELS[:4]) <= set(map(str, frame.columns)):
        raise _no_table(str(path), f"columns {', '.join(map(str, frame.columns[:5]))}")
    own = [name for name in _LABELS if name in frame.columns]
    rest = [str(name) for name in frame.columns if name not in own]
    values = frame[rest].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    return _wide_grid(frame[own], values, rest, path.name, None)


def _wide_grid(
    labels: pd.DataFrame, values: Any, columns: list[str], place: str, corner: tuple[int, int] | None
) -> _Found:
    """Return the table of the R and Stata files with its codes."""
    if any(list(labels.columns).count(name) != 1 for name in _LABELS[:4]):
        raise _no_table(place, f"columns in front of the flows: {', '.join(map(str, labels.columns))}")
    first = corner[0] if corner else 0
    rows = [
        _Heading(str(country), _number(number), str(code), f"line {first + k + 1}")
        for k, (country, number, code) in enumerate(labels[["Country", "RNr", "IndustryCode"]].to_numpy())
    ]
    matches = [_WIDE.fullmatch(name) for name in columns]
    across = [
        _Heading(match[1], int(match[2]), "", name) if match else _Heading(name, None, "", name)
        for name, match in zip(columns, matches, strict=True)
    ]
    years = (
        {year_of(str(year)) for year in labels["Year"]} if list(labels.columns).count("Year") == 1 else set()
    )
    grid = Grid(values, tuple(_row_codes(rows)), tuple(_column_codes(across, rows, place)), place, corner)
    return _Found(grid, years.pop() if len(years) == 1 else None)
