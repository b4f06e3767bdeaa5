"""Step 1: the national table of a year in 39 sectors, domestic and imported uses apart.

Imports are split in the detail of the published table, where the proportional assumption does least harm,
and added up afterwards. The same method serves all three years: the official non-competitive table exists
for 2017 alone, and a change of method between two years would look like a change of the economy.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.recipe import labels
from data.recipe.sources import Array, NationalTable
from data.recipe.sums import add_up, add_up_square
from mrio.building.imports import split_imports


@dataclass(frozen=True)
class National:
    """National cell totals [1e8 CNY].

    Parameters
    ----------
    Z, Z_imported
        Intermediate uses of any origin, and the imported part (N, N).
    F, F_imported
        Final uses of any origin, and the imported part (N, K).
    exports, V, x
        (N,).
    stock
        Change of inventories of domestic products (N,); inventories of imports are not in the table.
    discrepancy
        Statistical error of the row (N,).
    imports
        Imports into intermediate and final use (N,).
    imports_published
        All imports, those into inventories included (N,).
    """

    Z: Array
    Z_imported: Array
    F: Array
    F_imported: Array
    exports: Array
    V: Array
    x: Array
    stock: Array
    discrepancy: Array
    imports: Array
    imports_published: Array


def national(table: NationalTable) -> National:
    """Split the imports of a competitive table and add it up to 39 sectors.

    Every use of a product has the share of imports in its domestic use, changes of inventories included.
    Rows of the result: (Z - Z_imported) + (F - F_imported) + exports +
    stock + discrepancy = x.
    """
    parts = split_imports(table.Z, table.F, table.imports, stock_change=table.stock)
    sector, N = table.sector, len(labels.CODES)
    Z_imported = add_up_square(parts.Z_imported, sector, N)
    F_imported = add_up(parts.Y_imported, sector, N)
    return National(
        Z=add_up_square(table.Z, sector, N),
        Z_imported=Z_imported,
        F=add_up(table.F, sector, N),
        F_imported=F_imported,
        exports=add_up(table.exports, sector, N),
        V=add_up(table.V, sector, N),
        x=add_up(table.x, sector, N),
        stock=add_up(parts.stock_domestic, sector, N),
        discrepancy=add_up(table.discrepancy, sector, N),
        imports=Z_imported.sum(axis=1) + F_imported.sum(axis=1),
        imports_published=add_up(table.imports, sector, N),
    )
