"""The inventories of Beijing, Tianjin and Hebei against those that CEADs publishes.

Where factors agree, fuel totals agree to seven digits, with two differences, both explained by single cells:

* Beijing counts energy to four decimals, the balance prints two; rounded to two, all its cells agree.
* CEADs takes the non-energy use of a fuel out of the chemical branches (raw chemicals, medicine, fibres,
  rubber, plastics) and no further. Where these are used up, the rest of the non-energy use stays in the
  total: fuel oil, LPG and refinery gas of Beijing, and diesel of Tianjin. That this is the rule is read off
  the cells, no publication of CEADs says so here.
"""

import os

import numpy as np
import pandas as pd
import pytest

from mrio.lowcarbon import co2_inventory, emission_factors, fuel_use_from_balance, load_energy_balance

GUIDELINES = emission_factors("provincial-guidelines-2011")
IMPLIED = emission_factors("ceads-implied")

FUELS = {
    "gasoline": "Gasoline",
    "kerosene": "Kerosene",
    "diesel": "Diesel Oil",
    "fuel oil": "Fuel Oil",
    "LPG": "LPG",
    "natural gas": "Natural Gas",
    "refinery gas": "Refinery Gas",
}

FLOWS = {
    "Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy": "agriculture",
    "Construction": "construction",
    "Urban": "urban households",
    "Rural": "rural households",
    "Transportation, Storage, Post and Telecommunication Services": "services",
    "Wholesale, Retail Trade and Catering Services": "services",
    "Others": "services",
}
"""Flow of the balance that a published sector belongs to; all others are industry, power and heat."""

CHEMICAL = (
    "Raw Chemical Materials and Chemical Products",
    "Medical and Pharmaceutical Products",
    "Chemical Fiber",
    "Rubber Products",
    "Plastic Products",
)

LEFT_IN = {("Beijing", "fuel oil"), ("Beijing", "LPG"), ("Beijing", "refinery gas"), ("Tianjin", "diesel")}
"""Where non-energy use stays in the published total."""

POWER = "Production and Supply of Electric Power, Steam and Hot Water"


@pytest.fixture(scope="module")
def published():
    """Published emissions of 2014: region, sector, fuel, co2_mt."""
    folder = os.environ.get("MRIO_DATA_DIR")
    if not folder:
        pytest.skip("MRIO_DATA_DIR is not set")
    table = pd.read_csv(f"{folder}/ceads_co2/ceads_co2_1997_2019_long.csv.gz")
    return table[(table["year"] == 2014) & table["region"].isin(["Beijing", "Tianjin", "Hebei"])]


@pytest.fixture(scope="module")
def quantities(published):
    """Published emissions over factors: region, fuel, sector, flow, value [1e4 t; gas 1e8 m3]."""
    names = {name: fuel for fuel, name in FUELS.items()}
    rows = published[published["fuel"].isin(names) & (published["sector"] != "Total")]
    rows = rows.assign(fuel=rows["fuel"].map(names))
    scale = np.where(rows["fuel"] == "natural gas", 10.0, 100.0)
    return rows.assign(
        value=rows["co2_mt"] / rows["fuel"].map(IMPLIED.table["factor"]) * scale,
        flow=rows["sector"].map(FLOWS).fillna("industry, power and heat"),
    )


@pytest.fixture(scope="module")
def cells(quantities):
    """Quantities by region, fuel and flow: published, and of the balance."""
    use = fuel_use_from_balance(load_energy_balance())
    use = use[use["fuel"].isin(FUELS)]
    both = dict.fromkeys(("industry", "power and heat"), "industry, power and heat")
    own = use.assign(flow=use["sector"].replace(both)).groupby(["region", "fuel", "flow"])["value"].sum()
    return pd.concat(
        {"published": quantities.groupby(["region", "fuel", "flow"])["value"].sum(), "own": own}, axis=1
    ).fillna(0.0)


@pytest.fixture(scope="module")
def balance():
    """The balance with flows in columns."""
    table = load_energy_balance()
    return table.pivot(index=["region", "fuel"], columns="flow", values="value").fillna(0.0)


def own_inventory(factors):
    use = fuel_use_from_balance(load_energy_balance())
    return co2_inventory(use[use["fuel"].isin(factors.fuels)], factors, missing="zero")


def totals_of(published):
    return published.query("sector == 'Total'").set_index(["region", "fuel"])["co2_mt"]


def test_fuel_totals_equal_ceads_where_factors_agree(published):
    totals = totals_of(published)
    found = own_inventory(IMPLIED).emissions.sum("sector").squeeze("year")
    compared = 0
    for region in ("Tianjin", "Hebei"):
        for fuel, name in FUELS.items():
            if (region, fuel) not in LEFT_IN:
                value = found.sel(region=region, fuel=fuel).item()
                assert value == pytest.approx(totals[region, name], rel=1e-7), (region, fuel)
                compared += 1
    assert compared == 13


def test_every_flow_agrees_but_four(cells):
    """Tianjin and Hebei as they are, Beijing when its four decimals are rounded to the two of the balance."""
    gap = (cells["published"] - cells["own"]).abs()
    beijing = cells.index.get_level_values("region") == "Beijing"
    # Services are what the balance leaves, industry joins power and heat: sums of up to six rounded numbers.
    summed = cells.index.get_level_values("flow").isin(["services", "industry, power and heat"])
    # Published emissions have eight digits.
    digits = 1e-7 * cells["own"]
    allowed = digits + np.where(beijing, np.where(summed, 6 * 0.005, 0.005), 0.0)
    differing = cells[gap > allowed]
    assert len(cells) == 88
    assert {name[:2] for name in differing.index} == LEFT_IN
    assert set(differing.index.get_level_values("flow")) == {"industry, power and heat"}


