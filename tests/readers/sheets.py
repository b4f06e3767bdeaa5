"""Small workbooks and CSV files for tests: grids of values as published files hold them."""

from pathlib import Path

import openpyxl

from mrio.readers.raw.workbook import Sheet


def write(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write grids as sheets of a workbook; empty texts stay empty cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for i, row in enumerate(rows, start=1):
            for j, value in enumerate(row, start=1):
                if value != "":
                    sheet.cell(i, j, value)
    book.save(path)
    return path


def as_sheet(rows: list[list[object]], name: str = "S", file: str = "book.xlsx") -> Sheet:
    """Return a grid as the sheet that a workbook with it would give."""
    return Sheet(file, name, tuple(tuple(row) for row in rows))


def write_lines(path: Path, rows: list[list[object]]) -> Path:
    """Write a grid as CSV; numbers with all digits, texts as they are."""
    lines = (",".join(cell if isinstance(cell, str) else repr(float(cell)) for cell in row) for row in rows)
    path.write_text("\n".join(lines) + "\n")
    return path
