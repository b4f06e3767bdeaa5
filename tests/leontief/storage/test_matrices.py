"""Every storage of A gives the numbers of the dense array."""

import numpy as np
import pytest
import scipy.sparse as sp

from mrio.leontief import Leontief
from mrio.leontief.storage import matrices, passes
from mrio.leontief.storage.scaled import ScaledMatrix
from mrio.leontief.storage.structured import SourcingOperator
from mrio.leontief.storage.updated import UpdatedMatrix
from tests.leontief.tables import ITERATIVE_AND_DIRECT


def storages():
    rng = np.random.default_rng(0)
    A = rng.uniform(-0.1, 0.3, (12, 12)) * (rng.random((12, 12)) < 0.7)
    C, H, D = rng.random((3, 4, 3)), rng.uniform(-0.1, 0.2, (4, 3, 4)), rng.uniform(-0.1, 0.2, (3, 4, 4))
    change = rng.uniform(-0.05, 0.05, (12, 2))
    index = np.array([7, 2])
    yield "dense", A
    yield "sparse", sp.csr_array(A)
    yield "scaled", ScaledMatrix(A, rng.random(12), rng.random(12))
    yield "scaled transposed", ScaledMatrix(A, rng.random(12), rng.random(12)).T
    yield "structured", SourcingOperator(C, H)
    yield "structured with own blocks", SourcingOperator(C, H, D)
    yield "columns replaced", UpdatedMatrix(A, index, change, False)
    yield "rows replaced", UpdatedMatrix(A, index, change, False, by_rows=True)
    yield "replaced and transposed", UpdatedMatrix(A, index, change, False).T
    yield (
        "replaced in scaled",
        UpdatedMatrix(ScaledMatrix(A, rng.random(12), rng.random(12)), index, change, False),
    )


every_storage = pytest.mark.parametrize("A", [A for _, A in storages()], ids=[name for name, _ in storages()])


@every_storage
def test_products(A):
    full = matrices.to_dense(A)
    X = np.random.default_rng(1).random((12, 3))
    np.testing.assert_allclose(A @ X, full @ X, atol=1e-14)
    np.testing.assert_allclose(A @ X[:, 0], full @ X[:, 0], atol=1e-14)
    np.testing.assert_allclose(A.T @ X, full.T @ X, atol=1e-14)
    np.testing.assert_allclose(matrices.column_sums(A), full.sum(axis=0), atol=1e-14)


@every_storage
def test_parts(A):
    full = matrices.to_dense(A)
    index = np.array([3, 11, 0])
    np.testing.assert_allclose(matrices.diagonal(A), np.diagonal(full), atol=1e-15)
    np.testing.assert_allclose(matrices.columns_of(A, index), full[:, index], atol=1e-15)
    np.testing.assert_allclose(matrices.columns_of(A.T, index), full[index].T, atol=1e-15)
    np.testing.assert_allclose(matrices.to_sparse(A).toarray(), full, atol=1e-15)


@every_storage
def test_absolute_values_are_bounded(A):
    full, weights = matrices.to_dense(A), np.random.default_rng(1).random(12)
    bound, exact = matrices.absolute_left_product(A, weights), weights @ np.abs(full)
    assert np.all(bound >= exact - 1e-14)
    if not isinstance(A, UpdatedMatrix):
        np.testing.assert_allclose(bound, exact, atol=1e-14)


@every_storage
def test_replaced_vectors(A):
    full, new = matrices.to_dense(A).copy(), np.random.default_rng(2).random((12, 2))
    full[:, [5, 1]] = new
    np.testing.assert_allclose(
        matrices.to_dense(matrices.replaced(A, np.array([5, 1]), new, False)), full, atol=1e-15
    )


def test_signs():
    A = np.array([[0.1, 0.2], [0.0, 0.3]])
    for stored in (A, sp.csr_array(A), ScaledMatrix(A, np.ones(2), np.ones(2))):
        assert matrices.is_nonnegative(stored)
        assert not matrices.is_nonnegative(-1 * A)
    assert matrices.is_nonnegative(sp.csr_array((3, 3)))


def test_smallest_number_by_several_threads(monkeypatch):
    A = np.random.default_rng(0).random((37, 37))
    A[36, 1] = -0.5
    monkeypatch.setattr(passes, "_THREADED", 0)
    assert passes.smallest(A) == -0.5


def test_total_of_a_large_array_as_a_product(monkeypatch):
    parts = np.random.default_rng(0).random((4, 3, 12))
    monkeypatch.setattr(passes, "_THREADED", 0)
    np.testing.assert_allclose(passes.total(parts), parts.sum(axis=0), rtol=1e-15)


def test_panels_of_a_scaled_matrix():
    rng = np.random.default_rng(3)
    A = ScaledMatrix(rng.random((12, 12)), rng.random(12), rng.random(12))
    full, X = A.toarray(), rng.random((12, 2))
    X[7:] = 0.0
    rows, known = slice(3, 6), slice(0, 7)
    pairs = (np.array([3, 5]), np.array([0, 2]))
    for place in ((rows, known), (3, 4), (rows, 4), (3, known), pairs, np.ix_([3, 5], [0, 2, 4])):
        np.testing.assert_allclose(A[place], full[place], rtol=1e-14)
    np.testing.assert_allclose(abs(ScaledMatrix(-A.base, A.left, A.right)).toarray(), full, rtol=1e-14)
    np.testing.assert_allclose(matrices.panel_product(A, rows, known, X), (full @ X)[rows], rtol=1e-14)
    single = np.empty((12, 12), dtype=np.float32)
    matrices.write_into(A, single)
    np.testing.assert_allclose(single, full, rtol=1e-6)


@pytest.mark.parametrize("solver", ITERATIVE_AND_DIRECT)
@pytest.mark.parametrize("order", ["C", "F"])
def test_flows_over_output_are_solved_without_a_copy(solver, order):
    rng = np.random.default_rng(4)
    Z, y = rng.random((60, 60)), rng.uniform(20, 90, 60)
    x = Z.sum(axis=1) + y
    x = np.maximum(x, 1.3 * Z.sum(axis=0))
    op = Leontief(ScaledMatrix(np.asarray(Z, order=order), np.ones(60), 1 / x), 15, solver=solver)
    exact = np.linalg.inv(np.eye(60) - Z / x)
    np.testing.assert_allclose(op.solve(y), exact @ y, rtol=1e-11)
    np.testing.assert_allclose(op.solve_left(y), y @ exact, rtol=1e-11)


@pytest.mark.parametrize(
    "A", [A for _, A in storages() if matrices.is_dense(A) or isinstance(A, UpdatedMatrix) or sp.issparse(A)]
)
def test_sums_over_groups_of_rows(A):
    full, weights = matrices.to_dense(A), np.random.default_rng(4).random(12)
    starts = np.array([0, 5, 6])
    parts = [slice(0, 5), slice(5, 6), slice(6, 12)]
    expected = [weights[rows] @ full[rows] for rows in parts]
    np.testing.assert_allclose(matrices.group_sums(A, starts, weights), expected, atol=1e-15)
    expected = [weights[rows] @ full.T[rows] for rows in parts]
    np.testing.assert_allclose(matrices.group_sums(A.T, starts, weights), expected, atol=1e-15)
