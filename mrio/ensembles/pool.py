"""Runs on processes of this machine, which share the arrays of the tables.

Every worker waits at a pipe for the number of its next run. A pipe ends with the process that holds its other
end: workers of a process that was killed go away, and a worker that dies is noticed at once.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
from collections.abc import Iterator, Sequence
from multiprocessing import connection, get_context
from multiprocessing.reduction import ForkingPickler
from multiprocessing.shared_memory import SharedMemory
from typing import Any

from mrio.ensembles.job import Assignment, Job, Outcome, named
from mrio.ensembles.quantity import Layout
from mrio.ensembles.sharing import Order, SharedBlock
from mrio.errors import DataError, MrioError, SolverError
from mrio.threads import children_with_one_thread, one_thread

_PATIENCE = 5.0
"""Seconds that a worker is given to go away by itself."""


def run_in_pool(job: Job, layout: Layout, numbers: Sequence[int], workers: int) -> Iterator[Outcome]:
    """Yield outcomes as they come; after an error, those of the runs that had begun.

    Parameters
    ----------
    job
        What is run.
    layout
        What every run must give.
    numbers
        Runs to make.
    workers
        Processes.

    Raises
    ------
    DataError
        When the measure cannot be sent to another process.
    SolverError
        When a worker died.
    """
    order, arrays = Order.of(job, layout)
    with SharedBlock(arrays) as shared:
        parcel = _packed((order, shared))
        team = [_Worker(parcel) for _ in range(min(workers, len(numbers)))]
        try:
            yield from _dispatched(team, job, iter(numbers))
        finally:
            for worker in team:
                worker.pipe.close()
            for worker in team:
                worker.end()


def _dispatched(team: Sequence[_Worker], job: Job, coming: Iterator[int]) -> Iterator[Outcome]:
    """Give every free worker its next run, until there are none or one has failed."""
    busy: dict[Any, _Worker] = {worker.pipe: worker for worker in team if worker.begin(next(coming, None))}
    failed = False
    while busy:
        for pipe in connection.wait(list(busy)):
            worker = busy.pop(pipe)
            outcome = worker.answer(job)
            failed = failed or outcome.error is not None
            # The next run begins before this one is written down.
            if not failed and worker.begin(next(coming, None)):
                busy[pipe] = worker
            yield outcome


class _Worker:
    """A process and the pipe to it."""

    def __init__(self, parcel: bytes) -> None:
        context = get_context("spawn")
        self.pipe, far = context.Pipe()
        self._number: int | None = None
        self._process = context.Process(target=_work, args=(far, parcel), daemon=True)
        with children_with_one_thread():
            self._process.start()
        far.close()

    def begin(self, number: int | None) -> bool:
        """Give the worker a run, unless there is none left."""
        if number is None:
            return False
        self._number = number
        # That a worker is gone is told when its answer is missing.
        with contextlib.suppress(OSError):
            self.pipe.send(number)
        return True

    def answer(self, job: Job) -> Outcome:
        """Return what became of the run, also when the worker died over it."""
        assert self._number is not None
        number, self._number = self._number, None
        try:
            outcome: Outcome = self.pipe.recv()
        except (EOFError, OSError):
            self._process.join(_PATIENCE)
            return Outcome(number, None, named(_died(self._process.exitcode), job.name(number)))
        return outcome

    def end(self) -> None:
        """Wait for the worker; an idle one goes when its pipe is closed."""
        self._process.join(_PATIENCE if self._number is None else 0.0)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()
        self._process.close()


def _died(code: int | None) -> SolverError:
    return SolverError(
        "A worker process died.",
        amount=f"exit code {code}",
        remedy='a script must start runs under: if __name__ == "__main__"; a negative code is a signal, '
        "and -9 mostly means that memory ran out: use fewer workers",
    )


def _packed(parcel: object) -> bytes:
    """Return an order as bytes, or say that the measure cannot travel."""
    try:
        return bytes(ForkingPickler.dumps(parcel))
    except Exception as error:
        raise DataError(
            "The measure cannot be sent to other processes.",
            amount=f"{type(error).__name__}: {error}",
            remedy="define the function at the top of a module (no lambda, no function inside another), or "
            "use workers=1",
        ) from error


def _work(pipe: Any, parcel: bytes) -> None:
    """Serve as a worker: open the parcel, make every run that is asked for, and go with the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    block: SharedMemory | None = None
    assignment: Assignment | MrioError
    with one_thread():
        try:
            order, shared = ForkingPickler.loads(parcel)
            block = SharedMemory(name=shared.name)
            assignment = order.opened(shared.views(block))
        except Exception as error:
            assignment = _unopened(error)
        with contextlib.suppress(EOFError, OSError):
            while True:
                number = pipe.recv()
                if isinstance(assignment, MrioError):
                    pipe.send(Outcome(number, None, named(assignment, f"run {number}")))
                else:
                    pipe.send(assignment.attempt(number))
    # Views of the block must be gone before it can be closed.
    del assignment
    gc.collect()
    try:
        if block is not None:
            block.close()
    except BufferError:
        # The measure kept an array; the system takes the block back with the process.
        os._exit(0)


def _unopened(error: Exception) -> DataError:
    return DataError(
        "A worker process cannot open what it was sent.",
        amount=f"{type(error).__name__}: {error}",
        remedy="other processes do not know functions of a notebook or an interactive session: put the "
        "measure into a module, or use workers=1",
    )
