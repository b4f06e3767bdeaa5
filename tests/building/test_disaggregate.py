"""Disaggregation: by hand, the inverse of aggregation, after a pattern, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import ConvergenceError, DataError, LabelError
from mrio.tables import System
from tests.compare import assert_close, assert_same_tables, level, money
from tests.strategies import Layout, layouts, pairs, random_table

METALS = {"sector 0": {"steel": 0.7, "other metals": 0.3}}
NORTH = {"region 0": {"north": 0.25, "south": 0.75}}


def together(fine, old, **shares):
    """Return a table with the new labels added up to the old ones."""
    into = {}
    for dim, given_ in shares.items():
        parts = {name: label for label, own in (given_ or {}).items() for name in own}
        into[dim] = {name: parts.get(name, name) for name in getattr(fine, dim)}
    return fine.aggregate(**into)


def test_by_hand():
    table = System.from_arrays(
        regions=["A"],
        sectors=["metals", "services"],
        demand=["final"],
        Z=[[20.0, 30.0], [10.0, 20.0]],
        Y=[[50.0], [70.0]],
        imports_Z=[[[2.0, 4.0]], [[1.0, 3.0]]],
        imports_Y=[[[3.0]], [[5.0]]],
        V=[67.0, 43.0],
        accounts={"co2": ([[10.0, 2.0]], "Mt CO2", [0.5])},
        unit="1e8 CNY",
        price_basis="current CNY",
        period="1",
    )
    fine = mrio.disaggregate(table, {"metals": {"steel": 0.7, "other": 0.3}})
    assert fine.sectors == ("steel", "other", "services")
    # Sellers 7 : 3, buyers 7 : 3.
    np.testing.assert_allclose(fine.arrays.Z, [[9.8, 4.2, 21], [4.2, 1.8, 9], [7, 3, 20]], rtol=1e-14)
    np.testing.assert_allclose(fine.arrays.x, [[70, 30, 100]], rtol=1e-14)
    np.testing.assert_allclose(fine.arrays.V, [[[46.9, 20.1, 43]]], rtol=1e-14)
    expected = [[[0.98, 0.42, 2.8]], [[0.42, 0.18, 1.2]], [[0.7, 0.3, 3]]]
    np.testing.assert_allclose(fine.arrays.imports_Z, expected, rtol=1e-14)
    np.testing.assert_allclose(fine.arrays.imports_Y[:, 0, 0], [2.1, 0.9, 5], rtol=1e-14)
    np.testing.assert_allclose(fine.account("co2").values, [[7, 3, 2]], rtol=1e-14)
    assert fine.account("co2").direct_values.tolist() == [0.5]
    assert fine.check()["column balance"].passed
    assert fine.provenance.steps[-1].action == "disaggregated"
    assert fine.provenance.groups["parts of split labels"].status == "estimated"


@settings(max_examples=15)
@given(pairs(R=2, N=2))
def test_aggregation_gives_the_table_back_and_effects_stay(pair):
    tables = pair.systems()
    shares = {"sectors": METALS, "regions": NORTH}
    fine = [mrio.disaggregate(table, **shares) for table in tables]
    assert fine[0].regions == ("north", "south", "region 1")
    for one, table in zip(fine, tables, strict=True):
        assert_same_tables(together(one, table, **shares), table, tolerance=1e-12)
        assert one.check()["row balance"].passed
        if table.check()["column balance"].passed:
            assert one.check()["column balance"].passed
        x = table.arrays.x
        assert_close(one.arrays.x[1, :2], [0.75 * 0.7 * x[0, 0], 0.75 * 0.3 * x[0, 0]], money(table, table))
    # Parts that differ in size alone change nothing that is not asked of them.
    d, e = (mrio.decompose(*given_, "co2", spread=False) for given_ in (tables, fine))
    scale = level(*tables, "co2")
    assert_close(e.effects.sum(["region", "sector"]), d.effects.sum(["region", "sector"]), scale)


def fine_table(layout, seed, period="0"):
    """Return a table with four sectors, two of which are metals, and its arguments."""
    given_ = random_table(layout, np.random.default_rng(seed), period)
    return System.from_arrays(**{**given_, "sectors": ["steel", "other metals", "sector 1", "sector 2"]})


INTO = {"steel": "sector 0", "other metals": "sector 0", "sector 1": "sector 1", "sector 2": "sector 2"}


def output_shares(fine):
    """Return the output shares of the metals of a table, by region."""
    x = fine.arrays.x
    total = x[:, 0] + x[:, 1]
    share = np.divide(x[:, 0], total, out=np.full(len(total), 0.5), where=total > 0)
    return {"sector 0": {"steel": share, "other metals": 1 - share}}


@settings(max_examples=20)
@given(layouts(N=4, M=1, stocks=False, discrepancy=False), st.integers(0, 2**32 - 1))
def test_the_own_fine_table_as_pattern_comes_back(layout, seed):
    fine = fine_table(layout, seed)
    found = mrio.disaggregate(fine.aggregate(sectors=INTO), output_shares(fine), pattern=fine)
    assert_same_tables(found, fine, tolerance=1e-10)


@pytest.mark.parametrize("imports", ["none", "product", "row"])
def test_another_pattern_is_balanced_to_cells_rows_and_columns(imports):
    layout = Layout(R=2, N=4, K=2, M=2, imports=imports, exports=True, stocks=True)
    coarse = fine_table(layout, 1).aggregate(sectors=INTO)
    pattern = fine_table(layout, 2)
    shares = {"sector 0": {"steel": [0.6, 0.3], "other metals": [0.4, 0.7]}}
    found = mrio.disaggregate(coarse, shares, pattern=pattern)
    assert found.provenance.steps[-1].details["sweeps"] > 1
    assert_same_tables(found.aggregate(sectors=INTO), coarse, tolerance=1e-11)
    x = coarse.arrays.x[:, 0]
    assert_close(found.arrays.x[:, 0], [0.6, 0.3] * x, tolerance=1e-11)
    assert_close(found.arrays.column_sums(), found.arrays.x, tolerance=1e-11)
    # Cells are the pattern times factors of block, row and column.
    cells = [t.arrays.Z.reshape(2, 4, 2, 4)[:, :2, :, :2].reshape(4, 4) for t in (found, pattern)]
    logs = np.log(cells[0] / cells[1])
    design = []
    for r, c in np.ndindex(4, 4):
        row = np.zeros(12)
        row[[r, 4 + c, 8 + 2 * (r // 2) + c // 2]] = 1
        design.append(row)
    fitted = np.array(design) @ np.linalg.lstsq(np.array(design), logs.ravel(), rcond=None)[0]
    np.testing.assert_allclose(fitted, logs.ravel(), atol=1e-9)
    # Accounts follow those of the pattern.
    own, other = (t.account("co2").values for t in (found, pattern))
    np.testing.assert_allclose(own[:, 0] / own[:, 1], other[:, 0] / other[:, 1], rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"sectors": {"sector 9": {"a": 1.0}}}, LabelError, "no sector 'sector 9'"),
        ({"regions": {"region 9": {"a": 1.0}}}, LabelError, "no region 'region 9'"),
        ({"sectors": {"sector 0": {"a": 0.5, "b": 0.4}}}, DataError, "'sector 0' do not add up"),
        ({"sectors": {"sector 0": {"a": 1.5, "b": -0.5}}}, DataError, "'sector 0' do not add up"),
        ({"sectors": {"sector 0": {}}}, DataError, "'sector 0' do not add up"),
        ({"sectors": {"sector 0": {"a": np.nan, "b": 0.5}}}, DataError, "sector 'a' cannot be used"),
        ({"sectors": {"sector 0": {"a": [0.5] * 3, "b": 0.5}}}, DataError, "sector 'a' cannot be used"),
        ({"sectors": {"sector 0": {"a": 0.5, "sector 1": 0.5}}}, LabelError, "called 'sector 1'"),
    ],
)
def test_shares_that_cannot_be(options, error, words):
    table = System.from_arrays(**random_table(Layout(R=2, N=2), np.random.default_rng(1), "0"))
    with pytest.raises(error, match=words):
        mrio.disaggregate(table, **options)


def test_patterns_that_do_not_fit():
    layout = Layout(R=2, N=4, imports="product")
    fine = fine_table(layout, 1)
    coarse = fine.aggregate(sectors=INTO)
    with pytest.raises(LabelError, match="the pattern"):
        mrio.disaggregate(coarse, METALS, pattern=coarse)
    bare = fine_table(Layout(R=2, N=4), 1)
    with pytest.raises(DataError, match="other arrays") as caught:
        mrio.disaggregate(coarse, METALS, pattern=bare)
    assert caught.value.where == "imports_Y, imports_Z"
    # Nobody buys steel in the pattern, so nothing can be sold of it.
    Z, Y = fine.arrays.Z.copy(), fine.arrays.Y.copy()
    Z[[0, 4]], Y[:, 0] = 0.0, 0.0
    Z[:, [0, 4]] = 0.0
    idle = fine.replace(
        Z=Z,
        Y=Y,
        V=fine.arrays.V * [0, 1, 1, 1],
        imports_Z=fine.arrays.imports_Z * [0, 1, 1, 1],
        accounts={},
    )
    with pytest.raises(ConvergenceError, match="no room"):
        mrio.disaggregate(coarse, METALS, pattern=idle)
