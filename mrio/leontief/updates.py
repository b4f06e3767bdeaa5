"""A with a few columns or rows replaced: solved anew without a second A.

With A* = A + D E' (D the change of q columns, E the unit columns they stand in), by the identity of Woodbury,

    (I - A*)^-1 = L + L D (I - E' L D)^-1 E' L

so that factors of I - A serve on. Without factors the iteration runs on A and the change side by side, from a
guess where there is one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mrio.leontief.matrices import (
    Matrix,
    absolute_left_product,
    diagonal,
    group_sums,
    panel_product,
    to_dense,
)
from mrio.leontief.report import Floats

Solve = Callable[[Floats, bool], Floats]
"""Maps right-hand sides (n, k) and the direction (transposed) to answers (n, k) of the unchanged system."""


class UpdatedMatrix:
    """A (n, n) plus a change of some columns, or rows, held apart.

    Parameters
    ----------
    base
        The unchanged A.
    index
        Distinct positions (q,) of the changed columns, or rows.
    change
        New minus old coefficients (n, q).
    nonnegative
        No coefficient of the sum is negative.
    by_rows
        The change is one of rows, given transposed.
    """

    ndim = 2

    def __init__(
        self,
        base: Matrix,
        index: NDArray[np.intp],
        change: Floats,
        nonnegative: bool,
        by_rows: bool = False,
    ) -> None:
        self.base = base
        self.index = index
        self.change = change
        self.nonnegative = nonnegative
        self.by_rows = by_rows
        self.shape: tuple[int, int] = base.shape

    @property
    def T(self) -> UpdatedMatrix:
        """The transpose: columns become rows."""
        return UpdatedMatrix(self.base.T, self.index, self.change, self.nonnegative, not self.by_rows)

    def __matmul__(self, X: Floats) -> Floats:
        product: Floats = self.base @ X
        if self.by_rows:
            product[self.index] += self.change.T @ X
        else:
            product += self.change @ X[self.index]
        return product

    def panel_product(self, rows: slice, known: slice, X: Floats) -> Floats:
        """Return some rows of the product with X (n, k), whose rows outside `known` are zero."""
        product = panel_product(self.base, rows, known, X)
        if self.by_rows:
            inside = (self.index >= rows.start) & (self.index < rows.stop)
            product[self.index[inside] - rows.start] += self.change[:, inside].T @ X
        else:
            product += self.change[rows] @ X[self.index]
        return product

    def group_sums(self, starts: NDArray[np.intp], weights: Floats) -> Floats:
        """Return weighted sums (R, n) over the rows of each group; `starts` (R,) are their first rows."""
        return self.updated_sums(group_sums(self.base, starts, weights), starts, weights)

    def updated_sums(self, sums: Floats, starts: NDArray[np.intp], weights: Floats) -> Floats:
        """Return the sums (R, n) of the base with the change added."""
        total = sums.copy()
        if self.by_rows:
            groups = np.searchsorted(starts, self.index, side="right") - 1
            np.add.at(total, groups, weights[self.index, np.newaxis] * self.change.T)
        else:
            total[:, self.index] += np.add.reduceat(weights[:, np.newaxis] * self.change, starts, axis=0)
        return total

    def diagonal(self) -> Floats:
        """Return the diagonal (n,)."""
        own = diagonal(self.base).copy()
        own[self.index] += self.change[self.index, np.arange(self.index.size)]
        return own

    def absolute_left_product(self, weights: Floats) -> Floats:
        """Return an upper bound of |A|' weights (n,): the absolute change on top of the absolute base."""
        total = absolute_left_product(self.base, weights)
        if self.by_rows:
            return total + np.abs(self.change) @ weights[self.index]
        total[self.index] += np.abs(self.change).T @ weights
        return total

    def toarray(self) -> Floats:
        """Return the sum as an array (n, n) of its own."""
        full = np.array(to_dense(self.base))
        if self.by_rows:
            full[self.index] += self.change.T
        else:
            full[:, self.index] += self.change
        return full


class Woodbury:
    """Solves the updated system with a solver of the unchanged one.

    Parameters
    ----------
    A
        The updated matrix.
    solve_base
        Solver of the unchanged system.

    Raises
    ------
    numpy.linalg.LinAlgError
        When the updated I - A is singular.
    """

    name = "woodbury"

    def __init__(self, A: UpdatedMatrix, solve_base: Solve) -> None:
        self._index = A.index
        self._change = A.change
        self._by_rows = A.by_rows
        self._solve_base = solve_base
        self._spread: dict[bool, Floats] = {}
        self._small = np.eye(A.index.size) - self._answer_to_change(False)[A.index]
        if np.linalg.cond(self._small) > 1 / np.finfo(np.float64).eps:
            raise np.linalg.LinAlgError("the updated I - A is singular")

    def solve(
        self, B: Floats, transposed: bool, target: Floats, guess: Floats | None = None
    ) -> tuple[Floats, int]:
        """Return X (n, k) with (I - A) X = B, or (I - A)' X = B, and the number of sweeps, which is 0."""
        # A change of rows is a change of columns of the transpose.
        flipped = transposed != self._by_rows
        X = self._solve_base(B, transposed)
        spread = self._answer_to_change(flipped)
        if flipped:
            X = X + spread @ np.linalg.solve(self._small.T, self._change.T @ X)
        else:
            X = X + spread @ np.linalg.solve(self._small, X[self._index])
        return X, 0

    def _answer_to_change(self, flipped: bool) -> Floats:
        """Return L D (n, q), or L' E (n, q), solved for once."""
        if flipped not in self._spread:
            right = self._change
            if flipped:
                right = np.zeros_like(self._change)
                right[self._index, np.arange(self._index.size)] = 1.0
            self._spread[flipped] = self._solve_base(right, flipped != self._by_rows)
        return self._spread[flipped]
