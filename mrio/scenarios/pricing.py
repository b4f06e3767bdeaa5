"""Carbon price: cost pushed along the chain, who pays, and what it raises.

The Leontief price model adds a primary input: with ``t = tau f`` the price of emissions per unit of output,

    p = 1 + t' (I - A)^-1

so prices are 1 at ``tau = 0``. Quantities stay as they are; ``sum t x = sum (p - 1) y`` (what is raised is
what final users pay).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import UnitsError
from mrio.results import Result, require_adding_up
from mrio.scenarios.shock import Names, places, require_factor, require_labels, spelled
from mrio.tables import System
from mrio.tables.arrays import Array
from mrio.units import parse_unit

OUTSIDE = "exports and stocks"


@dataclass(frozen=True)
class CarbonPrice:
    """What is priced, and how high.

    Attributes
    ----------
    price
        Price of a tonne, in units of the currency of the table [CNY per t].
    account
        Account of emissions, in a unit of mass.
    region, sector
        Who pays the price; all where None.
    """

    price: float
    account: str = "co2"
    region: Names = None
    sector: Names = None

    DIMS: ClassVar[dict[str, str]] = {"account": "account", "region": "region", "sector": "sector"}

    def rate(self, system: System, intensity: Array) -> Array:
        """Return the price of emissions per unit of output (n,) [1].

        Parameters
        ----------
        system
            The table.
        intensity
            Emissions per unit of output (n,).

        Raises
        ------
        UnitsError
            When the account is no mass.
        """
        unit, money = parse_unit(system.account(self.account).unit), parse_unit(system.unit)
        if unit.kind != "mass":
            raise UnitsError(
                f"Account {self.account!r} is no mass, so a price per tonne means nothing.",
                amount=repr(unit.text),
                remedy="price an account in t, kt or Mt",
            )
        payers = np.zeros(system.arrays.x.shape)
        payers[np.ix_(places(system, "region", self.region), places(system, "sector", self.sector))] = 1.0
        return np.asarray(self.price * unit.scale / money.scale * intensity * payers.ravel())


class CarbonCost(Result):
    """What a carbon price does to prices and purses at unchanged quantities. Made by `mrio.carbon_price`."""

    kind: ClassVar[str] = "carbon_cost"

    @property
    def price_index(self) -> xr.DataArray:
        """Price of each product, 1 without the carbon price (region, sector) [1]."""
        return self.data["price_index"]

    @property
    def own_cost(self) -> xr.DataArray:
        """Payment of the producer itself per unit of output (region, sector) [1]."""
        return self.data["own_cost"]

    @property
    def passed_on(self) -> xr.DataArray:
        """Part of the price increase that comes from suppliers (region, sector) [1]."""
        return self.data["passed_on"]

    @property
    def revenue(self) -> xr.DataArray:
        """Payments of producers, ``tau`` times emissions (region, sector) [money]."""
        return self.data["revenue"]

    @property
    def burden(self) -> xr.DataArray:
        """What final users pay more at unchanged purchases, abroad and stocks last (user) [money]."""
        return self.data["burden"]

    def summary(self) -> pd.DataFrame:
        """Return payments, burden and the mean price increase of the final purchases of each region."""
        revenue = self.revenue.sum("sector").to_series()
        money = self.revenue.attrs["units"]
        burden = self.burden.to_series()
        table = pd.DataFrame({f"paid by producers [{money}]": revenue, f"borne by users [{money}]": burden})
        table = table.reindex([*revenue.index, OUTSIDE])
        table["dearer final purchases [%]"] = 100 * self.data["cost_of_living"].to_series()
        return table.rename_axis("region")

    def to_dataframe(self) -> pd.DataFrame:
        """Return prices, costs and revenue in long form, one row a region and sector."""
        names = ["price_index", "own_cost", "passed_on", "revenue"]
        return pd.DataFrame({name: self.data[name].to_series() for name in names}).reset_index()


def carbon_price(
    system: System, price: float, account: str = "co2", *, region: Names = None, sector: Names = None
) -> CarbonCost:
    """Push the cost of a carbon price along the chain, at unchanged quantities and full pass-through.

    Parameters
    ----------
    system
        The table.
    price
        Price of a tonne in the currency of the table, for example 100 [CNY per t].
    account
        Account of emissions, in a unit of mass. Final users' own emissions are not priced.
    region, sector
        Producers who pay; all when left out.

    Returns
    -------
    CarbonCost
        Price index [1], revenue and burden [money].

    Raises
    ------
    LabelError, DataError, UnitsError
        When a name is unknown, the price negative, or the account no mass.
    BalanceError
        When revenue and burden differ by more than 1e-9.

    Notes
    -----
    ``p = 1 + tau f' (I - A)^-1``: every producer passes its costs on in full, and nobody changes what or
    where it buys. Imports keep their prices.

    References
    ----------
    Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd ed., chapter 2.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> cost = mrio.carbon_price(table, 0.0)
    >>> bool((cost.price_index == 1).all())
    True
    """
    asked = CarbonPrice(price, account, region, sector)
    require_factor(price, "price")
    require_labels(asked, asked.DIMS, system)
    arrays = system.arrays
    shape = arrays.x.shape
    own = asked.rate(system, system.account(account).intensity(arrays.x).ravel())
    increase = np.asarray(system.leontief.solve_left(own))
    revenue = own * arrays.x.ravel()
    bought = np.concatenate([arrays.Y.sum(axis=3), arrays.outside_demand[:, :, np.newaxis]], axis=2)
    burden = increase @ bought.reshape(own.size, -1)
    gap = require_adding_up(
        burden.sum(), revenue.sum(), abs(revenue.sum()) or 1.0, "revenue of the carbon price and its burden"
    )
    spent = arrays.Y.sum(axis=(0, 1, 3)) + arrays.imports_by_demand.sum(axis=1)
    living = np.divide(burden[:-1], spent, out=np.zeros_like(spent), where=spent > 0)
    coords = {"region": list(system.regions), "sector": list(system.sectors)}
    users = {"region": [*system.regions, OUTSIDE]}

    def cells(values: Array, unit: str, text: str) -> xr.DataArray:
        attrs = {"units": unit, "long_name": text}
        return xr.DataArray(values.reshape(shape), dims=("region", "sector"), coords=coords, attrs=attrs)

    def purses(values: Array, names: list[str], dim: str, unit: str, text: str) -> xr.DataArray:
        return xr.DataArray(
            values, dims=(dim,), coords={dim: names}, attrs={"units": unit, "long_name": text}
        )

    data = {
        "price_index": cells(1 + increase, "1", "price with the carbon price over price without"),
        "own_cost": cells(own, "1", "own payment per unit of output"),
        "passed_on": cells(increase - own, "1", "price increase that comes from suppliers"),
        "revenue": cells(revenue, system.unit, "payments of producers"),
        "burden": purses(burden, users["region"], "user", system.unit, "what final users pay more"),
        "cost_of_living": purses(living, coords["region"], "region", "1", "dearer final purchases"),
    }
    who = "all producers" if region is None and sector is None else f"{spelled(region)}; {spelled(sector)}"
    return CarbonCost(
        xr.Dataset(
            data,
            attrs={
                "title": f"Carbon price of {price:g} per t {account}, {system.title}",
                "priced": who,
                "price_basis": system.price_basis,
                "checks": f"revenue equals burden: gap {gap:.1e}",
                "assumptions": "unchanged quantities, full pass-through, import prices unchanged",
                "source": system.provenance.source,
                "provenance": system.provenance.to_json(),
                "comment": system.provenance.headline,
            },
        )
    )
