"""Value-added deflators of China by industry group, from UN national accounts.

A table with one row a year and one column a group (ISIC revision 3): agriculture (A, B), industry (C to E),
construction (F), trade, hotels and restaurants (G, H), transport and communication (I), other services (J to
P). They deflate value added, not output: where they stand in for producer prices, that is an assumption.

Which group a sector belongs to is in ``data/classifications/va_deflators.csv``. All industry takes the group
C to E, because the series of manufacturing alone begins in 2005. Sectors of the interregional tables that lie
across groups take the mean of their indices, relative to the year of the weights, weighted by national value
added of that year.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from mrio import bundled
from mrio.classification import load_classification
from mrio.errors import DataError, FileError, LabelError
from mrio.readers.raw.workbook import Floats
from mrio.tables import Deflator

FILE: Final = "china_va_deflators_cny_2010eq100.csv"
SOURCE: Final = (
    "UN National Accounts Main Aggregates, value added at current and constant 2010 prices by ISIC group, "
    "with exchange rates of WIOD (November 2016)"
)
NOTE: Final = "national value-added deflators stand in for producer prices of the sectors"


def read_deflators(path: str | Path, classification: str = "h39") -> Deflator:
    """Read national value-added deflators and give one index to every sector of a classification.

    Parameters
    ----------
    path
        The CSV file, or the folder that holds it under its original name.
    classification
        ``"h39"``, ``"sic17"`` or ``"sic8"``; sectors carry its English names.

    Returns
    -------
    Deflator
        Indices by year and sector [2010 = 100 for sectors of one group; year of the weights = 1 for those
        across groups].

    Raises
    ------
    LabelError
        When the classification has no groups.
    FileError, DataError
        When the file cannot be read, misses a group, or holds a cell that is no positive number.

    Examples
    --------
    >>> prices = read_deflators("data/deflators", "sic17")  # doctest: +SKIP
    >>> prices.ratio("2002", "2007", ["China"], ["Agriculture"])  # doctest: +SKIP
    array([[0.72176...]])
    """
    parts = _parts(classification)
    path = Path(path)
    table = _table(
        path / FILE if path.is_dir() else path, {part[0] for own in parts.values() for part in own}
    )
    known = load_classification(classification)
    names = dict(zip(known.codes, known.names_en, strict=True))
    columns = {names[code]: _index(table, own) for code, own in parts.items()}
    return Deflator.from_table(pd.DataFrame(columns, index=table.index), SOURCE, NOTE)


def _parts(classification: str) -> dict[str, list[tuple[str, float, str]]]:
    """Return the groups of every sector: group, weight, year of the weight."""
    result: dict[str, list[tuple[str, float, str]]] = defaultdict(list)
    with bundled.path("classifications/va_deflators.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["classification"] == classification:
                result[row["code"]].append((row["group"], float(row["weight"]), row["weight_year"]))
    if not result:
        raise LabelError(
            f"There are no deflator groups for the classification {classification!r}.",
            remedy="choose 'h39', 'sic17' or 'sic8', or make a Deflator of your own indices",
        )
    return result


def _index(table: pd.DataFrame, parts: list[tuple[str, float, str]]) -> Floats:
    """Return the index of one sector by year: that of its group, or the weighted mean of several."""
    if len(parts) == 1:
        return table[parts[0][0]].to_numpy()
    years = list(table.index)
    series = [(weight, table[group].to_numpy(), years.index(year)) for group, weight, year in parts]
    return np.asarray(sum(weight * values / values[base] for weight, values, base in series))


def _table(path: Path, groups: set[str]) -> pd.DataFrame:
    """Return the groups needed as numbers by year."""
    try:
        table = pd.read_csv(path, dtype={"year": str}, encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FileError(
            "Deflators cannot be read.",
            where=str(path),
            amount=f"{type(error).__name__}: {error}",
            remedy=f"give the file {FILE} or its folder",
        ) from error
    missing = sorted(({"year"} | groups) - set(table.columns))
    if missing:
        raise FileError(
            "A file of deflators misses columns.",
            where=f"{path}: {', '.join(missing)}",
            remedy="get the file anew",
        )
    numbers: pd.DataFrame = table.set_index("year")[sorted(groups)].apply(pd.to_numeric, errors="coerce")
    values = numbers.to_numpy(dtype=float)
    bad = ~(np.isfinite(values) & (values > 0))
    if bad.any() or numbers.index.has_duplicates:
        cells = [f"{numbers.index[r]} | {numbers.columns[c]}" for r, c in np.argwhere(bad)]
        raise DataError(
            "Deflators must be positive numbers, one row a year.",
            where=f"{path}: {'; '.join(cells[:5]) or 'years stand twice'}",
            amount=f"{len(cells)} cells",
            remedy="get the file anew",
        )
    return numbers
