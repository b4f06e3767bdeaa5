"""Flows times rates, against the array that they stand for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrio.leontief import Leontief
from mrio.leontief.storage import matrices
from mrio.leontief.storage.rated import RatedMatrix


def made(n_regions: int, n_sectors: int, seed: int) -> tuple[RatedMatrix, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = n_regions * n_sectors
    Z, rates = rng.random((n, n)), rng.random((n_sectors, n)) / n
    return RatedMatrix(Z, rates), Z * np.tile(rates, (n_regions, 1))


@given(
    n_regions=st.integers(1, 4),
    n_sectors=st.integers(1, 5),
    k=st.integers(1, 3),
    transposed=st.booleans(),
    data=st.data(),
)
def test_every_part_is_that_of_the_array(n_regions, n_sectors, k, transposed, data):
    A, full = made(n_regions, n_sectors, 3)
    if transposed:
        A, full = A.T, full.T
    n = len(full)
    cuts = [sorted(data.draw(st.lists(st.integers(0, n), min_size=2, max_size=2))) for _ in range(2)]
    rows, columns = (slice(low, high) for low, high in cuts)
    V = np.random.default_rng(4).random((columns.stop - columns.start, k))
    np.testing.assert_allclose(A.part_product(rows, columns, V), full[rows, columns] @ V, rtol=1e-13)
    np.testing.assert_array_equal(A[rows, columns], full[rows, columns])
    index = data.draw(st.lists(st.integers(0, n - 1), max_size=4))
    index = np.array(index, dtype=np.intp)
    np.testing.assert_array_equal(A.columns(index), full[:, index])
    np.testing.assert_array_equal(A[np.ix_(index, index)], full[np.ix_(index, index)])


@pytest.mark.parametrize("transposed", [False, True])
def test_whole_matrix_does_what_the_array_does(transposed):
    A, full = made(5, 7, 1)
    if transposed:
        A, full = A.T, full.T
    weights = np.random.default_rng(2).random(35)
    starts = np.array([0, 7, 10, 30])
    np.testing.assert_array_equal(A.toarray(), full)
    np.testing.assert_array_equal(A.diagonal(), full.diagonal())
    np.testing.assert_allclose(A @ weights, full @ weights, rtol=1e-13)
    np.testing.assert_allclose(A.absolute_left_product(weights), np.abs(full).T @ weights, rtol=1e-13)
    sums = np.add.reduceat(full * weights[:, None], starts, axis=0)
    np.testing.assert_allclose(A.group_sums(starts, weights), sums, rtol=1e-13)
    single = np.empty((35, 35), dtype=np.float32)
    A.write_into(single)
    np.testing.assert_allclose(single, full, rtol=1e-6)


def test_pieces_are_small_where_the_table_is_wide(monkeypatch):
    monkeypatch.setattr("mrio.leontief.storage.rated._AT_ONCE", 70)
    A, full = made(3, 8, 5)
    X = np.random.default_rng(6).random((24, 2))
    np.testing.assert_allclose(A @ X, full @ X, rtol=1e-13)
    np.testing.assert_allclose(A.T @ X, full.T @ X, rtol=1e-13)


def test_sign_is_that_of_the_numbers():
    A, _ = made(2, 3, 0)
    assert A.nonnegative
    assert not RatedMatrix(A.base, -A.rates).nonnegative


@pytest.mark.parametrize("solver", ["lu", "lu32", "gauss_seidel", "bicgstab"])
def test_every_back_end_solves_it(solver):
    A, full = made(4, 6, 7)
    B = np.random.default_rng(8).random((24, 3))
    op = Leontief(A, 6, solver=solver)
    np.testing.assert_allclose(op.solve(B), np.linalg.solve(np.eye(24) - full, B), rtol=1e-10)
    np.testing.assert_allclose(op.solve_left(B.T), np.linalg.solve((np.eye(24) - full).T, B).T, rtol=1e-10)


def test_changed_column_and_wild_units_are_solved():
    A, full = made(4, 6, 9)
    b = np.random.default_rng(10).random(24)
    changed = full.copy()
    changed[:, 3] *= 0.5
    new = Leontief(A, 6, solver="gauss_seidel").updated([3], changed[:, 3])
    np.testing.assert_allclose(new.solve(b), np.linalg.solve(np.eye(24) - changed, b), rtol=1e-10)
    scale = np.repeat(10.0 ** np.arange(4), 6)
    wild = RatedMatrix(A.base / scale[:, None], A.rates * scale)
    full = matrices.to_dense(wild)
    np.testing.assert_allclose(Leontief(wild, 6).solve(b), np.linalg.solve(np.eye(24) - full, b), rtol=1e-10)
