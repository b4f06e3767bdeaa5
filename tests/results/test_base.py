import numpy as np
import pytest
import xarray as xr

from mrio.errors import BalanceError
from mrio.provenance import Provenance
from mrio.results import Result, require_adding_up


def test_parts_that_add_up_tell_their_gap():
    assert require_adding_up([1.0, 2.0], [1.0, 2.0 + 1e-12], 10.0, "parts") == pytest.approx(1e-13, rel=1e-3)


@pytest.mark.parametrize("wrong", [2.1, np.nan, np.inf])
def test_a_result_that_does_not_add_up_refuses_to_exist(wrong):
    with pytest.raises(BalanceError, match="A result does not add up: parts") as caught:
        require_adding_up([1.0, wrong], [1.0, 2.0], 10.0, "parts")
    assert "tolerance 1e-09" in caught.value.amount
    assert "system.check()" in caught.value.remedy


def test_nothing_against_nothing_adds_up():
    assert require_adding_up([0.0], [0.0], 0.0, "parts") == 0.0


def test_numbers_of_a_result_are_locked():
    result = Result(xr.Dataset({"v": ("x", [1.0, 2.0])}, attrs={"title": "t", "comment": "made up"}))
    with pytest.raises(ValueError, match="read-only"):
        result.data["v"].values[0] = 9.0
    with pytest.raises(AttributeError):
        result.data = xr.Dataset()
    view = result.array("v")
    view.attrs["units"] = "apples"
    view.values = [3.0, 4.0]
    np.testing.assert_array_equal(result.data["v"], [1.0, 2.0])
    assert "units" not in result.data["v"].attrs
    assert result.title == "t"
    assert result.headline == "made up"


def test_small_print_says_status_prices_and_source_once():
    def printed(**attrs):
        return Result(xr.Dataset(attrs=attrs)).small_print

    assert printed() == ""
    assert printed(comment="estimated", price_basis="current 2017 CNY", source="an office") == (
        "estimated; current 2017 CNY; source: an office"
    )
    bases = {"price_basis_0": "current 2012 CNY", "price_basis_1": "current 2017 CNY"}
    assert printed(**bases) == "current 2012 CNY and current 2017 CNY"
    assert (
        printed(comment="estimated by us", source="Estimated by us from x")
        == "source: Estimated by us from x"
    )
    assert printed(provenance=Provenance("a yearbook").to_json()) == "source: a yearbook"
    assert len(printed(source="word " * 100)) < 200


def test_a_result_shows_prices_and_how_much_it_leaves_out():
    import mrio

    table = mrio.load_example("bth")["2017"]
    shown = repr(mrio.multipliers(table, "co2"))
    assert shown.splitlines()[1:3] == [
        "  estimated by mrio from official statistics",
        "  current 2017 CNY, producer prices",
    ]
    assert "12 of 156 rows; summary() has all" in shown
    html = mrio.multipliers(table, "co2")._repr_html_()
    assert "current 2017 CNY, producer prices" in html
    assert "12 of 156 rows" in html
    assert "rows; summary()" not in repr(mrio.footprint(table, "co2"))


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("office", "office"),
        ("words of an office, " * 5 + "x" * 90, ", ".join(["words of an office"] * 5) + "\u00a0..."),
        ("word " * 60, " ".join(["word"] * 36) + "\u00a0..."),
    ],
)
def test_a_long_source_is_cut_behind_a_whole_part(source, printed):
    assert Result(xr.Dataset(attrs={"source": source})).small_print == f"source: {printed}"
