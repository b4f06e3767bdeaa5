"""Large batches of right-hand sides on the workers of a dask cluster: A travels once.

Every worker builds its own operator of the scattered A, with one BLAS thread pool of its own, and answers
some of the columns. Answers do not depend on the number of workers beyond their stated error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mrio.errors import MissingExtraError, SolverError
from mrio.leontief.checks import Labels, check_rhs
from mrio.leontief.operator import Leontief
from mrio.leontief.report import Floats, Solution, SolveReport, merge_reports

_PARTS = 4


class ClusterLeontief:
    """The operator L = (I - A)^-1 on the workers of a cluster.

    Parameters
    ----------
    A
        Input coefficients (n, n) in any storage that `mrio.Leontief` takes.
    client
        A ``distributed.Client``.
    blocks, solver, tol, labels
        As in `mrio.Leontief`; labels must be a sequence, or a function that can be sent to the workers.

    Raises
    ------
    MissingExtraError
        When ``distributed`` is not installed.
    SolverError
        When the cluster has no workers.

    Examples
    --------
    >>> from distributed import Client, LocalCluster  # doctest: +SKIP
    >>> with LocalCluster(n_workers=2) as cluster, Client(cluster) as client:  # doctest: +SKIP
    ...     multipliers = ClusterLeontief(A, client).solve_left(F)
    """

    def __init__(
        self,
        A: Any,
        client: Any,
        blocks: Sequence[int] | int | None = None,
        solver: str = "auto",
        tol: float = 1e-12,
        labels: Labels = None,
    ) -> None:
        workers = require_workers(client)
        self.n: int = A.shape[0]
        self._client = client
        self._labels = labels
        scattered = client.scatter(A, broadcast=True)
        self._operators = {
            worker: client.submit(
                Leontief, scattered, blocks, solver, tol, labels, workers=[worker], pure=False
            )
            for worker in workers
        }
        client.gather(client.map(_size, list(self._operators.values()), pure=False))

    def solve(self, Y: Any) -> Solution:
        """Return L @ Y for Y (n,) or (n, k), columns spread over the workers; see `mrio.Leontief.solve`."""
        columns = check_rhs(Y, self.n, 0, "Y", self._labels)
        answers, report = self._spread(np.atleast_2d(columns.T), "solve")
        return Solution(answers.T.reshape(columns.shape), report)

    def solve_left(self, F: Any) -> Solution:
        """Return F @ L for F (n,) or (m, n), rows spread over the workers; see `mrio.Leontief.solve_left`."""
        rows = check_rhs(F, self.n, 1, "F", self._labels)
        answers, report = self._spread(np.atleast_2d(rows), "solve_left")
        return Solution(answers.reshape(rows.shape), report)

    def _spread(self, vectors: Floats, verb: str) -> tuple[Floats, SolveReport]:
        """Send parts of the vectors (k, n) to the workers in turn and put the answers together."""
        workers = list(self._operators)
        count = max(1, min(len(vectors), _PARTS * len(workers)))
        futures = [
            self._client.submit(
                _answer,
                self._operators[workers[number % len(workers)]],
                part,
                verb,
                workers=[workers[number % len(workers)]],
                pure=False,
            )
            for number, part in enumerate(np.array_split(vectors, count))
        ]
        found = self._client.gather(futures)
        return np.concatenate([answers for answers, _ in found]), merge_reports([one for _, one in found])


def _answer(op: Leontief, vectors: Floats, verb: str) -> tuple[Floats, SolveReport]:
    """Solve on a worker for vectors (k, n)."""
    solution = op.solve(vectors.T) if verb == "solve" else op.solve_left(vectors)
    answers = np.array(solution, subok=False)
    return (answers.T if verb == "solve" else answers), solution.report


def _size(op: Leontief) -> int:
    """Return the rows of an operator, so that errors of making it come to light."""
    return op.n


def require_workers(client: Any) -> list[str]:
    """Return the addresses of the workers of a ``distributed.Client``.

    Raises
    ------
    MissingExtraError
        When ``distributed`` is not installed.
    SolverError
        When the cluster has no workers.
    """
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "Work on a cluster needs dask.distributed.", remedy="install it with: pip install 'mrio[cluster]'"
        ) from error
    workers: list[str] = sorted(client.scheduler_info()["workers"])
    if not workers:
        raise SolverError("The cluster has no workers.", remedy="start workers first")
    return workers
