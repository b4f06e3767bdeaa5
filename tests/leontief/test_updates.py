import numpy as np
import pytest
import scipy.sparse as sp

from mrio.errors import DataError, MissingDataError, NotProductiveError
from mrio.leontief import Leontief
from mrio.leontief.storage.structured import SourcingOperator
from tests.benchmarks.generator import coefficients, structured_factors

LARGE = (14, 40)


def changed(A, index, axis, rng):
    new = A.copy()
    if axis == "columns":
        new[:, index] *= rng.uniform(0.5, 1.2, (len(A), len(index)))
        return new, new[:, index]
    new[index] *= rng.uniform(0.5, 1.2, (len(index), len(A)))
    return new, new[index]


def assert_solves(op, A, start=None):
    rng = np.random.default_rng(1)
    Y, F = rng.random((len(A), 3)), rng.random((2, len(A)))
    exact = np.linalg.inv(np.eye(len(A)) - A)
    X = op.solve(Y, guess=start)
    np.testing.assert_allclose(X, exact @ Y, rtol=1e-10)
    np.testing.assert_allclose(op.solve_left(F), F @ exact, rtol=1e-10)
    assert X.residual <= 1e-12
    return X


@pytest.mark.parametrize("axis", ["columns", "rows"])
@pytest.mark.parametrize("size", [(3, 10), LARGE], ids=["small", "large"])
@pytest.mark.parametrize("solver", ["lu", "lu32", "gauss_seidel", "auto"])
def test_replaced_vectors(axis, size, solver):
    rng = np.random.default_rng(0)
    A = coefficients(*size, seed=3)
    kept = A.copy()
    op = Leontief(A, size[1], solver=solver)
    op.solve(np.ones(len(A)))
    index = np.array([3, 17, 25])
    new, values = changed(A, index, axis, rng)
    assert_solves(op.updated(index, values, axis=axis), new)
    np.testing.assert_array_equal(A, kept)


def test_one_column_given_as_vector():
    A = coefficients(*LARGE, seed=3)
    new, values = changed(A, np.array([7]), "columns", np.random.default_rng(0))
    assert_solves(Leontief(A, 40).updated(7, values[:, 0]), new)


@pytest.mark.parametrize("axis", ["columns", "rows"])
def test_structured_table_stays_structured(axis):
    factors = SourcingOperator(*structured_factors(*LARGE))
    new, values = changed(factors.toarray(), np.array([3, 60]), axis, np.random.default_rng(0))
    X = assert_solves(Leontief(factors).updated([3, 60], values, axis=axis), new)
    assert X.solver == "structured"


@pytest.mark.parametrize("axis", ["columns", "rows"])
def test_sparse_table_stays_sparse(axis):
    A = coefficients(*LARGE, seed=5)
    A *= np.random.default_rng(2).random(A.shape) < 0.05
    new, values = changed(A, np.array([3, 60]), axis, np.random.default_rng(0))
    X = assert_solves(Leontief(sp.csr_array(A), 40).updated([3, 60], values, axis=axis), new)
    assert X.solver == "sparse"


def test_factors_serve_on():
    A = coefficients(*LARGE, seed=3)
    op = Leontief(A, 40, solver="lu")
    op.solve(np.ones(len(A)))
    new, values = changed(A, np.array([3]), "columns", np.random.default_rng(0))
    assert assert_solves(op.updated([3], values), new).solver == "woodbury"


def test_guess_saves_sweeps():
    A = coefficients(*LARGE, seed=3)
    op = Leontief(A, 40, solver="gauss_seidel")
    y = np.ones(len(A))
    x = op.solve(y)
    new, values = changed(A, np.array([3]), "columns", np.random.default_rng(0))
    updated = op.updated([3], values)
    assert updated.solve(y, guess=x).sweeps < updated.solve(y).sweeps
    np.testing.assert_allclose(
        updated.solve(y, guess=x), np.linalg.solve(np.eye(len(A)) - new, y), rtol=1e-10
    )


@pytest.mark.parametrize("axes", [("columns", "columns"), ("rows", "rows"), ("columns", "rows")])
def test_updates_follow_one_another(axes):
    rng = np.random.default_rng(0)
    A = coefficients(*LARGE, seed=3)
    op = Leontief(A, 40)
    for axis, index in zip(axes, ([3, 17, 60], [17, 80]), strict=True):
        A, values = changed(A, np.array(index), axis, rng)
        op = op.updated(index, values, axis=axis)
    assert_solves(op, A)


def test_update_to_an_unproductive_table_is_named():
    A = coefficients(*LARGE, seed=3)
    column = A[:, 5].copy()
    column[5] = 1.0
    with pytest.raises(NotProductiveError, match="sector 5"):
        Leontief(A, 40).updated([5], column)


@pytest.mark.parametrize(
    ("positions", "values", "error"),
    [
        ([1, 1], np.zeros((30, 2)), DataError),
        ([30], np.zeros(30), DataError),
        ([0.5], np.zeros(30), DataError),
        ([1, 2], np.zeros(30), DataError),
        ([1], np.zeros(29), DataError),
        ([1], np.full(30, np.nan), MissingDataError),
    ],
)
def test_bad_input(positions, values, error):
    with pytest.raises(error):
        Leontief(coefficients(3, 10)).updated(positions, values)
