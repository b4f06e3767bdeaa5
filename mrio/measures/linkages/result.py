"""The result of measuring linkages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
import xarray as xr

from mrio import plotting
from mrio.measures.measure import Measure

CLASSES = ("key sector", "backward oriented", "forward oriented", "weakly linked")
"""Quadrants of normalised linkages: both above 1, only backward, only forward, none."""


class Linkages(Measure):
    """Backward and forward linkages by region-sector. Made by `mrio.linkages`."""

    kind: ClassVar[str] = "linkages"
    main: ClassVar[str] = "backward"

    def local(self, side: Literal["backward", "forward"], account: str | None = None) -> pd.DataFrame:
        """Return a linkage split into what arises in the own region and in others.

        Returns
        -------
        DataFrame
            Columns ``local``, ``foreign`` and their ``total``, one row a region-sector.
        """
        total = self.of(side, account)
        other = "from_region" if side == "backward" else "to_region"
        parts = self.of(f"{side}_by_region", account)
        local = parts.where(parts[other] == parts["region"], 0.0).sum(other)
        columns = {"local": local, "foreign": total - local, "total": total}
        return pd.DataFrame({name: part.to_series() for name, part in columns.items()})

    def normalised(self, account: str | None = None, pure: bool = False) -> pd.DataFrame:
        """Return normalised linkages of each region-sector, total ones or the pure ones of output.

        Returns
        -------
        DataFrame
            Columns ``backward`` and ``forward`` [1].
        """
        names = {side: f"{'pure_' if pure else ''}{side}_normalised" for side in ("backward", "forward")}
        return pd.DataFrame({side: self.of(name, account).to_series() for side, name in names.items()})

    def classes(self, account: str | None = None, pure: bool = False) -> pd.Series[str]:
        """Return the quadrant of each region-sector, one of `CLASSES`, by total or by pure linkages."""
        table = self.normalised(account, pure)
        back, ahead = table["backward"], table["forward"]
        cases = [(back > 1) & (ahead > 1), back > 1, ahead > 1]
        return pd.Series(np.select(cases, CLASSES[:3], CLASSES[3]), back.index, name="class")

    def summary(self, account: str | None = None) -> pd.DataFrame:
        """Return linkages, their normalised form and the class of each region-sector, strongest first."""
        unit = self.unit("backward", account or self.accounts[0])
        table = pd.DataFrame(
            {
                f"{name.replace('_', ' ')} [{unit if '_' not in name else '1'}]": self.of(
                    name, account
                ).to_series()
                for name in ("backward", "forward", "backward_normalised", "forward_normalised")
            }
        )
        table["class"] = self.classes(account)
        strength = table.iloc[:, 2] + table.iloc[:, 3]
        return table.loc[strength.sort_values(ascending=False, kind="stable").index]

    def by_region(self, account: str | None = None) -> xr.DataArray:
        """Return the mean normalised linkages of each region (side, region)."""
        both = [self.of(f"{side}_normalised", account).mean("sector") for side in ("backward", "forward")]
        return xr.concat(both, pd.Index(["backward", "forward"], name="side"))

    @property
    def plot(self) -> LinkagePictures:
        """Pictures: ``plot.key_sectors()``."""
        return LinkagePictures(self)


@dataclass(frozen=True)
class LinkagePictures:
    """Pictures of linkages; every method takes ``ax=`` and returns Axes."""

    linkages: Linkages

    def key_sectors_data(
        self, account: str | None = None, region: str | None = None, pure: bool = False
    ) -> pd.DataFrame:
        """Return normalised backward and forward linkages, of one region or of all, total or pure."""
        suffix = " linkage, pure [1]" if pure else " linkage [1]"
        table = self.linkages.normalised(account, pure).add_suffix(suffix)
        if region is None:
            return table
        of_region = table.index.get_level_values("region") == self.linkages.known("region", region)
        return table[of_region].droplevel("region")

    def key_sectors(
        self,
        account: str | None = None,
        region: str | None = None,
        pure: bool = False,
        ax: Any | None = None,
    ) -> Any:
        """Draw sectors in the plane of normalised linkages; key sectors are upper right."""
        where = "" if region is None else f" of {region}"
        how = " by pure linkages" if pure else ""
        title = f"Key sectors{where}{how}, {self.linkages.data.attrs['period']}"
        corners = ("weakly linked", "backward oriented", "forward oriented", "key sectors")
        table = self.key_sectors_data(account, region, pure)
        ax = plotting.plane(table, (1.0, 1.0), corners, title, ax=ax)
        plotting.small_print(ax, self.linkages.small_print)
        return ax
