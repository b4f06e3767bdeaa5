"""Cells of arrays as users give them to kernels."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from mrio.cells import as_numbers, labels_of_axes, require_one_order
from mrio.errors import DataError, LabelError, MissingDataError


@pytest.mark.parametrize("value", [[1, 2], np.array([1, 2], dtype="f4"), pd.Series([1, 2]), [True, False]])
def test_numbers_are_floats_of_their_own(value):
    found = as_numbers("x", value)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.asarray(value, dtype=float))
    if isinstance(value, np.ndarray):
        assert not np.shares_memory(found, value)


def test_what_a_mask_hides_and_nothing_are_missing():
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    np.testing.assert_array_equal(as_numbers("x", masked), [1.0, np.nan])
    np.testing.assert_array_equal(as_numbers("x", [None, 2]), [np.nan, 2.0])


@pytest.mark.parametrize("bad", ["1", "1,234", 1j])
def test_what_is_no_number(bad):
    with pytest.raises(MissingDataError, match="x holds something that is no number") as caught:
        as_numbers("x", np.array([[1, bad]], dtype=object))
    assert caught.value.where == f"at (0, 1): {bad!r}"
    assert caught.value.table["place"].tolist() == [(0, 1)]


def test_rows_of_two_lengths():
    with pytest.raises(DataError, match="x is not an array of numbers"):
        as_numbers("x", [[1.0, 2.0], [3.0]])


def test_labels_of_axes():
    frame = pd.DataFrame([[1.0, 2.0]], ["a"], [0, 1])
    assert labels_of_axes(frame) == [["a"], None]
    assert labels_of_axes(xr.DataArray([1.0, 2.0], dims="r", coords={"r": ["x", "y"]})) == [["x", "y"]]
    assert labels_of_axes(xr.DataArray([1.0], dims="r")) == [None]
    assert labels_of_axes([[1.0]]) == [None, None]


def test_one_order():
    require_one_order("rows", [("a", None), ("b", ["x", "y"]), ("c", ["x", "y"])])
    with pytest.raises(LabelError, match="labels of rows differ between b and c") as caught:
        require_one_order("rows", [("a", None), ("b", ["x", "y"]), ("c", ["y", "x", "z"])])
    assert caught.value.amount == "3 of 3 positions differ"
    assert caught.value.table["c"].tolist() == ["y", "x", "z"]
