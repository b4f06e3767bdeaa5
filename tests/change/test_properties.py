"""Properties of the decomposition on random productive tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrio.change import decompose
from mrio.change.factors import factors_of, treatment_of
from mrio.tables import System
from tests.compare import assert_close, level, money
from tests.strategies import merged, pairs, reordered, scaled, with_twin

ACCOUNTS = ("value_added", "co2", "water")
METHODS = ("shapley", "polar_mean", "polar_forward", "polar_backward")
SYMMETRIC = ("shapley", "polar_mean")
TREATMENTS = {"none": ("domestic",), "product": ("sourced", "domestic", "row"), "row": ("row", "domestic")}


@given(pairs(), st.sampled_from(METHODS), st.booleans(), st.data())
def test_effects_add_up_to_the_change(pair, method, dependent, data):
    imports = data.draw(st.sampled_from(TREATMENTS[pair.layout.imports]))
    exports = data.draw(st.sampled_from(["level", "sourced"]))
    a, b = pair.systems()
    d = decompose(a, b, ACCOUNTS, method, imports=imports, exports=exports, dependent=dependent)
    for name in ACCOUNTS:
        change = b.account(name).values - a.account(name).values
        assert_close(d.total.sel(account=name), change)
        assert_close(d.effects.sel(account=name).sum("effect"), change, level(a, b, name))


@given(pairs(imports="product"))
def test_shares_add_up_and_give_the_flows_back(pair):
    a, b = pair.systems()
    for kind in ("sourced", "domestic"):
        technology = factors_of(a, b, ("co2",), treatment_of(a, b, kind, "level")).technology
        for period, table in enumerate((a, b)):
            R, N = table.arrays.x.shape
            Z = table.arrays.Z.reshape(R, N, R * N)
            used = technology.total[0] + technology.total[1] > 0
            for product in range(N):
                C = technology.sourcing(product, period)
                np.testing.assert_allclose(C.sum(axis=0), used[product].astype(float), rtol=1e-14)
                back = C[:R] * technology.H[period][product] * table.arrays.x.ravel()
                assert_close(back, Z[:, product], money(a, b), tolerance=1e-14)


@given(pairs())
def test_final_shares_add_up_and_give_the_purchases_back(pair):
    a, b = pair.systems()
    demand = factors_of(a, b, ("co2",), treatment_of(a, b, None, "level")).demand
    for period, table in enumerate((a, b)):
        Y = table.arrays.Y
        N = Y.shape[1]
        bits = (period,) * 4
        back = demand.D[period][: len(Y)] * demand.final_volume(bits)
        assert_close(back, Y, money(a, b), tolerance=1e-14)
        used = demand.D[0].sum(axis=0)
        np.testing.assert_allclose(used[used != 0], 1.0, rtol=1e-14)
        assert demand.final_volume(bits).shape[0] == N
        everything = demand.states()[-1 if period else 0]
        assert_close(everything, table.arrays.final_demand.ravel(), money(a, b), tolerance=1e-14)


@given(pairs(), st.sampled_from(SYMMETRIC), st.sampled_from(["level", "sourced"]))
def test_swapping_the_periods_flips_every_sign(pair, method, exports):
    a, b = pair.systems()
    there = decompose(a, b, ACCOUNTS, method, exports=exports)
    back = decompose(b, a, ACCOUNTS, method, exports=exports)
    for name in ACCOUNTS:
        assert_close(back.data[name], -there.data[name], level(a, b, name), what=name)


@given(pairs())
def test_forward_and_backward_are_each_other_in_reverse(pair):
    a, b = pair.systems()
    there = decompose(a, b, "co2", "polar_forward")
    back = decompose(b, a, "co2", "polar_backward")
    assert_close(back.effects, -there.effects, level(a, b, "co2"))


@given(pairs(), st.sampled_from(METHODS))
def test_identical_tables_have_no_effects(pair, method):
    a, _ = pair.systems()
    d = decompose(a, a.replace(period="again"), ACCOUNTS, method)
    for name in ACCOUNTS:
        # Coefficients of mixed states are C H with C = Z / T, H = T / x: equal up to rounding.
        assert_close(d.data[name], np.zeros(d.data[name].shape), level(a, a, name), tolerance=1e-12)


@given(pairs(), st.floats(1e-6, 1e6), st.sampled_from(SYMMETRIC))
def test_the_scale_of_money(pair, factor, method):
    a, b = pair.systems()
    small, large = (System.from_arrays(**scaled(given, factor, "1e4 CNY")) for given in (pair.a, pair.b))
    one = decompose(a, b, ("value_added", "co2"), method)
    other = decompose(small, large, ("value_added", "co2"), method)
    assert_close(
        other.data["value_added"], factor * one.data["value_added"], factor * level(a, b, "value_added")
    )
    assert_close(other.data["co2"], one.data["co2"], level(a, b, "co2"))


@given(pairs(), st.randoms(use_true_random=False))
def test_relabelling_permutes(pair, random):
    regions = np.array(random.sample(range(pair.layout.R), pair.layout.R))
    sectors = np.array(random.sample(range(pair.layout.N), pair.layout.N))
    a, b = pair.systems()
    first, second = (System.from_arrays(**reordered(given, regions, sectors)) for given in (pair.a, pair.b))
    one, other = decompose(a, b, ACCOUNTS), decompose(first, second, ACCOUNTS)
    for name in ACCOUNTS:
        expected = one.data[name].values[:, regions][:, :, sectors]
        assert_close(other.data[name], expected, level(a, b, name), what=name)


@pytest.mark.parametrize("dim", ["region", "sector"])
@given(pair=pairs(), exports=st.sampled_from(["level", "sourced"]))
def test_merging_twins_changes_nothing(dim, pair, exports):
    a, b = pair.systems()
    first, second = (System.from_arrays(**with_twin(given, dim)) for given in (pair.a, pair.b))
    one = decompose(a, b, ACCOUNTS, exports=exports)
    other = decompose(first, second, ACCOUNTS, exports=exports)
    for name in ACCOUNTS:
        found = merged(other.data[name], one.data[name].get_axis_num(dim))
        assert_close(found, one.data[name], level(a, b, name), what=name)


@given(pairs(), st.sampled_from(METHODS))
def test_several_accounts_at_once_are_one_at_a_time(pair, method):
    a, b = pair.systems()
    together = decompose(a, b, ACCOUNTS, method)
    for name in ACCOUNTS:
        alone = decompose(a, b, name, method)
        own = together.data[name].sel(effect=alone.effects["effect"])
        assert_close(own, alone.effects, level(a, b, name), what=name)
        rest = together.data[name].drop_sel(effect=alone.effects["effect"].values)
        assert not rest.any()


@given(pairs(), st.sampled_from(METHODS))
def test_the_dependent_form_touches_value_added_only(pair, method):
    a, b = pair.systems()
    without = decompose(a, b, ACCOUNTS, method, dependent=False)
    default = decompose(a, b, ACCOUNTS, method)
    for name in ("co2", "water"):
        own = default.data[name].sel(effect=without.data["effect"])
        assert_close(own, without.data[name], level(a, b, name))
        assert not default.data[name].sel(effect="input_mix").any()
    forced = decompose(a, b, ACCOUNTS, method, dependent=True)
    for name in ACCOUNTS:
        np.testing.assert_array_equal(forced.data[name], default.data[name])
    assert "input_mix" not in without.data["effect"]


@given(pairs(imports="none", exports=False, stocks=False, discrepancy=False))
def test_national_value_added_follows_demand_where_nothing_leaks(pair):
    # All income is spent at home: value added per unit of demand is one along every chain.
    a, b = pair.systems()
    national = decompose(a, b, dependent=True).effects.sum(["region", "sector"])
    inner = ["intensity", "input_mix", "intermediate_sourcing", "final_sourcing"]
    assert_close(national.sel(effect=inner), np.zeros(4), level(a, b, "value_added"))


@given(pairs(M=2))
def test_the_split_of_value_added_does_not_matter(pair):
    a, b = pair.systems()
    merged_factors = [
        table.replace(V=table.arrays.V.sum(axis=0), factors=["value added"]) for table in (a, b)
    ]
    one, other = decompose(a, b), decompose(*merged_factors)
    assert_close(other.effects, one.effects, level(a, b, "value_added"))
