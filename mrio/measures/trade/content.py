"""Value added in trade: whose value is in exports, who absorbs whose value, vertical specialisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from mrio import plotting
from mrio.measures.measure import Measure, Sheet, as_table
from mrio.measures.partition import Groups
from mrio.measures.trade.flows import Trade, trade_of, warn_unaccounted
from mrio.results import require_adding_up
from mrio.tables import System
from mrio.tables.arrays import Array
from mrio.tables.systems import require_table


def value_added_trade(system: System, groups: Groups | None = None) -> ValueAddedTrade:
    """Measure trade in value added between regions, or groups of regions, and with abroad.

    With V_t the value added of t per unit of output: the content of t in the exports E_s of s is
    ``V_t L_ts E_s``, domestic for t = s and foreign otherwise (vertical specialisation, VS); what s adds and
    d absorbs is ``V_s L Y_d`` [1]_ (value-added exports, VAX, for d other than s). The vertical
    specialisation of Hummels, Ishii and Yi [2]_ counts imported inputs whoever made them,
    ``E_s - V_s (I - A_ss)^-1 E_s``.

    Parameters
    ----------
    system
        The table.
    groups
        Groups of regions that trade as one, for example ``{"BTH": ["Beijing", "Tianjin", "Hebei"]}``; trade
        inside a group is no export.

    Returns
    -------
    ValueAddedTrade
        All in money.

    Raises
    ------
    LabelError
        When a group names an unknown region.
    BalanceError
        When contents do not add up to exports, or absorption to value added, within 1e-9.

    Warns
    -----
    DataWarning
        When columns do not balance; the gap becomes an origin of its own.

    Notes
    -----
    Exports abroad are absorbed abroad: the table does not know what returns from there. Imports are value of
    origin abroad. Stock changes and the discrepancy are absorbed where the product is made.

    References
    ----------
    .. [1] Johnson, R. C. and Noguera, G. (2012), Journal of International Economics 86(2), 224-236,
       doi:10.1016/j.jinteco.2011.10.003.
    .. [2] Hummels, D., Ishii, J. and Yi, K.-M. (2001), Journal of International Economics 54(1), 75-96,
       doi:10.1016/S0022-1996(00)00093-3.

    Examples
    --------
    >>> import mrio
    >>> trade = mrio.value_added_trade(mrio.load_example("illustrative")["1"])
    >>> "VAX ratio [1]" in trade.summary()
    True
    """
    require_table(system)
    trade = trade_of(system, groups)
    warn_unaccounted(trade.origins, trade.costs, trade.x)
    embodied = trade.embodied()
    exports, G = trade.exports, len(trade.parts.names)
    members = trade.parts.indicator
    content = np.einsum("on,gn,nd->ogd", embodied, members, exports, optimize=True)
    absorbed = embodied @ trade.demand
    sheet = Sheet(
        origin=trade.origins,
        from_region=trade.parts.names,
        to_region=trade.destinations,
        region=system.regions,
        sector=system.sectors,
    )
    money, base = system.unit, ("region", "sector")
    sheet.put("exports", members @ exports, ("from_region", "to_region"), money, "gross exports")
    text = "value of each origin in gross exports"
    sheet.put("content", content, ("origin", "from_region", "to_region"), money, text)
    by_sector = embodied * exports.sum(axis=1)
    sheet.put("content_by_sector", by_sector, ("origin", *base), money, f"{text}, by exporting sector")
    text = "value of each origin absorbed by final demand"
    sheet.put("absorbed", absorbed, ("origin", "to_region"), money, text)
    local = trade.inside.solve_left(trade.value)
    value = members @ (local * exports.sum(axis=1))
    text = "value added along chains inside the exporting group"
    sheet.put("local_value_added", value, ("from_region",), money, text)
    gaps = _adding_up(trade, content, absorbed)
    return ValueAddedTrade(
        sheet.dataset(
            system,
            "Value added in trade",
            "contents of all origins add up to gross exports; absorption at home, elsewhere and abroad adds "
            "up to the value added of each group; VAX and gross exports do not add up to each other",
            f"contents and exports: gap {gaps[0]:.1e}; absorption and value added: gap {gaps[1]:.1e}",
            groups="\n".join(trade.parts.names),
            n_groups=G,
        )
    )


def _adding_up(trade: Trade, content: Array, absorbed: Array) -> tuple[float, float]:
    """Compare contents with exports, and absorption with what each origin gives."""
    exports = trade.parts.indicator @ trade.exports
    scale = float(np.abs(exports).sum()) or 1.0
    first = require_adding_up(
        content.sum(axis=0), exports, scale, "contents of all origins and gross exports"
    )
    given = trade.costs @ trade.x
    scale = float(np.abs(given).sum())
    return first, require_adding_up(absorbed.sum(axis=1), given, scale, "absorption and value added")


class ValueAddedTrade(Measure):
    """Contents of exports, and who absorbs whose value added. Made by `mrio.value_added_trade`."""

    kind: ClassVar[str] = "value_added_trade"
    main: ClassVar[str] = "content"

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups."""
        return tuple(map(str, self.data["from_region"].values))

    def summary(self) -> pd.DataFrame:
        """Return exports, contents, value-added exports and ratios of each group.

        Returns
        -------
        DataFrame
            ``domestic content`` and ``foreign content`` (VS) add up to ``exports``; ``VS1``: own value in the
            exports of others; ``VS (Hummels)``: imported inputs whoever made them; ``VAX``: own value
            absorbed by others; ratios over exports.
        """
        unit = self.unit("content")
        exports = self.data["exports"].sum("to_region").values
        content = self.data["content"].sum("to_region").transpose("origin", "from_region").values
        absorbed = self.data["absorbed"].transpose("origin", "to_region").values
        G = len(self.groups)
        own, home = np.diag(content[:G]), np.diag(absorbed[:G, :G])
        vax = absorbed[:G].sum(axis=1) - home
        columns = {
            f"exports [{unit}]": exports,
            f"domestic content [{unit}]": own,
            f"foreign content, VS [{unit}]": content.sum(axis=0) - own,
            f"VS1 [{unit}]": content[:G].sum(axis=1) - own,
            f"VS (Hummels) [{unit}]": exports - self.data["local_value_added"].values,
            f"VAX [{unit}]": vax,
            "VS share [1]": _ratio(content.sum(axis=0) - own, exports),
            "VAX ratio [1]": _ratio(vax, exports),
        }
        return pd.DataFrame(columns, index=pd.Index(self.groups, name="region"))

    def balance(self) -> pd.DataFrame:
        """Return the trade balance of each pair in gross flows and in value added.

        Returns
        -------
        DataFrame
            ``gross`` and ``value added``: exports less imports of the region with the partner.
        """
        gross = self._pairs(self.data["exports"])
        value = self._pairs(self.data["absorbed"])
        unit = self.unit("content")
        columns = {f"gross [{unit}]": gross - gross.T, f"value added [{unit}]": value - value.T}
        table = pd.DataFrame({name: part.stack() for name, part in columns.items()})
        table.index.names = ["region", "partner"]
        regions, partners = (table.index.get_level_values(level) for level in (0, 1))
        return table[regions != partners]

    def _pairs(self, values: Any) -> pd.DataFrame:
        """Return the part of an array between groups as a square table."""
        square = values.values[: len(self.groups), : len(self.groups)]
        return pd.DataFrame(square, index=list(self.groups), columns=list(self.groups))

    @property
    def plot(self) -> ValueAddedTradePictures:
        """Pictures: ``plot.content()``, ``plot.absorbed()``."""
        return ValueAddedTradePictures(self)


