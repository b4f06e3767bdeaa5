"""Indicators by their definitions, classes along both axes, and mappings from CSV files."""

import numpy as np
import pytest

import mrio
from mrio.errors import DataError, FileError, LabelError
from mrio.mapping import read_mapping
from tests.compare import assert_close

CLASSES = {"RES": "goods", "TEC": "goods", "SRV": "services"}


@pytest.fixture(scope="module")
def t(worked):
    return mrio.measure_transfer(worked.a, worked.b, block=worked.block)


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "classes.csv"
    path.write_text("sector,class\n" + "".join(f"{key},{value}\n" for key, value in CLASSES.items()))
    return path


def test_emission_cost_is_all_effects_over_what_moved(t):
    cost = mrio.emission_cost(t)
    flows, impact = t.direct_of("co2").sum("use").values, t.impact("co2").sum(["use", "region"]).values
    assert cost.attrs["units"] == "Mt CO2 per 1e8 CNY"
    for p, r, i in np.ndindex(flows.shape):
        if flows[p, r, i] == 0:
            assert np.isnan(cost.values[p, r, i])
        else:
            assert cost.values[p, r, i] == pytest.approx(impact[p, r, i] / flows[p, r, i], rel=1e-12)


def test_emission_cost_of_classes_is_no_mean_of_costs(t):
    cost = mrio.emission_cost(t, by=CLASSES)
    flows, impact = t.direct_of("co2").sum("use"), t.impact("co2").sum(["use", "region"])
    goods = ["RES", "TEC"]
    expected = impact.sel(sector=goods).sum("sector") / flows.sel(sector=goods).sum("sector")
    found = cost.sel(sector="goods")
    assert_close(found.fillna(0.0), expected.where(flows.sel(sector=goods).sum("sector") != 0).fillna(0.0))
    assert mrio.emission_cost(t, by=None).dims == ("from_region", "to_region")


def test_value_added_cost_of_the_dependent_form_takes_its_own_volumes(t):
    cost = mrio.emission_cost(t, "value_added", by=None)
    effect = t.impact("value_added").sum(["use", "region", "sector"])
    moved = t.direct_of("value_added").sum(["use", "sector"])
    assert_close(
        cost.sel(from_region="TJ", to_region="HE"), (effect / moved).sel(from_region="TJ", to_region="HE")
    )


def test_carbon_per_value_added(t):
    table = mrio.carbon_per_value_added(t)
    view = {name: t.own_view(name) for name in ("value_added", "co2")}
    for way in ("in", "out"):
        own = table[way]
        assert_close(own["value_added [1e8 CNY]"], view["value_added"][f"own_{way}"])
        ratio = view["co2"][f"own_{way}"] / view["value_added"][f"own_{way}"]
        assert_close(own["co2 per value_added [Mt CO2 per 1e8 CNY]"], ratio)


def test_quadrants_follow_the_signs(t):
    table = mrio.quadrants(t)
    va = t.impact("value_added").sum(["use", "from_region", "to_region", "sector"]).values
    co2 = t.impact("co2").sum(["use", "from_region", "to_region", "sector"]).values
    for place, region in enumerate(t.regions):
        words = ("gain" if va[place] > 0 else "loss", "less" if co2[place] < 0 else "more")
        assert table.loc[region, "quadrant"] == ", ".join(words)
    by_class = mrio.quadrants(t, by=CLASSES)
    assert by_class.index.names == ["region", "sector"]
    assert_close(by_class["co2 [Mt CO2]"].groupby(level="region", sort=False).sum(), table["co2 [Mt CO2]"])


def test_a_region_on_an_axis_is_unchanged(worked):
    t = mrio.measure_transfer(worked.a, worked.a.replace(period="again"))
    assert (mrio.quadrants(t)["quadrant"] == "unchanged").all()


def test_classes_of_products_and_of_affected_sectors(t, csv):
    affected = t.affected("co2", CLASSES)
    assert list(affected["sector"].values) == ["goods", "services"]
    assert_close(affected.sum("sector"), t.affected("co2", None))
    assert affected.attrs["units"] == "Mt CO2"
    for by in (csv, str(csv)):
        assert_close(t.affected("co2", by), affected)
        assert t.balance(by).equals(t.balance(CLASSES))
        assert t.blocks("co2", by).equals(t.blocks("co2", CLASSES))


def test_the_bundled_classes_cover_the_bundled_tables():
    bth = mrio.load_example("bth")
    t = mrio.measure_transfer(bth["2012"], bth["2017"], accounts="co2")
    classes = list(t.affected("co2", "class")["sector"].values)
    assert classes[:4] == ["AGR", "MIN", "LAB", "RES"]
    assert len(classes) == 12
    assert_close(t.affected("co2", "class").sum("sector"), t.affected("co2", None))


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("sector,class\nRES,goods\nRES,goods\n", DataError, "line 3"),
        ("sector,class\nRES,\n", DataError, "line 2"),
        ("sector\nRES\n", FileError, "columns 'sector'"),
        ("", FileError, "columns none"),
        ("sector,class\nRES ,goods\nTEC,goods\n", LabelError, "'SRV'"),
    ],
)
def test_classes_that_cannot_be_read(t, tmp_path, text, error, words):
    path = tmp_path / "classes.csv"
    path.write_text(text)
    with pytest.raises(error, match=words):
        t.balance(path)


def test_a_missing_file_and_a_near_name(t, tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        t.balance(tmp_path / "nothing.csv")
    with pytest.raises(LabelError, match="near: 'SVR'") as caught:
        t.balance({"RES": "goods", "TEC": "goods", "SVR": "services"})
    assert caught.value.table["label"].tolist() == ["SRV"]


def test_a_mapping_names_its_column(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("sector,name,class\nRES,Resources,goods\n\n")
    assert read_mapping(path) == {"RES": "goods"}
    with pytest.raises(FileError, match="'target'"):
        read_mapping(path, "target")
