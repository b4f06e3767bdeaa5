"""Satellite accounts: what they show stays their own."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from mrio.errors import DataError, UnitsError
from mrio.tables import Account, System
from mrio.tables.account import as_account


def test_an_account_of_a_table_is_labelled_and_stays_as_it_is(worked):
    account = worked.a.accounts["co2"]
    before = account.values.copy()
    flows = account.flows
    assert flows.dims == ("region", "sector")
    assert flows.attrs["units"] == "Mt CO2"
    flows.values = np.zeros(flows.shape)
    flows.attrs["units"] = "apples"
    np.testing.assert_array_equal(account.values, before)
    assert account.flows.attrs["units"] == "Mt CO2"
    with pytest.raises(ValueError, match="read-only"):
        account.values[0, 0] = 1.0
    for name in ("flows", "unit", "direct"):
        with pytest.raises(AttributeError):
            setattr(account, name, None)


def test_intensity_is_zero_where_output_is_zero():
    account = Account([[4.0, 0.0]], "Mt CO2")
    np.testing.assert_array_equal(account.intensity(np.array([[2.0, 0.0]])), [[2.0, 0.0]])


def test_total_counts_final_users():
    assert Account([[4.0, 1.0]], "Mt CO2", [0.5]).total() == 5.5
    assert "final users" in repr(Account([[4.0, 1.0]], "Mt CO2", [0.5]))


def test_what_is_no_account():
    with pytest.raises(DataError, match="account 'co2' cannot be read"):
        as_account("co2", [1.0, 2.0])
    with pytest.raises(UnitsError):
        Account([[1.0]], "")


def test_labelled_input_in_another_unit_is_refused(table, worked):
    table["Y"] = worked.a.Y.assign_attrs(units="1e4 CNY")
    with pytest.raises(UnitsError, match="Y says it is in another unit") as caught:
        System.from_arrays(**table)
    assert caught.value.amount == "'1e4 CNY' and '1e8 CNY'"


def test_a_loose_account_is_its_own():
    given = np.ones((1, 2))
    for flows in (given, xr.DataArray(given, dims=("region", "sector")), pd.DataFrame(given)):
        account = Account(flows, "Mt CO2", direct=[2.0])
        given[:] = 7.0
        np.testing.assert_array_equal(account.values, [[1.0, 1.0]])
        given[:] = 1.0
    assert repr(Account([["n/a"]], "Mt CO2")) == "<Account: not checked yet, Mt CO2>"
    with pytest.raises(DataError, match="Flows are not an array"):
        Account([[1.0], [1.0, 2.0]], "Mt CO2")


def test_rounding_of_zero_output_has_no_intensity():
    account = Account([[4.0, 1e-14]], "Mt CO2")
    np.testing.assert_array_equal(account.intensity(np.array([[2.0, 1e-15]])), [[2.0, 0.0]])
