"""Every back end gives the answer of dense arithmetic, to the tolerance asked and within its stated bound."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mrio.errors import ConvergenceError, NotProductiveError
from mrio.leontief import Leontief, ScaledMatrix
from mrio.leontief.backends import dense_lu
from mrio.leontief.backends.dense_lu import DenseLU, RefinedLU
from mrio.leontief.backends.sparse import BiCGSTAB, SuperLU
from tests.benchmarks.generator import coefficients
from tests.leontief.tables import (
    ITERATIVE_AND_DIRECT,
    REAL,
    SINGULAR,
    badly_scaled,
    nearly_singular,
    published,
    published_coefficients,
)

every_back_end = pytest.mark.parametrize("solver", ITERATIVE_AND_DIRECT)


def right_hand_sides(n):
    rng = np.random.default_rng(7)
    return rng.lognormal(0, 2, (n, 4)), rng.random((3, n))


def assert_agrees(A, blocks, solver, tol=1e-12):
    """Compare with numpy's LU in the norms of the certificate; no error may pass its own bound."""
    n = len(A)
    Y, F = right_hand_sides(n)
    op = Leontief(A, blocks, solver=solver)
    X, P = op.solve(Y), op.solve_left(F)
    exact_X = np.linalg.solve(np.eye(n) - A, Y)
    exact_P = np.linalg.solve((np.eye(n) - A).T, F.T).T
    error_X = (np.abs(X - exact_X).sum(0) / np.abs(exact_X).sum(0)).max()
    error_P = (np.abs(P - exact_P).max(1) / np.abs(exact_P).max(1)).max()
    # A residual relative to Y cannot be below the rounding of x: 1000 times Y for a spectral radius of 0.999.
    size_X = (np.abs(X).sum(0) / Y.sum(0)).max()
    size_P = (np.abs(P).max(1) / F.max(1)).max()
    for solution, error, size in ((X, error_X, size_X), (P, error_P, size_P)):
        assert solution.residual <= max(tol, 2e-15 * size)
        assert error <= 10 * tol
        # The reference is rounded too: a few units in the last place.
        assert solution.error_bound is None or error <= solution.error_bound + 1e-14
    return X, P


@every_back_end
def test_random_table(solver):
    X, P = assert_agrees(coefficients(6, 50, seed=1), 50, solver)
    assert X.solver == P.solver == solver
    assert X.error_bound <= 1e-11


@every_back_end
@pytest.mark.parametrize("name", REAL)
def test_published_table(solver, name):
    path, sectors = REAL[name]
    X, _ = assert_agrees(published_coefficients(path), sectors, solver)
    assert X.solver == solver


@every_back_end
def test_nearly_singular_table(solver):
    assert_agrees(nearly_singular(0.999), 50, solver)


@every_back_end
def test_badly_scaled_table(solver):
    # Compared in the units in which the rows are comparable: there the reference is good too.
    A, units = badly_scaled()
    plain = coefficients(6, 50, seed=3)
    Y, F = right_hand_sides(len(A))
    op = Leontief(A, 50, solver=solver)
    X, P = op.solve(Y * units[:, np.newaxis]), op.solve_left(F / units)
    exact_X = np.linalg.solve(np.eye(len(A)) - plain, Y)
    exact_P = np.linalg.solve((np.eye(len(A)) - plain).T, F.T).T
    np.testing.assert_allclose(X / units[:, np.newaxis], exact_X, rtol=0, atol=1e-11 * exact_X.max())
    np.testing.assert_allclose(P * units, exact_P, rtol=0, atol=1e-11 * exact_P.max())


@pytest.mark.parametrize("solver", ["lu", "gauss_seidel", "sparse"])
def test_badly_scaled_flows_and_networks(solver):
    A, units = badly_scaled()
    y = np.random.default_rng(0).random(300)
    exact = np.linalg.solve(np.eye(300) - coefficients(6, 50, seed=3), y)
    x = np.random.default_rng(1).uniform(1, 9, 300)
    for stored in (ScaledMatrix(A * x, np.ones(300), 1 / x), sp.csr_array(A)):
        X = Leontief(stored, 50, solver=solver).solve(y * units)
        np.testing.assert_allclose(X / units, exact, rtol=1e-10)


@every_back_end
def test_right_hand_sides_of_very_different_size(solver):
    A = coefficients(6, 50, seed=1)
    Y = np.random.default_rng(0).random((300, 4)) * [1e-12, 1.0, 1e6, 0.0]
    X = Leontief(A, 50, solver=solver).solve(Y)
    exact = np.linalg.solve(np.eye(300) - A, Y)
    np.testing.assert_allclose(X, exact, rtol=1e-10, atol=0)
    assert not X[:, 3].any()


