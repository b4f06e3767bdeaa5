"""Regional totals of a table on the production and the consumption account."""

from __future__ import annotations

from typing import Literal

import numpy as np

from mrio.errors import LabelError
from mrio.lowcarbon.choices import require_choice
from mrio.measures.footprint import footprint
from mrio.tables import System
from mrio.tables.arrays import Array

Side = Literal["production", "consumption"]
"""Where flows are booked: with the region that causes them, or with the one whose purchases need them."""

MONEY = ("value_added", "output", "final_demand")
"""Money totals that a region has without any account."""


def regional_total(system: System, name: str, side: Side = "production") -> tuple[Array, str]:
    """Return a total of every region (R,) and its unit.

    Parameters
    ----------
    system
        The table.
    name
        An account, or ``"value_added"``, ``"output"`` or ``"final_demand"`` (domestic and imported products).
    side
        ``"production"``: flows of the region's producers; ``"consumption"``: flows anywhere in the table
        along the chains of the region's final purchases, its footprint. Both contain the own flows of the
        region's final users. What is embodied in imports from abroad is in neither.

    Raises
    ------
    LabelError, DataError
        When there is no such account or side, or it has no consumption side.
    """
    require_choice("account", side, Side)
    if name in ("output", "final_demand"):
        if side == "consumption":
            raise LabelError(
                f"{name!r} has no consumption account.", remedy='use account="production" for it'
            )
        if name == "output":
            return np.asarray(system.arrays.x.sum(axis=1)), system.unit
        purchases = system.arrays.Y.sum(axis=(0, 1, 3)) + system.arrays.imports_by_demand.sum(axis=1)
        return np.asarray(purchases), system.unit
    account = system.account(name)
    direct = 0.0 if account.direct_values is None else account.direct_values
    if side == "production":
        return np.asarray(account.values.sum(axis=1) + direct), account.unit
    embodied = footprint(system, name).consumption.sum(["region", "sector"])
    return np.asarray(embodied.to_numpy() + direct), account.unit
