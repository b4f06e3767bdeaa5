"""Type I multipliers: by hand, and the numbers of a textbook."""

import numpy as np

import mrio
from tests.measures.tables import germany, one_product


def test_multipliers_by_hand():
    m = mrio.multipliers(one_product(), "co2")
    expected = [[(0.3 * 14 + 0.2 * 2) / 11], [(0.3 * 2 + 0.2 * 16) / 11]]
    np.testing.assert_allclose(m.of("multiplier"), expected, rtol=1e-13)
    np.testing.assert_allclose(m.of("intensity"), [[0.3], [0.2]], rtol=1e-15)
    assert m.of("multiplier").attrs["units"] == "Mt CO2 per 1e8 CNY"
    assert m.summary().index[0] == ("A", "goods")


def test_textbook_table_of_germany():
    # Eurostat (2008), table 15.16, page 501: gross value added, and 1000 persons per million EUR.
    found = mrio.multipliers(germany(), ["gross value added", "jobs"])
    printed = [0.8450, 0.7647, 0.8615, 0.9019, 0.9393, 0.9199]
    np.testing.assert_allclose(found.of("multiplier", "gross value added"), [printed], atol=6e-5)
    printed = [0.0326, 0.0162, 0.0207, 0.0237, 0.0112, 0.0242]
    np.testing.assert_allclose(found.of("multiplier", "jobs"), [printed], atol=6e-5)
    assert found.unit("multiplier", "jobs") == "1e3 person per 1e6 EUR"


def test_picture_shows_the_producer_and_its_suppliers():
    found = mrio.multipliers(one_product(), ["co2", "water"])
    data = found.plot.largest_data("co2", 1)
    np.testing.assert_allclose(data, [[0.3, (0.3 * 14 + 0.2 * 2) / 11 - 0.3]], rtol=1e-12)
    assert found.plot.largest("water").get_title(loc="left") == "Largest multipliers of water, 2017"
