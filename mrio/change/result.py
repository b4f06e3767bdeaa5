"""The result of a structural decomposition."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.change.pictures import DecompositionPictures
from mrio.results import Result

TOTAL = "_total"


class Decomposition(Result):
    """Effects of each factor on the change of accounts between two tables, by region and sector.

    Parts add up: the effects of an account sum to its change in every region and sector. Signs are gains of
    the named region. Made by `mrio.decompose`.

    Examples
    --------
    >>> import mrio
    >>> tables = mrio.load_example("illustrative")
    >>> d = mrio.decompose(tables["0"], tables["1"], account="co2")
    >>> d.effects.dims
    ('effect', 'region', 'sector')
    >>> d.share().sel(region="HE").sum().round(9).item()
    1.0
    """

    kind: ClassVar[str] = "decomposition"

    @property
    def accounts(self) -> tuple[str, ...]:
        """Names of the accounts."""
        return tuple(str(self.data.attrs["accounts"]).split("\n"))

    @property
    def effects(self) -> xr.DataArray:
        """Effects (effect, region, sector); with several accounts (account, effect, region, sector)."""
        return self._gathered("")

    @property
    def total(self) -> xr.DataArray:
        """Change of the account (region, sector); with several accounts (account, region, sector)."""
        return self._gathered(TOTAL)

    @property
    def residual(self) -> xr.DataArray:
        """What the effects leave unexplained, zero up to rounding, in the dims of `total`."""
        return (self.total - self.effects.sum("effect")).assign_attrs(self.total.attrs).rename("residual")

    def share(self) -> xr.DataArray:
        """Return the share of each effect in the change of each region (effect, region) [1].

        A region whose account does not change has no shares and gets NaN.
        """
        total = self.total.sum("sector")
        share = self.effects.sum("sector") / total.where(total != 0)
        return share.rename("share").assign_attrs(units="1", long_name="share of the change of the region")

    def to_dataframe(self) -> pd.DataFrame:
        """Return all effects in long form: account, effect, region, sector, value, unit."""
        frames = []
        for name in self.accounts:
            frame = self.data[name].to_series().rename("value").reset_index()
            frame.insert(0, "account", name)
            frames.append(frame.assign(unit=self.data[name].attrs["units"]))
        return pd.concat(frames, ignore_index=True)

    def summary(self) -> pd.DataFrame:
        """Return effects by region with their totals, one row an effect (and account)."""
        tables = {f"{name} [{self.data[name].attrs['units']}]": self.table(name) for name in self.accounts}
        if len(tables) == 1:
            return next(iter(tables.values()))
        return pd.concat(tables, names=["account", "effect"])

    def table(self, account: str) -> pd.DataFrame:
        """Return the effects on one account by region with their totals, one row an effect."""
        effects = self.data[account].sum("sector").transpose("effect", "region")
        table = pd.DataFrame(effects.values, effects["effect"].values, effects["region"].values)
        table = table.loc[str(self.data[account].attrs["factors"]).split(", ")]
        table.loc["total change"] = self.data[account + TOTAL].sum("sector").values
        table["all regions"] = table.sum(axis=1)
        return table.rename_axis("effect")

    @property
    def plot(self) -> DecompositionPictures:
        """Pictures: ``plot.waterfall(account, region)``."""
        return DecompositionPictures(self)

    def _gathered(self, suffix: str) -> xr.DataArray:
        """Return one array of all accounts, without the account dim where there is only one."""
        arrays = [self.data[name + suffix] for name in self.accounts]
        if len(arrays) == 1:
            return arrays[0].rename("total" if suffix else "effects")
        units = [array.attrs["units"] for array in arrays]
        values = np.stack([array.values for array in arrays])
        coords = {**{dim: arrays[0][dim].values for dim in arrays[0].dims}, "account": list(self.accounts)}
        result = xr.DataArray(values, dims=("account", *arrays[0].dims), coords=coords)
        result = result.assign_coords(unit=("account", units))
        return result.rename("total" if suffix else "effects").assign_attrs(units="see coordinate unit")
