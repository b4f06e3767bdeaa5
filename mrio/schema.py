"""The data convention of the library: dims, names and rules that code, errors, files and tests cite.

1.  Rows sell, columns buy.
2.  Labels match exactly and in order, or it raises. Nothing is aligned in silence.
3.  NaN and infinity never enter a `System`; a reader says what an empty cell means.
4.  Zero output is allowed only with a zero row and a zero column.
5.  Every array carries ``units``, stamped on outputs, never inherited through arithmetic.
6.  Money carries a price basis; two bases never meet without a deflation.
7.  How imports are treated is stated in every result.
8.  A discrepancy column is kept, never spread in silence.
9.  Signs: a gain of the named region is positive.
10. Parts add up to the whole to 1e-9 relative, or the result refuses to exist.
11. Nothing the user gave is changed.
12. Every number can name its source: fact, derived or estimated.

Dims
----
``region, sector`` are the producing side, ``use_region, use_sector`` the using side; ``demand`` the
final-demand categories, ``factor`` the primary inputs; ``from_region, to_region`` the two ends of a transfer
(`ABROAD` comes last in both whenever imports are known); ``use`` tells intermediate, final and export
purchases apart; ``effect`` the factors of a decomposition; ``account``, ``period`` and ``scenario``.

Official codes and Chinese names stand beside labels as coordinates named by their dim (``region_code``,
``sector_isic`` ...), in files and wherever they are asked for (`mrio.codes`).
"""

from __future__ import annotations

from typing import Final

ABROAD: Final = "abroad"
"""Label of the origin outside the table, always last."""

VALUE_ADDED: Final = "value_added"
"""Name of the account that always exists: the sum of the primary inputs."""

ADDING_UP: Final = 1e-9
"""Relative tolerance of rule 10."""

SYSTEM_DIMS: Final[dict[str, tuple[str, ...]]] = {
    "Z": ("region", "sector", "use_region", "use_sector"),
    "Y": ("region", "sector", "use_region", "demand"),
    "V": ("factor", "region", "sector"),
    "x": ("region", "sector"),
    "exports": ("region", "sector"),
    "stock_change": ("region", "sector"),
    "discrepancy": ("region", "sector"),
    "imports_Z": ("sector", "use_region", "use_sector"),
    "imports_Y": ("sector", "use_region", "demand"),
    "imports_row_Z": ("use_region", "use_sector"),
    "imports_row_Y": ("use_region", "demand"),
    "population": ("use_region",),
}
"""Arrays of a `System` and their dims, in the order of the equations."""

LONG_NAMES: Final[dict[str, str]] = {
    "Z": "domestic intermediate flows",
    "Y": "domestic final purchases",
    "V": "primary inputs",
    "x": "gross output",
    "exports": "exports abroad",
    "stock_change": "change of inventories",
    "discrepancy": "statistical discrepancy",
    "imports_Z": "imported intermediates by product",
    "imports_Y": "imported final purchases by product",
    "imports_row_Z": "imports of intermediates, one row",
    "imports_row_Y": "imports for final use, one row",
    "population": "population",
}

EFFECTS: Final = (
    "intensity",
    "technology",
    "input_mix",
    "intermediate_sourcing",
    "final_sourcing",
    "product_mix",
    "category_mix",
    "level",
    "population",
    "export_sourcing",
    "exports",
    "stocks_and_discrepancy",
)
"""Labels of dim ``effect`` in the order in which the polar forms switch them."""
