import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError
from mrio.lowcarbon import substitution_share, substitutions, waste_accounts


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


def technology(table):
    """Return inputs per output of any origin (product, use_region, use_sector)."""
    r, n = table.arrays.x.shape
    used = table.arrays.Z.reshape(r, n, r, n).sum(axis=0) + table.arrays.imports_Z.reshape(n, r, n)
    return used / table.arrays.x


def test_substitutions_are_the_shocks_of_a_scenario():
    """Reuse rates become a share, the share a shock, the shock a table with less virgin material."""
    table = mrio.load_example("illustrative")["1"]
    virgin, recycled, buyer = table.sectors
    rates = pd.DataFrame({"before": [0.65], "after": [0.92]}, index=[buyer])
    (item,) = substitutions(rates, {buyer: (virgin, recycled)}, arising={buyer: 0.5})
    shock = mrio.Scenario("reuse").substitute(item.input_old, item.input_new, item.share, sector=item.buyer)
    before, after = (technology(each) for each in (table, shock.apply(table)))
    moved = item.share * before[0, :, 2]
    np.testing.assert_allclose(after[0, :, 2], before[0, :, 2] - moved, rtol=1e-10)
    np.testing.assert_allclose(after[1, :, 2], before[1, :, 2] + moved, rtol=1e-10)
    np.testing.assert_allclose(after[:, :, :2], before[:, :, :2], rtol=1e-10)


def test_waste_accounts_add_up_and_join_a_table():
    table = mrio.load_example("illustrative")["1"]
    rng = np.random.default_rng(0)
    waste = pd.DataFrame(rng.uniform(size=(4, 3)), list(table.regions), list(table.sectors))
    accounts = waste_accounts(waste, waste * 0 + 0.7, "Mt waste")
    joined = table.replace(accounts={**table.accounts, **accounts})
    parts = joined.accounts["waste_reused"].values + joined.accounts["waste_disposed"].values
    np.testing.assert_allclose(parts, joined.accounts["waste"].values, rtol=1e-12)
    # Rows in another order than the table's would be somebody else's waste.
    other = waste_accounts(waste.iloc[::-1], waste.iloc[::-1] * 0 + 0.7, "Mt waste")
    with pytest.raises(LabelError):
        table.replace(accounts=other)


def test_bad_input_gives_one_clear_error():
    with pytest.raises(DataError, match="between 0 and 1"):
        substitution_share(65, 92, 0.5)
    with pytest.raises(DataError, match="no finite number"):
        substitution_share(0.2, 0.4, float("nan"))
    with pytest.raises(DataError, match="no finite number"):
        substitution_share(0.0, 0.0, float("inf"))
    with pytest.raises(DataError, match="waste arising must not be negative"):
        substitution_share(0.2, 0.4, -1.0)
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
