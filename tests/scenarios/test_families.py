"""Ready families on the bundled tables: they do what their assumptions say."""

import numpy as np
import pytest

import mrio
from mrio import scenarios


@pytest.fixture(scope="module")
def tables():
    return mrio.load_example("bth")


@pytest.fixture(scope="module")
def b(tables):
    return tables["2017"]


def inputs(system, product, user):
    i, j = system.sectors.index(product), system.sectors.index(user)
    N = len(system.sectors)
    Z = system.arrays.Z.reshape(4, N, 4, N)[:, i, :, j].sum(axis=0) + system.arrays.imports_Z[i, :, j]
    return Z / system.arrays.x[:, j]


def test_energy_structure_saves_coal_and_emissions(b):
    after = scenarios.energy_structure(0.3, region="Hebei", coal_part=0.9).apply(b)
    factor = inputs(after, "Coal mining", "Electricity and heat") / inputs(
        b, "Coal mining", "Electricity and heat"
    )
    np.testing.assert_allclose(factor, [1, 1, 0.7, 1], rtol=1e-10)
    power = b.sectors.index("Electricity and heat")
    f0, f1 = (s.account("co2").intensity(s.arrays.x)[:, power] for s in (b, after))
    np.testing.assert_allclose(f1 / f0, [1, 1, 1 - 0.27, 1], rtol=1e-10)


def test_transport_replaces_fuel_by_power(b):
    after = scenarios.transport(0.25).apply(b)
    user, fuel = "Transport, storage, post", "Petroleum, coking, nuclear fuel"
    np.testing.assert_allclose(inputs(after, fuel, user), 0.75 * inputs(b, fuel, user), rtol=1e-10)
    total = [inputs(s, fuel, user) + inputs(s, "Electricity and heat", user) for s in (b, after)]
    np.testing.assert_allclose(*total, rtol=1e-10)
    assert after.arrays.Y.sum() + after.arrays.imports_Y.sum() == pytest.approx(
        b.arrays.Y.sum() + b.arrays.imports_Y.sum(), rel=1e-12
    )
    assert len(scenarios.transport(0.25, households=[]).shocks) == 2


def test_buildings_save_energy(b):
    after = scenarios.buildings(0.1, region="Beijing").apply(b)
    factor = inputs(after, "Electricity and heat", "Finance") / inputs(b, "Electricity and heat", "Finance")
    np.testing.assert_allclose(factor, [0.9, 1, 1, 1], rtol=1e-10)
    assert after.account("co2").total() < b.account("co2").total()


def test_a_transfer_can_be_continued_and_reversed(tables, b):
    t = mrio.measure_transfer(tables["2012"], b)
    regions = ["Beijing", "Tianjin", "Hebei"]
    further = scenarios.industrial_transfer(t.direct, 0.2, regions=regions, products="Metal products")
    back = scenarios.industrial_transfer(t.direct, -0.2, regions=regions, products="Metal products")
    assert further.shocks
    assert len(further.shocks) == len(back.shocks)
    flows = t.direct.sel(sector="Metal products")
    for one, other in zip(further.shocks, back.shocks, strict=True):
        assert (one.from_region, one.to_region) == (other.to_region, other.from_region)
        net = flows.sel(use=one.uses, from_region=one.from_region, to_region=one.to_region) - flows.sel(
            use=one.uses, from_region=one.to_region, to_region=one.from_region
        )
        assert one.volume == pytest.approx(0.2 * net.item(), rel=1e-12)
    gains = [s.apply(b).arrays.x.sum(axis=1) - b.arrays.x.sum(axis=1) for s in (further, back)]
    assert np.sign(gains[0][2]) == -np.sign(gains[1][2])
    with pytest.raises(mrio.MrioError, match="moves nothing"):
        scenarios.industrial_transfer(t.direct, 0)


@pytest.mark.parametrize(
    "family",
    [
        lambda t: scenarios.energy_structure(0.3),
        lambda t: scenarios.transport(0.3),
        lambda t: scenarios.buildings(0.2),
        lambda t: scenarios.industrial_transfer(
            mrio.measure_transfer(t["2012"], t["2017"]).direct,
            0.1,
            regions=["Beijing", "Tianjin", "Hebei"],
            products="Metal products",
        ),
        lambda t: scenarios.circular_inputs(0.3),
        lambda t: scenarios.green_investment(500, "Hebei"),
        lambda t: scenarios.carbon_price(200, elasticity=-0.3),
    ],
    ids=["energy", "transport", "buildings", "transfer", "circular", "investment", "price"],
)
def test_output_of_every_family_solves_its_own_balance(tables, b, family):
    after = family(tables).apply(b)
    x = after.arrays.x.ravel()
    A = np.divide(after.arrays.Z, x, out=np.zeros_like(after.arrays.Z), where=x > 0)
    again = np.linalg.solve(np.eye(x.size) - A, after.arrays.final_demand.ravel())
    np.testing.assert_allclose(x, again, rtol=1e-10, atol=1e-13 * x.sum())
    np.testing.assert_allclose(after.arrays.column_sums(), after.arrays.x, rtol=1e-10, atol=1e-13 * x.sum())


def test_circular_inputs_replace_virgin_material(b):
    ore, metals = "Metal ore mining", "Smelting and pressing of metals"
    after = scenarios.circular_inputs(0.5, saving=0.4).apply(b)
    np.testing.assert_allclose(inputs(after, ore, metals), 0.5 * inputs(b, ore, metals), rtol=1e-10)
    j = b.sectors.index(metals)
    f0, f1 = (s.account("co2").intensity(s.arrays.x)[:, j] for s in (b, after))
    np.testing.assert_allclose(f1, 0.8 * f0, rtol=1e-10)


def test_green_investment_and_carbon_price(b):
    after = scenarios.green_investment(100, "Hebei").apply(b)
    more = (after.arrays.Y - b.arrays.Y).sum() + (after.arrays.imports_Y - b.arrays.imports_Y).sum()
    assert more == pytest.approx(100, rel=1e-10)
    dear = scenarios.carbon_price(100, elasticity=-0.5).apply(b)
    assert dear.account("co2").total() < b.account("co2").total()


def test_wrong_shares_are_refused():
    for make in (scenarios.energy_structure, scenarios.transport, scenarios.buildings):
        with pytest.raises(mrio.MrioError, match="between 0 and 1"):
            make(1.5)
