"""Pictures of a decomposition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mrio import plotting

if TYPE_CHECKING:
    from mrio.change.result import Decomposition


@dataclass(frozen=True)
class DecompositionPictures:
    """Pictures of one decomposition; every method takes ``ax=`` and returns Axes."""

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
        attrs = self.decomposition.data.attrs
        title = f"{name} of {region or 'all regions'}, {attrs['period_0']} to {attrs['period_1']}"
        unit = "log points" if self._multiplies else self.decomposition.data[name].attrs["units"]
        steps, whiskers = self.waterfall_data(name, region), self.whiskers_data(name, region)
        ax = plotting.waterfall(steps, unit, title, ax, whiskers)
        bases = " and ".join(dict.fromkeys([attrs["price_basis_0"], attrs["price_basis_1"]]))
        note = "whiskers: range over all orders of the factors" if whiskers is not None else ""
        words = (attrs["method"], note, self.decomposition.headline, bases)
        plotting.small_print(ax, "; ".join(text for text in words if text))
        return ax

    @property
    def _multiplies(self) -> bool:
        return self.decomposition.form == "multiplicative"
