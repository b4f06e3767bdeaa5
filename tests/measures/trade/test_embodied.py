"""Accounts embodied in trade: both methods by brute force, and what each adds up to."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

import mrio
from mrio.measures.trade.embodied import embodied_trade
from mrio.measures.trade.position import chain_position
from tests.measures.tables import one_product, random_system
from tests.measures.trade.world import CASES, cases


def test_both_methods_by_hand():
    # EEBT: 0.3 / 0.8 and 0.2 / 0.7 a unit sold, exports of 30 and 20; MRIO: the footprint.
    found = embodied_trade(one_product(), "co2")
    eebt = [[0.3 / 0.8 * 50, 0.3 / 0.8 * 30], [0.2 / 0.7 * 20, 0.2 / 0.7 * 57]]
    np.testing.assert_allclose(found.table("co2", "eebt"), eebt, rtol=1e-12)
    served = np.array([[14 * 50 + 2 * 10, 14 * 19 + 2 * 57], [2 * 50 + 16 * 10, 2 * 19 + 16 * 57]]) / 11
    np.testing.assert_allclose(found.table("co2", "mrio"), served * [[0.3], [0.2]], rtol=1e-12)


@settings(deadline=None, max_examples=25)
@given(CASES)
def test_embodied_trade_both_ways(case):
    system, groups, w = cases(case)
    found = embodied_trade(system, ["co2", "value_added"], groups)
    f = np.divide(system.accounts["co2"].values.ravel(), w.x, out=np.zeros_like(w.x), where=w.x != 0)
    flow = found.of("flow", "co2").values
    for r in range(w.G):
        rate, rows = f[w.rows[r]], w.rows[r]
        for d in range(w.D):
            sold = w.e(r, d) if d != r else w.y(r, r)
            np.testing.assert_allclose(flow[0, r, d], rate @ w.L[r] @ sold, rtol=1e-10, atol=1e-12)
            np.testing.assert_allclose(flow[1, r, d], rate @ w.B[rows] @ w.Y[:, d], rtol=1e-10, atol=1e-12)
    table = found.summary("co2")
    production = [system.accounts["co2"].values.ravel()[q].sum() for q in w.rows]
    for method in ("eebt", "mrio"):
        np.testing.assert_allclose(table[method]["production"], production, rtol=1e-10)
    consumption = [f @ w.B @ w.Y[:, d] for d in range(w.G)]
    np.testing.assert_allclose(table["mrio"]["consumption"], consumption, rtol=1e-10)
    np.testing.assert_allclose(found.balance("co2").sum(), 0, atol=1e-10 * sum(production))


def test_files_of_positions_and_embodied_trade(tmp_path):
    system = random_system(4)
    steps, flows = chain_position(system), embodied_trade(system)
    for name, found in (("steps", steps), ("flows", flows)):
        found.to_netcdf(tmp_path / f"{name}.nc")
        assert mrio.read_netcdf(tmp_path / f"{name}.nc").data.identical(found.data)
    assert steps.plot.positions("R1") is not None
    assert len(steps.summary()) == 9
    assert flows.plot.flows("jobs", "eebt") is not None
    assert np.diag(flows.plot.flows_data()).sum() == 0
    balance = flows.plot.balance_data("jobs")
    assert balance.columns.tolist() == ["EEBT", "MRIO"]
    np.testing.assert_allclose(balance, flows.balance("jobs"), rtol=1e-10)
    assert flows.plot.balance("jobs") is not None
    assert "only mrio adds up" in flows.adds_up


@settings(deadline=None, max_examples=15)
@given(CASES)
def test_regions_added_up_after_the_calculation_are_the_group(case):
    # Whose consumption is served, and who absorbs whose value, does not depend on borders in between.
    system, _, _ = cases(case)
    groups = {"East": ["R1", "R3"]}
    member = {"R1": "East", "R3": "East"}
    names = ["R0", "East", "R2"]
    fine, coarse = (embodied_trade(system, ["co2", "value_added"], g) for g in (None, groups))
    for account in fine.accounts:
        flows = fine.table(account, "mrio")
        summed = flows.groupby(lambda name: member.get(name, name), sort=False).sum().T
        summed = summed.groupby(lambda name: member.get(name, name), sort=False).sum().T
        expected = coarse.table(account, "mrio")
        assert list(expected.index) == names
        np.testing.assert_allclose(summed.loc[names, expected.columns], expected, rtol=1e-10, atol=1e-12)
    absorbed, together = (mrio.value_added_trade(system, g).data["absorbed"] for g in (None, groups))
    for origin in names:
        members = [name for name in system.regions if member.get(name, name) == origin]
        own = absorbed.sel(origin=members).sum("origin")
        for place in names:
            places = [name for name in system.regions if member.get(name, name) == place]
            found = own.sel(to_region=places).sum("to_region")
            expected = together.sel(origin=origin, to_region=place)
            np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
