"""Numbers with a code for every row and column, taken by their codes and never by their position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrio.errors import LabelError, MissingDataError
from mrio.readers.raw.text import TextLayout, read_numbers
from mrio.readers.raw.workbook import Floats, address

Side = Literal["row", "column"]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Grid:
    """A rectangle of numbers of a published file.

    Attributes
    ----------
    values
        (rows, columns); NaN where a cell is empty.
    rows, columns
        Code of each row and column, as the file spells it.
    place
        How errors name the file.
    corner
        Row and column of the first number in the file, counted from zero; None where the file is no sheet.
    """

    values: Floats
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    place: str
    corner: tuple[int, int] | None = None

    def cell(self, row: int, column: int) -> str:
        """Return how a cell is named: its address, or its codes where the file is no sheet."""
        if self.corner is None:
            return f"{self.rows[row]} to {self.columns[column]}"
        return address(self.corner[0] + row, self.corner[1] + column)

    def codes(self, side: Side) -> tuple[str, ...]:
        """Return the codes of the rows or of the columns."""
        return self.rows if side == "row" else self.columns

    def heading(self, side: Side, k: int) -> str:
        """Return how the heading of the k-th row or column is named."""
        if self.corner is None:
            return f"{side} {k + 1}"
        first_row, first_column = self.corner
        return address(
            *((first_row + k, first_column - 1) if side == "row" else (first_row - 1, first_column + k))
        )

    def block(self, rows: Places, columns: Places, empty: float | None = None) -> Floats:
        """Return the numbers of some rows and columns; not copied where they stand side by side.

        Raises
        ------
        MissingDataError
            When a cell is empty and `empty` does not say what that means; all of them are named.
        """
        values: Floats = self.values[_span(rows)][:, _span(columns)]
        missing = np.isnan(values)
        if not missing.any():
            return values
        if empty is None:
            raise self._missing(rows, columns, np.argwhere(missing))
        return np.where(missing, empty, values)

    def _missing(self, rows: Places, columns: Places, found: Places) -> MissingDataError:
        cells = [
            {
                "cell": self.cell(rows[i], columns[j]),
                "row": self.rows[rows[i]],
                "column": self.columns[columns[j]],
            }
            for i, j in found
        ]
        shown = ", ".join(f"{c['cell']} ({c['row']}, {c['column']})" for c in cells[:6])
        return MissingDataError(
            "Cells that must hold numbers are empty.",
            where=f"{self.place}, cells {shown}" + (" and more" if len(cells) > 6 else ""),
            amount=f"{len(cells)} cells",
            remedy="put the published number into each cell; zero where the source says zero",
            table=pd.DataFrame(cells),
        )


def read_coded_csv(lines: Iterable[str], place: str) -> Grid:
    """Read a CSV file with one row of codes above and one column of codes in front; see `read_numbers`."""
    frame = read_numbers(lines, TextLayout(1, 1, ",", empty=np.nan), place)
    return Grid(frame.to_numpy(), tuple(frame.index), tuple(frame.columns), place, (1, 1))


def headings(line: str) -> list[str]:
    r"""Return the codes of a heading line of a CSV file.

    Examples
    --------
    >>> headings('"V1",AUS_A01,AUS_HFCE,OUT\n')
    ['V1', 'AUS_A01', 'AUS_HFCE', 'OUT']
    """
    return [cell.strip('"') for cell in line.rstrip("\r\n").split(",")]


def find(grid: Grid, side: Side, wanted: Mapping[str, Sequence[str]]) -> dict[str, Places]:
    """Find the rows or columns of all codes of a table, in whatever order they stand.

    Parameters
    ----------
    grid
        The file.
    side
        ``"row"`` or ``"column"``.
    wanted
        Codes of each part of the table; together they must be all codes of that side.

    Returns
    -------
    dict
        Positions of each part, in the order of its codes.

    Raises
    ------
    LabelError
        When codes are missing, stand twice or belong to no part; with a table of all of them.
    """
    found = grid.codes(side)
    at = {code: k for k, code in enumerate(found)}
    every = [code for codes in wanted.values() for code in codes]
    known = set(every)
    count = Counter(found)
    odd = [
        {side: grid.heading(side, k), "code": code, "problem": "stands twice" if code in known else "unknown"}
        for k, code in enumerate(found)
        if count[code] > 1 or code not in known
    ]
    odd += [{side: "", "code": code, "problem": "missing"} for code in every if code not in at]
    if odd:
        raise heading_error(grid, side, odd)
    return {part: np.array([at[code] for code in codes], dtype=np.intp) for part, codes in wanted.items()}


def heading_error(grid: Grid, side: Side, odd: Sequence[Mapping[str, Any]]) -> LabelError:
    """Return the error that lists odd headings, each with its place (or nothing), code and problem."""
    shown = "; ".join(" ".join(filter(None, (o[side], repr(o["code"]), o["problem"]))) for o in odd[:6])
    return LabelError(
        f"The codes of the {side}s are not those of such a table.",
        where=f"{grid.place}: {shown}" + (" and more" if len(odd) > 6 else ""),
        amount=f"{len(odd)} of {len(grid.codes(side))} codes",
        remedy="compare the headings with the published file: one is missing, doubled, misspelled or cut off",
        table=pd.DataFrame(odd),
    )


def full_pairs(codes: Sequence[str], separator: str = "_") -> tuple[list[str], list[str]]:
    """Return regions and sectors of codes such as ``"AUS_A01"``, in the order in which they come.

    Those that stand with less than half of their counterparts are left out: they are misspelled.

    Examples
    --------
    >>> full_pairs(["AUS_A01_02", "AUS_A03", "BEL_A01_02", "BEL_A03", "BEL_A30", "USA_A01_02", "USA_A03"])
    (['AUS', 'BEL', 'USA'], ['A01_02', 'A03'])
    """
    pairs = dict.fromkeys((code.partition(separator)[0], code.partition(separator)[2]) for code in codes)
    regions, sectors = Counter(pair[0] for pair in pairs), Counter(pair[1] for pair in pairs)
    return (
        [name for name, count in regions.items() if 2 * count >= len(sectors)],
        [name for name, count in sectors.items() if 2 * count >= len(regions)],
    )


def paired(regions: Sequence[str], sectors: Sequence[str], separator: str = "_") -> list[str]:
    """Return the codes of every region with every sector, regions outside."""
    return [f"{region}{separator}{sector}" for region in regions for sector in sectors]


def _span(places: Places) -> Any:
    """Return positions as a slice where they stand side by side, which makes views of their rows."""
    if len(places) and np.array_equal(places, np.arange(places[0], places[0] + len(places))):
        return slice(int(places[0]), int(places[0]) + len(places))
    return places
