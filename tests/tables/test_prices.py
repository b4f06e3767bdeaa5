"""Constant prices: double deflation by hand, properties, negative value added, deflators that do not fit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.change.factors import factors_of, treatment_of
from mrio.errors import DataError, DataWarning, LabelError, MissingDataError, PriceBasisError
from mrio.tables import Deflator, System
from tests.compare import assert_close, level, money
from tests.strategies import Layout, pairs, random_table

YEARS = ["2012", "2017"]


def deflator(sectors, ratios, regions=None, source="made up"):
    """Return prices of 2012 relative to 2017; ratios (N,) or (R, N)."""
    values = np.stack([np.asarray(ratios, dtype=float), np.ones(np.shape(ratios))]).reshape(2, -1)
    columns = list(sectors) if regions is None else pd.MultiIndex.from_product([regions, sectors])
    return Deflator.from_table(pd.DataFrame(values, index=YEARS, columns=columns), source)


def dated(given_, year):
    """Return a random table in current prices of a year."""
    return System.from_arrays(
        **{**given_, "price_basis": f"current {year} CNY, producer prices", "period": year}
    )


def by_hand(**options):
    """Return a table of one region and two products that can be checked on paper."""
    return System.from_arrays(
        regions=["A"],
        sectors=["goods", "services"],
        demand=["final"],
        Z=[[20.0, 30.0], [10.0, 20.0]],
        Y=[[50.0], [70.0]],
        V=[70.0, 50.0],
        unit="1e8 CNY",
        price_basis="current 2012 CNY, producer prices",
        period="2012",
        **options,
    )


def test_double_deflation_by_hand():
    # Goods cost half and services four fifths of what they cost in 2017.
    s = by_hand().deflate(deflator(["goods", "services"], [0.5, 0.8]), to="2017")
    np.testing.assert_allclose(s.arrays.Z, [[40.0, 60.0], [12.5, 25.0]], rtol=1e-14)
    np.testing.assert_allclose(s.x, [[200.0, 125.0]], rtol=1e-14)
    np.testing.assert_allclose(s.V, [[[147.5, 40.0]]], rtol=1e-14)
    assert s.price_basis == "constant 2017 CNY, producer prices"
    assert s.unit == "1e8 CNY"
    step = s.provenance.steps[-1]
    assert step.action == "deflated"
    assert step.details["index"] == "made up"
    assert s.provenance.groups["prices"].status == "estimated"


def test_imports_by_product_cost_what_is_given():
    parts = {"imports_Z": [[[2.0, 4.0]], [[1.0, 3.0]]], "imports_Y": [[[3.0]], [[5.0]]]}
    table = by_hand(**parts).replace(V=[67.0, 43.0])
    own = deflator(["goods", "services"], [0.5, 0.8])
    prices = deflator(["goods", "services"], [0.4, 0.25], source="customs")
    s = table.deflate(own, "2017", imports=prices)
    np.testing.assert_allclose(s.arrays.imports_Z[:, 0], [[5.0, 10.0], [4.0, 12.0]], rtol=1e-14)
    np.testing.assert_allclose(s.V.values.ravel(), [200 - 52.5 - 9, 125 - 85 - 22], rtol=1e-12)
    assert "customs" in s.provenance.groups["prices"].note
    assumed = table.deflate(own, "2017")
    np.testing.assert_allclose(assumed.arrays.imports_Z[:, 0], [[4.0, 8.0], [1.25, 3.75]], rtol=1e-14)
    assert "assumed" in assumed.provenance.groups["prices"].note


def test_an_import_row_costs_what_its_buyer_pays_at_home_or_one_given_price():
    table = by_hand(imports_row_Z=[[3.0, 5.0]], imports_row_Y=[[6.0]]).replace(V=[67.0, 45.0])
    own = deflator(["goods", "services"], [0.5, 0.8])
    s = table.deflate(own, "2017")
    # Producers of goods buy 20 + 10 at home, which is 40 + 12.5 in prices of 2017.
    np.testing.assert_allclose(s.arrays.imports_row_Z, [[3 * 52.5 / 30, 5 * 85 / 50]], rtol=1e-14)
    np.testing.assert_allclose(s.arrays.imports_row_Y, [[6 * (100 + 87.5) / 120]], rtol=1e-14)
    one = table.deflate(own, "2017", imports=deflator(["imports"], [0.5]))
    np.testing.assert_allclose(one.arrays.imports_row_Z, [[6.0, 10.0]], rtol=1e-14)
    with pytest.raises(LabelError, match="one import price"):
        table.deflate(own, "2017", imports=own)


def test_negative_value_added_is_reported_by_cell_and_kept():
    # Inputs of services are goods, whose price rises most: their volume exceeds the output of services.
    prices = deflator(["goods", "services"], [0.2, 1.0])
    with pytest.warns(DataWarning, match="negative in prices of 2017") as caught:
        s = by_hand().deflate(prices, "2017")
    np.testing.assert_allclose(s.V.values.ravel(), [500 - 100 - 10, 100 - 150 - 20], rtol=1e-14)
    table = caught[0].message.table
    assert table[["region", "sector"]].values.tolist() == [["A", "services"]]
    assert table["value"].tolist() == [-70.0]
    assert table["before"].tolist() == [50.0]
    assert caught[0].filename == __file__
    assert s.provenance.steps[-1].details["negative_value_added"] == 1
    assert s.check()["column balance"].passed
    assert not s.check()["non-negative value added"].passed


ratios = st.floats(0.5, 2.0)


def prices_of(data, pair, national):
    R, N = pair.layout.R, pair.layout.N
    shape = N if national else R * N
    values = np.array(data.draw(st.lists(ratios, min_size=shape, max_size=shape)))
    names = pair.a["sectors"]
    return deflator(names, values) if national else deflator(names, values.reshape(R, N), pair.a["regions"])


@pytest.mark.filterwarnings("ignore::mrio.errors.DataWarning")
@given(pairs(), st.booleans(), st.data())
def test_deflated_tables_balance_and_keep_accounts(pair, national, data):
    a = dated(pair.a, "2012")
    s = a.deflate(prices_of(data, pair, national), "2017")
    for check in ("row balance", "column balance"):
        assert s.check()[check].passed or not a.check()[check].passed
    np.testing.assert_array_equal(s.account("co2").values, a.account("co2").values)
    if a.arrays.population is not None:
        np.testing.assert_array_equal(s.arrays.population, a.arrays.population)


@pytest.mark.filterwarnings("ignore::mrio.errors.DataWarning")
@given(pairs(), st.data())
def test_one_national_price_a_product_leaves_sourcing_shares_alone(pair, data):
    a = dated(pair.a, "2012")
    s = a.deflate(prices_of(data, pair, national=True), "2017")
    treatment = treatment_of(a, a, None, "sourced")
    before, after = (factors_of(t, t, ("co2",), treatment) for t in (a, s))
    for product in range(pair.layout.N):
        np.testing.assert_allclose(
            after.technology.sourcing(product, 0), before.technology.sourcing(product, 0), atol=1e-14
        )
    np.testing.assert_allclose(after.demand.D[0], before.demand.D[0], atol=1e-14)
    if before.demand.export_sourcing is not None:
        np.testing.assert_allclose(
            after.demand.export_sourcing[0], before.demand.export_sourcing[0], atol=1e-14
        )


@pytest.mark.filterwarnings("ignore::mrio.errors.DataWarning")
@given(pairs(), st.booleans(), st.data())
def test_prices_of_the_own_year_change_nothing_but_the_words(pair, national, data):
    b = dated(pair.b, "2017")
    s = b.deflate(prices_of(data, pair, national), "2017")
    np.testing.assert_array_equal(s.arrays.Z, b.arrays.Z)
    assert_close(s.V.sum("factor"), b.arrays.V.sum(axis=0), money(b, b), tolerance=1e-14)
    assert s.price_basis == "constant 2017 CNY, producer prices"


@pytest.mark.filterwarnings("ignore::mrio.errors.DataWarning")
@given(pairs(), ratios)
def test_the_same_inflation_everywhere_is_a_change_of_scale(pair, ratio):
    a, b = dated(pair.a, "2012"), dated(pair.b, "2017")
    prices = deflator(a.sectors, np.full(len(a.sectors), ratio))
    s = a.deflate(prices, "2017")
    assert_close(s.arrays.Y, a.arrays.Y / ratio, money(a, b))
    assert_close(s.V.sum("factor"), a.arrays.V.sum(axis=0) / ratio, money(a, b))
    one = mrio.decompose(s, b.deflate(prices, "2017"), spread=False)
    assert_close(
        one.total, (b.arrays.V.sum(axis=0) - a.arrays.V.sum(axis=0) / ratio), level(a, b, "value_added")
    )


def test_there_and_back_is_the_table_again():
    prices = deflator(["goods", "services"], [0.5, 0.8])
    s = by_hand().deflate(prices, "2017").deflate(prices, "2012")
    np.testing.assert_allclose(s.arrays.Z, by_hand().arrays.Z, rtol=1e-14)
    np.testing.assert_allclose(s.V, by_hand().V, rtol=1e-13)


def test_bases_do_not_mix_and_years_are_needed():
    prices = deflator(["goods", "services"], [0.5, 0.8])
    table = by_hand()
    constant = table.deflate(prices, "2017")
    with pytest.raises(PriceBasisError, match="must not meet"):
        mrio.decompose(table, constant)
    with pytest.raises(PriceBasisError, match="must not meet"):
        mrio.measure_transfer(table.deflate(prices, "2012"), constant)
    with pytest.raises(PriceBasisError, match="of a year"):
        table.deflate(prices, "base")
    chained = table.replace(price_basis="previous-year 2011 CNY")
    with pytest.raises(PriceBasisError, match="year before"):
        chained.deflate(prices, "2017")


def test_a_deflator_that_does_not_fit():
    prices = deflator(["goods", "service"], [0.5, 0.8])
    with pytest.raises(LabelError, match="near: 'service'"):
        by_hand().deflate(prices, "2017")
    with pytest.raises(LabelError, match="periods"):
        by_hand().deflate(deflator(["goods", "services"], [0.5, 0.8]), "2020")
    with pytest.raises(LabelError, match="regions"):
        by_hand().deflate(deflator(["goods", "services"], [[0.5, 0.8]], ["B"]), "2017")
    with pytest.raises(DataError, match="positive") as caught:
        deflator(["goods", "services"], [0.5, np.nan])
    assert caught.value.table[["period", "sector"]].values.tolist() == [["2012", "services"]]
    columns = pd.MultiIndex.from_tuples([("A", "goods"), ("B", "services")])
    uneven = pd.DataFrame([[1.0, 2.0]], index=["2012"], columns=columns)
    with pytest.raises(LabelError, match="full set"):
        Deflator.from_table(uneven, "made up")
    assert "national, 2 sectors, 2012 to 2017" in repr(deflator(["goods", "services"], [0.5, 0.8]))


def test_current_and_constant_prices_side_by_side():
    layout = Layout(R=2, N=2, K=1, exports=True)
    rng = np.random.default_rng(8)
    a, b = (dated(random_table(layout, rng, year), year) for year in YEARS)
    prices = deflator(a.sectors, [0.7, 0.9])
    constant = [table.deflate(prices, "2017") for table in (a, b)]
    first, second = (mrio.decompose(*pair, spread=False) for pair in ((a, b), constant))
    table = mrio.compare_prices(first, second)
    # The price part of the change is what revaluing the first table adds to it.
    revalued = constant[0].arrays.V.sum() - a.arrays.V.sum()
    assert table.loc["total change", "price"] == pytest.approx(revalued, rel=1e-10)
    assert_close(table.iloc[:-1].sum(), table.iloc[-1], level(a, b, "value_added"))
    assert "is change of prices" in table.attrs["note"]
    own = mrio.compare_prices(first, second, region="region 0")
    assert_close(own["current prices"], first.table("value_added")["region 0"])
    with pytest.raises(DataError, match="side by side"):
        mrio.compare_prices(second, first)
    with pytest.raises(DataError, match="method"):
        mrio.compare_prices(first, mrio.decompose(*constant, method="polar_mean", spread=False))
    with pytest.raises(LabelError, match="'nowhere'"):
        mrio.compare_prices(first, second, region="nowhere")


@pytest.mark.parametrize("bad", ["1,00", 1j])
def test_indices_that_are_no_numbers(bad):
    frame = pd.DataFrame({"goods": [80.0, bad]}, index=["2002", "2007"], dtype=object)
    with pytest.raises(MissingDataError, match="price indices holds something that is no number"):
        Deflator.from_table(frame, source="made up")


def test_deflators_without_source_or_numbers():
    frame = pd.DataFrame({"goods": [80.0, 100.0]}, index=["2002", "2007"])
    with pytest.raises(DataError, match="The source of a deflator must be a text"):
        Deflator.from_table(frame, source=None)
    with pytest.raises(DataError, match="has no price indices"):
        Deflator.from_table(frame.iloc[:0], source="made up")


def test_tables_whose_prices_contradict_their_period(worked):
    frame = pd.DataFrame({name: [80.0, 100.0] for name in worked.a.sectors}, index=["2012", "2017"])
    index = Deflator.from_table(frame, source="made up")
    odd = worked.a.replace(period="2017", price_basis="current 2012 CNY")
    with pytest.raises(PriceBasisError, match="names another year than its own"):
        odd.deflate(index, "2017")
    with pytest.raises(DataError, match="must be given as a Deflator") as caught:
        worked.a.deflate(frame, "2017")
    assert caught.value.amount == "got DataFrame"
