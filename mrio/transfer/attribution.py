"""Attribute the sourcing effects of a decomposition to transfers between pairs of origins.

For every state of the other factors the sourcing effect is a sum over transfers,

    Psi_C = sum_S w(S) 1/2 [pair(f, L(C1), theta_C . (H x0)) + pair(f, L(C0), theta_C . (H x1))]
    Psi_D = sum_S w(S) pair(f, L, theta_D . (B S g P)),     pair[u,p,r,i] = (m_u[ri] - m_u[pi]) Phi[p,r,i],

so transfers add up to the sourcing effects that weigh states by the same w exactly. R regions, O origins,
N products, n = R N.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product as cartesian

import numpy as np

from mrio.change.evaluation import Operators, coefficient_state
from mrio.change.factors import Factors
from mrio.change.plans import InnerState, inner_states
from mrio.change.shares import Array, Mask
from mrio.change.technology import CoefficientState
from mrio.transfer.flows import (
    Rule,
    Volumes,
    chain_impact,
    export_flows,
    final_flows,
    groups_of_buyers,
    injections,
    intermediate_flows,
    with_abroad,
)
from mrio.transfer.redistribution import Level
from mrio.transfer.weights import SourcingWeights, Weighted, weighted_demand


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of the attribution.

    Attributes
    ----------
    factors
        Factors of both tables, with intensities of M accounts.
    forms
        For each account, whether it takes the dependent form.
    rule
        Who lost and who gained, given the shares of two periods.
    parts
        Which pairs of origins belong to which part (parts, O, O) bool.
    weights
        How the states of the other factors are weighed.
    level
        At which level gains and losses are told apart.
    """

    factors: Factors
    forms: tuple[bool, ...]
    rule: Rule
    parts: Mask
    weights: SourcingWeights
    level: Level = "cell"

    @property
    def uses(self) -> tuple[str, ...]:
        """Kinds of purchases in which sourcing changes."""
        sourced = self.factors.demand.export_sourcing is not None
        return ("intermediate", "final", "exports") if sourced else ("intermediate", "final")

    @property
    def shape(self) -> tuple[int, int]:
        """Regions and products."""
        return self.factors.demand.shape


@dataclass(frozen=True, eq=False)
class Attribution:
    """Answer of the attribution.

    Attributes
    ----------
    direct
        Transferred volumes of each form (uses, O, O, N).
    impact
        Effect on each region of each transfer (accounts, uses, R, O, O, N).
    affected
        Effect on each region and sector by part (accounts, uses, parts, R N).
    """

    direct: dict[bool, Array]
    impact: Array
    affected: Array


@dataclass(frozen=True, eq=False)
class _Solved:
    """Solutions in one inner state of one form.

    Attributes
    ----------
    output
        ``L sum_T w y_T`` (n,), the output that volumes of intermediates follow.
    multipliers
        Of the accounts of the form, by affected region (accounts of the form, R, R, N).
    """

    output: Array
    multipliers: Array


def attribute(question: Question, operators: Operators) -> Attribution:
    """Return transfers and their impacts."""
    solved = {}
    states = _states_by_matrix(question.forms)
    demand = weighted_demand(question.weights, question.factors.demand)
    for matrix, users in states.items():
        solved.update(_solve(question, operators, matrix, users, demand))
    flows = _flows(question, solved, demand)
    return Attribution(
        direct={form: _direct(flows[form]) for form in flows},
        impact=_impact(question, flows, solved),
        affected=_affected(question, operators, states, flows),
    )


_Key = tuple[bool, InnerState]


def _states_by_matrix(forms: tuple[bool, ...]) -> dict[CoefficientState, list[_Key]]:
    """Group the inner states of all forms by the coefficient matrix that they use."""
    users: dict[CoefficientState, list[_Key]] = defaultdict(list)
    for form in sorted(set(forms)):
        for state in inner_states():
            users[coefficient_state(state, form)].append((form, state))
    return users


def _solve(
    question: Question, operators: Operators, matrix: CoefficientState, users: list[_Key], demand: Weighted
) -> dict[_Key, _Solved]:
    """Solve all columns and all multipliers of one coefficient matrix in two batches."""
    operator = operators.of(matrix)
    R, N = question.shape
    wanted = np.array([demand.output_demand[state] for _, state in users])
    outputs = np.asarray(operator.solve(wanted.T)).T
    rows = [_masked_intensities(question, form, state[0]) for form, state in users]
    left = np.asarray(operator.solve_left(np.concatenate(rows)))
    result, start = {}, 0
    for key, own, output in zip(users, rows, outputs, strict=True):
        multipliers = left[start : start + len(own)].reshape(-1, R, R, N)
        result[key] = _Solved(output, multipliers)
        start += len(own)
    return result


