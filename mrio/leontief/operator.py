"""The Leontief operator: L = (I - A)^-1, applied and never formed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from mrio.errors import DataError
from mrio.leontief.backends.coarse import MOST_GROUPS, group_starts
from mrio.leontief.certified import CertifiedSolver, batches
from mrio.leontief.checks import (
    Labels,
    check_blocks,
    check_finite_matrix,
    check_guess,
    check_labels,
    check_matrix,
    check_positions,
    check_rhs,
    not_productive,
)
from mrio.leontief.memory import require
from mrio.leontief.plans import Plans
from mrio.leontief.policy import BATCH, SMALL
from mrio.leontief.progress import track
from mrio.leontief.report import Floats, Solution, SolveReport, merge_reports
from mrio.leontief.scaling import balance
from mrio.leontief.spectral import productivity_of, spectral_radius
from mrio.leontief.storage import matrices
from mrio.leontief.storage.updated import UpdatedMatrix

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
        # None for an operator of its own: a circle of references would keep A after its last use.
        self._root: Leontief | None = None
        check_labels(labels, self.n)
        # First, while no thread of BLAS waits for more work.
        nonnegative = matrices.is_nonnegative(self._A)
        region_sums = self._sum_regions()
        sums = matrices.column_sums(self._A) if region_sums is None else region_sums.sum(axis=0)
        check_finite_matrix(sums, self._A, labels)
        self._prepare(sums, region_sums, nonnegative, None)

    def _sum_regions(self) -> Floats | None:
        """Return the coefficients summed over the rows of each region (R, n), where iterations use them."""
        if not matrices.is_dense(self._A) or self.blocks is None or len(self.blocks) > MOST_GROUPS:
            return None
        return matrices.group_sums(self._A, group_starts(self.n, self.blocks, ()), np.ones(self.n))

    def _prepare(
        self, sums: Floats, region_sums: Floats | None, nonnegative: bool, base: Plans | None
    ) -> None:
        """Test A, whose column sums and sign are known, and get ready to solve."""
        self._sums, self._region_sums, self._nonnegative = sums, region_sums, nonnegative
        self._balanced, scale = balance(self._A, sums)
        if scale is not None:
            sums, region_sums = matrices.column_sums(self._balanced), None
        plans = Plans(self._balanced, self.blocks, self._solver, region_sums, base)
        self._certified = CertifiedSolver(self._balanced, scale, plans, self.tol)
        self._certified.inverse_norm = self._bound_inverse(sums)
        self._last: SolveReport | None = None

    def _bound_inverse(self, sums: Floats) -> float | None:
        """Return a bound of the 1-norm of L where there is one; raise when A is not productive."""
        found = productivity_of(self._balanced, sums, self._nonnegative)
        if found.productive:
            return found.inverse_norm
        norm = self._certified.solve_for_inverse_norm() if found.productive is None else None
        if norm is None:
            radius = max(1.0, spectral_radius(self._balanced, True)) if found.radius is None else found.radius
            raise not_productive(self._A, radius, self._labels)
        return norm

    @property
    def A(self) -> Any:
        """The matrix of input coefficients as it was given."""
        return self._A

    @property
    def inverse_norm(self) -> float | None:
        """Upper bound of the 1-norm of L, the largest output multiplier [1]; None where none is known."""
        return self._certified.inverse_norm

    @property
    def solver(self) -> str:
        """Back end that gave the last answer, or that would give the next one."""
        return self._certified.plans.in_use if self._last is None else self._last.solver

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
        start = None if guess is None else _columns(check_guess(guess, B, self._labels))
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
        start = None if guess is None else np.atleast_2d(check_guess(guess, rows, self._labels)).T
        X, report = self._solve_columns(np.ascontiguousarray(np.atleast_2d(rows).T), True, start)
        return Solution(X.T.reshape(rows.shape), report)

    def diagonal(self) -> Solution:
        """Return the diagonal of L (n,): output of a sector for one unit of its own final purchases [1]."""
        own, reports = np.empty(self.n), []
        for columns, X, report in self._inverse_by_columns("diagonal of the inverse"):
            own[columns] = np.diagonal(X[columns])
            reports.append(report)
        return Solution(own, merge_reports(reports))

    def column(self, j: int) -> Solution:
        """Return column j of L (n,): the output that one unit of final purchases of j needs [1]."""
        return self.solve(_units(self.n, slice(j, j + 1))[:, 0])

    def inverse(self) -> Solution:
        """Return L itself (n, n) [1], which hardly any question needs.

        Raises
        ------
        MemoryLimitError
            When it does not fit into memory.
        """
        cells = 8 * self.n * self.n
        require(cells, "the inverse", {"solve or solve_left": 8 * self.n, "diagonal": 8 * self.n * BATCH})
        L, reports = np.empty((self.n, self.n)), []
        for columns, X, report in self._inverse_by_columns("inverse"):
            L[:, columns] = X
            reports.append(report)
        return Solution(L, merge_reports(reports))

    def _inverse_by_columns(self, text: str) -> Iterator[tuple[slice, Floats, SolveReport]]:
        """Yield batches of columns of L (n, k)."""
        self.expect(self.n)
        parts = batches(self.n)
        for columns in track(parts, len(parts), text):
            yield columns, *self._solve_columns(_units(self.n, columns), False, None)

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
        self._certified.plans.expect(n_rhs)
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
        if self.n < SMALL or self._balanced is not self._A or sp.issparse(self._A):
            changed = matrices.replaced(self._A, index, new, by_rows)
            return Leontief(changed, self.blocks, self._solver, self.tol, self._labels)
        if self._root is not None:
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
        op._A = updated = UpdatedMatrix(self._A, index, change, self._nonnegative and nonnegative, by_rows)
        op.n, op.blocks, op.tol, op._labels = self.n, self.blocks, self.tol, self._labels
        op._solver, op._root = "auto", self
        sums = self._sums.copy()
        if by_rows:
            sums += change.sum(axis=1)
        else:
            sums[index] += change.sum(axis=0)
        region_sums = None
        if self._region_sums is not None:
            starts = group_starts(self.n, self.blocks, ())
            region_sums = updated.updated_sums(self._region_sums, starts, np.ones(self.n))
        op._prepare(sums, region_sums, updated.nonnegative, self._certified.plans)
        return op

    def __repr__(self) -> str:
        report = "not solved yet" if self._last is None else str(self._last)
        return f"<Leontief n={self.n}, solver={self.solver}: {report}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Leontief, (self._A, self.blocks, self._solver, self.tol, self._labels))

    def _solve_columns(self, B: Floats, transposed: bool, guess: Floats | None) -> tuple[Floats, SolveReport]:
        """Solve for the columns of B (n, k) and remember how."""
        try:
            X, self._last = self._certified.solve(B, transposed, guess)
        except np.linalg.LinAlgError as error:
            raise not_productive(self._A, None, self._labels) from error
        return X, self._last


def _columns(values: Floats) -> Floats:
    """Return a vector as one column."""
    return values[:, np.newaxis] if values.ndim == 1 else values


def _units(n: int, columns: slice) -> Floats:
    """Return columns of the identity (n, k)."""
    width = columns.stop - columns.start
    units = np.zeros((n, width))
    units[columns] = np.eye(width)
    return units
