"""Pictures of summaries and of chains, against the tables they show."""

import numpy as np
import pytest

import mrio
from mrio.errors import LabelError

pytest.importorskip("matplotlib").use("Agg")

BAR = {
    "demand": (lambda a, b: mrio.measure_transfer(a, b, method="demand"), "other regions [1e8 CNY]"),
    "no transfer": (lambda a, b: mrio.measure_transfer(a, b, method="no_transfer"), "transferred [1e8 CNY]"),
    "counterfactual": (
        lambda a, b: mrio.measure_transfer(a, b, method="counterfactual"),
        "value_added [1e8 CNY]",
    ),
    "bias": (
        lambda a, b: mrio.aggregation_bias(a, b, sectors={"RES": "x", "TEC": "x", "SRV": "y"}),
        "transfer in [1e8 CNY]",
    ),
    "attribution": (
        lambda a, b: mrio.attribute_scenario(b, mrio.Scenario("more").scale_exports(1.1)),
        "output [1e8 CNY]",
    ),
}


@pytest.fixture(scope="module")
def tables():
    return mrio.load_example("illustrative")


@pytest.mark.parametrize("kind", BAR)
def test_bars_are_a_column_of_the_summary(tables, kind):
    make, column = BAR[kind]
    result = make(tables["0"], tables["1"])
    data = result.plot.bars_data()
    np.testing.assert_array_equal(data, result.summary()[column].dropna())
    ax = result.plot.bars()
    assert ax.get_xlabel() == "[1e8 CNY]"
    np.testing.assert_array_equal(sorted(bar.get_width() for bar in ax.patches), sorted(data))
    last = str(result.summary().columns[-1])
    np.testing.assert_array_equal(result.plot.bars_data(last.split(" [")[0]), result.summary()[last].dropna())
    with pytest.raises(LabelError, match="There is no column 'x'"):
        result.plot.bars("x")


@pytest.mark.parametrize("accounts", ["co2", ["value_added", "co2"]])
def test_steps_of_a_chain_of_decompositions(accounts):
    chain = mrio.load_example("bth").decompose(accounts)
    data = chain.plot.steps_data("co2 [Mt CO2]" if accounts != "co2" else None)
    table = chain.table("co2").drop(index="total change")
    np.testing.assert_array_equal(data, table[list(chain.steps)])
    ax = chain.plot.steps()
    assert ax.get_ylabel() == ("[Mt CO2]" if accounts == "co2" else "[1e8 CNY]")


def test_steps_of_a_chain_of_transfers():
    chain = mrio.load_example("bth").measure_transfer(accounts="co2")
    data = chain.plot.steps_data()
    assert list(data.columns) == ["2007 to 2012", "2012 to 2017"]
    np.testing.assert_array_equal(data, chain.summary().loc["net transfer [1e8 CNY]", list(data.columns)])
    assert chain.plot.steps("co2").get_ylabel() == "[Mt CO2]"
    with pytest.raises(LabelError, match="did you mean 'co2'"):
        chain.plot.steps("CO2")
