"""The result of a multiplicative decomposition."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.change.result import ALL, ALL_REGIONS, TOTAL, Decomposition
from mrio.errors import DataError


class MultiplicativeDecomposition(Decomposition):
    """Effects of each factor as a ratio, by region: their product is the ratio of the region's account.

    An effect of 1.05 raised the account of the region by 5 percent. Effects do not add up, neither over
    factors nor over regions: those on all regions together are an answer of their own (`all_regions`).
    Made by ``mrio.decompose(..., form="multiplicative")``.
    """

    kind: ClassVar[str] = "multiplicative_decomposition"

    @property
    def effects(self) -> xr.DataArray:
        """Effects (effect, region) [1]; with several accounts (account, effect, region)."""
        return self._gathered("")

    @property
    def ratio(self) -> xr.DataArray:
        """Account of the second period over that of the first (region) [1]; or (account, region)."""
        return self._gathered(TOTAL).rename("ratio")

    @property
    def residual(self) -> xr.DataArray:
        """What the effects leave of the ratio, ``ratio / product - 1``, zero up to rounding."""
        gap = self.ratio / self.effects.prod("effect") - 1.0
        return gap.rename("residual").assign_attrs(units="1")

    @property
    def total(self) -> xr.DataArray:
        """There is no change that effects add up to: see `ratio`.

        Raises
        ------
        DataError
            Always.
        """
        raise self._no("change by region and sector", "read .ratio, the product of the effects")

    def all_regions(self, account: str | None = None) -> pd.Series[float]:
        """Return the effects on the account of all regions together [1]."""
        name = self.account_of(account)
        values = self.data[name + ALL]
        series = pd.Series(values.values, index=values["effect"].values, name=name)
        return series.loc[self.factors(name)].rename_axis("effect")

    def share(self) -> xr.DataArray:
        """Shares belong to effects that add up; these multiply.

        Raises
        ------
        DataError
            Always.
        """
        raise self._no("shares", "take logarithms: np.log(d.effects) / np.log(d.ratio)")

    def table(self, account: str) -> pd.DataFrame:
        """Return the effects on one account by region with the ratio, one row an effect [1]."""
        effects = self.data[self.account_of(account)].transpose("effect", "region")
        table = pd.DataFrame(effects.values, effects["effect"].values, effects["region"].values)
        table[ALL_REGIONS] = self.data[account + ALL].values
        table = table.loc[self.factors(account)]
        whole = float(self.data[account + TOTAL + ALL])
        table.loc["ratio (product)"] = [*self.data[account + TOTAL].values, whole]
        return table.rename_axis("effect")

    def logarithms(self, account: str | None = None) -> pd.DataFrame:
        """Return logarithms of effects and ratio, which add up [log points]."""
        return self.table(self.account_of(account)).map(np.log)

    def _together(self, members: xr.DataArray) -> xr.DataArray:
        return members.prod("effect")

    def _no(self, what: str, remedy: str) -> DataError:
        return DataError(f"A multiplicative decomposition has no {what}.", where=self.title, remedy=remedy)
