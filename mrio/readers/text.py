"""Text tables with labels in front of rows and above columns, as pymrio and EXIOBASE write them.

Numbers are read exactly, a few hundred rows at a time, into one array, so that a table of gigabytes needs
little more memory than its numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from mrio.errors import FileError, MissingDataError
from mrio.readers.workbook import Floats

_ROWS_AT_ONCE = 200


@dataclass(frozen=True)
class TextLayout:
    """How many label columns stand in front, how many label rows above, and what separates cells."""

    index: int
    header: int
    separator: str = "\t"


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
        When a cell holds no number, NaN or infinity; the error names the first ones.
    """
    rest = iter(lines)
    columns = _columns(rest, layout, place)
    width = len(columns)
    body = _without_names_of_levels(rest, layout)
    values = np.empty((width if square else 0, width))
    index: list[tuple[str, ...]] = []
    parts: list[Floats] = []
    while chunk := list(islice(body, _ROWS_AT_ONCE)):
        labels, texts = _split(chunk, layout)
        numbers = _numbers(texts, layout.separator, width, place, layout.header + len(index) + 1)
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
    rest, first = (line for line in lines if line.strip()), 1
    while chunk := list(islice(rest, at_once)):
        yield _numbers(chunk, separator, width, place, first)
        first += len(chunk)


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


def _without_names_of_levels(lines: Iterator[str], layout: TextLayout) -> Iterator[str]:
    """Leave out empty lines, and the line below several header rows that names the levels of the index."""
    for number, line in enumerate(lines):
        cells = line.rstrip("\r\n").split(layout.separator)
        if number == 0 and layout.header > 1 and not any(cells[layout.index :]):
            continue
        if line.strip():
            yield line


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


def _numbers(texts: list[str], separator: str, width: int, place: str, first: int) -> Floats:
    """Return lines as numbers (lines, width)."""
    try:
        values = np.loadtxt(texts, delimiter=separator, ndmin=2, comments=None)
    except ValueError as error:
        raise MissingDataError(
            "A text table holds something that is no number, or a row that is too long or too short.",
            where=f"{place}, lines from {first} on",
            amount=str(error).split(";")[0],
            remedy="put the published number into each cell; zero where the source says zero",
        ) from error
    if values.shape != (len(texts), width):
        raise FileError(
            "A row of a text table is too long or too short.",
            where=f"{place}, lines from {first} on",
            amount=f"{values.shape[1]} numbers, {width} columns",
            remedy="get the file anew; it was cut off or changed",
        )
    _require_finite(values, place, first)
    return values


def _require_finite(values: Floats, place: str, first: int) -> None:
    """Raise with every cell that is NaN or infinite, which count as no numbers."""
    if np.isfinite(values).all():
        return
    cells = np.argwhere(~np.isfinite(values))
    table = pd.DataFrame(
        {"line": cells[:, 0] + first, "number": cells[:, 1] + 1, "value": values[~np.isfinite(values)]}
    )
    shown = "; ".join(f"line {row.line}, number {row.number}" for row in table.head(4).itertuples())
    raise MissingDataError(
        "Cells of a text table are NaN or infinite.",
        where=f"{place}, {shown}",
        amount=f"{len(table)} cells",
        remedy="put the published number into each cell; zero where the source says zero",
        table=table,
    )


def _not_square(place: str, width: int) -> FileError:
    return FileError(
        "A table that must be square has more or fewer rows than columns.",
        where=place,
        amount=f"{width} columns",
        remedy="get the file anew; it was cut off or changed",
    )
