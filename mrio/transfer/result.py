"""The result of measuring industrial transfer."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.change.shares import Mask
from mrio.errors import DataError
from mrio.transfer.base import TransferMeasure, sides
from mrio.transfer.classes import Classes, grouped
from mrio.transfer.pictures import TransferPictures

DIRECT = "direct"
DIRECT_OF = "direct_"
IMPACT = "impact_"
AFFECTED = "affected_"

PARTS = ("overall_in", "overall_out", "internal", "elsewhere")
"""Pairs into the block, out of it, inside it, and outside of it."""

_PAIR = ("from_region", "to_region")


def pair_parts(inside: Mask) -> Mask:
    """Return which pairs of origins belong to which of `PARTS`, (4, O, O).

    Parameters
    ----------
    inside
        Whether each origin belongs to the block (O,).
    """
    start, end = inside[:, np.newaxis], inside[np.newaxis, :]
    return np.array([~start & end, start & ~end, start & end, ~start & ~end])


class Transfer(TransferMeasure):
    """Transferred production by pair of regions and product, and its impact on every region.

    Volumes go from `from_region` to `to_region`; impacts are gains of `region`. Made by
    `mrio.measure_transfer`.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> t = mrio.measure_transfer(tables["0"], tables["1"], block=["BJ", "TJ", "HE"])
    >>> t.impact("co2").dims
    ('use', 'region', 'from_region', 'to_region', 'sector')
    >>> t.blocks("co2").columns.tolist()
    ['overall_in', 'overall_out', 'internal', 'elsewhere', 'total']
    """

    kind: ClassVar[str] = "transfer"

    # -- what was asked -----------------------------------------------------------------------------------

    @property
    def origins(self) -> tuple[str, ...]:
        """Labels of both ends of a transfer; abroad is last where imports are known."""
        return tuple(map(str, self.data["from_region"].values))

    @property
    def block(self) -> tuple[str, ...]:
        """Regions looked at as one; empty where none was named."""
        return tuple(name for name in str(self.data.attrs["block"]).split("\n") if name)

    # -- numbers ------------------------------------------------------------------------------------------

    @property
    def direct(self) -> xr.DataArray:
        """Transferred production (use, from_region, to_region, sector), `sector` being the product.

        Weighted by the states of the ordinary form where any account takes it; see `direct_of`.
        """
        return self.array(DIRECT)

    def direct_of(self, account: str) -> xr.DataArray:
        """Return transferred production as the impact on one account weights it.

        Differs from `direct` only for value added in the dependent form beside other accounts.
        """
        own = DIRECT_OF + self.account_of(account)
        return self.array(own if own in self.data else DIRECT)

    def impact(self, account: str) -> xr.DataArray:
        """Return effects on each region (use, region, from_region, to_region, sector) by product moved."""
        return self.array(IMPACT + self.account_of(account))

    def affected(self, account: str, by: Classes = "sector") -> xr.DataArray:
        """Return effects by affected sector (use, part, region, sector).

        Parameters
        ----------
        account
            Name of the account.
        by
            ``"sector"``, ``"class"``, a mapping or a CSV file to group the affected sectors, None to sum over
            them; see `by_class`.
        """
        return self.by_class(self.array(AFFECTED + self.account_of(account)), by)

    # -- tables -------------------------------------------------------------------------------------------

    def balance(self, by: Classes = None) -> pd.DataFrame:
        """Return transfer in, transfer out and net of each origin [unit of `direct`].

        Parameters
        ----------
        by
            ``"sector"`` for one row an origin and product, ``"class"``, a mapping from product to class or a
            CSV file, or None for totals; see `by_class`.

        Returns
        -------
        DataFrame
            Columns ``transfer_in``, ``transfer_out``, ``net``. Net sums to zero over all origins.
        """
        names = {"in": "transfer_in", "out": "transfer_out", "net": "net"}
        index = ["region"] if by is None else ["region", "sector"]
        columns = {
            names[way]: part.transpose(*index).to_series()
            for way, part in sides(self.by_class(self.direct.sum("use"), by)).items()
        }
        return pd.DataFrame(columns).rename_axis(index=index)

    def blocks(self, account: str, by: Classes = None) -> pd.DataFrame:
        """Return effects on each region of transfers into the block, out of it, inside it and elsewhere.

        Parameters
        ----------
        account
            Name of the account.
        by
            ``"sector"``, ``"class"``, a mapping or a CSV file for one row a region and transferred product
            (or class), None for totals.

        Returns
        -------
        DataFrame
            Columns ``overall_in``, ``overall_out``, ``internal``, ``elsewhere`` and their ``total``.
        """
        impact = self.by_class(self.impact(account).sum("use"), by)
        index = ["region"] if by is None else ["region", "sector"]
        columns = {
            name: impact.where(pairs, 0.0).sum(_PAIR).transpose(*index).to_series()
            for name, pairs in self._parts().items()
        }
        table = pd.DataFrame(columns).rename_axis(index=index)
        table["total"] = table.sum(axis=1)
        return table

    def block_flows(self, by: Classes = None) -> pd.DataFrame:
        """Return transferred production into the block, out of it, inside it and elsewhere.

        Parameters
        ----------
        by
            ``"sector"``, ``"class"``, a mapping or a CSV file for one row a product (or class), None for one
            row in all.
        """
        flows = self.by_class(self.direct.sum("use"), by)
        columns = {name: flows.where(pairs, 0.0).sum(_PAIR) for name, pairs in self._parts().items()}
        if by is None:
            return pd.DataFrame(
                {name: [float(part)] for name, part in columns.items()}, index=["all products"]
            )
        return pd.DataFrame({name: part.to_series() for name, part in columns.items()})

    def own_view(self, account: str) -> pd.DataFrame:
        """Return the effects on each region of transfers to it, from it, and between others.

        Returns
        -------
        DataFrame
            Columns ``own_in``, ``own_out``, ``third_party`` and their ``total``, one row a region.
        """
        impact = self.impact(account).sum(["use", "sector"])
        region = impact["region"]
        own_in = impact.where(impact["to_region"] == region, 0.0).sum(_PAIR)
        own_out = impact.where(impact["from_region"] == region, 0.0).sum(_PAIR)
        total = impact.sum(_PAIR)
        table = pd.DataFrame(
            {"own_in": own_in.to_series(), "own_out": own_out.to_series(), "total": total.to_series()}
        )
        table.insert(2, "third_party", table["total"] - table["own_in"] - table["own_out"])
        return table.rename_axis("region")

    def to_dataframe(self, account: str | None = None) -> pd.DataFrame:
        """Return transfers in long form, one row a use, pair and product, with the effect on each region.

        Parameters
        ----------
        account
            Effects on this account in one column a region; only the volumes when left out.
        """
        keys = ["use", "from_region", "to_region", "sector"]
        frame = self.direct.to_series().rename(f"direct [{self.direct.attrs['units']}]").to_frame()
        if account is not None:
            impact = self.impact(account)
            unit = impact.attrs["units"]
            for region in self.regions:
                column = impact.sel(region=region, drop=True).transpose(*keys).to_series()
                frame[f"{account} of {region} [{unit}]"] = column
        return frame.reset_index()

    def summary(self) -> pd.DataFrame:
        """Return one row a region: transfer in, out and net, and the total effect on each account."""
        unit = self.direct.attrs["units"]
        table = self.balance().add_suffix(f" [{unit}]")
        for account in self.accounts:
            effect = self.impact(account)
            total = effect.sum(["use", "sector", *_PAIR]).to_series()
            table[f"{account} [{effect.attrs['units']}]"] = total.reindex(table.index)
        return table

    def _parts(self) -> dict[str, xr.DataArray]:
        """Return which pairs belong to which part of the view from the block."""
        if not self.block:
            raise DataError(
                "The transfer was measured without a block.",
                remedy='pass block=["Beijing", "Tianjin", "Hebei"] to measure_transfer',
            )
        inside = np.array([origin in self.block for origin in self.origins])
        coords = {dim: list(self.origins) for dim in _PAIR}
        masks = pair_parts(inside)
        return {
            name: xr.DataArray(mask, dims=_PAIR, coords=coords)
            for name, mask in zip(PARTS, masks, strict=True)
        }

    @property
    def plot(self) -> TransferPictures:
        """Pictures: ``plot.matrix()``, ``.blocks(account)``, ``.quadrant()`` and more."""
        return TransferPictures(self)

    def by_class(self, values: xr.DataArray, by: Classes) -> xr.DataArray:
        """Sum sectors away, keep them, or group them.

        Parameters
        ----------
        values
            Any array with dim ``sector``.
        by
            None to sum over sectors, ``"sector"`` to keep them, ``"class"`` for the bundled classes of the
            39 harmonised sectors, a mapping from sector to class, or the path of a CSV file that holds one
            (columns ``sector`` and ``class``).

        Raises
        ------
        LabelError
            When a sector has no class.
        FileError, DataError
            When the CSV file cannot be read.
        """
        return grouped(values, by)
