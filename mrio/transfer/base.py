"""What all measures of transfer share, whatever they measure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import xarray as xr

from mrio.errors import LabelError, choices
from mrio.results import Result


class TransferMeasure(Result):
    """A measure of industrial transfer: its accounts, its regions, and which measure it is."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Names of the accounts."""
        return tuple(str(self.data.attrs["accounts"]).split("\n"))

    @property
    def regions(self) -> tuple[str, ...]:
        """Labels of the regions."""
        return tuple(map(str, self.data["region"].values))

    @property
    def method(self) -> str:
        """Which measure this is; two measures are never the same number."""
        return str(self.data.attrs["method"])

    def _known(self, account: str) -> str:
        if account not in self.accounts:
            raise LabelError(
                f"The transfer was not measured for account {account!r}.",
                remedy=choices(account, self.accounts, "accounts") + "; name others in accounts=",
            )
        return account

    def _long(self, arrays: Mapping[str, xr.DataArray]) -> pd.DataFrame:
        """Return arrays in long form: their name, their labels, value and unit."""
        frames = []
        for name, array in arrays.items():
            frame = array.to_series().rename("value").reset_index()
            frame.insert(0, "account", name)
            frames.append(frame.assign(unit=array.attrs["units"]))
        return pd.concat(frames, ignore_index=True)
