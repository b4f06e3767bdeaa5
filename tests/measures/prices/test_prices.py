"""Prices: the textbook model, brute force by users, border adjustment, price and quantity side, files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError, MissingDataError
from mrio.measures.prices.carbon import carbon_price
from mrio.measures.prices.cost_push import price_change
from mrio.measures.prices.incidence import IMPORTED, base_price_gap
from mrio.tables import System
from tests.measures.tables import MONEY, plain, random_system, two_sectors


def test_textbook_prices_of_two_sectors():
    # Miller and Blair, section 2.6: L = [[1.2541, 0.33], [0.264, 1.1221]]; primary inputs of sector 1, which
    # are 0.65 of its output, rise by a tenth.
    change = np.array([[0.1, 0.0]])
    found = price_change(two_sectors(), {"value_added": change}).data["price_change"].values.ravel()
    np.testing.assert_allclose(found, 0.065 * np.array([1.2541, 0.3300]), atol=1e-5)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["row", "product"]), st.integers(-500, 500))
def test_all_costs_up_by_a_share_raise_all_prices_by_it(seed, imports, per_mille):
    share = per_mille / 1000
    system = random_system(seed, imports=imports)
    assert base_price_gap(system) < 1e-10
    found = price_change(system, dict.fromkeys(("wages", "other", "imports"), share))
    np.testing.assert_allclose(found.data["price_change"], share, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.data["price_index"], share, rtol=1e-9, atol=1e-12)
    assert "differ from 1 by at most" in found.checks


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_cost_push_by_brute_force(seed, k):
    system = random_system(seed, idle=True)
    A, _, _, x = plain(system)
    rng = np.random.default_rng(seed)
    change = rng.normal(size=(3, 3))
    found = price_change(system, {"wages": change, "imports": 0.2}, pass_through=k)
    V, M = system.arrays.V[0].ravel(), system.arrays.imports_by_user.ravel()
    cost = np.divide(change.ravel() * V + 0.2 * M, x, out=np.zeros_like(x), where=x != 0)
    price = k * cost @ np.linalg.inv(np.eye(9) - k * A)
    np.testing.assert_allclose(found.data["price_change"].values.ravel(), price, rtol=1e-9, atol=1e-12)
    Y = system.arrays.Y
    users = np.einsum("ri,risk->isk", price.reshape(3, 3), Y)
    np.testing.assert_allclose(found.data["burden"].values[:3], users, rtol=1e-9, atol=1e-9)
    imported = 0.2 * system.arrays.imports_Y.sum(axis=0)
    np.testing.assert_allclose(found.data["burden"].sel(product=IMPORTED), imported, rtol=1e-10)
    spent = Y.sum((0, 1)) + system.arrays.imports_Y.sum(0)
    np.testing.assert_allclose(
        found.data["price_index"], (users.sum(0) + imported) / spent, rtol=1e-9, atol=1e-12
    )
    absorbed = ((1 - k) * (cost + price @ A) * x).reshape(3, 3)
    np.testing.assert_allclose(found.data["absorbed"], absorbed, rtol=1e-9, atol=1e-9)
    total = found.by_region().to_numpy().sum()
    np.testing.assert_allclose(total, cost @ x + imported.sum(), atol=1e-9 * x.sum())


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([None, "row", "product"]))
def test_carbon_price_without_border(seed, imports):
    system = random_system(seed, imports=imports)
    _, L, _, x = plain(system)
    c = system.accounts["co2"].values.ravel()
    # 50 CNY per tonne: Mt CO2 and 1e8 CNY differ by a hundred.
    rate = 50 * 1e6 / 1e8
    taxed = carbon_price(system, 50, regions=["R0", "R2"])
    inside = np.repeat([1, 0, 1], 3)
    price = (rate * c / x * inside) @ L
    np.testing.assert_allclose(taxed.data["price_change"].values.ravel(), price, rtol=1e-9)
    collected = taxed.revenue()
    np.testing.assert_allclose(collected["producers"], rate * (c * inside).reshape(3, 3).sum(1), rtol=1e-9)
    np.testing.assert_allclose(
        collected["households"], rate * system.accounts["co2"].direct_values * [1, 0, 1]
    )
    np.testing.assert_allclose(taxed.by_region().to_numpy().sum(), collected["total"].sum(), rtol=1e-9)
    np.testing.assert_allclose(
        taxed.data["burden_exports"], (price.reshape(3, 3) * system.arrays.exports).sum(1), rtol=1e-9
    )


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([None, "row", "product"]),
    st.sampled_from(["direct", "embodied"]),
    st.sampled_from([1.0, 0.6]),
)
def test_border_adjustment_by_brute_force(seed, imports, border, k):
    system = random_system(seed, imports=imports)
    A, L, _, x = plain(system)
    f = system.accounts["co2"].values.ravel() / x
    rate = 0.5
    taxed = carbon_price(system, 50, regions=["R0", "R2"], border=border, pass_through=k)
    phi = f if border == "direct" else f @ L
    mean = (phi * x).reshape(3, 3).sum(0) / x.reshape(3, 3).sum(0)
    P, out = np.r_[0:3, 6:9], np.r_[3:6]
    M = system.arrays.imports_Z.reshape(3, 9) if imports == "product" else None
    if imports == "product":
        charge = rate * mean @ M / x
        final_charge = rate * np.einsum("i,isk->sk", mean, system.arrays.imports_Y)
    else:
        overall = rate * (phi @ x) / x.sum()
        charge = overall * system.arrays.imports_by_user.ravel() / x
        final_charge = overall * system.arrays.imports_by_demand
    cost = rate * f[P] + rate * phi[out] @ A[np.ix_(out, P)] + charge[P]
    q = k * cost @ np.linalg.inv(np.eye(6) - k * A[np.ix_(P, P)])
    np.testing.assert_allclose(taxed.data["price_change"].values.ravel()[P], q, rtol=1e-9)
    Y = system.arrays.Y.reshape(9, 3, 2)
    expected = np.zeros((3, 2))
    for s in (0, 2):
        expected[s] = q @ Y[P, s] + rate * phi[out] @ Y[out, s] + final_charge[s]
    np.testing.assert_allclose(taxed.data["burden"].sum("product"), expected, rtol=1e-9, atol=1e-12)
    leaving = A[np.ix_(P, out)] @ x[out] + Y[P, 1].sum(1) + system.arrays.exports.ravel()[P]
    rebates = -(q * leaving)
    np.testing.assert_allclose(
        taxed.revenue()["border_rebates"], [rebates[:3].sum(), 0, rebates[3:].sum()], rtol=1e-9
    )
    np.testing.assert_allclose(taxed.by_region().to_numpy().sum(), taxed.revenue()["total"].sum(), rtol=1e-9)
    assert taxed.data["burden_exports"].sum() == 0


def test_full_border_adjustment_makes_the_price_that_of_the_whole_chain():
    system = random_system(3, imports=None, exports=False)
    _, L, _, x = plain(system)
    f = system.accounts["co2"].values.ravel() / x
    taxed = carbon_price(system, 100, regions="R1", border="embodied")
    np.testing.assert_allclose(taxed.data["price_change"].values.ravel(), f @ L, rtol=1e-9)
    # Everybody pays the price, nothing crosses a border: the adjustment changes nothing.
    whole = [carbon_price(system, 100, border=border) for border in (None, "embodied")]
    for name in ("price_change", "burden", "burden_stocks"):
        np.testing.assert_allclose(whole[0].data[name], whole[1].data[name], rtol=1e-9)


def test_content_of_imports_may_be_given():
    system = random_system(5)
    none = carbon_price(system, 100, border="embodied", imports=np.zeros(3))
    some = carbon_price(system, 100, border="embodied", imports=np.full(3, 0.2))
    charged = 0.2 * (system.arrays.imports_Z.sum() + system.arrays.imports_Y.sum())
    np.testing.assert_allclose(none.revenue()["border_charges"], 0, atol=1e-9)
    np.testing.assert_allclose(some.revenue()["border_charges"].sum(), charged, rtol=1e-9)


def test_pictures_and_files(tmp_path):
    system = random_system(2)
    dearer, taxed = price_change(system, {"wages": 0.1}), carbon_price(system, 100, regions=["R0"])
    for name, found in (("push", dearer), ("carbon", taxed)):
        found.to_netcdf(tmp_path / f"{name}.nc")
        assert mrio.read_netcdf(tmp_path / f"{name}.nc").data.identical(found.data)
        assert found.plot.largest(5) is not None
        assert found.plot.incidence("product") is not None
        assert len(found.summary()) == 3
    exported = taxed.exported()
    np.testing.assert_allclose(exported.iloc[:, 0] - exported.iloc[:, 1], exported.iloc[:, 2])
    assert "100 CNY per t CO2" in taxed.title
    assert "wages +0.1" in dearer.title
    with pytest.raises(ValueError, match="by='sector'"):
        dearer.incidence("sector")


def test_bad_questions_are_named():
    system = random_system(1)
    with pytest.raises(LabelError, match="no primary input 'rent'"):
        price_change(system, {"rent": 0.1})
    with pytest.raises(LabelError, match="No primary input"):
        price_change(system, {})
    with pytest.raises(DataError, match="between 0 and 1"):
        price_change(system, {"wages": 0.1}, pass_through=1.2)
    with pytest.raises(MissingDataError, match="NaN"):
        price_change(system, {"wages": np.full((3, 3), np.nan)})
    with pytest.raises(DataError, match="wrong shape"):
        price_change(system, {"wages": np.ones(4)})
    with pytest.raises(LabelError, match="no region 'Mars'"):
        carbon_price(system, 100, regions="Mars")
    with pytest.raises(DataError, match="No region sets"):
        carbon_price(system, 100, regions=[])
    with pytest.raises(MissingDataError, match="price is no finite number"):
        carbon_price(system, float("nan"))
    with pytest.raises(ValueError, match="border='full'"):
        carbon_price(system, 100, border="full")
    with pytest.raises(DataError, match="border adjustment only"):
        carbon_price(system, 100, imports=np.ones(3))
    with pytest.raises(MissingDataError, match="holds no imports"):
        carbon_price(random_system(1, imports=None), 100, border="direct", imports=np.ones(3))
    clash = System.from_arrays(
        regions=["A"],
        sectors=["s"],
        demand=["final"],
        factors=["imports"],
        Z=[[1]],
        Y=[[1]],
        V=[[[1]]],
        **MONEY,
    )
    with pytest.raises(DataError, match="called 'imports'"):
        price_change(clash, {"imports": 0.1})
