"""Pictures of a decomposition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.errors import DataError, LabelError

if TYPE_CHECKING:
    from mrio.change.result import Decomposition

MOST_BARS = 15


@dataclass(frozen=True)
class DecompositionPictures:
    """Pictures of one decomposition; methods with ``ax=`` return Axes."""

    decomposition: Decomposition

    def waterfall_data(self, account: str | None = None, region: str | None = None) -> pd.Series[float]:
        """Return the effects on an account, of one region or of all together.

        Effects that multiply are given as logarithms, which add up.
        """
        name = self.decomposition.account_of(account)
        table = self.decomposition.table(name).iloc[:-1]
        values = table["all regions" if region is None else region]
        return values.map(np.log) if self._multiplies else values

    def whiskers_data(self, account: str | None = None, region: str | None = None) -> pd.DataFrame | None:
        """Return the ``lowest`` and ``highest`` of each effect over all orders, or None if not known."""
        name = self.decomposition.account_of(account)
        if not self.decomposition.has_spread:
            return None
        bounds = self.decomposition.spread(name, region)[["lowest", "highest"]]
        return bounds.map(np.log) if self._multiplies else bounds

    def waterfall(self, account: str | None = None, region: str | None = None, ax: Any | None = None) -> Any:
        """Draw effects as steps from zero to the total change; whiskers are the range over all orders."""
        name = self.decomposition.account_of(account)
        title = f"{name} of {region or 'all regions'}, {self._periods}"
        steps, whiskers = self.waterfall_data(name, region), self.whiskers_data(name, region)
        ax = plotting.waterfall(steps, self._unit(name), title, ax, whiskers)
        note = "whiskers: range over all orders of the factors" if whiskers is not None else ""
        return self._printed(ax, note)

    def effects_data(self, account: str | None = None) -> pd.DataFrame:
        """Return the effects on an account, one row a region and one column an effect.

        Effects that multiply are given as logarithms, which add up.
        """
        name = self.decomposition.account_of(account)
        table = self.decomposition.table(name).iloc[:-1].drop(columns="all regions").T.rename_axis("region")
        return table.map(np.log) if self._multiplies else table

    def effects(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw the effects on each region as stacked bars, with a dot at the change."""
        name = self.decomposition.account_of(account)
        title = f"{name}: effects on each region, {self._periods}"
        return self._printed(plotting.stacked_bars(self.effects_data(name), self._unit(name), title, ax))

    def sectors_data(
        self, effect: str, account: str | None = None, region: str | None = None, most: int = MOST_BARS
    ) -> pd.Series[float]:
        """Return one effect by sector, of one region or of all, the largest in size, gains first.

        Raises
        ------
        LabelError, DataError
            When there is no such effect, or effects multiply and have no sectors.
        """
        name = self.decomposition.account_of(account)
        if self._multiplies:
            raise DataError("Effects that multiply are known by region only.", remedy="draw the waterfall")
        known = self.decomposition.factors(name)
        if effect not in known:
            raise LabelError(
                f"There is no effect {effect!r} on {name}.", remedy=f"effects are {', '.join(known)}"
            )
        values = self.decomposition.data[name].sel(effect=effect, drop=True)
        values = values.sum("region") if region is None else values.sel(region=region, drop=True)
        sectors = pd.Series(values.values, index=pd.Index(values["sector"].values, name="sector"))
        return plotting.largest_values(sectors, most).sort_values(ascending=False, kind="stable")

    def sectors(
        self, effect: str, account: str | None = None, region: str | None = None, ax: Any | None = None
    ) -> Any:
        """Draw one effect by sector, the largest gains and losses to both sides of zero."""
        name = self.decomposition.account_of(account)
        words = effect.replace("_", " ")
        title = f"{name} of {region or 'all regions'}: effect of {words} by sector, {self._periods}"
        data = self.sectors_data(effect, name, region)
        return self._printed(plotting.signed_bars(data, self._unit(name), title, ax))

    @property
    def _periods(self) -> str:
        attrs = self.decomposition.data.attrs
        return f"{attrs['period_0']} to {attrs['period_1']}"

    def _unit(self, account: str) -> str:
        return "log points" if self._multiplies else str(self.decomposition.data[account].attrs["units"])

    def _printed(self, ax: Any, note: str = "") -> Any:
        """Write method, status, price basis and source below."""
        words = (str(self.decomposition.data.attrs["method"]), note, self.decomposition.small_print)
        plotting.small_print(ax, "; ".join(text for text in words if text))
        return ax

    @property
    def _multiplies(self) -> bool:
        return self.decomposition.form == "multiplicative"
