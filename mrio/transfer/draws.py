"""Transfer between uncertain tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import pandas as pd
import xarray as xr

from mrio.results.draws import QUANTILES, Draws, draws_dataset
from mrio.tables import Ensemble, System
from mrio.transfer.base import side, tables_by_region
from mrio.transfer.result import DIRECT, IMPACT, Transfer

_PAIR = ("from_region", "to_region")


class TransferDraws(Draws):
    """Transfers of every draw of uncertain tables, with quantiles along dim ``draw``.

    Effects by affected sector are not kept. Made by `mrio.measure_transfer` of an `mrio.Ensemble`.
    """

    kind: ClassVar[str] = "transfer_draws"

    @property
    def direct(self) -> xr.DataArray:
        """Transferred production (draw, use, from_region, to_region, sector)."""
        return self.by_draw(DIRECT)

    def impact(self, account: str) -> xr.DataArray:
        """Return effects on each region (draw, use, region, from_region, to_region, sector)."""
        return self.by_draw(IMPACT + self.account_of(account))

    def quantiles(
        self, account: str | None = None, way: str = "net", q: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Return central value, mean, standard deviation and quantiles, one row a region.

        Parameters
        ----------
        account
            Effects of all transfers on this account; transferred production when left out.
        way
            ``"in"``, ``"out"`` or ``"net"`` of transferred production.
        q
            Quantiles between 0 and 1.
        """
        if account is not None:
            return self.table_of(
                lambda values: values.sum(["use", "sector", *_PAIR]), IMPACT + self.account_of(account), q
            )
        return self.table_of(lambda values: side(values, way), DIRECT, q)

    def summary(self) -> pd.DataFrame:
        """Return quantiles of net transfers and of effects on every account, one row a region."""
        impacts = {account: self.impact(account) for account in self.accounts}
        return tables_by_region(self.direct, impacts, self.quantiles)

    def to_dataframe(self) -> pd.DataFrame:
        """Return transferred production in long form, one row a draw, use, pair and product."""
        return self.direct.to_series().rename("value").reset_index()


def measure_draws(
    a: System | Ensemble, b: System | Ensemble, compare: Callable[[System, System], Transfer]
) -> TransferDraws:
    """Measure transfer between every pair of draws (see `mrio.measure_transfer`)."""
    _, dataset = draws_dataset(a, b, compare, lambda name: name == DIRECT or name.startswith(IMPACT))
    return TransferDraws(dataset)
