"""What aggregation does to a transfer: the fine result added up, less the result of the aggregated tables."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.change.shares import Array
from mrio.mapping import MappingLike, as_mapping, groups_of
from mrio.tables import System
from mrio.tables.aggregation import membership, summed
from mrio.transfer.base import TransferMeasure
from mrio.transfer.measure import measure_transfer
from mrio.transfer.result import Transfer

_DIRECT, _IMPACT = "direct_", "impact_"
_FINE, _COARSE = "fine", "coarse"
_PAIRS = ("from_region", "to_region", "sector")


class AggregationBias(TransferMeasure):
    """Transfers of fine tables added up, beside those of the aggregated tables.

    Where products differ in how their sourcing changed, an aggregate hides moves that cancel out inside of it
    and shows moves that are only a change of mix; transfers between regions that become one disappear.
    Made by `mrio.aggregation_bias`.
    """

    kind: ClassVar[str] = "aggregation_bias"

    def direct(self, which: str = "bias") -> xr.DataArray:
        """Return transferred production (from_region, to_region, sector), all uses together.

        Parameters
        ----------
        which
            ``"fine"``: of the fine tables, added up; ``"coarse"``: of the aggregated tables; ``"bias"``: fine
            less coarse. On the diagonal stand transfers between regions that became one.
        """
        return self._one(_DIRECT, which)

    def impact(self, account: str, which: str = "bias") -> xr.DataArray:
        """Return effects on each region (region, from_region, to_region, sector); `which` as in `direct`."""
        return self._one(f"{_IMPACT}{self.account_of(account)}_", which)

    def table(self, account: str | None = None) -> pd.DataFrame:
        """Return fine, coarse and bias by region.

        Parameters
        ----------
        account
            Effects of all transfers on this account; production transferred in and out when left out, with
            ``within`` for the transfers between regions that became one.
        """
        if account is not None:
            parts = {
                which: self.impact(account, which).sum(_PAIRS).to_series()
                for which in (_FINE, _COARSE, "bias")
            }
            return pd.DataFrame(parts).rename_axis("region")
        flows = {which: self.direct(which).sum("sector").values for which in (_FINE, _COARSE)}
        labels = [str(name) for name in self.data["from_region"].values]
        columns: dict[tuple[str, str], Array] = {}
        for way, axis in (("transfer in", 0), ("transfer out", 1)):
            sums = {
                which: (values - np.diag(np.diag(values))).sum(axis=axis) for which, values in flows.items()
            }
            columns |= {(way, which): values for which, values in sums.items()}
            columns[way, "bias"] = sums[_FINE] - sums[_COARSE]
        columns["within", _FINE] = np.diag(flows[_FINE])
        return pd.DataFrame(columns, index=pd.Index(labels, name="region"))

    def summary(self) -> pd.DataFrame:
        """Return the bias of transfers in and out and of the effects on each account, by region."""
        unit = self.direct().attrs["units"]
        own = self.table()
        table = pd.DataFrame({f"{way} [{unit}]": own[way, "bias"] for way in ("transfer in", "transfer out")})
        for account in self.accounts:
            effect = self.table(account)["bias"]
            table[f"{account} [{self.impact(account).attrs['units']}]"] = effect.reindex(table.index)
        return table

    def to_dataframe(self) -> pd.DataFrame:
        """Return production transferred in long form: fine and coarse, one row a pair and product."""
        columns = {which: self.direct(which).to_series() for which in (_FINE, _COARSE, "bias")}
        return pd.DataFrame(columns).reset_index()

    def _one(self, prefix: str, which: str) -> xr.DataArray:
        if which in (_FINE, _COARSE):
            return self.array(prefix + which)
        if which != "bias":
            raise ValueError(f"which={which!r}: choose 'fine', 'coarse' or 'bias'")
        fine = self.data[prefix + _FINE]
        return (fine - self.data[prefix + _COARSE]).rename("bias").assign_attrs(fine.attrs)


def aggregation_bias(
    a: System,
    b: System,
    regions: MappingLike | None = None,
    sectors: MappingLike | None = None,
    **options: Any,
) -> AggregationBias:
    """Measure what aggregation does to a transfer.

    Parameters
    ----------
    a, b
        Fine tables of the earlier and the later period.
    regions, sectors
        New label of every region or sector, as in `System.aggregate`.
    **options
        Options of `mrio.measure_transfer` with ``method="sourcing"``, for both measurements; not `block`.

    Returns
    -------
    AggregationBias
        The fine transfer added up, that of the aggregated tables, and their difference.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> goods = {"RES": "goods", "TEC": "goods", "SRV": "services"}
    >>> bias = mrio.aggregation_bias(tables["0"], tables["1"], sectors=goods)
    >>> bias.summary().columns[0]
    'transfer in [1e8 CNY]'
    """
    if options.get("method", "sourcing") != "sourcing" or "block" in options:
        raise ValueError("aggregation_bias compares transfers by sourcing, without a block")
    fine: Transfer = measure_transfer(a, b, **options)
    small = a.aggregate(regions, sectors), b.aggregate(regions, sectors)
    coarse: Transfer = measure_transfer(*small, **options)
    members = _members(fine, regions, sectors)
    data: dict[str, xr.DataArray] = {}
    for which, result in ((_FINE, fine), (_COARSE, coarse)):
        arrays = {_DIRECT: result.direct.sum("use", keep_attrs=True)}
        for account in fine.accounts:
            arrays[f"{_IMPACT}{account}_"] = result.impact(account).sum("use", keep_attrs=True)
        for prefix, values in arrays.items():
            own = members if which == _FINE else {}
            data[prefix + which] = _labelled(values, own, coarse)
    attrs = {
        **coarse.data.attrs,
        "title": f"Aggregation bias of: {coarse.title}",
        "method": "aggregation bias",
    }
    attrs["checks"] = f"fine: {fine.data.attrs['checks']}; coarse: {coarse.data.attrs['checks']}"
    return AggregationBias(xr.Dataset(data).assign_attrs(attrs))


def _members(fine: Transfer, regions: MappingLike | None, sectors: MappingLike | None) -> dict[str, Array]:
    """Return which group each label of a transfer goes into, by dim; abroad stays abroad."""
    region_map = {} if regions is None else as_mapping(regions, "target")
    own = {name: region_map.get(name, name) for name in fine.origins}
    labels = [str(name) for name in fine.data["sector"].values]
    groups = labels if sectors is None else groups_of(labels, as_mapping(sectors, "target"), "sectors")
    origins = membership([own[name] for name in fine.origins])
    return {
        "region": membership([own[name] for name in fine.regions]),
        "from_region": origins,
        "to_region": origins,
        "sector": membership(groups),
    }


def _labelled(values: xr.DataArray, members: dict[str, Array], coarse: Transfer) -> xr.DataArray:
    """Return an array on the labels of the aggregated result."""
    dims = [str(dim) for dim in values.dims]
    coords = {dim: coarse.data[dim].values for dim in dims}
    return xr.DataArray(summed(values.values, dims, members), dims=dims, coords=coords, attrs=values.attrs)
