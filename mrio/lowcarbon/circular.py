r"""Circular economy and green finance as inputs of the input-output model: substitution, flows, demand.

Three bridges, each with its assumption said out loud:

* a reuse rate that rises from u0 to u1 becomes the share of a virgin input that a recycled one replaces;
* waste, its reuse and its disposal become satellite accounts that add up;
* an amount of green investment becomes purchases of products, by a product mix and present sourcing shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from mrio.errors import DataError, LabelError
from mrio.lowcarbon.frames import Array, numeric_columns
from mrio.tables import Account, System


@dataclass(frozen=True)
class Substitution:
    """A recycled input that replaces part of a virgin one.

    Parameters
    ----------
    buyer
        Sector that buys the input.
    input_old, input_new
        Sectors that supply the virgin and the recycled material.
    share
        Share of the present purchases of the virgin input that is replaced [1]; negative where reuse falls.
    """

    buyer: str
    input_old: str
    input_new: str
    share: float

    def __str__(self) -> str:
        return f"{self.buyer}: {self.share:.1%} of {self.input_old} replaced by {self.input_new}"


def substitution_share(before: float, after: float, arising: float, displacement: float = 1.0) -> float:
    r"""Return the share of a virgin input that additional reuse of waste replaces.

    .. math:: s = \frac{(u_1 - u_0) \, w \, \rho}{1 - u_0 \, w \, \rho}

    Assumptions: a unit of production needs one unit of material; w units of waste arise on it and stay
    constant; a reused unit displaces rho units of virgin material; at the start the material is virgin except
    for what reuse already displaces.

    Parameters
    ----------
    before, after
        Share of the waste that is reused, u0 and u1 [1].
    arising
        Waste per unit of material, w [1].
    displacement
        Virgin material displaced per unit reused, rho [1].

    Raises
    ------
    DataError
        When rates are outside 0 to 1, or more would be replaced than there is.

    Examples
    --------
    >>> round(substitution_share(0.65, 0.92, 0.5), 6)
    0.2
    """
    if not (0 <= before <= 1 and 0 <= after <= 1):
        raise DataError("Reuse rates lie between 0 and 1.", amount=f"{before:g} and {after:g}")
    if not (arising >= 0 and 0 <= displacement <= 1):
        raise DataError("Waste arising is zero or more, displacement between 0 and 1.")
    virgin = 1.0 - before * arising * displacement
    share = (after - before) * arising * displacement / virgin if virgin > 0 else np.inf
    if share > 1:
        raise DataError(
            "More virgin material would be replaced than is bought.",
            amount=f"share {share:.4g}",
            remedy="waste arising or displacement is too high",
        )
    return float(share)


def substitutions(
    rates: pd.DataFrame,
    materials: Mapping[str, tuple[str, str]],
    *,
    arising: Mapping[str, float],
    displacement: float = 1.0,
) -> list[Substitution]:
    """Return the substitutions that follow from reuse rates of two periods.

    Parameters
    ----------
    rates
        One row a buying sector, two columns: reuse rate at the start and at the end [1].
    materials
        Buying sector to (sector of the virgin input, sector of the recycled input).
    arising
        Buying sector to waste per unit of material [1].
    displacement
        See `substitution_share`.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When a sector has no material or no waste arising, and as `substitution_share`.

    Examples
    --------
    >>> import pandas as pd
    >>> rates = pd.DataFrame({"2014": [0.65], "2023": [0.92]}, index=["Steel"])
    >>> print(substitutions(rates, {"Steel": ("Ore mining", "Waste recovery")}, arising={"Steel": 0.5})[0])
    Steel: 20.0% of Ore mining replaced by Waste recovery
    """
    if rates.shape[1] != 2:
        raise DataError("Reuse rates need two periods.", amount=f"{rates.shape[1]} columns")
    values = numeric_columns(rates, list(rates.columns), "table of reuse rates")
    absent = [name for name in rates.index if name not in materials or name not in arising]
    if absent:
        raise LabelError(
            f"The sector {absent[0]!r} has no material or no waste arising.",
            remedy="name both for every sector",
        )
    return [
        Substitution(str(buyer), *materials[buyer], substitution_share(u0, u1, arising[buyer], displacement))
        for buyer, (u0, u1) in zip(rates.index, values, strict=True)
    ]


def waste_accounts(generated: pd.DataFrame, reused: pd.DataFrame, unit: str) -> dict[str, Account]:
    """Return waste, its reused part and its disposal as satellite accounts; the parts add up.

    Parameters
    ----------
    generated
        Waste (region, sector) [`unit`].
    reused
        Share of it that is reused (region, sector) [1].
    unit
        For example ``"Mt waste"``.

    Raises
    ------
    LabelError, MissingDataError, DataError
        When labels differ, numbers are missing, waste is negative, or shares are outside 0 to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> waste = pd.DataFrame({"steel": [10.0]}, index=["Hebei"])
    >>> accounts = waste_accounts(waste, waste * 0 + 0.92, "Mt waste")
    >>> {name: float(account.values.sum().round(2)) for name, account in accounts.items()}
    {'waste': 10.0, 'waste_reused': 9.2, 'waste_disposed': 0.8}
    """
    columns = list(generated.columns)
    if list(reused.columns) != columns or list(reused.index) != list(generated.index):
        raise LabelError(
            "Waste and reuse rates have different regions or sectors.",
            remedy="give both with the same rows and columns in the same order",
        )
    waste = numeric_columns(generated, columns, "table of waste")
    share = numeric_columns(reused, columns, "table of reuse rates")
    if (waste < 0).any() or (share < 0).any() or (share > 1).any():
        raise DataError("Waste is zero or more, and reuse rates lie between 0 and 1.")
    parts = {"waste": waste, "waste_reused": waste * share, "waste_disposed": waste * (1.0 - share)}
    return {name: Account(values, unit) for name, values in parts.items()}


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
        Amount invested [money unit of the table].
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
    if min(mix.values()) < 0 or abs(sum(mix.values()) - 1.0) > 1e-9:
        raise DataError("A product mix is made of shares.", amount=f"they add up to {sum(mix.values()):.10g}")
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
