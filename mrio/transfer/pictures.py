"""Pictures of a transfer: the data of each is a method of its own, drawing is `mrio.plotting`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mrio import plotting
from mrio.files import PathLike, write_text
from mrio.transfer.classes import Classes

if TYPE_CHECKING:
    from mrio.transfer.result import Transfer

MOST_BARS = 15


@dataclass(frozen=True)
class TransferPictures:
    """Pictures of one transfer; methods with ``ax=`` return Axes."""

    transfer: Transfer

    def matrix_data(self, sector: str | None = None) -> pd.DataFrame:
        """Return transferred production by pair (from_region x to_region), of one product or of all."""
        flows = self.transfer.direct.sum("use")
        flows = flows.sum("sector") if sector is None else flows.sel(sector=sector)
        labels = [pd.Index(flows[dim].values, name=dim) for dim in ("from_region", "to_region")]
        return pd.DataFrame(flows.transpose("from_region", "to_region").values, *labels)

    def matrix(self, sector: str | None = None, ax: Any | None = None) -> Any:
        """Draw transferred production by pair as a heat map."""
        return self._printed(
            plotting.heat_map(self.matrix_data(sector), self._unit(), self._moved(sector), ax)
        )

    def chord(self, sector: str | None = None) -> Any:
        """Draw transferred production by pair as a chord diagram; needs the extra ``chord``."""
        return self._printed(plotting.chord(self.matrix_data(sector), self._unit(), self._moved(sector)))

    def sankey_data(self, by: Classes = None) -> pd.DataFrame:
        """Return transferred production as links from region to region, by way of the product's class.

        Parameters
        ----------
        by
            ``"sector"``, ``"class"``, a mapping or a CSV file for nodes of products in between, or None.

        Returns
        -------
        DataFrame
            Links as in `mrio.plotting.sankeys`, with two stages or three.
        """
        if by is None:
            return plotting.pair_links(self.matrix_data())
        flows = self.transfer.by_class(self.transfer.direct.sum("use"), by)
        lost = flows.sum("to_region").to_series().unstack("sector")
        gained = flows.sum("from_region").to_series().unstack("to_region")
        first = plotting.pair_links(lost).assign(stage=2, to_stage=1)
        return pd.concat([first, plotting.pair_links(gained)], ignore_index=True)

    def sankey(self, by: Classes = "class", ax: Any | None = None) -> Any:
        """Draw transferred production from who lost it (left) to who gained it, by class of product."""
        sides = ("lost by", "gained by") if by is None else ("lost by", "product", "gained by")
        links = self.sankey_data(by)
        return self._printed(plotting.sankey(links, self._unit(), self._moved(None), sides, ax))

    def sankey_page(self, path: PathLike, by: Classes = "class") -> None:
        """Write transferred production as one HTML page to point at; needs the extra ``sankey``."""
        words = (self._unit(), self._moved(None), self.transfer.small_print)
        write_text(path, plotting.sankey_page(self.sankey_data(by), *words))

    def sectors_data(
        self, region: str, account: str | None = None, most: int = MOST_BARS
    ) -> pd.Series[float]:
        """Return what a region gained by product, the largest in size, gains first.

        Parameters
        ----------
        region
            Who gained or lost; abroad as well where no account is named.
        account
            Effects on this account, by product transferred between any two; net transfer when left out.
        most
            How many products.
        """
        if account is None:
            gained = self.transfer.balance(by="sector")["net"].xs(region)
        else:
            impact = self.transfer.impact(account).sel(region=region, drop=True)
            gained = impact.sum(["use", "from_region", "to_region"]).to_series()
        return plotting.largest_values(gained, most).sort_values(ascending=False, kind="stable")

    def sectors(
        self, region: str, account: str | None = None, most: int = MOST_BARS, ax: Any | None = None
    ) -> Any:
        """Draw the products that a region gained and lost most, to both sides of zero."""
        unit = self._unit() if account is None else self.transfer.impact(account).attrs["units"]
        what = "net transfer of production" if account is None else f"{account}, effects of transfer"
        title = f"{region}: {what} by product, {self._periods()}"
        return self._printed(plotting.signed_bars(self.sectors_data(region, account, most), unit, title, ax))

    def tiles_data(self, account: str | None = None) -> pd.Series[float]:
        """Return the effect of transfer on an account by region; net transfer when left out."""
        if account is None:
            return self.transfer.balance()["net"]
        impact = self.transfer.impact(account)
        return impact.sum(["use", "sector", "from_region", "to_region"]).to_series()

    def tiles(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw net transfer, or the effect of transfer on an account, by province as tiles."""
        unit = self._unit() if account is None else self.transfer.impact(account).attrs["units"]
        what = "Net transfer of production" if account is None else f"{account}: effects of transfer"
        title = f"{what}, {self._periods()}"
        return self._printed(plotting.tile_map(self.tiles_data(account), unit, title, ax))

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
        return self._printed(plotting.quadrants(table, (units[0], units[1]), title, ax))

    def blocks(self, account: str, ax: Any | None = None) -> Any:
        """Draw effects on each region by part (`Transfer.blocks`) as stacked bars with the net."""
        table = self.transfer.blocks(account).drop(columns="total")
        unit = self.transfer.impact(account).attrs["units"]
        title = f"{account}: effects of transfer, {self._periods()}"
        return self._printed(plotting.stacked_bars(table, unit, title, ax))

    def _unit(self) -> str:
        """Return the unit of transferred production."""
        return str(self.transfer.direct.attrs["units"])

    def _moved(self, sector: str | None) -> str:
        """Return the title of pictures of transferred production."""
        return f"Production transferred, {self._periods()}" + (f": {sector}" if sector else "")

    def _periods(self) -> str:
        attrs = self.transfer.data.attrs
        return f"{attrs['period_0']} to {attrs['period_1']}"

    def _printed(self, ax: Any) -> Any:
        """Write status, price basis and source below."""
        plotting.small_print(ax, self.transfer.small_print)
        return ax
