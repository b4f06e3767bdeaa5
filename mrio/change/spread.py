"""How much the choice of a form matters: the range of each effect over all orders of the factors.

In any order a factor switches after some coalition S of the others has switched, and its effect is
``q(S + p) - q(S)``; every S can stand before it. The extremes over all n! orders are therefore those over the
2^(n-1) coalitions, exactly and for any number of factors: nothing is sampled.
"""

from __future__ import annotations

import numpy as np

from mrio.change.coalitions import average, marginals, owen_weights, polar_weights, singletons
from mrio.change.shares import Array

BOUNDS = ("shapley", "polar_forward", "polar_backward", "lowest", "highest")
"""What is known of each effect: three forms, and the extremes over all orders."""


def spread_of(values: Array) -> Array:
    """Return each effect in several forms and its extremes over all orders, (bounds, n, ...).

    Parameters
    ----------
    values
        q of every coalition (2^n, ...), in logarithms for effects that multiply.
    """
    players = len(values).bit_length() - 1
    gains = [marginals(values, player)[1] for player in range(players)]
    return np.array(
        [
            average(values, owen_weights(singletons(players))),
            average(values, polar_weights(players, forward=True)),
            average(values, polar_weights(players, forward=False)),
            [gain.min(axis=0) for gain in gains],
            [gain.max(axis=0) for gain in gains],
        ]
    )


def region_totals(values: Array, regions: int) -> Array:
    """Return totals by region with those of all regions last, (..., R + 1).

    Parameters
    ----------
    values
        (..., R N).
    regions
        R.
    """
    totals = values.reshape(*values.shape[:-1], regions, -1).sum(axis=-1)
    return np.concatenate([totals, totals.sum(axis=-1, keepdims=True)], axis=-1)
