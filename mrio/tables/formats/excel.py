"""Tables as an Excel workbook that a person can read, and back.

Layout
------
Sheet ``About``: a row for each word (table, period, unit, price basis, source, ...). For every table one
sheet an array, named ``<number> <array>``: labels of the rows in the first columns, of the columns in the
first rows, one row or column a dim. Accounts stand side by side in sheet ``<number> accounts``. Sheets
``codes of regions`` and ``codes of sectors`` give official codes and Chinese names where there are any. Sheet
``record`` holds the record of `mrio.tables.formats.long` as text, in pieces, because a cell holds at most
32 767 characters.

Numbers are written with 17 digits, so a workbook is read back as it was, or refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from mrio.codes import code_table
from mrio.errors import FileError, MissingExtraError
from mrio.files import PathLike, existing, replacing, require_plain_workbook
from mrio.schema import LONG_NAMES, SYSTEM_DIMS
from mrio.tables.arrays import is_sparse
from mrio.tables.formats.long import COLUMNS, DIMS, as_tables, from_long, record
from mrio.tables.system import System
from mrio.tables.systems import Systems

RECORD: Final = "record"
_PIECE = 30_000
_MAX_COLUMNS = 16_384
_WORDS = ("period", "scenario", "unit", "price_basis")


def write_excel(tables: System | Mapping[str, System], path: PathLike) -> None:
    """Write tables to an Excel workbook, one sheet an array.

    Parameters
    ----------
    tables
        One table, or several by name.
    path
        Where to write, a name that ends in ``.xlsx``.

    Raises
    ------
    FileError
        When a table is too wide for a sheet, or the file cannot be written.
    MissingExtraError
        When openpyxl is not installed.

    Examples
    --------
    >>> import mrio
    >>> mrio.write_excel(mrio.load_example("illustrative"), "tables.xlsx")
    >>> list(mrio.read_excel("tables.xlsx"))
    ['0', '1']
    """
    openpyxl = openpyxl_library()
    own = {name: _without_stored_zeros(system) for name, system in as_tables(tables).items()}
    _require_width(own, str(path))
    book = openpyxl.Workbook(write_only=True)
    _write_about(book, own)
    for number, system in enumerate(own.values(), start=1):
        for name, dims in SYSTEM_DIMS.items():
            values = getattr(system.arrays, name)
            if values is not None:
                dense = values.toarray() if is_sparse(values) else values
                _write_array(book.create_sheet(f"{number} {name}"), system, name, dense, dims)
        if system.accounts:
            _write_accounts(book.create_sheet(f"{number} accounts"), system)
    _write_codes(book, own)
    sheet = book.create_sheet(RECORD)
    text = json.dumps(record(own), ensure_ascii=False, sort_keys=True)
    for start in range(0, len(text), _PIECE):
        # A piece that begins with a sign of a formula must stay text.
        sheet.append(["'" + text[start : start + _PIECE]])
    with replacing(Path(path)) as temporary, temporary.open("wb") as file:
        book.save(file)


def read_excel(path: PathLike) -> Systems:
    """Read tables from a workbook that `write_excel` wrote.

    Parameters
    ----------
    path
        The workbook; it is opened read-only, without macros or links.

    Raises
    ------
    FileError
        When the file is missing, damaged, changed, or was not written by mrio.
    MissingExtraError
        When openpyxl is not installed.

    Examples
    --------
    >>> import mrio
    >>> mrio.read_excel("tables.xlsx")  # doctest: +SKIP
    """
    openpyxl = openpyxl_library()
    require_plain_workbook(existing(path))
    try:
        # By an open file, because a name without .xlsx would be refused by its ending alone.
        with Path(path).open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, keep_links=False, keep_vba=False)
            if RECORD not in book.sheetnames:
                raise KeyError("the workbook has no sheet 'record'")
            pieces = [str(row[0]) for row in book[RECORD].iter_rows(values_only=True)]
            words = json.loads("".join(piece.removeprefix("'") for piece in pieces))
            rows = [
                frame
                for number, name in _numbered(book, set(words["tables"]))
                for frame in _read_table(book, number, name, words["tables"][name])
            ]
    except Exception as error:
        # openpyxl meets damage with errors of zip, XML and its own classes, without a common base.
        if isinstance(error, MemoryError):
            raise
        raise FileError(
            "The workbook is damaged, or was not written by mrio.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy="export the tables anew, or describe the layout of a foreign workbook",
        ) from error
    return from_long(pd.concat(rows, ignore_index=True), words, str(path))


def openpyxl_library() -> Any:
    """Return openpyxl, or raise with how to install it."""
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError(
            "Workbooks need the package openpyxl.", remedy="install it with: pip install 'mrio[excel]'"
        ) from error
    return openpyxl


def _require_width(tables: Mapping[str, System], place: str) -> None:
    for name, system in tables.items():
        n = system.arrays.x.size
        if n + 2 > _MAX_COLUMNS:
            raise FileError(
                "A table is too wide for an Excel sheet.",
                where=f"{place}, table {name!r}",
                amount=f"{n} sectors, a sheet holds {_MAX_COLUMNS} columns",
                remedy="export to netCDF or Parquet",
            )


def _without_stored_zeros(system: System) -> System:
    """Return a table whose sparse Z stores no zeros: cells of a sheet cannot tell them from others."""
    Z = system.arrays.Z
    if not is_sparse(Z) or Z.data.all():
        return system
    Z = Z.copy()
    Z.eliminate_zeros()
    return system.replace(Z=Z)


def _numbered(book: Any, names: set[str]) -> list[tuple[int, str]]:
    """Return number and name of each table: the record has the names in alphabetical order."""
    rows = book["About"].iter_rows(min_row=2, values_only=True)
    found = [(int(row[0]), str(row[1])) for row in rows if isinstance(row[0], int | float)]
    if {name for _, name in found} != names:
        raise KeyError("the sheet 'About' names other tables than the record")
    return found


def _halves(dims: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the dims of rows and of columns."""
    if dims[0] == "factor" or len(dims) == 3:
        return dims[:1], dims[1:]
    if len(dims) == 4:
        return dims[:2], dims[2:]
    return dims, ()


