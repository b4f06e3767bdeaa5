"""Assembling single regions: parts are given back, the nation is met, what disagrees is told."""

from __future__ import annotations

import dataclasses
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.building.assemble import assemble
from mrio.building.assembly_notes import HEADLINE
from mrio.building.nation import compare_with_nation, residual_table
from mrio.building.trade_rule import TradeRule
from mrio.errors import BalanceError, DataError, DataWarning, LabelError, MissingDataError, UnitsError
from mrio.provenance import Provenance
from tests.building.tables import random_tables, without_split

RULES = (
    TradeRule(),
    TradeRule("gravity", distance=np.array([[0, 100, 300], [100, 0, 250], [300, 250, 0.0]]), own="geometric"),
    TradeRule("observed", observed=np.ones((3, 3, 3)), own="min"),
)
SEEDS = st.integers(0, 2**32 - 1)


def steps(system):
    return {step.action.split(" ")[0]: dict(step.details) for step in system.provenance.steps}


def all_origins(system):
    """Purchases of all origins by region: (R, N, N) and (R, N, K)."""
    arrays = system.arrays
    R, N = arrays.x.shape
    Z = np.asarray(arrays.Z).reshape(R, N, R, N).sum(0).transpose(1, 0, 2) + arrays.imports_Z.transpose(
        1, 0, 2
    )
    return Z, arrays.Y.sum(0).transpose(1, 0, 2) + arrays.imports_Y.transpose(1, 0, 2)


@settings(deadline=None, max_examples=25)
@given(SEEDS, st.sampled_from(RULES))
def test_every_part_is_given_back(seed, rule):
    tables, _ = random_tables(seed)
    system = assemble(tables, trade=rule)
    Z, Y = all_origins(system)
    kept = np.array([1 - t.imports / (t.use + t.stock_change) for t in tables])
    for r, table in enumerate(tables):
        np.testing.assert_allclose(Z[r], table.Z, rtol=1e-10)
        np.testing.assert_allclose(Y[r], table.Y, rtol=1e-10)
        np.testing.assert_allclose(system.arrays.V[:, r], table.V, rtol=1e-10)
        np.testing.assert_allclose(system.arrays.x[r], table.x, rtol=1e-10)
        np.testing.assert_allclose(system.arrays.exports[r], table.exports, rtol=1e-10)
        np.testing.assert_allclose(system.arrays.stock_change[r], kept[r] * table.stock_change, rtol=1e-10)
        np.testing.assert_allclose(system.arrays.discrepancy[r], table.error, atol=1e-10 * table.x.max())
        np.testing.assert_array_equal(system.account("co2").values[r], table.accounts["co2"][0])
    report = system.check()
    assert report["row balance"].passed
    assert report["column balance"].passed
    # Net flows of the regions are those their offices publish.
    flows = np.asarray(system.arrays.Z).reshape(3, 3, 3, 3).sum(3) + system.arrays.Y.sum(3)
    net = flows.sum(2) - flows.sum(0).T
    np.testing.assert_allclose(
        net, [t.outflow - t.inflow for t in tables], atol=1e-10 * max(t.x.max() for t in tables)
    )


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_assembling_one_region_gives_it_back(seed):
    _, nation = random_tables(seed)
    system = assemble([nation])
    Z, Y = all_origins(system)
    np.testing.assert_allclose(Z[0], nation.Z, rtol=1e-10)
    np.testing.assert_allclose(Y[0], nation.Y, rtol=1e-10)
    np.testing.assert_allclose(system.arrays.V[:, 0], nation.V, rtol=1e-12)
    np.testing.assert_allclose(system.arrays.x[0], nation.x, rtol=1e-12)
    imported = system.arrays.imports_by_user.sum() + system.arrays.imports_by_demand.sum()
    share = nation.imports / (nation.use + nation.stock_change)
    assert imported == pytest.approx((share * nation.use).sum(), rel=1e-10)


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_the_rest_of_the_country_is_the_nation_less_the_parts(seed):
    tables, nation = random_tables(seed)
    rest = residual_table(nation, tables[:2], "rest")
    for name in ("Z", "Y", "V", "x", "exports", "imports", "stock_change"):
        np.testing.assert_allclose(
            getattr(rest, name), getattr(tables[2], name), rtol=1e-10, atol=1e-10 * nation.x.max()
        )
    np.testing.assert_allclose(rest.error, tables[2].error, atol=1e-10 * nation.x.max())
    np.testing.assert_allclose(rest.accounts["co2"][0], tables[2].accounts["co2"][0], atol=1e-12)
    assert rest.accounts["co2"][2] == pytest.approx(3.0, rel=1e-10)
    assert rest.population == pytest.approx(102, rel=1e-10)
    rest.check(1e-9)
    system = assemble(tables[:2], national=nation, rest="rest", trade=RULES[1])
    assert system.regions == ("region 0", "region 1", "rest")
    assert system.check()["row balance"].passed
    np.testing.assert_allclose(system.arrays.V.sum(1), nation.V, rtol=1e-10)
    assert system.provenance.groups["exports and imports, rest"].status == "derived"


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_parts_are_brought_to_the_cells_of_the_nation(seed):
    tables, nation = random_tables(seed)
    # The offices of the regions overstate: every table is off by its own factors.
    rng = np.random.default_rng(seed)
    factors = rng.uniform(0.8, 1.3, 3)
    names = ("Z", "Y", "V", "x", "exports", "imports", "outflow", "inflow", "stock_change", "error")
    parts = [
        dataclasses.replace(t, **{n: getattr(t, n) * f for n in names}, out_total=None, in_total=None)
        for t, f in zip(tables, factors, strict=True)
    ]
    system = assemble(parts, national=nation, balance="nation")
    Z, Y = all_origins(system)
    np.testing.assert_allclose(Z.sum(0), nation.Z, rtol=1e-10)
    np.testing.assert_allclose(Y.sum(0), nation.Y, rtol=1e-10)
    np.testing.assert_allclose(system.arrays.V.sum(1), nation.V, rtol=1e-10)
    np.testing.assert_allclose(system.arrays.x.sum(0), nation.x, rtol=1e-10)
    np.testing.assert_allclose(system.arrays.exports.sum(0), nation.exports, rtol=1e-10)
    report = system.check()
    assert report["row balance"].passed
    assert report["column balance"].passed
    assert steps(system)["scaled"]["share_of_output"] <= 1e-12
    assert steps(system)["brought"]["moved"]["output"] > 0


