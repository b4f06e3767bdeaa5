"""Small world tables for tests of readers: balanced arrays with a zero sector and negative inventories."""

from dataclasses import dataclass, replace

import numpy as np

REGIONS = ["AUS", "BEL", "ROW"]
SECTORS = ["A01", "C10", "F", "G"]
R, N = 3, 4
n = R * N


@dataclass(frozen=True)
class World:
    """Z (n, n), Y (n, R, K), V (rows, n) paid by producers, finals (rows, R, K), x (n,)."""

    Z: np.ndarray
    Y: np.ndarray
    V: np.ndarray
    finals: np.ndarray
    x: np.ndarray


def world(rows, categories, stocks, *, seed=0, shape=(R, N)):
    """Return a balanced table; the first row of V takes what is left of output, `stocks` is a category."""
    rng = np.random.default_rng(seed)
    regions, size = shape[0], shape[0] * shape[1]
    Z = rng.uniform(0, 5, (size, size))
    Y = rng.uniform(0, 40, (size, regions, categories))
    Y[:, :, stocks] = rng.normal(0, 3, (size, regions))
    V = rng.uniform(-1, 3, (rows, size))
    empty = size - 2
    Z[empty], Z[:, empty], Y[empty], V[:, empty] = 0, 0, 0, 0
    x = Z.sum(1) + Y.sum((1, 2))
    V[0] = x - Z.sum(0) - V[1:].sum(0)
    return World(Z, Y, V, rng.uniform(0, 2, (rows, regions, categories)), x)


def scaled(table, row, factor):
    """Return the table with one row of flows multiplied, so that it no longer balances."""
    Z = table.Z.copy()
    Z[row] *= factor
    return replace(table, Z=Z)


def footprints_add_up(system, account):
    """Tell whether what is embodied in all demand is what the account holds."""
    flows, x = system.account(account).values.ravel(), system.arrays.x.ravel()
    intensity = np.divide(flows, x, out=np.zeros_like(flows), where=x != 0)
    embodied = np.asarray(system.leontief.solve_left(intensity)) @ system.arrays.final_demand.ravel()
    return np.isclose(embodied, flows.sum(), rtol=1e-10)
