"""Pictures of a footprint: the data of each is a method of its own, drawing is `mrio.plotting`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from mrio import plotting
from mrio.files import PathLike, write_text
from mrio.measures.measure import as_table
from mrio.numerals import short

if TYPE_CHECKING:
    from mrio.measures.footprint.footprints import Footprint

Side = Literal["production", "consumption", "difference"]


@dataclass(frozen=True)
class FootprintPictures:
    """Pictures of a footprint; methods with ``ax=`` return Axes."""

    footprint: Footprint

    def pairs_data(self, account: str | None = None) -> pd.DataFrame:
        """Return the production- and the consumption-based account of each region.

        Direct flows of final users are in neither; `Footprint.direct` has them.
        """
        production = self.footprint.of("production", account).sum("sector")
        consumption = self.footprint.of("flows", account).sum("region")
        index = pd.Index(production["region"].values, name="region")
        columns = {"production-based": production.values, "consumption-based": consumption.values}
        return pd.DataFrame(columns, index=index)

    def pairs(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw the production-based beside the consumption-based account, and consumption less production."""
        name = self._name(account)
        title = f"{name} by production and by consumption, {self._period}"
        ax = plotting.paired_bars(self.pairs_data(name), self._unit(name), title, ax)
        plotting.small_print(ax, "; ".join([*self._left_out(name), self.footprint.small_print]))
        return ax

    def tiles_data(self, account: str | None = None, side: Side = "difference") -> pd.Series[float]:
        """Return the account of each region by production, by consumption, or the latter less the former."""
        production, consumption = (column for _, column in self.pairs_data(account).items())
        sides = {"production": production, "consumption": consumption}
        return sides[side] if side != "difference" else consumption - production

    def tiles(self, account: str | None = None, side: Side = "difference", ax: Any | None = None) -> Any:
        """Draw the account of each province as tiles, on one side or consumption less production."""
        name = self._name(account)
        words = "consumption less production" if side == "difference" else f"by {side}"
        title = f"{name}, {words}, {self._period}"
        return self._printed(plotting.tile_map(self.tiles_data(name, side), self._unit(name), title, ax))

    def matrix_data(self, account: str | None = None) -> pd.DataFrame:
        """Return flows by where they arise (rows) and for whom (columns)."""
        return as_table(self.footprint.of("flows", account), "region", "use_region")

    def matrix(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw flows by pair of regions as a heat map."""
        name = self._name(account)
        data, unit = self.matrix_data(name), self._unit(name)
        return self._printed(plotting.heat_map(data, unit, self._title(name), ax))

    def origins_data(self, account: str | None = None) -> pd.DataFrame:
        """Return what each region consumes (rows) by where it arises (columns)."""
        return self.matrix_data(account).T

    def origins(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw what each region consumes as bars stacked by where it arises."""
        name = self._name(account)
        data, unit = self.origins_data(name), self._unit(name)
        return self._printed(plotting.stacked_bars(data, unit, self._title(name), ax))

    def chord_data(self, account: str | None = None) -> pd.DataFrame:
        """Return flows from the region where they arise (rows) to another they arise for (columns)."""
        flows = self.matrix_data(account)
        for name in flows.index.intersection(flows.columns):
            flows.loc[name, name] = 0.0
        return flows

    def chord(self, account: str | None = None) -> Any:
        """Draw flows between different regions as a chord diagram; needs the extra ``chord``."""
        name = self._name(account)
        return self._printed(plotting.chord(self.chord_data(name), self._unit(name), self._title(name)))

    def sankey_data(self, account: str | None = None) -> pd.DataFrame:
        """Return flows between different regions as links of two stages (`mrio.plotting.sankeys`)."""
        return plotting.pair_links(self.chord_data(account))

    def sankey(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw flows between different regions, from where they arise (left) to whom they arise for."""
        name = self._name(account)
        links, sides = self.sankey_data(name), ("arises in", "for final purchases of")
        return self._printed(plotting.sankey(links, self._unit(name), self._title(name), sides, ax))

    def sankey_page(self, path: PathLike, account: str | None = None) -> None:
        """Write flows between different regions as one HTML page; needs the extra ``sankey``."""
        name = self._name(account)
        words = (self._unit(name), self._title(name), self.footprint.small_print)
        write_text(path, plotting.sankey_page(self.sankey_data(name), *words))

    def _left_out(self, account: str) -> list[str]:
        """Return what neither of the two accounts holds, in words."""
        if self.footprint.direct is None:
            return []
        total = float(self.footprint.of("direct", account).sum())
        return [f"without {short(total)} {self._unit(account)} of final users themselves"] if total else []

    def _name(self, account: str | None) -> str:
        return account or self.footprint.accounts[0]

    def _unit(self, account: str) -> str:
        return self.footprint.unit("flows", account)

    @property
    def _period(self) -> str:
        return str(self.footprint.data.attrs["period"])

    def _title(self, account: str) -> str:
        return f"{account} for final purchases, {self._period}"

    def _printed(self, ax: Any) -> Any:
        """Write status, price basis and source below."""
        plotting.small_print(ax, self.footprint.small_print)
        return ax
