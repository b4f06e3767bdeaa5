"""Decomposition of uncertain tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import pandas as pd
import xarray as xr

from mrio.change.result import TOTAL, Decomposition
from mrio.errors import LabelError
from mrio.results.accounts import long_form
from mrio.results.draws import QUANTILES, Draws, draws_dataset
from mrio.tables import Ensemble, System


class DecompositionDraws(Draws):
    """Effects of every draw of uncertain tables, with quantiles along dim ``draw``.

    Made by `mrio.decompose` of an `mrio.Ensemble`.
    """

    kind: ClassVar[str] = "decomposition_draws"

    def effects(self, account: str | None = None) -> xr.DataArray:
        """Return effects (draw, effect, region, sector)."""
        return self.by_draw(self.account_of(account))

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
        name = self.account_of(account)
        known = [str(label) for label in self.data["region"].values]
        if region is not None and region not in known:
            raise LabelError(
                f"There is no region {region!r}.", remedy=f"regions are {', '.join(map(repr, known))}"
            )

        def total(values: xr.DataArray) -> xr.DataArray:
            chosen = values if region is None else values.sel(region=[region])
            return chosen.sum(["region", "sector"])

        effects = self.table_of(total, name, q)
        change = self.table_of(lambda values: total(values).expand_dims("whole", -1), name + TOTAL, q)
        change.index = pd.Index(["total change"])
        return pd.concat([effects, change]).rename_axis("effect")

    def summary(self) -> pd.DataFrame:
        """Return the quantiles of every account, all regions together."""
        return self._by_account(self.quantiles, "effect")

    def to_dataframe(self) -> pd.DataFrame:
        """Return effects by region in long form: account, draw, effect, region, value, unit."""
        return long_form({name: self.effects(name).sum("sector", keep_attrs=True) for name in self.accounts})


def decompose_draws(
    a: System | Ensemble, b: System | Ensemble, compare: Callable[[System, System], Decomposition]
) -> DecompositionDraws:
    """Decompose every pair of draws (see `mrio.decompose`)."""
    _, dataset = draws_dataset(a, b, compare, lambda name: not name.startswith("flag"))
    return DecompositionDraws(dataset)
