"""Step 8: trade between provinces by product, own supply on the diagonal.

Supply to China S = x - E - h and use of domestic products DD of all provinces add up to the same total by
construction, so with own supply on the diagonal no margin can fail. The net flow of a province is decided by
S and DD alone; the diagonal decides gross flows, and the prior who trades with whom.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from data.recipe import labels
from data.recipe.choices import Choices
from data.recipe.national import National
from data.recipe.provincial_2007 import Structure
from data.recipe.sources import Array, pivot
from mrio.balancing.balance import Balanced
from mrio.building import trade

_CEILING = 0.999
"""Largest share of supply or use that a province keeps to itself, so that it trades at all."""
_EARTH_RADIUS = 6371.0
_NAMES = (labels.PROVINCES, labels.CODES)


def read_distance(root: Path) -> Array:
    """Return distances between provinces (R, R) [km]; the diagonal is not used.

    Mean great-circle distances between prefectures, weighted by population; for Tibet, which is not in the
    file, between its capital and the others.
    """
    path = root / "facts" / "distance_provinces.csv"
    frame = pd.read_csv(path, encoding="utf-8").rename(columns={"origin": "region", "km": "value"})
    distance = pivot(frame, "destination", labels.PROVINCES, path.name, empty=0.0)
    distance[labels.TIBET] = distance[:, labels.TIBET] = _great_circle(labels.capitals(), labels.TIBET)
    return distance


def _great_circle(degrees: Array, origin: int) -> Array:
    """Return great-circle distances from one place to all [km]."""
    latitude, longitude = np.radians(degrees).T
    along = np.cos(latitude) * np.cos(latitude[origin]) * np.cos(longitude - longitude[origin])
    across = np.sin(latitude) * np.sin(latitude[origin])
    return _EARTH_RADIUS * np.arccos(np.clip(across + along, -1.0, 1.0))


def own_supply(supply: Array, use: Array, structure: Structure, nation: National, choices: Choices) -> Array:
    """Return what each province supplies to itself (R, N).

    ``max`` and ``geometric`` combine what the official outflow leaves of supply and what the official inflow
    leaves of use in 2007. ``charm`` takes cross-hauling between provinces to be as large, relative to supply
    and use, as that of the nation with abroad.

    Parameters
    ----------
    supply, use
        S and DD (R, N).
    structure, nation, choices
        Official own shares, national exports and imports, and the rule.
    """
    if choices.own_supply == "charm":
        domestic_use = nation.Z.sum(axis=1) + nation.F.sum(axis=1)
        mixed = trade.heterogeneity(nation.x, domestic_use, nation.exports, nation.imports)
        outflow, _ = trade.charm(supply, use, mixed)
        return np.clip(supply - outflow, 0.0, _CEILING * np.minimum(supply, use))
    shares = structure.own_supply, structure.own_demand
    return trade.own_supply(supply, use, *shares, rule=choices.own_supply, ceiling=_CEILING)


def trade_2007(supply: Array, use: Array, own: Array, distance: Array, exponent: float) -> Balanced:
    """Return trade of 2007 (N, from R, to R): own supply as given, the rest balanced from a gravity prior."""
    prior = trade.gravity(supply - own, use - own, distance, exponent)
    return trade.fit_trade(supply, use, own, prior, labels=_NAMES)


def later_trade(base: Array, supply: Array, use: Array) -> Balanced:
    """Return trade of a later year (N, from R, to R): that of 2007 balanced to the new supply and use."""
    return trade.update_trade(base, supply, use, labels=_NAMES)
