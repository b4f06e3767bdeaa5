"""Results by account: which they have, and the long form of all of them."""

import numpy as np
import pytest
import xarray as xr

import mrio
from mrio.errors import LabelError
from mrio.results.accounts import long_form


@pytest.fixture
def results(worked):
    a, b = worked.a, worked.b
    both = mrio.Scenario("more").scale_demand(1.1) + mrio.Scenario("clean").scale_intensity("co2", 0.5)
    return [
        mrio.decompose(a, b, ["co2", "value_added"]),
        mrio.decompose(a, mrio.perturb(b, 0.1, n=2), ["co2", "value_added"]),
        mrio.measure_transfer(a, b, accounts=["co2", "value_added"]),
        mrio.measure_transfer(a, b, accounts=["co2", "value_added"], method="demand"),
        mrio.attribute_scenario(a, both, ["co2", "value_added"]),
        mrio.compare(mrio.run_scenarios(a, both), ["co2", "value_added"]),
    ]


def test_accounts_are_known_by_name(results):
    for result in results:
        assert result.accounts == ("co2", "value_added")
        assert result.account_of() == "co2"
        assert result.account_of("value_added") == "value_added"
        for absent in ("so2", ""):
            with pytest.raises(LabelError, match=f"not made for account '{absent}'") as caught:
                result.account_of(absent)
            assert caught.value.where == result.title
            assert caught.value.remedy.startswith("accounts are 'co2', 'value_added'")


def test_effects_of_an_unknown_account_are_refused(results):
    attribution = results[4]
    assert attribution.effects("co2").dims == ("part", "region", "sector")
    with pytest.raises(LabelError, match="'so2'"):
        attribution.effects("so2")


def test_the_long_form_has_one_row_a_cell():
    first = xr.DataArray([[1.0, 2.0]], {"region": ["A"], "sector": ["s", "t"]}, attrs={"units": "Mt"})
    second = xr.DataArray([3.0], {"region": ["A"]}, attrs={"units": "CNY"})
    frame = long_form({"co2": first, "paid": second}, "quantity")
    assert frame.columns.tolist() == ["quantity", "region", "sector", "value", "unit"]
    assert frame["quantity"].tolist() == ["co2", "co2", "paid"]
    assert frame["unit"].tolist() == ["Mt", "Mt", "CNY"]
    np.testing.assert_array_equal(frame["value"], [1.0, 2.0, 3.0])
