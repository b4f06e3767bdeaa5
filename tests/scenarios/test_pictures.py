"""Data of every picture, and that each is drawn with units and status."""

import numpy as np
import pandas as pd
import pytest

import mrio
from mrio import plotting
from mrio.classification import provinces

pytest.importorskip("matplotlib").use("Agg")


@pytest.fixture(scope="module")
def comparison():
    b = mrio.load_example("bth")["2017"]
    move = mrio.Scenario("move").shift_sourcing("Metal products", "Tianjin", "Hebei", share=0.5)
    clean = mrio.Scenario("clean").scale_intensity("co2", 0.8, region="Hebei")
    return mrio.compare(mrio.run_scenarios(b, [move, clean]))


def test_data_of_pictures(comparison):
    co2 = comparison.levels("co2")
    total = co2.sum("sector")
    change = total - total.sel(scenario="baseline")
    bars = comparison.plot.bars_data()
    np.testing.assert_allclose(bars.loc["clean", "Hebei"], change.sel(scenario="clean", region="Hebei"))
    assert bars.index.tolist() == ["move", "clean"]
    slopes = comparison.plot.slopes_data("clean")
    assert slopes.loc["baseline"].tolist() == [100.0] * 4
    own = comparison.data["co2_direct"].sel(scenario="clean", region="Hebei").item()
    made = total.sel(scenario="baseline", region="Hebei").item()
    assert slopes.loc["clean", "Hebei"] == pytest.approx(100 * (0.8 * made + own) / (made + own))
    plane = comparison.plot.cocontrol_data()
    assert plane.columns.tolist() == ["value_added", "co2"]
    whole = (total + comparison.data["co2_direct"]).sum("region")
    expected = 100 * (whole.sel(scenario="move") / whole.sel(scenario="baseline") - 1)
    assert plane.loc["move", "co2"] == pytest.approx(expected.item())
    sectors = comparison.plot.sectors_data("clean")
    assert len(sectors) == 15
    assert sectors.is_monotonic_decreasing
    by_sector = (co2.sel(scenario="clean") - co2.sel(scenario="baseline")).sum("region").to_series()
    assert sectors.iloc[-1] == pytest.approx(by_sector.min())
    assert comparison.plot.tiles_data("clean")["Hebei"] == pytest.approx(bars.loc["clean", "Hebei"])


@pytest.mark.parametrize(
    ("draw", "unit"),
    [
        (lambda plot: plot.bars("value_added"), "1e8 CNY"),
        (lambda plot: plot.sectors("move", "output"), "1e8 CNY"),
        (lambda plot: plot.slopes("clean"), "baseline = 100"),
        (lambda plot: plot.cocontrol(), "co2 [%]"),
        (lambda plot: plot.tiles("clean"), "Mt CO2"),
    ],
)
def test_pictures_say_units_and_status(comparison, draw, unit):
    ax = draw(comparison.plot)
    axes = ax.figure.axes
    assert any(unit in text for a in axes for text in (a.get_xlabel(), a.get_ylabel()))
    assert "hypothetical" in ax.figure.get_supxlabel()
    assert plotting.png_of(ax).startswith(b"\x89PNG")


def test_pictures_of_nothing_are_refused(comparison):
    with pytest.raises(mrio.MrioError, match="no run 'x'"):
        comparison.plot.sectors("x")
    alone = mrio.compare({"baseline": mrio.load_example("bth")["2017"]}, "co2")
    with pytest.raises(mrio.MrioError, match="two accounts"):
        alone.plot.cocontrol()


def test_every_province_has_one_tile():
    places = plotting.tile_places()
    names = [name for line in plotting.TILES for name in line.split() if name != "."]
    assert len(names) == len(places) == len(set(places.values()))
    assert set(places) == set(provinces().index)


def test_what_is_no_province_is_named_beside_the_tiles():
    ax = plotting.tile_map(pd.Series({"Hebei": 2.0, "Rest of China": 1.0}), "1", "shares")
    assert "not drawn: Rest of China 1" in ax.get_title(loc="left")
    plotting.png_of(ax)
