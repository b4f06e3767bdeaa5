"""Tables of observations by indicators, checked, and their rows as one dim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError, MissingDataError
from mrio.tables.arrays import Array

LOGGED: Final = "leave these rows out, or say logged=True where the columns are logarithms"
"""Remedy for levels without logarithm where a caller may give logarithms."""


def row_labels(index: pd.Index) -> list[str]:
    """Return one text per row; the levels of a MultiIndex are joined."""
    return [", ".join(map(str, label)) if isinstance(label, tuple) else str(label) for label in index]


def as_frame(array: xr.DataArray, rows: str, columns: str) -> pd.DataFrame:
    """Return a two-dimensional array as a frame with the named dims as rows and columns."""
    values = array.transpose(rows, columns).to_numpy()
    index = pd.Index(array[rows].to_numpy(), name=rows)
    return pd.DataFrame(values, index=index, columns=pd.Index(array[columns].to_numpy(), name=columns))


def numeric_columns(table: pd.DataFrame, columns: Sequence[str], what: str) -> Array:
    """Return columns of a table as floats (n, k), or raise with every cell that is no finite number.

    Parameters
    ----------
    table
        Observations in rows.
    columns
        Columns to take, in this order.
    what
        What the table is, for messages.

    Raises
    ------
    LabelError
        When a column is absent or doubled, or rows are doubled.
    MissingDataError
        When a cell is empty, infinite or no number.
    """
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise LabelError(
            f"The {what} has no column {absent[0]!r}.",
            where=f"columns: {', '.join(map(repr, table.columns))}",
            amount=f"{len(absent)} absent",
            remedy="spell names exactly as in the table",
        )
    doubled = [name for name in columns if list(columns).count(name) > 1]
    if doubled or table.index.has_duplicates or not table.columns.is_unique:
        name = doubled[0] if doubled else "a row or column label"
        raise LabelError(f"The {what} names {name!r} more than once.", remedy="name everything once")
    numbers = table[list(columns)].apply(pd.to_numeric, errors="coerce")
    values: Array = np.array(numbers, dtype=np.float64)
    bad = ~np.isfinite(values)
    if bad.any():
        labels = row_labels(table.index)
        cells = pd.DataFrame([(labels[row], columns[column]) for row, column in np.argwhere(bad)])
        cells.columns = pd.Index(["row", "column"])
        raise MissingDataError(
            f"The {what} has cells that are empty or no number.",
            where="; ".join(" | ".join(row) for row in cells.head(3).itertuples(index=False, name=None)),
            amount=f"{len(cells)} cells",
            remedy="fill them, or leave the row or column out; nothing is interpolated in silence",
            table=cells,
        )
    return values


def logarithms(
    values: Array, columns: Sequence[str], rows: Sequence[str], remedy: str = "leave these rows out"
) -> Array:
    """Return natural logarithms of levels (n, k), or raise with every cell that is not above zero.

    Parameters
    ----------
    values
        Levels (n, k).
    columns, rows
        Their labels, for messages.
    remedy
        What to do about levels that have no logarithm.

    Raises
    ------
    DataError
        When a level is zero or less.
    """
    bad = np.argwhere(values <= 0)
    if len(bad):
        cells = pd.DataFrame(
            {
                "row": [rows[row] for row, _ in bad],
                "column": [columns[column] for _, column in bad],
                "value": [values[row, column] for row, column in bad],
            }
        )
        first = cells.head(3).itertuples(index=False, name=None)
        raise DataError(
            "A logarithm needs levels above zero.",
            where="; ".join(f"{row} | {column} = {value:g}" for row, column, value in first),
            amount=f"{len(cells)} cells",
            remedy=remedy,
            table=cells,
        )
    return np.asarray(np.log(values))


def require_years(rows: Sequence[str], what: str) -> None:
    """Raise unless rows that are named by years follow each other without a gap.

    Parameters
    ----------
    rows
        Names of the rows; where one is no whole number, they are no years.
    what
        What the table is, for messages.

    Raises
    ------
    MissingDataError, DataError
        When a year is missing, or years do not rise.
    """
    if not all(name.isdigit() for name in rows):
        return
    years = [int(name) for name in rows]
    if years != sorted(years):
        raise DataError(f"The years of the {what} do not rise.", remedy="sort the rows by year")
    absent = sorted(set(range(years[0], years[-1] + 1)) - set(years)) if years else []
    if absent:
        raise MissingDataError(
            f"The {what} lacks years.",
            where=", ".join(map(str, absent[:5])),
            amount=f"{len(absent)} between {years[0]} and {years[-1]}",
            remedy="give them, since lags over a gap are no lags; or name rows that are no years by words",
        )
