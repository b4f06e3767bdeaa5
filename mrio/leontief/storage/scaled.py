"""A as a dense array between two diagonals: no second array of its size.

Input coefficients are the flows with their columns divided by output, ``A = Z diag(1 / x)``; a balanced
table is ``diag(1 / d) A diag(d)``. Products scale vectors in place of the n x n numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrio.leontief.report import Floats
from mrio.leontief.storage.passes import few_columns_product, smallest


class ScaledMatrix:
    """The matrix ``diag(left) base diag(right)`` (n, n), never built.

    Parameters
    ----------
    base
        Dense array (n, n), for example flows Z.
    left, right
        Scales (n,) of rows and columns, for example ones and 1 / x; not negative.

    Examples
    --------
    >>> import numpy as np
    >>> Z, x = np.array([[20.0, 10.0], [10.0, 30.0]]), np.array([100.0, 200.0])
    >>> A = ScaledMatrix(Z, np.ones(2), 1 / x)
    >>> A @ np.array([100.0, 200.0])
    array([30., 40.])
    """

    ndim = 2

    def __init__(self, base: Floats, left: Floats, right: Floats) -> None:
        self.base = base
        self.left = left
        self.right = right
        self.shape: tuple[int, int] = (base.shape[0], base.shape[1])

    @property
    def T(self) -> ScaledMatrix:
        """The transpose: a view of the same numbers."""
        return ScaledMatrix(self.base.T, self.right, self.left)

    @property
    def nonnegative(self) -> bool:
        """No coefficient is negative."""
        return smallest(self.base) >= 0

    def __matmul__(self, X: Floats) -> Floats:
        left, right = (self.left, self.right) if X.ndim == 1 else (self.left[:, None], self.right[:, None])
        product: Floats = self.base @ (right * X)
        product *= left
        return product

    def __abs__(self) -> ScaledMatrix:
        return ScaledMatrix(np.abs(self.base), self.left, self.right)

    def __getitem__(self, place: tuple[Any, Any]) -> Any:
        """Return coefficients by rows and columns, as numpy indexes an array, in an array of their own."""
        rows, columns = place
        left = self.left[rows]
        if isinstance(rows, slice) and isinstance(columns, slice):
            left = left[:, np.newaxis]
        return self.base[rows, columns] * self.right[columns] * left

    def part_product(self, rows: slice, columns: slice, V: Floats) -> Floats:
        """Return a part ``[rows, columns]`` times V (columns, k)."""
        product = few_columns_product(self.base[rows, columns], V, self.right[columns])
        product *= self.left[rows, np.newaxis]
        return product

    def group_sums(self, starts: NDArray[np.intp], weights: Floats) -> Floats:
        """Return weighted sums (R, n) over the rows of each group; `starts` (R,) are their first rows."""
        ends = np.append(starts[1:], self.shape[0])
        weights = weights * self.left
        parts = [weights[low:high] @ self.base[low:high] for low, high in zip(starts, ends, strict=True)]
        return np.array(parts) * self.right

    def columns(self, index: NDArray[np.intp]) -> Floats:
        """Return some columns (n, q)."""
        chosen: Floats = self.base[:, index] * self.right[index]
        chosen *= self.left[:, np.newaxis]
        return chosen

    def diagonal(self) -> Floats:
        """Return the diagonal (n,)."""
        own: Floats = self.base.diagonal() * self.left * self.right
        return own

    def absolute_left_product(self, weights: Floats) -> Floats:
        """Return |A|' weights (n,), panel by panel."""
        total = np.zeros(self.shape[1])
        for start in range(0, self.shape[0], 256):
            rows = slice(start, start + 256)
            total += (weights[rows] * self.left[rows]) @ np.abs(self.base[rows])
        total *= self.right
        return total

    def write_into(self, out: NDArray[np.floating]) -> None:
        """Write the numbers into an array (n, n) of any precision, without another one of this size."""
        np.multiply(self.base, self.right, out=out, casting="same_kind")
        out *= self.left[:, np.newaxis].astype(out.dtype)

    def toarray(self) -> Floats:
        """Return the numbers as an array (n, n)."""
        full = np.empty(self.shape)
        self.write_into(full)
        return full
