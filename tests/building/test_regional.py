"""The table of one region: derived totals, balance, aggregation, bad input."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from mrio.building.regional import RegionalTable
from mrio.building.stack import check_alike
from mrio.errors import (
    BalanceError,
    DataError,
    LabelError,
    MissingDataError,
    PriceBasisError,
    UnitsError,
)
from mrio.provenance import Provenance

BASE = {
    "region": "Hebei",
    "sectors": ["iron", "coal", "rest"],
    "demand": ["households", "investment"],
    "factors": ["wages", "surplus"],
    "Z": np.array([[2.0, 1, 0], [1, 3, 1], [0, 1, 4]]),
    "Y": np.array([[1.0, 2], [4, 0], [2, 2]]),
    "V": np.array([[3.0, 3, 5], [2, 1, 1]]),
    "x": np.array([8.0, 9, 11]),
    "exports": np.array([1.0, 0, 1]),
    "imports": np.array([0.0, 1, 0]),
    "outflow": np.array([3.0, 3, 2]),
    "inflow": np.array([1.0, 1, 2]),
    "stock_change": np.array([-1.0, 0, 1]),
    "error": np.array([0.0, -1, 0]),
    "accounts": {"co2": (np.array([5.0, 3, 1]), "Mt CO2", 0.5)},
    "population": 6900,
    "unit": "1e8 CNY",
    "price_basis": "current 2007 CNY, producer prices",
    "period": "2007",
    "provenance": Provenance("made up"),
}


def make(**changes):
    return RegionalTable(**{**BASE, **changes})


def test_totals_are_the_sums_of_their_parts_and_rows_add_up():
    table = make()
    np.testing.assert_array_equal(table.out_total, [4, 3, 3])
    np.testing.assert_array_equal(table.in_total, [1, 2, 2])
    assert table.has_split
    assert table.split_gap == 0
    np.testing.assert_array_equal(table.row_gap, 8 - np.array([8, 0, 0]) - np.array([0, 8, 8]))
    table.check()


def test_a_table_with_totals_only_says_so():
    table = make(
        out_total=[4, 3, 3], in_total=[1, 2, 2], exports=None, imports=None, outflow=None, inflow=None
    )
    assert not table.has_split
    assert np.isnan(table.split_gap)
    assert "totals only" in repr(table)
    table.check()


def test_a_split_that_misses_its_total_is_measured():
    table = make(out_total=[4, 3, 3], outflow=[3, 3, 1])
    assert table.split_gap == pytest.approx(0.1, rel=1e-10)
    table.check()


def test_a_total_without_its_parts_is_asked_for():
    with pytest.raises(DataError, match="out_total is not given"):
        make(outflow=None)


def test_rows_and_columns_that_do_not_add_up_are_named():
    Z = BASE["Z"].copy()
    Z[1, 0] += 0.5
    with pytest.raises(BalanceError, match="does not add up") as raised:
        make(Z=Z).check()
    assert raised.value.table[["kind", "sector", "gap"]].values.tolist() == [
        ["row", "coal", -0.5],
        ["column", "iron", -0.5],
    ]


def test_aggregation_keeps_totals_and_balance():
    table = make().aggregate([[1, 0], [0, 1], [0, 1]], ["iron", "other"])
    assert table.sectors == ("iron", "other")
    np.testing.assert_array_equal(table.Z, [[2, 1], [1, 9]])
    np.testing.assert_array_equal(table.V, [[3, 8], [2, 2]])
    np.testing.assert_array_equal(table.exports, [1, 1])
    np.testing.assert_array_equal(table.accounts["co2"][0], [5, 4])
    assert table.accounts["co2"][2] == 0.5
    table.check()
    with pytest.raises(DataError, match="concordance does not fit"):
        make().aggregate([[1, 0], [0, 1], [0, 0.5]], ["iron", "other"])


def test_arrays_are_copied_and_locked():
    Z = BASE["Z"].copy()
    table = make(Z=Z)
    Z[0, 0] = 99
    assert table.Z[0, 0] == 2
    with pytest.raises(ValueError, match="read-only"):
        table.Z[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.region = "x"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": [1, 2]}, DataError, "x does not fit the labels"),
        ({"Y": np.full((3, 2), np.nan)}, MissingDataError, "Y of Hebei at"),
        ({"sectors": ["iron", "iron", "rest"]}, LabelError, "stand twice"),
        ({"unit": "1e8"}, UnitsError, "names no base"),
        ({"price_basis": "2007"}, PriceBasisError, "cannot be read"),
        ({"accounts": {"co2": ([1, 2], "Mt CO2", None)}}, DataError, "co2 does not fit"),
    ],
)
def test_bad_input_is_one_clear_error(change, error, message):
    with pytest.raises(error, match=message):
        make(**change)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"V": None}, MissingDataError, "Parts of a regional table were not given"),
        ({"x": ["8", "9", "11"]}, MissingDataError, "x of Hebei holds something that is no number"),
        ({"x": pd.Series([8.0, 9, 11], ["coal", "iron", "rest"])}, LabelError, "labels of x of Hebei differ"),
        (
            {"Z": pd.DataFrame(BASE["Z"], ["iron", "coal", "rest"], ["iron", "rest", "coal"])},
            LabelError,
            "differ",
        ),
        ({"sectors": "iron"}, LabelError, "must be a list of texts"),
        ({"sectors": ["iron", "coal", "coal"]}, LabelError, "stand twice"),
        ({"accounts": {"co2": [1.0]}}, DataError, "account 'co2' cannot be read"),
        ({"accounts": {"co2": ([1.0, 2, 3], "t", np.nan)}}, MissingDataError, "A number is missing"),
        ({"accounts": {"co2": ([1.0, 2, 3], "t", [1.0, 2.0])}}, DataError, "households' own flows"),
        ({"population": -5}, DataError, "Population must be a positive number"),
        ({"population": np.nan}, DataError, "Population must be a positive number"),
        ({"population": "5"}, DataError, "Population must be a positive number"),
        ({"provenance": "an office"}, DataError, "must be a Provenance"),
    ],
)
def test_parts_that_cannot_be_used(changes, error, message):
    with pytest.raises(error, match=message):
        make(**changes)


def test_labelled_parts_in_the_order_of_the_table():
    x = pd.Series(BASE["x"], BASE["sectors"])
    np.testing.assert_array_equal(make(x=x).x, BASE["x"])


def test_prices_that_are_spelled_otherwise_are_the_same():
    check_alike([make(), make(region="Henan", price_basis="CNY, current 2007; producers' prices")])
    with pytest.raises(DataError, match="Only regional tables can be assembled"):
        check_alike([make(), 3])
