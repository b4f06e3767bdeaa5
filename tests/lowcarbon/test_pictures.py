import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import mrio
from mrio.lowcarbon import (
    co2_inventory,
    co_control,
    decoupling,
    emission_factors,
    entropy_index,
    kaya_lmdi,
    stirpat,
)
from mrio.lowcarbon.pictures import DecouplingPictures


@pytest.fixture(autouse=True)
def _close_figures():
    plt.switch_backend("Agg")
    yield
    plt.close("all")


def labels_have_units(ax):
    return all("[" in text for text in (ax.get_xlabel(), ax.get_ylabel()))


def test_decoupling_states():
    index = ["2007", "2012", "2017"]
    carbon = pd.DataFrame({"A": [5.0, 6.0, 5.5], "B": [5.0, 5.0, 4.0]}, index=index)
    output = pd.DataFrame({"A": [9.0, 10.0, 12.0], "B": [9.0, 10.0, 13.0]}, index=index)
    result = decoupling(carbon, of=output, prices="constant 2007 CNY")
    points = result.plot.states_data()
    np.testing.assert_allclose(points.loc["B"], [100 * 4 / 9, -20.0], rtol=1e-10)
    ax = result.plot.states()
    assert labels_have_units(ax)
    assert "2007 to 2017" in ax.get_title(loc="left")
    assert "2007 to 2012" in result.plot.states("2007 to 2012").get_title(loc="left")
    assert "constant 2007 CNY" in ax.figure.get_supxlabel()


def test_the_headline_of_estimated_tables_stands_under_the_picture():
    tables = mrio.load_example("illustrative")
    result = tables.decoupling("co2", deflator={"0": 1.0, "1": 1.1})
    assert isinstance(result.plot, DecouplingPictures)
    assert "made-up" in result.plot.states().figure.get_supxlabel()


def test_co_control_plane():
    changes = pd.DataFrame({"co2": [-1.0, 2.0], "so2": [-2.0, 1.0]}, index=["a", "b"])
    result = co_control(changes, pd.Series({"co2": 10.0, "so2": 20.0}))
    assert result.plot.plane_data().loc["a"].tolist() == [-10.0, -10.0]
    ax = result.plot.plane("so2")
    assert labels_have_units(ax)
    assert {text.get_text() for text in ax.texts} >= {"a", "b", "co-benefit", "co-increase"}


def test_entropy_contributions():
    table = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [3.0, 1.0, 2.0]})
    ax = entropy_index(table, positive=["a"], negative=["b"]).plot.contributions()
    assert len(ax.patches) == 6


def test_inventory_by_fuel():
    columns = ["region", "sector", "fuel", "year", "value", "unit"]
    rows = [("Hebei", "steel", fuel, 2014, 1.0, "1e4 t") for fuel in ("coal", "diesel")]
    result = co2_inventory(
        pd.DataFrame(rows, columns=columns), emission_factors("provincial-guidelines-2011")
    )
    assert result.plot.fuels_data(2014).loc["Hebei"].sum() == pytest.approx(
        float(result.emissions.sum()), rel=1e-10
    )
    assert result.plot.fuels().get_ylabel() == "[Mt CO2]"


def test_kaya_waterfall():
    start, end = pd.DataFrame({"P": [2.0], "A": [3.0]}), pd.DataFrame({"P": [3.0], "A": [2.5]})
    ax = kaya_lmdi(start, end, unit="Mt CO2").plot.waterfall()
    assert ax.get_xlabel() == "[Mt CO2]"


def test_ridge_trace():
    pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(40, 3)), columns=["I", "P", "A"])
    ax = stirpat(table, impact="I", drivers=["P", "A"], logged=True).plot.trace()
    assert labels_have_units(ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["P", "A"]
