"""Answers that know how exact they are: solve, measure what is left and solve for it, bound the error."""

from __future__ import annotations

import warnings

import numpy as np

from mrio.errors import ConvergenceError, SolverWarning
from mrio.leontief.norms import max_norm, norm_of, rounding, worst_ratio
from mrio.leontief.plans import Answer, Plans
from mrio.leontief.policy import BATCH
from mrio.leontief.progress import track
from mrio.leontief.report import Floats, SolveReport, merge_reports
from mrio.leontief.spectral import inverse_norm_of
from mrio.leontief.storage.matrices import Matrix, product, product_beside_lapack

_REPEATS = 3
_ROUGH = 1e-6


class CertifiedSolver:
    """Solves with the back ends of one A and certifies every answer.

    Parameters
    ----------
    A
        The matrix (n, n) in any storage, balanced where its units differ wildly.
    scale
        Diagonal (n,) that balanced it; None where it is as it was given.
    plans
        Its back ends.
    tol
        Residual relative to the right-hand side that every answer must reach [1].
    """

    def __init__(self, A: Matrix, scale: Floats | None, plans: Plans, tol: float) -> None:
        self.plans = plans
        self.inverse_norm: float | None = None
        self._A = A
        self._n: int = A.shape[0]
        self._scale = scale
        self._tol = tol

    def solve(self, B: Floats, transposed: bool, guess: Floats | None = None) -> tuple[Floats, SolveReport]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, in batches when columns are many.

        Raises
        ------
        numpy.linalg.LinAlgError
            When I - A is singular.
        """
        if B.shape[1] <= BATCH:
            return self._solve_batch(B, transposed, guess)
        X = np.empty_like(B)
        reports = []
        parts = batches(B.shape[1])
        for columns in track(parts, len(parts), "right-hand sides"):
            start = None if guess is None else guess[:, columns]
            X[:, columns], report = self._solve_batch(B[:, columns], transposed, start)
            reports.append(report)
        return X, merge_reports(reports)

    def solve_for_inverse_norm(self) -> float | None:
        """Return the largest output multiplier of A >= 0, which bounds L; None when A is not productive."""
        ones = np.ones((self._n, 1))
        with np.errstate(all="ignore"):
            try:
                answer = self.plans.solve(ones, True, np.array([_ROUGH]))
            except (np.linalg.LinAlgError, ConvergenceError):
                return None
            lost = float(max_norm(ones - answer.X + self._A.T @ answer.X)[0])
        norm = inverse_norm_of(answer.X) if lost < 0.5 else None
        # What the answer leaves unsolved can hide as much again of the norm.
        return None if norm is None else norm / (1 - lost)

    def _solve_batch(self, B: Floats, transposed: bool, guess: Floats | None) -> tuple[Floats, SolveReport]:
        """Solve the balanced system and scale back."""
        if self._scale is None:
            return self._solve_balanced(B, transposed, guess)
        into = self._scale if transposed else 1 / self._scale
        scale = into[:, np.newaxis]
        X, report = self._solve_balanced(B * scale, transposed, None if guess is None else guess * scale)
        return X / scale, report

    def _solve_balanced(
        self, B: Floats, transposed: bool, guess: Floats | None
    ) -> tuple[Floats, SolveReport]:
        """Solve, and solve for the residual while it is above the tolerance."""
        norm = norm_of(transposed)
        asked = norm(B)
        found = self.plans.solve(B, transposed, self._tol * asked, guess)
        for repeat in range(_REPEATS):
            residual, lost = self._residual(B, found, transposed)
            reached = lost <= np.maximum(self._tol * asked, rounding(self._n) * norm(found.X))
            if reached.all() or repeat == _REPEATS - 1:
                break
            more = self.plans.solve(residual, transposed, 0.5 * self._tol * asked)
            found = Answer(found.X + more.X, found.sweeps + max(more.sweeps, 1), more.solver)
        report = self._report(asked, norm(found.X), lost, found)
        if not reached.all():
            warnings.warn(
                SolverWarning(f"The tolerance {self._tol:.0e} was not reached: {report}."), stacklevel=5
            )
        return found.X, report

    def _residual(self, B: Floats, found: Answer, transposed: bool) -> tuple[Floats, Floats]:
        """Return B - (I - A) X (n, k) and a bound of its norm (k,)."""
        norm = norm_of(transposed)
        detection = self.plans.detection
        A = self._A if detection is None else detection.operator
        A = A.T if transposed else A
        residual = product_beside_lapack(A, found.X) if found.factorised else product(A, found.X)
        residual -= found.X
        residual += B
        lost = norm(residual)
        return residual, lost if detection is None else lost + detection.misfit * norm(found.X)

    def _report(self, asked: Floats, got: Floats, lost: Floats, found: Answer) -> SolveReport:
        """Bound the error from the residual, which is itself rounded in its last places."""
        bound = None
        if self.inverse_norm is not None:
            rounded = rounding(self._n) * (asked + got)
            bound = worst_ratio(self.inverse_norm * (lost + rounded), got)
        return SolveReport(found.solver, worst_ratio(lost, asked), bound, found.sweeps, asked.size)


def batches(k: int) -> list[slice]:
    """Return consecutive columns of at most a batch each."""
    return [slice(start, min(start + BATCH, k)) for start in range(0, k, BATCH)]
