"""What `measure_transfer` refuses, and the tables and words of its result."""

import numpy as np
import pandas as pd
import pytest

from mrio.errors import DataError, LabelError
from mrio.transfer import measure_transfer
from tests.compare import assert_close

CLASSES = {"RES": "goods", "TEC": "goods", "SRV": "services"}


@pytest.fixture(scope="module")
def t(worked):
    return measure_transfer(worked.a, worked.b, block=worked.block)


def refused(kind, worked, **options):
    """Return the error with which a question is refused."""
    with pytest.raises(DataError) as caught:
        measure_transfer(worked.a, worked.b, **options)
    assert type(caught.value) is kind
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("block", "where"), [(["BJ", "XX"], "'XX'"), (["BJ", "TJ", "BJ"], "'BJ', 'TJ', 'BJ'"), (["BJ "], "'BJ '")]
)
def test_a_block_of_unknown_regions(worked, block, where):
    error = refused(LabelError, worked, block=block)
    assert error.what.startswith("The block names regions that the tables do not have")
    assert error.where == where
    assert error.remedy == "regions are 'BJ', 'TJ', 'HE', 'RC'"


def test_a_block_that_is_one_text(worked):
    error = refused(LabelError, worked, block="BJ")
    assert error.remedy == "give a list of regions: block=['BJ']"


@pytest.mark.parametrize("block", [None, []])
def test_the_nested_scheme_without_a_block(worked, block):
    error = refused(DataError, worked, scheme="nested", block=block)
    assert error.what == "The nested scheme needs a block."


@pytest.mark.parametrize("given", [("BJ", "TJ"), np.array(["BJ", "TJ"]), pd.Index(["BJ", "TJ"])])
def test_any_list_is_a_block(worked, given):
    assert measure_transfer(worked.a, worked.b, block=given, accounts="co2").block == ("BJ", "TJ")


@pytest.mark.parametrize(("option", "choose"), [("method", "sourcing"), ("scheme", "bilateral")])
def test_options_that_are_not_there(worked, option, choose):
    with pytest.raises(ValueError, match=f"{option}='maybe': .*{choose}"):
        measure_transfer(worked.a, worked.b, **{option: "maybe"})


def test_accounts(worked, t):
    assert t.accounts == ("value_added", "co2")
    other = worked.b.replace(accounts={})
    assert measure_transfer(worked.a, other).accounts == ("value_added",)
    for method in (t.impact, t.affected, t.blocks, t.own_view, t.direct_of):
        with pytest.raises(LabelError, match="not made for account 'ch4'") as caught:
            method("ch4")
        assert "accounts are 'value_added', 'co2'" in caught.value.remedy


def test_views_from_a_block_need_one(worked):
    t = measure_transfer(worked.a, worked.b, accounts="co2")
    assert t.block == ()
    for method in (lambda: t.blocks("co2"), t.block_flows):
        with pytest.raises(DataError, match="measured without a block") as caught:
            method()
        assert "pass block=" in caught.value.remedy
    assert set(t.own_view("co2").index) == set(t.regions)


def test_origins_without_imports(worked):
    a, b = (s.replace(imports_Z=None, imports_Y=None) for s in (worked.a, worked.b))
    t = measure_transfer(a, b, accounts="co2")
    assert t.origins == t.regions == worked.a.regions


def test_abroad_neither_gains_nor_loses_along_the_chain(t):
    # What moves abroad is lost at home and earns nothing there.
    assert "abroad" not in t.impact("co2")["region"].values
    assert t.impact("co2").sel(from_region="abroad", to_region="abroad").sum() == 0
    direct = t.direct.sel(to_region="abroad").sum()
    assert direct > 0


def test_changing_a_view_does_not_change_the_result(t):
    before = t.data.copy(deep=True)
    for view in (t.direct, t.direct_of("co2"), t.impact("co2"), t.affected("co2")):
        view.attrs["units"] = "apples"
        with pytest.raises(ValueError, match="read-only"):
            view.values[...] = 0.0
        view.values = np.zeros(view.shape)
    assert t.data.identical(before)


def test_balance_by_class(t):
    by_sector, by_class = t.balance("sector"), t.balance(CLASSES)
    assert by_class.index.get_level_values("sector").unique().tolist() == ["goods", "services"]
    for region in t.origins:
        expected = by_sector.loc[region].loc[["RES", "TEC"]].sum()
        assert_close(by_class.loc[(region, "goods")], expected)
    assert_close(by_class.groupby(level="region", sort=False).sum(), t.balance())


def test_blocks_by_class(t):
    by_class = t.blocks("co2", CLASSES)
    assert by_class.index.names == ["region", "sector"]
    assert_close(by_class.groupby(level="region", sort=False).sum(), t.blocks("co2"))
    assert_close(t.block_flows(CLASSES).sum(), t.block_flows().iloc[0])
    assert t.block_flows(CLASSES).index.tolist() == ["goods", "services"]


def test_classes_that_leave_products_out(t):
    with pytest.raises(LabelError, match="does not cover all sectors") as caught:
        t.balance({"RES": "goods"})
    assert caught.value.where == "'TEC'; 'SRV'"
    assert caught.value.amount == "2 of 3 without a group"
    with pytest.raises(LabelError, match="does not cover all sectors"):
        t.balance("class")
    with pytest.raises(ValueError, match="by='tier': choose"):
        t.balance("tier")


def test_long_table(t):
    frame = t.to_dataframe("co2")
    keys = ["use", "from_region", "to_region", "sector"]
    assert frame.columns.tolist() == [*keys, "direct [1e8 CNY]", *(f"co2 of {r} [Mt CO2]" for r in t.regions)]
    row = frame.set_index(keys).loc[("final", "TJ", "HE", "TEC")]
    place = {"use": "final", "from_region": "TJ", "to_region": "HE", "sector": "TEC"}
    assert row["direct [1e8 CNY]"] == t.direct.sel(place).item()
    assert row["co2 of RC [Mt CO2]"] == t.impact("co2").sel({**place, "region": "RC"}).item()
    assert t.to_dataframe().columns.tolist() == [*keys, "direct [1e8 CNY]"]


def test_summary(t):
    summary = t.summary()
    assert summary.index.tolist() == list(t.origins)
    assert_close(summary["net [1e8 CNY]"].sum(), 0.0, scale=summary["transfer_in [1e8 CNY]"].sum())
    assert np.isnan(summary.loc["abroad", "co2 [Mt CO2]"])
    own = t.own_view("co2")["total"]
    assert_close(summary["co2 [Mt CO2]"].dropna(), own)


def test_words(t):
    assert t.title == "Industrial transfer, 0 to 1, sourcing, bilateral"
    attrs = t.data.attrs
    assert (attrs["weights"], attrs["level"], attrs["imports"], attrs["exports"]) == (
        "shapley",
        "cell",
        "sourced",
        "level",
    )
    assert "impacts add up to the sourcing effects" in repr(t)
    assert "<table" in t._repr_html_()
