import gc
import pickle
import weakref

import numpy as np
import pytest
import scipy.sparse as sp

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


@pytest.mark.parametrize("guess", [np.ones(3), np.ones((2, 1)), np.full(2, np.nan)])
def test_wrong_guess(guess):
    op = Leontief(np.eye(2) / 2)
    with pytest.raises(DataError, match="guess"):
        op.solve(np.ones(2), guess=guess)
    with pytest.raises(DataError, match="guess"):
        op.solve_left(np.ones(2), guess=guess)


@pytest.mark.parametrize("A", [np.ones((2, 3)), np.zeros((0, 0)), np.ones(3), sp.csr_array((2, 3))])
def test_no_square_matrix(A):
    with pytest.raises(DataError, match="square"):
        Leontief(A)


def test_no_numbers():
    with pytest.raises(DataError, match="numbers"):
        Leontief([["a", "b"], ["c", "d"]])


@pytest.mark.parametrize("blocks", [(1, 2), 3, (2, 0), ()])
def test_blocks_that_do_not_cover(blocks):
    with pytest.raises(DataError, match="blocks"):
        Leontief(np.eye(2) / 2, blocks)


def test_labels_one_for_each_row():
    with pytest.raises(DataError, match="labels"):
        Leontief(np.eye(2) / 2, labels=["Tianjin"])


@pytest.mark.parametrize("kind", [sp.coo_array, sp.csc_matrix, sp.lil_array, sp.csr_array])
def test_any_sparse_format_and_type(kind):
    A = kind(np.array([[0, 1], [0, 0]]))
    np.testing.assert_allclose(Leontief(A).solve([1.0, 2.0]), [3.0, 2.0])


def test_right_hand_sides_may_be_sparse():
    X = Leontief(np.eye(2) / 2).solve(sp.csr_array(np.eye(2)))
    np.testing.assert_allclose(X, 2 * np.eye(2))


def test_nothing_given_is_changed():
    A, y = np.array([[0.2, 0.3], [0.1, 0.4]]), np.array([9.0, 4.5])
    op = Leontief(A)
    op.solve(y)
    op.solve_left(y)
    np.testing.assert_array_equal(A, [[0.2, 0.3], [0.1, 0.4]])
    np.testing.assert_array_equal(y, [9.0, 4.5])
    assert op.A is A


def test_repr_shows_back_end_and_residual():
    op = Leontief(np.eye(2) / 2)
    assert repr(op) == "<Leontief n=2, solver=lu: not solved yet>"
    op.solve([1.0, 1.0])
    assert "relative residual" in repr(op)


def test_operators_survive_a_process_boundary():
    op = pickle.loads(pickle.dumps(Leontief(np.eye(2) / 2, 1, labels=["a", "b"])))
    np.testing.assert_allclose(op.solve([1.0, 1.0]), [2.0, 2.0])
    assert op.blocks == (1, 1)


def test_not_productive_is_named():
    with pytest.raises(NotProductiveError, match="Hebei"):
        Leontief(np.array([[0.2, 0.0], [0.1, 1.0]]), labels=["Tianjin", "Hebei"])


def test_column_sum_above_one_with_productive_table_works():
    A = np.array([[0.1, 1.2], [0.1, 0.1]])
    np.testing.assert_allclose(Leontief(A).inverse(), np.linalg.inv(np.eye(2) - A), rtol=1e-13)


@pytest.mark.parametrize("solver", ["lu", "gauss_seidel", "bicgstab"])
def test_memory_is_free_after_the_last_use(solver):
    gc.disable()
    try:
        op = Leontief(np.eye(40) / 2, 10, solver=solver)
        op.solve(np.ones(40))
        gone = weakref.ref(op)
        del op
        assert gone() is None
    finally:
        gc.enable()
