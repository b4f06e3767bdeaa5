"""Text tables with labels in front of rows and above columns, as pymrio and EXIOBASE write them.

Numbers are read exactly, a few hundred rows at a time, into one array, so that a table of gigabytes needs
little more memory than its numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from mrio.errors import FileError, MissingDataError
from mrio.readers.raw.workbook import Floats, address

_ROWS_AT_ONCE = 200
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)


@dataclass(frozen=True)
class TextLayout:
    """How many label columns stand in front, how many label rows above, and what separates cells.

    `empty` is what an empty cell means; None: it is an error.
    """

    index: int
    header: int
    separator: str = "\t"
    empty: float | None = None


def read_numbers(
    lines: Iterable[str], layout: TextLayout, place: str, *, square: bool = False
) -> pd.DataFrame:
    """Read a table of numbers.

    Parameters
    ----------
    lines
        Lines of text.
    layout
        Where the labels are.
    place
        How errors name the file.
    square
        Rows are as many as columns, which lets them be read into one array.

    Returns
    -------
    DataFrame
        Numbers under their labels, (rows, columns).

    Raises
    ------
    FileError
        When there is no header, a row has another number of cells, or rows are not as many as they must be.
    MissingDataError
        When cells hold no finite number; the error names them by their addresses in a spreadsheet.
    """
    rest = iter(lines)
    columns = _columns(rest, layout, place)
    width = len(columns)
    body = _without_names_of_levels(rest, layout)
    values = np.empty((width if square else 0, width))
    index: list[tuple[str, ...]] = []
    parts: list[Floats] = []
    while chunk := dict(islice(body, _ROWS_AT_ONCE)):
        labels, texts = _split(list(chunk.values()), layout)
        numbers = _numbers(dict(zip(chunk, texts, strict=True)), layout, width, place)
        if square:
            if len(index) + len(numbers) > width:
                raise _not_square(place, width)
            values[len(index) : len(index) + len(numbers)] = numbers
        else:
            parts.append(numbers)
        index += labels
    if square and len(index) != width:
        raise _not_square(place, width)
    return pd.DataFrame(values if square else np.vstack([values, *parts]), _index(index), columns, copy=False)


def read_matrix(lines: Iterable[str], shape: tuple[int, int], place: str, separator: str = "\t") -> Floats:
    """Read numbers without labels into one array.

    Parameters
    ----------
    lines
        Lines of text.
    shape
        Rows and columns that there must be.
    place
        How errors name the file.
    separator
        What separates cells.

    Raises
    ------
    FileError
        When there are more or fewer rows, or a row has another number of cells.
    MissingDataError
        When cells hold no finite number; by their addresses.
    """
    layout = TextLayout(0, 0, separator)
    values = np.empty(shape)
    body = ((k, line.rstrip("\r\n")) for k, line in enumerate(lines) if line.strip())
    done = 0
    while chunk := dict(islice(body, _ROWS_AT_ONCE)):
        numbers = _numbers(chunk, layout, shape[1], place)
        if done + len(numbers) <= shape[0]:
            values[done : done + len(numbers)] = numbers
        done += len(numbers)
    if done != shape[0]:
        raise FileError(
            "A matrix has more or fewer rows than it has labels.",
            where=place,
            amount=f"{done} rows, {shape[0]} labels",
            remedy="get the file anew; it was cut off or changed, or the labels are those of another table",
        )
    return values


def read_words(lines: Iterable[str], layout: TextLayout, place: str) -> pd.DataFrame:
    """Read a table of texts, for example of units; errors as `read_numbers`."""
    rest = iter(lines)
    columns = _columns(rest, layout, place)
    rows = [_cells(line, layout.separator) for line in rest if line.strip()]
    if any(len(row) != layout.index + len(columns) for row in rows):
        raise FileError(
            "A row of a text table is too long or too short.",
            where=place,
            remedy="get the file anew; it was cut off or changed",
        )
    return pd.DataFrame(
        [row[layout.index :] for row in rows], _index([tuple(row[: layout.index]) for row in rows]), columns
    )


def read_rows(
    lines: Iterable[str], width: int, place: str, at_once: int, separator: str = ","
) -> Iterator[Floats]:
    """Give the rows of a table of numbers without labels, `at_once` at a time (rows, `width`).

    Empty lines are left out; errors as `read_numbers`.
    """
    layout = TextLayout(0, 0, separator)
    rest = ((number, line.rstrip("\r\n")) for number, line in enumerate(lines) if line.strip())
    while chunk := dict(islice(rest, at_once)):
        yield _numbers(chunk, layout, width, place)


def _cells(line: str, separator: str) -> list[str]:
    line = line.rstrip("\r\n")
    return next(csv.reader([line], delimiter=separator)) if '"' in line else line.split(separator)


def _columns(lines: Iterator[str], layout: TextLayout, place: str) -> pd.Index[Any]:
    """Return the labels above the columns."""
    rows = [_cells(line, layout.separator)[layout.index :] for line in islice(lines, layout.header)]
    if len(rows) < layout.header or not rows[0] or len({len(row) for row in rows}) > 1:
        raise FileError(
            "The head of a text table is not whole.",
            where=place,
            amount=f"{len(rows)} of {layout.header} rows of labels",
            remedy="get the file anew; it is damaged or of another layout",
        )
    return _index(list(zip(*rows, strict=True)))


def _index(labels: list[tuple[str, ...]]) -> pd.Index[Any]:
    if labels and len(labels[0]) > 1:
        return pd.MultiIndex.from_tuples(labels)
    return pd.Index([label[0] if label else "" for label in labels], dtype=object)


def _without_names_of_levels(lines: Iterator[str], layout: TextLayout) -> Iterator[tuple[int, str]]:
    """Give lines with their numbers, counted from zero as rows of a spreadsheet are.

    Empty lines are left out, and the line below several header rows that names the levels of the index.
    """
    for number, line in enumerate(lines, start=layout.header):
        cells = line.rstrip("\r\n").split(layout.separator)
        if number == layout.header > 1 and not any(cells[layout.index :]):
            continue
        if line.strip():
            yield number, line


def _split(chunk: list[str], layout: TextLayout) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return labels and numbers of lines, the numbers as text."""
    labels, texts = [], []
    for line in chunk:
        if '"' in line:
            cells = _cells(line, layout.separator)
            labels.append(tuple(cells[: layout.index]))
            texts.append(layout.separator.join(cells[layout.index :]))
        else:
            *own, text = line.rstrip("\r\n").split(layout.separator, layout.index)
            labels.append(tuple(own))
            texts.append(text)
    return labels, texts


