"""Multi-regional tables of China of the Carbon Emission Accounts and Datasets (CEADs).

One workbook a year (2012, 2015, 2017, 2018, 2020), 31 provinces and 42 sectors; 30 provinces or 30 sectors in
the editions of other authors. Flows [1e4 CNY] in producer prices of the year.

Layout of the table sheet
-------------------------
- Three header rows: province, sector, code; three header columns: province, sector, code. Province labels may
  be merged cells, which hold their text once.
- Columns: every province with sectors ``01`` ...; ``TIU``; for every province ``FU101 FU102 FU103 FU201
  FU202``; ``EX``, ``ERR`` and ``GO``.
- Rows: every province with its sectors; ``TII``; ``IM``, one row; ``VA001`` ... ``VA004``; ``TVA``; ``TI``.

Blocks are found by their codes, wherever they stand. Names of totals differ between years: ``TIU``, ``TFU``,
``TII``, ``TVA``, ``TI`` and ``GO`` are checked where they are present. The sheet is ``Table_YYYY_English
Version``, its Chinese twin, or the only sheet that holds the codes. The change of inventories (``FU202``) is
kept apart from final purchases, by product and the region that stores it summed over regions; the error
column (``ERR``) is kept as the discrepancy: it reaches some percent of output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from mrio.errors import DataError, FileError, LabelError, raise_together
from mrio.files import PathLike
from mrio.provenance import CellGroup, Provenance
from mrio.readers.china.nbs_codes import (
    DEMAND,
    FACTORS,
    UNIT,
    UNIT_MARKER,
    UNIT_TEXT,
    price_basis,
    stated_year,
)
from mrio.readers.consistency import Total, total_problems, unit_problems
from mrio.readers.raw.workbook import (
    Block,
    Floats,
    Sheet,
    Workbook,
    code,
    first_sheet,
    numbers,
    open_workbook,
)
from mrio.tables import System

SOURCE: Final = "CEADs multi-regional input-output table of China {year} (ceads.net)"

_STOCKS = "FU202"
_FINAL = (*DEMAND, _STOCKS)
_TOLERANCE = 1e-4
"""Published sheets are rounded to whole units; small sectors then miss their totals by some 1e-5."""

_SECTOR = re.compile(r"\d{1,3}")
_OUTPUT = ("GO", "TO", "X", "XX")
_SEARCH = 12


@dataclass(frozen=True)
class CeadsTable:
    """One sheet as arrays [1e4 CNY]; R regions, N sectors, n = R N, regions outside.

    Attributes
    ----------
    regions, sectors
        Names as the sheet spells them.
    codes
        Codes of the sectors.
    Z
        (n, n) domestic intermediate flows.
    Y
        (n, R, 4) domestic final purchases: rural and urban households, government, fixed capital formation.
    stock_change
        (n, R) change of inventories by the region that stores.
    V
        (4, n) compensation, net taxes, depreciation, operating surplus.
    imports_Z, imports_Y
        (n,) and (R, 5) the import row; zeros for final users where the sheet leaves them empty.
    exports, discrepancy, x
        (n,).
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    codes: tuple[str, ...]
    Z: Floats
    Y: Floats
    stock_change: Floats
    V: Floats
    imports_Z: Floats
    imports_Y: Floats
    exports: Floats
    discrepancy: Floats
    x: Floats


