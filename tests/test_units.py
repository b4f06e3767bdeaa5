import pytest

from mrio.errors import PriceBasisError, UnitsError
from mrio.units import comparable, conversion, parse_price_basis, parse_unit, same_unit


@pytest.mark.parametrize(
    ("text", "scale", "base", "kind"),
    [
        ("CNY", 1, "CNY", "money"),
        ("1e8 CNY", 1e8, "CNY", "money"),
        ("10,000 CNY", 1e4, "CNY", "money"),
        ("100 million CNY", 1e8, "CNY", "money"),
        ("million USD", 1e6, "USD", "money"),
        ("M.EUR", 1e6, "EUR", "money"),
        ("MEUR", 1e6, "EUR", "money"),
        ("MXN", 1, "MXN", "money"),
        ("Mt CO2", 1e6, "t CO2", "mass"),
        ("1e4 t CO2", 1e4, "t CO2", "mass"),
        ("Gg CO2", 1e3, "t CO2", "mass"),
        ("kg", 1e-3, "t", "mass"),
        ("1e4 person", 1e4, "person", "other"),
        ("1e8 m3", 1e8, "m3", "other"),
    ],
)
def test_units_are_a_number_times_a_base(text, scale, base, kind):
    unit = parse_unit(text)
    assert (unit.scale, unit.base, unit.kind) == (scale, base, kind)
    assert str(unit) == text


@pytest.mark.parametrize("text", ["", "  ", None, 3, "1e8", "million"])
def test_units_that_name_nothing(text):
    with pytest.raises(UnitsError, match=r"unit") as caught:
        parse_unit(text)
    assert "1e8 CNY" in caught.value.remedy


def test_conversion_keeps_the_base():
    assert conversion(parse_unit("Mt CO2"), parse_unit("1e4 t CO2")) == 100
    with pytest.raises(UnitsError, match=r"'Mt CO2' cannot be expressed in 'Mt CH4'") as caught:
        conversion(parse_unit("Mt CO2"), parse_unit("Mt CH4"))
    assert caught.value.amount == "bases 't CO2' and 't CH4'"


def test_one_unit_in_two_spellings():
    assert same_unit(parse_unit("1e8 CNY"), parse_unit("100 million CNY"))
    assert same_unit(parse_unit("Mt CO2"), parse_unit("1e6 t CO2"))
    assert not same_unit(parse_unit("1e8 CNY"), parse_unit("1e8 USD"))
    assert not same_unit(parse_unit("1e8 CNY"), parse_unit("1e4 CNY"))


@pytest.mark.parametrize(
    ("text", "kind", "year", "currency", "valuation"),
    [
        ("current 2017 CNY, producer prices", "current", 2017, "CNY", "producer"),
        ("current CNY, producers' prices", "current", None, "CNY", "producer"),
        ("current CNY, purchaser's prices", "current", None, "CNY", "purchaser"),
        ("constant 2007 CNY, basic prices", "constant", 2007, "CNY", "basic"),
        ("Constant prices of 2010, USD", "constant", 2010, "USD", ""),
        ("previous-year 2012 CNY", "previous-year", 2012, "CNY", ""),
    ],
)
def test_price_bases(text, kind, year, currency, valuation):
    basis = parse_price_basis(text)
    assert (basis.kind, basis.year, basis.currency, basis.valuation) == (kind, year, currency, valuation)


@pytest.mark.parametrize("text", ["", None, "2017 CNY", "current 2017", "constant CNY", "previous-year CNY"])
def test_price_bases_that_say_too_little(text):
    with pytest.raises(PriceBasisError, match="cannot be read") as caught:
        parse_price_basis(text)
    assert "current 2017 CNY" in caught.value.remedy


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("current 2012 CNY", "current 2017 CNY", True),
        ("constant 2007 CNY", "constant 2007 CNY", True),
        ("constant 2007 CNY", "constant 2012 CNY", False),
        ("constant 2007 CNY", "current 2007 CNY", False),
        ("current 2012 CNY", "current 2012 USD", False),
        ("current CNY, producer prices", "current CNY, basic prices", False),
        ("current CNY, producers' prices", "current CNY, purchasers' prices", False),
        ("current CNY, producers' prices", "current CNY, producer prices", True),
        ("previous-year 2012 CNY", "previous-year 2012 CNY", True),
        ("previous-year 2012 CNY", "previous-year 2013 CNY", False),
    ],
)
def test_which_price_bases_may_meet(first, second, expected):
    assert comparable(parse_price_basis(first), parse_price_basis(second)) is expected


@pytest.mark.parametrize(
    ("text", "scale", "base", "kind"),
    [
        ("10^8 CNY", 1e8, "CNY", "money"),
        ("10**4 t CO2", 1e4, "t CO2", "mass"),
        ("亿元", 1e8, "CNY", "money"),
        ("100 万元", 1e6, "CNY", "money"),
        ("元", 1.0, "CNY", "money"),
        ("万吨 CO2", 1e4, "t CO2", "mass"),
        ("万人", 1e4, "person", "other"),
        ("1/yr", 1.0, "/yr", "other"),
    ],
)
def test_powers_and_chinese_units(text, scale, base, kind):
    unit = parse_unit(text)
    assert (unit.scale, unit.base, unit.kind) == (scale, base, kind)


@pytest.mark.parametrize(
    "text",
    [
        "0 CNY",
        "-1 CNY",
        "1e400 CNY",
        "1,5 CNY",
        "1 000 CNY",
        "1.5.2 t",
        "1/2 CNY",
        "1,00,000 CNY",
        "１e8 CNY",
    ],
)
def test_numbers_of_units_that_say_two_things(text):
    with pytest.raises(UnitsError, match="The number of the unit") as caught:
        parse_unit(text)
    assert "point for decimals" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("constant 2007-2012 CNY", "years 2007, 2012"),
        ("not constant, current 2012 CNY", "kinds of prices constant, current"),
        ("GDP, current 2012 CNY", "currencies GDP, CNY"),
        ("current CNY, basic or purchaser prices", "valuations basic, purchaser"),
        ("current CNY\0", ""),
    ],
)
def test_price_bases_that_say_two_things(text, amount):
    with pytest.raises(PriceBasisError, match="cannot be read") as caught:
        parse_price_basis(text)
    assert caught.value.amount == amount
    assert parse_price_basis("constant 2007 CNY (2007 = 100)").year == 2007
