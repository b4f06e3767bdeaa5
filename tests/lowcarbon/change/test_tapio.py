import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, DataWarning, LabelError, MissingDataError
from mrio.lowcarbon import decoupling
from mrio.lowcarbon.change.tapio import STATES, tapio
from tests.lowcarbon.cases import aux

CONSTANT = "constant 2012 CNY"


@pytest.mark.parametrize("case", aux("tapio") + list(aux("tapio_bth_2012_2017").values()))
def test_equals_the_reference_elasticities_and_states(case):
    c0, c1, y0, y1 = map(float, case["args"])
    carbon, output = pd.Series([c0, c1], ["0", "1"]), pd.Series([y0, y1], ["0", "1"])
    result = decoupling(carbon, of=output, prices=CONSTANT)
    assert result.elasticity.item() == pytest.approx(case["e"], rel=1e-10)
    assert result.states.iloc[0, 0] == case["state"]


def state_in_words(c0, c1, y0, y1):
    """The definition, branch by branch."""
    dc, dy = c1 - c0, y1 - y0
    if dy == 0 or c0 == 0:
        return "undefined"
    e = (dc / c0) / (dy / y0)
    if dy > 0:
        if dc < 0:
            return "strong decoupling"
        if e < 0.8:
            return "weak decoupling"
        return "expansive coupling" if e <= 1.2 else "expansive negative decoupling"
    if dc > 0:
        return "strong negative decoupling"
    if e < 0.8:
        return "weak negative decoupling"
    return "recessive coupling" if e <= 1.2 else "recessive decoupling"


levels = st.integers(1, 60).map(float)


@given(st.lists(st.tuples(st.integers(0, 60).map(float), levels, levels, levels), min_size=1, max_size=8))
def test_states_equal_the_definition(cells):
    c0, c1, y0, y1 = (np.array(part) for part in zip(*cells, strict=True))
    elasticity, state = tapio(c0, c1, y0, y1)
    for cell, position, e in zip(cells, state, elasticity, strict=True):
        assert STATES[position] == state_in_words(*cell)
        assert np.isnan(e) == (STATES[position] == "undefined")


def test_no_growth_is_undefined_and_unchanged_emissions_are_weak():
    carbon = pd.DataFrame({"A": [5.0, 6.0], "B": [5.0, 5.0], "C": [5.0, 5.0]}, index=[2012, 2017])
    output = pd.DataFrame({"A": [9.0, 9.0], "B": [9.0, 10.0], "C": [9.0, 8.0]}, index=[2012, 2017])
    states = decoupling(carbon, of=output, prices=CONSTANT).states.loc["2012 to 2017"]
    assert states.tolist() == ["undefined", "weak decoupling", "weak negative decoupling"]


def test_several_periods_give_intervals_and_the_whole_span():
    years = ["2007", "2012", "2017"]
    carbon = xr.DataArray([[10.0, 20.0], [11.0, 18.0], [12.0, 17.0]], dims=("period", "region"))
    carbon = carbon.assign_coords(period=years, region=["A", "B"])
    result = decoupling(carbon, of=carbon * 0 + [[1.0], [2.0], [3.0]], prices=CONSTANT)
    assert list(result.elasticity["interval"].values) == ["2007 to 2012", "2012 to 2017", "2007 to 2017"]
    assert result.elasticity.sel(interval="2007 to 2017", region="A").item() == pytest.approx(
        0.2 / 2.0, rel=1e-10
    )
    assert result.summary().shape == (6, 4)


def test_on_tables_production_and_consumption():
    tables = mrio.load_example("illustrative")
    with pytest.warns(DataWarning, match="change of prices"):
        made = decoupling(tables, "co2", of="value_added")
    with pytest.warns(DataWarning, match="change of prices"):
        used = decoupling(tables, "co2", of="final_demand", account="consumption")
    first, last = tables["0"], tables["1"]
    for position, region in enumerate(first.regions):
        c = [t.accounts["co2"].values[position].sum() for t in (first, last)]
        y = [t.arrays.V[:, position].sum() for t in (first, last)]
        expected = (c[1] / c[0] - 1) / (y[1] / y[0] - 1)
        assert made.elasticity.sel(region=region).item() == pytest.approx(expected, rel=1e-10)
    assert not np.allclose(made.elasticity, used.elasticity)
    assert "made-up" in made.headline
    with pytest.warns(DataWarning, match="change of prices"):
        asked = tables.decoupling("co2", of="final_demand", account="consumption")
    assert asked.data.identical(used.data)