def test_flows_that_do_not_agree_stay_in_the_discrepancy_and_are_told():
    tables, _ = random_tables(1)
    louder = dataclasses.replace(
        tables[0],
        outflow=tables[0].outflow + 5.0,
        error=tables[0].error - 5.0,
        out_total=None,
    )
    with pytest.warns(DataWarning, match="went into the discrepancy"):
        system = assemble([louder, *tables[1:]])
    gap = system.arrays.discrepancy - [louder.error, tables[1].error, tables[2].error]
    np.testing.assert_allclose(gap.sum(0), 5.0, rtol=1e-10)
    assert steps(system)["scaled"]["share_of_output"] == pytest.approx(
        np.abs(gap).sum() / system.arrays.x.sum(), rel=1e-10
    )
    Z, _ = all_origins(system)
    np.testing.assert_allclose(Z[0], louder.Z, rtol=1e-10)


def test_tables_with_totals_only_are_handled_and_flagged():
    tables, nation = random_tables(2)
    parts = [without_split(tables[0]), *tables[1:]]
    with pytest.warns(DataWarning) as told:
        system = assemble(parts, national=nation)
    assert "estimated for region 0" in str(told[0].message)
    # The reference is the nation: exports in proportion to output, within the total.
    expected = np.minimum(nation.exports / nation.x * tables[0].x, tables[0].out_total)
    np.testing.assert_allclose(system.arrays.exports[0], expected, rtol=1e-12)
    assert system.provenance.groups["exports and imports, region 0"].status == "estimated"
    assert system.provenance.groups["exports and imports, region 1"].status == "fact"
    with pytest.warns(DataWarning) as told:
        assemble(parts)
    assert "estimated for region 0" in str(told[0].message)
    with pytest.raises(MissingDataError, match="totals only"):
        assemble([without_split(table) for table in tables])


def test_charm_takes_cross_hauling_from_the_nation():
    tables, nation = random_tables(3)
    system = assemble(tables, national=nation, trade=TradeRule(own="charm"))
    assert system.check()["row balance"].passed
    with pytest.raises(MissingDataError, match="CHARM"):
        assemble(tables, trade=TradeRule(own="charm"))


