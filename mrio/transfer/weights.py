"""Volumes of purchases in the states of the other factors, weighted as a rule weights these states.

What a changed sourcing share moves depends on the volume it applies to, and that on the state of all other
factors. States are never walked one by one: those of demand are added up with their weights first, so that
only the states of intensity, technology and intermediate sourcing remain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as cartesian

import numpy as np

from mrio.change.coalitions import block_weights, owen_weights, singletons
from mrio.change.demand import Demand
from mrio.change.plans import INNER
from mrio.change.shares import Array

SOURCING_PLAYERS = ("intermediate_sourcing", "final_sourcing", "export_sourcing")

_INTERMEDIATE = 2
"""Number of the player intermediate sourcing, after intensity and technology."""
_VOLUME = ("product_mix", "category_mix", "level", "population")
"""Players in the volume of a final purchase."""


@dataclass(frozen=True, eq=False)
class SourcingWeights:
    """How a rule weighs the states of the other factors.

    Attributes
    ----------
    effects
        Weight of every coalition for every sourcing player, zero rows for the others (n, 2^n).
    volumes
        For the two periods of intermediate sourcing, weight of every coalition without it whose output the
        volumes of intermediates follow (2, 2^n).
    """

    effects: Array
    volumes: Array


@dataclass(frozen=True, eq=False)
class Weighted:
    """Weighted demand of every state of intensity f, technology h and intermediate sourcing c.

    Attributes
    ----------
    output_demand
        ``sum_T w y_T`` that the output of buyers of intermediates answers, (f, h, c, n).
    final
        Volumes B S g P of final purchases, (f, h, c, N, R, K).
    exports
        Exports by product (f, h, c, N), where foreign buyers re-source; else None.
    """

    output_demand: Array
    final: Array
    exports: Array | None


def weights_by_rule(rule: str, reference: str, demand: Demand) -> SourcingWeights:
    """Return how a rule weighs states.

    Parameters
    ----------
    rule
        ``"shapley"``: as the decomposition among all factors; ``"two_block"``: sourcing as one player while
        the rest stays in one period. In the second, sourcing switches as one, so the volumes of
        intermediates are those before the switch (which meet the chains after it) and those after.
    reference
        With two blocks, the period of the rest: ``"base"``, ``"comparison"``, or the ``"mean"`` of both.
    demand
        Factors of demand, of which the players are used.
    """
    players = ("intensity", "technology", "intermediate_sourcing", *demand.players)
    block = [number for number, name in enumerate(players) if name in SOURCING_PLAYERS]
    if rule == "shapley":
        every = owen_weights(singletons(len(players)))
        chosen = np.isin(np.arange(len(players)), block)[:, np.newaxis]
        return SourcingWeights(every * chosen, every[[_INTERMEDIATE, _INTERMEDIATE]])
    periods = {"base": (0,), "comparison": (1,), "mean": (0, 1)}[reference]
    parts = [_two_block(len(players), block, bool(period)) for period in periods]
    return SourcingWeights(
        np.mean([part.effects for part in parts], axis=0), np.mean([part.volumes for part in parts], axis=0)
    )


def _two_block(players: int, block: Sequence[int], rest_switched: bool) -> SourcingWeights:
    """Return the weights of a block that switches as one while the rest is in one period."""
    rest = sum(1 << player for player in range(players) if player not in block) if rest_switched else 0
    others = sum(1 << player for player in block if player != _INTERMEDIATE)
    volumes = np.zeros((2, 1 << players))
    volumes[0, rest] = volumes[1, rest | others] = 1.0
    return SourcingWeights(block_weights(players, block, rest_switched), volumes)


def weighted_demand(weights: SourcingWeights, demand: Demand) -> Weighted:
    """Add demand up over its states with the weights of the sourcing players.

    Parameters
    ----------
    weights
        As `weights_by_rule` gives them.
    demand
        Factors of demand.
    """
    states = demand.states()
    own = _by_inner_state(weights.effects)
    # Coalitions of the volumes leave out sourcing itself: their third axis is the period it stands in.
    volumes = np.stack([part[:, :, 0] for part in _by_inner_state(weights.volumes)], axis=2)
    exports = None
    if "export_sourcing" in demand.players:
        sourcing = own[INNER + demand.players.index("export_sourcing")]
        level = _marginal(sourcing, [demand.players.index("exports")])
        exports = level @ np.array([demand.export_volume(bit) for bit in (0, 1)])
    final = own[INNER + demand.players.index("final_sourcing")]
    return Weighted(volumes @ states, _final_volumes(final, demand), exports)


def _by_inner_state(weights: Array) -> Array:
    """Return weights (..., 2^n) by periods of f, h and c and by states of demand, (..., f, h, c, 2^n_y)."""
    # The lowest bits are f, h, c in this order, so they are the last axes of the reversed shape.
    return weights.reshape(len(weights), -1, 2, 2, 2).transpose(0, 4, 3, 2, 1)


def _final_volumes(weights: Array, demand: Demand) -> Array:
    """Return weighted volumes of final purchases, (f, h, c, N, R, K)."""
    names = [name for name in _VOLUME if name in demand.players]
    kept = _marginal(weights, [demand.players.index(name) for name in names])
    states = []
    for bits in cartesian((0, 1), repeat=len(names)):
        period = dict(zip(reversed(names), bits, strict=True))
        states.append(
            demand.final_volume(
                (
                    period["product_mix"],
                    period["category_mix"],
                    period["level"],
                    period.get("population", 0),
                )
            )
        )
    return np.tensordot(kept, np.array(states), axes=1)


def _marginal(weights: Array, players: Sequence[int]) -> Array:
    """Return weights summed over the states of all other players, (..., 2^k).

    Parameters
    ----------
    weights
        (..., 2^n_y), bit p of the index the period of player p.
    players
        The k players to keep, in rising order; the first becomes the lowest bit.
    """
    count = weights.shape[-1].bit_length() - 1
    bits = weights.reshape(*weights.shape[:-1], *([2] * count))
    # Axis -1 - p of the reshaped array is bit p.
    others = tuple(-1 - player for player in range(count) if player not in players)
    return np.asarray(bits.sum(axis=others).reshape(*weights.shape[:-1], -1))
