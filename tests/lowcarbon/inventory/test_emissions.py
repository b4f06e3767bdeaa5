import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import mrio
from mrio.errors import DataError, LabelError, MissingDataError, UnitsError
from mrio.lowcarbon import (
    co2_inventory,
    coal_equivalent,
    electricity_emissions,
    emission_factors,
    pollutant_inventory,
    process_emissions,
)
from tests.lowcarbon.cases import aux
from tests.lowcarbon.inventory.test_factors import NAMES

FACTORS = emission_factors("provincial-guidelines-2011")


def reference_energy():
    quantity = aux("inventory")["quantity_1e4t_or_1e8m3"]
    return pd.DataFrame(
        {
            "region": "Beijing",
            "sector": "modern manufacturing",
            "fuel": [NAMES.get(name, name) for name in quantity],
            "year": 2015,
            "value": list(quantity.values()),
            "unit": ["1e8 m3" if name == "gas" else "1e4 t" for name in quantity],
        }
    )


def energy(**changes):
    columns = {
        "region": ["Hebei", "Hebei", "Hebei", "Hebei"],
        "sector": ["steel", "steel", "power", "power"],
        "fuel": ["coal", "coal", "natural gas", "natural gas"],
        "year": [2012, 2017, 2012, 2017],
        "value": [10.0, 8.0, 1.0, 2.0],
        "unit": ["1e4 t", "1e4 t", "1e8 m3", "1e8 m3"],
    }
    return pd.DataFrame({**columns, **changes})


def test_equals_the_reference_inventory():
    case = aux("inventory")
    result = co2_inventory(reference_energy(), FACTORS.rounded(), unit="1e4 t CO2")
    found = result.emissions.squeeze().to_series()
    for name, value in case["co2_1e4t"].items():
        assert found[NAMES.get(name, name)] == pytest.approx(value, rel=1e-10)
    assert float(result.emissions.sum()) == pytest.approx(case["total_1e4t"], rel=1e-10)


def test_units_of_quantity_do_not_matter_when_they_count_the_same():
    plain = co2_inventory(energy(), FACTORS)
    scaled = energy(value=[1e5, 8e4, 1e8, 2e8], unit=["t", "t", "m3", "m3"])
    np.testing.assert_allclose(co2_inventory(scaled, FACTORS).emissions, plain.emissions, rtol=1e-12)


def test_standard_coal_and_heat_with_their_own_factors():
    tonnes = 10.0
    coal = energy().iloc[:1].assign(value=tonnes * 0.7143, unit="1e4 tce")
    by_coal = co2_inventory(coal, FACTORS.per("tce"))
    heat = energy().iloc[:1].assign(value=tonnes * 1e7 * 20934 / 1e9, unit="TJ")
    by_heat = co2_inventory(heat, FACTORS.per("TJ"))
    expected = tonnes * 1e7 * FACTORS.table.loc["coal", "factor"] / 1e9
    assert by_coal.emissions.item() == pytest.approx(expected, rel=1e-12)
    assert by_heat.emissions.item() == pytest.approx(expected, rel=1e-12)


def test_the_papers_trap_raises_and_is_named():
    table = energy(unit=["1e4 tce", "1e4 tce", "1e8 m3", "1e8 m3"])
    with pytest.raises(UnitsError, match="trap of multiplying factors per kg of fuel") as caught:
        co2_inventory(table, FACTORS)
    assert 'factors.per("tce")' in caught.value.remedy
    assert len(caught.value.table) == 2
    with pytest.raises(UnitsError, match="volume of gas against a factor per kg"):
        co2_inventory(energy(fuel=["coal", "coal", "diesel", "diesel"]), FACTORS)
    with pytest.raises(UnitsError, match="count different things") as caught:
        co2_inventory(energy(unit=["TJ", "TJ", "1e8 m3", "1e8 m3"]), FACTORS)
    assert "trap" not in str(caught.value)


