"""FIGARO inter-country input-output tables of Eurostat, as CSV matrix or flat file, zipped or not.

Layout (comma-separated text, current million euro, basic prices)
-----------------------------------------------------------------
- Matrix, ``matrix_eu-ic-io_ind-by-ind_23ed_2010.csv``: heading ``rowLabels``, ``AR_A01`` ... (area,
  underscore, industry; areas outside), then ``AR_P3_S13``, ``_P3_S14``, ``_P3_S15``, ``_P51G``, ``_P5M`` of
  every area (government, households, non-profit institutions, fixed capital, inventories with valuables). The
  same codes in front of the rows; below them ``W2_D21X31`` taxes less subsidies on products, ``W2_OP_RES``
  purchases abroad by residents, ``W2_OP_NRES`` purchases by non-residents, ``W2_D1`` compensation of
  employees, ``W2_D29X39`` other taxes less subsidies on production, ``W2_B2A3G`` gross operating surplus and
  mixed income.
- Flat file, ``flatfile_eu-ic-io_ind-by-ind_23ed_2010.csv``: one line a cell, ``icioiRow, icioiCol, refArea,
  rowIi, counterpartArea, colIi, obsValue``; the first two columns and the last are read. All cells are there,
  zeros included: a cell that is missing is an error.
- 46 areas x 64 industries in the edition of 2023, 50 in that of 2026; ``FIGW1`` is the rest of the world.
  Tables product by product (``prod-by-prod``, codes ``AR_CPA_A01``, ``iciopRow``) have the same layout.

There are no totals. Output is the sum of inputs and value added, from which sales differ by the rounding of
published numbers to three digits; the difference is the discrepancy. ``P5M`` merges inventories and
valuables. Final demand is territorial; ``W2_OP_RES`` and ``W2_OP_NRES`` lead to residents, and are accounts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrio.errors import FileError, LabelError, MissingDataError
from mrio.files import PathLike, require_memory
from mrio.readers.raw.archive import Archive, open_file_or_zip, year_of
from mrio.readers.raw.grid import Grid, full_pairs, headings, read_coded_csv
from mrio.readers.raw.workbook import Floats
from mrio.readers.world.world import (
    BASIC_VALUE_ADDED,
    PRODUCT_TAXES,
    TOLERANCE,
    Stocks,
    WorldLayout,
    WorldWords,
    world_flows,
    world_system,
)
from mrio.tables import System

SOURCE: Final = "FIGARO inter-country input-output tables (Eurostat)"
UNIT: Final = "million EUR"

_DEMAND: Final = ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
_STOCKS: Final = "P5M"
_FACTORS: Final = {
    "compensation of employees": ("W2_D1",),
    "other taxes less subsidies on production": ("W2_D29X39",),
    "gross operating surplus and mixed income": ("W2_B2A3G",),
    PRODUCT_TAXES: ("W2_D21X31",),
}
_ACCOUNTS: Final = {
    BASIC_VALUE_ADDED: ("W2_D1", "W2_D29X39", "W2_B2A3G"),
    PRODUCT_TAXES: ("W2_D21X31",),
    "direct purchases abroad by residents": ("W2_OP_RES",),
    "purchases on the domestic territory by non-residents": ("W2_OP_NRES",),
}
_FLAT: Final = (("icioiRow", "icioiCol"), ("iciopRow", "iciopCol"))
_VALUE: Final = "obsValue"
_LINES_AT_ONCE = 500_000


def read_figaro(
    path: PathLike, *, period: str | None = None, stocks: Stocks = "apart", tolerance: float = TOLERANCE
) -> System:
    """Read a FIGARO inter-country input-output table.

    Parameters
    ----------
    path
        The CSV file, matrix or flat, or the zip in which it is published; a zip is read in place.
    period
        The year; taken from the name of the file when left out. Says which file of a zip is meant.
    stocks
        ``"apart"`` keeps inventories and valuables (``P5M``) apart from final purchases, summed over the
        areas that store; ``"final"`` leaves them a category of final demand.
    tolerance
        Largest gap between sales and inputs that is accepted, relative to output.

    Returns
    -------
    System
        Current million euro, basic prices. Primary inputs are the three parts of value added at basic prices
        and taxes less subsidies on products. Value added at basic prices, taxes (with those of final users)
        and purchases of and abroad are accounts.

    Raises
    ------
    FileError
        When the file is missing, damaged, or no FIGARO table, or a zip holds several and no period is given.
    LabelError
        When codes are missing, stand twice or are unknown.
    MissingDataError
        When cells hold no number or are missing.
    BalanceError
        When sales and inputs differ by more than `tolerance`.
    MemoryLimitError
        When the table is larger than memory.

    Warns
    -----
    DataWarning
        When sales and inputs differ by more than 1e-3; one warning, with the worst place.

    Examples
    --------
    >>> read_figaro("matrix_eu-ic-io_ind-by-ind_23ed_2010.csv")  # doctest: +SKIP
    """
    archive = open_file_or_zip(path)
    name = archive.only(figaro_names(archive), period, "FIGARO table")
    place = archive.called(name)
    head = archive.head(name)
    keys = _flat_keys(head)
    if keys is None:
        require_memory(2 * 8 * (head.count(",") + 1) ** 2, place)
    with archive.lines(name) as lines:
        grid = read_coded_csv(lines, place) if keys is None else _read_flat(lines, keys, place)
    layout = figaro_layout(grid)
    words = WorldWords(SOURCE, UNIT, "EUR", period or year_of(name))
    return world_system(world_flows(grid, layout, tolerance), layout, words, stocks)


def figaro_names(archive: Archive) -> list[str]:
    """Return the files of an archive that hold a FIGARO table, matrix or flat."""
    return archive.tables(lambda head: _is_matrix(head) or _flat_keys(head) is not None)


def figaro_layout(grid: Grid) -> WorldLayout:
    """Return which codes of a file mean what."""
    named = {row for rows in (*_FACTORS.values(), *_ACCOUNTS.values()) for row in rows}
    regions, sectors = full_pairs([row for row in grid.rows if row not in named and "_" in row])
    return WorldLayout(
        regions=tuple(regions),
        sectors=tuple(sectors),
        users=tuple(regions),
        demand=_DEMAND,
        stocks=_STOCKS,
        factors=_FACTORS,
        accounts=_ACCOUNTS,
    )


def _is_matrix(head: str) -> bool:
    """Tell whether a line is the heading of a matrix, which ends with final demand."""
    return any(code.endswith("_P3_S14") for code in headings(head)) and "_P51G" in head


def _flat_keys(head: str) -> tuple[str, str] | None:
    """Return the columns with the codes of row and column where a line is the heading of a flat file."""
    codes = headings(head)
    return next((keys for keys in _FLAT if all(codes.count(name) == 1 for name in (*keys, _VALUE))), None)


def _read_flat(lines: Iterator[str], keys: tuple[str, str], place: str) -> Grid:
    """Read a flat file, some lines at a time; every cell must stand in it exactly once."""
    known: tuple[dict[str, int], dict[str, int]] = {}, {}
    at: tuple[list[NDArray[Any]], list[NDArray[Any]]] = [], []
    values: list[Floats] = []
    for chunk in _chunks(lines, keys, place):
        values.append(chunk[_VALUE].to_numpy(dtype=np.float64))
        for side, key in enumerate(keys):
            codes, names = pd.factorize(chunk[key])
            own = np.array([known[side].setdefault(name, len(known[side])) for name in names], dtype=np.int32)
            at[side].append(own[codes])
    rows, columns = (tuple(side) for side in known)
    if not rows:
        raise FileError("The flat file holds no cell.", where=place, remedy="get the file anew")
    require_memory(2 * 8 * len(rows) * len(columns), place)
    i, j = (np.concatenate(side) for side in at)
    matrix = np.full((len(rows), len(columns)), np.nan)
    matrix[i, j] = np.concatenate(values)
    _require_each_cell_once(i, j, (rows, columns), place)
    return Grid(matrix, rows, columns, place)


def _chunks(lines: Iterator[str], keys: tuple[str, str], place: str) -> Iterator[pd.DataFrame]:
    """Give the lines of a flat file as frames of codes and numbers."""
    head = headings(next(lines, ""))
    first = 2
    while text := list(islice(lines, _LINES_AT_ONCE)):
        chunk = _parsed(text, head, keys)
        yield _line_by_line(text, head, first, place) if chunk is None else chunk
        first += len(text)


def _parsed(text: list[str], head: list[str], keys: tuple[str, str]) -> pd.DataFrame | None:
    """Return lines as a frame, or None where one of them is damaged."""
    try:
        frame = pd.read_csv(
            StringIO("".join(text)),
            header=None,
            names=head,
            usecols=[*keys, _VALUE],
            dtype={keys[0]: str, keys[1]: str, _VALUE: np.float64},
            na_filter=False,
            index_col=False,
        )
    except ValueError:
        return None
    return frame if len(frame) == len(text) and np.isfinite(frame[_VALUE]).all() else None


def _line_by_line(text: list[str], head: list[str], first: int, place: str) -> pd.DataFrame:
    """Return lines as a frame; those without a number are told by their line."""
    rows = list(csv.reader(text))
    wrong = [k for k, row in enumerate(rows) if len(row) != len(head)]
    if wrong:
        raise FileError(
            "A line of a flat file is too long or too short.",
            where=f"{place}, line {first + wrong[0]}",
            amount=f"{len(rows[wrong[0]])} cells, {len(head)} columns; {len(wrong)} lines",
            remedy="get the file anew; it was cut off or changed",
        )
    frame = pd.DataFrame(rows, columns=head)
    numbers = pd.to_numeric(frame[_VALUE], errors="coerce")
    bad = np.flatnonzero(~np.isfinite(numbers.to_numpy()))
    if len(bad):
        table = frame.iloc[bad].assign(line=first + bad)
        named = zip(table["line"].head(8), table[_VALUE].head(8), strict=True)
        shown = ", ".join(f"line {line} ({value!r})" for line, value in named)
        raise MissingDataError(
            "Lines that must hold numbers are empty or hold something else.",
            where=f"{place}, {shown}" + (" and more" if len(bad) > 8 else ""),
            amount=f"{len(bad)} lines",
            remedy="put the published number into each line; zero where the source says zero",
            table=table,
        )
    return frame.assign(**{_VALUE: numbers})


def _require_each_cell_once(
    i: NDArray[Any], j: NDArray[Any], codes: tuple[tuple[str, ...], tuple[str, ...]], place: str
) -> None:
    """Raise where a cell stands twice or is missing; a flat file that was cut off would be read as zeros."""
    count = np.zeros((len(codes[0]), len(codes[1])), dtype=np.int32)
    np.add.at(count, (i, j), 1)
    odd = np.argwhere(count != 1)
    if not len(odd):
        return
    table = pd.DataFrame(
        {
            "row": [codes[0][a] for a, _ in odd],
            "column": [codes[1][b] for _, b in odd],
            "lines": count[odd[:, 0], odd[:, 1]],
        }
    )
    shown = "; ".join(f"{a} to {b}: {lines} lines" for a, b, lines in table.head(4).to_numpy())
    raise LabelError(
        "Cells of a flat file are missing, or stand in it more than once.",
        where=f"{place}, {shown}" + (" and more" if len(odd) > 4 else ""),
        amount=f"{len(odd)} of {count.size} cells",
        remedy="get the file anew; it was cut off or changed",
        table=table,
    )
