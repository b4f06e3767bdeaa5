"""Sheets of published workbooks as grids of cells, found by codes and named by address.

Statistical offices publish tables as workbooks in which blocks move from year to year. So a reader finds its
rows and columns by the codes in the headers (`header`), never by position, and turns whole blocks into
numbers at once (`numbers`), so that every cell that is no number is told in one error, by its address.

Workbooks are opened read-only, through the optional package python-calamine, which runs no macros. A cell
that holds an error value of the spreadsheet, such as a division by zero, is seen as empty. CSV files are read
into the same grid.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrio.errors import FileError, LabelError, MissingDataError, MissingExtraError
from mrio.files import existing, require_plain_workbook

Floats = NDArray[np.float64]


class EmptySheetError(FileError):
    """A sheet holds nothing, which is common in published workbooks."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its file, its name, and its cells row by row; an empty cell is the empty text."""

    file: str
    name: str
    cells: tuple[tuple[object, ...], ...]

    def value(self, row: int, column: int) -> object:
        """Return the value of a cell; empty beyond the last cell of a row."""
        line = self.cells[row]
        return line[column] if column < len(line) else ""

    def code(self, row: int, column: int) -> str:
        """Return a cell as a code: without white space, decimals or leading zeros."""
        return code(self.value(row, column))

    @property
    def width(self) -> int:
        """Length of the longest row."""
        return max((len(line) for line in self.cells), default=0)

    @property
    def place(self) -> str:
        """How errors name the sheet."""
        return f"sheet {self.name!r} of {self.file}"


@dataclass(frozen=True)
class Header:
    """Where codes stand: in row (or column) `line`, at columns (or rows) `at`, in the order asked."""

    along: Literal["row", "column"]
    line: int
    at: tuple[int, ...]

    def cell(self, k: int) -> tuple[int, int]:
        """Return row and column of the k-th code."""
        return (self.line, self.at[k]) if self.along == "row" else (self.at[k], self.line)


@dataclass(frozen=True)
class Block:
    """A rectangle of numbers: its rows and columns; `empty` is what an empty cell means, None: an error."""

    rows: Sequence[int]
    columns: Sequence[int]
    empty: float | None = None


@dataclass(frozen=True)
class Workbook:
    """An open workbook."""

    file: str
    names: tuple[str, ...]
    book: Any

    def sheet(self, name: str) -> Sheet:
        """Return a sheet.

        Raises
        ------
        LabelError
            When the workbook has no such sheet.
        FileError
            When the sheet is empty or damaged.
        """
        if name not in self.names:
            raise LabelError(
                f"The workbook has no sheet {name!r}.",
                where=f"{self.file}, sheets {', '.join(self.names)}",
                remedy="give the workbook as it was published",
            )
        import python_calamine

        try:
            rows = self.book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, OSError) as error:
            raise FileError(
                "A sheet of a workbook cannot be read.",
                where=f"sheet {name!r} of {self.file}",
                amount=f"{type(error).__name__}: {error}",
                remedy="get the file again from its source; it is damaged",
            ) from error
        return _filled(Sheet(self.file, name, tuple(tuple(row) for row in rows)))


def open_workbook(path: str | Path) -> Workbook:
    """Open an .xls, .xlsx or .xlsb workbook, read-only.

    Raises
    ------
    FileError
        When there is no such file, or it is damaged or no workbook.
    MissingExtraError
        When python-calamine is not installed.
    """
    try:
        import python_calamine
    except ImportError as error:
        raise MissingExtraError(
            "Reading workbooks needs the package python-calamine.",
            remedy="install it with: pip install 'mrio[excel]'",
        ) from error
    file = existing(path)
    require_plain_workbook(file)
    try:
        # By content, not by path: offices publish .xlsx files under the name .xls.
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(file.read_bytes()))
    except (python_calamine.CalamineError, OSError) as error:
        raise unreadable("a workbook", path, error) from error
    return Workbook(file.name, tuple(book.sheet_names), book)


def open_csv(path: str | Path) -> Sheet:
    """Read a CSV file, also one compressed with gzip, as a sheet; cells that are numbers become numbers.

    Raises
    ------
    FileError
        When there is no such file, or it is damaged or empty.
    """
    file = existing(path)
    opener: Any = gzip.open if file.suffix == ".gz" else open
    try:
        with opener(file, "rt", encoding="utf-8-sig", newline="") as lines:
            rows = tuple(tuple(_number_or_text(cell) for cell in row) for row in csv.reader(lines))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable("CSV", path, error) from error
    return _filled(Sheet(file.name, file.name.removesuffix(".gz").removesuffix(".csv"), rows))


def unreadable(what: str, path: str | Path, error: Exception) -> FileError:
    """Return the error of a file that cannot be read as what it should be."""
    return FileError(
        f"The file cannot be read as {what}.",
        where=str(path),
        amount=str(error),
        remedy="get the file again from its source; it is damaged or of another format",
    )


def address(row: int, column: int) -> str:
    """Return the address of a cell from its row and column, both counted from zero.

    Examples
    --------
    >>> address(0, 0), address(6, 27)
    ('A1', 'AB7')
    """
    letters = ""
    rest = column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


def first_sheet(book: Workbook, names: Iterable[str], holds: Callable[[Sheet], bool]) -> Sheet | None:
    """Return the first sheet among some that holds what is looked for; empty sheets hold nothing."""
    for name in names:
        try:
            sheet = book.sheet(name)
        except EmptySheetError:
            continue
        if holds(sheet):
            return sheet
    return None