def test_bad_tables_give_one_clear_error():
    with pytest.raises(LabelError, match="'peat'") as caught:
        co2_inventory(energy(fuel=["peat", "peat", "natural gas", "natural gas"]), FACTORS)
    assert "no emission factor" in caught.value.what
    with pytest.raises(LabelError, match="did you mean 'coal'"):
        co2_inventory(energy(fuel=["Coal", "Coal", "natural gas", "natural gas"]), FACTORS)
    with pytest.raises(LabelError, match="blanks around them"):
        co2_inventory(energy(region=["Hebei", "Hebei", "Hebei ", "Hebei "]), FACTORS)
    with pytest.raises(MissingDataError, match="has no rows"):
        co2_inventory(energy().iloc[:0], FACTORS)
    with pytest.raises(DataError, match="negative"):
        co2_inventory(energy(value=[-10.0, 8.0, 1.0, 2.0]), FACTORS)
    with pytest.raises(MissingDataError, match="no number"):
        co2_inventory(energy(value=[10.0, "n.a.", 1.0, 2.0]), FACTORS)
    with pytest.raises(MissingDataError, match="Hebei \\| power \\| natural gas \\| 2017"):
        co2_inventory(energy().iloc[:3], FACTORS)
    with pytest.raises(LabelError, match="more than once"):
        co2_inventory(energy(year=[2012, 2012, 2012, 2017]), FACTORS)
    with pytest.raises(MissingDataError, match="lacks the columns 'unit'"):
        co2_inventory(energy().drop(columns="unit"), FACTORS)
    with pytest.raises(MissingDataError, match="no label or no unit"):
        co2_inventory(energy(unit=["1e4 t", None, "1e8 m3", "1e8 m3"]), FACTORS)
    with pytest.raises(UnitsError, match="not of carbon dioxide"):
        co2_inventory(energy(), emission_factors({"coal": 1.0}, pollutant="so2"))
    with pytest.raises(UnitsError, match="litre"):
        co2_inventory(energy(unit=["litre", "1e4 t", "1e8 m3", "1e8 m3"]), FACTORS)


def test_several_problems_are_told_at_once():
    table = energy(value=[-10.0, np.nan, 1.0, 2.0])
    with pytest.raises(DataError, match="2 problems"):
        co2_inventory(table, FACTORS)


def test_an_absent_row_may_mean_zero_when_said_so():
    result = co2_inventory(energy().iloc[:3], FACTORS, missing="zero")
    assert result.emissions.sel(fuel="natural gas", year="2017").sum() == 0


def test_nothing_given_is_changed():
    table = energy()
    before = table.copy()
    co2_inventory(table, FACTORS)
    pd.testing.assert_frame_equal(table, before)


@given(st.lists(st.floats(0, 1e6), min_size=4, max_size=4), st.floats(0.1, 10))
def test_inventory_is_linear_in_quantities(values, scale):
    one = co2_inventory(energy(value=values), FACTORS).emissions
    more = co2_inventory(energy(value=[value * scale for value in values]), FACTORS).emissions
    np.testing.assert_allclose(more, one * scale, rtol=1e-10, atol=1e-12)


def test_process_and_electricity_stand_apart():
    cement = pd.DataFrame(
        {
            "region": ["Hebei", "Hebei"],
            "sector": ["cement", "cement"],
            "product": ["clinker", "clinker"],
            "year": [2012, 2017],
            "value": [100.0, 50.0],
            "unit": ["1e4 t", "1e4 t"],
        }
    )
    made = process_emissions(cement, emission_factors({"clinker": 0.5}))
    power = pd.DataFrame(
        {
            "region": ["Hebei"] * 2,
            "sector": ["steel"] * 2,
            "year": [2012, 2017],
            "value": [10.0, 20.0],
            "unit": ["1e8 kWh"] * 2,
        }
    )
    bought = electricity_emissions(power, {"Hebei": 0.9})
    assert bought.sel(year="2017").item() == pytest.approx(20e8 * 0.9 / 1e9, rel=1e-10)
    result = co2_inventory(energy(), FACTORS, process=made, electricity=bought)
    assert result.process.sel(sector="cement", year="2012").item() == pytest.approx(0.5, rel=1e-10)
    total = float(result.emissions.sum() + result.process.sum())
    assert float(result.scope_1.sum()) == pytest.approx(total, rel=1e-12)
    assert list(result.summary().index)[-3:] == ["process", "scope 1", "electricity (scope 2)"]
    with pytest.raises(LabelError, match="no grid factor"):
        electricity_emissions(power, {"Beijing": 0.9})
    for grid in (-0.9, np.nan, np.inf):
        with pytest.raises(DataError, match="grid factor of 'Hebei'"):
            electricity_emissions(power, {"Hebei": grid})
    with pytest.raises(UnitsError, match="give kWh"):
        electricity_emissions(power.assign(unit="1e4 tce"), {"Hebei": 0.9})
    with pytest.raises(LabelError, match="year '2020'"):
        co2_inventory(energy(), FACTORS, process=made.assign_coords(year=["2012", "2020"]))
    with pytest.raises(DataError, match="states no unit"):
        co2_inventory(energy(), FACTORS, process=made.drop_attrs())


