from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from mrio.errors import NotProductiveError
from mrio.leontief import Leontief
from mrio.leontief.spectral import productivity_of, spectral_radius
from mrio.leontief.storage.matrices import column_sums, is_nonnegative
from tests.benchmarks.generator import coefficients


def productivity(A):
    return productivity_of(A, column_sums(A), is_nonnegative(A))


@pytest.mark.parametrize("shape", [(3, 5), (6, 20)], ids=["small", "large"])
def test_radius_of_a_table(shape):
    A = coefficients(*shape, seed=1)
    expected = np.abs(np.linalg.eigvals(A)).max()
    assert spectral_radius(A, True) == pytest.approx(expected, rel=1e-9)
    assert spectral_radius(A) == pytest.approx(expected, rel=1e-9)
    assert Leontief(A).spectral_radius() == pytest.approx(expected, rel=1e-9)
    assert Leontief(sp.csr_array(A)).spectral_radius() == pytest.approx(expected, rel=1e-9)


def test_eigenvalues_on_one_circle():
    # A cycle of 100 sectors has 100 eigenvalues of size 0.9.
    A = 0.9 * np.roll(np.eye(100), 1, axis=1)
    assert spectral_radius(A, True) == pytest.approx(0.9, rel=1e-8)
    assert spectral_radius(A) == pytest.approx(0.9, rel=1e-8)


def test_no_cycle_no_radius():
    assert spectral_radius(np.diag(np.full(49, 0.7), 1)) == 0.0
    assert spectral_radius(np.zeros((100, 100))) == 0.0


def test_chain_of_large_coefficients_is_productive():
    # Column sums of 1.2 and of every power up to the 99th, yet nothing buys in a circle.
    chain = np.diag(np.full(99, 1.2), 1)
    op = Leontief(chain)
    exact = np.linalg.inv(np.eye(100) - chain)
    np.testing.assert_allclose(op.inverse(), exact, rtol=1e-12, atol=1e-13)
    assert op.inverse_norm == pytest.approx(exact.sum(axis=0).max(), rel=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 8), st.integers(0, 10**6), st.booleans())
def test_bound_of_the_inverse_holds(n, seed, signs):
    rng = np.random.default_rng(seed)
    A = rng.uniform(-1 if signs else 0, 1, (n, n))
    A *= rng.uniform(0.1, 1.2) / max(np.abs(np.linalg.eigvals(A)).max(), 0.1)
    found = productivity(A)
    radius = np.abs(np.linalg.eigvals(A)).max()
    assert found.productive in (radius < 1, None)
    if found.productive is None and radius < 1:
        found = replace(found, inverse_norm=Leontief(A).inverse_norm)
    elif found.productive is None:
        with pytest.raises(NotProductiveError):
            Leontief(A)
    if found.inverse_norm is not None:
        exact = np.abs(np.linalg.inv(np.eye(n) - A)).sum(axis=0).max()
        assert exact <= found.inverse_norm * (1 + 1e-12)


def test_column_sum_above_one_still_gives_a_bound():
    A = np.array([[0.1, 1.2], [0.1, 0.1]])
    found = productivity(A)
    exact = np.linalg.inv(np.eye(2) - A).sum(axis=0).max()
    assert found.productive
    assert exact <= found.inverse_norm <= 1.5 * exact


def test_no_bound_is_claimed_where_powers_do_not_settle():
    A = 0.9 * np.sqrt(0.5) * np.array([[1.0, -1.0], [1.0, 1.0]])
    found = productivity(A)
    assert found.productive
    assert found.inverse_norm is None
    solution = Leontief(A).solve([1.0, 2.0])
    assert solution.error_bound is None
    assert "only the residual is certified" in str(solution.report)


def test_worst_columns_come_first():
    A = np.diag([0.5, 1.0, 0.2])
    A[0, 2] = 1.5
    with pytest.raises(NotProductiveError, match="spectral radius 1") as caught:
        Leontief(A, labels=["a", "b", "c"])
    assert list(caught.value.table.column) == ["b", "c"]


def test_signs_that_make_a_table_unproductive():
    with pytest.raises(NotProductiveError, match="spectral radius"):
        Leontief(np.array([[0.0, 1.0], [-1.1, 0.0]]))


def test_singular_without_a_large_column():
    # Rows buy all of each other's output: every column sum is 1.
    with pytest.raises(NotProductiveError, match="spectral radius 1"):
        Leontief(np.full((3, 3), 1 / 3))
