"""Transfer over a chain of periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd
import xarray as xr

from mrio.change.chain import provenance_of
from mrio.results.chain import Chain, chain_dataset
from mrio.tables import Deflator, System
from mrio.tables.chain import chain_pairs, periods_of
from mrio.transfer.base import side, tables_by_region
from mrio.transfer.measure import measure_transfer
from mrio.transfer.result import AFFECTED, DIRECT, IMPACT

_PAIR = ("from_region", "to_region")


class TransferChain(Chain):
    """Transfers of every step of a chain of periods, their sum, and the direct transfers from first to last.

    Production that left a region and came back moves twice in the steps and not at all directly. Made by
    `mrio.measure_transfer_chain` or ``Systems.measure_transfer``.
    """

    kind: ClassVar[str] = "transfer_chain"

    @property
    def transferred(self) -> xr.DataArray:
        """Transferred production (step, use, from_region, to_region, sector), the direct ones last."""
        return self.by_step(DIRECT)

    def impact(self, account: str) -> xr.DataArray:
        """Return effects on each region (step, use, region, from_region, to_region, sector)."""
        return self.by_step(IMPACT + self.account_of(account))

    def affected(self, account: str) -> xr.DataArray:
        """Return effects by affected sector (step, use, part, region, sector)."""
        return self.by_step(AFFECTED + self.account_of(account))

    def table(self, account: str | None = None, way: str = "net") -> pd.DataFrame:
        """Return steps, their sum, the direct result and the difference, one row a region.

        Parameters
        ----------
        account
            Effects of all transfers on this account; transferred production when left out.
        way
            ``"in"``, ``"out"`` or ``"net"`` of transferred production.
        """
        if account is not None:
            return self.side_by_side(self.impact(account).sum(["use", "sector", *_PAIR]))
        return self.side_by_side(side(self.transferred, way))

    def summary(self) -> pd.DataFrame:
        """Return net transfers and effects on every account, one row a region."""
        impacts = {account: self.impact(account) for account in self.accounts}
        return tables_by_region(self.transferred, impacts, self.table)

    def to_dataframe(self) -> pd.DataFrame:
        """Return transferred production in long form, one row a step, use, pair and product."""
        return self.transferred.to_series().rename("value").reset_index()


def measure_transfer_chain(
    systems: Mapping[str, System],
    block: Sequence[str] | None = None,
    accounts: str | Iterable[str] | None = None,
    *,
    order: Sequence[str] | None = None,
    deflator: Deflator | None = None,
    **options: Any,
) -> TransferChain:
    """Measure transfer by sourcing step by step over a chain of periods, and directly from first to last.

    Parameters
    ----------
    systems
        Tables by period, for example `Systems`.
    block, accounts
        As in `mrio.measure_transfer`.
    order
        Periods in the order of the chain; that of `systems` when left out.
    deflator
        Puts both tables of every step into the prices of its first period, as in `mrio.decompose_chain`.
    **options
        Further options of `mrio.measure_transfer` with ``method="sourcing"``.

    Returns
    -------
    TransferChain
        Transfers of each step, their sum, the direct ones, and the difference.

    Raises
    ------
    LabelError, DataError
        When a period is unknown, or there are fewer than three.

    Examples
    --------
    >>> import mrio
    >>> chain = mrio.measure_transfer_chain(mrio.load_example("bth"), accounts="co2")
    >>> chain.table().columns.tolist()
    ['2007 to 2012', '2012 to 2017', 'sum of steps', 'direct 2007 to 2017', 'direct less sum']
    """
    if options.get("method", "sourcing") != "sourcing":
        raise ValueError("a chain adds transfers by sourcing up; other measures compare two tables")
    labels, results = [], []
    for label, a, b in chain_pairs(systems, order, deflator):
        labels.append(label)
        results.append(measure_transfer(a, b, block, accounts, **options))
    periods = periods_of(systems, order)
    attrs = {
        "periods": "\n".join(periods),
        "checks": "; ".join(
            f"{label}: {result.data.attrs['checks']}" for label, result in zip(labels, results, strict=True)
        ),
        "prices": "both tables of a step in prices of its first period" if deflator else "as the tables are",
        **provenance_of(systems, periods),
    }
    return TransferChain(chain_dataset(results, labels, "industrial transfers", attrs))
