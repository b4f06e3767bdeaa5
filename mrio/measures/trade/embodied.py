"""Accounts embodied in trade, both ways: in gross bilateral exports (EEBT), in final consumption (MRIO)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.measures.measure import Intensities, Measure, Sheet, as_table, intensities, require_accounts
from mrio.measures.partition import Groups
from mrio.measures.trade.flows import Trade, trade_of
from mrio.tables import System
from mrio.tables.arrays import Array
from mrio.tables.systems import require_table

METHODS: Final = ("eebt", "mrio")

ADDS_UP: Final = (
    "both methods add up over destinations, home included, to what each region emits or uses itself (its "
    "production account). Over origins, only mrio adds up to what the consumption of a region causes (its "
    "consumption account, without imports from abroad); eebt adds up to the content of its gross imports "
    "that arises in their last seller, what is passed on to others included"
)


def embodied_trade(
    system: System, accounts: str | Iterable[str] | None = None, groups: Groups | None = None
) -> EmbodiedTrade:
    """Measure what of an account is embodied in trade between regions, by both accepted ways side by side.

    EEBT (emissions embodied in bilateral trade): ``f_r (I - A_rr)^-1 e_rs``, e_rs being the gross exports of
    r to s, intermediate and final: whose border is crossed first. MRIO: ``f_r L_r. y_.s``: whose consumption
    is served in the end, through whatever regions [1]_.

    Parameters
    ----------
    system
        The table.
    accounts
        Names of accounts; all when left out.
    groups
        Groups of regions that trade as one.

    Returns
    -------
    EmbodiedTrade
        Flows from region to region, home and abroad included, in the unit of each account.

    Raises
    ------
    LabelError, DataError
        When an account or region is unknown.
    BalanceError
        When a method does not add up to production within 1e-9.

    Notes
    -----
    Final users' own flows are no trade and are left out. What imports from abroad embody is not in the table.

    References
    ----------
    .. [1] Peters, G. P. (2008), Ecological Economics 65(1), 13-23, doi:10.1016/j.ecolecon.2007.10.014. Su, B.
       and Ang, B. W. (2011), Ecological Economics 71, 42-53, doi:10.1016/j.ecolecon.2011.08.012.

    Examples
    --------
    >>> import mrio
    >>> flows = mrio.embodied_trade(mrio.load_example("illustrative")["1"], "co2")
    >>> flows.balance("co2").columns.tolist()
    ['eebt', 'mrio']
    """
    require_table(system)
    asked = intensities(system, accounts, system.account_names)
    trade = trade_of(system, groups)
    flows = np.stack([bilateral_content(trade, asked.per_output), absorbed_content(trade, asked.per_output)])
    sheet = Sheet(
        account=asked.names,
        approach=METHODS,
        from_region=trade.parts.names,
        to_region=trade.destinations,
    )
    dims = ("account", "approach", "from_region", "to_region")
    text = "account that arises in one region for trade with, or consumption of, another"
    sheet.put("flow", flows.swapaxes(0, 1), dims, asked.units, text)
    gap = _adding_up(flows, trade, asked)
    return EmbodiedTrade(
        sheet.dataset(
            system,
            f"Trade embodying {', '.join(asked.names)}",
            ADDS_UP,
            f"both methods against production accounts: largest gap {gap:.1e}",
            groups="\n".join(trade.parts.names),
        )
    )


def _adding_up(flows: Array, trade: Trade, asked: Intensities) -> float:
    """Compare both methods with the production accounts of the groups."""
    production = asked.flows @ trade.parts.indicator.T
    return max(
        require_accounts(part.sum(axis=2), production, f"{method} and production")
        for method, part in zip(METHODS, flows, strict=True)
    )


def bilateral_content(trade: Trade, per_output: Array) -> Array:
    """Return ``f_r (I - A_rr)^-1 e_rs``, with final use at home on the diagonal, (M, G, D).

    Parameters
    ----------
    trade
        Trade between G groups with D destinations, n rows.
    per_output
        Intensities (M, n).
    """
    local = trade.inside.solve_left(per_output)
    sold = trade.exports + trade.demand * trade.home
    return np.asarray(np.einsum("mn,gn,nd->mgd", local, trade.parts.indicator, sold, optimize=True))


def absorbed_content(trade: Trade, per_output: Array) -> Array:
    """Return ``f_r L_r. y_.s``, (M, G, D).

    Parameters
    ----------
    trade
        Trade between G groups with D destinations, n rows.
    per_output
        Intensities (M, n).
    """
    output = np.asarray(trade.op.solve(trade.demand))
    return np.asarray(np.einsum("mn,gn,nd->mgd", per_output, trade.parts.indicator, output, optimize=True))


class EmbodiedTrade(Measure):
    """Accounts embodied in trade by both methods. Made by `mrio.embodied_trade`."""

    kind: ClassVar[str] = "embodied_trade"
    main: ClassVar[str] = "flow"

    def table(self, account: str | None = None, method: str = "mrio") -> pd.DataFrame:
        """Return the flows of one method: from region (rows) to region."""
        flow = self.of("flow", account).sel(approach=self.known("approach", method))
        return as_table(flow, "from_region", "to_region")

    def balance(self, account: str | None = None) -> pd.DataFrame:
        """Return embodied exports less embodied imports of each region by both methods, abroad left out."""
        columns = {}
        for method in METHODS:
            table = self.table(account, method)
            square = table.to_numpy()[:, : len(table)]
            columns[method] = square.sum(axis=1) - square.sum(axis=0)
        return pd.DataFrame(columns, index=table.index.rename("region"))

    def summary(self, account: str | None = None) -> pd.DataFrame:
        """Return home use, exports, imports and totals of each region by both methods.

        Returns
        -------
        DataFrame
            Columns (method, ...): ``home`` and ``exports`` add up to ``production``; ``home`` and ``imports``
            to ``consumption``, which is the consumption account for ``mrio`` only.
        """
        parts = {}
        for method in METHODS:
            table = self.table(account, method)
            values = table.to_numpy()
            G = len(values)
            home = np.diag(values[:, :G])
            parts[method] = pd.DataFrame(
                {
                    "home": home,
                    "exports": values.sum(axis=1) - home,
                    "imports": values[:, :G].sum(axis=0) - home,
                    "production": values.sum(axis=1),
                    "consumption": values[:, :G].sum(axis=0),
                },
                index=table.index.rename("region"),
            )
        unit = self.unit("flow", account or self.accounts[0])
        return pd.concat(parts, axis=1, names=["method", f"[{unit}]"])

    @property
    def plot(self) -> EmbodiedPictures:
        """Pictures: ``plot.flows(account, method)``, ``plot.balance(account)``."""
        return EmbodiedPictures(self)


@dataclass(frozen=True)
class EmbodiedPictures:
    """Pictures of embodied trade; every method takes ``ax=`` and returns Axes."""

    embodied: EmbodiedTrade

    def flows_data(self, account: str | None = None, method: str = "mrio") -> pd.DataFrame:
        """Return the flows between regions with what stays at home set to zero."""
        table = self.embodied.table(account, method)
        return table.mask(np.eye(*table.shape, dtype=bool), 0.0)

    def flows(self, account: str | None = None, method: str = "mrio", ax: Any | None = None) -> Any:
        """Draw the flows of one method as a heat map."""
        name = account or self.embodied.accounts[0]
        title = f"{name} embodied in trade, {method.upper()}, {self.embodied.data.attrs['period']}"
        ax = plotting.heat_map(self.flows_data(name, method), self.embodied.unit("flow", name), title, ax)
        plotting.small_print(ax, self.embodied.small_print)
        return ax

    def balance_data(self, account: str | None = None) -> pd.DataFrame:
        """Return embodied exports less embodied imports of each region, one column a method."""
        return self.embodied.balance(account).rename(columns=str.upper)

    def balance(self, account: str | None = None, ax: Any | None = None) -> Any:
        """Draw what each region embodies in its exports less in its imports, by both methods."""
        name = account or self.embodied.accounts[0]
        title = f"{name} embodied in exports less imports, {self.embodied.data.attrs['period']}"
        unit = self.embodied.unit("flow", name)
        ax = plotting.grouped_bars(self.balance_data(name), unit, title, ax)
        plotting.small_print(ax, self.embodied.small_print)
        return ax
