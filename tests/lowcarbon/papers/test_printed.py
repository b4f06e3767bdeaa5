import math

import pytest

import mrio
from mrio.lowcarbon import check_papers
from mrio.lowcarbon.papers.rounding import Printed, growth_per_year, relative_change, rounding_range
from tests.lowcarbon.cases import seeds

SEEDS = seeds()
TABLE = check_papers()


@pytest.mark.parametrize("number", range(1, len(SEEDS) + 1))
def test_every_item_has_the_status_and_the_numbers_of_the_reference(number):
    seed = SEEDS[number - 1]
    rows = TABLE[TABLE["number"] == number]
    assert set(rows["status"]) == {seed["status"]}
    expected = seed["computed"]
    if isinstance(expected, dict):
        numbers = list(expected.values())
    elif isinstance(expected, list):
        numbers = expected
    else:
        numbers = [] if expected is None else [expected]
    found = rows["computed"].tolist()
    for value, own in zip(numbers, found, strict=bool(numbers)):
        assert own == pytest.approx(value, rel=1e-10)


def test_agreements_hold_to_the_printed_digits():
    """Half a unit of the last printed digit, beside what rounding of inputs allows; 17 is in words."""
    rows = TABLE[(TABLE["status"] == "agrees") & TABLE["printed"].notna() & (TABLE["number"] != 17)]
    assert len(rows) > 50
    for row in rows.itertuples():
        half = 0.5 * 10.0 ** -len(f"{row.printed:.10g}".partition(".")[2]) + 1e-12
        assert row.low - half <= row.printed <= row.high + half, row


def test_disagreements_have_one_line_each():
    rows = check_papers(only="disagrees").drop_duplicates("number")
    assert len(rows) == sum(seed["status"] == "disagrees" for seed in SEEDS) == 21
    for note in rows["note"]:
        assert note
        assert "\n" not in note
        assert len(note) < 240


def test_a_disagreement_cannot_be_rounded_away():
    rows = TABLE[(TABLE["status"] == "disagrees") & TABLE["printed"].notna()]
    growth = rows[rows["number"] == 18].iloc[0]
    assert growth["high"] < 203.75
    table_10 = rows[rows["number"] == 45].iloc[0]
    assert not table_10["low"] <= 0.876 <= table_10["high"]


def test_printed_numbers_are_intervals():
    assert Printed("0.0840").half == pytest.approx(5e-5, rel=1e-10)
    assert Printed("80").low == 79.5
    low, value, high = rounding_range(relative_change, Printed("62"), Printed("44"))
    assert low < value < high
    assert value == pytest.approx(100 * (44 / 62 - 1), rel=1e-10)
    assert growth_per_year(2, 50, 9) == pytest.approx(100 * math.expm1(math.log(25) / 9), rel=1e-10)


def test_series_carry_their_places_and_are_as_printed():
    manufacturing = mrio.load_example("beijing-manufacturing")
    assert manufacturing["rd_manufacturing"].sel(rd_year=2016).item() == 23650340
    assert manufacturing["weight"].attrs["place"] == "Table 7"
    assert manufacturing["ridge_B"].sel(term="lnT").item() == -0.203
    assert math.isnan(manufacturing["value_added"].sel(year=2019).item())
    circular = mrio.load_example("bth-circular-economy")
    assert circular["solid_waste_use"].sel(industry="plastics", year=2023).item() == 85
    for data in (manufacturing, circular):
        assert data.attrs["source"]
        for name in data.data_vars:
            assert data[name].attrs["units"]
            assert data[name].attrs["place"]
    with pytest.raises(mrio.MrioError, match="bth-circular-economy"):
        mrio.load_example("nothing")
    with pytest.raises(mrio.MrioError, match="no series"):
        mrio.lowcarbon.load_series("nothing")
