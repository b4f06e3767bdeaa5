import numpy as np
import pytest
from hypothesis import given, settings

import mrio
from mrio.errors import DataError, DataWarning, LabelError
from tests.measures.tables import one_product, random_system
from tests.strategies import pairs


def brute_force(system, account):
    """Flows by producer and buying region through the inverse, loops over everything."""
    R, N = system.arrays.x.shape
    n = R * N
    x = system.arrays.x.ravel()
    A = np.divide(system.arrays.Z, x, out=np.zeros((n, n)), where=x != 0)
    L = np.linalg.inv(np.eye(n) - A)
    flows = system.account(account).values.ravel()
    f = np.divide(flows, x, out=np.zeros(n), where=x != 0)
    embodied = np.zeros((n, R))
    by_product, elsewhere = np.zeros((N, R)), np.zeros((N, R))
    for s in range(R):
        for b in range(n):
            bought = system.arrays.Y[b // N, b % N, s].sum()
            for a in range(n):
                flow = f[a] * L[a, b] * bought
                embodied[a, s] += flow
                by_product[b % N, s] += flow
                elsewhere[b % N, s] += flow if a // N != s else 0.0
    return embodied.reshape(R, N, R), by_product, elsewhere


def test_two_regions_by_hand():
    # A = [[0.2, 0.1], [0.1, 0.3]], det(I - A) = 0.55, L = [[14, 2], [2, 16]] / 11.
    f = mrio.footprint(one_product(), "co2")
    outputs = np.array([[14 * 50 + 2 * 10, 14 * 19 + 2 * 57], [2 * 50 + 16 * 10, 2 * 19 + 16 * 57]]) / 11
    expected = np.array([[0.3], [0.2]]) * outputs
    np.testing.assert_allclose(f.flows.values, expected, rtol=1e-13)
    np.testing.assert_allclose(f.consumption.values[:, 0], expected, rtol=1e-13)
    np.testing.assert_allclose(f.exports, [expected[0, 1], expected[1, 0]], rtol=1e-13)
    np.testing.assert_allclose(f.imports, [expected[1, 0], expected[0, 1]], rtol=1e-13)
    np.testing.assert_array_equal(f.production, [[30.0], [22.0]])
    np.testing.assert_array_equal(f.direct, [1.0, 2.0])
    assert f.consumption.dims == ("region", "sector", "use_region")
    assert f.consumption.attrs["units"] == f.direct.attrs["units"] == "Mt CO2"


@settings(max_examples=25, deadline=None)
@given(pairs())
def test_against_brute_force_on_any_table(pair):
    system, _ = pair.systems()
    for account in ("co2", "water", "value_added"):
        f = mrio.footprint(system, account, products=True)
        embodied, by_product, elsewhere = brute_force(system, account)
        size = np.abs(system.account(account).values).sum() + 1e-300
        np.testing.assert_allclose(f.consumption, embodied, atol=1e-11 * size)
        np.testing.assert_allclose(f.products, by_product, atol=1e-11 * size)
        np.testing.assert_allclose(f.imported_products, elsewhere, atol=1e-11 * size)


@settings(max_examples=25, deadline=None)
@given(pairs())
def test_totals_add_up(pair):
    system, _ = pair.systems()
    f = mrio.footprint(system, "water", products=True)
    size = np.abs(f.production.values).sum() + 1e-300
    whole = f.consumption.sum("use_region") + f.abroad + f.stocks
    np.testing.assert_allclose(whole, f.production, atol=1e-11 * size)
    own = np.diagonal(f.flows)
    produced, consumed = f.production.sum("sector"), f.flows.sum("region")
    np.testing.assert_allclose(own + f.exports + f.stocks.sum("sector"), produced, atol=1e-11 * size)
    np.testing.assert_allclose(own + f.imports, consumed, atol=1e-11 * size)
    np.testing.assert_allclose(f.exports.sum() - f.abroad.sum(), f.imports.sum(), atol=1e-11 * size)
    np.testing.assert_allclose(f.products.sum("sector"), consumed, atol=1e-11 * size)
    np.testing.assert_allclose(f.imported_products.sum("sector"), f.imports, atol=1e-11 * size)
    m = mrio.multipliers(system, "water").of("multiplier").values
    np.testing.assert_allclose((m * system.arrays.final_demand).sum(), produced.sum(), atol=1e-11 * size)


def test_several_accounts_share_the_answer():
    system = one_product()
    both = mrio.footprint(system, ["co2", "water", "value_added"])
    assert both.consumption.dims == ("account", "region", "sector", "use_region")
    for name in both.accounts:
        alone = mrio.footprint(system, name)
        np.testing.assert_allclose(both.of("consumption", name), alone.consumption, rtol=1e-14)
        assert both.unit("consumption", name) == system.account(name).unit
    np.testing.assert_array_equal(both.direct, [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]])
    table = mrio.multipliers(system, ["co2", "output"])
    np.testing.assert_allclose(table.of("multiplier", "output"), [[16 / 11], [18 / 11]], rtol=1e-13)


