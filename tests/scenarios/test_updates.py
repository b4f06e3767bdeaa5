"""Scenarios that change few columns or rows of a larger table: updated, not made anew, and right."""

import numpy as np
import pytest

import mrio
from mrio.leontief import Leontief
from mrio.leontief.storage.updated import UpdatedMatrix
from tests.strategies import Layout, random_table

R, N = 10, 200


@pytest.fixture(scope="module")
def large():
    """Return a table of 2000 sectors; its coefficients are thinned out so that sectors differ."""
    layout = Layout(R=R, N=N, K=2, exports=True, imports="product")
    return mrio.System.from_arrays(**random_table(layout, np.random.default_rng(4), "0"))


SCENARIOS = {
    # One buying sector in one region: one column.
    "column": lambda s: s.scale_technology(0.7, region="region 2", sector="sector 3"),
    # One product in three regions' sector: three columns.
    "columns": lambda s: s.substitute("sector 5", "sector 9", 0.4, sector=["sector 1", "sector 7"]),
    # All buyers take a product elsewhere: two rows.
    "rows": lambda s: s.shift_sourcing("sector 8", from_region="region 4", to_region="region 1", share=0.6),
}


@pytest.mark.slow
@pytest.mark.parametrize("factors", [False, True], ids=["iteration", "woodbury"])
@pytest.mark.parametrize("kind", SCENARIOS)
def test_few_columns_or_rows_are_updated_and_right(large, kind, factors):
    base = large.replace()
    if factors:
        base.leontief.expect(10_000).solve(base.arrays.final_demand.ravel())
    after = SCENARIOS[kind](mrio.Scenario(kind)).apply(base)
    assert isinstance(after.leontief.A, UpdatedMatrix)
    assert after.leontief.solver == ("woodbury" if factors else "gauss_seidel")
    width = after.leontief.A.index.size
    assert width == {"column": 1, "columns": 2 * R, "rows": 2}[kind]
    A = after.arrays.Z / after.arrays.x.ravel()
    y = after.arrays.final_demand.ravel()
    fresh = np.linalg.solve(np.eye(R * N) - A, y)
    np.testing.assert_allclose(after.arrays.x.ravel(), fresh, rtol=1e-10)
    rows = np.random.default_rng(1).random((3, R * N))
    np.testing.assert_allclose(
        after.leontief.solve_left(rows), Leontief(A, N, solver="lu").solve_left(rows), rtol=1e-10
    )


@pytest.mark.slow
def test_many_columns_are_made_anew_and_right(large):
    after = mrio.Scenario("all").scale_technology(0.9, product="sector 4").apply(large)
    # One product of all origins: ten rows, and every column.
    assert isinstance(after.leontief.A, UpdatedMatrix)
    everything = mrio.Scenario("all").scale_technology(0.9).apply(large)
    assert not isinstance(everything.leontief.A, UpdatedMatrix)
    for table in (after, everything):
        A = table.arrays.Z / table.arrays.x.ravel()
        fresh = np.linalg.solve(np.eye(R * N) - A, table.arrays.final_demand.ravel())
        np.testing.assert_allclose(table.arrays.x.ravel(), fresh, rtol=1e-10)


@pytest.mark.slow
def test_a_sweep_uses_the_factors_of_the_table_for_every_run(large):
    def family(factor):
        return SCENARIOS["column"](mrio.Scenario("s")).scale_intensity("co2", factor)

    def solver(table):
        return float(table.leontief.solver == "woodbury")

    found = mrio.sweep(large, family, {"factor": [1.0, 0.9]}, solver)
    assert found.values().values.tolist() == [1.0, 1.0]
    assert found.baseline().item() == 0.0
