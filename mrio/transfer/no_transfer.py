"""Transfer as the distance from a table without trade: what is, less what each region would make for itself.

    x'_r = (I - H_r)^-1 y_r,        transferred: x_r - x'_r = (I - H_r)^-1 (outflow_r - inflow_r)

H_r is the technology of the region, products of any origin per unit of output, y_r its own final demand of
any origin. The right-hand equation holds exactly and is checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio.change.accounts import account_names, common_accounts
from mrio.change.factors import ImportsOption, Treatment, treatment_of
from mrio.change.shares import Array
from mrio.change.stamp import metadata
from mrio.leontief import Leontief
from mrio.leontief.storage.matrices import to_dense
from mrio.results import require_adding_up
from mrio.results.accounts import long_form
from mrio.results.pictures import SummaryPictures
from mrio.tables import System, require_comparable
from mrio.tables.arrays import ratio
from mrio.transfer.base import TransferMeasure
from mrio.transfer.demand import OUTPUT

_ACTUAL, _ALONE = "actual_", "alone_"


@dataclass(frozen=True, eq=False)
class OwnEconomy:
    """What a region uses, of any origin, and what it trades; R regions, N products.

    Attributes
    ----------
    H
        Technology: products per unit of output (R, N, N).
    y
        Final demand of the region (R, N).
    balance
        Outflow less inflow by product (R, N).
    """

    H: Array
    y: Array
    balance: Array


class NoTransfer(TransferMeasure):
    """Actual output and accounts beside those of regions that make everything they use themselves.

    Made by ``mrio.measure_transfer(a, method="no_transfer")``, of one table or of two, after Li et al.
    (2017). The difference is what other regions (and, where imports have products, other countries)
    transferred to the region: it makes more than it would need to make for itself.
    """

    kind: ClassVar[str] = "no_transfer"

    @property
    def periods(self) -> tuple[str, ...]:
        """Periods of the tables."""
        return tuple(map(str, self.data["period"].values))

    def actual(self, name: str = OUTPUT) -> xr.DataArray:
        """Return what is (period, region, sector), of output or an account."""
        return self.array(_ACTUAL + self._of(name))

    def alone(self, name: str = OUTPUT) -> xr.DataArray:
        """Return what would be without transfer (period, region, sector)."""
        return self.array(_ALONE + self._of(name))

    def transferred(self, name: str = OUTPUT) -> xr.DataArray:
        """Return actual less alone (period, region, sector); positive where production came in."""
        actual = self.actual(name)
        return (actual - self.alone(name)).assign_attrs(actual.attrs)

    def table(self, name: str = OUTPUT) -> pd.DataFrame:
        """Return actual, alone and transferred by period and region."""
        parts = {
            "actual": self.actual(name),
            "alone": self.alone(name),
            "transferred": self.transferred(name),
        }
        return pd.DataFrame({key: part.sum("sector").to_series() for key, part in parts.items()})

    def summary(self) -> pd.DataFrame:
        """Return actual, alone and transferred output, and what it carried of each account."""
        unit = self.actual().attrs["units"]
        table = self.table().add_suffix(f" [{unit}]")
        for account in self.accounts:
            own = f"{account} transferred [{self.actual(account).attrs['units']}]"
            table[own] = self.transferred(account).sum("sector").to_series()
        return table

    @property
    def plot(self) -> SummaryPictures:
        """Pictures: ``plot.bars(column)`` of the summary."""
        return SummaryPictures(self, "transferred")

    def to_dataframe(self) -> pd.DataFrame:
        """Return what was transferred in long form: account, period, region, sector, value, unit."""
        return long_form({name: self.transferred(name) for name in (OUTPUT, *self.accounts)})

    def _of(self, name: str) -> str:
        return name if name == OUTPUT else self.account_of(name)


def measure_no_transfer(
    a: System,
    b: System | None = None,
    accounts: str | Iterable[str] | None = None,
    *,
    imports: ImportsOption | None = None,
) -> NoTransfer:
    """Measure transfer against regions that make everything themselves (see `mrio.measure_transfer`)."""
    systems = [a] if b is None else [a, b]
    last = systems[-1]
    require_comparable(a, last)
    treatment = treatment_of(a, last, imports, "level")
    names = account_names(a, last, common_accounts(a, last) if accounts is None else accounts)
    alone = [_alone(system, treatment) for system in systems]
    data = _arrays(systems, OUTPUT, [s.arrays.x for s in systems], [made for made, _ in alone], a.unit)
    for name in names:
        own = [system.account(name) for system in systems]
        carried = [
            account.intensity(system.arrays.x) * made
            for account, system, (made, _) in zip(own, systems, alone, strict=True)
        ]
        data |= _arrays(systems, name, [account.values for account in own], carried, own[0].unit)
    periods = " and ".join(system.period for system in systems)
    gap = max(gap for _, gap in alone)
    dataset = xr.Dataset(data).assign_attrs(
        title=f"Transfer against regions without trade, {periods}",
        checks=f"what is transferred makes the balance of trade: largest gap {gap:.1e} of output",
        accounts="\n".join(names),
        method="no_transfer",
        abroad="closed" if treatment.imports == "sourced" else "trade abroad as it is",
        **metadata(a, last, treatment),
    )
    return NoTransfer(dataset)


def _alone(system: System, treatment: Treatment) -> tuple[Array, float]:
    """Return output without transfer (R, N), and the gap of the identity with the balance of trade."""
    own = own_economy(system, treatment.imports)
    x = system.arrays.x
    made, explained = np.zeros_like(x), np.zeros_like(x)
    for region, name in enumerate(system.regions):
        labels = [f"{name} | {sector}" for sector in system.sectors]
        operator = Leontief(own.H[region], labels=labels)
        columns = np.stack([own.y[region], own.balance[region]], axis=1)
        made[region], explained[region] = np.asarray(operator.solve(columns)).T
    scale = float(np.abs(x).sum())
    return made, require_adding_up(x - made, explained, scale, "transferred output and balance of trade")


def own_economy(system: System, imports: Literal["sourced", "domestic", "row"]) -> OwnEconomy:
    """Return technology, final demand and balance of trade of each region.

    With ``"sourced"`` the region is closed: it makes what it imports and exports nothing. Otherwise trade
    abroad stays as it is: imports stay imports, and a region makes its own exports.
    """
    arrays = system.arrays
    R, N = arrays.x.shape
    Z, Y = to_dense(arrays.Z).reshape(R, N, R, N), arrays.Y.sum(axis=3)
    bought, final = Z.sum(axis=0), Y.sum(axis=0)
    sold = (Z.sum(axis=3) + Y).transpose(0, 2, 1)
    outflow = sold.sum(axis=1) - np.einsum("rrn->rn", sold)
    inflow = sold.sum(axis=0) - np.einsum("rrn->rn", sold)
    y = final.T
    exports = np.zeros_like(arrays.x) if arrays.exports is None else arrays.exports
    if imports == "sourced" and arrays.imports_Z is not None and arrays.imports_Y is not None:
        bought = bought + arrays.imports_Z
        y = y + arrays.imports_Y.sum(axis=2).T
        outflow = outflow + exports
        inflow = inflow + (arrays.imports_Z.sum(axis=2) + arrays.imports_Y.sum(axis=2)).T
    else:
        y = y + exports
    y = y + (arrays.outside_demand - exports)
    H = ratio(bought, arrays.x[np.newaxis]).transpose(1, 0, 2)
    return OwnEconomy(H, y, outflow - inflow)


def _arrays(
    systems: list[System], name: str, actual: list[Array], alone: list[Array], unit: str
) -> dict[str, xr.DataArray]:
    """Return actual and hypothetical numbers (period, region, sector)."""
    coords = {
        "period": [system.period for system in systems],
        "region": list(systems[0].regions),
        "sector": list(systems[0].sectors),
    }
    texts = {_ACTUAL: name, _ALONE: f"{name} if every region made for itself"}
    return {
        prefix + name: xr.DataArray(
            np.array(values),
            dims=tuple(coords),
            coords=coords,
            attrs={"units": unit, "long_name": texts[prefix]},
        )
        for prefix, values in ((_ACTUAL, actual), (_ALONE, alone))
    }
