"""Every measure gives the same numbers however the table is stored, and its file gives it back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import mrio
from mrio.errors import LabelError
from tests.measures.tables import random_system

GROUPS = {"East": ["R0", "R2"]}

MEASURES = {
    "linkages": lambda s: mrio.linkages(s, ["output", "co2"]),
    "field": lambda s: mrio.field_of_influence(s, top=20),
    "complete": lambda s: mrio.extract(s, "R1"),
    "isolation": lambda s: mrio.extract(s, "R1", "S1", kind="isolation"),
    "supply": lambda s: mrio.extract(s, sector="S0", kind="supply"),
    "replaced": lambda s: mrio.extract(s, "R1", "S1", replacement="regions"),
    "flow": lambda s: mrio.extract(s, "R1", to_region="R0"),
    "each": lambda s: mrio.extract_each(s, "sector", "backward"),
    "each region": lambda s: mrio.extract_each(s, "region"),
    "feedback": lambda s: mrio.feedback(s, groups=GROUPS),
    "paths": lambda s: mrio.structural_paths(s, "co2", top=80),
    "layers": lambda s: mrio.production_layers(s, depth=3),
    "trade": lambda s: mrio.value_added_trade(s, GROUPS),
    "kww": lambda s: mrio.decompose_exports(s, "kww"),
    "wwz": lambda s: mrio.decompose_exports(s, "wwz", GROUPS),
    "source": lambda s: mrio.decompose_exports(s, "bm_source", GROUPS),
    "sink": lambda s: mrio.decompose_exports(s, "bm_sink"),
    "position": lambda s: mrio.chain_position(s),
    "embodied": lambda s: mrio.embodied_trade(s, groups=GROUPS),
    "prices": lambda s: mrio.price_change(s, {"wages": 0.1}, pass_through=0.7),
    "carbon": lambda s: mrio.carbon_price(s, 100, regions=["R0", "R2"], border="embodied"),
    "multipliers": lambda s: mrio.multipliers(s, ["co2", "output"]),
    "footprint": lambda s: mrio.footprint(s, ["co2", "jobs"], products=True),
    "households": lambda s: mrio.household_multipliers(s, "households", "wages"),
}


@pytest.mark.parametrize("name", MEASURES)
def test_same_numbers_from_every_storage(name, monkeypatch):
    dense = random_system(11, idle=True)
    expected = MEASURES[name](dense).data
    stored = dense.replace(Z=sparse.csr_array(np.asarray(dense.arrays.Z)))
    monkeypatch.setattr("mrio.tables.coefficients.COPY_BELOW", 0)
    scaled = random_system(11, idle=True)
    assert not isinstance(scaled.leontief.A, np.ndarray)
    for system in (stored, scaled):
        found = MEASURES[name](system).data
        assert set(found) == set(expected)
        for variable, values in expected.items():
            if values.dtype.kind == "f":
                scale = float(np.abs(values).max()) or 1.0
                np.testing.assert_allclose(found[variable], values, atol=1e-10 * scale, err_msg=str(variable))
            else:
                assert (found[variable].values == values.values).all()


@pytest.mark.parametrize("name", MEASURES)
def test_every_result_has_pictures_with_units_and_numbers_of_their_own(name):
    result = MEASURES[name](random_system(12))
    pictures = [data.removesuffix("_data") for data in dir(result.plot) if data.endswith("_data")]
    assert pictures
    known = {unit for values in result.data.values() for unit in values.attrs.get("units", "").split("\n")}
    known |= {unit for v in result.data.values() for unit in v.attrs.get("account_units", "").split("\n")}
    for picture in pictures:
        assert len(getattr(result.plot, f"{picture}_data")())
        if picture == "chord":
            # Drawn around a circle, by a library of its own: there are no axes to name.
            continue
        ax = getattr(result.plot, picture)()
        assert ax.get_title(loc="left")
        labels = [label for own in ax.figure.axes for label in (own.get_xlabel(), own.get_ylabel())]
        assert any(f"[{unit}]" in label or unit == label for label in labels for unit in known - {""}), labels


@pytest.mark.parametrize("name", MEASURES)
def test_every_result_says_what_adds_up_and_comes_back_from_its_file(name, tmp_path):
    result = MEASURES[name](random_system(12))
    assert len(result.adds_up) > 40
    assert any(word in result.checks for word in ("gap", "at most"))
    assert result.data.attrs["price_basis"] == "current 2017 CNY, producer prices"
    for values in result.data.data_vars.values():
        if values.dtype.kind == "f":
            assert values.attrs["units"]
            assert values.attrs["long_name"]
            assert not values.values.flags.writeable
    assert len(result.summary())
    assert len(result.to_dataframe())
    result.to_netcdf(tmp_path / "result.nc")
    again = mrio.read_netcdf(tmp_path / "result.nc")
    assert type(again) is type(result)
    assert again.data.identical(result.data)
    assert again.summary().equals(result.summary())


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: mrio.linkages(s).plot.key_sectors(region="Mars"),
        lambda s: mrio.extract_each(s).plot.largest(region="Mars"),
        lambda s: mrio.decompose_exports(s).terms("Mars"),
        lambda s: mrio.chain_position(s).plot.positions("Mars"),
        lambda s: mrio.embodied_trade(s).table("co2", "Mars"),
    ],
)
def test_labels_that_a_result_does_not_have_are_named(ask):
    with pytest.raises(LabelError, match=r"no .* 'Mars' in this result"):
        ask(random_system(12))
