"""The Leontief operator: L = (I - A)^-1, applied and never formed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mrio.leontief import matrices
from mrio.leontief.checks import (
    Labels,
    check_blocks,
    check_finite_matrix,
    check_labels,
    check_matrix,
    check_rhs,
    not_productive,
)
from mrio.leontief.dense_lu import DenseLU
from mrio.leontief.report import Floats, Solution, SolveReport
from mrio.leontief.spectral import productivity_of, spectral_radius

_ROUNDING = 4 * np.finfo(np.float64).eps


class Leontief:
    """The operator L = (I - A)^-1 of one matrix of input coefficients.

    Parameters
    ----------
    A
        Input coefficients (n, n) [input per unit of output]: a dense array, a scipy sparse array or a
        structured operator. Never changed, and never copied unless a factorisation is chosen.
    blocks
        Sizes of the consecutive diagonal blocks (sectors of each region), or one size for all.
    solver
        Back end; ``"auto"`` chooses by size, density and number of right-hand sides.
    tol
        Relative residual that every solve must reach [1].
    labels
        Names of the rows for errors: a sequence, or a function from row to name.

    Raises
    ------
    DataError
        When A, blocks or labels do not fit together.
    MissingDataError
        When A holds NaN or infinity.
    NotProductiveError
        When I - A is singular or the spectral radius of A is 1 or more.

    Examples
    --------
    >>> import numpy as np
    >>> op = Leontief(np.array([[0.2, 0.3], [0.1, 0.4]]))
    >>> op.solve(np.array([9.0, 4.5])).round(6)
    array([15., 10.])
    >>> op.solve_left(np.array([0.7, 0.3])).round(6)
    array([1., 1.])
    """

    def __init__(
        self,
        A: Any,
        blocks: Sequence[int] | int | None = None,
        solver: str = "auto",
        tol: float = 1e-12,
        labels: Labels = None,
    ) -> None:
        self._A = check_matrix(A)
        self.n: int = self._A.shape[0]
        self.blocks = check_blocks(blocks, self.n)
        self.tol = tol
        self._labels = labels
        check_labels(labels, self.n)
        sums = matrices.column_sums(self._A)
        check_finite_matrix(sums, self._A, labels)
        found = productivity_of(self._A, sums, matrices.is_nonnegative(self._A))
        if not found.productive:
            raise not_productive(self._A, found.radius, labels)
        self._inverse_norm = found.inverse_norm
        self._back_end: DenseLU | None = None
        self._last: SolveReport | None = None

    @property
    def A(self) -> Any:
        """The matrix of input coefficients as it was given."""
        return self._A

    @property
    def solver(self) -> str:
        """Back end in use."""
        return DenseLU.name

    def solve(self, Y: Any, guess: Any = None) -> Solution:
        """Return L @ Y: the output that the purchases Y need along the whole chain.

        Parameters
        ----------
        Y
            Right-hand sides (n,) or (n, k) [any unit].
        guess
            Expected answer of the same shape, from which an iteration starts.

        Returns
        -------
        Solution
            Same shape and unit as Y.

        Raises
        ------
        DataError, MissingDataError
            When Y does not fit or holds NaN or infinity.
        """
        B = check_rhs(Y, self.n, 0, "Y", self._labels)
        start = None if guess is None else _columns(check_rhs(guess, self.n, 0, "guess", self._labels))
        X, report = self._solve_columns(_columns(B), False, start)
        return Solution(X.reshape(B.shape), report)

    def solve_left(self, F: Any, guess: Any = None) -> Solution:
        """Return F @ L: multipliers, the total of F along the chain per unit of final purchases.

        Parameters
        ----------
        F
            Rows (n,) or (m, n), for example intensities [per unit of output].
        guess
            Expected answer of the same shape, from which an iteration starts.

        Returns
        -------
        Solution
            Same shape and unit as F.

        Raises
        ------
        DataError, MissingDataError
            When F does not fit or holds NaN or infinity.
        """
        rows = check_rhs(F, self.n, 1, "F", self._labels)
        start = None if guess is None else np.atleast_2d(check_rhs(guess, self.n, 1, "guess", self._labels)).T
        X, report = self._solve_columns(np.atleast_2d(rows).T, True, start)
        return Solution(X.T.reshape(rows.shape), report)

    def diagonal(self) -> Solution:
        """Return the diagonal of L (n,)."""
        inverse = self.inverse()
        return Solution(np.diagonal(inverse).copy(), inverse.report)

    def column(self, j: int) -> Solution:
        """Return column j of L (n,): the output that one unit of final purchases of j needs."""
        unit = np.zeros(self.n)
        unit[j] = 1.0
        return self.solve(unit)

    def inverse(self) -> Solution:
        """Return L itself (n, n); nothing else in the library needs it."""
        return self.solve(np.eye(self.n))

    def spectral_radius(self) -> float:
        """Return the spectral radius of A [1]."""
        return spectral_radius(self._A)

    def __repr__(self) -> str:
        report = "not solved yet" if self._last is None else str(self._last)
        return f"<Leontief n={self.n}, solver={self.solver}: {report}>"

    def _solve_columns(self, B: Floats, transposed: bool, guess: Floats | None) -> tuple[Floats, SolveReport]:
        """Solve for the columns of B (n, k) and certify the answer."""
        if self._back_end is None:
            self._back_end = DenseLU(self._A)
        X, sweeps = self._back_end.solve(B, transposed, guess)
        report = self._certify(B, X, transposed, sweeps)
        self._last = report
        return X, report

    def _certify(self, B: Floats, X: Floats, transposed: bool, sweeps: int) -> SolveReport:
        """Measure the residual of X and bound its error."""
        residual = B - X + (self._A.T if transposed else self._A) @ X
        size = _max_norm if transposed else _sum_norm
        lost, asked, got = size(residual), size(B), size(X)
        bound = None
        if self._inverse_norm is not None:
            # The residual is itself rounded: a few units in the last place of its largest term.
            bound = _worst(self._inverse_norm * (lost + _ROUNDING * (asked + got)), got)
        return SolveReport(self.solver, _worst(lost, asked), bound, sweeps, B.shape[1])


def _columns(values: Floats) -> Floats:
    """Return a vector as one column."""
    return values[:, np.newaxis] if values.ndim == 1 else values


def _sum_norm(columns: Floats) -> Floats:
    sums: Floats = np.abs(columns).sum(axis=0)
    return sums


def _max_norm(columns: Floats) -> Floats:
    largest: Floats = np.abs(columns).max(axis=0, initial=0.0)
    return largest


def _worst(part: Floats, whole: Floats) -> float:
    """Return the largest ratio over the columns; columns of zeros count as exact."""
    return float(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0).max(initial=0.0))
