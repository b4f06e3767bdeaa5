"""Whether a published sheet is what it says: names beside their codes, totals against parts, its unit.

Each function returns its findings as errors that are not yet raised, so that a reader tells all of them at
once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mrio.errors import BalanceError, LabelError, UnitsError
from mrio.readers.raw.workbook import Floats, Header, Sheet, address, plain


def name_cells(sheet: Sheet, found: Header) -> list[tuple[int, int]]:
    """Return the cell that holds the name of each code of a header.

    It is the nearest cell with content above the code in its column, or left of it in its row; the cell of
    the code itself where there is none.
    """
    cells = []
    for k in range(len(found.at)):
        row, column = found.cell(k)
        way = (
            [(i, column) for i in range(row - 1, -1, -1)]
            if found.along == "row"
            else [(row, j) for j in range(column - 1, -1, -1)]
        )
        cells.append(next((cell for cell in way if plain(sheet.value(*cell))), (row, column)))
    return cells


def name_problems(
    sheet: Sheet, cells: Sequence[tuple[int, int]], names: Sequence[str | tuple[str, ...]]
) -> list[LabelError]:
    """Compare the names in some cells with the expected ones.

    White space does not count. Several spellings of one name are given as a tuple; an empty name is not
    compared.

    Returns
    -------
    list of LabelError
        One error that lists every cell whose name is another one, or none.
    """
    wrong = []
    for cell, expected in zip(cells, names, strict=True):
        spellings = {plain(name) for name in ((expected,) if isinstance(expected, str) else expected)}
        text = plain(sheet.value(*cell))
        if spellings != {""} and text not in spellings:
            found = {"sheet": sheet.name, "cell": address(*cell), "value": text}
            wrong.append({**found, "expected": min(spellings)})
    if not wrong:
        return []
    shown = ", ".join(f"{w['cell']} ({w['value']!r}, expected {w['expected']!r})" for w in wrong[:4])
    return [
        LabelError(
            "Names in the header are not those that belong to their codes.",
            where=f"{sheet.place}, cells {shown}" + (" and more" if len(wrong) > 4 else ""),
            amount=f"{len(wrong)} names",
            remedy="find out whether name or code is wrong, and mend the header",
            table=pd.DataFrame(wrong),
        )
    ]


_ROUNDING = 1e-10


@dataclass(frozen=True)
class Total:
    """Published totals of one kind beside their parts.

    Parameters
    ----------
    what
        What the totals are, for the message.
    cells
        Row and column of each of the n totals.
    parts
        Signed parts, shape (n, k).
    totals
        Published totals, shape (n,).
    """

    what: str
    cells: Sequence[tuple[int, int]]
    parts: Floats
    totals: Floats


def total_problems(sheet: Sheet, checks: Sequence[Total], tolerance: float) -> list[BalanceError]:
    """Compare published totals with the sum of their parts.

    Parameters
    ----------
    sheet
        Where the totals stand.
    checks
        The totals and their parts.
    tolerance
        Accepted difference, relative to the sum of the absolute values of the parts; for totals below 1e-10
        of the largest one, relative to that, because they are rounding.

    Returns
    -------
    list of BalanceError
        One error for each kind of total, which lists every wrong one.
    """
    return [problem for check in checks for problem in _wrong_totals(sheet, check, tolerance)]


def unit_problems(sheet: Sheet, marker: str, unit: str, *, rows: int = 8) -> list[UnitsError]:
    """Compare the unit that a cell in the first rows states after a marker with the expected one.

    A sheet that states no unit passes: its source states it elsewhere.

    Returns
    -------
    list of UnitsError
        One error for each cell that states another unit.
    """
    problems = []
    for row in range(min(rows, len(sheet.cells))):
        for column in range(len(sheet.cells[row])):
            text = plain(sheet.value(row, column))
            if text.startswith(marker) and text.removeprefix(marker).strip(":：") != unit:
                problems.append(
                    UnitsError(
                        "The sheet is in another unit.",
                        where=f"{sheet.place}, cell {address(row, column)}",
                        amount=f"{text!r}, expected {unit!r}",
                        remedy="bring the whole sheet to the published unit",
                    )
                )
    return problems


def _wrong_totals(sheet: Sheet, check: Total, tolerance: float) -> list[BalanceError]:
    """Return one error for the wrong totals of one kind, worst first, or none."""
    sums = check.parts.sum(axis=1)
    scale = np.maximum(np.abs(check.parts).sum(axis=1), np.abs(check.totals))
    floor = max(float(scale.max(initial=0.0)) * _ROUNDING, np.finfo(float).tiny)
    relative = np.abs(sums - check.totals) / np.maximum(scale, floor)
    order = [k for k in np.argsort(-relative, kind="stable") if relative[k] > tolerance]
    if not order:
        return []
    table = pd.DataFrame(
        {
            "sheet": sheet.name,
            "cell": [address(*check.cells[k]) for k in order],
            "value": check.totals[order],
            "sum of parts": sums[order],
            "relative": relative[order],
        }
    )
    return [
        BalanceError(
            f"A total does not add up: {check.what}.",
            where=f"{sheet.place}, cells {', '.join(table['cell'].head(8))}"
            + (" and more" if len(order) > 8 else ""),
            amount=f"{len(order)} of {len(sums)} totals, worst {relative[order[0]]:.2g} relative "
            f"(tolerance {tolerance:.0e})",
            remedy="compare the cells of the row or column with the published table",
            table=table,
        )
    ]