def plain(value: object) -> str:
    """Return a cell as text without any white space, which workbooks scatter inside names."""
    return "".join(str(value).split())


def code(value: object) -> str:
    """Return a cell as a code: ``"TIU "`` is ``"TIU"``, ``"01"``, ``1`` and ``1.0`` are ``"1"``.

    Examples
    --------
    >>> code("01"), code(43.0), code("VA001")
    ('1', '43', 'VA001')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = plain(value)
    return text.lstrip("0") or "0" if text.isdigit() else text


def header(
    sheet: Sheet,
    codes: Sequence[str],
    *,
    along: Literal["row", "column"],
    within: Sequence[int] | None = None,
) -> Header:
    """Find the row or column that holds all codes.

    Parameters
    ----------
    sheet
        Where to look.
    codes
        Codes as `code` writes them.
    along
        ``"row"``: the codes stand side by side; ``"column"``: one above the other.
    within
        Columns (or rows) to look at; all when left out.

    Raises
    ------
    LabelError
        When no line holds every code exactly once; it names the line that holds most of them.
    """
    wanted = set(codes)
    across = len(sheet.cells) if along == "row" else sheet.width
    places = within if within is not None else range(sheet.width if along == "row" else len(sheet.cells))

    def line_codes(line: int) -> list[str]:
        return [sheet.code(*((line, k) if along == "row" else (k, line))) for k in places]

    lines = [line_codes(line) for line in range(across)]
    best = max(range(across), key=lambda line: len(wanted.intersection(lines[line])))
    found = lines[best]
    count = Counter(found)
    missing = [text for text in codes if not count[text]]
    doubled = [text for text in codes if count[text] > 1]
    if missing or doubled:
        twice = [k for k, text in zip(places, found, strict=True) if text in doubled]
        raise _header_error(sheet, Header(along, best, tuple(twice)), codes, missing, doubled)
    return Header(along, best, tuple(places[found.index(text)] for text in codes))


def numbers(sheet: Sheet, blocks: Mapping[str, Block]) -> dict[str, Floats]:
    """Turn blocks of cells into arrays.

    Parameters
    ----------
    sheet
        Where the blocks are.
    blocks
        The rectangles, by name.

    Returns
    -------
    dict
        One array a block, shape (rows, columns).

    Raises
    ------
    MissingDataError
        When any cell of any block is text, empty where empty has no meaning, or not finite. The error's
        table lists every such cell with its address.
    """
    arrays: dict[str, Floats] = {}
    bad: list[dict[str, object]] = []
    for name, block in blocks.items():
        values = np.full((len(block.rows), len(block.columns)), np.nan)
        for i, row in enumerate(block.rows):
            picked: list[Any] = [sheet.value(row, column) for column in block.columns]
            if set(map(type, picked)) <= {int, float} and np.isfinite(picked).all():
                values[i] = picked
                continue
            for j, (column, value) in enumerate(zip(block.columns, picked, strict=True)):
                number = block.empty if value == "" else _as_number(value)
                if number is None or not np.isfinite(number):
                    bad.append({"sheet": sheet.name, "cell": address(row, column), "value": value})
                else:
                    values[i, j] = number
        arrays[name] = values
    if bad:
        shown = ", ".join(f"{cell['cell']} ({cell['value']!r})" for cell in bad[:8])
        raise MissingDataError(
            "Cells that must hold numbers are empty or hold something else.",
            where=f"{sheet.place}, cells {shown}" + (" and more" if len(bad) > 8 else ""),
            amount=f"{len(bad)} cells",
            remedy="put the published number into each cell; zero where the source says zero",
            table=pd.DataFrame(bad),
        )
    return arrays


def _header_error(
    sheet: Sheet, twice: Header, codes: Sequence[str], missing: list[str], doubled: list[str]
) -> LabelError:
    """Return the error for a header that lacks codes or holds some twice, which stand at `twice`."""
    line = address(twice.line, 0) if twice.along == "row" else address(0, twice.line)
    cells = ", ".join(address(*twice.cell(k)) for k in range(len(twice.at)))
    parts = [f"{len(codes) - len(missing)} of {len(codes)} codes found"]
    if missing:
        parts.append(f"missing: {', '.join(missing[:12])}")
    if doubled:
        parts.append(f"more than once: {', '.join(doubled[:12])} in cells {cells}")
    return LabelError(
        f"A header {twice.along} does not hold its codes.",
        where=f"{sheet.place}, the {twice.along} of cell {line} holds most of them",
        amount="; ".join(parts),
        remedy="compare the sheet with the published one: a row or column is missing, doubled or renamed",
    )


def _as_number(value: object) -> float | None:
    """Return a cell as a number, or None when it holds anything else; booleans are no numbers."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _number_or_text(cell: str) -> object:
    """Return a CSV cell as a number where it is one; digits with a leading zero are a code."""
    text = cell.strip()
    if "_" in text or (len(text) > 1 and text.isdigit() and text.startswith("0")):
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _filled(sheet: Sheet) -> Sheet:
    """Return the sheet, which must hold at least one cell."""
    if not any(plain(cell) for row in sheet.cells for cell in row):
        raise EmptySheetError(
            "The sheet is empty.",
            where=f"{sheet.place}, cell A1 onwards",
            remedy="give the file as it was published",
        )
    return sheet
