"""Interprovincial tables of China (IPIO, Chen et al. 2023): 31 provinces x 42 sectors, 1997 to 2017.

What is known of the layout, from the description of the tables: one workbook a year; rows and columns by
province, then sector; five categories of final demand a province; a column of exports; imports by product and
use below the provinces; then primary inputs. How the cells of the headers are worded could not be compared
with the published workbook, so blocks are found by names, in English, Chinese or as codes of statistical
offices, wherever they stand:

- two header rows and two header columns, province and item; a province may stand once, before its first item;
- rows of imports: ``Imports``, ``IM`` or 进口 in the place of the province, the sector as item;
- exports (``Exports``, ``EX``, 出口), error (``Error``, ``ERR``, 误差), gross output (``Total output``,
  ``GO``, 总产出), total inputs (``Total inputs``, ``TI``, 总投入);
- primary inputs: compensation (劳动者报酬, ``VA001``), net taxes (生产税净额, ``VA002``), depreciation (折旧,
  ``VA003``), operating surplus (营业盈余, ``VA004``).

Other totals are not read. A row or column under any other name is an error, never left out. Flows are in
1e4 CNY, producer prices of the year. Changes in inventories are kept apart from final purchases. Tables that
tell processing trade or ownership apart, and the files for MATLAB, are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from mrio.classification import provinces
from mrio.errors import DataError, FileError, LabelError, raise_together
from mrio.files import PathLike
from mrio.provenance import CellGroup, Provenance
from mrio.readers.china.nbs_codes import FACTORS, UNIT, UNIT_MARKER, UNIT_TEXT, price_basis, stated_year
from mrio.readers.consistency import Total, total_problems, unit_problems
from mrio.readers.raw.workbook import (
    Block,
    Floats,
    Sheet,
    Workbook,
    address,
    first_sheet,
    numbers,
    open_workbook,
)
from mrio.tables import System

SOURCE: Final = (
    "Interprovincial input-output table of China {year} (Chen et al. 2023, doi:10.1038/s41597-023-02183-2)"
)

Side = Literal["row", "column"]

_SEARCH = 12
_TOLERANCE = 1e-4
"""Published sheets may be rounded to whole units."""

_IMPORTS = "imports"
_COLUMNS = {
    "exports": r"ex|exports?|出口",
    "discrepancy": r"err|errors?|discrepancy|误差|其他",
    "output": r"go|xx?|(gross|total) ?outputs?|总产出",
    "": r"tiu|tfu|total ?(intermediate|final) ?uses?|中间使用合计|最终使用合计",
}
_ROWS = {
    "VA001": r"va001|compensation.*|劳动者报酬",
    "VA002": r"va002|(net ?)?tax.*|生产税净额",
    "VA003": r"va003|depreciation.*|(固定资产)?折旧",
    "VA004": r"va004|(operating|business)? ?surplus|营业盈余",
    "inputs": r"ti|total ?inputs?|总投入",
    "": r"tii|tva|total ?intermediate ?inputs?|(total ?)?value ?added|中间投入合计|增加值合计",
}
_STOCKS = re.compile(r"fu202|.*(inventor|stock|存货|库存).*", re.IGNORECASE)
_CAPITAL = re.compile(r"fu201|.*(capital formation|固定资本).*", re.IGNORECASE)


def read_ipio(path: PathLike, year: int | None = None, *, sheet: str | None = None) -> System:
    """Read an interprovincial table of China from its workbook.

    Parameters
    ----------
    path
        The workbook.
    year
        Year of the table; taken from the name of the sheet or of the file when left out.
    sheet
        Name of the sheet; the first that holds such a table when left out.

    Returns
    -------
    System
        Imports by product and use, exports and stock change apart; the error column, or else what rows miss
        their output by, as discrepancy [1e4 CNY]. Imports of stocks count with fixed capital formation.

    Raises
    ------
    DataError
        When no sheet or no year is found, a row or column is missing, doubled or of an unknown name,
        provinces do not have the same sectors, a cell holds no number, or totals do not add up to 1e-4
        relative.
    MissingExtraError
        When python-calamine is not installed.

    Notes
    -----
    The interprovincial flows are estimates of the publisher, from invoices of value-added tax.

    Examples
    --------
    >>> read_ipio("IPIO_2017.xlsx")  # doctest: +SKIP
    <System 2017, 31 regions x 42 sectors>
    """
    book = open_workbook(Path(path))
    found = _table_sheet(book, sheet)
    period = (
        year if year is not None else stated_year((found.name, Path(path).stem), "an interprovincial table")
    )
    frame = _frame(found)
    arrays = _arrays(found, frame)
    source = SOURCE.format(year=period)
    note = "as published; interprovincial flows are estimates of the publisher"
    groups = {
        "Z, Y": CellGroup("estimated", source, note),
        "x, V, exports, imports, stock_change": CellGroup("derived", source, "as published"),
    }
    return System.from_arrays(
        regions=frame.regions,
        sectors=frame.sectors,
        demand=[name for name in frame.demand if not _STOCKS.fullmatch(name)],
        factors=FACTORS.values(),
        unit=UNIT,
        price_basis=price_basis(period),
        period=str(period),
        provenance=Provenance(source, groups=groups),
        **arrays,
    )


def is_ipio(sheet: Sheet) -> bool:
    """Tell whether a sheet has provinces in a row and a column of its head, and imports by product."""
    try:
        _line(sheet, "row")
        down = _line(sheet, "column")
    except LabelError:
        return False
    return sum(_is_imports(outer) for outer, _ in _pairs(sheet, "column", down)) > 1


# -- where things stand -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Axis:
    """One side: places of (province, item) pairs and of single rows or columns by their role."""

    pairs: dict[tuple[str, str], int]
    single: dict[str, int]


@dataclass(frozen=True)
class _Frame:
    """Labels of a sheet and the two sides of it."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    demand: tuple[str, ...]
    across: _Axis
    down: _Axis