def test_consumption_account_is_the_inverse_applied_to_final_purchases():
    table = mrio.load_example("illustrative")["1"]
    from mrio.lowcarbon.indicators.regional import regional_total

    n = table.arrays.x.size
    A = table.arrays.Z / table.arrays.x.ravel()
    f = table.accounts["co2"].values.ravel() / table.arrays.x.ravel()
    purchases = table.arrays.Y.sum(axis=3).reshape(n, -1)
    expected = f @ np.linalg.inv(np.eye(n) - A) @ purchases
    found, unit = regional_total(table, "co2", "consumption")
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    assert unit == table.accounts["co2"].unit
    with pytest.raises(LabelError, match="no consumption account"):
        regional_total(table, "output", "consumption")


def test_a_deflator_makes_prices_constant():
    carbon, output = pd.Series([10.0, 11.0], ["0", "1"]), pd.Series([100.0, 121.0], ["0", "1"])
    result = decoupling(carbon, of=output, deflator={"0": 95.0, "1": 104.5})
    assert result.elasticity.item() == pytest.approx(0.1 / 0.1, rel=1e-10)
    assert "deflator" in result.data.attrs["price_basis"]
    with pytest.raises(MissingDataError, match="deflator"):
        decoupling(carbon, of=output, deflator={"0": 95.0})


def test_current_and_unstated_prices_warn():
    carbon, output = pd.Series([10.0, 11.0]), pd.Series([100.0, 121.0])
    for prices in (None, "current CNY"):
        with pytest.warns(DataWarning, match="change of prices"):
            decoupling(carbon, of=output, prices=prices)


def test_bad_input_gives_one_clear_error():
    carbon, output = pd.Series([10.0, 11.0], ["0", "1"]), pd.Series([100.0, 121.0], ["0", "1"])
    with pytest.raises(LabelError, match="different periods"):
        decoupling(carbon, of=output.rename({"1": "1 "}), prices=CONSTANT)
    with pytest.raises(MissingDataError, match="1 \\| all"):
        decoupling(carbon, of=output.replace(121.0, np.nan), prices=CONSTANT)
    with pytest.raises(DataError, match="negative"):
        decoupling(-carbon, of=output, prices=CONSTANT)
    with pytest.raises(DataError, match="Output is zero"):
        decoupling(carbon, of=output * 0, prices=CONSTANT)
    with pytest.raises(DataError, match="two periods"):
        decoupling(carbon.iloc[:1], of=output.iloc[:1], prices=CONSTANT)
    with pytest.raises(LabelError, match="doubled"):
        decoupling(carbon.rename({"1": "0"}), of=output.rename({"1": "0"}), prices=CONSTANT)
    with pytest.raises(LabelError, match="without tables"):
        decoupling(carbon, "co2", of=output, prices=CONSTANT)
    with pytest.raises(LabelError, match="Tables need names"):
        decoupling(mrio.load_example("illustrative"), of="value_added")
    with pytest.raises(LabelError, match="dims"):
        decoupling(xr.DataArray([1.0, 2.0], dims="year"), of=output, prices=CONSTANT)


def test_goes_to_a_file_and_back(tmp_path):
    carbon, output = pd.Series([10.0, 11.0], ["0", "1"]), pd.Series([100.0, 121.0], ["0", "1"])
    result = decoupling(carbon, of=output, prices=CONSTANT)
    result.to_netcdf(tmp_path / "states.nc")
    again = mrio.read_netcdf(tmp_path / "states.nc")
    assert again.states.equals(result.states)
    assert len(result.to_dataframe()) == result.elasticity.size