def read_ceads_mrio(path: PathLike, year: int | None = None, *, sheet: str | None = None) -> System:
    """Read a multi-regional table of China from a CEADs workbook.

    Parameters
    ----------
    path
        The workbook.
    year
        Year of the table; taken from the name of the sheet or of the file when left out.
    sheet
        Name of the sheet; the English one, or else the only sheet with the codes, when left out.

    Returns
    -------
    System
        31 provinces x 42 sectors, or what the edition has; 4 categories of final demand, imports as one row,
        exports, stock change and discrepancy (the ERR column) apart [1e4 CNY].

    Raises
    ------
    DataError
        When no sheet or no year is found, a code is missing or doubled, provinces do not have the same
        sectors, a cell holds no number, or totals do not add up to 1e-4 relative.
    MissingExtraError
        When python-calamine is not installed.

    Notes
    -----
    The interregional flows are estimates of the publisher: a gravity model, balanced to provincial tables.
    Imports of stocks, where the import row names any, are counted with fixed capital formation.

    Examples
    --------
    >>> read_ceads_mrio("China_MRIO_2017.xlsx")  # doctest: +SKIP
    <System 2017, 31 regions x 42 sectors>
    """
    book = open_workbook(Path(path))
    found = _table_sheet(book, sheet)
    period = year if year is not None else stated_year((found.name, Path(path).stem), "a CEADs table")
    table = parse_sheet(found)
    R, N = len(table.regions), len(table.sectors)
    imports_Y = table.imports_Y[:, :4].copy()
    imports_Y[:, 3] += table.imports_Y[:, 4]
    return System.from_arrays(
        regions=table.regions,
        sectors=table.sectors,
        demand=DEMAND.values(),
        factors=FACTORS.values(),
        Z=table.Z,
        Y=table.Y.reshape(R * N, -1),
        V=table.V,
        x=table.x,
        imports_row_Z=table.imports_Z,
        imports_row_Y=imports_Y,
        exports=table.exports,
        stock_change=table.stock_change.sum(axis=1),
        discrepancy=table.discrepancy,
        unit=UNIT,
        price_basis=price_basis(period),
        period=str(period),
        provenance=_provenance(table, period),
    )


def parse_sheet(sheet: Sheet) -> CeadsTable:
    """Read a table sheet; errors as `read_ceads_mrio`."""
    across, down = _axis(sheet, "row"), _axis(sheet, "column")
    labels = _labels(sheet, across, down)
    R, N = len(labels.regions), len(labels.codes)
    n = R * N
    sectors, finals = across.sectors, across.finals
    final_columns = [finals[code][r] for r in range(R) for code in _FINAL]
    blocks = numbers(
        sheet,
        {
            "Z": Block(down.sectors, sectors),
            "Y": Block(down.sectors, final_columns),
            "ends": Block(down.sectors, [across.single[code] for code in ("EX", "ERR", "GO")]),
            "V": Block([down.single[code] for code in FACTORS], sectors),
            "imports": Block([down.single["IM"]], sectors),
            # Imports for final use stand only in some years.
            "imports_final": Block([down.single["IM"]], final_columns, empty=0.0),
        },
    )
    Y = blocks["Y"].reshape(n, R, len(_FINAL))
    table = CeadsTable(
        *(labels.regions, labels.sectors, labels.codes),
        Z=blocks["Z"],
        Y=Y[..., :-1],
        stock_change=Y[..., -1],
        V=blocks["V"],
        imports_Z=blocks["imports"][0],
        imports_Y=blocks["imports_final"].reshape(R, len(_FINAL)),
        exports=blocks["ends"][:, 0],
        discrepancy=blocks["ends"][:, 1],
        x=blocks["ends"][:, 2],
    )
    checks = _totals(sheet, table, across, down)
    raise_together(
        [*unit_problems(sheet, UNIT_MARKER, UNIT_TEXT), *total_problems(sheet, checks, _TOLERANCE)]
    )
    return table


# -- where things stand -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Axis:
    """Codes along one side: `line` holds them, `sectors` and `finals` places of blocks, `single` others."""

    line: int
    sectors: tuple[int, ...]
    finals: dict[str, tuple[int, ...]]
    single: dict[str, int]