@pytest.mark.parametrize("years", [[2012, 2017], ["2012", "2017"]])
def test_extra_parts_are_matched_by_year_whatever_the_years_are(years):
    coords = {"region": ["Hebei"], "sector": ["cement"], "year": years}
    made = xr.DataArray([[[3.0, 4.0]]], coords, tuple(coords), attrs={"units": "kt CO2"})
    result = co2_inventory(energy(), FACTORS, process=made)
    found = result.process.sel(region="Hebei", sector="cement")
    np.testing.assert_allclose(found, [0.003, 0.004], rtol=1e-14)
    assert float(result.process.sum()) == pytest.approx(0.007, rel=1e-14)
    with pytest.raises(MissingDataError, match="lacks years"):
        co2_inventory(energy(), FACTORS, process=made.isel(year=[0]))
    with pytest.raises(MissingDataError, match="not finite"):
        co2_inventory(energy(), FACTORS, process=made.where(made > 3))


AIR = {
    "so2": {"coal": 0.008, "natural gas": 0.00002},
    "nox": {"coal": 0.004, "natural gas": 0.0016},
    "pm25": {"coal": 0.003, "natural gas": 0.00002},
}
"""Made-up factors of three pollutants [kg per kg or m3]."""


@pytest.mark.parametrize("pollutant", AIR)
def test_other_pollutants_by_factors_the_same_way(pollutant):
    factors = emission_factors(AIR[pollutant], pollutant=pollutant, per={"coal": "kg", "natural gas": "m3"})
    result = pollutant_inventory(energy(), factors, unit=f"kt {pollutant}")
    coal, gas = 10e7 * AIR[pollutant]["coal"] / 1e6, 2e8 * AIR[pollutant]["natural gas"] / 1e6
    assert result.emissions.sel(fuel="coal", sector="steel", year="2012").item() == pytest.approx(
        coal, rel=1e-10
    )
    assert result.emissions.sel(fuel="natural gas", sector="power", year="2017").item() == pytest.approx(
        gas, rel=1e-10
    )
    assert pollutant in result.title
    # The same traps as for carbon dioxide.
    with pytest.raises(UnitsError, match="trap of multiplying factors per kg of fuel"):
        pollutant_inventory(
            energy(unit=["1e4 tce", "1e4 tce", "1e8 m3", "1e8 m3"]), factors, unit=f"kt {pollutant}"
        )
    with pytest.raises(LabelError, match="no emission factor"):
        pollutant_inventory(
            energy(), emission_factors({"coal": 1.0}, pollutant=pollutant), unit=f"kt {pollutant}"
        )
    for unit in ("1e8 CNY", "kt CO2"):
        with pytest.raises(UnitsError, match="something else"):
            pollutant_inventory(energy(), factors, unit=unit)


def test_a_unit_of_carbon_is_not_one_of_carbon_dioxide():
    with pytest.raises(UnitsError, match="something else"):
        co2_inventory(energy(), FACTORS, unit="Mt C")
    for unit in ("kt PM2.5", "kt pm25"):
        factors = emission_factors({"coal": 0.003}, pollutant="pm25")
        assert pollutant_inventory(energy().iloc[:2], factors, unit=unit).unit == unit


def test_carbon_and_pollutants_join_a_table_as_accounts():
    table = mrio.load_example("illustrative")["1"]
    rows = [
        (region, sector, "coal", 2014, 1.0, "1e4 t") for region in table.regions for sector in table.sectors
    ]
    use = pd.DataFrame(rows, columns=["region", "sector", "fuel", "year", "value", "unit"])
    accounts = {"fuel_co2": co2_inventory(use, FACTORS).account(table, 2014)}
    for name in AIR:
        factors = emission_factors({"coal": AIR[name]["coal"]}, pollutant=name)
        accounts[name] = pollutant_inventory(use, factors, unit=f"kt {name}").account(table, 2014)
    joined = table.replace(accounts={**table.accounts, **accounts})
    for name, factor in AIR.items():
        expected = len(rows) * 1e7 * factor["coal"] / 1e6
        assert joined.account(name).total() == pytest.approx(expected, rel=1e-12)
        embodied = mrio.footprint(joined, name).consumption
        assert float(embodied.sum()) <= expected * (1 + 1e-12)


