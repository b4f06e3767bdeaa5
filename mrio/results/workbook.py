"""Results as an Excel workbook that a person can read.

Sheet ``About`` says what the numbers are, ``summary`` holds the main ones, ``numbers`` all of them in long
form. Texts stay texts, whatever sign they begin with. A workbook is for
reading; `Result.to_netcdf` keeps all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from mrio.errors import FileError
from mrio.files import replacing
from mrio.tables.formats.excel import number_cell, openpyxl_library, text_cell

_ROWS: Final = 1_048_576
_LETTERS: Final = 32_000


def write_workbook(
    title: str, words: Mapping[Any, Any], summary: pd.DataFrame, numbers: pd.DataFrame, path: Path
) -> None:
    """Write a result to a workbook.

    Parameters
    ----------
    title
        What the result is.
    words
        Its attributes; provenance is cut where it is longer than a cell.
    summary, numbers
        Its main numbers with their labels in the index, and all numbers in long form.
    path
        Where to write.

    Raises
    ------
    FileError
        When there are more numbers than a sheet has rows, or the file cannot be written.
    MissingExtraError
        When openpyxl is not installed.
    """
    if len(numbers) >= _ROWS:
        raise FileError(
            "A result has more numbers than an Excel sheet has rows.",
            where=str(path),
            amount=f"{len(numbers):,} numbers, a sheet holds {_ROWS:,} rows",
            remedy="write it with to_csv or to_netcdf, or take a part of to_dataframe()",
        )
    book = openpyxl_library().Workbook(write_only=True)
    about = pd.DataFrame({"word": ["title", *map(str, words)], "text": [title, *map(str, words.values())]})
    about = about.drop_duplicates("word")
    named = [name or "label" for name in summary.index.names]
    for name, frame in (
        ("About", about),
        ("summary", summary.reset_index(names=named)),
        ("numbers", numbers),
    ):
        _append(book.create_sheet(name), frame)
    with replacing(path) as temporary, temporary.open("wb") as file:
        book.save(file)


def _append(sheet: Any, frame: pd.DataFrame) -> None:
    """Write the columns and rows of a frame; a number that does not exist is an empty cell."""
    sheet.append([text_cell(sheet, _title(column)) for column in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value) for value in row])


def _title(column: object) -> str:
    """Return the name of a column, levels of a MultiIndex side by side."""
    return " | ".join(map(str, column)) if isinstance(column, tuple) else str(column)


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        return text_cell(sheet, value[:_LETTERS])
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    try:
        return number_cell(sheet, float(value))
    except (TypeError, ValueError):
        return text_cell(sheet, str(value)[:_LETTERS])
