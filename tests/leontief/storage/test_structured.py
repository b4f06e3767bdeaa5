import numpy as np
import pytest

from mrio.errors import DataError, MissingDataError, SolverError
from mrio.leontief import Leontief
from mrio.leontief.storage.scaled import ScaledMatrix
from mrio.leontief.storage.structured import SourcingOperator, detect
from tests.benchmarks.generator import coefficients, structured_factors


def test_definition_cell_by_cell():
    C, H = structured_factors(3, 4)
    A = SourcingOperator(C, H).toarray().reshape(3, 4, 3, 4)
    for r, i, s, j in np.ndindex(A.shape):
        assert A[r, i, s, j] == pytest.approx(C[r, i, s] * H[i, s, j], rel=1e-15)


def test_domestic_blocks_stand_on_the_diagonal():
    C, H = structured_factors(3, 4)
    D = np.random.default_rng(0).random((3, 4, 4))
    A = SourcingOperator(C, H, D).toarray().reshape(3, 4, 3, 4)
    plain = SourcingOperator(C, H).toarray().reshape(3, 4, 3, 4)
    for r in range(3):
        np.testing.assert_array_equal(A[r, :, r], D[r])
        plain[r, :, r] = D[r]
    np.testing.assert_array_equal(A, plain)


def test_solves_like_the_dense_table():
    C, H = structured_factors(15, 40)
    factors = SourcingOperator(C, H)
    exact = np.linalg.inv(np.eye(600) - factors.toarray())
    rng = np.random.default_rng(1)
    Y, F = rng.random((600, 3)), rng.random((2, 600))
    op = Leontief(factors)
    assert op.solver == "structured"
    np.testing.assert_allclose(op.solve(Y), exact @ Y, rtol=1e-10)
    np.testing.assert_allclose(op.solve_left(F), F @ exact, rtol=1e-10)
    assert op.solve(Y).error_bound < 1e-11
    np.testing.assert_allclose(op.diagonal(), np.diagonal(exact), rtol=1e-11)


@pytest.mark.parametrize("scaled", [False, True])
def test_dense_table_of_the_form_is_found(scaled):
    rng = np.random.default_rng(2)
    C, H = structured_factors(15, 40)
    factors = SourcingOperator(C, H, 0.5 * SourcingOperator(C, H).diagonal_blocks() + 0.001)
    A = factors.toarray()
    x = rng.uniform(1, 9, 600)
    stored = ScaledMatrix(A * x, np.ones(600), 1 / x) if scaled else A
    found = detect(stored, 40, 1e-13)
    assert found is not None
    np.testing.assert_allclose(found.operator.toarray(), A, atol=1e-16)
    op = Leontief(stored, 40)
    y = rng.random(600)
    assert op.solve(y).solver == "structured"
    np.testing.assert_allclose(op.solve(y), np.linalg.solve(np.eye(600) - A, y), rtol=1e-10)


def test_one_cell_off_the_form_is_seen():
    A = SourcingOperator(*structured_factors(15, 40)).toarray()
    A[3, 590] += 1e-9
    assert detect(A, 40, 1e-13) is None
    assert Leontief(A, 40).solve(np.ones(600)).solver == "gauss_seidel"


def test_other_tables_are_refused_by_name():
    with pytest.raises(SolverError, match="structured form"):
        Leontief(coefficients(6, 20), 20, solver="structured").solve(np.ones(120))


def test_memory_is_a_fraction():
    factors = SourcingOperator(*structured_factors(20, 30))
    assert factors.nbytes < 0.1 * 8 * 600**2
    assert "20 regions" in repr(factors)


@pytest.mark.parametrize(
    ("shares", "technology", "domestic", "error"),
    [
        (np.ones((3, 4, 2)), np.ones((4, 3, 4)), None, DataError),
        (np.ones((3, 4, 3)), np.ones((4, 3, 5)), None, DataError),
        (np.ones((3, 4, 3)), np.ones((4, 3, 4)), np.ones((3, 4, 5)), DataError),
        (np.full((3, 4, 3), np.nan), np.ones((4, 3, 4)), None, MissingDataError),
        (np.ones((3, 4, 3)), np.ones((4, 3, 4)), np.full((3, 4, 4), np.inf), MissingDataError),
    ],
)
def test_bad_factors(shares, technology, domestic, error):
    with pytest.raises(error):
        SourcingOperator(shares, technology, domestic)