def test_value_added_of_a_closed_table_is_one_per_unit():
    m = mrio.multipliers(one_product(), "value_added")
    np.testing.assert_allclose(m.of("multiplier"), [[1.0], [1.0]], rtol=1e-13)


def test_direct_flows_stay_apart():
    system = one_product()
    f = mrio.footprint(system, "co2")
    assert f.consumption.sum() == pytest.approx(52.0, rel=1e-10)
    assert mrio.footprint(system, "water").direct is None
    assert "direct [Mt CO2]" in f.summary().columns
    np.testing.assert_allclose(f.summary()["consumption [Mt CO2]"].iloc[-1], 52.0, rtol=1e-10)


def test_result_says_how_it_was_found():
    f = mrio.footprint(one_product(), "co2")
    assert "relative residual" in f.checks
    assert "largest gap" in f.checks
    assert "not known" in f.data.attrs["imports"]
    assert "add up to production" in f.adds_up
    frame = f.to_dataframe()
    assert list(frame.columns) == ["account", "region", "sector", "use_region", "consumption", "unit"]
    with pytest.raises(ValueError, match="read-only"):
        f.consumption.values[0] = 1.0


def test_there_and_back_through_a_file(tmp_path):
    for result in (
        mrio.footprint(one_product(), "co2"),
        mrio.footprint(one_product(), "co2", products=True, income=True),
        mrio.multipliers(one_product(), "co2"),
    ):
        result.to_netcdf(tmp_path / "result.nc")
        back = mrio.read_netcdf(tmp_path / "result.nc")
        assert type(back) is type(result)
        assert back.data.identical(result.data) or back.summary().equals(result.summary())


def test_pictures():
    f = mrio.footprint(one_product(), "co2")
    np.testing.assert_allclose(f.plot.matrix_data(), f.flows, rtol=1e-10)
    np.testing.assert_allclose(f.plot.origins_data(), f.flows.T, rtol=1e-10)
    assert "co2" in f.plot.matrix().get_title(loc="left")
    assert "Mt CO2" in f.plot.origins().get_ylabel()


