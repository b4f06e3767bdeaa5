"""The inventories of Beijing, Tianjin and Hebei against those that CEADs publishes."""

import os

import pandas as pd
import pytest

from mrio.lowcarbon import co2_inventory, emission_factors, fuel_use_from_balance, load_energy_balance

FACTORS = emission_factors("provincial-guidelines-2011")

CEADS_NAMES = {
    "gasoline": "Gasoline",
    "kerosene": "Kerosene",
    "diesel": "Diesel Oil",
    "fuel oil": "Fuel Oil",
    "LPG": "LPG",
    "natural gas": "Natural Gas",
    "refinery gas": "Refinery Gas",
}


def published():
    folder = os.environ.get("MRIO_DATA_DIR")
    if not folder:
        pytest.skip("MRIO_DATA_DIR is not set")
    table = pd.read_csv(f"{folder}/ceads_co2/ceads_co2_1997_2019_long.csv.gz")
    return table[(table["year"] == 2014) & table["region"].isin(["Beijing", "Tianjin", "Hebei"])]


def own_inventory(factors):
    use = fuel_use_from_balance(load_energy_balance())
    return co2_inventory(use[use["fuel"].isin(factors.fuels)], factors, missing="zero")


def test_fuel_totals_equal_ceads_where_factors_agree():
    """Hebei and Tianjin to 7 digits; Beijing as far as its rounded publication allows."""
    totals = published().query("sector == 'Total'").set_index(["region", "fuel"])["co2_mt"]
    found = own_inventory(emission_factors("ceads-implied")).emissions.sum("sector").squeeze("year")
    for region, fuels in {
        "Hebei": ("gasoline", "kerosene", "diesel", "fuel oil", "LPG", "natural gas", "refinery gas"),
        "Tianjin": ("gasoline", "kerosene", "fuel oil", "LPG", "natural gas", "refinery gas"),
    }.items():
        for fuel in fuels:
            value = found.sel(region=region, fuel=fuel).item()
            assert value == pytest.approx(totals[region, CEADS_NAMES[fuel]], rel=1e-7), (region, fuel)
    for fuel, tolerance in {"gasoline": 2e-5, "kerosene": 2e-5, "diesel": 1e-4, "natural gas": 2e-5}.items():
        value = found.sel(region="Beijing", fuel=fuel).item()
        assert value == pytest.approx(totals["Beijing", CEADS_NAMES[fuel]], rel=tolerance)


def test_the_guideline_factors_differ_from_ceads_by_known_ratios():
    """Molar masses for all, and the heating value of diesel, LPG and gas; oxidation of LPG."""
    guidelines = own_inventory(FACTORS).emissions.sum("sector").squeeze("year")
    totals = published().query("sector == 'Total'").set_index(["region", "fuel"])["co2_mt"]
    molar = (44.0095 / 12.0107) / (44 / 12)
    expected = {
        "gasoline": molar,
        "kerosene": molar,
        "fuel oil": molar,
        "diesel": molar * 42652 / 42705,
        "LPG": molar * 50179 / 50242 * 0.99 / 0.98,
        "natural gas": molar * 38931 / 38979,
    }
    for fuel, ratio in expected.items():
        found = totals["Hebei", CEADS_NAMES[fuel]] / guidelines.sel(region="Hebei", fuel=fuel).item()
        assert found == pytest.approx(ratio, rel=1e-7), fuel


def test_ceads_oxidises_coal_by_sector():
    """Coal is where factors do not agree: 1.64 in fields, 1.46 in homes, never 1.90."""
    coal = published().query("fuel == 'Raw Coal' and region == 'Hebei'").set_index("sector")["co2_mt"]
    use = fuel_use_from_balance(load_energy_balance()).query("region == 'Hebei' and fuel == 'raw coal'")
    tonnes = use.set_index("sector")["value"] / 100.0
    assert coal["Construction"] / tonnes["construction"] == pytest.approx(1.64400, abs=1e-4)
    assert coal["Rural"] / tonnes["rural households"] == pytest.approx(1.46296, abs=1e-4)
    assert coal["Urban"] / tonnes["urban households"] == pytest.approx(1.46296, abs=1e-4)