@dataclass(frozen=True)
class _Labels:
    """Names of provinces and sectors, and codes of the sectors."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    codes: tuple[str, ...]


def _at(sheet: Sheet, along: str, line: int, k: int) -> object:
    """Return the k-th cell of a row or column, empty beyond the sheet."""
    row, column = (line, k) if along == "row" else (k, line)
    return sheet.value(row, column) if row < len(sheet.cells) else ""


def _codes(sheet: Sheet, along: str, line: int) -> list[str]:
    length = sheet.width if along == "row" else len(sheet.cells)
    texts = [_at(sheet, along, line, k) for k in range(length)]
    found = [code(value).upper() for value in texts]
    return [text.zfill(2) if _SECTOR.fullmatch(text) else text for text in found]


def _axis(sheet: Sheet, along: str) -> _Axis:
    """Find the header row (or column) with the codes, and the places of all blocks."""
    wanted = {*_FINAL, "EX", "ERR"} if along == "row" else {*FACTORS, "IM"}
    height = len(sheet.cells) if along == "row" else sheet.width
    lines = [_codes(sheet, along, line) for line in range(min(_SEARCH, height))]
    best = max(range(len(lines)), key=lambda line: len(wanted.intersection(lines[line])))
    codes = lines[best]
    places = {code: tuple(k for k, own in enumerate(codes) if own == code) for code in {*codes} - {""}}
    outputs = [code for code in _OUTPUT if code in places]
    missing = sorted(wanted - set(places)) + ([] if outputs or along == "column" else ["GO"])
    sectors = tuple(k for k, own in enumerate(codes) if _SECTOR.fullmatch(own))
    once = {"EX", "ERR", *FACTORS, "IM", *outputs}
    doubled = sorted(code for code in once if len(places.get(code, ())) > 1)
    if missing or doubled or not sectors:
        raise LabelError(
            f"The codes along the {along} header of a CEADs table are not complete.",
            where=f"{sheet.place}, {along} {best + 1}",
            amount=f"missing: {', '.join(missing) or 'none'}; "
            f"more than once: {', '.join(doubled) or 'none'}; {len(sectors)} sector codes",
            remedy="compare the sheet with the published one: a row or column is missing, doubled or renamed",
        )
    single = {code: where[0] for code, where in places.items() if len(where) == 1}
    if outputs:
        single["GO"] = places[outputs[0]][0]
    return _Axis(best, sectors, {code: places.get(code, ()) for code in _FINAL}, single)


def _labels(sheet: Sheet, across: _Axis, down: _Axis) -> _Labels:
    """Return the labels, which must be the same along both sides and for all provinces."""
    sides = {"row": across, "column": down}
    found: dict[str, list[tuple[str, str, str]]] = {}
    for along, axis in sides.items():
        codes = _codes(sheet, along, axis.line)
        regions, names = _names(sheet, along, axis.line - 2, axis), _names(sheet, along, axis.line - 1, axis)
        found[along] = [(r, s, codes[k]) for r, s, k in zip(regions, names, axis.sectors, strict=True)]
    problems: list[DataError] = []
    wrong = [k for k, (a, b) in enumerate(zip(found["row"], found["column"], strict=False)) if a != b]
    if wrong or len(found["row"]) != len(found["column"]):
        first = wrong[0] if wrong else min(map(len, found.values()))
        shown = [found[along][first] if first < len(found[along]) else "nothing" for along in sides]
        problems.append(
            LabelError(
                "Rows and columns of a CEADs table carry other provinces or sectors.",
                where=f"{sheet.place}, sector {first + 1}: {shown[0]} across, {shown[1]} down",
                amount=f"{len(found['row'])} columns, {len(found['column'])} rows, {len(wrong)} differ",
                remedy="mend the header; both must name the same sectors in the same order",
            )
        )
    raise_together(problems)
    return _full_grid(sheet, found["column"], across)


def _full_grid(sheet: Sheet, labels: list[tuple[str, str, str]], across: _Axis) -> _Labels:
    """Return labels that are every province with every sector, and as many of each final category."""
    regions = tuple(dict.fromkeys(r for r, _, _ in labels))
    codes = tuple(dict.fromkeys(code for _, _, code in labels))
    names = tuple(s for _, s, _ in labels[: len(codes)])
    wanted = [(r, s, c) for r in regions for s, c in zip(names, codes, strict=True)]
    counts = {code: len(places) for code, places in across.finals.items()}
    if labels != wanted or set(counts.values()) != {len(regions)} or "" in regions:
        wrong = next((a for a, b in zip(labels, wanted, strict=False) if a != b), None)
        raise LabelError(
            "A CEADs table does not hold every province with every sector and final category.",
            where=sheet.place + (f", first at {wrong}" if wrong else ""),
            amount=f"{len(labels)} rows, {len(regions)} provinces, {len(codes)} sectors; columns {counts}",
            remedy="mend the header: a province or sector is missing, doubled or spelled in two ways",
        )
    return _Labels(regions, names, codes)


def _names(sheet: Sheet, along: str, line: int, axis: _Axis) -> list[str]:
    """Return the names beside the codes; a merged cell holds its text once, at its beginning."""
    if line < 0:
        raise LabelError(
            "A CEADs table needs two lines of names before its codes.",
            where=sheet.place,
            remedy="give the sheet as it was published: province, sector and code",
        )
    result, last = [], ""
    for k in axis.sectors:
        last = " ".join(str(_at(sheet, along, line, k)).split()) or last
        result.append(last)
    return result


def _totals(sheet: Sheet, table: CeadsTable, across: _Axis, down: _Axis) -> list[Total]:
    """List those totals that the sheet has."""
    n = len(table.x)
    Z, Y, V = table.Z, np.dstack([table.Y, table.stock_change]).reshape(n, -1), table.V.T
    imports, x = table.imports_Z[:, None], table.x
    rows = np.hstack([Z, Y, table.exports[:, None], table.discrepancy[:, None]])
    columns = np.hstack([Z.T, imports, V])
    output = [(row, across.single["GO"]) for row in down.sectors]
    checks = [
        Total("gross output (GO) of a row", output, rows, x),
        Total("gross output (GO) against inputs of its column", output, columns, x),
    ]
    kinds: dict[str, Any] = {"TIU": Z, "TII": np.hstack([Z.T, imports]), "TVA": V, "TI": columns}
    for kind, parts in kinds.items():
        axis, side = (across, down) if kind == "TIU" else (down, across)
        if kind not in axis.single:
            continue
        place = axis.single[kind]
        cells = [(k, place) if kind == "TIU" else (place, k) for k in side.sectors]
        totals = numbers(sheet, {kind: Block(*_lines(kind, place, side))})[kind].ravel()
        if kind == "TII":
            # Some years count imports among the intermediate inputs, others below them.
            parts = _nearer(parts, Z.T, totals)
        checks.append(Total(f"total {kind}", cells, parts, totals))
    return checks


def _lines(kind: str, place: int, side: _Axis) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return rows and columns of the totals in a column (TIU) or row."""
    return (side.sectors, (place,)) if kind == "TIU" else ((place,), side.sectors)


