"""Every form on real tables: China 2002 to 2007 in two kinds of prices, the world 1995 to 2011."""

import numpy as np
import pytest

import mrio
from tests.compare import assert_close, level, money

METHODS = ("shapley", "polar_mean", "polar_forward", "polar_backward", "lmdi_mixed")
WORLD = ("EuroZone", "NonEuroEU", "NAFTA", "China", "EastAsia", "BRIIAT", "RoW")
DEMAND = ("households", "non-profit", "government", "capital formation")


# -- China 2002 to 2007 ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def current(real_data):
    folder = real_data / "sic_irio_2002_2007"
    return mrio.Systems([mrio.read_sic(folder, year, 17) for year in (2002, 2007)])


@pytest.fixture(scope="module")
def prices(real_data):
    return mrio.read_deflators(real_data / "deflators", "sic17")


@pytest.fixture(scope="module")
def constant(current, prices):
    return mrio.Systems([table.deflate(prices, "2007") for table in current.values()])


def test_constant_prices_keep_the_later_table_and_raise_the_earlier(current, constant):
    size = money(current["2002"], current["2007"])
    for name in ("Z", "Y", "x", "exports", "stock_change", "discrepancy", "imports_row_Z"):
        after, before = (getattr(t["2007"].arrays, name) for t in (constant, current))
        assert_close(after, before, size, tolerance=1e-14, what=name)
    assert_close(constant["2007"].arrays.V.sum(axis=0), current["2007"].arrays.V.sum(axis=0), size)
    rise = constant["2002"].arrays.V.sum() / current["2002"].arrays.V.sum()
    # The series itself says that the deflator of all value added rose by 28.4 percent.
    assert rise == pytest.approx(1.284, abs=0.01)
    for table in constant.values():
        assert table.check()["row balance"].passed
        assert table.check()["column balance"].passed


def test_which_part_of_the_change_was_price(current, constant):
    first, second = (mrio.decompose(*t.values(), spread=False) for t in (current, constant))
    table = mrio.compare_prices(first, second)
    whole = current["2007"].arrays.V.sum() - current["2002"].arrays.V.sum()
    price = constant["2002"].arrays.V.sum() - current["2002"].arrays.V.sum()
    assert table.loc["total change", "current prices"] == pytest.approx(whole, rel=1e-10)
    assert table.loc["total change", "price"] == pytest.approx(price, rel=1e-9)
    assert 0.2 < table.loc["total change", "price share"] < 0.3
    # Prices blow up the level of demand, not the shares of regions.
    assert table["price"].abs().idxmax() in ("level", "total change")
    assert abs(table.loc["intermediate_sourcing", "price share"]) < 0.01
    assert "of a change of" in table.attrs["note"]


def test_physical_effects_do_not_depend_on_the_level_of_prices(current, constant):
    first, second = (mrio.decompose(*t.values(), "co2", spread=False) for t in (current, constant))
    scale = level(*current.values(), "co2")
    assert_close(second.total, first.total, scale)
    demand, intensity = ("level", "intensity")
    # Deflation moves change from intensity (per money) to the level of demand (in money).
    moved = (second.effects - first.effects).sum(["region", "sector"])
    assert float(moved.sel(effect=demand)) < 0 < float(moved.sel(effect=intensity))
    assert abs(float(moved.sum())) < 1e-9 * scale


def test_sourcing_shares_do_not_change_with_national_prices(current, constant):
    t, u = (
        mrio.measure_transfer(*pair.values(), accounts="co2", imports="domestic")
        for pair in (current, constant)
    )
    assert set(zip(*np.nonzero(t.direct.values), strict=True)) == set(
        zip(*np.nonzero(u.direct.values), strict=True)
    )


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_exact_on_real_tables(current, method):
    d = mrio.decompose(*current.values(), "co2", method)
    assert float(abs(d.residual).max()) < 1e-10 * level(*current.values(), "co2")
    spread = d.spread()
    if method != "lmdi_mixed":
        own = d.table("co2")["all regions"].iloc[:-1]
        slack = 1e-9 * level(*current.values(), "co2")
        assert (own >= spread["lowest"] - slack).all()
        assert (own <= spread["highest"] + slack).all()


def test_lmdi_names_the_stocks_that_it_cannot_take(current):
    with pytest.raises(mrio.MrioError, match="lmdi_mixed") as caught:
        mrio.decompose(*current.values(), "co2", "lmdi")
    assert set(caught.value.table["array"]) == {"stock_change + discrepancy"}


def test_draws_of_a_real_table(current):
    draws = mrio.perturb(current["2007"], {"Z": 0.1, "Y": 0.1, "co2": 0.05}, n=3, seed=1)
    for draw in draws:
        assert_close(draw.arrays.x, current["2007"].arrays.x)
        assert_close(draw.arrays.column_sums(), current["2007"].arrays.column_sums())


# -- the world 1995 to 2011 --------------------------------------------------------------------------------


def world_table(folder, year):
    """Return a table of 7 regions and 35 industries; what its rows lack is kept as discrepancy."""
    with np.load(folder / f"wiod2013_regional_{year}_7x35.npz", allow_pickle=False) as file:
        Z, F, x, names = file["Z"], file["F"].reshape(245, 7, 5), file["x"], file["industries"]
    stocks = F[:, :, 4].sum(axis=1)
    return mrio.System.from_arrays(
        regions=WORLD,
        sectors=[str(name) for name in names],
        demand=DEMAND,
        Z=Z,
        Y=F[:, :, :4].reshape(245, 28),
        V=x - Z.sum(axis=0),
        stock_change=stocks,
        discrepancy=x - Z.sum(axis=1) - F.sum(axis=(1, 2)),
        unit="million USD",
        price_basis=f"current {year} USD, basic prices",
        period=str(year),
        source="WIOD, release 2013, Timmer et al. 2015, doi:10.1111/roie.12178",
    )


@pytest.fixture(scope="module")
def world(real_data):
    return mrio.Systems([world_table(real_data / "wiod_regional", year) for year in (1995, 2011)])


@pytest.mark.parametrize("method", METHODS)
def test_value_added_of_the_world_by_every_method(world, method):
    d = mrio.decompose(*world.values(), method=method)
    assert float(abs(d.residual).max()) < 1e-10 * level(*world.values(), "value_added")
    assert d.data.attrs["imports"] == "domestic"


def test_the_world_is_closed_so_only_demand_moves_its_value_added(world):
    effects = mrio.decompose(*world.values()).table("value_added")["all regions"]
    inner = [
        "intensity",
        "input_mix",
        "intermediate_sourcing",
        "final_sourcing",
        "product_mix",
        "category_mix",
    ]
    assert (effects[inner].abs() < 1e-9 * effects["total change"]).all()


def test_transfers_between_the_regions_of_the_world(world):
    t = mrio.measure_transfer(*world.values(), block=["China", "EastAsia"])
    balance = t.balance()
    assert balance["net"].idxmax() == "China"
    assert abs(balance["net"].sum()) < 1e-10 * balance["transfer_in"].sum()
    effect = t.summary()["value_added [million USD]"]
    assert effect.idxmax() == "China"
    # What one region gains in value added another one loses.
    assert abs(effect.sum()) < 1e-10 * effect.abs().sum()


def test_the_product_of_effects_is_the_growth_of_every_region(world):
    d = mrio.decompose(*world.values(), form="multiplicative")
    growth = world["2011"].arrays.V.sum(axis=(0, 2)) / world["1995"].arrays.V.sum(axis=(0, 2))
    np.testing.assert_allclose(d.effects.prod("effect"), growth, rtol=1e-10)
