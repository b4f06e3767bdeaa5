"""Origins of the purchases of a new year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from mrio.balancing.balance import gras
from mrio.building.base_year import BaseYear, UpdateRule, fit_numbers
from mrio.errors import BalanceError
from mrio.provenance import Provenance
from mrio.tables.arrays import ratio

Array = npt.NDArray[np.float64]


def fit_sourcing(
    base: BaseYear,
    domestic: Array,
    known: Mapping[str, Array],
    rule: UpdateRule,
    provenance: Provenance,
) -> tuple[Array, Provenance]:
    """Return purchases by origin (N, R, R, N + K): base-year sourcing fitted to supply and purchases."""
    N, R, _, U = base.purchases.shape
    supply = _supply(base, known).T
    anyone = ratio(supply, supply.sum(axis=1, keepdims=True))[:, :, None, None]
    trade = base.purchases.sum(axis=3, keepdims=True)
    usual = np.where(trade.any(axis=1, keepdims=True), ratio(trade, trade.sum(axis=1, keepdims=True)), anyone)
    bought = base.purchases.sum(axis=1, keepdims=True)
    shares = np.where(bought != 0, ratio(base.purchases, bought), usual)
    wanted = domestic.transpose(1, 0, 2)
    prior = (shares + rule.opening * anyone) * wanted[:, None]
    users = [f"{region} | {user}" for region in base.regions for user in base.users]
    fitted = gras(
        prior.reshape(N, R, R * U),
        supply,
        wanted.reshape(N, R * U),
        labels=(base.sectors, base.regions, users),
    )
    provenance = provenance.with_step(
        "fitted sourcing of the base year to supply and use", opening=rule.opening, **fit_numbers(fitted)
    )
    return fitted.matrix.reshape(N, R, R, U), provenance


def _supply(base: BaseYear, known: Mapping[str, Array]) -> Array:
    """Return supply to the country (R, N), or raise where it is negative."""
    parts = known["exports"] + known["stock_change"] + known["discrepancy"]
    supply = known["x"] - parts
    bad = supply < -1e-9 * np.maximum(known["x"], np.abs(parts))
    if bad.any():
        places = np.argwhere(bad).tolist()
        table = pd.DataFrame(
            {
                "region": [base.regions[r] for r, _ in places],
                "sector": [base.sectors[i] for _, i in places],
                "output": known["x"][bad],
                "exports, inventories and discrepancy": parts[bad],
            }
        )
        raise BalanceError(
            "Exports, inventories and discrepancy are more than output.",
            where=f"{table['region'].iloc[0]} | {table['sector'].iloc[0]}"
            + (f" and {len(table) - 1} more" if len(table) > 1 else ""),
            amount=f"{parts[bad][0]:.8g} of {known['x'][bad][0]:.8g}",
            remedy="cap exports below output and move the excess to other regions (see building.capped)",
            table=table,
        )
    return np.maximum(supply, 0.0)