def _names() -> set[str]:
    table = provinces()
    return {*map(str, table.index), *map(str, table["name_zh"])}


def _text(sheet: Sheet, along: Side, line: int, k: int) -> str:
    """Return the k-th cell of a row or column as text with single spaces."""
    row, column = (line, k) if along == "row" else (k, line)
    value = sheet.value(row, column) if row < len(sheet.cells) else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _line(sheet: Sheet, along: Side) -> int:
    """Return the row (or column) in the head of a sheet that holds most provinces."""
    known = _names()
    height, length = len(sheet.cells), sheet.width
    lines, places = (height, length) if along == "row" else (length, height)
    counts = [
        len({_text(sheet, along, line, k) for k in range(places)} & known)
        for line in range(min(_SEARCH, lines))
    ]
    if max(counts) < 2:
        raise LabelError(
            f"No {along} in the head of a sheet names provinces.",
            where=sheet.place,
            amount=f"looked at {len(counts)} lines",
            remedy="give the sheet as it was published, province and sector in its first rows and columns",
        )
    return counts.index(max(counts))


def _is_imports(name: str) -> bool:
    return re.fullmatch(r"im|imports?|进口", name.lower()) is not None


def _role(texts: tuple[str, str], words: dict[str, str]) -> str | None:
    """Return what a single row or column is, or None where no name is known."""
    for text in texts:
        for role, pattern in words.items():
            if text and re.fullmatch(pattern, text.lower()):
                return role
    return None


def _pairs(sheet: Sheet, along: Side, line: int) -> list[tuple[str, str]]:
    """Return (outer, inner) labels of a side; an outer label holds until the next one."""
    length = sheet.width if along == "row" else len(sheet.cells)
    words = _COLUMNS if along == "row" else _ROWS
    result, last = [], ""
    for k in range(length):
        outer, inner = _text(sheet, along, line, k), _text(sheet, along, line + 1, k)
        if _role((outer, inner), words) is not None:
            last = ""
        elif outer:
            last = outer
        result.append((outer or last, inner))
    return result


