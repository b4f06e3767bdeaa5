"""Pictures of a transfer: the data of each is a method of its own, drawing is `mrio.plotting`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mrio import plotting
from mrio.transfer.classes import Classes

if TYPE_CHECKING:
    from mrio.transfer.result import Transfer


@dataclass(frozen=True)
class TransferPictures:
    """Pictures of one transfer; every method takes ``ax=`` and returns Axes."""

    transfer: Transfer

    def matrix_data(self, sector: str | None = None) -> pd.DataFrame:
        """Return transferred production by pair (from_region x to_region), of one product or of all."""
        flows = self.transfer.direct.sum("use")
        flows = flows.sum("sector") if sector is None else flows.sel(sector=sector)
        labels = [pd.Index(flows[dim].values, name=dim) for dim in ("from_region", "to_region")]
        return pd.DataFrame(flows.transpose("from_region", "to_region").values, *labels)

    def matrix(self, sector: str | None = None, ax: Any | None = None) -> Any:
        """Draw transferred production by pair as a heat map."""
        title = f"Production transferred, {self._periods()}" + (f": {sector}" if sector else "")
        ax = plotting.heat_map(self.matrix_data(sector), self.transfer.direct.attrs["units"], title, ax)
        plotting.small_print(ax, self._small_print())
        return ax

    def quadrant_data(
        self,
        x: str = "value_added",
        y: str = "co2",
        by: Classes = None,
        regions: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return the effects of transfer on two accounts, one row a region (and product or class)."""
        columns = {}
        for account in (x, y):
            impact = self.transfer.impact(account).sum(["use", "from_region", "to_region"])
            values = self.transfer.by_class(impact.sel(region=list(regions or self.transfer.regions)), by)
            columns[account] = values.transpose(
                *(["region"] if by is None else ["region", "sector"])
            ).to_series()
        return pd.DataFrame(columns)

    def quadrant(
        self,
        x: str = "value_added",
        y: str = "co2",
        by: Classes = None,
        regions: Sequence[str] | None = None,
        ax: Any | None = None,
    ) -> Any:
        """Draw the effects on two accounts as points: win-win is lower right where y is an emission."""
        units = tuple(self.transfer.impact(account).attrs["units"] for account in (x, y))
        title = f"Effects of transfer on {x} and {y}, {self._periods()}"
        table = self.quadrant_data(x, y, by, regions)
        ax = plotting.quadrants(table, (units[0], units[1]), title, ax)
        plotting.small_print(ax, self._small_print())
        return ax

    def blocks(self, account: str, ax: Any | None = None) -> Any:
        """Draw effects on each region by part (`Transfer.blocks`) as stacked bars with the net."""
        table = self.transfer.blocks(account).drop(columns="total")
        unit = self.transfer.impact(account).attrs["units"]
        ax = plotting.stacked_bars(table, unit, f"{account}: effects of transfer, {self._periods()}", ax)
        plotting.small_print(ax, self._small_print())
        return ax

    def _periods(self) -> str:
        attrs = self.transfer.data.attrs
        return f"{attrs['period_0']} to {attrs['period_1']}"

    def _small_print(self) -> str:
        attrs = self.transfer.data.attrs
        bases = " and ".join(dict.fromkeys([attrs["price_basis_0"], attrs["price_basis_1"]]))
        return "; ".join(text for text in (self.transfer.headline, bases) if text)
