import numpy as np
import pytest

from mrio.errors import DataError, MissingDataError, NotProductiveError
from mrio.leontief import Leontief


def test_hand_sized_case():
    # x1 = 0.2 x1 + 0.3 x2 + 9, x2 = 0.1 x1 + 0.4 x2 + 4.5 has the answer (15, 10).
    op = Leontief(np.array([[0.2, 0.3], [0.1, 0.4]]))
    np.testing.assert_allclose(op.solve(np.array([9.0, 4.5])), [15.0, 10.0], rtol=1e-14)


def test_multipliers_of_value_added_are_one():
    A = np.array([[0.2, 0.3], [0.1, 0.4]])
    np.testing.assert_allclose(Leontief(A).solve_left(1 - A.sum(axis=0)), [1.0, 1.0], rtol=1e-14)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_missing_coefficient_is_named(bad):
    A = np.array([[0.2, 0.3], [0.1, bad]])
    with pytest.raises(MissingDataError, match="Hebei"):
        Leontief(A, labels=["Tianjin", "Hebei"])


def test_missing_right_hand_side_is_named():
    with pytest.raises(MissingDataError, match="Hebei"):
        Leontief(np.eye(2) / 2, labels=["Tianjin", "Hebei"]).solve([1.0, np.nan])


@pytest.mark.parametrize("shape", [(3,), (3, 2), (2, 2, 2)])
def test_wrong_shape(shape):
    with pytest.raises(DataError, match="does not fit"):
        Leontief(np.eye(2) / 2).solve(np.ones(shape))


def test_not_productive_is_named():
    with pytest.raises(NotProductiveError, match="Hebei"):
        Leontief(np.array([[0.2, 0.0], [0.1, 1.0]]), labels=["Tianjin", "Hebei"])


def test_column_sum_above_one_with_productive_table_works():
    A = np.array([[0.1, 1.2], [0.1, 0.1]])
    np.testing.assert_allclose(Leontief(A).inverse(), np.linalg.inv(np.eye(2) - A), rtol=1e-13)
