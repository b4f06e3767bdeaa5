"""Step 5: exports and imports of provinces by product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.recipe import labels
from data.recipe.national import National
from data.recipe.sources import Array, YearFacts
from mrio.balancing.capped import Spread, spread_capped

_EXPORT_CEILING = 0.9
"""Largest share of supply that is exported."""
_IMPORT_CEILING = 0.95
"""Largest share of use that is imported."""


@dataclass(frozen=True)
class ForeignTrade:
    """Exports and imports (R, N) [1e8 CNY]."""

    exports: Spread
    imports: Spread


def foreign_trade(facts: YearFacts, nation: National, supply: Array, use: Array) -> ForeignTrade:
    """Spread national exports and imports of each product over provinces.

    Goods (h01 to h22) by customs, exports by domestic origin, imports by domestic destination. Services by
    output (use) times the square root of the openness of the province in goods: customs record the other
    products in part (0 to 57 % of the national exports of culture or information, other products in other
    years), so their shares would be no structure of these services.

    Parameters
    ----------
    facts
        Customs of the year.
    nation
        National exports and imports.
    supply
        Output without inventories and error (R, N): no more than 90 % of it may be exported.
    use
        Use of any origin (R, N): no more than 95 % of it may be imported.
    """
    exports = spread_capped(_weights(facts.exports, supply), nation.exports, _EXPORT_CEILING * supply)
    imports = spread_capped(_weights(facts.imports, use), nation.imports, _IMPORT_CEILING * use)
    return ForeignTrade(exports, imports)


def _weights(customs: Array, size: Array) -> Array:
    """Return the weights of provinces for each product (R, N)."""
    goods = slice(0, labels.GOODS)
    openness = customs[:, goods].sum(axis=1) / size[:, goods].sum(axis=1)
    weights = size * np.sqrt(openness)[:, None]
    weights[:, goods] = customs[:, goods]
    return weights
