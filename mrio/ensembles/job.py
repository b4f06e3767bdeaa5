"""What is run: the points of a grid of scenarios, or the draws of uncertain tables; each run has a number."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Protocol, Self

import xarray as xr

from mrio.ensembles.quantity import Function, Layout, evaluated
from mrio.errors import DataError, MrioError
from mrio.scenarios.scenario import Scenario
from mrio.tables import Ensemble, System
from mrio.tables.arrays import Array
from mrio.tables.ensemble import base_of

MANY = 100_000
"""Right-hand sides announced to the operator of a table: more than any that iterates would be worth."""

Tables = tuple[System | Ensemble, ...]


class Job(Protocol):
    """Runs by number; the same number gives the same answer in every process."""

    @property
    def tables(self) -> Tables:
        """What the runs are made from."""
        ...

    def with_tables(self, tables: Tables) -> Self:
        """Return the same job on other tables."""
        ...

    def name(self, number: int) -> str:
        """Return what a run is called."""
        ...

    def untouched(self) -> xr.Dataset:
        """Return what is measured on the tables as they are."""
        ...

    def run(self, number: int) -> xr.Dataset:
        """Return what is measured in a run."""
        ...


@dataclass(frozen=True)
class SweepJob:
    """Scenarios on one table, each with the name of its point in the grid."""

    tables: Tables
    scenarios: tuple[Scenario, ...]
    points: tuple[str, ...]
    measure: Function
    against_baseline: bool

    def with_tables(self, tables: Tables) -> SweepJob:
        """Return the same job on another table."""
        return replace(self, tables=tables)

    def name(self, number: int) -> str:
        """Return number and point of a run."""
        return f"run {number} of {len(self.points)} ({self.points[number]})"

    def untouched(self) -> xr.Dataset:
        """Return what is measured on the baseline."""
        return self._evaluated(self._table)

    def run(self, number: int) -> xr.Dataset:
        """Return what is measured under one scenario."""
        return self._evaluated(self.scenarios[number].apply(self._table))

    @property
    def _table(self) -> System:
        return base_of(self.tables[0])

    def _evaluated(self, table: System) -> xr.Dataset:
        return evaluated(self.measure, (self._table, table) if self.against_baseline else (table,))


@dataclass(frozen=True)
class DrawsJob:
    """Draws of one table or of several that are measured together."""

    tables: Tables
    count: int
    measure: Function

    def with_tables(self, tables: Tables) -> DrawsJob:
        """Return the same job on other tables."""
        return replace(self, tables=tables)

    def name(self, number: int) -> str:
        """Return the number of a draw."""
        return f"draw {number} of {self.count}"

    def untouched(self) -> xr.Dataset:
        """Return what is measured on the tables as they are."""
        return evaluated(self.measure, [base_of(table) for table in self.tables])

    def run(self, number: int) -> xr.Dataset:
        """Return what is measured on one draw."""
        drawn = [one[number] if isinstance(one, Ensemble) else one for one in self.tables]
        return evaluated(self.measure, drawn)


def ready(job: Job) -> Job:
    """Return the job on tables of its own, in a state that no run changes any more.

    Which back end solves depends on what was asked of an operator before. So every process starts with
    operators that have met nothing but one announcement, and answers are the same in all of them.
    """
    tables: list[System | Ensemble] = []
    for table in job.tables:
        if isinstance(table, Ensemble):
            tables.append(replace(table, base=replace(table.base)))
        else:
            own = replace(table)
            own.leontief.expect(MANY).solve(own.arrays.final_demand.ravel())
            tables.append(own)
    return job.with_tables(tuple(tables))


@dataclass(frozen=True)
class Outcome:
    """What became of a run: its numbers (size,) or an error, and the warnings on the way."""

    number: int
    values: Array | None
    error: MrioError | None
    warnings: tuple[tuple[type[Warning], str], ...] = ()


@dataclass(frozen=True)
class Assignment:
    """A job that is ready, and the layout that every run must have."""

    job: Job
    layout: Layout

    def attempt(self, number: int) -> Outcome:
        """Make one run; errors and warnings are told, not raised, because they have to travel."""
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            try:
                values, error = self.layout.vector(self.job.run(number)), None
            except Exception as problem:
                values, error = None, named(problem, self.job.name(number))
        return Outcome(number, values, error, tuple((one.category, str(one.message)) for one in heard))


def named(problem: Exception, run: str, what: str = "The measure failed in a run.") -> MrioError:
    """Return an error of the library that names the run; `what` tells of errors that are not its own."""
    if isinstance(problem, MrioError):
        where = f"{run}: {problem.where}" if problem.where else run
        return type(problem)(
            problem.what, where=where, amount=problem.amount, remedy=problem.remedy, table=problem.table
        )
    return DataError(
        what,
        where=run,
        amount=f"{type(problem).__name__}: {problem}",
        remedy="try the function alone, with what this run gave it",
    )


Heard = dict[tuple[type[Warning], str], list[int]]
"""Runs by what they warned of."""


def hear(heard: Heard, outcome: Outcome) -> None:
    """Note what a run warned of."""
    for one in dict.fromkeys(outcome.warnings):
        heard.setdefault(one, []).append(outcome.number)


def warn_of(heard: Heard, job: Job) -> None:
    """Pass on the warnings of all runs, each text once, with the first run and the number of others."""
    for (category, text), runs in heard.items():
        others = f" and {len(runs) - 1} others" if len(runs) > 1 else ""
        warnings.warn(category(f"{text} ({job.name(min(runs))}{others})"), stacklevel=4)