def _write_about(book: Any, tables: Mapping[str, System]) -> None:
    sheet = book.create_sheet("About")
    sheet.append(["number", "table", *_WORDS, "title", "source", "note"])
    for number, (name, system) in enumerate(tables.items(), start=1):
        words = [getattr(system, word) for word in _WORDS]
        line = [name, *words, system.title, system.provenance.source, system.provenance.headline]
        sheet.append([number, *(text_cell(sheet, word[:_PIECE]) for word in line)])
    for name, text in LONG_NAMES.items():
        sheet.append(["", name, text])


def _write_codes(book: Any, tables: Mapping[str, System]) -> None:
    """Write the official codes and Chinese names of the labels, which all tables have in common."""
    labels = next(iter(tables.values())).labels
    for dim in ("region", "sector"):
        table = code_table(dim, labels.of(dim)).reset_index()
        if len(table.columns) > 1:
            sheet = book.create_sheet(f"codes of {dim}s")
            rows: list[list[str]] = [list(table.columns), *table.to_numpy().tolist()]
            for row in rows:
                sheet.append([text_cell(sheet, word) for word in row])


def _write_array(sheet: Any, system: System, name: str, values: Any, dims: tuple[str, ...]) -> None:
    """Write one array with its labels."""
    down, across = _halves(dims)
    columns = list(product(*map(system.labels.of, across)))
    matrix = values.reshape(-1, max(len(columns), 1))
    for level, dim in enumerate(across):
        sheet.append([*[""] * (len(down) - 1), dim, *(text_cell(sheet, column[level]) for column in columns)])
    unit = system.population_unit if name == "population" else system.unit
    sheet.append([*down, *([f"{name} [{unit}]"] if not across else [])])
    for labels, row in zip(product(*map(system.labels.of, down)), matrix, strict=True):
        sheet.append([*(text_cell(sheet, label) for label in labels), *(number_cell(sheet, v) for v in row)])


