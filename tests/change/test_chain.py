"""Chains of periods: steps, their sum and the direct result, in current and previous-period prices."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError
from mrio.tables import Deflator, System, Systems
from tests.compare import assert_close, level
from tests.strategies import Layout, layouts, random_table

YEARS = ("2007", "2012", "2017")


def three(layout, seed):
    """Return three random tables in current prices."""
    rng = np.random.default_rng(seed)
    basis = "current {} CNY, producer prices"
    return Systems(
        [
            System.from_arrays(**{**random_table(layout, rng, year), "price_basis": basis.format(year)})
            for year in YEARS
        ]
    )


def prices(sectors):
    """Return prices that rise by a tenth (first product) or fall by a fifth (others) in every step."""
    table = {name: [1.0, 1.1, 1.21] if k == 0 else [1.0, 0.8, 0.64] for k, name in enumerate(sectors)}
    return Deflator.from_table(pd.DataFrame(table, index=list(YEARS)), "made up")


@given(layouts(), st.integers(0, 2**32 - 1), st.sampled_from(["shapley", "polar_forward"]))
def test_steps_are_the_decompositions_of_each_pair(layout, seed, method):
    systems = three(layout, seed)
    chain = systems.decompose(["value_added", "co2"], method=method)
    assert chain.steps == ("2007 to 2012", "2012 to 2017")
    assert chain.direct == "direct 2007 to 2017"
    for number, (first, second) in enumerate([("2007", "2012"), ("2012", "2017"), ("2007", "2017")]):
        one = mrio.decompose(systems[first], systems[second], ["value_added", "co2"], method, spread=False)
        for account in one.accounts:
            assert_close(
                chain.effects(account)[number],
                one.data[account],
                level(systems[first], systems[second], account),
            )


def test_totals_agree_and_effects_need_not():
    systems = three(Layout(R=2, N=2, K=2, exports=True), 3)
    chain = mrio.decompose_chain(systems, "co2")
    table = chain.table()
    scale = level(systems["2007"], systems["2017"], "co2")
    assert_close(table.loc["total change", "direct less sum"], 0.0, scale)
    assert table["direct less sum"].abs().max() > 1e-3 * scale
    assert_close(table.iloc[:-1].sum(), table.iloc[-1], scale)
    assert_close(table["sum of steps"], table[list(chain.steps)].sum(axis=1))
    assert_close(chain.difference("co2"), chain.effects()[2] - chain.effects()[:2].sum("step"))
    region = chain.table(region="region 1")
    assert_close(region.loc["total change", "2007 to 2012"], chain.by_step("co2_total")[0, 1].sum())


def test_any_order_goes():
    systems = three(Layout(R=2, N=2), 4)
    there = systems.decompose("co2", order=["2007", "2017", "2012"])
    assert there.steps == ("2007 to 2017", "2017 to 2012")
    back = systems.decompose("co2", order=["2012", "2017", "2007"])
    scale = level(systems["2007"], systems["2017"], "co2")
    assert_close(back.sum_of_steps("co2"), -there.sum_of_steps("co2"), scale)


def test_a_chain_in_previous_period_prices():
    systems = three(Layout(R=2, N=2, K=1), 5)
    deflator = prices(systems["2007"].sectors)
    chain = systems.decompose(["value_added", "co2"], deflator=deflator)
    for number, (first, second) in enumerate([("2007", "2012"), ("2012", "2017"), ("2007", "2017")]):
        a, b = (systems[year].deflate(deflator, first) for year in (first, second))
        one = mrio.decompose(a, b, ["value_added", "co2"], spread=False)
        assert_close(
            chain.effects("value_added")[number], one.data["value_added"], level(a, b, "value_added")
        )
    # Physical accounts have no prices: their totals agree in any prices.
    scale = level(systems["2007"], systems["2017"], "co2")
    assert_close(chain.table("co2").loc["total change", "direct less sum"], 0.0, scale)
    assert abs(chain.table("value_added").loc["total change", "direct less sum"]) > 0
    assert "first period" in chain.data.attrs["prices"]


@given(layouts(), st.integers(0, 2**32 - 1))
def test_steps_of_transfers(layout, seed):
    systems = three(layout, seed)
    chain = systems.measure_transfer(accounts="co2")
    scale = level(systems["2007"], systems["2017"], "co2")
    for number, (first, second) in enumerate([("2007", "2012"), ("2012", "2017"), ("2007", "2017")]):
        one = mrio.measure_transfer(systems[first], systems[second], accounts="co2")
        assert_close(chain.transferred[number], one.direct)
        assert_close(chain.impact("co2")[number], one.impact("co2"), scale)
        assert_close(chain.affected("co2")[number], one.affected("co2"), scale)


def test_tables_of_transfers():
    systems = three(Layout(R=3, N=2, imports="product"), 6)
    chain = mrio.measure_transfer_chain(systems, block=["region 0", "region 1"])
    assert_close(chain.table(way="in") - chain.table(way="out"), chain.table())
    assert_close(chain.table().iloc[:, 0].sum(), 0.0, chain.table(way="in").iloc[:, 0].sum())
    first = mrio.measure_transfer(systems["2007"], systems["2012"])
    assert_close(chain.table()["2007 to 2012"], first.balance()["net"])
    assert_close(
        chain.table("co2")["2007 to 2012"],
        first.impact("co2").sum(["use", "from_region", "to_region", "sector"]),
    )
    assert chain.summary().index.names == ["measure", "region"]
    assert len(chain.to_dataframe())
    with pytest.raises(ValueError, match="'net'"):
        chain.table(way="gross")
    with pytest.raises(LabelError, match="'steel'"):
        chain.impact("steel")


def test_files_and_words(tmp_path):
    systems = three(Layout(R=2, N=2), 7)
    for chain in (systems.decompose(["value_added", "co2"]), systems.measure_transfer(accounts="co2")):
        chain.to_netcdf(tmp_path / "chain.nc")
        back = mrio.read_netcdf(tmp_path / "chain.nc")
        assert type(back) is type(chain)
        assert back.data.identical(chain.data)
        assert back.periods == YEARS
        assert "in 2 steps" in repr(back)
        assert len(back.summary())
        assert len(back.to_dataframe())


def test_chains_that_cannot_be():
    systems = three(Layout(R=2, N=1), 8)
    with pytest.raises(DataError, match="three periods"):
        systems.decompose("co2", order=["2007", "2017"])
    with pytest.raises(DataError, match="each once"):
        systems.decompose("co2", order=["2007", "2012", "2007"])
    with pytest.raises(LabelError, match="'2022'"):
        systems.measure_transfer(order=["2007", "2012", "2022"])
    with pytest.raises(ValueError, match="form="):
        systems.decompose("co2", form="multiplicative")
    with pytest.raises(ValueError, match="sourcing"):
        systems.measure_transfer(method="demand")
    chain = systems.decompose("co2")
    with pytest.raises(LabelError, match="not made for account"):
        chain.table("value_added")
    with pytest.raises(LabelError, match="'nowhere'"):
        chain.table(region="nowhere")


def test_a_factor_that_only_some_tables_have():
    layout = Layout(R=2, N=2)
    systems = three(layout, 9)
    with_exports = systems["2017"].replace(exports=np.full((2, 2), 5.0))
    chain = mrio.decompose_chain({**systems, "2017": with_exports}, "co2")
    effects = chain.effects()
    assert "exports" in effects["effect"]
    assert float(abs(effects.sel(step="2007 to 2012", effect="exports")).max()) == 0.0
    assert float(abs(effects.sel(step="2012 to 2017", effect="exports")).max()) > 0.0
