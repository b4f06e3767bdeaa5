"""Results by account: their names, their tables and the long form that all of them have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import xarray as xr

from mrio.errors import LabelError
from mrio.results.base import Result


class AccountResult(Result):
    """Base of results by account; names stand in the attribute ``accounts``, one a line."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Names of the accounts."""
        return tuple(str(self.data.attrs["accounts"]).split("\n"))

    def account_of(self, account: str | None = None) -> str:
        """Return the account asked for, the first where none was named.

        Raises
        ------
        LabelError
            When the result has no such account.
        """
        if account is None:
            return self.accounts[0]
        if account not in self.accounts:
            raise LabelError(
                f"This result was not made for account {account!r}.",
                where=self.title,
                remedy=f"accounts are {', '.join(map(repr, self.accounts))}; name others when it is made",
            )
        return account

    def _by_account(self, table: Callable[[str], pd.DataFrame], rows: str) -> pd.DataFrame:
        """Return one table an account, stacked above each other; `rows` says what their rows are."""
        tables = {f"{name} [{self.data[name].attrs['units']}]": table(name) for name in self.accounts}
        if len(tables) == 1:
            return next(iter(tables.values()))
        return pd.concat(tables, names=["account", rows])


def long_form(arrays: Mapping[str, xr.DataArray], what: str = "account") -> pd.DataFrame:
    """Return arrays in long form: their name in a column `what`, one column a dim, value, unit."""
    frames = []
    for name, values in arrays.items():
        frame = values.to_series().rename("value").reset_index()
        frame.insert(0, what, name)
        frames.append(frame.assign(unit=values.attrs["units"]))
    together = pd.concat(frames, ignore_index=True)
    last = ["value", "unit"]
    return together[[*(column for column in together.columns if column not in last), *last]]
