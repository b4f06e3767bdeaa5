"""Footprints: which flows arise where, and for whose final purchases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.measures.footprint.embodied import (
    Embodied,
    across_regions,
    by_product,
    embodied_flows,
    enabled_flows,
    traded,
)
from mrio.measures.footprint.pictures import FootprintPictures
from mrio.measures.measure import Intensities, Measure, Sheet, intensities, require_accounts
from mrio.measures.partition import partition
from mrio.measures.trade.flows import primary_costs, warn_unaccounted
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array

_IMPORTS = "flows of the regions of the table only; those behind imports from abroad are not known to it"


def footprint(
    system: System, account: str | Iterable[str], *, products: bool = False, income: bool = False
) -> Footprint:
    """Attribute the flows of producers to the final purchases that cause them, or the incomes they enable.

    With ``x = L y``, the flows that arise at producer a for the final purchases of region s are
    ``f_a (L y_s)_a`` [1]_ [2]_. Summed over s they are the production account, summed over a the
    consumption account; both add up to the same total. In the model of Ghosh, ``x' = v' G`` with
    ``G = x^-1 L x``, the flows that the primary inputs of s enable are ``f_a (v_s' G)_a``: the income
    account, which adds up to the same total, too [3]_.

    Parameters
    ----------
    system
        The table.
    account
        Name of an account, or several, which then share all solves.
    products
        Also by the product that is bought, with the part that arises outside of the buying region. That
        takes one transposed solve for each region and account.
    income
        Also by the region whose primary inputs (value added) enable them, ``"abroad"`` for imports. That
        takes one transposed solve for each region.

    Returns
    -------
    Footprint
        Production, consumption, exports and imports in the unit of each account. Direct flows of final users
        are kept apart.

    Raises
    ------
    LabelError, DataError
        When there is no such account, or one is named twice.
    BalanceError
        When what is attributed does not add up to the account within 1e-9.

    Warns
    -----
    DataWarning
        With ``income=True``, when columns do not balance; the gap becomes an origin of its own.

    References
    ----------
    .. [1] Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd ed., Cambridge University Press,
       chapter 13, doi:10.1017/9781108676212.
    .. [2] Peters, G. P. (2008), Ecological Economics 65(1), 13-23, doi:10.1016/j.ecolecon.2007.10.014.
    .. [3] Marques, A., Rodrigues, J., Lenzen, M. and Domingos, T. (2012), Ecological Economics 84, 57-65,
       doi:10.1016/j.ecolecon.2012.09.010.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> f = mrio.footprint(table, "co2", income=True)
    >>> f.consumption.dims
    ('region', 'sector', 'use_region')
    >>> bool(abs(f.income.sum("origin") - f.production).max() < 1e-9 * f.production.sum())
    True
    """
    asked = intensities(system, account, ())
    purchases, outside = _final_demand(system)
    rows = purchases.shape[1] * len(asked.names) if products else 0
    system.leontief.expect(purchases.shape[1] + outside.shape[1] + rows)
    found = embodied_flows(system.leontief, asked.per_output, purchases, outside)
    gap = _require_total(asked, found)
    R = len(system.regions)
    flows = across_regions(found.regions, R)
    exported, imported = traded(flows)
    abroad = found.outside[:, :, 0]
    sheet = Sheet(
        account=asked.names, region=system.regions, sector=system.sectors, use_region=system.regions
    )
    base, units = ("account", "region", "sector"), asked.units
    sheet.put("production", asked.flows, base, units, "flows where they arise")
    text = "flows where they arise, by the region whose final purchases cause them"
    sheet.put("consumption", found.regions, (*base, "use_region"), units, text)
    sheet.put("abroad", abroad, base, units, "flows where they arise, for exports abroad")
    text = "flows where they arise, for changes of inventories and the statistical discrepancy"
    sheet.put("stocks", found.outside[:, :, 1], base, units, text)
    text = "flows by the region where they arise and the region whose final purchases cause them"
    sheet.put("flows", flows, ("account", "region", "use_region"), units, text)
    exports = exported + abroad.reshape(-1, R, len(system.sectors)).sum(axis=2)
    by_region = ("account", "region")
    sheet.put("exports", exports, by_region, units, "flows that arise for other regions and abroad")
    sheet.put("imports", imported, by_region, units, "flows that arise in other regions of the table")
    _put_direct(sheet, system, asked)
    checks = f"adds up to production: largest gap {gap:.1e} of the total; {found.report}"
    if products:
        checks += _put_products(sheet, system, asked, purchases)
    if income:
        checks += _put_income(sheet, system, asked)
    names = ", ".join(asked.names)
    adds_up = "consumption of all regions, exports abroad and stocks add up to production, cell by cell"
    return Footprint(sheet.dataset(system, f"Footprint of {names}", adds_up, checks, imports=_IMPORTS))


def _final_demand(system: System) -> tuple[Array, Array]:
    """Return final purchases of each region (n, R), and exports beside stocks with discrepancy (n, 2)."""
    arrays = system.arrays
    n, R = arrays.x.size, len(system.regions)
    exports = np.zeros(n) if arrays.exports is None else arrays.exports.ravel()
    rest = arrays.outside_demand.ravel() - exports
    return arrays.Y.sum(axis=3).reshape(n, R), np.stack([exports, rest], axis=1)


def _require_total(asked: Intensities, found: Embodied) -> float:
    """Return the largest gap between attributed and direct flows, relative to the size of each account."""
    size = np.abs(asked.flows).sum(axis=1, keepdims=True)
    size[size == 0] = 1.0
    attributed = found.regions.sum(axis=2) + found.outside.sum(axis=2)
    return require_adding_up(attributed / size, asked.flows / size, 1.0, "embodied flows and production")


def _put_direct(sheet: Sheet, system: System, asked: Intensities) -> None:
    """Add the flows of final users themselves, where an account has them."""
    own = {name: system.account(name).direct_values for name in asked.names if name in system.accounts}
    if all(values is None for values in own.values()):
        return
    none = np.zeros(len(system.regions))
    direct = [none if own.get(name) is None else own[name] for name in asked.names]
    text = "flows of final users themselves, in no other number here"
    sheet.put("direct", direct, ("account", "use_region"), asked.units, text)


def _put_products(sheet: Sheet, system: System, asked: Intensities, purchases: Array) -> str:
    """Add the flows by product that is bought, and return the words on their solve."""
    bought, elsewhere, report = by_product(system.leontief, asked.per_output, purchases, len(system.regions))
    dims = ("account", "sector", "use_region")
    sheet.put("products", bought, dims, asked.units, "flows by the product that is bought, from any region")
    text = "flows outside of the buying region, by the product that is bought"
    sheet.put("imported_products", elsewhere, dims, asked.units, text)
    return f"; by product: {report}"


def _put_income(sheet: Sheet, system: System, asked: Intensities) -> str:
    """Add the flows by the region whose primary inputs enable them, and return the words on their sum."""
    costs, origins = primary_costs(system, partition(system))
    warn_unaccounted(origins, costs, system.arrays.x.ravel(), stacklevel=4)
    enabled = enabled_flows(system.leontief, asked.flows, costs)
    gap = require_accounts(enabled.sum(axis=2), asked.flows, "flows enabled by primary inputs and production")
    sheet.coords["origin"] = list(origins)
    text = "flows where they arise, by the origin of the primary inputs that enable them"
    sheet.put("income", enabled, ("account", "region", "sector", "origin"), asked.units, text)
    return f"; by income: gap {gap:.1e}"


class Footprint(Measure):
    """Flows by where they arise and for whom. Made by `mrio.footprint`.

    With one account its arrays have no dim ``account``; with several they have it in front.

    Examples
    --------
    >>> import mrio
    >>> f = mrio.footprint(mrio.load_example("illustrative")["1"], ["co2", "value_added"])
    >>> f.flows.dims
    ('account', 'region', 'use_region')
    >>> f.of("exports", "co2").attrs["units"]
    'Mt CO2'
    """

    kind: ClassVar[str] = "footprint"
    main: ClassVar[str] = "consumption"

    @property
    def production(self) -> xr.DataArray:
        """Flows where they arise (region, sector)."""
        return self._all("production")

    @property
    def consumption(self) -> xr.DataArray:
        """Flows where they arise, by the region they arise for (region, sector, use_region)."""
        return self._all("consumption")

    @property
    def flows(self) -> xr.DataArray:
        """`consumption` summed over sectors (region, use_region)."""
        return self._all("flows")

    @property
    def exports(self) -> xr.DataArray:
        """Flows that arise in a region for other regions and for exports abroad (region)."""
        return self._all("exports")

    @property
    def imports(self) -> xr.DataArray:
        """Flows that arise in other regions of the table for the purchases of a region (region)."""
        return self._all("imports")

    @property
    def abroad(self) -> xr.DataArray:
        """Flows where they arise, for exports abroad (region, sector)."""
        return self._all("abroad")

    @property
    def stocks(self) -> xr.DataArray:
        """Flows where they arise, for inventories and the statistical discrepancy (region, sector)."""
        return self._all("stocks")

    @property
    def direct(self) -> xr.DataArray | None:
        """Flows of final users themselves (use_region), in no other number here; None without any."""
        return self._all("direct") if "direct" in self.data else None

    @property
    def products(self) -> xr.DataArray:
        """Flows by the product that is bought and the buyer (sector, use_region), with ``products=True``."""
        return self._all("products")

    @property
    def imported_products(self) -> xr.DataArray:
        """The part of `products` that arises outside of the buying region (sector, use_region)."""
        return self._all("imported_products")

    @property
    def income(self) -> xr.DataArray:
        """Flows where they arise, by the origin of the primary inputs that enable them, with ``income=True``.

        (region, sector, origin); origins are the regions, abroad where imports are known, and
        ``"unaccounted"`` where columns do not balance.
        """
        return self._all("income")

    def summary(self, account: str | None = None) -> pd.DataFrame:
        """Return the accounts of every region: production, trade, stocks, consumption, income, direct flows.

        Income (where asked for) is what the primary inputs of a region enable anywhere in the table.
        """
        account = account or self.accounts[0]
        unit = self.unit("production", account)
        abroad, stocks = (self.of(name, account).sum("sector").values for name in ("abroad", "stocks"))
        columns = {
            "production": self.of("production", account).sum("sector").values,
            "to other regions": self.of("exports", account).values - abroad,
            "exports abroad": abroad,
            "stocks": stocks,
            "from other regions": self.of("imports", account).values,
            "consumption": self.of("flows", account).sum("region").values,
        }
        if "income" in self.data:
            enabled = self.of("income", account).sum(["region", "sector"])
            columns["income"] = enabled.sel(origin=self.data["region"].values).values
        if "direct" in self.data:
            columns["direct"] = self.of("direct", account).values
        table = pd.DataFrame(columns, index=pd.Index(self.data["region"].values, name="region"))
        table.loc["all regions"] = table.sum()
        return table.add_suffix(f" [{unit}]")

    @property
    def plot(self) -> FootprintPictures:
        """Pictures: ``plot.pairs(account)``, ``.matrix()``, ``.origins()``, ``.tiles()`` and more."""
        return FootprintPictures(self)

    def _all(self, name: str) -> xr.DataArray:
        """Return a variable of all accounts, without the dim ``account`` where there is only one."""
        return self.data[name] if len(self.accounts) > 1 else self.of(name)