def _axis(sheet: Sheet, along: Side) -> _Axis:
    """Return the places of all rows or columns; an unknown or doubled name is an error."""
    known, line = _names(), _line(sheet, along)
    pairs: dict[tuple[str, str], int] = {}
    single: dict[str, int] = {}
    problems: list[DataError] = []
    first = _line(sheet, "column" if along == "row" else "row") + 2
    for k, (outer, inner) in enumerate(_pairs(sheet, along, line)):
        role = _role((outer, inner), _COLUMNS if along == "row" else _ROWS)
        imports = along == "column" and _is_imports(outer)
        if k < first or not (outer or inner) or role == "":
            continue
        key = (_IMPORTS if imports else outer, inner)
        cell = address(*((line, k) if along == "row" else (k, line)))
        if role is not None and role not in single:
            single[role] = k
        elif role is None and inner and (imports or outer in known) and key not in pairs:
            pairs[key] = k
        else:
            kind = "stands twice" if role in single or key in pairs else "is not known"
            problems.append(
                LabelError(
                    f"A {along} of an interprovincial table {kind}.",
                    where=f"{sheet.place}, cell {cell}: {outer!r}, {inner!r}",
                    remedy="compare the header with the published sheet; nothing is left out in silence",
                )
            )
    raise_together(problems[:8])
    return _Axis(pairs, single)


def _frame(sheet: Sheet) -> _Frame:
    """Return labels, which must be every province with every sector on both sides."""
    across, down = _axis(sheet, "row"), _axis(sheet, "column")
    regions = tuple(dict.fromkeys(outer for outer, _ in down.pairs if outer != _IMPORTS))
    sectors = tuple(dict.fromkeys(inner for outer, inner in down.pairs if outer != _IMPORTS))
    demand = tuple(dict.fromkeys(inner for _, inner in across.pairs if inner not in sectors))
    wanted = {
        "row": {(r, s) for r in (*regions, _IMPORTS) for s in sectors},
        "column": {(r, s) for r in regions for s in (*sectors, *demand)},
    }
    sides = {"row": down, "column": across}
    wrong = [
        f"{kind}: {' | '.join(key)}" for kind, own in sides.items() for key in set(own.pairs) ^ wanted[kind]
    ]
    needed = {"row": [*FACTORS], "column": ["exports", "output"]}
    wrong += [
        f"{kind}: {name}"
        for kind, names in needed.items()
        for name in names
        if name not in sides[kind].single
    ]
    if wrong or not demand or len(regions) < 2:
        raise LabelError(
            "An interprovincial table does not hold every province with every sector and final category.",
            where=sheet.place,
            amount=f"missing or too many: {'; '.join(sorted(wrong)[:6]) or 'final demand'}",
            remedy="mend the header: a row or column is missing or spelled in two ways",
        )
    return _Frame(regions, sectors, demand, across, down)


# -- numbers ------------------------------------------------------------------------------------------------


def _arrays(sheet: Sheet, frame: _Frame) -> dict[str, Any]:
    """Return the arrays of the table [1e4 CNY], whose totals must be right."""
    across, down = frame.across, frame.down
    rows = [down.pairs[r, s] for r in frame.regions for s in frame.sectors]
    columns = [across.pairs[r, s] for r in frame.regions for s in frame.sectors]
    finals = [across.pairs[r, d] for r in frame.regions for d in frame.demand]
    imports = [down.pairs[_IMPORTS, s] for s in frame.sectors]
    ends = [name for name in ("exports", "output", "discrepancy") if name in across.single]
    found = numbers(
        sheet,
        {
            "Z": Block(rows, columns),
            "Y": Block(rows, finals),
            "ends": Block(rows, [across.single[name] for name in ends]),
            "V": Block([down.single[name] for name in FACTORS], columns),
            "imports_Z": Block(imports, columns),
            "imports_Y": Block(imports, finals),
            "inputs": Block([down.single["inputs"]] if "inputs" in down.single else [], columns),
        },
    )
    single = dict(zip(ends, found["ends"].T, strict=True))
    checks = _totals(frame, found, single, (rows, columns))
    raise_together(
        [*unit_problems(sheet, UNIT_MARKER, UNIT_TEXT), *total_problems(sheet, checks, _TOLERANCE)]
    )
    return _given(frame, found, single)


