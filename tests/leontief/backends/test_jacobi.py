import numpy as np
import pytest
import scipy.sparse as sp

from mrio.errors import ConvergenceError
from mrio.leontief.backends import jacobi
from mrio.leontief.backends.jacobi import BlockJacobi, inverse_blocks
from mrio.leontief.norms import norm_of
from mrio.leontief.storage.structured import SourcingOperator
from tests.benchmarks.generator import coefficients, structured_factors


def storages():
    A = coefficients(5, 8, seed=1)
    return sp.csr_array(A), SourcingOperator(*structured_factors(5, 8))


@pytest.mark.parametrize("A", storages(), ids=["sparse", "structured"])
def test_inverses_are_those_of_the_blocks(A):
    full = A.toarray()
    found = inverse_blocks(A, (8,) * 5)
    for region in range(5):
        own = slice(8 * region, 8 * region + 8)
        np.testing.assert_allclose(found[region], np.linalg.inv(np.eye(8) - full[own, own]), rtol=1e-12)
    np.testing.assert_allclose(inverse_blocks(A, None), 1 / (1 - np.diagonal(full)), rtol=1e-15)
    np.testing.assert_array_equal(inverse_blocks(A, (3, 37)), inverse_blocks(A, None))


@pytest.mark.parametrize("A", storages(), ids=["sparse", "structured"])
@pytest.mark.parametrize("transposed", [False, True])
def test_blocks_halve_the_sweeps_and_leave_the_answer(A, transposed, monkeypatch):
    B = np.random.default_rng(0).random((40, 2))
    M = A.toarray().T if transposed else A.toarray()
    exact, sweeps = np.linalg.solve(np.eye(40) - M, B), []
    for first in (16, 0):
        monkeypatch.setattr(jacobi, "_BLOCKS_FROM", first)
        X, count = BlockJacobi(A, "sparse", A, (8,) * 5).solve(B, transposed, 1e-13 * norm_of(transposed)(B))
        np.testing.assert_allclose(X, exact, rtol=1e-11)
        sweeps.append(count)
    assert sweeps[1] < sweeps[0]


def test_blocks_of_a_very_sparse_table_are_left_alone():
    A = sp.csr_array(np.diag(np.full(99, 0.5), 1))
    assert inverse_blocks(A, (50, 50)).ndim == 1


def test_singular_diagonals_are_named():
    with pytest.raises(ConvergenceError, match="diagonal element"):
        inverse_blocks(sp.csr_array(np.eye(4)), None)
    block = np.array([[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(ConvergenceError, match="block"):
        inverse_blocks(sp.csr_array(np.kron(np.eye(2), block)), (2, 2))
