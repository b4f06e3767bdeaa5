"""A with a few columns or rows replaced: the change beside A, no second A."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mrio.leontief.report import Floats
from mrio.leontief.storage.matrices import (
    Matrix,
    absolute_left_product,
    diagonal,
    group_sums,
    panel_product,
    to_dense,
)


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
