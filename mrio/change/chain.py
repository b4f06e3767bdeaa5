"""Decomposition over a chain of periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd
import xarray as xr

from mrio.change.decomposition import decompose
from mrio.change.result import TOTAL
from mrio.change.stamp import change_scale
from mrio.errors import LabelError
from mrio.results.accounts import long_form
from mrio.results.chain import Chain, chain_dataset, require_same_totals
from mrio.schema import EFFECTS, VALUE_ADDED
from mrio.tables import Deflator, System
from mrio.tables.chain import chain_pairs, periods_of


class DecompositionChain(Chain):
    """Effects of every step of a chain of periods, their sum, and the direct effects from first to last.

    Made by `mrio.decompose_chain` or ``Systems.decompose``.
    """

    kind: ClassVar[str] = "decomposition_chain"

    def effects(self, account: str | None = None) -> xr.DataArray:
        """Return effects (step, effect, region, sector), the direct ones last."""
        return self.by_step(self.account_of(account))

    def table(self, account: str | None = None, region: str | None = None) -> pd.DataFrame:
        """Return effects by step, their sum, the direct effects and the difference.

        Parameters
        ----------
        account
            Name of the account; the first when left out.
        region
            One region; all together when left out.

        Returns
        -------
        DataFrame
            One row an effect and the total change.
        """
        name = self.account_of(account)
        effects, total = self.by_step(name).sum("sector"), self.by_step(name + TOTAL).sum("sector")
        if region is None:
            effects, total = effects.sum("region"), total.sum("region")
        else:
            if region not in effects["region"].values:
                raise LabelError(
                    f"There is no region {region!r}.",
                    remedy=f"regions are {', '.join(map(repr, effects['region'].values))}",
                )
            effects, total = effects.sel(region=region), total.sel(region=region)
        whole = total.expand_dims(effect=["total change"])
        return self.side_by_side(
            xr.concat([effects, whole], dim="effect", coords="minimal", compat="override")
        )

    def summary(self) -> pd.DataFrame:
        """Return the table of every account, all regions together."""
        return self._by_account(self.table, "effect")

    def to_dataframe(self) -> pd.DataFrame:
        """Return all effects in long form: account, step, effect, region, sector, value, unit."""
        return long_form({name: self.data[name] for name in self.accounts})


def decompose_chain(
    systems: Mapping[str, System],
    account: str | Iterable[str] = VALUE_ADDED,
    *,
    order: Sequence[str] | None = None,
    deflator: Deflator | None = None,
    **options: Any,
) -> DecompositionChain:
    """Decompose a change step by step over a chain of periods, and directly from first to last.

    Parameters
    ----------
    systems
        Tables by period, for example `Systems`.
    account
        Name of an account, or several names.
    order
        Periods in the order of the chain; that of `systems` when left out.
    deflator
        Puts both tables of every step into the prices of its first period: a chain in previous-period
        prices. Steps in money are then volumes, each in prices of its own; the direct change is in prices of
        the first period, so their totals differ (those of physical accounts do not). Without it, tables are
        compared in the prices they are in.
    **options
        Options of `mrio.decompose` (`method`, `groups`, `imports`, `exports`, `dependent`); the form is
        additive.

    Returns
    -------
    DecompositionChain
        Effects of each step, their sum, the direct effects, and the difference.

    Raises
    ------
    LabelError, DataError
        When a period is unknown, or there are fewer than three.
    BalanceError
        When steps do not add up to the direct change although prices allow it.

    References
    ----------
    Dietzenbacher, E. and Hoen, A. R. (1999), Environment and Planning A 31, 1695-1703, doi:10.1068/a311695.

    Examples
    --------
    >>> import mrio
    >>> chain = mrio.decompose_chain(mrio.load_example("bth"), "co2")
    >>> chain.table().columns.tolist()[-3:]
    ['sum of steps', 'direct 2007 to 2017', 'direct less sum']
    """
    if "form" in options or "spread" in options:
        raise ValueError("a chain adds effects up: form= and spread= belong to decompose")
    labels, results, pairs = [], [], []
    for label, a, b in chain_pairs(systems, order, deflator):
        labels.append(label)
        pairs.append((a, b))
        results.append(decompose(a, b, account, spread=False, **options))
    periods = periods_of(systems, order)
    direct = results[-1]
    physical = [name for name in direct.accounts if deflator is None or name != VALUE_ADDED]
    gaps = [require_same_totals(results, name + TOTAL, change_scale(*pairs[-1], name)) for name in physical]
    checks = f"steps add up to the direct change: largest gap {max(gaps, default=0.0):.1e}"
    attrs = {
        "periods": "\n".join(periods),
        "accounts": "\n".join(direct.accounts),
        "checks": checks if gaps else "steps are in prices of their own and do not add up in money",
        "prices": "both tables of a step in prices of its first period" if deflator else "as the tables are",
        **provenance_of(systems, periods),
    }
    dataset = chain_dataset(results, labels, f"decompositions of {', '.join(direct.accounts)}", attrs)
    known = [name for name in EFFECTS if name in dataset["effect"].values]
    return DecompositionChain(dataset.sel(effect=known))


def provenance_of(systems: Mapping[str, System], periods: Sequence[str]) -> dict[str, str]:
    """Return the record of every table of the chain, numbered in its order."""
    return {
        f"provenance_{number}": systems[period].provenance.to_json() for number, period in enumerate(periods)
    }
