"""Transfer as the change of output that final demand of other regions induces.

    X[r,i,s] = (L Y_s)[r,i],        transfer from s to r: X1 - X0

With exports, stocks and discrepancy as one more user the output of every sector is told apart completely. The
change contains the growth of demand and the change of technology, unlike a change of sourcing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.change.accounts import account_names, common_accounts
from mrio.change.shares import Array
from mrio.change.stamp import metadata
from mrio.errors import LabelError
from mrio.results import require_adding_up
from mrio.results.accounts import long_form
from mrio.tables import System, require_comparable
from mrio.transfer.base import TransferMeasure

OUTPUT = "output"
OUTSIDE = "exports and stocks"
"""The user that is no region: exports, changes of stocks and the discrepancy."""

_INDUCED = "induced_"


class DemandTransfer(TransferMeasure):
    """Output and accounts by the region whose final demand induces them, and their change.

    Made by ``mrio.measure_transfer(a, b, method="demand")`` after Liu, Liu and Liu (2011). Transfer from s to
    r is the change of what r makes for the final demand of s.
    """

    kind: ClassVar[str] = "demand_transfer"

    def induced(self, name: str = OUTPUT) -> xr.DataArray:
        """Return what final demand induces (period, region, sector, use_region), of output or an account."""
        return self.array(_INDUCED + self._of(name))

    def transfer(self, name: str = OUTPUT) -> xr.DataArray:
        """Return its change (from_region, to_region, sector): from where demand is to where it is made."""
        values = self.induced(name)
        change = values.isel(period=1, drop=True) - values.isel(period=0, drop=True)
        moved = change.rename(use_region="from_region", region="to_region")
        return moved.transpose("from_region", "to_region", "sector").assign_attrs(values.attrs)

    def net(self, name: str = OUTPUT) -> pd.DataFrame:
        """Return what each region gained from each other one less what it lost to it."""
        change = self.transfer(name).sum("sector").sel(from_region=list(self.regions))
        gained = pd.DataFrame(change.values.T, list(self.regions), list(self.regions))
        return (gained - gained.T).rename_axis(index="region", columns="with")

    def table(self, name: str = OUTPUT) -> pd.DataFrame:
        """Return the change by region: for its own demand, that of other regions, and the outside."""
        change = self.transfer(name).sum("sector")
        by_user = pd.DataFrame(change.values.T, list(self.regions), [*self.regions, OUTSIDE])
        own = pd.Series(np.diag(by_user[list(self.regions)]), by_user.index)
        table = pd.DataFrame(
            {"own demand": own, "other regions": by_user[list(self.regions)].sum(axis=1) - own}
        )
        table[OUTSIDE] = by_user[OUTSIDE]
        table["total change"] = by_user.sum(axis=1)
        return table.rename_axis("region")

    def summary(self) -> pd.DataFrame:
        """Return the change of output by region and user, and the total change of each account."""
        unit = self.induced().attrs["units"]
        table = self.table().add_suffix(f" [{unit}]")
        for account in self.accounts:
            own = f"{account}, other regions [{self.induced(account).attrs['units']}]"
            table[own] = self.table(account)["other regions"]
        return table

    def to_dataframe(self) -> pd.DataFrame:
        """Return all numbers in long form: account, period, region, sector, use_region, value, unit."""
        return long_form({name: self.induced(name) for name in (OUTPUT, *self.accounts)})

    def _of(self, name: str) -> str:
        if name == OUTPUT:
            return name
        if name not in self.accounts:
            known = ", ".join(map(repr, (OUTPUT, *self.accounts)))
            raise LabelError(f"Demand was not followed to {name!r}.", remedy=f"choose one of {known}")
        return name


def measure_demand(a: System, b: System, accounts: str | Iterable[str] | None = None) -> DemandTransfer:
    """Measure transfer by the final demand that induces output (see `mrio.measure_transfer`)."""
    require_comparable(a, b)
    names = account_names(a, b, common_accounts(a, b) if accounts is None else accounts)
    output = [induced_output(system) for system in (a, b)]
    data = {_INDUCED + OUTPUT: _array(a, b, output, a.unit, OUTPUT)}
    gaps = []
    for system, made in zip((a, b), output, strict=True):
        scale = float(np.abs(system.arrays.x).sum())
        gaps.append(require_adding_up(made.sum(axis=2), system.arrays.x, scale, "induced output and output"))
    for name in names:
        flows = []
        for system, made in zip((a, b), output, strict=True):
            account = system.account(name)
            flows.append(account.intensity(system.arrays.x)[:, :, np.newaxis] * made)
            scale = float(np.abs(account.values).sum())
            what = f"induced {name} and {name}"
            gaps.append(require_adding_up(flows[-1].sum(axis=2), account.values, scale, what))
        data[_INDUCED + name] = _array(a, b, flows, a.account(name).unit, name)
    dataset = xr.Dataset(data).assign_attrs(
        title=f"Transfer by final demand, {a.period} to {b.period}",
        checks=f"users add up to output and accounts: largest gap {max(gaps):.1e} of the total",
        accounts="\n".join(names),
        method="demand",
        **metadata(a, b, None),
    )
    return DemandTransfer(dataset)


def induced_output(system: System) -> Array:
    """Return output by the region whose final demand induces it, the outside last (R, N, R + 1)."""
    arrays = system.arrays
    R, N = arrays.x.shape
    users = np.concatenate([arrays.Y.sum(axis=3), arrays.outside_demand[:, :, np.newaxis]], axis=2)
    return np.asarray(system.leontief.solve(users.reshape(R * N, -1))).reshape(R, N, -1)


def _array(a: System, b: System, values: list[Array], unit: str, name: str) -> xr.DataArray:
    coords = {
        "period": [a.period, b.period],
        "region": list(a.regions),
        "sector": list(a.sectors),
        "use_region": [*a.regions, OUTSIDE],
    }
    attrs = {"units": unit, "long_name": f"{name} by the region whose final demand induces it"}
    return xr.DataArray(np.array(values), dims=tuple(coords), coords=coords, attrs=attrs)
