import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError
from mrio.lowcarbon import green_investment, substitution_share, substitutions, waste_accounts


def test_substitution_by_hand():
    """100 t of material, 50 t of waste: 32.5 t reused before, 46 t after, so 67.5 t virgin become 54 t."""
    assert substitution_share(0.65, 0.92, 0.5) == pytest.approx((67.5 - 54.0) / 67.5)
    assert substitution_share(0.92, 0.65, 0.5) == pytest.approx((54.0 - 67.5) / 54.0)
    assert substitution_share(0.4, 0.4, 0.5) == 0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.9), st.floats(0, 1))
def test_shares_lead_from_one_virgin_use_to_the_other(before, after, arising, displacement):
    share = substitution_share(before, after, arising, displacement)
    virgin = 1 - before * arising * displacement
    assert virgin * (1 - share) == pytest.approx(1 - after * arising * displacement)


def test_reuse_rates_of_the_paper_become_substitutions():
    rates = mrio.load_example("bth-circular-economy")["solid_waste_use"].to_pandas()[[2014, 2023]] / 100
    materials = dict.fromkeys(rates.index, ("mining", "waste recovery"))
    found = substitutions(rates, materials, arising=dict.fromkeys(rates.index, 0.3))
    assert [item.buyer for item in found] == ["steel", "electronics", "plastics"]
    assert found[0].share == pytest.approx(0.27 * 0.3 / (1 - 0.65 * 0.3))
    assert "mining replaced by waste recovery" in str(found[0])


def test_waste_accounts_add_up_and_join_a_table():
    table = mrio.load_example("illustrative")["1"]
    rng = np.random.default_rng(0)
    waste = pd.DataFrame(rng.uniform(size=(4, 3)), list(table.regions), list(table.sectors))
    accounts = waste_accounts(waste, waste * 0 + 0.7, "Mt waste")
    joined = table.replace(accounts={**table.accounts, **accounts})
    parts = joined.accounts["waste_reused"].values + joined.accounts["waste_disposed"].values
    np.testing.assert_allclose(parts, joined.accounts["waste"].values, rtol=1e-12)


def test_investment_buys_by_mix_and_present_sourcing():
    table = mrio.load_example("illustrative")["1"]
    mix = dict(zip(table.sectors, (0.5, 0.3, 0.2), strict=True))
    bought = green_investment(table, 100.0, mix, region="HE", demand="capital formation")
    s, k = table.regions.index("HE"), table.demand.index("capital formation")
    home = table.arrays.Y[:, :, s, k]
    abroad = table.arrays.imports_Y[:, s, k]
    for position, product in enumerate(table.sectors):
        total = home[:, position].sum() + abroad[position]
        found = bought.domestic.sel(sector=product, use_region="HE", demand="capital formation")
        np.testing.assert_allclose(found, 100 * mix[product] * home[:, position] / total, rtol=1e-12)
    assert float(bought.domestic.sum() + bought.imported.sum()) == pytest.approx(100.0, rel=1e-12)
    more = table.replace(Y=table.Y + bought.domestic)
    assert more.arrays.Y.sum() == pytest.approx(table.arrays.Y.sum() + float(bought.domestic.sum()))


def test_a_product_not_bought_for_the_purpose_comes_from_where_it_is_bought_at_all():
    table = mrio.load_example("illustrative")["1"]
    s, k = 2, table.demand.index("capital formation")
    Y, M = table.arrays.Y.copy(), table.arrays.imports_Y.copy()
    Y[:, 0, s, k], M[0, s, k] = 0.0, 0.0
    changed = table.replace(Y=Y, imports_Y=M)
    bought = green_investment(changed, 1.0, {table.sectors[0]: 1.0}, region="HE", demand="capital formation")
    other = Y[:, 0, s, :].sum(axis=1)
    expected = other / (other.sum() + M[0, s, :].sum())
    np.testing.assert_allclose(bought.domestic.sum(["use_region", "demand"]).isel(sector=0), expected)
    Y[:, 0, s, :], M[0, s, :] = 0.0, 0.0
    with pytest.raises(DataError, match="do not tell where"):
        green_investment(
            table.replace(Y=Y, imports_Y=M),
            1.0,
            {table.sectors[0]: 1.0},
            region="HE",
            demand="capital formation",
        )


def test_bad_input_gives_one_clear_error():
    table = mrio.load_example("illustrative")["1"]
    with pytest.raises(DataError, match="between 0 and 1"):
        substitution_share(65, 92, 0.5)
    with pytest.raises(DataError, match="More virgin material"):
        substitution_share(0.0, 1.0, 1.5)
    with pytest.raises(DataError, match="two periods"):
        substitutions(pd.DataFrame({"a": [0.1]}), {}, arising={})
    with pytest.raises(LabelError, match="'steel'"):
        substitutions(pd.DataFrame({"a": [0.1], "b": [0.2]}, index=["steel"]), {}, arising={})
    waste = pd.DataFrame({"steel": [1.0]}, index=["Hebei"])
    with pytest.raises(LabelError, match="different regions"):
        waste_accounts(waste, waste.rename(index={"Hebei": "hebei"}), "Mt waste")
    with pytest.raises(DataError, match="reuse rates lie"):
        waste_accounts(waste, waste * 1.2, "Mt waste")
    for options in ({"region": "HB"}, {"demand": "capital"}, {"mix": {"x": 1.0}}):
        given_options = {
            "region": "HE",
            "demand": "capital formation",
            "mix": {table.sectors[0]: 1.0},
            **options,
        }
        with pytest.raises(LabelError, match="The table has no"):
            green_investment(table, 1.0, given_options.pop("mix"), **given_options)
    with pytest.raises(DataError, match="made of shares"):
        green_investment(table, 1.0, {table.sectors[0]: 0.5}, region="HE", demand="capital formation")
