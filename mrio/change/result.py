"""The result of a structural decomposition."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
import xarray as xr

from mrio.change.pictures import DecompositionPictures
from mrio.errors import DataError, LabelError
from mrio.results.accounts import AccountResult, long_form

TOTAL = "_total"
ALL = "_all"
SPREAD = "_spread"
SPREAD_ALL = SPREAD + ALL

ALL_REGIONS = "all regions"


class Decomposition(AccountResult):
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
    def form(self) -> str:
        """``"additive"``: effects sum to the change; ``"multiplicative"``: their product is the ratio."""
        return str(self.data.attrs.get("form", "additive"))

    @property
    def has_spread(self) -> bool:
        """Whether `spread` is known."""
        return self.accounts[0] + SPREAD in self.data

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

    @property
    def groups(self) -> xr.DataArray:
        """Effects of the groups that were named, and of the factors outside of them, in dim ``group``.

        Raises
        ------
        DataError
            When the decomposition was made without groups.
        """
        if "group" not in self.data.coords:
            raise DataError(
                "The decomposition was made without groups.",
                remedy="pass groups={'transfer': ['intermediate_sourcing', 'final_sourcing']} to decompose",
            )
        names = list(dict.fromkeys(map(str, self.data["group"].values)))
        members = self.effects.assign_coords(group=self.data["group"])
        parts = [self._together(members.isel(effect=members["group"].values == name)) for name in names]
        together = xr.concat(parts, dim="group").assign_coords(group=names)
        return together.rename("groups").assign_attrs(members.attrs)

    def share(self) -> xr.DataArray:
        """Return the share of each effect in the change of each region (effect, region) [1].

        A region whose account does not change has no shares and gets NaN.
        """
        total = self.total.sum("sector")
        share = self.effects.sum("sector") / total.where(total != 0)
        return share.rename("share").assign_attrs(units="1", long_name="share of the change of the region")

    def spread(self, account: str | None = None, region: str | None = None) -> pd.DataFrame:
        """Return how much the choice of a form matters for each effect.

        Parameters
        ----------
        account
            Name of the account; the first when left out.
        region
            One region; all together when left out.

        Returns
        -------
        DataFrame
            One row an effect. Columns: the effect as decomposed (named after the method, where it is none of
            the others), ``shapley``, ``polar_forward``, ``polar_backward``, and ``lowest`` and ``highest``
            over all n! orders of the factors. These extremes are exact for any number of factors: an effect
            depends only on which factors switched before, so 2^(n-1) coalitions take the place of n! orders.

        Raises
        ------
        LabelError, DataError
            When the account or region is unknown, or ``spread=False`` was passed.
        """
        name = self.account_of(account)
        if not self.has_spread:
            raise DataError(
                "The decomposition was made without its spread.", remedy="leave out spread=False in decompose"
            )
        values = self.data[name + SPREAD_ALL] if region is None else self._of(name + SPREAD, region)
        table = pd.DataFrame(values.values.T, values["effect"].values, values["bound"].values)
        table = table.loc[self.factors(name)].rename_axis("effect")
        method = str(self.data.attrs["method"])
        if method not in table or "group" in self.data.coords:
            own = self.table(name)[ALL_REGIONS if region is None else region]
            table.insert(0, "grouped shapley" if method in table else method, own.loc[table.index])
        return table

    def to_dataframe(self) -> pd.DataFrame:
        """Return all effects in long form: account, effect, region, sector, value, unit."""
        return long_form(
            {name: self.data[name].drop_vars("group", errors="ignore") for name in self.accounts}
        )

    def summary(self) -> pd.DataFrame:
        """Return effects by region with their totals, one row an effect (and account)."""
        return self._by_account(self.table, "effect")

    def table(self, account: str) -> pd.DataFrame:
        """Return the effects on one account by region with their totals, one row an effect."""
        effects = self.data[self.account_of(account)].sum("sector").transpose("effect", "region")
        table = pd.DataFrame(effects.values, effects["effect"].values, effects["region"].values)
        table = table.loc[self.factors(account)]
        table.loc["total change"] = self.data[account + TOTAL].sum("sector").values
        table[ALL_REGIONS] = table.sum(axis=1)
        return table.rename_axis("effect")

    def factors(self, account: str) -> list[str]:
        """Return the names of the effects on one account."""
        return str(self.data[account].attrs["factors"]).split(", ")

    @property
    def plot(self) -> DecompositionPictures:
        """Pictures: ``plot.waterfall(account, region)``, ``.effects(account)``, ``.sectors(effect)``."""
        return DecompositionPictures(self)

    def _together(self, members: xr.DataArray) -> xr.DataArray:
        """Return the effect of several factors as one."""
        return members.sum("effect")

    def _of(self, name: str, region: str) -> xr.DataArray:
        """Return an array of one region."""
        known = [str(label) for label in self.data["region"].values]
        if region not in known:
            raise LabelError(
                f"There is no region {region!r}.", remedy=f"regions are {', '.join(map(repr, known))}"
            )
        return self.array(name).sel(region=region)

    def _gathered(self, suffix: str) -> xr.DataArray:
        """Return one array of all accounts, without the account dim where there is only one."""
        arrays = [self.array(name + suffix).drop_vars("group", errors="ignore") for name in self.accounts]
        if len(arrays) == 1:
            return arrays[0].rename("total" if suffix else "effects")
        units = [array.attrs["units"] for array in arrays]
        values = np.stack([array.values for array in arrays])
        coords = {**{dim: arrays[0][dim].values for dim in arrays[0].dims}, "account": list(self.accounts)}
        result = xr.DataArray(values, dims=("account", *arrays[0].dims), coords=coords)
        result = result.assign_coords(unit=("account", units))
        return result.rename("total" if suffix else "effects").assign_attrs(units="see coordinate unit")
