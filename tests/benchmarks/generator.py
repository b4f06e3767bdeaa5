"""Tables to measure with: realistic in what decides speed, invented in every number.

What the published tables of 1300 to 10 000 rows have in common, and these tables too:

* column sums of A between 0.3 and 0.75 (the rest is value added and imports);
* dense domestic blocks: 70 to 80 % of the domestic inputs of a column come from its own region;
* small trade blocks: a share `filling` of the cells of other regions is not zero, sizes spread over orders of
  magnitude (log-normal, sigma 1.5), partners weighted by a log-normal attraction of the pair of regions;
* outputs spread over three orders of magnitude, final purchases 90 % from the own region.

`structured_factors` spreads trade over buyers in proportion (Chenery-Moses), `sparse_coefficients` is a
network with a given number of suppliers a buyer, most of them near it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True)
class Table:
    """Arrays of one invented table: A, Z (n, n), Y (n, R * K), x (n,), accounts (m, n)."""

    A: np.ndarray
    Y: np.ndarray
    x: np.ndarray
    accounts: np.ndarray
    n_regions: int
    n_sectors: int

    @property
    def blocks(self) -> tuple[int, ...]:
        return (self.n_sectors,) * self.n_regions

    def flows(self) -> np.ndarray:
        return self.A * self.x


def coefficients(n_regions: int, n_sectors: int, filling: float = 0.5, seed: int = 0) -> np.ndarray:
    """Return A (n, n), region by region, without any other array of that size."""
    rng = np.random.default_rng(seed)
    n = n_regions * n_sectors
    A = np.empty((n, n))
    attraction = rng.lognormal(0, 1.5, (n_regions, n_regions))
    for r in range(n_regions):
        rows = slice(r * n_sectors, (r + 1) * n_sectors)
        panel = A[rows]
        panel[:] = np.exp(1.5 * rng.standard_normal(panel.shape, dtype=np.float32))
        panel *= np.repeat(attraction[r], n_sectors)
        panel *= rng.random(panel.shape, dtype=np.float32) < filling
        panel[:, rows] = np.exp(1.5 * rng.standard_normal((n_sectors, n_sectors)))
    column_sum = rng.uniform(0.3, 0.75, n)
    domestic = rng.uniform(0.7, 0.8, n) if n_regions > 1 else np.ones(n)
    own = np.empty(n)
    for r in range(n_regions):
        block = slice(r * n_sectors, (r + 1) * n_sectors)
        own[block] = A[block, block].sum(axis=0)
    foreign = A.sum(axis=0) - own
    abroad_scale = np.divide(column_sum * (1 - domestic), foreign, out=np.zeros(n), where=foreign > 0)
    for r in range(n_regions):
        block = slice(r * n_sectors, (r + 1) * n_sectors)
        home = A[block, block] * (column_sum * domestic / own)[block]
        A[block] *= abroad_scale
        A[block, block] = home
    return A


def table(
    n_regions: int,
    n_sectors: int,
    n_demand: int = 3,
    n_accounts: int = 3,
    filling: float = 0.5,
    seed: int = 0,
) -> Table:
    """Return a balanced table: x = A x + sum of Y."""
    A = coefficients(n_regions, n_sectors, filling, seed)
    rng = np.random.default_rng(seed + 1)
    n = n_regions * n_sectors
    Y = np.empty((n_regions, n_sectors, n_regions, n_demand))
    Y[:] = 0.1 / max(n_regions - 1, 1) * rng.lognormal(0, 1.5, Y.shape)
    own = np.arange(n_regions)
    Y[own, :, own, :] = 0.9 * rng.lognormal(0, 1.5, (n_regions, n_sectors, n_demand))
    Y *= 1000 * rng.lognormal(0, 1, (1, 1, n_regions, 1))
    Y = Y.reshape(n, n_regions * n_demand)
    demand = Y.sum(axis=1)
    x = demand.copy()
    for _ in range(200):
        following = demand + A @ x
        if np.abs(following - x).sum() <= 1e-15 * x.sum():
            break
        x = following
    accounts = x * rng.lognormal(-3, 2, (n_accounts, n))
    return Table(A, Y, x, accounts, n_regions, n_sectors)


def structured_factors(n_regions: int, n_sectors: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return shares C (R, N, R), origin by product by buyer, and technology H (N, R, N).

    A[r, i, s, j] = C[r, i, s] * H[i, s, j]; column sums of A are those of H, between 0.3 and 0.75.
    """
    rng = np.random.default_rng(seed)
    H = rng.lognormal(0, 1.5, (n_regions, n_sectors, n_sectors))
    H *= rng.uniform(0.3, 0.75, (n_regions, 1, n_sectors)) / H.sum(axis=1, keepdims=True)
    t = rng.lognormal(0, 1.5, (n_regions, n_regions, n_sectors))
    own = np.arange(n_regions)
    t[own, own] = 0.0
    home = rng.uniform(0.65, 0.85, (n_regions, n_sectors))
    t *= (1 - home) / np.maximum(t.sum(axis=0), 1e-300)
    t[own, own] = home
    return np.ascontiguousarray(t.transpose(0, 2, 1)), np.ascontiguousarray(H.transpose(1, 0, 2))


def sparse_coefficients(n: int, per_column: int = 50, seed: int = 0) -> sp.csr_array:
    """Return A (n, n) with `per_column` suppliers a buyer: three quarters near it, the rest anywhere."""
    rng = np.random.default_rng(seed)
    near = (3 * per_column) // 4
    rows = np.empty((n, per_column), dtype=np.int32)
    reach = min(1000, n // 4)
    rows[:, :near] = (np.arange(n)[:, None] + rng.integers(-reach, reach + 1, (n, near))) % n
    rows[:, near:] = rng.integers(0, n, (n, per_column - near))
    values = rng.lognormal(0, 1.5, (n, per_column))
    values *= rng.uniform(0.3, 0.75, (n, 1)) / values.sum(axis=1, keepdims=True)
    return sp.csc_array(
        (values.ravel(), rows.ravel(), np.arange(0, n * per_column + 1, per_column)), shape=(n, n)
    ).tocsr()