def test_beijing_counts_to_four_decimals(quantities):
    rows = quantities[
        (quantities["region"] == "Beijing") & (quantities["flow"] != "industry, power and heat")
    ]
    rows = rows[rows["fuel"] != "fuel oil"]
    assert len(rows) > 20
    np.testing.assert_allclose(rows["value"], rows["value"].round(4), rtol=0, atol=1e-6 * rows["value"].max())


def test_non_energy_use_stays_exactly_where_the_chemical_branches_are_empty(quantities, cells, balance):
    chemical = quantities[quantities["sector"].isin(CHEMICAL)].groupby(["region", "fuel"])["value"].sum()
    industry = cells.xs("industry, power and heat", level="flow")
    gap = industry["published"] - industry["own"]
    non_energy = balance.loc[gap.index, "industry, non-energy use"]
    empty = set(gap.index[(non_energy > 0) & (chemical.reindex(gap.index).fillna(0.0) == 0)])
    assert empty == LEFT_IN
    assert len(non_energy[non_energy > 0]) == 14
    for name in LEFT_IN:
        assert 0 < gap[name] <= non_energy[name]


def test_the_rest_of_tianjins_non_energy_diesel_is_the_difference(published, quantities, balance):
    """Other branches print 45.03 of 45.94, so the chemical ones had 0.91; 1.22 was not burnt."""
    flows = balance.loc["Tianjin", "diesel"]
    rows = quantities.query("region == 'Tianjin' and fuel == 'diesel'").set_index("sector")
    plants = flows["thermal power"] + flows["heating supply"]
    branches = rows.loc[rows["flow"] == "industry, power and heat", "value"].sum() - plants
    assert branches == pytest.approx(45.03, abs=1e-5)
    chemical = flows["industry"] - branches
    assert chemical == pytest.approx(0.91, abs=1e-5)
    left_in = flows["industry, non-energy use"] - chemical
    own = own_inventory(IMPLIED).emissions.sum("sector").sel(region="Tianjin", fuel="diesel").item()
    explained = own + left_in / 100.0 * IMPLIED.table.loc["diesel", "factor"]
    assert explained == pytest.approx(totals_of(published)["Tianjin", "Diesel Oil"], rel=1e-7)


def test_the_rest_of_beijings_non_energy_fuel_oil_is_the_difference(published, quantities, balance):
    """Branches print 378 equal parts, and only 37 more make the 3.45 of industry: 0.31 of 0.57 not burnt."""
    flows = balance.loc["Beijing", "fuel oil"]
    rows = quantities.query("region == 'Beijing' and fuel == 'fuel oil'").set_index("sector")
    branches = rows.loc[rows["flow"] == "industry, power and heat", "value"]
    part = branches.min()
    heat = branches[POWER] - 38 * part
    assert heat == pytest.approx(flows["heating supply"], abs=0.005)
    parts = branches.drop(POWER) / part
    np.testing.assert_allclose(parts, parts.round(), rtol=1e-6)
    printed = round(parts.sum()) + 38
    assert printed == 378
    fitting = [n for n in range(100) if abs((printed + n) * part - flows["industry"]) < 0.005]
    assert fitting == [37]
    chemical = 37 * part
    assert chemical == pytest.approx(0.3075, abs=5e-5)
    # The three numbers of the published side, with their own decimals, make the published total.
    industry = (printed + 37) * part - chemical
    services = rows.loc[rows["flow"] == "services", "value"].sum()
    total = totals_of(published)["Beijing", "Fuel Oil"] / IMPLIED.table.loc["fuel oil", "factor"] * 100.0
    assert industry + heat + services == pytest.approx(total, rel=1e-7)
    burnt = flows["final consumption"] - chemical + flows["heating supply"]
    assert burnt == pytest.approx(total, abs=3 * 0.005)


def test_the_guideline_factors_differ_from_ceads_by_known_ratios(published):
    """Molar masses for all, and the heating value of diesel, LPG and gas; oxidation of LPG."""
    guidelines = own_inventory(GUIDELINES).emissions.sum("sector").squeeze("year")
    totals = totals_of(published)
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
        found = totals["Hebei", FUELS[fuel]] / guidelines.sel(region="Hebei", fuel=fuel).item()
        assert found == pytest.approx(ratio, rel=1e-7), fuel


def test_ceads_oxidises_coal_by_sector(published):
    """Coal is where factors do not agree: 1.64 in fields, 1.46 in homes, never 1.90."""
    coal = published.query("fuel == 'Raw Coal' and region == 'Hebei'").set_index("sector")["co2_mt"]
    use = fuel_use_from_balance(load_energy_balance()).query("region == 'Hebei' and fuel == 'raw coal'")
    tonnes = use.set_index("sector")["value"] / 100.0
    assert coal["Construction"] / tonnes["construction"] == pytest.approx(1.64400, abs=1e-4)
    assert coal["Rural"] / tonnes["rural households"] == pytest.approx(1.46296, abs=1e-4)
    assert coal["Urban"] / tonnes["urban households"] == pytest.approx(1.46296, abs=1e-4)
