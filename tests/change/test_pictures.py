"""Data of the pictures of a decomposition, against its tables."""

import numpy as np
import pytest

import mrio

pytest.importorskip("matplotlib").use("Agg")


@pytest.fixture(scope="module")
def tables():
    return mrio.load_example("illustrative")


def test_stacked_effects_add_up_to_the_change(tables):
    d = mrio.decompose(tables["0"], tables["1"], account=["value_added", "co2"])
    data = d.plot.effects_data("co2")
    assert data.index.tolist() == list(tables["0"].regions)
    change = d.data["co2_total"].sum("sector")
    np.testing.assert_allclose(data.sum(axis=1), change, rtol=1e-10)
    ax = d.plot.effects("co2")
    np.testing.assert_allclose(ax.collections[0].get_offsets()[:, 1], change, rtol=1e-10)
    assert ax.get_ylabel() == "[Mt CO2]"


def test_effects_that_multiply_are_stacked_as_logarithms(tables):
    d = mrio.decompose(tables["0"], tables["1"], account="co2", form="multiplicative")
    ratio = tables["1"].account("co2").values.sum(axis=1) / tables["0"].account("co2").values.sum(axis=1)
    np.testing.assert_allclose(d.plot.effects_data().sum(axis=1), np.log(ratio), rtol=1e-10)
    assert d.plot.effects().get_ylabel() == "[log points]"
    with pytest.raises(mrio.MrioError, match="known by region only"):
        d.plot.sectors_data("technology")


def test_bars_of_one_effect_by_sector(tables):
    d = mrio.decompose(tables["0"], tables["1"], account="co2")
    bars = d.plot.sectors_data("technology", region="HE")
    expected = d.effects.sel(effect="technology", region="HE").to_series()
    np.testing.assert_allclose(bars, expected.loc[bars.index], rtol=1e-10)
    assert bars.is_monotonic_decreasing
    total = d.plot.sectors_data("technology")
    np.testing.assert_allclose(total.sum(), float(d.effects.sel(effect="technology").sum()), rtol=1e-10)
    assert "effect of technology by sector" in d.plot.sectors("technology").get_title(loc="left")
    with pytest.raises(mrio.MrioError, match="no effect 'technolgy'"):
        d.plot.sectors_data("technolgy")
