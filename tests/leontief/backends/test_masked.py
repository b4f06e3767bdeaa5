import numpy as np
import pytest

from mrio.leontief.backends import masked
from mrio.leontief.backends.masked import MaskedGaussSeidel
from tests.benchmarks.generator import coefficients

ROWS = [slice(start, start + 42) for start in range(0, 840, 42)]
WITHOUT = np.array([3, 0, 19])


@pytest.fixture(scope="module")
def A():
    return coefficients(20, 42, seed=3)


def demand(system):
    B = np.random.default_rng(3).random((840, 3))
    system.clear(B)
    return B


def test_residual_is_that_of_the_table_without_the_region(A):
    system = MaskedGaussSeidel(A, ROWS, WITHOUT)
    B, X = demand(system), demand(system)[::-1].copy()
    system.clear(X)
    left = system.residual(B, X)
    for column, region in enumerate(WITHOUT):
        rest = np.setdiff1d(np.arange(840), np.arange(840)[ROWS[region]])
        M = np.eye(798) - A[np.ix_(rest, rest)]
        np.testing.assert_allclose(left[rest, column], B[rest, column] - M @ X[rest, column], atol=1e-13)
        assert not left[ROWS[region], column].any()


def test_rows_of_the_region_itself_stay_zero(A):
    system = MaskedGaussSeidel(A, ROWS, WITHOUT)
    X = system.solve(demand(system), 1e-12).X
    assert not any(X[ROWS[region], column].any() for column, region in enumerate(WITHOUT))
    assert system.own(np.ones((840, 1))).sum(axis=0).tolist() == [42.0] * 3
    assert not system.own(X).any()


def test_correction_of_totals_saves_sweeps(A, monkeypatch):
    system = MaskedGaussSeidel(A, ROWS, WITHOUT)
    corrected = system.solve(demand(system), 1e-12)
    monkeypatch.setattr(masked, "MOST_GROUPS", 0)
    plain = MaskedGaussSeidel(A, ROWS, WITHOUT).solve(demand(system), 1e-12)
    assert corrected.sweeps <= plain.sweeps - 2
    np.testing.assert_allclose(corrected.X, plain.X, rtol=1e-10)
