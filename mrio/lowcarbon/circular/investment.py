"""Green finance as final demand: an amount of investment by a product mix and present sourcing shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from mrio.errors import DataError, LabelError
from mrio.parameters import require_number
from mrio.tables import System
from mrio.tables.arrays import Array


@dataclass(frozen=True)
class InvestmentDemand:
    """Purchases that an investment makes.

    Attributes
    ----------
    domestic
        (region, sector, use_region, demand) [money unit], in the shape of a table's Y; zero elsewhere.
    imported
        (sector,) [money unit]: bought abroad, no domestic production follows from it.
    """

    domestic: xr.DataArray
    imported: xr.DataArray


def green_investment(
    system: System, amount: float, mix: Mapping[str, float], *, region: str, demand: str
) -> InvestmentDemand:
    """Return an amount of investment as final purchases by product and origin.

    Assumptions: the product mix is the user's (finance statistics know instruments, not products); each
    product comes from where the region buys it for this purpose now, imports included; where it does not buy
    it for this purpose, from where it buys it for all final purposes. Add the result to Y for a new table.

    Parameters
    ----------
    system
        The table.
    amount
        Amount invested [money unit of the table]; a negative one is investment given up.
    mix
        Product (sector) to share, adding up to one.
    region
        Region that invests.
    demand
        Category of final demand that the purchases belong to.

    Returns
    -------
    InvestmentDemand
        Domestic and imported purchases that add up to the amount.

    Raises
    ------
    LabelError, DataError
        When labels are unknown, shares do not add up, or a product is bought for no purpose.

    Examples
    --------
    >>> import mrio
    >>> table = mrio.load_example("illustrative")["1"]
    >>> mix = dict.fromkeys(table.sectors, 1 / 3)
    >>> bought = green_investment(table, 30.0, mix, region="HE", demand="capital formation")
    >>> round(float(bought.domestic.sum() + bought.imported.sum()), 9)
    30.0
    """
    for name, known, what in (
        (region, system.regions, "region"),
        (demand, system.demand, "category of final demand"),
        *((product, system.sectors, "sector") for product in mix),
    ):
        if name not in known:
            raise LabelError(
                f"The table has no {what} {name!r}.", remedy=f"known are {', '.join(known[:12])}"
            )
    require_number(amount, "amount")
    # Written so that what is no number fails too.
    if not (mix and min(mix.values()) >= 0 and abs(sum(mix.values()) - 1.0) <= 1e-9):
        raise DataError(
            "A product mix is made of shares.",
            where=", ".join(f"{name} {share:g}" for name, share in mix.items()) or "the mix is empty",
            amount=f"they add up to {sum(mix.values()):.10g}",
            remedy="give shares of zero or more that add up to one",
        )
    s, k = system.regions.index(region), system.demand.index(demand)
    origins = _sourcing(system, s, k, mix)
    purchases = np.array([mix.get(product, 0.0) * amount for product in system.sectors]) * origins
    domestic = np.zeros(system.arrays.Y.shape)
    domestic[:, :, s, k] = purchases[:-1]
    coords = {"region": list(system.regions), "sector": list(system.sectors)}
    coords |= {"use_region": list(system.regions), "demand": list(system.demand)}
    attrs = {"units": system.unit, "price_basis": system.price_basis, "long_name": "investment purchases"}
    return InvestmentDemand(
        xr.DataArray(domestic, dims=list(coords), coords=coords, attrs=attrs),
        xr.DataArray(purchases[-1], dims=["sector"], coords={"sector": coords["sector"]}, attrs=attrs),
    )


def _sourcing(system: System, s: int, k: int, mix: Mapping[str, float]) -> Array:
    """Return shares of origins in the purchases of a region (R + 1, N), abroad last; zero outside the mix."""
    arrays = system.arrays
    abroad = np.zeros(arrays.Y.shape[1:]) if arrays.imports_Y is None else arrays.imports_Y
    bought = np.concatenate([arrays.Y[:, :, s, :], abroad[np.newaxis, :, s, :]])
    chosen = bought[:, :, k]
    chosen = np.where(chosen.sum(axis=0) > 0, chosen, bought.sum(axis=2))
    total = chosen.sum(axis=0)
    homeless = [product for product in mix if mix[product] and not total[system.sectors.index(product)] > 0]
    if homeless or (chosen < 0).any():
        raise DataError(
            "Present purchases do not tell where a product comes from.",
            where=", ".join(map(repr, homeless)) or "negative purchases",
            remedy="leave the product out of the mix, or name one that the region buys",
        )
    return np.asarray(np.divide(chosen, total, out=np.zeros_like(chosen), where=total > 0))