def test_pairs_are_production_and_consumption_of_each_region():
    system = one_product()
    f = mrio.footprint(system, "co2")
    flows = system.account("co2").values
    n, R = flows.size, len(system.regions)
    L = np.linalg.inv(np.eye(n) - np.asarray(system.A.values).reshape(n, n))
    x = system.arrays.x.ravel()
    intensity = np.divide(flows.ravel(), x, out=np.zeros(n), where=x != 0)
    consumed = intensity @ L @ system.arrays.Y.sum(axis=3).reshape(n, R)
    pairs = f.plot.pairs_data()
    np.testing.assert_allclose(pairs["production-based"], flows.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(pairs["consumption-based"], consumed, rtol=1e-12)
    np.testing.assert_allclose(f.plot.tiles_data(), consumed - flows.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(f.plot.tiles_data(side="consumption"), consumed, rtol=1e-12)
    between = f.plot.chord_data()
    assert np.diag(between).tolist() == [0.0] * R
    assert f.plot.sankey_data()["amount"].sum() == pytest.approx(float(f.imports.sum()), rel=1e-10)
    assert between.to_numpy().sum() == pytest.approx(float(f.imports.sum()), rel=1e-10)
    ax = f.plot.pairs()
    assert "consumption-based less production-based" in ax.get_xlabel()
    assert "for final purchases" in f.plot.sankey().get_title(loc="left")


def test_direct_flows_are_told_where_they_are_left_out():
    table = mrio.load_example("bth")["2017"]
    f = mrio.footprint(table, ["value_added", "co2"])
    direct = table.accounts["co2"].direct_values.sum()
    assert f"without {direct:.0f} Mt CO2 of final users" in f.plot.pairs("co2").figure.get_supxlabel()
    assert "without" not in f.plot.pairs("value_added").figure.get_supxlabel()


def test_unknown_and_doubled_accounts():
    with pytest.raises(LabelError, match="so2"):
        mrio.footprint(one_product(), "so2")
    with pytest.raises(DataError, match="once"):
        mrio.multipliers(one_product(), ["co2", "co2"])


def ghosh_by_loops(system, account):
    """Return the flows that primary inputs of each region, and imports, enable: v' G cell by cell."""
    R, N = system.arrays.x.shape
    n = R * N
    x = system.arrays.x.ravel()
    B = np.array([[z / x[i] if x[i] else 0.0 for z in row] for i, row in enumerate(system.arrays.Z)])
    G = np.linalg.inv(np.eye(n) - B)
    V, M = system.arrays.V.sum(axis=0).ravel(), system.arrays.imports_by_user.ravel()
    flows = system.account(account).values.ravel()
    enabled = np.zeros((n, R + 1))
    for a in range(n):
        for i in range(n):
            share = G[i, a] / x[a] if x[a] else 0.0
            enabled[a, i // N] += flows[a] * V[i] * share
            enabled[a, R] += flows[a] * M[i] * share
    return enabled.reshape(R, N, R + 1)


@settings(max_examples=25, deadline=None)
@given(pairs())
def test_income_accounts_are_those_of_the_ghosh_inverse(pair):
    system, _ = pair.systems()
    R = len(system.regions)
    f = mrio.footprint(system, ["co2", "value_added"], income=True)
    for account in f.accounts:
        expected = ghosh_by_loops(system, account)
        found = f.of("income", account)
        size = np.abs(system.account(account).values).sum() + 1e-300
        np.testing.assert_allclose(found.values[..., :R], expected[..., :R], atol=1e-10 * size)
        np.testing.assert_allclose(found.sum("origin"), system.account(account).values, atol=1e-10 * size)
        if system.imports != "none":
            np.testing.assert_allclose(found.sel(origin="abroad"), expected[..., R], atol=1e-10 * size)
    assert list(f.income["origin"].values)[:R] == list(system.regions)


def test_income_by_hand():
    # v = (0.7, 0.6), L = [[14, 2], [2, 16]] / 11: A carries 0.7 * 14 / 11 of its own value, the rest is B's.
    f = mrio.footprint(one_product(), "co2", income=True)
    own = np.array([[0.7 * 14, 0.6 * 2], [0.7 * 2, 0.6 * 16]]) / 11
    np.testing.assert_allclose(f.income.values[:, 0], [[30.0], [22.0]] * own, rtol=1e-13)
    table = f.summary()
    np.testing.assert_allclose(table["income [Mt CO2]"].iloc[:2], [30.0, 22.0] @ own, rtol=1e-13)
    np.testing.assert_allclose(table["income [Mt CO2]"].iloc[2], 52.0, rtol=1e-13)
    assert "income [Mt CO2]" not in mrio.footprint(one_product(), "co2").summary()


def test_columns_that_do_not_balance_are_an_origin_of_their_own():
    system = random_system(3, balanced=False)
    with pytest.warns(DataWarning, match="unaccounted") as caught:
        f = mrio.footprint(system, "co2", income=True)
    assert caught[0].filename == __file__
    assert list(f.income["origin"].values) == ["R0", "R1", "R2", "abroad", "unaccounted"]
    np.testing.assert_allclose(f.income.sum("origin"), f.production, rtol=1e-10)
