"""Back ends for sparse A that factorise or build Krylov spaces: where block Jacobi does not converge."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spla

from mrio.errors import ConvergenceError
from mrio.leontief.norms import norm_of
from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix

_MOST_ITERATIONS = 500
_RESTARTS = 5


class BiCGSTAB:
    """Stabilised bi-conjugate gradients (van der Vorst 1992, doi:10.1137/0913035), one column a time.

    Parameters
    ----------
    A
        Anything with ``A @ X`` and ``A.T @ X``, shape (n, n).
    own
        Diagonal (n,) of A, for the preconditioner.
    """

    name = "bicgstab"

    def __init__(self, A: Matrix, own: Floats) -> None:
        self._A = A
        self._scale = np.where(own == 1, 1.0, 1 / np.where(own == 1, 1.0, 1 - own))

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the largest number of iterations.

        Raises
        ------
        ConvergenceError
            When a column does not reach its target.
        """
        X = np.zeros_like(B) if guess is None else guess.copy()
        most = 0
        for j in range(B.shape[1]):
            X[:, j], iterations = self._solve_one(B[:, j], transposed, float(target[j]), X[:, j])
            most = max(most, iterations)
        return X, most

    def _solve_one(self, b: Floats, transposed: bool, target: float, start: Floats) -> tuple[Floats, int]:
        """Return x (n,) and the iterations; restart when the recursive residual left the true one."""
        A = self._A.T if transposed else self._A
        n = b.size
        norm = norm_of(transposed)
        operator = spla.LinearOperator((n, n), matvec=lambda v: v.ravel() - A @ v.ravel(), dtype=np.float64)
        preconditioner = spla.LinearOperator(
            (n, n), matvec=lambda v: v.ravel() * self._scale, dtype=np.float64
        )
        x, steps = start, [0]
        for _ in range(_RESTARTS):
            residual = b - operator.matvec(x)
            lost = float(norm(residual[:, np.newaxis])[0])
            if lost <= target:
                return x, steps[0]
            # scipy stops on the 2-norm, which is at most the 1-norm and at least the maximum norm.
            aim = target if transposed else target / np.sqrt(n)
            step, _ = spla.bicgstab(
                operator,
                residual,
                rtol=0.0,
                atol=aim,
                maxiter=_MOST_ITERATIONS,
                M=preconditioner,
                callback=lambda _: steps.__setitem__(0, steps[0] + 1),
            )
            if not np.isfinite(step).all():
                break
            x = x + step
        raise ConvergenceError("BiCGSTAB did not converge.", amount=f"{steps[0]} iterations")


class SuperLU:
    """Sparse factors of I - A (n, n): the last resort, they fill in almost completely on economic tables.

    Raises
    ------
    numpy.linalg.LinAlgError
        When I - A is singular.
    """

    name = "superlu"

    def __init__(self, A: Matrix) -> None:
        try:
            self._factors = spla.splu(sp.csc_array(sp.eye_array(A.shape[0]) - A), permc_spec="MMD_AT_PLUS_A")
        except RuntimeError as error:
            raise np.linalg.LinAlgError("I - A is singular") from error

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of sweeps, which is 0."""
        X: Floats = self._factors.solve(np.ascontiguousarray(B), trans="T" if transposed else "N")
        return X, 0
