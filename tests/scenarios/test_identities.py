"""Scenarios that change nothing, scenarios whose order does not matter, and what differs when it does."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mrio
from tests.compare import assert_close, assert_same_tables, level, money
from tests.scenarios.test_shocks import tables

ROUNDING = 1e-13

NEUTRAL = {
    "shift by share": lambda s: s.shift_sourcing("sector 0", "region 0", "region 1", share=0.0),
    "shift by volume": lambda s: s.shift_sourcing("sector 0", "region 0", "region 1", volume=0.0),
    "intensity": lambda s: s.scale_intensity("co2", 1.0),
    "technology": lambda s: s.scale_technology(1.0),
    "substitution": lambda s: s.substitute("sector 0", "sector 1", 0.0, worth=0.5, uses="all"),
    "demand": lambda s: s.scale_demand(1.0),
    "spending": lambda s: s.shift_demand("sector 0", "sector 1", 0.0),
    "exports": lambda s: s.scale_exports(1.0),
    "no carbon price": lambda s: s.carbon_price(0.0, elasticity=-0.5),
    "no answer to prices": lambda s: s.carbon_price(50.0, elasticity=0.0),
}


@pytest.mark.parametrize("kind", NEUTRAL)
@settings(max_examples=8)
@given(system=tables(R=2, N=2))
def test_shocks_of_no_strength_change_nothing(kind, system):
    after = NEUTRAL[kind](mrio.Scenario("nothing")).apply(system)
    assert_same_tables(after, system, ROUNDING)
    d = mrio.decompose(system, after, "co2", spread=False)
    assert_close(d.effects, np.zeros(d.effects.shape), level(system, system, "co2"))
    t = mrio.measure_transfer(system, after, accounts="co2")
    assert_close(t.direct, np.zeros(t.direct.shape), money(system, system))


COMMUTING = {
    "accounts and demand": (
        lambda s: s.scale_intensity("co2", 0.5, region="region 1"),
        lambda s: s.scale_demand(1.3, product="sector 0"),
    ),
    "two products move": (
        lambda s: s.shift_sourcing("sector 0", "region 1", "region 0", share=0.3),
        lambda s: s.shift_sourcing("sector 1", "region 0", "region 1", share=0.4),
    ),
    "needs and origins": (
        lambda s: s.scale_technology(0.8, product="sector 0"),
        lambda s: s.shift_sourcing("sector 0", "region 1", "region 0", share=0.3),
    ),
    "needs of two products": (
        lambda s: s.scale_technology(0.8, product="sector 0"),
        lambda s: s.scale_technology(0.9, product="sector 1"),
    ),
    "exports and demand": (
        lambda s: s.scale_exports(0.8),
        lambda s: s.scale_demand(1.2, region="region 0"),
    ),
    "the same demand twice": (lambda s: s.scale_demand(1.2), lambda s: s.scale_demand(0.9)),
}


@pytest.mark.parametrize("kind", COMMUTING)
@settings(max_examples=8)
@given(system=tables(R=2, N=2, stocks=False, discrepancy=False))
def test_order_does_not_matter_where_shocks_touch_other_factors(kind, system):
    first, second = COMMUTING[kind]
    one, other = first(mrio.Scenario("one")), second(mrio.Scenario("other"))
    forth, back = (one + other).apply(system), (other + one).apply(system)
    assert_same_tables(forth, back, ROUNDING)
    assert_same_tables(second(one).apply(system), forth, ROUNDING)


@given(tables(R=2, N=2, stocks=False, discrepancy=False, holes=False), st.floats(0.1, 0.9))
def test_moving_on_and_back_is_an_order_of_its_own(system, share):
    # A share of what is left returns less than the same share of all: order matters, as documented.
    there = mrio.Scenario("there").shift_sourcing("sector 0", "region 0", "region 1", share=share)
    back = mrio.Scenario("back").shift_sourcing("sector 0", "region 1", "region 0", share=share)
    Z = system.arrays.Z.reshape(2, 2, 4)[:, 0] / system.arrays.x.ravel()
    total = Z.sum(axis=0)
    after = (there + back).apply(system)
    found = after.arrays.Z.reshape(2, 2, 4)[:, 0] / after.arrays.x.ravel()
    moved = Z[1] + share * Z[0]
    assert_close(found[1], (1 - share) * moved)
    assert_close(found.sum(axis=0), total)


@given(tables(R=2, N=2, K=2), st.floats(0.5, 1.5), st.floats(0.5, 1.5))
def test_demand_scaled_by_category_adds_up(system, first, second):
    # Output is linear in final demand: the changes of two categories scaled alone make that of both.
    one = mrio.Scenario("one").scale_demand(first, category="category 0")
    other = mrio.Scenario("other").scale_demand(second, category="category 1")
    try:
        runs = [s.apply(system) for s in (one, other, one + other)]
    except mrio.MrioError:
        # Stocks that were drawn down can ask for less than nothing.
        assume(False)
    changes = [table.arrays.x - system.arrays.x for table in runs]
    assert_close(changes[0] + changes[1], changes[2], money(system, system))
    for name in system.accounts:
        flows = [table.account(name).values - system.account(name).values for table in runs]
        assert_close(flows[0] + flows[1], flows[2], level(system, system, name))


@settings(max_examples=8)
@given(tables(), st.integers(0, 100))
def test_draws_without_errors_are_the_table(system, seed):
    draws = mrio.perturb(system, 0.0, n=2, seed=seed)
    for draw in draws:
        assert_same_tables(draw, system, tolerance=0.0)
    found = mrio.monte_carlo(draws, ["co2", "output"])
    table = found.statistics("co2", over=["region", "sector"])
    total = system.account("co2").values.sum()
    for column in ("central", "mean", "q0.05", "q0.5", "q0.95"):
        assert table[column].item() == pytest.approx(total, rel=1e-14)
    assert table["standard deviation"].item() == pytest.approx(0.0, abs=1e-13 * total)
