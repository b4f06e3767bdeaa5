"""Gaps of published tables: output as published, as the sum of sales and as the sum of inputs.

Rule
----
Gross output is the published total of the column, or of the row where only that is published. Without
totals it is the sum of inputs and value added, or of sales where nothing is paid for. What output exceeds
sales is kept as discrepancy; it is never counted as value added. A gap larger than accepted is an error;
gaps above `NOTICE` give one warning for the table.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from mrio.errors import BalanceError, DataWarning
from mrio.parameters import require_tolerance
from mrio.readers.raw.workbook import Floats
from mrio.tables import System

NOTICE: Final = 1e-3
"""Gaps above this share of output are warned about."""

FLOOR: Final = 1e-4
"""Output below this share of the mean counts as that much, because its gap is mostly rounding."""

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Sums:
    """Output of n sectors from all sides.

    Attributes
    ----------
    sales, costs
        (n,) sum of the row; sum of the column.
    row_total, column_total
        (n,) totals as published at the end of the row and of the column, or None.
    names
        Label of each sector.
    place
        How messages name the file.
    cell
        Where the total of a sector stands, from ``"row"`` or ``"column"`` and the position of the sector.
    """

    sales: Floats
    costs: Floats
    names: tuple[str, ...]
    place: str
    row_total: Floats | None = None
    column_total: Floats | None = None
    cell: Callable[[str, int], str] = lambda side, k: ""

    @property
    def output(self) -> Floats:
        """Gross output (n,) by the rule of this module."""
        if self.column_total is not None:
            return self.column_total
        if self.row_total is not None:
            return self.row_total
        # A sector that pays next to nothing has no technology; what it sells says more of its size.
        pays = self.costs > _ROUNDING * float(np.abs(self.costs).mean())
        return np.where(pays | (np.abs(self.sales) <= np.abs(self.costs)), self.costs, self.sales)

    @property
    def discrepancy(self) -> Floats | None:
        """Output less sales (n,), or None where they agree to rounding."""
        gap = self.output - self.sales
        scale = np.maximum(np.abs(self.sales), np.abs(self.sales).mean())
        return gap if (np.abs(gap) > _ROUNDING * scale).any() else None


def require_small_gaps(sums: Sums, tolerance: float) -> None:
    """Compare output from all sides.

    Parameters
    ----------
    sums
        Output from all sides.
    tolerance
        Largest gap accepted, relative to output; infinity where a source is known not to balance.

    Raises
    ------
    BalanceError
        When a gap is larger; its table lists all of them, worst first.

    Warns
    -----
    DataWarning
        When gaps are above `NOTICE`; one warning, which names their size and the worst place.
    """
    require_tolerance(tolerance)
    table = gap_table(sums)
    if table.empty:
        return
    worst = table.iloc[0]
    size = (
        f"{len(table)} gaps above {NOTICE:.0e} of output, worst {worst['relative']:.2g} at {worst['sector']}"
        f"{worst['cell'] and ', cell ' + worst['cell']}: {worst['what']} {worst['value']:.9g} "
        f"and {worst['other']:.9g}"
    )
    if worst["relative"] > tolerance:
        raise BalanceError(
            "Totals and sums of a table do not agree.",
            where=sums.place,
            amount=f"{size} (accepted {tolerance:g})",
            remedy="compare the row and column with the published file; tolerance= accepts larger gaps",
            table=table[table["relative"] > tolerance],
        )
    gap = sums.discrepancy
    kept = 0.0 if gap is None else float(np.abs(gap).sum() / max(np.abs(sums.output).sum(), 1e-300))
    warnings.warn(
        DataWarning(
            f"{sums.place} does not balance: {size}. Output less sales, {kept:.2g} of output, is kept as "
            "discrepancy; no gap is counted as value added.",
            table,
        ),
        stacklevel=2,
    )


def notice_gaps(system: System) -> System:
    """Return a table as it is, after the warning of `require_small_gaps` where it does not balance."""
    arrays, labels = system.arrays, system.labels
    x = arrays.x.ravel()
    gap = 0.0 if arrays.discrepancy is None else arrays.discrepancy.ravel()
    names = tuple(labels.row_name(k) for k in range(len(x)))
    place = f"{system.provenance.source}, {system.period}"
    require_small_gaps(Sums(x - gap, arrays.column_sums().ravel(), names, place, x, x), np.inf)
    return system


def gap_table(sums: Sums) -> pd.DataFrame:
    """Return all gaps above `NOTICE`, worst first: what, sector, cell, value, other, relative."""
    parts = [_compared(sums, *pair) for pair in _pairs(sums)]
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values("relative", ascending=False, ignore_index=True, kind="stable")


def _pairs(sums: Sums) -> list[tuple[str, str, Floats, Floats]]:
    """List what is compared: words, the side on which the total stands, and two sides of output."""
    row, column = sums.row_total, sums.column_total
    pairs = []
    if row is not None:
        pairs.append(("sum of the row and its total", "row", sums.sales, row))
    if column is not None:
        pairs.append(("sum of the column and its total", "column", sums.costs, column))
    if row is not None and column is not None:
        pairs.append(("totals of row and column", "row", row, column))
    return pairs or [("sums of row and column", "row", sums.sales, sums.costs)]


def _compared(sums: Sums, what: str, side: str, value: Floats, other: Floats) -> pd.DataFrame:
    scale = np.maximum(np.abs(value), np.abs(other))
    floor = max(FLOOR * float(np.abs(sums.output).mean()), np.finfo(float).tiny)
    relative = np.abs(value - other) / np.maximum(scale, floor)
    bad = np.flatnonzero(relative > NOTICE)
    return pd.DataFrame(
        {
            "what": what,
            "sector": [sums.names[k] for k in bad],
            "cell": [sums.cell(side, int(k)) for k in bad],
            "value": value[bad],
            "other": other[bad],
            "relative": relative[bad],
        }
    )
