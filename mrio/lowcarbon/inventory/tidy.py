"""Tidy tables (one row a number) as checked, labelled arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError, MissingDataError, MrioError, raise_together

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
        When columns or values are missing, values are negative or no numbers, or rows are doubled.
    """
    columns = [*keys, "value", "unit"]
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise MissingDataError(
            f"The table of {what} lacks the columns {', '.join(map(repr, absent))}.",
            where=f"columns given: {', '.join(map(repr, table.columns))}",
            remedy=f"a tidy table has the columns {', '.join(columns)}, one row a number",
        )
    rows = table[columns].reset_index(drop=True)
    empty = rows[[*keys, "unit"]].isna().any(axis=1)
    if empty.any():
        raise MissingDataError(
            f"Rows of the table of {what} have no label or no unit.",
            where=f"rows {', '.join(map(str, np.flatnonzero(empty)[:5]))}",
            amount=f"{int(empty.sum())} rows",
            remedy="name every row fully",
            table=rows[empty],
        )
    if "year" in keys and pd.api.types.is_float_dtype(rows["year"]):
        # Spreadsheets give years as 2014.0.
        rows["year"] = rows["year"].map(lambda year: int(year) if year == int(year) else year)
    rows[list(keys)] = rows[list(keys)].astype(str)
    rows["value"] = pd.to_numeric(rows["value"], errors="coerce")
    raise_together(_problems(rows, keys, what))
    return rows


def _problems(rows: pd.DataFrame, keys: Sequence[str], what: str) -> list[MrioError]:
    """Return what is wrong with the numbers and labels of a table."""
    problems: list[MrioError] = []
    missing = ~np.isfinite(rows["value"].to_numpy(dtype=float))
    negative = rows["value"].to_numpy(dtype=float) < 0
    doubled = rows.duplicated(list(keys), keep=False).to_numpy()
    if missing.any():
        problems.append(
            MissingDataError(
                f"The table of {what} holds empty cells or something that is no number.",
                where=cells_in_words(rows.loc[missing, list(keys)]),
                amount=f"{int(missing.sum())} rows",
                remedy="say what they mean: leave a row out, or give zero",
                table=rows[missing],
            )
        )
    if negative.any():
        problems.append(
            DataError(
                f"The table of {what} holds negative numbers.",
                where=cells_in_words(rows.loc[negative, [*keys, "value"]]),
                amount=f"{int(negative.sum())} rows",
                remedy="energy burnt, production and consumption are zero or more; book outputs elsewhere",
                table=rows[negative],
            )
        )
    if doubled.any():
        problems.append(
            LabelError(
                f"The table of {what} names rows more than once.",
                where=cells_in_words(rows.loc[doubled, list(keys)]),
                amount=f"{int(doubled.sum())} rows",
                remedy="add them up or drop the doubled ones",
                table=rows[doubled],
            )
        )
    return problems


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
    MissingDataError
        With every absent row, when `missing` is ``"raise"``.
    """
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
