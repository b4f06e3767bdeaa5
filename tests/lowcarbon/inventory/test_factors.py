import numpy as np
import pandas as pd
import pytest

from mrio.errors import DataError, LabelError, MissingDataError, UnitsError
from mrio.lowcarbon import emission_factors
from mrio.lowcarbon.inventory.energy_units import energy_unit
from tests.lowcarbon.cases import aux

NAMES = {"fuel_oil": "fuel oil", "lpg": "LPG", "gas": "natural gas"}


def test_factors_are_products_of_fuel_properties():
    factors = emission_factors("provincial-guidelines-2011")
    coal = 20934e-6 * 26.37 * 0.94 * 44 / 12
    assert factors.table.loc["coal", "factor"] == pytest.approx(coal, rel=1e-12)
    assert factors.table.loc["natural gas", "per"] == "m3"
    np.testing.assert_allclose(factors.standard_coal(), factors.table["ncv"] / 29307.6)
    assert factors.provenance.groups["factors"].status == "fact"


def test_rounded_factors_are_those_of_the_reference_inventory():
    rounded = emission_factors("provincial-guidelines-2011").rounded().table["factor"]
    for name, value in aux("inventory")["EF"].items():
        assert rounded[NAMES.get(name, name)] == value


def test_factors_per_standard_coal_and_heat():
    factors = emission_factors("provincial-guidelines-2011")
    per_coal, per_heat = factors.per("tce"), factors.per("TJ")
    assert set(per_coal.table["per"]) == {"kgce"}
    assert per_heat.table.loc["diesel", "factor"] == pytest.approx(20.2e-6 * 0.98 * 44 / 12, rel=1e-12)
    assert per_coal.table.loc["coal", "factor"] == pytest.approx(factors.table.loc["coal", "factor"] / 0.7143)
    with pytest.raises(UnitsError, match="'barrel'"):
        factors.per("barrel")


def test_own_factors_from_a_mapping_a_table_and_properties():
    mapping = emission_factors({"coal": 0.017, "gas": 0.001}, pollutant="so2")
    assert mapping.table["per"].tolist() == ["kg", "kg"]
    properties = pd.DataFrame(
        {"ncv": [20934.0], "carbon_content": [26.37], "oxidation": [0.94]}, index=["my coal"]
    )
    built = emission_factors(properties, reference="my laboratory")
    assert built.table.loc["my coal", "factor"] == pytest.approx(1.9026619524, rel=1e-10)
    assert built.provenance.source == "my laboratory"
    assert built.renamed({"my coal": "coal"}).fuels == ("coal",)


def test_bad_factors_give_one_clear_error():
    with pytest.raises(LabelError, match="provincial-guidelines-2011"):
        emission_factors("ipcc")
    with pytest.raises(DataError, match="'gas'"):
        emission_factors({"coal": 1.0, "gas": -1.0})
    with pytest.raises(DataError, match="'gas'"):
        emission_factors({"coal": 1.0, "gas": np.nan})
    with pytest.raises(UnitsError, match="per 'barrel'"):
        emission_factors({"coal": 1.0}, per="barrel")
    with pytest.raises(MissingDataError, match="ncv"):
        emission_factors(pd.DataFrame({"carbon_content": [1.0]}, index=["coal"]))
    with pytest.raises(LabelError, match="two emission factors"):
        emission_factors(pd.DataFrame({"factor": [1.0, 2.0]}, index=["coal", "coal"]))
    own = emission_factors({"coal": 1.9})
    with pytest.raises(MissingDataError, match="standard_coal"):
        own.per("tce")
    with pytest.raises(MissingDataError, match="do not state 'printed_factor' of every fuel"):
        own.rounded()
    with pytest.raises(MissingDataError, match="calorific"):
        own.standard_coal()
    with pytest.raises(LabelError, match="no fuel 'peat'"):
        own.renamed({"peat": "coal"})


@pytest.mark.parametrize(
    ("text", "basic", "scale"),
    [
        ("1e4 t", "kg", 1e7),
        ("kg", "kg", 1.0),
        ("Mt", "kg", 1e9),
        ("1e8 m3", "m3", 1e8),
        ("1e4 tce", "kgce", 1e7),
        ("TJ", "kJ", 1e9),
        ("1e8 kWh", "kWh", 1e8),
    ],
)
def test_energy_units_tell_what_they_count(text, basic, scale):
    unit = energy_unit(text)
    assert (unit.basic, unit.scale) == (basic, pytest.approx(scale, rel=1e-15))


@pytest.mark.parametrize("text", ["1e4 t CO2", "litre", "1e8 CNY"])
def test_other_units_are_no_energy(text):
    with pytest.raises(UnitsError, match="no unit of energy use"):
        energy_unit(text)


def test_each_fuel_may_have_its_own_basic_unit():
    factors = emission_factors({"coal": 1.9, "gas": 2.2}, per={"gas": "m3", "coal": "kg"})
    assert factors.table["per"].to_dict() == {"coal": "kg", "gas": "m3"}
    with pytest.raises(MissingDataError, match="'gas'"):
        emission_factors({"coal": 1.9, "gas": 2.2}, per={"coal": "kg"})


def test_two_fuels_do_not_get_one_name():
    factors = emission_factors({"coal": 1.9, "lignite": 1.2})
    assert factors.renamed({"coal": "lignite", "lignite": "coal"}).fuels == ("lignite", "coal")
    with pytest.raises(LabelError, match="Two fuels would be named 'coal'"):
        factors.renamed({"lignite": "coal"})
