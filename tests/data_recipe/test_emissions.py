import numpy as np

from data.recipe import labels
from data.recipe.emissions import emissions
from mrio.classification import load_classification

R, N = 3, 39
NAMES = load_classification("ceads47").names_en


def inventory(**cells: float) -> np.ndarray:
    """Return inventories (R, 47) with the cells of the first province given by position."""
    co2 = np.zeros((R, 47))
    for name, value in cells.items():
        co2[0, int(name[1:])] = value
    return co2


def test_households_are_kept_apart():
    co2 = inventory(s45=2.0, s46=3.0)
    result = emissions(co2, np.ones((R, N)), np.ones((R, N)))
    assert NAMES[45:] == ("Urban", "Rural")
    assert result.households.tolist() == [5.0, 0.0, 0.0]
    assert result.sectors.sum() == 0


def test_trade_and_other_services_are_spread_by_value_added():
    trade, others = (NAMES.index(name) for name in (NAMES[43], NAMES[44]))
    V = np.ones((R, N))
    V[0, labels.CODES.index("h26")] = 3.0
    result = emissions(inventory(**{f"s{trade}": 8.0, f"s{others}": 11.0}), np.ones((R, N)), V)
    by_code = dict(zip(labels.CODES, result.sectors[0], strict=True))
    assert (by_code["h26"], by_code["h28"]) == (6.0, 2.0)
    np.testing.assert_allclose([by_code[f"h{k}"] for k in range(29, 40)], 1.0, rtol=1e-14)


def test_emissions_of_a_sector_without_output_go_to_other_industry():
    x = np.ones((R, N))
    x[0, labels.CODES.index("h02")] = 0.0
    coal, iron, water = (
        NAMES.index(name)
        for name in (
            "Coal Mining and Dressing",
            "Smelting and Pressing of Ferrous Metals",
            "Production and Supply of Tap Water",
        )
    )
    co2 = inventory(**{f"s{coal}": 4.0, f"s{iron}": 30.0, f"s{water}": 10.0})
    result = emissions(co2, x, np.ones((R, N)))
    by_code = dict(zip(labels.CODES, result.sectors[0], strict=True))
    assert (by_code["h02"], by_code["h14"], by_code["h24"]) == (0.0, 33.0, 11.0)
    assert result.moved == 4.0


def test_totals_are_kept():
    random = np.random.default_rng(1)
    co2 = random.gamma(1.0, size=(R, 47))
    x = np.where(random.random((R, N)) < 0.1, 0.0, 1.0)
    result = emissions(co2, x, random.random((R, N)))
    np.testing.assert_allclose(result.sectors.sum(axis=1) + result.households, co2.sum(axis=1), rtol=1e-13)