def test_shares_intensity_and_ranking():
    result = co2_inventory(energy(), FACTORS)
    np.testing.assert_allclose(result.shares("fuel").sum("fuel"), 1.0, rtol=1e-10)
    np.testing.assert_allclose(result.shares("sector").sum("sector"), 1.0, rtol=1e-10)
    with pytest.raises(LabelError, match="shares by 'year'"):
        result.shares("year")
    output = xr.DataArray([[[5.0, 5.0], [0.0, 4.0]]], dims=("region", "sector", "year"))
    output = output.assign_coords(region=["Hebei"], sector=["steel", "power"], year=[2012, 2017])
    intensity = result.intensity(output, "1e8 CNY")
    expected = result.scope_1.sel(sector="steel", year="2012").item() / 5.0
    assert intensity.sel(sector="steel", year="2012").item() == pytest.approx(expected, rel=1e-10)
    assert np.isnan(intensity.sel(sector="power", year="2012").item())
    assert intensity.attrs["units"] == "Mt CO2 per 1e8 CNY"
    assert result.ranking().loc["power"].tolist() == [1.0, 1.0]
    assert result.ranking(intensity.fillna(0)).loc["power"].tolist() == [2.0, 1.0]
    assert result.ranking(intensity).loc["power"].tolist() == pytest.approx([np.nan, 1.0], nan_ok=True)
    with pytest.raises(LabelError, match="dim 'sector'"):
        result.intensity(output.assign_coords(sector=["steel", "power "]), "1e8 CNY")


def test_ratios_are_ranked_within_regions():
    """Ratios of regions do not add up: each region ranks its own sectors."""
    two = pd.concat([energy(), energy(region="Beijing", value=[1.0, 1.0, 3.0, 3.0])], ignore_index=True)
    result = co2_inventory(two, FACTORS)
    values = result.scope_1 * 0 + xr.DataArray([[9.0, 1.0], [1.0, 2.0]], dims=("region", "sector"))
    ranks = result.ranking(values)
    regions, sectors = (list(result.data[dim].values) for dim in ("region", "sector"))
    assert list(ranks.index.names) == ["region", "sector"]
    assert ranks.loc[(regions[0], sectors[0])].tolist() == [1.0, 1.0]
    assert ranks.loc[(regions[1], sectors[0])].tolist() == [2.0, 2.0]
    totals = result.scope_1.sum("region").sel(year="2012").to_series()
    assert result.ranking()["2012"].to_dict() == totals.rank(ascending=False).to_dict()


def test_energy_in_standard_coal_and_its_efficiency():
    use = coal_equivalent(energy(), FACTORS)
    assert use.sel(sector="steel", year="2012").item() == pytest.approx(10 * 0.7143, rel=1e-12)
    assert use.sel(sector="power", year="2012").item() == pytest.approx(1e8 * 1.33 / 1e7, rel=1e-12)
    ranks = co2_inventory(energy(), FACTORS).ranking(1.0 / use)
    assert ranks.loc["steel"].tolist() == [1.0, 1.0]
    with pytest.raises(UnitsError, match="not of standard coal"):
        coal_equivalent(energy(), FACTORS, unit="TJ")
    with pytest.raises(MissingDataError, match="standard_coal"):
        coal_equivalent(energy(), emission_factors({"coal": 1.0, "natural gas": 1.0}))


def test_years_of_spreadsheets_are_years():
    table = energy(year=[2012.0, 2017.0, 2012.0, 2017.0])
    assert list(co2_inventory(table, FACTORS).data["year"].values) == ["2012", "2017"]


def test_an_inventory_becomes_an_account_of_a_table():
    table = mrio.load_example("illustrative")["1"]
    rows = [
        (region, sector, "coal", 2014, 1.0 + position, "1e4 t")
        for position, region in enumerate(table.regions)
        for sector in ("mines", "mills", "rural households")
    ]
    use = pd.DataFrame(rows, columns=["region", "sector", "fuel", "year", "value", "unit"])
    inventory = co2_inventory(use, FACTORS)
    sectors = {"mines": table.sectors[0], "mills": table.sectors[0]}
    account = inventory.account(table, 2014, sectors=sectors)
    new = table.replace(accounts={**table.accounts, "fuel_co2": account})
    total = float(inventory.scope_1.sum())
    assert new.account("fuel_co2").total() == pytest.approx(total, rel=1e-12)
    assert new.account("fuel_co2").direct_values[1] == pytest.approx(total / 30 * 2, rel=1e-12)
    np.testing.assert_allclose(account.flows[:, 1:], 0.0, rtol=1e-10)
    with pytest.raises(LabelError, match="'mines', 'mills'"):
        inventory.account(table, 2014)
    with pytest.raises(LabelError, match="no year '2015'"):
        inventory.account(table, 2015, sectors=sectors)
    fewer = co2_inventory(use[use["region"] != "RC"], FACTORS)
    with pytest.raises(LabelError, match="'RC'"):
        fewer.account(table, 2014, sectors=sectors)


def test_goes_to_a_file_and_back(tmp_path):
    result = co2_inventory(energy(), FACTORS)
    result.to_netcdf(tmp_path / "inventory.nc")
    again = mrio.read_netcdf(tmp_path / "inventory.nc")
    assert again.data.identical(result.data)
    assert len(result.to_dataframe()) == 8
