"""A as dense flows times rates by product and buyer: no second array of its size.

With n = R N rows, product i of region o is row ``o N + i``, and

    A[(o, i), b] = Z[(o, i), b] * rate[i, b]

has the sourcing of the flows Z and whatever technology the rates give. Products make a few rows at a time,
just before BLAS reads them, which takes two to three times as long as reading an array of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrio.leontief.report import Floats
from mrio.leontief.storage.passes import few_columns_product, reading_threads, smallest

_AT_ONCE = 10**6
"""Coefficients that are made at a time: few enough to be read again before they leave the cache."""


class RatedMatrix:
    """The matrix ``base * tile(rates)`` (n, n), or its transpose, never built.

    Parameters
    ----------
    base
        Dense array (n, n), for example flows Z.
    rates
        Factors by product and buyer (N, n); n is a multiple of N.
    transposed
        Stands for the transpose.

    Examples
    --------
    >>> import numpy as np
    >>> Z = np.arange(1.0, 17.0).reshape(4, 4)
    >>> A = RatedMatrix(Z, np.array([[0.1] * 4, [0.0] * 4]))
    >>> A @ np.ones(4)
    array([1. , 0. , 4.2, 0. ])
    """

    ndim = 2

    def __init__(self, base: Floats, rates: Floats, transposed: bool = False) -> None:
        self.base = base
        self.rates = rates
        self.transposed = transposed
        self.shape: tuple[int, int] = (base.shape[0], base.shape[1])

    @property
    def T(self) -> RatedMatrix:
        """The transpose: a view of the same numbers."""
        return RatedMatrix(self.base, self.rates, not self.transposed)

    @property
    def nonnegative(self) -> bool:
        """No coefficient is negative."""
        return smallest(self.base) >= 0 and smallest(self.rates) >= 0

    def __matmul__(self, X: Floats) -> Floats:
        everything = slice(None)
        return self.part_product(everything, everything, X.reshape(len(X), -1)).reshape(X.shape)

    def __getitem__(self, place: tuple[Any, Any]) -> Any:
        """Return coefficients by rows and columns, as numpy indexes an array, in an array of their own."""
        sellers, buyers = place[::-1] if self.transposed else place
        products = np.arange(self.shape[0])[sellers] % len(self.rates)
        rates = (
            self.rates[products][:, buyers] if isinstance(sellers, slice) else self.rates[products, buyers]
        )
        part = self.base[sellers, buyers] * rates
        # Two arrays of positions give what they are shaped for; a slice keeps its axis.
        return part.T if self.transposed and any(isinstance(p, slice) for p in place) else part

    def part_product(self, rows: slice, columns: slice, V: Floats) -> Floats:
        """Return a part ``[rows, columns]`` times V (columns, k)."""
        if self.transposed:
            return self._transposed_product(columns, rows, V)
        start, stop, _ = rows.indices(self.shape[0])
        product = np.empty((stop - start, V.shape[1]))
        for piece, part in self._pieces(rows, columns):
            product[piece.start - start : piece.stop - start] = few_columns_product(part, V)
        return product

    def _transposed_product(self, rows: slice, columns: slice, V: Floats) -> Floats:
        """Return ``[rows, columns]'`` times V (rows, k)."""
        first, last, _ = columns.indices(self.shape[0])
        start, _, _ = rows.indices(self.shape[0])
        product = np.zeros((last - first, V.shape[1]))
        for piece, part in self._pieces(rows, columns):
            product += few_columns_product(part.T, V[piece.start - start : piece.stop - start])
        return product

    def _pieces(self, rows: slice, columns: slice) -> Iterator[tuple[slice, Floats]]:
        """Yield consecutive rows of the untransposed matrix with their coefficients, in one reused buffer."""
        first, last, _ = columns.indices(self.shape[0])
        height = max(1, min(len(self.rates), _AT_ONCE // max(1, last - first)))
        buffer = np.empty((height, last - first))
        for piece, products in self._strips(rows, height):
            part = buffer[: piece.stop - piece.start]
            np.multiply(self.base[piece, columns], self.rates[products, columns], out=part)
            yield piece, part

    def _strips(self, rows: slice, height: int) -> Iterator[tuple[slice, slice]]:
        """Yield consecutive rows of one region each, at most `height` of them, and their products."""
        N = len(self.rates)
        start, stop, _ = rows.indices(self.shape[0])
        while start < stop:
            product = start % N
            end = min(stop, start + height, start - product + N)
            yield slice(start, end), slice(product, product + end - start)
            start = end

    def group_sums(self, starts: NDArray[np.intp], weights: Floats) -> Floats:
        """Return weighted sums (R, n) over the rows of each group; `starts` (R,) are their first rows."""
        sums = np.zeros((starts.size, self.shape[1]))
        everything = slice(None)
        for group, (low, high) in enumerate(zip(starts, [*starts[1:], self.shape[0]], strict=True)):
            rows = slice(int(low), int(high))
            sums[group] = self.T.part_product(everything, rows, weights[rows, np.newaxis])[:, 0]
        return sums

    def columns(self, index: NDArray[np.intp]) -> Floats:
        """Return some columns (n, q)."""
        return np.array(self[:, index])

    def diagonal(self) -> Floats:
        """Return the diagonal (n,)."""
        own = np.arange(self.shape[0])
        return np.asarray(self.base.diagonal() * self.rates[own % len(self.rates), own])

    def absolute_left_product(self, weights: Floats) -> Floats:
        """Return |A|' weights (n,), a few rows at a time."""
        total = np.zeros(self.shape[0])
        everything = slice(None)
        for piece, part in self._pieces(everything, everything):
            sizes = np.abs(part)
            if self.transposed:
                total[piece] = sizes @ weights
            else:
                total += weights[piece] @ sizes
        return total

    def write_into(self, out: NDArray[np.floating]) -> None:
        """Write the numbers into an array (n, n) of any precision, without another one of this size."""
        target = out.T if self.transposed else out

        def write(strip: tuple[slice, slice]) -> None:
            rows, products = strip
            np.multiply(self.base[rows], self.rates[products], out=target[rows], casting="same_kind")

        with ThreadPoolExecutor(reading_threads(out)) as pool:
            list(pool.map(write, self._strips(slice(None), len(self.rates))))

    def toarray(self) -> Floats:
        """Return the numbers as an array (n, n)."""
        full = np.empty(self.shape)
        self.write_into(full)
        return full
