"""The results of hypothetical extraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.measures.measure import Measure, as_table
from mrio.parameters import require_count
from mrio.plotting import ranked_bars


class Extraction(Measure):
    """What is lost, and by whom, when something is taken out. Made by `mrio.extract`."""

    kind: ClassVar[str] = "extraction"
    main: ClassVar[str] = "loss"

    def share(self, account: str | None = None) -> pd.Series[float]:
        """Return the share that each region loses of its own flows [1]."""
        lost, before = (self.of(name, account).sum("sector") for name in ("loss", "before"))
        return (lost / before.where(before != 0)).rename("share").to_series()

    def summary(self) -> pd.DataFrame:
        """Return the loss of each account by region that loses, and in all."""
        table = pd.DataFrame(
            {
                f"{account} [{self.unit('loss', account)}]": self.of("loss", account)
                .sum("sector")
                .to_series()
                for account in self.accounts
            }
        )
        table.loc["all regions"] = table.sum()
        return table.rename_axis("region")

    @property
    def plot(self) -> ExtractionPictures:
        """Pictures: ``plot.losses(account)``."""
        return ExtractionPictures(self)


@dataclass(frozen=True)
class ExtractionPictures:
    """Pictures of an extraction; every method takes ``ax=`` and returns Axes."""

    extraction: Extraction

    def losses_data(self, account: str | None = None, most: int = 12) -> pd.DataFrame:
        """Return losses by region (rows) and the sectors that lose most (columns)."""
        require_count(most, "most")
        lost = self.extraction.of("loss", account)
        order = np.argsort(-np.abs(lost.sum("region").values), kind="stable")[:most]
        chosen = lost.isel(sector=np.sort(order))
        return as_table(chosen, "region", "sector")

    def losses(self, account: str | None = None, most: int = 12, ax: Any | None = None) -> Any:
        """Draw losses by region and sector as a heat map."""
        name = account or self.extraction.accounts[0]
        title = f"{name} lost without {self.extraction.data.attrs['extracted']}"
        data = self.losses_data(name, most)
        ax = plotting.heat_map(data, self.extraction.unit("loss", name), title, ax)
        plotting.small_print(ax, self.extraction.small_print)
        return ax


class Extractions(Measure):
    """What is lost when each sector or region is taken out in turn. Made by `mrio.extract_each`."""

    kind: ClassVar[str] = "extractions"
    main: ClassVar[str] = "loss"

    def summary(self, account: str | None = None) -> pd.DataFrame:
        """Return what each extraction takes from all, from itself and from others, and as a share.

        Returns
        -------
        DataFrame
            One row an extraction, largest first; ``own region`` and ``others`` split the loss where a region
            is part of what was taken out.
        """
        lost = self.of("loss", account)
        unit, total = lost.attrs["units"], lost.sum("region")
        columns = {f"loss [{unit}]": total}
        if "extracted_region" in lost.dims:
            own = lost.where(lost["region"] == lost["extracted_region"], 0.0).sum("region")
            columns |= {f"own region [{unit}]": own, f"others [{unit}]": total - own}
        columns["share [1]"] = total / float(self.of("before", account))
        table = pd.DataFrame({name: part.to_series() for name, part in columns.items()})
        return table.sort_values(f"loss [{unit}]", ascending=False, kind="stable")

    @property
    def plot(self) -> ExtractionsPictures:
        """Pictures: ``plot.largest(account)``."""
        return ExtractionsPictures(self)


@dataclass(frozen=True)
class ExtractionsPictures:
    """Pictures of many extractions; every method takes ``ax=`` and returns Axes."""

    extractions: Extractions

    def largest_data(
        self, account: str | None = None, region: str | None = None, most: int = 15
    ) -> pd.DataFrame:
        """Return the largest losses by region that loses, one row an extraction, of one region or of all."""
        require_count(most, "most")
        order = self.extractions.summary(account).index
        if region is not None:
            where = order.get_level_values("extracted_region")
            order = order[where == self.extractions.known("extracted_region", region)]
        lost = self.extractions.of("loss", account).to_series().unstack("region")
        return lost.reindex(order[:most])[list(self.extractions.data["region"].values)]

    def largest(
        self,
        account: str | None = None,
        region: str | None = None,
        most: int = 15,
        ax: Any | None = None,
    ) -> Any:
        """Draw the largest losses as bars stacked by the region that loses."""
        name = account or self.extractions.accounts[0]
        attrs = self.extractions.data.attrs
        title = f"{name} lost without each {attrs['each']}, {attrs['period']}"
        table = self.largest_data(name, region, most)
        return ranked_bars(
            table, self.extractions.unit("loss", name), title, self.extractions.small_print, ax
        )
