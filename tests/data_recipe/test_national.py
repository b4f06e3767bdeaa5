import numpy as np

from data.recipe.national import national
from data.recipe.sources import NationalTable

N, K = 39, 4


def competitive(seed: int) -> NationalTable:
    """Return a table of 60 products that balances by rows."""
    random = np.random.default_rng(seed)
    D = 60
    Z, F = random.gamma(1.0, size=(D, D)), random.gamma(2.0, size=(D, K)) * 10
    stock, exports = random.normal(size=D), random.gamma(1.0, size=D)
    imports, error = random.uniform(0, 5, size=D), random.normal(size=D)
    x = Z.sum(axis=1) + F.sum(axis=1) + stock + exports - imports + error
    sector = np.concatenate([np.arange(N), random.integers(0, N, D - N)])
    return NationalTable(Z, F, stock, exports, imports, error, x - Z.sum(axis=0), x, sector)


def test_rows_hold_after_the_split_and_totals_are_kept():
    table = competitive(1)
    result = national(table)
    domestic = (result.Z - result.Z_imported).sum(axis=1) + (result.F - result.F_imported).sum(axis=1)
    rows = domestic + result.exports + result.stock + result.discrepancy
    np.testing.assert_allclose(rows, result.x, rtol=1e-12)
    np.testing.assert_allclose(result.Z.sum(), table.Z.sum(), rtol=1e-13)
    np.testing.assert_allclose(result.V.sum(), table.V.sum(), rtol=1e-13)


def test_split_is_proportional_in_detail_and_then_added_up():
    table = competitive(2)
    result = national(table)
    mu = table.imports / (table.Z.sum(axis=1) + table.F.sum(axis=1) + table.stock)
    expected = np.zeros((N, N))
    np.add.at(expected, (table.sector[:, None], table.sector[None, :]), mu[:, None] * table.Z)
    np.testing.assert_allclose(result.Z_imported, expected, rtol=1e-12)
    into_stock = np.zeros(N)
    np.add.at(into_stock, table.sector, mu * table.stock)
    np.testing.assert_allclose(result.imports_published - result.imports, into_stock, atol=1e-10)
