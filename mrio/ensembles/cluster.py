"""Runs on the workers of a dask cluster: the tables travel once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from mrio.ensembles.job import Assignment, Job, Outcome, named
from mrio.ensembles.quantity import Layout
from mrio.ensembles.sharing import AnyArray, Order
from mrio.errors import SolverError
from mrio.leontief.cluster import require_workers
from mrio.threads import one_thread


class Parcel:
    """An order with its arrays, opened once in every process that it reaches."""

    def __init__(self, order: Order, arrays: Sequence[AnyArray]) -> None:
        self._parts = (order, arrays)
        self._opened: Assignment | None = None

    def opened(self) -> Assignment:
        """Return the assignment, which all threads of a process share."""
        order, arrays = self._parts
        if self._opened is None:
            self._opened = order.opened(arrays)
        return self._opened

    def __reduce__(self) -> tuple[Any, ...]:
        return Parcel, self._parts


_turn = threading.Lock()
"""Threads of a worker run in turn: filters of warnings and kept operators belong to the whole process."""


def run_on_cluster(job: Job, layout: Layout, numbers: Sequence[int], client: Any) -> Iterator[Outcome]:
    """Yield outcomes as they come; after an error no further runs begin.

    Parameters
    ----------
    job
        What is run.
    layout
        What every run must give.
    numbers
        Runs to make.
    client
        A ``distributed.Client``.

    Raises
    ------
    MissingExtraError
        When ``distributed`` is not installed.
    SolverError
        When the cluster has no workers.
    """
    require_workers(client)
    from distributed import as_completed

    parcel = client.scatter(Parcel(*Order.of(job, layout)), broadcast=True)
    futures = {client.submit(_attempt, parcel, number, pure=False): number for number in numbers}
    failed = False
    ended: Any = as_completed(futures, with_results=True, raise_errors=False)  # type: ignore[no-untyped-call]
    try:
        for future, answer in ended:
            number = futures.pop(future)
            done = future.status == "finished"
            if failed and not done:
                continue
            outcome = answer if done else _lost(job, number, answer)
            if outcome.error is not None:
                failed = True
                client.cancel([one for one in futures if not one.done()])
            yield outcome
    finally:
        client.cancel(list(futures))


def _attempt(parcel: Parcel, number: int) -> Outcome:
    """Make one run on a worker."""
    with _turn, one_thread():
        return parcel.opened().attempt(number)


def _lost(job: Job, number: int, answer: Any) -> Outcome:
    """Return the outcome of a run that the cluster did not finish."""
    problem = answer[1] if isinstance(answer, tuple) else answer
    error = SolverError(
        "The cluster lost a run.",
        amount=f"{type(problem).__name__}: {problem}",
        remedy="look into the logs of the workers; all of them need this version of mrio, and the module of "
        "the measure",
    )
    return Outcome(number, None, named(error, job.name(number)))