def _write_accounts(sheet: Any, system: System) -> None:
    """Write all accounts side by side; the rows of final users have no sector."""
    accounts = system.accounts
    names = [f"{name} [{account.unit}]" for name, account in accounts.items()]
    sheet.append(["region", "sector", *(text_cell(sheet, name) for name in names)])
    columns = np.array([account.values.ravel() for account in accounts.values()])
    for labels, row in zip(product(system.regions, system.sectors), columns.T, strict=True):
        sheet.append([*(text_cell(sheet, label) for label in labels), *(number_cell(sheet, v) for v in row)])
    direct = [account.direct_values for account in accounts.values()]
    if any(values is not None for values in direct):
        for r, region in enumerate(system.regions):
            cells = ["" if values is None else number_cell(sheet, values[r]) for values in direct]
            sheet.append([text_cell(sheet, region), "", *cells])


def number_cell(sheet: Any, value: float) -> Any:
    """Return a cell with all 17 digits; openpyxl itself would keep 16."""
    cell = openpyxl_library().cell.WriteOnlyCell(sheet, 0.0)
    cell._value = repr(float(value))
    return cell


def text_cell(sheet: Any, value: str) -> Any:
    """Return a cell that stays text, whatever sign it begins with."""
    cell = openpyxl_library().cell.WriteOnlyCell(sheet, "")
    cell._value, cell.data_type = value, "s"
    return cell


def _read_table(book: Any, number: int, name: str, words: Mapping[str, Any]) -> list[pd.DataFrame]:
    """Return the long rows of one table; whether they are whole is for `from_long` to say."""
    frames = []
    for array in words["arrays"]:
        cells = [list(row) for row in book[f"{number} {array}"].iter_rows(values_only=True)]
        frames.append(_unfolded(cells, array, SYSTEM_DIMS[array]))
    if words["accounts"]:
        cells = [list(row) for row in book[f"{number} accounts"].iter_rows(values_only=True)]
        # By their headings: the record has its names in alphabetical order, the sheet in that of the table.
        places = {heading: k for k, heading in enumerate(cells[0])}
        found = {places[f"{name} [{own['unit']}]"]: name for name, own in words["accounts"].items()}
        for k, account in sorted(found.items()):
            own = words["accounts"][account]
            flows = [[*row[:2], row[k]] for row in cells[1:] if row[1] is not None]
            frames.append(_unfolded([[], *flows], account, ("region", "sector")))
            if own["direct"]:
                direct = [[row[0], row[k]] for row in cells[1:] if row[1] is None]
                frames.append(_unfolded([[], *direct], f"{account}_direct", ("use_region",)))
    return [frame.assign(table=name, unit="")[list(COLUMNS)] for frame in frames]


def _unfolded(cells: list[list[Any]], array: str, dims: tuple[str, ...]) -> pd.DataFrame:
    """Return a sheet as long rows, zeros left out as in `to_long`."""
    down, across = _halves(dims)
    head = [row[len(down) :] for row in cells[: len(across)]]
    columns = list(zip(*head, strict=True)) if across else [()]
    body = cells[len(across) + 1 :]
    width = len(down) + len(columns)
    values = np.array([row[len(down) : width] for row in body], dtype=np.float64)
    i, j = np.nonzero((values != 0) | np.signbit(values))
    labels: dict[str, Any] = dict.fromkeys(DIMS, "")
    for level, dim in enumerate(down):
        labels[dim] = np.array([str(row[level]) for row in body], dtype=object)[i]
    for level, dim in enumerate(across):
        labels[dim] = np.array([str(column[level]) for column in columns], dtype=object)[j]
    return pd.DataFrame({"array": array, **labels, "value": values[i, j]}, index=range(len(i)))
