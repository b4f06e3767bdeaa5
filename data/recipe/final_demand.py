"""Step 4: final demand of provinces by product and category, without changes of inventories."""

from __future__ import annotations

import numpy as np

from data.recipe import labels
from data.recipe.sources import Array
from mrio.balancing.balance import Balanced, ras


def mix_prior(own: Array, national: Array, year: int, beijing: Array | None) -> Array:
    """Return the product mix each province is expected to have (R, N, K), columns add to 1.

    2007: its own official mix. Later: the plain mean of the national mix of the year and its own of 2007,
    which came closest to Beijing's official rows of 2012 and 2017. Beijing itself then takes its printed
    rows; products not printed share the rest by the same mean.

    Parameters
    ----------
    own
        Official mix of 2007 (R, N, K).
    national
        National final uses of the year (N, K).
    year
        The year.
    beijing
        Printed shares of Beijing (N, K) with NaN where not printed, or None.
    """
    if year == 2007:
        return own
    mix = (own + national / national.sum(axis=0)) / 2
    if beijing is not None:
        at = labels.BEIJING
        printed = np.isfinite(beijing)
        known = np.where(printed, beijing, 0.0)
        others = np.where(printed, 0.0, mix[at])
        mix[at] = known + others * (1 - known.sum(axis=0)) / others.sum(axis=0)
    return mix


def final_demand(mix: Array, controls: Array, national: Array) -> Balanced:
    """Return final demand of any origin as (K, R, N): national product totals, balanced provincial totals.

    Parameters
    ----------
    mix
        Expected product mix (R, N, K).
    controls
        Balanced final demand by category (R, K); shares between provinces are taken from it.
    national
        National final uses (N, K).
    """
    totals = controls / controls.sum(axis=0) * national.sum(axis=0)
    prior = (mix * totals[:, None, :]).transpose(2, 0, 1)
    names = (labels.DEMAND, labels.PROVINCES, labels.CODES)
    return ras(prior, totals.T, national.T, labels=names)
