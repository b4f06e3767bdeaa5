"""Pictures of a comparison: the data of each is a method of its own, drawing is `mrio.plotting`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mrio import plotting

if TYPE_CHECKING:
    from mrio.scenarios.comparison import Comparison


@dataclass(frozen=True)
class ComparisonPictures:
    """Pictures of one comparison; every method takes ``ax=`` and returns Axes."""

    comparison: Comparison

    def bars_data(self, account: str | None = None) -> pd.DataFrame:
        """Return the change of an account by run, one column a region."""
        return self.comparison.by_region(self._account(account))

    def bars(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw the change of an account by run, stacked by region, with a dot at the total."""
        name = self._account(account)
        title = f"{name}: change against {self.comparison.relative_to}"
        ax = plotting.stacked_bars(self.bars_data(name), self.comparison.unit(name), title, ax)
        return self._signed(ax)

    def _account(self, account: str | None) -> str:
        return account or self.comparison.accounts[-1]

    def _signed(self, ax: Any) -> Any:
        """Write status and price basis under a picture."""
        parts = (self.comparison.headline, str(self.comparison.data.attrs.get("price_basis", "")))
        plotting.small_print(ax, "; ".join(text for text in parts if text))
        return ax
