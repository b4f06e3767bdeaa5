import pytest

import mrio
from mrio.change import decompose
from mrio.errors import DataError, DataWarning, LabelError, PriceBasisError, UnitsError
from mrio.schema import SYSTEM_DIMS
from mrio.tables import System, Systems
from mrio.transfer import measure_transfer
from tests.strategies import scaled


def renamed(given, **changes):
    """Return a table with other words."""
    return System.from_arrays(**{**given, "period": "1", **changes})


MISMATCHES = [
    (
        {"regions": ["BJ", "TJ", "HE", "R C"]},
        LabelError,
        "The labels of dim 'region' differ",
        "position 3: 'RC' and 'R C'",
    ),
    (
        {"sectors": ["TEC", "RES", "SRV"]},
        LabelError,
        "The labels of dim 'sector' differ",
        "position 0: 'RES' and 'TEC'; position 1: 'TEC' and 'RES'",
    ),
    (
        {"demand": ["CONS", "Capf"]},
        LabelError,
        "The labels of dim 'demand' differ",
        "position 1: 'CAPF' and 'Capf'",
    ),
    ({"unit": "1e4 CNY"}, UnitsError, "different money units", "'1e8 CNY' and '1e4 CNY'"),
    (
        {"price_basis": "constant 2007 CNY, producer prices"},
        PriceBasisError,
        "prices that must not meet",
        "'current CNY, producer prices' and 'constant 2007 CNY, producer prices'",
    ),
    (
        {"price_basis": "current CNY, basic prices"},
        PriceBasisError,
        "prices that must not meet",
        "'current CNY, producer prices' and 'current CNY, basic prices'",
    ),
    (
        {"population_unit": "person"},
        UnitsError,
        "count population in different units",
        "'1e4 person' and 'person'",
    ),
]


@pytest.mark.parametrize(
    "meet",
    [
        lambda a, b: Systems([a, b]),
        lambda a, b: decompose(a, b, "co2"),
        lambda a, b: measure_transfer(a, b, accounts="co2"),
    ],
    ids=["Systems", "decompose", "measure_transfer"],
)
@pytest.mark.parametrize(("changes", "kind", "what", "amount"), MISMATCHES)
def test_tables_that_must_not_meet(table, meet, changes, kind, what, amount):
    with pytest.raises(DataError) as caught:
        meet(System.from_arrays(**table), renamed(table, **changes))
    error = caught.value
    assert type(error) is kind
    assert what in error.what
    assert "table 0 and table 1" in error.what
    assert amount in (error.where, error.amount)
    assert error.remedy
    if kind is LabelError:
        assert error.table["table 0"].tolist() != error.table["table 1"].tolist()


def test_two_currencies_are_told_with_their_prices(table):
    other = renamed(table, unit="1e8 USD", price_basis="current USD, producer prices")
    with pytest.raises(DataError) as caught:
        Systems([System.from_arrays(**table), other])
    text = str(caught.value)
    assert "2 problems were found" in text
    assert "different money units" in text
    assert "'current CNY, producer prices' and 'current USD, producer prices'" in text


def test_one_unit_in_two_spellings_may_meet(table):
    Systems([System.from_arrays(**table), renamed(table, unit="100 million CNY")])


def test_factors_may_differ(table):
    Systems([System.from_arrays(**table), renamed(table, factors=["income"])])


def test_mapping(worked):
    tables = Systems({2012: worked.a, "2017": worked.b})
    assert list(tables) == ["2012", "2017"]
    assert tables[2012] is tables["2012"] is worked.a
    assert 2017 in tables
    assert 2007 not in tables
    assert len(tables) == 2
    with pytest.raises(LabelError, match="no table '2007'") as caught:
        tables[2007]
    assert caught.value.remedy == "tables are '2012', '2017'"


def test_names_are_distinct(worked):
    with pytest.raises(LabelError, match="Two tables are called '0'"):
        Systems([worked.a, worked.a])
    with pytest.raises(LabelError, match="Two tables have the same name"):
        Systems({2012: worked.a, "2012": worked.b})


def test_words(worked, table):
    assert repr(worked.tables).startswith("<Systems: 2 tables>")
    assert "<li>0: 0, 4 regions x 3 sectors, " in worked.tables._repr_html_()
    assert repr(Systems([])) == "<Systems: 0 tables>"


def test_scaled_tables_do_not_meet(table):
    large = System.from_arrays(**{**scaled({**table, **EMPTY}, 1e4, "1e4 CNY"), "period": "1"})
    with pytest.raises(UnitsError):
        decompose(System.from_arrays(**table), large)


EMPTY = {"discrepancy": None, "imports_row_Z": None, "imports_row_Y": None}


@pytest.mark.parametrize(
    "meet",
    [
        lambda a, b: decompose(a, b, "co2"),
        lambda a, b: measure_transfer(a, b, accounts="co2", method="demand"),
        lambda a, b: mrio.compare({"baseline": a, "other": b}, "co2"),
        lambda a, b: Systems([a, b]).decoupling("co2", of="output"),
    ],
    ids=["decompose", "measure_transfer", "compare", "decoupling"],
)
def test_an_account_in_two_units_is_never_compared(table, meet):
    a = System.from_arrays(**table)
    flows = 1000 * a.account("co2").values
    with pytest.raises(UnitsError, match="'co2' is in two units") as caught:
        meet(a, a.replace(period="1", accounts={"co2": (flows, "kt CO2")}))
    assert caught.value.amount == "'Mt CO2' and 'kt CO2'"
    # What does not use the account is free to go on.
    assert mrio.compare({"baseline": a, "other": a.replace(accounts={"co2": (flows, "kt CO2")})}, "output")


def test_sets_of_something_else(worked):
    for tables in ({"a": 3}, [3]):
        with pytest.raises(DataError, match="holds something that is no table"):
            Systems(tables)
    assert list(Systems(worked.a)) == ["0"]


def test_names_of_periods_that_are_crossed(worked):
    with pytest.raises(LabelError, match="the name of the period of another table") as caught:
        Systems({"0": worked.b, "1": worked.a})
    assert caught.value.where == "'0' is of period '1', '1' is of period '0'"
    assert list(Systems({"0": worked.a, "later": worked.b})) == ["0", "later"]


@pytest.mark.parametrize(("factor", "warned"), [(1e4, True), (50.0, False), (1e-3, True)])
def test_a_unit_that_slipped(worked, factor, warned):
    a, b = worked.a, worked.b
    names = [name for name in SYSTEM_DIMS if name not in ("x", "population") and a.array(name) is not None]
    # Output grows from the one period to the other by less than two times.
    other = b.replace(**{name: getattr(b.arrays, name) * factor for name in names})
    if not warned:
        assert len(Systems([a, other])) == 2
        return
    with pytest.warns(DataWarning, match="differ in size more than economies do: output is"):
        Systems([a, other])
    with pytest.warns(DataWarning, match="population is"):
        Systems([a, b.replace(population=b.arrays.population * 1e4)])
