"""What an assembled table says of itself: status of its cells, warnings, comparisons as plain numbers."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.building.border import Border
from mrio.building.regional import RegionalTable
from mrio.errors import DataWarning
from mrio.provenance import CellGroup

Array = npt.NDArray[np.float64]

HEADLINE = "estimated by mrio from the tables of single regions"
"""Shown wherever assembled numbers appear."""

_WARN_GAP = 0.01
"""Share of output above which a discrepancy between supply and use is warned about."""


def cell_groups(
    tables: Sequence[RegionalTable], border: Border, balance: str, rest: str | None
) -> dict[str, CellGroup]:
    """Return what of the assembled table is fact, derived or estimated."""
    groups: dict[str, CellGroup] = {}
    for table, estimated in zip(tables, border.estimated, strict=True):
        source = table.provenance.source
        derived = balance == "nation" or table.region == rest
        groups[f"output, primary inputs and purchases of all origins, {table.region}"] = CellGroup(
            "derived" if derived else "fact", source, "brought to the nation" if balance == "nation" else ""
        )
        groups[f"exports and imports, {table.region}"] = CellGroup(
            "estimated" if estimated else "derived" if derived else "fact",
            source,
            "only totals of trade with others are usable" if estimated else "",
        )
    rule = "trade rule and the same shares for all buyers of a region"
    groups["purchases by region of origin"] = CellGroup("estimated", HEADLINE, rule)
    groups["imported purchases by buyer"] = CellGroup("estimated", HEADLINE, "proportional to use")
    return groups


def warn_of_estimates(tables: Sequence[RegionalTable], border: Border, gap: Array, x: Array) -> None:
    """Warn of splits that had to be estimated and of a discrepancy that is not small."""
    names = [table.region for table, flag in zip(tables, border.estimated, strict=True) if flag]
    if names:
        warnings.warn(
            f"Exports and imports are estimated for {', '.join(names)}: only totals of trade are usable.",
            DataWarning,
            stacklevel=3,
        )
    share = float(np.abs(gap).sum() / x.sum())
    if share > _WARN_GAP:
        warnings.warn(
            f"Regions supply other amounts than they use: {share:.1%} of output went into the discrepancy.",
            DataWarning,
            stacklevel=3,
        )


def plain(table: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return rows and columns as JSON knows them: None for NaN."""
    return {
        str(row): {
            column: None if np.isnan(value) else float(value)
            for column, value in zip(table.columns, values, strict=True)
        }
        for row, values in zip(table.index, table.to_numpy(), strict=True)
    }
