"""Data of every picture, and that each is drawn with units and status."""

import numpy as np
import pytest

import mrio
from mrio import plotting

pytest.importorskip("matplotlib").use("Agg")
to_hex = pytest.importorskip("matplotlib.colors").to_hex


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
    np.testing.assert_allclose(
        bars.loc["clean", "Hebei"], change.sel(scenario="clean", region="Hebei"), rtol=1e-10
    )
    assert bars.index.tolist() == ["move", "clean"]
    slopes = comparison.plot.slopes_data("clean")
    assert slopes.loc["baseline"].tolist() == [100.0] * 4
    own = comparison.data["co2_direct"].sel(scenario="clean", region="Hebei").item()
    made = total.sel(scenario="baseline", region="Hebei").item()
    assert slopes.loc["clean", "Hebei"] == pytest.approx(100 * (0.8 * made + own) / (made + own), rel=1e-10)
    plane = comparison.plot.cocontrol_data()
    assert plane.columns.tolist() == ["value_added", "co2"]
    whole = (total + comparison.data["co2_direct"]).sum("region")
    expected = 100 * (whole.sel(scenario="move") / whole.sel(scenario="baseline") - 1)
    assert plane.loc["move", "co2"] == pytest.approx(expected.item(), rel=1e-10)
    sectors = comparison.plot.sectors_data("clean")
    assert len(sectors) == 15
    assert sectors.is_monotonic_decreasing
    by_sector = (co2.sel(scenario="clean") - co2.sel(scenario="baseline")).sum("region").to_series()
    assert sectors.iloc[-1] == pytest.approx(by_sector.min(), rel=1e-10)
    assert comparison.plot.tiles_data("clean")["Hebei"] == pytest.approx(
        bars.loc["clean", "Hebei"], rel=1e-10
    )


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


def test_co_control_of_two_emissions_wants_both_to_fall():
    """Emissions in proportion to output: each run changes both by what it does to outputs, by hand."""
    base = mrio.System.from_arrays(
        regions=["A", "B"],
        sectors=["goods"],
        demand=["final"],
        Z=[[20, 10], [10, 30]],
        Y=[[50, 20], [10, 60]],
        V=[70, 70],
        accounts={"co2": ([40.0, 60.0], "Mt CO2"), "so2": ([8.0, 2.0], "kt SO2")},
        unit="1e8 CNY",
        price_basis="current 2017 CNY",
        period="2017",
    )
    less = mrio.Scenario("less").scale_demand(0.9)
    filters = mrio.Scenario("filters in A").scale_intensity("so2", 0.5, region="A")
    coal = mrio.Scenario("coal in B").scale_intensity("co2", 1.5, region="B").scale_intensity("so2", 2.0)
    runs = mrio.compare(mrio.run_scenarios(base, [less, filters, coal]), ["so2", "co2"])
    data = runs.plot.cocontrol_data("so2", "co2")
    np.testing.assert_allclose(data.loc["less"], [-10.0, -10.0], rtol=1e-10)
    np.testing.assert_allclose(data.loc["filters in A"], [-40.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(data.loc["coal in B"], [100.0, 30.0], rtol=1e-10)
    signed = runs.co_control(["so2"]).plot.plane_data("so2")
    np.testing.assert_allclose(signed, data, atol=1e-12)
    ax = runs.plot.cocontrol()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("so2 [%]", "co2 [%]")
    said = {text.get_text() for text in ax.texts}
    assert said >= {
        "co-control: both fall",
        "both rise",
        "only so2 falls",
        "less",
        "filters in A",
        "coal in B",
    }
    colours = [to_hex(colour).upper() for colour in ax.collections[0].get_facecolors()]
    # A run that leaves co2 alone up to rounding may fall to either side, so it is not judged by its colour.
    assert (colours[0], colours[2]) == (plotting.GAIN, plotting.LOSS)
    plotting.png_of(ax)
