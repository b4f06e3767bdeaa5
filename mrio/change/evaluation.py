"""Carry out a plan: one operator a matrix, all its columns in one batch for all accounts."""

from __future__ import annotations

import sys
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from mrio.change.factors import Factors, Treatment
from mrio.change.plans import InnerState, Plan, joined
from mrio.change.shares import Array
from mrio.change.spread import region_totals
from mrio.change.technology import CoefficientState
from mrio.leontief import Leontief
from mrio.leontief.memory import available_memory
from mrio.leontief.storage.matrices import product_beside_lapack
from mrio.leontief.storage.rated import RatedMatrix
from mrio.tables import System

KEEP_BELOW = 2000
"""Number of rows up to which mixed operators are kept: at most eight, with their factors 0.5 GB."""


REUSED = 100
"""Right-hand sides expected of operators that are kept: of a decomposition and of the transfer after it."""

_Kept = dict[CoefficientState, Leontief]


class _Latest:
    """Mixed operators of the pair of tables that was asked last, for as long as both live."""

    def __init__(self) -> None:
        self.clear()

    def clear(self, _: object = None) -> None:
        """Forget the operators."""
        self._pair: tuple[weakref.ref[System], ...] = ()
        self._treatment: Treatment | None = None
        self._kept: _Kept = {}

    def of(self, a: System, b: System, treatment: Treatment) -> _Kept:
        """Return the operators kept for a pair of tables, after forgetting those of any other pair."""
        held = tuple(table() for table in self._pair)
        if not held or held[0] is not a or held[1] is not b or self._treatment != treatment:
            self.clear()
            # Either table takes the operators with it.
            self._pair = weakref.ref(a, self.clear), weakref.ref(b, self.clear)
            self._treatment = treatment
        return self._kept


_LATEST = _Latest()


class Room:
    """Array (n, n) for one mixed matrix after the other: memory that is new costs more than what fills it."""

    def __init__(self) -> None:
        self._array: Array | None = None

    def write(self, A: RatedMatrix) -> Array:
        """Return the numbers of A (n, n), in the array of the last one where nobody holds that any more."""
        # Whoever reads the array, or a part of it, counts; one is the attribute and one the question itself.
        if self._array is None or self._array.shape != A.shape or sys.getrefcount(self._array) > 2:
            self._array = np.empty(A.shape)
        A.write_into(self._array)
        return self._array[:]


@dataclass(frozen=True, eq=False)
class Operators:
    """Leontief operators of the coefficient states of two tables.

    The two observed states use the operators that the tables keep. Mixed ones are made when asked for. Those
    of small tables are kept until another pair is asked, because a transfer follows its decomposition; those
    of large tables exist one at a time, and stay flows times rates where memory is short.
    """

    tables: tuple[System, System]
    factors: Factors
    expected: int = 0
    """Right-hand sides that each matrix will meet in all, as far as known."""
    room: Room = field(default_factory=Room)

    def of(self, state: CoefficientState) -> Leontief:
        """Return the operator of a coefficient state."""
        (v, m), c = state
        technology = self.factors.technology
        small = technology.n <= KEEP_BELOW
        expected = max(self.expected, REUSED) if small else self.expected
        if v == m == c and technology.as_observed(c):
            return self.tables[c].leontief.expect(expected)
        kept = _LATEST.of(*self.tables, self.factors.treatment)
        if state not in kept:
            labels = self.tables[0].labels
            blocks = [len(labels.sectors)] * len(labels.regions)
            A = technology.coefficients(state)
            if isinstance(A, RatedMatrix) and _fits(technology.n):
                A = self.room.write(A)
            operator = Leontief(A, blocks=blocks, labels=labels.row_name)
            if not small:
                return operator.expect(expected)
            kept[state] = operator
        return kept[state].expect(expected)


def _fits(n: int) -> bool:
    """Tell whether a mixed matrix (n, n) of its own leaves half of the memory that there is."""
    free = available_memory()
    return free is None or 16 * n * n <= free


def coefficient_state(state: InnerState, dependent: bool) -> CoefficientState:
    """Return the coefficient state of an inner state.

    In the dependent form intensity is value added per output itself, which stands inside H = m (1 - v).
    """
    f, h, c = state
    return ((f, h), c) if dependent else ((h, h), c)


def evaluate(
    plan: Plan,
    factors: Factors,
    dependent: tuple[bool, ...],
    operators: Operators,
    basis: Array | None = None,
) -> Array:
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
    basis
        Columns that the plan mixes (basis, n); those of all demand by default.
    """
    effects = np.zeros((len(dependent), plan.effects, factors.technology.n))
    for uses, solved in _solutions(plan, factors, dependent, operators, basis):
        _add(effects, uses, [f[:, np.newaxis] * solved for f in factors.intensity])
    return effects


def evaluate_with_totals(
    plan: Plan, other: Plan, factors: Factors, dependent: tuple[bool, ...], operators: Operators
) -> tuple[Array, Array]:
    """Return the effects of a plan (accounts, effects, n), and those of another one by region.

    The latter (accounts, effects, R + 1) have the total of all regions last. Both plans are solved for
    together; what is wanted by region is added up before it is put together.
    """
    regions = len(factors.technology.Z[0])
    both = joined(plan, other)
    effects = np.zeros((len(dependent), plan.effects, factors.technology.n))
    totals = np.zeros((len(dependent), both.effects, regions + 1))
    for uses, solved in _solutions(both, factors, dependent, operators):
        parts = [f[:, np.newaxis] * solved for f in factors.intensity]
        _add(effects, [use for use in uses if use.effect < plan.effects], parts)
        _add(totals, uses, [region_totals(part, regions) for part in parts])
    return effects, totals[:, plan.effects :]


@dataclass(frozen=True)
class _Use:
    """One term that a solved column enters: its effect, the period of intensity, the accounts, its sign."""

    effect: int
    f: int
    accounts: tuple[int, ...]
    column: int
    sign: float


def _solutions(
    plan: Plan,
    factors: Factors,
    dependent: tuple[bool, ...],
    operators: Operators,
    basis: Array | None = None,
) -> Iterator[tuple[list[_Use], Array]]:
    """Yield, for one coefficient state after the other, L times its columns (columns, n) and their uses."""
    terms = defaultdict(list)
    for form in sorted(set(dependent)):
        own = tuple(account for account, its in enumerate(dependent) if its == form)
        for term in plan.terms:
            terms[coefficient_state(term.state, form)].append((own, term))
    if basis is None:
        basis = factors.demand.basis()
    for state, users in terms.items():
        used = sorted({term.column for _, term in users})
        place = {column: position for position, column in enumerate(used)}
        solved = _solve_mixtures(operators.of(state), basis, plan.mixing[used])
        uses = [_Use(term.effect, term.state[0], own, place[term.column], term.sign) for own, term in users]
        yield uses, np.ascontiguousarray(solved.T)


def _add(effects: Array, uses: Iterable[_Use], parts: Sequence[Array]) -> None:
    """Add to effects (accounts, effects, ...) the parts of both periods, each (accounts, columns, ...)."""
    for use in uses:
        for account in use.accounts:
            effects[account, use.effect] += use.sign * parts[use.f][account, use.column]


def _solve_mixtures(operator: Leontief, basis: Array, mixing: Array) -> Array:
    """Return L times mixtures of the columns of a basis, (n, mixtures); the fewer of both are solved."""
    if len(mixing) < len(basis):
        return np.asarray(operator.solve((mixing @ basis).T))
    return product_beside_lapack(np.asarray(operator.solve(basis.T)), mixing.T)