def _ratio(part: Array, whole: Array) -> Array:
    """Return part over whole, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole != 0)


@dataclass(frozen=True)
class ValueAddedTradePictures:
    """Pictures of value added in trade; every method takes ``ax=`` and returns Axes."""

    trade: ValueAddedTrade

    def content_data(self) -> pd.DataFrame:
        """Return the content of exports: exporting group (rows) by origin of the value."""
        return as_table(self.trade.data["content"].sum("to_region"), "from_region", "origin")

    def content(self, ax: Any | None = None) -> Any:
        """Draw the exports of each group, stacked by the origin of their value."""
        title = f"Origin of the value in exports, {self.trade.data.attrs['period']}"
        ax = plotting.stacked_bars(self.content_data(), self.trade.unit("content"), title, ax)
        plotting.small_print(ax, self.trade.small_print)
        return ax

    def absorbed_data(self) -> pd.DataFrame:
        """Return value added by group that adds it (rows) and destination that absorbs it."""
        groups = list(self.trade.groups)
        return as_table(self.trade.data["absorbed"].sel(origin=groups), "origin", "to_region")

    def absorbed(self, ax: Any | None = None) -> Any:
        """Draw who absorbs whose value added as a heat map."""
        title = f"Value added by who absorbs it, {self.trade.data.attrs['period']}"
        ax = plotting.heat_map(self.absorbed_data(), self.trade.unit("absorbed"), title, ax)
        plotting.small_print(ax, self.trade.small_print)
        return ax