def test_imports_in_transit_go_to_those_who_take_in_from_others():
    tables, _ = random_tables(4)
    port = tables[0]
    use = port.use + port.stock_change
    extra = use - port.imports + 1.0
    port = dataclasses.replace(
        port, imports=port.imports + extra, outflow=port.outflow + extra, out_total=None, in_total=None
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        system = assemble([port, *tables[1:]])
    moved = steps(system)["moved"]
    assert moved["without_place"] == 0
    arrays = system.arrays
    imported = arrays.imports_Z.sum(2).T + arrays.imports_Y.sum(2).T
    np.testing.assert_allclose(imported[0], port.use, rtol=1e-10)
    Z, Y = all_origins(system)
    np.testing.assert_allclose(Z[0], port.Z, rtol=1e-10)
    np.testing.assert_allclose(Y[1], tables[1].Y, rtol=1e-10)


def test_the_comparison_with_the_nation_is_in_the_provenance():
    tables, nation = random_tables(5)
    frame = compare_with_nation(tables[:2], nation)
    assert frame.loc["output", "ratio"] == pytest.approx(
        sum(t.x.sum() for t in tables[:2]) / nation.x.sum(), rel=1e-10
    )
    system = assemble(tables, national=nation)
    told = steps(system)["compared"]["totals"]
    assert told["value added"]["ratio"] == pytest.approx(1, rel=1e-10)
    assert system.provenance.headline == HEADLINE
    again = Provenance.from_json(system.provenance.to_json())
    assert again.to_json() == system.provenance.to_json()


def test_a_part_larger_than_the_nation_is_named():
    tables, nation = random_tables(6)
    more = np.array([0, 1e4, 0])
    big = dataclasses.replace(
        tables[0],
        x=tables[0].x + more,
        error=tables[0].error + more,
        V=tables[0].V + np.stack([more, 0 * more]),
    )
    with pytest.raises(BalanceError, match="leaves sectors that cannot be") as raised:
        residual_table(nation, [big, tables[1]], "rest")
    assert raised.value.table["sector"].tolist() == ["steel"]


def test_a_product_nobody_supplies_is_named():
    tables, _ = random_tables(7)
    parts = []
    for table in tables:
        keep = np.array([0.0, 1.0, 1.0])
        parts.append(
            dataclasses.replace(
                table,
                x=table.x * keep,
                Z=table.Z * keep,
                V=table.V * keep,
                exports=table.exports * keep,
                outflow=table.outflow * keep,
                stock_change=table.stock_change * keep,
                error=table.error * keep,
                out_total=None,
                inflow=np.where(
                    keep > 0, table.inflow, table.Z.sum(1) * 1.0 + table.Y.sum(1) - table.imports
                ),
                in_total=None,
            )
        )
    closed = [
        dataclasses.replace(t, error=t.error + t.row_gap) if np.abs(t.row_gap).max() > 0 else t for t in parts
    ]
    with pytest.raises(BalanceError, match="supplied by no region") as raised:
        assemble(closed)
    assert raised.value.table["product"].tolist() == ["coal"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"sectors": ("coal", "iron", "rest")}, LabelError, "sectors of two tables differ"),
        ({"sectors": ("coal", "steel ", "rest")}, LabelError, "have blanks before or after"),
        ({"unit": "1e4 CNY"}, UnitsError, "different units"),
        ({"period": "2012"}, DataError, "different periods"),
        ({"region": "region 0"}, LabelError, "more than once"),
        ({"x": [1.0, 2, 3]}, BalanceError, "does not add up"),
    ],
)
def test_tables_that_do_not_fit_are_refused(change, error, message):
    tables, _ = random_tables(8)
    with pytest.raises(error, match=message):
        assemble([tables[0], dataclasses.replace(tables[1], **change), tables[2]])


def test_what_a_rule_needs_is_asked_for():
    tables, _ = random_tables(9)
    with pytest.raises(MissingDataError, match="table of the nation is needed"):
        assemble(tables, balance="nation")
    with pytest.raises(MissingDataError, match="lacks its numbers"):
        assemble(tables, trade=TradeRule("gravity"))
    with pytest.raises(MissingDataError, match="not there"):
        assemble(tables[:1])
    with pytest.raises(DataError, match="not known"):
        assemble(tables, balance="both")
    with pytest.raises(DataError, match="no tables"):
        assemble([])


@pytest.mark.skipif("MRIO_DATA_DIR" not in os.environ, reason="MRIO_DATA_DIR is not set")
def test_the_official_provinces_of_2007_meet_the_nation():
    from mrio.classification import provinces
    from mrio.readers.china.nbs_provincial import read_nbs_provincial

    folder = Path(os.environ["MRIO_DATA_DIR"]) / "nbs_provincial_2007"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        names = [name for name in provinces().index if name != "Tibet"]
        tables = [read_nbs_provincial(folder, name) for name in names]
        nation = read_nbs_provincial(folder, "China")
    with pytest.warns(DataWarning, match="Heilongjiang.*Shandong"):
        system = assemble(tables, national=nation, balance="nation")
    Z, Y = all_origins(system)
    np.testing.assert_allclose(Z.sum(0), nation.Z, rtol=1e-10, atol=1e-6)
    np.testing.assert_allclose(Y.sum(0), nation.Y, rtol=1e-10, atol=1e-6)
    np.testing.assert_allclose(system.arrays.V.sum(), 266_043.81e4, rtol=1e-7)
    report = system.check()
    assert report["row balance"].passed
    assert report["column balance"].passed
    # Provinces add up to 276 751, the nation is 266 044 [1e8 CNY].
    told = steps(system)["compared"]["totals"]["value added"]
    assert told["parts"] == pytest.approx(276_751e4, rel=1e-5)
    assert told["ratio"] == pytest.approx(1.0402, rel=1e-4)
