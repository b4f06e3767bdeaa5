"""Plans of a decomposition: which demand vectors are solved with which coefficients, and what they add to.

Every form of the decomposition is a sum of terms ``sign f_s (L_s column)`` over inner states s, the states of
intensity, technology and sourcing of intermediates. A plan lists the terms, and the columns as mixtures of
demand states; who carries it out needs to know nothing about the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product as cartesian

import numpy as np

from mrio.change.demand import AggregatedDemand, aggregate, shapley_weight
from mrio.change.shares import Array

InnerState = tuple[int, int, int]
"""Periods of intensity, technology (or input mix) and intermediate sourcing."""

INNER = 3


@dataclass(frozen=True)
class Term:
    """One term of an effect: the sign, the inner state and the demand column it is evaluated at."""

    effect: int
    state: InnerState
    column: int
    sign: float


@dataclass(frozen=True, eq=False)
class Plan:
    """Terms of all effects and the demand columns they use; inner effects come first.

    Attributes
    ----------
    terms
        What each effect adds up.
    mixing
        Each column as a mixture of the demand basis (columns, basis).
    effects
        Number of effects.
    """

    terms: tuple[Term, ...]
    mixing: Array
    effects: int


def inner_states() -> Iterable[InnerState]:
    """Return the eight states of the inner players."""
    return ((f, h, c) for f, h, c in cartesian((0, 1), repeat=INNER))


def shapley_plan(states: Array) -> Plan:
    """Return the plan of the Shapley value, demand states aggregated by their size first.

    With w(k) the weight of a coalition of size k among all players, the effect of an inner player collects
    ``f_s L_s sum_k w(|S| + k) Ybar_k`` with opposite signs for the states with and without it, and the effect
    of a demand player ``f_s L_s sum_k w(|s| + k) dY_k``: 3 + 2 n_y columns for each of four matrices.

    Parameters
    ----------
    states
        All states of demand as mixtures of its basis, (2^n_y, basis).
    """
    demand = aggregate(states)
    outer = demand.steps.shape[0]
    columns: list[Array] = [weighted(demand, offset) for offset in range(INNER)]
    terms: list[Term] = []
    for state in inner_states():
        size = sum(state)
        for player in range(INNER):
            inside = state[player]
            # Coalitions exclude the player itself, so a state with it counts one less.
            terms.append(Term(player, state, size - inside, 1.0 if inside else -1.0))
    for player in range(outer):
        first = len(columns)
        columns += [weighted_steps(demand, player, offset) for offset in range(INNER + 1)]
        terms += [Term(INNER + player, state, first + sum(state), 1.0) for state in inner_states()]
    return Plan(tuple(terms), np.array(columns), INNER + outer)


def weighted(demand: AggregatedDemand, offset: int) -> Array:
    """Return ``sum_k w(offset + k) Ybar_k`` over demand states of size k, (basis,)."""
    outer = demand.steps.shape[0]
    weights = [shapley_weight(offset + k, INNER + outer) for k in range(outer + 1)]
    return np.asarray(np.tensordot(np.array(weights), demand.by_size, axes=1))


def weighted_steps(demand: AggregatedDemand, player: int, offset: int) -> Array:
    """Return ``sum_k w(offset + k) dY_k`` of one demand player, (basis,)."""
    outer = demand.steps.shape[0]
    weights = [shapley_weight(offset + k, INNER + outer) for k in range(outer)]
    return np.asarray(np.tensordot(np.array(weights), demand.steps[player], axes=1))


def polar_plan(states: Array, forward: bool) -> Plan:
    """Return the plan of a polar form: players switched one after another, in order or in reverse.

    Parameters
    ----------
    states
        All states of demand as mixtures of its basis, (2^n_y, basis).
    forward
        Switch from period 0 to 1 in the order of the players, else in reverse order.
    """
    outer = states.shape[0].bit_length() - 1
    full = (1 << outer) - 1
    terms: list[Term] = []
    columns: list[Array] = [states[0] if forward else states[full]]
    for player in range(INNER):
        before, after = _switched(player, forward)
        terms += [Term(player, after, 0, 1.0), Term(player, before, 0, -1.0)]
    rest: InnerState = (1, 1, 1) if forward else (0, 0, 0)
    for player in range(outer):
        earlier = (1 << player) - 1
        before_mask = earlier if forward else full & ~earlier & ~(1 << player)
        columns.append(states[before_mask | (1 << player)] - states[before_mask])
        terms.append(Term(INNER + player, rest, len(columns) - 1, 1.0))
    return Plan(tuple(terms), np.array(columns), INNER + outer)


def _switched(player: int, forward: bool) -> tuple[InnerState, InnerState]:
    """Return the inner states before and after a player switches."""

    def state(switched: int) -> InnerState:
        if forward:
            bits = [1 if p < player or (p == player and switched) else 0 for p in range(INNER)]
        else:
            bits = [1 if p > player or (p == player and switched) else 0 for p in range(INNER)]
        return bits[0], bits[1], bits[2]

    return state(0), state(1)


def mean_plan(first: Plan, second: Plan) -> Plan:
    """Return the plan whose effects are the mean of those of two plans."""
    shift = len(first.mixing)
    terms = [Term(t.effect, t.state, t.column, t.sign / 2) for t in first.terms]
    terms += [Term(t.effect, t.state, t.column + shift, t.sign / 2) for t in second.terms]
    return Plan(tuple(terms), np.concatenate([first.mixing, second.mixing]), first.effects)


def weighted_plan(weights: Array, states: Array) -> Plan:
    """Return the plan of any form that averages marginal effects over coalitions.

    Demand states are added up with their weights first: one column for each effect and inner state that any
    weight reaches.

    Parameters
    ----------
    weights
        Weight of each coalition for each player (n, 2^n), players of the inner states first.
    states
        All states of demand as mixtures of its basis, (2^n_y, basis).
    """
    players = len(weights)
    index = np.arange(weights.shape[1])
    signed = np.zeros_like(weights)
    for player in range(players):
        bit = 1 << player
        without = index[index & bit == 0]
        signed[player, without | bit] += weights[player, without]
        signed[player, without] -= weights[player, without]
    # Inner players have the lowest bits, so they are the fastest index.
    by_inner = signed.reshape(players, len(states), 1 << INNER).transpose(0, 2, 1)
    used = np.argwhere(by_inner.any(axis=2))
    terms = [
        Term(int(player), (int(mask & 1), int(mask >> 1 & 1), int(mask >> 2 & 1)), column, 1.0)
        for column, (player, mask) in enumerate(used)
    ]
    return Plan(tuple(terms), by_inner[tuple(used.T)] @ states, players)


def coalition_plan(states: Array, coalitions: Sequence[int] | None = None) -> Plan:
    """Return the plan whose effects are q itself in some coalitions of factors, in all 2^n by default.

    Parameters
    ----------
    states
        All states of demand as mixtures of its basis, (2^n_y, basis).
    coalitions
        Bit masks, bit p set when player p is in period 1.
    """
    masks = range(len(states) << INNER) if coalitions is None else coalitions
    terms = [
        Term(number, (mask & 1, mask >> 1 & 1, mask >> 2 & 1), mask >> INNER, 1.0)
        for number, mask in enumerate(masks)
    ]
    return Plan(tuple(terms), states, len(masks))


def joined(first: Plan, second: Plan) -> Plan:
    """Return one plan with the effects of both, those of the first in front."""
    shift = len(first.mixing)
    moved = [Term(t.effect + first.effects, t.state, t.column + shift, t.sign) for t in second.terms]
    mixing = np.concatenate([first.mixing, second.mixing])
    return Plan((*first.terms, *moved), mixing, first.effects + second.effects)
