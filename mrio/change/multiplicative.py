"""Effects that multiply: each factor changes the total of a region by a ratio.

The multiplicative form is the additive one of ``ln Q``, with Q the total of a region: the geometric mean over
orders of the factors instead of the arithmetic one. For LMDI it is ``exp(effect / lm(Q1, Q0))``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mrio.change.shares import Array
from mrio.errors import DataError
from mrio.logmean import log_mean


def lmdi_logarithms(effects: Array, first: Array, second: Array) -> Array:
    """Return ``effect / lm(Q1, Q0)``, the logarithms of multiplicative LMDI effects, (..., effects, totals).

    Parameters
    ----------
    effects
        Additive effects on the totals (..., effects, totals).
    first, second
        The totals in both periods (..., totals).
    """
    return np.asarray(effects / log_mean(first, second)[..., np.newaxis, :])


def require_positive(totals: Array, names: tuple[str, ...], regions: tuple[str, ...]) -> None:
    """Raise unless all totals are positive, because ratios and logarithms exist of positive numbers only.

    Parameters
    ----------
    totals
        Totals in every coalition of factors (accounts, coalitions, R + 1), those of all regions last.
    names, regions
        Names of the accounts and labels of the regions.

    Raises
    ------
    DataError
        With the accounts and regions.
    """
    lowest = totals.min(axis=1)
    if (lowest > 0).all():
        return
    labels = (*regions, "all regions")
    rows = [(names[m], labels[r], lowest[m, r]) for m, r in np.argwhere(lowest <= 0)]
    table = pd.DataFrame(rows, columns=["account", "region", "smallest total"])
    raise DataError(
        "Effects cannot multiply: some totals are zero or negative, in the tables or with factors of both.",
        where="; ".join(f"{row[0]} of {row[1]}" for row in rows[:5]),
        amount=f"{len(rows)} totals, smallest {lowest.min():.6g}",
        remedy="use form='additive', or aggregate these regions with others",
        table=table,
    )
