"""What all measures of transfer share, whatever they measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import xarray as xr

from mrio.results.accounts import AccountResult


class TransferMeasure(AccountResult):
    """A measure of industrial transfer: its accounts, its regions, and which measure it is."""

    @property
    def regions(self) -> tuple[str, ...]:
        """Labels of the regions."""
        return tuple(map(str, self.data["region"].values))

    @property
    def method(self) -> str:
        """Which measure this is; two measures are never the same number."""
        return str(self.data.attrs["method"])


def sides(flows: xr.DataArray) -> dict[str, xr.DataArray]:
    """Return what moved to each region (``in``), away from it (``out``) and the difference (``net``).

    Parameters
    ----------
    flows
        Volumes (from_region, to_region, ...).
    """
    gains = flows.sum("from_region").rename(to_region="region")
    losses = flows.sum("to_region").rename(from_region="region")
    return {"in": gains, "out": losses, "net": gains - losses}


def side(flows: xr.DataArray, way: str) -> xr.DataArray:
    """Return one of the `sides` of all uses and products together.

    Parameters
    ----------
    flows
        Volumes (use, from_region, to_region, sector, ...).
    way
        ``"in"``, ``"out"`` or ``"net"``.

    Raises
    ------
    ValueError
        When `way` is another word.
    """
    found = sides(flows.sum(["use", "sector"]))
    if way not in found:
        raise ValueError(f"way={way!r}: choose 'in', 'out' or 'net'")
    return found[way]


def tables_by_region(
    transferred: xr.DataArray,
    impacts: Mapping[str, xr.DataArray],
    table: Callable[[str | None], pd.DataFrame],
) -> pd.DataFrame:
    """Return tables of net transfers and of effects on every account, above each other, one row a region.

    Parameters
    ----------
    transferred, impacts
        Arrays with the units of transferred production and of the effects on each account.
    table
        Gives the table of an account, and of net transfers for None.
    """
    tables = {f"net transfer [{transferred.attrs['units']}]": table(None)}
    for account, impact in impacts.items():
        tables[f"{account} [{impact.attrs['units']}]"] = table(account)
    return pd.concat(tables, names=["measure", "region"])
