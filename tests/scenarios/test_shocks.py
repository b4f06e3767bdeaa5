"""Every shock against its own arithmetic, and the identities that hold for all of them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import mrio
from mrio.tables import System
from tests.strategies import layouts, random_table

LABELS = {"product": "sector 0", "region": "region 0"}


@st.composite
def tables(draw, **fixed):
    layout = draw(layouts(**fixed))
    return System.from_arrays(**random_table(layout, np.random.default_rng(draw(st.integers(0, 2**32))), "0"))


def solved(A, y):
    return np.linalg.solve(np.eye(len(y)) - A, y)


def base_coefficients(system):
    x = system.arrays.x.ravel()
    recip = np.divide(1, x, out=np.zeros_like(x), where=x > 1e-9 * x.mean())
    return system.arrays.Z * recip, recip


SHOCKS = {
    "shift_sourcing": lambda s: s.shift_sourcing("sector 0", "region 0", "region 1", share=0.4),
    "scale_intensity": lambda s: s.scale_intensity("co2", 0.5, region="region 1"),
    "scale_technology": lambda s: s.scale_technology(0.8, product="sector 1", region="region 0"),
    "substitute": lambda s: s.substitute("sector 0", "sector 1", 0.3, uses="all"),
    "scale_demand": lambda s: s.scale_demand(1.2, region="region 0"),
    "shift_demand": lambda s: s.shift_demand("sector 0", "sector 1", 0.25),
    "scale_exports": lambda s: s.scale_exports(0.7),
    "invest": lambda s: s.invest(7.0, "region 1", category="category 0"),
    "carbon_price": lambda s: s.carbon_price(50.0, elasticity=-0.4),
    "extract": lambda s: s.extract(region="region 1", sector="sector 1"),
}


@given(tables())
def test_no_shock_changes_nothing(system):
    operator = system.leontief
    after = mrio.Scenario("nothing").apply(system)
    for name, before in vars(system.arrays).items():
        values = getattr(after.arrays, name)
        assert (before is None) == (values is None)
        assert before is None or np.array_equal(values, before)
    for name, account in system.accounts.items():
        assert np.array_equal(after.accounts[name].values, account.values)
    assert after.leontief is operator
    assert after.scenario == "nothing"


@pytest.mark.parametrize("kind", SHOCKS)
@given(tables(R=2, N=2, imports="product", exports=True, holes=False))
def test_output_solves_its_own_balance_and_columns_stay_balanced(kind, system):
    before = system.arrays.x.copy()
    after = SHOCKS[kind](mrio.Scenario("one")).apply(system)
    A, _ = base_coefficients(after)
    scale = np.abs(before).max()
    np.testing.assert_allclose(
        solved(A, after.arrays.final_demand.ravel()), after.arrays.x.ravel(), rtol=1e-10, atol=1e-10 * scale
    )
    np.testing.assert_allclose(after.arrays.column_sums(), after.arrays.x, rtol=1e-10, atol=1e-10 * scale)
    assert np.array_equal(system.arrays.x, before)
    left = after.arrays.x.ravel() - after.leontief.A @ after.arrays.x.ravel()
    np.testing.assert_allclose(left, after.arrays.final_demand.ravel(), atol=1e-10 * scale)


# A sector that loses all of its output has no purchases left and takes the sourcing of the other period.
@given(tables(R=3, N=2, imports="product"), st.floats(0, 0.99))
def test_shift_sourcing_keeps_what_buyers_need_and_is_the_direct_transfer(system, share):
    A0, _ = base_coefficients(system)
    A = A0.reshape(3, 2, -1).copy()
    moved = share * A[2, 1]
    A[2, 1] -= moved
    A[0, 1] += moved
    Y = system.arrays.Y.copy()
    gone = share * Y[2, 1]
    Y[2, 1] -= gone
    Y[0, 1] += gone
    y = Y.sum(axis=(2, 3)) + system.arrays.outside_demand
    x = solved(A.reshape(6, 6), y.ravel())
    # Stocks that were drawn down can leave a region with less than nothing to make, which is refused.
    assume((x >= 0).all())
    after = (
        mrio.Scenario("move")
        .shift_sourcing("sector 1", from_region="region 2", to_region="region 0", share=share)
        .apply(system)
    )
    np.testing.assert_allclose(after.arrays.x.ravel(), x, rtol=1e-10, atol=1e-13 * x.sum())
    t = mrio.measure_transfer(system, after, accounts="co2")
    pair = {"from_region": "region 2", "to_region": "region 0", "sector": "sector 1"}
    direct = t.direct.sel(use="intermediate", **pair).item()
    # Volumes are weighted over the states of the other factor that moved, final sourcing.
    y0 = system.arrays.final_demand.ravel()
    mean = sum(solved(own, demand) for own in (A0, A.reshape(6, 6)) for demand in (y0, y.ravel())) / 4
    scale = system.arrays.x.sum()
    assert direct == pytest.approx(moved @ mean, rel=1e-10, abs=1e-12 * scale)
    assert t.direct.sel(use="final", **pair).item() == pytest.approx(gone.sum(), rel=1e-10, abs=1e-12 * scale)


@given(tables(R=2, N=2, K=2, imports="none", stocks=False, holes=False), st.integers(0, 2**32))
def test_shifts_by_measured_share_changes_give_the_sourcing_shares_measured(a, seed):
    """One shift a purchase cell, by the measured change of its share, ends at the measured shares."""
    b = np.random.default_rng(seed).uniform(0.05, 0.95, (2, 8))
    shares = np.stack([b, 1 - b])
    after = moved_to(a, shares).apply(a)
    flows, bought = (
        np.concatenate([t.arrays.Z.reshape(2, 2, 4), t.arrays.Y.reshape(2, 2, 4)], axis=2) for t in (a, after)
    )
    np.testing.assert_allclose(bought / bought.sum(axis=0), shares, rtol=1e-10)
    # Direct flows at the purchases of the base: theta V, by the proportional rule.
    expected = np.maximum(flows - shares * flows.sum(axis=0), 0).sum(axis=2)
    A0, _ = base_coefficients(a)
    A1, _ = base_coefficients(after)
    change = (A1 - A0).reshape(2, 2, 4) * a.arrays.x.ravel()
    final = (after.arrays.Y - a.arrays.Y).reshape(2, 2, 4)
    lost = np.maximum(-change, 0).sum(axis=2) + np.maximum(-final, 0).sum(axis=2)
    np.testing.assert_allclose(lost, expected, rtol=1e-10, atol=1e-10 * expected.max())


@given(tables(R=2, N=2, K=2, imports="none", stocks=False, holes=False), st.integers(0, 2**32))
def test_shifts_by_the_measured_share_changes_are_the_measured_transfer(a, seed):
    """A second table differs in sourcing alone; shifts by its measured shares give it, and its transfer."""
    b = np.random.default_rng(seed).uniform(0.05, 0.95, (2, 8))
    shares = np.stack([b, 1 - b])
    A1 = base_coefficients(a)[0].reshape(2, 2, 4).sum(axis=0) * shares[:, :, :4]
    Y1 = a.arrays.Y.reshape(2, 2, 4).sum(axis=0) * shares[:, :, 4:]
    x = solved(A1.reshape(4, 4), (Y1.sum(axis=2) + a.arrays.outside_demand).ravel())
    assume((x >= 0).all())
    growth = x.reshape(2, 2) / a.arrays.x
    other = a.replace(
        Z=A1.reshape(4, 4) * x,
        Y=Y1.reshape(a.arrays.Y.shape),
        V=a.arrays.V * growth,
        accounts={"co2": (a.account("co2").values * growth, "Mt CO2")},
        period="1",
    )
    after = moved_to(a, shares).apply(a)
    scale = a.arrays.x.sum()
    for name in ("Z", "Y", "x"):
        values, expected = (getattr(t.arrays, name) for t in (after, other))
        np.testing.assert_allclose(values, expected, rtol=1e-10, atol=1e-12 * scale, err_msg=name)
    measured, made = (mrio.measure_transfer(a, t, accounts="co2") for t in (other, after))
    np.testing.assert_allclose(made.direct, measured.direct, rtol=1e-10, atol=1e-12 * scale)
    impact = measured.impact("co2")
    np.testing.assert_allclose(made.impact("co2"), impact, rtol=1e-10, atol=1e-10 * float(abs(impact).max()))


def moved_to(a, shares):
    """Return one shift a purchase cell that takes two regions to the shares (origin, product, cell)."""
    flows = np.concatenate([a.arrays.Z.reshape(2, 2, 4), a.arrays.Y.reshape(2, 2, 4)], axis=2)
    before = flows / flows.sum(axis=0)
    scenario = mrio.Scenario("measured")
    for product in range(2):
        for cell in range(8):
            loser = int(shares[0, product, cell] > before[0, product, cell])
            own = before[loser, product, cell]
            region, place = divmod(cell % 4, 2)
            buyer = {"buyer_sectors": f"sector {place}", "uses": "intermediate"}
            if cell >= 4:
                buyer = {"categories": f"category {place}", "uses": "final"}
            scenario = scenario.shift_sourcing(
                f"sector {product}",
                f"region {loser}",
                f"region {1 - loser}",
                share=min((own - shares[loser, product, cell]) / own, 1.0),
                buyers=f"region {region}",
                **buyer,
            )
    return scenario


def test_a_volume_is_moved_in_proportion(worked):
    system = worked.b
    region = system.regions
    product = system.sectors[1]
    sold = (
        system.Z.sel(region=region[1], sector=product).sum()
        + system.Y.sel(region=region[1], sector=product).sum()
    )
    by_volume = mrio.Scenario("v").shift_sourcing(product, region[1], region[2], volume=0.25 * float(sold))
    by_share = mrio.Scenario("v").shift_sourcing(product, region[1], region[2], share=0.25)
    np.testing.assert_allclose(by_volume.apply(system).arrays.Z, by_share.apply(system).arrays.Z, rtol=1e-12)


def test_technology_saves_inputs_and_value_added_takes_them(worked):
    system = worked.b
    product, user = system.sectors[0], system.sectors[1]
    after = mrio.Scenario("t").scale_technology(0.5, product=product, sector=user).apply(system)
    A0, A1 = (system.arrays.Z / system.arrays.x.ravel(), after.arrays.Z / after.arrays.x.ravel())
    N = len(system.sectors)
    expected = A0.copy()
    expected[0::N, 1::N] *= 0.5
    np.testing.assert_allclose(A1, expected, rtol=1e-12)
    imports0 = system.arrays.imports_Z.reshape(N, -1) / system.arrays.x.ravel()
    saved = 0.5 * (A0[0::N].sum(axis=0) + imports0[0])[1::N]
    v0, v1 = (s.arrays.V.sum(axis=0).ravel() / s.arrays.x.ravel() for s in (system, after))
    np.testing.assert_allclose((v1 - v0)[1::N], saved, rtol=1e-10)
    np.testing.assert_allclose((v1 - v0)[0::N], 0, atol=1e-12)


def test_substitution_keeps_spending_and_uses_the_sourcing_of_the_new_product(worked):
    system = worked.b
    old, new = system.sectors[:2]
    after = mrio.Scenario("s").substitute(old, new, 0.4).apply(system)
    N = len(system.sectors)
    P0, P1 = (
        np.concatenate([s.arrays.Z.reshape(-1, N, s.arrays.x.size), s.arrays.imports_Z.reshape(1, N, -1)])
        / s.arrays.x.ravel()
        for s in (system, after)
    )
    expected = P0.copy()
    released = 0.4 * P0[:, 0].sum(axis=0)
    expected[:, 0] *= 0.6
    expected[:, 1] += P0[:, 1] / P0[:, 1].sum(axis=0) * released
    np.testing.assert_allclose(P1, expected, rtol=1e-10, atol=1e-15)


def test_investment_adds_its_amount(worked):
    system = worked.b
    category, product = system.demand[-1], system.sectors[1]
    scenario = mrio.Scenario("i").invest(12.0, system.regions[2], mix={product: 1.0}, category=category)
    after = scenario.apply(system)
    more = after.arrays.Y.sum() - system.arrays.Y.sum()
    more += after.arrays.imports_Y.sum() - system.arrays.imports_Y.sum()
    assert more == pytest.approx(12.0, rel=1e-10)


def test_what_stops_is_imported(worked):
    system = worked.b
    region, sector = system.regions[0], system.sectors[1]
    after = mrio.Scenario("x").extract(region=region, sector=sector).apply(system)
    assert after.arrays.x[0, 1] == 0
    assert after.arrays.V[:, 0, 1].sum() == 0
    assert after.accounts["co2"].values[0, 1] == 0
    lost = mrio.extract(system, region=region, sector=sector, replacement="abroad", accounts="output")
    # mrio.extract also drops the final demand for what stops, and both leave the rest to be served alike.
    np.testing.assert_allclose(
        (system.arrays.x - after.arrays.x).sum(), float(lost.data[lost.main].sum()), rtol=1e-10
    )


def test_the_operator_is_reused_where_coefficients_stay(worked):
    system = worked.b
    operator = system.leontief
    same = mrio.Scenario("d").scale_demand(1.3).scale_exports(0.5).scale_intensity("co2", 0.4).apply(system)
    assert same.leontief is operator
    other = mrio.Scenario("t").scale_technology(0.9).apply(system)
    assert other.leontief is not operator


def test_a_table_refuses_an_operator_that_is_not_its_own(worked):
    with pytest.raises(mrio.MrioError, match="not that of the table"):
        worked.a.solving_with(worked.b.leontief)


def test_households_flows_are_scaled_apart():
    system = System.from_arrays(
        regions=["A"], sectors=["goods"], demand=["final"], Z=[[20.0]], Y=[[80.0]], V=[80.0],
        accounts={"co2": ([[10.0]], "Mt CO2", [5.0])},
        unit="1e8 CNY", price_basis="current CNY", period="1",
    )  # fmt: skip
    after = mrio.Scenario("h").scale_intensity("co2", 0.5, direct=True).apply(system)
    assert after.account("co2").total() == 12.5
    both = mrio.compare({"baseline": system, "h": after}, "co2")
    assert both.by_region("co2").loc["h", "A"] == -2.5
    assert both.by_sector("co2").loc["goods", "h"] == 0