def _nearer(first: Floats, second: Floats, totals: Floats) -> Floats:
    """Return those parts whose sums are nearer to the totals."""
    gaps = [float(np.abs(parts.sum(axis=1) - totals).sum()) for parts in (first, second)]
    return first if gaps[0] < gaps[1] else second


# -- sheets and words ---------------------------------------------------------------------------------------


def _table_sheet(book: Workbook, asked: str | None) -> Sheet:
    """Return the sheet with the table."""
    if asked is not None:
        return book.sheet(asked)
    tables = [name for name in book.names if re.match(r"table", name, re.IGNORECASE)]
    english = [name for name in tables if "english" in name.lower()]
    found = first_sheet(book, [*english, *tables, *book.names], is_table)
    if found is not None:
        return found
    raise FileError(
        "The workbook holds no CEADs table.",
        where=f"{book.file}, sheets {', '.join(book.names)}",
        amount="no sheet has the codes FU101, FU202, EX and ERR in one of its first rows",
        remedy="give the workbook as it was published, or the name of the sheet",
    )


def is_table(sheet: Sheet) -> bool:
    """Tell whether a sheet has the codes of a CEADs table in one of its first rows."""
    wanted = {"FU101", "FU202", "EX", "ERR"}
    return any(wanted <= set(_codes(sheet, "row", line)) for line in range(min(_SEARCH, len(sheet.cells))))


def _provenance(table: CeadsTable, year: int) -> Provenance:
    source = SOURCE.format(year=year)
    share = np.abs(table.discrepancy).sum() / max(float(np.abs(table.x).sum()), np.finfo(float).tiny)
    estimate = "as published; interregional flows are estimates of the publisher"
    return Provenance(
        source,
        groups={
            "Z, Y": CellGroup("estimated", source, estimate),
            "x, V, exports, imports, stock_change": CellGroup("fact", source, "as published"),
            "discrepancy": CellGroup("fact", source, f"as published, {share:.1%} of output"),
        },
    )