def _masked_intensities(question: Question, form: bool, period: int) -> Array:
    """Return intensities of the accounts of a form, cut into one row an affected region, (accounts R, n)."""
    R, N = question.shape
    chosen = [m for m, own in enumerate(question.forms) if own == form]
    intensity = question.factors.intensity[period][chosen].reshape(-1, 1, R, N)
    return (intensity * np.eye(R)[:, :, np.newaxis]).reshape(-1, R * N)


@dataclass(frozen=True, eq=False)
class _Flows:
    """Weighted transfers of one form.

    Attributes
    ----------
    intermediate
        By periods of intensity, technology, and the sourcing whose output volumes follow (2, 2, 2, O, O, N).
    others
        Of each other use, by periods of all three inner factors (uses - 1, 2, 2, 2, O, O, N).
    """

    intermediate: Array
    others: Array


def _flows(question: Question, solved: dict[_Key, _Solved], demand: Weighted) -> dict[bool, _Flows]:
    """Return the transfers of each form; those of final purchases and exports are the same in all."""
    factors, origins = question.factors, question.parts.shape[1]
    rule, groups = question.rule, groups_of_buyers(question.level, question.shape[0])
    forms = sorted(set(question.forms))
    keys = [(form, state) for form in forms for state in inner_states()]
    technologies = tuple(coefficient_state(state, form)[0] for form, state in keys)
    volumes = Volumes(technologies, np.array([solved[key].output for key in keys]), groups)
    inner = _by_states(intermediate_flows(factors.technology, volumes, rule), origins)
    final = demand.final.reshape(-1, *demand.final.shape[3:])
    others = [final_flows(factors.demand, final, rule, groups)]
    if factors.demand.export_sourcing is not None and demand.exports is not None:
        exported = demand.exports.reshape(-1, demand.exports.shape[-1])
        others.append(export_flows(factors.demand.export_sourcing, exported, rule))
    outside = np.array([_by_states(flow, origins)[0] for flow in others])
    return {form: _Flows(own, outside) for form, own in zip(forms, inner, strict=True)}


def _by_states(flows: Array, origins: int) -> Array:
    """Return flows of forms and states (forms 8, O', O', N) as (forms, 2, 2, 2, O, O, N)."""
    full = with_abroad(flows, origins)
    return full.reshape(-1, 2, 2, 2, *full.shape[1:])


def _direct(flows: _Flows) -> Array:
    """Return transferred volumes (uses, O, O, N), summed over the states of the other factors."""
    inner = flows.intermediate.sum(axis=(0, 1, 2)) / 2
    return np.concatenate([inner[np.newaxis], flows.others.sum(axis=(1, 2, 3))])


def _state_flows(flows: _Flows, state: InnerState) -> Array:
    """Return the transfers whose effect is evaluated in an inner state, (uses, O, O, N)."""
    f, h, c = state
    # dL = L1 dA L0 = L0 dA L1: the multipliers of one period meet the output of the other.
    inner = flows.intermediate[f, h, 1 - c] / 2
    return np.concatenate([inner[np.newaxis], flows.others[:, f, h, c]])


def _impact(question: Question, flows: dict[bool, _Flows], solved: dict[_Key, _Solved]) -> Array:
    R, N = question.shape
    origins = question.parts.shape[1]
    # Products first, as the kernel computes; what is returned is a view.
    result = np.empty((len(question.forms), len(question.uses), N, origins, R, origins))
    for form, own in flows.items():
        accounts = [m for m, kind in enumerate(question.forms) if kind == form]
        moved = np.stack([_state_flows(own, state) for state in inner_states()], axis=1)
        multipliers = np.stack([solved[form, state].multipliers for state in inner_states()], axis=1)
        for (place, account), use in cartesian(enumerate(accounts), range(len(question.uses))):
            chain_impact(multipliers[place], moved[use], result[account, use])
    return result.transpose(0, 1, 4, 5, 3, 2)


def _affected(
    question: Question,
    operators: Operators,
    states: dict[CoefficientState, list[_Key]],
    flows: dict[bool, _Flows],
) -> Array:
    """Return effects by affected sector: gains and losses of output, sent through the chain by part."""
    R, N = question.shape
    uses, parts = len(question.uses), len(question.parts)
    result = np.zeros((len(question.forms), uses, parts, R * N))
    for matrix, users in states.items():
        columns = [
            injections(flow, question.parts, R)
            for form, state in users
            for flow in _state_flows(flows[form], state)
        ]
        solution = np.asarray(operators.of(matrix).solve(np.concatenate(columns).T)).T
        outputs = solution.reshape(len(users), uses, parts, R * N)
        for (form, state), output in zip(users, outputs, strict=True):
            for account, own in enumerate(question.forms):
                if own == form:
                    result[account] += question.factors.intensity[state[0]][account] * output
    return result
