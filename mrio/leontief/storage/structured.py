"""Tables whose trade is spread over buyers in proportion (Chenery-Moses), kept as factors.

Where every column of a region buys product i from the same mix of origins, the blocks off the diagonal are

    A[r, i, s, j] = share[r, i, s] * technology[i, s, j]

so that 49 regions with 200 sectors need 35 MB in place of 768 MB, and a product 1 ms in place of 19 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mrio.errors import DataError, MissingDataError
from mrio.leontief.report import Floats
from mrio.leontief.storage.scaled import ScaledMatrix


class SourcingOperator:
    """A (n, n) as sourcing shares times technology; never built.

    Parameters
    ----------
    shares
        Shares (R, N, R) [1]: origin, product, buying region. Shares of origins outside the table are left
        out, so that they need not add up to one.
    technology
        Inputs of a product from any origin (N, R, N) [input per unit of output]: product, buying region,
        buying sector.
    domestic
        Blocks (R, N, N) that stand on the diagonal instead of share times technology: region, product, buying
        sector. None keeps the product.

    Raises
    ------
    DataError
        When the shapes do not fit.
    MissingDataError
        When there is NaN or infinity.

    Examples
    --------
    >>> import numpy as np
    >>> shares = np.array([[[0.8, 0.1]], [[0.2, 0.9]]])
    >>> technology = np.array([[[0.5], [0.4]]])
    >>> A = SourcingOperator(shares, technology)
    >>> A.toarray()
    array([[0.4 , 0.04],
           [0.1 , 0.36]])
    """

    ndim = 2

    def __init__(self, shares: ArrayLike, technology: ArrayLike, domestic: ArrayLike | None = None) -> None:
        C = np.asarray(shares, dtype=np.float64)
        H = np.asarray(technology, dtype=np.float64)
        _check_shapes(C, H)
        self.n_regions, self.n_sectors = C.shape[:2]
        self._trade = np.ascontiguousarray(C.transpose(1, 0, 2))
        self._technology = np.ascontiguousarray(H.transpose(1, 0, 2))
        self._domestic: Floats | None = None
        if domestic is not None:
            D = np.array(domestic, dtype=np.float64)
            if D.shape != self._technology.shape:
                raise DataError(
                    "The domestic blocks do not fit the technology.",
                    amount=f"shape {D.shape}, needed {self._technology.shape}",
                    remedy="give one block (N, N) for each region",
                )
            _check_finite(D, "domestic")
            self._domestic = D
            own = np.arange(self.n_regions)
            self._trade[:, own, own] = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of A."""
        n = self.n_regions * self.n_sectors
        return n, n

    @property
    def nbytes(self) -> int:
        """Memory of the factors [byte]."""
        own = 0 if self._domestic is None else self._domestic.nbytes
        return self._trade.nbytes + self._technology.nbytes + own

    @property
    def nonnegative(self) -> bool:
        """No factor is negative."""
        parts = (self._trade, self._technology, self._domestic)
        return all(part is None or bool(part.min() >= 0) for part in parts)

    @property
    def T(self) -> TransposedSourcing:
        """The transpose, of which only products exist."""
        return TransposedSourcing(self)

    def __matmul__(self, X: Floats) -> Floats:
        stacked = X.reshape(self.n_regions, self.n_sectors, -1)
        product = _by_product(self._trade, self._technology @ stacked)
        if self._domestic is not None:
            product += self._domestic @ stacked
        return product.reshape(X.shape)

    def rmatmul(self, X: Floats) -> Floats:
        """Return A' @ X for X (n, k) or (n,)."""
        stacked = X.reshape(self.n_regions, self.n_sectors, -1)
        product = self._technology.transpose(0, 2, 1) @ _by_product(self._trade.transpose(0, 2, 1), stacked)
        if self._domestic is not None:
            product += self._domestic.transpose(0, 2, 1) @ stacked
        return product.reshape(X.shape)

    def diagonal_blocks(self) -> Floats:
        """Return the diagonal blocks (R, N, N)."""
        if self._domestic is not None:
            return self._domestic
        own = np.arange(self.n_regions)
        blocks: Floats = self._trade[:, own, own].T[:, :, np.newaxis] * self._technology
        return blocks

    def diagonal(self) -> Floats:
        """Return the diagonal (n,)."""
        if self._domestic is not None:
            return np.diagonal(self._domestic, axis1=1, axis2=2).ravel()
        own = np.arange(self.n_regions)
        return (self._trade[:, own, own].T * np.diagonal(self._technology, axis1=1, axis2=2)).ravel()

    def absolute_left_product(self, weights: Floats) -> Floats:
        """Return |A|' weights (n,)."""
        by_region = weights.reshape(self.n_regions, self.n_sectors)
        total = np.einsum("ri,irs,sij->sj", by_region, np.abs(self._trade), np.abs(self._technology))
        if self._domestic is not None:
            total += np.einsum("si,sij->sj", by_region, np.abs(self._domestic))
        return np.asarray(total.ravel())

    def toarray(self) -> Floats:
        """Return A as an array (n, n)."""
        full = np.einsum("irs,sij->risj", self._trade, self._technology)
        if self._domestic is not None:
            own = np.arange(self.n_regions)
            full[own, :, own, :] = self._domestic
        return np.asarray(full.reshape(self.shape))

    def __repr__(self) -> str:
        size = f"{self.n_regions} regions, {self.n_sectors} sectors"
        return f"<SourcingOperator {size}, {self.nbytes / 1e6:.3g} MB>"


