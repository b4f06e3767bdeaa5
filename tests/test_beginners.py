"""What is said to somebody who uses the library for the first time and takes one thing for another."""

import pandas as pd
import pytest

import mrio
from mrio.errors import DataError, DataWarning, LabelError, MrioError

ONE_TABLE = {
    "footprint": lambda given: mrio.footprint(given, "co2"),
    "linkages": mrio.linkages,
    "extract": lambda given: mrio.extract(given, region="BJ"),
    "extract_each": mrio.extract_each,
    "feedback": mrio.feedback,
    "structural_paths": lambda given: mrio.structural_paths(given, "co2"),
    "production_layers": lambda given: mrio.production_layers(given, "co2"),
    "multipliers": lambda given: mrio.multipliers(given, "co2"),
    "household_multipliers": lambda given: mrio.household_multipliers(given, "CONS", "value_added"),
    "field_of_influence": mrio.field_of_influence,
    "price_change": lambda given: mrio.price_change(given, {"value_added": 0.1}),
    "carbon_price": lambda given: mrio.carbon_price(given, 100),
    "value_added_trade": mrio.value_added_trade,
    "decompose_exports": mrio.decompose_exports,
    "embodied_trade": mrio.embodied_trade,
    "chain_position": mrio.chain_position,
    "perturb": lambda given: mrio.perturb(given, 0.1),
    "to_pymrio": mrio.to_pymrio,
    "run_scenarios": lambda given: mrio.run_scenarios(given, mrio.Scenario("x").scale_exports(2)),
    "measure_transfer": lambda given: mrio.measure_transfer(given, given),
    "no_transfer": lambda given: mrio.measure_transfer(given, method="no_transfer"),
    "decompose": lambda given: mrio.decompose(given, given),
}


@pytest.fixture(scope="module")
def tables():
    return mrio.load_example("illustrative")


@pytest.mark.parametrize("call", ONE_TABLE.values(), ids=ONE_TABLE)
def test_several_tables_for_one(tables, call):
    with pytest.raises(DataError) as caught:
        call(tables)
    assert caught.value.amount == "got 2: '0', '1'"
    assert caught.value.remedy == "choose one: tables['1']"


@pytest.mark.parametrize("call", ONE_TABLE.values(), ids=ONE_TABLE)
@pytest.mark.parametrize(
    ("given", "amount"), [("2017", "got '2017'"), (pd.DataFrame(), "got DataFrame"), (None, "got NoneType")]
)
def test_something_else_for_a_table(call, given, amount):
    with pytest.raises(DataError) as caught:
        call(given)
    assert caught.value.amount == amount
    assert "mrio.read(path)" in caught.value.remedy


@pytest.mark.parametrize("compare", [mrio.measure_transfer, mrio.decompose])
def test_the_later_table_first(compare):
    bth = mrio.load_example("bth")
    with pytest.warns(DataWarning, match="backwards, from 2017 to 2012"):
        compare(bth["2017"], bth["2012"])


def test_the_only_table_to_compare(tables):
    with pytest.raises(DataError, match="nothing to compare"):
        mrio.compare(tables["0"])
    with pytest.raises(DataError, match="got str"):
        mrio.run_scenarios(tables["0"], "cleaner power")
    with pytest.raises(DataError, match="got System"):
        mrio.compare_prices(tables["0"], tables["1"])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda t, d: t.plot.sectors("Bj"), "did you mean 'BJ'?"),
        (lambda t, d: t.plot.sectors("abroad", "co2"), "There is no region 'abroad'"),
        (lambda t, d: t.plot.matrix("res"), "did you mean 'RES'?"),
        (lambda t, d: t.plot.quadrant(regions=["Tj"]), "did you mean 'TJ'?"),
        (lambda t, d: t.impact("CO2"), "did you mean 'co2'?"),
        (lambda t, d: d.plot.waterfall("CO2"), "did you mean 'co2'?"),
        (lambda t, d: d.plot.waterfall("co2", region="Bj"), "did you mean 'BJ'?"),
        (lambda t, d: d.plot.sectors("Technology", "co2"), "did you mean 'technology'?"),
        (lambda t, d: d.plot.sectors("technology", "co2", "Bj"), "did you mean 'BJ'?"),
        (lambda t, d: mrio.load_example("BTH"), "did you mean 'bth'?"),
    ],
)
def test_a_label_that_is_nearly_right(tables, call, said):
    pytest.importorskip("matplotlib").use("Agg")
    t = mrio.measure_transfer(tables["0"], tables["1"])
    d = mrio.decompose(tables["0"], tables["1"], "co2")
    with pytest.raises(LabelError) as caught:
        call(t, d)
    assert said in str(caught.value)


def test_a_file_that_is_nearly_there(tmp_path):
    (tmp_path / "SIC_IRIO_2002_2007.xls").touch()
    with pytest.raises(MrioError) as caught:
        mrio.read(tmp_path / "SIC_IRIO_2002-2007.xls")
    assert caught.value.remedy.startswith("did you mean 'SIC_IRIO_2002_2007.xls'?")
