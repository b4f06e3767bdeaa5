"""Pictures of a decomposition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mrio import plotting

if TYPE_CHECKING:
    from mrio.change.result import Decomposition


@dataclass(frozen=True)
class DecompositionPictures:
    """Pictures of one decomposition; every method takes ``ax=`` and returns Axes."""

    decomposition: Decomposition

    def waterfall_data(self, account: str | None = None, region: str | None = None) -> pd.Series[float]:
        """Return the effects on an account, of one region or of all together."""
        name = account or self.decomposition.accounts[0]
        table = self.decomposition.table(name).drop(index="total change")
        return table["all regions" if region is None else region]

    def waterfall(self, account: str | None = None, region: str | None = None, ax: Any | None = None) -> Any:
        """Draw effects as steps from zero to the total change."""
        name = account or self.decomposition.accounts[0]
        attrs = self.decomposition.data.attrs
        title = f"{name} of {region or 'all regions'}, {attrs['period_0']} to {attrs['period_1']}"
        unit = self.decomposition.data[name].attrs["units"]
        return plotting.waterfall(self.waterfall_data(name, region), unit, title, ax)
