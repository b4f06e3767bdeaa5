"""Carry out a plan: one operator a matrix, all its columns in one batch for all accounts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from mrio.change.factors import Factors
from mrio.change.plans import InnerState, Plan
from mrio.change.shares import Array
from mrio.change.technology import CoefficientState, Technology
from mrio.leontief import Leontief
from mrio.tables import System

KEEP_BELOW = 2000
"""Number of rows up to which mixed operators are kept: at most eight, with their factors 0.5 GB."""


@dataclass(frozen=True, eq=False)
class Operators:
    """Leontief operators of the coefficient states of two tables.

    The two observed states use the operators that the tables keep. Mixed ones are made when asked for, and
    kept for a second pass only while they are small: of large tables no more than one mixed matrix exists at
    a time.
    """

    tables: tuple[System, System]
    technology: Technology
    expected: int = 0
    """Right-hand sides that each matrix will meet in all, as far as known."""
    _kept: dict[CoefficientState, Leontief] = field(default_factory=dict, init=False)

    def of(self, state: CoefficientState) -> Leontief:
        """Return the operator of a coefficient state."""
        (v, m), c = state
        if v == m == c and self.technology.as_observed(c):
            return self.tables[c].leontief.expect(self.expected)
        if state in self._kept:
            return self._kept[state]
        labels = self.tables[0].labels
        blocks = [len(labels.sectors)] * len(labels.regions)
        operator = Leontief(self.technology.coefficients(state), blocks=blocks, labels=labels.row_name)
        if operator.n <= KEEP_BELOW:
            self._kept[state] = operator
        return operator.expect(self.expected)


def coefficient_state(state: InnerState, dependent: bool) -> CoefficientState:
    """Return the coefficient state of an inner state.

    In the dependent form intensity is value added per output itself, which stands inside H = m (1 - v).
    """
    f, h, c = state
    return ((f, h), c) if dependent else ((h, h), c)


def evaluate(plan: Plan, factors: Factors, dependent: tuple[bool, ...], operators: Operators) -> Array:
    """Return the effects of a plan, (accounts, effects, n).

    Parameters
    ----------
    plan
        Terms and demand columns.
    factors
        Factors of both tables, intensities of M accounts.
    dependent
        For each account, whether it takes the dependent form.
    operators
        Source of the Leontief operators.
    """
    terms = defaultdict(list)
    for form in sorted(set(dependent)):
        for term in plan.terms:
            terms[coefficient_state(term.state, form)].append((form, term))
    effects = np.zeros((len(dependent), plan.effects, plan.columns.shape[1]))
    for state, users in terms.items():
        used = sorted({term.column for _, term in users})
        place = {column: position for position, column in enumerate(used)}
        solved = np.asarray(operators.of(state).solve(plan.columns[used].T))
        for form, term in users:
            output = term.sign * solved[:, place[term.column]]
            for account, own in enumerate(dependent):
                if own == form:
                    effects[account, term.effect] += factors.intensity[term.state[0]][account] * output
    return effects
