"""Decomposition of uncertain tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import pandas as pd
import xarray as xr

from mrio.change.result import TOTAL, Decomposition
from mrio.errors import LabelError, choices, require_known
from mrio.results.draws import QUANTILES, Draws, draws_dataset
from mrio.tables import Ensemble, System


class DecompositionDraws(Draws):
    """Effects of every draw of uncertain tables, with quantiles along dim ``draw``.

    Made by `mrio.decompose` of an `mrio.Ensemble`.
    """

    kind: ClassVar[str] = "decomposition_draws"

    def effects(self, account: str | None = None) -> xr.DataArray:
        """Return effects (draw, effect, region, sector)."""
        return self.by_draw(self._account(account))

    def quantiles(
        self, account: str | None = None, region: str | None = None, q: Sequence[float] = QUANTILES
    ) -> pd.DataFrame:
        """Return central value, mean, standard deviation and quantiles of every effect.

        Parameters
        ----------
        account
            Name of the account; the first when left out.
        region
            One region; all together when left out.
        q
            Quantiles between 0 and 1.
        """
        name = self._account(account)
        if region is not None:
            require_known(region, self.data["region"].values, "region")

        def total(values: xr.DataArray) -> xr.DataArray:
            chosen = values if region is None else values.sel(region=[region])
            return chosen.sum(["region", "sector"])

        effects = self.table_of(total, name, q)
        change = self.table_of(lambda values: total(values).expand_dims("whole", -1), name + TOTAL, q)
        change.index = pd.Index(["total change"])
        return pd.concat([effects, change]).rename_axis("effect")

    def summary(self) -> pd.DataFrame:
        """Return the quantiles of every account, all regions together."""
        tables = {
            f"{name} [{self.data[name].attrs['units']}]": self.quantiles(name) for name in self.accounts
        }
        if len(tables) == 1:
            return next(iter(tables.values()))
        return pd.concat(tables, names=["account", "effect"])

    def to_dataframe(self) -> pd.DataFrame:
        """Return effects by region in long form: account, draw, effect, region, value, unit."""
        frames = []
        for name in self.accounts:
            frame = self.effects(name).sum("sector").to_series().rename("value").reset_index()
            frame.insert(0, "account", name)
            frames.append(frame.assign(unit=self.data[name].attrs["units"]))
        return pd.concat(frames, ignore_index=True)

    def _account(self, account: str | None) -> str:
        name = account or self.accounts[0]
        if name not in self.accounts:
            raise LabelError(
                f"The account {name!r} was not decomposed.",
                remedy=choices(name, self.accounts, "accounts"),
            )
        return name


def decompose_draws(
    a: System | Ensemble, b: System | Ensemble, compare: Callable[[System, System], Decomposition]
) -> DecompositionDraws:
    """Decompose every pair of draws (see `mrio.decompose`)."""
    _, dataset = draws_dataset(a, b, compare, lambda name: not name.startswith("flag"))
    return DecompositionDraws(dataset)
