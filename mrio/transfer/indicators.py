"""Indicators on top of a transfer: what it cost in emissions, and who gained value added at whose carbon."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from mrio.schema import VALUE_ADDED
from mrio.transfer.classes import Classes, grouped
from mrio.transfer.result import Transfer

_PAIR = ("from_region", "to_region")

QUADRANTS = {
    (1, -1): "gain, less",
    (1, 1): "gain, more",
    (-1, -1): "loss, less",
    (-1, 1): "loss, more",
}
"""Signs of the effects on value added and emissions, and the name of the quadrant; the first is win-win."""

UNCHANGED = "unchanged"
"""Name of a point on an axis."""


def emission_cost(transfer: Transfer, account: str = "co2", by: Classes = "sector") -> xr.DataArray:
    """Return the effect on an account of all regions per unit of production transferred.

    ``sum_u Psi[u,p,r,i] / Phi[p,r,i]``, all uses together: what moving one unit of a product from p to r did
    to the whole system. Negative where the new origin and its chain are cleaner.

    Parameters
    ----------
    transfer
        Transfer by sourcing.
    account
        Name of the account.
    by
        ``"sector"`` for every product, ``"class"``, a mapping or a CSV file to group products, None for all
        together.

    Returns
    -------
    DataArray
        (from_region, to_region[, sector]) [unit of the account per unit of money]; NaN where nothing moved.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> t = mrio.measure_transfer(tables["0"], tables["1"])
    >>> cost = mrio.emission_cost(t)
    >>> cost.dims
    ('from_region', 'to_region', 'sector')
    >>> bool(cost.sel(from_region="TJ", to_region="HE", sector="RES") > 0)
    True
    """
    impact = transfer.impact(account)
    effect = grouped(impact.sum(["use", "region"]), by)
    moved = grouped(transfer.direct_of(account).sum("use"), by)
    cost = effect / moved.where(moved != 0)
    attrs = {
        "units": f"{impact.attrs['units']} per {transfer.direct.attrs['units']}",
        "long_name": f"effect on {account} of all regions per unit of production transferred",
    }
    return cost.rename("emission_cost").assign_attrs(attrs)


def carbon_per_value_added(transfer: Transfer, account: str = "co2") -> pd.DataFrame:
    """Return emissions per unit of value added that transfers brought to a region and took from it.

    Parameters
    ----------
    transfer
        Transfer by sourcing, measured for value added and the account.
    account
        Name of the account of emissions.

    Returns
    -------
    DataFrame
        One row a region. Effects on the region of transfers to it (``in``) and from it (``out``): value
        added, emissions, and emissions per unit of value added, NaN where no value added moved.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> t = mrio.measure_transfer(tables["0"], tables["1"])
    >>> mrio.carbon_per_value_added(t).columns.get_level_values(0).unique().tolist()
    ['in', 'out']
    """
    money, flow = (transfer.impact(name).attrs["units"] for name in (VALUE_ADDED, account))
    value, emitted = transfer.own_view(VALUE_ADDED), transfer.own_view(account)
    columns = {}
    for way in ("in", "out"):
        gained, own = value[f"own_{way}"], emitted[f"own_{way}"]
        columns[way, f"{VALUE_ADDED} [{money}]"] = gained
        columns[way, f"{account} [{flow}]"] = own
        columns[way, f"{account} per {VALUE_ADDED} [{flow} per {money}]"] = own / gained.where(gained != 0)
    return pd.DataFrame(columns).rename_axis("region")


def quadrants(transfer: Transfer, account: str = "co2", by: Classes = None) -> pd.DataFrame:
    """Return the quadrant of each region in the plane of value added and emissions.

    Parameters
    ----------
    transfer
        Transfer by sourcing, measured for value added and the account.
    account
        Name of the account of emissions.
    by
        None for one row a region; ``"sector"``, ``"class"``, a mapping or a CSV file for one row a region and
        transferred product or class.

    Returns
    -------
    DataFrame
        Effects of all transfers on value added and emissions, and ``quadrant``: ``"gain, less"`` (more value
        added and less emissions: win-win), ``"gain, more"``, ``"loss, less"``, ``"loss, more"``, or
        ``"unchanged"`` where an effect is zero.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> t = mrio.measure_transfer(tables["0"], tables["1"])
    >>> mrio.quadrants(t).loc["BJ", "quadrant"]
    'gain, less'
    """
    dims = ["region"] if by is None else ["region", "sector"]
    columns, signs = {}, []
    for name in (VALUE_ADDED, account):
        impact = transfer.impact(name)
        effect = grouped(impact.sum(["use", *_PAIR]), by).transpose(*dims)
        columns[f"{name} [{impact.attrs['units']}]"] = effect.to_series()
        signs.append(np.sign(effect.values.ravel()).astype(int).tolist())
    table = pd.DataFrame(columns)
    table["quadrant"] = [QUADRANTS.get(pair, UNCHANGED) for pair in zip(*signs, strict=True)]
    return table.rename_axis(index=dims)
