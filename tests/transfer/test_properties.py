"""Properties of transfers on random productive tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrio.change import decompose
from mrio.tables import System
from mrio.transfer import measure_transfer
from tests.compare import assert_close, level, money
from tests.strategies import merged, pairs, reordered, scaled, with_twin

ACCOUNTS = ("value_added", "co2")
TREATMENTS = {"none": ("domestic",), "product": ("sourced", "domestic", "row"), "row": ("row", "domestic")}
EXPORTS = st.sampled_from(["level", "sourced"])
SCHEMES = st.sampled_from(["bilateral", "nested"])
EFFECT = {
    "intermediate": "intermediate_sourcing",
    "final": "final_sourcing",
    "exports": "export_sourcing",
}


def measured(pair, **options):
    """Return the transfers of a pair with its first region as the block, and the two tables."""
    a, b = pair.systems()
    return measure_transfer(a, b, accounts=ACCOUNTS, block=a.regions[:1], **options), a, b


@given(pairs(), EXPORTS, SCHEMES, st.booleans(), st.data())
def test_impacts_add_up_to_the_sourcing_effects(pair, exports, scheme, dependent, data):
    imports = data.draw(st.sampled_from(TREATMENTS[pair.layout.imports]))
    options = {"imports": imports, "exports": exports, "dependent": dependent}
    t, a, b = measured(pair, scheme=scheme, **options)
    d = decompose(a, b, ACCOUNTS, **options)
    for name in ACCOUNTS:
        scale = level(a, b, name)
        for use in t.direct["use"].values:
            effect = d.data[name].sel(effect=EFFECT[str(use)])
            assert_close(t.affected(name).sel(use=use).sum("part"), effect, scale, what=f"{use}")
            by_region = t.impact(name).sel(use=use).sum(["from_region", "to_region", "sector"])
            assert_close(by_region, effect.sum("sector"), scale, what=f"{use}")


@given(pairs(), EXPORTS, SCHEMES)
def test_net_over_all_origins_is_zero(pair, exports, scheme):
    t, a, b = measured(pair, exports=exports, scheme=scheme)
    by_product = t.balance("sector")["net"].groupby(level="sector").sum()
    assert_close(by_product, np.zeros(pair.layout.N), money(a, b))
    assert_close(t.balance()["net"].sum(), 0.0, money(a, b))


@given(pairs(stocks=False, discrepancy=False), EXPORTS, SCHEMES)
def test_volumes_are_not_negative_and_nobody_moves_to_himself(pair, exports, scheme):
    t, a, b = measured(pair, exports=exports, scheme=scheme)
    for name in ACCOUNTS:
        direct = t.direct_of(name)
        # Output in a mixed state is a solve: where it is zero, it is so up to rounding.
        assert direct.min() >= -1e-12 * money(a, b)
    diagonal = t.direct.values[:, range(len(t.origins)), range(len(t.origins))]
    np.testing.assert_array_equal(diagonal, 0.0)


@given(pairs(), EXPORTS, SCHEMES)
def test_swapping_the_periods_turns_transfers_round(pair, exports, scheme):
    t, a, b = measured(pair, exports=exports, scheme=scheme)
    back = measure_transfer(b, a, accounts=ACCOUNTS, block=t.block, exports=exports, scheme=scheme)
    for name in ACCOUNTS:
        turned = back.direct_of(name).transpose("use", "to_region", "from_region", "sector")
        assert_close(turned, t.direct_of(name), money(a, b))
        turned = back.impact(name).transpose("use", "region", "to_region", "from_region", "sector")
        assert_close(turned, -t.impact(name), level(a, b, name))
        assert_close(back.affected(name).sum("part"), -t.affected(name).sum("part"), level(a, b, name))
    assert_close(back.balance()["net"], -t.balance()["net"], money(a, b))


@given(pairs(), EXPORTS, SCHEMES)
def test_identical_tables_have_no_transfers(pair, exports, scheme):
    a, _ = pair.systems()
    t = measure_transfer(a, a.replace(period="again"), block=a.regions[:1], exports=exports, scheme=scheme)
    for variable in t.data.data_vars.values():
        np.testing.assert_array_equal(variable, 0.0)


@given(pairs(), st.floats(1e-6, 1e6), SCHEMES)
def test_the_scale_of_money(pair, factor, scheme):
    t, a, b = measured(pair, scheme=scheme)
    tables = (System.from_arrays(**scaled(given, factor, "1e4 CNY")) for given in (pair.a, pair.b))
    other = measure_transfer(*tables, accounts=ACCOUNTS, block=t.block, scheme=scheme)
    assert_close(other.direct, factor * t.direct, factor * money(a, b))
    assert_close(
        other.impact("value_added"), factor * t.impact("value_added"), factor * level(a, b, "value_added")
    )
    assert_close(other.impact("co2"), t.impact("co2"), level(a, b, "co2"))


@given(pairs(), SCHEMES, st.randoms(use_true_random=False))
def test_relabelling_permutes(pair, scheme, random):
    regions = np.array(random.sample(range(pair.layout.R), pair.layout.R))
    sectors = np.array(random.sample(range(pair.layout.N), pair.layout.N))
    t, a, b = measured(pair, scheme=scheme)
    tables = (System.from_arrays(**reordered(given, regions, sectors)) for given in (pair.a, pair.b))
    other = measure_transfer(*tables, accounts=ACCOUNTS, block=t.block, scheme=scheme)
    for name in ACCOUNTS:
        own = other.impact(name).sel({dim: t.data[dim] for dim in t.impact(name).dims})
        assert_close(own, t.impact(name), level(a, b, name))
    own = other.direct.sel({dim: t.data[dim] for dim in t.direct.dims})
    assert_close(own, t.direct, money(a, b))


@given(pairs(), EXPORTS, SCHEMES)
def test_merging_twin_sectors_changes_nothing(pair, exports, scheme):
    t, a, b = measured(pair, exports=exports, scheme=scheme)
    tables = (System.from_arrays(**with_twin(given, "sector")) for given in (pair.a, pair.b))
    other = measure_transfer(*tables, accounts=ACCOUNTS, block=t.block, exports=exports, scheme=scheme)
    assert_close(merged(other.direct, 3), t.direct, money(a, b))
    for name in ACCOUNTS:
        assert_close(merged(other.impact(name), 4), t.impact(name), level(a, b, name))
        assert_close(merged(other.affected(name), 3), t.affected(name), level(a, b, name))


@given(pairs(R=3), EXPORTS, SCHEMES)
def test_merging_twin_regions_changes_nothing(pair, exports, scheme):
    # The block is the first region, the twins are the last one: twins gain and lose together.
    t, a, b = measured(pair, exports=exports, scheme=scheme)
    tables = (System.from_arrays(**with_twin(given, "region")) for given in (pair.a, pair.b))
    other = measure_transfer(*tables, accounts=ACCOUNTS, block=t.block, exports=exports, scheme=scheme)
    abroad = [name for name in t.origins if name == "abroad"]
    order = [*abroad, *a.regions, "twin"]
    expected = [*abroad, *a.regions]

    def merged_pairs(values):
        values = values.sel(from_region=order, to_region=order)
        for dim in ("from_region", "to_region"):
            axis = values.get_axis_num(dim)
            values = values.isel({dim: slice(None, -1)}).copy(data=merged(values, axis))
        return values

    assert_close(
        merged_pairs(other.direct), t.direct.sel(from_region=expected, to_region=expected), money(a, b)
    )
    for name in ACCOUNTS:
        found = merged(merged_pairs(other.impact(name)), 1)
        own = t.impact(name).sel(from_region=expected, to_region=expected)
        assert_close(found, own, level(a, b, name))


@given(pairs(), EXPORTS, st.data())
def test_net_is_the_same_in_both_schemes(pair, exports, data):
    a, b = pair.systems()
    block = data.draw(st.lists(st.sampled_from(a.regions), min_size=1, unique=True))
    one, other = (
        measure_transfer(a, b, block=block, accounts="co2", exports=exports, scheme=scheme)
        for scheme in ("bilateral", "nested")
    )
    assert_close(other.balance("sector")["net"], one.balance("sector")["net"], money(a, b))
    assert_close(
        other.impact("co2").sum(["from_region", "to_region"]),
        one.impact("co2").sum(["from_region", "to_region"]),
        level(a, b, "co2"),
    )


@given(pairs(), SCHEMES, st.data())
def test_blocks_and_own_view_add_up(pair, scheme, data):
    a, b = pair.systems()
    block = data.draw(st.lists(st.sampled_from(a.regions), min_size=1, unique=True))
    t = measure_transfer(a, b, block=block, accounts=ACCOUNTS, scheme=scheme)
    assert_close(t.block_flows().sum(axis=1), [t.direct.sum()], money(a, b))
    for name in ACCOUNTS:
        total = t.impact(name).sum(["use", "from_region", "to_region", "sector"])
        scale = level(a, b, name)
        parts = t.blocks(name)
        assert_close(parts["total"], total, scale)
        assert_close(parts.drop(columns="total").sum(axis=1), total, scale)
        by_product = t.blocks(name, "sector").groupby(level="region", sort=False).sum()
        assert_close(by_product, parts, scale)
        own = t.own_view(name)
        assert_close(own[["own_in", "own_out", "third_party"]].sum(axis=1), total, scale)
        affected = t.affected(name).sum(["use", "sector"]).transpose("region", "part")
        assert_close(affected, parts[list(t.data["part"].values)], scale)


@given(pairs(imports="none"), EXPORTS, SCHEMES)
def test_domestic_transfers_leave_national_value_added_alone(pair, exports, scheme):
    t, a, b = measured(pair, exports=exports, scheme=scheme, dependent=True)
    national = t.impact("value_added").sum("region")
    assert_close(national, np.zeros(national.shape), level(a, b, "value_added"))


@given(pairs(), EXPORTS, SCHEMES)
def test_several_accounts_at_once_are_one_at_a_time(pair, exports, scheme):
    t, a, b = measured(pair, exports=exports, scheme=scheme)
    for name in ACCOUNTS:
        alone = measure_transfer(a, b, accounts=name, block=t.block, exports=exports, scheme=scheme)
        assert_close(alone.direct, t.direct_of(name), money(a, b))
        assert_close(alone.impact(name), t.impact(name), level(a, b, name))
        assert_close(alone.affected(name), t.affected(name), level(a, b, name))


@pytest.mark.parametrize("account", ["co2", "value_added"])
@given(pair=pairs())
def test_volumes_are_the_same_for_every_account_of_a_form(account, pair):
    a, b = pair.systems()
    first = measure_transfer(a, b, accounts=account, dependent=False if account == "value_added" else None)
    second = measure_transfer(a, b, accounts="water")
    assert_close(first.direct, second.direct, money(a, b))
