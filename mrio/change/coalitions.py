"""Coalitions of factors: with which weight each marginal effect enters a form of the decomposition.

A coalition S of n players is a bit mask, bit p set when player p has switched to period 1. Every form that
averages orders of the players is ``phi_p = sum_S w_p(S) [q(S + p) - q(S)]`` with weights that add up to one
over the coalitions S without p.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mrio.change.demand import shapley_weight
from mrio.change.shares import Array

Partition = Sequence[Sequence[int]]
"""Players in groups that switch as one; every player in exactly one group."""


def singletons(players: int) -> Partition:
    """Return the partition in which every player is a group of its own."""
    return [[player] for player in range(players)]


def owen_weights(partition: Partition) -> Array:
    """Return the weights of the Owen value, (n, 2^n): orders in which no group is interrupted.

    ``w_p(S) = |R|! (m - 1 - |R|)! / m! |T|! (g - 1 - |T|)! / g!`` for S made of R whole groups out of m and T
    of the g members of p's own group, else 0 [1]_. With groups of one player it is the Shapley value, and the
    effects of a group add up to the Shapley value of the group as one player.

    Parameters
    ----------
    partition
        Groups of players 0 ... n - 1.

    References
    ----------
    .. [1] Owen, G. (1977), Values of games with a priori unions, in: Mathematical Economics and Game Theory,
       Springer, 76-88, doi:10.1007/978-3-642-45494-3_7.
    """
    players = sum(len(group) for group in partition)
    weights = np.zeros((players, 1 << players))
    masks = [sum(1 << player for player in group) for group in partition]
    for number, group in enumerate(partition):
        others = masks[:number] + masks[number + 1 :]
        for player in group:
            members = [1 << mate for mate in group if mate != player]
            for outside, size in _unions(others):
                for inside, own in _unions(members):
                    weights[player, outside | inside] = shapley_weight(size, len(partition)) * shapley_weight(
                        own, len(group)
                    )
    return weights


def polar_weights(players: int, forward: bool) -> Array:
    """Return the weights of one order, (n, 2^n): players switch from first to last, or in reverse."""
    weights = np.zeros((players, 1 << players))
    full = (1 << players) - 1
    for player in range(players):
        earlier = (1 << player) - 1
        weights[player, earlier if forward else full & ~earlier & ~(1 << player)] = 1.0
    return weights


def block_weights(players: int, block: Sequence[int], rest_switched: bool) -> Array:
    """Return the weights of a block of players that switches while all others stay where they are, (n, 2^n).

    Inside the block orders are averaged (its Shapley value), so the effects of its members add up to the
    change ``q(block, rest) - q(rest)``. Players outside the block have no weights.

    Parameters
    ----------
    players
        Number of players n.
    block
        The players that switch.
    rest_switched
        Whether the others are in period 1, else in period 0.
    """
    weights = np.zeros((players, 1 << players))
    rest = sum(1 << player for player in range(players) if player not in block) if rest_switched else 0
    for player in block:
        members = [1 << mate for mate in block if mate != player]
        for inside, size in _unions(members):
            weights[player, rest | inside] = shapley_weight(size, len(block))
    return weights


def weights_of(method: str, partition: Partition) -> Array:
    """Return the weights of a method by name, (n, 2^n).

    Parameters
    ----------
    method
        ``"shapley"``, ``"polar_mean"``, ``"polar_forward"`` or ``"polar_backward"``.
    partition
        Groups of the Owen value; used by ``"shapley"`` only.
    """
    if method == "shapley":
        return owen_weights(partition)
    players = sum(len(group) for group in partition)
    forward, backward = (polar_weights(players, way) for way in (True, False))
    return {
        "polar_forward": forward,
        "polar_backward": backward,
        "polar_mean": (forward + backward) / 2,
    }[method]


def marginals(values: Array, player: int) -> tuple[Array, Array]:
    """Return the coalitions without a player (2^(n-1),) and what it adds to each (2^(n-1), ...).

    Parameters
    ----------
    values
        q of every coalition (2^n, ...).
    player
        Number of the player.
    """
    index = np.arange(len(values))
    without = index[(index >> player) & 1 == 0]
    return without, values[without | (1 << player)] - values[without]


def average(values: Array, weights: Array) -> Array:
    """Return the effects ``sum_S w_p(S) [q(S + p) - q(S)]``, (n, ...).

    Parameters
    ----------
    values
        q of every coalition (2^n, ...).
    weights
        (n, 2^n).
    """
    result = []
    for player in range(len(weights)):
        without, gains = marginals(values, player)
        result.append(np.tensordot(weights[player, without], gains, axes=1))
    return np.array(result)


def _unions(masks: Sequence[int]) -> list[tuple[int, int]]:
    """Return every union of some of the masks, and of how many."""
    unions = [(0, 0)]
    for mask in masks:
        unions += [(union | mask, size + 1) for union, size in unions]
    return unions
