import numpy as np
import pytest

from mrio.change.shares import other_where_zero, outside_unit, require_no_cancelled_totals, share_pair
from mrio.errors import DataError
from mrio.tables.arrays import ratio


def test_ratio_of_nothing_is_nothing():
    np.testing.assert_array_equal(ratio(np.array([1.0, 0.0]), np.array([0.0, 0.0])), [0.0, 0.0])
    np.testing.assert_array_equal(ratio(np.array([[2.0], [3.0]]), np.array([4.0])), [[0.5], [0.75]])


def test_shares_by_hand():
    # Three purchases: in both periods, in the second only, in neither.
    first = np.array([[1.0, 0.0, 0.0], [3.0, 0.0, 0.0]])
    second = np.array([[2.0, 4.0, 0.0], [2.0, 1.0, 0.0]])
    C0, C1 = share_pair((first, second))
    np.testing.assert_array_equal(C0, [[0.25, 0.8, 0.0], [0.75, 0.2, 0.0]])
    np.testing.assert_array_equal(C1, [[0.5, 0.8, 0.0], [0.5, 0.2, 0.0]])


def test_values_of_the_other_period():
    first, second = other_where_zero(
        (np.array([1.0, 2.0]), np.array([3.0, 4.0])), (np.array([True, False]), np.array([False, True]))
    )
    np.testing.assert_array_equal(first, [3.0, 2.0])
    np.testing.assert_array_equal(second, [3.0, 2.0])


def test_shares_outside_the_unit_interval_are_marked():
    parts = np.array([[1.0, 3.0, 0.0], [1.0, -1.0, 0.0]])
    np.testing.assert_array_equal(outside_unit(parts, parts.sum(axis=0)), [False, True, False])


@pytest.mark.parametrize("noise", [0.0, 1e-14])
def test_cancelled_totals(noise):
    parts = np.array([[1.0, 5.0], [1.0, -5.0 - noise]])
    with pytest.raises(DataError, match="cancel out in purchases") as caught:
        require_no_cancelled_totals(parts, parts.sum(axis=0), "purchases")
    assert caught.value.amount == "1 cells, up to 10 gross"
    require_no_cancelled_totals(np.abs(parts), parts.sum(axis=0), "purchases")
