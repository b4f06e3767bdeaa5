"""Transferred volumes: the proportional rule applied to all purchases of a table pair.

R regions, O origins (abroad last where it is one), N products, n = R N buyers, K demand categories.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mrio.change.demand import Demand
from mrio.change.shares import Array, Mask
from mrio.change.technology import Technology, TechnologyState
from mrio.transfer.redistribution import Level, Moves

Rule = Callable[[Array, Array], list[Moves]]
"""From the sourcing shares of two periods (O, cells) to who lost and who gained."""


@dataclass(frozen=True, eq=False)
class Volumes:
    """Purchases of intermediates in several states, ``H x`` by product and buyer.

    Attributes
    ----------
    states
        Technology state of each volume.
    outputs
        Output of the buyers in each state (V, n).
    groups
        Into how many groups of buyers the cells fall (`groups_of_buyers`), or None.
    """

    states: tuple[TechnologyState, ...]
    outputs: Array
    groups: int | None = None


def groups_of_buyers(level: Level, regions: int) -> int | None:
    """Return into how many groups of buyers the purchases of a product fall; None keeps every cell apart."""
    return {"cell": None, "buyer_region": regions, "product": 1}[level]


def intermediate_flows(technology: Technology, volumes: Volumes, rule: Rule) -> Array:
    """Return transfers in intermediate purchases, (V, O, O, N), from the second axis to the third.

    Products are taken one by one, so that no more than the shares of one product exist at a time.
    """
    used = dict.fromkeys(volumes.states)
    H = {state: technology.technology(state) for state in used}
    result = []
    for product in range(technology.total[0].shape[0]):
        moves = rule(technology.sourcing(product, 0), technology.sourcing(product, 1))
        bought = np.array([H[state][product] for state in volumes.states]) * volumes.outputs
        result.append(sum(move.flows(bought, volumes.groups) for move in moves))
    return np.stack(result, axis=-1)


def final_flows(demand: Demand, volumes: Array, rule: Rule, groups: int | None = None) -> Array:
    """Return transfers in final purchases, (V, O, O, N).

    Parameters
    ----------
    demand
        Factors of demand, of which the sourcing shares D are used.
    volumes
        Purchases by product, region and category (V, N, R, K).
    rule
        Who lost and who gained.
    groups
        Into how many groups of buyers the cells fall, or None.
    """
    origins, products = demand.D[0].shape[:2]
    shares = tuple(D.transpose(1, 0, 2, 3).reshape(products, origins, -1) for D in demand.D)
    cells = volumes.reshape(len(volumes), products, -1)
    result = [
        sum(move.flows(cells[:, product], groups) for move in rule(shares[0][product], shares[1][product]))
        for product in range(products)
    ]
    return np.stack(result, axis=-1)


def export_flows(sourcing: tuple[Array, Array], volumes: Array, rule: Rule) -> Array:
    """Return transfers in exports, (V, R, R, N), where foreign buyers re-source among regions.

    Parameters
    ----------
    sourcing
        Shares of the regions in exports of both periods, each (R, N).
    volumes
        Exports by product (V, N).
    rule
        Who lost and who gained.
    """
    result = [
        sum(
            move.flows(volumes[:, product, np.newaxis])
            for move in rule(sourcing[0][:, product, np.newaxis], sourcing[1][:, product, np.newaxis])
        )
        for product in range(volumes.shape[1])
    ]
    return np.stack(result, axis=-1)


def with_abroad(flows: Array, origins: int) -> Array:
    """Return flows (..., O', O', N) with zero rows and columns up to the number of origins."""
    missing = origins - flows.shape[-2]
    if not missing:
        return flows
    padding = [(0, 0)] * (flows.ndim - 3) + [(0, missing), (0, missing), (0, 0)]
    return np.pad(flows, padding)


def injections(flows: Array, parts: Mask, regions: int) -> Array:
    """Return what regions gain less what they lose, by product, (parts, R N).

    Parameters
    ----------
    flows
        (O, O, N).
    parts
        Which pairs belong to which part (parts, O, O) bool.
    regions
        R; gains of abroad are left out.
    """
    chosen = parts[..., np.newaxis] * flows
    net = chosen.sum(axis=1) - chosen.sum(axis=2)
    return np.asarray(net[:, :regions].reshape(len(parts), -1))


def chain_impact(multipliers: Array, flows: Array, out: Array) -> None:
    """Write ``sum_s (m_s[u,ri] - m_s[u,pi]) Phi_s[p,r,i]``: what transfers do along the chain.

    Gains and losses are products of matrices over the states s, one for each product and region.

    Parameters
    ----------
    multipliers
        Effect on U regions of one unit of final purchases in S states (S, U, R, N); abroad has none.
    flows
        Phi in S states (S, O, O, N).
    out
        Where it goes, in the order in which it is computed: [i, r, u, p] of (N, O, U, O).
    """
    states, origins, products = len(flows), flows.shape[1], flows.shape[3]
    m = np.zeros((products, origins, multipliers.shape[1], states))
    m[:, : multipliers.shape[2]] = multipliers.transpose(3, 2, 1, 0)
    gained = np.ascontiguousarray(flows.transpose(3, 2, 0, 1))
    lost = np.ascontiguousarray(flows.transpose(3, 1, 0, 2))
    for product in range(products):
        np.matmul(m[product], gained[product], out=out[product])
        out[product] -= (m[product] @ lost[product]).transpose(2, 1, 0)
