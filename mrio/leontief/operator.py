"""The Leontief operator: L = (I - A)^-1, applied and never formed."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from mrio.errors import ConvergenceError, DataError, SolverWarning
from mrio.leontief import matrices
from mrio.leontief.checks import (
    Labels,
    check_blocks,
    check_finite_matrix,
    check_labels,
    check_matrix,
    check_positions,
    check_rhs,
    not_productive,
)
from mrio.leontief.norms import max_norm, norm_of, rounding, worst_ratio
from mrio.leontief.plans import Answer, Plans
from mrio.leontief.policy import BATCH, SMALL
from mrio.leontief.progress import track
from mrio.leontief.report import Floats, Solution, SolveReport, merge_reports
from mrio.leontief.scaling import balance
from mrio.leontief.spectral import inverse_norm_of, productivity_of, spectral_radius
from mrio.leontief.updates import UpdatedMatrix

_REPEATS = 3
_ROUGH = 1e-6

Axis = Literal["columns", "rows"]


class Leontief:
    """The operator L = (I - A)^-1 of one matrix of input coefficients.

    Parameters
    ----------
    A
        Input coefficients (n, n) [input per unit of output]: a dense array, a scipy sparse array or a
        `SourcingOperator`. Never changed, and never copied unless a factorisation is chosen.
    blocks
        Sizes of the consecutive diagonal blocks (sectors of each region), or one size for all.
    solver
        ``"auto"`` chooses by size, density and number of right-hand sides; or one of ``"lu"``, ``"lu32"``
        (float32 factors, answers refined to float64), ``"gauss_seidel"``, ``"sparse"``, ``"bicgstab"``,
        ``"superlu"``, ``"structured"``. An iteration that does not converge is replaced by a factorisation;
        the report of the answer names the one that gave it.
    tol
        Residual that every solve must reach, relative to the right-hand side [1].
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

    Notes
    -----
    Where the largest absolute column sum c of A is below 1, ``||error||_1 <= ||residual||_1 / (1 - c)`` for
    `solve` and the same in the maximum norm for `solve_left`; for A >= 0 powers of A extend the bound to
    every productive table whose column sums of some A^k fall below 1. Otherwise the error bound is None.
    Tables in units so different that column sums pass 1000 are balanced first (rows and columns scaled by
    powers of two); residuals are then those of the balanced system.

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
        self._solver = solver
        self._root = self
        check_labels(labels, self.n)
        sums = matrices.column_sums(self._A)
        check_finite_matrix(sums, self._A, labels)
        self._prepare(sums, matrices.is_nonnegative(self._A), None)

    def _prepare(self, sums: Floats, nonnegative: bool, base: Plans | None) -> None:
        """Test A, whose column sums and sign are known, and get ready to solve."""
        self._sums, self._nonnegative = sums, nonnegative
        self._balanced, self._scale = balance(self._A, sums)
        if self._scale is not None:
            sums = matrices.column_sums(self._balanced)
        self._plans = Plans(self._balanced, self.blocks, self._solver, base)
        self._last: SolveReport | None = None
        found = productivity_of(self._balanced, sums, nonnegative)
        if found.productive is None:
            self._inverse_norm: float | None = self._solve_for_inverse_norm()
        elif found.productive:
            self._inverse_norm = found.inverse_norm
        else:
            raise not_productive(self._A, found.radius, self._labels)

    def _solve_for_inverse_norm(self) -> float:
        """Return the largest output multiplier of A >= 0, or raise where there is none."""
        ones = np.ones((self.n, 1))
        with np.errstate(all="ignore"):
            try:
                answer = self._plans.solve(ones, True, np.array([_ROUGH]))
                lost = max_norm(ones - answer.X + self._balanced.T @ answer.X)[0]
                norm = inverse_norm_of(answer.X) if lost < 0.5 else None
            except (np.linalg.LinAlgError, ConvergenceError):
                norm = None
        if norm is None:
            radius = spectral_radius(self._balanced, True)
            raise not_productive(self._A, max(radius, 1.0), self._labels)
        # What the answer leaves unsolved can hide as much again of the norm.
        return norm / (1 - float(lost))

    @property
    def A(self) -> Any:
        """The matrix of input coefficients as it was given."""
        return self._A

    @property
    def inverse_norm(self) -> float | None:
        """Upper bound of the 1-norm of L, the largest output multiplier [1]; None where none is known."""
        return self._inverse_norm

    @property
    def solver(self) -> str:
        """Back end that gave the last answer, or that would give the next one."""
        return self._plans.in_use if self._last is None else self._last.solver

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
        X, report = self._solve_columns(np.ascontiguousarray(np.atleast_2d(rows).T), True, start)
        return Solution(X.T.reshape(rows.shape), report)

    def diagonal(self) -> Solution:
        """Return the diagonal of L (n,): output of a sector for one unit of its own final purchases [1]."""
        own = np.empty(self.n)
        reports = []
        batches = self._batches(self.n)
        for columns in track(batches, len(batches), "diagonal of the inverse"):
            X, report = self._solve_columns(_units(self.n, columns), False, None)
            own[columns] = np.diagonal(X[columns])
            reports.append(report)
        return Solution(own, merge_reports(reports))

    def column(self, j: int) -> Solution:
        """Return column j of L (n,): the output that one unit of final purchases of j needs [1]."""
        return self.solve(_units(self.n, slice(j, j + 1))[:, 0])

    def inverse(self) -> Solution:
        """Return L itself (n, n) [1]; nothing else in the library needs it."""
        return self.solve(np.eye(self.n))

    def spectral_radius(self) -> float:
        """Return the spectral radius of A [1]."""
        return spectral_radius(self._balanced, self._nonnegative)

    def expect(self, n_rhs: int) -> Leontief:
        """Say how many right-hand sides are still to come, and return the operator itself.

        The choice of the back end then need not wait until they have come. Answers do not depend on it.

        Examples
        --------
        >>> import numpy as np
        >>> Leontief(np.array([[0.2, 0.3], [0.1, 0.4]])).expect(100).solver
        'lu'
        """
        self._plans.expect(n_rhs)
        return self

    def updated(self, columns: ArrayLike, new_values: ArrayLike, axis: Axis = "columns") -> Leontief:
        """Return the operator of A with a few columns, or rows, replaced.

        Nothing of the size of A is copied where A is large: factors that exist are updated by the identity of
        Woodbury, iterations run on A and the change side by side. With ``solve(Y, guess=...)`` the answer of
        the unchanged table is the start.

        Parameters
        ----------
        columns
            Positions (q,) of the columns, or rows, that change.
        new_values
            Their new coefficients: (n, q) for columns, (q, n) for rows; (n,) for a single one.
        axis
            ``"columns"`` (inputs of a sector) or ``"rows"`` (sales of a sector).

        Raises
        ------
        DataError
            When positions repeat or lie outside, or the shape does not fit.
        MissingDataError
            When there is NaN or infinity.
        NotProductiveError
            When the changed table is not productive.

        Examples
        --------
        >>> import numpy as np
        >>> op = Leontief(np.array([[0.2, 0.3], [0.1, 0.4]]))
        >>> op.updated([1], np.array([0.0, 0.5])).solve(np.array([8.0, 4.0])).round(6)
        array([10., 10.])
        """
        index = check_positions(columns, self.n)
        by_rows = axis == "rows"
        values = check_rhs(new_values, self.n, int(by_rows), "new_values", self._labels)
        new = np.atleast_2d(values).T if by_rows else _columns(values)
        if new.shape[1] != index.size:
            raise DataError(
                "The new coefficients do not fit the positions.",
                amount=f"{new.shape[1]} vectors for {index.size} positions",
                remedy="give one vector for each changed column or row",
            )
        if self.n < SMALL or self._scale is not None or sp.issparse(self._A):
            changed = matrices.replaced(self._A, index, new, by_rows)
            return Leontief(changed, self.blocks, self._solver, self.tol, self._labels)
        if self._root is not self:
            return self._root._updated_again(self._A, index, new, by_rows)
        change = new - matrices.columns_of(self._A.T if by_rows else self._A, index)
        return self._with_change(index, change, by_rows, bool(new.min(initial=0.0) >= 0))

    def _updated_again(
        self, earlier: UpdatedMatrix, index: NDArray[np.intp], new: Floats, by_rows: bool
    ) -> Leontief:
        """Return the operator of this A after an earlier change of it and one more."""
        if earlier.by_rows != by_rows:
            changed = matrices.replaced(earlier, index, new, by_rows)
            return Leontief(changed, self.blocks, self._solver, self.tol, self._labels)
        kept = ~np.isin(earlier.index, index)
        both = np.concatenate([earlier.index[kept], index])
        old = matrices.columns_of(self._A.T if by_rows else self._A, both)
        change = np.concatenate([earlier.change[:, kept], new - old[:, kept.sum() :]], axis=1)
        nonnegative = earlier.nonnegative and bool(new.min(initial=0.0) >= 0)
        return self._with_change(both, change, by_rows, nonnegative)

    def _with_change(
        self, index: NDArray[np.intp], change: Floats, by_rows: bool, nonnegative: bool
    ) -> Leontief:
        """Return the operator of A plus a change of columns or rows that are not negative afterwards."""
        op = Leontief.__new__(Leontief)
        op._A = UpdatedMatrix(self._A, index, change, self._nonnegative and nonnegative, by_rows)
        op.n, op.blocks, op.tol, op._labels = self.n, self.blocks, self.tol, self._labels
        op._solver, op._root = "auto", self
        sums = self._sums.copy()
        if by_rows:
            sums += change.sum(axis=1)
        else:
            sums[index] += change.sum(axis=0)
        op._prepare(sums, op._A.nonnegative, self._plans)
        return op

    def __repr__(self) -> str:
        report = "not solved yet" if self._last is None else str(self._last)
        return f"<Leontief n={self.n}, solver={self.solver}: {report}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Leontief, (self._A, self.blocks, self._solver, self.tol, self._labels))

    def _batches(self, k: int) -> list[slice]:
        return [slice(start, min(start + BATCH, k)) for start in range(0, k, BATCH)]

    def _solve_columns(self, B: Floats, transposed: bool, guess: Floats | None) -> tuple[Floats, SolveReport]:
        """Solve for the columns of B (n, k), in batches when they are many, and certify the answer."""
        if B.shape[1] <= BATCH:
            X, self._last = self._solve_batch(B, transposed, guess)
            return X, self._last
        X = np.empty_like(B)
        reports = []
        batches = self._batches(B.shape[1])
        for columns in track(batches, len(batches), "right-hand sides"):
            start = None if guess is None else guess[:, columns]
            X[:, columns], report = self._solve_batch(B[:, columns], transposed, start)
            reports.append(report)
        self._last = merge_reports(reports)
        return X, self._last

    def _solve_batch(self, B: Floats, transposed: bool, guess: Floats | None) -> tuple[Floats, SolveReport]:
        """Solve the balanced system and scale back."""
        if self._scale is None:
            return self._solve_certified(B, transposed, guess)
        into = self._scale if transposed else 1 / self._scale
        scale = into[:, np.newaxis]
        X, report = self._solve_certified(B * scale, transposed, None if guess is None else guess * scale)
        return X / scale, report

    def _solve_certified(
        self, B: Floats, transposed: bool, guess: Floats | None
    ) -> tuple[Floats, SolveReport]:
        """Solve, measure the residual, and solve for what is left while it is above the tolerance."""
        norm = norm_of(transposed)
        asked = norm(B)
        try:
            found = self._plans.solve(B, transposed, self.tol * asked, guess)
            for repeat in range(_REPEATS):
                residual, lost = self._residual(B, found.X, transposed)
                reached = lost <= np.maximum(self.tol * asked, rounding(self.n) * norm(found.X))
                if reached.all() or repeat == _REPEATS - 1:
                    break
                more = self._plans.solve(residual, transposed, 0.5 * self.tol * asked)
                found = Answer(found.X + more.X, found.sweeps + max(more.sweeps, 1), more.solver)
        except np.linalg.LinAlgError as error:
            raise not_productive(self._A, None, self._labels) from error
        report = self._report(asked, norm(found.X), lost, found, B.shape[1])
        if not reached.all():
            warnings.warn(
                SolverWarning(f"The tolerance {self.tol:.0e} was not reached: {report}."), stacklevel=4
            )
        return found.X, report

    def _residual(self, B: Floats, X: Floats, transposed: bool) -> tuple[Floats, Floats]:
        """Return B - (I - A) X (n, k) and a bound of its norm (k,)."""
        norm = norm_of(transposed)
        detection = self._plans.detection
        A = self._balanced if detection is None else detection.operator
        residual = (A.T if transposed else A) @ X
        residual -= X
        residual += B
        lost = norm(residual)
        return residual, lost if detection is None else lost + detection.misfit * norm(X)

    def _report(self, asked: Floats, got: Floats, lost: Floats, found: Answer, n_rhs: int) -> SolveReport:
        """Bound the error from the residual, which is itself rounded in its last places."""
        bound = None
        if self._inverse_norm is not None:
            rounded = rounding(self.n) * (asked + got)
            bound = worst_ratio(self._inverse_norm * (lost + rounded), got)
        return SolveReport(found.solver, worst_ratio(lost, asked), bound, found.sweeps, n_rhs)


def _columns(values: Floats) -> Floats:
    """Return a vector as one column."""
    return values[:, np.newaxis] if values.ndim == 1 else values


def _units(n: int, columns: slice) -> Floats:
    """Return columns of the identity (n, k)."""
    width = columns.stop - columns.start
    units = np.zeros((n, width))
    units[columns] = np.eye(width)
    return units
