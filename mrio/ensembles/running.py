"""Make all runs of a job: in this process, on several, or on a cluster; anew, or where a file left off."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import xarray as xr

import mrio
from mrio.ensembles.cluster import run_on_cluster
from mrio.ensembles.job import Assignment, Heard, Job, Outcome, hear, named, ready, warn_of
from mrio.ensembles.journal import DIGEST, Journal, Plan, require_free_names
from mrio.ensembles.pool import run_in_pool
from mrio.ensembles.quantity import Layout
from mrio.errors import DataError, DataWarning, MrioError
from mrio.files import PathLike, digest
from mrio.leontief.memory import require
from mrio.leontief.progress import track
from mrio.parameters import require_count
from mrio.results import Result
from mrio.tables import Ensemble, System
from mrio.tables.arrays import Array
from mrio.tables.formats.netcdf import system_to_dataset
from mrio.threads import one_thread

R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class Means:
    """Where runs are made, and the file that keeps them.

    Attributes
    ----------
    workers
        Processes of this machine; 1 is this process itself.
    client
        A ``distributed.Client``, in place of workers.
    to
        File of the result, or None.
    """

    workers: int
    client: Any
    to: PathLike | None

    def __post_init__(self) -> None:
        require_count(self.workers, "workers")
        if self.client is not None and self.workers > 1:
            raise DataError(
                "Runs are made by a pool of workers or by a cluster.", remedy="give workers= or client="
            )


@dataclass(frozen=True)
class Asked:
    """What is to be run, and what becomes of it.

    Attributes
    ----------
    kind, title
        Kind of the result, and what it is in one line.
    job
        The runs.
    runs
        Labels of the dims that tell runs apart; a run has its number in C order of them.
    suffix
        Marks the quantities of the untouched tables.
    identity
        Texts that tell these runs from others.
    """

    kind: str
    title: str
    job: Job
    runs: Mapping[str, Sequence[Any]]
    suffix: str
    identity: tuple[str, ...]


def carried_out(asked: Asked, means: Means, make: Callable[[xr.Dataset], R]) -> R:
    """Make all runs and return the result; keep it in a file where one is named.

    Parameters
    ----------
    asked
        What is to be run.
    means
        Where.
    make
        Makes the result of its numbers.

    Raises
    ------
    MrioError
        When a run fails, with its name. Runs that were finished stay in the file.
    FileError
        When the file holds something else.

    Warns
    -----
    DataWarning
        When runs gave numbers that are not finite.
    """
    with one_thread():
        job = ready(asked.job)
        layout = Layout(_untouched(job))
        require_free_names(asked.runs, layout.untouched, asked.suffix)
        shape = tuple(len(labels) for labels in asked.runs.values())
        require(16 * prod(shape) * layout.size, f"{prod(shape)} runs", {})
        values = np.full((prod(shape), layout.size), np.nan)
        own = _digest(asked, layout)
        journal = None
        if means.to is not None:
            journal = Journal(means.to, Plan(asked.kind, own, asked.runs, layout, asked.suffix, asked.title))
        try:
            done = set(journal.finished(values)) if journal is not None else set()
            todo = [number for number in range(len(values)) if number not in done]
            _fill(values, todo, Assignment(job, layout), means, journal)
        finally:
            if journal is not None:
                journal.close()
    _warn_of_gaps(values, job)
    numbers = layout.dataset(values.reshape(*shape, -1), asked.runs, asked.suffix)
    result = make(numbers.assign_attrs({"title": asked.title, DIGEST: own}))
    if means.to is not None and journal is not None and not journal.complete:
        result.to_netcdf(means.to)
    return result


def _warn_of_gaps(values: Array, job: Job) -> None:
    """Warn where the numbers of runs (runs, size) are not finite."""
    gaps = (~np.isfinite(values)).sum(axis=1)
    runs = np.flatnonzero(gaps).tolist()
    if runs:
        table = pd.DataFrame({"run": [job.name(run) for run in runs], "cells": gaps[runs]})
        text = (
            f"{len(runs)} of {len(values)} runs gave numbers that are not finite, the first of them "
            f"{job.name(runs[0])}: statistics of these cells are no numbers either."
        )
        warnings.warn(DataWarning(text, table), stacklevel=4)


def _untouched(job: Job) -> xr.Dataset:
    """Return what is measured on the tables as they are, which every run has to resemble."""
    try:
        return job.untouched()
    except Exception as error:
        raise named(error, "the untouched table") from error


def _digest(asked: Asked, layout: Layout) -> str:
    """Return the digest of everything that decides the numbers."""
    runs = [f"{dim}: {list(labels)!r}" for dim, labels in asked.runs.items()]
    texts = [asked.kind, mrio.__version__, *runs, *asked.identity, digest(layout.untouched)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def digest_of(table: System | Ensemble) -> str:
    """Return the digest of all numbers and words of a table, or of an ensemble with its errors and seed."""
    if isinstance(table, System):
        return digest(system_to_dataset(table))
    result = hashlib.sha256(f"{digest_of(table.base)} {table.n} {table.seed}".encode())
    for name, cv in sorted(table.cv.items()):
        result.update(name.encode())
        result.update(np.ascontiguousarray(cv).data)
    return result.hexdigest()


def _fill(
    values: Array, todo: Sequence[int], assignment: Assignment, means: Means, journal: Journal | None
) -> None:
    """Make runs and put their numbers into `values` (runs, size), and into the file."""
    failure: MrioError | None = None
    heard: Heard = {}
    for outcome in track(_outcomes(todo, assignment, means), len(todo), "runs"):
        hear(heard, outcome)
        if outcome.values is None:
            failure = failure or outcome.error
            continue
        values[outcome.number] = outcome.values
        if journal is not None:
            journal.write(outcome.number, outcome.values)
    warn_of(heard, assignment.job)
    if failure is not None:
        raise failure


def _outcomes(todo: Sequence[int], assignment: Assignment, means: Means) -> Iterator[Outcome]:
    """Yield outcomes by the means asked for; no run begins after one has failed."""
    if not todo:
        return
    if means.client is not None:
        yield from run_on_cluster(assignment.job, assignment.layout, todo, means.client)
    elif means.workers > 1:
        yield from run_in_pool(assignment.job, assignment.layout, todo, means.workers)
    else:
        for number in todo:
            outcome = assignment.attempt(number)
            yield outcome
            if outcome.error is not None:
                return
