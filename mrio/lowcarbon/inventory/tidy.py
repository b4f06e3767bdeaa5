"""Tidy tables (one row a number) as checked, labelled arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError, MissingDataError, MrioError, raise_together
from mrio.lowcarbon.choices import require_choice

KEYS: Final = ("region", "sector", "fuel", "year")
"""Columns that name a row of a table of energy use, and dims of an inventory."""

Missing = Literal["raise", "zero"]
"""What a row that is not there means: an error, or a flow of zero."""


def cells_in_words(table: pd.DataFrame, most: int = 3) -> str:
    """Return the first rows of a table of labels in words."""
    rows = [" | ".join(map(str, row)) for row in table.head(most).itertuples(index=False, name=None)]
    return "; ".join(rows) + (f" ... {len(table)} rows" if len(table) > most else "")


def checked_rows(table: pd.DataFrame, keys: Sequence[str], what: str) -> pd.DataFrame:
    """Return a copy of a tidy table with text labels and numbers, or raise with every offending row.

    Parameters
    ----------
    table
        Columns `keys`, ``value`` and ``unit``; other columns are left out.
    keys
        Columns that together name a row.
    what
        What the table holds, for messages.

    Raises
    ------
    MissingDataError, DataError, LabelError
        When rows, columns or values are missing, values are negative or no numbers, rows are doubled, or
        labels have blanks around them.
    """
    if not isinstance(table, pd.DataFrame):
        raise DataError(
            f"The table of {what} is no table.",
            amount=f"got {type(table).__name__}",
            remedy="give a DataFrame, one row a number",
        )
    rows = _columns(table, [*keys, "value", "unit"], what)
    labels = list(keys)
    empty = rows[[*labels, "unit"]].isna().any(axis=1)
    if empty.any():
        raise MissingDataError(
            f"Rows of the table of {what} have no label or no unit.",
            where=f"rows {', '.join(map(str, np.flatnonzero(empty)[:5]))}",
            amount=f"{int(empty.sum())} rows",
            remedy="name every row fully",
            table=rows[empty],
        )
    if "year" in labels and pd.api.types.is_float_dtype(rows["year"]):
        # Spreadsheets give years as 2014.0.
        text = f"The table of {what} has years that are no whole numbers."
        broken = rows[rows["year"] % 1 != 0]
        raise_together(_offence(LabelError, text, broken, labels, "give years like 2014, or texts"))
        rows["year"] = rows["year"].astype(int)
    rows[labels] = rows[labels].astype(str)
    rows["value"] = pd.to_numeric(rows["value"], errors="coerce")
    raise_together(_problems(rows, labels, what))
    return rows


def _columns(table: pd.DataFrame, columns: list[str], what: str) -> pd.DataFrame:
    """Return a copy of the columns of a tidy table that has rows, or raise."""
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise MissingDataError(
            f"The table of {what} lacks the columns {', '.join(map(repr, absent))}.",
            where=f"columns given: {', '.join(map(repr, table.columns))}",
            remedy=f"a tidy table has the columns {', '.join(columns)}, one row a number",
        )
    if table.empty:
        raise MissingDataError(f"The table of {what} has no rows.", remedy="give one row a number")
    return table[columns].reset_index(drop=True)


def _problems(rows: pd.DataFrame, keys: list[str], what: str) -> list[MrioError]:
    """Return what is wrong with the numbers and labels of a table."""
    table, values = f"The table of {what}", rows["value"]
    blank = rows[keys].apply(lambda labels: labels != labels.str.strip()).any(axis=1)
    return [
        *_offence(
            MissingDataError,
            f"{table} holds empty cells or something that is no number.",
            rows[~np.isfinite(values)],
            keys,
            "say what they mean: leave a row out, or give zero",
        ),
        *_offence(
            DataError,
            f"{table} holds negative numbers.",
            rows[values < 0],
            [*keys, "value"],
            "energy burnt, production and consumption are zero or more; book outputs elsewhere",
        ),
        *_offence(
            LabelError,
            f"{table} names rows more than once.",
            rows[rows.duplicated(keys, keep=False)],
            keys,
            "add them up or drop the doubled ones",
        ),
        *_offence(
            LabelError,
            f"{table} has labels with blanks around them.",
            rows[blank],
            keys,
            "strip them: 'Hebei ' and 'Hebei' would be two regions",
        ),
    ]


def _offence(
    error: type[DataError], text: str, rows: pd.DataFrame, columns: list[str], remedy: str
) -> list[MrioError]:
    """Return the error about offending rows, which are named by columns; none where there are none."""
    if rows.empty:
        return []
    where, amount = cells_in_words(rows[columns]), f"{len(rows)} rows"
    return [error(text, where=where, amount=amount, remedy=remedy, table=rows)]


def as_array(rows: pd.DataFrame, keys: Sequence[str], what: str, missing: Missing) -> xr.DataArray:
    """Return checked rows as an array with one dim a key; labels keep the order of their first row.

    Parameters
    ----------
    rows
        Columns `keys` and ``value``.
    keys
        Dims of the array; one of them is ``year``.
    what
        What the table holds, for messages.
    missing
        What an absent row means: ``"zero"``, or ``"raise"``, where every series that occurs in one year must
        occur in all.

    Raises
    ------
    MissingDataError, DataError
        With every absent row, when `missing` is ``"raise"``; when it is no choice.
    """
    require_choice("missing", missing, Missing)
    labels = {key: list(dict.fromkeys(rows[key])) for key in keys}
    labels["year"] = sorted(labels["year"])
    if missing == "raise":
        _require_all_years(rows, keys, labels["year"], what)
    index = pd.MultiIndex.from_product([labels[key] for key in keys], names=list(keys))
    values = rows.set_index(list(keys))["value"].reindex(index, fill_value=0.0)
    shape = [len(labels[key]) for key in keys]
    return xr.DataArray(
        values.to_numpy(dtype=float).reshape(shape),
        dims=list(keys),
        coords=labels,
        name=what.replace(" ", "_"),
    )


def _require_all_years(rows: pd.DataFrame, keys: Sequence[str], years: list[str], what: str) -> None:
    """Raise unless every series of a table has a row in every year."""
    series = [key for key in keys if key != "year"]
    known = rows[series].drop_duplicates()
    wanted = known.merge(pd.DataFrame({"year": years}), how="cross")
    found = wanted.merge(rows[[*series, "year"]], how="left", indicator=True)
    absent = found.loc[found["_merge"] == "left_only", [*series, "year"]]
    if len(absent):
        raise MissingDataError(
            f"The table of {what} has series without a row in every year.",
            where=cells_in_words(absent),
            amount=f"{len(absent)} rows of {len(wanted)}",
            remedy='give the rows, or say missing="zero" where an absent row means zero',
            table=absent,
        )
