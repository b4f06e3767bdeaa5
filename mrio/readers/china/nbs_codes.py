"""Codes that Chinese statistical offices use in input-output tables, and what they mean."""

from __future__ import annotations

from typing import Final

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
