import numpy as np
import pytest
import scipy.sparse as sp

from mrio.errors import ConvergenceError
from mrio.leontief import Leontief
from mrio.leontief.backends import masked
from mrio.leontief.extraction import outputs_without_regions, sector_losses
from mrio.leontief.storage.structured import SourcingOperator
from tests.benchmarks.generator import coefficients, structured_factors
from tests.leontief.tables import REAL, published, published_coefficients

KINDS = ("complete", "backward", "forward")


def output_without(A, y, members, kind):
    """Take rows, columns or both out of A and invert: independent of the formulas."""
    A, y = A.copy(), y.copy()
    if kind in ("complete", "backward"):
        A[:, members] = 0.0
    if kind in ("complete", "forward"):
        A[members] = 0.0
    if kind == "complete":
        y[members] = 0.0
    return np.linalg.inv(np.eye(len(A)) - A) @ y


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    A = coefficients(4, 12, seed=1)
    return A, rng.random(48), rng.random((2, 48))


def test_hand_sized_case():
    # Alone, x1 = 0.2 x1 + 9 gives 11.25 and x2 = 0.4 x2 + 4.5 gives 7.5; both together make 25.
    A, y = np.array([[0.2, 0.3], [0.1, 0.4]]), np.array([9.0, 4.5])
    op, F = Leontief(A), np.ones((1, 2))
    losses = sector_losses(F, op.solve_left(F), op.diagonal(), op.solve(y), y)
    np.testing.assert_allclose(losses, [[25 - 7.5, 25 - 11.25]], rtol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_every_sector_against_one_inverse_each(table, kind):
    A, y, F = table
    op = Leontief(A, 12)
    x = op.solve(y)
    losses = sector_losses(F, op.solve_left(F), op.diagonal(), x, y, kind)
    expected = [F @ (x - output_without(A, y, [j], kind)) for j in range(48)]
    np.testing.assert_allclose(losses, np.array(expected).T, rtol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_every_region_against_one_inverse_each(table, kind):
    A, y, _ = table
    X = outputs_without_regions(Leontief(A, 12), y, kind)
    for region in range(4):
        members = np.arange(12 * region, 12 * region + 12)
        np.testing.assert_allclose(X[:, region], output_without(A, y, members, kind), rtol=1e-10, atol=1e-14)
    assert X.residual <= 1e-12
    assert X.error_bound <= 1e-11


@pytest.mark.parametrize("storage", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("kind", KINDS)
def test_regions_of_several_panels(kind, storage):
    A, y = coefficients(20, 42, seed=3), np.random.default_rng(3).random(840)
    X = outputs_without_regions(Leontief(storage(A), 42), y, kind, regions=[0, 8, 19])
    for column, region in enumerate((0, 8, 19)):
        members = np.arange(42 * region, 42 * region + 42)
        np.testing.assert_allclose(X[:, column], output_without(A, y, members, kind), rtol=1e-10, atol=1e-14)
    assert X.residual <= 1e-12


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", REAL)
def test_regions_of_published_tables(name, kind):
    path, sectors = REAL[name]
    A = published_coefficients(path)
    arrays, regions = published(path), len(A) // sectors
    y = np.maximum(arrays["x"] - arrays["Z"].sum(axis=1), 0.0)
    X = outputs_without_regions(Leontief(A, sectors), y, kind)
    for region in range(regions):
        members = np.arange(sectors * region, sectors * region + sectors)
        expected = output_without(A, y, members, kind)
        # Residuals are held against their column: what is 1e12 times smaller than its largest may round.
        np.testing.assert_allclose(X[:, region], expected, rtol=1e-10, atol=1e-12 * expected.max())


def test_one_region_alone(table):
    A, y, _ = table
    assert not np.any(outputs_without_regions(Leontief(A), y))
    np.testing.assert_allclose(outputs_without_regions(Leontief(A), y, "forward")[:, 0], y)
    np.testing.assert_allclose(outputs_without_regions(Leontief(A), y, "backward")[:, 0], y)


def test_blocks_of_any_size_and_some_regions(table):
    A, y, _ = table
    X = outputs_without_regions(Leontief(A, (5, 20, 23)), y, "complete", regions=[2, 0])
    np.testing.assert_allclose(X[:, 0], output_without(A, y, np.arange(25, 48), "complete"), atol=1e-13)
    np.testing.assert_allclose(X[:, 1], output_without(A, y, np.arange(5), "complete"), atol=1e-13)


def test_sparse_table(table):
    A, y, _ = table
    X = outputs_without_regions(Leontief(sp.csr_array(A), 12), y)
    np.testing.assert_allclose(X, outputs_without_regions(Leontief(A, 12), y), rtol=1e-11, atol=1e-14)


def test_structured_table():
    factors = SourcingOperator(*structured_factors(4, 6))
    y = np.random.default_rng(0).random(24)
    X = outputs_without_regions(Leontief(factors, 6), y)
    expected = output_without(factors.toarray(), y, np.arange(6, 12), "complete")
    np.testing.assert_allclose(X[:, 1], expected, atol=1e-12)


def test_no_convergence_is_told(table, monkeypatch):
    A, y, _ = table
    monkeypatch.setattr(masked, "_MOST_SWEEPS", 2)
    with pytest.raises(ConvergenceError, match="2 sweeps"):
        outputs_without_regions(Leontief(A, 12), y)
