"""Attributes of the CF and ACDD conventions, and the way back."""

import numpy as np
import pytest
import xarray as xr

from mrio.cf import KEYWORDS, describe, plain, udunits

# What UDUNITS-2 knows was asked of its library: kt is a knot, kWh is unknown.
UNITS = {
    "1e8 CNY": ("1e8", "CNY"),
    "million USD": ("1e6", "USD"),
    "M.EUR": ("1e6", "EUR"),
    "CNY": ("1", "CNY"),
    "1e4 person": ("1e4", "person"),
    "Mt CO2": ("Mt", "CO2"),
    "kt SO2": ("1e3 t", "SO2"),
    "1e4 t": ("1e4 t", ""),
    "2.5 t coal": ("2.5 t", "coal"),
    "PJ": ("PJ", ""),
    "1e8 kWh": ("1e8 kW h", ""),
    "1e4 tce": ("1e4", "tce"),
    "Mt CO2 per 1e8 CNY": ("1e-8 Mt", "CO2 per CNY"),
    "1e8 CNY per Mt CO2": ("1e8 Mt-1", "CNY per CO2"),
    "kt CO2/kWh": ("1e3 t kW-1 h-1", "CO2"),
    "1e8 CNY per 1e8 CNY": ("1", "CNY per CNY"),
    "%": ("%", ""),
    "1": ("1", ""),
    "log points": ("1", "log points"),
}


@pytest.mark.parametrize("text", UNITS)
def test_units(text):
    assert udunits(text) == UNITS[text]


@pytest.mark.parametrize("text", UNITS)
def test_there_and_back(text):
    one = xr.DataArray(np.ones(2), dims="region", attrs={"units": text, "long_name": "output"})
    bare = xr.DataArray(np.ones(2), dims="region")
    named = xr.DataArray([1, 2], dims="region", attrs={"units": text})
    data = xr.Dataset(
        {"one": one, "bare": bare, "named": named}, {"year": ("region", [1, 2])}, {"comment": "c"}
    )
    described = describe(data, "Title")
    assert described["one"].attrs["units"] == UNITS[text][0]
    assert described["bare"].attrs["units"] == "1"
    assert described.attrs["summary"] == "Title; c"
    assert described.attrs["keywords"] == KEYWORDS
    assert data["one"].attrs == {"units": text, "long_name": "output"}
    xr.testing.assert_identical(plain(described), data)


def test_the_counted_thing_stands_in_the_long_name():
    one = xr.DataArray(1.0, attrs={"units": "1e8 CNY", "long_name": "gross output"})
    found = describe(xr.Dataset({"x": one}), "")["x"].attrs
    assert found == {
        "units": "1e8",
        "long_name": "gross output (CNY)",
        "mrio_unit": "1e8 CNY",
        "coverage_content_type": "modelResult",
    }


def test_what_was_never_described_stays_as_it_is():
    one = xr.DataArray(1.0, attrs={"units": "1e8 CNY", "long_name": "gross output (CNY)"})
    xr.testing.assert_identical(plain(xr.Dataset({"x": one})), xr.Dataset({"x": one}))


def test_money_in_a_result_states_its_prices():
    attrs = {
        "price_basis_0": "current 2012 CNY, producer prices",
        "price_basis_1": "current 2017 CNY, producer prices",
    }
    units = {"money": "1e8 CNY", "rate": "Mt CO2 per 1e8 CNY", "mass": "Mt CO2", "share": "1"}
    data = xr.Dataset(
        {name: xr.DataArray(1.0, attrs={"units": u, "long_name": name}) for name, u in units.items()}
    )
    data.attrs = attrs
    described = describe(data, "")
    both = "current 2012 CNY, producer prices; current 2017 CNY, producer prices"
    found = {name: described[name].attrs.get("price_basis") for name in units}
    assert found == {"money": both, "rate": both, "mass": None, "share": None}
    xr.testing.assert_identical(plain(described).drop_attrs(), data.drop_attrs())
    assert all(plain(described)[name].attrs == data[name].attrs for name in units)