class TransposedSourcing:
    """Transpose of a `SourcingOperator`."""

    ndim = 2

    def __init__(self, operator: SourcingOperator) -> None:
        self.T = operator
        self.shape = operator.shape

    def __matmul__(self, X: Floats) -> Floats:
        return self.T.rmatmul(X)


_SAMPLE = 12
"""Products of the first region that are looked at first, about."""


@dataclass(frozen=True)
class Detection:
    """A table found to be of the structured form.

    Parameters
    ----------
    operator
        Its factors.
    misfit
        1-norm of the difference from A [1].
    """

    operator: SourcingOperator
    misfit: float


def detect(A: Floats | ScaledMatrix, n_sectors: int, tolerance: float) -> Detection | None:
    """Return the factors of a dense A (n, n), or None when they miss it by more than `tolerance` in 1-norm.

    A few products that one region buys are looked at before all of A is read, so that other tables lose no
    time.
    """
    R = A.shape[0] // n_sectors
    regions = [slice(r * n_sectors, (r + 1) * n_sectors) for r in range(R)]
    step = next(step for step in range(max(1, n_sectors // _SAMPLE), 0, -1) if n_sectors % step == 0)
    if not _one_region_fits(A[::step, regions[0]].reshape(R, -1, n_sectors), tolerance):
        return None
    domestic = np.array([A[own, own] for own in regions])
    technology = np.zeros((n_sectors, R, n_sectors))
    for rows in regions:
        technology += A[rows, :].reshape(technology.shape)
    technology -= domestic.transpose(1, 0, 2)
    bought = technology.sum(axis=2)
    shares = np.empty((R, n_sectors, R))
    sums = np.zeros(A.shape[0])
    for r, rows in enumerate(regions):
        cells = A[rows, :].reshape(technology.shape)
        sold = cells.sum(axis=2)
        shares[r] = np.divide(sold, bought, out=np.zeros_like(sold), where=bought != 0)
        misfit = np.abs(cells - shares[r][:, :, np.newaxis] * technology)
        misfit[:, r, :] = 0.0
        sums += misfit.sum(axis=0).ravel()
    largest = float(sums.max())
    if not largest <= tolerance:
        return None
    return Detection(SourcingOperator(shares, technology, domestic), largest)


def _one_region_fits(bought: Floats, tolerance: float) -> bool:
    """Tell whether purchases (R, products, N) of the first region have one mix of origins a product."""
    abroad = bought[1:]
    technology = abroad.sum(axis=0)
    totals = technology.sum(axis=1)
    sold = abroad.sum(axis=2)
    shares = np.divide(sold, totals, out=np.zeros_like(sold), where=totals != 0)
    misfit = np.abs(abroad - shares[:, :, np.newaxis] * technology).sum(axis=(0, 1))
    return bool(misfit.max() <= tolerance)


def _by_product(trade: Floats, stacked: Floats) -> Floats:
    """Return sum_s trade[i, r, s] * stacked[s, i, :] as (R, N, k)."""
    return np.ascontiguousarray((trade @ stacked.transpose(1, 0, 2)).transpose(1, 0, 2))


def _check_shapes(C: Floats, H: Floats) -> None:
    if C.ndim != 3 or H.ndim != 3 or C.shape[0] != C.shape[2] or H.shape != (*C.shape[1:], C.shape[1]):
        raise DataError(
            "Sourcing shares and technology do not fit.",
            amount=f"shares {C.shape}, technology {H.shape}",
            remedy="give shares (origin, product, buyer) and technology (product, buyer, sector)",
        )
    _check_finite(C, "shares")
    _check_finite(H, "technology")


def _check_finite(values: Floats, what: str) -> None:
    if not np.isfinite(values).all():
        raise MissingDataError(
            f"The {what} of a sourcing operator hold NaN or infinity.",
            amount=f"{np.count_nonzero(~np.isfinite(values))} of {values.size} cells",
            remedy="say what an empty cell means first",
        )