def _totals(
    frame: _Frame, found: dict[str, Floats], single: dict[str, Floats], places: tuple[list[int], list[int]]
) -> list[Total]:
    """List totals: output of rows, the same of columns, and total inputs where there is such a row."""
    rows, columns = places
    output = [(row, frame.across.single["output"]) for row in rows]
    sold = [found["Z"], found["Y"], *(v[:, None] for name, v in single.items() if name != "output")]
    paid = np.hstack([found["Z"].T, found["imports_Z"].T, found["V"].T])
    checks = [
        Total("gross output of a row", output, np.hstack(sold), single["output"]),
        Total("gross output against inputs of its column", output, paid, single["output"]),
    ]
    if len(found["inputs"]):
        cells = [(frame.down.single["inputs"], column) for column in columns]
        checks.append(Total("total inputs of a column", cells, paid, found["inputs"][0]))
    return checks


def _given(frame: _Frame, found: dict[str, Floats], single: dict[str, Floats]) -> dict[str, Any]:
    """Return what `System.from_arrays` takes, changes in inventories apart."""
    R, N, K = len(frame.regions), len(frame.sectors), len(frame.demand)
    stocks = [k for k, name in enumerate(frame.demand) if _STOCKS.fullmatch(name)]
    kept = [k for k in range(K) if k not in stocks]
    Y, bought = found["Y"].reshape(R * N, R, K), found["imports_Y"].reshape(N, R, K)
    imports_Y = bought[..., kept]
    stored = bought[..., stocks].sum(axis=2)
    capital = next((j for j, k in enumerate(kept) if _CAPITAL.fullmatch(frame.demand[k])), None)
    if stored.any() and capital is None:
        raise DataError(
            "Imports of stocks have no place: no category is fixed capital formation.",
            where=", ".join(frame.demand),
            amount=f"{float(np.abs(stored).sum()):.6g} {UNIT}",
            remedy="name the category of fixed capital formation so",
        )
    if capital is not None:
        imports_Y[..., capital] += stored
    gap = None if "discrepancy" in single else _rounding(found, single)
    return {
        "Z": found["Z"],
        "Y": Y[..., kept].reshape(R * N, -1),
        "V": found["V"],
        "x": None if gap is not None else single["output"],
        "exports": single["exports"],
        "stock_change": Y[..., stocks].sum(axis=(1, 2)) if stocks else None,
        "discrepancy": gap if gap is not None else single.get("discrepancy"),
        "imports_Z": found["imports_Z"].reshape(N, R, N),
        "imports_Y": imports_Y,
    }


def _rounding(found: dict[str, Floats], single: dict[str, Floats]) -> Floats | None:
    """Return published output less the row sum (n,), which the totals allow; None where they agree."""
    rows = found["Z"].sum(axis=1) + found["Y"].sum(axis=1) + single["exports"]
    gap = np.asarray(single["output"] - rows)
    return gap if (np.abs(gap) > 1e-9 * np.maximum(np.abs(rows), np.abs(rows).mean())).any() else None


# -- sheets -------------------------------------------------------------------------------------------------


def _table_sheet(book: Workbook, asked: str | None) -> Sheet:
    """Return the sheet asked for, or the first with an interprovincial table."""
    if asked is not None:
        return book.sheet(asked)
    found = first_sheet(book, book.names, is_ipio)
    if found is not None:
        return found
    raise FileError(
        "The workbook holds no interprovincial table.",
        where=f"{book.file}, sheets {', '.join(book.names)}",
        amount="no sheet has provinces along both sides and imports by product",
        remedy="give the workbook as it was published, or describe it with mrio.read_sheet",
    )