def _numbers(texts: dict[int, str], layout: TextLayout, width: int, place: str) -> Floats:
    """Return lines, given by their numbers, as numbers (lines, width)."""
    if not all(map(str.strip, texts.values())):
        # numpy would pass over lines without any number.
        return _cell_by_cell(texts, layout, width, place)
    try:
        values = np.loadtxt(list(texts.values()), delimiter=layout.separator, ndmin=2, comments=None)
    except ValueError:
        return _cell_by_cell(texts, layout, width, place)
    if values.shape != (len(texts), width) or not np.isfinite(values).all():
        return _cell_by_cell(texts, layout, width, place)
    return values


def _cell_by_cell(texts: dict[int, str], layout: TextLayout, width: int, place: str) -> Floats:
    """Return lines as numbers where empty cells have a meaning, or raise with all cells that hold none."""
    values = np.full((len(texts), width), np.nan if layout.empty is None else layout.empty)
    bad: list[dict[str, object]] = []
    for k, (row, text) in enumerate(texts.items()):
        cells = text.split(layout.separator)
        if len(cells) != width:
            raise FileError(
                "A row of a text table is too long or too short.",
                where=f"{place}, line {row + 1}",
                amount=f"{len(cells)} numbers, {width} columns",
                remedy="get the file anew; it was cut off or changed",
            )
        for column, cell in enumerate(cells):
            if _is_number(cell):
                values[k, column] = float(cell)
            elif cell.strip() or layout.empty is None:
                bad.append({"file": place, "cell": address(row, layout.index + column), "value": cell})
    if bad:
        raise _bad_cells(bad, place)
    return values


def _bad_cells(bad: list[dict[str, object]], place: str) -> MissingDataError:
    shown = ", ".join(f"{cell['cell']} ({cell['value']!r})" for cell in bad[:8])
    return MissingDataError(
        "Cells that must hold numbers are empty or hold something else.",
        where=f"{place}, cells {shown}" + (" and more" if len(bad) > 8 else ""),
        amount=f"{len(bad)} cells",
        remedy="put the published number into each cell; zero where the source says zero",
        table=pd.DataFrame(bad),
    )


def _is_number(text: str) -> bool:
    """Tell whether a cell holds a finite number."""
    return _NUMBER.fullmatch(text) is not None and bool(np.isfinite(float(text)))


def _not_square(place: str, width: int) -> FileError:
    return FileError(
        "A table that must be square has more or fewer rows than columns.",
        where=place,
        amount=f"{width} columns",
        remedy="get the file anew; it was cut off or changed",
    )
