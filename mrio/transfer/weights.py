"""Volumes of purchases in the states of the other factors, weighted as the Shapley value weights them.

What a changed sourcing share moves depends on the volume it applies to, and that on the state of all other
factors. States are never walked one by one: demand is aggregated by the number of its players in period 1,
so that only the states of intensity and technology remain.
"""

from __future__ import annotations

from itertools import product as cartesian
from math import comb

import numpy as np

from mrio.change.demand import AggregatedDemand, Demand, aggregate, shapley_weight
from mrio.change.plans import INNER, weighted, weighted_steps
from mrio.change.shares import Array

VOLUME_PLAYERS = 4
"""Product mix, category mix, level and population: the players in the volume of a final purchase."""


def intermediate_columns(demand: AggregatedDemand) -> Array:
    """Return ``sum_k w(o + k) Ybar_k`` for o = 0, 1, 2 players of intensity and technology, (3, n)."""
    return np.array([weighted(demand, offset) for offset in range(INNER)])


def final_volumes(demand: Demand) -> Array:
    """Return the volumes B S g P of final purchases, weighted over the states of demand.

    Parameters
    ----------
    demand
        Factors of demand.

    Returns
    -------
    ndarray
        (4, N, R, K): for o = 0 ... 3 inner players in period 1.
    """
    populations = (0, 1) if demand.P is not None else (0,)
    own = VOLUME_PLAYERS if demand.P is not None else VOLUME_PLAYERS - 1
    states = [
        (sum(bits), demand.final_volume(bits)) for bits in cartesian((0, 1), (0, 1), (0, 1), populations)
    ]
    return _weighted_states(states, own, len(demand.players))


def export_volumes(demand: Demand) -> Array:
    """Return exports by product, weighted over the states of demand, (4, N)."""
    states = [(bit, demand.export_volume(bit)) for bit in (0, 1)]
    return _weighted_states(states, 1, len(demand.players))


def _weighted_states(states: list[tuple[int, Array]], own: int, players: int) -> Array:
    """Return the sum of states times their Shapley weights, for each number of inner players.

    Parameters
    ----------
    states
        Number of own players in period 1, and the volume in that state.
    own
        Number of players inside the volume.
    players
        Number of demand players, the moving share included.
    """
    rest = players - 1 - own
    result = []
    for inner in range(INNER + 1):
        total = np.zeros_like(states[0][1])
        for size, volume in states:
            weight = sum(
                comb(rest, k) * shapley_weight(inner + size + k, INNER + players) for k in range(rest + 1)
            )
            total = total + weight * volume
        result.append(total)
    return np.array(result)


def sourcing_steps(states: Array, demand: Demand, player: str) -> Array:
    """Return the weighted marginal demand of a sourcing player for o = 0 ... 3 inner players, (4, n)."""
    position = demand.players.index(player)
    aggregated = aggregate(states)
    return np.array([weighted_steps(aggregated, position, offset) for offset in range(INNER + 1)])
