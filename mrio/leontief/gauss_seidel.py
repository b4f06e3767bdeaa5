"""Block Gauss-Seidel for a dense A: one pass over A a sweep, no copy of A.

Most inputs are bought in the own region, so the diagonal blocks carry the spectral weight: solved exactly,
they leave a contraction of 10 to 50 a sweep. With r_b the residual of block b when its turn comes,

    x_b <- x_b + (I - A_bb)^-1 r_b

and the transposed system goes through column panels in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mrio.errors import ConvergenceError
from mrio.leontief.anderson import iterate
from mrio.leontief.matrices import Matrix, panel_product
from mrio.leontief.norms import Norm, norm_of
from mrio.leontief.report import Floats

SMALLEST_PANEL = 200
LARGEST_PANEL = 600


def panels(n: int, blocks: Sequence[int] | None) -> list[slice]:
    """Return consecutive panels of rows: regions, joined while small and cut where large."""
    bounds = [0]
    for end in np.cumsum((n,) if blocks is None else blocks):
        size = int(end) - bounds[-1]
        if size < SMALLEST_PANEL and end < n:
            continue
        start, parts = bounds[-1], -(-size // LARGEST_PANEL)
        bounds += [start + round(size * part / parts) for part in range(1, parts + 1)]
    return [slice(low, high) for low, high in pairwise(bounds)]


def panel_inverses(A: Matrix, rows: Sequence[slice]) -> list[Floats]:
    """Return the inverses of the diagonal panels of I - A.

    Inverses rather than factors: numpy and scipy bring a BLAS each, and two thread pools that take turns
    every millisecond are many times slower than one.

    Raises
    ------
    ConvergenceError
        When a panel is singular.
    """
    try:
        return [_inverse(np.eye(panel.stop - panel.start) - A[panel, panel]) for panel in rows]
    except np.linalg.LinAlgError as error:
        raise ConvergenceError("A diagonal block of I - A is singular.") from error


def _inverse(block: Floats) -> Floats:
    return np.asarray(np.linalg.inv(block), dtype=np.float64)


class GaussSeidel:
    """Iteration on a dense A (n, n); holds the inverses of its diagonal panels only.

    Parameters
    ----------
    A
        Dense, or dense with an update.
    rows
        Consecutive panels of rows.
    inverses
        Inverses of the diagonal panels of I - A, exact or nearly so.
    max_sweeps
        Sweeps after which the iteration gives up.
    """

    name = "gauss_seidel"

    def __init__(
        self, A: Matrix, rows: Sequence[slice], inverses: Sequence[Floats], max_sweeps: int = 60
    ) -> None:
        self._A = A
        self.panels = rows
        self.inverses = inverses
        self._max_sweeps = max_sweeps

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of sweeps.

        Raises
        ------
        ConvergenceError
            When a column does not reach its target.
        """
        norm = norm_of(transposed)
        found = iterate(
            lambda rhs, X, _: self._sweep(rhs, X, transposed, norm),
            B,
            np.zeros_like(B) if guess is None else guess,
            target,
            norm,
            self._max_sweeps,
        )
        if not found.converged:
            raise ConvergenceError(
                "Block Gauss-Seidel did not converge.",
                amount=f"{found.sweeps} sweeps",
                remedy='use solver="lu"',
            )
        return found.X, found.sweeps

    def _sweep(self, B: Floats, X: Floats, transposed: bool, norm: Norm) -> tuple[Floats, Floats]:
        """Return the next X (n, k) and the norm (k,) of the residuals as each block met them."""
        A = self._A.T if transposed else self._A
        X = X.copy()
        cold = not X.any()
        met = []
        for rows, inverse in zip(self.panels, self.inverses, strict=True):
            known = slice(0, rows.start) if cold else slice(None)
            residual = panel_product(A, rows, known, X)
            residual += B[rows]
            residual -= X[rows]
            met.append(norm(residual))
            X[rows] += (inverse.T if transposed else inverse) @ residual
        return X, norm(np.array(met))