@every_back_end
def test_outputs_of_very_different_size(solver):
    # Sectors that make 1e-12 beside sectors that make 1e6: A = Z / x is harmless by columns, not by rows.
    rng = np.random.default_rng(1)
    x = 10 ** rng.uniform(-12, 6, 300)
    A = coefficients(6, 50, seed=4)
    A *= np.minimum(1.0, x[:, np.newaxis] / x)
    assert_agrees(A, 50, solver)


@every_back_end
def test_negative_coefficients_and_large_column_sums(solver):
    rng = np.random.default_rng(5)
    A = coefficients(6, 50, seed=5) * np.where(rng.random((300, 300)) < 0.05, -1, 1)
    A[:, 7] *= 1.3 / A[:, 7].sum()
    assert_agrees(A, 50, solver)


@every_back_end
def test_empty_region_and_empty_columns(solver):
    A = coefficients(6, 50, seed=6)
    A[100:150] = 0.0
    A[:, 100:150] = 0.0
    A[:, 3] = 0.0
    assert_agrees(A, 50, solver)


@every_back_end
@pytest.mark.parametrize("blocks", [None, 50, (10, 140, 50, 100), (300,), (1,) * 300])
def test_any_blocks(solver, blocks):
    assert_agrees(coefficients(6, 50, seed=8), blocks, solver)


@every_back_end
def test_published_singular_table_is_named(solver):
    arrays = published(SINGULAR)
    labels = [f"{region}, {sector}" for region in arrays["regions"] for sector in arrays["sectors"]]
    with pytest.raises(NotProductiveError, match=r"spectral radius 1[^.]") as caught:
        Leontief(published_coefficients(SINGULAR), 16, solver=solver, labels=labels)
    assert "Qinghai, GasDistribution" in str(caught.value)


@every_back_end
@pytest.mark.parametrize("radius", [1.0, 1.0001, 2.0])
def test_unproductive_table_is_named(solver, radius):
    with pytest.raises(NotProductiveError, match="spectral radius"):
        Leontief(nearly_singular(radius), 50, solver=solver)


@every_back_end
def test_sparse_storage(solver):
    rng = np.random.default_rng(9)
    A = coefficients(6, 50, seed=9) * (rng.random((300, 300)) < 0.1)
    Y, F = right_hand_sides(300)
    exact = np.linalg.inv(np.eye(300) - A)
    for stored in (sp.csr_array(A), sp.csc_matrix(A)):
        op = Leontief(stored, 50, solver=solver)
        # The tolerance holds in the norm of a column; its smallest elements are known a little less well.
        np.testing.assert_allclose(op.solve(Y), exact @ Y, rtol=1e-9)
        np.testing.assert_allclose(op.solve_left(F), F @ exact, rtol=1e-9)


@every_back_end
def test_stored_by_columns(solver):
    A = np.asfortranarray(coefficients(6, 50, seed=1))
    assert_agrees(A, 50, solver)


@st.composite
def tables(draw):
    """Draw a table whose spectral radius is below 1 by its rows or its columns, signs and zeros included."""
    n = draw(st.integers(1, 12))
    entries = st.floats(-1, 1, allow_subnormal=False).map(lambda v: 0.0 if abs(v) < 0.2 else v)
    A = draw(arrays(np.float64, (n, n), elements=entries))
    sums = np.abs(A).sum(axis=draw(st.integers(0, 1)))
    return A * (draw(st.floats(0.1, 0.95)) / max(sums.max(), 1e-3) if sums.any() else 1.0)


@settings(max_examples=40, deadline=None)
@given(tables(), st.sampled_from(ITERATIVE_AND_DIRECT), st.booleans())
def test_every_table_and_back_end(A, solver, blocked):
    assert_agrees(A, 1 if blocked else None, solver)


def test_singular_systems_are_told_by_every_factorisation():
    A = np.array([[0.5, 0.5], [0.5, 0.5]])
    for build in (DenseLU, RefinedLU, lambda A: SuperLU(sp.csr_array(A))):
        with pytest.raises(np.linalg.LinAlgError, match="singular"):
            build(A)


def test_refinement_that_does_not_help_gives_up(monkeypatch):
    monkeypatch.setattr(dense_lu, "_REFINEMENTS", 1)
    A, B = nearly_singular(), np.ones((300, 1))
    with pytest.raises(ConvergenceError, match="float32"):
        RefinedLU(A).solve(B, False, np.array([1e-12]))
    assert Leontief(A, 50, solver="lu32").solve(B).solver == "lu"


def test_bicgstab_gives_up_on_what_it_cannot_solve():
    # A rotation by a quarter turn and more: every step of the method breaks down.
    A = np.array([[1.0, -1.0], [1.0, 1.0]])
    with pytest.raises(ConvergenceError, match="BiCGSTAB"):
        BiCGSTAB(A, np.diagonal(A)).solve(np.ones((2, 1)), False, np.array([1e-30]))
