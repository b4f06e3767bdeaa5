"""Runs, comparison, attribution, and the carbon price."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from tests.scenarios.test_shocks import solved, tables


@pytest.fixture
def runs(worked):
    b = worked.b
    move = mrio.Scenario("move").shift_sourcing(b.sectors[1], b.regions[1], b.regions[2], share=0.5)
    clean = mrio.Scenario("clean").scale_intensity("co2", 0.8)
    return mrio.run_scenarios(b, [move, clean, move + clean])


def test_runs_hold_the_baseline_and_every_scenario(runs, worked):
    assert list(runs) == ["baseline", "move", "clean", "move + clean"]
    assert runs["baseline"] is worked.b
    assert runs["move"].scenario == "move"
    assert "hypothetical" in runs["move"].provenance.headline
    with pytest.raises(mrio.MrioError, match="one name"):
        mrio.run_scenarios(worked.b, [mrio.Scenario("baseline")])


def test_comparison_holds_levels_differences_and_per_cent(runs):
    c = mrio.compare(runs)
    assert c.accounts[0] == "output"
    levels = np.stack([table.account("co2").values for table in runs.values()])
    np.testing.assert_array_equal(c.levels("co2").values, levels)
    np.testing.assert_array_equal(c.difference("co2").values, levels - levels[0])
    clean = c.percent("co2").sel(scenario="clean").values
    np.testing.assert_allclose(clean[levels[0] != 0], -20, rtol=1e-10)
    by_region = c.by_region("co2")
    np.testing.assert_allclose(by_region.loc["move"], (levels[1] - levels[0]).sum(axis=1), rtol=1e-10)
    by_sector = c.by_sector("co2", "level")
    np.testing.assert_allclose(by_sector["move"], levels[1].sum(axis=0), rtol=1e-12)
    classes = dict.fromkeys(map(str, c.levels("co2")["sector"].values), "all")
    whole = c.by_class("co2", classes=classes)
    np.testing.assert_allclose(whole.loc["all"], by_region.sum(axis=1), rtol=1e-10)
    assert c.summary().index.tolist() == ["move", "clean", "move + clean"]
    assert len(c.to_dataframe()) == len(c.accounts) * levels.size
    with pytest.raises(mrio.MrioError, match="not made for account"):
        c.levels("so2")
    with pytest.raises(mrio.MrioError, match="no class"):
        c.by_class("co2")
    with pytest.raises(mrio.MrioError, match="no region"):
        c.by_sector("co2", region="Atlantis")


def test_comparison_relative_to_another_run(runs):
    c = mrio.compare(runs, accounts="co2", relative_to="clean")
    assert c.by_region("co2").index.tolist() == ["baseline", "move", "move + clean"]
    with pytest.raises(mrio.MrioError, match="no run 'x'"):
        mrio.compare(runs, relative_to="x")


def test_results_go_through_files(runs, worked, tmp_path):
    path = tmp_path / "c.nc"
    for result in (
        mrio.compare(runs),
        mrio.attribute_scenario(worked.b, runs.scenarios["move + clean"]),
    ):
        result.to_netcdf(path)
        back = mrio.read_netcdf(path)
        assert type(back) is type(result)
        assert back.summary().equals(result.summary())
        assert back.data.equals(result.data)


@given(tables(R=2, N=2, imports="product", exports=True), st.sampled_from(["lever", "shock"]))
def test_attribution_is_the_mean_over_orders_of_joining(system, by):
    levers = [
        mrio.Scenario("a").shift_sourcing("sector 0", "region 0", "region 1", share=0.5),
        mrio.Scenario("b").scale_demand(1.3),
        mrio.Scenario("c").scale_intensity("co2", 0.6),
    ]
    found = mrio.attribute_scenario(system, levers[0] + levers[1] + levers[2], "co2", by=by)

    def worth(players):
        scenario = mrio.Scenario("s")
        for player in sorted(players):
            scenario = scenario + levers[player]
        return scenario.apply(system).account("co2").values

    expected = np.zeros((3, 2, 2))
    for order in permutations(range(3)):
        for n, player in enumerate(order):
            expected[player] += (worth(order[: n + 1]) - worth(order[:n])) / 6
    scale = system.account("co2").values.sum()
    np.testing.assert_allclose(found.effects("co2").values, expected, rtol=1e-9, atol=1e-11 * scale)
    change = worth(range(3)) - system.account("co2").values
    np.testing.assert_allclose(found.effects("co2").sum("part").values, change, atol=1e-11 * scale)


def test_attribution_needs_parts(worked):
    with pytest.raises(mrio.MrioError, match="1 to 12 parts"):
        mrio.attribute_scenario(worked.b, mrio.Scenario("none"))


@given(tables(imports="product"), st.floats(0.01, 500))
def test_a_carbon_price_raises_tau_times_emissions_at_fixed_quantities(system, tau):
    revenue = mrio.carbon_price(system, tau).revenue()["producers"]
    # 1 Mt at 1 CNY a tonne is 1e6 CNY, a hundredth of the money unit of 1e8 CNY.
    np.testing.assert_allclose(revenue, tau * system.account("co2").values.sum(axis=1) / 100, rtol=1e-10)
    after = mrio.Scenario("p").carbon_price(tau).apply(system)
    assert np.array_equal(after.arrays.x, system.arrays.x)


@given(tables())
def test_prices_are_one_without_a_carbon_price(system):
    assert (mrio.carbon_price(system, 0.0).data["price_change"].values == 0).all()


def test_the_demand_response_follows_the_elasticities(worked):
    b = worked.b
    e = {b.sectors[0]: -0.5}
    after = mrio.Scenario("p").carbon_price(100.0, elasticity=e).apply(b)
    x = b.arrays.x.ravel()
    charge = 100.0 * b.account("co2").values.ravel() / 100 / x
    prices = 1 + solved((b.arrays.Z / x).T, charge).reshape(b.arrays.x.shape)
    expected = b.arrays.Y.copy()
    expected[:, 0] *= (prices[:, 0] ** -0.5)[:, np.newaxis, np.newaxis]
    np.testing.assert_allclose(after.arrays.Y, expected, rtol=1e-12)
    same = mrio.Scenario("p").carbon_price(100.0).apply(b)
    assert np.array_equal(same.arrays.Y, b.arrays.Y)


def test_what_is_no_mass_has_no_price(worked):
    given = worked.b.replace(accounts={"jobs": (worked.b.arrays.x, "1e4 person")})
    with pytest.raises(mrio.MrioError, match="is no mass"):
        mrio.Scenario("p").carbon_price(10, "jobs", elasticity=-1).apply(given)
    with pytest.raises(mrio.MrioError, match="did you mean"):
        mrio.Scenario("p").carbon_price(10, "co").apply(worked.b)


def test_runs_in_the_plane_of_pollutant_and_carbon(worked):
    b = worked.b
    table = b.replace(accounts={**b.accounts, "so2": (2.0 * b.accounts["co2"].values, "kt SO2")})
    runs = mrio.run_scenarios(table, [mrio.Scenario("less").scale_intensity("co2", factor=0.8)])
    plane = mrio.compare(runs, accounts=["so2", "co2"]).co_control(["so2"])
    assert plane.relative.loc["less", "co2"] == pytest.approx(-0.2, rel=1e-12)
    assert plane.relative.loc["less", "so2"] == pytest.approx(0.0, abs=1e-12)


def test_runs_as_states_of_decoupling(worked):
    b = worked.b
    more = mrio.Scenario("more").scale_demand(1.1)
    cleaner = mrio.Scenario("cleaner").scale_demand(1.1).scale_intensity("co2", factor=0.5)
    still = mrio.Scenario("still").scale_intensity("co2", factor=0.5)
    runs = mrio.compare(mrio.run_scenarios(b, [more, cleaner, still]), accounts=["value_added", "co2"])
    found = runs.decoupling()
    base, run = (runs.by_region(name, "level") for name in ("value_added", "co2"))
    for name in ("more", "cleaner"):
        growth = base.loc[name] / base.loc["baseline"] - 1
        expected = (run.loc[name] / run.loc["baseline"] - 1) / growth
        np.testing.assert_allclose(found.elasticity.sel(interval=f"baseline to {name}"), expected, rtol=1e-10)
    assert set(found.states.loc["baseline to cleaner"]) == {"strong decoupling"}
    # What the solver leaves behind is no growth.
    assert set(found.states.loc["baseline to still"]) == {"undefined"}
    with pytest.raises(mrio.MrioError, match="not made for account"):
        runs.decoupling("so2")
