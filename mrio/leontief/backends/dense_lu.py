"""Dense LU factorisation of I - A: for small tables and for many right-hand sides."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import get_lapack_funcs

from mrio.errors import ConvergenceError
from mrio.leontief.norms import norm_of, rounding
from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import Matrix, product_beside_lapack, write_into

_REFINEMENTS = 6


class _Factors:
    """LU factors of I - A (n, n) in one precision; the only n x n array that is allocated.

    Raises
    ------
    numpy.linalg.LinAlgError
        When I - A is singular to the precision of its numbers.
    """

    def __init__(self, A: Matrix, precision: type[np.floating[Any]]) -> None:
        # A stored by rows is A' stored by columns, which LAPACK factorises without a second copy.
        numbers = A if isinstance(A, np.ndarray) else A.base
        self._stored_transposed = not numbers.flags.f_contiguous
        factors = np.empty(A.shape, dtype=precision, order="F")
        write_into(A.T if self._stored_transposed else A, factors)
        np.negative(factors, out=factors)
        factors[np.diag_indices_from(factors)] += 1
        factorise, self._substitute = get_lapack_funcs(("getrf", "getrs"), (factors,))
        self._factors, self._pivots, _ = factorise(factors, overwrite_a=True)
        self._precision = precision
        pivots = np.abs(np.diagonal(self._factors))
        if not pivots.min() > np.finfo(precision).eps * pivots.max():
            raise np.linalg.LinAlgError("I - A is singular to working precision")

    def solve(self, B: Floats, transposed: bool) -> Floats:
        """Return X (n, k) of the precision of the factors."""
        trans = int(transposed != self._stored_transposed)
        X: Floats = self._substitute(
            self._factors, self._pivots, B.astype(self._precision, copy=False), trans=trans
        )[0]
        return X


class DenseLU:
    """Factors of I - A (n, n) in float64: 8 n^2 bytes beside A, two thirds n^3 multiplications once."""

    name = "lu"

    def __init__(self, A: Matrix) -> None:
        self._factors = _Factors(A, np.float64)

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of sweeps, which is 0."""
        return self._factors.solve(B, transposed), 0


class RefinedLU:
    """Factors of I - A (n, n) in float32, answers refined to float64 with residuals taken from A itself.

    Half the memory and half the time of `DenseLU`; each refinement gains about six digits (Wilkinson 1963).
    """

    name = "lu32"

    def __init__(self, A: Matrix) -> None:
        self._A = A
        self._factors = _Factors(A, np.float32)

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of refinements.

        Raises
        ------
        ConvergenceError
            When refinement does not reach the target: I - A is too near singular for float32.
        """
        A = self._A.T if transposed else self._A
        norm = norm_of(transposed)
        X = np.zeros_like(B) if guess is None else guess.copy()
        residual = B if guess is None else B - X + product_beside_lapack(A, X)
        for refinement in range(_REFINEMENTS):
            # Scaled to one, so that small right-hand sides do not underflow in float32.
            scale = np.abs(residual).max(axis=0, initial=0.0)
            scale[scale == 0] = 1.0
            X += self._factors.solve(residual / scale, transposed) * scale
            residual = B - X + product_beside_lapack(A, X)
            if np.all(norm(residual) <= np.maximum(target, rounding(B.shape[0]) * norm(X))):
                return X, refinement
        raise ConvergenceError(
            "Refinement of a float32 factorisation did not reach the tolerance.",
            amount=f"{_REFINEMENTS} refinements",
            remedy='use solver="lu"',
        )
