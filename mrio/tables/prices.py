"""Tables in constant prices: double deflation by price indices of products."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd

from mrio.errors import DataError, DataWarning, LabelError, PriceBasisError
from mrio.provenance import CellGroup
from mrio.schema import VALUE_ADDED
from mrio.tables.arrays import Array, describe_cells
from mrio.tables.deflation import Prices, deflated_arrays, mean_buyer_prices, mean_product_prices
from mrio.tables.deflator import Deflator
from mrio.tables.system import System


def deflate(system: System, index: Deflator, to: str, imports: Deflator | None = None) -> System:
    """Return a table in constant prices (see `System.deflate`)."""
    for given in (index, imports):
        if given is not None and not isinstance(given, Deflator):
            raise DataError(
                "Price indices must be given as a Deflator.",
                amount=f"got {type(given).__name__}",
                remedy='make one with mrio.Deflator.from_table(table, source="...")',
            )
    period, to = price_period(system), str(to)
    if not re.fullmatch(r"(1[89]|20|21)\d\d", to):
        raise PriceBasisError(
            f"Prices can only be those of a year, not of {to!r}.",
            where=system.title,
            remedy='pass for example to="2017", and name the year of the table in its price basis',
        )
    p = index.ratio(period, to, system.regions, system.sectors)
    import_prices, note = _import_prices(system, period, to, p, imports)
    arrays = deflated_arrays(system.arrays, import_prices)
    negative = negative_value_added(system, arrays["V"][0])
    if len(negative):
        _warn(negative, system, to)
    record = system.provenance.with_step(
        "deflated",
        prices_of=to,
        prices_before=system.price_basis,
        index=index.source,
        note=index.note,
        imports=note,
        value_added="residual of deflated output and inputs (double deflation)",
        negative_value_added=len(negative),
    )
    groups = dict(record.groups)
    groups["prices"] = CellGroup("estimated", index.source, "double deflation; " + note)
    return system.replace(
        **arrays,
        factors=[VALUE_ADDED],
        price_basis=_constant(system, to),
        provenance=type(record)(record.source, record.steps, groups, record.headline),
    )


def price_period(system: System) -> str:
    """Return the period whose prices a table is in.

    Raises
    ------
    PriceBasisError
        When the table is in prices of the year before, which no index names, or in current prices of a year
        that is not its own.
    """
    basis = system.basis
    if basis.kind == "previous-year":
        raise PriceBasisError(
            "A table in prices of the year before cannot be deflated.",
            where=system.title,
            amount=repr(system.price_basis),
            remedy="start from the table in current prices",
        )
    if (
        basis.kind == "current"
        and basis.year is not None
        and system.period.isdecimal()
        and int(system.period) != basis.year
    ):
        raise PriceBasisError(
            "A table in current prices names another year than its own.",
            where=system.title,
            amount=repr(system.price_basis),
            remedy="correct the period or the price basis: prices of another year are constant prices",
        )
    return str(basis.year) if basis.year is not None else system.period


def negative_value_added(system: System, V: Array) -> pd.DataFrame:
    """Return the sectors whose deflated value added is negative: region, sector, value and value before.

    Parameters
    ----------
    system
        Table before deflation.
    V
        Value added after deflation (R, N).
    """
    before = system.arrays.V.sum(axis=0)
    # Rounding of a sector that adds no value is no negative value.
    places = np.argwhere(-1e-12 * np.abs(system.arrays.x).mean() > V)
    rows = [
        (system.regions[r], system.sectors[i], V[r, i], before[r, i], system.arrays.x[r, i])
        for r, i in places
    ]
    columns = ["region", "sector", "value", "before", "output_before"]
    return pd.DataFrame(rows, columns=columns).sort_values("value", ignore_index=True)


def _warn(negative: pd.DataFrame, system: System, to: str) -> None:
    share = float(-negative["value"].sum() / np.abs(system.arrays.V.sum()))
    cells = describe_cells(negative[["region", "sector", "value"]])
    warnings.warn(
        DataWarning(
            f"Value added of {len(negative)} sectors of {system.title} is negative in prices of {to} and is "
            f"kept so ({share:.2%} of all value added before): {cells}. See the table of the warning.",
            table=negative,
        ),
        stacklevel=4,
    )


def _import_prices(
    system: System, period: str, to: str, p: Array, imports: Deflator | None
) -> tuple[Prices, str]:
    """Return all prices, and in words where those of imports come from."""
    rows = mean_buyer_prices(system.arrays, p)
    products = mean_product_prices(system.arrays, p)
    if imports is None:
        note = {
            "product": "imports at the domestic price of the same product, mean of regions (assumed)",
            "row": "imports of each buyer at the mean price of its domestic purchases (assumed)",
            "none": "no imports",
        }[system.imports]
        return Prices(p, products, rows), note
    if system.imports == "product":
        own = imports.ratio(period, to, system.regions, system.sectors)
        if not imports.national:
            raise LabelError(
                "Import prices by region cannot be used.",
                remedy="give one price a product: a Deflator with dims (period, sector)",
            )
        return Prices(p, own[0], rows), f"import prices: {imports.source}"
    if imports.index.sizes["sector"] != 1:
        raise LabelError(
            "The table knows imports as one row, which needs one import price.",
            amount=f"got {imports.index.sizes['sector']} sectors",
            remedy="give a Deflator of one sector, or leave imports out",
        )
    name = [str(label) for label in imports.index["sector"].values]
    one = float(imports.ratio(period, to, system.regions, name)[0, 0])
    same = np.full_like(rows[0], one), np.full_like(rows[1], one)
    return Prices(p, products, same), f"import price: {imports.source}"


def _constant(system: System, to: str) -> str:
    """Return the price basis of the deflated table in words."""
    valuation = f", {system.basis.valuation} prices" if system.basis.valuation else ""
    return f"constant {to} {system.basis.currency}{valuation}"
