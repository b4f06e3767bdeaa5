"""Codes that Chinese statistical offices use in input-output tables, what they mean, and years in names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mrio.errors import DataError

DEMAND: Final = {
    "FU101": "Rural households",
    "FU102": "Urban households",
    "FU103": "Government",
    "FU201": "Fixed capital formation",
}
"""Final-demand categories by code; the change of stocks (FU202) is kept apart from them."""

CONSUMPTION: Final = "Final consumption"
"""Households and government together (TC), where tables do not tell them apart."""

FACTORS: Final = {
    "VA001": "Compensation of employees",
    "VA002": "Net taxes on production",
    "VA003": "Depreciation of fixed assets",
    "VA004": "Operating surplus",
}
"""Primary inputs by code, in tables of the National Bureau of Statistics and its provincial offices."""

UNIT_MARKER: Final = "单位"
"""Text before the unit in the head of a sheet."""

UNIT_TEXT: Final = "万元"
"""The unit of all these tables as the sheets write it."""

UNIT: Final = "1e4 CNY"
"""The unit of all these tables."""


def price_basis(year: int) -> str:
    """Return the price basis of the table of a year: producer prices of that year.

    Examples
    --------
    >>> price_basis(2007)
    'current 2007 CNY, producer prices'
    """
    return f"current {year} CNY, producer prices"


def stated_year(names: Sequence[str], what: str) -> int:
    """Return the first year that one of the names of a sheet or file holds.

    Raises
    ------
    DataError
        When none does.
    """
    for name in names:
        if (found := re.search(r"(19|20)\d\d", name)) is not None:
            return int(found[0])
    raise DataError(
        f"The year of {what} is not known.",
        where=", ".join(map(repr, names)),
        remedy="give year=2017",
    )
